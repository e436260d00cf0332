//! A1's authorisations: named by whoever runs the server, ticked by a contact person, told to applications.

use serde_json::{Value, json};
use tests::client::Client;
use tests::forms::Page;
use tests::program::Program;
use tests::soft_key::SoftKey;
use tests::stage::AUTHORISATIONS;

use crate::a::Contact;
use crate::people::{CHOSEN, COLLEAGUE, again, since, to, works};
use crate::practice::Practice;

/// A practice behind whose server two services are named, and its contact person.
fn practice() -> (Practice, Contact) {
    let practice = Practice::with(AUTHORISATIONS);
    let contact = Contact::of(&practice);
    (practice, contact)
}

/// An application in which the colleague logs in with this password and a passkey: its session, and what the answer says
/// that the colleague may do.
pub(crate) fn logs_in(
    practice: &Practice,
    key: &mut SoftKey,
    password: &str,
) -> (String, Vec<String>) {
    let client = Client { port: practice.port() };
    let attempt = client.attempt().expect("an attempt");
    let _ = client.password(&attempt, COLLEAGUE, password).expect("an answer").good();
    let asked = client.post("login/webauthn/options", &attempt, &json!({})).expect("an answer");
    let credential = json!({"credential": key.get(&asked.options())});
    let code = client.post("login/webauthn", &attempt, &credential).expect("an answer");
    let redeemed = client.redeem(&code.text("code")).expect("an answer");
    (redeemed.text("session"), may(&redeemed.good()))
}

/// What an application learns of this session now.
fn learns(practice: &Practice, session: &str) -> Vec<String> {
    let head = format!("Authorization: Bearer {session}\r\n");
    let client = Client { port: practice.port() };
    may(&client.ask("GET", "/api/v1/me", &head, "").expect("an answer").good())
}

fn may(answer: &Value) -> Vec<String> {
    let ids = answer.pointer("/account/authorisations").and_then(Value::as_array);
    let text = |id: &Value| id.as_str().expect("an id").to_owned();
    ids.unwrap_or_else(|| panic!("a list: {answer}")).iter().map(text).collect()
}

fn save(contact: &mut Contact, path: &str, ticked: &[&str]) -> Page {
    let form = contact.browser.open(path).form("#authorisations-form").without("authorisation");
    let form = ticked.iter().fold(form, |form, id| form.and("authorisation", id));
    contact.browser.submit(&form)
}

#[test]
fn a1_authorisations_are_ticked_for_a_newcomer_told_and_shown() {
    let (practice, mut contact) = practice();
    let mut seen = practice.mails();
    let page = contact.browser.open("/people/add");
    assert!(page.text().contains("Declaraties indienen en inzien."), "{}", page.text());
    let form = page.form("#add-form").with("name", "").with("email", COLLEAGUE);
    let wrong = contact.browser.submit(&form.with("authorisation", "recepten"));
    assert_eq!(wrong.status, 422, "a name is missing");
    assert!(wrong.has("#may-recepten[checked]"), "what was ticked stays: {}", wrong.text());
    let added = contact.browser.submit(&wrong.form("#add-form").with("name", "Test Collega"));
    assert!(added.has("#next"), "{}", added.text());
    let person = contact.browser.open(added.attribute("#to-person", "href"));
    assert_eq!(person.of("#may").as_deref(), Some("Recepten inzien"));
    let mails = since(&practice, &mut seen);
    let mail = to(&mails, COLLEAGUE, "Uw autorisaties zijn veranderd");
    assert!(mail.text.contains("Erbij gekomen: Recepten inzien."), "{}", mail.text);
    assert!(!mail.text.contains("Weggehaald"), "{}", mail.text);
}

#[test]
fn a1_authorisations_change_at_once_for_the_person_and_for_applications() {
    let (practice, mut contact) = practice();
    let (account, mut browser, mut key) = works(&practice, &mut contact, COLLEAGUE);
    let details = browser.open("/account/details");
    assert!(details.of("#may").expect("a place").contains("geen autorisaties"));
    let (session, none) = logs_in(&practice, &mut key, CHOSEN);
    assert!(none.is_empty(), "{none:?}");
    let path = format!("/people/{}/authorisations", account.id);
    again(&mut contact);
    let mut seen = practice.mails();
    let done = save(&mut contact, &path, &["declareren", "recepten"]);
    assert!(done.path.ends_with("?notice=authorisations"), "{}", done.text());
    assert_eq!(learns(&practice, &session), ["declareren", "recepten"]);
    assert_eq!(logs_in(&practice, &mut key, CHOSEN).1, ["declareren", "recepten"]);
    let details = browser.open("/account/details");
    let may = details.of("#may").expect("a list");
    assert!(may.contains("Declareren") && may.contains("Recepten van de praktijk"), "{may}");
    let done = save(&mut contact, &path, &["recepten"]);
    assert_eq!(done.of("#may").as_deref(), Some("Recepten inzien"));
    assert_eq!(learns(&practice, &session), ["recepten"], "at once");
    let mails = since(&practice, &mut seen);
    let told = |mail: &&crate::practice::Mail| mail.to == COLLEAGUE;
    assert_eq!(mails.iter().filter(told).count(), 2, "{mails:#?}");
    assert!(mails.iter().any(|mail| mail.text.contains("Weggehaald: Declareren.")), "{mails:#?}");
    let main = contact.account.username.to_string();
    let mail = to(&mails, &main, "autorisaties van een collega");
    assert!(mail.text.contains("Test Arts"), "by whom: {}", mail.text);
    let same = save(&mut contact, &path, &["recepten"]);
    assert!(same.path.ends_with("?notice=authorisations-same"), "{}", same.text());
    assert!(since(&practice, &mut seen).is_empty(), "nothing changed");
}

