//! A log-in, performed: load, step, do, save, in one transaction.

use super::flow::{self, Effect, Event, PasswordOutcome, State};
use super::pkce::{Challenge, Verifier};
use super::store::{self, Attempt};
use super::{ATTEMPT_LIFE, CODE_LIFE, CardCheck, Error, FactorAnswer, Granted, PasswordAnswer};
use crate::accounts::{self, Account, Username};
use crate::app::App;
use crate::audit;
use crate::challenges::{self, Purpose};
use crate::clock::Time;
use crate::factors::{self, Evidence, Kind, Proof, Refusal, security_key};
use crate::id::{AccountId, AttemptId, SessionId};
use crate::lockout::{self, Admission, Count, Counted, Subject};
use crate::password::{self, Admitted, Checked};
use crate::secret::{Secret, Token};
use crate::sessions::{self, Login, Session};
use crate::storage::{self, Tx};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

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

async fn begin(
    app: &App,
    code_challenge: Option<Challenge>,
    client: &str,
    state: State,
) -> Result<Token> {
    let now = app.clock.now();
    let token = Token::random(app.random);
    let id = AttemptId::random(app.random);
    let client = client.chars().filter(|c| !c.is_control()).take(200).collect();
    let attempt = Attempt { id, code_challenge, client, state };
    let mut tx = app.db.write().await?;
    store::insert(&mut tx, &attempt, &token.hash(), now, now.after(ATTEMPT_LIFE)).await?;
    tx.commit().await?;
    Ok(token)
}

/// Looks at a user name and password. Names nobody has are counted, delayed and answered alike.
///
/// Errors: [`Error::Busy`] before anything is counted; [`Error::AttemptOver`].
pub async fn password(
    app: &App,
    token: &Token,
    username: &str,
    password: Secret<String>,
) -> Result<PasswordAnswer> {
    let room = app.passwords.admit().await?;
    look(app, room, token, username, password).await
}

/// Begins an attempt with a user name and password, for a page: nothing is written before there is
/// room to look at the password. `client` is what the browser calls itself.
///
/// Errors: [`Error::Busy`] before anything is counted.
pub async fn start_with_password(
    app: &App,
    client: &str,
    username: &str,
    password: Secret<String>,
) -> Result<(Token, PasswordAnswer)> {
    let room = app.passwords.admit().await?;
    let token = start(app, None, client).await?;
    let answer = look(app, room, &token, username, password).await?;
    Ok((token, answer))
}

async fn look(
    app: &App,
    room: Admitted,
    token: &Token,
    username: &str,
    password: Secret<String>,
) -> Result<PasswordAnswer> {
    let (account, hash, count) = match charge(app, token, username).await? {
        Charge::Blocked(answer) => return Ok(answer),
        Charge::Charged { account, hash, count } => (account, hash, count),
    };
    let looked_at = hash.clone();
    let checked = room.check(password, hash).await;

    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let mut ways = vec![];
    let outcome = match (&account, checked) {
        (Some(account), Checked::Right { renewed }) => {
            if let (Some(new), Some(old)) = (renewed, looked_at) {
                password::store::renew(&mut tx, &account.id, (&old, &new)).await?;
            }
            let factors = factors::store::list(&mut tx, &account.id).await?;
            let usable = |kind: &Kind| factors.iter().any(|f| f.kind == *kind && f.is_usable());
            ways = Kind::ALL.into_iter().filter(usable).collect();
            // A copied key counts here: without it the password alone would enrol another.
            PasswordOutcome::Right { factors: factors.iter().map(|f| f.kind).collect() }
        }
        (_, Checked::Right { .. } | Checked::Wrong) => PasswordOutcome::Wrong { count },
    };
    let answer = match &outcome {
        PasswordOutcome::Right { .. } => PasswordAnswer::Factor { ways },
        PasswordOutcome::Wrong { count: Count { block: Some(block), .. } } => {
            PasswordAnswer::Blocked { until: flow::end(*block) }
        }
        PasswordOutcome::Wrong { .. } | PasswordOutcome::Blocked { .. } => PasswordAnswer::Wrong,
    };
    let event = Event::Password { account: account.map(|account| account.id), outcome };
    let granted = advance(app, &mut tx, attempt, event, now).await?;
    tx.commit().await?;
    Ok(granted.map_or(answer, PasswordAnswer::EnrolOnly))
}

