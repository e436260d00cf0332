//! What a contact person does for colleagues in Gebruikersbeheer, and what people are told of it.

use std::time::Duration;

use serde_json::json;
use sleutelbos_server::accounts::anchors::{Checked, begin_due, set_main_contact, set_registered};
use sleutelbos_server::accounts::run::Error;
use sleutelbos_server::accounts::{Account, Username};
use sleutelbos_server::activation::lapse::lapse;
use sleutelbos_server::administration::settings::begin_again;
use sleutelbos_server::administration::{access, waiver};
use sleutelbos_server::operator::Operator;
use sleutelbos_server::organisations::{Kvk, Mailbox, Registered};
use tests::soft_key::SoftKey;

use crate::a::{Contact, choose};
use crate::practice::{Mail, PASSWORD, Practice};
use tests::forms::{Browser, Page};

pub(crate) const COLLEAGUE: &str = "test.collega@praktijk.example";
const OFFICE: &str = "praktijk@praktijk.example";
pub(crate) const CHOSEN: &str = "avonddienst om kwart over acht";
pub(crate) const DAY: Duration = Duration::from_secs(86_400);

/// Records where the practice of this contact person is reached.
fn registers(practice: &Practice, contact: &Contact) {
    let email = Mailbox::parse(OFFICE).ok();
    let registered = Registered { email, address: None };
    let (app, name, checked) = (&practice.app, &contact.account.username, checked(practice));
    let _ = practice.run(set_registered(app, name, &registered, &checked)).expect("a practice");
}

/// What an operator compared.
pub(crate) fn checked(practice: &Practice) -> Checked {
    let kvk = Kvk::parse("12345678").expect("a number");
    Checked {
        kvk,
        extract: practice.app.clock.now(),
        by: Operator::parse("Test Beheerder").expect("a name"),
    }
}

#[test]
fn a9_an_organisations_own_anchor_waits_for_a_week_is_told_and_can_be_stopped() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    registers(&practice, &contact);
    let mut seen = practice.mails();
    let name = contact.account.username.clone();
    let moves = |practice: &Practice| {
        let email = Mailbox::parse(NEW_OFFICE).ok();
        let (app, wish) = (&practice.app, Registered { email, address: None });
        let checked = checked(practice);
        let _ = practice.run(set_registered(app, &name, &wish, &checked)).expect("a practice");
    };
    let main = name.to_string();
    moves(&practice);
    let mails = since(&practice, &mut seen);
    for reader in [OFFICE, &main] {
        let mail = to(&mails, reader, "gaan veranderen");
        assert!(mail.text.contains(NEW_OFFICE), "{}", mail.text);
    }
    let there: Vec<_> = mails.iter().filter(|mail| mail.to == NEW_OFFICE).collect();
    assert_eq!(there.len(), 1, "the link and nothing else: {there:#?}");
    // The old one is used, and the change is stopped.
    let page = contact.browser.open("/settings");
    assert!(page.of("#registered").expect("where it is reached").contains(OFFICE));
    let stopped = contact.browser.submit(&page.form("#stop-email"));
    assert_eq!(stopped.path, "/settings?notice=stopped", "{}", stopped.text());
    assert!(!stopped.has("#planned-email"));
    let gone = contact.browser.submit(&page.form("#stop-email"));
    assert_eq!(gone.path, "/settings?notice=not-planned", "{}", gone.text());
    let mails = since(&practice, &mut seen);
    assert!(to(&mails, OFFICE, "tegengehouden").text.contains("Test Arts"), "{mails:#?}");
    practice.wait(7 * DAY);
    practice.run(begin_due(&practice.app)).expect("a database");
    again(&mut contact);
    assert!(contact.browser.open("/settings").text().contains(OFFICE), "it stays");
    // What nobody stops holds after a week, once it was proven there; stopping needs a fresh strong factor.
    moves(&practice);
    let link = proof(&since(&practice, &mut seen));
    let form = practice.browser().open(&link).form("#yes-form");
    assert!(practice.browser().submit(&form).code().is_some(), "a form of another browser");
    let mut anybody = practice.browser();
    let form = anybody.open(&link).form("#yes-form");
    assert!(anybody.submit(&form).text().contains("U heeft het bevestigd"));
    assert_eq!(anybody.submit(&form).code(), Some("registered_link_invalid"), "it works once");
    let page = contact.browser.open("/settings");
    let planned = page.of("#planned-email").expect("it waits");
    assert!(planned.contains("op het nieuwe adres bevestigd"), "{planned}");
    practice.minutes(6);
    let stale = contact.browser.submit(&page.form("#stop-email"));
    assert_eq!(stale.code(), Some("not_fresh"), "{}", stale.text());
    practice.wait(7 * DAY);
    practice.run(begin_due(&practice.app)).expect("a database");
    again(&mut contact);
    let page = contact.browser.open("/settings");
    assert!(page.text().contains(NEW_OFFICE) && !page.has("#planned-email"));
    let mails = since(&practice, &mut seen);
    for reader in [OFFICE, NEW_OFFICE, &main] {
        let told = to(&mails, reader, "zijn veranderd");
        assert!(told.text.contains(NEW_OFFICE), "{}", told.text);
    }
}

const NEW_OFFICE: &str = "kantoor@voorbeeld.example";

