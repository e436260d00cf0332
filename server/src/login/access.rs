//! The access code as the way to a new second factor: a contact person's code is spent, what there was is
//! suspended, and the wizard opens, in this browser and for a while.

use super::codes::hashed::{self, Spent};
use super::flow::{Event, State};
use super::run::{advance, interrupt};
use super::{CodeAnswer, Error, Granted};
use crate::access::{self, AccessCode, Road};
use crate::app::App;
use crate::audit;
use crate::factors;
use crate::password;
use crate::reset::{self, Key};
use crate::secret::Token;

type Result<T, E = Error> = std::result::Result<T, E>;

/// What a right code gives: the visit that can only enrol, and what this browser shows from now on.
pub type Opened = (Granted, Token);

/// For whom the page of the code is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// Somebody with a factor that works.
    Equipped,
    /// Somebody whom nothing else helps.
    Stranded,
}

/// Whether an access code may be typed in this attempt, and by whom: a right password was given, and
/// something proved itself before. Nothing is said of whether there is a code.
///
/// Errors: [`Error::AttemptOver`].
pub async fn is_asked(app: &App, token: &Token) -> Result<Option<Asker>> {
    let mut tx = app.db.read().await?;
    let attempt = super::store::find(&mut tx, &token.hash(), app.clock.now()).await?;
    match attempt.ok_or(Error::AttemptOver)?.state {
        State::PasswordProven { .. } => Ok(Some(Asker::Equipped)),
        State::Stranded { .. } => Ok(Some(Asker::Stranded)),
        State::Started
        | State::FirstProof { .. }
        | State::Proving { .. }
        | State::SteppingUp { .. }
        | State::Keeping { .. }
        | State::Linking { .. }
        | State::Choosing { .. }
        | State::ChoosingByCard { .. } => Ok(None),
        State::Over => Err(Error::AttemptOver),
    }
}

/// Looks at an access code after the password: charged first, and looked at where passwords are, so
/// that many at once take no more memory. A right one opens the wizard here; every other session and
/// log-in of the account is over.
///
/// Errors: [`Error::Busy`] before anything is counted; [`Error::AttemptOver`].
pub async fn begin(app: &App, token: &Token, typed: AccessCode) -> Result<CodeAnswer<Opened>> {
    let room = app.passwords.admit()?;
    if is_asked(app, token).await?.is_none() {
        return Err(Error::AttemptOver);
    }
    match hashed::spend(app, token, (room, typed.digits())).await? {
        Ok(spent) => Ok(CodeAnswer::Done(open(app, spent).await?)),
        Err(answer) => Ok(answer),
    }
}

/// Opens the wizard in this browser by a code that is spent, and commits.
async fn open(app: &App, spent: Spent<access::store::Stored>) -> Result<Opened> {
    let Spent { code, account, attempt, mut tx, now } = spent;
    let by = attempt.by(app.random, now);
    audit::record(&mut tx, &by, Some(&account), &audit::Event::AccessCodeSpent).await?;
    let factors = factors::store::list(&mut tx, &account).await?;
    let password = password::store::find(&mut tx, &account).await?.ok_or(Error::AttemptOver)?;
    let road = Road::of(password.chosen_at, &factors, app.config.times.access_apart, now);
    let bound_at = access::bound_at(code.given_at, road);
    let from = (&by, attempt.client.as_str());
    let browser =
        reset::run::begin(app, &mut tx, (&account, bound_at), Key::AccessCode, from).await?;
    interrupt(&mut tx, &account, now).await?;
    let granted = advance(app, &mut tx, attempt, Event::Admitted, now).await?;
    let granted = granted.ok_or(Error::AttemptOver)?;
    tx.commit().await?;
    Ok((granted, browser))
}
