//! Changes of factors, performed: each in one transaction, with its audit event. Those of cards are
//! in `card`.

use super::policy::{self, Denied, Intent};
use super::{Error, whose, wizard};
use crate::accounts::grace::Grace;
use crate::accounts::who::Who;
use crate::accounts::{self, Account};
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::challenges::{self, Purpose};
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::delivery::phone::Told;
use crate::factors::security_key::{self, KeyKind, Owner, Registered};
use crate::factors::{self, Evidence, Factor, Kind, Level, Refusal, Use};
use crate::id::{AccountId, FactorId, OrganisationId, SessionId};
use crate::label;
use crate::lockout::Subject;
use crate::login;
use crate::login::run::Spared;
use crate::organisations::{self, Policy};
use crate::password;
use crate::recovery;
use crate::reset;
use crate::secret::Token;
use crate::sessions::{self, Login, Scope, Session, Way};
use crate::storage::Tx;
use crate::uzi::sighting::Sighting;
use serde_json::Value;

type Result<T, E = Error> = std::result::Result<T, E>;

/// What a new key must answer: the content of `publicKey` for `navigator.credentials.create`.
///
/// Errors: [`Error::Denied`], also where the password was given too long ago to begin something.
pub async fn key_options(app: &App, session: &Session, kind: KeyKind) -> Result<Value> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, _) = allowed(app, &mut tx, session, kind.into(), now).await?;
    permitted(&mut tx, &account.organisation, kind.into()).await?;
    may_begin(app, &mut tx, session, now).await?;
    let mut existing = factors::store::credentials(&mut tx, &account.id, Use::LogIn).await?;
    if session.login.by_password_alone() {
        // What never proved itself is replaced, perhaps by the same key.
        existing.retain(|stored| stored.proven_at.is_some());
    }
    let name = shown_as(&mut tx, &account).await?;
    let owner = Owner { id: &account.id, username: account.username.as_str(), name: &name };
    let question = app.keys.begin_registration(&owner, kind, &existing)?;
    let asker = session.id.as_str();
    let end = now.after(app.config.times.challenge);
    challenges::put(&mut tx, asker, (Purpose::EnrolKey, &question.state), end).await?;
    tx.commit().await?;
    Ok(question.public_key)
}

/// Whether the password is to be given once more before something is begun in `session`.
pub async fn asks_password(app: &App, session: &Session) -> Result<bool> {
    let mut tx = app.db.read().await?;
    match may_begin(app, &mut tx, session, app.clock.now()).await {
        Ok(()) => Ok(false),
        Err(Error::Denied(Denied::PasswordAgain)) => Ok(true),
        Err(error) => Err(error),
    }
}

/// What the key of `factor`, a security key, must answer to be able to log in without a password too:
/// the content of `publicKey`. The new credential stands beside the old one until it has proven
/// itself, and then takes its place.
///
/// Errors: as [`key_options`]; [`Error::Unknown`] where it is no security key that works.
pub async fn upgrade_options(app: &App, session: &Session, factor: &FactorId) -> Result<Value> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, _) = allowed(app, &mut tx, session, Kind::Passkey, now).await?;
    permitted(&mut tx, &account.organisation, Kind::Passkey).await?;
    let credentials = factors::store::credentials(&mut tx, &account.id, Use::LogIn).await?;
    let (old, others): (Vec<_>, Vec<_>) =
        credentials.into_iter().partition(|stored| stored.factor == *factor);
    if !old.iter().any(|stored| stored.kind == Kind::SecurityKey) {
        return Err(Error::Unknown);
    }
    let name = shown_as(&mut tx, &account).await?;
    let owner = Owner { id: &account.id, username: account.username.as_str(), name: &name };
    let question = app.keys.begin_upgrade(&owner, factor, &others)?;
    let asker = session.id.as_str();
    let end = now.after(app.config.times.challenge);
    challenges::put(&mut tx, asker, (Purpose::EnrolKey, &question.state), end).await?;
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
    let by = owner(app, session, now);
    let asker = session.id.as_str();
    let Some(state) = challenges::spend(&mut tx, asker, Purpose::EnrolKey, now).await? else {
        return refused(tx, &account.id, (None, Refusal::ChallengeGone), &by).await;
    };
    permitted(&mut tx, &account.organisation, security_key::asked_kind(&state)?).await?;
    let registered = match app.keys.finish_registration(&state, answer)? {
        Ok(registered) => registered,
        Err(refusal) => {
            let kind = security_key::asked_kind(&state)?;
            return refused(tx, &account.id, (Some(kind), refusal), &by).await;
        }
    };
    let known = (Some(registered.kind), Refusal::AlreadyEnrolled);
    if factors::store::is_enrolled(&mut tx, &registered.credential_id).await? {
        return refused(tx, &account.id, known, &by).await;
    }
    let proven = (registered.kind, registered.evidence);
    let discoverable = registered.discoverable;
    let factor = Factor { discoverable, ..factor(app, &account.id, proven, (name, bound_at), now) };
    factors::store::insert(&mut tx, &factor).await?;
    let replaces = same_key(app, &mut tx, &account.id, &registered).await?;
    let content = (registered.version, registered.content.as_str());
    let (id, counter) = (&registered.credential_id, registered.counter);
    match factors::store::insert_credential(&mut tx, &factor, id, content, counter, replaces).await
    {
        Err(error) if error.is_duplicate() => {
            // Somebody enrols it at the same moment; this transaction is of no use any more.
            drop(tx);
            let mut tx = app.db.write().await?;
            challenges::spend(&mut tx, asker, Purpose::EnrolKey, now).await?;
            return refused(tx, &account.id, known, &by).await;
        }
        inserted => inserted?,
    }
    let client = session.client.as_str();
    let event = wizard::Event::Enrolled(factor.id.clone());
    if follows(session, event).contains(&wizard::Effect::DropUnproven) {
        drop_unproven(app, &mut tx, &factor, (&by, client)).await?;
    }
    added(app, &mut tx, &factor, None, (&by, client)).await?;
    changed(&mut tx, &account.id, Some(&session.id), &by).await?;
    tx.commit().await?;
    Ok(factor)
}