/// Where the link leads that was mailed to the new registered address.
fn proof(mails: &[Mail]) -> String {
    let mail = to(mails, NEW_OFFICE, "Is dit het e-mailadres van");
    let (_, rest) = mail.text.split_once("/registered/confirm?link=").expect("a link");
    let token = rest.split_whitespace().next().expect("a token");
    format!("/registered/confirm?link={token}")
}

#[test]
fn a9_a_new_registered_address_that_nobody_proves_there_never_holds() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    registers(&practice, &contact);
    let main = contact.account.username.to_string();
    let mut seen = practice.mails();
    let plans = |seen: &mut Vec<Mail>| {
        let (app, name) = (&practice.app, &contact.account.username);
        let wish = Registered { email: Mailbox::parse(NEW_OFFICE).ok(), address: None };
        let checked = checked(&practice);
        let _ = practice.run(set_registered(app, name, &wish, &checked)).expect("a practice");
        proof(&since(&practice, seen))
    };
    // Who reads it there says that it is wrong.
    let first = plans(&mut seen);
    practice.seconds(1);
    let link = plans(&mut seen);
    let code = |page: Page| page.code().map(str::to_owned);
    assert_eq!(code(practice.browser().open(&first)).as_deref(), Some("registered_link_invalid"));
    let mut there = practice.browser();
    let page = there.open(&link);
    for words in [NEW_OFFICE, "FAKE Praktijk van"] {
        assert!(page.of("#about").expect("what it is about").contains(words), "{}", page.text());
    }
    let stopped = there.submit(&page.form("#no-form"));
    assert!(stopped.text().contains("Het e-mailadres verandert niet"), "{}", stopped.text());
    let mails = since(&practice, &mut seen);
    for reader in [OFFICE, &main] {
        let _ = to(&mails, reader, "Een verandering is tegengehouden");
    }
    // A scanner opens the link of the next one, and nobody uses it: the old address stays, and who answers is told.
    let link = plans(&mut seen);
    for _ in 0..2 {
        assert!(practice.browser().open(&link).has("#yes-form"), "opening it does nothing");
    }
    again(&mut contact);
    let planned = contact.browser.open("/settings").of("#planned-email").expect("it waits");
    assert!(planned.contains("Dat is nog niet gebeurd"), "{planned}");
    practice.wait(7 * DAY);
    assert_eq!(code(practice.browser().open(&link)).as_deref(), Some("registered_link_invalid"));
    practice.run(begin_due(&practice.app)).expect("a database");
    again(&mut contact);
    let settings = contact.browser.open("/settings");
    assert!(settings.of("#registered").expect("where it is reached").contains(OFFICE));
    assert!(!settings.has("#planned-email"), "{}", settings.text());
    let mails = since(&practice, &mut seen);
    for reader in [OFFICE, &main] {
        let told = to(&mails, reader, "Het e-mailadres van uw organisatie verandert niet");
        assert!(told.text.contains(NEW_OFFICE), "{}", told.text);
    }
    assert!(!mails.iter().any(|mail| mail.to == NEW_OFFICE), "{mails:#?}");
}

#[test]
fn a9_another_main_contact_person_manages_after_a_week() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    registers(&practice, &contact);
    let (colleague, mut browser, mut key) = works(&practice, &mut contact, COLLEAGUE);
    let (third, mut third_browser, mut third_key) =
        works(&practice, &mut contact, "test.derde@praktijk.example");
    let (fourth, _, _) = works(&practice, &mut contact, "test.vierde@praktijk.example");
    let fifth = contact.adds(&practice, "test.vijfde@praktijk.example");
    let appoints = |username: &Username| {
        let checked = checked(&practice);
        practice.run(set_main_contact(&practice.app, username, &checked)).map(drop)
    };
    let refused = appoints(&fifth.username);
    assert!(matches!(refused, Err(Error::NotInUse)), "who never proved anything: {refused:?}");
    practice.seconds(1);
    appoints(&colleague.username).expect("a practice");
    let page = contact.browser.open("/settings");
    let planned = page.of("#planned-main_contact").expect("it waits");
    for words in ["Test Collega", "Dat is nog niet gebeurd"] {
        assert!(planned.contains(words), "{planned}");
    }
    practice.wait(7 * DAY - Duration::from_secs(1));
    practice.run(begin_due(&practice.app)).expect("a database");
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    assert_eq!(browser.open("/people").code(), Some("contact_person_only"), "not yet");
    practice.wait(Duration::from_secs(1));
    let mut begun = practice.browser();
    assert_eq!(begun.log_in(COLLEAGUE, CHOSEN).path, "/login/check");
    let mut seen = practice.mails();
    practice.run(begin_due(&practice.app)).expect("a database");
    // What was under way ends, and from the next log-in on the account manages.
    assert!(browser.open("/account").path.starts_with("/login"), "sessions end");
    assert_eq!(begun.open("/login/check").path, "/login", "log-ins end");
    let mails = since(&practice, &mut seen);
    let main = contact.account.username.to_string();
    for reader in [OFFICE, COLLEAGUE, &main] {
        let told = to(&mails, reader, "zijn veranderd");
        assert!(told.text.contains("Test Collega"), "{}", told.text);
    }
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    assert!(browser.open("/people").has("#to-add"), "the new one manages");
    again(&mut contact);
    let shown = contact.browser.open(&format!("/people/{}", colleague.id));
    assert!(shown.text().contains("Hoofdcontactpersoon"), "{}", shown.text());
    assert!(contact.browser.open("/people").has("#to-add"), "who it was stays a contact person");
    // Three at most: where another became one meanwhile it is stopped, and a fourth is refused at once.
    appoints(&third.username).expect("two are contact persons");
    let asked = contact.browser.open(&format!("/people/{}/role", fourth.id));
    assert!(contact.browser.submit(&asked.form("#ask-form")).path.ends_with("role-changed"));
    practice.wait(7 * DAY);
    assert_eq!(third_browser.touch("/login/passkey", &mut third_key).path, "/account");
    let mut seen = practice.mails();
    practice.run(begin_due(&practice.app)).expect("a database");
    let mails = since(&practice, &mut seen);
    for reader in [OFFICE, COLLEAGUE, &main] {
        let _ = to(&mails, reader, "Een verandering is tegengehouden");
    }
    let refused = appoints(&third.username);
    assert!(matches!(refused, Err(Error::EnoughContacts)), "{refused:?}");
}

