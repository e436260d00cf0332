//! Verifying, purely: entry after entry along the chain, to the end or to the first one that is not
//! what was chained.

use super::Erased;
use super::checkpoint::Checkpoint;
use super::digest::Digest;
use super::entry::{Link, Row, beginning};
use super::key::PublicKey;
use crate::id::{AccountId, ChainId, EventId};

/// What comes next along the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// A place, and the event there, as far as it is there.
    Event(Link, Option<Row>),
    /// A signature over the chain up to the place before.
    Checkpoint(Checkpoint),
}

/// How much of a chain is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All of it.
    Whole,
    /// Some of it: events may be left out, and places between two checkpoints.
    Part,
}

/// What the chain should be.
#[derive(Clone, Debug)]
pub struct Expected {
    /// Which chain.
    pub chain: ChainId,
    /// How much of it is shown.
    pub scope: Scope,
    /// Whose checkpoints count.
    pub keys: Vec<PublicKey>,
    /// A checkpoint that was kept elsewhere.
    pub kept: Option<Checkpoint>,
    /// What was erased, as the events of the chain say themselves.
    pub erasures: Erasures,
}

/// What the events of a chain say that was erased.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erasures(Vec<(i64, Erased, i64)>);

/// What is read of an event to verify it.
#[derive(Default, serde::Deserialize)]
struct Said {
    #[serde(default)]
    event: String,
    personal: Option<Digest>,
    what: Option<Erased>,
    before: Option<i64>,
}

impl Said {
    /// What `event` says; nothing where it is no event of ours, which its hash then tells.
    fn read(event: &str) -> Self {
        serde_json::from_str(event).unwrap_or_default()
    }
}

impl Erasures {
    /// Notes the event at this place, if it says that something was erased; whether it does.
    pub(super) fn note(&mut self, seq: i64, event: &str) -> bool {
        let said = Said::read(event);
        let Some((what, before)) = said.what.zip(said.before) else { return false };
        let erases = said.event == "audit_erased";
        if erases {
            self.0.push((seq, what, before));
        }
        erases
    }

    /// Whether a later event says that this was erased of the event at this place and time.
    fn explain(&self, what: Erased, seq: i64, at: i64) -> bool {
        self.0.iter().any(|&(later, erased, before)| {
            later > seq && at < before && (erased == what || erased == Erased::Event)
        })
    }
}

/// What is wrong, and with which event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Its place in the chain, where it has or had one.
    pub seq: Option<i64>,
    /// Its id, where that is known.
    pub id: Option<String>,
    /// What is wrong.
    pub what: Wrong,
}

/// What can be wrong with a chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wrong {
    /// The event is not what was chained.
    Changed,
    /// The event is gone, and no event says that it was erased.
    Gone,
    /// What is personal in the event is not what was chained.
    PersonalChanged,
    /// What is personal in the event is gone, and no event says that it was erased.
    PersonalGone,
    /// The place is missing; the next one that is there is this one, if any is.
    Missing {
        /// The place that is there instead.
        next: Option<i64>,
    },
    /// The hash does not follow from the place before: this event or its place was changed.
    Moved,
    /// A checkpoint cannot be read, or its key did not sign it.
    Unsigned,
    /// A checkpoint is signed by a key that does not count.
    OtherKey(PublicKey),
    /// A checkpoint is one of another chain.
    OtherChain,
    /// A checkpoint says another hash: events before it were replaced, since the one before.
    Replaced,
    /// The events after the last checkpoint are signed by nobody.
    Unsealed,
    /// The database says that the chain ends elsewhere.
    End {
        /// Where it says so.
        said: i64,
    },
    /// What the database says of where the chain ends cannot be read.
    Head,
    /// The kept checkpoint is of another chain, or nobody whose key counts signed it.
    KeptForeign,
    /// The chain ends before the kept checkpoint.
    CutOff {
        /// How many events there were.
        kept: i64,
    },
    /// The chain has another hash at the kept checkpoint: it was made anew, that event or one before.
    Remade,
    /// An event stands outside the chain, and does not wait for a place in it.
    Stray,
    /// An event that waited for a place in the chain is gone.
    Vanished,
    /// An export cannot be read at this line.
    Line(u64),
    /// An export ends before its end.
    Short,
}

/// What was found of a chain in which nothing is wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many events were shown and verified.
    pub events: i64,
    /// How many were left out of an export.
    pub left_out: i64,
    /// Of how many what is personal was erased.
    pub erased_personal: i64,
    /// How many were erased whole.
    pub erased_events: i64,
    /// The last checkpoint, if there is any.
    pub last: Option<Checkpoint>,
    /// Whether the kept checkpoint was compared; nothing where none was given.
    pub kept: Option<bool>,
}

/// Somebody who goes along a chain.
#[derive(Debug)]
pub struct Walk {
    expected: Expected,
    seq: i64,
    hash: Digest,
    /// Whether a checkpoint stands here, or the beginning.
    sealed: bool,
    report: Report,
}

impl Walk {
    /// At the beginning of the chain.
    ///
    /// Errors: [`Wrong::KeptForeign`].
    pub fn new(expected: Expected) -> Result<Self, Fault> {
        let hash = beginning(&expected.chain);
        if let Some(kept) = &expected.kept {
            let known = kept.chain == expected.chain && expected.keys.contains(&kept.key);
            if !known || !kept.is_signed() {
                return Err(Fault { seq: None, id: None, what: Wrong::KeptForeign });
            }
        }
        let kept = expected.kept.as_ref().map(|kept| kept.seq == 0);
        let report = Report { kept, ..Report::default() };
        Ok(Self { expected, seq: 0, hash, sealed: true, report })
    }

