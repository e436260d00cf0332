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
    /// What all may ask together. Who asked little lately is still answered when it is spent.
    pub all: Allowance,
    /// Whether this machine's own requests count for that.
    pub this_machine: ThisMachine,
    /// The proxies in front, whose `X-Forwarded-For` is believed.
    pub proxies: Vec<ipnet::IpNet>,
}

/// What comes from this machine: its own people, or everybody behind a proxy that was not named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ThisMachine {
    /// No proxy can be in front, so it is who sits here: it is answered whatever it asks.
    Own,
    /// It may be a proxy: it is held to the budget of all.
    Counted,
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
    sources: Vec<Asker>,
    all: Meter,
    /// What is kept for those who asked little, when that of all is spent.
    kept: Meter,
    /// When somebody was refused and the log said so.
    told: Option<Time>,
}

/// What one address asked.
#[derive(Clone, Copy, Debug, Default)]
struct Asker {
    lately: Meter,
    /// By the measure of a person who logs in now and then.
    calmly: Meter,
    /// Of others, for somebody whom it has not proven to be.
    asking: Meter,
}

impl Budget {
    /// A budget that nobody has asked anything of.
    #[must_use]
    pub fn new(policy: Policy) -> Self {
        let (all, kept) = (Meter::default(), Meter::default());
        let sources = vec![Asker::default(); SLOTS];
        let meters = Mutex::new(Meters { sources, all, kept, told: None });
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
        let Policy { source: each, all, this_machine, .. } = &self.policy;
        if source == Source::ThisMachine {
            // To hold it as one address would let anybody behind an unnamed proxy close the door.
            if *this_machine == ThisMachine::Counted {
                meters.all = meters.all.charge(now, *all).map_err(spent)?;
            }
            return Ok(());
        }
        let Meters { sources, all: together, kept, .. } = meters;
        let Some(asker) = sources.get_mut(self.slot(source)) else { return Ok(()) };
        let lately = asker.lately.charge(now, *each).map_err(spent)?;
        let calmly = asker.calmly.charge(now, CALM);
        match (together.charge(now, *all), calmly) {
            (Ok(charged), _) => *together = charged,
            // A few addresses that ask without end spend what all have; they spend not this.
            (Err(wait), Ok(_)) => *kept = kept.charge(now, *all).map_err(|_| spent(wait))?,
            (Err(wait), Err(_)) => return Err(spent(wait)),
        }
        *asker = Asker { lately, calmly: calmly.unwrap_or(asker.calmly), ..*asker };
        Ok(())
    }

    /// Takes one question to other people from the budget of `source`. This machine's own are not counted.
    ///
    /// Errors: [`Spent`]; then nothing was taken.
    pub fn charge_asking(&self, source: Source, now: Time) -> Result<(), Spent> {
        if source == Source::ThisMachine {
            return Ok(());
        }
        let mut meters = self.meters.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(asker) = meters.sources.get_mut(self.slot(source)) else { return Ok(()) };
        asker.asking = asker.asking.charge(now, ASKING).map_err(|wait| Spent { wait })?;
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
            this_machine: ThisMachine::Own,
            proxies: Vec::new(),
        }
    }
}

/// One megabyte, whoever asks.
const SLOTS: usize = 1 << 16;
/// What somebody asks who logs in now and then: four log-ins, and one each five minutes.
const CALM: Allowance = Allowance { at_once: 4 * LOG_IN, per_minute: 1 };
/// What one address asks other people for, whoever sits behind it: an office in which ten lost their PIN.
const ASKING: Allowance = Allowance { at_once: 10, per_minute: 1 };
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

    /// So many addresses, each with a slot of its own.
    fn apart(budget: &Budget, many: usize) -> Vec<Source> {
        let mut slots = std::collections::BTreeSet::new();
        let sources = (0xc633_6400_u32..).map(|n| Source::V4(n.into()));
        sources.filter(|source| slots.insert(budget.slot(*source))).take(many).collect()
    }

    #[test]
    fn all_together_are_held_too() {
        let budget = Budget::new(Policy::default());
        let many = apart(&budget, 40);
        let sum = |now| many.iter().map(|one| through(&budget, *one, 500, now)).sum::<u32>();
        assert_eq!(sum(NOW), 6_000 + 28 * 20, "whoever comes too late is answered four log-ins");
        assert_eq!(sum(NOW.after(Duration::from_secs(1))), 100);
    }

    #[test]
    fn who_asked_little_gets_in_while_others_spend_what_all_have() {
        let budget = Budget::new(Policy::default());
        let sources = apart(&budget, 30);
        let (flood, people) = sources.split_at(20);
        for (second, person) in (1..).zip(people) {
            let now = NOW.after(Duration::from_secs(second));
            let spent: u32 = flood.iter().map(|one| through(&budget, *one, 1_000, now)).sum();
            assert!(spent >= 100, "the flood takes what there is");
            assert!(budget.charge(flood[0], now).is_err());
            assert_eq!(through(&budget, *person, LOG_IN, now), LOG_IN, "second {second}");
        }
        let now = NOW.after(Duration::from_secs(90));
        // Many thousand addresses get no more of it than all have.
        let strangers = (0..20_000_u32).map(|n| Source::V4(n.into()));
        let sum: u32 = strangers.map(|source| through(&budget, source, 1, now)).sum();
        assert!(sum <= 12_000, "{sum}");
    }

    #[test]
    fn an_address_asks_other_people_little_and_this_machine_what_it_likes() {
        let budget = Budget::new(Policy::default());
        let asked =
            |source, now| (0..50).filter(|_| budget.charge_asking(source, now).is_ok()).count();
        let one = source("198.51.100.7");
        assert_eq!(asked(one, NOW), 10);
        assert_eq!(asked(one, NOW.after(Duration::from_secs(60 * 60))), 10);
        assert_eq!(asked(source("198.51.100.8"), NOW), 10, "each has its own");
        assert_eq!(asked(Source::ThisMachine, NOW), 50);
        assert_eq!(through(&budget, one, LOG_IN, NOW), LOG_IN, "and logs in as ever");
    }

    #[test]
    fn this_machine_is_no_address_of_its_own() {
        let counted = Policy { this_machine: ThisMachine::Counted, ..Policy::default() };
        let budget = Budget::new(counted);
        assert_eq!(through(&budget, source("127.0.0.1"), 3_000, NOW), 3_000);
        assert_eq!(through(&budget, source("::1"), 4_000, NOW), 3_000);
        let budget = Budget::new(Policy::default());
        assert_eq!(through(&budget, source("127.0.0.1"), 50_000, NOW), 50_000);
        assert_eq!(through(&budget, source("198.51.100.7"), 1, NOW), 1, "nor at others' expense");
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
