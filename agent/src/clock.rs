//! The time: the only module that reads it.

use std::time::{Duration, Instant};

use jiff::Timestamp;

/// The time by this computer.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// The end of a wait, by a clock that nobody can set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// So long from now.
    #[must_use]
    pub fn after(time: Duration) -> Self {
        Self(Instant::now() + time)
    }

    /// How long there still is; nothing once it is over.
    #[must_use]
    pub fn left(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// True from that moment on.
    #[must_use]
    pub fn is_over(self) -> bool {
        self.left().is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_is_over_at_its_end() {
        assert!(Deadline::after(Duration::ZERO).is_over());
        let hour = Deadline::after(Duration::from_secs(3600));
        assert!(!hour.is_over() && hour.left() > Duration::from_secs(3500));
        assert!(Deadline::after(Duration::ZERO) < hour);
    }
}
