//! Asking for a new PIN without having proven anything, pure: how often contact persons hear of it.

use crate::accounts::Username;
use crate::accounts::number::{Malformed, UserNumber};
use std::time::Duration;

/// Whose PIN is asked for, as that person names the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// By the e-mail address to log in with.
    Name(Username),
    /// By the user number.
    Number(UserNumber),
}

/// Why a text names no account, whoever has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unnamed {
    /// It is no e-mail address, although it has letters.
    Address,
    /// It is no user number.
    Number(Malformed),
}

impl Whom {
    /// Reads an e-mail address or a user number: what has a letter or an @ is no number.
    ///
    /// Errors: [`Unnamed`].
    pub fn parse(text: &str) -> Result<Self, Unnamed> {
        if text.chars().any(|c| c == '@' || c.is_alphabetic()) {
            return Username::parse(text).map(Self::Name).map_err(|_| Unnamed::Address);
        }
        UserNumber::parse(text).map(Self::Number).map_err(Unnamed::Number)
    }

    /// The address or the digits: the same for every spelling.
    pub(crate) fn as_str(&self) -> &str {
        match self {
            Self::Name(name) => name.as_str(),
            Self::Number(number) => number.as_str(),
        }
    }
}

/// Of so many requests in [`WITHIN`] the contact persons of an organisation get an e-mail; of more, only the
/// people themselves. All of them stand in Gebruikersbeheer.
pub(crate) const SHARE: i64 = 5;
/// In which time.
pub(crate) const WITHIN: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;
    use proptest::prelude::*;

    #[test]
    fn an_address_and_a_number_are_told_apart() {
        let number = UserNumber::random(Random::system());
        for typed in [number.to_string(), number.as_str().to_owned()] {
            assert_eq!(Whom::parse(&typed), Ok(Whom::Number(number.clone())));
        }
        let name = Username::parse("test.arts@voorbeeld.nl").unwrap();
        assert_eq!(Whom::parse(" Test.Arts@Voorbeeld.nl"), Ok(Whom::Name(name)));
        assert_eq!(Whom::parse("test.arts"), Err(Unnamed::Address));
        assert_eq!(Whom::parse(""), Err(Unnamed::Number(Malformed::Length { digits: 0 })));
        assert!(matches!(Whom::parse("1234"), Err(Unnamed::Number(Malformed::Length { .. }))));
    }

    proptest! {
        #[test]
        fn what_is_read_is_read_again(text in "\\PC{0,30}|[a-z]{1,9}@[a-z.]{1,9}|[0-9 -]{0,20}") {
            if let Ok(whom) = Whom::parse(&text) {
                prop_assert_eq!(Whom::parse(whom.as_str()), Ok(whom.clone()));
            }
        }
    }
}
