//! A key as a USB device that another machine, or this one, imports over the network: a server of
//! USB/IP with one device, which one host has at a time.

mod control;
mod message;

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::event::{PollFd, PollFlags};
use wire::ctaphid::{REPORT, Report};

use self::control::{Control, Outcome};
use self::message::{Command, Direction, Import, Nonsense, Operation, Status, Transfer};
use super::line::{Arrivals, Life, Line, Peer, Taking};
use super::listener::Place;
use super::stream::Stream;
use super::usb::{Descriptors, ENDPOINTS};
use crate::device::Time;

/// The port on which servers of USB/IP listen.
pub const DEFAULT_PORT: u16 = 3240;

/// More reports and transfers than this do not wait; a host that lets them come to that gets no more.
const MOST: usize = 4 * 129;

/// The device that hosts may import.
#[derive(Debug, Clone)]
pub struct Exported {
    descriptors: Descriptors,
    is_taken: Arc<AtomicBool>,
}

/// The connection of one host.
#[derive(Debug)]
struct Usbip {
    stream: Stream,
    exported: Exported,
    /// From the import on.
    device: Option<Device>,
    _place: Place,
}

/// What a host has imported.
#[derive(Debug)]
struct Device {
    control: Control,
    /// Transfers that wait for a report: what the host calls each, and its room.
    asked: VecDeque<(u32, usize)>,
    /// Reports that wait for a transfer.
    reports: VecDeque<Report>,
}

impl Exported {
    /// A device with these descriptors.
    #[must_use]
    pub fn new(descriptors: Descriptors) -> Self {
        Self { descriptors, is_taken: Arc::default() }
    }

    /// A line for the host of `stream`.
    #[must_use]
    pub fn serve(&self, stream: Stream, place: Place) -> Box<dyn Line> {
        Box::new(Usbip { stream, exported: self.clone(), device: None, _place: place })
    }
}

impl Usbip {
    fn take(&mut self, arrivals: &mut Arrivals) -> Result<(), Nonsense> {
        loop {
            match &mut self.device {
                None => {
                    let Some(operation) = message::operation(&mut self.stream.input)? else {
                        return Ok(());
                    };
                    self.operate(&operation);
                }
                Some(device) => {
                    let Some(command) = message::command(&mut self.stream.input)? else {
                        return Ok(());
                    };
                    let reply = device.obey(command, arrivals)?;
                    self.stream.push(&reply);
                }
            }
        }
    }

    fn operate(&mut self, operation: &Operation) {
        let is_taken = &self.exported.is_taken;
        let reply = match operation {
            Operation::List => message::list(!is_taken.load(Ordering::SeqCst)),
            Operation::Import { is_known: false } => message::imported(Import::Unknown),
            Operation::Import { is_known: true } => {
                if is_taken.swap(true, Ordering::SeqCst) {
                    message::imported(Import::Busy)
                } else {
                    self.device = Some(Device::new(self.exported.descriptors.clone()));
                    message::imported(Import::Done)
                }
            }
        };
        self.stream.push(&reply);
    }
}

impl Drop for Usbip {
    fn drop(&mut self) {
        if self.device.is_some() {
            self.exported.is_taken.store(false, Ordering::SeqCst);
        }
    }
}

impl Device {
    fn new(descriptors: Descriptors) -> Self {
        let control = Control::new(descriptors);
        Self { control, asked: VecDeque::new(), reports: VecDeque::new() }
    }

    /// What the host is told at once.
    fn obey(&mut self, command: Command, arrivals: &mut Arrivals) -> Result<Vec<u8>, Nonsense> {
        match command {
            Command::Unlink { sequence, taken_back } => {
                let before = self.asked.len();
                self.asked.retain(|(asked, _)| *asked != taken_back);
                let found = self.asked.len() < before;
                let status = if found { Status::Unlinked } else { Status::Done };
                Ok(message::unlinked(sequence, status))
            }
            Command::Submit(transfer) if transfer.endpoint == 0 => {
                Ok(self.control(&transfer, arrivals))
            }
            Command::Submit(transfer) => self.interrupt(&transfer, arrivals),
        }
    }

    fn control(&mut self, transfer: &Transfer, arrivals: &mut Arrivals) -> Vec<u8> {
        let sequence = transfer.sequence;
        match self.control.answer(transfer.setup, &transfer.data) {
            Outcome::Done(mut bytes) => {
                bytes.truncate(transfer.length);
                message::submitted(sequence, Status::Done, transfer.data.len(), &bytes)
            }
            Outcome::Report(report) => {
                arrivals.reports.push((None, report));
                message::submitted(sequence, Status::Done, transfer.data.len(), &[])
            }
            Outcome::Stall => message::submitted(sequence, Status::Stall, 0, &[]),
        }
    }

    fn interrupt(
        &mut self,
        transfer: &Transfer,
        arrivals: &mut Arrivals,
    ) -> Result<Vec<u8>, Nonsense> {
        let [gives, takes] = ENDPOINTS;
        let (address, sequence) = match transfer.direction {
            Direction::In => (gives, transfer.sequence),
            Direction::Out => (takes, transfer.sequence),
        };
        let is_known = transfer.endpoint == u32::from(address & 0x0F);
        if !is_known || self.control.is_halted(address) {
            return Ok(message::submitted(sequence, Status::Stall, 0, &[]));
        }
        match transfer.direction {
            Direction::Out => {
                // what is no report the key's endpoint takes and its firmware drops
                arrivals
                    .reports
                    .extend(transfer.data.as_slice().try_into().ok().map(|r| (None, r)));
                Ok(message::submitted(sequence, Status::Done, transfer.data.len(), &[]))
            }
            Direction::In if self.asked.len() >= MOST => Err(Nonsense),
            Direction::In => {
                self.asked.push_back((sequence, transfer.length));
                Ok(self.deliver())
            }
        }
    }

    /// Ends the transfers for which there is a report.
    fn deliver(&mut self) -> Vec<u8> {
        let mut replies = Vec::new();
        while let (Some((sequence, room)), Some(report)) =
            (self.asked.front().copied(), self.reports.front().copied())
        {
            self.asked.pop_front();
            if room < REPORT {
                replies.extend(message::submitted(sequence, Status::TooMuch, 0, &[]));
            } else {
                self.reports.pop_front();
                replies.extend(message::submitted(sequence, Status::Done, 0, &report));
            }
        }
        replies
    }
}

impl Line for Usbip {
    fn waits(&self, taking: Taking) -> Vec<PollFd<'_>> {
        vec![self.stream.waits(taking)]
    }

    fn turn(&mut self, seen: &[PollFlags], _: Time) -> io::Result<Arrivals> {
        let mut arrivals = Arrivals::default();
        seen.iter().for_each(|flags| self.stream.turn(*flags));
        if self.take(&mut arrivals) == Err(Nonsense) {
            self.stream.hang_up();
        }
        Ok(arrivals)
    }

    fn give(&mut self, _: Peer, report: &Report) {
        if let Some(device) = &mut self.device {
            if device.reports.len() < MOST {
                device.reports.push_back(*report);
            }
            let replies = device.deliver();
            self.stream.push(&replies);
        }
    }

    fn life(&self) -> Life {
        match self.stream.life() {
            // a host that says nothing more cannot ask for a report any more either
            Life::Ending => Life::Over,
            life @ (Life::Open | Life::Over) => life,
        }
    }
}
