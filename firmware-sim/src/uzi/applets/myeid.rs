//! The command set of MyEID cards as OsEID speaks it: what OpenSC 0.23 uses, no more.

use rand_core::Rng as _;
use wire::apdu::{Command, EXTENDED_RESPONSE, Response, SHORT_RESPONSE, Status};

use crate::env::Stream;
use crate::pki::Purpose;
use crate::uzi::content::{AID, PIN_REFERENCE};
use crate::uzi::dispatch::Applet;
use crate::uzi::files::{Selection, Tree};
use crate::uzi::keys::{Key, Padding};
use crate::uzi::pin::{self, Pin, Unfit, Verdict};

/// The answer to reset by which OpenSC knows the command set: historical bytes "OsEID".
pub(in crate::uzi) const ATR: [u8; 10] =
    [0x3B, 0x85, 0x80, 0x01, 0x4F, 0x73, 0x45, 0x49, 0x44, 0x70];

/// A card with this command set.
pub(in crate::uzi) struct MyEid {
    tree: Tree,
    keys: Vec<Key>,
    pin: Pin,
    selection: Selection,
    environment: Option<Environment>,
    challenges: Stream,
}

/// What the next security operation is to use.
#[derive(Debug, Clone, Copy)]
struct Environment {
    operation: Operation,
    padding: Padding,
    /// The file of the key.
    file: u16,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Sign,
    Decipher,
}

impl Applet for MyEid {
    fn command(&mut self, command: &Command) -> Response {
        self.run(command).unwrap_or_else(Response::status)
    }

    fn takes_chains(&self, instruction: u8) -> bool {
        instruction == SECURITY_OPERATION
    }
}

impl MyEid {
    pub(in crate::uzi) fn new(tree: Tree, keys: Vec<Key>, pin: Pin, challenges: Stream) -> Self {
        Self { tree, keys, pin, selection: Selection::START, environment: None, challenges }
    }

    /// Power was cut: only the tries are remembered.
    pub(in crate::uzi) fn reset(&mut self) {
        self.pin.forget();
        self.selection = Selection::START;
        self.environment = None;
    }

    fn run(&mut self, command: &Command) -> Result<Response, Status> {
        match (command.instruction, command.p1, command.p2) {
            (SELECT, _, _) => self.select(command),
            (READ_BINARY, high, low) => self.read(u16::from_be_bytes([high, low]), command),
            (GET_DATA, _, _) => data_object(command),
            (GET_CHALLENGE, 0, 0) => self.challenge(command),
            (VERIFY, 0, PIN_REFERENCE) => self.verify(&command.data),
            (CHANGE_PIN, 0, PIN_REFERENCE) => self.change_pin(&command.data),
            (VERIFY | CHANGE_PIN, 0, _) => Err(Status::REFERENCE_NOT_FOUND),
            (DEAUTHENTICATE, 0, 0) => self.log_out(&command.data),
            (MANAGE_ENVIRONMENT, 0x41, 0xB6) => self.set(Operation::Sign, &command.data),
            (MANAGE_ENVIRONMENT, 0x41, 0xB8) => self.set(Operation::Decipher, &command.data),
            (SECURITY_OPERATION, 0x9E, 0x9A) => self.operate(Operation::Sign, &command.data),
            (SECURITY_OPERATION, 0x80, 0x86) => self.operate(Operation::Decipher, &command.data),
            (
                GET_CHALLENGE | VERIFY | CHANGE_PIN | DEAUTHENTICATE | MANAGE_ENVIRONMENT
                | SECURITY_OPERATION,
                _,
                _,
            ) => Err(Status::WRONG_P1P2),
            _ => Err(Status::UNKNOWN_INSTRUCTION),
        }
    }

