//! A6 (a) and B3: an operator helps who called, after calling the registered number back or by a link to the
//! registered address.

use sleutelbos_server::accounts::anchors::{begin_due, set_numbers, set_registered, set_telephone};
use sleutelbos_server::accounts::number::UserNumber;
use sleutelbos_server::accounts::{Account, Username};
use sleutelbos_server::activation::handover::Handed;
use sleutelbos_server::enrolment::run::factors_of;
use sleutelbos_server::factors::Level;
use sleutelbos_server::id::{CaseId, FactorId};
use sleutelbos_server::operator::{Operator, User};
use sleutelbos_server::organisations::{Agb, Mailbox, Registered, Telephone};
use sleutelbos_server::support::removal::{Removed, remove};
use sleutelbos_server::support::rules::{Purpose, State};
use sleutelbos_server::support::run::{self, Error, Finished, Shown};
use std::time::Duration;
use tests::soft_key::SoftKey;

use crate::a::{Contact, choose};
use crate::people::{CHOSEN, COLLEAGUE, DAY, again, checked, since, to, works};
use crate::post::{ARTS, OFFICE, Post};
use crate::practice::{Mail, PASSWORD, Practice};

const NUMBER: &str = "+31302531111";

pub(crate) fn operator() -> Operator {
    Operator::parse("Test Beheer").expect("a name")
}

fn agb() -> Agb {
    Agb::parse("01012345").expect("eight digits")
}

/// Records where the practice of this user is reached.
fn registers(practice: &Practice, name: &Username, email: &str, telephone: &str) {
    let (app, checked) = (&practice.app, checked(practice));
    let registered = Registered { email: Mailbox::parse(email).ok(), address: None };
    let _ = practice.run(set_registered(app, name, &registered, &checked)).expect("a practice");
    let number = Telephone::parse(telephone).expect("a number");
    let _ = practice.run(set_telephone(app, name, &number, &checked)).expect("a practice");
}

/// The same, more than a week ago.
pub(crate) fn known(practice: &Practice, name: &Username) {
    registers(practice, name, OFFICE, NUMBER);
    practice.wait(7 * DAY);
}

fn opens(practice: &Practice, account: &Account, purpose: Purpose) -> Shown {
    opens_for(practice, &account.number, purpose)
}

fn opens_for(practice: &Practice, number: &UserNumber, purpose: Purpose) -> Shown {
    let (app, agb) = (&practice.app, agb());
    practice.run(run::open(app, (&agb, number), purpose, &operator())).expect("a case")
}

/// A case that was confirmed by calling back.
pub(crate) fn called(practice: &Practice, account: &Account, purpose: Purpose) -> CaseId {
    let id = opens(practice, account, purpose).id;
    let _ = practice.run(run::called(&practice.app, &id, &operator())).expect("it is right");
    id
}

pub(crate) fn finish(practice: &Practice, id: &CaseId) -> Finished {
    practice.run(run::finish(&practice.app, id, &operator())).expect("it is carried out")
}

fn another() -> Operator {
    Operator::parse("Test Collega").expect("a name")
}

/// What comes of taking these away, for another operator than the one who called back.
fn removes(practice: &Practice, case: &CaseId, factors: &[FactorId]) -> Result<Removed, Error> {
    practice.run(remove(&practice.app, case, factors, Level::High, &another()))
}

/// Takes these away from an account of a practice that is [`known`], as two operators do.
pub(crate) fn takes_away(
    practice: &Practice,
    number: &UserNumber,
    factors: &[FactorId],
) -> Removed {
    let case = opens_for(practice, number, Purpose::Factor).id;
    let _ = practice.run(run::called(&practice.app, &case, &operator())).expect("it is right");
    practice.wait(3 * DAY);
    removes(practice, &case, factors).expect("they are taken away")
}

/// What the account has to log in with.
fn factors(practice: &Practice, account: &Account) -> Vec<FactorId> {
    let factors = practice.run(factors_of(&practice.app, &account.username)).expect("an account");
    factors.into_iter().map(|factor| factor.id).collect()
}

