//! `kill -9` at the commits of the other roads, each walked page by page: what was under way is as it was or
//! done, nothing counts twice, and whoever walks gets to the end.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use serde_json::Value;
use sleutelbos_server::clock::Clock;
use tempfile::TempDir;
use tests::exchange::{Exchange, Provider, TOKEN};
use tests::forms::{Browser, Form, Page};
use tests::phone::Phone;
use tests::program::{Program, trail};
use tests::soft_key::SoftKey;
use tests::stage::uzi_table;

use crate::crash::{assert_chain, strike};
use crate::house::{House, PASSWORD};
use crate::practice::{Added, CHOSEN, Contact, chooses, count, events, of, scans, shown, types};

#[test]
fn killed_at_any_commit_of_an_app_each_code_counts_once() {
    strikes::<App>();
}

#[test]
fn killed_at_any_commit_of_a_text_message_one_code_lets_in_once() {
    strikes::<Text>();
}

#[test]
fn killed_at_any_commit_of_a_call_one_code_lets_in_once() {
    strikes::<Spoken>();
}

#[test]
fn killed_at_any_commit_of_an_access_code_it_was_used_for_something_or_not_at_all() {
    strikes::<Access>();
}

#[test]
fn killed_at_any_commit_of_a_waiver_it_holds_and_is_told_or_is_not_there() {
    strikes::<Waived>();
}

#[test]
fn killed_at_any_commit_of_a_link_it_lets_in_once() {
    strikes::<Linked>();
}

#[test]
fn killed_at_any_commit_of_an_activation_the_pin_has_chosen_a_password_or_still_does() {
    strikes::<Activated>();
}

#[test]
fn killed_at_any_commit_of_a_back_up_address_its_code_counts_once() {
    strikes::<Addressed>();
}

#[test]
fn killed_at_any_commit_of_lifting_a_block_it_is_lifted_and_told_or_is_there() {
    strikes::<Lifted>();
}

#[test]
fn killed_at_any_commit_of_a_choice_it_lets_in_once() {
    strikes::<Chosen>();
}

/// A server, who sends for it, and a contact person.
pub(crate) struct Town {
    pub(crate) house: House,
    pub(crate) exchange: Exchange,
    pub(crate) contact: Contact,
    /// The folder of simulated cards, which the server believes.
    pub(crate) cards: TempDir,
}

/// Somebody on a road, at the place from which on the server is struck.
pub(crate) trait Road: Sized {
    /// Commits on it, at least.
    const LEAST: usize;

    /// From one strike to the next, in commits.
    const STEP: usize = 1;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self;

    /// Walks on; panics where the server is gone.
    fn go(&mut self, town: &mut Town);

    /// After a restart: to the end, whatever had been done.
    fn goes_on(&mut self, town: &mut Town);

    /// The accounts of whoever walks, prepared under this name.
    fn accounts(&self, rows: &Value, name: &str) -> Vec<Value> {
        accounts(rows, name)
    }

    /// Whether the rows of this account tell one story.
    fn assert_sound(&self, rows: &Value, account: &Value);
}

