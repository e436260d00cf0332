//! D3 (a): a contact person gives a colleague who lost everything a code; and D4, whom nobody helps.

use std::time::Duration;

use serde_json::json;
use sleutelbos_server::accounts::run::{Sharing, set_subscriber};
use sleutelbos_server::operator::Operator;
use sleutelbos_server::organisations::Subscriber;
use tests::program::Program;
use tests::soft_card::SoftCard;
use tests::soft_key::SoftKey;
use tests::stage::{SUBSCRIBER, uzi_table};

use crate::a::Contact;
use crate::d;
use crate::people::{CHOSEN, COLLEAGUE, DAY, again, lapsed, since, stop_forcing, to, waive, works};
use crate::practice::{PASSWORD, Practice};
use tests::forms::{Browser, Page};

/// Gives the colleague with this id a code; the page that shows it.
pub(crate) fn give(contact: &mut Contact, id: &str) -> Page {
    let person = contact.browser.open(&format!("/people/{id}"));
    let asked = contact.browser.open(person.attribute("#to-access", "href"));
    contact.browser.submit(&asked.form("#ask-form"))
}

pub(crate) fn code_of(page: &Page) -> String {
    let code = page.of("#code").unwrap_or_else(|| panic!("{}", page.text()));
    assert_eq!(code.split('-').map(str::len).collect::<Vec<_>>(), [4, 4, 4], "{code}");
    code
}

/// The password, and then this code on the page behind the second-factor page.
pub(crate) fn with_code(browser: &mut Browser, code: &str) -> Page {
    let check = browser.log_in(COLLEAGUE, CHOSEN);
    let asked = browser.open(check.attribute("#to-access", "href"));
    browser.submit(&asked.form("#code-form").with("code", code))
}

#[test]
fn d3_an_access_code_opens_the_wizard_once_and_nothing_else_also_while_all_are_forced() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, _, mut lost) = works(&practice, &mut contact, COLLEAGUE);
    practice.wait(7 * DAY);
    let mut logged_in = practice.browser();
    assert_eq!(logged_in.touch("/login/passkey", &mut lost).path, "/account");
    again(&mut contact);
    let mut seen = practice.mails();
    let page = give(&mut contact, colleague.id.as_str());
    let code = code_of(&page);
    assert!(page.of("#until").expect("until when").contains("één keer"), "{}", page.text());
    let person = contact.browser.open(page.attribute("#back", "href"));
    assert!(person.has("#access") && !person.body.contains(&code), "it is shown once");
    let main = contact.account.username.to_string();
    let mails = since(&practice, &mut seen);
    let own = to(&mails, COLLEAGUE, "Uw contactpersoon heeft u een toegangscode gegeven");
    let others = to(&mails, &main, "Een collega heeft een toegangscode gekregen");
    for mail in [own, others] {
        assert!(!mail.text.contains(&code), "a code goes by no mail: {}", mail.text);
    }
    assert_eq!(logged_in.open("/account").path, "/account", "nothing ends before it is used");

    let mut browser = practice.browser();
    let half = with_code(&mut browser, "1234-5678-9012-3456");
    assert_eq!((half.status, half.has("#code-error")), (422, true), "{}", half.text());
    let wrong = browser.submit(&half.form("#code-form").with("code", "0000 0000 0000"));
    assert_eq!(wrong.status, 401);
    assert!(wrong.text().contains("4 keer") && !wrong.body.contains("0000"), "{}", wrong.text());
    let typed = code.replace('-', " ");
    let wizard = browser.submit(&wrong.form("#code-form").with("code", &typed));
    assert_eq!(wizard.path, "/enrol");
    assert!(wizard.has("#anew") && !wizard.has("#skip-form"), "{}", wizard.text());
    assert_eq!(browser.open("/account").path, "/enrol", "it opens the wizard and nothing else");
    assert_eq!(logged_in.open("/account").path, "/login", "other sessions ended");
    let refused = practice.browser().touched("/login/passkey", &mut lost);
    assert_eq!(refused.code(), "factor_suspended");
    let elsewhere = practice.browser().log_in(COLLEAGUE, CHOSEN);
    assert_eq!(elsewhere.code(), Some("set_up_closed"), "it is open in that browser only");
    let mails = since(&practice, &mut seen);
    let _ = to(&mails, COLLEAGUE, "U stelt opnieuw in waarmee u inlogt");
    let _ = to(&mails, &main, "Een collega stelt opnieuw in waarmee die inlogt");

    let mut new = SoftKey::new(2, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut new);
    let account = browser.touch("/login/passkey", &mut new);
    assert_eq!(account.path, "/account");
    assert_eq!(account.attribute("#level", "data-level"), "substantial");
    let gone = practice.browser().touched("/login/passkey", &mut lost);
    assert_eq!(gone.code(), "not_recognised", "what there was is removed");
    let spent = with_code(&mut practice.browser(), &code);
    assert_eq!(spent.status, 401, "it works once: {}", spent.text());
}

