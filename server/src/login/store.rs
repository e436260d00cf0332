//! The SQL of log-in attempts and one-time codes.

use crate::audit::{Actor, By};
use crate::clock::Time;
use crate::id::{AccountId, AttemptId};
use crate::random::Random;
use crate::secret::TokenHash;
use crate::storage::{BATCH, Error, Result, Tx, on};

use super::flow::State;
use super::pkce::Challenge;
use crate::sessions::Login;

/// Its id, code challenge, client and state.
type Columns = (String, Option<String>, String, String);

/// An attempt as it is stored, or is to be.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) id: AttemptId,
    pub(super) code_challenge: Option<Challenge>,
    pub(super) client: String,
    pub(super) state: State,
    pub(super) row: Row,
}

/// Whether an attempt is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Row {
    /// It is.
    Written,
    /// Not yet; it will be found by this.
    Unwritten(TokenHash),
}

impl Attempt {
    /// Who acts in it, at `now`.
    pub(super) fn by(&self, random: Random, now: Time) -> By {
        let attempt = Some(self.id.clone());
        let actor = match &self.state {
            State::Proving { session, .. }
            | State::SteppingUp { session, .. }
            | State::Keeping { session, .. } => Actor::Owner { session: session.clone(), attempt },
            State::Started
            | State::PasswordProven { .. }
            | State::FirstProof { .. }
            | State::Stranded { .. }
            | State::Linking { .. }
            | State::Choosing { .. }
            | State::ChoosingByCard { .. }
            | State::Over => Actor::Visitor { attempt },
        };
        By { actor, random, now }
    }
}

/// Adds an attempt that lives until `expires_at`.
pub(super) async fn insert(
    tx: &mut Tx,
    attempt: &Attempt,
    token: &TokenHash,
    now: Time,
    expires_at: Time,
) -> Result<()> {
    const SQL: &str = "INSERT INTO attempt (id, token_hash, code_challenge, client, state, \
                       account_id, created_at, expires_at) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    on!(tx, c => sqlx::query(SQL)
        .bind(attempt.id.as_str())
        .bind(token.as_str())
        .bind(attempt.code_challenge.as_ref().map(Challenge::to_text))
        .bind(&attempt.client)
        .bind(written(&attempt.state))
        .bind(attempt.state.account().map(AccountId::as_str))
        .bind(now.millis())
        .bind(expires_at.millis())
        .execute(c).await.map(drop))
}