/// The factor whose place a new credential is to take, unless the browser reaches its key in other
/// ways than the old one's: then it is another key, and the old one stays.
async fn same_key<'a>(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    new: &'a Registered,
) -> Result<Option<&'a FactorId>> {
    let Some(replaces) = &new.replaces else { return Ok(None) };
    let credentials = factors::store::credentials(tx, account, Use::LogIn).await?;
    let Some(old) = credentials.iter().find(|stored| stored.factor == *replaces) else {
        return Ok(None);
    };
    Ok(app.keys.may_be_of_one_key(old, new)?.then_some(replaces))
}

/// Removes a factor. Every other session of the account ends.
///
/// Errors: [`Error::Denied`] without a fresh strong proof, or for the last factor unless `intent`
/// says that it may go; [`Error::Unknown`].
pub async fn remove(app: &App, session: &Session, factor: &FactorId, intent: Intent) -> Result<()> {
    let now = app.clock.now();
    let account = &session.login.account;
    let mut tx = app.db.write().await?;
    let (account_row, session) = living(app, &mut tx, session, now).await?;
    let factors = factors::store::list(&mut tx, account).await?;
    let removed = factors.iter().find(|other| other.id == *factor).ok_or(Error::Unknown)?;
    let left = factors.iter().filter(|other| other.id != *factor && other.is_relied_on()).count();
    policy::may_remove(&session, (&factors, left), intent, now, &app.config.sessions)?;
    let by = owner(app, &session, now);
    delete(app, &mut tx, removed, (&by, &session.client)).await?;
    accounts::store::vouch(&mut tx, &account_row.id, Level::Low).await?;
    changed(&mut tx, account, Some(&session.id), &by).await?;
    Ok(tx.commit().await?)
}

/// The factors of this user's account, oldest first, for the operator.
///
/// Errors: [`Error::NotOne`].
pub async fn factors_of(app: &App, who: impl Into<Who>) -> Result<Vec<Factor>> {
    let who = who.into();
    let mut tx = app.db.read().await?;
    let account = who.one(accounts::store::called(&mut tx, &who).await?)?;
    Ok(factors::store::list(&mut tx, &account.id).await?)
}

/// Removes factors that their owner cannot remove, of an account that is locked: an operator answers for it. All
/// sessions of the account end. Where nothing is left that closes the road of the password, it `opens` at the level at
/// which is bound what is enrolled next; else nobody vouches.
pub(crate) async fn take_by_operator(
    app: &App,
    tx: &mut Tx,
    (account, gone): (&AccountId, &[Factor]),
    opens: Option<Level>,
    by: &By,
) -> Result<()> {
    for factor in gone {
        delete(app, tx, factor, (by, "")).await?;
    }
    if opens.is_some() {
        // What was abandoned half-way is over: the operator opens the road of the password again.
        reset::run::finish(app, tx, account, (by, "")).await?;
    }
    accounts::store::vouch(tx, account, opens.unwrap_or(Level::Low)).await?;
    changed(tx, account, None, by).await
}