#[test]
fn d3_an_access_code_is_replaced_taken_back_and_lapses_after_eight_hours() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, _, mut key) = works(&practice, &mut contact, COLLEAGUE);
    let id = colleague.id.as_str();
    let mut seen = practice.mails();
    let first = code_of(&give(&mut contact, id));
    let asked = contact.browser.open(&format!("/people/{id}/access"));
    assert!(asked.text().contains("Er is al een toegangscode"), "{}", asked.text());
    let second = code_of(&contact.browser.submit(&asked.form("#ask-form")));
    assert_eq!(with_code(&mut practice.browser(), &first).status, 401, "one lives");
    let end = contact.browser.open(&format!("/people/{id}")).form("#end-access-form");
    let ended = contact.browser.submit(&end);
    assert_eq!(ended.path, format!("/people/{id}?notice=access-ended"));
    assert!(!ended.has("#access"), "{}", ended.text());
    let nothing = contact.browser.submit(&end);
    assert_eq!(nothing.path, format!("/people/{id}?notice=no-access"));
    assert_eq!(with_code(&mut practice.browser(), &second).status, 401);
    let mails = since(&practice, &mut seen);
    let _ = to(&mails, COLLEAGUE, "Uw toegangscode werkt niet meer");
    let _ = to(
        &mails,
        contact.account.username.as_str(),
        "De toegangscode van een collega werkt niet meer",
    );
    let third = code_of(&give(&mut contact, id));
    practice.wait(Duration::from_secs(8 * 60 * 60));
    assert_eq!(with_code(&mut practice.browser(), &third).status, 401);
    let mails = lapsed(&practice, &mut seen);
    let _ = to(&mails, COLLEAGUE, "Uw toegangscode is verlopen");
    let main = contact.account.username.as_str();
    let _ = to(&mails, main, "De toegangscode van een collega is verlopen");
    assert!(lapsed(&practice, &mut seen).is_empty(), "it is told once");
    let account = practice.browser().touch("/login/passkey", &mut key);
    assert_eq!(account.path, "/account", "what was not used changed nothing");
}

