//! Organisations: the practices and institutions whose people log in, what they decide for them, and
//! where they are reached.

mod anchor; // pure
mod policy; // pure
mod registered; // pure
pub(crate) mod store;

use crate::id::OrganisationId;

pub use anchor::{Anchor, Planned, Proof};
pub(crate) use policy::Setting;
pub use policy::{CardType, LONGEST_BLOCK, Policy, Unfit};
pub use registered::{
    Mailbox, NotAMailbox, NotATelephone, NotAnAddress, PostalAddress, Registered, Telephone,
};

/// A practice or institution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Organisation {
    /// Its id.
    pub id: OrganisationId,
    /// What its people call it.
    pub name: String,
    /// Its AGB code, where it has one.
    pub agb: Option<Agb>,
    /// Its number in the trade register, where it has one.
    pub kvk: Option<Kvk>,
    /// Its UZI subscriber number (URA), which its people's cards name, where it has one.
    pub subscriber: Option<Subscriber>,
}

/// A text that is no eight-digit number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0} is a number of 8 digits")]
pub struct Malformed(&'static str);

macro_rules! eight_digits {
    ($($(#[$doc:meta])* $name:ident = $label:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Reads the eight digits; spaces around them are dropped. Eight zeros say that there
            /// is no number.
            ///
            /// Errors: [`Malformed`] for anything else.
            pub fn parse(text: &str) -> Result<Self, Malformed> {
                let text = text.trim();
                let digits = text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit());
                let fits = digits && text.bytes().any(|b| b != b'0');
                fits.then(|| Self(text.to_owned())).ok_or(Malformed($label))
            }

            /// The digits.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }
    )*};
}

eight_digits! {
    /// AGB code, the number under which Dutch care is declared.
    Agb = "an AGB code";
    /// Number in the Dutch trade register.
    Kvk = "a KvK number";
    /// UZI subscriber number (URA).
    Subscriber = "an UZI subscriber number (URA)";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn eight_digits_are_a_number() {
        assert_eq!(Subscriber::parse(" 90000123 ").expect("eight digits").as_str(), "90000123");
        assert!(Subscriber::parse("00000000").is_err(), "no number");
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_eight_digits(text in "\\PC{0,12}|[0-9]{6,10}") {
            match Agb::parse(&text) {
                Ok(agb) => prop_assert!(agb.as_str().len() == 8 && text.trim() == agb.as_str()),
                Err(error) => prop_assert_eq!(error, Malformed("an AGB code")),
            }
        }
    }
}