/// Where the link in a mail leads.
fn link(mail: &Mail) -> String {
    let (_, rest) = mail.text.split_once("/support/confirm?link=").expect("a link");
    let token = rest.split_whitespace().next().expect("a token");
    format!("/support/confirm?link={token}")
}

#[test]
fn a6_an_operator_calls_back_and_the_new_pin_goes_where_it_always_goes() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, mut browser, mut key) = works(&practice, &mut contact, COLLEAGUE);
    known(&practice, &contact.account.username);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    let main = contact.account.username.to_string();
    let mut seen = practice.mails();
    let shown = opens(&practice, &colleague, Purpose::Pin);
    let (number, _) = shown.telephone.expect("a number to call");
    assert_eq!((number.as_str(), shown.state), (NUMBER, State::Opened));
    let mails = since(&practice, &mut seen);
    let told = to(&mails, COLLEAGUE, "De beheerder is gebeld over uw account");
    assert!(told.text.contains("een nieuwe pincode"), "{}", told.text);
    let _ = to(&mails, &main, "De beheerder is gebeld over een collega");
    assert_eq!(browser.open("/account").path, "/account", "a call logs nobody out");
    let early = practice.run(run::finish(&practice.app, &shown.id, &operator()));
    assert!(matches!(early, Err(Error::NotConfirmed)), "{early:?}");
    let _ = practice.run(run::called(&practice.app, &shown.id, &operator())).expect("it is right");
    let mails = since(&practice, &mut seen);
    let _ = to(&mails, COLLEAGUE, "Hulp voor uw account is bevestigd");
    let _ = to(&mails, &main, "Hulp voor een collega is bevestigd");
    let made = finish(&practice, &shown.id);
    assert_eq!(made, Finished::Pin(Handed::Box("Test Arts".to_owned())));
    assert!(browser.open("/account").path.starts_with("/login"), "what was open ends");
    let mails = since(&practice, &mut seen);
    let told = to(&mails, COLLEAGUE, "Er is een pincode gemaakt voor uw account");
    assert!(told.text.contains("de beheerder van"), "{}", told.text);
    again(&mut contact);
    let pin = contact.pin();
    let number = colleague.number.to_string();
    let chosen = choose(&mut practice.browser(), &number, &pin, "nachtdienst om half elf");
    assert_eq!(chosen.path, "/login?notice=password-chosen");
    // All roads share the one of the day.
    let id = called(&practice, &colleague, Purpose::Pin);
    let soon = practice.run(run::finish(&practice.app, &id, &operator()));
    assert!(matches!(soon, Err(Error::TooSoon)), "{soon:?}");
}

#[test]
fn a6_a_link_to_the_registered_address_confirms_it_once_and_gives_nothing_else() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, _, _) = works(&practice, &mut contact, COLLEAGUE);
    known(&practice, &contact.account.username);
    let mut seen = practice.mails();
    let id = opens(&practice, &colleague, Purpose::Pin).id;
    let sent = practice.run(run::send_link(&practice.app, &id, &operator())).expect("it goes");
    assert_eq!(sent.state, State::LinkSent);
    let mails = since(&practice, &mut seen);
    let told = to(&mails, OFFICE, "Klopt deze vraag over Test Collega?");
    assert_eq!(
        mails.iter().filter(|mail| mail.text.contains("/support/")).count(),
        1,
        "{mails:#?}"
    );
    let link = link(told);
    // A scanner that opens it changes nothing; whoever has it may use any browser.
    for _ in 0..3 {
        let page = practice.browser().open(&link);
        assert!(page.text().contains("een nieuwe pincode"), "{}", page.text());
        assert!(page.text().contains("Test Collega"), "{}", page.text());
    }
    let early = practice.run(run::finish(&practice.app, &id, &operator()));
    assert!(matches!(early, Err(Error::NotConfirmed)), "{early:?}");
    let mut browser = practice.browser();
    let form = browser.open(&link).form("#yes-form");
    let done = browser.submit(&form);
    assert_eq!(done.status, 200, "{}", done.text());
    assert!(done.text().contains("U heeft het bevestigd"), "{}", done.text());
    assert!(browser.cookie("session").is_none() && browser.cookie("attempt").is_none());
    assert!(browser.open("/account").path.starts_with("/login"), "it opens nothing");
    let twice = browser.submit(&form);
    assert_eq!((twice.status, twice.code()), (410, Some("support_link_invalid")));
    assert_eq!(practice.browser().open(&link).code(), Some("support_link_invalid"));
    let _ = finish(&practice, &id);
    // Who reads the mail of the practice has the number and the link; the PIN is in no mail, and
    // the second factor stands as it did.
    again(&mut contact);
    let pin = contact.pin();
    let mails = practice.mails();
    assert!(!mails.iter().any(|mail| mail.text.contains(&pin)), "{mails:#?}");
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).path, "/login/check");
}

