//! `kill -9` at the commits of the roads back in, walked page by page: a recovery code that logs in once,
//! and a second factor that is set up anew. After a restart each code was spent for something or not at
//! all, and somebody who had a way in has one still.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;
use tests::forms::{Browser, Page};
use tests::soft_key::SoftKey;

use crate::crash::{assert_chain, strike};
use crate::house::{House, PASSWORD};
use crate::practice::{count, events, of, shown, types};

#[test]
fn killed_at_any_commit_of_a_way_back_a_code_was_spent_for_something_or_not_at_all() {
    let house = House::new("");
    house.account("first@praktijk.example");
    let mut server = house.start_on_one_thread();
    for kills in 0.. {
        let name = format!("arts{kills}@praktijk.example");
        house.account(&name);
        let mut lost = Lost::new(&house, &name, u32::try_from(kills).expect("a few"));
        let mut strace = strike(&server, &["fdatasync", "fsync"], 1 + kills);
        let walked = catch_unwind(AssertUnwindSafe(|| lost.go()));
        drop(strace.kill());
        drop(strace.wait());
        if walked.is_ok() {
            lost.assert_sound(&house.rows());
            assert!(kills >= 8, "the walk has that many commits, and {kills} were struck");
            return;
        }
        drop(server);
        assert_chain(&house);
        server = house.start_on_one_thread();
        lost.assert_sound(&house.rows());
        lost.goes_on(&house.rows());
        lost.assert_sound(&house.rows());
    }
}

/// Somebody with a passkey and a recovery code.
struct Lost<'a> {
    house: &'a House,
    name: String,
    /// The browser in which the second factor is set up anew.
    browser: Browser,
    old: SoftKey,
    new: SoftKey,
    code: String,
}

impl<'a> Lost<'a> {
    fn new(house: &'a House, name: &str, number: u32) -> Self {
        let (mut old, new) = (
            SoftKey::new(2 * number, &house.origin()),
            SoftKey::new(2 * number + 1, &house.origin()),
        );
        let mut browser = Browser::new(house.client());
        assert_eq!(browser.log_in(name, PASSWORD).path, "/enrol");
        let _ = browser.touch("/enrol/passkey", &mut old);
        assert_eq!(browser.touch("/login/passkey", &mut old).path, "/account");
        let offer = browser.open("/enrol/recovery");
        let code = shown(&browser.submit(&offer.form("#make-form")));
        let browser = Browser::new(house.client());
        Self { house, name: name.to_owned(), browser, old, new, code }
    }

    /// Uses the code once, and the next one to set up anew, with another key.
    fn go(&mut self) {
        let mut once = Browser::new(self.house.client());
        let _ = once.log_in(&self.name, PASSWORD);
        self.code = shown(&type_code(&mut once, "/login/recovery", &self.code));
        let _ = self.browser.log_in(&self.name, PASSWORD);
        let begun = type_code(&mut self.browser, "/login/anew", &self.code);
        assert!(begun.status < 300, "{}", begun.text());
        let _ = self.browser.log_in(&self.name, PASSWORD);
        self.enrol();
    }

    fn enrol(&mut self) {
        let _ = self.browser.touch("/enrol/passkey", &mut self.new);
        assert_eq!(self.browser.touch("/login/passkey", &mut self.new).path, "/account");
    }

    /// After a restart: who has a key in use gets in with it, and whoever set up anew in this browser goes
    /// on there. A code whose use was answered is dead.
    fn goes_on(&mut self, rows: &Value) {
        let (events, suspended, reset) = self.state(rows);
        if !suspended {
            let has_new = count(&events, "factor_proven") > 1 || self.is_new_in_use(rows);
            let key = if has_new { &mut self.new } else { &mut self.old };
            let page = Browser::new(self.house.client()).touch("/login/passkey", key);
            assert_eq!(page.path, "/account", "the key in use: {events:?}");
            return;
        }
        assert!(reset, "suspended, and nothing goes on: {events:?}");
        let refused = Browser::new(self.house.client()).touched("/login/passkey", &mut self.old);
        assert_eq!(refused.code(), "factor_suspended");
        let page = self.browser.log_in(&self.name, PASSWORD);
        if page.path == "/enrol" {
            self.enrol();
        } else {
            // The answer with the browser's share was lost: nothing is open to anybody.
            assert_ne!(page.path, "/account", "a password alone");
            assert!(!page.has("#choices"), "a wizard in another browser");
        }
    }

    fn is_new_in_use(&self, rows: &Value) -> bool {
        let id = self.account(rows);
        let mine = of(rows, "factor", &id);
        let old = mine.iter().min_by_key(|row| row["created_at"].as_i64());
        mine.len() == 1 && count(&events(rows, &id), "factor_removed") == 1 && old.is_some()
    }

    fn account(&self, rows: &Value) -> Value {
        let accounts = rows["account"].as_array().expect("a table");
        let found = accounts.iter().find(|row| row["username"] == self.name.as_str());
        found.expect("the account is there")["id"].clone()
    }

    /// What was recorded; whether a factor is suspended; whether setting up anew is open.
    fn state(&self, rows: &Value) -> (Vec<Value>, bool, bool) {
        let id = self.account(rows);
        let suspended = of(rows, "factor", &id).iter().any(|row| !row["suspended_at"].is_null());
        (events(rows, &id), suspended, !of(rows, "factor_reset", &id).is_empty())
    }

    /// Whether codes, sessions, factors and events tell one story.
    fn assert_sound(&self, rows: &Value) {
        let (events, suspended, reset) = self.state(rows);
        let id = self.account(rows);
        let [made, spent, anew] = ["recovery_code_made", "recovery_code_spent", "set_up_anew"]
            .map(|event| count(&events, event));
        assert_eq!(made, 1, "{events:?}");
        let living = of(rows, "recovery_code", &id).len();
        assert_eq!(living + spent, 1, "one lives, or it was spent: {events:?}");
        assert_eq!(spent, anew, "spent to set up anew: {events:?}");
        let by_code = events.iter().filter(|event| event["event"] == "recovery_code_used");
        for by_code in by_code {
            let opens = |event: &&Value| {
                event["event"] == "session_opened" && event["actor"] == by_code["actor"]
            };
            assert_eq!(events.iter().filter(opens).count(), 1, "a use is a session: {events:?}");
        }
        assert!(!suspended || reset, "suspended, and nothing goes on: {events:?}");
        assert!(!reset || anew == 1, "{events:?}");
        let (added, removed) = (count(&events, "factor_added"), count(&events, "factor_removed"));
        assert_eq!(of(rows, "factor", &id).len() + removed, added, "{events:?}");
    }
}

/// Types a code on this page, after the password.
fn type_code(browser: &mut Browser, path: &str, code: &str) -> Page {
    let page = browser.open(path);
    types(browser, &page, code)
}