    fn select(&mut self, command: &Command) -> Result<Response, Status> {
        let from_master = Selection::START;
        let found = match (command.p1, command.data.as_slice()) {
            (0x00, []) => Some(from_master),
            (0x00, [high, low]) => {
                self.tree.by_id(self.selection, u16::from_be_bytes([*high, *low]))
            }
            (0x00, _) => return Err(Status::WRONG_LENGTH),
            (0x04, name) => self.tree.by_name(name),
            (0x08, path) => self.tree.by_path(from_master, path),
            (0x09, path) => self.tree.by_path(self.selection, path),
            _ => return Err(Status::WRONG_P1P2),
        };
        let found = found.ok_or(Status::FILE_NOT_FOUND)?;
        let response = match command.p2 {
            0x00 => Response::ok(self.tree.describe(found)),
            NO_DESCRIPTION => Response::status(Status::OK),
            _ => return Err(Status::WRONG_P1P2),
        };
        self.selection = found;
        Ok(response)
    }

    fn read(&self, offset: u16, command: &Command) -> Result<Response, Status> {
        if offset >= SHORT_IDENTIFIER {
            return Err(Status::WRONG_P1P2);
        }
        let wanted = wanted(command)?;
        let data = self.tree.read(self.selection, usize::from(offset), wanted)?.to_vec();
        let all =
            command.expected.is_some_and(|le| [SHORT_RESPONSE, EXTENDED_RESPONSE].contains(&le));
        let status = if all || data.len() == wanted { Status::OK } else { Status::END_OF_FILE };
        Ok(Response { data, status })
    }

    /// Random bytes, as many as the host asks for.
    fn challenge(&mut self, command: &Command) -> Result<Response, Status> {
        let mut bytes = vec![0; wanted(command)?];
        self.challenges.rng().fill_bytes(&mut bytes);
        Ok(Response::ok(bytes))
    }

    /// Without a PIN this asks how often one may be tried.
    fn verify(&mut self, given: &[u8]) -> Result<Response, Status> {
        let verdict = match given {
            [] => self.pin.state(),
            given if given.len() > pin::LONGEST => return Err(Status::WRONG_LENGTH),
            given => self.pin.verify(given),
        };
        told(verdict)
    }

    /// What OpenSC sends for `C_Logout` to a card of this profile.
    fn log_out(&mut self, data: &[u8]) -> Result<Response, Status> {
        if !data.is_empty() {
            return Err(Status::WRONG_LENGTH);
        }
        self.pin.forget();
        Ok(Response::status(Status::OK))
    }

    /// The old PIN and the new one.
    fn change_pin(&mut self, given: &[u8]) -> Result<Response, Status> {
        if given.is_empty() || given.len() > 2 * pin::LONGEST {
            return Err(Status::WRONG_LENGTH);
        }
        told(self.pin.change(given).map_err(|Unfit| Status::WRONG_DATA)?)
    }

    fn set(&mut self, operation: Operation, template: &[u8]) -> Result<Response, Status> {
        self.environment = None;
        let (mut padding, mut file, mut rest) = (None, None, template);
        while !rest.is_empty() {
            let (tag, value, after) = element(rest).ok_or(Status::WRONG_DATA)?;
            match (tag, value) {
                (0x80, [0x00]) => padding = Some(Padding::None),
                (0x80, [0x02]) => padding = Some(Padding::Pkcs1),
                (0x81, [high, low]) => file = Some(u16::from_be_bytes([*high, *low])),
                (0x83 | 0x84, [0x00]) => {} // each file holds one key
                _ => return Err(Status::WRONG_DATA),
            }
            rest = after;
        }
        let (Some(padding), Some(file)) = (padding, file) else { return Err(Status::WRONG_DATA) };
        if !self.keys.iter().any(|key| key.file == file) {
            return Err(Status::REFERENCE_NOT_FOUND);
        }
        self.environment = Some(Environment { operation, padding, file });
        Ok(Response::status(Status::OK))
    }