#[test]
fn a6_who_did_not_ask_stops_it_and_everybody_is_warned() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, _, _) = works(&practice, &mut contact, COLLEAGUE);
    known(&practice, &contact.account.username);
    let id = opens(&practice, &colleague, Purpose::Unblock).id;
    let _ = practice.run(run::send_link(&practice.app, &id, &operator())).expect("it goes");
    let mut seen = practice.mails();
    let mail = to(&seen, OFFICE, "Klopt deze vraag over Test Collega?").clone();
    let mut browser = practice.browser();
    let page = browser.open(&link(&mail));
    assert!(page.text().contains("een blokkade van het account"), "{}", page.text());
    let stopped = browser.submit(&page.form("#no-form"));
    assert!(stopped.text().contains("Het is tegengehouden"), "{}", stopped.text());
    let mails = since(&practice, &mut seen);
    let main = contact.account.username.to_string();
    let _ = to(&mails, COLLEAGUE, "Hulp voor uw account is tegengehouden");
    for reader in [OFFICE, main.as_str()] {
        let _ = to(&mails, reader, "Hulp voor Test Collega is tegengehouden");
    }
    let over = practice.run(run::finish(&practice.app, &id, &operator()));
    assert!(matches!(over, Err(Error::Over)), "{over:?}");
    let over = practice.run(run::called(&practice.app, &id, &operator()));
    assert!(matches!(over, Err(Error::Over)), "{over:?}");
}

#[test]
fn a6_the_pin_of_a_contact_person_that_an_operator_has_made_goes_by_post() {
    let post = Post::new();
    let account = post.founds();
    let number = account.number.to_string();
    let old = post.printed().pin();
    assert_eq!(choose(&mut post.practice.browser(), &number, &old, CHOSEN).path, "/enrol");
    // The address of the founding is a week old; the number is recorded later, and is none.
    post.practice.wait(7 * DAY);
    let id = opens(&post.practice, &account, Purpose::Pin).id;
    let call = post.practice.run(run::called(&post.practice.app, &id, &operator()));
    assert!(matches!(call, Err(Error::NoTelephone)), "{call:?}");
    let _ = post.practice.run(run::send_link(&post.practice.app, &id, &operator())).expect("sent");
    let mails = post.practice.mails();
    let mut browser = post.practice.browser();
    let page = browser.open(&link(to(&mails, OFFICE, "Klopt deze vraag over Test Arts?")));
    let _ = browser.submit(&page.form("#yes-form"));
    assert_eq!(finish(&post.practice, &id), Finished::Pin(Handed::Letter));
    assert!(post.exports("Test Beheer").is_empty(), "who had it written does not export it");
    let pin = post.printed().pin();
    let mails = post.practice.mails();
    let _ = to(&mails, ARTS, "Er gaat een brief met een pincode naar uw organisatie");
    assert!(!mails.iter().any(|mail| mail.text.contains(&pin)), "{mails:#?}");
    assert_eq!(choose(&mut post.practice.browser(), &number, &old, CHOSEN).status, 401);
}

