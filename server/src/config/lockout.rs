//! Table `[lockout]`: how many wrong passwords and codes, and how long a block lasts.

use super::duration;
use crate::lockout::{Codes, Policy};
use serde::Deserialize;
use std::time::Duration;

#[derive(Default, Deserialize)]
#[serde(try_from = "Keys")]
pub(super) struct Table(Policy);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Keys {
    /// Wrong passwords in a row that block. Default: 5.
    tries: u32,
    /// How long the first block lasts; each further one doubles; `"0s"` never ends by itself.
    /// Default: 30 minutes.
    #[serde(deserialize_with = "duration")]
    block: Duration,
    /// How long a further block or pause lasts, at most, unless the first is longer. Default: 24 hours.
    #[serde(deserialize_with = "duration")]
    longest_block: Duration,
    /// How long wrong tries are remembered at a name that nobody has, and those at an account double its next
    /// block. Default: 90 days.
    #[serde(deserialize_with = "duration")]
    remembered: Duration,
    /// Wrong passwords, or wrong codes of one kind, without a right one between, after which only a
    /// strong factor, a contact person or the operator reopens. Default: 100.
    close_after: u32,
    /// Wrong codes that end the log-in they are typed in. Default: 5.
    codes_per_login: u32,
    /// Wrong codes of one kind in a row that pause it. Default: 10.
    codes_in_a_row: u32,
    /// How long the first pause lasts; each further one doubles, up to a day; `"0s"` never ends by
    /// itself. Default: 30 minutes.
    #[serde(deserialize_with = "duration")]
    codes_pause: Duration,
    /// Wrong codes of all kinds in 24 hours that stop all codes for as long. Default: 20.
    codes_per_day: u32,
}

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("tries is at least 1")]
    Tries,
    #[error("close_after is at least as many as tries, and at most 100")]
    Close,
    #[error("block and codes_pause are at most 30 days; \"0s\" never ends by itself")]
    Block,
    #[error("longest_block is from 1 hour to 30 days")]
    LongestBlock,
    #[error("remembered is from 30 to 365 days: no block lasts longer than the least")]
    Remembered,
    #[error("codes_per_login is from 1 to 10")]
    CodesPerLogin,
    #[error("codes_in_a_row is from 1 to 20")]
    CodesInARow,
    #[error("codes_per_day is from 1 to 100")]
    CodesPerDay,
}

impl Default for Keys {
    fn default() -> Self {
        let Policy { tries, block, longest, remembered, close_after, codes } = Policy::default();
        Self {
            tries,
            block,
            longest_block: longest,
            remembered,
            close_after,
            codes_per_login: codes.attempt,
            codes_in_a_row: codes.tries,
            codes_pause: codes.pause,
            codes_per_day: codes.day,
        }
    }
}

impl TryFrom<Keys> for Table {
    type Error = Unfit;

    fn try_from(keys: Keys) -> Result<Self, Unfit> {
        let Keys { tries, block, longest_block: longest, remembered, close_after, .. } = keys;
        if tries == 0 {
            return Err(Unfit::Tries);
        }
        if close_after < tries || close_after > 100 {
            return Err(Unfit::Close);
        }
        let days = |number| Duration::from_secs(24 * 60 * 60) * number;
        if block.max(keys.codes_pause) > days(30) {
            return Err(Unfit::Block);
        }
        if !(Duration::from_secs(60 * 60)..=days(30)).contains(&longest) {
            return Err(Unfit::LongestBlock);
        }
        if !(days(30)..=days(365)).contains(&remembered) {
            return Err(Unfit::Remembered);
        }
        if !(1..=10).contains(&keys.codes_per_login) {
            return Err(Unfit::CodesPerLogin);
        }
        if !(1..=20).contains(&keys.codes_in_a_row) {
            return Err(Unfit::CodesInARow);
        }
        if !(1..=100).contains(&keys.codes_per_day) {
            return Err(Unfit::CodesPerDay);
        }
        let codes = Codes {
            attempt: keys.codes_per_login,
            tries: keys.codes_in_a_row,
            pause: keys.codes_pause,
            day: keys.codes_per_day,
        };
        Ok(Self(Policy { tries, block, longest, remembered, close_after, codes }))
    }
}

impl From<Table> for Policy {
    fn from(table: Table) -> Self {
        table.0
    }
}
