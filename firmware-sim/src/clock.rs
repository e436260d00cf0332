//! The only place that reads the time: everything else takes it as an argument.

use jiff::Timestamp;

/// The time of day, by the machine's clock.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::now()
}