#[test]
fn a9_who_does_not_log_in_meanwhile_does_not_become_the_main_contact_person() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    registers(&practice, &contact);
    let (colleague, mut browser, mut key) = works(&practice, &mut contact, COLLEAGUE);
    practice.seconds(1);
    let checked = checked(&practice);
    let appointed = set_main_contact(&practice.app, &colleague.username, &checked);
    let _ = practice.run(appointed).expect("a practice");
    practice.wait(7 * DAY);
    let mut seen = practice.mails();
    practice.run(begin_due(&practice.app)).expect("a database");
    let mails = since(&practice, &mut seen);
    let main = contact.account.username.to_string();
    for reader in [OFFICE, &main] {
        let told = to(&mails, reader, "De hoofdcontactpersoon van uw organisatie verandert niet");
        assert!(told.text.contains("Test Collega zou"), "{}", told.text);
    }
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    assert_eq!(browser.open("/people").code(), Some("contact_person_only"), "a colleague still");
    again(&mut contact);
    assert!(!contact.browser.open("/settings").has("#planned-main_contact"), "nothing waits");
}

/// Fills in who is new.
fn fill_in(contact: &mut Contact, name: &str, email: &str) -> Page {
    let form = contact.browser.open("/people/add").form("#add-form");
    contact.browser.submit(&form.with("name", name).with("email", email))
}

/// The mails that came since `seen`, which has them all from then on. Those of one moment stand in no
/// order of theirs.
pub(crate) fn since(practice: &Practice, seen: &mut Vec<Mail>) -> Vec<Mail> {
    let now = practice.mails();
    let mut before = std::mem::replace(seen, now.clone());
    let mut known =
        |mail: &Mail| before.iter().position(|old| old == mail).map(|at| before.remove(at));
    now.into_iter().filter(|mail| known(mail).is_none()).collect()
}

pub(crate) fn to<'a>(mails: &'a [Mail], reader: &str, subject: &str) -> &'a Mail {
    let found = mails.iter().find(|mail| mail.to == reader && mail.subject.contains(subject));
    found.unwrap_or_else(|| panic!("{subject} to {reader}: {mails:#?}"))
}

/// A colleague who activated, enrolled a passkey and logged in with it.
pub(crate) fn works(
    practice: &Practice,
    contact: &mut Contact,
    name: &str,
) -> (Account, Browser, SoftKey) {
    // What lies in the Berichtenbox since the same moment has no order.
    practice.seconds(1);
    let account = contact.adds(practice, name);
    let (pin, number) = (contact.pin(), account.number.to_string());
    let mut browser = practice.browser();
    assert_eq!(choose(&mut browser, &number, &pin, CHOSEN).path, "/enrol");
    let key_number = 2 + u32::try_from(name.len()).expect("a short name");
    let mut key = SoftKey::new(key_number, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    let _ = browser.log_in(name, CHOSEN);
    assert_eq!(browser.touch("/login/check", &mut key).path, "/account");
    (account, browser, key)
}

/// Logs the contact person in anew: the last proof is too long ago.
pub(crate) fn again(contact: &mut Contact) {
    let Contact { browser, key, .. } = contact;
    assert_eq!(browser.touch("/login/passkey", key).path, "/account");
}

#[test]
fn a1_a_contact_person_adds_a_colleague_and_reads_what_happens_next() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    registers(&practice, &contact);
    assert!(contact.browser.open("/people").has("#to-add"));
    let refused = fill_in(&mut contact, " ", "test.collega");
    assert_eq!(refused.status, 422);
    assert!(refused.has("#summary") && refused.has("#name-error"), "{}", refused.text());
    assert!(refused.of("#email-error").expect("it is told there").contains("naam@praktijk.nl"));
    assert_eq!(refused.attribute("#email", "value"), "test.collega", "what was typed stays");
    let own = contact.account.username.to_string();
    let taken = fill_in(&mut contact, "Test Collega", &own);
    assert_eq!(taken.status, 422);
    assert!(taken.of("#email-error").expect("it is told there").contains("hoort al bij"));
    assert_eq!(taken.attribute("#name", "value"), "Test Collega");
    let added = fill_in(&mut contact, "Test Collega", COLLEAGUE);
    assert!(added.path.ends_with("/added"), "{}", added.path);
    let steps = added.of("#next").expect("what happens next");
    for words in [OFFICE, "Berichtenbox", "binnen 14 dagen", "Eerste keer hier", "60 dagen"] {
        assert!(steps.contains(words), "{words}: {steps}");
    }
    assert!(contact.browser.open("/people").text().contains("Test Collega"));
    practice.minutes(6);
    assert_eq!(contact.browser.open("/people/add").path, "/confirm?then=/people/add");
}

