//! Codes that are sent: six digits for one log-in or one enrolment, ten minutes long, used once.
//!
//! A code is kept sealed under a key outside the database: six digits are found under any hash in
//! a moment, and the screen of a call shows its code again when it is opened again. One lives for each
//! attempt and each session that enrols; a further one takes its place (`docs/adr/0040-*`).

pub(crate) mod rules; // pure
pub(crate) mod store; // SQL

pub use rules::{Held, Policy};

use super::phone::{Medium, Number};
use crate::batches::all;
use crate::clock::Time;
use crate::id::{AccountId, FactorId, OrganisationId, SendingId};
use crate::random::Random;
use crate::sealed::{Keyring, Record, Unreadable, places};
use crate::secret::Secret;
use crate::storage::{Db, Result, Tx};
use std::time::Duration;
use subtle::ConstantTimeEq as _;

/// Six digits that were sent, or are shown to be keyed in.
#[derive(Clone, Debug)]
pub struct Digits(Secret<String>);

impl Digits {
    /// Fresh ones, each as likely as every other.
    pub(crate) fn random(random: Random) -> Self {
        const ALL: u32 = 1_000_000;
        // The highest numbers would make the lowest digits likelier.
        const FAIR: u32 = u32::MAX - u32::MAX % ALL;
        loop {
            let number = u32::from_be_bytes(random.bytes());
            if number < FAIR {
                return Self(Secret::new(format!("{:06}", number % ALL)));
            }
        }
    }

    /// Those that were kept.
    pub(crate) fn stored(text: String) -> Self {
        Self(Secret::new(text))
    }

    /// The digits, for who is meant to have them.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// Whether these were typed or keyed in; in the same time, whichever differ.
    pub(crate) fn are(&self, typed: &str) -> bool {
        self.expose().as_bytes().ct_eq(typed.as_bytes()).into()
    }
}

/// Whether the code of a call was keyed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keyed {
    NotYet,
    Right,
}

/// The living code of an attempt or of a session that enrols.
#[derive(Clone, Debug)]
pub(crate) struct Live {
    pub(crate) sending: SendingId,
    /// The attempt or session.
    pub(crate) owner: String,
    pub(crate) account: AccountId,
    /// To which number of the account; none where one is being enrolled.
    pub(crate) factor: Option<FactorId>,
    pub(crate) medium: Medium,
    pub(crate) code: Digits,
    /// Whether it was keyed in during its call.
    pub(crate) keyed: Keyed,
    pub(crate) until: Time,
}

/// Opens a code as it is stored; nothing where it lapsed.
fn open(ring: &Keyring, row: store::Row, now: Time) -> Result<Option<Live>, Error> {
    if row.until <= now {
        return Ok(None);
    }
    let record = Record::new(places::SENT_CODE, row.sending.as_str());
    let code = Digits(ring.unseal_text(&record, &row.code)?);
    let store::Row { sending, owner, account, factor, medium, keyed, until, .. } = row;
    Ok(Some(Live { sending, owner, account, factor, medium, code, keyed, until }))
}

/// Why a code was not found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Sealed(#[from] Unreadable),
    #[error(transparent)]
    Storage(#[from] crate::storage::Error),
}

/// The living code of this attempt or session.
pub(crate) async fn of_owner(
    tx: &mut Tx,
    owner: &str,
    (ring, now): (&Keyring, Time),
) -> Result<Option<Live>, Error> {
    let row = store::of_owner(tx, owner).await?;
    row.map_or(Ok(None), |row| open(ring, row, now))
}

/// The living code of this sending.
pub(crate) async fn of_sending(
    tx: &mut Tx,
    sending: &SendingId,
    (ring, now): (&Keyring, Time),
) -> Result<Option<Live>, Error> {
    let row = store::of_sending(tx, sending).await?;
    row.map_or(Ok(None), |row| open(ring, row, now))
}

/// For whom something is sent, and where.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order<'a> {
    /// The attempt or session that asks.
    pub(crate) owner: &'a str,
    pub(crate) account: &'a AccountId,
    pub(crate) organisation: &'a OrganisationId,
    /// Which number of the account; none where one is being enrolled.
    pub(crate) factor: Option<&'a FactorId>,
    pub(crate) medium: Medium,
    pub(crate) number: &'a Number,
}

/// What keeps and counts a code.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Desk<'a> {
    pub(crate) ring: &'a Keyring,
    /// Hides the numbers that are counted.
    pub(crate) key: &'a [u8; 32],
    pub(crate) policy: &'a Policy,
    /// How long a code is good.
    pub(crate) life: Duration,
    pub(crate) random: Random,
    pub(crate) now: Time,
}

/// Makes the code that is to be sent now, in place of the one before, and counts the sending. To be called
/// under the organisation's lock and the account's, in the transaction that sends.
///
/// Errors: [`Held`], where nothing may be sent now and nothing was changed.
pub(crate) async fn make(
    tx: &mut Tx,
    order: Order<'_>,
    desk: Desk<'_>,
) -> Result<Result<Live, Held>> {
    let Desk { ring, key, life, random, now, .. } = desk;
    let number = order.number.counted(key);
    let whose = (order.account, order.organisation, number.as_str());
    let sending = match count(tx, whose, desk).await? {
        Ok(sending) => sending,
        Err(held) => return Ok(Err(held)),
    };
    let live = Live {
        sending,
        owner: order.owner.to_owned(),
        account: order.account.clone(),
        factor: order.factor.cloned(),
        medium: order.medium,
        code: Digits::random(random),
        keyed: Keyed::NotYet,
        until: now.after(life),
    };
    let record = Record::new(places::SENT_CODE, live.sending.as_str());
    let code = ring.seal(&record, live.code.expose().as_bytes(), random);
    store::put(tx, &live, &code).await?;
    Ok(Ok(live))
}

/// Counts one sending for this account of this organisation, to the number or address with this keyed
/// hash. To be called under the organisation's lock and the account's, in the transaction that sends.
///
/// Errors: [`Held`], where nothing may be sent now and nothing was counted.
pub(crate) async fn count(
    tx: &mut Tx,
    (account, organisation, number): (&AccountId, &OrganisationId, &str),
    desk: Desk<'_>,
) -> Result<Result<SendingId, Held>> {
    let Desk { policy, random, now, .. } = desk;
    store::take_turn(tx, number, now).await?;
    let since = now.before(rules::DAY);
    let person = (policy.day.max(policy.short), since);
    let to_account = store::to_account(tx, account, person).await?;
    let to_number = store::to_number(tx, number, person).await?;
    let for_organisation =
        store::for_organisation(tx, organisation, (policy.organisation, since)).await?;
    let seen =
        rules::Seen { account: &to_account, number: &to_number, organisation: &for_organisation };
    if let Err(held) = rules::may_send(&seen, now, policy) {
        return Ok(Err(held));
    }
    let sending = SendingId::random(random);
    store::count(tx, &sending, (account, organisation, number), now).await?;
    Ok(Ok(sending))
}

/// Forgets the codes that have lapsed, the numbers whose turn was long ago, and the sendings that count no more.
pub(crate) async fn forget(db: &Db, now: Time) -> Result<()> {
    let before = now.before(rules::DAY);
    all!(db, tx => store::forget_turns(&mut tx, before).await);
    all!(db, tx => store::forget_counts(&mut tx, before).await);
    all!(db, tx => store::forget_codes(&mut tx, now).await);
    Ok(())
}

#[cfg(test)]
mod tests;
