//! Table `[storage]`: which database.

use super::{Error, read};
use crate::secret::Secret;
use crate::storage::Location;
use serde::Deserialize;
use std::path::{Path, PathBuf};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    /// The file that holds the `postgres://` address. Default: none; SQLite in the data folder.
    postgres: Option<PathBuf>,
}

impl Table {
    pub(super) fn location(self, data: &Path, folder: &Path) -> Result<Location, Error> {
        match self.postgres {
            None => Ok(Location::Sqlite(data.to_owned())),
            Some(file) => {
                let address = Secret::new(read(&folder.join(file))?);
                Ok(Location::Postgres(Secret::new(address.expose().trim().to_owned())))
            }
        }
    }
}
