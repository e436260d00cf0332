//! E-mail addresses of a person: the one to log in with, which the account names, and a back-up one, which
//! is proven, sealed, and brings its owner back in a week later. What was an address until lately hears for
//! that week what happens (`docs/adr/0045-*`).

pub(crate) mod store; // SQL
#[cfg(test)]
mod tests;

use crate::clock::Time;
use crate::id::{AccountId, AddressId};
use crate::random::Random;
use crate::sealed::{Keyring, Record, Sealed, Unreadable, places};
use crate::secret::Secret;
use crate::storage::columns::Column;
use crate::storage::{Result, Tx};
use serde::{Deserialize, Serialize};
use std::time::Duration;

use super::phone::keyed;
use super::sent::Digits;

/// What a person uses an address for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To log in with, and to be told what happens.
    LogIn,
    /// To get back in, and to be told what happens.
    BackUp,
}

impl Purpose {
    /// Both.
    pub const ALL: [Self; 2] = [Self::LogIn, Self::BackUp];

    /// `log_in` or `back_up`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::LogIn => "log_in",
            Self::BackUp => "back_up",
        }
    }

    /// Reads what [`Purpose::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// An e-mail address of a person, folded to lower case by whoever read it.
#[derive(Clone, Debug)]
pub struct Anchor(Secret<String>);

impl Anchor {
    /// The address `text`, which somebody has read as one.
    pub fn of(text: &str) -> Self {
        Self(Secret::new(text.to_owned()))
    }

    /// The address, for its owner and for who delivers there.
    pub fn as_str(&self) -> &str {
        self.0.expose()
    }

    /// What others may see of it: its first character, and the host.
    pub fn hint(&self) -> String {
        let (local, domain) = self.as_str().split_once('@').unwrap_or((self.as_str(), ""));
        let first = local.chars().next().map(String::from).unwrap_or_default();
        format!("{first}\u{2022}\u{2022}\u{2022}@{domain}")
    }

    /// The address as it is counted: a keyed hash.
    pub(crate) fn counted(&self, key: &[u8; 32]) -> String {
        keyed(key, "email", self.as_str())
    }

    /// Seals it for the row `row` of `place`.
    pub(crate) fn seal(
        &self,
        ring: &Keyring,
        (place, row): (Column, &str),
        random: Random,
    ) -> Sealed {
        ring.seal(&Record::new(place, row), self.as_str().as_bytes(), random)
    }

    /// Opens what [`Anchor::seal`] sealed.
    ///
    /// Errors: [`Unreadable`].
    pub(crate) fn unseal(
        ring: &Keyring,
        (place, row): (Column, &str),
        sealed: &Sealed,
    ) -> Result<Self, Unreadable> {
        ring.unseal_text(&Record::new(place, row), sealed).map(Self)
    }
}

/// A back-up address.
#[derive(Clone, Debug)]
pub struct BackUp {
    /// Where.
    pub address: Anchor,
    /// It brings its owner back in from then on.
    pub starts_at: Time,
}

/// The back-up address of an account.
pub(crate) async fn backup(
    tx: &mut Tx,
    account: &AccountId,
    ring: &Keyring,
) -> Result<Option<BackUp>, Error> {
    let Some((sealed, starts_at)) = store::backup(tx, account).await? else { return Ok(None) };
    let place = (places::BACKUP_EMAIL, account.as_str());
    Ok(Some(BackUp { address: Anchor::unseal(ring, place, &sealed)?, starts_at }))
}

/// Takes the back-up address of an account away; what happens is told there until then,
/// where it can be read. Whether there was one.
pub(crate) async fn leave(
    tx: &mut Tx,
    account: &AccountId,
    (ring, random): (&Keyring, Random),
    former_until: Time,
) -> crate::storage::Result<bool> {
    let Some((sealed, _)) = store::backup(tx, account).await? else { return Ok(false) };
    if let Ok(address) = Anchor::unseal(ring, (places::BACKUP_EMAIL, account.as_str()), &sealed) {
        tell_on(tx, (account, &address), (ring, random), former_until).await?;
    }
    store::remove_backup(tx, account).await
}