/// The living attempt with this token.
pub(super) async fn find(tx: &mut Tx, token: &TokenHash, now: Time) -> Result<Option<Attempt>> {
    const SQL: &str = "SELECT id, code_challenge, client, state FROM attempt \
                       WHERE token_hash = $1 AND expires_at > $2";
    let row: Option<Columns> = on!(tx, c => sqlx::query_as(SQL)
        .bind(token.as_str())
        .bind(now.millis())
        .fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// As [`find`], and keeps the attempt from every other transaction until this one ends.
pub(super) async fn lock(tx: &mut Tx, token: &TokenHash, now: Time) -> Result<Option<Attempt>> {
    const SQL: &str = "UPDATE attempt SET token_hash = token_hash \
                       WHERE token_hash = $1 AND expires_at > $2 \
                       RETURNING id, code_challenge, client, state";
    if tx.writes_alone() {
        return find(tx, token, now).await;
    }
    let row: Option<Columns> = on!(tx, c => sqlx::query_as(SQL)
        .bind(token.as_str())
        .bind(now.millis())
        .fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// The living attempt with this id, kept from every other transaction until this one ends: for what
/// comes back of a sending, and never for who shows no token.
pub(super) async fn lock_id(tx: &mut Tx, id: &AttemptId, now: Time) -> Result<Option<Attempt>> {
    const SQL: &str = "UPDATE attempt SET token_hash = token_hash \
                       WHERE id = $1 AND expires_at > $2 \
                       RETURNING id, code_challenge, client, state";
    let row: Option<Columns> = on!(tx, c => sqlx::query_as(SQL)
        .bind(id.as_str())
        .bind(now.millis())
        .fetch_optional(c).await)?;
    row.map(read).transpose()
}

/// Has an attempt live until then, if it would end before.
pub(super) async fn extend(tx: &mut Tx, id: &AttemptId, until: Time) -> Result<()> {
    const SQL: &str = "UPDATE attempt SET expires_at = $1 WHERE id = $2 AND expires_at < $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(until.millis()).bind(id.as_str()).execute(c).await.map(drop))
}

/// Ends this log-in now, as its time would.
pub(super) async fn lapse(tx: &mut Tx, token: &TokenHash, now: Time) -> Result<()> {
    const SQL: &str =
        "UPDATE attempt SET expires_at = $2 WHERE token_hash = $1 AND expires_at > $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(token.as_str()).bind(now.millis()).execute(c).await.map(drop))
}

/// Saves where an attempt stands.
pub(super) async fn save(tx: &mut Tx, id: &AttemptId, state: &State) -> Result<()> {
    const SQL: &str = "UPDATE attempt SET state = $1, account_id = $2 WHERE id = $3";
    on!(tx, c => sqlx::query(SQL)
        .bind(written(state))
        .bind(state.account().map(AccountId::as_str))
        .bind(id.as_str())
        .execute(c).await.map(drop))
}

/// Adds a one-time code that lives until `expires_at`.
pub(super) async fn insert_code(
    tx: &mut Tx,
    code: &TokenHash,
    challenge: &Challenge,
    login: &Login,
    expires_at: Time,
) -> Result<()> {
    const SQL: &str = "INSERT INTO login_code (code_hash, code_challenge, account_id, login, \
                       expires_at) VALUES ($1, $2, $3, $4, $5)";
    on!(tx, c => sqlx::query(SQL)
        .bind(code.as_str())
        .bind(challenge.to_text())
        .bind(login.account.as_str())
        .bind(serde_json::to_string(login).expect("a log-in is plain JSON"))
        .bind(expires_at.millis())
        .execute(c).await.map(drop))
}

/// What a living code stands for, to whoever shows it first.
pub(super) async fn spend_code(
    tx: &mut Tx,
    code: &TokenHash,
    now: Time,
) -> Result<Option<(Challenge, Login)>> {
    const SQL: &str = "UPDATE login_code SET spent_at = $1 \
                       WHERE code_hash = $2 AND spent_at IS NULL AND expires_at > $1 \
                       RETURNING code_challenge, login";
    let row: Option<(String, String)> = on!(tx, c => sqlx::query_as(SQL)
        .bind(now.millis())
        .bind(code.as_str())
        .fetch_optional(c).await)?;
    let Some((challenge, login)) = row else { return Ok(None) };
    let unknown = |column| Error::Inconsistent { table: "login_code", column };
    Ok(Some((
        Challenge::parse(&challenge).ok_or_else(|| unknown("code_challenge"))?,
        serde_json::from_str(&login).map_err(|_| unknown("login"))?,
    )))
}

/// Whose code this is, spent or lapsed too.
pub(super) async fn code_owner(tx: &mut Tx, code: &TokenHash) -> Result<Option<AccountId>> {
    const SQL: &str = "SELECT account_id FROM login_code WHERE code_hash = $1";
    let id: Option<String> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(code.as_str()).fetch_optional(c).await)?;
    id.map(|id| {
        let unknown = Error::Inconsistent { table: "login_code", column: "account_id" };
        AccountId::try_from(id).map_err(|_| unknown)
    })
    .transpose()
}

/// Ends the attempts in which this account has proven something, but that of this token.
pub(super) async fn end_attempts(
    tx: &mut Tx,
    account: &AccountId,
    spared: Option<&TokenHash>,
) -> Result<()> {
    const SQL: &str = "DELETE FROM attempt WHERE account_id = $1 AND token_hash <> $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(account.as_str()).bind(spared.map_or("", TokenHash::as_str))
        .execute(c).await.map(drop))
}

/// Spends the codes of this account that nobody has redeemed.
pub(super) async fn spend_codes(tx: &mut Tx, account: &AccountId, now: Time) -> Result<()> {
    const SQL: &str = "UPDATE login_code SET spent_at = $1 \
                       WHERE account_id = $2 AND spent_at IS NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(account.as_str()).execute(c).await.map(drop))
}

/// A batch of the ids of attempts that follow this one, each with whether it lapsed before `now`.
pub(super) async fn look(tx: &mut Tx, after: &str, now: Time) -> Result<Vec<(String, bool)>> {
    const SQL: &str = "SELECT id, expires_at FROM attempt WHERE id > $1 ORDER BY id LIMIT $2";
    let rows: Vec<(String, i64)> =
        on!(tx, c => sqlx::query_as(SQL).bind(after).bind(BATCH).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(id, end)| (id, end <= now.millis())).collect())
}

/// Forgets an attempt if it lapsed before `now`.
pub(super) async fn forget_attempt(tx: &mut Tx, id: &str, now: Time) -> Result<()> {
    const SQL: &str = "DELETE FROM attempt WHERE id = $1 AND expires_at <= $2";
    on!(tx, c => sqlx::query(SQL).bind(id).bind(now.millis()).execute(c).await.map(drop))
}

/// Forgets codes that lapsed before `now`, a batch at most. How many.
pub(super) async fn forget_codes(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM login_code WHERE code_hash IN \
                       (SELECT code_hash FROM login_code WHERE expires_at <= $1 LIMIT $2) \
                       AND expires_at <= $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

fn read((id, challenge, client, state): Columns) -> Result<Attempt> {
    Ok(Attempt {
        id: AttemptId::try_from(id).map_err(|_| unknown("id"))?,
        code_challenge: challenge
            .map(|text| Challenge::parse(&text).ok_or_else(|| unknown("code_challenge")))
            .transpose()?,
        client,
        state: serde_json::from_str(&state).map_err(|_| unknown("state"))?,
        row: Row::Written,
    })
}

fn written(state: &State) -> String {
    serde_json::to_string(state).expect("a state is plain JSON")
}

fn unknown(column: &'static str) -> Error {
    Error::Inconsistent { table: "attempt", column }
}