#[test]
fn b3_an_operator_unblocks_after_a_call_back_and_the_wrong_ones_stay_counted() {
    let practice = Practice::with("[lockout]\ntries = 5\nclose_after = 10\n");
    let mut contact = Contact::of(&practice);
    let (colleague, _, _) = works(&practice, &mut contact, COLLEAGUE);
    known(&practice, &contact.account.username);
    let wrong = |times: u32| {
        for _ in 0..times {
            let _ = practice.browser().log_in(COLLEAGUE, "verkeerd wachtwoord");
        }
    };
    wrong(5);
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).code(), Some("password_blocked"));
    let mut seen = practice.mails();
    let done = finish(&practice, &called(&practice, &colleague, Purpose::Unblock));
    let Finished::Unblocked(lifted) = done else { panic!("it was blocked") };
    assert_eq!(lifted.len(), 1, "{lifted:?}");
    let mails = since(&practice, &mut seen);
    let told = to(&mails, COLLEAGUE, "Een blokkade van uw account is opgeheven");
    assert!(told.text.contains("de beheerder van"), "{}", told.text);
    let _ = to(&mails, contact.account.username.as_str(), "Een blokkade van een collega");
    // Five more are ten in all: only a strong factor or a human reopens it (B4).
    wrong(5);
    practice.wait(DAY);
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).code(), Some("password_closed"));
}

#[test]
fn b3_an_operator_who_is_given_another_number_calls_the_old_one() {
    let practice = Practice::new();
    let contact = Contact::of(&practice);
    let name = contact.account.username.clone();
    // What is recorded for the first time counts after a week.
    registers(&practice, &name, OFFICE, NUMBER);
    let id = opens(&practice, &contact.account, Purpose::Unblock).id;
    for step in 0..2 {
        let (app, by) = (&practice.app, operator());
        let refused = match step {
            0 => practice.run(run::called(app, &id, &by)).map(drop),
            _ => practice.run(run::send_link(app, &id, &by)).map(drop),
        };
        let young = matches!(refused, Err(Error::YoungTelephone(_) | Error::YoungEmail(_)));
        assert!(young, "{refused:?}");
    }
    practice.wait(7 * DAY);
    // A caller has the operator record another one: the old one is shown, told and used for a week.
    let mut seen = practice.mails();
    registers(&practice, &name, "dief@voorbeeld.example", "020 555 01 01");
    let mails = since(&practice, &mut seen);
    let told = mails.iter().filter(|mail| mail.to == OFFICE && mail.text.contains("+31205550101"));
    assert_eq!(told.count(), 1, "{mails:#?}");
    let shown = opens(&practice, &contact.account, Purpose::Unblock);
    assert_eq!(shown.telephone.expect("a number").0.as_str(), NUMBER);
    let _ = practice.run(run::send_link(&practice.app, &shown.id, &operator())).expect("sent");
    let mails = since(&practice, &mut seen);
    let _ = to(&mails, OFFICE, "Klopt deze vraag");
    assert!(!mails.iter().any(|mail| mail.to.contains("dief")), "{mails:#?}");
    practice.wait(7 * DAY);
    practice.run(begin_due(&practice.app)).expect("a database");
    let shown = opens(&practice, &contact.account, Purpose::Unblock);
    assert_eq!(shown.telephone.expect("a number").0.as_str(), "+31205550101");
    assert!(practice.run(run::called(&practice.app, &shown.id, &operator())).is_ok());
}

