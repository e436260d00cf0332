//! C9: an UZI card, linked with user number and PIN while the account has no factor. The card itself is in the
//! journeys, where a simulated one signs.

use serde_json::json;
use tests::soft_key::SoftKey;

use crate::a::{Contact, choose};
use crate::people::{CHOSEN, COLLEAGUE};
use crate::practice::Practice;
use tests::forms::{Browser, Page};

fn typed(browser: &mut Browser, number: &str, pin: &str) -> Page {
    let form = browser.open("/activate/card").form("#card-pin-form");
    browser.submit(&form.with("number", number).with("pin", pin))
}

#[test]
fn c9_user_number_and_pin_lead_to_the_card_only_while_there_is_no_factor() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let number = contact.adds(&practice, COLLEAGUE).number.to_string();
    let pin = contact.pin();
    let mut browser = practice.browser();
    let link = browser.open("/activate").attribute("#to-card-pin", "href").to_owned();
    assert_eq!(link, "/activate/card");
    let half = typed(&mut browser, &number, "");
    assert_eq!((half.status, half.has("#pin-error")), (422, true), "{}", half.text());
    assert_eq!(half.attribute("#number", "value"), number, "what was typed stays");
    let wrong = typed(&mut browser, &number, "AaDdEeFf");
    assert_eq!(wrong.status, 401, "{}", wrong.text());
    assert!(wrong.text().contains("Er is geen pas gekoppeld"), "{}", wrong.text());
    let read = typed(&mut browser, &number, &pin);
    assert_eq!(read.path, "/activate/card/read");
    assert!(read.has("#card"), "{}", read.text());
    let asked = browser.script(&read, "/activate/card/challenge", &json!({ "kind": "link" }));
    assert_eq!(asked.text("nonce").len(), 44, "{}", asked.body);
    let nothing = json!({ "auth_token": { "format": "web-eid:1.0" } });
    let refused = browser.script(&read, "/activate/card/read", &nothing);
    assert!(refused.status >= 400, "{}", refused.body);
    assert_eq!(browser.open("/account").path, "/login", "nothing is linked by it");
    assert_eq!(practice.browser().open("/activate/card/read").path, "/activate/card");

    // The PIN is not spent by that, and it serves each purpose.
    assert_eq!(typed(&mut practice.browser(), &number, &pin).path, "/activate/card/read");
    assert_eq!(choose(&mut browser, &number, &pin, CHOSEN).path, "/enrol");
    let wizard = browser.open("/enrol/choose");
    assert_eq!(wizard.attribute("#choose-card", "href"), "/activate/card");
    let mut key = SoftKey::new(2, &practice.origin());
    let _ = browser.touch("/enrol/passkey", &mut key);
    assert_eq!(browser.touch("/login/passkey", &mut key).path, "/account");
    let more = typed(&mut practice.browser(), &number, &pin);
    assert_eq!(more.code(), Some("pin_adds_nothing"), "{}", more.text());
}
