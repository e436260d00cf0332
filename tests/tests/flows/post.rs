//! A, by post: the PIN of who has no Berichtenbox to look into.

use std::path::PathBuf;
use std::time::Duration;

use sleutelbos_server::accounts::anchors::set_registered;
use sleutelbos_server::accounts::run::Founding;
use sleutelbos_server::accounts::{Account, Username};
use sleutelbos_server::activation::disclosed::{Next, record};
use sleutelbos_server::activation::founding::by_post;
use sleutelbos_server::activation::lapse::lapse;
use sleutelbos_server::factors::Level;
use sleutelbos_server::letters::run::export;
use sleutelbos_server::operator::Operator;
use sleutelbos_server::organisations::{Agb, Kvk, Mailbox, PostalAddress, Registered};
use tests::print::{Letter, PrintService};
use tests::soft_key::SoftKey;

use crate::a::{Contact, choose};
use crate::people::{checked, since};
use crate::practice::{Mail, Practice};
use tests::forms::Page;

pub(crate) const OFFICE: &str = "praktijk@praktijk.example";
pub(crate) const ARTS: &str = "test.arts@praktijk.example";
const CHOSEN: &str = "avonddienst om kwart over acht";
const DAY: Duration = Duration::from_secs(86_400);

/// A server whose letters somebody prints.
pub(crate) struct Post {
    pub(crate) practice: Practice,
    service: PrintService,
    folder: tempfile::TempDir,
}

impl Post {
    pub(crate) fn new() -> Self {
        Self::with("")
    }

    /// The same with `more` tables in its configuration.
    pub(crate) fn with(more: &str) -> Self {
        let service = PrintService::new();
        let practice = Practice::with(&format!("{more}{}", service.table()));
        Self { practice, service, folder: tempfile::tempdir().expect("a temporary folder") }
    }

    /// What an operator does who founds a practice.
    pub(crate) fn founds(&self) -> Account {
        let founding = Founding {
            organisation: "FAKE Testpraktijk".to_owned(),
            agb: Agb::parse("01012345").ok(),
            kvk: Kvk::parse("12345678").ok(),
            subscriber: None,
            registered: registered(),
            username: Username::parse(ARTS).expect("an address"),
            name: "Test Arts".to_owned(),
            vouched: Level::High,
        };
        let operator = operator("Test Een");
        let founded = by_post(&self.practice.app, founding, &operator);
        self.practice.run(founded).expect("a founded practice")
    }

    /// What this operator exports.
    pub(crate) fn exports(&self, name: &str) -> Vec<PathBuf> {
        let operator = operator(name);
        let exported = export(&self.practice.app, &operator, self.folder.path());
        self.practice.run(exported).expect("an export").files
    }

    /// The one letter that waits, printed.
    pub(crate) fn printed(&self) -> Letter {
        let files = self.exports("Test Twee");
        let [file] = files.as_slice() else { panic!("one letter: {files:?}") };
        self.service.open(file)
    }

    fn tidies(&self) {
        self.practice.run(lapse(&self.practice.app)).expect("a database");
    }
}

fn operator(name: &str) -> Operator {
    Operator::parse(name).expect("a name")
}

fn registered() -> Registered {
    Registered {
        email: Mailbox::parse(OFFICE).ok(),
        address: PostalAddress::parse("Dorpsstraat 1, 1234 AB Voorbeelddorp").ok(),
    }
}

fn to<'a>(mails: &'a [Mail], reader: &str, subject: &str) -> &'a Mail {
    let found = mails.iter().find(|mail| mail.to == reader && mail.subject.contains(subject));
    found.unwrap_or_else(|| panic!("{subject} to {reader}: {mails:#?}"))
}

fn refused(post: &Post, number: &str, pin: &str) -> Page {
    let page = choose(&mut post.practice.browser(), number, pin, CHOSEN);
    assert_eq!(page.status, 401, "{}", page.text());
    page
}

