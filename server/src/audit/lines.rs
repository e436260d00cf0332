//! An export: a file of JSON Lines that anybody can verify without the database (`docs/audit.md`).

use super::checkpoint::Checkpoint;
use super::digest::Digest;
use super::entry::{Link, Personal, Row};
use super::key::PublicKey;
use super::walk::{Entry, Erasures, Expected, Fault, Report, Scope, Walk, Wrong};
use crate::clock::Time;
use crate::id::{AccountId, ChainId};
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{BufRead, BufReader, Read as _, Write};
use std::path::Path;

/// One line of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Line {
    /// The first one: what this is.
    Export {
        /// The version of the form.
        version: u8,
        /// Which chain.
        chain: ChainId,
        /// By whose key its checkpoints are signed now.
        key: PublicKey,
        /// When it was made.
        at: Time,
        /// What was asked for, where that was not everything.
        chosen: Option<Chosen>,
    },
    /// An event at its place.
    Event {
        /// Its place.
        seq: i64,
        /// Its id.
        id: String,
        /// When it happened.
        at: i64,
        /// Whom it is about.
        account: Option<String>,
        /// What happened.
        event: String,
        /// What is personal in it, unless that was erased or never was.
        personal: Option<Personal>,
        /// The hash of the chain up to and with it.
        hash: Digest,
    },
    /// The place of an event that is not shown.
    Place {
        /// Its place.
        seq: i64,
        /// Its id.
        id: String,
        /// When it happened.
        at: i64,
        /// The hash of the event.
        leaf: Digest,
        /// The hash of the chain up to and with it.
        hash: Digest,
    },
    /// A signature over the chain up to here.
    Checkpoint(Checkpoint),
    /// The last one.
    End {
        /// The last place that was walked to.
        seq: i64,
        /// How many events were shown.
        events: i64,
    },
}

/// Which events an export shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    /// From this moment on.
    pub since: Option<Time>,
    /// Before this moment.
    pub until: Option<Time>,
    /// About this account only.
    pub account: Option<AccountId>,
}

/// Longest line that is read: an event of ours has some 2 kB.
const LONGEST: u64 = 1 << 20;
/// The version of the form.
pub(super) const VERSION: u8 = 1;

impl Line {
    /// Reads a line, without its end.
    pub fn read(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok()
    }

    /// Writes the line, with its end.
    pub(crate) fn write(&self, out: &mut impl Write) -> std::io::Result<()> {
        serde_json::to_writer(&mut *out, self)?;
        out.write_all(b"\n")
    }

    pub(super) fn of(entry: Entry) -> Self {
        match entry {
            Entry::Checkpoint(checkpoint) => Self::Checkpoint(checkpoint),
            Entry::Event(Link { seq, id, at, leaf, hash }, None) => {
                Self::Place { seq, id, at, leaf, hash }
            }
            Entry::Event(Link { seq, hash, .. }, Some(row)) => {
                let Row { id, at, account, event, personal } = row;
                Self::Event { seq, id, at, account, event, personal, hash }
            }
        }
    }

    /// The entry that a line is; nothing where it is the first or last one.
    fn entry(self) -> Option<Entry> {
        match self {
            Self::Event { seq, id, at, account, event, personal, hash } => {
                let row = Row { id, at, account, event, personal };
                let link = Link { seq, id: row.id.clone(), at, leaf: row.leaf(), hash };
                Some(Entry::Event(link, Some(row)))
            }
            Self::Place { seq, id, at, leaf, hash } => {
                Some(Entry::Event(Link { seq, id, at, leaf, hash }, None))
            }
            Self::Checkpoint(checkpoint) => Some(Entry::Checkpoint(checkpoint)),
            Self::Export { .. } | Self::End { .. } => None,
        }
    }
}

/// What was found of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The key that it names itself, where its first line could be read.
    pub key: Option<PublicKey>,
    /// Which events it shows, where not all.
    pub chosen: Option<Chosen>,
    /// Whether anything is wrong.
    pub outcome: Result<Report, Fault>,
}

