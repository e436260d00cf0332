//! Table `[sessions]`: how long sessions last.

use super::duration;
use crate::sessions::Policy;
use serde::Deserialize;
use std::time::Duration;

#[derive(Default, Deserialize)]
#[serde(try_from = "Keys")]
pub(super) struct Table(Policy);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Keys {
    /// Idle for so long, `high` falls to `substantial`. Default: 15 minutes.
    #[serde(deserialize_with = "duration")]
    falls: Duration,
    /// Idle for so long, a session ends. Default: 60 minutes.
    #[serde(deserialize_with = "duration")]
    idle: Duration,
    /// So long after its beginning, a session ends. Default: 12 hours.
    #[serde(deserialize_with = "duration")]
    life: Duration,
    /// For so long a proof is fresh enough to change factors: 5 minutes at most. Default: 5 minutes.
    #[serde(deserialize_with = "duration")]
    fresh: Duration,
}

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("falls is at most idle, idle at most life, and life at most 24 hours")]
    Order,
    #[error("idle and fresh are at least 1 second: with less nobody gets in or adds a key")]
    Nothing,
    #[error("fresh is at most 5 minutes: with more, who finds a screen open changes its factors")]
    Stale,
}

impl Default for Keys {
    fn default() -> Self {
        let Policy { falls, idle, life, fresh } = Policy::default();
        Self { falls, idle, life, fresh }
    }
}

impl TryFrom<Keys> for Table {
    type Error = Unfit;

    fn try_from(Keys { falls, idle, life, fresh }: Keys) -> Result<Self, Unfit> {
        let day = Duration::from_secs(24 * 60 * 60);
        if falls > idle || idle > life || life > day {
            return Err(Unfit::Order);
        }
        let second = Duration::from_secs(1);
        if idle < second || fresh < second {
            return Err(Unfit::Nothing);
        }
        if fresh > Policy::default().fresh {
            return Err(Unfit::Stale);
        }
        Ok(Self(Policy { falls, idle, life, fresh }))
    }
}

impl From<Table> for Policy {
    fn from(table: Table) -> Self {
        table.0
    }
}