/// Walks the road again and again, with the server killed at the first commit, then the second, and so on
/// until a walk ends alive.
pub(crate) fn strikes<R: Road>() {
    let exchange = Exchange::open();
    let phones = exchange.config(Provider::Twilio);
    let cards = tempfile::tempdir().expect("a temporary folder");
    let _ = Program::ours("firmware-sim").arg("pki").arg(cards.path()).run().good();
    let house = House::new(&format!("{phones}{MORE}{}", uzi_table(cards.path())));
    std::fs::write(house.file("token"), TOKEN).expect("a token");
    house.account("first@praktijk.example"); // the database is there before any walk
    let mut server = house.start_on_one_thread();
    let mut contact = Contact::of(&house, "contact@praktijk.example", 0);
    contact.stops_forcing();
    let mut town = Town { house, exchange, contact, cards };
    for kills in 0.. {
        let name = format!("arts{kills}@praktijk.example");
        town.contact.again();
        let number = u32::try_from(kills).expect("a few");
        let mut road = R::prepared(&mut town, &name, 1 + number);
        let mut strace = strike(&server, &["fdatasync", "fsync"], 1 + kills * R::STEP);
        let walked = catch_unwind(AssertUnwindSafe(|| road.go(&mut town)));
        drop(strace.kill());
        drop(strace.wait());
        match walked {
            Ok(()) => {
                assert_story(&road, &town.house, &name);
                assert!(kills >= R::LEAST, "{kills} commits were struck");
                trail(&format!("{kills} commits were struck"));
                return;
            }
            Err(why) if town.house.client().ask("GET", "/help", "", "").is_ok() => {
                resume_unwind(why)
            }
            Err(_) => {}
        }
        drop(server);
        assert_chain(&town.house);
        // What was being sent is tried again some time later; nobody waits for that.
        town.house.writes(&["UPDATE outbox SET due_at = 0 WHERE due_at IS NOT NULL"]);
        server = town.house.start_on_one_thread();
        assert_story(&road, &town.house, &name);
        town.contact.again();
        road.goes_on(&mut town);
        assert_story(&road, &town.house, &name);
    }
}

fn assert_story(road: &impl Road, house: &House, name: &str) {
    let rows = house.rows();
    for account in &road.accounts(&rows, name) {
        let recorded = events(&rows, account);
        for session in of(&rows, "session", account) {
            let opened = |event: &&Value| {
                event["event"] == "session_opened" && event.get("session") == session.get("id")
            };
            let times = recorded.iter().filter(opened).count();
            assert_eq!(times, 1, "a session and its event: {session} {recorded:?}");
        }
        let gone = count(&recorded, "factor_removed");
        let factors = of(&rows, "factor", account).len();
        assert_eq!(factors + gone, count(&recorded, "factor_added"), "a factor and its event");
        road.assert_sound(&rows, account);
    }
}

pub(crate) fn accounts(rows: &Value, name: &str) -> Vec<Value> {
    let accounts = rows["account"].as_array().expect("a table").iter();
    accounts.filter(|row| row["username"] == name).map(|row| row["id"].clone()).collect()
}

pub(crate) fn recorded(town: &Town, name: &str, event: &str) -> usize {
    let rows = town.house.rows();
    accounts(&rows, name).iter().map(|account| count(&events(&rows, account), event)).sum()
}

/// Sends a form twice; whether it led to `/account` or the wizard once at the most.
fn counts_once(browser: &mut Browser, form: &Form) -> bool {
    let taken = (0..2).filter(|_| is_in(&browser.submit(form))).count();
    assert!(taken < 2, "it counted twice");
    taken == 1
}

fn is_in(page: &Page) -> bool {
    page.path.starts_with("/account") || page.path.starts_with("/enrol")
}

/// A colleague who activated and is in, in the visit that enrols.
pub(crate) fn colleague(town: &mut Town, name: &str) -> (Added, Browser) {
    let added = town.contact.adds(name);
    let mut browser = Browser::new(town.house.client());
    assert_eq!(chooses(&mut browser, &added).path, "/enrol");
    (added, browser)
}

pub(crate) fn touched(browser: &mut Browser, key: &mut SoftKey) {
    let _ = browser.touch("/enrol/passkey", key);
    assert_eq!(browser.touch("/login/passkey", key).path, "/account");
}

/// Somebody enrols an app and logs in with it.
struct App {
    name: String,
    browser: Browser,
    phone: Option<Phone>,
}

impl Road for App {
    const LEAST: usize = 5;

    fn prepared(town: &mut Town, name: &str, _: u32) -> Self {
        town.house.account(name);
        let browser = Browser::new(town.house.client());
        Self { name: name.to_owned(), browser, phone: None }
    }

    fn go(&mut self, _: &mut Town) {
        let _ = self.browser.log_in(&self.name, PASSWORD);
        self.enrol();
        let check = self.browser.log_in(&self.name, PASSWORD);
        let code = self.phone.as_ref().expect("an app").code(now() + 30_000);
        assert_eq!(types(&mut self.browser, &check, &code).path, "/account");
    }