/// Has an address that an account has no more be told what happens, until then.
pub(crate) async fn tell_on(
    tx: &mut Tx,
    (account, address): (&AccountId, &Anchor),
    (ring, random): (&Keyring, Random),
    until: Time,
) -> crate::storage::Result<()> {
    let id = AddressId::random(random);
    let sealed = address.seal(ring, (places::FORMER_EMAIL, id.as_str()), random);
    store::add_former(tx, (&id, account), &sealed, until).await
}

/// From when on a back-up address that starts then brings its owner back in, after the password, the PIN or an
/// address of the account were changed at these times, each of which has it wait so long.
pub(crate) fn usable_from(starts_at: Time, changes: &[Time], wait: Duration) -> Time {
    changes.iter().map(|at| at.after(wait)).fold(starts_at, Time::max)
}

/// The addresses of an account beside the one to log in with at which it is told what happens: the back-up
/// one, and those that were its own until lately. One that does not open is named as such.
pub(crate) async fn beside(
    tx: &mut Tx,
    account: &AccountId,
    (ring, now): (&Keyring, Time),
) -> Result<Vec<Result<Anchor, Unreadable>>> {
    let backup = store::backup(tx, account)
        .await?
        .map(|(sealed, _)| Anchor::unseal(ring, (places::BACKUP_EMAIL, account.as_str()), &sealed));
    let former = store::former(tx, account, now).await?.into_iter();
    let former = former
        .map(|(id, sealed)| Anchor::unseal(ring, (places::FORMER_EMAIL, id.as_str()), &sealed));
    Ok(backup.into_iter().chain(former).collect())
}

/// An address that is being proven, and the code that was mailed there.
#[derive(Clone, Debug)]
pub(crate) struct Change {
    pub(crate) purpose: Purpose,
    pub(crate) address: Anchor,
    pub(crate) code: Digits,
    pub(crate) until: Time,
    /// As it is kept, by which it is spent.
    pub(crate) kept: Sealed,
}

/// How a change is sealed.
#[derive(Serialize, Deserialize)]
struct Content {
    address: String,
    code: String,
}

/// Keeps a change until then, in place of the one that was under way for the account.
pub(crate) async fn begin(
    tx: &mut Tx,
    (account, session): (&AccountId, &str),
    (purpose, address, code): (Purpose, &Anchor, &Digits),
    (ring, random): (&Keyring, Random),
    until: Time,
) -> Result<()> {
    let content = Content { address: address.as_str().to_owned(), code: code.expose().to_owned() };
    let content = serde_json::to_vec(&content).expect("an address and a code are plain JSON");
    let record = Record::new(places::EMAIL_CHANGE, account.as_str());
    let sealed = ring.seal(&record, &content, random);
    store::put_change(tx, (account, session), (purpose, &sealed), until).await
}

/// The change that this session has under way.
pub(crate) async fn change(
    tx: &mut Tx,
    (account, session): (&AccountId, &str),
    (ring, now): (&Keyring, Time),
) -> Result<Option<Change>, Error> {
    let found = store::change(tx, (account, session), now).await?;
    let Some((purpose, kept, until)) = found else { return Ok(None) };
    let content = ring.unseal(&Record::new(places::EMAIL_CHANGE, account.as_str()), &kept)?;
    let changed = || Unreadable::Content { place: places::EMAIL_CHANGE.to_string() };
    let Content { address, code } = serde_json::from_slice(&content).map_err(|_| changed())?;
    let (address, code) = (Anchor::of(&address), Digits::stored(code));
    Ok(Some(Change { purpose, address, code, until, kept }))
}

/// Why an address was not found.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Sealed(#[from] Unreadable),
    #[error(transparent)]
    Storage(#[from] crate::storage::Error),
}
