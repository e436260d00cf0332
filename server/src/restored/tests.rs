//! What is made void once a back-up was put back, on both engines.

use super::after_restore;
use crate::app::App;
use crate::app::testing::app;
use crate::audit::Voided;
use crate::storage::testing::{account, both, change, rows};

/// An account with one of everything that can be used once.
async fn lived_in(app: &App) {
    let id = account(&app.db, "test.arts@voorbeeld.nl").await.id;
    let (id, later) = (id.as_str(), app.clock.now().millis() + 60_000);
    for statement in [
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
            "INSERT INTO factor_reset (account_id, browser, bound_at, expires_at) VALUES ('{id}', 'b', 'high', {later})"
        ),
    ] {
        change(&app.db, &statement).await;
    }
}

#[tokio::test]
async fn what_can_be_used_once_is_void_after_a_back_up_was_put_back_and_said_once() {
    both(async |db| {
        let app = app(db);
        lived_in(&app).await;
        let voided = after_restore(&app).await.unwrap();
        let expected = Voided {
            recovery_codes: 1,
            access_codes: 1,
            pins: 1,
            links: 2,
            codes: 3,
            sessions: 0,
            under_way: 1,
        };
        assert_eq!(voided, expected);
        for table in ["recovery_code", "access_code", "email_link", "sent_code", "email_change"] {
            assert_eq!(rows(&app.db, table).await, 0, "{table}");
        }
        let events = rows(&app.db, "audit").await;
        assert_eq!(events, 1);
        assert_eq!(after_restore(&app).await.unwrap(), Voided::default(), "nothing is left");
        assert_eq!(rows(&app.db, "audit").await, events);
    })
    .await;
}
