//! An attempt after the password in which a card takes the place of what was lost (flows D4): `enrolment::by_card`
//! goes on with it.

use super::flow::State;
use super::linking::prove_card;
use super::run::locked;
use super::store::{self, Attempt};
use super::{Error, Granted, card};
use crate::app::App;
use crate::audit::By;
use crate::clock::Time;
use crate::factors::Factor;
use crate::id::AccountId;
use crate::secret::Token;
use crate::storage::Tx;
use crate::uzi::sighting::Sighting;

type Result<T, E = Error> = std::result::Result<T, E>;

/// One, and whose password was right in it.
pub(crate) struct AfterPassword(Attempt, AccountId);

/// Whose right password was given in this attempt, where something of the account proved itself before.
///
/// Errors: [`Error::Storage`].
pub(crate) async fn whose(tx: &mut Tx, token: &Token, now: Time) -> Result<Option<AccountId>> {
    let found = store::find(tx, &token.hash(), now).await?;
    Ok(found.and_then(|attempt| lost(&attempt.state).cloned()))
}

/// The nonce its card was asked to sign, once.
///
/// Errors: [`Error::AttemptOver`].
pub(crate) async fn spend_nonce(app: &App, token: &Token) -> Result<Option<String>> {
    card::spend_nonce(app, token).await
}

/// The attempt, with its account kept from every other change.
///
/// Errors: [`Error::AttemptOver`], where it is none of these too.
pub(crate) async fn keep(
    app: &App,
    tx: &mut Tx,
    token: &Token,
    now: Time,
) -> Result<AfterPassword> {
    let attempt = locked(app, tx, token, now).await?;
    let account = lost(&attempt.state).cloned().ok_or(Error::AttemptOver)?;
    Ok(AfterPassword(attempt, account))
}

/// Whose second factor may be lost in this state.
const fn lost(state: &State) -> Option<&AccountId> {
    match state {
        State::PasswordProven { account } | State::Stranded { account } => Some(account),
        State::Started
        | State::FirstProof { .. }
        | State::Proving { .. }
        | State::SteppingUp { .. }
        | State::Keeping { .. }
        | State::Linking { .. }
        | State::Choosing { .. }
        | State::ChoosingByCard { .. }
        | State::Over => None,
    }
}

impl AfterPassword {
    /// Whose it is.
    pub(crate) const fn whose(&self) -> &AccountId {
        &self.1
    }

    /// Who acts in it, at `now`.
    pub(crate) fn by(&self, app: &App, now: Time) -> By {
        self.0.by(app.random, now)
    }

    /// What the browser calls itself.
    pub(crate) fn client(&self) -> &str {
        &self.0.client
    }

    /// Lets in with the card that was just linked, in the transaction that linked it.
    ///
    /// Errors: [`Error::AttemptOver`].
    pub(crate) async fn let_in(
        self,
        app: &App,
        tx: &mut Tx,
        linked: (&Factor, Box<Sighting>),
        now: Time,
    ) -> Result<Granted> {
        prove_card(app, tx, self.0, linked, now).await
    }
}
