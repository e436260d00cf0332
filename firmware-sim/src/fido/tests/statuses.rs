//! The status of each odd request: what a host may send, however strange, and what it may not.

use wire::{
    apdu,
    cbor::{Map, Value},
    ctap2::{
        self, Status,
        client_pin::{self, Subcommand},
        cose,
    },
    ctaphid,
};

use super::{
    host::{Host, RP_ID, assertion, creation, read},
    pin_host::Agreed,
};

const OK: u8 = 0x00;
const INVALID_PARAMETER: u8 = 0x02;
const UNEXPECTED_TYPE: u8 = 0x11;
const INVALID_CBOR: u8 = 0x12;
const MISSING_PARAMETER: u8 = 0x14;
const LIMIT_EXCEEDED: u8 = 0x15;
const UNSUPPORTED_ALGORITHM: u8 = 0x26;
const NO_CREDENTIALS: u8 = 0x2E;

/// The status of a request with these parameters, encoded or not.
fn status(host: &mut Host, command: ctap2::Command, parameters: &[u8]) -> u8 {
    let request = [&[command as u8], parameters].concat();
    let answer = host.ask(ctaphid::Command::Cbor, &request);
    assert_eq!(answer.command, ctaphid::Command::Cbor);
    answer.payload[0]
}

/// A right request with one member changed.
fn with(right: &Value, key: i64, member: impl Into<Value>) -> Value {
    let kept = right.as_map().unwrap().iter().filter(|(k, _)| *k != Value::int(key)).cloned();
    Value::Map(kept.chain([(Value::int(key), member.into())]).collect())
}

fn list(entries: impl IntoIterator<Item = Value>) -> Value {
    Value::Array(entries.into_iter().collect())
}

fn algorithm(kind: impl Into<Value>, alg: impl Into<Value>) -> Value {
    Map::new().put("alg", alg).put("type", kind).into()
}

fn descriptor(kind: impl Into<Value>, id: impl Into<Value>) -> Value {
    Map::new().put("id", id).put("type", kind).into()
}

fn kind(kind: impl Into<Value>) -> Value {
    Map::new().put("type", kind).into()
}

fn check(host: &mut Host, command: ctap2::Command, cases: Vec<(&str, Value, u8)>) {
    for (name, parameters, wanted) in cases {
        let answered = status(host, command, &wire::cbor::encode(&parameters));
        assert_eq!(answered, wanted, "{name}: {answered:#04x}, not {wanted:#04x}");
    }
}

#[test]
fn an_algorithm_of_an_unknown_type_is_passed_over_whatever_it_holds() {
    let right = creation("arts").write();
    let es256 = || algorithm("public-key", cose::ES256);
    let entries = |entries: &[Value]| with(&right, 4, list(entries.to_vec()));
    check(
        &mut Host::plug("fido2"),
        ctap2::Command::MakeCredential,
        vec![
            ("no alg", entries(&[kind("later"), es256()]), OK),
            ("odd alg", entries(&[algorithm("later", "text"), es256()]), OK),
            ("only unknown ones", entries(&[kind("later")]), UNSUPPORTED_ALGORITHM),
            (
                "no alg of the known type",
                entries(&[kind("public-key"), es256()]),
                MISSING_PARAMETER,
            ),
            (
                "odd alg of the known type",
                entries(&[algorithm("public-key", "text")]),
                UNEXPECTED_TYPE,
            ),
            (
                "a type that is no text",
                entries(&[algorithm(Value::bytes([1]), -7i64)]),
                UNEXPECTED_TYPE,
            ),
            ("no type", entries(&[Map::new().put("alg", cose::ES256).into()]), MISSING_PARAMETER),
            ("no map", entries(&["public-key".into(), es256()]), UNEXPECTED_TYPE),
        ],
    );
}

