//! A world's folder: made at the start, removed at the end, and by the next start after a crash,
//! together with what still runs of that world.
//!
//! Who uses a folder holds a shared lock on it, which the system drops with the process. A folder
//! that can be locked exclusively is a dead world's.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use super::{Error, orphans};

/// The longest path below the folder is libumockdev's socket for ioctls.
const LONGEST: usize = 107 - "/umockdev.XXXXXX/ioctl/dev/hidraw00".len();

/// A world's folder, removed with everything in it when this is dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// Locked as long as it is open.
    _lock: File,
}

impl Folder {
    /// Removes the folders of dead worlds below `temporary`, then makes one.
    ///
    /// Errors: [`Error::Temporary`], [`Error::Odd`], [`Error::Folder`], [`Error::TooLong`],
    /// [`Error::System`].
    pub fn create(temporary: &Path) -> Result<Self, Error> {
        // umockdev compares paths as the kernel sees them, and pcscd takes plain ones alone
        let plain = |source| Error::Temporary { path: temporary.to_owned(), source };
        let temporary = fs::canonicalize(temporary).map_err(plain)?;
        if !temporary.as_os_str().as_bytes().iter().all(|&byte| is_plain(byte)) {
            return Err(Error::Odd { path: temporary });
        }
        let base = base(&temporary)?;
        // one start at a time: between its making and its locking a folder looks dead
        let starting = open(&base)?;
        flock(&starting, FlockOperation::LockExclusive)
            .map_err(Error::at("locking the folder for worlds"))?;
        sweep(&base);
        let path = tempfile::Builder::new()
            .prefix("world-")
            .tempdir_in(&base)
            .map_err(Error::at("making the world's folder"))?
            .keep();
        let folder = Self::join(path)?;
        match folder.path.as_os_str().as_bytes().len() {
            0..=LONGEST => Ok(folder),
            _ => Err(Error::TooLong { path: folder.path.clone() }),
        }
    }

    /// Shares a folder that another process of this world made.
    ///
    /// Errors: [`Error::System`] when it is gone.
    pub fn join(path: PathBuf) -> Result<Self, Error> {
        let lock = open(&path)?;
        flock(&lock, FlockOperation::LockShared)
            .map_err(Error::at("locking the world's folder"))?;
        Ok(Self { path, _lock: lock })
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // the other process of this world may have been first; what stays, the next start removes
        let _removed = fs::remove_dir_all(&self.path);
    }
}

/// The user's own folder for worlds, which nobody else can have made or may enter.
fn base(temporary: &Path) -> Result<PathBuf, Error> {
    let user = rustix::process::geteuid().as_raw();
    let base = temporary.join(format!("firmware-sim-{user}"));
    match DirBuilder::new().mode(0o700).create(&base) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        made => made.map_err(|source| Error::Temporary { path: base.clone(), source })?,
    }
    let found = fs::symlink_metadata(&base).map_err(Error::at("reading the folder for worlds"))?;
    if !found.is_dir() || found.uid() != user || found.mode() & 0o077 != 0 {
        return Err(Error::Folder { path: base });
    }
    Ok(base)
}

/// Letters, digits and what else pcscd lets stand in the path of its own folder.
fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/._-".contains(&byte)
}

fn open(path: &Path) -> Result<File, Error> {
    File::open(path).map_err(Error::at("opening the world's folder"))
}

/// Ends and removes what nobody holds. What cannot be removed is not this world's concern.
fn sweep(base: &Path) {
    for entry in fs::read_dir(base).into_iter().flatten().flatten() {
        let Ok(lock) = File::open(entry.path()) else { continue };
        if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() {
            orphans::end(&entry.path());
            let _removed = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_folder_goes_with_its_world() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::create(temporary.path()).unwrap();
        let path = folder.path().to_path_buf();
        fs::write(path.join("file"), "text").unwrap();
        drop(folder);
        assert!(!path.exists());
    }

    #[test]
    fn the_next_start_removes_a_dead_world_and_leaves_a_living_one() {
        let temporary = tempfile::tempdir().unwrap();
        let living = Folder::create(temporary.path()).unwrap();
        let dead = living.path().with_file_name("world-dead");
        fs::create_dir_all(dead.join("deep/er")).unwrap();
        let next = Folder::create(temporary.path()).unwrap();
        assert!(!dead.exists());
        assert!(living.path().exists() && next.path().exists());
        assert_ne!(living.path(), next.path());
    }

    #[test]
    fn a_folder_that_others_may_enter_is_refused() {
        let temporary = tempfile::tempdir().unwrap();
        drop(Folder::create(temporary.path()).unwrap());
        let base = fs::read_dir(temporary.path()).unwrap().next().unwrap().unwrap().path();
        fs::set_permissions(&base, fs::Permissions::from_mode(0o755)).unwrap();
        let refused = Folder::create(temporary.path());
        assert!(matches!(refused, Err(Error::Folder { path }) if path == base));
    }

    #[test]
    fn a_link_is_followed_and_an_odd_path_is_named() {
        let temporary = tempfile::tempdir().unwrap();
        let real = temporary.path().join("real");
        fs::create_dir(&real).unwrap();
        let link = temporary.path().join("link");
        std::os::unix::fs::symlink(&real, &link).unwrap();
        let folder = Folder::create(&link).unwrap();
        assert!(folder.path().starts_with(fs::canonicalize(&real).unwrap()));
        for name in ["a b", "a'b", "caf\u{e9}"] {
            let odd = temporary.path().join(name);
            fs::create_dir(&odd).unwrap();
            let refused = Folder::create(&odd);
            assert!(matches!(refused, Err(Error::Odd { .. })), "{name}");
            assert_eq!(fs::read_dir(odd).unwrap().count(), 0);
        }
        let missing = Folder::create(&temporary.path().join("none"));
        assert!(matches!(missing, Err(Error::Temporary { .. })));
    }

    #[test]
    fn a_path_too_long_for_sockets_is_refused_and_nothing_stays() {
        let temporary = tempfile::tempdir().unwrap();
        let long = temporary.path().join("x".repeat(80));
        fs::create_dir(&long).unwrap();
        assert!(matches!(Folder::create(&long), Err(Error::TooLong { .. })));
        let base = fs::read_dir(&long).unwrap().next().unwrap().unwrap().path();
        assert_eq!(fs::read_dir(base).unwrap().count(), 0);
    }
}
