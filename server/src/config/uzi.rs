//! Table `[uzi]`: whose cards are believed.

use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Whose cards are believed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Uzi {
    /// The published authorities that are trusted when `trust` is not set: `production` or `test`.
    /// Default: `production`.
    pub environment: Environment,
    /// A folder of authorities and their `trust.toml`. Default: the published ones.
    pub trust: Option<PathBuf>,
    /// Files with revocation lists, in DER or PEM. Default: none.
    pub revocation_lists: Vec<PathBuf>,
}

/// Which published authorities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Those of real cards.
    #[default]
    Production,
    /// Those of the register's TEST cards.
    Test,
}

impl Uzi {
    /// The same, with relative paths taken from `folder`.
    pub(super) fn within(self, folder: &Path) -> Self {
        Self {
            trust: self.trust.map(|path| folder.join(path)),
            revocation_lists: self.revocation_lists.iter().map(|path| folder.join(path)).collect(),
            ..self
        }
    }
}
