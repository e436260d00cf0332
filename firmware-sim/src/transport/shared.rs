//! One key as a HID device and as a card at once: a card's reader is served on a thread of its own.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wire::ctaphid::Report;

use crate::device::{Card, HidDevice, Time};

/// A handle to a device that others hold too.
#[derive(Debug)]
pub struct Shared<D>(Arc<Mutex<D>>);

impl<D> Shared<D> {
    /// The first handle.
    #[must_use]
    pub fn new(device: D) -> Self {
        Self(Arc::new(Mutex::new(device)))
    }

    /// The device, for as long as this is held.
    pub fn lock(&self) -> MutexGuard<'_, D> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<D> Clone for Shared<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D: HidDevice> HidDevice for Shared<D> {
    fn report(&mut self, report: &Report, now: Time) -> Vec<Report> {
        self.lock().report(report, now)
    }

    fn due(&self) -> Option<Time> {
        self.lock().due()
    }

    fn tick(&mut self, now: Time) -> Vec<Report> {
        self.lock().tick(now)
    }

    fn power_cycle(&mut self, now: Time) {
        self.lock().power_cycle(now);
    }
}

impl<D: Card> Card for Shared<D> {
    fn atr(&self) -> Vec<u8> {
        self.lock().atr()
    }

    fn transmit(&mut self, command: &[u8], now: Time) -> Vec<u8> {
        self.lock().transmit(command, now)
    }

    fn reset(&mut self, now: Time) {
        self.lock().reset(now);
    }
}
