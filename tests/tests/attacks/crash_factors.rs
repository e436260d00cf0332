//! `kill -9` at the commits of roads that change what somebody logs in with: a card is linked with number and PIN,
//! or takes the place of all there was, and another number becomes the main one.

use serde_json::Value;
use tests::exchange::Sms;
use tests::forms::{Browser, Form, Page};
use tests::soft_card::{Signed, SoftCard};
use tests::soft_key::SoftKey;
use tests::stage::SUBSCRIBER;

use crate::crash_roads::{Road, Town, recorded, settled, strikes, while_up};
use crate::house::PASSWORD;
use crate::practice::{Added, Contact, count, events, of, shown, types};

#[test]
fn killed_at_any_commit_of_an_activation_by_card_the_pin_has_linked_it_or_still_does() {
    strikes::<ByCard>();
}

#[test]
fn killed_at_any_commit_of_a_card_in_the_place_of_all_there_was_it_is_there_and_told_or_all_is_as_it_was()
 {
    strikes::<InPlace>();
}

#[test]
fn killed_at_any_commit_of_a_main_number_it_is_the_one_and_told_or_is_not() {
    strikes::<MainNumber>();
}

/// A colleague links a card with number and PIN, and logs in with it. Each has an employer of their own: an
/// organisation knows a card once.
struct ByCard {
    name: String,
    added: Added,
    card: SoftCard,
    browser: Browser,
    /// What the card signed last.
    signed: Option<Signed>,
}

impl Road for ByCard {
    const LEAST: usize = 8;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        let employer = employer(name);
        subscribes(town, &employer);
        let mut contact = Contact::enters(&town.house, &employer, number);
        let added = contact.adds_called("Test Arts", name);
        let card = SoftCard::of(town.cards.path(), "cards/z/authenticiteit");
        let browser = Browser::new(town.house.client());
        Self { name: name.to_owned(), added, card, browser, signed: None }
    }

    fn go(&mut self, town: &mut Town) {
        self.browser = Browser::new(town.house.client());
        let read = types_pin(&mut self.browser, &self.added);
        assert_eq!(read.path, "/activate/card/read", "{}", read.text());
        let signed = self.card.signs(&mut self.browser, &read.path, &town.house.origin());
        let sent = self.signed.insert(signed).send(&mut self.browser);
        let account = self.browser.open(&sent.text("next"));
        assert_eq!(account.path, "/account?notice=enrolled", "{}", account.text());
        self.logs_in(town);
    }

    fn goes_on(&mut self, town: &mut Town) {
        let linked = recorded(town, &self.name, "pin_linked_card");
        let signed = self.signed.take();
        let taken = signed.map_or(0, |signed| counts(signed, &mut self.browser));
        assert!(linked + taken < 2, "it was linked twice");
        if linked + taken == 0 {
            return self.go(town);
        }
        let refused = types_pin(&mut Browser::new(town.house.client()), &self.added);
        assert_eq!(refused.code(), Some("pin_adds_nothing"), "{}", refused.text());
        self.logs_in(town);
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let events = events(rows, account);
        let linked = count(&events, "pin_linked_card");
        let factors = of(rows, "factor", account);
        assert_eq!(factors.len(), linked, "a card and its event: {events:?}");
        let cards = rows["card"].as_array().expect("a table").iter();
        let mine = cards.filter(|card| factors.iter().any(|f| f["id"] == card["factor_id"]));
        assert_eq!(mine.count(), linked, "a factor and its card");
        let pins = of(rows, "pin", account);
        let spent: Vec<_> = pins.iter().filter(|pin| !pin["card_at"].is_null()).collect();
        let named = |pin: &&Value| events.iter().any(|event| event["pin"] == pin["id"]);
        assert_eq!(spent.iter().filter(|pin| named(pin)).count(), linked, "a card and its PIN");
        assert_eq!((pins.len(), spent.len()), (1, linked), "and no other");
        assert!(told(rows, account, "factor_added") >= linked, "a card and its message");
        let opened = !of(rows, "session", account).is_empty();
        assert!(!opened || linked == 1, "nobody is in without the card");
    }
}

impl ByCard {
    fn logs_in(&mut self, town: &Town) {
        self.browser = enters_by_card(town, &self.card, &employer(&self.name));
    }
}

/// Who adds the colleague of this name.
fn employer(name: &str) -> String {
    format!("contact.{name}")
}

/// Makes an account in an organisation of its own, which orders the cards.
fn subscribes(town: &Town, name: &str) {
    town.house.account(name);
    let ura = ["account", "ura", SUBSCRIBER, "--shared", "--operator", "Test Beheer"];
    let _ = town.house.sleutelbos(&ura).args(["--username", name]).run().good();
}

