//! Changes of factors, performed: each in one transaction, with its audit event.

use super::Error;
use super::policy::{self, Intent, Unfit};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit;
use crate::challenges::{self, Purpose};
use crate::clock::Time;
use crate::factors::security_key::KeyKind;
use crate::factors::{self, Evidence, Factor, Kind, Level, Refusal};
use crate::id::{AccountId, FactorId, SessionId};
use crate::login;
use crate::organisations;
use crate::sessions::{self, Session};
use crate::storage::{self, Tx};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use wire::uzi::{Identity, Subject};

type Result<T, E = Error> = std::result::Result<T, E>;

/// What a new key must answer: the content of `publicKey` for `navigator.credentials.create`.
pub async fn key_options(app: &App, session: &Session, kind: KeyKind) -> Result<Value> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, _) = allowed(app, &mut tx, session, kind.into(), now).await?;
    let existing = factors::store::credentials(&mut tx, &account.id).await?;
    let question = app.keys.begin_registration(&account, kind, &existing)?;
    let owner = session.id.as_str();
    challenges::put(&mut tx, owner, Purpose::EnrolKey, &question.state, now).await?;
    tx.commit().await?;
    Ok(question.public_key)
}

/// Enrols the key that gave this `RegistrationResponseJSON`, under the name its owner gives it.
/// Every other session of the account ends.
///
/// Errors: [`Error::Refused`] says what the key lacks; the challenge is spent all the same.
pub async fn key(app: &App, session: &Session, answer: &Value, name: &str) -> Result<Factor> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, bound_at) = allowed(app, &mut tx, session, Kind::SecurityKey, now).await?;
    let owner = session.id.as_str();
    let registered = match challenges::spend(&mut tx, owner, Purpose::EnrolKey, now).await? {
        Some(state) => app.keys.finish_registration(&state, answer)?,
        None => Err(Refusal::ChallengeGone),
    };
    let registered = match registered {
        Ok(registered) => registered,
        Err(refusal) => return refused(app, tx, &account.id, refusal, now).await,
    };
    if factors::store::is_enrolled(&mut tx, &registered.credential_id).await? {
        return refused(app, tx, &account.id, Refusal::AlreadyEnrolled, now).await;
    }
    let proven = (registered.kind, registered.evidence);
    let factor = factor(app, &account.id, proven, (name, bound_at), now);
    factors::store::insert(&mut tx, &factor).await?;
    let content = (registered.version, registered.content.as_str());
    let (id, counter) = (&registered.credential_id, registered.counter);
    factors::store::insert_credential(&mut tx, &factor.id, id, content, counter).await?;
    added(app, &mut tx, &factor, now).await?;
    changed(app, &mut tx, &account.id, Some(&session.id), now).await?;
    tx.commit().await?;
    Ok(factor)
}

/// The nonce a card must sign to be linked: 32 bytes in base64, 44 characters.
pub async fn card_nonce(app: &App, session: &Session) -> Result<String> {
    let now = app.clock.now();
    let nonce = STANDARD.encode(app.random.bytes::<32>());
    let mut tx = app.db.write().await?;
    allowed(app, &mut tx, session, Kind::Card, now).await?;
    challenges::put(&mut tx, session.id.as_str(), Purpose::EnrolCard, &nonce, now).await?;
    tx.commit().await?;
    Ok(nonce)
}

/// The nonce this session's card was asked to sign, once. Nothing when there is none any more.
///
/// To be called before the card's token is verified against it; [`card`] follows with the result.
pub async fn spend_card_nonce(app: &App, session: &Session) -> Result<Option<String>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    allowed(app, &mut tx, session, Kind::Card, now).await?;
    let owner = session.id.as_str();
    let nonce = challenges::spend(&mut tx, owner, Purpose::EnrolCard, now).await?;
    tx.commit().await?;
    Ok(nonce)
}

/// Links a verified card to the account of `session`. Every other session of the account ends.
///
/// Errors: [`Error::Unfit`] and [`Error::CardTaken`], which are recorded too.
pub async fn card(
    app: &App,
    session: &Session,
    identity: &Identity,
    subject: &Subject,
    name: &str,
) -> Result<Factor> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, bound_at) = allowed(app, &mut tx, session, Kind::Card, now).await?;
    let linked = link(app, &mut tx, &account, (identity, subject), (name, bound_at), now).await;
    match linked {
        Ok(factor) => {
            changed(app, &mut tx, &account.id, Some(&session.id), now).await?;
            tx.commit().await?;
            Ok(factor)
        }
        Err(error) => {
            drop(tx);
            card_refused(app, &account.id, &error, now).await?;
            Err(error)
        }
    }
}

/// Links a verified card to the account with this user name: an operator saw the card and vouches
/// for it, so it is bound at `high`.
///
/// Errors: [`Error::NoAccount`]; as [`card`].
pub async fn link_card(
    app: &App,
    username: &accounts::Username,
    identity: &Identity,
    subject: &Subject,
) -> Result<Factor> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let Some(account) = accounts::store::named(&mut tx, username).await? else {
        return Err(Error::NoAccount(username.clone()));
    };
    let card = (identity, subject);
    let factor = link(app, &mut tx, &account, card, ("", Level::High), now).await?;
    tx.commit().await?;
    Ok(factor)
}

