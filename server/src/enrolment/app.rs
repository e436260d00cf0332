//! Enrolling an authenticator app: its seed is shown, and counts once a code of it was typed.

use super::Error;
use super::run::{added, allowed, changed, drop_unproven, factor, owner, permitted};
use crate::app::App;
use crate::audit;
use crate::clock::Time;
use crate::factors::totp::store;
use crate::factors::totp::{Code, Seed};
use crate::factors::{self, Evidence, Factor, Kind};
use crate::id::SessionId;
use crate::sealed::{Record, Sealed, places};
use crate::sessions::Session;
use crate::storage::{self, Tx};
use std::time::Duration;

type Result<T, E = Error> = std::result::Result<T, E>;

/// What a code of a new app led to.
#[derive(Clone, Debug)]
pub enum Typed {
    /// The app is enrolled.
    Enrolled(Factor),
    /// It is no code of the seed that was shown, which stays.
    Wrong,
    /// The seed that was shown lapsed, or is enrolled: a new one is shown.
    Gone,
}

/// The seed to show in this session: the same one until a code of it was typed, or half an hour is over.
/// Nothing is enrolled by it.
pub async fn seed(app: &App, session: &Session) -> Result<Seed> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, _) = allowed(app, &mut tx, session, Kind::App, now).await?;
    permitted(&mut tx, &account.organisation, Kind::App).await?;
    if let Some((seed, _)) = shown(app, &mut tx, &session.id, now).await? {
        return Ok(seed);
    }
    let seed = Seed::random(app.random);
    let record = Record::new(places::TOTP_DRAFT, session.id.as_str());
    let sealed = app.sealing.seal(&record, seed.bytes(), app.random);
    store::put_draft(&mut tx, &session.id, &sealed, now.after(LIFE)).await?;
    tx.commit().await?;
    Ok(seed)
}

/// Enrols the app that made this code of the seed that was shown, under the name its owner gives it. The
/// code's step is spent. Every other session of the account ends.
///
/// Errors: as [`super::run::key`]; a wrong code is an answer.
pub async fn finish(app: &App, session: &Session, code: &Code, name: &str) -> Result<Typed> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, bound_at) = allowed(app, &mut tx, session, Kind::App, now).await?;
    permitted(&mut tx, &account.organisation, Kind::App).await?;
    let by = owner(app, session, now);
    let client = session.client.as_str();
    let Some((seed, draft)) = shown(app, &mut tx, &session.id, now).await? else {
        return Ok(Typed::Gone);
    };
    let Some(step) = seed.step(code, now, 0) else {
        let event =
            audit::Event::FactorRefused { kind: Some(Kind::App), reason: "wrong_code", card: None };
        audit::record(&mut tx, &by, Some(&account.id), &event).await?;
        tx.commit().await?;
        return Ok(Typed::Wrong);
    };
    if !store::take_draft(&mut tx, &session.id, &draft).await? {
        return Ok(Typed::Gone);
    }
    let kind = (Kind::App, Evidence::Code);
    let proven_at = Some(now);
    let factor = Factor { proven_at, ..factor(app, &account.id, kind, (name, bound_at), now) };
    if session.login.by_password_alone() {
        drop_unproven(app, &mut tx, &factor, (&by, client)).await?;
    }
    let record = Record::new(places::TOTP, factor.id.as_str());
    let sealed = app.sealing.seal(&record, seed.bytes(), app.random);
    factors::store::insert(&mut tx, &factor).await?;
    store::insert(&mut tx, &factor.id, &sealed, step).await?;
    added(app, &mut tx, &factor, None, (&by, client)).await?;
    changed(&mut tx, &account.id, Some(&session.id), &by).await?;
    tx.commit().await?;
    Ok(Typed::Enrolled(factor))
}

/// The seed that this session shows, and how it is stored.
async fn shown(
    app: &App,
    tx: &mut Tx,
    session: &SessionId,
    now: Time,
) -> Result<Option<(Seed, Sealed)>> {
    let Some(sealed) = store::draft(tx, session, now).await? else { return Ok(None) };
    let record = Record::new(places::TOTP_DRAFT, session.as_str());
    let bytes = app.sealing.unseal(&record, &sealed)?;
    let unknown = storage::Error::Inconsistent { table: "totp_draft", column: "seed" };
    Ok(Some((Seed::from_bytes(&bytes).ok_or(unknown)?, sealed)))
}

/// How long a seed is shown: long enough to install an app.
const LIFE: Duration = Duration::from_secs(30 * 60);
