//! The rules of codes, pure: which try may be looked at, and what a wrong one closes.
//!
//! Three counts stand beside each other, and a right code of one kind clears only its own row:
//! the tries in one log-in, the wrong ones of one kind in a row, and those of all kinds in 24 hours.

use super::Barred;
use crate::clock::Time;
use crate::lockout;
use crate::lockout::rules::{self, Admission, Block, Codes, Count};
use std::time::Duration;

/// What is remembered when a code is about to be looked at.
#[derive(Clone, Debug)]
pub(super) struct Seen<'a> {
    /// Tries charged in this log-in.
    pub(super) in_attempt: u32,
    /// Of this kind.
    pub(super) count: Count,
    /// When the last ones of all kinds were charged, newest first: [`Codes::day`] at most.
    pub(super) newest: &'a [Time],
}

/// Whether a code may be looked at: the count of its kind as it is then, and why not or how many were
/// not looked at before it.
pub(super) fn charge(
    seen: Seen<'_>,
    now: Time,
    policy: &lockout::Policy,
) -> (Count, Result<u32, Barred>) {
    let Seen { in_attempt, count, newest } = seen;
    if in_attempt >= policy.codes.attempt {
        return (count, Err(Barred::AttemptOver));
    }
    if let Some(until) = stopped(newest, now, policy.codes.day) {
        return (count, Err(Barred::Stopped { until }));
    }
    let (count, admission) = rules::charge(count, now, &of_one_kind(policy));
    match admission {
        Admission::Charged { refused, .. } => (count, Ok(refused)),
        Admission::Blocked { block, .. } => (count, Err(block.into())),
    }
}

/// What a code that was wrong has closed, the widest first; nothing while another may be tried. `seen`
/// counts it.
pub(super) fn closed(seen: &Seen<'_>, now: Time, policy: &Codes) -> Option<Barred> {
    if let Some(until) = stopped(seen.newest, now, policy.day) {
        return Some(Barred::Stopped { until });
    }
    match seen.count.block {
        Some(Block::Until(end)) if end <= now => {}
        Some(block) => return Some(block.into()),
        None => {}
    }
    (seen.in_attempt >= policy.attempt).then_some(Barred::AttemptOver)
}

/// Until when no code is looked at: 24 hours after the last of `limit` that came within 24 hours.
pub(super) fn stopped(newest: &[Time], now: Time, limit: u32) -> Option<Time> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let (last, first) = (newest.first()?, newest.get(limit.checked_sub(1)?)?);
    let until = last.after(DAY);
    (last.since(*first) < DAY && now < until).then_some(until)
}

/// The rules of a row of wrong ones of one kind.
fn of_one_kind(policy: &lockout::Policy) -> lockout::Policy {
    let Codes { tries, pause, .. } = policy.codes;
    lockout::Policy { tries, block: pause, ..policy.clone() }
}

impl From<Block> for Barred {
    fn from(block: Block) -> Self {
        match block {
            Block::Until(until) => Self::Paused { until },
            Block::Closed => Self::Closed,
        }
    }
}

