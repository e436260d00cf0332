//! The command set of MyEID cards as OsEID speaks it: what OpenSC 0.23 uses, no more.

use wire::apdu::{Command, Response, Status};

use crate::pki::Purpose;
use crate::uzi::chip::{self, Chip, MANAGE_ENVIRONMENT, Operation};
use crate::uzi::content::{AID, Filling, KeyPlace, Layout, key_file};
use crate::uzi::dispatch::Applet;
use crate::uzi::files::Access;
use crate::uzi::keys::Padding;
use crate::uzi::pin::Shape;

/// The answer to reset by which OpenSC knows the command set: historical bytes "OsEID".
pub(in crate::uzi) const ATR: [u8; 10] =
    [0x3B, 0x85, 0x80, 0x01, 0x4F, 0x73, 0x45, 0x49, 0x44, 0x70];

/// OpenSC fills codes up to eight bytes of its own accord.
pub(in crate::uzi) const LAYOUT: Layout = Layout {
    keys: KeyPlace::Files,
    codes: Shape { stored: 8, filler: 0xFF },
    filling: Filling::Untold,
    access: Access::Untold,
};

/// A card with this command set.
pub(in crate::uzi) struct MyEid(pub(in crate::uzi) Chip);

impl Applet for MyEid {
    fn command(&mut self, command: &Command) -> Response {
        self.run(command).unwrap_or_else(Response::status)
    }

    fn takes_chains(&self, instruction: u8) -> bool {
        chip::takes_chains(instruction)
    }

    fn reset(&mut self) {
        self.0.reset();
    }
}

impl MyEid {
    fn run(&mut self, command: &Command) -> Result<Response, Status> {
        if let Some(done) = self.0.command(command) {
            return done;
        }
        match (command.instruction, command.p1, command.p2) {
            (GET_DATA, _, _) => data_object(command),
            (DEAUTHENTICATE, 0, 0) => self.log_out(&command.data),
            (MANAGE_ENVIRONMENT, 0x41, 0xB6) => self.set(Operation::Sign, &command.data),
            (MANAGE_ENVIRONMENT, 0x41, 0xB8) => self.set(Operation::Decipher, &command.data),
            (DEAUTHENTICATE | MANAGE_ENVIRONMENT, _, _) => Err(Status::WRONG_P1P2),
            _ => Err(Status::UNKNOWN_INSTRUCTION),
        }
    }

    /// What OpenSC sends for `C_Logout` to a card of this profile.
    fn log_out(&mut self, data: &[u8]) -> Result<Response, Status> {
        if !data.is_empty() {
            return Err(Status::WRONG_LENGTH);
        }
        self.0.log_out();
        Ok(Response::status(Status::OK))
    }

    fn set(&mut self, operation: Operation, template: &[u8]) -> Result<Response, Status> {
        self.0.set(operation, chosen(template))
    }
}

/// The padding and the key that a template names.
fn chosen(template: &[u8]) -> Result<(Padding, Purpose), Status> {
    let (mut padding, mut file) = (None, None);
    for (tag, value) in chip::elements(template)? {
        match (tag, value) {
            (0x80, [0x00]) => padding = Some(Padding::None),
            (0x80, [0x02]) => padding = Some(Padding::Pkcs1),
            (0x81, [high, low]) => file = Some(u16::from_be_bytes([*high, *low])),
            (0x83 | 0x84, [0x00]) => {} // each file holds one key
            _ => return Err(Status::WRONG_DATA),
        }
    }
    let (Some(padding), Some(file)) = (padding, file) else { return Err(Status::WRONG_DATA) };
    let purpose = Purpose::ALL.into_iter().find(|purpose| key_file(*purpose) == file);
    Ok((padding, purpose.ok_or(Status::REFERENCE_NOT_FOUND)?))
}

/// What is known of the card as a whole.
fn data_object(command: &Command) -> Result<Response, Status> {
    let object = match (command.p1, command.p2) {
        (0x01, 0xA0) => &VERSION[..],
        (0x01, 0xAA) => &CAPABILITIES[..],
        _ => return Err(Status::REFERENCE_NOT_FOUND),
    };
    chip::wanted(command).map(|_| Response::ok(object))
}

// Instructions.
const DEAUTHENTICATE: u8 = 0x2E;
const GET_DATA: u8 = 0xCA;

/// The applet's data: bytes 5 to 7 are the version, 4.5.5. From 4.5 on OpenSC chains commands.
const VERSION: [u8; 20] = [0, 0, 0, 0, 0, 4, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// Features, and the longest keys in bits: RSA 4096, DES 192, AES 256, ECC 521.
const CAPABILITIES: [u8; 11] = [0x01, 0x00, 0x0F, 0x10, 0x00, 0x00, 0xC0, 0x01, 0x00, 0x02, 0x09];

const _: () = assert!(AID.len() <= 16, "an application name has at most sixteen bytes");
