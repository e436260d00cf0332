//! Table `[operators]`: who gives the commands, and how long the heaviest of them waits.

use crate::operator::{Policy, Users};
use serde::Deserialize;
use std::time::Duration;

#[derive(Default, Deserialize)]
#[serde(try_from = "Keys")]
pub(super) struct Table(Policy);

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Keys {
    /// `own` where each operator logs in to the machine as a user of their own, `shared` where all do as one and
    /// only names tell them apart. Default: `own`.
    users: Wish,
    /// How long after it was confirmed an operator may take away the last of what an account logs in with:
    /// 72 hours to 7 days. Default: 72 hours.
    #[serde(deserialize_with = "super::duration")]
    wait: Duration,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Wish {
    Own,
    Shared,
}

#[derive(Debug, thiserror::Error)]
#[error("wait is 72 hours to 7 days")]
struct Unfit;

impl Default for Keys {
    fn default() -> Self {
        Self { users: Wish::Own, wait: Policy::default().wait }
    }
}

impl TryFrom<Keys> for Table {
    type Error = Unfit;

    fn try_from(Keys { users, wait }: Keys) -> Result<Self, Unfit> {
        let users = match users {
            Wish::Own => Users::Own,
            Wish::Shared => Users::Shared,
        };
        match (Policy::default().wait..=LONGEST).contains(&wait) {
            true => Ok(Self(Policy { users, wait })),
            false => Err(Unfit),
        }
    }
}

impl From<Table> for Policy {
    fn from(table: Table) -> Self {
        table.0
    }
}

const LONGEST: Duration = Duration::from_secs(7 * 24 * 60 * 60);