#[test]
fn a2_the_user_number_is_mailed_to_the_registered_address_and_the_pin_never() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let mut seen = practice.mails();
    let first = contact.adds(&practice, "test.eerste@praktijk.example");
    let mails = since(&practice, &mut seen);
    let main = contact.account.username.to_string();
    let mail = to(&mails, &main, "Gebruikersnummer voor Test Collega");
    assert!(mail.text.contains(&first.number.to_string()), "without one, the main contact person");
    registers(&practice, &contact);
    let colleague = contact.adds(&practice, COLLEAGUE);
    let mails = since(&practice, &mut seen);
    let number = colleague.number.to_string();
    let mail = to(&mails, OFFICE, "Gebruikersnummer voor Test Collega");
    for words in [number.as_str(), "Berichtenbox", "nooit samen", "Test Arts, contactpersoon"] {
        assert!(mail.text.contains(words), "{words}: {}", mail.text);
    }
    let pin = contact.pin();
    let mails = practice.mails();
    assert_eq!(mails.iter().filter(|mail| mail.text.contains(&number)).count(), 1, "{mails:#?}");
    assert!(!mails.iter().any(|mail| mail.text.contains(&pin)));
}

#[test]
fn a5_a_lost_number_is_shown_and_mailed_again_to_the_registered_address_only() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    registers(&practice, &contact);
    let oneself = format!("/people/{}", contact.account.id);
    let own = contact.account.number.to_string();
    assert_eq!(contact.browser.open(&oneself).of("#number").as_deref(), Some(own.as_str()));
    let colleague = contact.adds(&practice, COLLEAGUE);
    let mut seen = practice.mails();
    let (person, number) = (format!("/people/{}", colleague.id), colleague.number.to_string());
    practice.minutes(61);
    again(&mut contact);
    let asked = contact.browser.open(&format!("{person}/number"));
    assert!(asked.text().contains(OFFICE), "{}", asked.text());
    let done = contact.browser.submit(&asked.form("#ask-form"));
    assert_eq!(done.path, format!("{person}?notice=number-sent"));
    let mails = since(&practice, &mut seen);
    let [mail] = &mails[..] else { panic!("{mails:#?}") };
    assert!(mail.to == OFFICE && mail.text.contains(&number), "{mail:#?}");
    // Where the PIN is, nobody knows by now: the mail says how to come by one.
    assert!(!mail.text.contains("staat in de Berichtenbox"), "{}", mail.text);
    assert!(mail.text.contains("Pincode kwijt?"), "{}", mail.text);
    let soon = contact.browser.submit(&asked.form("#ask-form"));
    assert_eq!(soon.code(), Some("number_too_soon"));
    assert_eq!(since(&practice, &mut seen), []);
    // Whoever has the PIN, opened or not, does not see the number; where nobody opened it in time, it is seen.
    practice.wait(14 * DAY);
    again(&mut contact);
    assert_eq!(contact.browser.open(&person).of("#number").as_deref(), Some(number.as_str()));
}

/// Attack: the contact person reads the number first and opens the PIN then.
#[test]
fn a2_the_number_is_masked_while_the_pin_lies_in_the_readers_box_and_after_it() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    registers(&practice, &contact);
    let colleague = contact.adds(&practice, COLLEAGUE);
    let (person, number) = (format!("/people/{}", colleague.id), colleague.number.to_string());
    let end = number.get(number.len() - 2..).expect("two digits");
    for opened in [false, true] {
        if opened {
            let _ = contact.pin();
        }
        for page in ["", "/added", "/number", "/pin", "/pin-made"] {
            let page = contact.browser.open(&format!("{person}{page}"));
            let digits: String = page.body.chars().filter(|c| !c.is_whitespace()).collect();
            assert_eq!(page.status, 200, "{}", page.text());
            assert!(!digits.contains(colleague.number.as_str()), "{}", page.text());
        }
        let page = contact.browser.open(&person);
        assert!(page.has("#masked"), "{}", page.text());
        assert!(page.of("#number").expect("its end").ends_with(end), "{}", page.text());
    }
}

#[test]
fn a6_a_new_pin_comes_to_the_contact_person_once_a_day_and_never_for_oneself() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, _, _) = works(&practice, &mut contact, COLLEAGUE);
    let person = format!("/people/{}", colleague.id);
    let asked = contact.browser.open(&format!("{person}/pin"));
    let soon = contact.browser.submit(&asked.form("#ask-form"));
    assert_eq!(soon.code(), Some("pin_too_soon"));
    assert!(soon.text().contains("van een contactpersoon, of gaat per post"), "{}", soon.text());
    practice.wait(DAY);
    again(&mut contact);
    let mut seen = practice.mails();
    let asked = contact.browser.open(&format!("{person}/pin"));
    let made = contact.browser.submit(&asked.form("#ask-form"));
    assert!(made.path.ends_with("/pin-made") && made.has("#to-inbox"), "{}", made.text());
    let pin = contact.pin();
    let mails = since(&practice, &mut seen);
    let _ = to(&mails, COLLEAGUE, "Er is een pincode gemaakt");
    let _ = to(&mails, COLLEAGUE, "is bekeken");
    let number = colleague.number.to_string();
    let chosen = choose(&mut practice.browser(), &number, &pin, "nachtdienst om half elf");
    assert_eq!(chosen.path, "/login?notice=password-chosen");
    let myself = format!("/people/{}/pin", contact.account.id);
    assert!(contact.browser.open(&myself).has("#barrier"));
    let form = asked.form("#ask-form");
    let refused = contact.browser.submit(&form.to(&myself));
    assert_eq!(refused.code(), Some("not_for_oneself"));
}