#[test]
fn d3_nobody_gives_an_access_code_to_oneself_without_a_fresh_key_or_to_whom_it_is_of_no_use() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, mut theirs, _) = works(&practice, &mut contact, COLLEAGUE);
    let newcomer = contact.adds(&practice, "test.nieuw@praktijk.example");
    let form = contact.browser.open(&format!("/people/{}/access", colleague.id)).form("#ask-form");
    let own = contact.account.id.to_string();
    assert!(!contact.browser.open(&format!("/people/{own}")).has("#to-access"));
    for (whose, code) in [(own, "not_for_oneself"), (newcomer.id.to_string(), "access_not_needed")]
    {
        let path = format!("/people/{whose}/access");
        assert!(contact.browser.open(&path).has("#barrier"), "{path}");
        let page = contact.browser.submit(&form.clone().to(&path));
        assert_eq!(page.code(), Some(code), "{}", page.text());
    }
    let path = format!("/people/{}/access", colleague.id);
    assert_eq!(theirs.open(&path).code(), Some("contact_person_only"));
    stop_forcing(&mut contact);
    let _ = waive(&mut contact, colleague.id.as_str(), "1", "sleutel kwijt");
    let waived = contact.browser.submit(&form);
    assert_eq!(waived.code(), Some("access_waived"), "{}", waived.text());
    practice.minutes(5);
    let stale = contact.browser.submit(&form.to(&path));
    assert_eq!(stale.code(), Some("not_fresh"), "{}", stale.text());
    assert_eq!(contact.browser.open(&path).path, format!("/confirm?then={path}"));
}

#[test]
fn d1_who_began_to_set_up_anew_and_left_goes_on_with_an_access_code() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, _, mut lost) = works(&practice, &mut contact, COLLEAGUE);
    let code = code_of(&give(&mut contact, colleague.id.as_str()));
    assert_eq!(with_code(&mut practice.browser(), &code).path, "/enrol");
    practice.minutes(15);
    let mut browser = practice.browser();
    let closed = browser.log_in(COLLEAGUE, CHOSEN);
    assert_eq!(closed.code(), Some("set_up_closed"));
    assert!(closed.text().contains("een toegangscode"), "{}", closed.text());
    let asked = browser.open(closed.attribute("#onward", "href"));
    assert!(asked.has("#code-form") && !asked.has("#to-check"), "{}", asked.text());
    again(&mut contact);
    let code = code_of(&give(&mut contact, colleague.id.as_str()));
    let wizard = browser.submit(&asked.form("#code-form").with("code", &code));
    assert!(wizard.has("#anew") && !wizard.has("#skip-form"), "{}", wizard.text());
    let keep = browser.open(wizard.attribute("#to-keep", "href"));
    let prove = keep.attribute("#suspended a", "href").to_owned();
    let mut seen = practice.mails();
    assert!(browser.touch(&prove, &mut lost).has("#kept"), "what turns up is kept");
    let mails = since(&practice, &mut seen);
    let _ = to(&mails, COLLEAGUE, "U gebruikt weer een oude manier");
    let main = contact.account.username.to_string();
    let _ = to(&mails, &main, "Een collega gebruikt weer een oude manier");
}

/// Signs with a card on the page at `path`; where that leads.
fn sign(practice: &Practice, browser: &mut Browser, (card, path): (&SoftCard, &str)) -> Page {
    let sent = card.signs(browser, path, &practice.origin()).send(browser);
    browser.open(&sent.text("next"))
}