#[test]
fn a2_the_pin_of_a_contact_person_goes_by_post_and_the_number_by_mail() {
    let post = Post::new();
    let account = post.founds();
    let number = account.number.to_string();
    let mails = post.practice.mails();
    let told = to(&mails, OFFICE, "Gebruikersnummer voor Test Arts");
    assert!(told.text.contains(&number) && told.text.contains("per post"), "{}", told.text);
    // Whoever had it written does not export it; what is exported is here no more.
    assert!(post.exports("TEST EEN").is_empty());
    let letter = post.printed();
    assert!(post.exports("Test Drie").is_empty());
    for words in ["FAKE Testpraktijk", "t.a.v. Test Arts", "Dorpsstraat 1", "/activate"] {
        assert!(letter.text.contains(words), "{words}: {}", letter.text);
    }
    let digits: String = letter.text.chars().filter(char::is_ascii_digit).collect();
    assert!(!digits.contains(account.number.as_str()), "the number is not in it");
    let pin = letter.pin();
    let mails = post.practice.mails();
    assert!(!mails.iter().any(|mail| mail.text.contains(&pin)), "{mails:#?}");
    let posted = to(&mails, ARTS, "De brief met uw pincode is onderweg");
    assert!(posted.text.contains("Een oude pincode werkt niet meer"), "{}", posted.text);
    let mut browser = post.practice.browser();
    assert_eq!(choose(&mut browser, &number, &pin, CHOSEN).path, "/enrol");
    let mut key = SoftKey::new(1, &post.practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
}

#[test]
fn a2_a_contact_person_who_is_added_gets_the_pin_by_post_too() {
    let post = Post::new();
    let mut contact = Contact::of(&post.practice);
    let adds = |contact: &mut Contact, name: &str| {
        let form = contact.browser.open("/people/add").form("#add-form").with("contact", "yes");
        let email = format!("test.{name}@praktijk.example");
        contact.browser.submit(&form.with("name", "Test Ander").with("email", &email))
    };
    // Without a postal address nobody is added, and the page says who records it.
    let refused = adds(&mut contact, "ander");
    assert_eq!(refused.status, 422);
    let told = refused.of("#role-error").expect("it is told at the role");
    assert!(told.contains("Bel de beheerder: die legt het adres vast"), "{told}");
    assert!(
        refused.has("#contact[checked]") && refused.attribute("#name", "value") == "Test Ander"
    );
    assert!(!contact.browser.open("/people").text().contains("Test Ander"));
    let (reached, checked) = (registered(), checked(&post.practice));
    let set = set_registered(&post.practice.app, &contact.account.username, &reached, &checked);
    let _ = post.practice.run(set).expect("a practice");
    let mut seen = post.practice.mails();
    let added = adds(&mut contact, "ander");
    assert!(added.path.ends_with("/added"), "{}", added.text());
    let steps = added.of("#next").expect("what happens next");
    for words in [OFFICE, "per post", "ongeopend", "binnen 21 dagen", "Eerste keer hier"] {
        assert!(steps.contains(words), "{words}: {steps}");
    }
    assert!(!added.text().contains("Naar de Berichtenbox"), "{}", added.text());
    assert!(!contact.browser.open("/inbox").has("#messages"), "the PIN is in nobody's box");
    let mails = since(&post.practice, &mut seen);
    let other = "test.ander@praktijk.example";
    let told = to(&mails, other, "Er gaat een brief met een pincode");
    assert!(told.text.contains("Test Arts, contactpersoon"), "{}", told.text);
    let told = to(&mails, OFFICE, "Gebruikersnummer voor Test Ander");
    assert!(told.text.contains("per post") && !told.text.contains("Berichtenbox"), "{}", told.text);
    let number = contact.browser.open(added.attribute("#to-person", "href")).of("#number");
    let number = number.expect("a number");
    assert!(told.text.contains(&number), "{}", told.text);
    // It works once it is on its way, and its owner begins with it.
    let letter = post.printed();
    assert!(
        letter.text.contains("t.a.v. Test Ander") && letter.text.contains("als contactpersoon")
    );
    let mut browser = post.practice.browser();
    assert_eq!(choose(&mut browser, &number, &letter.pin(), CHOSEN).path, "/enrol");
    // An organisation has three at most.
    assert!(adds(&mut contact, "derde").path.ends_with("/added"));
    let fourth = adds(&mut contact, "vierde");
    let told = fourth.of("#role-error").expect("it is told at the role");
    assert!(told.contains("Haal eerst bij een van hen"), "{told}");
}

#[test]
fn a2_a_colleague_who_becomes_a_contact_person_before_activating_gets_another_pin_by_post() {
    let post = Post::new();
    let mut contact = Contact::of(&post.practice);
    let other = "test.ander@praktijk.example";
    let account = contact.adds(&post.practice, other);
    let (known, number) = (contact.pin(), account.number.to_string());
    let person = format!("/people/{}", account.id);
    let role = format!("{person}/role");
    // Without a postal address nobody is appointed, and the page says who records it.
    let ask = contact.browser.open(&role);
    assert!(!ask.has("#ask-form"), "{}", ask.text());
    let told = ask.of("#barrier").expect("why not");
    assert!(told.contains("Bel de beheerder: die legt het adres vast"), "{told}");
    let english = contact.browser.open(&format!("{role}?lang=en")).of("#barrier");
    assert!(english.expect("why not").contains("Call the operator, who records the address"));
    let _ = contact.browser.open(&format!("{role}?lang=nl"));
    let (reached, checked) = (registered(), checked(&post.practice));
    let set = set_registered(&post.practice.app, &contact.account.username, &reached, &checked);
    let _ = post.practice.run(set).expect("a practice");
    let mut seen = post.practice.mails();
    post.practice.seconds(1); // what lies in the Berichtenbox since the same moment has no order
    let ask = contact.browser.open(&role);
    for words in ["werkt daarna niet meer", "per post", "Dorpsstraat 1, 1234 AB Voorbeelddorp"] {
        assert!(ask.text().contains(words), "{words}: {}", ask.text());
    }
    let done = contact.browser.submit(&ask.form("#ask-form"));
    assert_eq!(done.path, format!("{person}?notice=role-changed"), "{}", done.text());
    // Whoever added the colleague knows that PIN: it opens nothing any more.
    let _ = refused(&post, &number, &known);
    let newest = contact.address_of_newest();
    let message = contact.browser.open(&newest);
    for words in ["Pincode voor Test Collega gaat per post", "werkt daarom niet meer", "ongeopend"]
    {
        assert!(message.text().contains(words), "{words}: {}", message.text());
    }
    assert!(!message.has("#secret-form"), "the PIN is in nobody's box");
    let english = contact.browser.open(&format!("{newest}?lang=en")).text();
    assert!(english.contains("PIN for Test Collega goes by post"), "{english}");
    let mails = since(&post.practice, &mut seen);
    let told = to(&mails, other, "Uw pincode gaat per post");
    assert!(told.text.contains("Test Arts, contactpersoon"), "{}", told.text);
    let main = contact.account.username.to_string();
    let _ = to(&mails, &main, "De pincode van een collega gaat per post");
    let letter = post.printed();
    assert!(letter.text.contains("als contactpersoon"), "{}", letter.text);
    let mut browser = post.practice.browser();
    assert_eq!(choose(&mut browser, &number, &letter.pin(), CHOSEN).path, "/enrol");
}

#[test]
fn a3_a_posted_pin_is_refused_after_twenty_one_days_and_the_organisation_is_told() {
    let post = Post::new();
    let account = post.founds();
    let number = account.number.to_string();
    let pin = post.printed().pin();
    post.practice.wait(21 * DAY);
    let _ = refused(&post, &number, &pin);
    post.tidies();
    let mails = post.practice.mails();
    for reader in [OFFICE, ARTS] {
        let told = to(&mails, reader, "De pincode in de brief voor Test Arts is verlopen");
        assert!(told.text.contains("binnen 21 dagen"), "{}", told.text);
    }
    let _ = refused(&post, &number, &pin);
}

#[test]
fn a3_a_posted_pin_that_was_used_lives_on_for_a_forgotten_password() {
    let post = Post::new();
    let number = post.founds().number.to_string();
    let pin = post.printed().pin();
    let mut browser = post.practice.browser();
    assert_eq!(choose(&mut browser, &number, &pin, CHOSEN).path, "/enrol");
    let mut key = SoftKey::new(1, &post.practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    post.practice.wait(22 * DAY);
    post.tidies();
    let again = choose(&mut post.practice.browser(), &number, &pin, "nachtdienst om half elf");
    assert_eq!(again.path, "/login?notice=password-chosen");
}

#[test]
fn a6_the_new_pin_of_another_contact_person_goes_by_post_and_the_old_one_dies_with_the_export() {
    let post = Post::new();
    let mut contact = Contact::of(&post.practice);
    let other = contact.adds(&post.practice, "test.ander@praktijk.example");
    let (old, number) = (contact.pin(), other.number.to_string());
    let mut browser = post.practice.browser();
    assert_eq!(choose(&mut browser, &number, &old, CHOSEN).path, "/enrol");
    let mut key = SoftKey::new(2, &post.practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    let person = format!("/people/{}", other.id);
    let form = contact.browser.open(&format!("{person}/role")).form("#ask-form");
    assert_eq!(contact.browser.submit(&form).path, format!("{person}?notice=role-changed"));
    post.practice.wait(DAY);
    let _ = contact.browser.touch("/login/passkey", &mut contact.key);
    // Without a postal address nothing is written, and the page says who records it.
    let ask = contact.browser.open(&format!("{person}/pin"));
    assert!(ask.has("#barrier") && !ask.has("#ask-form"), "{}", ask.text());
    assert!(ask.text().contains("postadres van uw organisatie is niet bekend"), "{}", ask.text());
    let reached = registered();
    let name = &contact.account.username;
    let checked = checked(&post.practice);
    let set = set_registered(&post.practice.app, name, &reached, &checked);
    let _ = post.practice.run(set).expect("a practice");
    let ask = contact.browser.open(&format!("{person}/pin"));
    assert!(ask.text().contains("Dorpsstraat 1, 1234 AB Voorbeelddorp"), "{}", ask.text());
    let made = contact.browser.submit(&ask.form("#ask-form"));
    assert_eq!(made.path, format!("{person}/pin-made"));
    assert!(made.of("#next").expect("what happens").contains("op de post"), "{}", made.text());
    assert!(!made.has(".utrecht-button-group #to-inbox"), "nothing waits there");
    let again = contact.browser.open(&format!("{person}/pin")).form("#ask-form");
    assert_eq!(contact.browser.submit(&again).code(), Some("pin_too_soon"), "once a day");
    // The old one works until the letter is exported.
    let chosen = choose(&mut post.practice.browser(), &number, &old, "nachtdienst om half elf");
    assert_eq!(chosen.path, "/login?notice=password-chosen");
    let letter = post.printed();
    assert!(letter.text.contains("nieuwe pincode"), "{}", letter.text);
    let _ = refused(&post, &number, &old);
    let chosen =
        choose(&mut post.practice.browser(), &number, &letter.pin(), "vroege dienst om zes");
    assert_eq!(chosen.path, "/login?notice=password-chosen");
    let mails = post.practice.mails();
    let told = to(&mails, other.username.as_str(), "Er gaat een brief met een pincode");
    assert!(told.text.contains("Test Arts, contactpersoon"), "{}", told.text);
}

/// Every field of a page in which somebody could type a secret.
fn secret_fields(page: &Page) -> Vec<String> {
    let fields = [
        "input[type=password]",
        "input[autocomplete=one-time-code]",
        "[name*=pin]",
        "[name*=secret]",
    ];
    fields.into_iter().filter(|field| page.has(field)).map(str::to_owned).collect()
}

#[test]
fn a7_a_pin_that_was_told_to_an_operator_is_dead_and_a_new_one_is_made() {
    let post = Post::new();
    let mut contact = Contact::of(&post.practice);
    let colleague = contact.adds(&post.practice, "test.collega@praktijk.example");
    let (told, number) = (contact.pin(), colleague.number.to_string());
    let operator = operator("Test Een");
    let next = |name: &Username| {
        let recorded = record(&post.practice.app, name, &operator);
        post.practice.run(recorded).expect("it is recorded")
    };
    // One a day is made, and dead is dead at once: the contact person is asked for the next.
    assert!(matches!(next(&colleague.username), Next::Later));
    let _ = refused(&post, &number, &told);
    let mails = post.practice.mails();
    let main = contact.account.username.to_string();
    let mail = to(&mails, &main, "De pincode van een collega werkt niet meer");
    assert!(mail.text.contains("bij wie om een pincode vraagt"), "{}", mail.text);
    let mail = to(&mails, colleague.username.as_str(), "De pincode van uw account werkt niet meer");
    assert!(mail.text.contains("Zeg een pincode nooit"), "{}", mail.text);
    assert!(!mail.text.contains("gewoon inloggen"), "who never activated: {}", mail.text);
    let person = format!("/people/{}", colleague.id);
    assert_eq!(contact.browser.open("/people").attribute("#asking a", "href"), person);
    assert!(contact.browser.open(&person).of("#asks").expect("who asks").contains("verteld"));
    post.practice.wait(DAY);
    let _ = contact.browser.touch("/login/passkey", &mut contact.key);
    let ask = contact.browser.open(&format!("{person}/pin")).form("#ask-form");
    assert!(contact.browser.submit(&ask).path.ends_with("/pin-made"));
    assert!(!contact.browser.open("/people").has("#asking"), "it is answered");
    let made = contact.pin();
    post.practice.wait(DAY);
    let _ = contact.browser.touch("/login/passkey", &mut contact.key);
    let Next::Box(main) = next(&colleague.username) else { panic!("a new one in a box") };
    assert_eq!(main, "Test Arts");
    let _ = refused(&post, &number, &made);
    let new = contact.pin();
    assert_ne!(new, told);
    let mut browser = post.practice.browser();
    assert_eq!(choose(&mut browser, &number, &new, CHOSEN).path, "/enrol");
    let mails = post.practice.mails();
    let boxed = mails.iter().filter(|mail| mail.text.contains("Berichtenbox van de hoofdcontact"));
    assert_eq!(boxed.filter(|mail| mail.subject.contains("werkt niet meer")).count(), 1);
    // That of a contact person goes by post; without an address it is dead all the same.
    assert!(matches!(next(&contact.account.username), Next::NoLetter(_)));
    let mails = post.practice.mails();
    let own = contact.account.username.as_str();
    let mail = to(&mails, own, "De pincode van uw account werkt niet meer");
    assert!(mail.text.contains("nog geen brief"), "{}", mail.text);
    let _ = contact.browser.touch("/login/passkey", &mut contact.key);
    assert!(contact.browser.open("/people").has("#asking"), "another contact person is asked");
    let reached = registered();
    let checked = checked(&post.practice);
    let set = set_registered(&post.practice.app, &contact.account.username, &reached, &checked);
    let _ = post.practice.run(set).expect("a practice");
    assert!(matches!(next(&contact.account.username), Next::Letter));
    assert!(post.exports("Test Een").is_empty(), "who recorded it does not export it");
    assert_eq!(post.printed().pin().len(), 8);
}

#[test]
fn a7_no_page_of_a_contact_person_has_a_field_for_somebody_elses_secret() {
    let post = Post::new();
    let mut contact = Contact::of(&post.practice);
    let colleague = contact.adds(&post.practice, "test.collega@praktijk.example");
    let person = format!("/people/{}", colleague.id);
    let below =
        ["", "/added", "/pin-made", "/number", "/pin", "/waiver", "/rename", "/role", "/end"];
    let of_person = below.map(|below| format!("{person}{below}"));
    let others = ["/people", "/people/add", "/settings", "/settings/second-factor", "/inbox"];
    let mut pages: Vec<_> = of_person.into_iter().chain(others.map(str::to_owned)).collect();
    let inbox = contact.browser.open("/inbox");
    pages.push(inbox.attribute("#messages a", "href").to_owned());
    for path in pages {
        let page = contact.browser.open(&path);
        assert_eq!((page.status, page.path.as_str()), (200, path.as_str()), "{}", page.text());
        assert_eq!(secret_fields(&page), Vec::<String>::new(), "{path}");
    }
    // The walk would find one: this page is for whose PIN it is.
    assert!(!secret_fields(&post.practice.browser().open("/activate")).is_empty());
}