/// Logs in with the card alone at the organisation of `first`: there may be others.
fn enters_by_card(town: &Town, card: &SoftCard, first: &str) -> Browser {
    let mut browser = Browser::new(town.house.client());
    let signed = card.signs(&mut browser, "/login/card", &town.house.origin());
    let next = signed.send(&mut browser).text("next");
    let page = browser.open(&next);
    let account = if page.has("#choice-form") {
        let here = page.labelled(&format!("Praktijk van {first}")).to_owned();
        browser.submit(&page.form("#choice-form").with("organisation", &here))
    } else {
        browser.open("/account")
    };
    assert_eq!(account.path, "/account", "{}", account.text());
    browser
}

/// How often what the card signed is believed when it is sent twice.
fn counts(signed: Signed, browser: &mut Browser) -> usize {
    (0..2).filter(|_| signed.send(browser).status == 200).count()
}

fn types_pin(browser: &mut Browser, added: &Added) -> Page {
    let form = browser.open("/activate/card").form("#card-pin-form");
    browser.submit(&form.with("number", &added.number).with("pin", &added.pin))
}

/// A contact person who lost a key and a recovery code has a card take the place of both, in a practice of their own.
struct InPlace {
    name: String,
    old: SoftKey,
    code: String,
    card: SoftCard,
    browser: Browser,
    /// What the card signed last.
    signed: Option<Signed>,
}

impl Road for InPlace {
    const LEAST: usize = 5;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        subscribes(town, name);
        let Contact { mut browser, key, .. } = Contact::enters(&town.house, name, number);
        let offer = browser.open("/enrol/recovery");
        let code = shown(&browser.submit(&offer.form("#make-form")));
        let card = SoftCard::of(town.cards.path(), "cards/z/authenticiteit");
        settled(town);
        Self { name: name.to_owned(), old: key, code, card, browser, signed: None }
    }

    fn go(&mut self, town: &mut Town) {
        self.after_the_password(town);
        let (path, origin) = ("/login/anew/card", town.house.origin());
        let signed = self.card.signs(&mut self.browser, path, &origin);
        let sent = self.signed.insert(signed).send(&mut self.browser);
        let account = self.browser.open(&sent.text("next"));
        assert_eq!(account.path, "/account?notice=enrolled", "{}", account.text());
    }

    fn goes_on(&mut self, town: &mut Town) {
        let done = recorded(town, &self.name, "set_up_anew");
        let signed = self.signed.take();
        let taken = signed.map_or(0, |signed| counts(signed, &mut self.browser));
        assert!(done + taken < 2, "it took their place twice");
        if done + taken == 0 {
            let page = Browser::new(town.house.client()).touch("/login/passkey", &mut self.old);
            assert_eq!(page.path, "/account", "nothing is lost");
            return self.go(town);
        }
        let _ = town.house.mailed(&self.name, "Uw UZI-pas vervangt alles");
        let refused = Browser::new(town.house.client()).touched("/login/passkey", &mut self.old);
        assert_eq!(refused.code(), "not_recognised", "{}", refused.body);
        self.after_the_password(town);
        let asked = self.browser.open("/login/recovery");
        let page = if asked.has("#code-form") {
            types(&mut self.browser, &asked, &self.code)
        } else {
            asked
        };
        assert!(!page.path.starts_with("/account"), "the code is dead: {}", page.text());
        self.browser = enters_by_card(town, &self.card, &self.name);
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let events = events(rows, account);
        let done = count(&events, "set_up_anew");
        assert!(done < 2, "{events:?}");
        let factors = of(rows, "factor", account);
        let kinds: Vec<_> = factors.iter().map(|factor| factor["kind"].clone()).collect();
        let kind = if done == 0 { "passkey" } else { "card" };
        assert_eq!(kinds, [kind], "one and no other: {events:?}");
        assert!(factors.iter().all(|factor| factor["suspended_at"].is_null()), "{factors:?}");
        assert!(of(rows, "factor_reset", account).is_empty(), "nothing goes on: {events:?}");
        let codes = of(rows, "recovery_code", account).len();
        let ended = count(&events, "recovery_code_ended");
        assert_eq!((codes, ended), (1 - done, done), "the code lives, or ended: {events:?}");
        for kind in ["set_up_by_card", "factor_removed"] {
            let told = told(rows, account, kind).min(1);
            assert_eq!(told, done, "{kind} is told if it is so: {events:?}");
        }
        assert!(told(rows, account, "factor_added") > done, "key and card are told: {events:?}");
        let sessions = of(rows, "session", account);
        let by_key = sessions.iter().filter(|row| row["way"] != "card");
        let ended = by_key.filter(|row| row["ended_at"].is_null()).count() == 0;
        assert_eq!(ended, done == 1, "who was in is out, or in: {sessions:?}");
        let by_card = sessions.iter().any(|row| row["way"] == "card");
        assert_eq!(by_card, done == 1, "the card lets in at once: {sessions:?}");
    }
}

impl InPlace {
    /// In a new browser, the password is right.
    fn after_the_password(&mut self, town: &Town) {
        self.browser = Browser::new(town.house.client());
        let check = self.browser.log_in(&self.name, PASSWORD);
        assert!(check.path.starts_with("/login/check"), "{}", check.text());
    }
}