enum Charge {
    Blocked(PasswordAnswer),
    Charged { account: Option<Account>, hash: Option<password::Hash>, count: Count },
}

/// Charges the try before it is looked at, so that many at once cannot outrun the count; the charge
/// has an event of its own, because what the try was is known only in a later transaction.
async fn charge(app: &App, token: &Token, username: &str) -> Result<Charge> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    if let State::SteppingUp { .. } = attempt.state {
        return Err(Error::AttemptOver);
    }
    let account = match Username::parse(username) {
        Ok(username) => accounts::store::named(&mut tx, &username).await?,
        Err(_) => None,
    };
    let subject = match &account {
        Some(account) => Subject::account(&account.id),
        None => Subject::nobody(&username.trim().to_lowercase(), app.name_key.expose()),
    };
    let policy = &app.config.lockout;
    let admission = lockout::charge(&mut tx, &subject, Counted::Password, now, policy).await?;
    let charge = match admission {
        Admission::Charged { count, refused } => {
            let event = audit::Event::PasswordTried {
                streak: count.streak,
                refused,
                blocks_until: count.block.and_then(flow::end),
            };
            let account_id = account.as_ref().map(|account| &account.id);
            audit::record(&mut tx, app.random, now, account_id, &event).await?;
            let hash = match &account {
                Some(account) => password::store::find(&mut tx, &account.id).await?,
                None => None,
            };
            Charge::Charged { account, hash, count }
        }
        Admission::Blocked { block, refused } => {
            let account = account.map(|account| account.id);
            let event = Event::Password { account, outcome: PasswordOutcome::Blocked { refused } };
            advance(app, &mut tx, attempt, event, now).await?;
            Charge::Blocked(PasswordAnswer::Blocked { until: flow::end(block) })
        }
    };
    tx.commit().await?;
    Ok(charge)
}

/// What a key must answer: the content of `publicKey`. After a password, and when stepping up, one
/// of that account's credentials; else any discoverable one that verifies its user.
pub async fn key_options(app: &App, token: &Token) -> Result<Value> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let question = match &attempt.state {
        State::PasswordProven { account } | State::SteppingUp { account, .. } => {
            app.keys.begin_with(&factors::store::credentials(&mut tx, account).await?)?
        }
        State::Started | State::Over => app.keys.begin_alone()?,
    };
    challenges::put(&mut tx, attempt.id.as_str(), Purpose::Key, &question.state, now).await?;
    tx.commit().await?;
    Ok(question.public_key)
}

/// Checks a key's answer, an `AuthenticationResponseJSON`. The challenge is spent whatever it says.
pub async fn key(app: &App, token: &Token, answer: &Value) -> Result<FactorAnswer> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let state = challenges::spend(&mut tx, attempt.id.as_str(), Purpose::Key, now).await?;
    let proof = match state {
        Some(state) => prove_key(app, &mut tx, &state, answer, now).await?,
        None => Err(Refused { account: None, refusal: Refusal::ChallengeGone }),
    };
    settle(app, tx, attempt, Kind::Passkey, proof, now).await
}

struct Refused {
    account: Option<AccountId>,
    refusal: Refusal,
}

async fn prove_key(
    app: &App,
    tx: &mut Tx,
    state: &str,
    answer: &Value,
    now: Time,
) -> Result<Result<Proof, Refused>> {
    let refused = |account, refusal| Ok(Err(Refused { account, refusal }));
    let answer = match security_key::Answer::parse(answer) {
        Ok(answer) => answer,
        Err(refusal) => return refused(None, refusal),
    };
    let Some(stored) = factors::store::credential(tx, &answer.credential_id()).await? else {
        return refused(None, Refusal::NotRecognised);
    };
    let account = stored.account.clone();
    let used = match app.keys.finish(state, &answer, &stored)? {
        Ok(used) => used,
        Err(refusal) => {
            if refusal == Refusal::PossiblyCloned {
                factors::store::flag_cloned(tx, &stored.factor, now).await?;
                let event = audit::Event::FactorCloned { factor: stored.factor };
                audit::record(tx, app.random, now, Some(&account), &event).await?;
            }
            return refused(Some(account), refusal);
        }
    };
    let counters = (stored.counter, used.counter);
    if !factors::store::advance(tx, &stored.factor, &used.content, counters).await? {
        return refused(Some(account), Refusal::ChallengeGone);
    }
    Ok(Ok(Proof {
        factor: stored.factor,
        account,
        kind: stored.kind,
        evidence: used.evidence,
        bound_at: stored.bound_at,
    }))
}