#[test]
fn a_credential_of_an_unknown_type_is_passed_over_whatever_it_holds() {
    let mut host = Host::plug("fido2");
    let own = host.make(&creation("arts")).unwrap();
    let own = descriptor(
        "public-key",
        Value::Bytes(read(&own.auth_data).attested.unwrap().credential_id),
    );
    let transports = |of: &str| -> Value {
        Map::new().put("id", Value::bytes([1])).put("type", of).put("transports", 1i64).into()
    };
    for (command, right, key, known, unknown) in [
        (ctap2::Command::MakeCredential, creation("b").write(), 5, 0x19, OK),
        (ctap2::Command::GetAssertion, assertion(&[]).write(), 3, OK, NO_CREDENTIALS),
    ] {
        let entries = |entries: &[Value]| with(&right, key, list(entries.to_vec()));
        check(
            &mut host,
            command,
            vec![
                ("no id", entries(&[kind("later"), own.clone()]), known),
                ("odd id", entries(&[descriptor("later", 1i64), own.clone()]), known),
                ("odd transports", entries(&[transports("later"), own.clone()]), known),
                ("only unknown ones", entries(&[kind("later")]), unknown),
                ("no id of the known type", entries(&[kind("public-key")]), MISSING_PARAMETER),
                (
                    "odd id of the known type",
                    entries(&[descriptor("public-key", "a")]),
                    UNEXPECTED_TYPE,
                ),
                (
                    "odd transports of the known type",
                    entries(&[transports("public-key")]),
                    UNEXPECTED_TYPE,
                ),
                (
                    "no type",
                    entries(&[Map::new().put("id", Value::bytes([1])).into()]),
                    MISSING_PARAMETER,
                ),
                ("a type that is no text", entries(&[kind(1i64)]), UNEXPECTED_TYPE),
                ("too many", entries(&vec![kind("later"); 9]), LIMIT_EXCEEDED),
            ],
        );
    }
}

/// An account on the key does not answer for a list that names none.
#[test]
fn a_list_of_unknown_types_asks_for_no_account() {
    let mut host = Host::plug("fido2");
    host.make(&super::host::resident("arts")).unwrap();
    let right = assertion(&[]).write();
    assert_eq!(status(&mut host, ctap2::Command::GetAssertion, &wire::cbor::encode(&right)), OK);
    let unknown = with(&right, 3, list([kind("later")]));
    check(&mut host, ctap2::Command::GetAssertion, vec![("unknown", unknown, NO_CREDENTIALS)]);
}

#[test]
fn inputs_of_hmac_secret_have_their_types() {
    let mut host = Host::plug("fido2");
    let agreed = host.agree(2);
    let salts = agreed.encrypt(&[1; 32]);
    let tag = agreed.authenticate(&salts);
    let right: Value = Map::new()
        .put(1i64, agreed.key.write())
        .put(2i64, Value::Bytes(salts))
        .put(3i64, Value::Bytes(tag))
        .put(4i64, 2i64)
        .into();
    let secret = |input: Value| {
        let extensions: Value = Map::new().put("hmac-secret", input).into();
        with(&assertion(&[]).write(), 4, extensions)
    };
    let mut cases = vec![
        ("right", secret(right.clone()), NO_CREDENTIALS),
        ("true", secret(true.into()), UNEXPECTED_TYPE),
        ("bytes", secret(Value::bytes([1])), UNEXPECTED_TYPE),
        ("an empty map", secret(Map::new().into()), MISSING_PARAMETER),
        ("protocol 0", secret(with(&right, 4, 0i64)), INVALID_PARAMETER),
        ("protocol 3", secret(with(&right, 4, 3i64)), INVALID_PARAMETER),
        ("protocol -1", secret(with(&right, 4, -1i64)), UNEXPECTED_TYPE),
        ("protocol \"2\"", secret(with(&right, 4, "2")), UNEXPECTED_TYPE),
        ("no extensions map", with(&assertion(&[]).write(), 4, true), UNEXPECTED_TYPE),
        ("another algorithm", secret(with(&right, 1, signing(&agreed).write())), INVALID_PARAMETER),
    ];
    for member in 1..=3 {
        cases.push(("a number", secret(with(&right, member, 1i64)), UNEXPECTED_TYPE));
    }
    check(&mut host, ctap2::Command::GetAssertion, cases);
}

/// The platform's key, said to be one that signs.
fn signing(agreed: &Agreed) -> cose::Key {
    let cose::Key::P256 { x, y, .. } = agreed.key else { panic!("a point") };
    cose::Key::P256 { algorithm: cose::ES256, x, y }
}

