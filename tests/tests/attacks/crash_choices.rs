//! `kill -9` at the commits of what people choose: to keep what they had lost, and to force nobody for a while.

use serde_json::Value;
use tests::forms::Browser;
use tests::soft_key::SoftKey;

use crate::crash_factors::told;
use crate::crash_roads::{Road, Town, accounts, recorded, settled, strikes, touched};
use crate::house::PASSWORD;
use crate::practice::{Contact, count, event, events, of, row, shown, types};

#[test]
fn killed_at_any_commit_of_keeping_what_turned_up_it_is_in_use_or_goes() {
    strikes::<Kept>();
}

#[test]
fn killed_at_any_commit_of_forcing_nobody_all_are_told_or_everybody_is_forced() {
    strikes::<Forced>();
}

/// Somebody who lost two keys begins to set up anew, finds one, keeps it and lets the other go.
struct Kept {
    name: String,
    /// The browser in which the second factor is set up anew.
    browser: Browser,
    found: SoftKey,
    code: String,
}

impl Road for Kept {
    const LEAST: usize = 8;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        town.house.account(name);
        let mut browser = Browser::new(town.house.client());
        let _ = browser.log_in(name, PASSWORD);
        let mut found = SoftKey::new(2 * number, &town.house.origin());
        touched(&mut browser, &mut found);
        let mut lost = SoftKey::new(2 * number + 1, &town.house.origin());
        let _ = browser.touch("/enrol/security-key", &mut lost);
        let offer = browser.open("/enrol/recovery");
        let code = shown(&browser.submit(&offer.form("#make-form")));
        settled(town);
        let browser = Browser::new(town.house.client());
        Self { name: name.to_owned(), browser, found, code }
    }

    fn go(&mut self, town: &mut Town) {
        let _ = self.browser.log_in(&self.name, PASSWORD);
        let page = self.browser.open("/login/anew");
        let begun = types(&mut self.browser, &page, &self.code);
        assert!(begun.status < 300, "{}", begun.text());
        assert_eq!(self.browser.log_in(&self.name, PASSWORD).path, "/enrol");
        self.keeps();
        settled(town);
    }

    fn goes_on(&mut self, town: &mut Town) {
        if recorded(town, &self.name, "set_up_anew") == 0 {
            return self.go(town);
        }
        let page = self.browser.log_in(&self.name, PASSWORD);
        if page.path == "/enrol" {
            self.keeps();
        } else if recorded(town, &self.name, "factor_removed") == 1 {
            assert_eq!(self.browser.touch("/login/passkey", &mut self.found).path, "/account");
        } else {
            // The answer with the browser's share was lost: nothing is open to anybody.
            assert_ne!(page.path, "/account", "a password alone");
            assert!(!page.has("#choices"), "a wizard in another browser");
        }
        settled(town);
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let events = events(rows, account);
        let [made, spent, anew, kept, gone] = [
            "recovery_code_made",
            "recovery_code_spent",
            "set_up_anew",
            "factor_kept",
            "factor_removed",
        ]
        .map(|event| count(&events, event));
        assert_eq!((made, spent), (1, anew), "spent to set up anew: {events:?}");
        let living = of(rows, "recovery_code", account).len();
        assert_eq!(living + spent, 1, "one lives, or it was spent: {events:?}");
        assert!(kept <= anew && gone <= kept, "in this order: {events:?}");
        let goes_on = of(rows, "factor_reset", account).len();
        assert_eq!(goes_on, anew - gone, "it goes on until the rest is gone: {events:?}");
        let factors = of(rows, "factor", account);
        let suspended = factors.iter().filter(|factor| !factor["suspended_at"].is_null()).count();
        assert_eq!(suspended, 2 * anew - kept - gone, "out of use, kept or gone: {events:?}");
        for (kind, times) in [("set_up_anew", anew), ("factor_kept", kept)] {
            assert_eq!(told(rows, account, kind), times, "{kind} is told: {events:?}");
        }
    }
}

