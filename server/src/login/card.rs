//! A log-in with an UZI card: its token is verified against the nonce of this attempt, once.

use super::flow::{self, Event, Linked};
use super::run::{Refused, advance, choices, locked, settle};
use super::{Error, FactorAnswer, Granted};
use crate::accounts;
use crate::app::App;
use crate::challenges::{self, Purpose};
use crate::factors::card::{self, Refusal, Verified};
use crate::factors::{self, Evidence, Factor, Kind, Proof};
use crate::id::AccountId;
use crate::organisations::{self, Organisation};
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
    /// The card is linked to accounts of the person in each of these organisations; one is chosen next.
    Choose(Vec<Organisation>),
    /// The card was not accepted; the attempt goes on.
    Refused(Refusal),
}

/// Checks a card's Web eID token (its JSON). The nonce is spent whatever the token says.
///
/// Errors: [`Error::AttemptOver`]; a token that is not accepted is an answer.
pub async fn finish(app: &App, token: &Token, auth_token: &[u8]) -> Result<CardAnswer> {
    let verified = verified(app, token, auth_token).await?;
    decide(app, token, verified).await
}

/// What a card's Web eID token (its JSON) says against the nonce of this attempt, which is spent whatever that is.
///
/// Errors: [`Error::AttemptOver`]; a token that is not accepted is an answer.
pub(crate) async fn verified(
    app: &App,
    token: &Token,
    auth_token: &[u8],
) -> Result<Result<Verified, card::Refused>> {
    Ok(match spend_nonce(app, token).await? {
        Some(nonce) => app.cards.verify(auth_token, &nonce, app.clock.now()).await,
        None => Err(Refusal::ChallengeGone.into()),
    })
}

/// The nonce a card must sign: 32 bytes in base64, 44 characters. One is live for each attempt.
pub async fn nonce(app: &App, token: &Token) -> Result<String> {
    let now = app.clock.now();
    let nonce = STANDARD.encode(app.random.bytes::<32>());
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let end = now.after(app.config.times.challenge);
    challenges::put(&mut tx, attempt.id.as_str(), (Purpose::Card, &nonce), end).await?;
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
    let whose = attempt.state.account().cloned();
    let (proof, refusal) = match verified {
        Ok(verified) => match prove(&mut tx, verified, whose.as_ref()).await? {
            Ok(Shown::One(proof)) => (Ok(*proof), Refusal::NotLinked),
            Ok(Shown::Several(accounts, card)) => {
                let event = Event::SeveralLinked { accounts, card };
                let (state, _) = flow::step(attempt.state.clone(), event.clone(), now);
                advance(app, &mut tx, attempt, event, now).await?;
                let offered = choices(&mut tx, &state).await?;
                tx.commit().await?;
                return Ok(CardAnswer::Choose(offered));
            }
            Err((refused, refusal)) => (Err(refused), refusal),
        },
        Err(card::Refused { refusal, sighting }) => {
            let linked = match &sighting {
                Some(sighting) => linked(&mut tx, sighting, whose.as_ref()).await?,
                None => Vec::new(),
            };
            let account = linked.into_iter().next().map(|factor| factor.account);
            (Err(refused(account, &refusal, sighting)), refusal)
        }
    };
    Ok(CardAnswer::of(settle(app, tx, attempt, proof, now).await?, refusal))
}

impl CardAnswer {
    /// The same of a factor that is a card, which is refused for this where nothing else says why.
    pub(crate) fn of(answer: FactorAnswer, refusal: Refusal) -> Self {
        match answer {
            FactorAnswer::Done(granted) => Self::Done(granted),
            FactorAnswer::Refused(factors::Refusal::Stranger) => Self::Refused(Refusal::Stranger),
            FactorAnswer::Refused(factors::Refusal::Suspended) => Self::Refused(Refusal::Suspended),
            FactorAnswer::Refused(_) => Self::Refused(refusal),
        }
    }
}

/// Whose card was shown.
enum Shown {
    One(Box<Proof>),
    Several(Vec<Linked>, Box<Sighting>),
}

/// Whom a card lets in that holds: those of whom it is linked to whose organisation admits it.
async fn prove(
    tx: &mut Tx,
    Verified { card, sighting }: Verified,
    whose: Option<&AccountId>,
) -> Result<Result<Shown, (Refused, Refusal)>> {
    let (mut admitted, mut refusal) = (Vec::new(), None);
    for factor in linked(tx, &sighting, whose).await? {
        let Some(account) = accounts::store::find(tx, &factor.account).await? else { continue };
        let policy = organisations::store::policy(tx, &account.organisation).await?;
        match policy.admits(&card.identity) {
            Ok(()) => admitted.push((factor, account.organisation)),
            Err(error) => refusal = refusal.or(Some((account.id, Refusal::from(error)))),
        }
    }
    // What is suspended is no choice, but where there is nothing else it is told so.
    if admitted.iter().any(|(factor, _)| !factor.is_suspended()) && whose.is_none() {
        admitted.retain(|(factor, _)| !factor.is_suspended());
    }
    if admitted.len() > 1 {
        let linked = admitted.into_iter().map(|(factor, organisation)| Linked {
            organisation,
            account: factor.account,
            factor: factor.id,
        });
        return Ok(Ok(Shown::Several(linked.collect(), sighting)));
    }
    let Some((factor, _)) = admitted.into_iter().next() else {
        let (account, refusal) = match refusal {
            Some((account, refusal)) => (Some(account), refusal),
            None => (None, Refusal::NotLinked),
        };
        return Ok(Err((refused(account, &refusal, Some(sighting)), refusal)));
    };
    let suspended = factor.is_suspended();
    Ok(Ok(Shown::One(Box::new(Proof {
        factor: factor.id,
        account: factor.account,
        kind: Kind::Card,
        evidence: Evidence::CardPin,
        bound_at: factor.bound_at,
        suspended,
        card: Some(sighting),
    }))))
}

/// The factors that a card was linked as, where whoever shows it has it: anybody can write a
/// certificate that names somebody. Of the account whose attempt it is, that one alone, if it has it.
async fn linked(
    tx: &mut Tx,
    sighting: &Sighting,
    whose: Option<&AccountId>,
) -> Result<Vec<Factor>> {
    let mut found = match (sighting.standing, &sighting.holder) {
        (Standing::Held, Some(Holder { uzi_number, subscriber, .. })) => {
            factors::store::cards(tx, uzi_number, subscriber).await?
        }
        (Standing::Held, None) | (Standing::Issued | Standing::Claimed, _) => Vec::new(),
    };
    if let Some(account) = whose {
        let own = found.iter().position(|factor| factor.account == *account);
        found =
            own.map(|at| found.swap_remove(at)).or(found.into_iter().next()).into_iter().collect();
    }
    Ok(found)
}

fn refused(account: Option<AccountId>, refusal: &Refusal, card: Option<Box<Sighting>>) -> Refused {
    let reason = refusal.code();
    let refusal = factors::Refusal::NotRecognised;
    Refused { account, kind: Some(Kind::Card), refusal, reason, card }
}
