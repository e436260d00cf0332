//! The folder of an export: each letter is a draft there, whole on the disk, before it gets its name.

use super::Error;
use crate::id::LetterId;
use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};

/// A folder that letters are exported to.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// The folder at `path`, which is made for this user only where it is missing.
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).map_err(|source| fault(path, source))?;
        Ok(Self(path.to_owned()))
    }

    /// Writes a letter that has no name yet, and waits until it is on the disk.
    pub(super) fn draft(&self, id: &LetterId, content: &[u8]) -> Result<(), Error> {
        let path = self.draft_path(id);
        let written = || {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let mut file = options.open(&path)?;
            file.write_all(content)?;
            file.sync_all()?;
            self.sync()
        };
        written().map_err(|source| fault(&path, source))
    }

    /// Gives a letter its name; one that another export named meanwhile has it. Which.
    pub(super) fn name(&self, id: &LetterId) -> Result<PathBuf, Error> {
        let path = self.0.join(format!("{id}{NAMED}"));
        match std::fs::rename(self.draft_path(id), &path) {
            Err(error) if error.kind() == ErrorKind::NotFound && path.exists() => Ok(path),
            renamed => renamed.map(|()| path.clone()).map_err(|source| fault(&path, source)),
        }
    }

    /// The letters that have no name yet.
    pub(super) fn drafts(&self) -> Result<Vec<LetterId>, Error> {
        let entries = std::fs::read_dir(&self.0).map_err(|source| fault(&self.0, source))?;
        let id = |entry: std::fs::DirEntry| {
            let name = entry.file_name().into_string().ok()?;
            LetterId::parse(name.strip_prefix('.')?.strip_suffix(DRAFT)?).ok()
        };
        Ok(entries.flatten().filter_map(id).collect())
    }

    /// Removes what became no letter.
    pub(super) fn drop_draft(&self, id: &LetterId) -> Result<(), Error> {
        let path = self.draft_path(id);
        std::fs::remove_file(&path).map_err(|source| fault(&path, source))
    }

    /// Waits until the names are on the disk.
    pub(super) fn settle(&self) -> Result<(), Error> {
        self.sync().map_err(|source| fault(&self.0, source))
    }

    fn sync(&self) -> std::io::Result<()> {
        File::open(&self.0)?.sync_all()
    }

    fn draft_path(&self, id: &LetterId) -> PathBuf {
        self.0.join(format!(".{id}{DRAFT}"))
    }
}

fn fault(path: &Path, source: std::io::Error) -> Error {
    Error::Folder { path: path.to_owned(), source }
}

const NAMED: &str = ".pdf.age";
const DRAFT: &str = ".pdf.age.draft";