#[test]
fn a6_the_old_pin_works_until_the_new_one_is_opened() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    practice.seconds(1);
    let account = contact.adds(&practice, COLLEAGUE);
    let (old, number) = (contact.pin(), account.number.to_string());
    let mut browser = practice.browser();
    assert_eq!(choose(&mut browser, &number, &old, CHOSEN).path, "/enrol");
    let mut key = SoftKey::new(2, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    practice.wait(DAY);
    again(&mut contact);
    let ask = contact.browser.open(&format!("/people/{}/pin", account.id)).form("#ask-form");
    assert!(contact.browser.submit(&ask).path.ends_with("/pin-made"));
    // what is told of the choice below may be of the same second
    let waiting = contact.address_of_newest();
    let chooses =
        |pin: &str, password: &str| choose(&mut practice.browser(), &number, pin, password);
    let chosen = chooses(&old, "nachtdienst om half elf");
    assert_eq!(chosen.path, "/login?notice=password-chosen", "nobody has opened the new one");
    let new = contact.reveal(&waiting);
    assert_ne!(new, old);
    assert_eq!(chooses(&old, "vroege dienst om zes uur").status, 401);
    let chosen = chooses(&new, "vroege dienst om zes uur");
    assert_eq!(chosen.path, "/login?notice=password-chosen");
}

#[test]
fn a3_who_does_not_activate_in_time_is_told_of_by_e_mail() {
    let practice = Practice::new();
    let contact = Contact::of(&practice);
    contact.adds(&practice, COLLEAGUE);
    let mut seen = practice.mails();
    let main = contact.account.username.to_string();
    for (days, subject) in [(14, "pincode voor een collega is verlopen"), (46, "niet op tijd")] {
        practice.wait(days * DAY);
        practice.run(lapse(&practice.app)).expect("a database");
        let mails = since(&practice, &mut seen);
        let [mail] = &mails[..] else { panic!("{mails:#?}") };
        assert!(mail.subject.contains(subject) && mail.to == main, "{mail:#?}");
        assert!(mail.text.contains("Test Collega") && mail.text.contains("vanzelf"), "{mail:#?}");
    }
}

#[test]
fn a11_a_colleague_is_told_of_pins_and_roles_and_all_contact_persons_are() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let mut seen = practice.mails();
    let (colleague, _, _) = works(&practice, &mut contact, COLLEAGUE);
    let main = contact.account.username.to_string();
    let mails = since(&practice, &mut seen);
    for subject in ["Er is een pincode gemaakt voor uw account", "Er is een nieuw wachtwoord"] {
        let mail = to(&mails, COLLEAGUE, subject);
        assert!(mail.text.contains("Beste Test Collega"), "{mail:#?}");
    }
    let _ = to(&mails, &main, "Er is een pincode gemaakt voor een collega");
    let path = format!("/people/{}/role", colleague.id);
    for (subject, others) in [
        ("U bent nu contactpersoon", "is nu contactpersoon"),
        ("U bent geen contactpersoon meer", "is geen contactpersoon meer"),
    ] {
        let asked = contact.browser.open(&path);
        let done = contact.browser.submit(&asked.form("#ask-form"));
        assert!(done.path.ends_with("?notice=role-changed"), "{}", done.text());
        let mails = since(&practice, &mut seen);
        let mail = to(&mails, COLLEAGUE, subject);
        assert!(mail.text.contains("Test Arts, contactpersoon"), "{mail:#?}");
        assert!(mail.text.contains("Klopt dit niet?"), "{mail:#?}");
        let _ = to(&mails, &main, others);
    }
}

#[test]
fn b3_who_is_unblocked_is_told_and_codes_are_lifted_too() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, mut browser, _) = works(&practice, &mut contact, COLLEAGUE);
    for _ in 0..2 {
        let mut other = practice.browser();
        let _ = other.log_in(COLLEAGUE, CHOSEN);
        let form = other.open("/login/recovery").form("#code-form");
        for _ in 0..5 {
            let _ = other.submit(&form.clone().with("code", "1111-2222-3333-4444"));
        }
    }
    for _ in 0..5 {
        let _ = practice.browser().log_in(COLLEAGUE, "verkeerd wachtwoord");
    }
    let mut seen = practice.mails();
    let person = format!("/people/{}", colleague.id);
    let page = contact.browser.open(&person);
    assert!(page.text().contains("wachtwoord is geblokkeerd"), "{}", page.text());
    assert!(page.of("#codes-blocked").expect("codes too").contains("eindigt de blokkade vanzelf"));
    let form = page.form("#unblock-form");
    let done = contact.browser.submit(&form);
    assert_eq!(done.path, format!("{person}?notice=unblocked"));
    assert!(!done.has("#blocked"), "{}", done.text());
    let mails = since(&practice, &mut seen);
    let mail = to(&mails, COLLEAGUE, "Een blokkade van uw account is opgeheven");
    assert!(mail.text.contains("inloggen met wachtwoord, codes"), "{mail:#?}");
    assert_eq!(browser.open("/account").path, "/login", "what was under way ends (D5)");
    let mut other = practice.browser();
    assert_eq!(other.log_in(COLLEAGUE, CHOSEN).path, "/login/check");
    let form = other.open("/login/recovery").form("#code-form");
    let page = other.submit(&form.with("code", "1111-2222-3333-4444"));
    assert!(page.text().contains("4 keer"), "{}", page.text());
}

