//! Recovery codes, performed: made, shown once, and confirmed by who has it on paper.

use super::policy::{self, Denied};
use super::{RecoveryCode, store};
use crate::accounts;
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors;
use crate::id::RecoveryCodeId;
use crate::lockout::codes::{self, Admission, Barred, Code};
use crate::login::run::Spared;
use crate::login::{self, barred};
use crate::password::{Busy, Checked};
use crate::sessions::{self, Session};
use crate::storage::{self, Tx};

/// Why there is no new code, or it was not looked at.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The session does not allow it.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The session ended meanwhile.
    #[error("the session has ended: log in again")]
    SessionOver,
    /// Too many passwords and codes are being hashed.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// What an account has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// No code, and nothing to get back to yet.
    NotYet,
    /// No code.
    Missing,
    /// One whose owner has not shown to have it.
    Unconfirmed(Time),
    /// One, made at this time.
    Kept(Time),
}

/// Whether the account of `session` has a code.
pub async fn status(app: &App, session: &Session) -> storage::Result<Status> {
    let account = &session.login.account;
    let mut tx = app.db.read().await?;
    Ok(match store::find(&mut tx, account).await? {
        Some(code) if code.confirmed_at.is_some() => Status::Kept(code.created_at),
        Some(code) => Status::Unconfirmed(code.created_at),
        None => {
            let factors = factors::store::list(&mut tx, account).await?;
            let relied_on = factors.iter().any(factors::Factor::is_relied_on);
            if relied_on { Status::Missing } else { Status::NotYet }
        }
    })
}

/// Makes a code, which is shown to its owner this once; the one before is dead. Every other session of
/// the account ends, and every log-in under way.
///
/// Errors: [`Error::Denied`] without a fresh strong proof; [`Error::SessionOver`]; [`Error::Busy`].
pub async fn make(app: &App, session: &Session) -> Result<RecoveryCode> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    allowed(app, &mut tx, session, now).await?;
    drop(tx);
    let code = RecoveryCode::random(app.config.recovery.digits, app.random);
    let hash = app.passwords.admit()?.hash(code.digits()).await;

    let by = by(app, session, now);
    let account = &session.login.account;
    let mut tx = app.db.write().await?;
    accounts::store::lock(&mut tx, account).await?.ok_or(Error::SessionOver)?;
    let living = sessions::lock(&mut tx, account, &session.id, (now, &app.config.sessions)).await?;
    let session = living.ok_or(Error::SessionOver)?;
    let bound_at = allowed(app, &mut tx, &session, now).await?;
    let id = RecoveryCodeId::random(app.random);
    let stored = store::Stored { id, hash, bound_at, created_at: now, confirmed_at: None };
    store::put(&mut tx, account, &stored).await?;
    let event = audit::Event::RecoveryCodeMade { bound_at };
    audit::record(&mut tx, &by, Some(account), &event).await?;
    let notice = delivery::notice(Message::RecoveryCodeMade, &by, &session.client);
    delivery::run::tell(app, &mut tx, account, notice).await?;
    login::run::end_under_way(&mut tx, account, Spared::Session(&session.id), &by).await?;
    tx.commit().await?;
    Ok(code)
}

async fn allowed(app: &App, tx: &mut Tx, session: &Session, now: Time) -> Result<factors::Level> {
    let factors = factors::store::list(tx, &session.login.account).await?;
    Ok(policy::may_make(session, &factors, now, &app.config.sessions)?)
}

/// What typing the code back led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// It is the living code.
    Right,
    /// It is not; so many more may be tried in this session.
    Wrong {
        /// One or more.
        left: u32,
    },
    /// It was not looked at, or was the last one that may be wrong.
    Barred(Barred),
    /// There is no code to confirm.
    Missing,
}

/// Looks whether what its owner typed back is the living code. A try counts as in a log-in: a session
/// that was left open is no place to guess.
///
/// Errors: [`Error::SessionOver`], [`Error::Busy`].
pub async fn confirm(app: &App, session: &Session, typed: RecoveryCode) -> Result<Confirmation> {
    let room = app.passwords.admit()?;
    let now = app.clock.now();
    let (account, by) = (&session.login.account, by(app, session, now));
    let policy = &app.config.lockout;
    let mut tx = app.db.write().await?;
    accounts::store::lock(&mut tx, account).await?.ok_or(Error::SessionOver)?;
    let living = sessions::lock(&mut tx, account, &session.id, (now, &app.config.sessions)).await?;
    living.ok_or(Error::SessionOver)?;
    let Some(stored) = store::find(&mut tx, account).await? else {
        return Ok(Confirmation::Missing);
    };
    let whose = (account, session.id.as_str());
    let admission =
        codes::charge(&mut tx, whose, Code::Recovery, (now, app.random), policy).await?;
    let charged = match admission {
        Admission::Charged(charged) => charged,
        Admission::Barred { barred, refused } => {
            if refused == 1 {
                let event = audit::Event::CodeRefused { code: Code::Recovery };
                audit::record(&mut tx, &by, Some(account), &event).await?;
            }
            tx.commit().await?;
            return Ok(Confirmation::Barred(barred));
        }
    };
    let event = audit::Event::CodeTried {
        code: Code::Recovery,
        streak: charged.streak,
        refused: charged.refused,
    };
    audit::record(&mut tx, &by, Some(account), &event).await?;
    tx.commit().await?;

    let checked = room.check(typed.digits(), Some(stored.hash)).await;
    let mut tx = app.db.write().await?;
    let right = match checked {
        Checked::Right { .. } => store::confirm(&mut tx, account, &stored.id, now).await?,
        Checked::Wrong => false,
    };
    let answer = if right {
        codes::right(&mut tx, charged, now).await?;
        audit::record(&mut tx, &by, Some(account), &audit::Event::RecoveryCodeConfirmed).await?;
        Confirmation::Right
    } else {
        let wrong = codes::wrong(&mut tx, charged, now, policy).await?;
        for event in audit::Event::of_wrong_code(&wrong) {
            audit::record(&mut tx, &by, Some(account), &event).await?;
        }
        barred::tell(app, &mut tx, (account, &wrong), (&by, &session.client)).await?;
        wrong.closed.map_or(Confirmation::Wrong { left: wrong.left }, Confirmation::Barred)
    };
    tx.commit().await?;
    Ok(answer)
}

/// The person whose session this is, acting now.
fn by(app: &App, session: &Session, now: Time) -> By {
    let actor = Actor::Owner { session: session.id.clone(), attempt: None };
    By { actor, random: app.random, now }
}
