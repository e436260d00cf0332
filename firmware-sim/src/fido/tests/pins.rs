//! clientPIN: setting, changing, tokens, tries.

use std::time::Duration;

use proptest::prelude::*;
use wire::ctap2::{
    self, Status,
    auth_data::Flags,
    client_pin::{Request, Subcommand, permission},
    cose, get_assertion, make_credential,
};

use super::{
    host::{Host, RP_ID, TODAY, assertion, creation, read, resident},
    pin_host::authenticate,
};
use crate::fido::{Key, profiles::Profile};

const MAKE: u64 = permission::MAKE_CREDENTIAL;
const GET: u64 = permission::GET_ASSERTION;
const PIN: &str = "123456";

pub(super) fn proven(
    request: make_credential::Request,
    protocol: u64,
    token: &[u8],
) -> make_credential::Request {
    make_credential::Request {
        pin_uv_auth_param: Some(authenticate(protocol, token, &request.client_data_hash)),
        pin_uv_auth_protocol: Some(protocol),
        ..request
    }
}

fn asserted(
    request: get_assertion::Request,
    protocol: u64,
    token: &[u8],
) -> get_assertion::Request {
    get_assertion::Request {
        pin_uv_auth_param: Some(authenticate(protocol, token, &request.client_data_hash)),
        pin_uv_auth_protocol: Some(protocol),
        ..request
    }
}

#[test]
fn a_pin_is_set_once_and_changed_by_who_knows_it() {
    for protocol in [1, 2] {
        let mut host = Host::plug("fido2");
        assert_eq!(host.legacy_token(protocol, PIN), Err(Status::PIN_NOT_SET));
        assert_eq!(host.change_pin(protocol, PIN, "4711"), Err(Status::PIN_NOT_SET));
        assert_eq!(host.set_pin(protocol, PIN), Ok(()));
        assert_eq!(host.set_pin(protocol, "4711"), Err(Status::PIN_AUTH_INVALID));
        assert_eq!(host.info().option("clientPin"), Some(true));
        assert_eq!(host.change_pin(protocol, "0000", "4711"), Err(Status::PIN_INVALID));
        assert_eq!(host.retries(), (7, false));
        assert_eq!(host.change_pin(protocol, PIN, "4711"), Ok(()));
        assert_eq!(host.retries(), (8, false));
        assert_eq!(host.legacy_token(protocol, PIN), Err(Status::PIN_INVALID));
        assert!(host.legacy_token(protocol, "4711").is_ok());
    }
}

#[test]
fn pins_outside_the_policy_are_refused() {
    let mut host = Host::plug("fido2");
    for pin in ["", "123", "äöü", &"9".repeat(64)] {
        assert_eq!(host.set_pin(2, pin), Err(Status::PIN_POLICY_VIOLATION), "{pin}");
    }
    assert_eq!(host.info().option("clientPin"), Some(false));
    assert_eq!(host.set_pin(2, &"9".repeat(63)), Ok(()));
}

#[test]
fn a_token_verifies_the_person() {
    for protocol in [1, 2] {
        let mut host = Host::plug("fido2-pin");
        let token = host.token(protocol, PIN, MAKE | GET, RP_ID).unwrap();
        let made = host.make(&proven(resident("a"), protocol, &token)).unwrap();
        assert_eq!(read(&made.auth_data).flags.0, Flags::UP | Flags::UV | Flags::AT);
        let token = host.legacy_token(protocol, PIN).unwrap();
        let got = host.get(&asserted(assertion(&[]), protocol, &token)).unwrap();
        assert_eq!(read(&got.auth_data).flags.0, Flags::UP | Flags::UV);
    }
}

#[test]
fn names_are_shown_to_verified_people_who_must_choose() {
    let mut host = Host::plug("fido2-pin");
    for user in ["a", "b", "c"] {
        let token = host.token(2, PIN, MAKE, RP_ID).unwrap();
        host.make(&proven(resident(user), 2, &token)).unwrap();
    }
    let token = host.token(2, PIN, GET, RP_ID).unwrap();
    let first = host.get(&asserted(assertion(&[]), 2, &token)).unwrap();
    let names = [first, host.get_next().unwrap(), host.get_next().unwrap()]
        .map(|answer| answer.user.unwrap().name.unwrap());
    assert_eq!(names, ["c@example.org", "b@example.org", "a@example.org"]);
}

#[test]
fn a_touch_spends_the_token() {
    let mut host = Host::plug("fido2-pin");
    let token = host.token(2, PIN, MAKE | GET, RP_ID).unwrap();
    let request = proven(creation("a"), 2, &token);
    assert!(host.make(&request).is_ok());
    assert_eq!(host.make(&request), Err(Status::PIN_AUTH_INVALID));
}

