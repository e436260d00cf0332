//! The chain in the database, read from its beginning to its end in pages: verified, or written out.

use super::checkpoint::Checkpoint;
use super::entry::Link;
use super::key::PublicKey;
use super::lines::{Chosen, Line, VERSION};
use super::store::{self, Head, Stored};
use super::walk::{Entry, Erasures, Expected, Fault, Report, Scope, Walk, Wrong};
use crate::clock::Time;
use crate::storage::{self, Db, Tx};
use std::io::Write;

/// How many places are read at a time.
const PAGE: i64 = 1_000;
/// How many places are looked at at a time for events that say what was erased.
const STRIDE: i64 = 100_000;
/// How many places between two checkpoints are kept before they are written all the same.
const LONGEST: usize = 10_000;

/// Events that have no place yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// How many.
    pub events: i64,
    /// When the first of them happened.
    pub since: Option<Time>,
}

/// Why no export was made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The export cannot be written.
    #[error("the export cannot be written")]
    Write(#[from] std::io::Error),
    /// A place in the database cannot be read.
    #[error("place {seq} of the audit chain cannot be read: see 'sleutelbos audit verify'")]
    Damaged {
        /// Which.
        seq: i64,
    },
    /// Nothing has a place in the chain yet.
    #[error("no event has a place in the audit chain yet: 'sleutelbos serve' gives them one")]
    Empty,
}

/// Verifies the chain in the database against `keys` and a checkpoint that was kept elsewhere.
///
/// Errors: the database failed; what is wrong with the chain is an answer.
pub async fn verify(
    db: &Db,
    keys: Vec<PublicKey>,
    kept: Option<Checkpoint>,
) -> storage::Result<(Result<Report, Fault>, Backlog)> {
    let mut tx = db.snapshot().await?;
    let (events, since) = store::backlog(&mut tx).await?;
    let backlog = Backlog { events, since: since.map(Time::from_millis) };
    Ok((walk(&mut tx, keys, kept).await?, backlog))
}

async fn walk(
    tx: &mut Tx,
    keys: Vec<PublicKey>,
    kept: Option<Checkpoint>,
) -> storage::Result<Result<Report, Fault>> {
    let head = match store::head(tx).await {
        Ok(Some(head)) => head,
        Ok(None) => return unbegun(tx, kept).await,
        Err(storage::Error::Inconsistent { .. }) => {
            return Ok(Err(Fault { seq: None, id: None, what: Wrong::Head }));
        }
        Err(error) => return Err(error),
    };
    let erasures = erasures(tx, head.seq).await?;
    let (chain, scope) = (head.chain.clone(), Scope::Whole);
    let walked = Walk::new(Expected { chain, scope, keys, kept, erasures });
    let mut walk = match walked {
        Ok(walk) => walk,
        Err(fault) => return Ok(Err(fault)),
    };
    let mut pages = Pages::default();
    while let Some(page) = pages.next(tx).await? {
        for entry in page {
            if let Err(fault) = entry.and_then(|entry| walk.step(&entry)) {
                return Ok(Err(fault));
            }
        }
    }
    if (walk.seq(), *walk.hash()) != (head.seq, head.hash) {
        let what = Wrong::End { said: head.seq };
        return Ok(Err(Fault { seq: Some(walk.seq()), id: None, what }));
    }
    if let Some(fault) = loose(tx).await? {
        return Ok(Err(fault));
    }
    Ok(walk.end())
}

/// There is no chain: then nothing of one may be there.
async fn unbegun(tx: &mut Tx, kept: Option<Checkpoint>) -> storage::Result<Result<Report, Fault>> {
    let end = Fault { seq: None, id: None, what: Wrong::End { said: 0 } };
    if let Some(kept) = kept {
        return Ok(Err(Fault { what: Wrong::CutOff { kept: kept.seq }, ..end }));
    }
    if Pages::default().next(tx).await?.is_some() {
        return Ok(Err(end));
    }
    Ok(loose(tx).await?.map_or_else(|| Ok(Report::default()), Err))
}

/// The first event beside the chain that should not be there, or should.
async fn loose(tx: &mut Tx) -> storage::Result<Option<Fault>> {
    if let Some(id) = store::stray(tx).await? {
        return Ok(Some(Fault { seq: None, id: Some(id), what: Wrong::Stray }));
    }
    let vanished = store::vanished(tx).await?;
    Ok(vanished.map(|id| Fault { seq: None, id: Some(id), what: Wrong::Vanished }))
}

/// What the events of the chain say that was erased.
async fn erasures(tx: &mut Tx, last: i64) -> storage::Result<Erasures> {
    let mut erasures = Erasures::default();
    let mut seq = 0;
    while seq < last {
        let until = seq.saturating_add(STRIDE);
        for (seq, event) in store::erasures(tx, seq, until).await? {
            erasures.note(seq, &event);
        }
        seq = until;
    }
    Ok(erasures)
}

/// The entries of the chain, a page at a time: each place, and the checkpoint there.
#[derive(Default)]
struct Pages {
    seq: i64,
    done: bool,
}

