//! What every command set of this card does the same way: files, codes, keys and challenges.
//! Spec: ISO 7816-4 and 7816-8.

use rand_core::Rng as _;
use wire::apdu::{Command, EXTENDED_RESPONSE, Response, SHORT_RESPONSE, Status};

use super::content::{self, Layout, PIN_REFERENCE, PUK_REFERENCE};
use super::files::{MASTER, Selection, Template, Tree};
use super::keys::{Key, Padding};
use super::pin::{Life, Pins, Unfit, Verdict, Which};
use crate::env::Stream;
use crate::pki::Purpose;

/// The card below its command set.
pub(super) struct Chip {
    tree: Tree,
    keys: Vec<Key>,
    pins: Pins,
    layout: Layout,
    padding: Paddings,
    selection: Selection,
    environment: Option<Environment>,
    challenges: Stream,
}

/// What a chip is made of.
pub(super) struct Parts {
    pub(super) tree: Tree,
    pub(super) keys: Vec<Key>,
    pub(super) pins: Pins,
    pub(super) layout: Layout,
    pub(super) padding: Paddings,
    pub(super) challenges: Stream,
}

/// Who may take care of the padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paddings {
    /// The host or the card: with the host's, any scheme can be had.
    Any,
    /// The card alone, by PKCS#1 version 1.5: a host can make no PSS of its own.
    Pkcs1Only,
}

/// What the next security operation is to use.
#[derive(Debug, Clone, Copy)]
struct Environment {
    operation: Operation,
    padding: Padding,
    purpose: Purpose,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    Sign,
    Decipher,
}

impl Chip {
    pub(super) fn new(parts: Parts) -> Self {
        let Parts { tree, keys, pins, layout, padding, challenges } = parts;
        let (selection, environment) = (Selection::START, None);
        Self { tree, keys, pins, layout, padding, selection, environment, challenges }
    }

    /// Power was cut: only codes and tries are remembered.
    pub(super) fn reset(&mut self) {
        self.pins.forget();
        self.selection = Selection::START;
        self.environment = None;
    }

    /// A command that all command sets have; `None` for the others.
    pub(super) fn command(&mut self, command: &Command) -> Option<Result<Response, Status>> {
        Some(match (command.instruction, command.p1, command.p2) {
            (SELECT, _, _) => self.select(command),
            (READ_BINARY, high, low) => self.read(high, low, command),
            (GET_CHALLENGE, 0, 0) => self.challenge(command),
            (VERIFY, 0, reference) => self.verify(reference, &command.data),
            (VERIFY, FORGET, reference) => self.unverify(reference, &command.data),
            (CHANGE_CODE, 0, reference) => self.change(reference, &command.data),
            (UNBLOCK, method, PIN_REFERENCE) => self.unblock(method, &command.data),
            (UNBLOCK, 0 | 1, _) => Err(Status::REFERENCE_NOT_FOUND),
            (SECURITY_OPERATION, 0x9E, 0x9A) => self.operate(Operation::Sign, &command.data),
            (SECURITY_OPERATION, 0x80, 0x86) => self.operate(Operation::Decipher, &command.data),
            (GET_CHALLENGE | VERIFY | CHANGE_CODE | UNBLOCK | SECURITY_OPERATION, _, _) => {
                Err(Status::WRONG_P1P2)
            }
            _ => return None,
        })
    }

