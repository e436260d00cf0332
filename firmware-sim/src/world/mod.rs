//! Runs a program in a world of its own, with simulated keys and cards.
//!
//! The program's readers are the world's alone, also when there are none. Its hidraw nodes are the
//! world's alone where the world has a key on USB; else it sees the machine's.
//!
//! Three parts. The *guard* is what the user started: it makes the folder, passes signals on and
//! gives the exit code. The *world* holds the devices; the program and the private pcscd are its
//! children. Where the system allows it, the world is the first process of a namespace of process
//! ids, which a *door* opens for it: when the world ends, the kernel ends all others. Guard and
//! world notice each other's end, so that whichever is killed, the other ends every process and
//! removes the folder; when both are killed at once, the next start of a world by the same user
//! removes it. Where there is no such namespace, both are sub-reapers, and that next start also ends
//! what the program had started (docs/adr/0027-a-world-ends-as-one.md).

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;

use self::forbidden::Forbidden;
use crate::control::Device;
use crate::device::{Card, HidDevice};

mod again;
pub mod bench;
pub mod children;
mod door;
pub mod folder;
pub mod forbidden;
pub mod guard;
pub mod inside;
mod line;
mod loopback;
mod namespace;
mod orphans;
pub mod parts;
mod preload;
mod programs;
mod readers;
mod slots;
mod umockdev;
mod usb;
pub mod walls;
mod watch;

/// The devices of a world; each is there from the start and can be taken away and put back.
#[derive(Default)]
pub struct Devices {
    /// A security key on USB.
    pub key: Option<UsbKey>,
    /// A security key in the field of an NFC reader.
    pub nfc: Option<Box<dyn Card>>,
    /// A smartcard in a contact reader.
    pub card: Option<Box<dyn Card>>,
}

/// A security key on USB and what its maker calls it.
pub struct UsbKey {
    /// The key.
    pub device: Box<dyn HidDevice>,
    /// The product's name.
    pub product: String,
}

/// What runs in a world.
#[derive(Debug, Clone)]
pub struct Program {
    /// The program and its arguments.
    pub command: Vec<OsString>,
    /// Variables for the program alone, beyond those that every world sets.
    pub variables: Vec<(OsString, OsString)>,
}

/// Why a world could not be made, or a device not moved.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A program or library is not installed.
    #[error("{what} is missing: install the package {package}")]
    Missing {
        /// What was looked for.
        what: &'static str,
        /// Where Debian and Ubuntu have it.
        package: &'static str,
    },
    /// The system does not let this user make namespaces.
    #[error("{0}")]
    Namespaces(Forbidden),
    /// The folder for worlds belongs to somebody else, or others may enter it.
    #[error("{path} must be your own folder with mode 700: remove it, or point TMPDIR elsewhere")]
    Folder {
        /// The folder.
        path: PathBuf,
    },
    /// The folder for temporary files is missing, or nothing can be made in it.
    #[error("{path} cannot be used: point TMPDIR to a folder where you may write")]
    Temporary {
        /// The folder, or the one for worlds in it.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// pcscd takes no space, quotation mark or accent in a path.
    #[error("{path} has other characters than letters, digits and . _ -: point TMPDIR elsewhere")]
    Odd {
        /// The folder for temporary files.
        path: PathBuf,
    },
    /// A Unix socket's path holds at most 107 bytes.
    #[error("{path} is too long for the sockets below it: point TMPDIR to a shorter path")]
    TooLong {
        /// The world's folder.
        path: PathBuf,
    },
    /// pcscd did not start, or ended while it was needed.
    #[error("the private pcscd ended; the last it wrote: {log}")]
    Pcscd {
        /// The end of its log.
        log: String,
    },
    /// The private pcscd answered with an error.
    #[error("the private pcscd failed")]
    Service(#[from] pcsc::Error),
    /// The private pcscd did not see a change in time.
    #[error("the private pcscd did not see the card {change} in {seconds} s")]
    Unseen {
        /// `come` or `go`.
        change: &'static str,
        /// How long it was given.
        seconds: u64,
    },
    /// The program could not be started.
    #[error("cannot run {}", program.display())]
    Program {
        /// Its name as given.
        program: OsString,
        /// Why.
        source: io::Error,
    },
    /// No program was named.
    #[error("no program was named")]
    Empty,
    /// The device is not part of this world.
    #[error("this world has no {0}: start it with --{0}")]
    NoDevice(Device),
    /// Only what is there can be removed at an APDU.
    #[error("the {0} is not there: insert it first")]
    Absent(Device),
    /// A number of APDUs was given for a device that has none.
    #[error("a key on USB has no APDUs to count: leave out --at-apdu")]
    NoApdus,
    /// The key was lost when it could not be plugged in.
    #[error("the key was lost in an earlier failure: start a new world")]
    Lost,
    /// This process was started to play a part of a world.
    #[error("the program that starts worlds must call world::parts::play first in its main")]
    Unplayed,
    /// A step that depends on the system failed.
    #[error("{step} failed")]
    System {
        /// What was tried.
        step: &'static str,
        /// Why it failed.
        source: io::Error,
    },
}

impl Error {
    /// Names the step at which the system refused.
    pub(crate) fn at<E: Into<io::Error>>(step: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::System { step, source: source.into() }
    }
}
