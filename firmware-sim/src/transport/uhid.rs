//! A key as a HID device of the kernel's own, over the character device of its `uhid` module: programs
//! see a real hidraw node and a real udev event.
//!
//! Every event begins with its type, a 32-bit number of the machine's byte order, and is packed;
//! the kernel fills what a shorter write leaves out with zeros.
//! Spec: Linux, include/uapi/linux/uhid.h and Documentation/hid/uhid.rst.

use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::OwnedFd;

use rustix::event::{PollFd, PollFlags};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use wire::ctaphid::{REPORT, Report};

use super::line::{Arrivals, Life, Line, Peer, Taking, is_later};
use super::usb::{MAKER, PRODUCT, REPORTS, VENDOR};
use crate::device::Time;

/// Where the kernel's module is reached.
pub const NODE: &str = "/dev/uhid";

/// The largest event: its type, and a device that is made, rounded up to eight bytes.
pub const EVENT: usize = 4 + 276 + MOST_DATA + 4;
/// The most that a report or its description has.
const MOST_DATA: usize = 4096;

const DESTROY: u32 = 1;
const OUTPUT: u32 = 6;
const GET_REPORT: u32 = 9;
const GET_REPORT_REPLY: u32 = 10;
const CREATE2_TYPE: u32 = 11;
const INPUT2: u32 = 12;
const SET_REPORT: u32 = 13;
const SET_REPORT_REPLY: u32 = 14;

/// The bus of [`CREATE2_TYPE`] that is USB.
const BUS_USB: u16 = 3;
/// The kind of report that goes to the key.
const KIND_OUTPUT: u8 = 1;

/// Why there is no such device.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The module is not loaded, or the container has no such node.
    #[error(
        "{NODE} is missing: load it with 'modprobe uhid', or serve the key on a socket instead"
    )]
    Missing,
    /// The node is another user's.
    #[error(
        "{NODE} may not be opened by this user: run 'setfacl -m u:USER:rw {NODE}' as root, or serve \
         the key on a socket instead"
    )]
    Forbidden,
    /// The kernel refused the device.
    #[error("{NODE} makes no device")]
    System(#[from] io::Error),
}

/// What the kernel tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// A program wrote a report: the bytes after its number.
    Output(Vec<u8>),
    /// A program asks for a report without waiting for one.
    GetReport {
        /// What the answer names.
        id: u32,
    },
    /// A program sends a report and waits until it was taken.
    SetReport {
        /// What the answer names.
        id: u32,
        /// The kind: 1 goes to the key.
        kind: u8,
        /// The bytes after its number.
        data: Vec<u8>,
    },
    /// Anything else: it started or stopped, a program opened or closed it.
    Other,
}

impl Event {
    /// Reads an event; one that is too short for its type is [`Event::Other`].
    #[must_use]
    pub fn read(event: &[u8]) -> Self {
        Self::parse(event).unwrap_or(Self::Other)
    }

    fn parse(event: &[u8]) -> Option<Self> {
        let (kind, rest) = event.split_first_chunk()?;
        match u32::from_ne_bytes(*kind) {
            OUTPUT => {
                let (data, rest) = rest.split_at_checked(MOST_DATA)?;
                let size = u16::from_ne_bytes(*rest.first_chunk()?);
                Some(Self::Output(numbered(data, size)?))
            }
            GET_REPORT => Some(Self::GetReport { id: u32::from_ne_bytes(*rest.first_chunk()?) }),
            SET_REPORT => {
                let (id, rest) = rest.split_first_chunk()?;
                let ([_number, kind], rest) = rest.split_first_chunk()?;
                let (size, data) = rest.split_first_chunk()?;
                let data = numbered(data, u16::from_ne_bytes(*size))?;
                Some(Self::SetReport { id: u32::from_ne_bytes(*id), kind: *kind, data })
            }
            _ => None,
        }
    }
}

/// The first `size` bytes without the report's number, which stands first.
fn numbered(data: &[u8], size: u16) -> Option<Vec<u8>> {
    data.get(..usize::from(size))?.get(1..).map(<[u8]>::to_vec)
}

/// Makes the device; shorter than [`EVENT`] by what the description leaves of its room.
fn create(product: &str) -> Vec<u8> {
    let text = |text: &str, room: usize| {
        let mut bytes: Vec<u8> = text.bytes().take(room - 1).collect();
        bytes.resize(room, 0);
        bytes
    };
    let size = u16::try_from(REPORTS.len()).unwrap_or(0);
    [
        CREATE2_TYPE.to_ne_bytes().to_vec(),
        text(&format!("{MAKER} {product}"), 128),
        text("firmware-sim", 64),
        text("", 64),
        size.to_ne_bytes().to_vec(),
        BUS_USB.to_ne_bytes().to_vec(),
        u32::from(VENDOR).to_ne_bytes().to_vec(),
        u32::from(PRODUCT).to_ne_bytes().to_vec(),
        // version and country
        vec![0; 8],
        REPORTS.to_vec(),
    ]
    .concat()
}

