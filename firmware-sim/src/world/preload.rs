//! What the programs of a world preload to see its USB bus.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::Path;

use super::Error;

/// The library that shows a testbed, by the name under which the loader finds it.
const LIBRARY: &str = "libumockdev-preload.so.0";

/// Where the loader looks on Debian's architectures, and on distributions with lib64.
const FOLDERS: [&str; 5] =
    ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib"];

/// Lets programs with threads fork under that library (docs/adr/0032-forks-under-libumockdev.md).
const AFTER_FORK: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/after_fork.so"));

/// A value of `LD_PRELOAD`: libumockdev's library, which must be installed, our own, which is written
/// to `folder`, and what the caller preloads already.
///
/// Errors: [`Error::Missing`], and [`Error::System`] where `folder` cannot be written to.
pub(super) fn list(folder: &Path) -> Result<OsString, Error> {
    if !FOLDERS.iter().any(|folder| Path::new(folder).join(LIBRARY).is_file()) {
        return Err(Error::Missing { what: LIBRARY, package: "umockdev" });
    }
    let own = folder.join("after_fork.so");
    fs::write(&own, AFTER_FORK).map_err(Error::at("writing the library for forks"))?;
    let before = env::var_os("LD_PRELOAD").filter(|before| !before.is_empty());
    let all = [Some(LIBRARY.into()), Some(own.into_os_string()), before];
    let all: Vec<OsString> = all.into_iter().flatten().collect();
    Ok(all.join(":".as_ref()))
}
