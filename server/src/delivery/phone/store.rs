//! The SQL of sendings.

use super::gateways::Provider;
use super::rules::SETTLED;
use super::{Asker, Line, Origin, Reply, State, Ticket};
use crate::clock::Time;
use crate::id::{AccountId, AttemptId, SendingId, SessionId};
use crate::storage::{BATCH, Error, Result, Tx, on};
use crate::text::{Language, Text};

/// A row before it is written.
pub(super) struct New<'a> {
    pub(super) id: &'a SendingId,
    pub(super) ticket: &'a Ticket,
    pub(super) channel: &'static str,
    pub(super) organisation: &'a str,
    pub(super) language: Language,
    pub(super) account: Option<&'a AccountId>,
    pub(super) asker: Option<&'a Asker>,
    pub(super) gateway: Option<Provider>,
    pub(super) now: Time,
    pub(super) ends: Time,
}

pub(super) async fn insert(tx: &mut Tx, new: &New<'_>) -> Result<()> {
    const SQL: &str = "INSERT INTO sending (id, ticket_hash, channel, organisation, language, state, \
                       stage, step, created_at, ends_at, account_id, attempt_id, session_id, \
                       client, gateway) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10, $11, $12, $13, $14)";
    let asker = new.asker;
    on!(tx, c => sqlx::query(SQL)
        .bind(new.id.as_str())
        .bind(new.ticket.hash())
        .bind(new.channel)
        .bind(new.organisation)
        .bind(Text::new(new.language).tag())
        .bind(State::Waiting.name())
        .bind(State::Waiting.stage())
        .bind(new.now.millis())
        .bind(new.ends.millis())
        .bind(new.account.map(AccountId::as_str))
        .bind(asker.and_then(|asker| asker.attempt.as_ref()).map(AttemptId::as_str))
        .bind(asker.and_then(|asker| asker.session.as_ref()).map(SessionId::as_str))
        .bind(asker.map(|asker| asker.client.as_str()))
        .bind(new.gateway.map(Provider::name))
        .execute(c).await.map(drop))
}

/// The sending of `ticket` that went by this provider, and when its code is dead.
pub(super) async fn find(
    tx: &mut Tx,
    ticket: &Ticket,
    provider: Provider,
) -> Result<Option<(Line, Time)>> {
    const SQL: &str = "SELECT id, organisation, language, step, ends_at FROM sending \
                       WHERE ticket_hash = $1 AND gateway = $2";
    type Row = (String, String, String, i64, i64);
    let row: Option<Row> = on!(tx, c => sqlx::query_as(SQL)
        .bind(ticket.hash()).bind(provider.name()).fetch_optional(c).await)?;
    let Some((id, organisation, language, step, ends)) = row else { return Ok(None) };
    let line = Line {
        sending: SendingId::try_from(id).map_err(|_| unknown("id"))?,
        organisation,
        language: Language::from_tag(&language).ok_or_else(|| unknown("language"))?,
        step: u32::try_from(step).map_err(|_| unknown("step"))?,
        dead: false,
    };
    Ok(Some((line, Time::from_millis(ends))))
}

