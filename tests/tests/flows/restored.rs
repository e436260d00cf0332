//! A back-up of the database that is put back: what was used since is unused in it (threats, chain 14).

use sleutelbos_server::audit::Voided;
use sleutelbos_server::restored::after_restore;

use crate::d;
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
