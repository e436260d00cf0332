//! What a key on USB answers on its control endpoint.
//! Spec: USB 2.0 section 9.4, HID 1.11 section 7.

use wire::ctaphid::{REPORT, Report};

use crate::transport::usb::{CONFIGURATION, Descriptors, ENDPOINTS, Setup, descriptor};

/// How a request ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Outcome {
    /// With these bytes, at most as many as were wanted; none for a request that sends.
    Done(Vec<u8>),
    /// A report for the key came.
    Report(Report),
    /// The endpoint stalls: the request is not one of this device.
    Stall,
}

/// What requests set.
#[derive(Debug, Clone)]
pub(super) struct Control {
    descriptors: Descriptors,
    configuration: u8,
    idle: u8,
    halted: [bool; 2],
}

/// Recipients.
const DEVICE: u8 = 0;
const INTERFACE: u8 = 1;
const ENDPOINT: u8 = 2;
/// From the device to the host.
const IN: u8 = 0x80;
/// A request of the HID class to the interface.
const HID: u8 = 0x21;

const ENDPOINT_HALT: u16 = 0;
/// Kinds of reports.
const INPUT: u8 = 1;
const OUTPUT: u8 = 2;

impl Control {
    pub(super) fn new(descriptors: Descriptors) -> Self {
        Self { descriptors, configuration: CONFIGURATION, idle: 0, halted: [false; 2] }
    }

    /// Whether the endpoint of this address stalls.
    pub(super) fn is_halted(&self, address: u8) -> bool {
        ENDPOINTS.iter().zip(self.halted).any(|(known, halted)| *known == address && halted)
    }

    /// Answers a request; `data` is what the host sent with it.
    pub(super) fn answer(&mut self, setup: Setup, data: &[u8]) -> Outcome {
        match self.try_answer(setup, data) {
            Some(Outcome::Done(mut bytes)) => {
                bytes.truncate(setup.length.into());
                Outcome::Done(bytes)
            }
            Some(outcome) => outcome,
            None => Outcome::Stall,
        }
    }

    fn try_answer(&mut self, setup: Setup, data: &[u8]) -> Option<Outcome> {
        let Setup { kind, request, value, index, .. } = setup;
        let [number, of] = value.to_le_bytes();
        let (from_device, to_interface) = (IN | DEVICE, IN | INTERFACE);
        let is_ours = kind & 0x1F != INTERFACE || index == 0;
        if !is_ours {
            return None;
        }
        let bytes = match (kind, request) {
            // GET_STATUS
            (kind, 0) if kind == from_device || kind == to_interface => vec![0; 2],
            (kind, 0) if kind == IN | ENDPOINT => vec![u8::from(*self.halt(index)?), 0],
            // CLEAR_FEATURE, SET_FEATURE
            (ENDPOINT, 1 | 3) if value == ENDPOINT_HALT => {
                *self.halt(index)? = request == 3;
                Vec::new()
            }
            // SET_ADDRESS: the host's controller has done it
            (DEVICE, 5) if value < 128 => Vec::new(),
            // GET_DESCRIPTOR
            (kind, 6) if kind == from_device && of < descriptor::HID => {
                self.descriptors.find(of, number)?
            }
            (kind, 6) if kind == to_interface && of >= descriptor::HID => {
                self.descriptors.find(of, number)?
            }
            // GET_CONFIGURATION, SET_CONFIGURATION
            (kind, 8) if kind == from_device => vec![self.configuration],
            (DEVICE, 9) if of == 0 && number <= CONFIGURATION => {
                self.configuration = number;
                self.halted = [false; 2];
                Vec::new()
            }
            // GET_INTERFACE, SET_INTERFACE: there is no other setting
            (kind, 10) if kind == to_interface && self.configuration != 0 => vec![0],
            (INTERFACE, 11) if value == 0 && self.configuration != 0 => {
                self.halted = [false; 2];
                Vec::new()
            }
            (kind, request) if kind & !IN == HID => {
                return self.hid(kind & IN != 0, request, [of, number], data);
            }
            _ => return None,
        };
        Some(Outcome::Done(bytes))
    }

    /// Requests of the HID class. The protocol is a matter of boot devices, which this is not.
    fn hid(&mut self, gives: bool, request: u8, value: [u8; 2], data: &[u8]) -> Option<Outcome> {
        let [kind, number] = value;
        Some(match (gives, request) {
            // GET_REPORT: reports come on their own endpoint, and none is lost by this
            (true, 1) if (kind, number) == (INPUT, 0) => Outcome::Done(vec![0; REPORT]),
            // GET_IDLE, SET_IDLE
            (true, 2) if number == 0 => Outcome::Done(vec![self.idle]),
            (false, 10) if number == 0 => {
                self.idle = kind;
                Outcome::Done(Vec::new())
            }
            // SET_REPORT
            (false, 9) if (kind, number) == (OUTPUT, 0) => Outcome::Report(data.try_into().ok()?),
            _ => return None,
        })
    }

