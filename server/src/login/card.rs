//! A log-in with an UZI card: its token is verified against the nonce of this attempt, once.

use super::run::{Refused, locked, settle};
use super::{Error, FactorAnswer, Granted};
use crate::accounts;
use crate::app::App;
use crate::challenges::{self, Purpose};
use crate::factors::card::{self, Refusal, Verified};
use crate::factors::{self, Evidence, Factor, Kind, Proof};
use crate::id::AccountId;
use crate::organisations;
use crate::secret::Token;
use crate::storage::Tx;
use crate::uzi::sighting::{Holder, Sighting, Standing};
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
pub async fn finish(app: &App, token: &Token, auth_token: &[u8]) -> Result<CardAnswer> {
    let verified = match spend_nonce(app, token).await? {
        Some(nonce) => app.cards.verify(auth_token, &nonce, app.clock.now()).await,
        None => Err(Refusal::ChallengeGone.into()),
    };
    decide(app, token, verified).await
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
pub(crate) async fn decide(
    app: &App,
    token: &Token,
    verified: Result<Verified, card::Refused>,
) -> Result<CardAnswer> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let (proof, refusal) = match verified {
        Ok(verified) => match prove(&mut tx, verified).await? {
            Ok(proof) => (Ok(proof), Refusal::NotLinked),
            Err((refused, refusal)) => (Err(refused), refusal),
        },
        Err(card::Refused { refusal, sighting }) => {
            let linked = match &sighting {
                Some(sighting) => linked(&mut tx, sighting).await?,
                None => None,
            };
            (Err(refused(linked.map(|factor| factor.account), &refusal, sighting)), refusal)
        }
    };
    Ok(match settle(app, tx, attempt, proof, now).await? {
        FactorAnswer::Done(granted) => CardAnswer::Done(granted),
        FactorAnswer::Refused(factors::Refusal::Stranger) => CardAnswer::Refused(Refusal::Stranger),
        FactorAnswer::Refused(factors::Refusal::Suspended) => {
            CardAnswer::Refused(Refusal::Suspended)
        }
        FactorAnswer::Refused(_) => CardAnswer::Refused(refusal),
    })
}

async fn prove(tx: &mut Tx, verified: Verified) -> Result<Result<Proof, (Refused, Refusal)>> {
    let Verified { card, sighting } = verified;
    let refuse = |account, refusal: Refusal, sighting| {
        Ok(Err((refused(account, &refusal, Some(sighting)), refusal)))
    };
    let Some(factor) = linked(tx, &sighting).await? else {
        return refuse(None, Refusal::NotLinked, sighting);
    };
    let Some(account) = accounts::store::find(tx, &factor.account).await? else {
        return refuse(None, Refusal::NotLinked, sighting);
    };
    let policy = organisations::store::policy(tx, &account.organisation).await?;
    if let Err(refusal) = policy.admits(&card.identity) {
        return refuse(Some(account.id), refusal.into(), sighting);
    }
    let suspended = factor.is_suspended();
    Ok(Ok(Proof {
        factor: factor.id,
        account: factor.account,
        kind: Kind::Card,
        evidence: Evidence::CardPin,
        bound_at: factor.bound_at,
        suspended,
        card: Some(sighting),
    }))
}

/// The factor that a card was linked as, where whoever shows it has it: anybody can write a
/// certificate that names somebody.
async fn linked(tx: &mut Tx, sighting: &Sighting) -> Result<Option<Factor>> {
    match (sighting.standing, &sighting.holder) {
        (Standing::Held, Some(Holder { uzi_number, subscriber, .. })) => {
            Ok(factors::store::card(tx, uzi_number, subscriber).await?)
        }
        (Standing::Held, None) | (Standing::Issued | Standing::Claimed, _) => Ok(None),
    }
}

fn refused(account: Option<AccountId>, refusal: &Refusal, card: Option<Box<Sighting>>) -> Refused {
    let reason = refusal.code();
    let refusal = factors::Refusal::NotRecognised;
    Refused { account, kind: Some(Kind::Card), refusal, reason, card }
}
