//! What is made void once a back-up was put back, on both engines.

use super::after_restore;
use crate::app::App;
use crate::app::testing::app;
use crate::audit::Voided;
use crate::login::tests::events;
use crate::storage::testing::{account, both, change, rows, texts};

/// An account with one of everything that can be used once.
async fn lived_in(app: &App) {
    let account = account(&app.db, "test.arts@voorbeeld.nl").await;
    let (id, later) = (account.id.as_str(), app.clock.now().millis() + 60_000);
    for statement in codes(id, later).into_iter().chain(under_way(id, later)) {
        change(&app.db, &statement).await;
    }
    let organisation = account.organisation.as_str();
    change(
        &app.db,
        &format!(
            "INSERT INTO organisation_change (organisation_id, anchor, value, starts_at, link_hash) VALUES ('{organisation}', 'email', 'post@voorbeeld.nl', {later}, 'h')"
        ),
    )
    .await;
}

/// What has a code, PIN or link.
fn codes(id: &str, later: i64) -> Vec<String> {
    vec![
        format!(
            "INSERT INTO recovery_code (account_id, id, hash, bound_at, created_at) VALUES ('{id}', 'r', 'h', 'high', 1)"
        ),
        format!(
            "INSERT INTO access_code (account_id, id, hash, given_at, expires_at) VALUES ('{id}', 'a', 'h', 'high', {later})"
        ),
        format!(
            "INSERT INTO pin (id, account_id, hash, made_at, lies_until, road) VALUES ('p', '{id}', 'h', 1, {later}, 'box')"
        ),
        format!(
            "INSERT INTO email_link (owner, account_id, link_hash, expires_at) VALUES ('o', '{id}', 'h', {later})"
        ),
        format!(
            "INSERT INTO support_case (id, account_id, purpose, state, link_hash, opened_by, opened_at, ends_at) VALUES ('c', '{id}', 'pin', 'link_sent', 'h', 'Test Een', 1, {later})"
        ),
        format!(
            "INSERT INTO sent_code (owner, sending_id, account_id, kind, code, keyed, expires_at) VALUES ('o', 's', '{id}', 'sms', 'c', 0, {later})"
        ),
        format!(
            "INSERT INTO email_change (account_id, session_id, purpose, content, expires_at) VALUES ('{id}', 's', 'log_in', 'c', {later})"
        ),
        format!(
            "INSERT INTO login_code (code_hash, code_challenge, account_id, login, expires_at) VALUES ('h', 'c', '{id}', 'l', {later})"
        ),
        format!(
            "INSERT INTO message (id, account_id, content, created_at, expires_at) VALUES ('m', '{id}', 'c', 1, {later})"
        ),
        format!(
            "INSERT INTO message_secret (message_id, sealed, expires_at) VALUES ('m', 's', {later})"
        ),
        format!(
            "INSERT INTO letter (id, pin_id, account_id, written_at, lies_until) VALUES ('l', 'p', '{id}', 1, {later})"
        ),
        "INSERT INTO letter_sheet (letter_id, content) VALUES ('l', 'c')".to_owned(),
    ]
}

/// What somebody is in, or half-way of.
fn under_way(id: &str, later: i64) -> Vec<String> {
    vec![
        format!(
            "INSERT INTO session (id, token_hash, account_id, scope, level, way, proven_at, client, created_at, seen_at) VALUES ('s', 'h', '{id}', 'full', 'low', 'password', 1, 'c', 1, 1)"
        ),
        format!(
            "INSERT INTO attempt (id, token_hash, client, state, created_at, expires_at) VALUES ('a', 'h', 'c', '{{}}', 1, {later})"
        ),
        format!(
            "INSERT INTO challenge (owner, purpose, state, expires_at) VALUES ('s', 'enrol_card', 'n', {later})"
        ),
        format!("INSERT INTO totp_draft (session_id, seed, expires_at) VALUES ('s', 'x', {later})"),
        format!(
            "INSERT INTO phone_draft (session_id, kind, number, zero, expires_at) VALUES ('s', 'sms', 'x', 0, {later})"
        ),
        format!(
            "INSERT INTO factor_reset (account_id, browser, bound_at, expires_at) VALUES ('{id}', 'b', 'high', {later})"
        ),
    ]
}

/// Rows of each table that are still good.
const LEFT: &[(&str, &str)] = &[
    ("recovery_code", "SELECT account_id FROM recovery_code"),
    ("access_code", "SELECT account_id FROM access_code"),
    ("pin", "SELECT id FROM pin WHERE ended_at IS NULL"),
    ("message_secret", "SELECT message_id FROM message_secret"),
    ("letter_sheet", "SELECT letter_id FROM letter_sheet"),
    ("email_link", "SELECT owner FROM email_link"),
    (
        "support_case",
        "SELECT id FROM support_case WHERE state <> 'lapsed' OR link_hash IS NOT NULL",
    ),
    ("sent_code", "SELECT owner FROM sent_code"),
    ("email_change", "SELECT account_id FROM email_change"),
    ("login_code", "SELECT code_hash FROM login_code WHERE spent_at IS NULL"),
    ("session", "SELECT id FROM session WHERE ended_at IS NULL"),
    ("organisation_change", "SELECT organisation_id FROM organisation_change"),
    ("attempt", "SELECT id FROM attempt"),
    ("challenge", "SELECT owner FROM challenge"),
    ("totp_draft", "SELECT session_id FROM totp_draft"),
    ("phone_draft", "SELECT session_id FROM phone_draft"),
];

#[tokio::test]
async fn what_can_be_used_once_is_void_after_a_back_up_was_put_back_and_said_once() {
    both(async |db| {
        let app = app(db);
        lived_in(&app).await;
        for (table, still) in LEFT {
            assert_eq!(texts(&app.db, still).await.len(), 1, "{table}");
        }
        let voided = after_restore(&app).await.unwrap();
        let expected = Voided {
            recovery_codes: 1,
            access_codes: 1,
            pins: 1,
            links: 2,
            codes: 3,
            sessions: 1,
            changes: 1,
            under_way: 4,
        };
        assert_eq!(voided, expected);
        for (table, still) in LEFT {
            assert_eq!(texts(&app.db, still).await, Vec::<String>::new(), "{table}");
        }
        let now = app.clock.now().millis();
        let open = format!("SELECT account_id FROM factor_reset WHERE expires_at > {now}");
        assert_eq!(texts(&app.db, &open).await, Vec::<String>::new(), "factor_reset");
        assert_eq!(events(&app, None).await, ["back_up_put_back"]);
        assert_eq!(after_restore(&app).await.unwrap(), Voided::default(), "nothing is left");
        assert_eq!(rows(&app.db, "audit").await, 1);
    })
    .await;
}
