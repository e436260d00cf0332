//! Gateways: the providers that send codes by SMS and make phone calls, a file each. Each makes a request
//! of an `Errand`, reads the answer to it, and reads what the provider reports later.

mod client;
pub mod cm;
mod fault;
mod folder;
pub mod plain;
pub mod template;
pub mod twilio;

pub use fault::Fault;

use super::{Channel, Number, Ticket};
use crate::id::SendingId;
use crate::secret::Secret;
use crate::text::Language;
use std::path::PathBuf;
use std::time::Duration;
use url::Url;

/// How codes go out, as it is set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The ways of text messages.
    pub sms: Way,
    /// The ways of phone calls.
    pub calls: Way,
    /// Where providers reach this server.
    pub origin: Url,
}

/// Where codes, or calls, go.
#[derive(Clone, Debug)]
pub enum Way {
    /// Nowhere: they are given up when their code is dead.
    Nowhere,
    /// Into files of this folder, for development.
    Folder(PathBuf),
    /// To CM.com.
    Cm(cm::Settings),
    /// To Twilio, or who speaks its language.
    Twilio(twilio::Settings),
    /// To a provider whose requests the operator described.
    Template(template::Settings),
}

/// Whose reports are believed, each in its own form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provider {
    /// CM.com.
    Cm,
    /// Twilio, or who speaks its language.
    Twilio,
    /// Whoever speaks our own form.
    Plain,
}

impl Provider {
    /// As the database keeps it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Cm => "cm",
            Self::Twilio => "twilio",
            Self::Plain => "plain",
        }
    }
}

impl Way {
    /// Who reports on what went so.
    const fn provider(&self) -> Option<Provider> {
        match self {
            Self::Nowhere => None,
            Self::Cm(_) => Some(Provider::Cm),
            Self::Twilio(_) => Some(Provider::Twilio),
            Self::Folder(_) | Self::Template(_) => Some(Provider::Plain),
        }
    }
}

/// Something for a provider to do.
#[derive(Debug)]
pub(super) struct Errand<'a> {
    /// The same in every try.
    pub(super) id: &'a SendingId,
    /// What the provider names in its reports.
    pub(super) ticket: &'a Ticket,
    pub(super) to: &'a Number,
    pub(super) language: Language,
    pub(super) say: Say,
    /// How long the code still lives.
    pub(super) left: Duration,
}

/// What is said.
#[derive(Debug)]
pub(super) enum Say {
    /// The text of a message, the code in it.
    Sms(Secret<String>),
    /// What the voice says.
    Call(Script),
}

/// What the voice says in a call.
#[derive(Clone, Debug)]
pub struct Script {
    /// The question for the code.
    pub ask: String,
    /// The answer to keys that were no code.
    pub again: String,
    /// The answer to keys, where the voice does not know what they were.
    pub thanks: String,
    /// Goodbye, after the last of what was asked.
    pub nothing: String,
}

/// What sends codes and makes calls.
#[derive(Debug)]
pub struct Gateways(Settings);

impl Gateways {
    /// The gateways that are set.
    pub(in crate::delivery) const fn new(settings: Settings) -> Self {
        Self(settings)
    }

    /// Whether text messages, and calls, go anywhere.
    pub const fn are_set(&self) -> (bool, bool) {
        (!matches!(self.0.sms, Way::Nowhere), !matches!(self.0.calls, Way::Nowhere))
    }

    /// Who will report on what goes by this channel.
    pub(super) const fn provider(&self, channel: &Channel) -> Option<Provider> {
        match channel {
            Channel::Sms { .. } | Channel::Notice(_) => self.0.sms.provider(),
            Channel::Call => self.0.calls.provider(),
        }
    }

    /// Hands `errand` to the provider; where it is not certain that it got there, that is a fault, and
    /// it is handed over again.
    pub(super) async fn send(&self, errand: &Errand<'_>) -> Result<(), Fault> {
        let origin = &self.0.origin;
        let way = match &errand.say {
            Say::Sms(_) => &self.0.sms,
            Say::Call(_) => &self.0.calls,
        };
        let patience = errand.left.min(PATIENCE);
        match way {
            Way::Nowhere => Err(Fault::Nowhere),
            Way::Folder(folder) => folder::put(folder, errand, origin).await,
            Way::Cm(cm) => {
                let answer = client::ask(cm::request(cm, errand, origin)?, patience).await?;
                cm::judge(&errand.say, &answer)
            }
            Way::Twilio(twilio) => {
                let request = twilio::request(twilio, errand, origin)?;
                twilio::judge(&client::ask(request, patience).await?)
            }
            Way::Template(template) => {
                let request = template::request(template, errand, origin)?;
                template::judge(template, &client::ask(request, patience).await?)
            }
        }
    }

    /// Whether a request with these fields to this path and query is of a Twilio that we know.
    pub fn is_twilios(&self, path: &str, fields: &[(String, String)], signature: &str) -> bool {
        let known = self.ways().into_iter().filter_map(|way| match way {
            Way::Twilio(twilio) => Some(twilio),
            Way::Nowhere | Way::Folder(_) | Way::Cm(_) | Way::Template(_) => None,
        });
        known
            .into_iter()
            .any(|twilio| twilio::is_signed(twilio, &self.0.origin, path, fields, signature))
    }

    /// Whether reports of CM.com are expected.
    pub fn hears_cm(&self) -> bool {
        self.ways().into_iter().any(|way| way.provider() == Some(Provider::Cm))
    }

    /// Whether reports in our own form are expected.
    pub fn hears_plain(&self) -> bool {
        self.ways().into_iter().any(|way| way.provider() == Some(Provider::Plain))
    }

    /// Where providers reach this server.
    pub const fn origin(&self) -> &Url {
        &self.0.origin
    }

    const fn ways(&self) -> [&Way; 2] {
        [&self.0.sms, &self.0.calls]
    }
}

/// An address of ours, for a provider.
fn callback(origin: &Url, path: &str) -> String {
    let mut address = origin.clone();
    address.set_path(path);
    address.into()
}

/// The locale of a voice.
const fn voice(language: Language) -> &'static str {
    match language {
        Language::Dutch => "nl-NL",
        Language::English => "en-GB",
    }
}

/// How long a gateway may take: much less than a worker has a message for itself.
const PATIENCE: Duration = Duration::from_secs(20);
/// The keys of a code.
pub(super) const KEYS: u8 = 6;

#[cfg(test)]
mod tests;
