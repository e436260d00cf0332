//! `kill -9` at the commits of what people do to an account, their own or a colleague's: all of it is done and
//! told, or nothing is.

use serde_json::Value;
use tests::forms::{Browser, Form};
use tests::soft_key::SoftKey;

use crate::crash_factors::{Line, enrols, told};
use crate::crash_roads::{
    Road, Town, accounts, colleague, mailed_code, recorded, settled, strikes, touched,
};
use crate::house::{House, PASSWORD};
use crate::practice::{Added, CHOSEN, Contact, chooses, count, events, of, row, types};

#[test]
fn killed_at_any_commit_of_adding_a_colleague_there_are_account_pin_and_mail_or_nothing() {
    strikes::<Newcomer>();
}

#[test]
fn killed_at_any_commit_of_a_removal_it_is_gone_and_told_or_is_there() {
    strikes::<Removed>();
}

#[test]
fn killed_at_any_commit_of_the_end_of_an_account_nothing_of_it_is_left_or_all() {
    strikes::<Ended>();
}

#[test]
fn killed_at_any_commit_of_a_new_address_it_logs_in_and_is_told_or_the_old_one_does() {
    strikes::<Moved>();
}

/// A contact person adds a colleague and opens the PIN in the Berichtenbox.
struct Newcomer {
    name: String,
    /// What the colleague is called.
    called: String,
    /// The PIN, once it was shown.
    pin: Option<String>,
}

impl Road for Newcomer {
    const LEAST: usize = 4;

    fn prepared(_: &mut Town, name: &str, number: u32) -> Self {
        Self { name: name.to_owned(), called: format!("Collega {number}"), pin: None }
    }

    fn go(&mut self, town: &mut Town) {
        let form = town.contact.browser.open("/people/add").form("#add-form");
        let form = form.with("name", &self.called).with("email", &self.name);
        let added = town.contact.browser.submit(&form);
        assert!(added.path.ends_with("/added"), "{}", added.text());
        self.opens(town);
        let _ = self.number(town);
    }

    /// Whatever was done, the colleague chooses a password in the end.
    fn goes_on(&mut self, town: &mut Town) {
        if recorded(town, &self.name, "account_created") == 0 {
            let said = about(&town.house.rows(), &self.called).count();
            assert_eq!(said, 0, "nothing is said of whom there is not");
            self.go(town);
        } else if self.pin.is_none() && recorded(town, &self.name, "pin_opened") == 0 {
            self.opens(town);
        } else if self.pin.is_none() {
            self.asks_anew(town);
        }
        let pin = self.pin.clone().expect("it was shown");
        let added = Added { page: self.page(town), number: self.number(town), pin };
        let mut browser = Browser::new(town.house.client());
        let chosen = chooses(&mut browser, &added);
        assert_eq!(chosen.path, "/enrol", "{}", chosen.text());
        assert_eq!(browser.log_in(&self.name, CHOSEN).path, "/enrol");
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let events = events(rows, account);
        let [created, mailed, made, opened] =
            ["account_created", "user_number_sent", "pin_made", "pin_opened"]
                .map(|event| count(&events, event));
        assert_eq!((created, mailed), (1, 1), "an account and its number: {events:?}");
        assert!(told(rows, account, "user_number") >= 1, "and its mail: {events:?}");
        let pins = of(rows, "pin", account);
        assert_eq!(pins.len(), made, "a PIN and its event: {events:?}");
        assert!(made >= 1, "no account without a PIN: {events:?}");
        let shown = pins.iter().filter(|pin| !pin["opened_at"].is_null());
        assert_eq!(shown.count(), opened, "a PIN that was shown and its event: {events:?}");
        assert!(told(rows, account, "pin_made") >= made, "a PIN and its message: {events:?}");
        assert!(told(rows, account, "pin_opened") >= opened, "shown, and told: {events:?}");
        for pin in &pins {
            assert_eq!(lies(rows, pin), pin["opened_at"].is_null(), "it lies there, or was shown");
        }
    }
}

