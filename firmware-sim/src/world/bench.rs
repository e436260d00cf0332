//! The devices of a world in their places, and what moves them.

use std::ffi::OsString;
use std::path::Path;

use super::slots::Slot;
use super::usb::{self, Bus, Socket};
use super::{Devices, Error, readers};
use crate::control::{Device, Place, Request, Response, Status};

/// What the readers are called.
const NFC: &str = "Sleutelbos NFC";
const CONTACT: &str = "Sleutelbos card";

/// All devices of a world.
pub struct Bench {
    key: Option<Socket>,
    nfc: Option<Slot>,
    card: Option<Slot>,
    variables: Vec<(OsString, OsString)>,
}

impl Bench {
    /// Puts every device in its place; returns when programs see them all.
    ///
    /// Errors: [`Error`].
    pub fn set_up(folder: &Path, devices: Devices) -> Result<Self, Error> {
        let pcscd = (OsString::from("PCSCLITE_CSOCK_NAME"), readers::socket(folder).into());
        let mut bench = Self { key: None, nfc: None, card: None, variables: vec![pcscd] };
        let cards: Vec<_> = [(NFC, devices.nfc), (CONTACT, devices.card)]
            .into_iter()
            .filter_map(|(name, card)| Some((name, card?)))
            .collect();
        // without a reader there is no pcscd: programs find none, and never the machine's own
        if !cards.is_empty() {
            for slot in readers::start(folder, cards)? {
                let place =
                    if slot.reader().starts_with(NFC) { &mut bench.nfc } else { &mut bench.card };
                place.insert(slot).insert()?;
            }
        }
        if let Some(key) = devices.key {
            let socket = bench.key.insert(Socket::new(Bus::start()?, key));
            socket.insert()?;
            bench.variables.extend(socket.variables());
        }
        Ok(bench)
    }

    /// The environment that shows the devices to a program.
    #[must_use]
    pub fn variables(&self) -> Vec<(OsString, OsString)> {
        self.variables.clone()
    }

    /// Does what is asked; returns when programs see it.
    pub fn answer(&mut self, request: &Request) -> Response {
        let outcome = match *request {
            Request::Status => self.status().map(Response::Status),
            Request::Insert { device } => self.insert(device).map(|()| Response::Done),
            Request::Remove { device, at_apdu: None } => {
                self.remove(device).map(|()| Response::Done)
            }
            Request::Remove { device, at_apdu: Some(nth) } => {
                self.remove_at(device, nth.get()).map(|()| Response::Done)
            }
        };
        outcome.unwrap_or_else(|error| Response::Refused { reason: reason(&error) })
    }

    /// Where each device is, as programs see it.
    ///
    /// Errors: [`Error::Service`].
    pub fn status(&self) -> Result<Status, Error> {
        let key = self.key.as_ref().map(|socket| Place {
            present: socket.is_present(),
            seen_as: usb::NODE.to_owned(),
            leaves_in: None,
        });
        Ok(Status { key, nfc: place(self.nfc.as_ref())?, card: place(self.card.as_ref())? })
    }

    /// Puts a device in its place; returns when programs see it.
    ///
    /// Errors: [`Error`].
    pub fn insert(&mut self, device: Device) -> Result<(), Error> {
        match device {
            Device::Key => self.key.as_mut().ok_or(Error::NoDevice(device))?.insert(),
            Device::Nfc | Device::Card => self.slot(device)?.insert(),
        }
    }

    /// Takes a device away; returns when programs see that.
    ///
    /// Errors: [`Error`].
    pub fn remove(&mut self, device: Device) -> Result<(), Error> {
        match device {
            Device::Key => self.key.as_mut().ok_or(Error::NoDevice(device))?.remove(),
            Device::Nfc | Device::Card => self.slot(device)?.remove(),
        }
    }

    /// Lets a card leave at the `nth` C-APDU from now; returns at once.
    ///
    /// Errors: [`Error::NoApdus`], [`Error::Absent`], [`Error::NoDevice`].
    pub fn remove_at(&mut self, device: Device, nth: u32) -> Result<(), Error> {
        if self.slot(device)?.remove_at(nth) { Ok(()) } else { Err(Error::Absent(device)) }
    }

    fn slot(&mut self, device: Device) -> Result<&mut Slot, Error> {
        let slot = match device {
            Device::Key => return Err(Error::NoApdus),
            Device::Nfc => self.nfc.as_mut(),
            Device::Card => self.card.as_mut(),
        };
        slot.ok_or(Error::NoDevice(device))
    }
}

/// The error with its causes, in one sentence.
fn reason(error: &dyn std::error::Error) -> String {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        reason = format!("{reason}: {deeper}");
        cause = deeper.source();
    }
    reason
}

fn place(slot: Option<&Slot>) -> Result<Option<Place>, Error> {
    let Some(slot) = slot else { return Ok(None) };
    let leaves_in = Some(slot.left()).filter(|left| *left > 0);
    Ok(Some(Place { present: slot.is_present()?, seen_as: slot.reader(), leaves_in }))
}
