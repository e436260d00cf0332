//! The fingers that a key with a sensor knows. Spec: CTAP 2.1 sections 6.5.3 and 6.7.

use std::collections::VecDeque;

use wire::ctap2::bio_enrollment::{Sample, Template};

use super::profiles::Sensor;
use crate::env::{Seed, Stream};

/// What a finger is called by the key.
pub(super) type TemplateId = [u8; 16];

/// The sensor and what it was taught.
#[derive(Debug, Clone)]
pub(super) struct Fingers {
    pub(super) sensor: Sensor,
    ids: Stream,
    templates: Vec<Template>,
    enrolling: Option<Enrolling>,
    /// Wrong fingers until the PIN is wanted.
    retries: u8,
    /// How often a finger was enough since the PIN.
    pub(super) since_pin: u64,
    /// What the sensor says of the next touches; afterwards they are good.
    pub(super) samples: VecDeque<Sample>,
}

/// A finger that is being taught.
#[derive(Debug, Clone)]
struct Enrolling {
    id: TemplateId,
    remaining: u8,
}

/// There is no room for a further finger.
#[derive(Debug)]
pub(super) struct Full;

impl Fingers {
    pub(super) fn new(sensor: Sensor, seed: &Seed) -> Self {
        Self {
            sensor,
            ids: seed.stream("fido finger id"),
            templates: Vec::new(),
            enrolling: None,
            retries: sensor.retries,
            since_pin: 0,
            samples: VecDeque::new(),
        }
    }

    /// No finger is known any more.
    pub(super) fn reset(&mut self) {
        self.templates.clear();
        self.enrolling = None;
        self.since_pin = 0;
        self.forgive();
    }

    /// Whether a finger can verify somebody.
    pub(super) fn are_known(&self) -> bool {
        !self.templates.is_empty()
    }

    pub(super) fn retries(&self) -> u8 {
        self.retries
    }

    /// The finger was known, or the PIN was right.
    pub(super) fn forgive(&mut self) {
        self.retries = self.sensor.retries;
    }

    /// A finger that is not known.
    pub(super) fn miss(&mut self) {
        self.retries = self.retries.saturating_sub(1);
    }

    /// Begins to learn a finger; another one that was begun is given up.
    pub(super) fn begin(&mut self) -> Result<(), Full> {
        self.enrolling = None;
        if self.templates.len() >= usize::from(self.sensor.fingers) {
            return Err(Full);
        }
        self.enrolling = Some(Enrolling { id: self.ids.bytes(), remaining: self.sensor.samples });
        Ok(())
    }

    /// The finger that is being taught, and how many more good samples it takes.
    pub(super) fn enrolling(&self) -> Option<(TemplateId, u8)> {
        self.enrolling.as_ref().map(|enrolling| (enrolling.id, enrolling.remaining))
    }

    /// The sensor was touched, or not: what it says of that.
    pub(super) fn sample(&mut self, touched: bool) -> Sample {
        let Some(enrolling) = &mut self.enrolling else { return Sample::NoUserActivity };
        if !touched {
            return Sample::NoUserActivity;
        }
        let sample = self.samples.pop_front().unwrap_or(Sample::Good);
        if sample == Sample::Good {
            enrolling.remaining -= 1;
            if enrolling.remaining == 0 {
                let id = enrolling.id.to_vec();
                // hosts in use look for a name, so there is one
                self.templates.push(Template { id, friendly_name: Some(String::new()) });
                self.enrolling = None;
            }
        }
        sample
    }

    /// Gives up the finger that is being taught.
    pub(super) fn cancel(&mut self) {
        self.enrolling = None;
    }

    pub(super) fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// Names a finger. False where there is none of this id.
    pub(super) fn rename(&mut self, id: &[u8], name: String) -> bool {
        let found = self.templates.iter_mut().find(|template| template.id == id);
        let Some(template) = found else { return false };
        template.friendly_name = Some(name);
        true
    }

    /// Forgets a finger. False where there is none of this id.
    pub(super) fn remove(&mut self, id: &[u8]) -> bool {
        let before = self.templates.len();
        self.templates.retain(|template| template.id != id);
        self.templates.len() < before
    }
}
