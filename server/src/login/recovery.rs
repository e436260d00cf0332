//! The recovery code as a log-in, once: the code is spent, a new one takes its place, the factors stay.

use super::codes;
use super::codes::hashed::{self, Looked};
use super::flow::{Event, State};
use super::run::{Spared, advance, end_under_way};
use super::{CodeAnswer, Error, Granted};
use crate::app::App;
use crate::audit;
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors::Level;
use crate::id::RecoveryCodeId;
use crate::recovery::store::Stored;
use crate::recovery::{RecoveryCode, store};
use crate::secret::Token;

type Result<T, E = Error> = std::result::Result<T, E>;

/// What a right code gives: the log-in, and the code from now on, which is shown this once.
pub type Recovered = (Granted, RecoveryCode);

/// Whether a recovery code may be typed in this attempt: a right password was given, and something
/// proved itself before. Nothing is said of whether there is a code.
///
/// Errors: [`Error::AttemptOver`].
pub async fn is_asked(app: &App, token: &Token) -> Result<bool> {
    let mut tx = app.db.read().await?;
    let attempt = super::store::find(&mut tx, &token.hash(), app.clock.now()).await?;
    match attempt.ok_or(Error::AttemptOver)?.state {
        State::PasswordProven { .. } => Ok(true),
        State::Started
        | State::FirstProof { .. }
        | State::Stranded { .. }
        | State::Proving { .. }
        | State::SteppingUp { .. }
        | State::Keeping { .. }
        | State::Linking { .. }
        | State::Choosing { .. }
        | State::ChoosingByCard { .. } => Ok(false),
        State::Over => Err(Error::AttemptOver),
    }
}

/// Looks at a recovery code after the password: charged first, and looked at where passwords are, so
/// that many at once take no more memory.
///
/// Errors: [`Error::Busy`] before anything is counted; [`Error::AttemptOver`].
pub async fn once(app: &App, token: &Token, typed: RecoveryCode) -> Result<CodeAnswer<Recovered>> {
    let room = app.passwords.admit()?;
    if !is_asked(app, token).await? {
        return Err(Error::AttemptOver);
    }
    let looked = hashed::look::<Stored>(app, token, (room, typed.digits())).await?;
    let (Looked { account, right, charged }, room) = match looked {
        Ok(looked) => looked,
        Err(barred) => return Ok(CodeAnswer::Barred(barred)),
    };
    let next = RecoveryCode::random(app.config.recovery.digits, app.random);
    let exchange = match right {
        Some(old) => Some((old, room.hash(next.digits()).await)),
        None => None,
    };

    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = codes::resumed(app, &mut tx, (token, &account), now).await?;
    let spent = match exchange {
        Some((old, hash)) => {
            let (id, bound_at) = (RecoveryCodeId::random(app.random), old.bound_at);
            let new = Stored { id, hash, bound_at, created_at: now, confirmed_at: None };
            store::exchange(&mut tx, &account, (&old.id, &new)).await?.then_some(bound_at)
        }
        None => None,
    };
    let Some(bound_at) = spent else {
        return codes::wrong(app, tx, (attempt, charged), now).await;
    };
    codes::right(app, &mut tx, (&attempt, charged), now).await?;
    let by = attempt.by(app.random, now);
    let level = bound_at.min(Level::Substantial);
    let event = audit::Event::RecoveryCodeUsed { level };
    audit::record(&mut tx, &by, Some(&account), &event).await?;
    let notice = delivery::notice(Message::RecoveryCodeUsed, &by, &attempt.client);
    delivery::run::tell(app, &mut tx, &account, notice).await?;
    end_under_way(&mut tx, &account, Spared::Nothing, &by).await?;
    let granted = advance(app, &mut tx, attempt, Event::Recovered { bound_at }, now).await?;
    tx.commit().await?;
    let granted = granted.ok_or(Error::AttemptOver)?;
    Ok(CodeAnswer::Done((granted, next)))
}