#[test]
fn d4_a_card_takes_the_place_of_a_lost_key_lets_in_and_ends_all_there_was() {
    let cards = tempfile::tempdir().expect("a temporary folder");
    let _ = Program::ours("firmware-sim").arg("pki").arg(cards.path()).run().good();
    let practice = Practice::today(&uzi_table(cards.path()));
    let card = SoftCard::of(cards.path(), "cards/z/authenticiteit");
    let mut contact = Contact::of(&practice);
    let name = contact.account.username.to_string();
    subscribes(&practice, &contact);
    let (colleague, ..) = works(&practice, &mut contact, COLLEAGUE);
    let asked = contact.browser.open(&format!("/people/{}/role", colleague.id));
    assert!(contact.browser.submit(&asked.form("#ask-form")).path.ends_with("role-changed"));
    let code = d::code_of(&d::made(&mut contact.browser));
    let mut begun = practice.browser();
    assert_eq!(begun.log_in(&name, PASSWORD).path, "/login/check");
    let mut seen = practice.mails();

    let mut browser = practice.browser();
    let check = browser.log_in(&name, PASSWORD);
    let anew = browser.open(check.attribute("#to-anew", "href"));
    let path = anew.attribute("#to-anew-card", "href").to_owned();
    let told = browser.open(&path).text();
    assert!(told.contains("Die pas is daarna het enige waarmee u inlogt"), "{told}");
    let account = sign(&practice, &mut browser, (&card, &path));
    assert_eq!(account.path, "/account?notice=enrolled", "{}", account.text());
    assert_eq!(account.attribute("#level", "data-level"), "substantial");
    let ways = account.of("#factors").expect("what there is");
    assert!(ways.contains("UZI-pas") && !ways.contains("Passkey"), "{ways}");
    assert!(account.text().contains("nog geen herstelcode"), "{}", account.text());

    // What there was and what was under way ends.
    let late = practice.browser().touched("/login/passkey", &mut contact.key);
    assert_eq!(late.code(), "not_recognised", "{}", late.body);
    assert!(contact.browser.open("/account").path.starts_with("/login"), "the other session");
    assert!(begun.open("/login/check").has("#login-form"), "a log-in elsewhere");
    let dead = d::with_code(&mut practice.browser(), &code);
    assert_eq!(dead.status, 401, "{}", dead.text());
    let mails = since(&practice, &mut seen);
    for subject in
        ["Uw UZI-pas vervangt alles", "in te loggen verwijderd", "in te loggen toegevoegd"]
    {
        let _ = to(&mails, &name, subject);
    }
    let others = to(&mails, COLLEAGUE, "De UZI-pas van een collega vervangt alles");
    assert!(others.text.contains("Test Arts"), "{}", others.text);

    // From now on the card alone lets in, and its holder manages.
    let mut alone = practice.browser();
    assert_eq!(sign(&practice, &mut alone, (&card, "/login/card")).path, "/account");
    assert!(alone.open("/people").has("#to-add"));
}

/// Records the subscriber number that stands on the cards.
fn subscribes(practice: &Practice, contact: &Contact) {
    let number = Subscriber::parse(SUBSCRIBER).expect("a number");
    let by = Operator::parse("Test Beheerder").expect("a name");
    let given = (&number, Sharing::Refused);
    let set = set_subscriber(&practice.app, &contact.account.username, given, &by);
    let _ = practice.run(set).expect("a practice");
}

#[test]
fn d4_a_contact_person_who_lost_everything_is_told_to_call_the_operator() {
    let practice = Practice::with("telephone = \"030 123 45 67\"\n");
    let contact = Contact::of(&practice);
    let mut browser = practice.browser();
    let check = browser.log_in(contact.account.username.as_str(), PASSWORD);
    // First an UZI card, where there is one.
    let anew = browser.open(check.attribute("#to-anew", "href"));
    let card = browser.open(anew.attribute("#to-anew-card", "href"));
    assert_eq!(card.path, "/login/anew/card");
    let nonce = browser.script(&card, "/login/anew/card/challenge", &json!({ "kind": "link" }));
    assert_eq!(nonce.text("nonce").len(), 44, "{}", nonce.body);
    let nothing = json!({ "auth_token": { "format": "web-eid:1.0" } });
    let refused = browser.script(&card, "/login/anew/card", &nothing);
    assert!(refused.status >= 400, "{}", refused.body);
    assert!(browser.open("/account").path.starts_with("/login"), "nothing came of it");

    let asked = browser.open(check.attribute("#to-access", "href"));
    assert!(asked.has("#to-anew-card"), "{}", asked.text());
    let contact = asked.of("#contact").expect("what a contact person does");
    assert!(contact.contains("bel dan de beheerder"), "{contact}");
    let help = browser.open(asked.attribute("#to-help", "href"));
    let told = help.of("#contact").expect("a section of their own");
    for words in ["Niemand van uw organisatie", "030 123 45 67"] {
        assert!(told.contains(words), "{told}");
    }
}