#[test]
fn a_token_is_good_for_its_party_and_purpose_only() {
    let mut host = Host::plug("fido2-pin");
    let token = host.token(2, PIN, GET, RP_ID).unwrap();
    assert_eq!(host.make(&proven(creation("a"), 2, &token)), Err(Status::PIN_AUTH_INVALID));
    let token = host.token(2, PIN, MAKE, "example.com").unwrap();
    assert_eq!(host.make(&proven(creation("a"), 2, &token)), Err(Status::PIN_AUTH_INVALID));
    let token = host.token(2, PIN, MAKE, RP_ID).unwrap();
    let forged = proven(creation("a"), 2, &[&token[1..], &[0]].concat());
    assert_eq!(host.make(&forged), Err(Status::PIN_AUTH_INVALID));
    let other_protocol = proven(creation("a"), 1, &token);
    assert_eq!(host.make(&other_protocol), Err(Status::PIN_AUTH_INVALID));
    assert!(host.make(&proven(creation("a"), 2, &token)).is_ok());
}

#[test]
fn a_legacy_token_is_bound_to_the_party_of_its_first_use() {
    let mut host = Host::plug("fido2-pin");
    let made = host.make_with(PIN, creation("a")).unwrap();
    let id = read(&made.auth_data).attested.unwrap().credential_id;
    let token = host.legacy_token(1, PIN).unwrap();
    let options = ctap2::entity::Options { up: Some(false), ..Default::default() };
    let silent = get_assertion::Request { options, ..assertion(&[&id]) };
    assert!(host.get(&asserted(silent.clone(), 1, &token)).is_ok());
    assert!(host.get(&asserted(silent.clone(), 1, &token)).is_ok(), "no touch, not spent");
    let elsewhere = get_assertion::Request { rp_id: "example.com".to_owned(), ..silent };
    assert_eq!(host.get(&asserted(elsewhere, 1, &token)), Err(Status::PIN_AUTH_INVALID));
}

#[test]
fn tokens_die_of_age_and_of_power_cuts() {
    let mut host = Host::plug("fido2-pin");
    let token = host.token(2, PIN, MAKE, RP_ID).unwrap();
    host.now += Duration::from_secs(30);
    assert_eq!(host.make(&proven(creation("a"), 2, &token)), Err(Status::PIN_AUTH_INVALID));
    let token = host.token(2, PIN, MAKE, RP_ID).unwrap();
    host.replug();
    assert_eq!(host.make(&proven(creation("a"), 2, &token)), Err(Status::PIN_AUTH_INVALID));
    let older = host.token(2, PIN, MAKE, RP_ID).unwrap();
    host.token(2, PIN, MAKE, RP_ID).unwrap();
    assert_eq!(host.make(&proven(creation("a"), 2, &older)), Err(Status::PIN_AUTH_INVALID));
    let token = host.token(2, PIN, MAKE, RP_ID).unwrap();
    host.change_pin(2, PIN, "4711").unwrap();
    assert_eq!(host.make(&proven(creation("a"), 2, &token)), Err(Status::PIN_AUTH_INVALID));
}

#[test]
fn a_used_token_lives_ten_minutes() {
    let mut host = Host::plug("fido2-pin");
    let made = host.make_with(PIN, creation("a")).unwrap();
    let id = read(&made.auth_data).attested.unwrap().credential_id;
    let token = host.token(2, PIN, GET, RP_ID).unwrap();
    let options = ctap2::entity::Options { up: Some(false), ..Default::default() };
    let request = get_assertion::Request { options, ..assertion(&[&id]) };
    let request = asserted(request, 2, &token);
    assert!(host.get(&request).is_ok());
    host.now += Duration::from_secs(599);
    assert!(host.get(&request).is_ok());
    host.now += Duration::from_secs(1);
    assert_eq!(host.get(&request), Err(Status::PIN_AUTH_INVALID));
}

#[test]
fn where_a_pin_is_set_every_credential_needs_it() {
    let mut host = Host::plug("fido2-pin");
    assert_eq!(host.make(&resident("a")), Err(Status::PUAT_REQUIRED));
    assert_eq!(host.make(&creation("a")), Err(Status::PUAT_REQUIRED));
    assert_eq!(host.info().option("makeCredUvNotRqd"), Some(false));
}

#[test]
fn a_profile_may_need_the_pin_for_accounts_on_the_key_alone() {
    let profile = "fido2-pin".parse::<Profile>().unwrap().making_without_pin();
    let mut host = Host::with(Key::new(profile, 1u64, TODAY).unwrap());
    assert_eq!(host.make(&resident("a")), Err(Status::PUAT_REQUIRED));
    assert!(host.make(&creation("a")).is_ok());
    assert_eq!(host.info().option("makeCredUvNotRqd"), Some(true));
}