fn input(report: &Report) -> Vec<u8> {
    let size = u16::try_from(REPORT).unwrap_or(0);
    [&INPUT2.to_ne_bytes()[..], &size.to_ne_bytes(), report].concat()
}

/// The refusal of a report that is asked for: a key gives them when it has them.
fn get_report_reply(id: u32) -> Vec<u8> {
    let error = error_number(Errno::IO);
    [&GET_REPORT_REPLY.to_ne_bytes()[..], &id.to_ne_bytes(), &error, &[0; 2]].concat()
}

fn set_report_reply(id: u32, error: Option<Errno>) -> Vec<u8> {
    let error = error.map_or([0; 2], error_number);
    [&SET_REPORT_REPLY.to_ne_bytes()[..], &id.to_ne_bytes(), &error].concat()
}

fn error_number(error: Errno) -> [u8; 2] {
    u16::try_from(error.raw_os_error()).unwrap_or(1).to_ne_bytes()
}

/// A device of the kernel's, as a line of a key.
#[derive(Debug)]
pub struct Uhid {
    kernel: File,
    /// Whole events.
    output: VecDeque<Vec<u8>>,
}

impl Uhid {
    /// Makes the device at [`NODE`].
    ///
    /// Errors: [`Error`].
    pub fn open(product: &str) -> Result<Self, Error> {
        let flags = OFlags::RDWR | OFlags::CLOEXEC;
        let node = rustix::fs::open(NODE, flags, Mode::empty()).map_err(|error| match error {
            Errno::NOENT | Errno::NODEV | Errno::NXIO => Error::Missing,
            Errno::ACCESS | Errno::PERM => Error::Forbidden,
            other => Error::System(other.into()),
        })?;
        Ok(Self::on(node, product)?)
    }

    /// Makes the device over an open descriptor of which each read and write is one event.
    ///
    /// Errors: the system's.
    pub fn on(kernel: OwnedFd, product: &str) -> io::Result<Self> {
        let mut kernel = File::from(kernel);
        kernel.write_all(&create(product))?;
        rustix::io::ioctl_fionbio(&kernel, true)?;
        Ok(Self { kernel, output: VecDeque::new() })
    }

    fn read(&mut self, arrivals: &mut Arrivals) -> io::Result<()> {
        let mut buffer = vec![0; EVENT];
        let read = match self.kernel.read(&mut buffer) {
            Ok(read) => read,
            Err(error) if is_later(&error) => return Ok(()),
            Err(error) => return Err(error),
        };
        match Event::read(buffer.get(..read).unwrap_or_default()) {
            Event::Output(data) => drop(take(&data, arrivals)),
            Event::GetReport { id } => self.output.push_back(get_report_reply(id)),
            Event::SetReport { id, kind, data } => {
                let taken = if kind == KIND_OUTPUT { take(&data, arrivals) } else { None };
                let error = if taken.is_some() { None } else { Some(Errno::IO) };
                self.output.push_back(set_report_reply(id, error));
            }
            Event::Other => {}
        }
        Ok(())
    }
}

/// Takes a report of the right size.
fn take(data: &[u8], arrivals: &mut Arrivals) -> Option<()> {
    arrivals.reports.push((None, data.try_into().ok()?));
    Some(())
}

impl Line for Uhid {
    fn waits(&self, taking: Taking) -> Vec<PollFd<'_>> {
        let mut flags = PollFlags::empty();
        flags.set(PollFlags::IN, taking == Taking::Open);
        flags.set(PollFlags::OUT, !self.output.is_empty());
        vec![PollFd::new(&self.kernel, flags)]
    }

    fn turn(&mut self, seen: &[PollFlags], _: Time) -> io::Result<Arrivals> {
        let mut arrivals = Arrivals::default();
        if seen.iter().any(|flags| flags.contains(PollFlags::IN)) {
            self.read(&mut arrivals)?;
        }
        while let Some(event) = self.output.front() {
            match self.kernel.write(event) {
                Ok(_) => drop(self.output.pop_front()),
                Err(error) if is_later(&error) => break,
                Err(error) => return Err(error),
            }
        }
        if seen.iter().any(|flags| flags.intersects(PollFlags::HUP | PollFlags::ERR)) {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        Ok(arrivals)
    }

    fn give(&mut self, _: Peer, report: &Report) {
        self.output.push_back(input(report));
    }

    fn life(&self) -> Life {
        Life::Open
    }
}

