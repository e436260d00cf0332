//! The worker: gives the events that wait their places in the chain, in batches, and signs where each
//! batch ends.
//!
//! A batch is one transaction, which locks where the chain ends: a server that dies in it leaves the chain
//! as it was, and two servers never give the same place. The lease only saves them from waiting for
//! each other. Places follow the moment at which events were seen, for two that commit in one order may
//! bear times of the other; within a batch they follow time and id.

use super::checkpoint::Checkpoint;
use super::digest::Digest;
use super::entry::{Link, beginning};
use super::key::Signer;
use super::store::{self, Head};
use crate::clock::Time;
use crate::id::{ChainId, EventId};
use crate::random::Random;
use crate::storage::{Db, Result, Tx};
use std::time::Duration;

/// How often a server looks for events that wait.
pub const PAUSE: Duration = Duration::from_secs(5);
/// How long a server that is gone keeps the chain from others.
const LEASE: Duration = Duration::from_secs(15);
/// How many events at most get their places in one transaction: on SQLite others wait for it.
const BATCH: usize = 128;

/// What a server that goes on with the chain is known by.
#[derive(Debug)]
pub struct Worker {
    holder: String,
}

/// What came of looking for events that wait.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// None does.
    Idle,
    /// Another server has the chain.
    Held,
    /// These got their places.
    Placed {
        /// How many.
        events: usize,
        /// Whether more may wait.
        more: bool,
    },
}

impl Worker {
    /// A worker of this process.
    pub fn new(random: Random) -> Self {
        Self { holder: EventId::random(random).to_string() }
    }

    /// Gives the next events that wait their places.
    pub async fn batch(&self, db: &Db, signer: &Signer, by: (Random, Time)) -> Result<Outcome> {
        match store::is_waiting(&mut db.read().await?).await? {
            true => self.place(db, signer, by).await,
            false => Ok(Outcome::Idle),
        }
    }

    /// The same, where some may wait.
    pub(super) async fn place(
        &self,
        db: &Db,
        signer: &Signer,
        (random, now): (Random, Time),
    ) -> Result<Outcome> {
        let mut tx = db.write().await?;
        let Some(head) = self.take(&mut tx, random, now).await? else { return Ok(Outcome::Held) };
        let events = place(&mut tx, &head, signer, now).await?;
        tx.commit().await?;
        match events {
            0 => Ok(Outcome::Idle),
            events => Ok(Outcome::Placed { events, more: events == BATCH }),
        }
    }

    /// Gives every event that waits its place, and lets the chain go.
    pub async fn finish(&self, db: &Db, signer: &Signer, by: (Random, Time)) -> Result<()> {
        all(db, signer, by).await?;
        let mut tx = db.write().await?;
        store::release(&mut tx, &self.holder).await?;
        tx.commit().await
    }

    async fn take(&self, tx: &mut Tx, random: Random, now: Time) -> Result<Option<Head>> {
        let until = now.after(LEASE);
        if let Some(head) = store::take(tx, &self.holder, now, until).await? {
            return Ok(Some(head));
        }
        begin(tx, random).await?;
        store::take(tx, &self.holder, now, until).await
    }
}

/// Gives every event that waits its place at once, whoever has the chain.
pub(super) async fn all(db: &Db, signer: &Signer, (random, now): (Random, Time)) -> Result<()> {
    while store::is_waiting(&mut db.read().await?).await? {
        let mut tx = db.write().await?;
        begin(&mut tx, random).await?;
        let head = store::lock(&mut tx).await?;
        let events = place(&mut tx, &head, signer, now).await?;
        tx.commit().await?;
        if events < BATCH {
            break;
        }
    }
    Ok(())
}

/// Begins a chain where there is none.
async fn begin(tx: &mut Tx, random: Random) -> Result<()> {
    let chain = ChainId::random(random);
    let hash = beginning(&chain);
    store::begin(tx, &Head { chain, seq: 0, hash }).await
}

/// Links the events that wait to the head, and signs; how many.
async fn place(tx: &mut Tx, head: &Head, signer: &Signer, now: Time) -> Result<usize> {
    let most = i64::try_from(BATCH).expect("a batch is small");
    let rows = store::waiting(tx, most).await?;
    let (mut seq, mut hash): (i64, Digest) = (head.seq, head.hash);
    let mut links = Vec::with_capacity(rows.len());
    for row in &rows {
        let link = Link::after((seq, &hash), row);
        (seq, hash) = (link.seq, link.hash);
        links.push(link);
    }
    store::insert_links(tx, &links).await?;
    if !rows.is_empty() {
        let checkpoint = Checkpoint::sign(signer, &head.chain, (seq, &hash), now);
        store::insert_checkpoint(tx, &checkpoint).await?;
        store::advance(tx, seq, &hash).await?;
        store::placed(tx, head.seq).await?;
    }
    Ok(rows.len())
}
