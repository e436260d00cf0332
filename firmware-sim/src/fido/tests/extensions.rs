//! credProtect and hmac-secret.

use wire::{
    cbor::{Map, Value},
    ctap2::{
        Status,
        auth_data::Flags,
        client_pin::permission,
        entity::{Descriptor, Options},
        get_assertion, make_credential,
    },
};

use super::{
    host::{Host, RP_ID, assertion, creation, read, resident},
    pin_host::{Agreed, authenticate},
};

const PIN: &str = "123456";

fn protected(base: make_credential::Request, level: i64) -> make_credential::Request {
    let extensions = Some(Map::new().put("credProtect", level).into());
    make_credential::Request { extensions, ..base }
}

fn id(made: &make_credential::Response) -> Vec<u8> {
    read(&made.auth_data).attested.unwrap().credential_id
}

fn verified(host: &mut Host, request: get_assertion::Request) -> get_assertion::Request {
    let token = host.token(2, PIN, permission::GET_ASSERTION, RP_ID).unwrap();
    get_assertion::Request {
        pin_uv_auth_param: Some(authenticate(2, &token, &request.client_data_hash)),
        pin_uv_auth_protocol: Some(2),
        ..request
    }
}

#[test]
fn protection_decides_who_may_use_a_credential() {
    // Level; without the id, with it: each without verification.
    for (level, discovered, given) in [(1, true, true), (2, false, true), (3, false, false)] {
        let mut host = Host::plug("fido2");
        let made = host.make(&protected(resident("a"), level)).unwrap();
        let output = read(&made.auth_data).extensions.unwrap();
        assert_eq!(output, Map::new().put("credProtect", level).into());
        host.set_pin(2, PIN).unwrap();
        let id = id(&made);
        for (request, open) in [(assertion(&[]), discovered), (assertion(&[&id]), given)] {
            let answer = host.get(&request);
            assert_eq!(answer.is_ok(), open, "level {level}: {answer:?}");
            if !open {
                assert_eq!(answer, Err(Status::NO_CREDENTIALS));
            }
            let request = verified(&mut host, request);
            assert!(host.get(&request).is_ok(), "level {level}, verified");
        }
    }
}

#[test]
fn an_exclude_list_does_not_betray_a_credential_that_needs_verification() {
    let mut host = Host::plug("fido2");
    let made = host.make(&protected(creation("a"), 3)).unwrap();
    let exclude = vec![Descriptor::new(id(&made))];
    let again = make_credential::Request { exclude, ..creation("a") };
    assert!(host.make(&again).is_ok());
    host.set_pin(2, PIN).unwrap();
    let token = host.token(2, PIN, permission::MAKE_CREDENTIAL, RP_ID).unwrap();
    let again = make_credential::Request {
        pin_uv_auth_param: Some(authenticate(2, &token, &again.client_data_hash)),
        pin_uv_auth_protocol: Some(2),
        ..again
    };
    assert_eq!(host.make(&again), Err(Status::CREDENTIAL_EXCLUDED));
}

#[test]
fn inputs_of_a_wrong_kind_are_refused_and_unknown_ones_ignored() {
    let mut host = Host::plug("fido2");
    let mut make = |extensions: Map| {
        let extensions = Some(extensions.into());
        host.make(&make_credential::Request { extensions, ..creation("a") })
    };
    let refused = |answer: Result<_, Status>| answer.map(|_| ()).unwrap_err();
    assert_eq!(refused(make(Map::new().put("credProtect", 4i64))), Status::INVALID_PARAMETER);
    assert_eq!(refused(make(Map::new().put("credProtect", "3"))), Status::CBOR_UNEXPECTED_TYPE);
    assert_eq!(refused(make(Map::new().put("hmac-secret", 1i64))), Status::CBOR_UNEXPECTED_TYPE);
    let unknown = make(Map::new().put("credBlob", Value::bytes([1]))).unwrap();
    assert_eq!(read(&unknown.auth_data).extensions, None);
    assert!(!read(&unknown.auth_data).flags.has(Flags::ED));
}

fn with_secret(base: make_credential::Request) -> make_credential::Request {
    let extensions = Some(Map::new().put("hmac-secret", true).into());
    make_credential::Request { extensions, ..base }
}

