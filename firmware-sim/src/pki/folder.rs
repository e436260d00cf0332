//! Writing the hierarchy to a folder: all of it, or nothing.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::Error;

/// One file to be written.
pub(super) struct File {
    /// Relative to the folder.
    pub(super) path: String,
    pub(super) content: Vec<u8>,
    pub(super) access: Access,
}

/// Who may read a file.
pub(super) enum Access {
    Everybody,
    /// Private keys, even those of tests.
    Owner,
}

/// Writes the files into a folder beside `dir`, then renames that to `dir`.
///
/// Errors: [`Error::NotEmpty`] where `dir` holds something; [`Error::Write`].
pub(super) fn write(dir: &Path, files: &[File]) -> Result<(), Error> {
    if fs::read_dir(dir).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(Error::NotEmpty(dir.to_owned()));
    }
    let parent = match dir.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(parent).map_err(failure(parent))?;
    let staging = tempfile::Builder::new()
        .prefix(".firmware-sim-pki-")
        .tempdir_in(parent)
        .map_err(failure(parent))?;
    for file in files {
        write_file(&staging.path().join(&file.path), file)?;
    }
    fs::rename(staging.path(), dir).map_err(failure(dir))?;
    let _ = staging.keep();
    Ok(())
}

fn write_file(path: &Path, file: &File) -> Result<(), Error> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failure(folder))?;
    }
    let mode = match file.access {
        Access::Everybody => 0o644,
        Access::Owner => 0o600,
    };
    let mut open = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .map_err(failure(path))?;
    open.write_all(&file.content).map_err(failure(path))
}

fn failure(path: &Path) -> impl Fn(std::io::Error) -> Error {
    let path = PathBuf::from(path);
    move |source| Error::Write { path: path.clone(), source }
}
