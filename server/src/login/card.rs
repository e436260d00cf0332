//! A log-in with an UZI card: its token is verified against the nonce of this attempt, once.

use super::flow::Event;
use super::run::{Refused, advance, locked, settle};
use super::{CardCheck, Error, FactorAnswer, Granted};
use crate::app::App;
use crate::challenges::{self, Purpose};
use crate::factors::{self, Evidence, Kind, Proof, card::Refusal};
use crate::secret::Token;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

type Result<T, E = Error> = std::result::Result<T, E>;

/// What a card's token led to.
#[derive(Clone, Debug)]
pub enum CardAnswer {
    /// The person is in.
    Done(Granted),
    /// The card was not accepted; the attempt goes on.
    Refused(Refusal),
}

/// Checks a card's Web eID token (its JSON). The nonce is spent whatever the token says.
///
/// Errors: [`Error::AttemptOver`]; a token that is not accepted is an answer.
pub async fn finish(app: &App, token: &Token, auth_token: &[u8]) -> Result<CardAnswer, Error> {
    let verified = match spend_nonce(app, token).await? {
        Some(nonce) => app.cards.verify(auth_token, &nonce, app.clock.now()).await,
        None => Err(Refusal::ChallengeGone),
    };
    let (check, refusal) = match verified {
        Ok(card) => {
            let uzi_number = card.identity.number.to_string();
            let subscriber = card.identity.subscriber.to_string();
            (CardCheck::Holder { uzi_number, subscriber }, Refusal::NotLinked)
        }
        Err(refusal) => (CardCheck::Failed(refusal.code().to_owned()), refusal),
    };
    Ok(match decide(app, token, check).await? {
        FactorAnswer::Done(granted) => CardAnswer::Done(granted),
        FactorAnswer::Refused(factors::Refusal::Stranger) => CardAnswer::Refused(Refusal::Stranger),
        FactorAnswer::Refused(_) => CardAnswer::Refused(refusal),
    })
}

/// The nonce a card must sign: 32 bytes in base64, 44 characters. One is live for each attempt.
pub async fn nonce(app: &App, token: &Token) -> Result<String> {
    let now = app.clock.now();
    let nonce = STANDARD.encode(app.random.bytes::<32>());
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    challenges::put(&mut tx, attempt.id.as_str(), Purpose::Card, &nonce, now).await?;
    tx.commit().await?;
    Ok(nonce)
}

/// The nonce this attempt's card was asked to sign, once. Nothing when there is none any more.
///
/// To be called before the card's token is verified against it; [`decide`] follows with the result.
pub(super) async fn spend_nonce(app: &App, token: &Token) -> Result<Option<String>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let nonce = challenges::spend(&mut tx, attempt.id.as_str(), Purpose::Card, now).await?;
    tx.commit().await?;
    Ok(nonce)
}

/// Goes on after a card was verified, or not: looks for whom it was linked to.
///
/// [`FactorAnswer::Refused`] with `NotRecognised` means a card that holds and that nobody linked, with
/// `Stranger` one of another account; a [`CardCheck::Failed`] is only recorded and comes back the
/// same way.
pub(crate) async fn decide(app: &App, token: &Token, check: CardCheck) -> Result<FactorAnswer> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let proof = match check {
        CardCheck::Failed(reason) => {
            let event = Event::Refused { kind: Kind::Card, account: None, reason };
            advance(app, &mut tx, attempt, event, now).await?;
            tx.commit().await?;
            return Ok(FactorAnswer::Refused(factors::Refusal::NotRecognised));
        }
        CardCheck::Holder { uzi_number, subscriber } => {
            match factors::store::card(&mut tx, &uzi_number, &subscriber).await? {
                Some(factor) => Ok(Proof {
                    factor: factor.id,
                    account: factor.account,
                    kind: Kind::Card,
                    evidence: Evidence::CardPin,
                    bound_at: factor.bound_at,
                }),
                None => Err(Refused { account: None, refusal: factors::Refusal::NotRecognised }),
            }
        }
    };
    settle(app, tx, attempt, Kind::Card, proof, now).await
}
