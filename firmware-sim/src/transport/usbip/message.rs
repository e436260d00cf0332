//! The messages of USB/IP, version 1.1.1; every number is big-endian.
//! Spec: Linux, Documentation/usb/usbip_protocol.rst.

use crate::transport::usb::{CONFIGURATION, PRODUCT, Setup, VENDOR};

const VERSION: [u8; 2] = [0x01, 0x11];
const REQUEST_LIST: u16 = 0x8005;
const REQUEST_IMPORT: u16 = 0x8003;
const REPLY_LIST: u16 = 0x0005;
const REPLY_IMPORT: u16 = 0x0003;

const SUBMIT: u32 = 1;
const UNLINK: u32 = 2;
const SUBMITTED: u32 = 3;
const UNLINKED: u32 = 4;

/// The header of every message about a transfer.
const HEADER: usize = 48;
/// A bus's name for a device.
const BUS_ID: usize = 32;
/// More bytes than this no host sends to a device of this kind at once.
const MOST_OUT: usize = 1 << 16;

/// The name of the one device.
const OWN_BUS_ID: &str = "1-1";
const PATH: &str = "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-1";
/// Its bus and its number there.
const PLACE: [u16; 2] = [1, 2];
/// Of the speeds that Linux counts.
const FULL_SPEED: u32 = 2;

/// How an import ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Import {
    /// The connection is the device's from here.
    Done = 0,
    /// Somebody else has it.
    Busy = 2,
    /// There is no such device.
    Unknown = 4,
}

/// How a transfer ends: an error number of Linux, negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    Done = 0,
    /// The endpoint stalls (EPIPE).
    Stall = -32,
    /// There was more than the host had room for (EOVERFLOW).
    TooMuch = -75,
    /// It was taken back (ECONNRESET).
    Unlinked = -104,
}

/// Before a device was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Operation {
    /// Which devices are there?
    List,
    /// This device is wanted; whether it is the one that there is.
    Import { is_known: bool },
}

/// Where a transfer goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    Out,
    In,
}

/// A transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Transfer {
    /// What the host calls it.
    pub(super) sequence: u32,
    pub(super) direction: Direction,
    /// 0 for the control endpoint.
    pub(super) endpoint: u32,
    /// How much room the host has, or how much it sends.
    pub(super) length: usize,
    pub(super) setup: Setup,
    /// What it sends.
    pub(super) data: Vec<u8>,
}

/// After a device was imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Submit(Transfer),
    /// A transfer is taken back.
    Unlink {
        sequence: u32,
        taken_back: u32,
    },
}

/// What no host of this version sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Nonsense;

/// Takes the next message from the front of `bytes`; `None` until it is whole.
pub(super) fn operation(bytes: &mut Vec<u8>) -> Result<Option<Operation>, Nonsense> {
    let Some([v0, v1, c0, c1, _, _, _, _]) = bytes.first_chunk::<8>().copied() else {
        return Ok(None);
    };
    if [v0, v1] != VERSION {
        return Err(Nonsense);
    }
    match u16::from_be_bytes([c0, c1]) {
        REQUEST_LIST => {
            bytes.drain(..8);
            Ok(Some(Operation::List))
        }
        REQUEST_IMPORT => {
            let Some(id) = bytes.get(8..8 + BUS_ID) else { return Ok(None) };
            let name = id.split(|byte| *byte == 0).next();
            let is_known = name == Some(OWN_BUS_ID.as_bytes());
            bytes.drain(..8 + BUS_ID);
            Ok(Some(Operation::Import { is_known }))
        }
        _ => Err(Nonsense),
    }
}

/// Takes the next message from the front of `bytes`; `None` until it is whole.
pub(super) fn command(bytes: &mut Vec<u8>) -> Result<Option<Command>, Nonsense> {
    let Some(header) = bytes.first_chunk::<HEADER>() else { return Ok(None) };
    let (numbers, setup) = header.split_at(40);
    let setup = setup.first_chunk().copied().ok_or(Nonsense)?;
    let mut numbers = numbers.chunks_exact(4).filter_map(|four| four.first_chunk().copied());
    let mut next = || numbers.next().map(u32::from_be_bytes).ok_or(Nonsense);
    let (kind, sequence, device) = (next()?, next()?, next()?);
    let (direction, endpoint, flags_or_taken) = (next()?, next()?, next()?);
    let (length, _start, packets) = (next()?, next()?, next()?);
    let [bus, number] = PLACE.map(u32::from);
    if device != bus << 16 | number {
        return Err(Nonsense);
    }
    match kind {
        UNLINK => {
            bytes.drain(..HEADER);
            Ok(Some(Command::Unlink { sequence, taken_back: flags_or_taken }))
        }
        // packets are of endpoints that this device has not
        SUBMIT if packets == 0 || packets == u32::MAX => {
            let direction = match direction {
                0 => Direction::Out,
                1 => Direction::In,
                _ => return Err(Nonsense),
            };
            let length = usize::try_from(length).map_err(|_| Nonsense)?;
            let sent = if direction == Direction::Out { length } else { 0 };
            if sent > MOST_OUT {
                return Err(Nonsense);
            }
            let Some(data) = bytes.get(HEADER..HEADER + sent) else { return Ok(None) };
            let (data, setup) = (data.to_vec(), Setup::from(setup));
            bytes.drain(..HEADER + sent);
            let submitted = Transfer { sequence, direction, endpoint, length, setup, data };
            Ok(Some(Command::Submit(submitted)))
        }
        _ => Err(Nonsense),
    }
}

