//! Founding an organisation: its contact person, who has no Berichtenbox yet, gets the PIN by post.

use super::request::prepared;
use crate::accounts::run::{self as accounts_run, Founding};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors::Level;
use crate::letters::{self, Purpose};
use crate::operator::Operator;
use crate::password::Busy;
use crate::storage;
use std::time::Duration;

/// Why an organisation was not made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It or its contact person cannot be.
    #[error(transparent)]
    Account(#[from] accounts_run::Error),
    /// No letter can be written.
    #[error(transparent)]
    Letter(#[from] letters::run::Error),
    /// Too many passwords and PINs are being hashed.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

/// Makes an organisation and its contact person, who has no password: the user number goes by e-mail to
/// where the organisation is registered, or else to that person, and the PIN by post. `operator` has the
/// letter written, and will not export it.
///
/// Errors: [`Error::Letter`] before anything is written, [`Error::Account`].
pub async fn by_post(app: &App, founding: Founding, operator: &Operator) -> Result<Account, Error> {
    let mut founding = founding.named()?;
    // Number and PIN travel by two roads to one practice, and nobody is seen.
    founding.vouched = founding.vouched.min(Level::Substantial);
    let names = (founding.organisation.as_str(), founding.name.as_str());
    let way = letters::run::Way::new(app, names, founding.registered.address.clone())?;
    let number = {
        let mut tx = app.db.read().await?;
        accounts::store::fresh_number(&mut tx, app.random).await?
    };
    let (pin, hash) = prepared(app, &number).await?;

    let by = By { actor: Actor::Operator, random: app.random, now: app.clock.now() };
    let mut tx = app.db.write().await?;
    let account = accounts_run::establish(app, &mut tx, founding, number, &by).await?;
    let ends = by.now.after(app.config.times.activation);
    accounts::store::begin_request(&mut tx, &account.id, ends).await?;
    let (reader, secret) = ((&account, &way, Purpose::First), (&pin, hash));
    letters::run::write(app, &mut tx, reader, secret, (Some(operator), &by)).await?;
    let notice = delivery::notice(Message::LetterWritten, &by, "");
    delivery::run::tell(app, &mut tx, &account.id, notice).await?;
    let number = account.number.to_string();
    let notice = delivery::notice(Message::UserNumberByPost { number }, &by, "");
    delivery::run::tell_registered(app, &mut tx, &account, notice, Duration::ZERO).await?;
    audit::record(&mut tx, &by, Some(&account.id), &audit::Event::UserNumberSent).await?;
    tx.commit().await?;
    Ok(account)
}
