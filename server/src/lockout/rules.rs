//! The rules of lock-out, pure: counts in, counts out.

use crate::clock::Time;
use std::time::Duration;

/// How strict lock-out is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Wrong tries in a row that block.
    pub tries: u32,
    /// How long the first block lasts; each further one doubles. Zero: it never ends by itself.
    pub block: Duration,
    /// How long a further block lasts, at most, unless the first is longer.
    pub longest: Duration,
    /// How long wrong tries are remembered at a name that nobody has and nobody tries, and how long those at an
    /// account make its next block come sooner and last longer. No block lasts longer.
    pub remembered: Duration,
    /// Wrong tries without a right one between, after which no block ends by itself; of codes, those
    /// of one kind.
    pub close_after: u32,
    /// The same for codes.
    pub codes: Codes,
}

impl Default for Policy {
    fn default() -> Self {
        let (block, day) = (Duration::from_secs(30 * 60), Duration::from_secs(24 * 60 * 60));
        let (longest, remembered) = (day, 90 * day);
        Self { tries: 5, block, longest, remembered, close_after: 100, codes: Codes::default() }
    }
}

/// How strict lock-out of codes is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Codes {
    /// Wrong ones that end the log-in they are typed in.
    pub attempt: u32,
    /// Wrong ones of one kind in a row that pause it.
    pub tries: u32,
    /// How long the first pause lasts; each further one doubles. Zero: it never ends by itself.
    pub pause: Duration,
    /// Wrong ones of all kinds in 24 hours, after which none is looked at for as long.
    pub day: u32,
}

impl Default for Codes {
    fn default() -> Self {
        Self { attempt: 5, tries: 10, pause: Duration::from_secs(30 * 60), day: 20 }
    }
}

impl Policy {
    /// The same for an activation PIN: its block never ends by itself, because nobody gets in with it
    /// day by day, and whoever lifts it has somebody to ask.
    #[must_use]
    pub fn of_pins(&self) -> Self {
        Self { block: Duration::ZERO, ..self.clone() }
    }
}

/// What is remembered of the tries at one secret.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// Wrong since the last right one or the last block.
    pub streak: u32,
    /// Wrong since the last right one.
    pub total: u32,
    /// Blocks since the last right one.
    pub blocks: u32,
    /// The block that began last, which may have ended.
    pub block: Option<Block>,
    /// Not looked at, because of a block, since the last that was.
    pub refused: u32,
}

/// A time in which no try is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// It ends by itself.
    Until(Time),
    /// Only a strong factor, a contact person or the operator ends it.
    Closed,
}

/// Whether a try may be looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It may.
    Charged {
        /// Should it be wrong, this is what it made of the count.
        count: Count,
        /// As many were not looked at before it.
        refused: u32,
    },
    /// It may not.
    Blocked {
        /// Why not.
        block: Block,
        /// As many were not looked at since the last that was, this one among them.
        refused: u32,
    },
}

pub(super) fn charge(count: Count, now: Time, policy: &Policy) -> (Count, Admission) {
    let streak = match count.block {
        None => count.streak,
        Some(Block::Until(end)) if end <= now => 0,
        Some(block) => {
            let refused = count.refused.saturating_add(1);
            return (Count { refused, ..count }, Admission::Blocked { block, refused });
        }
    };
    let refused = count.refused;
    let charged = wrong(Count { streak, block: None, refused: 0, ..count }, now, policy);
    (charged.clone(), Admission::Charged { count: charged, refused })
}

/// A count that was written at `touched_at`, as it counts now: of what was long ago only the total is left, as a
/// name that nobody has is forgotten then, or one would be blocked sooner and longer than the other.
pub(super) fn rested(count: Count, touched_at: Time, now: Time, policy: &Policy) -> Count {
    let over = match count.block {
        None => true,
        Some(Block::Until(end)) => end <= now,
        Some(Block::Closed) => false,
    };
    if over && touched_at < now.before(policy.remembered) {
        let Count { total, refused, .. } = count;
        return Count { total, refused, ..Count::default() };
    }
    count
}

/// One wrong try more.
fn wrong(count: Count, now: Time, policy: &Policy) -> Count {
    let streak = count.streak.saturating_add(1);
    let total = count.total.saturating_add(1);
    let full = streak >= policy.tries;
    let closes = total == policy.close_after || (full && total > policy.close_after);
    let blocks = count.blocks.saturating_add(u32::from(full || closes));
    let block = if closes || (full && policy.block.is_zero()) {
        Some(Block::Closed)
    } else if full {
        Some(Block::Until(now.after(length(blocks, policy))))
    } else {
        None
    };
    Count { streak, total, blocks, block, ..count }
}