/// The devices that may be imported: the one there is, or none.
pub(super) fn list(is_free: bool) -> Vec<u8> {
    let devices = u32::from(is_free).to_be_bytes();
    let mut reply = [&head(REPLY_LIST, 0)[..], &devices].concat();
    if is_free {
        reply.extend(device());
        // its interface: HID, neither keyboard nor mouse
        reply.extend([3, 0, 0, 0]);
    }
    reply
}

pub(super) fn imported(outcome: Import) -> Vec<u8> {
    let mut reply = head(REPLY_IMPORT, outcome as u32).to_vec();
    if outcome == Import::Done {
        reply.extend(device());
    }
    reply
}

fn head(command: u16, status: u32) -> [u8; 8] {
    let ([v0, v1], [c0, c1], [s0, s1, s2, s3]) =
        (VERSION, command.to_be_bytes(), status.to_be_bytes());
    [v0, v1, c0, c1, s0, s1, s2, s3]
}

/// The record of the device, 312 bytes.
fn device() -> Vec<u8> {
    let text = |text: &str, room: usize| {
        let mut bytes = text.as_bytes().to_vec();
        bytes.resize(room, 0);
        bytes
    };
    let [bus, number] = PLACE.map(|place| u32::from(place).to_be_bytes());
    [
        text(PATH, 256),
        text(OWN_BUS_ID, BUS_ID),
        [bus, number, FULL_SPEED.to_be_bytes()].concat(),
        // vendor, product, release 1.0
        [VENDOR, PRODUCT, 0x0100].map(u16::to_be_bytes).concat(),
        // class, subclass and protocol are the interface's; configuration, configurations, interfaces
        vec![0, 0, 0, CONFIGURATION, 1, 1],
    ]
    .concat()
}

/// The end of a transfer: `data` for one from the device, `taken` bytes of one to it.
pub(super) fn submitted(sequence: u32, status: Status, taken: usize, data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(taken + data.len()).unwrap_or(0);
    let mut reply = ended(SUBMITTED, sequence, status);
    reply.extend(length.to_be_bytes());
    reply.resize(HEADER, 0);
    reply.extend(data);
    reply
}

pub(super) fn unlinked(sequence: u32, status: Status) -> Vec<u8> {
    let mut reply = ended(UNLINKED, sequence, status);
    reply.resize(HEADER, 0);
    reply
}

fn ended(kind: u32, sequence: u32, status: Status) -> Vec<u8> {
    let status = status as i32;
    [&kind.to_be_bytes()[..], &sequence.to_be_bytes(), &[0; 12], &status.to_be_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn records_have_their_sizes() {
        assert_eq!(list(true).len(), 12 + 312 + 4);
        assert_eq!(list(false), [1, 0x11, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(imported(Import::Done).len(), 8 + 312);
        assert_eq!(imported(Import::Busy), [1, 0x11, 0, 3, 0, 0, 0, 2]);
        assert_eq!(submitted(7, Status::Done, 0, &[1, 2]).len(), 48 + 2);
        assert_eq!(submitted(7, Status::Stall, 0, &[])[20..24], (-32_i32).to_be_bytes());
        assert_eq!(unlinked(7, Status::Unlinked).len(), 48);
    }

    #[test]
    fn a_transfer_is_waited_for_while_it_has_a_size_that_makes_sense() {
        let submit = |length: u32| {
            let numbers = [SUBMIT, 7, 0x0001_0002, 0, 1, 0, length, 0, 0, 0];
            let mut bytes: Vec<u8> = numbers.into_iter().flat_map(u32::to_be_bytes).collect();
            bytes.extend([0; 8]);
            command(&mut bytes)
        };
        assert_eq!(submit(64), Ok(None));
        assert_eq!(submit(u32::MAX), Err(Nonsense));
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_message_nonsense_or_not_whole(
            head in prop_oneof![
                Just(vec![1, 0x11, 0x80, 3]), Just(vec![1, 0x11, 0x80, 5]), Just(vec![0, 0, 0, 1]),
                Just(vec![0, 0, 0, 2]), Just(Vec::new())
            ],
            mut rest in proptest::collection::vec(any::<u8>(), 0..200),
            own: bool,
        ) {
            if let (true, Some(device)) = (own, rest.get_mut(4..8)) {
                device.copy_from_slice(&[0, 1, 0, 2]);
            }
            let bytes = [head, rest].concat();
            for read in [
                |bytes: &mut Vec<u8>| operation(bytes).map(|found| found.is_some()),
                |bytes: &mut Vec<u8>| command(bytes).map(|found| found.is_some()),
            ] {
                let mut left = bytes.clone();
                match read(&mut left) {
                    Ok(true) => prop_assert!(left.len() < bytes.len()),
                    Ok(false) | Err(Nonsense) => prop_assert_eq!(&left, &bytes),
                }
            }
        }
    }
}