impl Pages {
    async fn next(&mut self, tx: &mut Tx) -> storage::Result<Option<Vec<Result<Entry, Fault>>>> {
        if self.done {
            return Ok(None);
        }
        let links = store::links(tx, self.seq, PAGE).await?;
        // After the last place there may be checkpoints of places that are gone.
        let last = links.last().map_or(i64::MAX, |link| link.seq);
        self.done = links.is_empty();
        let checkpoints = store::checkpoints(tx, self.seq, last).await?;
        self.seq = last;
        let mut checkpoints = checkpoints.into_iter().peekable();
        let mut page = Vec::with_capacity(links.len());
        for link in links {
            let seq = link.seq;
            while let Some((at, found)) = checkpoints.next_if(|(at, _)| *at < seq) {
                page.push(checkpoint(at, found));
            }
            page.push(event(link));
            while let Some((at, found)) = checkpoints.next_if(|(at, _)| *at == seq) {
                page.push(checkpoint(at, found));
            }
        }
        page.extend(checkpoints.map(|(at, found)| checkpoint(at, found)));
        Ok(if page.is_empty() { None } else { Some(page) })
    }
}

fn event(stored: Stored) -> Result<Entry, Fault> {
    let Stored { seq, id, at, leaf, hash, row } = stored;
    match leaf.zip(hash) {
        Some((leaf, hash)) => Ok(Entry::Event(Link { seq, id, at, leaf, hash }, row)),
        None => Err(Fault { seq: Some(seq), id: Some(id), what: Wrong::Moved }),
    }
}

fn checkpoint(seq: i64, found: Option<Checkpoint>) -> Result<Entry, Fault> {
    let fault = Fault { seq: Some(seq), id: None, what: Wrong::Unsigned };
    found.map(Entry::Checkpoint).ok_or(fault)
}

/// The last checkpoint, to be kept elsewhere; nothing where there is none.
pub async fn last_checkpoint(db: &Db) -> storage::Result<Option<Checkpoint>> {
    let mut tx = db.read().await?;
    let last = store::last_checkpoint(&mut tx).await?;
    let found = store::checkpoints(&mut tx, last - 1, last).await?;
    Ok(found.into_iter().next().and_then(|(_, checkpoint)| checkpoint))
}

/// Writes the events of the chain that were chosen, or all of them, with all that is needed to verify
/// them; how many still wait for a place and are not in it.
pub async fn export(
    db: &Db,
    (key, at): (PublicKey, Time),
    chosen: Option<Chosen>,
    out: &mut impl Write,
) -> Result<Backlog, Error> {
    let mut tx = db.snapshot().await?;
    let (events, since) = store::backlog(&mut tx).await?;
    let Some(Head { chain, .. }) = store::head(&mut tx).await? else { return Err(Error::Empty) };
    let header = Line::Export { version: VERSION, chain, key, at, chosen: chosen.clone() };
    header.write(out)?;
    let mut writer = Writer { chosen, ..Writer::new() };
    let mut pages = Pages::default();
    while let Some(page) = pages.next(&mut tx).await? {
        for entry in page {
            let damaged = |fault: Fault| Error::Damaged { seq: fault.seq.unwrap_or_default() };
            writer.take(entry.map_err(damaged)?, out)?;
        }
    }
    writer.end(out)?;
    Ok(Backlog { events, since: since.map(Time::from_millis) })
}

/// Writes the entries of a chain; of a chosen part those places that stand between the same two
/// checkpoints as an event that was chosen.
struct Writer {
    chosen: Option<Chosen>,
    /// The last checkpoint, as long as it was not written.
    before: Option<Checkpoint>,
    /// What follows it, as long as nothing in it was chosen.
    held: Vec<Entry>,
    /// Whether something was chosen since the last checkpoint.
    found: bool,
    seq: i64,
    events: i64,
}

impl Writer {
    const fn new() -> Self {
        let held = Vec::new();
        Self { chosen: None, before: None, held, found: false, seq: 0, events: 0 }
    }

    fn take(&mut self, entry: Entry, out: &mut impl Write) -> std::io::Result<()> {
        let Some(chosen) = &self.chosen else { return self.put(entry, out) };
        match entry {
            Entry::Event(link, row) => {
                let row = row.filter(|row| chosen.shows(row));
                self.found |= row.is_some() || self.held.len() >= LONGEST;
                self.held.push(Entry::Event(link, row));
                if self.found { self.pour(out) } else { Ok(()) }
            }
            Entry::Checkpoint(checkpoint) => {
                let wanted = std::mem::take(&mut self.found);
                self.held.clear();
                if wanted {
                    self.before = None;
                    return self.put(Entry::Checkpoint(checkpoint), out);
                }
                self.before = Some(checkpoint);
                Ok(())
            }
        }
    }

    /// Writes what was held back.
    fn pour(&mut self, out: &mut impl Write) -> std::io::Result<()> {
        if let Some(before) = self.before.take() {
            self.put(Entry::Checkpoint(before), out)?;
        }
        for entry in std::mem::take(&mut self.held) {
            self.put(entry, out)?;
        }
        Ok(())
    }

    fn put(&mut self, entry: Entry, out: &mut impl Write) -> std::io::Result<()> {
        match &entry {
            Entry::Event(link, row) => {
                self.seq = link.seq;
                self.events += i64::from(row.is_some());
            }
            Entry::Checkpoint(checkpoint) => self.seq = checkpoint.seq,
        }
        Line::of(entry).write(out)
    }

    fn end(self, out: &mut impl Write) -> std::io::Result<()> {
        Line::End { seq: self.seq, events: self.events }.write(out)?;
        out.flush()
    }
}

impl Chosen {
    /// Whether an event is shown. One that says what was erased always is: it explains what is missing.
    fn shows(&self, row: &super::entry::Row) -> bool {
        let inside = self.since.is_none_or(|since| row.at >= since.millis())
            && self.until.is_none_or(|until| row.at < until.millis());
        let about =
            self.account.as_ref().is_none_or(|id| row.account.as_deref() == Some(id.as_str()));
        (inside && about) || Erasures::default().note(0, &row.event)
    }
}