/// Somebody with two numbers names the second one first.
struct MainNumber {
    name: String,
    browser: Browser,
    form: Form,
    /// The number that was first.
    first: Line,
    /// How the second one ends.
    ends: String,
}

impl Road for MainNumber {
    const LEAST: usize = 3;

    fn prepared(town: &mut Town, name: &str, number: u32) -> Self {
        town.house.account(name);
        let mut browser = Browser::new(town.house.client());
        let _ = browser.log_in(name, PASSWORD);
        let [first, second] =
            [10_000_000, 20_000_000].map(|range| format!("06{}", range + 17 * number));
        let offer = enrols(town, &mut browser, &first);
        assert_eq!(offer.path, "/enrol/recovery", "{}", offer.text());
        let account = enrols(town, &mut browser, &second);
        assert!(account.path.starts_with("/account"), "{}", account.text());
        settled(town);
        let told = while_up(town, || town.exchange.arrived());
        let first = format!("+31{}", &first[1..]);
        assert_eq!(told.to, first, "of the second number: {}", told.text);
        let form = account.form("form[id^=main-]");
        let ends = second[second.len() - 2..].to_owned();
        let first = Line::at(first, "gaan voortaan eerst naar een ander");
        Self { name: name.to_owned(), browser, form, first, ends }
    }

    fn go(&mut self, town: &mut Town) {
        let account = self.browser.submit(&self.form);
        assert_eq!(account.path, "/account?notice=main-number", "{}", account.text());
        self.first.hears(town);
        self.assert_main(&account);
    }

    fn goes_on(&mut self, town: &mut Town) {
        if recorded(town, &self.name, "main_number_changed") == 0 {
            return self.go(town);
        }
        self.first.hears(town);
        // The button that was pressed is still there: it changes nothing more.
        let again = self.browser.submit(&self.form);
        self.assert_main(&again);
        assert_eq!(recorded(town, &self.name, "main_number_changed"), 1, "it changed once");
    }

    fn assert_sound(&self, rows: &Value, account: &Value) {
        let events = events(rows, account);
        let changed = events.iter().filter(|event| event["event"] == "main_number_changed");
        let changed: Vec<_> = changed.map(|event| event["factor"].clone()).collect();
        let factors = of(rows, "factor", account);
        let numbers = rows["phone"].as_array().expect("a table").iter();
        let main = numbers.filter(|row| row["main"] == 1).map(|row| row["factor_id"].clone());
        let mine = |id: &Value| factors.iter().any(|factor| factor["id"] == *id);
        let main: Vec<_> = main.filter(mine).collect();
        assert_eq!(main, changed, "the main number and its event: {events:?}");
        let messages = told(rows, account, "main_number_changed");
        assert!(messages >= changed.len(), "a main number and its message: {events:?}");
        let texts = of(rows, "sending", account);
        let texts = texts.iter().filter(|sending| sending["channel"] == "number_told").count();
        assert_eq!(texts, 1 + changed.len(), "each change is told at the first number once");
    }
}

impl MainNumber {
    /// The one main number of the list is the second.
    fn assert_main(&self, account: &Page) {
        assert_eq!(account.body.matches("data-main>").count(), 1, "one is the main number");
        let named = account.of(".name:has([data-main])").expect("the main number");
        assert!(named.contains(&self.ends), "{named}");
    }
}

/// Enrols a number for texts.
pub(crate) fn enrols(town: &Town, browser: &mut Browser, number: &str) -> Page {
    let asked = browser.open("/enrol/sms");
    let page = browser.submit(&asked.form("#number-form").with("number", number));
    types(browser, &page, town.exchange.sms().code())
}

/// A number at which a text with these words is to come.
pub(crate) struct Line {
    number: String,
    words: &'static str,
    came: bool,
}

impl Line {
    pub(crate) const fn at(number: String, words: &'static str) -> Self {
        Self { number, words, came: false }
    }

    /// Waits for the text. One may come twice, where it was not noted that it went out.
    pub(crate) fn hears(&mut self, town: &Town) {
        while !self.came {
            let text = while_up(town, || town.exchange.arrived());
            self.takes(&text);
        }
        settled(town);
        while let Some(again) = town.exchange.arrived() {
            self.takes(&again);
        }
    }

    fn takes(&mut self, text: &Sms) {
        assert_eq!(text.to, self.number, "{}", text.text);
        assert!(text.text.contains(self.words), "{}", text.text);
        self.came = true;
    }
}

/// Messages of this kind to the account, waiting or sent.
pub(crate) fn told(rows: &Value, account: &Value, kind: &str) -> usize {
    let is = |row: &&Value| row["kind"] == kind;
    let waiting = of(rows, "outbox", account).iter().filter(is).count();
    let events = events(rows, account);
    waiting + events.iter().filter(|event| event["event"] == "message_sent").filter(is).count()
}