#[test]
fn d4_what_a_contact_person_lost_is_taken_away_by_two_people_and_after_three_days() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let main = contact.account.username.to_string();
    practice.minutes(1);
    again(&mut contact);
    known(&practice, &contact.account.username);
    let lost = factors(&practice, &contact.account);
    let case = opens(&practice, &contact.account, Purpose::Factor).id;
    let early = removes(&practice, &case, &lost);
    assert!(matches!(early, Err(Error::NotConfirmed)), "{early:?}");
    let mut seen = practice.mails();
    let _ = practice.run(run::called(&practice.app, &case, &operator())).expect("it is right");
    let mails = since(&practice, &mut seen);
    for (reader, subject) in [
        (main.as_str(), "Hulp voor uw account is bevestigd"),
        (OFFICE, "Hulp voor een collega is bevestigd"),
    ] {
        let told = to(&mails, reader, subject);
        assert!(told.text.contains("nieuwe extra controle instellen"), "{}", told.text);
    }
    let caller = operator();
    let own = practice.run(remove(&practice.app, &case, &lost, Level::High, &caller));
    assert!(matches!(own, Err(Error::Own)), "{own:?}");
    practice.wait(3 * DAY - Duration::from_secs(1));
    let waits = removes(&practice, &case, &lost);
    assert!(matches!(waits, Err(Error::Waits(_))), "{waits:?}");
    assert_eq!(practice.browser().log_in(&main, PASSWORD).path, "/login/check");
    practice.wait(Duration::from_secs(1));
    let mut seen = practice.mails();
    let removed = removes(&practice, &case, &lost).expect("it is taken away");
    assert_eq!(removed.opens, Some(Level::Substantial), "no more than that, whatever was said");
    let mails = since(&practice, &mut seen);
    let _ = to(&mails, &main, "U stelt opnieuw in hoe u inlogt");
    let _ = to(&mails, OFFICE, "stelt opnieuw in hoe hij of zij inlogt");
    let twice = removes(&practice, &case, &lost);
    assert!(matches!(twice, Err(Error::Over)), "{twice:?}");
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(&main, PASSWORD).path, "/enrol");
    let mut key = SoftKey::new(7, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    let _ = browser.touch("/enrol/prove", &mut key);
    let account = browser.touch("/login/passkey", &mut key);
    assert_eq!(account.attribute("#level", "data-level"), "substantial", "{}", account.text());
}

/// Attack: the mail box of the practice, a leaked password and a voice on the phone.
#[test]
fn d4_mail_box_password_and_voice_do_not_add_up_while_the_owner_logs_in_or_says_no() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let main = contact.account.username.to_string();
    known(&practice, &contact.account.username);
    let lost = factors(&practice, &contact.account);
    for stopped in [false, true] {
        let case = opens(&practice, &contact.account, Purpose::Factor).id;
        let mut seen = practice.mails();
        let _ = practice.run(run::send_link(&practice.app, &case, &operator())).expect("it goes");
        let mails = since(&practice, &mut seen);
        let mut thief = practice.browser();
        let page = thief.open(&link(to(&mails, OFFICE, "Klopt deze vraag over Test Arts?")));
        let _ = thief.submit(&page.form("#yes-form"));
        let mails = since(&practice, &mut seen);
        let told = to(&mails, &main, "Hulp voor uw account is bevestigd");
        assert!(told.text.contains("dan gaat het niet door"), "{}", told.text);
        practice.wait(DAY);
        if stopped {
            practice.run(run::stop(&practice.app, &case, &another())).expect("it goes on");
            let mails = since(&practice, &mut seen);
            for (reader, subject) in [
                (main.as_str(), "Hulp voor uw account is tegengehouden"),
                (OFFICE, "Hulp voor Test Arts is tegengehouden"),
            ] {
                let _ = to(&mails, reader, subject);
            }
        } else {
            again(&mut contact);
        }
        practice.wait(2 * DAY);
        let refused = removes(&practice, &case, &lost);
        match stopped {
            false => assert!(matches!(refused, Err(Error::Used)), "{refused:?}"),
            true => assert!(matches!(refused, Err(Error::Over)), "{refused:?}"),
        }
        assert_eq!(practice.browser().log_in(&main, PASSWORD).path, "/login/check");
    }
}

