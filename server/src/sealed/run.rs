//! What the operator does to the ring: a new key for everything, and the end of an old one.

use super::{Error, Found, KeyId, Resealed, Result, Standing, places, reseal, standing};
use crate::app::App;
use crate::audit::{self, Actor, By, Event};
use std::time::Duration;

/// What a rotation did.
#[derive(Clone, Debug)]
pub(crate) struct Rotation {
    /// The key that seals.
    pub(crate) key: KeyId,
    /// Whether it began with this rotation, or with one that was ended before everything was sealed
    /// with it.
    pub(crate) begun: Begun,
    pub(crate) resealed: Resealed,
}

/// When a rotation was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Begun {
    Now,
    Before,
}

/// Has a new key seal, the prepared one where there is one, and seals everything anew with it. Where
/// an earlier rotation was not finished, it is, and no new key is made.
pub(crate) async fn rotate(app: &App) -> Result<Rotation> {
    let ring = &app.sealing;
    let newest = ring.sealing();
    let unfinished = named(app).await?.keys().any(|id| *id < newest);
    let (key, begun) = match unfinished {
        true => (newest, Begun::Before),
        false => (ring.renew(newest, app.random)?, Begun::Now),
    };
    if begun == Begun::Now {
        record(app, &Event::SealingKeyAdded { key }).await?;
    }
    let resealed = reseal(&app.db, ring, places::ALL, app.random).await?;
    record(app, &Event::SealedAnew { key, values: resealed.values }).await?;
    Ok(Rotation { key, begun, resealed })
}

/// Makes a key that seals nothing yet, to be copied to the other servers.
pub(crate) async fn prepare(app: &App) -> Result<Found> {
    let id = app.sealing.prepare(app.random)?;
    record(app, &Event::SealingKeyAdded { key: id }).await?;
    let files = app.sealing.files()?;
    Ok(files.into_iter().find(|found| found.id == id).expect("it was just made"))
}

/// How many values are sealed with each key.
pub(crate) async fn named(app: &App) -> Result<Standing> {
    Ok(standing(&app.db, places::ALL).await?)
}

/// Removes an old key. A back-up of the database that names it opens no more.
///
/// Errors: [`Error::Used`] for the key that seals, one that something is sealed with, and any while the
/// one that seals is so new that a request under way may yet seal with the old one.
pub(crate) async fn remove(app: &App, id: KeyId) -> Result<Option<Found>> {
    let Some(found) = app.sealing.files()?.into_iter().find(|found| found.id == id) else {
        return Ok(None);
    };
    let newest = app.sealing.sealing();
    let since = app.sealing.since(newest)?;
    let settled = app.clock.now() > since.after(SETTLING);
    if id >= newest || !settled || named(app).await?.contains_key(&id) {
        return Err(Error::Used(id));
    }
    app.sealing.remove(&found)?;
    record(app, &Event::SealingKeyRemoved { key: id }).await?;
    Ok(Some(found))
}

async fn record(app: &App, event: &Event) -> Result<()> {
    let by = By { actor: Actor::Operator, random: app.random, now: app.clock.now() };
    let mut tx = app.db.write().await?;
    audit::record(&mut tx, &by, None, event).await?;
    Ok(tx.commit().await?)
}

/// Longer than any request takes that may have sealed with the key before.
const SETTLING: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::testing;
    use crate::clock::Clock;
    use crate::login::tests::events;
    use crate::storage::testing::both;

    #[tokio::test]
    async fn each_step_of_a_change_of_keys_is_recorded() {
        both(async |db| {
            let data = tempfile::tempdir().unwrap();
            let app = testing::with(db, |config, _| config.data = data.path().to_owned());
            let first = app.sealing.sealing();
            let prepared = prepare(&app).await.unwrap();
            assert_eq!(app.sealing.sealing(), first, "it seals nothing yet");
            let rotation = rotate(&app).await.unwrap();
            assert_eq!((rotation.key, rotation.begun), (prepared.id, Begun::Now));
            let soon = remove(&app, first).await.unwrap_err();
            assert!(matches!(soon, Error::Used(key) if key == first), "{soon:?}");
            // The file of the key says since when it seals, by the machine's clock.
            let until = Clock::system().now().after(SETTLING * 2);
            app.clock.advance(until.since(app.clock.now()));
            let sealing = remove(&app, prepared.id).await.unwrap_err();
            assert!(matches!(sealing, Error::Used(key) if key == prepared.id), "{sealing:?}");
            assert_eq!(remove(&app, first).await.unwrap().map(|found| found.id), Some(first));
            assert!(remove(&app, first).await.unwrap().is_none(), "once");
            // Of one moment, in any order.
            let mut steps = events(&app, None).await;
            steps.sort();
            let added = ["sealing_key_added"; 2];
            assert_eq!(steps, [&["sealed_anew"], &added[..], &["sealing_key_removed"]].concat());
        })
        .await;
    }
}
