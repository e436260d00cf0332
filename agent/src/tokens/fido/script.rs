//! Scripted keys and persons for the tests of this folder.

use std::collections::VecDeque;
use std::time::Duration;

use wire::apdu;
use wire::ctaphid::Report;

use super::error::Error;
use super::hid::Pipe;
use super::link::{Flow, Link, Person, PinAsk, Protocols, Transport, Watch};
use super::pin::Random;
use crate::secret::Secret;

/// The bytes at `pointer` of the vector file `name`.
pub(super) fn vector(name: &str, pointer: &str) -> Vec<u8> {
    let path = format!("{}/../tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect(&path);
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    hex::decode(json.pointer(pointer).and_then(|v| v.as_str()).expect(pointer)).unwrap()
}

/// Random bytes that are known beforehand; runs out with a panic.
pub(super) struct Fixed(VecDeque<Vec<u8>>);

impl Fixed {
    pub(super) fn new(bytes: Vec<Vec<u8>>) -> Self {
        Self(bytes.into())
    }
}

impl Random for Fixed {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        bytes.copy_from_slice(&self.0.pop_front().expect("one more random value"));
        Ok(())
    }
}

/// A key whose answers are written down: CTAP2 and U2F requests come in one order.
pub(super) struct Script {
    protocols: Protocols,
    answers: VecDeque<Vec<u8>>,
    pub(super) requests: Vec<Vec<u8>>,
}

impl Script {
    pub(super) fn new(protocols: Protocols, answers: Vec<Vec<u8>>) -> Self {
        Self { protocols, answers: answers.into(), requests: Vec::new() }
    }

    fn next(&mut self, request: Vec<u8>) -> Result<Vec<u8>, Error> {
        self.requests.push(request);
        self.answers.pop_front().ok_or(Error::Removed)
    }
}

impl Link for Script {
    fn transport(&self) -> Transport {
        Transport::Usb
    }

    fn protocols(&self) -> Protocols {
        self.protocols
    }

    fn ctap2(&mut self, request: &[u8], _: &mut dyn Watch) -> Result<Vec<u8>, Error> {
        self.next(request.to_vec())
    }

    fn u2f(&mut self, command: &apdu::Command, _: &mut dyn Watch) -> Result<apdu::Response, Error> {
        let answer = self.next(command.write(apdu::Form::Extended)?)?;
        Ok(apdu::Response::read(&answer)?)
    }
}

/// A person with some PINs, some patience, and a choice.
#[derive(Debug, Default)]
pub(super) struct Scripted {
    pub(super) pins: VecDeque<&'static str>,
    pub(super) asked: Vec<PinAsk>,
    pub(super) touches: usize,
    pub(super) accounts: Vec<String>,
    pub(super) choice: Option<usize>,
    /// After so many questions the ceremony is cancelled.
    pub(super) patience: Option<usize>,
}

impl Watch for Scripted {
    fn flow(&mut self) -> Flow {
        match &mut self.patience {
            None => Flow::On,
            Some(0) => Flow::Cancelled,
            Some(left) => {
                *left -= 1;
                Flow::On
            }
        }
    }

    fn pause(&mut self, _: Duration) -> Flow {
        self.flow()
    }

    fn touch(&mut self) {
        self.touches += 1;
    }
}

impl Person for Scripted {
    fn pin(&mut self, ask: PinAsk) -> Option<Secret> {
        self.asked.push(ask);
        self.pins.pop_front().map(Secret::new)
    }

    fn choose(&mut self, accounts: &[String]) -> Option<usize> {
        self.accounts = accounts.to_vec();
        self.choice
    }
}

/// A pipe whose reports are written down; `None` is a wait in vain. It is silent at its end.
pub(super) struct Reports {
    pub(super) incoming: VecDeque<Option<Report>>,
    pub(super) written: Vec<Report>,
}

impl Reports {
    pub(super) fn new(incoming: Vec<Report>) -> Self {
        Self { incoming: incoming.into_iter().map(Some).collect(), written: Vec::new() }
    }
}

impl Pipe for Reports {
    fn write(&mut self, report: &Report) -> Result<(), Error> {
        self.written.push(*report);
        Ok(())
    }

    fn read(&mut self, _: Duration) -> Result<Option<Report>, Error> {
        Ok(self.incoming.pop_front().flatten())
    }
}
