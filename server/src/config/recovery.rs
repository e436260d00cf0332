//! Table `[recovery]`: what a recovery code is.

use crate::recovery::Digits;
use serde::Deserialize;

/// What a recovery code is.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Table")]
pub struct Recovery {
    /// How many digits a new code has: 16, 20 or 24. Default: 16.
    pub digits: Digits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Table {
    digits: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("digits is 16, 20 or 24")]
struct Unfit;

impl Default for Table {
    fn default() -> Self {
        Self { digits: Digits::Sixteen.number() }
    }
}

impl Default for Recovery {
    fn default() -> Self {
        Self { digits: Digits::Sixteen }
    }
}

impl TryFrom<Table> for Recovery {
    type Error = Unfit;

    fn try_from(table: Table) -> Result<Self, Unfit> {
        Digits::new(table.digits).map(|digits| Self { digits }).ok_or(Unfit)
    }
}
