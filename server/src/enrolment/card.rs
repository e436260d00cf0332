//! Linking an UZI card: by its owner, whose card signs a nonce of the session, or by the operator, who
//! saw card and holder. Either way what was seen of the card goes to the audit.

use super::Error;
use super::policy::{self, Denied, FirstName, Shown, Unfit};
use super::run::{added, allowed, changed, drop_unproven, factor, owner, permitted};
use crate::accounts::who::{NotOne, Who};
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::challenges::{self, Purpose};
use crate::clock::Time;
use crate::factors::card::{Refusal, Refused, Revoked, Verified};
use crate::factors::{self, Evidence, Factor, Kind, Level};
use crate::id::AccountId;
use crate::operator::Operator;
use crate::organisations;
use crate::sessions::Session;
use crate::storage::{self, Tx};
use crate::uzi::Card;
use crate::uzi::certificate::Certificate;
use crate::uzi::refusal::Refusal as CardRefusal;
use crate::uzi::sighting::Sighting;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

type Result<T, E = Error> = std::result::Result<T, E>;

/// The nonce a card must sign to be linked: 32 bytes in base64, 44 characters.
pub async fn nonce(app: &App, session: &Session) -> Result<String> {
    let now = app.clock.now();
    let nonce = STANDARD.encode(app.random.bytes::<32>());
    let mut tx = app.db.write().await?;
    let (account, _) = allowed(app, &mut tx, session, Kind::Card, now).await?;
    permitted(&mut tx, &account.organisation, Kind::Card).await?;
    let end = now.after(app.config.times.challenge);
    challenges::put(&mut tx, session.id.as_str(), (Purpose::EnrolCard, &nonce), end).await?;
    tx.commit().await?;
    Ok(nonce)
}

/// Verifies a card's Web eID token (its JSON) and links the card to the account of `session`,
/// under the name its owner gives it. The nonce is spent whatever the token says. Every other
/// session of the account ends.
///
/// Errors: [`Error::Card`] where the card is not accepted; [`Error::Unfit`] and
/// [`Error::CardTaken`] where it is not linked. Each is recorded.
pub async fn link(app: &App, session: &Session, auth_token: &[u8], name: &str) -> Result<Factor> {
    let verified = match spend_nonce(app, session).await? {
        Some(nonce) => app.cards.verify(auth_token, &nonce, app.clock.now()).await,
        None => Err(Refusal::ChallengeGone.into()),
    };
    decide(app, session, verified, name).await
}

async fn spend_nonce(app: &App, session: &Session) -> Result<Option<String>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    allowed(app, &mut tx, session, Kind::Card, now).await?;
    let asker = session.id.as_str();
    let nonce = challenges::spend(&mut tx, asker, Purpose::EnrolCard, now).await?;
    tx.commit().await?;
    Ok(nonce)
}

/// Links a card that was verified, or records that it was not.
pub(super) async fn decide(
    app: &App,
    session: &Session,
    verified: Result<Verified, Refused>,
    name: &str,
) -> Result<Factor> {
    let by = owner(app, session, app.clock.now());
    let mut tx = app.db.write().await?;
    let id = &session.login.account;
    let Verified { card, sighting } = match verified {
        Ok(verified) => verified,
        Err(refused) => return refuse(tx, Some(id), refused, &by).await,
    };
    let linked = match allowed(app, &mut tx, session, Kind::Card, by.now).await {
        Ok((account, bound_at)) => {
            let first_name = FirstName::Compared;
            let proven_at = Some(by.now);
            let shown = match session.is_fresh(by.now, &app.config.sessions) {
                true => Shown::Strong,
                false => Shown::Less,
            };
            let terms = Terms { account: &account, name, bound_at, first_name, proven_at, shown };
            let by = (&by, session.client.as_str());
            insert(app, &mut tx, terms, (&card, &sighting), by).await
        }
        Err(error) => Err(error),
    };
    match linked {
        Ok(factor) => {
            changed(&mut tx, id, Some(&session.id), &by).await?;
            tx.commit().await?;
            Ok(factor)
        }
        Err(error) => not_linked(app, tx, Some(id), (error, sighting), &by).await,
    }
}

/// A card that was linked, in the transaction that did it.
pub(crate) struct Linked {
    pub(crate) tx: Tx,
    pub(crate) factor: Factor,
    pub(crate) sighting: Box<Sighting>,
}

