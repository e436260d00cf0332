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

/// The attempt, with its account kept from every other change, and the PIN by which the card is linked.
///
/// Errors: [`Error::AttemptOver`], where it is none of these too.
pub(crate) async fn keep(
    app: &App,
    tx: &mut Tx,
    token: &Token,
    now: Time,
) -> Result<Held<(AccountId, PinId)>> {
    let attempt = locked(app, tx, token, now).await?;
    let whose = match &attempt.state {
        State::Linking { account, pin } => (account.clone(), pin.clone()),
        State::Started
        | State::PasswordProven { .. }
        | State::FirstProof { .. }
        | State::Stranded { .. }
        | State::Proving { .. }
        | State::SteppingUp { .. }
        | State::Keeping { .. }
        | State::Choosing { .. }
        | State::ChoosingByCard { .. }
        | State::Over => return Err(Error::AttemptOver),
    };
    Ok(Held::new(attempt, whose))
}

/// An attempt that is held, in which a card is linked that then lets in, and whose it is.
pub(crate) struct Held<W> {
    attempt: Attempt,
    whose: W,
}

impl<W> Held<W> {
    pub(super) const fn new(attempt: Attempt, whose: W) -> Self {
        Self { attempt, whose }
    }

    /// Whose it is.
    pub(crate) const fn whose(&self) -> &W {
        &self.whose
    }

    /// Who acts in it, at `now`.
    pub(crate) fn by(&self, app: &App, now: Time) -> By {
        self.attempt.by(app.random, now)
    }

    /// What the browser calls itself.
    pub(crate) fn client(&self) -> &str {
        &self.attempt.client
    }

    /// Lets in with the card that was just linked, in the transaction that linked it: it signed for that.
    ///
    /// Errors: [`Error::AttemptOver`].
    pub(crate) async fn let_in(
        self,
        app: &App,
        tx: &mut Tx,
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
        let granted = advance(app, tx, self.attempt, Event::Proven(proof), now).await?;
        granted.ok_or(Error::AttemptOver)
    }
}