/// The nonce a card must sign: 32 bytes in base64, 44 characters. One is live for each attempt.
pub async fn card_nonce(app: &App, token: &Token) -> Result<String> {
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
/// To be called before the card's token is verified against it; [`card`] follows with the result.
pub async fn spend_card_nonce(app: &App, token: &Token) -> Result<Option<String>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let nonce = challenges::spend(&mut tx, attempt.id.as_str(), Purpose::Card, now).await?;
    tx.commit().await?;
    Ok(nonce)
}

/// Goes on after a card was verified, or not: looks for whom it was linked to.
///
/// [`FactorAnswer::Refused`] with [`Refusal::NotRecognised`] means a card that holds and that
/// nobody linked, with [`Refusal::Stranger`] one of another account; a [`CardCheck::Failed`] is only
/// recorded and comes back the same way.
pub async fn card(app: &App, token: &Token, check: CardCheck) -> Result<FactorAnswer> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let attempt = locked(app, &mut tx, token, now).await?;
    let proof = match check {
        CardCheck::Failed(reason) => {
            let event = Event::Refused { kind: Kind::Card, account: None, reason };
            advance(app, &mut tx, attempt, event, now).await?;
            tx.commit().await?;
            return Ok(FactorAnswer::Refused(Refusal::NotRecognised));
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
                None => Err(Refused { account: None, refusal: Refusal::NotRecognised }),
            }
        }
    };
    settle(app, tx, attempt, Kind::Card, proof, now).await
}

/// Hands the flow a proof or a refusal, and commits either way.
async fn settle(
    app: &App,
    mut tx: Tx,
    attempt: Attempt,
    kind: Kind,
    proof: Result<Proof, Refused>,
    now: Time,
) -> Result<FactorAnswer> {
    let proof = proof.and_then(|proof| match flow::fits(&attempt.state, &proof) {
        Ok(()) => Ok(proof),
        Err(unfit) => Err(Refused {
            account: Some(proof.account),
            refusal: match unfit {
                flow::Unfit::Stranger => Refusal::Stranger,
                flow::Unfit::Touch => Refusal::UserVerificationMissing,
            },
        }),
    });
    let (event, refusal) = match proof {
        Ok(proof) => (Event::Proven(proof), Refusal::NotRecognised),
        Err(Refused { account, refusal }) => {
            (Event::Refused { kind, account, reason: refusal.into() }, refusal)
        }
    };
    let granted = advance(app, &mut tx, attempt, event, now).await?;
    tx.commit().await?;
    Ok(granted.map_or(FactorAnswer::Refused(refusal), FactorAnswer::Done))
}

/// Turns a one-time code into a session, once, for whoever holds its verifier. A code that is
/// shown with a wrong verifier is spent too.
pub async fn code(
    app: &App,
    code: &Token,
    verifier: &Verifier,
    client: &str,
) -> Result<Option<(Token, Session)>> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    let spent = store::spend_code(&mut tx, &code.hash(), now).await?;
    let opened = match spent {
        Some((challenge, login)) if challenge.is_met_by(verifier) => {
            Some(open(app, &mut tx, login, client, now).await?)
        }
        Some(_) | None => {
            let owner = store::code_owner(&mut tx, &code.hash()).await?;
            let event = audit::Event::LoginCodeRefused;
            audit::record(&mut tx, app.random, now, owner.as_ref(), &event).await?;
            None
        }
    };
    tx.commit().await?;
    Ok(opened)
}

/// Ends what this account has under way: its factors changed, and what was proven before says less.
pub(crate) async fn interrupt(tx: &mut Tx, account: &AccountId, now: Time) -> storage::Result<()> {
    store::end_attempts(tx, account).await?;
    store::spend_codes(tx, account, now).await
}