/// Links a card that was verified to an account without a factor, which is locked and whose number and PIN
/// were right; or undoes what was begun and records why not. It is bound at the level at which the account
/// was vouched for. What the account has under way ends.
///
/// Errors: as [`link`].
pub(crate) async fn link_by_pin(
    app: &App,
    mut tx: Tx,
    id: &AccountId,
    verified: Result<Verified, Refused>,
    (by, client): (&By, &str),
) -> Result<Linked> {
    let Verified { card, sighting } = match verified {
        Ok(verified) => verified,
        Err(refused) => {
            drop(tx);
            return refuse(app.db.write().await?, Some(id), refused, by).await;
        }
    };
    let linked = async {
        let account = accounts::store::find(&mut tx, id).await?.ok_or(Error::SessionOver)?;
        let (bound_at, first_name) = (account.vouched, FirstName::Compared);
        let (proven_at, shown) = (Some(by.now), Shown::Less);
        let terms = Terms { account: &account, name: "", bound_at, first_name, proven_at, shown };
        let factor = insert(app, &mut tx, terms, (&card, &sighting), (by, client)).await?;
        drop_unproven(app, &mut tx, &factor, (by, client)).await?;
        changed(&mut tx, id, None, by).await?;
        accounts::store::activate(&mut tx, id).await?;
        Ok::<Factor, Error>(factor)
    };
    match linked.await {
        Ok(factor) => Ok(Linked { tx, factor, sighting }),
        Err(error) => not_linked(app, tx, Some(id), (error, sighting), by).await,
    }
}

/// Links the card with this certificate (a file's content) to this user's account: the operator saw
/// the card and vouches for it, so it is bound at `high`. Every session of the account ends.
///
/// Errors: [`Error::NotOne`]; as [`link`]. Each is recorded.
pub async fn link_by_operator(
    app: &App,
    who: &Who,
    certificate: &[u8],
    (revoked, first_name): (Revoked, FirstName),
    operator: &Operator,
) -> Result<(Factor, Card)> {
    let now = app.clock.now();
    let verified = match Certificate::from_file_content(certificate) {
        Ok(certificate) => app.cards.examine(&certificate, revoked, now).await,
        Err(error) => Err(CardRefusal::Unreadable(error).into()),
    };
    vouch(app, who, verified, (first_name, operator)).await
}

/// Links a card that the operator vouches for, or records that it was not.
pub(super) async fn vouch(
    app: &App,
    who: impl Into<Who>,
    verified: Result<Verified, Refused>,
    (first_name, operator): (FirstName, &Operator),
) -> Result<(Factor, Card)> {
    let who = who.into();
    let by = By { actor: Actor::Operator, random: app.random, now: app.clock.now() };
    let mut tx = app.db.write().await?;
    let account = match who.one(accounts::store::called(&mut tx, &who).await?) {
        Ok(account) => accounts::store::lock(&mut tx, &account.id)
            .await?
            .ok_or_else(|| NotOne::Nobody(who.clone())),
        Err(error) => Err(error),
    };
    let id = account.as_ref().ok().map(|account| &account.id);
    let Verified { card, sighting } = match verified {
        Ok(verified) => verified,
        Err(refused) => return refuse(tx, id, refused, &by).await,
    };
    let linked = match &account {
        Ok(account) => {
            // Only its certificate was seen: it has signed nothing.
            let (bound_at, proven_at, shown) = (Level::High, None, Shown::Less);
            let terms = Terms { account, name: "", bound_at, first_name, proven_at, shown };
            insert(app, &mut tx, terms, (&card, &sighting), (&by, "")).await
        }
        Err(error) => Err(error.clone().into()),
    };
    match linked {
        Ok(factor) => {
            let event = audit::Event::acted("link_card", operator.recorded());
            audit::record(&mut tx, &by, Some(&factor.account), &event).await?;
            drop_unproven(app, &mut tx, &factor, (&by, "")).await?;
            changed(&mut tx, &factor.account, None, &by).await?;
            tx.commit().await?;
            Ok((factor, card))
        }
        Err(error) => not_linked(app, tx, id, (error, sighting), &by).await,
    }
}

/// To whom a card is linked, under which name and at which level.
pub(super) struct Terms<'a> {
    pub(super) account: &'a Account,
    pub(super) name: &'a str,
    pub(super) bound_at: Level,
    pub(super) first_name: FirstName,
    /// When it signed a nonce of ours, if it did.
    pub(super) proven_at: Option<Time>,
    /// What was shown of the account beside it.
    pub(super) shown: Shown,
}

