//! How an operator names an account: by its user name, or by its number where several organisations have
//! somebody with that name.

use super::number::UserNumber;
use super::{Account, Username};
use std::fmt;

/// The name of an account, as an operator types it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// The address that the person logs in with.
    Username(Username),
    /// The user number, which is of one account.
    Number(UserNumber),
}

/// A text that names no account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("type the user name, which is an e-mail address, or the 14-digit user number")]
pub struct Nameless;

impl Who {
    /// Reads a user name, or a user number as people type it.
    ///
    /// Errors: [`Nameless`].
    pub fn parse(text: &str) -> Result<Self, Nameless> {
        let number = || UserNumber::parse(text).map(Self::Number).map_err(|_| Nameless);
        Username::parse(text).map(Self::Username).or_else(|_| number())
    }

    /// The one of `accounts`, which are named so.
    ///
    /// Errors: [`NotOne`].
    pub(crate) fn one(&self, accounts: Vec<Account>) -> Result<Account, NotOne> {
        let mut accounts = accounts.into_iter();
        match (accounts.next(), accounts.next()) {
            (Some(account), None) => Ok(account),
            (None, _) => Err(NotOne::Nobody(self.clone())),
            (Some(_), Some(_)) => Err(NotOne::Several(self.clone())),
        }
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Username(username) => username.fmt(f),
            Self::Number(number) => number.fmt(f),
        }
    }
}

impl From<&Self> for Who {
    fn from(who: &Self) -> Self {
        who.clone()
    }
}

impl From<&Username> for Who {
    fn from(username: &Username) -> Self {
        Self::Username(username.clone())
    }
}

/// Why a name is not that of one account.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOne {
    /// Nobody has it.
    #[error("nobody has the user name or number {0}: check how it is spelt")]
    Nobody(Who),
    /// People of several organisations have it.
    #[error(
        "several organisations have somebody with the user name {0}: ask for the user number, and give \
         its 14 digits instead"
    )]
    Several(Who),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use proptest::prelude::*;

    #[test]
    fn an_account_is_named_by_its_address_or_its_number() {
        let number = UserNumber::random(Random::system());
        for text in [number.as_str().to_owned(), format!(" {number} ")] {
            assert_eq!(Who::parse(&text), Ok(Who::Number(number.clone())));
        }
        let username = Username::parse("test.arts@voorbeeld.nl").unwrap();
        assert_eq!(Who::parse("Test.Arts@voorbeeld.nl"), Ok(Who::Username(username)));
        for text in ["", "test", "12345678901234 5", "a b@c"] {
            assert_eq!(Who::parse(text), Err(Nameless), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_of_a_name_names_the_same(text in "\\PC{0,30}") {
            if let Ok(who) = Who::parse(&text) {
                prop_assert_eq!(Who::parse(&who.to_string()), Ok(who));
            }
        }
    }
}