#[test]
fn b3_nobody_lifts_a_block_of_their_own_and_the_page_says_who_can() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let colleague = contact.adds(&practice, COLLEAGUE);
    let name = contact.account.username.to_string();
    for who in [name.as_str(), COLLEAGUE] {
        for _ in 0..5 {
            let _ = practice.browser().log_in(who, "verkeerd wachtwoord");
        }
    }
    let myself = format!("/people/{}", contact.account.id);
    let page = contact.browser.open(&myself);
    assert!(page.has("#blocked") && !page.has("#unblock-form"), "{}", page.text());
    let who = page.of("#ask-another").expect("who can");
    assert!(who.contains("andere contactpersoon") && who.contains("beheerder"), "{who}");
    let other = contact.browser.open(&format!("/people/{}", colleague.id)).form("#unblock-form");
    let refused = contact.browser.submit(&other.to(&format!("{myself}/unblock")));
    assert_eq!(refused.code(), Some("not_for_oneself"));
    assert_eq!(practice.browser().log_in(&name, PASSWORD).code(), Some("password_blocked"));
}

#[test]
fn b5_a_blocked_pin_is_told_by_e_mail_to_the_person_and_the_contact_person() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let colleague = contact.adds(&practice, COLLEAGUE);
    let pin = contact.pin();
    let wrong: String = pin.chars().rev().collect();
    let mut seen = practice.mails();
    let mut block = |number: &str| {
        for _ in 0..5 {
            let _ = choose(&mut practice.browser(), number, &wrong, CHOSEN);
        }
        since(&practice, &mut seen)
    };
    let mails = block(colleague.number.as_str());
    assert_eq!(mails.len(), 2, "{mails:#?}");
    let _ = to(&mails, COLLEAGUE, "De pincode van uw account is geblokkeerd");
    let _ = to(&mails, contact.account.username.as_str(), "De pincode van een collega");
    let person = format!("/people/{}", colleague.id);
    let form = contact.browser.open(&person).form("#unblock-form");
    assert!(contact.browser.submit(&form).path.ends_with("unblocked"));
    let mails = block(colleague.number.as_str());
    assert!(!mails.iter().any(|mail| mail.subject.contains("is geblokkeerd")), "once a day");
}

#[test]
fn c8_forcing_is_by_role_and_never_stops_for_contact_persons() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let mut newcomer = |email: &str| {
        practice.seconds(1);
        let account = contact.adds(&practice, email);
        let (pin, number) = (contact.pin(), account.number.to_string());
        let mut browser = practice.browser();
        assert_eq!(choose(&mut browser, &number, &pin, CHOSEN).path, "/enrol");
        format!("/people/{}/role", account.id)
    };
    let (other, colleague) = ("test.tweede@praktijk.example", COLLEAGUE);
    let role = newcomer(other);
    let _ = newcomer(colleague);
    let asked = contact.browser.open(&role);
    assert!(contact.browser.submit(&asked.form("#ask-form")).path.ends_with("role-changed"));
    practice.wait(15 * DAY);
    let skips = |name: &str| practice.browser().log_in(name, CHOSEN).has("#skip-form");
    assert!(!skips(other) && !skips(colleague), "both roles are forced by default");
    again(&mut contact);
    let settings = contact.browser.open("/settings");
    assert_eq!(settings.of("#forced-contacts").as_deref(), Some("Altijd verplicht"));
    assert_eq!(settings.of("#forced-colleagues").as_deref(), Some("Verplicht"));
    stop_forcing(&mut contact);
    assert!(!skips(other) && skips(colleague), "contact persons are forced all the same");
    let settings = contact.browser.open("/settings");
    assert_eq!(settings.of("#forced-contacts").as_deref(), Some("Altijd verplicht"));
    assert_eq!(settings.of("#forced-colleagues").as_deref(), Some("Nu even niet verplicht"));
    practice.wait(DAY);
    assert!(!skips(colleague), "it is forced again by itself");
}

#[test]
fn c8_all_contact_persons_are_told_when_forcing_stops_and_when_it_begins_again() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, _, _) = works(&practice, &mut contact, COLLEAGUE);
    let asked = contact.browser.open(&format!("/people/{}/role", colleague.id));
    let _ = contact.browser.submit(&asked.form("#ask-form"));
    let main = contact.account.username.to_string();
    let mut seen = practice.mails();
    let mut told = |subject: &str, by: &str| {
        let mails = since(&practice, &mut seen);
        assert_eq!(mails.len(), 2, "{mails:#?}");
        for reader in [main.as_str(), COLLEAGUE] {
            assert!(to(&mails, reader, subject).text.contains(by), "{mails:#?}");
        }
    };
    let stop = |contact: &mut Contact| {
        let form = contact.browser.open("/settings/second-factor").form("#unforce-form");
        let off = contact.browser.submit(&form.with("hours", "24"));
        assert_eq!(off.path, "/settings?notice=unforced");
        off
    };
    let off = stop(&mut contact);
    told("tijdelijk niet verplicht", "Test Arts, contactpersoon");
    let on = contact.browser.submit(&off.form("#force-form"));
    assert_eq!(on.path, "/settings?notice=forced");
    told("is weer verplicht", "Test Arts, contactpersoon");
    let _ = stop(&mut contact);
    told("tijdelijk niet verplicht", "Test Arts, contactpersoon");
    practice.wait(DAY);
    for _ in 0..2 {
        practice.run(begin_again(&practice.app)).expect("a database");
    }
    told("is weer verplicht", "vanzelf");
}

