//! The recovery code as the way to a new second factor: the code is spent, what there was is suspended,
//! and the wizard is open to the password, in this browser and for a while.

use super::codes::hashed::{self, Spent};
use super::run::interrupt;
use super::{CodeAnswer, Error};
use crate::app::App;
use crate::audit;
use crate::factors::Level;
use crate::recovery::RecoveryCode;
use crate::recovery::store::Stored;
use crate::reset::{self, Key};
use crate::secret::Token;

/// Looks at a recovery code after the password, as [`super::recovery::once`] does. A right one gives what
/// this browser shows from now on; every log-in under way is over, this one too.
///
/// Errors: [`Error::Busy`] before anything is counted; [`Error::AttemptOver`].
pub async fn begin(
    app: &App,
    token: &Token,
    typed: RecoveryCode,
) -> Result<CodeAnswer<Token>, Error> {
    let room = app.passwords.admit()?;
    if !super::recovery::is_asked(app, token).await? {
        return Err(Error::AttemptOver);
    }
    let spent = hashed::spend::<Stored, _>(app, token, (room, typed.digits())).await?;
    let Spent { code, account, attempt, mut tx, now } = match spent {
        Ok(spent) => spent,
        Err(answer) => return Ok(answer),
    };
    let by = attempt.by(app.random, now);
    let bound_at = code.bound_at.min(Level::Substantial);
    audit::record(&mut tx, &by, Some(&account), &audit::Event::RecoveryCodeSpent).await?;
    let from = (&by, attempt.client.as_str());
    let browser =
        reset::run::begin(app, &mut tx, (&account, bound_at), Key::RecoveryCode, from).await?;
    interrupt(&mut tx, &account, now).await?;
    tx.commit().await?;
    Ok(CodeAnswer::Done(browser))
}
