//! Sessions: who is logged in where, how strongly, and until when.

pub mod run;
mod store;

use crate::audit;
use crate::clock::Time;
use crate::factors::Level;
use crate::id::{AccountId, SessionId};
use crate::random::Random;
use crate::secret::{Carrier, Token};
use crate::storage::{Result, Tx};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// What a session lets its bearer do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything its level allows.
    Full,
    /// Enrol a first factor, and nothing else: there was only a password.
    EnrolOnly,
}

impl Scope {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::EnrolOnly => "enrol_only",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::Full, Self::EnrolOnly].into_iter().find(|scope| scope.as_str() == text)
    }
}

/// How a session was begun, or last raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A password alone.
    Password,
    /// A password and then a key.
    PasswordAndKey,
    /// A password and then the recovery code, once.
    PasswordAndRecovery,
    /// A key that verified its user.
    Key,
    /// An UZI card.
    Card,
    /// A password and then a code of an app.
    PasswordAndApp,
    /// A password and then a code that was sent in a text message.
    PasswordAndSms,
    /// A password and then a code that was keyed in during a call.
    PasswordAndCall,
    /// A password and then a link to the back-up address, once.
    PasswordAndEmail,
    /// A password alone, under a waiver of the second factor.
    Waived,
}

impl Way {
    const ALL: [Self; 10] = [
        Self::Password,
        Self::PasswordAndKey,
        Self::PasswordAndApp,
        Self::PasswordAndSms,
        Self::PasswordAndCall,
        Self::PasswordAndRecovery,
        Self::PasswordAndEmail,
        Self::Key,
        Self::Card,
        Self::Waived,
    ];

    /// The way as a stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::PasswordAndKey => "password_and_key",
            Self::PasswordAndRecovery => "password_and_recovery",
            Self::Key => "key",
            Self::Card => "card",
            Self::PasswordAndApp => "password_and_app",
            Self::PasswordAndSms => "password_and_sms",
            Self::PasswordAndCall => "password_and_call",
            Self::PasswordAndEmail => "password_and_email",
            Self::Waived => "waived",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }

    /// Whether a phishing-resistant factor was part of it.
    pub const fn is_strong(self) -> bool {
        match self {
            Self::Password
            | Self::PasswordAndApp
            | Self::PasswordAndSms
            | Self::PasswordAndCall
            | Self::PasswordAndRecovery
            | Self::PasswordAndEmail
            | Self::Waived => false,
            Self::PasswordAndKey | Self::Key | Self::Card => true,
        }
    }
}

/// What a log-in ended in, before it is a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// Who.
    pub account: AccountId,
    /// What for.
    pub scope: Scope,
    /// How strongly.
    pub level: Level,
    /// How strongly the last proof alone would let in: never more than the level.
    pub proof: Level,
    /// How.
    pub way: Way,
    /// When the last proof was given.
    pub proven_at: Time,
}

impl Login {
    /// Whether there was a password and nothing more.
    pub fn by_password_alone(&self) -> bool {
        self.way == Way::Password
    }
}

/// One log-in that is still good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its id in lists; not its token.
    pub id: SessionId,
    /// What it came from. Its level is the present one, which an idle while may have lowered.
    pub login: Login,
    /// The browser or program, as it names itself.
    pub client: String,
    /// When it began.
    pub created_at: Time,
    /// When it was last used.
    pub seen_at: Time,
}

/// How long sessions last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Idle for so long, `high` falls to `substantial`. Default: 15 minutes.
    pub falls: Duration,
    /// Idle for so long, the session ends. Default: 60 minutes.
    pub idle: Duration,
    /// So long after its beginning, it ends. Default: 12 hours.
    pub life: Duration,
    /// A proof is fresh for so long. Default: 5 minutes.
    pub fresh: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        let minutes = |n: u64| Duration::from_secs(n * 60);
        Self { falls: minutes(15), idle: minutes(60), life: minutes(12 * 60), fresh: minutes(5) }
    }
}

