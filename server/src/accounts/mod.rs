//! Accounts: one person in one organisation.

pub mod anchors;
pub mod grace; // pure
pub mod number; // pure
pub mod renaming;
pub mod run;
pub(crate) mod store;
pub mod who; // pure
mod words; // pure

use self::number::UserNumber;
use crate::factors::Level;
use crate::id::{AccountId, OrganisationId};
use crate::label::is_invisible;
use crate::storage::{self, Db};
use std::fmt;

pub(crate) use words::{Range, ranges};

/// One person in one organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Where the person works.
    pub organisation: OrganisationId,
    /// What names the person where no secret is said; never anybody else's.
    pub number: UserNumber,
    /// What the person types to log in.
    pub username: Username,
    /// The person's name.
    pub name: String,
    /// What the person may do for colleagues.
    pub role: Role,
    /// The level at which a first factor is bound, while the account has none: as sure as whoever
    /// opened the account was of who would get its password. `Low` once a factor was there.
    pub vouched: Level,
}

/// What an account may do for its colleagues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Manages its colleagues.
    ContactPerson,
    /// Manages itself.
    Colleague,
}

impl Role {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::ContactPerson => "contact_person",
            Self::Colleague => "colleague",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::ContactPerson, Self::Colleague].into_iter().find(|role| role.as_str() == text)
    }
}

/// A log-in e-mail address, folded to lower case: two spellings of one address are one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Username(String);

/// A text that is no log-in e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a user name is an e-mail address: one @, no spaces, 254 characters at most")]
pub struct NotAnAddress;

impl Username {
    /// Reads a user name; spaces around it are dropped and capitals folded.
    ///
    /// Errors: [`NotAnAddress`].
    pub fn parse(text: &str) -> Result<Self, NotAnAddress> {
        let text = text.trim();
        if text.len() > MAX_ADDRESS || text.chars().any(|c| c.is_whitespace() || is_invisible(c)) {
            return Err(NotAnAddress);
        }
        let folded = text.to_lowercase();
        match folded.split_once('@') {
            Some((local, domain))
                if !local.is_empty() && !domain.is_empty() && !domain.contains('@') =>
            {
                Ok(Self(folded))
            }
            Some(_) | None => Err(NotAnAddress),
        }
    }

    /// The folded address.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands behind the @.
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for Username {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Sorts the accounts that an earlier version made, so that their colleagues find them.
pub(crate) async fn catch_up(db: &Db) -> storage::Result<()> {
    const AT_ONCE: i64 = 500;
    let mut tx = db.read().await?;
    if store::unsorted(&mut tx, 1).await?.is_empty() {
        return Ok(());
    }
    drop(tx);
    loop {
        let mut tx = db.write().await?;
        let accounts = store::unsorted(&mut tx, AT_ONCE).await?;
        for account in &accounts {
            store::index(&mut tx, account).await?;
        }
        tx.commit().await?;
        if accounts.is_empty() {
            return Ok(());
        }
    }
}

/// Contact persons of an organisation, at most: the main one and two others.
pub const MOST_CONTACTS: usize = 3;

/// Characters in an address, at most.
const MAX_ADDRESS: usize = 254;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn capitals_and_spaces_do_not_make_another_name() {
        let name = Username::parse(" Test.Arts@Voorbeeld.NL ").expect("an address");
        assert_eq!(name.as_str(), "test.arts@voorbeeld.nl");
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in
            ["", "test", "@x", "x@", "a@b@c", "a b@c", "a\u{0}@b", "a\u{200b}@b", "\u{202e}a@b"]
        {
            assert_eq!(Username::parse(text), Err(NotAnAddress), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,20}@\\PC{0,20}") {
            if let Ok(name) = Username::parse(&text) {
                prop_assert_eq!(Username::parse(name.as_str()), Ok(name));
            }
        }
    }
}
