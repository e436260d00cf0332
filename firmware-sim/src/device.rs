//! What a transport needs of a simulated device: reports or APDUs in, reports or APDUs out.
//!
//! A device is pure. Time is an argument, counted from an origin the caller chooses, so that a
//! test moves it by hand; randomness comes from the device's own seeded streams.

use std::time::Duration;

use wire::ctaphid::Report;

/// A point in time: the time since the caller's origin.
pub type Time = Duration;

/// A security key at the HID level.
pub trait HidDevice: Send {
    /// Takes one report from the host and gives the reports that answer it now.
    fn report(&mut self, report: &Report, now: Time) -> Vec<Report>;

    /// When [`HidDevice::tick`] is due next, where a time-out, a keep-alive or a touch is pending.
    fn due(&self) -> Option<Time>;

    /// Lets time reach `now` and gives the reports that this causes.
    fn tick(&mut self, now: Time) -> Vec<Report>;

    /// Power was cut and came back: volatile state is gone.
    fn power_cycle(&mut self, now: Time);
}

/// A card in a contact reader, or a key in the field of an NFC reader.
pub trait Card: Send {
    /// The answer to reset.
    fn atr(&self) -> Vec<u8>;

    /// Answers one C-APDU with one R-APDU. Any bytes may come in.
    fn transmit(&mut self, command: &[u8], now: Time) -> Vec<u8>;

    /// Power on, or a reset: verified PINs, selections and other volatile state are gone.
    fn reset(&mut self, now: Time);
}