/// In which wrong codes of all kinds are counted, and how long they then stop all.
pub(super) const DAY: Duration = Duration::from_secs(24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Time = Time::from_millis(1_000_000_000);

    fn minutes(n: u64) -> Duration {
        Duration::from_secs(n * 60)
    }

    /// Somebody who types wrong codes: each in a log-in and of a kind, which are numbers here.
    #[derive(Default)]
    struct Guesser {
        policy: lockout::Policy,
        counts: std::collections::BTreeMap<u8, Count>,
        attempts: std::collections::BTreeMap<u32, u32>,
        newest: Vec<Time>,
    }

    impl Guesser {
        fn wrong(&mut self, kind: u8, attempt: u32, now: Time) -> Result<Option<Barred>, Barred> {
            let policy = self.policy.clone();
            let in_attempt = self.attempts.get(&attempt).copied().unwrap_or(0);
            let count = self.counts.get(&kind).cloned().unwrap_or_default();
            let seen = Seen { in_attempt, count, newest: &self.newest };
            let (count, admission) = charge(seen, now, &policy);
            self.counts.insert(kind, count.clone());
            admission?;
            self.newest.insert(0, now);
            self.newest.truncate(usize::try_from(policy.codes.day).unwrap());
            self.attempts.insert(attempt, in_attempt + 1);
            let seen = Seen { in_attempt: in_attempt + 1, count, newest: &self.newest };
            Ok(closed(&seen, now, &policy.codes))
        }
    }

    #[test]
    fn the_fifth_wrong_code_ends_the_log_in() {
        let mut guesser = Guesser::default();
        for _ in 0..4 {
            assert_eq!(guesser.wrong(0, 0, START), Ok(None));
        }
        assert_eq!(guesser.wrong(0, 0, START), Ok(Some(Barred::AttemptOver)));
        assert_eq!(guesser.wrong(0, 0, START), Err(Barred::AttemptOver));
        assert_eq!(guesser.wrong(0, 1, START), Ok(None), "another log-in goes on");
    }

    #[test]
    fn ten_in_a_row_pause_their_kind_for_half_an_hour_and_then_for_twice_as_long() {
        let mut guesser = Guesser::default();
        guesser.policy.codes.day = 100;
        let mut now = START;
        for (round, length) in (0..).zip([30, 60, 120]) {
            let until = now.after(minutes(length));
            for nth in 1..10 {
                assert_eq!(guesser.wrong(0, round * 10 + nth, now), Ok(None));
            }
            assert_eq!(guesser.wrong(0, round * 10, now), Ok(Some(Barred::Paused { until })));
            assert_eq!(guesser.wrong(0, 99, now), Err(Barred::Paused { until }));
            assert_eq!(guesser.wrong(1, 100 + round, now), Ok(None), "another kind goes on");
            now = until;
        }
    }

    #[test]
    fn twenty_in_a_day_stop_every_kind_for_a_day() {
        let mut guesser = Guesser::default();
        let times = (0..20).map(|n| START.after(minutes(60 * n)));
        let mut last = Ok(None);
        for (nth, now) in (0..).zip(times) {
            last = guesser.wrong(u8::try_from(nth % 4).unwrap(), nth, now);
        }
        let until = START.after(minutes(60 * 19)).after(DAY);
        assert_eq!(last, Ok(Some(Barred::Stopped { until })));
        let before = Time::from_millis(until.millis() - 1);
        for kind in 0..5 {
            assert_eq!(guesser.wrong(kind, 99, before), Err(Barred::Stopped { until }));
        }
        assert_eq!(guesser.wrong(0, 99, until), Ok(None));
    }

    #[test]
    fn twenty_in_more_than_a_day_stop_nothing() {
        let step = minutes(60 * 24).as_millis() / 19 + 1;
        let step = Duration::from_millis(u64::try_from(step).unwrap());
        let (mut guesser, mut now) = (Guesser::default(), START);
        for nth in 0..80 {
            let answer = guesser.wrong(u8::try_from(nth % 20).unwrap(), nth, now);
            assert_eq!(answer, Ok(None));
            now = now.after(step);
        }
    }

    proptest! {
        #[test]
        fn no_day_has_more_than_twenty_looks(tries in proptest::collection::vec((0_u8..4, 0_u32..40, 0_u64..7_200_000), 1..200)) {
            let (mut guesser, mut now, mut looked) = (Guesser::default(), START, vec![]);
            for (kind, attempt, step) in tries {
                now = now.after(Duration::from_millis(step));
                if guesser.wrong(kind, attempt, now).is_ok() {
                    looked.push(now);
                }
            }
            for from in &looked {
                let day = looked.iter().filter(|at| *at >= from && at.since(*from) < DAY).count();
                prop_assert!(day <= 20, "{day} looks in a day");
            }
        }
    }
}