impl Policy {
    /// Whether it is time to write that `session` is used: once a minute, and more often where it
    /// would otherwise fall or end by that.
    fn is_due(&self, session: &Session, now: Time) -> bool {
        const MINUTE: Duration = Duration::from_secs(60);
        now.since(session.seen_at) >= MINUTE.min(self.falls.min(self.idle) / 15)
    }
}

impl Session {
    /// The session as it stands at `now`, or nothing when it is over.
    fn at(mut self, now: Time, policy: &Policy) -> Option<Self> {
        let idle = now.since(self.seen_at);
        if idle >= policy.idle || now.since(self.created_at) >= policy.life {
            return None;
        }
        if idle >= policy.falls {
            self.login.level = self.login.level.min(Level::Substantial);
            self.login.proof = self.login.proof.min(Level::Substantial);
        }
        Some(self)
    }

    /// Whether any second factor was proven lately: enough only where nothing stronger is there.
    pub fn is_recent(&self, now: Time, policy: &Policy) -> bool {
        let second = match self.login.way {
            Way::Password | Way::PasswordAndRecovery | Way::PasswordAndEmail | Way::Waived => false,
            Way::PasswordAndKey
            | Way::Key
            | Way::Card
            | Way::PasswordAndApp
            | Way::PasswordAndSms
            | Way::PasswordAndCall => true,
        };
        second && now.since(self.login.proven_at) < policy.fresh
    }

    /// Whether anything was proven lately: a password is enough.
    pub fn is_young(&self, now: Time, policy: &Policy) -> bool {
        now.since(self.login.proven_at) < policy.fresh
    }

    /// Whether a strong factor was proven so lately that a change of factors may follow.
    pub fn is_fresh(&self, now: Time, policy: &Policy) -> bool {
        self.login.way.is_strong() && now.since(self.login.proven_at) < policy.fresh
    }

    /// How long it lasts if it is used no more.
    pub fn expires_in(&self, now: Time, policy: &Policy) -> Duration {
        let end = self.seen_at.after(policy.idle).min(self.created_at.after(policy.life));
        end.since(now)
    }
}

/// Begins a session; its token is shown to its bearer once and kept only as a hash.
pub(crate) async fn open(
    tx: &mut Tx,
    login: Login,
    (client, carrier): (&str, Carrier),
    random: Random,
    now: Time,
) -> Result<(Token, Session)> {
    let token = Token::random(random).carried_by(carrier);
    let session = Session {
        id: SessionId::random(random),
        login,
        client: client.chars().filter(|c| !c.is_control()).take(MAX_CLIENT).collect(),
        created_at: now,
        seen_at: now,
    };
    store::insert(tx, &session, &token.hash()).await?;
    Ok((token, session))
}

/// Replaces `old`, a browser's, by a session of the same age with this log-in: it ends when the old one would
/// have. Nothing where the old one has ended.
pub(crate) async fn raise(
    tx: &mut Tx,
    (old, login): (&Session, Login),
    random: Random,
    now: Time,
) -> Result<Option<(Token, Session)>> {
    if !store::end(tx, &old.login.account, &old.id, now).await? {
        return Ok(None);
    }
    let token = Token::random(random).carried_by(Carrier::Cookie);
    let id = SessionId::random(random);
    let session = Session { id, login, seen_at: now, ..old.clone() };
    store::insert(tx, &session, &token.hash()).await?;
    Ok(Some((token, session)))
}

/// The session this token opens, if it is still good. It is looked at and not used.
pub(crate) async fn find(
    tx: &mut Tx,
    token: &Token,
    now: Time,
    policy: &Policy,
) -> Result<Option<Session>> {
    let session = store::find(tx, &token.hash()).await?;
    Ok(session.and_then(|session| session.at(now, policy)))
}

/// The session this token opens, if it is still good; using it keeps it from idling.
pub(crate) async fn touch(
    tx: &mut Tx,
    token: &Token,
    now: Time,
    policy: &Policy,
) -> Result<Option<Session>> {
    let session = store::lock(tx, &token.hash()).await?;
    let Some(mut session) = session.and_then(|session| session.at(now, policy)) else {
        return Ok(None);
    };
    session.seen_at = session.seen_at.max(now);
    store::touch(tx, &session).await?;
    Ok(Some(session))
}

