//! The SQL that makes void what can be used once, of every account.

use crate::audit::Voided;
use crate::clock::Time;
use crate::storage::{Result, Tx, on};

/// Makes all of it void.
pub(super) async fn void(tx: &mut Tx, now: Time) -> Result<Voided> {
    forget_challenges(tx).await?;
    let drafts = end_app_drafts(tx).await? + end_phone_drafts(tx).await?;
    Ok(Voided {
        recovery_codes: end_recovery_codes(tx).await?,
        access_codes: end_access_codes(tx).await?,
        pins: {
            end_unseen_pins(tx).await?;
            end_letters(tx).await?;
            end_pins(tx, now).await?
        },
        links: end_links(tx).await? + end_confirmations(tx, now).await?,
        codes: end_sent_codes(tx).await?
            + end_email_codes(tx).await?
            + spend_login_codes(tx, now).await?,
        sessions: end_sessions(tx, now).await?,
        changes: end_organisation_changes(tx).await?,
        under_way: end_attempts(tx).await? + close_resets(tx, now).await? + drafts,
    })
}

async fn end_recovery_codes(tx: &mut Tx) -> Result<u64> {
    const SQL: &str = "DELETE FROM recovery_code";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(|done| done.rows_affected()))
}

async fn end_access_codes(tx: &mut Tx) -> Result<u64> {
    const SQL: &str = "DELETE FROM access_code";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(|done| done.rows_affected()))
}

async fn end_pins(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "UPDATE pin SET ended_at = $1 WHERE ended_at IS NULL";
    on!(tx, c => sqlx::query(SQL).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))
}

/// PINs in the Berichtenbox that nobody has seen.
async fn end_unseen_pins(tx: &mut Tx) -> Result<()> {
    const SQL: &str = "DELETE FROM message_secret";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(drop))
}

/// What waits to be printed; the letters themselves go with their PINs.
async fn end_letters(tx: &mut Tx) -> Result<()> {
    const SQL: &str = "DELETE FROM letter_sheet";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(drop))
}

async fn end_links(tx: &mut Tx) -> Result<u64> {
    const SQL: &str = "DELETE FROM email_link";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(|done| done.rows_affected()))
}

/// Confirmation links of support cases, and cases that were confirmed and not carried out.
async fn end_confirmations(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "UPDATE support_case SET link_hash = NULL, state = 'lapsed', ends_at = $1 \
                       WHERE state IN ('opened', 'link_sent', 'called', 'shown')";
    on!(tx, c => sqlx::query(SQL).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))
}

/// Where organisations are to be reached, and who is to answer for them, with the links that prove it: a change
/// may have been stopped since the copy was made.
async fn end_organisation_changes(tx: &mut Tx) -> Result<u64> {
    const SQL: &str = "DELETE FROM organisation_change";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(|done| done.rows_affected()))
}

async fn end_sent_codes(tx: &mut Tx) -> Result<u64> {
    const SQL: &str = "DELETE FROM sent_code";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(|done| done.rows_affected()))
}

async fn end_email_codes(tx: &mut Tx) -> Result<u64> {
    const SQL: &str = "DELETE FROM email_change";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(|done| done.rows_affected()))
}

async fn spend_login_codes(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "UPDATE login_code SET spent_at = $1 WHERE spent_at IS NULL";
    on!(tx, c => sqlx::query(SQL).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))
}

async fn end_sessions(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "UPDATE session SET ended_at = $1 WHERE ended_at IS NULL";
    on!(tx, c => sqlx::query(SQL).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))
}

async fn end_attempts(tx: &mut Tx) -> Result<u64> {
    const SQL: &str = "DELETE FROM attempt";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(|done| done.rows_affected()))
}

async fn forget_challenges(tx: &mut Tx) -> Result<()> {
    const SQL: &str = "DELETE FROM challenge";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(drop))
}

async fn end_app_drafts(tx: &mut Tx) -> Result<u64> {
    const SQL: &str = "DELETE FROM totp_draft";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(|done| done.rows_affected()))
}

async fn end_phone_drafts(tx: &mut Tx) -> Result<u64> {
    const SQL: &str = "DELETE FROM phone_draft";
    on!(tx, c => sqlx::query(SQL).execute(c).await.map(|done| done.rows_affected()))
}

/// The wizard of who sets up anew: what was begun is closed, and only a human helps on.
async fn close_resets(tx: &mut Tx, now: Time) -> Result<u64> {
    const SQL: &str = "UPDATE factor_reset SET expires_at = $1 WHERE expires_at > $1";
    on!(tx, c => sqlx::query(SQL).bind(now.millis())
        .execute(c).await.map(|done| done.rows_affected()))
}
