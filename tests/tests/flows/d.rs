//! D: the second factor is lost; and what people are told of every change.

use tests::soft_key::SoftKey;

use crate::practice::{PASSWORD, Practice};

const NAME: &str = "test.arts@praktijk.example";

#[test]
fn d5_a_factor_that_is_added_is_told_by_e_mail() {
    let practice = Practice::new();
    practice.contact_person(NAME);
    let mut browser = practice.browser();
    assert_eq!(browser.log_in(NAME, PASSWORD).path, "/enrol");
    let mut key = SoftKey::new(1, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    let mails = practice.mails();
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(mail.to, NAME);
    assert_eq!(mail.subject, "Er is een manier om in te loggen toegevoegd");
    for words in ["passkey \u{2018}Sleutel\u{2019}", "uitgelogd", "Wanneer: ", "Was u dit niet?"] {
        assert!(mail.text.contains(words), "{words}: {}", mail.text);
    }
}