/// Removes a factor, and tells whom it concerns.
async fn delete(app: &App, tx: &mut Tx, factor: &Factor, (by, client): (&By, &str)) -> Result<()> {
    let Factor { id, account, kind, name, .. } = factor;
    let number = factors::phone::own::leaving(tx, (account, id), &app.sealing).await?;
    take_away(tx, account, (id, *kind), by).await?;
    let number = number.into_iter().collect();
    delivery::numbers::tell(app, tx, account, (number, Told::Removed)).await?;
    let message = Message::FactorRemoved { kind: *kind, name: name.clone() };
    Ok(delivery::run::tell(app, tx, account, delivery::notice(message, by, client)).await?)
}

async fn take_away(
    tx: &mut Tx,
    account: &AccountId,
    (factor, kind): (&FactorId, Kind),
    by: &By,
) -> crate::storage::Result<()> {
    factors::store::remove(tx, account, factor).await?;
    let event = audit::Event::FactorRemoved { factor: factor.clone(), kind };
    audit::record(tx, by, Some(account), &event).await
}

/// Where whoever has `session` stands in the wizard.
pub async fn wizard(app: &App, session: &Session) -> Result<wizard::State> {
    let status = recovery::run::status(app, session).await?;
    let mut tx = app.db.read().await?;
    let account = &session.login.account;
    let mut factors = factors::store::list(&mut tx, account).await?;
    if reset::store::find(&mut tx, account).await?.is_some() {
        // What was kept is no first factor: another is set up beside it.
        factors.retain(|factor| !factor.is_relied_on());
    }
    Ok(wizard::State::of(session, &factors, status))
}

/// What follows in `session` from an event of step 2: only a visit by the password alone is there, and
/// whether something was enrolled in it before makes no difference.
pub(super) fn follows(session: &Session, event: wizard::Event) -> Vec<wizard::Effect> {
    let state = wizard::State::of(session, &[], recovery::run::Status::NotYet);
    wizard::step(state, event).1
}

/// Until when whoever has `session` may put off the second factor, as [`policy::may_skip`] says.
pub async fn skippable(app: &App, session: &Session) -> Result<Option<Time>> {
    let now = app.clock.now();
    let mut tx = app.db.read().await?;
    let account = accounts::store::find(&mut tx, &session.login.account).await?;
    let account = account.ok_or(Error::SessionOver)?;
    if reset::store::find(&mut tx, &account.id).await?.is_some() {
        return Ok(None);
    }
    Ok(may_skip(&mut tx, session, &account, now).await?.0)
}

/// Until when whoever has `session` may go on without a second factor, and the days of grace of the account.
async fn may_skip(
    tx: &mut Tx,
    session: &Session,
    account: &Account,
    now: Time,
) -> Result<(Option<Time>, Option<Grace>)> {
    let decided = organisations::store::policy(tx, &account.organisation).await?;
    let grace = accounts::store::grace(tx, &account.id).await?;
    let password = password::store::opens(tx, &account.id).await?;
    Ok((policy::may_skip(session, account, (&decided, grace, password), now), grace))
}

/// Goes on without a second factor, in a session of its own that takes the place of `session`: it lets in
/// at `low`, for as long as nobody is forced or the days of grace last. The person is told.
///
/// Errors: [`Denied::Forced`]; [`Denied::OnlyFirst`] where a factor has proven itself.
pub async fn skip(app: &App, session: &Session) -> Result<Token> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let (account, session) = living(app, &mut tx, session, now).await?;
    let (until, grace) = may_skip(&mut tx, &session, &account, now).await?;
    let until = until.ok_or(Denied::Forced)?;
    let factors = factors::store::list(&mut tx, &account.id).await?;
    let anew = reset::store::find(&mut tx, &account.id).await?.is_some();
    let state = wizard::State::of(&session, &factors, recovery::run::Status::NotYet);
    let (_, effects) = wizard::step(state, wizard::Event::Skipped);
    if anew || !effects.contains(&wizard::Effect::LetInWithout) {
        return Err(Denied::OnlyFirst.into());
    }
    if let Some(grace) = grace {
        accounts::store::see_grace(&mut tx, &account.id, (grace, grace.at(now))).await?;
    }
    let by = owner(app, &session, now);
    let login = Login { scope: Scope::Full, ..session.login.clone() };
    audit::record(&mut tx, &by, Some(&account.id), &audit::Event::EnrolmentSkipped).await?;
    let notice = delivery::notice(Message::WithoutFactor { until }, &by, &session.client);
    let whom = (&Subject::account(&account.id), Some(&account.id));
    delivery::run::tell_once_a_day(app, &mut tx, whom, notice).await?;
    let token = raise(&mut tx, (&session, login), &by).await?;
    tx.commit().await?;
    Ok(token)
}

