//! C10 and C12: which way in is asked for, and what to do where none works.

use tests::phone::Phone;
use tests::soft_key::SoftKey;

use crate::c::{NAME, enrol_app, type_code};
use crate::practice::{Mail, PASSWORD, Practice};
use tests::forms::Browser;

/// Somebody with an app and a key that has proven itself, logged in with the key.
fn with_app_and_key(practice: &Practice) -> (Browser, Phone, SoftKey) {
    practice.contact_person(NAME);
    let phone = enrol_app(practice, NAME);
    let mut browser = practice.browser();
    let check = browser.log_in(NAME, PASSWORD);
    let _ = type_code(&mut browser, &check, &phone.code(practice.now()));
    let mut key = SoftKey::new(1, &practice.origin());
    let _ = browser.touch("/enrol/security-key", &mut key);
    practice.minutes(1);
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/login/check/app", "the key was never used");
    assert_eq!(browser.touch("/login/check", &mut key).path, "/account");
    (browser, phone, key)
}

/// Ticks the box that lets codes stand beside what is strong.
pub(crate) fn allow_codes(browser: &mut Browser) {
    let form = browser.open("/settings").form("#settings-form").with("beside", "yes");
    assert_eq!(browser.submit(&form).path, "/settings?notice=settings-saved");
    assert!(browser.open("/settings").has("#beside[checked]"));
}

fn told_of_weaker(practice: &Practice) -> Vec<Mail> {
    let weaker = |mail: &Mail| mail.subject.contains("minder sterke manier");
    practice.mails().into_iter().filter(weaker).collect()
}

#[test]
fn c10_a_log_in_asks_for_what_was_used_last_and_has_the_others_behind_one_word() {
    let practice = Practice::new();
    let (mut browser, phone, mut key) = with_app_and_key(&practice);
    let check = browser.log_in(NAME, PASSWORD);
    assert_eq!(check.path, "/login/check", "the key was used last");
    assert_eq!(check.of("#others summary").as_deref(), Some("Andere manier"));
    assert!(check.has("#others #to-app") && check.has("#others #to-recovery"));
    assert!(!check.has("#to-card"), "there is no card");
    assert_eq!(browser.open("/login/check/card").path, "/login/check");
    practice.minutes(1);
    let code = browser.open(check.attribute("#to-app", "href"));
    assert_eq!(type_code(&mut browser, &code, &phone.code(practice.now())).path, "/account");
    practice.minutes(1);
    let check = browser.log_in(NAME, PASSWORD);
    assert_eq!(check.path, "/login/check/app", "the app was");
    let other = browser.touch(check.attribute("#others #to-key", "href"), &mut key);
    assert_eq!(other.path, "/account");
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/login/check");
}

#[test]
fn c10_a_weaker_way_than_usual_is_told_by_e_mail_each_time() {
    let practice = Practice::new();
    let (mut browser, phone, mut key) = with_app_and_key(&practice);
    assert!(told_of_weaker(&practice).is_empty(), "the first use of a key is no weaker way");
    practice.minutes(1);
    let mut thief = practice.browser();
    let _ = thief.log_in(NAME, PASSWORD);
    let code = thief.open("/login/check/app");
    assert_eq!(type_code(&mut thief, &code, &phone.code(practice.now())).path, "/account");
    let told = told_of_weaker(&practice);
    let [mail] = &told[..] else { panic!("{told:?}") };
    assert_eq!(mail.to, NAME);
    assert!(mail.text.contains("authenticator-app") && mail.text.contains("Was u dit niet?"));
    practice.minutes(1);
    let _ = browser.log_in(NAME, PASSWORD);
    assert_eq!(browser.touch("/login/check", &mut key).path, "/account");
    assert_eq!(told_of_weaker(&practice).len(), 1, "a stronger way is not told");
    for times in 2..4 {
        practice.minutes(1);
        let code = thief.log_in(NAME, PASSWORD);
        let code =
            thief.open(if times == 2 { code.attribute("#to-app", "href") } else { &code.path });
        assert_eq!(type_code(&mut thief, &code, &phone.code(practice.now())).path, "/account");
        assert_eq!(
            told_of_weaker(&practice).len(),
            times,
            "that it was used makes it no usual way"
        );
    }
}