/// How far a sending is.
pub(super) async fn state(tx: &mut Tx, id: &SendingId) -> Result<Option<State>> {
    const SQL: &str = "SELECT state FROM sending WHERE id = $1";
    let name: Option<String> =
        on!(tx, c => sqlx::query_scalar(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    name.map(|name| State::parse(&name).ok_or_else(|| unknown("state"))).transpose()
}

/// Moves a sending forward; whether it was not that far yet.
pub(super) async fn advance(tx: &mut Tx, id: &SendingId, state: State) -> Result<bool> {
    const SQL: &str = "UPDATE sending SET state = $1, stage = $2 WHERE id = $3 AND stage < $4";
    on!(tx, c => sqlx::query(SQL)
        .bind(state.name())
        .bind(state.stage())
        .bind(id.as_str())
        .bind(state.stage())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Takes the keys of this step, for whoever brings them first, while the call and the code live.
pub(super) async fn take_keys(tx: &mut Tx, id: &SendingId, step: u32, now: Time) -> Result<bool> {
    const SQL: &str = "UPDATE sending SET step = step + 1, replied = NULL, state = $1, stage = $2 \
                       WHERE id = $3 AND step = $4 AND stage < $5 AND ends_at > $6";
    on!(tx, c => sqlx::query(SQL)
        .bind(State::Answered.name())
        .bind(State::Answered.stage())
        .bind(id.as_str())
        .bind(i64::from(step))
        .bind(SETTLED)
        .bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Takes that fraud was reported, once, whatever became of the call and its code since.
pub(super) async fn take_fraud(tx: &mut Tx, id: &SendingId, now: Time) -> Result<bool> {
    const SQL: &str = "UPDATE sending SET fraud_at = $1, step = step + 1, replied = NULL \
                       WHERE id = $2 AND fraud_at IS NULL";
    on!(tx, c => sqlx::query(SQL)
        .bind(now.millis())
        .bind(id.as_str())
        .execute(c).await.map(|done| done.rows_affected() == 1))
}

/// Where a sending came from; nothing of one that nobody asked for.
pub(super) async fn origin(tx: &mut Tx, id: &SendingId) -> Result<Option<Origin>> {
    const SQL: &str = "SELECT account_id, attempt_id, session_id, client, created_at FROM sending \
                       WHERE id = $1 AND account_id IS NOT NULL AND client IS NOT NULL";
    type Row = (String, Option<String>, Option<String>, String, i64);
    let row: Option<Row> =
        on!(tx, c => sqlx::query_as(SQL).bind(id.as_str()).fetch_optional(c).await)?;
    let Some((account, attempt, session, client, at)) = row else { return Ok(None) };
    let attempt =
        attempt.map(AttemptId::try_from).transpose().map_err(|_| unknown("attempt_id"))?;
    let session =
        session.map(SessionId::try_from).transpose().map_err(|_| unknown("session_id"))?;
    Ok(Some(Origin {
        account: AccountId::try_from(account).map_err(|_| unknown("account_id"))?,
        asker: Asker { attempt, session, client },
        at: Time::from_millis(at),
    }))
}

/// Keeps what was answered to the keys that were taken last.
pub(super) async fn reply(tx: &mut Tx, id: &SendingId, reply: Reply) -> Result<()> {
    const SQL: &str = "UPDATE sending SET replied = $1 WHERE id = $2";
    on!(tx, c => sqlx::query(SQL)
        .bind(reply.name())
        .bind(id.as_str())
        .execute(c).await.map(drop))
}

/// What was answered to the keys of this step, where none were taken since.
pub(super) async fn replied(tx: &mut Tx, id: &SendingId, step: u32) -> Result<Option<Reply>> {
    const SQL: &str = "SELECT replied FROM sending \
                       WHERE id = $1 AND step = $2 AND replied IS NOT NULL";
    let name: Option<String> = on!(tx, c => sqlx::query_scalar(SQL)
        .bind(id.as_str())
        .bind(i64::from(step) + 1)
        .fetch_optional(c).await)?;
    name.map(|name| Reply::parse(&name).ok_or_else(|| unknown("replied"))).transpose()
}

/// Forgets sendings whose codes died before `before`, a batch at most. How many.
pub(super) async fn forget(tx: &mut Tx, before: Time) -> Result<u64> {
    const SQL: &str = "DELETE FROM sending WHERE id IN \
                       (SELECT id FROM sending WHERE ends_at <= $1 LIMIT $2) \
                       AND ends_at <= $1";
    on!(tx, c => sqlx::query(SQL)
        .bind(before.millis()).bind(BATCH)
        .execute(c).await.map(|done| done.rows_affected()))
}

const fn unknown(column: &'static str) -> Error {
    Error::Inconsistent { table: "sending", column }
}
