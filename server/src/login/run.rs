//! A log-in attempt, performed: load, step, do, save, in one transaction.

use super::flow::{self, Effect, Event, State};
use super::pkce::Challenge;
use super::store::{self, Attempt, Row};
use super::{Error, FactorAnswer, Granted};
use crate::accounts;
use crate::app::App;
use crate::audit::{self, Actor, By};
use crate::batches::{all, walk};
use crate::challenges;
use crate::clock::Time;
use crate::delivery;
use crate::delivery::message::Message;
use crate::factors::{self, Factor, Kind, Level, Proof, Refusal};
use crate::id::{AccountId, AttemptId, FactorId, SessionId};
use crate::lockout::{self, Counted, Subject, codes};
use crate::organisations::{self, Organisation};
use crate::reset;
use crate::secret::{Carrier, Token, TokenHash};
use crate::sessions::{self, Login, Session};
use crate::storage::{self, Tx};
use crate::uzi::sighting::Sighting;

type Result<T, E = Error> = std::result::Result<T, E>;

/// Begins an attempt. An application gives a PKCE challenge and will get a one-time code; a page
/// gives none and will get a session. `client` is what the browser or program calls itself.
pub async fn start(app: &App, challenge: Option<Challenge>, client: &str) -> Result<Token> {
    begin(app, challenge, client, State::Started).await
}

/// Begins an attempt that raises `session` by one of its account's keys or cards: its level goes
/// up and its proof is fresh again. Ends in [`Granted::Session`] with a new token.
pub async fn step_up(app: &App, session: &Session) -> Result<Token> {
    let state = State::SteppingUp {
        account: session.login.account.clone(),
        session: session.id.clone(),
        level: session.login.level,
    };
    begin(app, None, &session.client, state).await
}

/// As [`step_up`], going on with the attempt of `token` where it raises this session already: its wrong
/// codes count together.
pub async fn step_up_with(app: &App, session: &Session, token: Option<&Token>) -> Result<Token> {
    match going_on(app, token, |state| state.session() == Some(&session.id)).await? {
        Some(token) => Ok(token),
        None => step_up(app, session).await,
    }
}

/// The token of an attempt whose state is such, where it is one.
async fn going_on(
    app: &App,
    token: Option<&Token>,
    such: impl Fn(&State) -> bool,
) -> Result<Option<Token>> {
    let Some(token) = token else { return Ok(None) };
    let mut tx = app.db.read().await?;
    let found = store::find(&mut tx, &token.hash(), app.clock.now()).await?;
    Ok(found.filter(|attempt| such(&attempt.state)).map(|_| token.clone()))
}

/// Begins an attempt that raises `session`, which a password alone opened, by what was enrolled in it:
/// password and factor are two, wherever the one was given just before the other. Ends in
/// [`Granted::Session`] with a new token.
///
/// Errors: [`Error::AttemptOver`] where more than a password was given.
pub async fn prove(app: &App, session: &Session) -> Result<Token> {
    if !session.login.by_password_alone() {
        return Err(Error::AttemptOver);
    }
    let (account, id) = (session.login.account.clone(), session.id.clone());
    begin(app, None, &session.client, State::Proving { account, session: id }).await
}

/// Begins an attempt in which a suspended factor proves itself, to be kept. Ends in [`Granted::Kept`].
pub async fn keep(app: &App, session: &Session) -> Result<Token> {
    let (account, session_id) = (session.login.account.clone(), session.id.clone());
    begin(app, None, &session.client, State::Keeping { account, session: session_id }).await
}

/// As [`keep`], going on with the attempt of `token` where it is of this session: its wrong codes count
/// together.
pub async fn keep_with(app: &App, session: &Session, token: Option<&Token>) -> Result<Token> {
    let such =
        |state: &State| matches!(state, State::Keeping { session: of, .. } if *of == session.id);
    match going_on(app, token, such).await? {
        Some(token) => Ok(token),
        None => keep(app, session).await,
    }
}

pub(super) async fn begin(
    app: &App,
    code_challenge: Option<Challenge>,
    client: &str,
    state: State,
) -> Result<Token> {
    let mut tx = app.db.write().await?;
    let (token, attempt) = unwritten(app, code_challenge, client, state);
    write(app, &mut tx, &attempt, app.clock.now()).await?;
    tx.commit().await?;
    Ok(token)
}

