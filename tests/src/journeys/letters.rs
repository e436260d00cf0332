//! The PIN of a contact person: it comes by post, is printed, and chooses a password.

use sleutelbos_server::clock::Clock;

use super::pages::Choice;
use super::screens::Walk;
use crate::print::{PrintService, letters};
use crate::stage::Person;

/// What a contact person chooses with the PIN of a letter.
const CHOSEN: &str = "nachtdienst om half elf";

impl Walk<'_> {
    /// A contact person has a letter made for another one, and one for the PIN of their own that is forgotten;
    /// first nobody knows where the post goes to.
    pub(super) fn posting(&mut self, service: &PrintService) {
        let person = self.stage.person("Test Oogarts", None);
        self.browser.type_password(self.stage, &person);
        self.browser.enrol_first(Choice::Passkey, "Sleutel");
        self.browser.type_password(self.stage, &person);
        let _ = self.browser.account_here();
        let number = self.browser.words("#user-number");
        self.browser.open(&format!("{}/activate/pin", self.stage.origin()));
        self.meet("#barrier", "activate-pin-no-address");
        let other = self.adds(&format!("ander.{}", person.username));
        self.browser.click("#to-role");
        self.meet("#barrier", "person-role-no-address");
        self.is_reached(&person);
        self.appoints(&other);
        // At most one PIN a day.
        self.stage.age();
        self.browser.open(&format!("{}{other}/pin", self.stage.origin()));
        self.meet("#ask-form", "person-pin-post");
        self.browser.click("#ask-button");
        self.meet("#next", "person-pin-made-post");
        self.browser.open(&format!("{}/activate/pin", self.stage.origin()));
        self.meet("#renew-form", "activate-pin-post");
        self.browser.click("#renew");
        self.meet("#lead", "activate-pin-posted");
        let pin = self.printed(service, &person);
        self.uses(&person, (&number, &pin));
    }

    /// Adds a colleague; their page.
    fn adds(&mut self, email: &str) -> String {
        self.browser.add_colleague(self.stage, "Test Praktijkmanager", email);
        self.browser.click("#to-person");
        let _ = self.browser.element("#number");
        let path = self.browser.script("return location.pathname", vec![]);
        path.as_str().unwrap_or_default().to_owned()
    }

    /// Makes a contact person of the colleague of this page.
    fn appoints(&mut self, path: &str) {
        self.browser.open(&format!("{}{path}", self.stage.origin()));
        self.browser.click("#to-role");
        self.meet("#ask-form", "person-role");
        self.browser.click("#ask-button");
        self.meet("#notice", "person-contact-person");
    }

    /// Has an operator record the postal address of this person's organisation.
    fn is_reached(&self, person: &Person) {
        let today = Clock::system().now().to_string();
        let extract = today.split(['T', ' ']).next().unwrap_or_default();
        let _ = self
            .stage
            .sleutelbos(&["organisation", "registered", "--username", &person.username])
            .args(["--address", "Dorpsstraat 1, 1234 AB Voorbeelddorp"])
            .args(["--kvk", "12345678", "--extract", extract, "--operator", "Test Beheer"])
            .run()
            .good();
    }

    /// What the print service puts into this person's envelope, of the letters that an operator exports.
    fn printed(&self, service: &PrintService, person: &Person) -> String {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let export = self.stage.sleutelbos(&["letters", "export", "--operator", "Test Post"]);
        let _ = export.arg(folder.path()).run().good();
        let printed: Vec<_> =
            letters(folder.path()).iter().map(|file| service.open(file)).collect();
        assert_eq!(printed.len(), 2, "one for each contact person: {printed:?}");
        let own = printed.iter().find(|letter| letter.text.contains(&person.name));
        own.expect("a letter to this person").pin()
    }

    /// Chooses a password with what came by post, and logs in with it and the passkey that there was.
    fn uses(&mut self, person: &Person, (number, pin): (&str, &str)) {
        self.browser.open(&format!("{}/activate", self.stage.origin()));
        self.browser.fill("#number", number);
        self.browser.fill("#pin", pin);
        for field in ["#new-password", "#again"] {
            self.browser.fill(field, CHOSEN);
        }
        self.browser.click("#activate-button");
        self.meet("#notice", "login-password-chosen");
        let person = Person { password: CHOSEN.to_owned(), ..person.clone() };
        self.browser.type_password(self.stage, &person);
        let (level, _) = self.browser.account_here();
        assert_eq!(level, "high", "the second factor is as it was");
        self.browser.log_out();
    }
}