/// How long the block with this number lasts: the first as set, each further one twice the last, up
/// to the longest, so that nobody is kept out for years by who guesses slowly.
fn length(number: u32, policy: &Policy) -> Duration {
    let doublings = number.saturating_sub(1);
    2_u32
        .checked_pow(doublings)
        .and_then(|by| policy.block.checked_mul(by))
        .unwrap_or(Duration::MAX)
        .min(policy.block.max(policy.longest))
}

/// After a human lifted the block, however it would have ended: the total stays, and so does how
/// long the next one lasts. Whether there was one.
pub(super) fn lift(count: Count, now: Time) -> (Count, bool) {
    match count.block {
        Some(Block::Until(end)) if end <= now => (count, false),
        Some(_) => (Count { streak: 0, block: None, ..count }, true),
        None => (count, false),
    }
}

/// After a try turned out to be none at this secret, which was charged as `charged`: as if it had not been
/// made. A block that it began ends with it, unless another began since.
pub(super) fn refund(count: Count, charged: &Count, policy: &Policy) -> Count {
    let total = count.total.saturating_sub(1);
    if count.blocks != charged.blocks {
        return Count { total, ..count };
    }
    let streak = count.streak.saturating_sub(1);
    match count.block {
        Some(_) if charged.streak > 0 && streak < policy.tries => {
            let blocks = count.blocks.saturating_sub(1);
            Count { streak, total, blocks, block: None, ..count }
        }
        Some(_) | None => Count { streak, total, ..count },
    }
}