fn salted(agreed: &Agreed, salts: &[u8], id: &[u8]) -> get_assertion::Request {
    let encrypted = agreed.encrypt(salts);
    let tag = agreed.authenticate(&encrypted);
    let input = Map::new()
        .put(1i64, agreed.key.write())
        .put(2i64, Value::Bytes(encrypted))
        .put(3i64, Value::Bytes(tag))
        .put(4i64, agreed.protocol);
    let extensions = Some(Map::new().put("hmac-secret", input).into());
    get_assertion::Request { extensions, ..assertion(&[id]) }
}

fn secrets(agreed: &Agreed, answer: &get_assertion::Response) -> Vec<u8> {
    let outputs = read(&answer.auth_data).extensions.unwrap();
    agreed.decrypt(outputs.entry(&"hmac-secret".into()).unwrap().as_bytes().unwrap())
}

#[test]
fn salts_give_the_same_secrets_over_both_protocols() {
    let mut host = Host::plug("fido2");
    let made = host.make(&with_secret(creation("a"))).unwrap();
    assert_eq!(read(&made.auth_data).extensions, Some(Map::new().put("hmac-secret", true).into()));
    let id = id(&made);
    let mut get = |protocol: u64, salts: &[u8]| {
        let agreed = host.agree(protocol);
        let answer = host.get(&salted(&agreed, salts, &id)).unwrap();
        secrets(&agreed, &answer)
    };
    let (one, two) = (get(1, &[1; 32]), get(2, &[2; 32]));
    assert_eq!((one.len(), two.len()), (32, 32));
    assert_ne!(one, two);
    assert_eq!(get(2, &[[1; 32], [2; 32]].concat()), [one, two].concat());
}

#[test]
fn a_verified_person_has_other_secrets() {
    let mut host = Host::plug("fido2");
    let id = id(&host.make(&with_secret(creation("a"))).unwrap());
    host.set_pin(2, PIN).unwrap();
    let agreed = host.agree(2);
    let request = salted(&agreed, &[1; 32], &id);
    let without = host.get(&request).unwrap();
    let request = verified(&mut host, request);
    let with = host.get(&request).unwrap();
    assert_ne!(secrets(&agreed, &with), secrets(&agreed, &without));
}

#[test]
fn salts_that_are_not_authentic_are_refused() {
    let mut host = Host::plug("fido2");
    let id = id(&host.make(&with_secret(creation("a"))).unwrap());
    let agreed = host.agree(2);
    assert_eq!(host.get(&salted(&agreed, &[1; 16], &id)), Err(Status::INVALID_PARAMETER));
    assert_eq!(host.get(&salted(&agreed, &[1; 48], &id)), Err(Status::INVALID_PARAMETER));
    let silent = Options { up: Some(false), ..Options::default() };
    let request = get_assertion::Request { options: silent, ..salted(&agreed, &[1; 32], &id) };
    assert_eq!(host.get(&request), Err(Status::UNSUPPORTED_OPTION));
    host.replug();
    assert_eq!(host.get(&salted(&agreed, &[1; 32], &id)), Err(Status::PIN_AUTH_INVALID));
}

#[test]
fn a_credential_made_without_the_extension_gives_no_secret() {
    let mut host = Host::plug("fido2");
    let id = id(&host.make(&creation("a")).unwrap());
    let agreed = host.agree(1);
    let answer = host.get(&salted(&agreed, &[1; 32], &id)).unwrap();
    assert_eq!(read(&answer.auth_data).extensions, None);
}

#[test]
fn a_wrong_token_is_told_before_wrong_salts_and_salts_need_a_touch() {
    let mut host = Host::plug("fido2-pin");
    let extensions = Some(Map::new().put("hmac-secret", Map::new().put(2i64, 1i64)).into());
    let up = Options { up: Some(false), ..Options::default() };
    let request = get_assertion::Request { extensions, options: up, ..assertion(&[]) };
    let unproven = get_assertion::Request {
        pin_uv_auth_param: Some(vec![0; 32]),
        pin_uv_auth_protocol: Some(2),
        ..request.clone()
    };
    assert_eq!(host.get(&unproven), Err(Status::PIN_AUTH_INVALID));
    assert_eq!(host.get(&request), Err(Status::UNSUPPORTED_OPTION));
}
