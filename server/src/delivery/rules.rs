//! When a message that was not delivered is tried again, and when no more; pure.

use crate::clock::Time;
use std::time::Duration;

/// What comes after a try that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Another try then.
    Again(Time),
    /// None: it would come too late.
    Never,
}

/// After the try with this number, the first being 1, failed at `now`: `ends` is when the message has
/// lost its sense. `dice` is any number, so that what failed together is not tried together.
pub(super) fn after(tries: u32, ends: Time, now: Time, dice: u32) -> Next {
    let again = now.after(wait(tries, dice));
    if again < ends { Next::Again(again) } else { Next::Never }
}

/// A quarter of a minute, three times as long each time, four hours at most; a quarter more or less.
fn wait(tries: u32, dice: u32) -> Duration {
    let grown = 3_u32.checked_pow(tries.saturating_sub(1)).and_then(|by| FIRST.checked_mul(by));
    let middle = grown.map_or(LONGEST, |grown| grown.min(LONGEST));
    let quarter = middle / 4;
    let percent = dice % 101;
    middle - quarter + quarter * 2 * percent / 100
}

const FIRST: Duration = Duration::from_secs(15);
const LONGEST: Duration = Duration::from_secs(4 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Time = Time::from_millis(1_000_000);
    /// The die that adds and takes nothing.
    const EVEN: u32 = 50;

    #[test]
    fn waits_grow_from_a_quarter_of_a_minute_to_four_hours() {
        let waits: Vec<u64> = (1..=9).map(|tries| wait(tries, EVEN).as_secs()).collect();
        assert_eq!(waits, [15, 45, 135, 405, 1_215, 3_645, 10_935, 14_400, 14_400]);
        assert_eq!([wait(1, 0), wait(1, 100)], [11_250, 18_750].map(Duration::from_millis));
    }

    #[test]
    fn two_days_are_eighteen_tries() {
        let ends = NOW.after(Duration::from_secs(2 * 24 * 60 * 60));
        let (mut tries, mut now) = (1, NOW);
        while let Next::Again(at) = after(tries, ends, now, EVEN) {
            (tries, now) = (tries + 1, at);
        }
        assert_eq!(tries, 18);
    }

    #[test]
    fn what_would_come_too_late_is_not_tried_again() {
        let ends = NOW.after(Duration::from_secs(15));
        assert_eq!(after(1, ends, NOW, EVEN), Next::Never);
        let later = ends.after(Duration::from_millis(1));
        assert_eq!(after(1, later, NOW, EVEN), Next::Again(ends));
    }

    proptest! {
        #[test]
        fn no_wait_is_shorter_than_ten_seconds_or_longer_than_five_hours(tries: u32, dice: u32) {
            let wait = wait(tries, dice);
            prop_assert!(wait >= Duration::from_secs(10) && wait <= Duration::from_secs(5 * 60 * 60));
        }

        #[test]
        fn the_next_try_is_later_and_in_time(tries: u32, dice: u32, ends: i64, now in 0_i64..4_000_000_000_000) {
            let (ends, now) = (Time::from_millis(ends), Time::from_millis(now));
            if let Next::Again(at) = after(tries, ends, now, dice) {
                prop_assert!(at > now && at < ends);
            }
        }
    }
}