    fn goes_on(&mut self, town: &mut Town) {
        let mut browser = Browser::new(town.house.client());
        let page = browser.log_in(&self.name, PASSWORD);
        if page.path == "/enrol" {
            self.browser = browser;
            self.enrol();
            return;
        }
        let code = self.phone.as_ref().expect("an app").code(now() + 30_000);
        let before = recorded(town, &self.name, "session_opened");
        let taken = counts_once(&mut browser, &page.form("#code-form").with("code", &code));
        assert!(taken || before > 1, "a code that nobody used is refused");
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let factors = of(rows, "factor", account);
        assert!(factors.len() < 2, "one app is one factor");
        let seeds = rows["totp"].as_array().expect("a table").iter();
        let mine = seeds.filter(|seed| factors.iter().any(|f| f["id"] == seed["factor_id"]));
        assert_eq!(mine.count(), factors.len(), "a factor and its seed");
    }
}

impl App {
    fn enrol(&mut self) {
        let (page, phone) = scans(&mut self.browser);
        let form = page.form("#app-form").with("code", &phone.code(now()));
        self.phone = Some(phone);
        assert_eq!(self.browser.submit(&form).path, "/enrol/recovery");
    }
}

/// Somebody logs in by text message.
struct Text {
    name: String,
    browser: Browser,
    codes: Vec<String>,
    /// Sessions that there were before.
    opened: usize,
}

impl Road for Text {
    const LEAST: usize = 4;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        town.house.account(name);
        let mut browser = Browser::new(town.house.client());
        let _ = browser.log_in(name, PASSWORD);
        let asked = browser.open("/enrol/sms");
        let number = format!("06{}", 10_000_000 + number);
        let page = browser.submit(&asked.form("#number-form").with("number", &number));
        let code = town.exchange.sms().code().to_owned();
        let next = types(&mut browser, &page, &code);
        assert_eq!(next.path, "/enrol/recovery", "{}", next.text());
        let opened = recorded(town, name, "session_opened");
        Self { name: name.to_owned(), browser, codes: vec![], opened }
    }

    fn go(&mut self, town: &mut Town) {
        let page = self.browser.log_in(&self.name, PASSWORD);
        let page = self.browser.submit(&page.form("#send-form"));
        let code = self.arrives(town);
        assert_eq!(types(&mut self.browser, &page, &code).path, "/account");
    }

    /// Whatever was sent is tried in the browser that asked; then another is asked for.
    fn goes_on(&mut self, town: &mut Town) {
        let before = recorded(town, &self.name, "session_opened");
        settled(town);
        while let Some(sms) = town.exchange.arrived() {
            self.codes.push(sms.code().to_owned());
        }
        let page = self.browser.open("/login/check/sms");
        let mut taken = before - self.opened;
        if page.has("#code-form") {
            for code in &self.codes {
                let form = page.form("#code-form").with("code", code);
                taken += usize::from(counts_once(&mut self.browser, &form));
            }
            assert_eq!(taken, 1, "of {:?} one lets in", self.codes);
        }
        assert!(taken < 2, "{:?} let in twice", self.codes);
        if taken == 0 {
            self.go(town);
        }
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let living = of(rows, "sent_code", account);
        assert!(living.len() < 2, "one code lives: {living:?}");
    }
}

impl Text {
    /// The next message, for as long as the server is there.
    fn arrives(&mut self, town: &Town) -> String {
        let sms = while_up(town, || town.exchange.arrived());
        self.codes.push(sms.code().to_owned());
        sms.code().to_owned()
    }
}

/// Asks the server again and again until there is something; panics where the server is gone.
pub(crate) fn while_up<T>(town: &Town, mut find: impl FnMut() -> Option<T>) -> T {
    let client = town.house.client();
    loop {
        let _ = client.ask("GET", "/help", "", "").expect("the server is up");
        if let Some(found) = find() {
            return found;
        }
    }
}

/// Waits until no message is under way.
pub(crate) fn settled(town: &Town) {
    while_up(town, || {
        let rows = town.house.rows();
        let waiting = rows.get("outbox").and_then(Value::as_array).expect("a table").iter();
        (waiting.filter(|row| !row["due_at"].is_null()).count() == 0).then_some(())
    });
}

