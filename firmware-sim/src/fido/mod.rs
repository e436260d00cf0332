//! A simulated FIDO security key: CTAP2 and U2F over HID reports and over APDUs.
//!
//! ```
//! use std::time::Duration;
//! use firmware_sim::{device::{HidDevice, Time}, fido::{Key, profiles::Profile}};
//! use wire::ctaphid::{Channel, Command, split};
//!
//! // What the key is (`NAME` or `NAME:PIN`), its seed, and the date of its certificate.
//! let profile: Profile = "fido2-pin".parse()?;
//! let mut key = Key::new(profile, 1u64, Duration::from_secs(1_800_000_000))?;
//! // The key is plugged in now; a reset is taken for ten seconds from here.
//! key.power_cycle(Time::ZERO);
//! let init = split(Channel::BROADCAST, Command::Init, &[0; 8])?;
//! assert_eq!(key.report(&init[0], Time::ZERO).len(), 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! One [`Key`] is both a [`HidDevice`] and a [`Card`]; [`Profile::transports`] says which of them
//! it may be plugged in as. The same profile, seed, date and requests give the same bytes.

pub mod attestation;
mod authenticator;
mod ctap2;
mod hid;
mod nfc;
mod pending;
pub mod pin;
pub mod profiles;
mod store;
#[cfg(test)]
mod tests;
mod u2f;

pub use authenticator::Presence;

use std::time::Duration;

use wire::{
    apdu::{self, Response},
    ctaphid::{Capabilities, Command, Keepalive, Message, Report},
    u2f as u2f_message,
};

use crate::{
    device::{Card, HidDevice, Time},
    env::Seed,
};
use authenticator::{Arrival, Asked, Authenticator};
use profiles::{Profile, Transport};

/// The answer to reset: a contactless card that takes extended lengths and chaining.
const ATR: [u8; 10] = [0x3B, 0x85, 0x80, 0x01, 0x80, 0x73, 0xC0, 0x21, 0xC0, 0xD6];

/// A simulated security key.
#[derive(Debug, Clone)]
pub struct Key {
    framing: hid::Framing,
    applet: nfc::Applet,
    authenticator: Authenticator,
}

impl Key {
    /// Makes the key. Every byte it will ever draw comes from `seed`; `now`, the time since 1970,
    /// dates its attestation certificate and says where its counter stands. The key counts as
    /// plugged in at [`Time::ZERO`] until [`HidDevice::power_cycle`] or [`Card::reset`] says
    /// otherwise.
    ///
    /// Errors: a date that no certificate can carry.
    pub fn new(
        profile: Profile,
        seed: impl Into<Seed>,
        now: Duration,
    ) -> Result<Self, attestation::Error> {
        let (capabilities, protocols) = match (profile.ctap2(), profile.speaks_u2f()) {
            (Some(_), true) => (Capabilities::CBOR, nfc::Protocols::Both),
            (Some(_), false) => (Capabilities::CBOR | Capabilities::NMSG, nfc::Protocols::Ctap2),
            (None, _) => (0, nfc::Protocols::U2f),
        };
        Ok(Self {
            framing: hid::Framing::new(Capabilities(capabilities | Capabilities::WINK)),
            applet: nfc::Applet::new(protocols),
            authenticator: Authenticator::new(profile, &seed.into(), now)?,
        })
    }

    /// What the key is.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.authenticator.profile
    }

    /// The test root under which the key's attestation certificate was issued, DER.
    #[must_use]
    pub fn attestation_root(&self) -> &[u8] {
        self.authenticator.attestation.root()
    }

    /// The same certificate in PEM form.
    #[must_use]
    pub fn attestation_root_pem(&self) -> String {
        self.authenticator.attestation.root_pem()
    }

    /// Decides what happens from now on when the key asks to be touched.
    pub fn set_presence(&mut self, presence: Presence) {
        self.authenticator.presence = presence;
    }

    /// The reports that answer a U2F or CTAP2 message; CTAP2 says first that it waits for a touch.
    fn execute(&mut self, message: &Message, now: Time) -> Vec<Report> {
        let Message { channel, command, ref payload } = *message;
        let mut reports = Vec::new();
        let payload = if command == Command::Cbor {
            let arrival = Arrival { transport: Transport::Usb, now };
            let payload = self.authenticator.ctap2(payload, arrival);
            if self.authenticator.asked == Asked::Touch {
                let status = [Keepalive::UpNeeded as u8];
                reports = hid::answer(channel, Command::Keepalive, &status);
            }
            payload
        } else {
            match apdu::Command::read(payload) {
                Ok(command) => self.authenticator.u2f(&command).write(),
                Err(_) => Response::status(u2f_message::refusal(payload)).write(),
            }
        };
        reports.extend(hid::answer(channel, command, &payload));
        reports
    }
}

impl HidDevice for Key {
    fn report(&mut self, report: &Report, now: Time) -> Vec<Report> {
        let mut reports = self.framing.expire(now);
        match self.framing.receive(report, now) {
            hid::Step::Reply(further) => reports.extend(further),
            hid::Step::Deliver(message) => reports.extend(self.execute(&message, now)),
        }
        reports
    }

    fn due(&self) -> Option<Time> {
        self.framing.due()
    }

    fn tick(&mut self, now: Time) -> Vec<Report> {
        self.framing.expire(now)
    }

    fn power_cycle(&mut self, now: Time) {
        self.framing.power_cycle();
        self.authenticator.power_cycle(now);
    }
}

impl Card for Key {
    fn atr(&self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn transmit(&mut self, command: &[u8], now: Time) -> Vec<u8> {
        let (response, window) = match self.applet.receive(command) {
            nfc::Step::Reply(answer) => return answer,
            nfc::Step::U2f(command, window) => (self.authenticator.u2f(&command), window),
            nfc::Step::Ctap2(request, window) => {
                let arrival = Arrival { transport: Transport::Nfc, now };
                (Response::ok(self.authenticator.ctap2(&request, arrival)), window)
            }
        };
        self.applet.answer(response, window)
    }

    fn reset(&mut self, now: Time) {
        self.applet.reset();
        self.authenticator.power_cycle(now);
    }
}
