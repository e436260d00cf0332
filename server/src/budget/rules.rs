//! The rules of a budget, pure: what was asked and the time in, what is allowed out.

use crate::clock::Time;
use std::time::Duration;

/// How much may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Allowance {
    /// Requests at once, after a time of quiet.
    pub at_once: u32,
    /// Requests a minute, without end.
    pub per_minute: u32,
}

impl Allowance {
    /// In microseconds.
    fn interval(self) -> i64 {
        i64::from(60_000_000 / self.per_minute.max(1))
    }
}

/// Requests that the longest way of logging in takes: attempt, password, question, answer, code.
pub const LOG_IN: u32 = 5;

/// What one asker owes: the moment, in microseconds since 1970, at which nothing is owed any more.
/// Each request moves it on by the time one request is worth.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Meter(i64);

impl Meter {
    /// After one request more.
    ///
    /// Errors: how long to wait until there is room for a whole log-in.
    pub(super) fn charge(self, now: Time, allowance: Allowance) -> Result<Self, Duration> {
        let (interval, now) = (allowance.interval(), now.millis().saturating_mul(1_000));
        let most = now.saturating_add(interval * i64::from(allowance.at_once));
        // No debt is larger, unless the clock was set back: then it is forgiven, not waited for.
        let paid = self.0.clamp(now, most).saturating_add(interval);
        if paid <= most {
            return Ok(Self(paid));
        }
        let requests = i64::from(LOG_IN.min(allowance.at_once));
        let wait = paid - most + (requests - 1) * interval;
        Err(Duration::from_micros(u64::try_from(wait).unwrap_or(0)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Time = Time::from_millis(1_795_000_000_000);
    const TEN: Allowance = Allowance { at_once: 10, per_minute: 60 };

    fn after(mut meter: Meter, requests: u32, now: Time) -> Meter {
        for _ in 0..requests {
            meter = meter.charge(now, TEN).expect("there is room");
        }
        meter
    }

    #[test]
    fn after_the_last_request_there_is_room_again_when_it_says() {
        let spent = after(Meter::default(), 10, NOW);
        let wait = spent.charge(NOW, TEN).expect_err("the eleventh");
        assert_eq!(wait, Duration::from_secs(5));
        let then = NOW.after(wait);
        assert!(after(spent, LOG_IN, then).charge(then, TEN).is_err());
    }

    #[test]
    fn a_quiet_time_gives_back_everything_and_no_more() {
        let spent = after(Meter::default(), 10, NOW);
        let later = NOW.after(Duration::from_secs(24 * 60 * 60));
        assert!(after(spent, 10, later).charge(later, TEN).is_err());
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nobody_out() {
        let spent = after(Meter::default(), 10, NOW.after(Duration::from_secs(3_600)));
        let wait = spent.charge(NOW, TEN).expect_err("as if it were spent now");
        assert_eq!(wait, Duration::from_secs(5));
    }

    proptest! {
        #[test]
        fn in_any_time_no_more_pass_than_at_once_and_by_the_minute(
            at_once in 1_u32..50,
            per_minute in 1_u32..10_000,
            steps in proptest::collection::vec(0_u64..2_000, 1..300),
        ) {
            let allowance = Allowance { at_once, per_minute };
            let (mut meter, mut now, mut passed) = (Meter::default(), NOW, 0_u64);
            for step in steps {
                now = now.after(Duration::from_millis(step));
                match meter.charge(now, allowance) {
                    Ok(next) => (meter, passed) = (next, passed + 1),
                    Err(wait) => {
                        let room = meter.charge(now.after(wait + Duration::from_millis(1)), allowance);
                        prop_assert!(room.is_ok());
                    }
                }
            }
            // An interval is whole microseconds, so a fast rate is a little faster.
            let micros = u64::try_from(now.since(NOW).as_micros()).expect("a short time");
            let interval = u64::from(60_000_000 / per_minute);
            prop_assert!(passed <= u64::from(at_once) + micros / interval + 1);
        }

        #[test]
        fn no_time_and_no_debt_break_it(debt: i64, now: i64, at_once: u32, per_minute: u32) {
            let allowance = Allowance { at_once, per_minute };
            let _ = Meter(debt).charge(Time::from_millis(now), allowance);
        }
    }
}