/// Somebody logs in by a call.
struct Spoken {
    name: String,
    browser: Browser,
    /// Sessions that there were before.
    opened: usize,
}

impl Road for Spoken {
    const LEAST: usize = 5;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        town.house.account(name);
        let mut browser = Browser::new(town.house.client());
        let _ = browser.log_in(name, PASSWORD);
        let asked = browser.open("/enrol/call");
        let number = format!("030{}", 1_000_000 + number);
        let page = browser.submit(&asked.form("#number-form").with("number", &number));
        let call = town.exchange.call();
        let _ = call.press(&call.answer(), &shown(&page).replace(' ', ""));
        let next = browser.submit(&page.form("#call-form"));
        assert_eq!(next.path, "/enrol/recovery", "{}", next.text());
        let opened = recorded(town, name, "session_opened");
        Self { name: name.to_owned(), browser, opened }
    }

    fn go(&mut self, town: &mut Town) {
        let page = self.browser.log_in(&self.name, PASSWORD);
        let page = self.browser.submit(&page.form("#send-form"));
        let call = while_up(town, || town.exchange.rings());
        let _ = call.press(&call.answer(), &shown(&page).replace(' ', ""));
        assert_eq!(self.browser.submit(&page.form("#call-form")).path, "/account");
    }

    /// Who is called again keys in what the screen shows.
    fn goes_on(&mut self, town: &mut Town) {
        let before = recorded(town, &self.name, "session_opened");
        settled(town);
        let page = self.browser.open("/login/check/call");
        let mut taken = before - self.opened;
        if page.has("#call-form") {
            while let Some(call) = town.exchange.rings() {
                let asked = call.answer();
                if asked.keys.is_some() {
                    let _ = call.press(&asked, &shown(&page).replace(' ', ""));
                }
            }
            taken += usize::from(counts_once(&mut self.browser, &page.form("#call-form")));
        }
        assert!(taken < 2, "a call let in twice");
        if taken == 0 {
            self.go(town);
        }
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let living = of(rows, "sent_code", account);
        assert!(living.len() < 2, "one code lives: {living:?}");
    }
}

/// A colleague who lost a key sets up another with a code of the contact person.
struct Access {
    name: String,
    added: Added,
    browser: Browser,
    old: SoftKey,
    new: SoftKey,
    another: SoftKey,
    code: String,
}

impl Road for Access {
    const LEAST: usize = 6;

    /// Many of its commits are those of any enrolment, which `crash` strikes one by one.
    const STEP: usize = 2;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        let (added, mut browser) = colleague(town, name);
        let origin = town.house.origin();
        let [mut old, new, another] =
            [0, 1, 2].map(|which| SoftKey::new(3 * number + which, &origin));
        touched(&mut browser, &mut old);
        let code = shown(&town.contact.gives_code(&added.page));
        let browser = Browser::new(town.house.client());
        Self { name: name.to_owned(), added, browser, old, new, another, code }
    }

    fn go(&mut self, _: &mut Town) {
        let _ = self.browser.log_in(&self.name, CHOSEN);
        let asked = self.browser.open("/login/access");
        let wizard = types(&mut self.browser, &asked, &self.code);
        assert_eq!(wizard.path, "/enrol", "{}", wizard.text());
        touched(&mut self.browser, &mut self.new);
    }

    fn goes_on(&mut self, town: &mut Town) {
        if recorded(town, &self.name, "access_code_spent") == 0 {
            let mut other = Browser::new(town.house.client());
            assert_eq!(other.touch("/login/passkey", &mut self.old).path, "/account");
            return self.go(town);
        }
        let mut other = Browser::new(town.house.client());
        let refused = other.touched("/login/passkey", &mut self.old);
        assert!(["factor_suspended", "not_recognised"].contains(&refused.code().as_str()));
        if recorded(town, &self.name, "factor_removed") > 0 {
            let page = other.touch("/login/passkey", &mut self.new);
            assert_eq!(page.path, "/account", "the key in use");
            return;
        }
        // The old code is dead; the contact person gives another.
        let old = self.code.clone();
        self.code = shown(&town.contact.gives_code(&self.added.page));
        self.browser = Browser::new(town.house.client());
        let _ = self.browser.log_in(&self.name, CHOSEN);
        let asked = self.browser.open("/login/access");
        assert!(!is_in(&types(&mut self.browser, &asked, &old)), "a spent code");
        self.new = self.another.clone();
        self.go(town);
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let events = events(rows, account);
        let [given, spent, anew] =
            ["access_code_given", "access_code_spent", "set_up_anew"].map(|e| count(&events, e));
        let living = of(rows, "access_code", account).len();
        assert_eq!(living + spent, given, "it lives, or it was spent: {events:?}");
        assert_eq!(spent, anew, "spent to set up anew: {events:?}");
        let factors = of(rows, "factor", account);
        let suspended = factors.iter().any(|row| !row["suspended_at"].is_null());
        let open = !of(rows, "factor_reset", account).is_empty();
        assert_eq!(suspended, open, "out of use while something is set up anew: {events:?}");
    }
}

