//! The rules of codes that are sent, pure: how many.

use crate::clock::Time;
use std::time::Duration;

/// How much is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// To one person, and to one number, in ten minutes. Default: 3.
    pub short: u32,
    /// To one person, and to one number, in 24 hours. Default: 10.
    pub day: u32,
    /// For one organisation in 24 hours. Default: 500.
    pub organisation: u32,
}

impl Default for Policy {
    fn default() -> Self {
        Self { short: 3, day: 10, organisation: 500 }
    }
}

/// What was sent in the last 24 hours.
#[derive(Clone, Debug)]
pub(crate) struct Seen<'a> {
    /// To the person, newest first.
    pub(crate) account: &'a [Time],
    /// To the number, whoever asked, newest first.
    pub(crate) number: &'a [Time],
    /// For the organisation, newest first.
    pub(crate) organisation: &'a [Time],
}

/// Why nothing is sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Held {
    /// To this person or number as much was sent as may be.
    Person {
        /// From when on it may be again.
        until: Time,
    },
    /// For the organisation as much was sent as may be in a day.
    Organisation {
        /// From when on it may be again.
        until: Time,
    },
}

impl Held {
    /// What the audit calls it.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Person { .. } => "share",
            Self::Organisation { .. } => "budget",
        }
    }
}

/// Whether one more may be sent.
///
/// Errors: [`Held`].
pub(crate) fn may_send(seen: &Seen<'_>, now: Time, policy: &Policy) -> Result<(), Held> {
    let windows = [(policy.short, SHORT), (policy.day, DAY)];
    let spent =
        |times| windows.iter().filter_map(move |(most, length)| full(times, *most, *length));
    let person = spent(seen.account).chain(spent(seen.number)).filter(|until| *until > now).max();
    if let Some(until) = person {
        return Err(Held::Person { until });
    }
    match full(seen.organisation, policy.organisation, DAY).filter(|until| *until > now) {
        Some(until) => Err(Held::Organisation { until }),
        None => Ok(()),
    }
}

/// When the oldest of the newest `most` leaves a window of this length: before then it is full.
fn full(newest: &[Time], most: u32, length: Duration) -> Option<Time> {
    let oldest = usize::try_from(most).ok()?.checked_sub(1)?;
    newest.get(oldest).map(|time| time.after(length))
}

/// The short window.
pub(crate) const SHORT: Duration = Duration::from_secs(10 * 60);
/// The long one.
pub(crate) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Time = Time::from_millis(1_000_000_000);

    fn minutes(n: u64) -> Duration {
        Duration::from_secs(60 * n)
    }

    /// Sends whenever it may, to one person on one number; when it did.
    fn sent(steps: &[Duration], policy: &Policy) -> (Vec<Time>, Option<Held>) {
        let (mut now, mut times, mut last) = (START, Vec::new(), None);
        for step in steps {
            now = now.after(*step);
            let seen = Seen { account: &times, number: &times, organisation: &times };
            last = may_send(&seen, now, policy).err();
            if last.is_none() {
                times.insert(0, now);
            }
        }
        (times, last)
    }

    #[test]
    fn three_are_sent_in_ten_minutes_and_ten_in_a_day() {
        let policy = Policy::default();
        let (times, held) = sent(&[minutes(1); 4], &policy);
        let until = START.after(minutes(1)).after(SHORT);
        assert_eq!((times.len(), held), (3, Some(Held::Person { until })));
        let (times, held) = sent(&[minutes(11); 11], &policy);
        let until = START.after(minutes(11)).after(DAY);
        assert_eq!((times.len(), held), (10, Some(Held::Person { until })));
        assert_eq!(sent(&[minutes(145); 40], &policy).0.len(), 40, "one every 145 minutes is let");
    }

    #[test]
    fn what_went_to_another_number_of_the_person_or_by_another_person_counts() {
        let policy = Policy::default();
        let three = [START; 3];
        for (account, number) in [(&three[..], &[][..]), (&[], &three)] {
            let seen = Seen { account, number, organisation: &[] };
            let until = START.after(SHORT);
            assert_eq!(may_send(&seen, START, &policy), Err(Held::Person { until }));
            assert_eq!(may_send(&seen, until, &policy), Ok(()));
        }
    }

    #[test]
    fn an_organisation_has_a_budget_for_a_day() {
        let policy = Policy { organisation: 2, ..Policy::default() };
        let seen = Seen { account: &[], number: &[], organisation: &[START, START] };
        let until = START.after(DAY);
        assert_eq!(may_send(&seen, START, &policy), Err(Held::Organisation { until }));
        assert_eq!(may_send(&seen, until, &policy), Ok(()));
    }

    proptest! {
        #[test]
        fn no_window_holds_more_than_it_may(steps in proptest::collection::vec(0_u64..7_200, 1..120)) {
            let steps: Vec<_> = steps.into_iter().map(Duration::from_secs).collect();
            let (times, _) = sent(&steps, &Policy::default());
            for from in &times {
                for (most, length) in [(3, SHORT), (10, DAY)] {
                    let within = times.iter().filter(|at| *at >= from && at.since(*from) < length);
                    prop_assert!(within.count() <= most);
                }
            }
        }
    }
}