    /// Whether an endpoint stalls; the control endpoint never does.
    fn halt(&mut self, index: u16) -> Option<&mut bool> {
        let mut endpoints = ENDPOINTS.iter().zip(&mut self.halted);
        endpoints.find(|(address, _)| u16::from(**address) == index).map(|(_, halted)| halted)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn control() -> Control {
        Control::new(Descriptors { product: "Key".to_owned(), interval: 1 })
    }

    /// The bytes of an answer in hex; `report` or `stall`.
    fn ask(control: &mut Control, setup: [u8; 8], data: &[u8]) -> String {
        match control.answer(setup.into(), data) {
            Outcome::Done(bytes) => hex::encode(bytes),
            Outcome::Report(_) => "report".to_owned(),
            Outcome::Stall => "stall".to_owned(),
        }
    }

    #[test]
    fn every_standard_request_has_its_answer() {
        let mut control = control();
        for (setup, wanted) in [
            // device, status of device, interface and endpoints
            ([0x80, 6, 0, 1, 0, 0, 18, 0], "12010002000000400912fe5a000101020001"),
            ([0x80, 6, 0, 1, 0, 0, 8, 0], "1201000200000040"),
            ([0x80, 0, 0, 0, 0, 0, 2, 0], "0000"),
            ([0x81, 0, 0, 0, 0, 0, 2, 0], "0000"),
            ([0x81, 0, 0, 0, 1, 0, 2, 0], "stall"),
            ([0x82, 0, 0, 0, 0x81, 0, 2, 0], "0000"),
            ([0x82, 0, 0, 0, 0x82, 0, 2, 0], "stall"),
            // halt, and its end
            ([2, 3, 0, 0, 0x81, 0, 0, 0], ""),
            ([0x82, 0, 0, 0, 0x81, 0, 2, 0], "0100"),
            ([0x82, 0, 0, 0, 1, 0, 2, 0], "0000"),
            ([2, 1, 0, 0, 0x81, 0, 0, 0], ""),
            ([0x82, 0, 0, 0, 0x81, 0, 2, 0], "0000"),
            // remote wake-up is no feature of it
            ([0, 3, 1, 0, 0, 0, 0, 0], "stall"),
            ([0, 5, 7, 0, 0, 0, 0, 0], ""),
            ([0, 5, 128, 0, 0, 0, 0, 0], "stall"),
            // the head of the configuration, the qualifier, a text
            ([0x80, 6, 0, 2, 0, 0, 9, 0], "090229000101008032"),
            ([0x80, 6, 0, 6, 0, 0, 10, 0], "stall"),
            ([0x80, 6, 2, 3, 9, 4, 255, 0], "08034b0065007900"),
            ([0x80, 8, 0, 0, 0, 0, 1, 0], "01"),
            ([0, 9, 2, 0, 0, 0, 0, 0], "stall"),
            ([0, 9, 0, 0, 0, 0, 0, 0], ""),
            ([0x81, 10, 0, 0, 0, 0, 1, 0], "stall"),
            ([0, 9, 1, 0, 0, 0, 0, 0], ""),
            ([0x81, 10, 0, 0, 0, 0, 1, 0], "00"),
            ([1, 11, 0, 0, 0, 0, 0, 0], ""),
            ([1, 11, 1, 0, 0, 0, 0, 0], "stall"),
            // SET_DESCRIPTOR, SYNCH_FRAME, a vendor's request
            ([0, 7, 0, 1, 0, 0, 18, 0], "stall"),
            ([0x82, 12, 0, 0, 0x81, 0, 2, 0], "stall"),
            ([0xC0, 1, 0, 0, 0, 0, 1, 0], "stall"),
        ] {
            assert_eq!(ask(&mut control, setup, &[]), wanted, "{setup:02X?}");
        }
    }

    #[test]
    fn the_requests_of_the_hid_class_are_those_of_a_device_without_protocols() {
        let mut control = control();
        assert_eq!(ask(&mut control, [0x81, 6, 0, 0x21, 0, 0, 9, 0], &[]), "092111010001222200");
        let reports = ask(&mut control, [0x81, 6, 0, 0x22, 0, 0, 255, 0], &[]);
        assert!(reports.starts_with("06d0f1") && reports.len() == 68, "{reports}");
        assert_eq!(ask(&mut control, [0x80, 6, 0, 0x22, 0, 0, 255, 0], &[]), "stall");
        assert_eq!(ask(&mut control, [0xA1, 1, 0, 1, 0, 0, 64, 0], &[]), "00".repeat(64));
        assert_eq!(ask(&mut control, [0xA1, 1, 0, 3, 0, 0, 64, 0], &[]), "stall");
        assert_eq!(ask(&mut control, [0x21, 10, 0, 9, 0, 0, 0, 0], &[]), "");
        assert_eq!(ask(&mut control, [0xA1, 2, 0, 0, 0, 0, 1, 0], &[]), "09");
        assert_eq!(ask(&mut control, [0xA1, 3, 0, 0, 0, 0, 1, 0], &[]), "stall");
        assert_eq!(ask(&mut control, [0x21, 11, 1, 0, 0, 0, 0, 0], &[]), "stall");
        assert_eq!(ask(&mut control, [0x21, 9, 0, 2, 0, 0, 64, 0], &[7; 64]), "report");
        assert_eq!(ask(&mut control, [0x21, 9, 0, 2, 0, 0, 63, 0], &[7; 63]), "stall");
    }

    proptest! {
        #[test]
        fn any_request_is_answered_or_stalls(setup: [u8; 8], data: Vec<u8>) {
            let wanted = Setup::from(setup).length;
            if let Outcome::Done(bytes) = control().answer(setup.into(), &data) {
                prop_assert!(bytes.len() <= wanted.into());
            }
        }
    }
}
