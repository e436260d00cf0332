//! Grace, pure: the days in which a new account may do without a second factor.
//!
//! They begin when the account is activated, once, and are counted in time that passed: a clock that is set
//! back takes the beginning with it, so that nobody gets a day twice.

use super::Role;
use crate::clock::Time;
use crate::password::policy::Opens;
use std::time::Duration;

/// The days of an account of which no factor ever proved itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grace {
    /// When they began, by the clock as it is.
    pub from: Time,
    /// When that was last looked at.
    pub seen: Time,
}

impl Grace {
    /// The same at `now`: what was over stays over, whatever happened to the clock.
    #[must_use]
    pub fn at(self, now: Time) -> Self {
        Self { from: self.from.before(self.seen.since(now)), seen: now }
    }

    /// When they end, where there are so many; nothing where that is over, as far as was seen.
    pub fn end(&self, days: u32) -> Option<Time> {
        let end = self.from.after(length(days));
        (self.seen < end).then_some(end)
    }

    /// Whether it is time to keep what was seen: where the clock was set back, and else once an hour.
    pub fn is_due(&self, now: Time) -> bool {
        now < self.seen || now.since(self.seen) >= HOUR
    }
}

/// What the password of somebody opens by itself: the one rule of who needs a longer one. `forced`: nobody
/// of the organisation does without a second factor now; `days`: but in the days that it gives.
pub const fn opens(role: Role, forced: bool, days: u32) -> Opens {
    match (role, forced, days) {
        (Role::ContactPerson, _, _) | (Role::Colleague, true, 0) => Opens::Nothing,
        (Role::Colleague, _, _) => Opens::Account,
    }
}

/// How long so many days are.
pub const fn length(days: u32) -> Duration {
    DAY.saturating_mul(days)
}

/// Until when somebody may do without a second factor, for the best of these reasons: never a contact
/// person, nor who has a password that was chosen beside one and is too short to let in alone.
pub fn spared<const N: usize>(
    (role, password): (Role, Opens),
    reasons: [Option<Time>; N],
) -> Option<Time> {
    match (role, password) {
        (Role::Colleague, Opens::Account) => reasons.into_iter().flatten().max(),
        (Role::Colleague, Opens::Nothing) | (Role::ContactPerson, _) => None,
    }
}

/// How many days are left until `end`; one that has begun counts.
pub fn days_left(now: Time, end: Time) -> u64 {
    end.since(now).as_millis().div_ceil(DAY.as_millis()).try_into().unwrap_or(u64::MAX)
}

const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Time = Time::from_millis(1_795_000_000_000);
    const SECOND: Duration = Duration::from_secs(1);

    fn begun() -> Grace {
        Grace { from: START, seen: START }
    }

    #[test]
    fn they_last_to_the_second() {
        let end = START.after(14 * DAY);
        assert_eq!(begun().at(end.before(SECOND)).end(14), Some(end));
        assert_eq!(begun().at(end).end(14), None);
        assert_eq!(begun().at(end.after(SECOND)).end(14), None);
        assert_eq!(begun().end(0), None, "an organisation may give none");
        assert_eq!(begun().end(u32::MAX).map(|end| end > START), Some(true));
    }

    #[test]
    fn neither_a_contact_person_nor_a_short_password_is_spared() {
        let reasons = [None, Some(START), Some(START.after(SECOND))];
        let of = |role, password| spared((role, password), reasons);
        assert_eq!(of(Role::Colleague, Opens::Account), Some(START.after(SECOND)));
        assert_eq!(of(Role::Colleague, Opens::Nothing), None, "it is short");
        assert_eq!(of(Role::ContactPerson, Opens::Account), None);
        assert_eq!(spared((Role::Colleague, Opens::Account), [None, None]), None);
    }

    #[test]
    fn a_password_opens_nothing_where_something_else_is_always_asked() {
        assert_eq!(opens(Role::ContactPerson, false, 14), Opens::Nothing);
        assert_eq!(opens(Role::Colleague, true, 0), Opens::Nothing);
        for (forced, days) in [(true, 1), (false, 0), (false, 14)] {
            assert_eq!(opens(Role::Colleague, forced, days), Opens::Account, "{forced} {days}");
        }
    }

    #[test]
    fn a_day_that_has_begun_counts() {
        let left = |time| days_left(START, START.after(time));
        assert_eq!([left(14 * DAY), left(DAY + SECOND), left(DAY), left(SECOND)], [14, 2, 1, 1]);
        assert_eq!(left(Duration::ZERO), 0);
    }

    #[test]
    fn a_clock_that_is_set_back_gives_no_day_twice() {
        let tenth = begun().at(START.after(10 * DAY));
        let back = tenth.at(START.after(DAY));
        assert_eq!(back.end(14), Some(START.after(5 * DAY)), "four days were left, and are");
        let over = begun().at(START.after(14 * DAY)).at(START);
        assert_eq!(over.end(14), None);
        assert_eq!(over.at(START.before(30 * DAY)).end(14), None);
    }

    proptest! {
        #[test]
        fn however_the_clock_moves_no_more_time_passes_in_them_than_they_have(
            moves in proptest::collection::vec(-20_i64..20, 0..20),
        ) {
            let hour = 60 * 60 * 1000;
            let (mut grace, mut now, mut passed) = (begun(), START.millis(), 0);
            for hours in moves {
                now += hours * hour;
                passed += hours.max(0);
                grace = grace.at(Time::from_millis(now));
                if grace.end(2).is_some() {
                    prop_assert!(passed < 48, "{passed} hours");
                } else {
                    prop_assert!(passed >= 48, "{passed} hours");
                }
            }
        }
    }
}
