//! A device that writes down what happens to it.

use std::io::{self, Write};

use wire::ctaphid::Report;

use super::{Entry, Header, Kind};
use crate::device::{Card, HidDevice, Time};

/// A device, and where its trace goes.
pub struct Recorder<D> {
    device: D,
    out: Option<Box<dyn Write + Send>>,
    failed: Option<io::Error>,
}

impl<D> Recorder<D> {
    /// Writes nothing down.
    #[must_use]
    pub fn silent(device: D) -> Self {
        Self { device, out: None, failed: None }
    }

    /// Writes each line at once.
    ///
    /// Errors: the header cannot be written.
    pub fn new(device: D, header: &Header, mut out: Box<dyn Write + Send>) -> io::Result<Self> {
        let header = serde_json::to_string(header)?;
        out.write_all(format!("{header}\n").as_bytes())?;
        Ok(Self { device, out: Some(out), failed: None })
    }

    /// The device.
    pub fn device(&self) -> &D {
        &self.device
    }

    /// Why the trace is not whole, where it is not; the device was served all the same.
    pub fn failure(&mut self) -> Option<io::Error> {
        self.failed.take()
    }

    fn note(&mut self, at: Time, kind: Kind, bytes: &[u8]) {
        let Some(out) = &mut self.out else { return };
        let line = Entry { at, kind, bytes: bytes.to_vec() }.write();
        if let Err(error) = out.write_all(format!("{line}\n").as_bytes()) {
            self.out = None;
            self.failed = Some(error);
        }
    }

    fn answers(&mut self, at: Time, reports: &[Report]) {
        for report in reports {
            self.note(at, Kind::Answer, report);
        }
    }
}

impl<D: HidDevice> HidDevice for Recorder<D> {
    fn report(&mut self, report: &Report, now: Time) -> Vec<Report> {
        self.note(now, Kind::Report, report);
        let answers = self.device.report(report, now);
        self.answers(now, &answers);
        answers
    }

    fn due(&self) -> Option<Time> {
        self.device.due()
    }

    fn tick(&mut self, now: Time) -> Vec<Report> {
        self.note(now, Kind::Tick, &[]);
        let answers = self.device.tick(now);
        self.answers(now, &answers);
        answers
    }

    fn power_cycle(&mut self, now: Time) {
        self.note(now, Kind::Power, &[]);
        self.device.power_cycle(now);
    }
}

impl<D: Card> Card for Recorder<D> {
    fn atr(&self) -> Vec<u8> {
        self.device.atr()
    }

    fn transmit(&mut self, command: &[u8], now: Time) -> Vec<u8> {
        self.note(now, Kind::Command, command);
        let response = self.device.transmit(command, now);
        self.note(now, Kind::Response, &response);
        response
    }

    fn reset(&mut self, now: Time) {
        self.note(now, Kind::Reset, &[]);
        self.device.reset(now);
    }
}