#[test]
fn an_empty_proof_asks_for_a_touch_and_tells_whether_there_is_a_pin() {
    let empty =
        || make_credential::Request { pin_uv_auth_param: Some(Vec::new()), ..creation("a") };
    assert_eq!(Host::plug("fido2").make(&empty()), Err(Status::PIN_NOT_SET));
    assert_eq!(Host::plug("fido2-pin").make(&empty()), Err(Status::PIN_INVALID));
}

#[test]
fn requests_for_tokens_that_cannot_be_are_refused() {
    let mut host = Host::plug("fido2-pin");
    let with = Subcommand::GetPinUvAuthTokenUsingPinWithPermissions;
    let ask = |permissions: Option<u64>, rp_id: Option<&str>| Request {
        permissions,
        rp_id: rp_id.map(str::to_owned),
        ..Request::new(2, with)
    };
    let mut refused = |request: Request| host.token_by(PIN, request).unwrap_err();
    assert_eq!(refused(ask(None, Some(RP_ID))), Status::MISSING_PARAMETER);
    assert_eq!(refused(ask(Some(0), Some(RP_ID))), Status::INVALID_PARAMETER);
    assert_eq!(refused(ask(Some(MAKE), None)), Status::MISSING_PARAMETER);
    for other in [0x04, 0x08, 0x10, 0x20, 0x40, 0x41] {
        assert_eq!(refused(ask(Some(other), Some(RP_ID))), Status::UNAUTHORIZED_PERMISSION);
    }
    assert_eq!(refused(ask(Some(0x80), Some(RP_ID))), Status::INVALID_PARAMETER);
    let legacy = Request { subcommand: Subcommand::GetPinToken as u64, ..ask(Some(MAKE), None) };
    assert_eq!(refused(legacy), Status::INVALID_PARAMETER);
    assert_eq!(refused(Request { subcommand: 7, ..ask(None, None) }), Status::INVALID_SUBCOMMAND);
    assert_eq!(refused(Request { subcommand: 99, ..ask(None, None) }), Status::INVALID_SUBCOMMAND);
    assert_eq!(host.retries(), (8, false), "nothing of this counted as a try");
}

#[test]
fn protocols_that_do_not_exist_are_refused() {
    let mut host = Host::plug("fido2-pin");
    let request = Request::new(3, Subcommand::GetKeyAgreement);
    assert_eq!(host.pin(&request), Err(Status::INVALID_PARAMETER));
    let request = Request { protocol: None, ..request };
    assert_eq!(host.pin(&request), Err(Status::MISSING_PARAMETER));
    let mut request = proven(creation("a"), 2, &[0; 32]);
    request.pin_uv_auth_protocol = None;
    assert_eq!(host.make(&request), Err(Status::MISSING_PARAMETER));
    request.pin_uv_auth_protocol = Some(3);
    assert_eq!(host.make(&request), Err(Status::INVALID_PARAMETER));
}

#[test]
fn a_wrong_pin_renews_the_key_agreement() {
    let mut host = Host::plug("fido2-pin");
    let public = |host: &mut Host| {
        host.pin(&Request::new(1, Subcommand::GetKeyAgreement)).unwrap().key_agreement
    };
    let before = public(&mut host);
    host.legacy_token(1, PIN).unwrap();
    assert_eq!(public(&mut host), before);
    host.legacy_token(1, "0000").unwrap_err();
    assert_ne!(public(&mut host), before);
}

/// One thing that can happen to a PIN.
#[derive(Debug, Clone, Copy)]
enum Event {
    Right,
    Wrong,
    PowerCut,
}

/// What the key must answer, told from the whole history instead of from counters.
fn expected(history: &[Event]) -> Result<(), Status> {
    let mut wrong_since_right = 0;
    let mut wrong_since_power = 0;
    let mut last = Ok(());
    for event in history {
        last = match event {
            Event::PowerCut => {
                wrong_since_power = 0;
                continue;
            }
            _ if wrong_since_right == 8 => Err(Status::PIN_BLOCKED),
            _ if wrong_since_power == 3 => Err(Status::PIN_AUTH_BLOCKED),
            Event::Right => {
                (wrong_since_right, wrong_since_power) = (0, 0);
                Ok(())
            }
            Event::Wrong => {
                wrong_since_right += 1;
                wrong_since_power += 1;
                match (wrong_since_right, wrong_since_power) {
                    (8, _) => Err(Status::PIN_BLOCKED),
                    (_, 3) => Err(Status::PIN_AUTH_BLOCKED),
                    _ => Err(Status::PIN_INVALID),
                }
            }
        };
    }
    last
}