/// Forgets attempts, codes and challenges that have lapsed.
pub(crate) async fn forget(app: &App) -> Result<()> {
    let now = app.clock.now();
    let mut tx = app.db.write().await?;
    store::forget_attempts(&mut tx, now).await?;
    store::forget_codes(&mut tx, now).await?;
    challenges::forget(&mut tx, now).await?;
    Ok(tx.commit().await?)
}

/// The attempt, while it goes on; one that raises a session, while that is good.
async fn locked(app: &App, tx: &mut Tx, token: &Token, now: Time) -> Result<Attempt> {
    let attempt = store::lock(tx, &token.hash(), now).await?.ok_or(Error::AttemptOver)?;
    match &attempt.state {
        State::Over => Err(Error::AttemptOver),
        State::SteppingUp { account, session, .. } => {
            let policy = &app.config.sessions;
            let session = sessions::lock(tx, account, session, (now, policy)).await?;
            session.map(|_| attempt).ok_or(Error::AttemptOver)
        }
        State::Started | State::PasswordProven { .. } => Ok(attempt),
    }
}

/// Steps, performs the effects and saves; what the person receives, if the log-in is done.
async fn advance(
    app: &App,
    tx: &mut Tx,
    attempt: Attempt,
    event: Event,
    now: Time,
) -> Result<Option<Granted>> {
    let (state, effects) = flow::step(attempt.state, event, now);
    store::save(tx, &attempt.id, &state).await?;
    let mut granted = None;
    for effect in effects {
        match effect {
            Effect::Record { account, event } => {
                audit::record(tx, app.random, now, account.as_ref(), &event).await?;
            }
            Effect::Forgive(account) => {
                let subject = Subject::account(&account);
                lockout::forgive(tx, &subject, Counted::Password, now).await?;
            }
            Effect::Reopen(account) => {
                let subject = Subject::account(&account);
                if lockout::reopen(tx, &subject, Counted::Password, now).await? {
                    let event = audit::Event::PasswordReopened;
                    audit::record(tx, app.random, now, Some(&account), &event).await?;
                }
            }
            Effect::Touch(factor, evidence) => {
                factors::store::touch(tx, &factor, evidence, now).await?;
            }
            Effect::Raise { session, login } => {
                granted = Some(raise(app, tx, &session, login, now).await?);
            }
            Effect::LogIn(login) => {
                granted = Some(match &attempt.code_challenge {
                    Some(challenge) => {
                        let code = Token::random(app.random);
                        let end = now.after(CODE_LIFE);
                        store::insert_code(tx, &code.hash(), challenge, &login, end).await?;
                        Granted::Code { code, level: login.level }
                    }
                    None => {
                        let (token, session) = open(app, tx, login, &attempt.client, now).await?;
                        Granted::Session { token, session }
                    }
                });
            }
        }
    }
    Ok(granted)
}

/// Replaces a session; what it was raised by is undone where the session has ended.
async fn raise(app: &App, tx: &mut Tx, id: &SessionId, login: Login, now: Time) -> Result<Granted> {
    let account = login.account.clone();
    let policy = &app.config.sessions;
    let old = sessions::lock(tx, &account, id, (now, policy)).await?.ok_or(Error::AttemptOver)?;
    let raised = sessions::raise(tx, (&old, login), app.random, now).await?;
    let (token, session) = raised.ok_or(Error::AttemptOver)?;
    let ended = audit::Event::SessionEnded { session: old.id };
    audit::record(tx, app.random, now, Some(&account), &ended).await?;
    let opened =
        audit::Event::SessionOpened { session: session.id.clone(), level: session.login.level };
    audit::record(tx, app.random, now, Some(&account), &opened).await?;
    Ok(Granted::Session { token, session })
}

async fn open(
    app: &App,
    tx: &mut Tx,
    login: Login,
    client: &str,
    now: Time,
) -> Result<(Token, Session)> {
    let (token, session) = sessions::open(tx, login, client, app.random, now).await?;
    let event =
        audit::Event::SessionOpened { session: session.id.clone(), level: session.login.level };
    audit::record(tx, app.random, now, Some(&session.login.account), &event).await?;
    Ok((token, session))
}