#[test]
fn only_a_key_for_agreement_agrees() {
    let subcommands = [
        Subcommand::SetPin,
        Subcommand::ChangePin,
        Subcommand::GetPinToken,
        Subcommand::GetPinUvAuthTokenUsingPinWithPermissions,
    ];
    for subcommand in subcommands {
        let first = subcommand == Subcommand::SetPin;
        let mut host = Host::plug(if first { "fido2" } else { "fido2-pin" });
        let agreed = host.agree(2);
        let legacy = subcommand == Subcommand::GetPinToken;
        let request = client_pin::Request {
            key_agreement: Some(signing(&agreed)),
            pin_uv_auth_param: Some(vec![0; 32]),
            new_pin_enc: Some(agreed.encrypt(&[b'1'; 64])),
            pin_hash_enc: Some(agreed.encrypt(&[0; 16])),
            permissions: (!legacy).then_some(client_pin::permission::GET_ASSERTION),
            rp_id: (!legacy).then(|| RP_ID.to_owned()),
            ..client_pin::Request::new(2, subcommand)
        };
        assert_eq!(host.pin(&request), Err(Status::INVALID_PARAMETER), "{subcommand:?}");
        assert_eq!(host.retries(), (8, false), "no try was spent");
    }
}

#[test]
fn what_is_unknown_or_of_old_is_ignored_and_of_a_wrong_type_refused() {
    let right = creation("arts").write();
    let named = |icon: Value| with(&right, 2, Map::new().put("id", RP_ID).put("icon", icon));
    let user =
        |icon: Value| with(&right, 3, Map::new().put("id", Value::bytes([1])).put("icon", icon));
    check(
        &mut Host::plug("fido2"),
        ctap2::Command::MakeCredential,
        vec![
            ("an unknown member", with(&right, 99, true), OK),
            ("an unknown option", with(&right, 7, Map::new().put("later", "text")), OK),
            ("an icon of a party", named("https://example.org".into()), OK),
            ("a number for one", named(8i64.into()), UNEXPECTED_TYPE),
            ("an icon of a user", user("https://example.org".into()), OK),
            ("a number for one", user(8i64.into()), UNEXPECTED_TYPE),
            ("options that are no map", with(&right, 7, 8i64), UNEXPECTED_TYPE),
            ("a protocol below zero", with(&right, 9, -1i64), UNEXPECTED_TYPE),
        ],
    );
}

#[test]
fn a_command_without_parameters_passes_over_what_follows_it() {
    let mut host = Host::plug("fido2");
    for further in [&[0xA0][..], &[0xFF], &[0xA1, 0x01, 0x02]] {
        assert_eq!(status(&mut host, ctap2::Command::GetInfo, further), OK);
        assert_eq!(status(&mut host, ctap2::Command::GetNextAssertion, further), 0x30);
    }
    assert_eq!(status(&mut host, ctap2::Command::ClientPin, &[]), INVALID_CBOR);
}

/// A U2F command in these bytes.
fn u2f(host: &mut Host, command: &[u8]) -> u16 {
    let answer = host.ask(ctaphid::Command::Msg, command);
    assert_eq!(answer.command, ctaphid::Command::Msg);
    apdu::Response::read(&answer.payload).unwrap().status.0
}

/// Class and instruction are told before a wrong length: Google's U2FTest asks for an unknown
/// instruction in six bytes.
#[test]
fn lengths_that_no_form_has_are_refused_after_class_and_instruction() {
    let mut host = Host::plug("u2f");
    for (command, wanted) in [
        ("00030000", 0x9000),
        ("0003000000", 0x9000),
        ("00030000000000", 0x9000),
        ("000300000000000000", 0x9000),
        ("000300000000", 0x6700),
        ("0003000000000000", 0x6700),
        ("0003000001", 0x9000),
        ("000300000100", 0x6700),
        ("00030000010000", 0x6700),
        ("0003000000000100", 0x6700),
        ("000000000000", 0x6D00),
        ("010300000000", 0x6E00),
        ("0001030000", 0x6700),
        ("000300", 0x6700),
        ("00020700000041", 0x6700),
        ("0002090000", 0x6A86),
    ] {
        let answered = u2f(&mut host, &hex::decode(command).unwrap());
        assert_eq!(answered, wanted, "{command}: {answered:04X}, not {wanted:04X}");
    }
}