impl Newcomer {
    /// Opens the newest message, and has it show the PIN.
    fn opens(&mut self, town: &mut Town) {
        let message = town.contact.newest();
        assert!(message.text().contains(&self.called), "{}", message.text());
        let form = message.form("#secret-form");
        let browser = &mut town.contact.browser;
        let shown = browser.submit(&form);
        self.pin = Some(shown.of("#secret").unwrap_or_else(|| panic!("{}", shown.text())));
        let again = browser.submit(&form);
        assert!(!again.has("#secret"), "it is shown once: {}", again.text());
    }

    /// The answer with the PIN was lost: nobody sees it again, and a day later another is made.
    fn asks_anew(&mut self, town: &mut Town) {
        let path = format!("{}/pin", self.page(town));
        assert!(!town.contact.newest().has("#secret-form"), "it was shown");
        let browser = &mut town.contact.browser;
        let form = browser.open(&path).form("#ask-form");
        let early = browser.submit(&form);
        assert!(early.code().is_some(), "one a day: {}", early.text());
        town.house.ages();
        let made = town.contact.browser.submit(&form);
        assert!(made.path.ends_with("/pin-made"), "{}", made.text());
        self.opens(town);
    }

    /// The page of the colleague in Gebruikersbeheer.
    fn page(&self, town: &Town) -> String {
        let accounts = accounts(&town.house.rows(), &self.name);
        let [account] = accounts.as_slice() else { panic!("one account: {accounts:?}") };
        format!("/people/{}", account.as_str().expect("text"))
    }

    /// The user number, as it was mailed.
    fn number(&self, town: &Town) -> String {
        let says = format!("Het gebruikersnummer van {} is ", self.called);
        let mail = town.house.mailed("contact@praktijk.example", &says);
        let (_, rest) = mail.split_once(&says).expect("it is in there");
        rest.split('.').next().expect("up to the full stop").to_owned()
    }
}

/// Whether this PIN waits in a Berichtenbox.
pub(crate) fn lies(rows: &Value, pin: &Value) -> bool {
    let secrets = rows["message_secret"].as_array().expect("a table");
    let told = |message: &Value| secrets.iter().any(|row| row["message_id"] == message["id"]);
    about(rows, text(&pin["id"])).any(told)
}

/// Messages in any Berichtenbox that name this.
fn about<'r>(rows: &'r Value, what: &str) -> impl Iterator<Item = &'r Value> {
    let messages = rows["message"].as_array().expect("a table").iter();
    messages.filter(move |row| text(&row["content"]).contains(what))
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

/// Somebody removes the number for texts, and keeps a passkey.
struct Removed {
    name: String,
    browser: Browser,
    /// What is open in another browser.
    elsewhere: Value,
    key: SoftKey,
    form: Form,
    number: Line,
}

