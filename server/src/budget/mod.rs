//! Budget: how many requests of people who have proven nothing are answered, for each address and
//! for all together. Each of them writes to the database, and anybody can send them.

mod rules; // pure
mod source; // pure

use crate::clock::Time;
use std::hash::{BuildHasher as _, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rules::Meter;
pub use rules::{Allowance, LOG_IN};
pub use source::Source;

/// Who may ask how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// What one address may ask; of IPv6, one network of 64 bits.
    pub source: Allowance,
    /// What all may ask together, this machine among them.
    pub all: Allowance,
    /// The proxies in front, whose `X-Forwarded-For` is believed.
    pub proxies: Vec<ipnet::IpNet>,
}

/// More was asked than is allowed for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("more was asked than the budget allows")]
pub struct Spent {
    /// After this there is room for a whole log-in again.
    pub wait: Duration,
}

/// What was asked lately. Memory is bounded: addresses share slots, by a hash that nobody outside
/// can foresee, and none of them is kept.
#[derive(Debug)]
pub struct Budget {
    policy: Policy,
    hasher: RandomState,
    meters: Mutex<Meters>,
}

struct Meters {
    sources: Vec<Meter>,
    all: Meter,
    /// When somebody was refused and the log said so.
    told: Option<Time>,
}

impl Budget {
    /// A budget that nobody has asked anything of.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        let sources = vec![Meter::default(); SLOTS];
        let meters = Mutex::new(Meters { sources, all: Meter::default(), told: None });
        Self { policy, hasher: RandomState::new(), meters }
    }

    /// Whose request it is that `peer` sent with these `X-Forwarded-For` headers.
    pub fn source<'a>(
        &self,
        peer: IpAddr,
        forwarded: impl DoubleEndedIterator<Item = &'a str>,
    ) -> Source {
        Source::of(peer, forwarded, &self.policy.proxies)
    }

    /// Takes one request from the budget of `source`, and from that of all.
    ///
    /// Errors: [`Spent`]; then nothing was taken from either.
    pub fn charge(&self, source: Source, now: Time) -> Result<(), Spent> {
        let mut meters = self.meters.lock().unwrap_or_else(PoisonError::into_inner);
        let charged = self.take(&mut meters, source, now);
        if charged.is_err() && meters.told.is_none_or(|at| now.since(at) >= QUIET) {
            meters.told = Some(now);
            tracing::warn!(%source, "log-ins are refused for now: see [limits] ({source} was first)");
        }
        charged
    }

    fn take(&self, meters: &mut Meters, source: Source, now: Time) -> Result<(), Spent> {
        let spent = |wait| Spent { wait };
        // This machine's own requests come from a proxy that was not named, or from a person at it:
        // to count them as one address would let anybody close the door to all.
        let own = match source {
            Source::ThisMachine => None,
            Source::V4(_) | Source::V6(_) => meters.sources.get_mut(self.slot(source)),
        };
        let charged = match &own {
            Some(meter) => Some(meter.charge(now, self.policy.source).map_err(spent)?),
            None => None,
        };
        meters.all = meters.all.charge(now, self.policy.all).map_err(spent)?;
        if let (Some(own), Some(charged)) = (own, charged) {
            *own = charged;
        }
        Ok(())
    }

    fn slot(&self, source: Source) -> usize {
        usize::try_from(self.hasher.hash_one(source) % SLOTS as u64)
            .expect("a slot is a small number")
    }
}

impl std::fmt::Debug for Meters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meters").field("all", &self.all).finish_non_exhaustive()
    }
}

impl Default for Policy {
    /// A practice behind one address may log in all at once, with every second try wrong.
    fn default() -> Self {
        Self {
            source: Allowance { at_once: 1_000, per_minute: 120 },
            all: Allowance { at_once: 6_000, per_minute: 6_000 },
            proxies: Vec::new(),
        }
    }
}

/// Half a megabyte, whoever asks.
const SLOTS: usize = 1 << 16;
/// The log speaks of refusals no more often.
const QUIET: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Time = Time::from_millis(1_795_000_000_000);

    fn source(text: &str) -> Source {
        Source::of(text.parse().unwrap(), [].into_iter(), &[])
    }

    /// As many requests as are let through of `tries` at once.
    fn through(budget: &Budget, source: Source, tries: u32, now: Time) -> u32 {
        (0..tries).map(|_| u32::from(budget.charge(source, now).is_ok())).sum()
    }

    #[test]
    fn fifty_colleagues_behind_one_address_log_in_at_once() {
        let budget = Budget::new(Policy::default());
        let practice = source("198.51.100.7");
        // Half of them mistype twice, and all of it within one second.
        assert_eq!(through(&budget, practice, 50 * (LOG_IN + 2 * LOG_IN / 2), NOW), 500);
        // A quarter of an hour later all again, for another application.
        let later = NOW.after(Duration::from_secs(15 * 60));
        assert_eq!(through(&budget, practice, 50 * LOG_IN * 4, later), 1_000);
    }

    #[test]
    fn one_address_that_floods_is_held_and_nobody_else() {
        let budget = Budget::new(Policy::default());
        let (flood, other) = (source("198.51.100.7"), source("198.51.100.8"));
        assert_eq!(through(&budget, flood, 50_000, NOW), 1_000);
        assert_eq!(through(&budget, other, 100, NOW), 100, "the refused took nothing from all");
        let hour = (0..3_600)
            .map(|second| through(&budget, flood, 20, NOW.after(Duration::from_secs(1 + second))));
        assert_eq!(hour.sum::<u32>(), 120 * 60);
    }

    #[test]
    fn all_together_are_held_too() {
        let budget = Budget::new(Policy::default());
        let many = (0..40_u8).map(|n| source(&format!("198.51.100.{n}")));
        let sum: u32 = many.map(|source| through(&budget, source, 500, NOW)).sum();
        assert_eq!(sum, 6_000);
        assert!(budget.charge(Source::ThisMachine, NOW).is_err());
        let soon = NOW.after(Duration::from_secs(1));
        assert_eq!(through(&budget, Source::ThisMachine, 1_000, soon), 100);
    }

    #[test]
    fn this_machine_is_no_address_of_its_own() {
        let budget = Budget::new(Policy::default());
        assert_eq!(through(&budget, source("127.0.0.1"), 3_000, NOW), 3_000);
        assert_eq!(through(&budget, source("::1"), 4_000, NOW), 3_000);
    }

    #[test]
    fn however_many_addresses_ask_memory_stays_as_it_was() {
        let policy =
            Policy { all: Allowance { at_once: 1_000_000, per_minute: 1 }, ..Policy::default() };
        let budget = Budget::new(policy);
        for n in 0..200_000_u32 {
            let source = Source::V4(n.into());
            budget.charge(source, NOW).unwrap();
        }
        let meters = budget.meters.lock().unwrap();
        assert_eq!((meters.sources.len(), meters.sources.capacity()), (SLOTS, SLOTS));
    }
}