    fn operate(&mut self, operation: Operation, data: &[u8]) -> Result<Response, Status> {
        let environment = self.environment.filter(|set| set.operation == operation);
        let environment = environment.ok_or(Status::CONDITIONS_NOT_SATISFIED)?;
        let key = self.keys.iter().find(|key| key.file == environment.file);
        let key = key.filter(|key| allows(key.purpose, operation));
        let key = key.ok_or(Status::CONDITIONS_NOT_SATISFIED)?;
        if !self.pin.is_verified() {
            return Err(Status::SECURITY_NOT_SATISFIED);
        }
        // The PIN for each use. The card stays logged in: OpenSC takes a card that forgets its PIN
        // for another one and closes every session.
        if key.purpose == Purpose::Signature && !self.pin.spend() {
            return Err(Status::SECURITY_NOT_SATISFIED);
        }
        let result = match (operation, data) {
            (Operation::Sign, data) => key.sign(data, environment.padding),
            // The first byte would announce padding; zero is the only one there is.
            (Operation::Decipher, [0, block @ ..]) => key.decipher(block, environment.padding),
            (Operation::Decipher, _) => return Err(Status::WRONG_DATA),
        };
        result.map(Response::ok).map_err(|_| Status::WRONG_DATA)
    }
}

/// What is known of the card as a whole.
fn data_object(command: &Command) -> Result<Response, Status> {
    let object = match (command.p1, command.p2) {
        (0x01, 0xA0) => &VERSION[..],
        (0x01, 0xAA) => &CAPABILITIES[..],
        _ => return Err(Status::REFERENCE_NOT_FOUND),
    };
    wanted(command).map(|_| Response::ok(object))
}

/// How many bytes a command that takes none asks for.
fn wanted(command: &Command) -> Result<usize, Status> {
    let wanted = command.expected.filter(|_| command.data.is_empty());
    wanted.and_then(|wanted| usize::try_from(wanted).ok()).ok_or(Status::WRONG_LENGTH)
}

/// What became of a PIN, as a status.
fn told(verdict: Verdict) -> Result<Response, Status> {
    match verdict {
        Verdict::Right => Ok(Response::status(Status::OK)),
        Verdict::Wrong { tries_left } => Err(Status::tries_left(tries_left)),
        Verdict::Blocked => Err(Status::BLOCKED),
    }
}

/// What each key may be used for.
fn allows(purpose: Purpose, operation: Operation) -> bool {
    match purpose {
        Purpose::Authenticity | Purpose::Signature => operation == Operation::Sign,
        Purpose::Confidentiality => operation == Operation::Decipher,
    }
}

/// The first element of a template, and what follows it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [tag, length, rest @ ..] = bytes else { return None };
    let (value, after) = rest.split_at_checked(usize::from(*length))?;
    Some((*tag, value, after))
}

// Instructions.
const VERIFY: u8 = 0x20;
const MANAGE_ENVIRONMENT: u8 = 0x22;
const CHANGE_PIN: u8 = 0x24;
const SECURITY_OPERATION: u8 = 0x2A;
const DEAUTHENTICATE: u8 = 0x2E;
const GET_CHALLENGE: u8 = 0x84;
const SELECT: u8 = 0xA4;
const READ_BINARY: u8 = 0xB0;
const GET_DATA: u8 = 0xCA;

/// P2 of SELECT: no file control information.
const NO_DESCRIPTION: u8 = 0x0C;
/// From here on P1 of READ BINARY holds a short file identifier, which this card has none of.
const SHORT_IDENTIFIER: u16 = 0x8000;

/// The applet's data: bytes 5 to 7 are the version, 4.5.5. From 4.5 on OpenSC chains commands.
const VERSION: [u8; 20] = [0, 0, 0, 0, 0, 4, 5, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
/// Features, and the longest keys in bits: RSA 4096, DES 192, AES 256, ECC 521.
const CAPABILITIES: [u8; 11] = [0x01, 0x00, 0x0F, 0x10, 0x00, 0x00, 0xC0, 0x01, 0x00, 0x02, 0x09];

const _: () = assert!(AID.len() <= 16, "an application name has at most sixteen bytes");