/// After a strong factor: a closed secret gets its tries again, the total stays.
pub(super) fn reopen(count: Count) -> (Count, bool) {
    match count.block {
        Some(Block::Closed) => (Count { streak: 0, block: None, ..count }, true),
        Some(Block::Until(_)) | None => (count, false),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const START: Time = Time::from_millis(0);

    /// Makes wrong tries, waiting out every block that ends by itself; when each block ended.
    fn blocks(tries: u32, policy: &Policy) -> (Count, Vec<Block>) {
        let (mut count, mut now, mut seen) = (Count::default(), START, vec![]);
        for _ in 0..tries {
            let (next, admission) = charge(count, now, policy);
            count = next;
            let Admission::Charged { .. } = admission else { continue };
            if let Some(block) = count.block {
                seen.push(block);
                if let Block::Until(end) = block {
                    now = end;
                }
            }
        }
        (count, seen)
    }

    fn minutes(n: u64) -> Duration {
        Duration::from_secs(n * 60)
    }

    #[test]
    fn the_fifth_wrong_try_blocks_for_thirty_minutes() {
        let mut count = Count::default();
        for _ in 0..4 {
            count = charge(count, START, &Policy::default()).0;
            assert_eq!(count.block, None);
        }
        count = charge(count, START, &Policy::default()).0;
        let end = START.after(minutes(30));
        assert_eq!(count.block, Some(Block::Until(end)));
        let before = Time::from_millis(end.millis() - 1);
        let (same, admission) = charge(count.clone(), before, &Policy::default());
        let block = Block::Until(end);
        assert_eq!(same, Count { refused: 1, ..count });
        assert_eq!(admission, Admission::Blocked { block, refused: 1 });
        let (next, admission) = charge(same, end, &Policy::default());
        assert!(matches!(admission, Admission::Charged { refused: 1, .. }), "{admission:?}");
        assert_eq!(next.refused, 0);
    }

    #[test]
    fn each_block_lasts_twice_the_last() {
        let (_, seen) = blocks(15, &Policy::default());
        let ends = [30, 30 + 60, 30 + 60 + 120].map(|m| Block::Until(START.after(minutes(m))));
        assert_eq!(seen, ends);
    }

    #[test]
    fn the_hundredth_wrong_try_closes_and_only_a_strong_factor_reopens() {
        let (count, seen) = blocks(99, &Policy::default());
        assert!(!seen.contains(&Block::Closed));
        let far = Time::from_millis(i64::MAX);
        let count = charge(count, far, &Policy::default()).0;
        assert_eq!((count.total, count.block), (100, Some(Block::Closed)));
        assert_eq!(
            charge(count.clone(), far, &Policy::default()).1,
            Admission::Blocked { block: Block::Closed, refused: 1 }
        );
        let (count, was_closed) = reopen(count);
        assert!(was_closed);
        assert_eq!(count.total, 100, "unblocking never clears the total");
        let mut again = count;
        for _ in 0..5 {
            assert_eq!(again.block, None);
            again = charge(again, far, &Policy::default()).0;
        }
        assert_eq!(again.block, Some(Block::Closed));
    }

    #[test]
    fn a_strong_factor_does_not_shorten_a_block_that_ends_by_itself() {
        let (count, _) = blocks(5, &Policy::default());
        assert_eq!(reopen(count.clone()), (count, false));
    }

    #[test]
    fn no_block_lasts_longer_than_a_day_unless_it_is_set_so() {
        let (_, seen) = blocks(99, &Policy::default());
        let last = seen.windows(2).last().map(|pair| (pair[0], pair[1]));
        let Some((Block::Until(one), Block::Until(next))) = last else { panic!("{seen:?}") };
        assert_eq!(one.after(minutes(24 * 60)), next);
        let policy = Policy { longest: minutes(60), ..Policy::default() };
        let (_, seen) = blocks(20, &policy);
        let gaps: Vec<_> = seen.windows(2).map(|pair| (pair[0], pair[1])).collect();
        let [.., (Block::Until(one), Block::Until(next))] = gaps.as_slice() else {
            panic!("{seen:?}")
        };
        assert_eq!(one.after(minutes(60)), *next, "as long as is set");
        let policy = Policy { block: minutes(3 * 24 * 60), ..Policy::default() };
        let end = START.after(minutes(3 * 24 * 60));
        assert_eq!(blocks(5, &policy).1, [Block::Until(end)]);
    }

    #[test]
    fn lifting_a_block_keeps_the_total_and_the_length_of_the_next() {
        for (tries, policy) in
            [(5, Policy::default()), (5, Policy { block: Duration::ZERO, ..Policy::default() })]
        {
            let (blocked, _) = blocks(tries, &policy);
            let (lifted, was_blocked) = lift(blocked.clone(), START);
            assert!(was_blocked);
            assert_eq!((lifted.block, lifted.streak), (None, 0));
            assert_eq!((lifted.total, lifted.blocks), (blocked.total, blocked.blocks));
            assert_eq!(lift(lifted.clone(), START), (lifted, false));
        }
    }

    #[test]
    fn a_block_of_zero_never_ends_by_itself() {
        let policy = Policy { block: Duration::ZERO, ..Policy::default() };
        assert_eq!(blocks(5, &policy).0.block, Some(Block::Closed));
    }

    #[test]
    fn what_is_taken_back_lifts_its_own_block_and_no_other() {
        let policy = Policy::default();
        let charged = |count| charge(count, START, &policy).0;
        let mut four = Count::default();
        for _ in 0..4 {
            four = charged(four);
        }
        let five = charged(four.clone());
        assert!(five.block.is_some());
        assert_eq!(refund(five.clone(), &five, &policy), four);
        // Of two at once, the one that was charged before the block: it stays, and one try is counted too much.
        let first = refund(five.clone(), &four, &policy);
        assert_eq!((first.block, first.streak, first.total), (five.block, 5, 4));
        let both = refund(first, &five, &policy);
        assert_eq!((both.block, both.streak, both.total, both.blocks), (None, 4, 3, 0));
        assert_eq!(refund(Count::default(), &five, &policy), Count::default(), "all was forgiven");
    }

    proptest! {
        #[test]
        fn a_try_that_is_taken_back_was_never_made(tries in 1_u32..7, before in 0_u32..120) {
            let policy = Policy { tries, ..Policy::default() };
            let (mut count, mut now) = (Count::default(), START);
            for _ in 0..before {
                count = charge(count, now, &policy).0;
                if let Some(Block::Until(end)) = count.block {
                    now = end;
                    count.streak = 0;
                    count.block = None;
                }
            }
            let (next, admission) = charge(count.clone(), now, &policy);
            if let Admission::Charged { count: charged, .. } = admission {
                prop_assert_eq!(refund(next, &charged, &policy), count);
            }
        }

        #[test]
        fn more_wrong_tries_never_mean_less_waiting(tries in 1_u32..6, steps in proptest::collection::vec(0_u64..10_000_000, 1..300)) {
            let policy = Policy { tries, ..Policy::default() };
            let (mut count, mut now) = (Count::default(), START);
            for step in steps {
                now = now.after(Duration::from_millis(step));
                let (next, admission) = charge(count.clone(), now, &policy);
                prop_assert!(next.total >= count.total && next.blocks >= count.blocks);
                prop_assert!(next.streak <= policy.tries && next.total <= policy.close_after);
                if let Admission::Blocked { refused, .. } = admission {
                    prop_assert_eq!(&next, &Count { refused, ..count });
                }
                count = next;
            }
        }
    }
}