/// An attempt of a program that calls itself `client`, which no table has.
pub(super) fn unwritten(
    app: &App,
    code_challenge: Option<Challenge>,
    client: &str,
    state: State,
) -> (Token, Attempt) {
    let carrier = match code_challenge {
        Some(_) => Carrier::Program,
        None => Carrier::Cookie,
    };
    let token = Token::random(app.random).carried_by(carrier);
    let id = AttemptId::random(app.random);
    let client = client.chars().filter(|c| !c.is_control()).take(200).collect();
    let row = Row::Unwritten(token.hash());
    (token, Attempt { id, code_challenge, client, state, row })
}

/// Writes where an attempt stands; the first time it lives from then on.
pub(super) async fn write(app: &App, tx: &mut Tx, attempt: &Attempt, now: Time) -> Result<()> {
    match &attempt.row {
        Row::Written => store::save(tx, &attempt.id, &attempt.state).await?,
        Row::Unwritten(token) => {
            let end = now.after(app.config.times.attempt);
            store::insert(tx, attempt, token, now, end).await?;
        }
    }
    Ok(())
}

/// Why a factor does not let in, and whose it is where that is known.
pub(super) struct Refused {
    pub(super) account: Option<AccountId>,
    /// What it is, where that is known.
    pub(super) kind: Option<Kind>,
    pub(super) refusal: Refusal,
    /// What the audit calls it.
    pub(super) reason: &'static str,
    pub(super) card: Option<Box<Sighting>>,
}

impl Refused {
    /// Of a key that nobody has.
    pub(super) const fn unknown(refusal: Refusal) -> Self {
        Self { account: None, kind: None, refusal, reason: refusal.as_str(), card: None }
    }

    /// Of this account's key, which is of this kind.
    pub(super) fn of(account: AccountId, kind: Kind, refusal: Refusal) -> Self {
        Self { account: Some(account), kind: Some(kind), ..Self::unknown(refusal) }
    }
}

/// What may be asked next of who gave the right password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The kinds the account has, last used first.
    pub ways: Vec<Kind>,
    /// Whether none of them ever proved itself, so that another may be enrolled instead.
    pub first: bool,
}

/// What this attempt may go on with; nothing before the password was right.
///
/// Errors: [`Error::NoWay`] where what there was has been switched off since.
pub async fn offer(app: &App, token: &Token) -> Result<Option<Offer>> {
    // Read only: who asks need not show a cookie of ours, and SQLite has one place to write.
    let mut tx = app.db.read().await?;
    let attempt = store::find(&mut tx, &token.hash(), app.clock.now()).await?;
    let state = attempt.ok_or(Error::AttemptOver)?.state;
    let (account, first) = match &state {
        State::PasswordProven { account } => (account, false),
        State::FirstProof { account } => (account, true),
        State::Started
        | State::Stranded { .. }
        | State::Proving { .. }
        | State::SteppingUp { .. }
        | State::Keeping { .. }
        | State::Linking { .. }
        | State::Choosing { .. }
        | State::ChoosingByCard { .. } => return Ok(None),
        State::Over => return Err(Error::AttemptOver),
    };
    let ways = ways(&mut tx, account, app.clock.now()).await?;
    if ways.is_empty() {
        return Err(Error::NoWay);
    }
    Ok(Some(Offer { ways, first }))
}

/// The organisations of which one is chosen in this state, by name.
pub(super) async fn choices(tx: &mut Tx, state: &State) -> Result<Vec<Organisation>> {
    let mut found = Vec::new();
    for id in state.choices() {
        found.extend(organisations::store::find(tx, id).await?);
    }
    found.sort_by_key(|one| (one.name.to_lowercase(), one.id.clone()));
    Ok(found)
}

/// The kinds that this account may go on with, the one it used last first; no number before its time.
pub(super) async fn ways(tx: &mut Tx, account: &AccountId, now: Time) -> Result<Vec<Kind>> {
    let factors = factors::store::list(tx, account).await?;
    ways_of(tx, account, factors, now).await
}

/// The same, of an account with these factors.
pub(super) async fn ways_of(
    tx: &mut Tx,
    account: &AccountId,
    mut factors: Vec<Factor>,
    now: Time,
) -> Result<Vec<Kind>> {
    if factors.iter().any(|factor| matches!(factor.kind, Kind::Sms | Kind::Call)) {
        let waiting = factors::phone::store::waiting(tx, account, now).await?;
        factors.retain(|factor| !waiting.contains(&factor.id));
    }
    if !organisations::Policy::decides_of(&factors) {
        return Ok(factors::ways(&factors));
    }
    Ok(match accounts::store::find(tx, account).await? {
        Some(account) => {
            organisations::store::policy(tx, &account.organisation).await?.ways(&factors)
        }
        None => Vec::new(),
    })
}

