//! Ids: 128 random bits each, a type of its own for each thing, 32 hexadecimal digits in text.

use crate::random::Random;

/// A text that is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id is 32 lower-case hexadecimal digits")]
pub struct Malformed;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// A fresh id.
            pub fn random(random: Random) -> Self {
                Self(hexadecimal(random.bytes()))
            }

            /// Reads an id as it was written.
            ///
            /// Errors: [`Malformed`] for anything else.
            pub fn parse(text: &str) -> Result<Self, Malformed> {
                is_id(text).then(|| Self(text.to_owned())).ok_or(Malformed)
            }

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = Malformed;

            fn try_from(text: String) -> Result<Self, Malformed> {
                if is_id(&text) { Ok(Self(text)) } else { Err(Malformed) }
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    )*};
}

ids! {
    /// One access code, while it is the living one of its account.
    AccessCodeId;
    /// One person in one organisation.
    AccountId;
    /// One e-mail address that was an account's until lately.
    AddressId;
    /// One log-in attempt, from its start until it is done or lapsed.
    AttemptId;
    /// One support case; it opens nothing.
    CaseId;
    /// One chain of audit events: that of one database.
    ChainId;
    /// One entry of the audit log.
    EventId;
    /// One second factor of one account.
    FactorId;
    /// One letter with a PIN, from its writing until the PIN lapses; it opens nothing.
    LetterId;
    /// One message in a Berichtenbox.
    MessageId;
    /// One practice or institution.
    OrganisationId;
    /// One activation PIN; it opens nothing.
    PinId;
    /// One message of the outbox, from its posting until it is delivered.
    PostId;
    /// One recovery code, while it is the living one of its account.
    RecoveryCodeId;
    /// One code sent by SMS, or one phone call; it opens nothing.
    SendingId;
    /// One session, as its list shows it; it opens nothing.
    SessionId;
    /// One code that was about to be looked at.
    TryId;
}

fn hexadecimal(bytes: [u8; 16]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn is_id(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

impl AccountId {
    /// The same 128 bits as bytes: what a security key stores as the user handle.
    pub fn bytes(&self) -> [u8; 16] {
        u128::from_str_radix(&self.0, 16).expect("an id is 32 hexadecimal digits").to_be_bytes()
    }

    /// The id whose [`AccountId::bytes`] these are.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(hexadecimal(bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_id_survives_its_bytes(bytes: [u8; 16]) {
            let id = AccountId::from_bytes(bytes);
            prop_assert_eq!(AccountId::parse(id.as_str()), Ok(id.clone()));
            prop_assert_eq!(id.bytes(), bytes);
        }

        #[test]
        fn only_thirty_two_digits_are_an_id(text in "\\PC{0,40}") {
            prop_assert_eq!(FactorId::parse(&text).is_ok(), is_id(&text));
        }
    }

    #[test]
    fn two_ids_differ() {
        assert_ne!(AccountId::random(Random::system()), AccountId::random(Random::system()));
    }

    #[test]
    fn upper_case_and_wrong_length_are_refused() {
        assert_eq!(AccountId::parse("00112233445566778899AABBCCDDEEFF"), Err(Malformed));
        assert_eq!(AccountId::parse("0011"), Err(Malformed));
    }
}