/// The session of `account` with this id, if it is still good, kept from every other change until
/// the transaction ends.
pub(crate) async fn lock(
    tx: &mut Tx,
    account: &AccountId,
    id: &SessionId,
    (now, policy): (Time, &Policy),
) -> Result<Option<Session>> {
    let session = store::lock_id(tx, account, id).await?;
    Ok(session.and_then(|session| session.at(now, policy)))
}

/// Ends every session of an account but `kept`, each with its audit event.
pub(crate) async fn end_others(
    tx: &mut Tx,
    account: &AccountId,
    kept: Option<&SessionId>,
    by: &audit::By,
) -> Result<()> {
    for session in store::end_others(tx, account, kept, by.now).await? {
        let event = audit::Event::SessionEnded { session };
        audit::record(tx, by, Some(account), &event).await?;
    }
    Ok(())
}

/// Ends the sessions of an account that went on with a password alone, but `kept`, each with its audit
/// event.
pub(crate) async fn end_without_factor(
    tx: &mut Tx,
    account: &AccountId,
    kept: Option<&SessionId>,
    by: &audit::By,
) -> Result<()> {
    for session in store::end_without_factor(tx, account, kept, by.now).await? {
        let event = audit::Event::SessionEnded { session };
        audit::record(tx, by, Some(account), &event).await?;
    }
    Ok(())
}

/// Ends one session of an account, with its audit event, if it has not ended.
pub(crate) async fn end_one(
    tx: &mut Tx,
    account: &AccountId,
    session: &SessionId,
    by: &audit::By,
) -> Result<()> {
    if store::end(tx, account, session, by.now).await? {
        let event = audit::Event::SessionEnded { session: session.clone() };
        audit::record(tx, by, Some(account), &event).await?;
    }
    Ok(())
}

/// Ends the sessions of an account that anything was proven in since then, each with its audit event.
pub(crate) async fn end_since(
    tx: &mut Tx,
    account: &AccountId,
    since: Time,
    by: &audit::By,
) -> Result<()> {
    for session in store::end_since(tx, account, since, by.now).await? {
        let event = audit::Event::SessionEnded { session };
        audit::record(tx, by, Some(account), &event).await?;
    }
    Ok(())
}

/// The sessions of an account that are still good, last used first.
pub(crate) async fn living(
    tx: &mut Tx,
    account: &AccountId,
    now: Time,
    policy: &Policy,
) -> Result<Vec<Session>> {
    let since = (now.before(policy.idle), now.before(policy.life));
    let sessions = store::list(tx, account, since).await?;
    Ok(sessions.into_iter().filter_map(|session| session.at(now, policy)).collect())
}

/// A batch of the ids of sessions that follow this one, each with whether it is over.
async fn look(tx: &mut Tx, after: &str, now: Time, policy: &Policy) -> Result<Vec<(String, bool)>> {
    store::look(tx, after, (now.before(policy.idle), now.before(policy.life))).await
}

/// Forgets a session if it is over. Whether it was.
async fn forget(tx: &mut Tx, id: &str, now: Time, policy: &Policy) -> Result<bool> {
    store::forget(tx, id, (now.before(policy.idle), now.before(policy.life))).await
}