    /// Where the walk has come.
    pub const fn seq(&self) -> i64 {
        self.seq
    }

    /// The hash of the chain there.
    pub const fn hash(&self) -> &Digest {
        &self.hash
    }

    /// Goes on to this entry.
    ///
    /// Errors: what is wrong with it, and then nothing can be said of what follows.
    pub fn step(&mut self, entry: &Entry) -> Result<(), Fault> {
        match entry {
            Entry::Event(link, row) => self.event(link, row.as_ref()),
            Entry::Checkpoint(checkpoint) => self.checkpoint(checkpoint).map_err(|what| {
                let missing = matches!(what, Wrong::Missing { .. });
                let seq = if missing { self.seq + 1 } else { checkpoint.seq };
                self.fault(seq, None, what)
            }),
        }
    }

    /// The end of what there is.
    ///
    /// Errors: what is wrong with where it ends.
    pub fn end(self) -> Result<Report, Fault> {
        if !self.sealed {
            return Err(self.fault(self.seq, None, Wrong::Unsealed));
        }
        match &self.expected.kept {
            Some(kept) if kept.seq > self.seq && self.expected.scope == Scope::Whole => {
                Err(self.fault(self.seq, None, Wrong::CutOff { kept: kept.seq }))
            }
            Some(_) | None => Ok(self.report),
        }
    }

    fn event(&mut self, link: &Link, row: Option<&Row>) -> Result<(), Fault> {
        let id = Some(link.id.as_str());
        if link.seq != self.seq + 1 {
            let next = Some(link.seq);
            return Err(self.fault(self.seq + 1, None, Wrong::Missing { next }));
        }
        if row.is_some_and(|row| !is_chained(row, link)) {
            return Err(self.fault(link.seq, id, Wrong::Changed));
        }
        if !link.follows(&self.hash) {
            return Err(self.fault(link.seq, id, Wrong::Moved));
        }
        match row {
            Some(row) => {
                self.personal(link, row).map_err(|what| self.fault(link.seq, id, what))?;
                self.report.events += 1;
            }
            None if self.expected.erasures.explain(Erased::Event, link.seq, link.at) => {
                self.report.erased_events += 1;
            }
            None if self.expected.scope == Scope::Part => self.report.left_out += 1,
            None => return Err(self.fault(link.seq, id, Wrong::Gone)),
        }
        (self.seq, self.hash, self.sealed) = (link.seq, link.hash, false);
        self.compare().map_err(|what| self.fault(link.seq, id, what))
    }

    fn personal(&mut self, link: &Link, row: &Row) -> Result<(), Wrong> {
        match (Said::read(&row.event).personal, &row.personal) {
            (None, None) => Ok(()),
            (Some(commitment), Some(personal)) if personal.commitment() == commitment => Ok(()),
            (_, Some(_)) => Err(Wrong::PersonalChanged),
            (Some(_), None) => {
                if !self.expected.erasures.explain(Erased::Personal, link.seq, link.at) {
                    return Err(Wrong::PersonalGone);
                }
                self.report.erased_personal += 1;
                Ok(())
            }
        }
    }

    fn checkpoint(&mut self, checkpoint: &Checkpoint) -> Result<(), Wrong> {
        if checkpoint.chain != self.expected.chain {
            return Err(Wrong::OtherChain);
        }
        if !self.expected.keys.contains(&checkpoint.key) {
            return Err(Wrong::OtherKey(checkpoint.key));
        }
        if !checkpoint.is_signed() {
            return Err(Wrong::Unsigned);
        }
        if checkpoint.seq > self.seq && self.sealed && self.expected.scope == Scope::Part {
            self.report.left_out += checkpoint.seq - self.seq;
            (self.seq, self.hash) = (checkpoint.seq, checkpoint.hash);
        }
        if checkpoint.seq > self.seq {
            return Err(Wrong::Missing { next: None });
        }
        if (checkpoint.seq, checkpoint.hash) != (self.seq, self.hash) {
            return Err(Wrong::Replaced);
        }
        self.sealed = true;
        self.report.last = Some(checkpoint.clone());
        self.compare()
    }

    /// Compares with the kept checkpoint, where this is its place.
    fn compare(&mut self) -> Result<(), Wrong> {
        match &self.expected.kept {
            Some(kept) if kept.seq == self.seq => {
                self.report.kept = Some(true);
                if kept.hash == self.hash { Ok(()) } else { Err(Wrong::Remade) }
            }
            Some(_) | None => Ok(()),
        }
    }

    fn fault(&self, seq: i64, id: Option<&str>, what: Wrong) -> Fault {
        Fault { seq: Some(seq), id: id.map(str::to_owned), what }
    }
}

/// Whether the event is the one that the link names, and was written by us.
fn is_chained(row: &Row, link: &Link) -> bool {
    let ids = EventId::parse(&row.id).is_ok()
        && row.account.as_deref().is_none_or(|id| AccountId::parse(id).is_ok());
    ids && (&row.id, row.at) == (&link.id, link.at) && row.leaf() == link.leaf
}