/// Attack: a new PIN sets the password, and then the same voice has the key taken away.
#[test]
fn d4_a_password_by_pin_and_a_factor_by_case_do_not_add_up() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, _, _) = works(&practice, &mut contact, COLLEAGUE);
    known(&practice, &contact.account.username);
    let lost = factors(&practice, &colleague);
    let case = called(&practice, &colleague, Purpose::Factor);
    let _ = finish(&practice, &called(&practice, &colleague, Purpose::Pin));
    again(&mut contact);
    let pin = contact.pin();
    let number = colleague.number.to_string();
    let chosen = choose(&mut practice.browser(), &number, &pin, "nachtdienst om half elf");
    assert_eq!(chosen.path, "/login?notice=password-chosen");
    practice.wait(3 * DAY);
    let removed = removes(&practice, &case, &lost).expect("it is taken away");
    assert_eq!(removed.opens, Some(Level::Low), "two proofs of one road are one");
}

#[test]
fn d4_a_case_takes_away_what_it_is_for_at_once_where_something_else_is_left() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let (colleague, mut browser, mut key) = works(&practice, &mut contact, COLLEAGUE);
    known(&practice, &contact.account.username);
    let other = called(&practice, &colleague, Purpose::Pin);
    let first = factors(&practice, &colleague);
    let wrong = removes(&practice, &other, &first);
    assert!(matches!(wrong, Err(Error::OtherPurpose)), "{wrong:?}");
    let case = called(&practice, &colleague, Purpose::Factor);
    let wrong = practice.run(run::finish(&practice.app, &case, &another()));
    assert!(matches!(wrong, Err(Error::OtherPurpose)), "{wrong:?}");
    let strange = removes(&practice, &case, &factors(&practice, &contact.account));
    assert!(matches!(strange, Err(Error::NoFactor)), "{strange:?}");
    let _ = browser.touch("/login/passkey", &mut key);
    let mut second = SoftKey::new(8, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut second);
    assert_eq!(browser.touch("/login/passkey", &mut second).path, "/account");
    let removed = removes(&practice, &case, &first).expect("it is taken away");
    assert_eq!(removed.opens, None);
    assert_eq!(practice.browser().log_in(COLLEAGUE, CHOSEN).path, "/login/check");
}

#[test]
fn d4_two_names_of_one_user_of_the_machine_are_one_operator() {
    let practice = Practice::new();
    let contact = Contact::of(&practice);
    known(&practice, &contact.account.username);
    let lost = factors(&practice, &contact.account);
    let user = |id| Some(User { id, name: Some("beheer".to_owned()) });
    let one = operator().running_as(user(1000));
    let case = opens(&practice, &contact.account, Purpose::Factor).id;
    let _ = practice.run(run::called(&practice.app, &case, &one)).expect("it is right");
    practice.wait(3 * DAY);
    for (id, right) in [(1000, false), (1001, true)] {
        let by = another().running_as(user(id));
        let done = practice.run(remove(&practice.app, &case, &lost, Level::Low, &by));
        assert_eq!(done.is_ok(), right, "{done:?}");
        assert!(right || matches!(done, Err(Error::Own)), "{done:?}");
    }
}

#[test]
fn b3_where_no_agb_code_is_recorded_no_case_is_opened_until_it_is() {
    let practice = Practice::new();
    let account = practice.unknown_contact_person("test.proef@praktijk.example");
    let agb = agb();
    let open = |purpose| {
        let found = (&agb, &account.number);
        practice.run(run::open(&practice.app, found, purpose, &operator()))
    };
    let before = practice.mails().len();
    for purpose in [Purpose::Pin, Purpose::Unblock, Purpose::Factor] {
        let refused = open(purpose);
        assert!(matches!(refused, Err(Error::NoAgb)), "{refused:?}");
    }
    assert_eq!(practice.mails().len(), before, "nobody is told of what did not happen");
    let mut seen = practice.mails();
    let checked = checked(&practice);
    let set = set_numbers(&practice.app, &account.username, Some(&agb), &checked);
    let _ = practice.run(set).expect("a practice");
    let mails = since(&practice, &mut seen);
    for number in ["De AGB-code van uw organisatie is vanaf nu: 01012345", "KvK-nummer"] {
        let own = |mail: &&Mail| mail.to == account.username.as_str();
        assert!(mails.iter().filter(own).any(|mail| mail.text.contains(number)), "{mails:#?}");
    }
    assert!(open(Purpose::Unblock).is_ok());
}