#[test]
fn eight_wrong_pins_block_the_key_until_a_reset() {
    let mut host = Host::plug("fido2-pin");
    let mut answers = Vec::new();
    for attempt in 1..=9 {
        answers.push(host.legacy_token(2, "0000").unwrap_err().0);
        if attempt % 3 == 0 {
            assert_eq!(host.retries().1, attempt < 8);
            host.replug();
        }
    }
    assert_eq!(answers, [0x31, 0x31, 0x34, 0x31, 0x31, 0x34, 0x31, 0x32, 0x32]);
    assert_eq!(host.retries(), (0, false));
    assert_eq!(host.legacy_token(2, PIN), Err(Status::PIN_BLOCKED));
    host.replug();
    assert_eq!(host.ctap2(ctap2::Command::Reset, None), Ok(None));
    assert_eq!(host.set_pin(2, "4711"), Ok(()));
    assert!(host.legacy_token(2, "4711").is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn tries_are_counted_as_the_model_counts_them(
        history in prop::collection::vec(
            prop_oneof![
                1 => Just(Event::Right), 4 => Just(Event::Wrong), 2 => Just(Event::PowerCut),
            ],
            1..24,
        ),
        protocol in 1u64..=2,
    ) {
        let mut host = Host::plug("fido2-pin");
        for (index, event) in history.iter().enumerate() {
            let answer = match event {
                Event::Right => host.legacy_token(protocol, PIN),
                Event::Wrong => host.legacy_token(protocol, "654321"),
                Event::PowerCut => {
                    host.replug();
                    continue;
                }
            };
            prop_assert_eq!(answer.map(|_| ()), expected(&history[..=index]));
        }
    }
}

/// A request with everything that any subcommand asks for, but a point that lies on no curve.
fn off_the_curve(subcommand: Subcommand) -> Request {
    let (x, y) = ([1; 32], [1; 32]);
    Request {
        key_agreement: Some(cose::Key::P256 { algorithm: cose::ECDH_ES_HKDF_256, x, y }),
        pin_uv_auth_param: Some(vec![0; 32]),
        new_pin_enc: Some(vec![0; 80]),
        pin_hash_enc: Some(vec![0; 32]),
        ..Request::new(2, subcommand)
    }
}

#[test]
fn what_the_key_refuses_in_any_case_comes_before_what_is_wrong_with_the_request() {
    use Subcommand::{ChangePin, GetPinToken, SetPin};
    let mut host = Host::plug("fido2");
    for subcommand in [ChangePin, GetPinToken] {
        assert_eq!(host.pin(&off_the_curve(subcommand)), Err(Status::PIN_NOT_SET));
    }
    assert_eq!(host.pin(&off_the_curve(SetPin)), Err(Status::INVALID_PARAMETER));
    host.set_pin(2, PIN).unwrap();
    assert_eq!(host.pin(&off_the_curve(SetPin)), Err(Status::PIN_AUTH_INVALID));
    for subcommand in [ChangePin, GetPinToken] {
        assert_eq!(host.pin(&off_the_curve(subcommand)), Err(Status::INVALID_PARAMETER));
    }
    for _ in 0..3 {
        assert!(host.legacy_token(2, "0000").is_err());
    }
    for subcommand in [ChangePin, GetPinToken] {
        assert_eq!(host.pin(&off_the_curve(subcommand)), Err(Status::PIN_AUTH_BLOCKED));
    }
}

#[test]
fn a_missing_member_is_told_before_a_wrong_one() {
    use Subcommand::{ChangePin, GetPinToken, SetPin};
    let mut host = Host::plug("fido2-pin");
    for subcommand in [SetPin, ChangePin, GetPinToken] {
        let whole = Request { protocol: Some(3), ..off_the_curve(subcommand) };
        let mut cut = vec![
            Request { protocol: None, ..whole.clone() },
            Request { key_agreement: None, ..whole.clone() },
        ];
        if subcommand != GetPinToken {
            cut.push(Request { new_pin_enc: None, ..whole.clone() });
            cut.push(Request { pin_uv_auth_param: None, ..whole.clone() });
        }
        if subcommand != SetPin {
            cut.push(Request { pin_hash_enc: None, ..whole.clone() });
        }
        for request in cut {
            assert_eq!(host.pin(&request), Err(Status::MISSING_PARAMETER), "{request:?}");
        }
        assert_eq!(host.pin(&whole), Err(Status::INVALID_PARAMETER));
    }
}