/// Lets whoever gave the password in `session` into all of the account, now that this factor has proven
/// itself there: password and factor are two. The session takes the place of `session`.
pub(crate) async fn let_in(
    tx: &mut Tx,
    session: &Session,
    (factor, way): (&Factor, Way),
    by: &By,
) -> Result<Token> {
    let level = factor.level();
    let login = Login {
        account: factor.account.clone(),
        scope: Scope::Full,
        level,
        proof: level,
        way,
        proven_at: by.now,
    };
    raise(tx, (session, login), by).await
}

async fn raise(tx: &mut Tx, (old, login): (&Session, Login), by: &By) -> Result<Token> {
    let account = login.account.clone();
    let raised = sessions::raise(tx, (old, login), by.random, by.now).await?;
    let (token, opened) = raised.ok_or(Error::SessionOver)?;
    let ended = audit::Event::SessionEnded { session: old.id.clone() };
    audit::record(tx, by, Some(&account), &ended).await?;
    let level = opened.login.level;
    let opened = audit::Event::SessionOpened { session: opened.id, level };
    audit::record(tx, by, Some(&account), &opened).await?;
    Ok(token)
}

/// Removes every factor of an account that ends, with its sessions and all that was begun.
pub(crate) async fn remove_all(
    tx: &mut Tx,
    account: &AccountId,
    by: &By,
) -> crate::storage::Result<()> {
    for factor in factors::store::list(tx, account).await? {
        take_away(tx, account, (&factor.id, factor.kind), by).await?;
    }
    reset::store::delete(tx, account).await?;
    factors::email::store::forget_all(tx, account).await?;
    login::run::end_under_way(tx, account, Spared::Nothing, by).await
}

/// Removes what a password alone enrolled before `new`, where nothing ever proved itself: of such
/// there is one at most, and nobody finds another's key beside what is their own.
pub(super) async fn drop_unproven(
    app: &App,
    tx: &mut Tx,
    new: &Factor,
    by: (&By, &str),
) -> Result<()> {
    let factors = factors::store::list(tx, &new.account).await?;
    let others: Vec<_> = factors.into_iter().filter(|factor| !factor.is_suspended()).collect();
    if others.iter().any(|factor| factor.proven_at.is_some()) {
        return Ok(());
    }
    for factor in others {
        if factor.id != new.id && !factor.closes_enrolment() {
            delete(app, tx, &factor, by).await?;
        }
    }
    Ok(())
}

/// The account of `session`, and the session as it stands by now: it may have ended or fallen since
/// it was read. Both are kept from every other change until the transaction ends.
pub(super) async fn living(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    now: Time,
) -> Result<(Account, Session)> {
    let account = accounts::store::lock(tx, &session.login.account).await?;
    let account = account.ok_or(Error::Unknown)?;
    let policy = &app.config.sessions;
    let session = sessions::lock(tx, &account.id, &session.id, (now, policy)).await?;
    Ok((account, session.ok_or(Error::SessionOver)?))
}

/// The account of `session` and the level a factor of this kind added in it is bound at, if one
/// may be added. The account is kept from every other change of its factors until the transaction
/// ends.
///
/// Errors: [`Error::SessionOver`], [`Error::Denied`].
pub(super) async fn allowed(
    app: &App,
    tx: &mut Tx,
    session: &Session,
    kind: Kind,
    now: Time,
) -> Result<(Account, Level)> {
    let (account, session) = living(app, tx, session, now).await?;
    let factors = factors::store::list(tx, &account.id).await?;
    let reset = reset::store::find(tx, &account.id).await?;
    let there = (factors.as_slice(), reset.as_ref());
    let level = policy::may_add(&session, &account, kind, there, now, &app.config.sessions)?;
    Ok((account, level))
}

/// Whether something new may be begun in `session`, as [`policy::may_begin`] says.
///
/// Errors: [`Denied::PasswordAgain`].
pub(super) async fn may_begin(app: &App, tx: &mut Tx, session: &Session, now: Time) -> Result<()> {
    let reset = reset::store::find(tx, &session.login.account).await?;
    Ok(policy::may_begin(session, reset.as_ref(), now, &app.config.sessions)?)
}

/// What this organisation decides, where it lets its people enrol a factor of this kind.
///
/// Errors: [`Denied::Kind`].
pub(super) async fn permitted(
    tx: &mut Tx,
    organisation: &OrganisationId,
    kind: Kind,
) -> Result<Policy> {
    let policy = organisations::store::policy(tx, organisation).await?;
    if policy.kinds.contains(&kind) { Ok(policy) } else { Err(Denied::Kind.into()) }
}