    fn select(&mut self, command: &Command) -> Result<Response, Status> {
        let (master, here, data) = (Selection::START, self.selection, command.data.as_slice());
        let one = || match data {
            [high, low] => Ok(u16::from_be_bytes([*high, *low])),
            _ => Err(Status::WRONG_LENGTH),
        };
        let found = match command.p1 {
            0x00 if data.is_empty() => Some(master),
            0x00 => self.tree.by_id(here, one()?),
            0x01 => self.tree.folder(here, one()?),
            0x02 => self.tree.file_in(here, one()?),
            0x03 if data.is_empty() => Some(self.tree.above()),
            0x03 => return Err(Status::WRONG_LENGTH),
            0x04 => self.tree.by_name(data),
            // Some hosts write the master file, from which the path begins, into it.
            0x08 => match data.split_first_chunk::<2>() {
                Some((first, [])) if *first == MASTER.to_be_bytes() => Some(master),
                Some((first, rest)) if *first == MASTER.to_be_bytes() => {
                    self.tree.by_path(master, rest)
                }
                Some(_) | None => self.tree.by_path(master, data),
            },
            0x09 => self.tree.by_path(here, data),
            _ => return Err(Status::WRONG_P1P2),
        };
        let found = found.ok_or(Status::FILE_NOT_FOUND)?;
        let response = match command.p2 {
            0x00 => Response::ok(self.tree.describe(found, Template::Control)),
            0x04 => Response::ok(self.tree.describe(found, Template::Parameters)),
            NO_DESCRIPTION => Response::status(Status::OK),
            _ => return Err(Status::WRONG_P1P2),
        };
        self.selection = found;
        Ok(response)
    }

