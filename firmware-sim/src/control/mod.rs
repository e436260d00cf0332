//! Moves the devices of a running world: one line of JSON asks, one line answers.

use serde::{Deserialize, Serialize};

pub mod client;
pub mod server;

/// The variable that holds the path of a world's control socket.
pub const SOCKET: &str = "FIRMWARE_SIM_CONTROL";

/// The longest line that either side reads.
const LINE: u64 = 64 * 1024;

/// A place for a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Device {
    /// The security key on USB.
    Key,
    /// The security key in the field of the NFC reader.
    Nfc,
    /// The smartcard in the contact reader.
    Card,
}

impl std::fmt::Display for Device {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Key => "key",
            Self::Nfc => "nfc",
            Self::Card => "card",
        })
    }
}

/// What is asked of a world.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Request {
    /// Where the devices are.
    Status,
    /// Put a device in its place.
    Insert {
        /// Which.
        device: Device,
    },
    /// Take a device away, now or at a C-APDU.
    Remove {
        /// Which.
        device: Device,
        /// At which C-APDU from now; it stays unanswered.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at_apdu: Option<std::num::NonZeroU32>,
    },
}

/// What a world answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Response {
    /// It is so, and programs see it.
    Done,
    /// Where the devices are.
    Status(Status),
    /// It cannot be done.
    Refused {
        /// One sentence with the remedy.
        reason: String,
    },
}

/// Where the devices of a world are; `null` for one that the world does not have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The security key on USB.
    pub key: Option<Place>,
    /// The security key on NFC.
    pub nfc: Option<Place>,
    /// The smartcard.
    pub card: Option<Place>,
}

/// Where one device is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Whether programs see it.
    pub present: bool,
    /// The reader or node in which they see it.
    pub seen_as: String,
    /// After how many C-APDUs it leaves, where that was asked.
    pub leaves_in: Option<u32>,
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn requests_look_as_documented() {
        let at = std::num::NonZeroU32::new(3);
        let remove = Request::Remove { device: Device::Card, at_apdu: at };
        expect![[r#"{"do":"remove","device":"card","at_apdu":3}"#]]
            .assert_eq(&serde_json::to_string(&remove).unwrap());
        let insert = Request::Insert { device: Device::Key };
        expect![[r#"{"do":"insert","device":"key"}"#]]
            .assert_eq(&serde_json::to_string(&insert).unwrap());
    }

    #[test]
    fn an_unknown_word_or_a_zeroth_apdu_is_refused() {
        for line in [
            r#"{"do":"insert","device":"phone"}"#,
            r#"{"do":"insert","device":"card","force":true}"#,
            r#"{"do":"remove","device":"card","at_apdu":0}"#,
            r#"{"do":"explode"}"#,
            "",
        ] {
            assert!(serde_json::from_str::<Request>(line).is_err(), "{line}");
        }
    }

    proptest! {
        #[test]
        fn any_line_is_a_request_or_an_error(line: String) {
            if let Ok(request) = serde_json::from_str::<Request>(&line) {
                let again = serde_json::to_string(&request).unwrap();
                prop_assert_eq!(serde_json::from_str::<Request>(&again).unwrap(), request);
            }
        }
    }
}
