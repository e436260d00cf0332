//! The first way back of a contact person who lost everything (flows D4): after the password, a valid UZI card of
//! the same person and practice takes the place of all there was, and lets in.

use super::Error;
use super::card::{self, Terms};
use super::policy::{FirstName, Shown};
use super::run::changed;
use crate::accounts::{self, Account, Role};
use crate::app::App;
use crate::factors::card::{Refused, Verified};
use crate::factors::{Factor, Level};
use crate::id::AccountId;
use crate::login::{self, Granted, after_password};
use crate::reset::{self, Key};
use crate::secret::Token;
use crate::storage::Tx;

type Result<T, E = Error> = std::result::Result<T, E>;

/// Whether an UZI card may be shown in this attempt, to take the place of what was lost: a contact person gave the
/// right password. Whom a contact person helps is not asked.
pub async fn is_asked(app: &App, token: &Token) -> Result<bool> {
    let mut tx = app.db.read().await?;
    match after_password::whose(&mut tx, token, app.clock.now()).await? {
        Some(account) => Ok(contact_person(&mut tx, &account).await?.is_some()),
        None => Ok(false),
    }
}

/// The nonce that the card must sign.
///
/// Errors: [`Error::SessionOver`] where none is asked for.
pub async fn nonce(app: &App, token: &Token) -> Result<String> {
    match is_asked(app, token).await? {
        true => Ok(login::card::nonce(app, token).await?),
        false => Err(Error::SessionOver),
    }
}

/// Verifies a card's Web eID token (its JSON), links the card to the account instead of all there was, its recovery
/// code too, and lets in with it. The nonce is spent whatever the token says. Every other session of the account
/// ends, and everybody whom it concerns is told.
///
/// Errors: [`Error::SessionOver`] where no card is asked for; [`Error::Card`], [`Error::Unfit`] and
/// [`Error::CardTaken`] where the card is not accepted or not linked, which is recorded and leaves all as it was.
pub async fn begin(app: &App, token: &Token, auth_token: &[u8]) -> Result<Granted> {
    let verified = login::card::verified(app, token, auth_token).await?;
    decide(app, token, verified).await
}

/// Goes on after a card was verified, or not.
pub(super) async fn decide(
    app: &App,
    token: &Token,
    verified: Result<Verified, Refused>,
) -> Result<Granted> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = after_password::keep(app, &mut tx, token, now).await?;
    let (id, by) = (attempt.whose().clone(), attempt.by(app, now));
    let account = contact_person(&mut tx, &id).await?.ok_or(Error::SessionOver)?;
    let Verified { card, sighting } = match verified {
        Ok(verified) => verified,
        Err(refused) => return card::refuse(tx, Some(&id), refused, &by).await,
    };
    let from = (&by, attempt.client());
    let linked = async {
        // What there was is out of use and goes; of what follows each part undoes this where it fails.
        reset::run::begin(app, &mut tx, (&id, Level::Substantial), Key::Card, from).await?;
        reset::run::finish(app, &mut tx, &id, from).await?;
        let terms = Terms {
            account: &account,
            name: "",
            bound_at: Level::Substantial,
            first_name: FirstName::Compared,
            proven_at: Some(now),
            shown: Shown::Less,
        };
        let factor = card::insert(app, &mut tx, terms, (&card, &sighting), from).await?;
        changed(&mut tx, &id, None, &by).await?;
        Ok::<Factor, Error>(factor)
    };
    match linked.await {
        Ok(factor) => {
            let granted = attempt.let_in(app, &mut tx, (&factor, sighting), now).await?;
            tx.commit().await?;
            Ok(granted)
        }
        Err(error) => card::not_linked(app, tx, Some(&id), (error, sighting), &by).await,
    }
}

/// The account, where it is a contact person's.
async fn contact_person(tx: &mut Tx, id: &AccountId) -> Result<Option<Account>> {
    let account = accounts::store::find(tx, id).await?;
    Ok(account.filter(|account| account.role == Role::ContactPerson))
}

#[cfg(test)]
mod tests;