    /// READ BINARY of the current file, or of one by its short identifier, which it then is.
    fn read(&mut self, high: u8, low: u8, command: &Command) -> Result<Response, Status> {
        let (selection, offset) = match (high & SHORT_IDENTIFIER, high & 0x7F) {
            (0, _) => (self.selection, u16::from_be_bytes([high, low])),
            (_, short @ 1..=30) => {
                let found = self.tree.by_short_id(self.selection, short);
                (found.ok_or(Status::FILE_NOT_FOUND)?, u16::from(low))
            }
            (_, 0) => (self.selection, u16::from(low)),
            (_, _) => return Err(Status::WRONG_P1P2),
        };
        let wanted = wanted(command)?;
        let data = self.tree.read(selection, usize::from(offset), wanted)?.to_vec();
        self.selection = selection;
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

    /// Without a code this asks how often one may be tried.
    fn verify(&mut self, reference: u8, given: &[u8]) -> Result<Response, Status> {
        let which = which(reference)?;
        told(match given {
            [] => self.pins.state(which),
            given if given.len() > self.pins.stored() => return Err(Status::WRONG_LENGTH),
            given => self.pins.verify(which, given),
        })
    }

    /// The host is done: what was verified is no longer.
    fn unverify(&mut self, reference: u8, given: &[u8]) -> Result<Response, Status> {
        if which(reference)? == Which::Pin && given.is_empty() {
            self.pins.forget();
        }
        if given.is_empty() { Ok(Response::status(Status::OK)) } else { Err(Status::WRONG_LENGTH) }
    }

    /// The old code and the new one.
    fn change(&mut self, reference: u8, given: &[u8]) -> Result<Response, Status> {
        let which = which(reference)?;
        self.check_two(given)?;
        let verdict = self.pins.change(which, given);
        self.settle(verdict)
    }

    /// The PUK, with a new PIN or without one.
    fn unblock(&mut self, method: u8, given: &[u8]) -> Result<Response, Status> {
        match method {
            0 => {
                self.check_two(given)?;
                let verdict = self.pins.unblock(given);
                self.settle(verdict)
            }
            1 if (1..=self.pins.stored()).contains(&given.len()) => {
                told(self.pins.give_back(given))
            }
            1 => Err(Status::WRONG_LENGTH),
            _ => Err(Status::WRONG_P1P2),
        }
    }

    fn check_two(&self, given: &[u8]) -> Result<(), Status> {
        let fits = (1..=2 * self.pins.stored()).contains(&given.len());
        if fits { Ok(()) } else { Err(Status::WRONG_LENGTH) }
    }

    /// A PIN may have been set for the first time: the card's files say so from now on.
    fn settle(&mut self, verdict: Result<Verdict, Unfit>) -> Result<Response, Status> {
        let codes = content::codes(self.layout, self.pins.life());
        self.tree.rewrite(content::AUTHENTICATION, codes);
        told(verdict.map_err(|Unfit| Status::WRONG_DATA)?)
    }

    /// Drops the verified state.
    pub(super) fn log_out(&mut self) {
        self.pins.forget();
    }

    /// What the next security operation is to use. A failure leaves none.
    pub(super) fn set(
        &mut self,
        operation: Operation,
        chosen: Result<(Padding, Purpose), Status>,
    ) -> Result<Response, Status> {
        self.environment = None;
        let (padding, purpose) = chosen?;
        if (padding, self.padding) == (Padding::None, Paddings::Pkcs1Only) {
            return Err(Status::FUNCTION_NOT_SUPPORTED);
        }
        if !self.keys.iter().any(|key| key.purpose == purpose) {
            return Err(Status::REFERENCE_NOT_FOUND);
        }
        self.environment = Some(Environment { operation, padding, purpose });
        Ok(Response::status(Status::OK))
    }

    fn operate(&mut self, operation: Operation, data: &[u8]) -> Result<Response, Status> {
        let environment = self.environment.filter(|set| set.operation == operation);
        let environment = environment.ok_or(Status::CONDITIONS_NOT_SATISFIED)?;
        let key = self.keys.iter().find(|key| key.purpose == environment.purpose);
        let key = key.filter(|key| allows(key.purpose, operation));
        let key = key.ok_or(Status::CONDITIONS_NOT_SATISFIED)?;
        if !self.pins.is_verified() {
            return Err(Status::SECURITY_NOT_SATISFIED);
        }
        if self.pins.life() == Life::Letter {
            return Err(Status::CONDITIONS_NOT_SATISFIED);
        }
        // The PIN for each use. The card stays logged in: OpenSC takes a card that forgets its PIN
        // for another one and closes every session.
        if key.purpose == Purpose::Signature && !self.pins.spend() {
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

/// How many bytes a command that takes none asks for.
pub(super) fn wanted(command: &Command) -> Result<usize, Status> {
    let wanted = command.expected.filter(|_| command.data.is_empty());
    wanted.and_then(|wanted| usize::try_from(wanted).ok()).ok_or(Status::WRONG_LENGTH)
}

/// Only security operations come in parts.
pub(super) fn takes_chains(instruction: u8) -> bool {
    instruction == SECURITY_OPERATION
}

/// The elements of a template, each a tag and a value.
///
/// Errors: [`Status::WRONG_DATA`] where they do not end where the template ends.
pub(super) fn elements(template: &[u8]) -> Result<Vec<(u8, &[u8])>, Status> {
    let (mut found, mut rest) = (Vec::new(), template);
    while !rest.is_empty() {
        let [tag, length, after @ ..] = rest else { return Err(Status::WRONG_DATA) };
        let split = after.split_at_checked(usize::from(*length));
        let (value, after) = split.ok_or(Status::WRONG_DATA)?;
        found.push((*tag, value));
        rest = after;
    }
    Ok(found)
}

fn which(reference: u8) -> Result<Which, Status> {
    match reference {
        PIN_REFERENCE => Ok(Which::Pin),
        PUK_REFERENCE => Ok(Which::Puk),
        _ => Err(Status::REFERENCE_NOT_FOUND),
    }
}

/// What became of a code, as a status.
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

// Instructions.
const VERIFY: u8 = 0x20;
const CHANGE_CODE: u8 = 0x24;
const SECURITY_OPERATION: u8 = 0x2A;
const UNBLOCK: u8 = 0x2C;
const GET_CHALLENGE: u8 = 0x84;
const SELECT: u8 = 0xA4;
const READ_BINARY: u8 = 0xB0;
/// MANAGE SECURITY ENVIRONMENT, whose templates differ.
pub(super) const MANAGE_ENVIRONMENT: u8 = 0x22;

/// P1 of VERIFY: the verified state is to be forgotten.
const FORGET: u8 = 0xFF;
/// P2 of SELECT: no file control information.
const NO_DESCRIPTION: u8 = 0x0C;
/// The bit of P1 of READ BINARY that says that a short file identifier follows.
const SHORT_IDENTIFIER: u8 = 0x80;