/// A contact person waives a colleague's second factor, who then logs in without.
struct Waived {
    name: String,
    added: Added,
}

impl Road for Waived {
    const LEAST: usize = 3;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        let (added, mut browser) = colleague(town, name);
        touched(&mut browser, &mut SoftKey::new(number, &town.house.origin()));
        Self { name: name.to_owned(), added }
    }

    fn go(&mut self, town: &mut Town) {
        let page = town.contact.browser.open(&format!("{}/waiver", self.added.page));
        let form = page.form("#waiver-form").with("days", "1").with("reason", "sleutel kwijt");
        assert!(town.contact.browser.submit(&form).has("#waived"));
        let mut browser = Browser::new(town.house.client());
        assert_eq!(browser.log_in(&self.name, CHOSEN).path, "/account");
    }

    fn goes_on(&mut self, town: &mut Town) {
        let mut browser = Browser::new(town.house.client());
        let page = browser.log_in(&self.name, CHOSEN);
        if recorded(town, &self.name, "waiver_given") == 0 {
            assert_eq!(page.path, "/login/check");
            return self.go(town);
        }
        assert_eq!(page.path, "/account");
        let asked = town.contact.browser.open(&format!("{}/waiver", self.added.page));
        assert!(!asked.has("#waiver-form"), "one in thirty days");
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let events = events(rows, account);
        let given = count(&events, "waiver_given");
        assert_eq!(of(rows, "waiver", account).len(), given, "a waiver and its event");
        let kind = |row: &&Value| row["kind"] == "waiver_given";
        let waiting = of(rows, "outbox", account).iter().filter(kind).count();
        let sent = events.iter().filter(|e| e["event"] == "message_sent").filter(kind).count();
        assert!(waiting + sent >= given, "a waiver and its message: {events:?}");
    }
}

/// A colleague logs in with a link to a back-up address.
struct Linked {
    name: String,
    browser: Browser,
}

impl Linked {
    fn home(&self) -> String {
        format!("thuis.{}", self.name)
    }

    fn opens(&mut self, town: &Town) -> Page {
        const PATH: &str = "/login/email/open?link=";
        let mail = town.house.mailed(&self.home(), PATH);
        let (_, rest) = mail.split_once(PATH).expect("it is in there");
        let token = |letter: &char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
        let link: String = rest.chars().take_while(token).collect();
        self.browser.open(&format!("{PATH}{link}"))
    }
}

impl Road for Linked {
    const LEAST: usize = 4;

    fn prepared(town: &mut Town, name: &str, _: u32) -> Self {
        let (_, mut browser) = colleague(town, name);
        let (page, phone) = scans(&mut browser);
        let form = page.form("#app-form").with("code", &phone.code(now()));
        let _ = browser.submit(&form);
        let mut linked = Self { name: name.to_owned(), browser };
        let home = linked.home();
        gives(town, &mut linked.browser, &home);
        town.house.ages();
        linked.browser = Browser::new(town.house.client());
        linked
    }

