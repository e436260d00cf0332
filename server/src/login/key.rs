//! The key of a log-in: what it must answer, and whether it did.

use super::flow::State;
use super::run::{self, Refused, Spared, locked, settle};
use super::{Error, FactorAnswer};
use crate::accounts;
use crate::app::App;
use crate::audit::{self, By};
use crate::challenges::{self, Purpose};
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors::store::Stored;
use crate::factors::{self, Proof, Refusal};
use crate::id::FactorId;
use crate::secret::Token;
use crate::storage::Tx;
use serde_json::Value;

type Result<T, E = Error> = std::result::Result<T, E>;

/// What a key must answer: the content of `publicKey`. After a password, and when stepping up, one
/// of that account's credentials; else any discoverable one that verifies its user.
pub async fn options(app: &App, token: &Token) -> Result<Value> {
    options_of(app, token, None).await
}

/// Begins an attempt of a page, by any discoverable credential that verifies its user: what it must
/// answer. `client` is what the browser calls itself.
pub async fn begin_alone(app: &App, client: &str) -> Result<(Token, Value)> {
    let question = app.keys.begin_alone()?;
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (token, attempt) = run::unwritten(app, None, client, State::Started);
    run::write(app, &mut tx, &attempt, now).await?;
    let asked = (Purpose::Key, question.state.as_str());
    let end = now.after(app.config.times.challenge);
    challenges::put(&mut tx, attempt.id.as_str(), asked, end).await?;
    tx.commit().await?;
    Ok((token, question.public_key))
}

/// As [`options`], and of the account's credentials only that of factor `only`, where one is named.
///
/// Errors: [`Error::NoKey`] where there is none of these, [`Error::NoWay`] where nothing works.
pub async fn options_of(app: &App, token: &Token, only: Option<&FactorId>) -> Result<Value> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let question = match &attempt.state {
        State::PasswordProven { account }
        | State::FirstProof { account }
        | State::Proving { account, .. }
        | State::SteppingUp { account, .. }
        | State::Keeping { account, .. } => {
            let which = attempt.state.asks();
            let mut credentials = factors::store::credentials(&mut tx, account, which).await?;
            credentials.retain(|stored| only.is_none_or(|only| stored.factor == *only));
            if credentials.is_empty() {
                let factors = factors::store::list(&mut tx, account).await?;
                let none = factors::ways(&factors).is_empty();
                return Err(if none { Error::NoWay } else { Error::NoKey });
            }
            app.keys.begin_with(&credentials)?
        }
        // Nothing of a stranded account is asked for: only what works alone goes on.
        State::Started
        | State::Stranded { .. }
        | State::Linking { .. }
        | State::Choosing { .. }
        | State::ChoosingByCard { .. }
        | State::Over => app.keys.begin_alone()?,
    };
    let asked = (Purpose::Key, question.state.as_str());
    let end = now.after(app.config.times.challenge);
    challenges::put(&mut tx, attempt.id.as_str(), asked, end).await?;
    tx.commit().await?;
    Ok(question.public_key)
}

/// Checks a key's answer, an `AuthenticationResponseJSON`. The challenge is spent whatever it says.
pub async fn finish(app: &App, token: &Token, answer: &Value) -> Result<FactorAnswer> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let state = challenges::spend(&mut tx, attempt.id.as_str(), Purpose::Key, now).await?;
    let proof = match state {
        Some(state) => {
            let by = attempt.by(app.random, now);
            prove_key(app, &mut tx, (&state, answer), (&by, &attempt.client)).await?
        }
        None => Err(Refused::unknown(Refusal::ChallengeGone)),
    };
    settle(app, tx, attempt, proof, now).await
}

async fn prove_key(
    app: &App,
    tx: &mut Tx,
    (state, answer): (&str, &Value),
    (by, client): (&By, &str),
) -> Result<Result<Proof, Refused>> {
    let answer = match app.keys.look(state, answer)? {
        Ok(answer) => answer,
        Err(refusal) => return Ok(Err(Refused::unknown(refusal))),
    };
    let Some(stored) = factors::store::credential(tx, &answer.credential_id()).await? else {
        return Ok(Err(Refused::unknown(Refusal::NotRecognised)));
    };
    let account = stored.account.clone();
    let refused = |refusal| Ok(Err(Refused::of(stored.account.clone(), stored.kind, refusal)));
    if stored.proven_at.is_none() {
        // A first proof closes the road of the password alone: no enrolment by it goes on beside.
        accounts::store::lock(tx, &account).await?;
    }
    let named = answer.was_named();
    let used = match app.keys.finish(answer, &stored)? {
        Ok(used) => used,
        Err(Refusal::BadSignature) if !named => {
            // Whoever asks learns no more than of a key that nobody knows; the audit does.
            let reason = Refusal::BadSignature.as_str();
            let told = Refused::of(account, stored.kind, Refusal::NotRecognised);
            return Ok(Err(Refused { reason, ..told }));
        }
        Err(refusal) => {
            if refusal == Refusal::PossiblyCloned && stored.cloned_at.is_none() {
                found_cloned(app, tx, &stored, (by, client)).await?;
            }
            return refused(refusal);
        }
    };
    let counters = (stored.counter, used.counter);
    if !factors::store::advance(tx, &stored.factor, &used.content, counters, used.alone).await? {
        return refused(Refusal::ChallengeGone);
    }
    Ok(Ok(Proof {
        factor: stored.factor,
        account,
        kind: stored.kind,
        evidence: used.evidence,
        bound_at: stored.bound_at,
        suspended: stored.suspended,
        card: None,
    }))
}

/// Switches off a key that seems to be copied, ends what is begun, and tells whom it concerns.
async fn found_cloned(
    app: &App,
    tx: &mut Tx,
    stored: &Stored,
    (by, client): (&By, &str),
) -> Result<()> {
    let Stored { factor, account, kind, .. } = stored;
    // Held first, as by everybody who ends what an account has under way.
    accounts::store::lock(tx, account).await?;
    factors::store::flag_cloned(tx, factor, by.now).await?;
    let event = audit::Event::FactorCloned { factor: factor.clone() };
    audit::record(tx, by, Some(account), &event).await?;
    run::end_under_way(tx, account, Spared::Nothing, by).await?;
    let factors = factors::store::list(tx, account).await?;
    let name = factors.into_iter().find(|other| other.id == *factor).map(|other| other.name);
    let message = Message::FactorCloned { kind: *kind, name: name.unwrap_or_default() };
    Ok(delivery::run::tell(app, tx, account, delivery::notice(message, by, client)).await?)
}