impl Kept {
    /// In the wizard: uses the key once, says that this was all, and logs in with it.
    fn keeps(&mut self) {
        let page = self.browser.open("/enrol/keep");
        let kept = if page.has("#kept") {
            page
        } else {
            let prove = page.attribute("#suspended [data-kind=passkey] a", "href").to_owned();
            self.browser.touch(&prove, &mut self.found)
        };
        assert!(kept.has("#kept"), "{}", kept.text());
        let login = self.browser.submit(&kept.form("#done-form"));
        assert!(login.has("#login-form"), "{}", login.text());
        assert_eq!(self.browser.touch("/login/passkey", &mut self.found).path, "/account");
    }
}

/// A contact person forces nobody of the practice for an hour, and then everybody again.
struct Forced {
    name: String,
    contact: Contact,
}

impl Road for Forced {
    const LEAST: usize = 3;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        let contact = Contact::of(&town.house, name, number);
        settled(town);
        Self { name: name.to_owned(), contact }
    }

    fn go(&mut self, town: &mut Town) {
        self.contact.stops_forcing();
        let form = self.contact.browser.open("/settings").form("#force-form");
        let forced = self.contact.browser.submit(&form);
        assert_eq!(forced.path, "/settings?notice=forced", "{}", forced.text());
        settled(town);
    }

    fn goes_on(&mut self, town: &mut Town) {
        self.contact.again();
        let settings = self.contact.browser.open("/settings");
        if settings.has("#force-form") {
            let _ = self.contact.browser.submit(&settings.form("#force-form"));
            settled(town);
        } else if changes(&town.house.rows(), Some(&self.organisation(town))).is_empty() {
            self.go(town);
        }
        assert!(!self.contact.browser.open("/settings").has("#force-form"), "all are forced");
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let organisation = of_account(rows, account);
        let changes = changes(rows, Some(&organisation));
        let settings = rows["setting"].as_array().expect("a table").iter();
        let mine = |row: &&Value| {
            row["organisation_id"] == organisation && row["name"] == "not_forced_until"
        };
        let [unforced, forced] = counted(&changes);
        assert_eq!(
            settings.filter(mine).count(),
            unforced - forced,
            "as was recorded: {changes:?}"
        );
        // A message to an organisation names it in what is sealed, so all of them are counted.
        let all = self::changes(rows, None);
        let told = ["unforced", "forced"].map(|kind| told_anybody(rows, kind));
        assert_eq!(told, counted(&all), "each change is told: {all:?}");
    }
}

impl Forced {
    fn organisation(&self, town: &Town) -> Value {
        let rows = town.house.rows();
        let [account] = accounts(&rows, &self.name).try_into().expect("one account");
        of_account(&rows, &account)
    }
}

/// How often nobody was forced, and how often everybody was again.
fn counted(changes: &[Value]) -> [usize; 2] {
    let forced = changes.iter().filter(|event| event["is"] == "").count();
    [changes.len() - forced, forced]
}

/// Messages of this kind to anybody, waiting or sent.
fn told_anybody(rows: &Value, kind: &str) -> usize {
    let waiting = rows["outbox"].as_array().expect("a table").iter();
    let sent = recorded_anywhere(rows).filter(|event| event["event"] == "message_sent");
    let is = |row: &Value| row["kind"] == kind;
    waiting.filter(|row| is(row)).count() + sent.filter(is).count()
}

/// Where this account is.
fn of_account(rows: &Value, account: &Value) -> Value {
    row(rows, account)["organisation_id"].clone()
}

/// What was recorded of forcing, in this organisation or in all.
fn changes(rows: &Value, organisation: Option<&Value>) -> Vec<Value> {
    let is = |event: &Value| {
        event["event"] == "setting_changed"
            && event["setting"] == "not_forced_until"
            && organisation.is_none_or(|organisation| event["organisation"] == *organisation)
    };
    recorded_anywhere(rows).filter(is).collect()
}

fn recorded_anywhere(rows: &Value) -> impl Iterator<Item = Value> {
    rows["audit"].as_array().expect("a table").iter().map(event)
}