    fn go(&mut self, town: &mut Town) {
        let _ = self.browser.log_in(&self.name, CHOSEN);
        let page = self.browser.open("/login/email");
        assert!(self.browser.submit(&page.form("#send-form")).has("#sent"));
        let form = self.opens(town).form("#open-form");
        assert_eq!(self.browser.submit(&form).path, "/account");
    }

    fn goes_on(&mut self, town: &mut Town) {
        let used = recorded(town, &self.name, "backup_email_used");
        settled(town);
        let mailed = town.house.mails();
        let home = self.home();
        let is_sent =
            mailed.iter().any(|mail| mail.contains(&home) && mail.contains("/email/open"));
        let page = is_sent.then(|| self.opens(town));
        let form = page.filter(|page| page.has("#open-form")).map(|page| page.form("#open-form"));
        let taken = form.is_some_and(|form| counts_once(&mut self.browser, &form));
        assert!(!(taken && used > 0), "it let in twice");
        if !taken && used == 0 {
            self.go(town);
        }
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let events = events(rows, account);
        assert!(count(&events, "backup_email_used") < 2, "{events:?}");
    }
}

/// Gives a back-up address, with the code that is mailed there.
fn gives(town: &Town, browser: &mut Browser, address: &str) {
    let form = browser.open("/account/details/backup-email").form("#email-form");
    let asked = browser.submit(&form.with("email", address));
    let code = mailed_code(town, address);
    let done = types(browser, &asked, &code);
    assert!(done.path.starts_with("/account/details?notice="), "{}", done.text());
}

pub(crate) fn mailed_code(town: &Town, address: &str) -> String {
    let mail = town.house.mailed(address, "heeft: ");
    let (_, rest) = mail.split_once("heeft: ").expect("it is in there");
    rest.chars().take(7).collect()
}

/// A colleague chooses a password with number and PIN, and enrols a key.
struct Activated {
    name: String,
    added: Added,
    browser: Browser,
    key: SoftKey,
}

impl Road for Activated {
    const LEAST: usize = 4;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        let added = town.contact.adds(name);
        let browser = Browser::new(town.house.client());
        let key = SoftKey::new(number, &town.house.origin());
        Self { name: name.to_owned(), added, browser, key }
    }

    fn go(&mut self, _: &mut Town) {
        assert_eq!(chooses(&mut self.browser, &self.added).path, "/enrol");
        touched(&mut self.browser, &mut self.key);
    }

    fn goes_on(&mut self, town: &mut Town) {
        self.browser = Browser::new(town.house.client());
        if recorded(town, &self.name, "password_chosen") == 0 {
            return self.go(town);
        }
        let page = self.browser.log_in(&self.name, CHOSEN);
        if recorded(town, &self.name, "factor_added") == 0 {
            assert_eq!(page.path, "/enrol");
            return touched(&mut self.browser, &mut self.key);
        }
        assert_eq!(self.browser.touch("/login/passkey", &mut self.key).path, "/account");
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let chosen = count(&events(rows, account), "password_chosen");
        assert_eq!(of(rows, "password", account).len(), chosen, "a password and its event");
        let pins = of(rows, "pin", account);
        let spent = pins.iter().filter(|pin| !pin["password_at"].is_null()).count();
        assert_eq!(spent, chosen, "a password and its PIN");
    }
}

/// A colleague gives a back-up address.
struct Addressed {
    name: String,
    browser: Browser,
}

impl Road for Addressed {
    const LEAST: usize = 2;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        let (_, mut browser) = colleague(town, name);
        touched(&mut browser, &mut SoftKey::new(number, &town.house.origin()));
        Self { name: name.to_owned(), browser }
    }

    fn go(&mut self, town: &mut Town) {
        let home = format!("thuis.{}", self.name);
        gives(town, &mut self.browser, &home);
    }

    fn goes_on(&mut self, town: &mut Town) {
        let set = recorded(town, &self.name, "backup_email_set");
        let asked = self.browser.open("/account/details/code");
        if !asked.has("#code-form") {
            if set == 0 {
                self.go(town);
            }
            return;
        }
        assert_eq!(set, 0, "it is set, and asked for");
        let form = asked.form("#code-form");
        let form = form.with("code", &mailed_code(town, &format!("thuis.{}", self.name)));
        let done = self.browser.submit(&form);
        assert!(done.path.starts_with("/account/details?notice="), "{}", done.text());
        let again = self.browser.submit(&form);
        assert!(!again.path.contains("notice=backup"), "it counted twice: {}", again.path);
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let set = count(&events(rows, account), "backup_email_set");
        assert_eq!(of(rows, "backup_email", account).len(), set, "an address and its event");
        assert!(set + of(rows, "email_change", account).len() < 2, "given, or being given");
    }
}