/// Stops forcing for a day.
pub(crate) fn stop_forcing(contact: &mut Contact) {
    let form = contact.browser.open("/settings/second-factor").form("#unforce-form");
    let off = contact.browser.submit(&form.with("hours", "24"));
    assert_eq!(off.path, "/settings?notice=unforced");
}

pub(crate) fn waive(contact: &mut Contact, id: &str, days: &str, reason: &str) -> Page {
    let form = contact.browser.open(&format!("/people/{id}/waiver")).form("#waiver-form");
    contact.browser.submit(&form.with("days", days).with("reason", reason))
}

#[test]
fn d3_a_waiver_lets_in_at_low_until_it_ends_by_itself_and_changes_no_factor() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, mut before, mut key) = works(&practice, &mut contact, COLLEAGUE);
    let id = colleague.id.to_string();
    let person = format!("/people/{id}");
    // While it is forced, the page says where to stop that first.
    let barred = contact.browser.open(&format!("{person}/waiver"));
    assert!(barred.has("#barrier") && !barred.has("#waiver-form"), "{}", barred.text());
    assert_eq!(barred.attribute("#to-unforce", "href"), "/settings/second-factor");
    stop_forcing(&mut contact);
    let mut seen = practice.mails();
    let wrong = waive(&mut contact, &id, "8", "sleutel kwijt");
    assert_eq!((wrong.status, wrong.has("#days-error")), (422, true), "{}", wrong.text());
    assert_eq!(wrong.attribute("#reason", "value"), "sleutel kwijt", "what was typed stays");
    let wrong = waive(&mut contact, &id, "7", " ");
    assert_eq!((wrong.status, wrong.has("#reason-error")), (422, true), "{}", wrong.text());
    let given = waive(&mut contact, &id, "7", "sleutel kwijt");
    assert_eq!(given.path, format!("{person}?notice=waived"));
    assert!(given.has("#waived") && !given.has("#to-waiver"), "{}", given.text());
    let mails = since(&practice, &mut seen);
    let main = contact.account.username.to_string();
    for (reader, words) in [(COLLEAGUE, "U kunt tijdelijk"), (main.as_str(), "Een collega kan")] {
        let mail = to(&mails, reader, words);
        assert!(mail.text.contains("De reden: sleutel kwijt."), "{mail:#?}");
    }
    assert_eq!(before.open("/account").path, "/login", "what was under way ends");
    let mut browser = practice.browser();
    let account = browser.log_in(COLLEAGUE, CHOSEN);
    assert_eq!(account.path, "/account");
    assert_eq!(account.attribute("#level", "data-level"), "low");
    assert!(account.text().contains("Passkey"), "the factors stay: {}", account.text());
    for path in ["/enrol/passkey", "/enrol/recovery"] {
        assert!(browser.open(path).path.starts_with("/confirm"), "it changes no factor: {path}");
    }
    assert_eq!(practice.browser().touch("/login/passkey", &mut key).path, "/account");
    // Forcing begins again, and the waiver goes on: it was given for this one colleague alone.
    practice.wait(6 * DAY + Duration::from_secs(86_399));
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).path, "/account");
    let mut last = practice.browser();
    assert_eq!(last.log_in(COLLEAGUE, CHOSEN).path, "/account");
    let before = lapsed(&practice, &mut seen);
    assert!(!before.iter().any(|mail| mail.subject.contains("staat weer aan")), "{before:#?}");
    practice.seconds(1);
    let mails = lapsed(&practice, &mut seen);
    let _ = to(&mails, COLLEAGUE, "Uw extra controle staat weer aan");
    let _ = to(&mails, &main, "De extra controle van een collega staat weer aan");
    assert!(lapsed(&practice, &mut seen).is_empty(), "it is told once");
    assert_eq!(last.open("/account").path, "/login", "a visit under it ends with it");
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).path, "/login/check");
    practice.seconds(1);
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).path, "/login/check");
    // Once in 30 days.
    again(&mut contact);
    stop_forcing(&mut contact);
    let soon = contact.browser.open(&format!("{person}/waiver"));
    assert!(soon.text().contains("Het kan weer vanaf"), "{}", soon.text());
}

/// What is told because the time of waivers and access codes is over.
pub(crate) fn lapsed(practice: &Practice, seen: &mut Vec<Mail>) -> Vec<Mail> {
    practice.run(waiver::lapse(&practice.app)).expect("a database");
    practice.run(access::lapse(&practice.app)).expect("a database");
    since(practice, seen)
}