/// Links a card that fits.
///
/// Errors: as [`link`].
pub(super) async fn insert(
    app: &App,
    tx: &mut Tx,
    Terms { account, name, bound_at, first_name, proven_at, shown }: Terms<'_>,
    (card, sighting): (&Card, &Sighting),
    (by, client): (&By, &str),
) -> Result<Factor> {
    let organisation = organisations::store::find(tx, &account.organisation).await?;
    let organisation = organisation
        .ok_or(storage::Error::Inconsistent { table: "account", column: "organisation_id" })?;
    let decided = permitted(tx, &organisation.id, Kind::Card).await?;
    decided.admits(&card.identity).map_err(|refusal| Error::Card(Box::new(refusal.into())))?;
    let linked = factors::store::uzi_numbers(tx, &account.id).await?;
    let holder = (&card.identity, &card.subject);
    policy::fits(holder, account, &organisation, &linked, first_name)?;
    if shown == Shown::Less && is_new(app, tx, &account.id, by.now).await? {
        return Err(Unfit::NewName.into());
    }
    let proven = (Kind::Card, Evidence::CardPin);
    let mut factor = factor(app, &account.id, proven, (name, bound_at), by.now);
    factor.proven_at = proven_at;
    factors::store::insert(tx, &factor).await?;
    let (number, subscriber) = (card.identity.number.as_str(), card.identity.subscriber.as_str());
    factors::store::link_card(tx, &factor.id, &organisation.id, number, subscriber).await.map_err(
        |error| {
            if error.is_duplicate() { Error::CardTaken } else { Error::Storage(error) }
        },
    )?;
    added(app, tx, &factor, Some(Box::new(sighting.clone())), (by, client)).await?;
    Ok(factor)
}

/// Whether the name of this account is another one since so lately that no card is linked by it: whoever talks an
/// operator or contact person into a name would else take the account with their own card.
async fn is_new(app: &App, tx: &mut Tx, account: &AccountId, now: Time) -> Result<bool> {
    let changed = accounts::store::renamed(tx, account).await?;
    Ok(changed.is_some_and(|at| now < at.after(app.config.times.anchor)))
}

/// Records that a card was not accepted.
pub(super) async fn refuse<T>(
    mut tx: Tx,
    account: Option<&AccountId>,
    Refused { refusal, sighting }: Refused,
    by: &By,
) -> Result<T> {
    record(&mut tx, account, (refusal.code(), sighting), by).await?;
    tx.commit().await?;
    Err(Error::Card(Box::new(refusal)))
}

/// Undoes what was begun, and records why a card that holds was not linked.
pub(super) async fn not_linked<T>(
    app: &App,
    begun: Tx,
    account: Option<&AccountId>,
    (error, sighting): (Error, Box<Sighting>),
    by: &By,
) -> Result<T> {
    drop(begun);
    if let Some(reason) = reason(&error) {
        let mut tx = app.db.write().await?;
        record(&mut tx, account, (reason, Some(sighting)), by).await?;
        tx.commit().await?;
    }
    Err(error)
}

async fn record(
    tx: &mut Tx,
    account: Option<&AccountId>,
    (reason, card): (&'static str, Option<Box<Sighting>>),
    by: &By,
) -> Result<()> {
    let event = audit::Event::FactorRefused { kind: Some(Kind::Card), reason, card };
    Ok(audit::record(tx, by, account, &event).await?)
}

/// What the audit calls it that a card was not linked; nothing where that is not about the card.
fn reason(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::Card(refusal) => refusal.code(),
        Error::Unfit(Unfit::Type) => "card_type",
        Error::Unfit(Unfit::NoSubscriber) => "no_subscriber",
        Error::Unfit(Unfit::OtherSubscriber) => "other_subscriber",
        Error::Unfit(Unfit::OtherName) => "other_name",
        Error::Unfit(Unfit::OtherFirstName) => "other_first_name",
        Error::Unfit(Unfit::OtherNumber) => "other_number",
        Error::Unfit(Unfit::NewName) => "new_name",
        Error::CardTaken => "card_taken",
        Error::NotOne(_) => "no_account",
        Error::Denied(Denied::NotFresh) => "not_fresh",
        Error::SessionOver => "session_over",
        Error::Denied(Denied::Kind) => "kind_not_allowed",
        Error::Denied(
            Denied::PasswordAgain
            | Denied::OnlyFirst
            | Denied::Forced
            | Denied::CardTooEarly
            | Denied::TooLate
            | Denied::NoBackUp
            | Denied::LastFactor,
        ) => "not_allowed",
        Error::Refused(_)
        | Error::Barred(_)
        | Error::Unknown
        | Error::Key(_)
        | Error::Sealed(_)
        | Error::Storage(_) => return None,
    })
}
