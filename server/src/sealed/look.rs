//! Looking at the ring without changing anything: for `check`.

use super::ring::{find, folder};
use super::{Error, Found, KeyId, Result, Standing, Use};
use crate::secret::Secret;
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// The ring as it stands in its folder; each file holds the key that its name says.
#[derive(Debug)]
pub(crate) struct Ring {
    folder: PathBuf,
    files: Vec<Found>,
}

impl Ring {
    /// Looks at the ring in the data folder `data`.
    ///
    /// Errors: [`Error::File`], [`Error::Damaged`].
    pub(crate) fn look(data: &Path) -> Result<Self> {
        let folder = folder(data);
        let files = find(&folder)?;
        for Found { id, path, .. } in &files {
            let bytes = std::fs::read(path).map(Zeroizing::new);
            let bytes = bytes.map_err(|source| Error::File { path: path.clone(), source })?;
            let key = bytes.as_slice().try_into().map(Secret::new);
            if !key.is_ok_and(|key| id.is_of(&key)) {
                return Err(Error::Damaged { path: path.clone() });
            }
        }
        Ok(Self { folder, files })
    }

    /// Every file, oldest first.
    pub(crate) fn files(&self) -> &[Found] {
        &self.files
    }

    /// The key that seals, where there is one.
    pub(crate) fn sealing(&self) -> Option<KeyId> {
        self.files.iter().rev().find(|found| found.role == Use::Sealing).map(|found| found.id)
    }

    /// Where the files should stand of the keys that `standing` names and that are not there.
    pub(crate) fn missing<'a>(&'a self, standing: &'a Standing) -> impl Iterator<Item = PathBuf> {
        let is_there = |id: &KeyId| self.files.iter().any(|found| found.id == *id);
        let gone = standing.keys().filter(move |id| !is_there(id));
        gone.map(|id| self.folder.join(format!("{id}.key")))
    }
}