/// A contact person lifts the block of a colleague's password.
struct Lifted {
    name: String,
    added: Added,
}

impl Road for Lifted {
    const LEAST: usize = 2;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        let (added, mut browser) = colleague(town, name);
        touched(&mut browser, &mut SoftKey::new(number, &town.house.origin()));
        for _ in 0..5 {
            let _ = browser.log_in(name, "mis mis mis mis");
        }
        assert_eq!(browser.log_in(name, CHOSEN).status, 403);
        Self { name: name.to_owned(), added }
    }

    fn go(&mut self, town: &mut Town) {
        let page = town.contact.browser.open(&self.added.page);
        let _ = town.contact.browser.submit(&page.form("#unblock-form"));
        let mut browser = Browser::new(town.house.client());
        assert_eq!(browser.log_in(&self.name, CHOSEN).path, "/login/check");
    }

    fn goes_on(&mut self, town: &mut Town) {
        let mut browser = Browser::new(town.house.client());
        if recorded(town, &self.name, "password_unblocked") == 0 {
            assert_eq!(browser.log_in(&self.name, CHOSEN).status, 403);
            return self.go(town);
        }
        assert!(!town.contact.browser.open(&self.added.page).has("#unblock-form"));
        assert_eq!(browser.log_in(&self.name, CHOSEN).path, "/login/check");
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let lifted = count(&events(rows, account), "password_unblocked");
        let counts = rows["lockout"].as_array().expect("a table").iter();
        let mine = counts.filter(|row| row["subject"] == *account && row["secret"] == "password");
        let blocked = mine.filter(|row| !row["blocked_until"].is_null()).count();
        assert_eq!(blocked + lifted, 1, "it is there, or it was lifted");
    }
}

/// Somebody with two employers says at which to log in.
struct Chosen {
    name: String,
    browser: Browser,
    form: Option<Form>,
}

impl Road for Chosen {
    const LEAST: usize = 2;

    fn prepared(town: &mut Town, name: &str, _: u32) -> Self {
        town.house.account(name);
        let create = town.house.sleutelbos(&["account", "create", "--password", "--vouch", "high"]);
        let create = create.args(["--organisation", &format!("Tweede praktijk van {name}")]);
        let create = create.args(["--username", name, "--name", "Test Arts"]);
        let _ = create.input(format!("{PASSWORD}\n")).run().good();
        let browser = Browser::new(town.house.client());
        Self { name: name.to_owned(), browser, form: None }
    }

    fn go(&mut self, _: &mut Town) {
        let page = self.browser.log_in(&self.name, PASSWORD);
        let first = page.attribute("[name=organisation]", "value").to_owned();
        let form = self.form.insert(page.form("#choice-form").with("organisation", &first));
        assert_eq!(self.browser.submit(form).path, "/enrol");
    }

    fn goes_on(&mut self, town: &mut Town) {
        let before = recorded(town, &self.name, "session_opened");
        let form = self.form.take();
        let taken = form.is_some_and(|form| counts_once(&mut self.browser, &form));
        assert!(before + usize::from(taken) < 2, "it let in twice");
        if before == 0 && !taken {
            self.go(town);
        }
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        assert!(of(rows, "session", account).len() < 2, "one choice is one session");
    }
}

/// What one person is sent here within minutes.
const MORE: &str = "[phone]\nsends_in_10_minutes = 9\n";

/// The time, in milliseconds after 1970: what a phone's clock says.
fn now() -> i64 {
    Clock::system().now().millis()
}