impl Drop for Uhid {
    fn drop(&mut self) {
        // closing the node ends the device as well
        let _written = self.kernel.write(&DESTROY.to_ne_bytes());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rustix::net::{AddressFamily, SocketFlags, SocketType, socketpair};

    use super::*;

    /// A device and the kernel's side of it.
    fn device() -> (Uhid, File) {
        let flags = SocketFlags::CLOEXEC;
        let (ours, kernel) =
            socketpair(AddressFamily::UNIX, SocketType::SEQPACKET, flags, None).unwrap();
        (Uhid::on(ours, "Key").unwrap(), File::from(kernel))
    }

    fn event(kernel: &mut File) -> Vec<u8> {
        let mut buffer = vec![0; EVENT + 1];
        let read = kernel.read(&mut buffer).unwrap();
        buffer.truncate(read);
        buffer
    }

    fn output(data: &[u8]) -> Vec<u8> {
        let mut event = OUTPUT.to_ne_bytes().to_vec();
        event.extend(data);
        event.resize(4 + MOST_DATA, 0);
        event.extend(u16::try_from(data.len()).unwrap().to_ne_bytes());
        event.push(KIND_OUTPUT);
        event
    }

    fn turn(device: &mut Uhid) -> Vec<Report> {
        let arrivals = device.turn(&[PollFlags::IN | PollFlags::OUT], Time::ZERO).unwrap();
        arrivals.reports.into_iter().map(|(_, report)| report).collect()
    }

    #[test]
    fn the_kernel_is_told_what_the_key_is() {
        assert_eq!(EVENT, 4380);
        let (_device, mut kernel) = device();
        let created = event(&mut kernel);
        assert_eq!(created[..4], 11_u32.to_ne_bytes());
        let rest = &created[4..];
        assert_eq!(&rest[..15], b"Sleutelbos Key\0");
        assert_eq!(rest[256..258], 34_u16.to_ne_bytes());
        assert_eq!(rest[258..260], 3_u16.to_ne_bytes());
        assert_eq!(rest[260..264], 0x1209_u32.to_ne_bytes());
        assert_eq!(rest[264..268], 0x5AFE_u32.to_ne_bytes());
        assert_eq!(rest[276..], REPORTS);
    }

    #[test]
    fn a_report_of_a_program_reaches_the_key_and_its_answer_the_program() {
        let (mut device, mut kernel) = device();
        drop(event(&mut kernel));
        // opened, written, written with another size, closed
        for told in [4, 2] {
            kernel.write_all(&u32::to_ne_bytes(told)).unwrap();
            assert!(turn(&mut device).is_empty());
        }
        kernel.write_all(&output(&[&[0][..], &[7; REPORT]].concat())).unwrap();
        assert_eq!(turn(&mut device), [[7; REPORT]]);
        kernel.write_all(&output(&[0; REPORT])).unwrap();
        assert!(turn(&mut device).is_empty());
        device.give(None, &[8; REPORT]);
        assert!(turn(&mut device).is_empty());
        let answer = event(&mut kernel);
        assert_eq!(answer[..4], 12_u32.to_ne_bytes());
        assert_eq!(answer[4..6], 64_u16.to_ne_bytes());
        assert_eq!(answer[6..], [8; REPORT]);
        drop(device);
        assert_eq!(event(&mut kernel), 1_u32.to_ne_bytes());
    }

    #[test]
    fn a_report_that_is_asked_for_is_refused_and_one_that_is_set_is_taken() {
        let (mut device, mut kernel) = device();
        drop(event(&mut kernel));
        kernel
            .write_all(&[&9_u32.to_ne_bytes()[..], &77_u32.to_ne_bytes(), &[0, 2]].concat())
            .unwrap();
        turn(&mut device);
        let refused = [&10_u32.to_ne_bytes()[..], &77_u32.to_ne_bytes(), &[5, 0, 0, 0]].concat();
        assert_eq!(event(&mut kernel), refused);
        for (kind, error, taken) in [(1, 0, 1), (0, 5, 0)] {
            let head = [&13_u32.to_ne_bytes()[..], &78_u32.to_ne_bytes(), &[0, kind]].concat();
            let size = 65_u16.to_ne_bytes();
            kernel.write_all(&[&head[..], &size, &[0], &[9; REPORT]].concat()).unwrap();
            assert_eq!(turn(&mut device).len(), taken);
            let answer = [&14_u32.to_ne_bytes()[..], &78_u32.to_ne_bytes(), &[error, 0]].concat();
            assert_eq!(event(&mut kernel), answer);
        }
    }

    #[test]
    fn a_kernel_that_is_gone_is_an_error() {
        let (mut device, kernel) = device();
        drop(kernel);
        assert!(device.turn(&[PollFlags::IN | PollFlags::HUP], Time::ZERO).is_err());
    }

    proptest! {
        #[test]
        fn any_event_is_read(
            kind in 0_u32..16,
            rest in proptest::collection::vec(any::<u8>(), 0..5000),
        ) {
            let event = [&kind.to_ne_bytes()[..], &rest].concat();
            match Event::read(&event) {
                Event::Output(data) | Event::SetReport { data, .. } => {
                    prop_assert!(data.len() < MOST_DATA.max(rest.len()));
                }
                Event::GetReport { .. } | Event::Other => {}
            }
            let _ = Event::read(&event[..event.len().min(3)]);
        }
    }
}
