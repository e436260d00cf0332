//! An attempt in which a card is linked that then logs in: user number and PIN were right, and the account
//! has no factor (flows C9). `activation::card` begins one and goes on with it.

use super::flow::{Event, State};
use super::run::{advance, begin, locked};
use super::store::Attempt;
use super::{Error, Granted, card};
use crate::app::App;
use crate::audit::By;
use crate::clock::Time;
use crate::factors::{Evidence, Factor, Kind, Proof};
use crate::id::{AccountId, PinId};
use crate::secret::Token;
use crate::storage::Tx;
use crate::uzi::sighting::Sighting;

type Result<T, E = Error> = std::result::Result<T, E>;

/// Who links a card, and with which PIN.
pub(crate) struct Linking(Attempt);

/// Begins one for whoever gave the number of `account` and this PIN.
pub(crate) async fn start(
    app: &App,
    client: &str,
    (account, pin): (AccountId, PinId),
) -> Result<Token> {
    begin(app, None, client, State::Linking { account, pin }).await
}

/// Whether it goes on.
///
/// Errors: [`Error::Storage`].
pub async fn goes_on(app: &App, token: &Token) -> Result<bool> {
    let mut tx = app.db.read().await?;
    let found = super::store::find(&mut tx, &token.hash(), app.clock.now()).await?;
    Ok(found.is_some_and(|attempt| matches!(attempt.state, State::Linking { .. })))
}

/// The nonce its card must sign.
///
/// Errors: [`Error::AttemptOver`].
pub async fn nonce(app: &App, token: &Token) -> Result<String> {
    if !goes_on(app, token).await? {
        return Err(Error::AttemptOver);
    }
    card::nonce(app, token).await
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
pub(crate) async fn keep(app: &App, tx: &mut Tx, token: &Token, now: Time) -> Result<Linking> {
    let attempt = locked(app, tx, token, now).await?;
    match attempt.state {
        State::Linking { .. } => Ok(Linking(attempt)),
        State::Started
        | State::PasswordProven { .. }
        | State::FirstProof { .. }
        | State::Stranded { .. }
        | State::Proving { .. }
        | State::SteppingUp { .. }
        | State::Keeping { .. }
        | State::Choosing { .. }
        | State::ChoosingByCard { .. }
        | State::Over => Err(Error::AttemptOver),
    }
}

impl Linking {
    /// Whose card it is to be, and with which PIN.
    pub(crate) fn whose(&self) -> Option<(&AccountId, &PinId)> {
        match &self.0.state {
            State::Linking { account, pin } => Some((account, pin)),
            State::Started
            | State::PasswordProven { .. }
            | State::FirstProof { .. }
            | State::Stranded { .. }
            | State::Proving { .. }
            | State::SteppingUp { .. }
            | State::Keeping { .. }
            | State::Choosing { .. }
            | State::ChoosingByCard { .. }
            | State::Over => None,
        }
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

/// Lets in with a card that was just linked: it signed for that.
///
/// Errors: [`Error::AttemptOver`].
pub(super) async fn prove_card(
    app: &App,
    tx: &mut Tx,
    attempt: Attempt,
    (factor, card): (&Factor, Box<Sighting>),
    now: Time,
) -> Result<Granted> {
    let proof = Proof {
        factor: factor.id.clone(),
        account: factor.account.clone(),
        kind: Kind::Card,
        evidence: Evidence::CardPin,
        bound_at: factor.bound_at,
        suspended: false,
        card: Some(card),
    };
    let granted = advance(app, tx, attempt, Event::Proven(proof), now).await?;
    granted.ok_or(Error::AttemptOver)
}