/// Characters of a client's own name that are kept.
const MAX_CLIENT: usize = 200;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::storage::Db;
    use crate::storage::testing::{account, both};

    const NOW: Time = Time::from_millis(1_000_000);

    fn minutes(n: u64) -> Duration {
        Duration::from_secs(n * 60)
    }

    fn login(account: &AccountId, level: Level) -> Login {
        Login {
            account: account.clone(),
            scope: Scope::Full,
            level,
            proof: level,
            way: Way::Key,
            proven_at: NOW,
        }
    }

    fn operator(now: Time) -> audit::By {
        audit::By { actor: audit::Actor::Operator, random: Random::system(), now }
    }

    async fn opened(db: &Db, level: Level) -> (AccountId, Token) {
        let account = account(db, "test.arts@voorbeeld.nl").await;
        let mut tx = db.write().await.unwrap();
        let login = login(&account.id, level);
        let (token, _) =
            open(&mut tx, login, ("test", Carrier::Program), Random::system(), NOW).await.unwrap();
        tx.commit().await.unwrap();
        (account.id, token)
    }

    async fn seen(db: &Db, token: &Token, now: Time) -> Option<Level> {
        let mut tx = db.write().await.unwrap();
        let found = find(&mut tx, token, now, &Policy::default()).await.unwrap();
        let session = touch(&mut tx, token, now, &Policy::default()).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(found.map(|found| found.login), session.clone().map(|session| session.login));
        session.map(|session| session.login.level)
    }

    #[tokio::test]
    async fn after_fifteen_idle_minutes_high_falls_and_stays_down() {
        both(async |db| {
            let (_, token) = opened(&db, Level::High).await;
            let almost = NOW.after(minutes(15) - Duration::from_millis(1));
            assert_eq!(seen(&db, &token, almost).await, Some(Level::High));
            let fallen = almost.after(minutes(15));
            assert_eq!(seen(&db, &token, fallen).await, Some(Level::Substantial));
            assert_eq!(seen(&db, &token, fallen).await, Some(Level::Substantial));
        })
        .await;
    }

    #[tokio::test]
    async fn a_session_ends_after_an_idle_hour() {
        both(async |db| {
            let (_, token) = opened(&db, Level::Substantial).await;
            let almost = NOW.after(minutes(60) - Duration::from_millis(1));
            assert_eq!(seen(&db, &token, almost).await, Some(Level::Substantial));
            assert_eq!(seen(&db, &token, almost.after(minutes(60))).await, None);
        })
        .await;
    }

    #[tokio::test]
    async fn a_session_ends_after_twelve_hours_however_busy() {
        both(async |db| {
            let (_, token) = opened(&db, Level::Low).await;
            for hour in 1..24 {
                let now = NOW.after(minutes(hour * 30));
                assert!(seen(&db, &token, now).await.is_some(), "half hour {hour}");
            }
            assert_eq!(seen(&db, &token, NOW.after(minutes(12 * 60))).await, None);
        })
        .await;
    }

    #[tokio::test]
    async fn an_ended_session_opens_nothing_and_others_go_on() {
        both(async |db| {
            let (account, first) = opened(&db, Level::Low).await;
            let mut tx = db.write().await.unwrap();
            let low = login(&account, Level::Low);
            let (second, kept) =
                open(&mut tx, low, ("x\u{7}y", Carrier::Cookie), Random::system(), NOW)
                    .await
                    .unwrap();
            assert_eq!(kept.client, "xy");
            assert_eq!(living(&mut tx, &account, NOW, &Policy::default()).await.unwrap().len(), 2);
            end_others(&mut tx, &account, Some(&kept.id), &operator(NOW)).await.unwrap();
            let events = audit::of_account(&mut tx, Some(&account)).await.unwrap();
            assert_eq!(events.len(), 1, "one session ended: {events:?}");
            tx.commit().await.unwrap();
            assert_eq!(seen(&db, &first, NOW).await, None);
            assert_eq!(seen(&db, &second, NOW).await, Some(Level::Low));
            let mut tx = db.write().await.unwrap();
            let stranger = AccountId::random(Random::system());
            assert!(!store::end(&mut tx, &stranger, &kept.id, NOW).await.unwrap());
            assert!(store::end(&mut tx, &account, &kept.id, NOW).await.unwrap());
            assert!(!store::end(&mut tx, &account, &kept.id, NOW).await.unwrap());
            tx.commit().await.unwrap();
            assert_eq!(seen(&db, &second, NOW).await, None);
        })
        .await;
    }

    #[tokio::test]
    async fn only_what_went_on_with_a_password_alone_ends_with_the_first_proof() {
        both(async |db| {
            let (account, key) = opened(&db, Level::High).await;
            let mut tokens = vec![];
            let mut tx = db.write().await.unwrap();
            for scope in [Scope::Full, Scope::Full, Scope::EnrolOnly] {
                let login = Login { scope, way: Way::Password, ..login(&account, Level::Low) };
                let opened = open(&mut tx, login, ("", Carrier::Cookie), Random::system(), NOW);
                tokens.push(opened.await.unwrap());
            }
            let kept = Some(&tokens[1].1.id);
            end_without_factor(&mut tx, &account, kept, &operator(NOW)).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(seen(&db, &tokens[0].0, NOW).await, None);
            for token in [&tokens[1].0, &tokens[2].0] {
                assert_eq!(seen(&db, token, NOW).await, Some(Level::Low));
            }
            assert_eq!(seen(&db, &key, NOW).await, Some(Level::High));
        })
        .await;
    }

    #[tokio::test]
    async fn a_token_that_nobody_was_given_opens_nothing() {
        both(async |db| {
            assert_eq!(seen(&db, &Token::random(Random::system()), NOW).await, None);
        })
        .await;
    }

    #[tokio::test]
    async fn a_session_that_is_over_is_not_listed_and_forgotten() {
        both(async |db| {
            let policy = Policy::default();
            let (account, first) = opened(&db, Level::Low).await;
            let later = NOW.after(minutes(30));
            let mut tx = db.write().await.unwrap();
            let login = login(&account, Level::Low);
            open(&mut tx, login, ("", Carrier::Program), Random::system(), later).await.unwrap();
            let count = async |tx: &mut Tx, now: Time| {
                let since = (now.before(policy.idle), now.before(policy.life));
                store::list(tx, &account, since).await.unwrap().len()
            };
            assert_eq!(count(&mut tx, later).await, 2);
            assert_eq!(count(&mut tx, NOW.after(minutes(60))).await, 1);
            let forget = async |tx: &mut Tx, now: Time| {
                let mut over = look(tx, "", now, &policy).await.unwrap();
                over.retain(|(_, over)| *over);
                for (id, _) in &over {
                    assert!(forget(tx, id, now, &policy).await.unwrap());
                }
                over.len()
            };
            assert_eq!(forget(&mut tx, later).await, 0);
            let end = NOW.after(minutes(60));
            assert_eq!(forget(&mut tx, end).await, 1);
            assert_eq!(store::find(&mut tx, &first.hash()).await.unwrap(), None);
            let rest = living(&mut tx, &account, end, &policy).await.unwrap();
            assert!(end_others(&mut tx, &account, None, &operator(end)).await.is_ok());
            assert_eq!(rest.len(), 1);
            assert_eq!(forget(&mut tx, end).await, 1, "it was ended");
        })
        .await;
    }

    #[tokio::test]
    async fn a_raised_session_ends_when_the_old_one_would_have() {
        both(async |db| {
            let policy = Policy::default();
            let (account, token) = opened(&db, Level::Substantial).await;
            let later = NOW.after(minutes(40));
            let mut tx = db.write().await.unwrap();
            let old = touch(&mut tx, &token, later, &policy).await.unwrap().unwrap();
            let login = login(&account, Level::High);
            let random = Random::system();
            let (_, new) =
                raise(&mut tx, (&old, login.clone()), random, later).await.unwrap().unwrap();
            assert_eq!((new.created_at, new.seen_at), (NOW, later));
            let again = raise(&mut tx, (&old, login), random, later).await.unwrap();
            assert!(again.is_none(), "the old one has ended");
        })
        .await;
    }

    #[test]
    fn only_a_late_strong_proof_is_fresh() {
        let account = AccountId::random(Random::system());
        let session = |way| Session {
            id: SessionId::random(Random::system()),
            login: Login { way, ..login(&account, Level::High) },
            client: String::new(),
            created_at: NOW,
            seen_at: NOW,
        };
        let policy = Policy::default();
        let last = NOW.after(minutes(5) - Duration::from_millis(1));
        assert!(session(Way::Card).is_fresh(last, &policy));
        assert!(!session(Way::Card).is_fresh(NOW.after(minutes(5)), &policy));
        assert!(!session(Way::Password).is_fresh(NOW, &policy));
        assert!(!session(Way::PasswordAndApp).is_fresh(NOW, &policy), "a code is not strong");
        for (way, recent) in [(Way::Password, false), (Way::PasswordAndApp, true), (Way::Key, true)]
        {
            assert_eq!(session(way).is_recent(last, &policy), recent);
            assert!(!session(way).is_recent(NOW.after(minutes(5)), &policy));
        }
    }
}
