//! Sessions: who is logged in where, how strongly, and until when.

pub mod run;
mod store;

use crate::clock::Time;
use crate::factors::Level;
use crate::id::{AccountId, SessionId};
use crate::random::Random;
use crate::secret::Token;
use crate::storage::{Result, Tx};
use serde::{Deserialize, Serialize};
use std::time::Duration;

pub(crate) use store::{end, end_others, list};

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
    /// A key that verified its user.
    Key,
    /// An UZI card.
    Card,
}

impl Way {
    const ALL: [Self; 4] = [Self::Password, Self::PasswordAndKey, Self::Key, Self::Card];

    /// The way as a stable name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::PasswordAndKey => "password_and_key",
            Self::Key => "key",
            Self::Card => "card",
        }
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.as_str() == text)
    }

    /// Whether a phishing-resistant factor was part of it.
    pub const fn is_strong(self) -> bool {
        match self {
            Self::Password => false,
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
    /// How.
    pub way: Way,
    /// When the last proof was given.
    pub proven_at: Time,
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

impl Session {
    /// The session as it stands at `now`, or nothing when it is over.
    fn at(mut self, now: Time, policy: &Policy) -> Option<Self> {
        let idle = now.since(self.seen_at);
        if idle >= policy.idle || now.since(self.created_at) >= policy.life {
            return None;
        }
        if idle >= policy.falls {
            self.login.level = self.login.level.min(Level::Substantial);
        }
        Some(self)
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
    client: &str,
    random: Random,
    now: Time,
) -> Result<(Token, Session)> {
    let token = Token::random(random);
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

/// The session this token opens, if it is still good; using it keeps it from idling.
pub(crate) async fn find(
    tx: &mut Tx,
    token: &Token,
    now: Time,
    policy: &Policy,
) -> Result<Option<Session>> {
    let Some(session) = store::find(tx, &token.hash()).await? else { return Ok(None) };
    let Some(mut session) = session.at(now, policy) else { return Ok(None) };
    session.seen_at = now;
    store::touch(tx, &session).await?;
    Ok(Some(session))
}

/// The sessions of an account that are still good, last used first.
pub(crate) async fn living(
    tx: &mut Tx,
    account: &AccountId,
    now: Time,
    policy: &Policy,
) -> Result<Vec<Session>> {
    let sessions = list(tx, account).await?;
    Ok(sessions.into_iter().filter_map(|session| session.at(now, policy)).collect())
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
        Login { account: account.clone(), scope: Scope::Full, level, way: Way::Key, proven_at: NOW }
    }

    async fn opened(db: &Db, level: Level) -> (AccountId, Token) {
        let account = account(db, "test.arts@voorbeeld.nl").await;
        let mut tx = db.write().await.unwrap();
        let login = login(&account.id, level);
        let (token, _) = open(&mut tx, login, "test", Random::system(), NOW).await.unwrap();
        tx.commit().await.unwrap();
        (account.id, token)
    }

    async fn seen(db: &Db, token: &Token, now: Time) -> Option<Level> {
        let mut tx = db.write().await.unwrap();
        let session = find(&mut tx, token, now, &Policy::default()).await.unwrap();
        tx.commit().await.unwrap();
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
                open(&mut tx, low, "x\u{7}y", Random::system(), NOW).await.unwrap();
            assert_eq!(kept.client, "xy");
            assert_eq!(living(&mut tx, &account, NOW, &Policy::default()).await.unwrap().len(), 2);
            assert_eq!(end_others(&mut tx, &account, &kept.id, NOW).await.unwrap(), 1);
            tx.commit().await.unwrap();
            assert_eq!(seen(&db, &first, NOW).await, None);
            assert_eq!(seen(&db, &second, NOW).await, Some(Level::Low));
            let mut tx = db.write().await.unwrap();
            let stranger = AccountId::random(Random::system());
            assert!(!end(&mut tx, &stranger, &kept.id, NOW).await.unwrap());
            assert!(end(&mut tx, &account, &kept.id, NOW).await.unwrap());
            assert!(!end(&mut tx, &account, &kept.id, NOW).await.unwrap());
            tx.commit().await.unwrap();
            assert_eq!(seen(&db, &second, NOW).await, None);
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
    }
}
