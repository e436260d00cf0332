//! What the people of a practice do, page by page, on the built server.

use std::path::PathBuf;

use serde_json::Value;
use tests::forms::{Browser, Page};
use tests::mails;
use tests::phone::Phone;
use tests::program::Program;
use tests::soft_key::SoftKey;

use crate::house::{House, PASSWORD};

/// What every colleague chooses.
pub(crate) const CHOSEN: &str = "avonddienst om kwart over acht";

/// The contact person of a practice, who is in with a passkey.
pub(crate) struct Contact {
    pub(crate) browser: Browser,
    pub(crate) key: SoftKey,
    /// Where the practice's mail arrives.
    mail: PathBuf,
}

/// A colleague as the contact person added one.
pub(crate) struct Added {
    /// The address of their page in Gebruikersbeheer.
    pub(crate) page: String,
    /// The user number.
    pub(crate) number: String,
    /// The PIN as the Berichtenbox shows it.
    pub(crate) pin: String,
}

impl Contact {
    /// Of a practice of their own.
    pub(crate) fn of(house: &House, name: &str, key: u32) -> Self {
        house.account(name);
        Self::enters(house, name, key)
    }

    /// Who has an account and nothing else yet.
    pub(crate) fn enters(house: &House, name: &str, key: u32) -> Self {
        let mut key = SoftKey::new(key, &house.origin());
        let mut browser = Browser::new(house.client());
        assert_eq!(browser.log_in(name, PASSWORD).path, "/enrol");
        let _ = browser.touch("/enrol/passkey", &mut key);
        assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
        Self { browser, key, mail: house.file("data/mail") }
    }

    /// Is in anew: the last proof may be too long ago.
    pub(crate) fn again(&mut self) {
        assert_eq!(self.browser.touch("/login/passkey", &mut self.key).path, "/account");
    }

    /// Adds a colleague, reads the number in the practice's mail and looks at the PIN.
    pub(crate) fn adds(&mut self, name: &str) -> Added {
        self.adds_called("Test Collega", name)
    }

    /// The same, with the name of the person.
    pub(crate) fn adds_called(&mut self, called: &str, name: &str) -> Added {
        let form = self.browser.open("/people/add").form("#add-form");
        let before = mails::files(&self.mail);
        let added = self.browser.submit(&form.with("name", called).with("email", name));
        let page = added.path.strip_suffix("/added").expect("it says what is next").to_owned();
        let masked = self.browser.open(&page).of("#number").expect("its end");
        let mut numbers = (0..ASKED).map(|_| {
            let _ = self.browser.open("/help");
            mails::user_number(&self.mail, &before, &masked)
        });
        let number = numbers.find_map(|number| number).expect("the number is mailed");
        let pin = self.reads_pin();
        Added { page, number, pin }
    }

    /// Opens the newest message.
    pub(crate) fn newest(&mut self) -> Page {
        let newest = self.browser.open("/inbox").attribute("#messages a", "href").to_owned();
        self.browser.open(&newest)
    }

    /// Opens the newest message, and has it show the PIN.
    pub(crate) fn reads_pin(&mut self) -> String {
        let message = self.newest();
        let shown = self.browser.submit(&message.form("#secret-form"));
        shown.of("#secret").unwrap_or_else(|| panic!("a PIN: {}", shown.text()))
    }

    /// Gives the colleague on this page an access code.
    pub(crate) fn gives_code(&mut self, person: &str) -> Page {
        let asked = self.browser.open(&format!("{person}/access"));
        self.browser.submit(&asked.form("#ask-form"))
    }

    /// Has an hour begin in which nobody without a second factor is held to one.
    pub(crate) fn stops_forcing(&mut self) {
        let form = self.browser.open("/settings/second-factor").form("#unforce-form");
        let _ = self.browser.submit(&form.with("hours", "1"));
    }
}

/// Chooses a password with number and PIN.
pub(crate) fn chooses(browser: &mut Browser, added: &Added) -> Page {
    let form = browser.open("/activate").form("#activate-form");
    let form = form.with("number", &added.number).with("pin", &added.pin);
    browser.submit(&form.with("password", CHOSEN).with("again", CHOSEN))
}

