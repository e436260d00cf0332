//! Journeys: what people do, end to end, through the built programs and real Chromium.
//!
//! Each is a function that panics where something is not as it should be, and else says in a few
//! words what it saw. `tests/journeys` runs each as a test; the demo runs them one after another.

pub mod cards;
pub mod employers;
pub mod keyboard;
pub mod keys;
pub(crate) mod letters;
pub mod pages;
pub mod passwords;
pub mod people;
pub mod phones;
pub mod screens;
mod visits;

use crate::stage::Stage;

/// A journey: its name in words, and what it does on a stage.
pub struct Journey {
    /// What it shows.
    pub title: &'static str,
    /// Walks it, and says what was seen.
    pub walk: fn(&Stage) -> String,
}

impl std::fmt::Debug for Journey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.title)
    }
}

/// The journeys of the demo, in its order.
pub const DEMO: &[Journey] = &[
    Journey { title: "passkey, in Chromium (its own authenticator)", walk: keys::passkey },
    Journey { title: "USB key without a PIN, in Chromium", walk: keys::usb_key_in_the_browser },
    Journey {
        title: "the same key, now with a PIN, through the agent",
        walk: keys::same_key_with_pin,
    },
    Journey { title: "U2F-only key, in Chromium and through the agent", walk: keys::u2f_key },
    Journey { title: "NFC key on a reader, through the agent", walk: keys::nfc_key },
    Journey {
        title: "UZI card, in Chromium through page, extension and agent",
        walk: cards::in_the_browser,
    },
    Journey {
        title: "UZI card from the command line, direct and through OpenSC",
        walk: cards::command_line,
    },
    Journey { title: "wrong card PIN, with the tries left", walk: cards::wrong_pin },
    Journey { title: "revoked card", walk: cards::revoked },
    Journey { title: "card removed half-way", walk: cards::removed_half_way },
    Journey { title: "five wrong passwords", walk: passwords::five_wrong },
];
