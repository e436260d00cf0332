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
mod blobs;
mod ctap2;
mod fingers;
mod hid;
mod holder;
mod nfc;
mod pending;
pub mod pin;
pub mod profiles;
mod session;
mod settings;
mod store;
#[cfg(test)]
mod tests;
mod u2f;

pub use holder::{Presence, UnknownPresence};

use std::time::Duration;

use wire::{
    apdu::{self, Response, Status},
    ctap2::{Status as Ctap2Status, bio_enrollment::Sample},
    ctaphid::{Capabilities, Command, ErrorCode, Message, Report},
    nfc::Keepalive,
    u2f as u2f_message,
};

use crate::{
    device::{Card, HidDevice, Time},
    env::Seed,
};
use authenticator::{Arrival, Authenticator};
use holder::Outcome;
use profiles::{Profile, Transport};
use session::Session;

/// The answer to reset: a contactless card that takes extended lengths and chaining.
const ATR: [u8; 10] = [0x3B, 0x85, 0x80, 0x01, 0x80, 0x73, 0xC0, 0x21, 0xC0, 0xD6];

/// A simulated security key.
#[derive(Debug, Clone)]
pub struct Key {
    framing: hid::Framing,
    applet: nfc::Applet,
    session: Session,
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
            session: Session::new(Authenticator::new(profile, &seed.into(), now)?),
        })
    }

    /// What the key is.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.session.authenticator.profile
    }

    /// The test root under which the key's attestation certificate was issued, DER.
    #[must_use]
    pub fn attestation_root(&self) -> &[u8] {
        self.session.authenticator.attestation.root()
    }

    /// The same certificate in PEM form.
    #[must_use]
    pub fn attestation_root_pem(&self) -> String {
        self.session.authenticator.attestation.root_pem()
    }

    /// Decides what the person does from now on when the key asks to be touched. A request that
    /// waits already goes on waiting as it began.
    pub fn set_presence(&mut self, presence: Presence) {
        self.session.authenticator.holder.set(presence);
    }

    /// What the person does first, one step a touch; afterwards what [`Key::set_presence`] said.
    pub fn set_presence_script(&mut self, script: impl IntoIterator<Item = Presence>) {
        self.session.authenticator.holder.follow(script);
    }

    /// The person touches the key. Where a request waits for that ([`Presence::Manual`]), its
    /// answer is due at `now`: [`HidDevice::tick`] gives it over HID, the next poll in a reader
    /// and in U2F. False where nothing asks for a touch, which then does nothing.
    pub fn press(&mut self, now: Time) -> bool {
        self.session.authenticator.holder.press(Outcome::Touched, now)
    }

    /// The same with a finger that the key does not know.
    pub fn press_wrong_finger(&mut self, now: Time) -> bool {
        self.session.authenticator.holder.press(Outcome::Denied, now)
    }

    /// Decides what the person does from now on when the key asks for a finger on its sensor;
    /// [`Presence::Deny`] is a finger that it does not know.
    pub fn set_verification(&mut self, verification: Presence) {
        self.session.authenticator.holder.set_finger(verification);
    }

    /// What the person does first at the sensor, one step a finger; afterwards what
    /// [`Key::set_verification`] said.
    pub fn set_verification_script(&mut self, script: impl IntoIterator<Item = Presence>) {
        self.session.authenticator.holder.follow_fingers(script);
    }

    /// What the sensor says of the next touches while a finger is taught; afterwards they are
    /// good. Nothing happens to a key without a sensor.
    pub fn set_samples(&mut self, samples: impl IntoIterator<Item = Sample>) {
        if let Some(fingers) = &mut self.session.authenticator.fingers {
            fingers.samples = samples.into_iter().collect();
        }
    }

    /// Whether a request waits for the person.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.session.waits_on().is_some()
    }

    /// The reports that answer a U2F or CTAP2 message; CTAP2 says first that it waits for a touch.
    fn execute(&mut self, message: Message, now: Time) -> Vec<Report> {
        let Message { channel, command, payload } = message;
        if self.session.waits_on() == Some(Transport::Nfc) {
            return hid::error(channel, ErrorCode::ChannelBusy);
        }
        if command != Command::Cbor {
            let answer = match apdu::Command::read(&payload) {
                Ok(command) => self.session.u2f(&command, now),
                Err(_) => Response::status(u2f_message::refusal(&payload)),
            };
            return hid::answer(channel, command, &answer.write());
        }
        let Some(answer) = self.session.ctap2(payload, Arrival { transport: Transport::Usb, now })
        else {
            return self.framing.wait(channel, now);
        };
        let mut reports = Vec::new();
        if self.session.authenticator.holder.was_asked() {
            reports = hid::keepalive(channel);
        }
        reports.extend(hid::answer(channel, command, &answer));
        reports
    }
}