impl Road for Removed {
    const LEAST: usize = 3;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        town.house.account(name);
        let mut browser = Browser::new(town.house.client());
        let _ = browser.log_in(name, PASSWORD);
        let digits = 610_000_000 + 17 * number;
        let offer = enrols(town, &mut browser, &format!("0{digits}"));
        assert_eq!(offer.path, "/enrol/recovery", "{}", offer.text());
        let mut key = SoftKey::new(number, &town.house.origin());
        touched(&mut browser, &mut key);
        let mut other = Browser::new(town.house.client());
        assert_eq!(other.touch("/login/passkey", &mut key).path, "/account");
        let elsewhere = newest(&town.house, name);
        let remove = browser.open("/account").attribute("a[id^=remove-]", "href").to_owned();
        let form = browser.open(&remove).form("#remove-form");
        settled(town);
        let number = Line::at(format!("+31{digits}"), "Dit telefoonnummer is verwijderd");
        Self { name: name.to_owned(), browser, elsewhere, key, form, number }
    }

    fn go(&mut self, town: &mut Town) {
        let account = self.browser.submit(&self.form);
        assert_eq!(account.path, "/account?notice=removed", "{}", account.text());
        self.number.hears(town);
    }

    fn goes_on(&mut self, town: &mut Town) {
        if recorded(town, &self.name, "factor_removed") == 0 {
            return self.go(town);
        }
        self.number.hears(town);
        let again = self.browser.submit(&self.form);
        assert_eq!(again.code(), Some("no_such_factor"), "{}", again.text());
        let page = Browser::new(town.house.client()).touch("/login/passkey", &mut self.key);
        assert_eq!(page.path, "/account", "what was kept");
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let events = events(rows, account);
        let gone = count(&events, "factor_removed");
        let factors = of(rows, "factor", account);
        let kinds: Vec<_> = factors.iter().map(|factor| factor["kind"].clone()).collect();
        let left: &[_] = if gone == 0 { &["sms", "passkey"] } else { &["passkey"] };
        assert_eq!(kinds, left, "it is there, or gone: {events:?}");
        let numbers = rows["phone"].as_array().expect("a table").iter();
        let mine = |row: &&Value| factors.iter().any(|factor| factor["id"] == row["factor_id"]);
        assert_eq!(numbers.filter(mine).count(), 1 - gone, "a factor and its number");
        assert_eq!(
            told(rows, account, "factor_removed").min(1),
            gone,
            "gone, and told: {events:?}"
        );
        let texts = of(rows, "sending", account);
        let texts = texts.iter().filter(|sending| sending["channel"] == "number_told").count();
        assert_eq!(texts, gone, "the number is told once");
        assert_eq!(
            lives(rows, &events, &self.elsewhere),
            gone == 0,
            "who was in elsewhere: {events:?}"
        );
    }
}

/// A contact person ends the account of a colleague who leaves.
struct Ended {
    name: String,
    added: Added,
    key: SoftKey,
    /// Where the colleague is in.
    session: Value,
}

impl Road for Ended {
    const LEAST: usize = 3;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        let (added, mut browser) = colleague(town, name);
        let mut key = SoftKey::new(number, &town.house.origin());
        touched(&mut browser, &mut key);
        let session = newest(&town.house, name);
        settled(town);
        Self { name: name.to_owned(), added, key, session }
    }

    fn go(&mut self, town: &mut Town) {
        let path = format!("{}/end", self.added.page);
        let form = town.contact.browser.open(&path).form("#ask-form");
        let people = town.contact.browser.submit(&form);
        assert_eq!(people.path, "/people?notice=account-ended", "{}", people.text());
        settled(town);
    }

    fn goes_on(&mut self, town: &mut Town) {
        let mut browser = Browser::new(town.house.client());
        if recorded(town, &self.name, "account_ended") == 0 {
            assert_eq!(browser.touch("/login/passkey", &mut self.key).path, "/account");
            return self.go(town);
        }
        let refused = browser.touched("/login/passkey", &mut self.key);
        assert_eq!(refused.code(), "not_recognised", "{}", refused.body);
        assert_eq!(browser.log_in(&self.name, CHOSEN).status, 401);
        let again = town.contact.browser.open(&format!("{}/end", self.added.page));
        assert!(!again.has("#ask-form"), "it ended: {}", again.text());
        settled(town);
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let events = events(rows, account);
        let ended = count(&events, "account_ended");
        let row = row(rows, account);
        assert_eq!(row["ended_at"].is_null(), ended == 0, "its end and the event: {events:?}");
        for table in ["factor", "password"] {
            assert_eq!(of(rows, table, account).len(), 1 - ended, "{table}: {events:?}");
        }
        assert_eq!(count(&events, "factor_removed"), ended, "{events:?}");
        assert_eq!(told(rows, account, "account_ended").min(1), ended, "and told: {events:?}");
        assert_eq!(lives(rows, &events, &self.session), ended == 0, "who was in: {events:?}");
    }
}

/// Somebody gives another address to log in with.
struct Moved {
    account: Value,
    old: String,
    new: String,
    browser: Browser,
    /// What is open in another browser.
    elsewhere: Value,
}

