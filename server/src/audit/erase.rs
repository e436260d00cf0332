//! Erasing what may no longer be kept. The chain goes on to verify: an event says what was erased, by
//! whom and when, and what is missing without one is tampering.

use super::key::Signer;
use super::{Actor, By, Erased, Event, chain, record, store};
use crate::clock::Time;
use crate::random::Random;
use crate::storage::{Db, Result};

/// How many places are looked at in one transaction: on SQLite others wait for it.
const STRIDE: i64 = 500;

/// Erases `what` of every event before a moment that has its place in the chain; of how many.
///
/// The event that says so gets its place first: whatever was erased when this is broken off is
/// accounted for, and the same again erases the rest.
pub async fn by_operator(
    db: &Db,
    signer: &Signer,
    (random, now): (Random, Time),
    (what, before): (Erased, Time),
) -> Result<u64> {
    let by = By { actor: Actor::Operator, random, now };
    let mut tx = db.write().await?;
    record(&mut tx, &by, None, &Event::AuditErased { what, before }).await?;
    tx.commit().await?;
    chain::all(db, signer, (random, now)).await?;
    let last = store::head(&mut db.read().await?).await?.map_or(0, |head| head.seq);
    let (mut seq, mut events) = (0, 0);
    while seq < last {
        let places = (seq, last.min(seq + STRIDE));
        let mut tx = db.write().await?;
        let personal = store::erase_personal(&mut tx, places, before).await?;
        events += match what {
            Erased::Personal => personal,
            Erased::Event => store::erase_events(&mut tx, places, before).await?,
        };
        tx.commit().await?;
        seq = places.1;
    }
    Ok(events)
}