#[test]
fn c10_contact_persons_are_told_when_their_organisation_lets_in_more() {
    let practice = Practice::new();
    let (mut browser, _, _) = with_app_and_key(&practice);
    let told = || {
        let mails = practice.mails().into_iter();
        let looser =
            mails.filter(|mail| mail.subject == "Uw organisatie laat meer toe bij het inloggen");
        looser.map(|mail| (mail.to, mail.text)).collect::<Vec<_>>()
    };
    allow_codes(&mut browser);
    let [(to, text)] = &told()[..] else { panic!("{:?}", told()) };
    assert_eq!(to, NAME);
    assert!(text.contains("code per sms of telefoon"), "{text}");
    let form = browser.open("/settings").form("#settings-form").without("beside").without("backup");
    assert_eq!(browser.submit(&form).path, "/settings?notice=settings-saved");
    assert_eq!(told().len(), 1, "what lets in less is not told");
}

#[test]
fn c10_what_was_used_is_usual_for_as_long_as_is_set() {
    for (usual, told) in [("30 days", 1), ("60 days", 2)] {
        let practice = Practice::with(&format!("[times]\nusual = \"{usual}\"\n"));
        let (mut browser, phone, _) = with_app_and_key(&practice);
        let mut by_app = |days: u64| {
            practice.minutes(days * 24 * 60);
            let _ = browser.log_in(NAME, PASSWORD);
            let code = browser.open("/login/check/app");
            let account = type_code(&mut browser, &code, &phone.code(practice.now()));
            assert_eq!(account.path, "/account");
            told_of_weaker(&practice).len()
        };
        assert_eq!(by_app(2), 1, "the key was used two days ago");
        assert_eq!(by_app(29), told, "the key 31 days ago, the app 29: {usual}");
    }
}

#[test]
fn c12_each_page_of_help_names_the_next_step_and_tells_nothing_of_accounts() {
    let practice = Practice::with("telephone = \"085 000 00 00\"\n");
    practice.contact_person(NAME);
    let mut browser = practice.browser();
    let login = browser.open("/login");
    assert!(!login.has("#remember[checked]"), "off by default");
    let remember = browser.open(login.attribute("#to-remember-help", "href"));
    assert!(remember.has("#shared") && remember.has("#stop"), "{}", remember.text());
    let help = browser.open(login.attribute("#to-help", "href"));
    for situation in ["password", "blocked", "pin", "key", "card", "account"] {
        let next = help.of(&format!("#{situation} p"));
        assert!(next.is_some_and(|next| next.len() > 40), "{situation}");
    }
    let recovery = browser.open(help.attribute("#to-recovery-help", "href"));
    assert!(recovery.has("#refused") && recovery.has("#lost") && recovery.has("#seen"));
    for page in [&help, &recovery] {
        let told = page.of("#contact p").expect("who lost everything");
        assert!(told.contains("Bel de beheerder van dit systeem: 085 000 00 00"), "{told}");
    }
    // The same for somebody whose password was right, and for a name that nobody has.
    let wrong = browser.log_in("niemand@praktijk.example", PASSWORD);
    assert_eq!(wrong.status, 401);
    assert_eq!(browser.open("/help").text(), help.text());
    let _ = browser.log_in(NAME, PASSWORD);
    assert_eq!(browser.open("/help/recovery").text(), recovery.text());
    let silent = Practice::new().browser().open("/help");
    let told = silent.of("#contact p").expect("who lost everything");
    assert!(told.contains("Bel de beheerder van dit systeem."), "{told}");
}

#[test]
fn c12_a_remembered_name_stands_in_the_form_of_this_browser_until_it_is_told_to_forget() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut browser = practice.browser();
    let form = browser.open("/login").form("#login-form");
    let form = form.with("username", NAME).with("password", PASSWORD).with("remember", "yes");
    assert_eq!(browser.submit(&form).path, "/enrol");
    let out = browser.open("/enrol").form("#logout");
    let _ = browser.submit(&out);
    assert_eq!(browser.open("/login").attribute("#username", "value"), NAME);
    assert_eq!(practice.browser().open("/login").attribute("#username", "value"), "");
}
