//! Table `[password]`: how long passwords are, what hashing one costs, and how many at once.

use crate::password::Cost;
use crate::password::policy::{Lengths, MAX};
use serde::Deserialize;

/// How long passwords are, what hashing one costs, and how many at once.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Table")]
pub struct Passwords {
    /// KiB of memory and passes over it for one hash. Default: 19456 and 2, which is the least.
    pub cost: Cost,
    /// How many are hashed at once; each holds that memory. Default: one for each processor.
    pub at_once: usize,
    /// How many more wait; who comes after them is told to try again. Default: 32.
    pub waiting: usize,
    /// How long passwords are that are chosen. Default: 12 to 128 characters, and 15 at least where the
    /// password alone may let somebody in.
    pub lengths: Lengths,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    memory_kib: Option<u32>,
    passes: Option<u32>,
    at_once: Option<usize>,
    waiting: Option<usize>,
    shortest: Option<usize>,
    shortest_alone: Option<usize>,
    longest: Option<usize>,
}

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("memory_kib is from 19456 to 1048576: less is guessed too fast")]
    Memory,
    #[error("passes is from 2 to 16")]
    Passes,
    #[error("at_once is from 1 to 1024 and waiting at most 65536")]
    Room,
    #[error("shortest is from 12 to 64: less is guessed")]
    Shortest,
    #[error("shortest_alone is from 15 to 64 and at least as many as shortest")]
    ShortestAlone,
    #[error("longest is from 64 to {MAX}")]
    Longest,
}

impl Default for Passwords {
    fn default() -> Self {
        Self::try_from(Table::default()).expect("the defaults fit")
    }
}

impl TryFrom<Table> for Passwords {
    type Error = Unfit;

    fn try_from(table: Table) -> Result<Self, Unfit> {
        let least = Cost::default();
        let cost = Cost {
            memory: table.memory_kib.unwrap_or(least.memory),
            passes: table.passes.unwrap_or(least.passes),
        };
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let at_once = table.at_once.unwrap_or(processors);
        let waiting = table.waiting.unwrap_or(32);
        if !(least.memory..=1024 * 1024).contains(&cost.memory) {
            return Err(Unfit::Memory);
        }
        if !(least.passes..=16).contains(&cost.passes) {
            return Err(Unfit::Passes);
        }
        if !(1..=1024).contains(&at_once) || waiting > 65_536 {
            return Err(Unfit::Room);
        }
        Ok(Self { cost, at_once, waiting, lengths: lengths(&table)? })
    }
}

fn lengths(table: &Table) -> Result<Lengths, Unfit> {
    let default = Lengths::default();
    let beside = table.shortest.unwrap_or(default.beside);
    let alone = table.shortest_alone.unwrap_or(default.alone.max(beside));
    let most = table.longest.unwrap_or(default.most);
    if !(default.beside..=64).contains(&beside) {
        return Err(Unfit::Shortest);
    }
    if !(default.alone.max(beside)..=64).contains(&alone) {
        return Err(Unfit::ShortestAlone);
    }
    if !(64..=MAX).contains(&most) {
        return Err(Unfit::Longest);
    }
    Ok(Lengths { beside, alone, most })
}
