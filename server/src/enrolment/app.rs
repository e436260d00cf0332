//! Enrolling an authenticator app: its seed is shown, and counts once a code of it was typed.

use super::run::{
    added, allowed, changed, drop_unproven, factor, follows, let_in, may_begin, owner, permitted,
};
use super::{Error, wizard};
use crate::app::App;
use crate::audit::{self, By};
use crate::clock::Time;
use crate::factors::totp::store;
use crate::factors::totp::{Code, Seed};
use crate::factors::{self, Evidence, Factor, Kind};
use crate::id::{AccountId, SessionId};
use crate::lockout::codes::{self, Admission};
use crate::login::barred;
use crate::reset;
use crate::sealed::{Record, Sealed, places};
use crate::secret::Token;
use crate::sessions::{Session, Way};
use crate::storage::{self, Tx};
use std::time::Duration;

type Result<T, E = Error> = std::result::Result<T, E>;

/// What a code of a new app led to.
#[derive(Clone, Debug)]
pub enum Typed {
    /// The app is enrolled. Where it was enrolled by who had given only a password, password and code are two
    /// factors: a session of its own lets into all of the account, and takes the place of that visit.
    Enrolled {
        /// The app.
        factor: Factor,
        /// Opens that session.
        raised: Option<Token>,
    },
    /// It is no code of the seed that was shown, which stays; so many more may be tried in this session.
    Wrong {
        /// One or more.
        left: u32,
    },
    /// The seed that was shown lapsed, or is enrolled: a new one is shown.
    Gone,
}

/// The seed to show in this session: the same one until a code of it was typed, or half an hour is over.
/// Nothing is enrolled by it.
///
/// Errors: [`Error::Denied`], also where the password was given too long ago to begin something.
pub async fn seed(app: &App, session: &Session) -> Result<Seed> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, _) = allowed(app, &mut tx, session, Kind::App, now).await?;
    permitted(&mut tx, &account.organisation, Kind::App).await?;
    if let Some((seed, _)) = shown(app, &mut tx, &session.id, now).await? {
        return Ok(seed);
    }
    may_begin(app, &mut tx, session, now).await?;
    let seed = Seed::random(app.random);
    let record = Record::new(places::TOTP_DRAFT, session.id.as_str());
    let sealed = app.sealing.seal(&record, seed.bytes(), app.random);
    store::put_draft(&mut tx, &session.id, &sealed, now.after(LIFE)).await?;
    tx.commit().await?;
    Ok(seed)
}

/// Whether a seed is shown in this session already: what was begun goes on.
pub async fn is_begun(app: &App, session: &Session) -> Result<bool> {
    let mut tx = app.db.read().await?;
    Ok(store::draft(&mut tx, &session.id, app.clock.now()).await?.is_some())
}

/// Enrols the app that made this code of the seed that was shown, under the name its owner gives it. The
/// code's step is spent. Every other session of the account ends.
///
/// Errors: as [`super::run::key`]; [`Error::Barred`] after too many wrong ones. A wrong code is an answer.
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
    let whose = (&account.id, session.id.as_str());
    let charged = charge(app, &mut tx, whose, &by).await;
    let charged = match charged {
        Ok(charged) => charged,
        Err(error) => return barred(tx, error).await,
    };
    let Some(step) = seed.step(code, now, 0) else {
        return wrong(app, tx, (&account.id, charged), (&by, client)).await;
    };
    codes::right(&mut tx, charged, now).await?;
    let event = audit::Event::CodeRight { code: codes::Code::App };
    audit::record(&mut tx, &by, Some(&account.id), &event).await?;
    if !store::take_draft(&mut tx, &session.id, &draft).await? {
        return Ok(Typed::Gone);
    }
    let kind = (Kind::App, Evidence::Code);
    let proven_at = Some(now);
    let factor = Factor { proven_at, ..factor(app, &account.id, kind, (name, bound_at), now) };
    let effects = follows(session, wizard::Event::Proven(Kind::App));
    if effects.contains(&wizard::Effect::DropUnproven) {
        drop_unproven(app, &mut tx, &factor, (&by, client)).await?;
    }
    let record = Record::new(places::TOTP, factor.id.as_str());
    let sealed = app.sealing.seal(&record, seed.bytes(), app.random);
    factors::store::insert(&mut tx, &factor).await?;
    store::insert(&mut tx, &factor.id, &sealed, step).await?;
    added(app, &mut tx, &factor, None, (&by, client)).await?;
    changed(&mut tx, &account.id, Some(&session.id), &by).await?;
    let raised = match effects.contains(&wizard::Effect::LetIn) {
        true => {
            reset::run::finish(app, &mut tx, &account.id, (&by, client)).await?;
            Some(let_in(&mut tx, session, (&factor, Way::PasswordAndApp), &by).await?)
        }
        false => None,
    };
    tx.commit().await?;
    Ok(Typed::Enrolled { factor, raised })
}

/// Charges one try, as in a log-in: five in a session, and all codes of the account together.
///
/// Errors: [`Error::Barred`], which is to be committed.
async fn charge(app: &App, tx: &mut Tx, whose: (&AccountId, &str), by: &By) -> Result<codes::Try> {
    let (code, policy) = (codes::Code::App, &app.config.lockout);
    match codes::charge(tx, whose, code, (by.now, by.random), policy).await? {
        Admission::Charged(charged) => {
            let (streak, refused) = (charged.streak, charged.refused);
            let event = audit::Event::CodeTried { code, streak, refused };
            audit::record(tx, by, Some(whose.0), &event).await?;
            Ok(charged)
        }
        Admission::Barred { barred, refused } => {
            if refused == 1 {
                let event = audit::Event::CodeRefused { code };
                audit::record(tx, by, Some(whose.0), &event).await?;
            }
            Err(Error::Barred(barred))
        }
    }
}

/// Commits that a code was not looked at, and undoes what went wrong otherwise.
async fn barred(tx: Tx, error: Error) -> Result<Typed> {
    if let Error::Barred(_) = error {
        tx.commit().await?;
    }
    Err(error)
}

/// Records a wrong code, and commits it.
async fn wrong(
    app: &App,
    mut tx: Tx,
    (account, charged): (&AccountId, codes::Try),
    (by, client): (&By, &str),
) -> Result<Typed> {
    let wrong = codes::wrong(&mut tx, charged, by.now, &app.config.lockout).await?;
    for event in audit::Event::of_wrong_code(&wrong) {
        audit::record(&mut tx, by, Some(account), &event).await?;
    }
    barred::tell(app, &mut tx, (account, &wrong), (by, client)).await?;
    tx.commit().await?;
    match wrong.closed {
        Some(barred) => Err(Error::Barred(barred)),
        None => Ok(Typed::Wrong { left: wrong.left }),
    }
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
