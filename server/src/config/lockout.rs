//! Table `[lockout]`: how many wrong passwords, and how long a block lasts.

use super::duration;
use crate::lockout::Policy;
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
    /// How long the first block lasts; each further one doubles, up to a day; `"0s"` never ends by
    /// itself.
    /// Default: 30 minutes.
    #[serde(deserialize_with = "duration")]
    block: Duration,
    /// Wrong passwords without a right one between, after which only a strong factor or the
    /// operator reopens. Default: 100.
    close_after: u32,
}

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("tries is at least 1")]
    Tries,
    #[error("close_after is at least as many as tries, and at most 100")]
    Close,
    #[error("block is at most 30 days; \"0s\" never ends by itself")]
    Block,
}

impl Default for Keys {
    fn default() -> Self {
        let Policy { tries, block, close_after } = Policy::default();
        Self { tries, block, close_after }
    }
}

impl TryFrom<Keys> for Table {
    type Error = Unfit;

    fn try_from(Keys { tries, block, close_after }: Keys) -> Result<Self, Unfit> {
        if tries == 0 {
            return Err(Unfit::Tries);
        }
        if close_after < tries || close_after > 100 {
            return Err(Unfit::Close);
        }
        if block > Duration::from_secs(30 * 24 * 60 * 60) {
            return Err(Unfit::Block);
        }
        Ok(Self(Policy { tries, block, close_after }))
    }
}

impl From<Table> for Policy {
    fn from(table: Table) -> Self {
        table.0
    }
}
