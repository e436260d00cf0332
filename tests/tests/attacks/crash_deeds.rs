//! `kill -9` at the commits of what people do to an account, their own or a colleague's: all of it is done and
//! told, or nothing is.

use serde_json::Value;
use tests::forms::Browser;

use crate::crash_factors::told;
use crate::crash_roads::{Road, Town, accounts, recorded, strikes};
use crate::practice::{Added, CHOSEN, chooses, count, events, of};

#[test]
fn killed_at_any_commit_of_adding_a_colleague_there_are_account_pin_and_mail_or_nothing() {
    strikes::<Newcomer>();
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
        let browser = &mut town.contact.browser;
        let newest = browser.open("/inbox").attribute("#messages a", "href").to_owned();
        let message = browser.open(&newest);
        assert!(message.text().contains(&self.called), "{}", message.text());
        let form = message.form("#secret-form");
        let shown = browser.submit(&form);
        self.pin = Some(shown.of("#secret").unwrap_or_else(|| panic!("{}", shown.text())));
        let again = browser.submit(&form);
        assert!(!again.has("#secret"), "it is shown once: {}", again.text());
    }

    /// The answer with the PIN was lost: nobody sees it again, and a day later another is made.
    fn asks_anew(&mut self, town: &mut Town) {
        let path = format!("{}/pin", self.page(town));
        let browser = &mut town.contact.browser;
        let newest = browser.open("/inbox").attribute("#messages a", "href").to_owned();
        assert!(!browser.open(&newest).has("#secret-form"), "it was shown");
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
fn lies(rows: &Value, pin: &Value) -> bool {
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
