//! A trace as a capture of USB, for Wireshark: what a kernel's usbmon would have seen of the key.
//!
//! The capture begins with the descriptors, as if the key had been plugged in then, so that a reader
//! knows the endpoints for those of a HID device. APDUs of a reader are no USB traffic and are left out.
//! Spec: draft-ietf-opsawg-pcapng; link type 220, USB_LINUX_MMAPPED: Linux, Documentation/usb/usbmon.rst.

use std::time::Duration;

use super::{Kind, Trace};
use crate::device::Time;
use crate::transport::usb::{CONFIGURATION, Descriptors, ENDPOINTS, descriptor};

const LINK_TYPE: u16 = 220;
/// Of the header before each packet.
#[cfg(test)]
pub(super) const HEADER: usize = 64;
/// The key's place on its bus.
const DEVICE: u8 = 2;
const BUS: u16 = 1;

/// Kinds of transfers.
const INTERRUPT: u8 = 1;
const CONTROL: u8 = 2;
/// The direction from the device.
const IN: u8 = 0x80;
/// Under way (EINPROGRESS).
const UNDER_WAY: i32 = -115;

/// A transfer: its submission and its end.
struct Transfer<'a> {
    id: u64,
    at: Duration,
    kind: u8,
    endpoint: u8,
    setup: Option<[u8; 8]>,
    data: &'a [u8],
}

/// The capture, a file of pcapng; times are those of the trace, after the date of the key.
#[must_use]
pub fn write(trace: &Trace, descriptors: &Descriptors) -> Vec<u8> {
    let date = Duration::from_millis(trace.header.date_ms);
    let mut capture = Capture { out: preface(), next: 1, date };
    capture.enumerate(descriptors);
    for entry in &trace.entries {
        let [gives, takes] = ENDPOINTS;
        match entry.kind {
            Kind::Report => capture.transfer(entry.at, INTERRUPT, takes, None, &entry.bytes),
            Kind::Answer => capture.transfer(entry.at, INTERRUPT, gives, None, &entry.bytes),
            Kind::Power | Kind::Tick | Kind::Reset | Kind::Command | Kind::Response => {}
        }
    }
    capture.out
}

struct Capture {
    out: Vec<u8>,
    /// What the next transfer is called.
    next: u64,
    date: Duration,
}

impl Capture {
    /// The transfers by which a host gets to know the key.
    fn enumerate(&mut self, descriptors: &Descriptors) {
        let wanted = [
            (IN, descriptor::DEVICE, 0),
            (IN, descriptor::CONFIGURATION, 0),
            (IN, descriptor::STRING, 2),
            (IN | 1, descriptor::REPORT, 0),
        ];
        for (kind, of, number) in wanted {
            let data = descriptors.find(of, number).unwrap_or_default();
            let length = u8::try_from(data.len()).unwrap_or(u8::MAX);
            let setup = [kind, 6, number, of, 0, 0, length, 0];
            self.transfer(Time::ZERO, CONTROL, IN, Some(setup), &data);
            if of == descriptor::CONFIGURATION {
                let setup = [0, 9, CONFIGURATION, 0, 0, 0, 0, 0];
                self.transfer(Time::ZERO, CONTROL, 0, Some(setup), &[]);
            }
        }
    }

    fn transfer(&mut self, at: Time, kind: u8, endpoint: u8, setup: Option<[u8; 8]>, data: &[u8]) {
        let transfer = Transfer { id: self.next, at: self.date + at, kind, endpoint, setup, data };
        self.next += 1;
        for event in [b'S', b'C'] {
            let packet = transfer.packet(event);
            self.out.extend(block(6, &enhanced(transfer.at, &packet)));
        }
    }
}

impl Transfer<'_> {
    /// The submission (`S`) or the end (`C`): the header, then what was carried at that moment.
    fn packet(&self, event: u8) -> Vec<u8> {
        let gives = self.endpoint & IN != 0;
        let carries = gives == (event == b'C');
        let data = if carries { self.data } else { &[] };
        let setup = self.setup.filter(|_| event == b'S');
        let without = if gives { b'<' } else { b'>' };
        let flag_data = if data.is_empty() { without } else { 0 };
        let flag_setup = if setup.is_some() { 0 } else { b'-' };
        let length = |data: &[u8]| u32::try_from(data.len()).unwrap_or(0).to_le_bytes();
        let status = if event == b'S' { UNDER_WAY } else { 0 };
        // of an interrupt endpoint, in milliseconds
        let interval = u32::from(self.kind == INTERRUPT);
        [
            &self.id.to_le_bytes()[..],
            &[event, self.kind, self.endpoint, DEVICE],
            &BUS.to_le_bytes(),
            &[flag_setup, flag_data],
            &self.at.as_secs().to_le_bytes(),
            &self.at.subsec_micros().to_le_bytes(),
            &status.to_le_bytes(),
            &length(self.data),
            &length(data),
            &setup.unwrap_or_default(),
            &interval.to_le_bytes(),
            // first frame, flags, packets
            &[0; 12],
            data,
        ]
        .concat()
    }
}

/// The section's and the interface's blocks; times count nanoseconds.
fn preface() -> Vec<u8> {
    let section = [&0x1A2B_3C4D_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xFF; 8]].concat();
    let resolution = [9, 0, 1, 0, 9, 0, 0, 0];
    let interface = [&LINK_TYPE.to_le_bytes()[..], &[0; 6], &resolution, &[0; 4]].concat();
    [block(0x0A0D_0D0A, &section), block(1, &interface)].concat()
}

fn enhanced(at: Duration, packet: &[u8]) -> Vec<u8> {
    let nanos = u64::try_from(at.as_nanos()).unwrap_or(u64::MAX);
    let [low, high] = [nanos & 0xFFFF_FFFF, nanos >> 32];
    let half = |half: u64| u32::try_from(half).unwrap_or(0).to_le_bytes();
    let length = u32::try_from(packet.len()).unwrap_or(0).to_le_bytes();
    [&[0; 4][..], &half(high), &half(low), &length, &length, packet].concat()
}

/// A block: its type, its length, what it has, padded to four bytes, and its length again.
fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let padding = body.len().next_multiple_of(4) - body.len();
    let length = u32::try_from(12 + body.len() + padding).unwrap_or(0).to_le_bytes();
    [&kind.to_le_bytes()[..], &length, body, &vec![0; padding], &length].concat()
}