async fn link(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    (identity, subject): (&Identity, &Subject),
    (name, bound_at): (&str, Level),
    now: Time,
) -> Result<Factor> {
    let organisation = organisations::store::find(tx, &account.organisation).await?;
    let organisation = organisation
        .ok_or(storage::Error::Inconsistent { table: "account", column: "organisation_id" })?;
    policy::fits(identity, subject, account, &organisation)?;
    let proven = (Kind::Card, Evidence::CardPin);
    let factor = factor(app, &account.id, proven, (name, bound_at), now);
    factors::store::insert(tx, &factor).await?;
    let (number, subscriber) = (identity.number.as_str(), identity.subscriber.as_str());
    factors::store::link_card(tx, &factor.id, &organisation.id, number, subscriber).await.map_err(
        |error| {
            if error.is_duplicate() { Error::CardTaken } else { Error::Storage(error) }
        },
    )?;
    added(app, tx, &factor, now).await?;
    Ok(factor)
}

/// Removes a factor. Every other session of the account ends.
///
/// Errors: [`Error::Denied`] without a fresh strong proof, or for the last factor unless `intent`
/// says that it may go; [`Error::Unknown`].
pub async fn remove(app: &App, session: &Session, factor: &FactorId, intent: Intent) -> Result<()> {
    let now = app.clock.now();
    let account = &session.login.account;
    let mut tx = app.db.write().await?;
    let account_row = accounts::store::lock(&mut tx, account).await?.ok_or(Error::Unknown)?;
    let factors = factors::store::list(&mut tx, account).await?;
    let Some(kind) = factors.iter().find(|other| other.id == *factor).map(|f| f.kind) else {
        return Err(Error::Unknown);
    };
    let left = factors.iter().filter(|other| other.id != *factor && other.is_usable()).count();
    policy::may_remove(session, left, intent, now, &app.config.sessions)?;
    factors::store::delete_credential(&mut tx, factor).await?;
    factors::store::delete_card(&mut tx, factor).await?;
    factors::store::delete(&mut tx, &account_row.id, factor).await?;
    let event = audit::Event::FactorRemoved { factor: factor.clone(), kind };
    audit::record(&mut tx, app.random, now, Some(account), &event).await?;
    changed(app, &mut tx, account, Some(&session.id), now).await?;
    Ok(tx.commit().await?)
}

/// The account of `session` and the level a factor of this kind added in it is bound at, if one
/// may be added. The account is kept from every other change of its factors until the transaction
/// ends.
async fn allowed(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    kind: Kind,
    now: Time,
) -> Result<(Account, Level)> {
    let account = accounts::store::lock(tx, &session.login.account).await?;
    let account = account.ok_or(Error::Unknown)?;
    let factors = factors::store::list(tx, &account.id).await?.len();
    let level = policy::may_add(session, &account, kind, factors, now, &app.config.sessions)?;
    Ok((account, level))
}

fn factor(
    app: &App,
    account: &AccountId,
    (kind, evidence): (Kind, Evidence),
    (name, bound_at): (&str, Level),
    now: Time,
) -> Factor {
    Factor {
        id: FactorId::random(app.random),
        account: account.clone(),
        kind,
        name: name.trim().chars().filter(|c| !c.is_control()).take(MAX_NAME).collect(),
        bound_at,
        evidence,
        created_at: now,
        used_at: None,
        cloned_at: None,
    }
}

/// Records a new factor; nobody vouches for an account that has had one.
async fn added(app: &App, tx: &mut Tx, factor: &Factor, now: Time) -> Result<()> {
    accounts::store::vouch(tx, &factor.account, Level::Low).await?;
    let event = audit::Event::FactorAdded {
        factor: factor.id.clone(),
        kind: factor.kind,
        bound_at: factor.bound_at,
    };
    Ok(audit::record(tx, app.random, now, Some(&factor.account), &event).await?)
}

/// Ends what was begun with the factors as they were: the other sessions, and log-ins under way.
async fn changed(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    kept: Option<&SessionId>,
    now: Time,
) -> Result<()> {
    sessions::end_others(tx, account, kept, app.random, now).await?;
    Ok(login::run::interrupt(tx, account, now).await?)
}

async fn refused(
    app: &App,
    mut tx: Tx,
    account: &AccountId,
    refusal: Refusal,
    now: Time,
) -> Result<Factor> {
    let event = audit::Event::FactorRefused { kind: Kind::SecurityKey, reason: refusal.into() };
    audit::record(&mut tx, app.random, now, Some(account), &event).await?;
    tx.commit().await?;
    Err(Error::Refused(refusal))
}

/// Records why a card was not linked, where that is about the card.
pub(super) async fn card_refused(
    app: &App,
    account: &AccountId,
    error: &Error,
    now: Time,
) -> Result<()> {
    let reason = match error {
        Error::Card(refusal) => refusal.code(),
        Error::Unfit(Unfit::Type) => "card_type",
        Error::Unfit(Unfit::NoSubscriber) => "no_subscriber",
        Error::Unfit(Unfit::OtherSubscriber) => "other_subscriber",
        Error::Unfit(Unfit::OtherName) => "other_name",
        Error::CardTaken => "card_taken",
        Error::Denied(_)
        | Error::Refused(_)
        | Error::Unknown
        | Error::NoAccount(_)
        | Error::Key(_)
        | Error::Storage(_) => return Ok(()),
    };
    let mut tx = app.db.write().await?;
    let event = audit::Event::FactorRefused { kind: Kind::Card, reason: reason.to_owned() };
    audit::record(&mut tx, app.random, now, Some(account), &event).await?;
    Ok(tx.commit().await?)
}

/// Characters of a factor's name, at most.
const MAX_NAME: usize = 60;