#[test]
fn a1_without_named_authorisations_no_field_shows() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let colleague = contact.adds(&practice, COLLEAGUE);
    assert!(!contact.browser.open("/people/add").has("#authorisations"));
    let person = contact.browser.open(&format!("/people/{}", colleague.id));
    assert!(!person.has("#may") && !person.has("#to-authorisations"), "{}", person.text());
    assert!(!contact.browser.open("/account/details").has("#may"));
    let none = contact.browser.open(&format!("/people/{}/authorisations", colleague.id));
    assert_eq!(none.status, 404);
}

/// Attacks: an id that is nobody's, oneself, another practice, a form that is old, a proof that is.
#[test]
fn a1_authorisations_are_refused_that_are_not_named_and_to_whom_one_does_not_manage() {
    let (practice, mut contact) = practice();
    let colleague = contact.adds(&practice, COLLEAGUE);
    let path = format!("/people/{}/authorisations", colleague.id);
    let form = contact.browser.open(&path).form("#authorisations-form");
    for strange in ["alles", "declareren ", "DECLAREREN", "declareren,recepten", ""] {
        let refused = contact.browser.submit(&form.clone().with("authorisation", strange));
        assert_eq!(refused.code(), Some("no_such_authorisation"), "{strange}");
        let shown = contact.browser.submit(&form.clone().with("shown", strange));
        assert_eq!(shown.code(), Some("no_such_authorisation"), "{strange}");
    }
    let own = format!("/people/{}/authorisations", contact.account.id);
    let page = contact.browser.open(&own);
    assert!(page.has("#barrier") && !page.has("#authorisations-form"), "{}", page.text());
    let forged = form.clone().to(&own).with("authorisation", "declareren");
    assert_eq!(contact.browser.submit(&forged).code(), Some("not_for_oneself"));
    // Two contact persons at once, or one with two windows: who is late sees what holds now.
    assert!(save(&mut contact, &path, &["recepten"]).has("#may"));
    let late = contact.browser.submit(&form.clone().with("authorisation", "declareren"));
    assert_eq!((late.status, late.code()), (409, None), "{}", late.text());
    assert!(late.has("#summary") && late.has("#may-recepten[checked]"), "{}", late.text());
    assert!(!late.has("#may-declareren[checked]"));

    let account = practice.contact_person("test.ander@praktijk.example");
    let other = format!("/people/{}/authorisations", account.id);
    let stranger = form.clone().to(&other).with("authorisation", "declareren");
    assert_eq!(contact.browser.submit(&stranger).code(), Some("no_such_colleague"));
    practice.minutes(6);
    let stale = contact.browser.submit(&form.with("authorisation", "declareren"));
    assert_eq!(stale.code(), Some("not_fresh"), "{}", stale.text());
    again(&mut contact);
    let person = contact.browser.open(&format!("/people/{}", colleague.id));
    assert_eq!(person.of("#may").as_deref(), Some("Recepten inzien"), "nothing else was given");
}

/// What `sleutelbos check` says of authorisations in this language, where these tables are configured.
fn checked(practice: &Practice, tables: &str, language: &str) -> (i32, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("sleutelbos.toml");
    let data = practice.app.config.data.display().to_string();
    let origin = practice.origin();
    let text = format!("data = {data:?}\n[server]\norigin = {origin:?}\n{tables}");
    std::fs::write(&file, text).expect("a configuration");
    let check = Program::ours("sleutelbos").args(["check", "--config"]).arg(&file);
    let said = check.env("LC_ALL", language).run();
    let labels = ["  authorisations: ", " autorisaties: "];
    let ours = said.stdout.lines().find(|line| labels.iter().any(|label| line.contains(label)));
    (said.code, ours.unwrap_or_else(|| panic!("a line: {said:?}")).to_owned())
}

/// A typing error in the configuration takes no rights for good, and `check` is where it is seen.
#[test]
fn a1_an_authorisation_that_is_named_no_more_stays_kept_and_check_says_of_how_many() {
    let (practice, mut contact) = practice();
    let counts = checked(&practice, AUTHORISATIONS, "C");
    assert_eq!(counts, (0, "ok    authorisations: 2 set".to_owned()));
    for name in [COLLEAGUE, "test.ander@praktijk.example"] {
        let account = contact.adds(&practice, name);
        let path = format!("/people/{}/authorisations", account.id);
        let done = save(&mut contact, &path, &["recepten"]);
        assert!(done.path.ends_with("?notice=authorisations"), "{}", done.text());
    }
    let mistyped = AUTHORISATIONS.replace("\"recepten\"", "\"recept\"");
    let (code, said) = checked(&practice, &mistyped, "C");
    assert!(said.starts_with("mind  authorisations: not in [[authorisations]]"), "{said}");
    assert!(said.ends_with("of no effect for as many accounts: recepten (2)"), "{said}");
    assert_eq!(code, 0, "the server starts all the same");
    let (_, said) = checked(&practice, &mistyped, "nl_NL.UTF-8");
    assert!(said.contains("niet meer in [[authorisations]]"), "{said}");
    assert!(said.ends_with("recepten (2)"), "{said}");
    let (_, none) = checked(&practice, "", "C");
    assert!(none.ends_with("recepten (2)"), "{none}");
    assert_eq!(checked(&practice, AUTHORISATIONS, "C"), counts, "named again, it counts again");
}