/// Types a code on the page that asks for one.
pub(crate) fn types(browser: &mut Browser, page: &Page, code: &str) -> Page {
    browser.submit(&page.form("#code-form").with("code", code))
}

/// The code that a page shows.
pub(crate) fn shown(page: &Page) -> String {
    page.of("#code").unwrap_or_else(|| panic!("no code is shown: {}", page.text()))
}

/// Enrols an app in the session that there is: the page that asks for its first code, and the app.
pub(crate) fn scans(browser: &mut Browser) -> (Page, Phone) {
    let page = browser.open("/enrol/app");
    let phone = Phone::typing(&page.of("#seed").expect("the seed in text"));
    (page, phone)
}

impl House {
    /// The text of the mail to `address` that has `words` in it, as soon as it is there.
    ///
    /// # Panics
    /// Where none comes.
    pub(crate) fn mailed(&self, address: &str, words: &str) -> String {
        let client = self.client();
        for _ in 0..ASKED {
            let mails = self.mails();
            if let Some(mail) = mails.into_iter().find(|m| m.contains(address) && m.contains(words))
            {
                return mail;
            }
            let _ = client.ask("GET", "/help", "", "").expect("an answer");
        }
        panic!("no mail to {address} has {words}");
    }

    /// Every mail that was written, as it is read.
    pub(crate) fn mails(&self) -> Vec<String> {
        let folder = std::fs::read_dir(self.file("data/mail")).into_iter().flatten().flatten();
        let texts = folder.filter_map(|file| std::fs::read_to_string(file.path()).ok());
        // A line that goes on is broken after `=`, which itself is written `=3D` (RFC 2045, section 6.7).
        texts.map(|text| text.replace("=\r\n", "").replace("=3D", "=")).collect()
    }

    /// Changes the database beside the server: time goes by no faster for a test.
    pub(crate) fn writes(&self, statements: &[&str]) {
        let write = "import sqlite3, sys\n\
            db = sqlite3.connect(sys.argv[1], timeout=30)\n\
            for statement in sys.argv[2:]: db.execute(statement)\n\
            db.commit()";
        let python = Program::stranger("python3", "python3").args(["-c", write]);
        let _ = python.arg(self.file("data/sleutelbos.sqlite")).args(statements).run().good();
    }

    /// Has what was chosen, made and given until now been so for eight days.
    pub(crate) fn ages(&self) {
        self.writes(&[
            "UPDATE backup_email SET starts_at = starts_at - 1382400000",
            "UPDATE account SET email_changed_at = email_changed_at - 691200000",
            "UPDATE password SET changed_at = changed_at - 691200000",
            "UPDATE pin SET made_at = made_at - 691200000, opened_at = opened_at - 691200000",
        ]);
    }
}

/// The rows of a table that belong to this account.
pub(crate) fn of(rows: &Value, table: &str, account: &Value) -> Vec<Value> {
    let rows = rows[table].as_array().expect("a table").iter();
    rows.filter(|row| row["account_id"] == *account).cloned().collect()
}

/// The row of this account itself.
pub(crate) fn row<'r>(rows: &'r Value, account: &Value) -> &'r Value {
    let mut all = rows["account"].as_array().expect("a table").iter();
    all.find(|row| row["id"] == *account).expect("it is kept")
}

/// What was recorded of this account, oldest first.
pub(crate) fn events(rows: &Value, account: &Value) -> Vec<Value> {
    of(rows, "audit", account).iter().map(event).collect()
}

/// What a row of the audit says.
pub(crate) fn event(row: &Value) -> Value {
    serde_json::from_str(row["event"].as_str().expect("text")).expect("JSON")
}

/// How often this is among the events.
pub(crate) fn count(events: &[Value], event: &str) -> usize {
    events.iter().filter(|found| found["event"] == event).count()
}

/// How often a mail is looked for; each time the server is asked for a page.
const ASKED: usize = 30_000;
