//! A back-up of the database that is put back: what was used since is unused in it (threats, chain 14).

use sleutelbos_server::accounts::anchors::{begin_due, look, set_registered};
use sleutelbos_server::audit::Voided;
use sleutelbos_server::organisations::{PostalAddress, Registered};
use sleutelbos_server::restored::after_restore;

use crate::a::Contact;
use crate::d;
use crate::people::{DAY, checked};
use crate::practice::Practice;

#[test]
fn d1_a_code_that_was_used_since_the_back_up_is_void_once_the_operator_says_so() {
    let practice = Practice::new();
    let (mut keyed, _) = d::keyholder(&practice);
    let code = d::code_of(&d::made(&mut keyed));
    let back_up = practice.copied();
    assert!(d::with_code(&mut practice.browser(), &code).has("#used"), "it is used after the copy");
    assert_eq!(d::with_code(&mut practice.browser(), &code).status, 401);
    // Put back as it is, and put back as the operator does.
    let restored = back_up.copied();
    assert!(
        d::with_code(&mut back_up.browser(), &code).has("#used"),
        "the copy knows nothing of it"
    );
    let voided = restored.run(after_restore(&restored.app)).expect("a database");
    assert_eq!(voided.recovery_codes, 1);
    assert!(voided.sessions > 0, "{voided:?}");
    assert_eq!(d::with_code(&mut restored.browser(), &code).status, 401);
    let again = restored.run(after_restore(&restored.app)).expect("a database");
    assert_eq!(again, Voided { under_way: again.under_way, ..Voided::default() });
}

/// A change that a contact person stopped is back in the copy, with the day on which it would hold.
#[test]
fn a9_a_change_that_was_stopped_since_the_back_up_never_holds() {
    let practice = Practice::new();
    let mut contact = Contact::of(&practice);
    let name = contact.account.username.clone();
    for street in ["Dorpsstraat 1", "Kerkstraat 2"] {
        let address = PostalAddress::parse(&format!("{street}, 1234 AB Voorbeelddorp")).ok();
        let (wish, checked) = (Registered { email: None, address }, checked(&practice));
        let set = set_registered(&practice.app, &name, &wish, &checked);
        let _ = practice.run(set).expect("a practice");
    }
    let back_up = practice.copied();
    let page = contact.browser.open("/settings");
    let stopped = contact.browser.submit(&page.form("#stop-address"));
    assert_eq!(stopped.path, "/settings?notice=stopped", "{}", stopped.text());
    let restored = back_up.copied();
    let voided = restored.run(after_restore(&restored.app)).expect("a database");
    assert_eq!((voided.changes, voided.links), (1, 0), "{voided:?}");
    for (copy, holds) in [(back_up, "Kerkstraat 2"), (restored, "Dorpsstraat 1")] {
        copy.wait(7 * DAY);
        copy.run(begin_due(&copy.app)).expect("a database");
        let now = copy.run(look(&copy.app, &name)).expect("a practice");
        let address = now.registered.address.expect("an address").to_string();
        assert!(address.contains(holds) && now.planned.is_empty(), "{address}");
    }
}
