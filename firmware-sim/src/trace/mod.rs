//! Traces: everything that reached a device and everything it answered, with the device's own time.
//!
//! A trace is a text of lines, each a JSON object. The first says which device it was; it has all that
//! makes the same device again:
//!
//! ```json
//! {"trace":"firmware-sim","version":1,"key":"fido2","seed":7,"presence":"auto","date_ms":1800000000000}
//! ```
//!
//! `key` is the profile, with its PIN where one was given, `date_ms` the time since 1970 with which the
//! key was made. Every further line is something that happened, in its order:
//!
//! ```json
//! {"at_ns":1250000,"is":"report","bytes":"ffffffff860008…"}
//! ```
//!
//! `at_ns` is the time since the device's origin; `is` is one of [`Kind`]; `bytes`, in hex, is there for
//! those that carry some, and has 64 bytes for `report` and `answer`.

pub mod diff;
pub mod pcapng;
pub mod record;
pub mod replay;

use std::io::{self, BufRead};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use wire::ctaphid::REPORT;

use crate::device::Time;

/// The version of this format.
const VERSION: u32 = 1;

/// Which device it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    trace: Format,
    version: u32,
    /// The profile, `NAME` or `NAME:PIN`.
    pub key: String,
    /// The seed of the command line.
    pub seed: u64,
    /// What the person did when asked for a touch.
    pub presence: String,
    /// The time since 1970 with which the key was made.
    pub date_ms: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Format {
    #[serde(rename = "firmware-sim")]
    FirmwareSim,
}

impl Header {
    /// The header of a key; `date` is the time since 1970.
    #[must_use]
    pub fn new(key: &str, seed: u64, presence: &str, date: Duration) -> Self {
        Self {
            trace: Format::FirmwareSim,
            version: VERSION,
            key: key.to_owned(),
            seed,
            presence: presence.to_owned(),
            date_ms: u64::try_from(date.as_millis()).unwrap_or(u64::MAX),
        }
    }
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Power was cut and came back.
    Power,
    /// Time alone went on, to when the device had asked for it.
    Tick,
    /// A report came from a host.
    Report,
    /// A report of the device for a host.
    Answer,
    /// A reader gave power or a reset.
    Reset,
    /// A C-APDU came from a reader.
    Command,
    /// The R-APDU that answers it.
    Response,
}

impl Kind {
    /// True for what the device was given, false for what it gave.
    #[must_use]
    pub fn is_given(self) -> bool {
        match self {
            Self::Power | Self::Tick | Self::Report | Self::Reset | Self::Command => true,
            Self::Answer | Self::Response => false,
        }
    }
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// When, since the device's origin.
    pub at: Time,
    /// What.
    pub kind: Kind,
    /// What was carried.
    pub bytes: Vec<u8>,
}

/// An entry as it stands in its line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    at_ns: u64,
    is: Kind,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    bytes: String,
}

/// A whole trace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trace {
    /// Which device it was.
    pub header: Header,
    /// What happened, in its order.
    pub entries: Vec<Entry>,
}

/// Why a text is no trace.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file could not be read.
    #[error("it could not be read")]
    Read(#[from] io::Error),
    /// There is no first line, or it is no header.
    #[error("its first line is no header of a trace: 'firmware-sim serve --record' writes one")]
    Header,
    /// The version is another.
    #[error("it has version {0}, this firmware-sim reads {VERSION}: use the one that recorded it")]
    Version(u32),
    /// A line is no entry.
    #[error("line {0} is no entry of a trace: {1}")]
    Line(usize, String),
}

impl Entry {
    fn write(&self) -> String {
        let at_ns = u64::try_from(self.at.as_nanos()).unwrap_or(u64::MAX);
        let line = Line { at_ns, is: self.kind, bytes: hex::encode(&self.bytes) };
        serde_json::to_string(&line).expect("numbers and texts are JSON")
    }

    fn read(line: &str) -> Result<Self, String> {
        let Line { at_ns, is, bytes } =
            serde_json::from_str(line).map_err(|error| error.to_string())?;
        let bytes = hex::decode(bytes).map_err(|error| error.to_string())?;
        let fits = match is {
            Kind::Report | Kind::Answer => bytes.len() == REPORT,
            Kind::Power | Kind::Tick | Kind::Reset => bytes.is_empty(),
            Kind::Command | Kind::Response => true,
        };
        if !fits {
            return Err(format!("{} bytes are not those of this kind", bytes.len()));
        }
        Ok(Self { at: Duration::from_nanos(at_ns), kind: is, bytes })
    }
}

impl Trace {
    /// Reads a trace.
    ///
    /// Errors: [`Error`].
    pub fn read(text: impl BufRead) -> Result<Self, Error> {
        let mut lines = text.lines();
        let first = lines.next().ok_or(Error::Header)??;
        let header: Header = serde_json::from_str(&first).map_err(|_| Error::Header)?;
        if header.version != VERSION {
            return Err(Error::Version(header.version));
        }
        let mut entries = Vec::new();
        for (number, line) in (2..).zip(lines) {
            entries.push(Entry::read(&line?).map_err(|why| Error::Line(number, why))?);
        }
        Ok(Self { header, entries })
    }
}

#[cfg(test)]
mod tests;
