//! What a row of the outbox holds of a sending, sealed.

use super::{Channel, Number, Sending, Ticket, Told};
use crate::clock::Time;
use crate::id::{AccountId, SendingId};
use crate::secret::Secret;
use crate::text::Language;
use serde::{Deserialize, Serialize};

/// The kinds of rows in the outbox that are ours.
pub(in crate::delivery) const SMS: &str = "code_sms";
pub(in crate::delivery) const CALL: &str = "code_call";
pub(in crate::delivery) const NOTICE: &str = "number_told";

/// Whether a row of the outbox with this kind is one of ours.
pub(in crate::delivery) fn is_ours(kind: &str) -> bool {
    is_code(kind) || kind == NOTICE
}

/// Whether it holds a code or a call, which nobody sends later.
pub(in crate::delivery) fn is_code(kind: &str) -> bool {
    [SMS, CALL].contains(&kind)
}

#[derive(Serialize, Deserialize)]
struct Written {
    sending: SendingId,
    account: Option<AccountId>,
    ticket: String,
    to: Number,
    code: Option<String>,
    #[serde(default)]
    told: Option<Told>,
    organisation: String,
    language: Language,
    until: Time,
}

/// `sending` as it is sealed, with the ticket that the provider is given.
pub(super) fn write(sending: &Sending, ticket: &Ticket) -> Secret<Vec<u8>> {
    let (code, told) = match &sending.channel {
        Channel::Sms { code } => (Some(code.expose().clone()), None),
        Channel::Call => (None, None),
        Channel::Notice(told) => (None, Some(*told)),
    };
    let written = Written {
        sending: sending.id.clone(),
        account: sending.account.clone(),
        ticket: ticket.expose().to_owned(),
        to: sending.to.clone(),
        code,
        told,
        organisation: sending.organisation.clone(),
        language: sending.language,
        until: sending.until,
    };
    Secret::new(serde_json::to_vec(&written).expect("a parcel is plain JSON"))
}

/// Reads what was sealed.
pub(in crate::delivery) fn read(content: &[u8]) -> Option<(Sending, Ticket)> {
    let read: Written = serde_json::from_slice(content).ok()?;
    let channel = match (read.code, read.told) {
        (Some(code), _) => Channel::Sms { code: Secret::new(code) },
        (None, Some(told)) => Channel::Notice(told),
        (None, None) => Channel::Call,
    };
    let sending = Sending {
        id: read.sending,
        account: read.account,
        asker: None, // who sends it needs no more than the number
        to: read.to,
        channel,
        organisation: read.organisation,
        language: read.language,
        until: read.until,
    };
    Some((sending, Ticket::parse(&read.ticket)?))
}