/// Goes on to a visit that can only enrol, where the password was right and nothing of the account
/// ever proved itself.
///
/// Errors: [`Error::AttemptOver`] where something did.
pub async fn enrol_another(app: &App, token: &Token) -> Result<Granted> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let account = attempt.state.account().cloned().ok_or(Error::AttemptOver)?;
    let factors = factors::store::list(&mut tx, &account).await?;
    if factors.iter().any(Factor::closes_enrolment) {
        return Err(Error::AttemptOver);
    }
    let granted = advance(app, &mut tx, attempt, Event::EnrolAnother, now).await?;
    tx.commit().await?;
    granted.ok_or(Error::AttemptOver)
}

/// Hands the flow a proof or a refusal, and commits either way.
pub(super) async fn settle(
    app: &App,
    mut tx: Tx,
    attempt: Attempt,
    proof: Result<Proof, Refused>,
    now: Time,
) -> Result<FactorAnswer> {
    let proof = proof.and_then(|proof| match flow::fits(&attempt.state, &proof) {
        Ok(()) => Ok(proof),
        Err(unfit) => {
            let refusal = match unfit {
                flow::Unfit::Stranger => Refusal::Stranger,
                flow::Unfit::Touch => Refusal::UserVerificationMissing,
                flow::Unfit::Suspended => Refusal::Suspended,
            };
            Err(Refused { card: proof.card, ..Refused::of(proof.account, proof.kind, refusal) })
        }
    });
    if let (Ok(proof), None) = (&proof, attempt.state.session()) {
        let (kind, level) = (proof.kind, proof.level());
        warn(app, &mut tx, (&proof.account, kind, level), (&attempt, now)).await?;
    }
    let (event, refusal) = match proof {
        Ok(proof) => (Event::Proven(proof), Refusal::NotRecognised),
        Err(Refused { account, kind, refusal, reason, card }) => {
            (Event::Refused { kind, account, reason, card }, refusal)
        }
    };
    let granted = advance(app, &mut tx, attempt, event, now).await?;
    tx.commit().await?;
    Ok(granted.map_or(FactorAnswer::Refused(refusal), FactorAnswer::Done))
}

/// Tells the person where somebody logs in with something weaker than usual.
async fn warn(
    app: &App,
    tx: &mut Tx,
    (account, kind, level): (&AccountId, Kind, Level),
    (attempt, now): (&Attempt, Time),
) -> Result<()> {
    if kind.is_strong() && level == Level::High {
        return Ok(()); // nothing is stronger
    }
    let factors = factors::store::list(tx, account).await?;
    if !factors::is_weaker(&factors, (kind, level), now.before(app.config.times.usual)) {
        return Ok(());
    }
    let by = attempt.by(app.random, now);
    let notice = delivery::notice(Message::WeakerWay { kind }, &by, &attempt.client);
    Ok(delivery::run::tell(app, tx, account, notice).await?)
}

/// Whose right password was given in this attempt, while it goes on.
pub(crate) async fn proven(
    tx: &mut Tx,
    token: &Token,
    now: Time,
) -> storage::Result<Option<AccountId>> {
    let attempt = store::find(tx, &token.hash(), now).await?;
    Ok(attempt.and_then(|attempt| attempt.state.password_of().cloned()))
}