#[test]
fn d3_a_waiver_is_taken_back_at_once_and_is_for_no_contact_person() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, _, _) = works(&practice, &mut contact, COLLEAGUE);
    let id = colleague.id.to_string();
    let person = format!("/people/{id}");
    stop_forcing(&mut contact);
    let given = waive(&mut contact, &id, "2", "sleutel kwijt");
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(COLLEAGUE, CHOSEN).path, "/account");
    let end = given.form("#end-waiver-form");
    assert_eq!(contact.browser.submit(&end).path, format!("{person}?notice=waiver-ended"));
    assert_eq!(browser.open("/account").path, "/login");
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).path, "/login/check");
    assert_eq!(contact.browser.submit(&end).path, format!("{person}?notice=no-waiver"));
    // Neither for oneself nor for another contact person, whatever is posted.
    let form = {
        let other = works(&practice, &mut contact, "test.ander@praktijk.example").0.id;
        contact.browser.open(&format!("/people/{other}/waiver")).form("#waiver-form")
    };
    let form = form.with("days", "1").with("reason", "sleutel kwijt");
    let asked = contact.browser.open(&format!("{person}/role"));
    let _ = contact.browser.submit(&asked.form("#ask-form"));
    assert!(!contact.browser.open(&person).has("#to-waiver"));
    for (whose, code) in
        [(id, "waiver_contact_person"), (contact.account.id.to_string(), "not_for_oneself")]
    {
        let page = contact.browser.submit(&form.clone().to(&format!("/people/{whose}/waiver")));
        assert_eq!(page.code(), Some(code), "{}", page.text());
    }
}

#[test]
fn d3_who_becomes_a_contact_person_has_no_waiver_any_more() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, _, _) = works(&practice, &mut contact, COLLEAGUE);
    stop_forcing(&mut contact);
    let _ = waive(&mut contact, colleague.id.as_str(), "7", "sleutel kwijt");
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(COLLEAGUE, CHOSEN).path, "/account");
    let asked = contact.browser.open(&format!("/people/{}/role", colleague.id));
    let _ = contact.browser.submit(&asked.form("#ask-form"));
    assert_eq!(browser.open("/account").path, "/login");
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).path, "/login/check");
}

#[test]
fn d3_who_began_to_set_up_anew_and_left_is_let_in_by_a_waiver_and_by_nothing_else() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, mut keyed, mut lost) = works(&practice, &mut contact, COLLEAGUE);
    let offer = keyed.open("/enrol/recovery");
    let code = keyed.submit(&offer.form("#make-form")).of("#code").expect("a code");
    let mut browser = practice.browser();
    let _ = browser.log_in(COLLEAGUE, CHOSEN);
    let asked = browser.open("/login/anew");
    let _ = browser.submit(&asked.form("#code-form").with("code", &code));
    practice.minutes(15);
    assert_eq!(browser.log_in(COLLEAGUE, CHOSEN).code(), Some("set_up_closed"));
    again(&mut contact);
    stop_forcing(&mut contact);
    let given = waive(&mut contact, colleague.id.as_str(), "1", "sleutel kwijt");
    assert!(given.has("#waived"), "{}", given.text());
    let account = practice.browser().log_in(COLLEAGUE, CHOSEN);
    assert_eq!(account.attribute("#level", "data-level"), "low");
    let refused = practice.browser().touched("/login/passkey", &mut lost);
    assert_eq!(refused.code(), "factor_suspended", "what was lost stays out of use");
    practice.wait(DAY);
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).code(), Some("set_up_closed"));
}

#[test]
fn d5_recovery_codes_a_copied_key_and_an_ended_account_are_told() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, mut browser, mut key) = works(&practice, &mut contact, COLLEAGUE);
    let main = contact.account.username.to_string();
    let mut seen = practice.mails();
    let mut told = |own: &str, others: &str| {
        let mails = since(&practice, &mut seen);
        let _ = to(&mails, COLLEAGUE, own);
        let _ = to(&mails, &main, others);
    };
    let offer = browser.open("/enrol/recovery");
    let made = browser.submit(&offer.form("#make-form"));
    let code = made.of("#code").expect("a code");
    told("Er is een nieuwe herstelcode gemaakt", "Een collega heeft een nieuwe herstelcode");
    let mut other = practice.browser();
    let _ = other.log_in(COLLEAGUE, CHOSEN);
    let form = other.open("/login/recovery").form("#code-form");
    assert!(other.submit(&form.with("code", &code)).has("#used"));
    told("Er is ingelogd met uw herstelcode", "Een collega heeft ingelogd met de herstelcode");
    let mut twin = key.clone();
    let mut one = practice.browser();
    assert_eq!(one.touch("/login/passkey", &mut key).path, "/account");
    let mut other = practice.browser();
    let page = other.open("/login/passkey");
    let says = |name| page.attribute("#ceremony", name);
    let ask = json!({ "kind": says("data-kind"), "factor": says("data-factor") });
    let options = other.script(&page, says("data-options"), &ask).options();
    let body = json!({ "credential": twin.get(&options), "then": "" });
    let refused = other.script(&page, says("data-finish"), &body);
    assert_eq!(refused.status, 401, "{}", refused.body);
    told("Een sleutel van u werkt niet meer", "Een sleutel van een collega werkt niet meer");
    assert_eq!(one.open("/account").path, "/login", "what was begun with it ends");
    let asked = contact.browser.open(&format!("/people/{}/end", colleague.id));
    let done = contact.browser.submit(&asked.form("#ask-form"));
    assert_eq!(done.path, "/people?notice=account-ended");
    // The last word of both has a letter that headers write in another way.
    told("Uw account is ", "Het account van een collega is ");
}