impl Road for Moved {
    const LEAST: usize = 4;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        town.house.account(name);
        let mut contact = Contact::enters(&town.house, name, number);
        let mut other = Browser::new(town.house.client());
        assert_eq!(other.touch("/login/passkey", &mut contact.key).path, "/account");
        let elsewhere = newest(&town.house, name);
        let [account] = accounts(&town.house.rows(), name).try_into().expect("one account");
        settled(town);
        let new = name.replace("praktijk", "elders");
        Self { account, old: name.to_owned(), new, browser: contact.browser, elsewhere }
    }

    fn accounts(&self, _: &Value, _: &str) -> Vec<Value> {
        vec![self.account.clone()]
    }

    fn go(&mut self, town: &mut Town) {
        let form = self.browser.open("/account/details/email").form("#email-form");
        let asked = self.browser.submit(&form.with("email", &self.new));
        let done = types(&mut self.browser, &asked, &mailed_code(town, &self.new));
        assert_eq!(done.path, CHANGED, "{}", done.text());
        self.is_told(town);
    }

    fn goes_on(&mut self, town: &mut Town) {
        let changed = count(&events(&town.house.rows(), &self.account), "username_changed");
        let asked = self.browser.open("/account/details/code");
        if asked.has("#code-form") {
            assert_eq!(changed, 0, "it changed, and is asked for");
            let form = asked.form("#code-form").with("code", &mailed_code(town, &self.new));
            assert_eq!(self.browser.submit(&form).path, CHANGED);
            assert_ne!(self.browser.submit(&form).path, CHANGED, "it counted twice");
        } else if changed == 0 {
            return self.go(town);
        }
        self.is_told(town);
        let mut browser = Browser::new(town.house.client());
        assert_eq!(browser.log_in(&self.old, PASSWORD).status, 401);
        assert!(browser.log_in(&self.new, PASSWORD).path.starts_with("/login/check"));
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let events = events(rows, account);
        let changed = count(&events, "username_changed");
        let given = of(rows, "email_change", account).len() + changed;
        assert_eq!(given, count(&events, "code_made"), "a code lives, or was it: {events:?}");
        assert!(given < 2, "one is enough: {events:?}");
        let row = row(rows, account);
        let name = if changed == 0 { &self.old } else { &self.new };
        assert_eq!(row["username"], name.as_str(), "{events:?}");
        assert_eq!(row["email_changed_at"].is_null(), changed == 0, "when, and the event");
        assert_eq!(
            of(rows, "former_email", account).len(),
            changed,
            "the old one hears: {events:?}"
        );
        let messages = told(rows, account, "username_changed");
        assert_eq!(messages, 2 * changed, "it is told at both: {events:?}");
        assert_eq!(lives(rows, &events, &self.elsewhere), changed == 0, "elsewhere: {events:?}");
    }
}

impl Moved {
    /// Waits for the mail at both addresses.
    fn is_told(&self, town: &Town) {
        for address in [&self.old, &self.new] {
            let _ = town.house.mailed(address, "logt in met een ander e-mailadres");
        }
    }
}

/// Where it leads that an address is another one now.
const CHANGED: &str = "/account/details?notice=login-email-changed";

/// The session that this account opened last.
pub(crate) fn newest(house: &House, name: &str) -> Value {
    let rows = house.rows();
    let mine = accounts(&rows, name).into_iter().flat_map(|account| of(&rows, "session", &account));
    let last = mine.last().expect("a session");
    last.get("id").expect("a column").clone()
}

/// Whether this session goes on, as the table and the events have it.
pub(crate) fn lives(rows: &Value, events: &[Value], session: &Value) -> bool {
    let mut sessions = rows["session"].as_array().expect("a table").iter();
    let lives = sessions.any(|row| row["id"] == *session && row["ended_at"].is_null());
    let end = |event: &Value| event["event"] == "session_ended" && event["session"] == *session;
    assert_ne!(lives, events.iter().any(end), "a session, or its end: {events:?}");
    lives
}