/// Ends a log-in whose person gives it up, as its time would: nobody goes on with it, and who follows it hears
/// that it is over. One that is over already begins no write.
pub async fn give_up(app: &App, token: &Token) -> Result<()> {
    let (now, whose) = (app.clock.now(), token.hash());
    let mut tx = app.db.read().await?;
    let goes_on = store::find(&mut tx, &whose, now).await?.is_some();
    drop(tx);
    if goes_on {
        let mut tx = app.db.write().await?;
        store::lapse(&mut tx, &whose, now).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// Ends what this account has under way: its factors changed, and what was proven before says less.
pub(crate) async fn interrupt(tx: &mut Tx, account: &AccountId, now: Time) -> storage::Result<()> {
    end_begun(tx, account, None, now).await
}

async fn end_begun(
    tx: &mut Tx,
    account: &AccountId,
    spared: Option<&TokenHash>,
    now: Time,
) -> storage::Result<()> {
    store::end_attempts(tx, account, spared).await?;
    factors::sent::store::end_all(tx, account).await?;
    factors::email::store::end_links(tx, account).await?;
    store::spend_codes(tx, account, now).await
}

/// What an account keeps of what it has under way.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Spared<'a> {
    /// Nothing.
    Nothing,
    /// The session in which it was asked for.
    Session(&'a SessionId),
    /// The log-in in which it was asked for.
    Attempt(&'a Token),
}

/// Ends what this account has under way but what is spared: its sessions, its log-ins, and the codes and
/// links that nobody used.
pub(crate) async fn end_under_way(
    tx: &mut Tx,
    account: &AccountId,
    spared: Spared<'_>,
    by: &By,
) -> storage::Result<()> {
    let (session, attempt) = match spared {
        Spared::Nothing => (None, None),
        Spared::Session(session) => (Some(session), None),
        Spared::Attempt(token) => (None, Some(token.hash())),
    };
    sessions::end_others(tx, account, session, by).await?;
    end_begun(tx, account, attempt.as_ref(), by.now).await
}

/// Forgets attempts, codes and challenges that have lapsed, and the wrong tries at names that nobody
/// has and nobody tried for long.
pub(crate) async fn forget(app: &App) -> Result<()> {
    let now = app.clock.now();
    walk!(
        app.db,
        (tx, after) => store::look(&mut tx, after, now).await,
        id => store::forget_attempt(&mut tx, id, now).await
    );
    walk!(
        app.db,
        (tx, after) => challenges::look(&mut tx, after, now).await,
        owner => challenges::forget(&mut tx, owner, now).await
    );
    all!(app.db, tx => store::forget_codes(&mut tx, now).await);
    all!(app.db, tx => factors::totp::store::forget_drafts(&mut tx, now).await);
    all!(app.db, tx => factors::phone::store::forget_drafts(&mut tx, now).await);
    factors::sent::forget(&app.db, now).await?;
    all!(app.db, tx => factors::email::store::forget_changes(&mut tx, now).await);
    all!(app.db, tx => factors::email::store::forget_former(&mut tx, now).await);
    all!(app.db, tx => factors::email::store::forget_links(&mut tx, now).await);
    let remembered = now.before(app.config.lockout.remembered);
    all!(app.db, tx => lockout::forget_names(&mut tx, remembered).await);
    all!(app.db, tx => codes::forget(&mut tx, now).await);
    Ok(())
}

/// The attempt, while it goes on; one that raises a session, while that is good. Whose it is, is locked
/// before it: whoever ends all that an account has under way holds the account first too.
///
/// Errors: [`Error::AttemptOver`].
pub(super) async fn locked(app: &App, tx: &mut Tx, token: &Token, now: Time) -> Result<Attempt> {
    let found = store::find(tx, &token.hash(), now).await?.ok_or(Error::AttemptOver)?;
    if let Some(account) = found.state.account() {
        accounts::store::lock(tx, account).await?.ok_or(Error::AttemptOver)?;
    }
    let attempt = match tx.writes_alone() {
        true => found,
        false => store::lock(tx, &token.hash(), now).await?.ok_or(Error::AttemptOver)?,
    };
    unended(app, tx, attempt, now).await
}

/// The same of the attempt of this account with this id: for what comes back of a sending.
///
/// Errors: [`Error::AttemptOver`].
pub(super) async fn locked_id(
    app: &App,
    tx: &mut Tx,
    (account, id): (&AccountId, &AttemptId),
    now: Time,
) -> Result<Attempt> {
    accounts::store::lock(tx, account).await?.ok_or(Error::AttemptOver)?;
    let attempt = store::lock_id(tx, id, now).await?.ok_or(Error::AttemptOver)?;
    if attempt.state.account() != Some(account) {
        return Err(Error::AttemptOver);
    }
    unended(app, tx, attempt, now).await
}

/// The attempt, where neither it nor the session that it raises is over.
async fn unended(app: &App, tx: &mut Tx, attempt: Attempt, now: Time) -> Result<Attempt> {
    match &attempt.state {
        State::Over => Err(Error::AttemptOver),
        State::Proving { account, session }
        | State::SteppingUp { account, session, .. }
        | State::Keeping { account, session } => {
            let policy = &app.config.sessions;
            let session = sessions::lock(tx, account, session, (now, policy)).await?;
            session.map(|_| attempt).ok_or(Error::AttemptOver)
        }
        State::Started
        | State::PasswordProven { .. }
        | State::FirstProof { .. }
        | State::Stranded { .. }
        | State::Linking { .. }
        | State::Choosing { .. }
        | State::ChoosingByCard { .. } => Ok(attempt),
    }
}

/// Steps, performs the effects and saves; what the person receives, if the log-in is done.
pub(super) async fn advance(
    app: &App,
    tx: &mut Tx,
    attempt: Attempt,
    event: Event,
    now: Time,
) -> Result<Option<Granted>> {
    let by = attempt.by(app.random, now);
    let raised = attempt.state.session().cloned();
    let (state, effects) = flow::step(attempt.state, event, now);
    let attempt = Attempt { state, ..attempt };
    // One in which nothing is proven is found by nobody, if it was not before.
    if attempt.row == Row::Written || attempt.state != State::Started {
        write(app, tx, &attempt, now).await?;
    }
    let (mut granted, mut events) = (None, audit::Events::new());
    for effect in effects {
        match effect {
            Effect::Record { account, event } => events.push((account, event)),
            Effect::Forgive(account) => {
                let subject = Subject::account(&account);
                lockout::forgive(tx, &subject, Counted::Password, now).await?;
            }
            Effect::Reopen(account) => {
                let subject = Subject::account(&account);
                if !lockout::is_closed(tx, &subject).await? {
                    continue;
                }
                if lockout::reopen(tx, &subject, Counted::Password, now).await? {
                    events.push((Some(account.clone()), audit::Event::PasswordReopened));
                }
                for code in codes::reopen(tx, &account, now).await? {
                    events.push((Some(account.clone()), audit::Event::CodeReopened { code }));
                }
            }
            Effect::Touch { account, factor, evidence } => {
                let before = factors::store::touch(tx, &factor, evidence, now).await?;
                if !before && factors::store::prove(tx, &factor, now).await? {
                    let from = (&by, attempt.client.as_str());
                    first_proof(app, tx, (&account, &factor), raised.as_ref(), from).await?;
                }
            }
            Effect::Keep { account, factor, kind } => {
                let from = (&by, attempt.client.as_str());
                granted = Some(keep_it(app, tx, &account, (factor, kind), from).await?);
            }
            Effect::Raise { session, login } => {
                granted = Some(raise(app, tx, &session, login, &by).await?);
            }
            Effect::LogIn(login) => {
                let from = (attempt.client.as_str(), attempt.code_challenge.as_ref());
                granted = Some(let_in(app, tx, login, from, (&by, &mut events)).await?);
            }
        }
    }
    audit::record_all(tx, &by, &events).await?;
    Ok(granted)
}

/// What follows from the first proof of a factor: nothing else vouches any more, days of grace and setting
/// up anew are over, and what it takes the place of goes.
///
/// Errors: [`Error::AttemptOver`] where setting up anew was open too long ago.
async fn first_proof(
    app: &App,
    tx: &mut Tx,
    (account, factor): (&AccountId, &FactorId),
    raised: Option<&SessionId>,
    from: (&By, &str),
) -> Result<()> {
    let (by, _) = from;
    let anew = reset::store::find(tx, account).await?;
    if anew.is_some_and(|anew| !anew.is_open(by.now)) {
        return Err(Error::AttemptOver);
    }
    rely(app, tx, (account, factor), raised, from).await?;
    Ok(reset::run::finish(app, tx, account, from).await?)
}

/// The same without setting up anew, which goes on where something is kept.
async fn rely(
    app: &App,
    tx: &mut Tx,
    (account, factor): (&AccountId, &FactorId),
    raised: Option<&SessionId>,
    from: (&By, &str),
) -> Result<()> {
    let (by, _) = from;
    accounts::store::vouch(tx, account, Level::Low).await?;
    if accounts::store::end_grace(tx, account, by.now).await? {
        sessions::end_without_factor(tx, account, raised, by).await?;
    }
    replace(app, tx, (account, factor), from).await
}

/// Has a suspended factor in use again, ends what is under way but the session that asked, and tells whom
/// it concerns.
///
/// Errors: [`Error::AttemptOver`] where setting up anew was open too long ago.
async fn keep_it(
    app: &App,
    tx: &mut Tx,
    account: &AccountId,
    (factor, kind): (FactorId, Kind),
    (by, client): (&By, &str),
) -> Result<Granted> {
    if !factors::store::keep(tx, account, &factor, by.now).await? {
        return Err(Error::AttemptOver);
    }
    let factors = factors::store::list(tx, account).await?;
    let name = factors.into_iter().find(|one| one.id == factor).map(|one| one.name);
    let event = audit::Event::FactorKept { factor: factor.clone(), kind };
    audit::record(tx, by, Some(account), &event).await?;
    let session = match &by.actor {
        Actor::Owner { session, .. } => Some(session),
        Actor::Visitor { .. } | Actor::ContactPerson { .. } | Actor::Operator | Actor::Clock => {
            None
        }
    };
    // It may never have proven itself before: a card that was linked, a key that was not tried out.
    if factors::store::prove(tx, &factor, by.now).await? {
        rely(app, tx, (account, &factor), session, (by, client)).await?;
    }
    let spared = session.map_or(Spared::Nothing, Spared::Session);
    end_under_way(tx, account, spared, by).await?;
    let message = Message::FactorKept { kind, name: name.unwrap_or_default() };
    delivery::run::tell(app, tx, account, delivery::notice(message, by, client)).await?;
    Ok(Granted::Kept)
}

/// A session; a code for one, where an application asked.
async fn let_in(
    app: &App,
    tx: &mut Tx,
    login: Login,
    (client, challenge): (&str, Option<&Challenge>),
    (by, events): (&By, &mut audit::Events),
) -> Result<Granted> {
    let Some(challenge) = challenge else {
        let (token, session) =
            sessions::open(tx, login, (client, Carrier::Cookie), by.random, by.now).await?;
        events.push((Some(session.login.account.clone()), opened(&session)));
        return Ok(Granted::Session { token, session });
    };
    let code = Token::random(by.random);
    let end = by.now.after(app.config.times.login_code);
    store::insert_code(tx, &code.hash(), challenge, &login, end).await?;
    Ok(Granted::Code { code, level: login.level })
}

/// Removes the factor whose place `factor` takes, now that it has proven itself.
async fn replace(
    app: &App,
    tx: &mut Tx,
    (account, factor): (&AccountId, &FactorId),
    (by, client): (&By, &str),
) -> Result<()> {
    let Some(old) = factors::store::replaced(tx, factor).await? else { return Ok(()) };
    let factors = factors::store::list(tx, account).await?;
    let name = factors.into_iter().find(|factor| factor.id == old).map(|factor| factor.name);
    let message =
        Message::FactorReplaced { kind: Kind::SecurityKey, name: name.unwrap_or_default() };
    delivery::run::tell(app, tx, account, delivery::notice(message, by, client)).await?;
    factors::store::remove(tx, account, &old).await?;
    let event = audit::Event::FactorRemoved { factor: old, kind: Kind::SecurityKey };
    Ok(audit::record(tx, by, Some(account), &event).await?)
}

/// Replaces a session; what it was raised by is undone where the session has ended.
async fn raise(app: &App, tx: &mut Tx, id: &SessionId, login: Login, by: &By) -> Result<Granted> {
    let account = login.account.clone();
    let policy = &app.config.sessions;
    let old =
        sessions::lock(tx, &account, id, (by.now, policy)).await?.ok_or(Error::AttemptOver)?;
    let raised = sessions::raise(tx, (&old, login), by.random, by.now).await?;
    let (token, session) = raised.ok_or(Error::AttemptOver)?;
    let ended = audit::Event::SessionEnded { session: old.id };
    audit::record(tx, by, Some(&account), &ended).await?;
    audit::record(tx, by, Some(&account), &opened(&session)).await?;
    Ok(Granted::Session { token, session })
}

/// Lets somebody in, to enrol and nothing else, who chose a password with user number and PIN.
pub(crate) async fn let_enrol(
    tx: &mut Tx,
    account: AccountId,
    client: &str,
    by: &By,
) -> storage::Result<Token> {
    let login = flow::to_enrol(account, by.now);
    let (token, session) =
        sessions::open(tx, login, (client, Carrier::Cookie), by.random, by.now).await?;
    audit::record(tx, by, Some(&session.login.account), &opened(&session)).await?;
    Ok(token)
}

pub(super) async fn open(
    tx: &mut Tx,
    login: Login,
    client: (&str, Carrier),
    by: &By,
) -> Result<(Token, Session)> {
    let (token, session) = sessions::open(tx, login, client, by.random, by.now).await?;
    audit::record(tx, by, Some(&session.login.account), &opened(&session)).await?;
    Ok((token, session))
}

fn opened(session: &Session) -> audit::Event {
    audit::Event::SessionOpened { session: session.id.clone(), level: session.login.level }
}