impl HidDevice for Key {
    fn report(&mut self, report: &Report, now: Time) -> Vec<Report> {
        let mut reports = self.tick(now);
        reports.extend(match self.framing.receive(report, now) {
            hid::Step::Reply(further) => further,
            hid::Step::Deliver(message) => self.execute(message, now),
            hid::Step::Cancel => {
                let answer = self.session.cancel(now);
                answer.map(|answer| self.framing.finish(&answer)).unwrap_or_default()
            }
            hid::Step::Abort(further) => {
                self.session.abort(now);
                further
            }
        });
        reports
    }

    fn due(&self) -> Option<Time> {
        let answer = self.session.due().filter(|_| self.waits_on_usb());
        answer.into_iter().chain(self.framing.due()).min()
    }

    fn tick(&mut self, now: Time) -> Vec<Report> {
        if self.waits_on_usb()
            && let Some(answer) = self.session.tick(now)
        {
            return self.framing.finish(&answer);
        }
        self.framing.expire(now)
    }

    fn power_cycle(&mut self, now: Time) {
        self.framing.power_cycle();
        self.session.power_cycle(now);
    }
}

impl Key {
    fn waits_on_usb(&self) -> bool {
        self.session.waits_on() == Some(Transport::Usb)
    }

    /// What a host in the reader hears of a request: its answer, or that it waits.
    fn heard(&mut self, answer: Option<Vec<u8>>, window: nfc::Window) -> Vec<u8> {
        match answer {
            Some(answer) => self.applet.answer(Response::ok(answer), window),
            None => nfc::waits(),
        }
    }

    fn request(&mut self, request: Vec<u8>, keepalive: Keepalive, now: Time) -> Option<Vec<u8>> {
        let answer = self.session.ctap2(request, Arrival { transport: Transport::Nfc, now });
        match keepalive {
            Keepalive::Accepted => answer,
            // The reader keeps its host waiting, and no time passes here meanwhile.
            Keepalive::Refused => answer.or_else(|| self.session.settle()),
        }
    }
}

impl Card for Key {
    fn atr(&self) -> Vec<u8> {
        ATR.to_vec()
    }

    fn transmit(&mut self, command: &[u8], now: Time) -> Vec<u8> {
        let step = self.applet.receive(command);
        if self.waits_on_usb() {
            return match step {
                nfc::Step::Reply(answer) => answer,
                nfc::Step::Ctap2(_, window, _) => {
                    let busy = vec![Ctap2Status::CHANNEL_BUSY.0];
                    self.heard(Some(busy), window)
                }
                nfc::Step::U2f(..) | nfc::Step::Poll(_) | nfc::Step::Cancel(_) => {
                    Response::status(Status::CONDITIONS_NOT_SATISFIED).write()
                }
            };
        }
        let waits = self.session.waits_on().is_some();
        match step {
            nfc::Step::Poll(window) if waits => {
                let answer = self.session.tick(now);
                self.heard(answer, window)
            }
            nfc::Step::Cancel(window) if waits => {
                let answer = self.session.cancel(now);
                self.heard(answer, window)
            }
            nfc::Step::Poll(_) | nfc::Step::Cancel(_) => {
                Response::status(Status::CONDITIONS_NOT_SATISFIED).write()
            }
            nfc::Step::Reply(answer) => {
                self.session.abort(now);
                answer
            }
            nfc::Step::U2f(command, window) => {
                let answer = self.session.u2f(&command, now);
                self.applet.answer(answer, window)
            }
            nfc::Step::Ctap2(request, window, keepalive) => {
                let answer = self.request(request, keepalive, now);
                self.heard(answer, window)
            }
        }
    }

    fn reset(&mut self, now: Time) {
        self.applet.reset();
        self.session.power_cycle(now);
    }
}
