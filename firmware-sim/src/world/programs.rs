//! Finds the programs and libraries that a world needs, and names the package of a missing one.

use std::env;
use std::path::{Path, PathBuf};

use super::Error;

/// Where administrators' programs are, which an ordinary user's PATH leaves out.
const ADMINISTRATION: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// The reader driver's places on Debian, and on distributions with lib64.
const DRIVERS: [&str; 3] = [
    "/usr/lib/pcsc/drivers/serial/libifdvpcd.so",
    "/usr/lib64/pcsc/drivers/serial/libifdvpcd.so",
    "/usr/local/lib/pcsc/drivers/serial/libifdvpcd.so",
];

pub(super) fn pcscd() -> Result<PathBuf, Error> {
    program("pcscd", "pcscd")
}

pub(super) fn unshare() -> Result<PathBuf, Error> {
    program("unshare", "util-linux")
}

pub(super) fn driver() -> Result<PathBuf, Error> {
    DRIVERS
        .iter()
        .map(PathBuf::from)
        .find(|path| path.is_file())
        .ok_or(Error::Missing { what: "libifdvpcd.so", package: "vsmartcard-vpcd" })
}

fn program(what: &'static str, package: &'static str) -> Result<PathBuf, Error> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path)
        .chain(ADMINISTRATION.iter().map(PathBuf::from))
        .map(|folder| folder.join(what))
        .find(|file| is_program(file))
        .ok_or(Error::Missing { what, package })
}

fn is_program(file: &Path) -> bool {
    file.is_file() && rustix::fs::access(file, rustix::fs::Access::EXEC_OK).is_ok()
}
