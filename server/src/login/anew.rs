//! The recovery code as the way to a new second factor: the code is spent, what there was is suspended,
//! and the wizard is open to the password, in this browser and for a while.

use super::codes::{self, Charge};
use super::run::{interrupt, locked};
use super::{CodeAnswer, Error};
use crate::app::App;
use crate::audit;
use crate::factors::Level;
use crate::lockout::codes::Code;
use crate::password::Checked;
use crate::recovery::{RecoveryCode, store};
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
    let (account, charged) = match codes::charge(app, token, Code::Recovery).await? {
        Charge::Look(account, charged) => (account, charged),
        Charge::Barred(barred) => return Ok(CodeAnswer::Barred(barred)),
    };
    let mut tx = app.db.read().await?;
    let stored = store::find(&mut tx, &account).await?;
    drop(tx);
    let hash = stored.as_ref().map(|stored| stored.hash.clone());
    let checked = room.check(typed.digits(), hash).await;

    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let spent = match (stored, checked) {
        (Some(code), Checked::Right { .. }) => {
            store::spend(&mut tx, &account, &code.id).await?.then_some(code)
        }
        (_, Checked::Right { .. } | Checked::Wrong) => None,
    };
    let Some(code) = spent else {
        return codes::wrong(app, tx, (attempt, charged), now).await;
    };
    codes::right(app, &mut tx, (&attempt, charged), now).await?;
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