/// Verifies the export at `path`. Checkpoints count that are signed by one of `keys`; where none is
/// given by that of the kept checkpoint; and where that is not given either by the key that the export
/// names itself, which says only that it is whole.
///
/// Errors: the file cannot be read.
pub fn verify(
    path: &Path,
    keys: &[PublicKey],
    kept: Option<&Checkpoint>,
) -> std::io::Result<Verdict> {
    let erasures = erasures(path)?;
    let mut lines = Lines::open(path)?;
    let Some(Line::Export { version: VERSION, chain, key, chosen, .. }) = lines.next()? else {
        let outcome = Err(lines.fault(Wrong::Line(1)));
        return Ok(Verdict { key: None, chosen: None, outcome });
    };
    let keys = match (keys, kept) {
        ([], None) => vec![key],
        ([], Some(kept)) => vec![kept.key],
        (keys, _) => keys.to_vec(),
    };
    let scope = if chosen.is_some() { Scope::Part } else { Scope::Whole };
    let expected = Expected { chain, scope, keys, kept: kept.cloned(), erasures };
    let outcome = match Walk::new(expected) {
        Ok(walk) => lines.walk(walk)?,
        Err(fault) => Err(fault),
    };
    Ok(Verdict { key: Some(key), chosen, outcome })
}

/// What the events of an export say that was erased. They are read first, because they stand after what
/// they explain; whether they are genuine, the walk tells.
fn erasures(path: &Path) -> std::io::Result<Erasures> {
    let mut lines = Lines::open(path)?;
    let mut erasures = Erasures::default();
    while let Some(line) = lines.next()? {
        if let Line::Event { seq, event, .. } = line {
            erasures.note(seq, &event);
        }
    }
    Ok(erasures)
}

/// The lines of an export, one at a time.
struct Lines {
    file: BufReader<File>,
    number: u64,
    line: Vec<u8>,
}

impl Lines {
    fn open(path: &Path) -> std::io::Result<Self> {
        Ok(Self { file: BufReader::new(File::open(path)?), number: 0, line: Vec::new() })
    }

    /// The next line; nothing where there is none, or none that can be read.
    fn next(&mut self) -> std::io::Result<Option<Line>> {
        self.line.clear();
        self.number += 1;
        let mut bounded = self.file.by_ref().take(LONGEST);
        bounded.read_until(b'\n', &mut self.line)?;
        Ok(self.line.strip_suffix(b"\n").and_then(Line::read))
    }

    /// Walks along the rest, to its last line.
    fn walk(&mut self, mut walk: Walk) -> std::io::Result<Result<Report, Fault>> {
        loop {
            let line = self.next()?;
            if self.line.is_empty() {
                return Ok(Err(self.fault(Wrong::Short)));
            }
            let stepped = match line {
                Some(Line::End { seq, events }) => return self.end(walk, (seq, events)),
                Some(line) => line.entry().map(|entry| walk.step(&entry)),
                None => None,
            };
            match stepped {
                Some(Ok(())) => {}
                Some(Err(fault)) => return Ok(Err(fault)),
                None => return Ok(Err(self.fault(Wrong::Line(self.number)))),
            }
        }
    }

    /// The last line says where it should end, and nothing comes after it.
    fn end(&mut self, walk: Walk, said: (i64, i64)) -> std::io::Result<Result<Report, Fault>> {
        let seq = walk.seq();
        let report = match walk.end() {
            Ok(report) => report,
            Err(fault) => return Ok(Err(fault)),
        };
        if (seq, report.events) != said {
            return Ok(Err(self.fault(Wrong::Line(self.number))));
        }
        self.next()?;
        let ends = self.line.is_empty();
        Ok(if ends { Ok(report) } else { Err(self.fault(Wrong::Line(self.number))) })
    }

    const fn fault(&self, what: Wrong) -> Fault {
        Fault { seq: None, id: None, what }
    }
}
