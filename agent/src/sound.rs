//! Which files may be trusted to run or to rule this program: those that nobody else can write.

use std::path::Path;

/// A regular file at a full path that only its owner can write, the owner being root or us.
///
/// The group may write too where it is the owner's own, as many systems make one for each person.
#[cfg(unix)]
#[must_use]
pub fn is_sound(path: &Path) -> bool {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let Ok(file) = std::fs::metadata(path) else { return false };
    let others = if file.gid() == file.uid() { 0o002 } else { 0o022 };
    path.is_absolute() && file.is_file() && file.permissions().mode() & others == 0 && {
        let us = rustix::process::geteuid().as_raw();
        [0, us].contains(&file.uid())
    }
}

/// A regular file at a full path.
#[cfg(not(unix))]
#[must_use]
pub fn is_sound(path: &Path) -> bool {
    path.is_absolute() && path.is_file()
}
