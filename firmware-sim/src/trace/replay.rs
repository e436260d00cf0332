//! Plays the host's side of a trace to another device, at the recorded times.

use super::{Entry, Kind, Trace};
use crate::device::{Card, HidDevice};

/// What the device makes of everything that the recorded one was given.
pub fn replay(trace: &Trace, device: &mut (impl HidDevice + Card)) -> Trace {
    let mut entries = Vec::new();
    for given in trace.entries.iter().filter(|entry| entry.kind.is_given()) {
        entries.push(given.clone());
        let (at, bytes) = (given.at, &given.bytes);
        let reports = match given.kind {
            Kind::Power => {
                device.power_cycle(at);
                Vec::new()
            }
            Kind::Tick => device.tick(at),
            Kind::Report => {
                let report = bytes.as_slice().try_into();
                report.map(|report| device.report(report, at)).unwrap_or_default()
            }
            Kind::Reset => {
                device.reset(at);
                Vec::new()
            }
            Kind::Command => {
                let response = device.transmit(bytes, at);
                entries.push(Entry { at, kind: Kind::Response, bytes: response });
                Vec::new()
            }
            Kind::Answer | Kind::Response => Vec::new(),
        };
        let answers = reports.into_iter().map(|report| report.to_vec());
        entries.extend(answers.map(|bytes| Entry { at, kind: Kind::Answer, bytes }));
    }
    Trace { header: trace.header.clone(), entries }
}
