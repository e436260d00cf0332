//! A PIN that somebody said: it is dead at once, and another one takes its place.

use super::handover::{Handed, hand};
use super::request::prepared;
use crate::accounts::who::{NotOne, Who};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::delivery;
use crate::delivery::message::{Message, NewPin};
use crate::letters;
use crate::lockout::Subject;
use crate::login;
use crate::login::run::Spared;
use crate::operator::Operator;
use crate::organisations;
use crate::password::{Busy, Hash};
use crate::pin::{self, ActivationPin, rules};
use crate::storage::{self, Tx};

/// Why nothing was recorded.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operator named nobody, or several people.
    #[error(transparent)]
    NotOne(#[from] NotOne),
    /// Too many passwords and PINs are being hashed.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// What became of the PIN that takes its place.
#[derive(Debug)]
pub enum Next {
    /// It waits in the Berichtenbox of the contact person of this name.
    Box(String),
    /// It waits in a letter.
    Letter,
    /// One was made less than a day ago: the contact persons are asked for the next one.
    Later,
    /// It goes by post, and no letter can be written: the contact persons are asked for one.
    NoLetter(letters::run::Error),
}

/// Records that the PIN of this user's account was told to `operator`: every PIN of it is dead,
/// what it has under way ends, and a new one is made where none was in the last day. Where none is made, the
/// contact persons are asked for it, as if its owner had.
///
/// Errors: [`Error::NotOne`].
pub async fn record(app: &App, who: impl Into<Who>, operator: &Operator) -> Result<Next, Error> {
    let who = who.into();
    let found = {
        let mut tx = app.db.read().await?;
        who.one(accounts::store::called(&mut tx, &who).await?)?
    };
    let (pin, hash) = prepared(app, &found.number).await?;

    let by = By { actor: Actor::Operator, random: app.random, now: app.clock.now() };
    let mut tx = app.db.write().await?;
    organisations::store::lock(&mut tx, &found.organisation).await?;
    let whom = accounts::store::lock(&mut tx, &found.id).await?;
    let whom = whom.ok_or(NotOne::Nobody(who))?;
    let name = operator.recorded();
    let event = audit::Event::PinDisclosed { operator: name };
    audit::record(&mut tx, &by, Some(&whom.id), &event).await?;
    let last = pin::store::last_made(&mut tx, &whom.id).await?;
    for pin in pin::store::end_all(&mut tx, &whom.id, by.now).await? {
        audit::record(&mut tx, &by, Some(&whom.id), &audit::Event::PinEnded { pin }).await?;
    }
    login::run::end_under_way(&mut tx, &whom.id, Spared::Nothing, &by).await?;
    let next = if rules::may_make(last, by.now) {
        replace(app, &mut tx, (&whom, operator), (&pin, hash), &by).await?
    } else {
        Next::Later
    };
    let message = Message::PinDisclosed { next: told(&next) };
    if matches!(next, Next::Later | Next::NoLetter(_)) {
        ask(app, &mut tx, &whom, &by).await?;
    }
    let notice = delivery::notice(message, &by, "");
    delivery::run::tell(app, &mut tx, &whom.id, notice).await?;
    tx.commit().await?;
    Ok(next)
}

/// Makes the new PIN, where that is possible.
async fn replace(
    app: &App,
    tx: &mut Tx,
    (whom, operator): (&Account, &Operator),
    secret: (&ActivationPin, Hash),
    by: &By,
) -> Result<Next, Error> {
    match hand(app, tx, (whom, Some(operator)), secret, by).await {
        Ok(Handed::Box(main)) => Ok(Next::Box(main)),
        Ok(Handed::Letter) => Ok(Next::Letter),
        Err(letters::run::Error::Storage(error)) => Err(error.into()),
        Err(error) => Ok(Next::NoLetter(error)),
    }
}

/// What people read of it.
const fn told(next: &Next) -> NewPin {
    match next {
        Next::Box(_) => NewPin::Box,
        Next::Letter => NewPin::Letter,
        Next::Later => NewPin::Asked,
        Next::NoLetter(_) => NewPin::NoLetter,
    }
}

/// Asks the contact persons for a new PIN of `whom`.
async fn ask(app: &App, tx: &mut Tx, whom: &Account, by: &By) -> storage::Result<()> {
    let subject = Subject::account(&whom.id);
    let whose = Some((&whom.id, &whom.organisation));
    let times = (by.now, by.now.after(app.config.times.pin_asked));
    pin::store::ask(tx, (subject.as_str(), whose), times).await?;
    audit::record(tx, by, Some(&whom.id), &audit::Event::PinAsked).await
}