/// What a key and a browser call the account.
async fn shown_as(tx: &mut Tx, account: &Account) -> Result<String> {
    let organisation = organisations::store::find(tx, &account.organisation).await?;
    let organisation = organisation.ok_or(Error::Unknown)?;
    Ok(whose::label(&account.name, &organisation.name))
}

/// A factor that is about to be enrolled.
pub(super) fn factor(
    app: &App,
    account: &AccountId,
    proven: (Kind, Evidence),
    (name, bound_at): (&str, Level),
    now: Time,
) -> Factor {
    let name = label::parse(name, MAX_NAME).unwrap_or_default();
    Factor { name, ..Factor::fresh(app.random, account, proven, bound_at, now) }
}

/// Records a new factor, and tells whom it concerns; nobody vouches for an account that the password
/// alone opens no more.
pub(super) async fn added(
    app: &App,
    tx: &mut Tx,
    factor: &Factor,
    card: Option<Box<Sighting>>,
    from: (&By, &str),
) -> Result<()> {
    added_from(app, tx, (factor, None), card, from).await
}

/// The same of what logs in from a moment to come on, where it does.
pub(super) async fn added_from(
    app: &App,
    tx: &mut Tx,
    (factor, starts_at): (&Factor, Option<Time>),
    card: Option<Box<Sighting>>,
    (by, client): (&By, &str),
) -> Result<()> {
    if factor.closes_enrolment() {
        accounts::store::vouch(tx, &factor.account, Level::Low).await?;
    }
    if factor.proven_at.is_some() {
        // Who went on with a password alone is out by the change itself.
        accounts::store::end_grace(tx, &factor.account, by.now).await?;
    }
    let event = audit::Event::FactorAdded {
        factor: factor.id.clone(),
        kind: factor.kind,
        bound_at: factor.bound_at,
        card,
    };
    audit::record(tx, by, Some(&factor.account), &event).await?;
    let name = factor.name.clone();
    let message = Message::FactorAdded { kind: factor.kind, name, starts_at };
    let notice = delivery::notice(message, by, client);
    Ok(delivery::run::tell(app, tx, &factor.account, notice).await?)
}

/// Ends what was begun with the factors as they were: the other sessions, and log-ins under way.
pub(super) async fn changed(
    tx: &mut Tx,
    account: &AccountId,
    kept: Option<&SessionId>,
    by: &By,
) -> Result<()> {
    let spared = kept.map_or(Spared::Nothing, Spared::Session);
    Ok(login::run::end_under_way(tx, account, spared, by).await?)
}

async fn refused(
    mut tx: Tx,
    account: &AccountId,
    (kind, refusal): (Option<Kind>, Refusal),
    by: &By,
) -> Result<Factor> {
    let event = audit::Event::FactorRefused { kind, reason: refusal.as_str(), card: None };
    audit::record(&mut tx, by, Some(account), &event).await?;
    tx.commit().await?;
    Err(Error::Refused(refusal))
}

/// The person whose session this is, acting now.
pub(super) fn owner(app: &App, session: &Session, now: Time) -> By {
    let actor = Actor::Owner { session: session.id.clone(), attempt: None };
    By { actor, random: app.random, now }
}

/// Characters of a factor's name, at most.
pub(crate) const MAX_NAME: usize = 60;

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// Takes a factor away as an operator does whose case is confirmed; at which level the road of the password is
    /// open by that.
    pub(crate) async fn remove_by_operator(
        app: &App,
        who: impl Into<Who>,
        factor: &FactorId,
        vouched: Level,
    ) -> Result<(Factor, Option<Level>)> {
        let who = who.into();
        let by = By { actor: Actor::Operator, random: app.random, now: app.clock.now() };
        let mut tx = app.db.write().await?;
        let account = who.one(accounts::store::called(&mut tx, &who).await?)?.id;
        let _ = accounts::store::lock(&mut tx, &account).await?;
        let factors = factors::store::list(&mut tx, &account).await?;
        let (gone, kept): (Vec<_>, Vec<_>) =
            factors.into_iter().partition(|other| other.id == *factor);
        let removed = gone.first().cloned().ok_or(Error::Unknown)?;
        let opens = (!kept.iter().any(Factor::closes_enrolment)).then_some(vouched);
        take_by_operator(app, &mut tx, (&account, &gone), opens, &by).await?;
        tx.commit().await?;
        Ok((removed, opens))
    }
}
