//! The command set of IsoApplet, version 0 of its interface: ISO 7816 in an applet that the host
//! selects first. It pads by itself, PKCS#1 version 1.5, and takes RSA keys of 2048 bits.

use wire::apdu::{Command, Response, Status};

use crate::pki::Purpose;
use crate::uzi::chip::{self, Chip, MANAGE_ENVIRONMENT, Operation};
use crate::uzi::content::{Filling, KeyPlace, Layout, PKCS15, key_reference};
use crate::uzi::dispatch::Applet;
use crate::uzi::files::Access;
use crate::uzi::keys::Padding;
use crate::uzi::pin::Shape;

/// An answer to reset that no driver of OpenSC takes for its own: historical bytes "JCsim".
pub(in crate::uzi) const ATR: [u8; 10] =
    [0x3B, 0x85, 0x80, 0x01, 0x4A, 0x43, 0x73, 0x69, 0x6D, 0x7A];

/// The host fills codes up to sixteen bytes, since the card says so.
pub(in crate::uzi) const LAYOUT: Layout = Layout {
    keys: KeyPlace::Applet,
    codes: Shape { stored: 16, filler: 0x00 },
    filling: Filling::Told,
    access: Access::Told,
};

/// A card with this applet, and whether the applet is selected.
pub(in crate::uzi) struct IsoApplet {
    chip: Chip,
    selected: bool,
}

impl Applet for IsoApplet {
    fn command(&mut self, command: &Command) -> Response {
        self.run(command).unwrap_or_else(Response::status)
    }

    fn takes_chains(&self, instruction: u8) -> bool {
        self.selected && chip::takes_chains(instruction)
    }

    fn reset(&mut self) {
        self.chip.reset();
        self.selected = false;
    }
}

impl IsoApplet {
    pub(in crate::uzi) fn new(chip: Chip) -> Self {
        Self { chip, selected: false }
    }

    fn run(&mut self, command: &Command) -> Result<Response, Status> {
        let by_name = (command.instruction, command.p1) == (SELECT, 0x04);
        if by_name && command.data == AID {
            return self.select_applet(command);
        }
        if !self.selected {
            let unknown =
                if by_name { Status::FILE_NOT_FOUND } else { Status::UNKNOWN_INSTRUCTION };
            return Err(unknown);
        }
        if let Some(done) = self.chip.command(command) {
            return done;
        }
        match (command.instruction, command.p1, command.p2) {
            (MANAGE_ENVIRONMENT, 0x41, 0xB6) => self.set(Operation::Sign, &command.data),
            (MANAGE_ENVIRONMENT, 0x41, 0xB8) => self.set(Operation::Decipher, &command.data),
            (MANAGE_ENVIRONMENT, _, _) => Err(Status::WRONG_P1P2),
            _ => Err(Status::UNKNOWN_INSTRUCTION),
        }
    }

    /// Selects the applet, which forgets what it knew of the session before.
    fn select_applet(&mut self, command: &Command) -> Result<Response, Status> {
        let answer = match command.p2 {
            0x00 => Response::ok(INTERFACE),
            0x0C => Response::status(Status::OK),
            _ => return Err(Status::WRONG_P1P2),
        };
        self.reset();
        self.selected = true;
        Ok(answer)
    }

    fn set(&mut self, operation: Operation, template: &[u8]) -> Result<Response, Status> {
        self.chip.set(operation, chosen(template))
    }
}

/// The padding and the key that a template names.
fn chosen(template: &[u8]) -> Result<(Padding, Purpose), Status> {
    let (mut padding, mut reference) = (None, None);
    for (tag, value) in chip::elements(template)? {
        match (tag, value) {
            (0x80, [0x11]) => padding = Some(Padding::Pkcs1),
            (0x81, folder) if folder == PKCS15.to_be_bytes() => {}
            (0x83 | 0x84, [key]) => reference = Some(*key),
            _ => return Err(Status::WRONG_DATA),
        }
    }
    let (Some(padding), Some(reference)) = (padding, reference) else {
        return Err(Status::WRONG_DATA);
    };
    let purpose = Purpose::ALL.into_iter().find(|purpose| key_reference(*purpose) == reference);
    Ok((padding, purpose.ok_or(Status::REFERENCE_NOT_FOUND)?))
}

const SELECT: u8 = 0xA4;

/// The name of the applet.
const AID: [u8; 12] = [0xF2, 0x76, 0xA2, 0x88, 0xBC, 0xFB, 0xA6, 0x9D, 0x34, 0xF3, 0x10, 0x01];
/// Version 0.6 of the interface, with extended lengths (01) and random numbers (02).
const INTERFACE: [u8; 3] = [0x00, 0x06, 0x03];
