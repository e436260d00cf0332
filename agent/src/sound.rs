//! Which files may be trusted to run or to rule this program: those that nobody else can write.

use std::fs::Metadata;
use std::path::Path;

/// A regular file at a full path that nobody but its owner can write, the owner being root or us.
#[must_use]
pub fn is_sound(path: &Path) -> bool {
    let sound = |file: Metadata| file.is_file() && is_ours(&file);
    path.is_absolute() && std::fs::metadata(path).is_ok_and(sound)
}

/// What only its owner can write, the owner being root or us.
///
/// The group may write too where it is the owner's own, as many systems make one for each person.
#[cfg(unix)]
#[must_use]
pub fn is_ours(file: &Metadata) -> bool {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    let others = if file.gid() == file.uid() { 0o002 } else { 0o022 };
    let us = rustix::process::geteuid().as_raw();
    file.permissions().mode() & others == 0 && [0, us].contains(&file.uid())
}

/// Anything: such a system has no owner and mode.
#[cfg(not(unix))]
#[must_use]
pub fn is_ours(_file: &Metadata) -> bool {
    true
}
