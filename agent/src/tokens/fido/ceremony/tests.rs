//! Ceremonies against keys whose answers are written down, most of them by other projects.

use proptest::prelude::*;
use wire::cbor::Value;
use wire::ctap2::client_pin::{Response as PinResponse, permission};
use wire::ctap2::get_info::Info;
use wire::ctap2::{self, Command, Status, client_pin};

use super::*;
use crate::origin::Development;
use crate::tokens::fido::link::{Mistake, PinAsk};
use crate::tokens::fido::script::{Fixed, Script, Scripted, vector};

const CTAP2: &str = "ctap2-messages";
const PIN1: &str = "pin-protocol-1";
const PIN2: &str = "pin-protocol-2-derived";

fn origin(host: &str) -> Origin {
    Origin::parse(&format!("https://{host}"), Development::Off).unwrap()
}

fn creation(rp_id: &str, more: &str) -> CreationOptions {
    serde_json::from_str(&format!(
        r#"{{"rp":{{"id":"{rp_id}","name":"Test"}},"user":{{"id":"AQ","name":"arts","displayName":"Test Arts"}},
            "challenge":"AAECAwQFBgcICQoLDA0ODw","pubKeyCredParams":[{{"type":"public-key","alg":-7}}],"attestation":"direct"{more}}}"#
    ))
    .unwrap()
}

fn request(rp_id: &str, ids: &[&[u8]], more: &str) -> RequestOptions {
    let allow: Vec<_> = ids
        .iter()
        .map(|id| serde_json::json!({"type": "public-key", "id": Bytes(id.to_vec())}))
        .collect();
    let allow = serde_json::Value::Array(allow);
    serde_json::from_str(&format!(
        r#"{{"challenge":"AAECAwQFBgcICQoLDA0ODw","rpId":"{rp_id}","allowCredentials":{allow}{more}}}"#
    ))
    .unwrap()
}

const WITHOUT: &str = r#","userVerification":"discouraged""#;
const VERIFIED: &str = r#","userVerification":"required""#;
const SELECT_VERIFIED: &str = r#","authenticatorSelection":{"userVerification":"required"}"#;

fn ok(members: &Value) -> Vec<u8> {
    ctap2::answer(Ok(Some(members)))
}

fn refused(status: Status) -> Vec<u8> {
    vec![status.0]
}

fn info(options: &[(&str, bool)], change: impl FnOnce(&mut Info)) -> Vec<u8> {
    let options = options.iter().map(|(name, on)| ((*name).to_owned(), *on)).collect();
    let mut info = Info { versions: vec!["FIDO_2_0".to_owned()], options, ..Info::default() };
    change(&mut info);
    ok(&info.write())
}

fn plain() -> Vec<u8> {
    info(&[("rk", true), ("up", true)], |_| {})
}

fn with_pin(protocol: u64) -> Vec<u8> {
    let options = [("rk", true), ("clientPin", true)];
    info(&options, |info| info.pin_uv_auth_protocols = vec![protocol])
}

fn register(
    link: &mut Script,
    person: &mut Scripted,
    random: &mut Fixed,
    options: &CreationOptions,
) -> Result<RegistrationResponse, Error> {
    Ceremony { link, person, random }.register(options, &origin("login.example.nl"))
}

fn log_in(
    link: &mut Script,
    person: &mut Scripted,
    random: &mut Fixed,
    options: &RequestOptions,
) -> Result<AuthenticationResponse, Error> {
    Ceremony { link, person, random }.authenticate(options, &origin("login.example.nl"))
}

/// Authenticator data for example.nl.
fn auth_data(flags: u8) -> AuthData {
    AuthData {
        rp_id_hash: hash("example.nl"),
        flags: Flags(flags),
        counter: 7,
        attested: None,
        extensions: None,
    }
}

fn signed(id: Option<&[u8]>, flags: u8) -> get_assertion::Response {
    get_assertion::Response {
        credential: id.map(Named::new),
        auth_data: auth_data(flags).write(),
        signature: vec![0x30, 1, 2],
        user: None,
        number_of_credentials: None,
        user_selected: None,
        large_blob_key: None,
    }
}

fn made(flags: u8, id: &[u8], algorithm: i64) -> Vec<u8> {
    let attested = wire::ctap2::auth_data::Attested {
        aaguid: [7; 16],
        credential_id: id.to_vec(),
        public_key: cose::Key::P256 { algorithm, x: [1; 32], y: [2; 32] },
    };
    let auth_data = AuthData { attested: Some(attested), ..auth_data(flags) };
    ok(&make_credential::Response {
        format: "packed".to_owned(),
        auth_data: auth_data.write(),
        statement: Map::new().put("alg", -7i64).put("sig", Value::bytes([1, 2])).into(),
        enterprise: None,
        large_blob_key: None,
    }
    .write())
}

fn none() -> Fixed {
    Fixed::new(vec![])
}

/// The captured device of python-fido2 answers for `example.com`, whose hash its data carry.
#[test]
fn a_captured_device_registers_and_its_attestation_object_has_text_keys() {
    let rp_id = "example.com";
    // The capture is of another rpId; what it signs is not checked here, whose it is is.
    let mut data = vector(CTAP2, "/make_credential_response");
    let place = data.windows(32).position(|w| w == vector(CTAP2, "/rp_id_hash")).unwrap();
    data[place..place + 32].copy_from_slice(&hash(rp_id));
    let get_info = [&[0][..], &vector(CTAP2, "/get_info_response")].concat();
    let mut link = Script::new(Protocols::Both, vec![get_info, [&[0][..], &data].concat()]);
    let ceremony =
        Ceremony { link: &mut link, person: &mut Scripted::default(), random: &mut none() };
    let response = ceremony.register(&creation(rp_id, ""), &origin("login.example.com")).unwrap();
    assert_eq!(response.id.0, vector(CTAP2, "/credential_id"));
    let object = response.response.attestation_object.0;
    let object = wire::cbor::decode(&object, wire::cbor::Order::Canonical).unwrap();
    assert_eq!(object.entry(&"fmt".into()).and_then(Value::as_text), Some("packed"));
    let inside = object.entry(&"authData".into()).and_then(Value::as_bytes).unwrap();
    assert_eq!(inside[32..], vector(CTAP2, "/auth_data_mc")[32..]);
    assert_eq!(response.response.public_key_algorithm, -7);
    assert_eq!(response.response.public_key.unwrap().0.len(), 91);
    assert_eq!(link.requests[0], [Command::GetInfo as u8]);
    let sent = make_credential::Request::read(&link.requests[1][1..]).unwrap();
    assert_eq!(sent.rp.id, rp_id);
    let client_data = response.response.client_data_json.0;
    assert_eq!(sent.client_data_hash, <[u8; 32]>::from(Sha256::digest(&client_data)));
}

#[test]
fn the_server_that_wants_no_attestation_gets_none() {
    let mut link = Script::new(Protocols::Ctap2, vec![plain(), made(1, &[9], -7)]);
    let mut options = creation("example.nl", "");
    options.attestation = None;
    let response = register(&mut link, &mut Scripted::default(), &mut none(), &options).unwrap();
    let object = &response.response.attestation_object.0;
    let object = wire::cbor::decode(object, wire::cbor::Order::Canonical).unwrap();
    assert_eq!(object.entry(&"fmt".into()).and_then(Value::as_text), Some("none"));
    assert_eq!(object.entry(&"attStmt".into()), Some(&Map::new().into()));
}

#[test]
fn a_foreign_or_public_rp_id_never_reaches_the_key() {
    for rp_id in ["evil.nl", "nl", "Example.nl", "xexample.nl"] {
        let mut link = Script::new(Protocols::Ctap2, vec![plain()]);
        let options = creation(rp_id, "");
        let got = register(&mut link, &mut Scripted::default(), &mut none(), &options);
        assert!(matches!(got, Err(Error::Request(_))), "{rp_id}");
        let options = request(rp_id, &[&[9]], "");
        let got = log_in(&mut link, &mut Scripted::default(), &mut none(), &options);
        assert!(matches!(got, Err(Error::Request(_))), "{rp_id}");
        assert_eq!(link.requests.len(), 0);
    }
}

/// The PIN answers of a vector file: tries left, key agreement, token.
fn pin_answers(name: &str, tries: u64) -> Vec<Vec<u8>> {
    let v = |pointer: &str| vector(name, pointer);
    let key = cose::Key::P256 {
        algorithm: cose::ECDH_ES_HKDF_256,
        x: v("/authenticator_public_x").try_into().unwrap(),
        y: v("/authenticator_public_y").try_into().unwrap(),
    };
    let pin = |response: PinResponse| ok(&response.write());
    vec![
        pin(PinResponse { pin_retries: Some(tries), ..PinResponse::default() }),
        pin(PinResponse { key_agreement: Some(key), ..PinResponse::default() }),
        pin(PinResponse { token: Some(v("/get_pin_token/token_enc")), ..PinResponse::default() }),
    ]
}

fn sent_pin(request: &[u8]) -> client_pin::Request {
    assert_eq!(request[0], Command::ClientPin as u8);
    client_pin::Request::read(&request[1..]).unwrap()
}

#[test]
fn a_key_with_a_pin_gives_a_token_and_the_request_is_authenticated_with_it() {
    let mut answers = vec![with_pin(1)];
    answers.extend(pin_answers(PIN1, 8));
    answers.push(ok(&signed(Some(&[9]), 5).write()));
    let mut link = Script::new(Protocols::Ctap2, answers);
    let mut person = Scripted { pins: ["1234"].into(), ..Scripted::default() };
    let mut random = Fixed::new(vec![vector(PIN1, "/platform_private_key")]);
    let options = request("example.nl", &[&[9]], VERIFIED);
    let response = log_in(&mut link, &mut person, &mut random, &options).unwrap();
    assert_eq!(response.id, Bytes(vec![9]));
    assert_eq!(person.asked, [PinAsk { tries_left: 8, mistake: None }]);
    let token = sent_pin(&link.requests[3]);
    assert_eq!(token.subcommand, 5);
    assert_eq!((token.permissions, token.rp_id), (None, None));
    assert_eq!(token.pin_hash_enc.unwrap(), vector(PIN1, "/get_pin_token/pin_hash_enc"));
    let sent = get_assertion::Request::read(&link.requests[4][1..]).unwrap();
    assert_eq!(sent.pin_uv_auth_protocol, Some(1));
    assert_eq!(sent.pin_uv_auth_param.unwrap().len(), 16);
}

#[test]
fn a_key_with_permissions_binds_the_token_to_the_relying_party() {
    let options = [("rk", true), ("clientPin", true), ("pinUvAuthToken", true)];
    let mut answers = vec![info(&options, |info| info.pin_uv_auth_protocols = vec![2, 1])];
    answers.extend(pin_answers(PIN2, 8));
    answers.push(made(5, &[9], -7));
    let mut link = Script::new(Protocols::Ctap2, answers);
    let mut person = Scripted { pins: ["1234"].into(), ..Scripted::default() };
    let iv = vector(PIN2, "/get_pin_token/pin_hash_enc")[..16].to_vec();
    let mut random = Fixed::new(vec![vector(PIN2, "/platform_private_key"), iv]);
    let options = creation("example.nl", SELECT_VERIFIED);
    register(&mut link, &mut person, &mut random, &options).unwrap();
    let token = sent_pin(&link.requests[3]);
    assert_eq!((token.protocol, token.subcommand), (Some(2), 9));
    assert_eq!(token.permissions, Some(permission::MAKE_CREDENTIAL));
    assert_eq!(token.rp_id.as_deref(), Some("example.nl"));
    assert_eq!(token.pin_hash_enc.unwrap(), vector(PIN2, "/get_pin_token/pin_hash_enc"));
    let sent = make_credential::Request::read(&link.requests[4][1..]).unwrap();
    assert_eq!(sent.pin_uv_auth_param.unwrap().len(), 32);
}

#[test]
fn a_wrong_pin_is_asked_again_with_the_tries_left_and_a_short_one_costs_none() {
    let mut answers = vec![with_pin(1)];
    let mut wrong = pin_answers(PIN1, 8);
    wrong[2] = refused(Status::PIN_INVALID);
    answers.extend(wrong);
    answers.extend(pin_answers(PIN1, 7).into_iter().take(1));
    answers.extend(pin_answers(PIN1, 7));
    answers.push(ok(&signed(Some(&[9]), 5).write()));
    let mut link = Script::new(Protocols::Ctap2, answers);
    let mut person = Scripted { pins: ["4321", "12", "1234"].into(), ..Scripted::default() };
    let own = vector(PIN1, "/platform_private_key");
    let mut random = Fixed::new(vec![own.clone(), own]);
    let options = request("example.nl", &[&[9]], VERIFIED);
    log_in(&mut link, &mut person, &mut random, &options).unwrap();
    let asked = |tries_left, mistake| PinAsk { tries_left, mistake };
    assert_eq!(
        person.asked,
        [asked(8, None), asked(7, Some(Mistake::Wrong)), asked(7, Some(Mistake::TooShort))]
    );
}

/// A log-in at a key that tells of `tries` in turn and finds every PIN wrong, and how often asked.
fn asked_of(tries: impl IntoIterator<Item = u64>, pin: &'static str) -> (Error, usize) {
    let mut answers = vec![with_pin(1)];
    let mut own = Vec::new();
    for tries in tries {
        let mut wrong = pin_answers(PIN1, tries);
        wrong[2] = refused(Status::PIN_INVALID);
        // A PIN that is not sent is followed by the next question for the number of tries.
        answers.extend(wrong.into_iter().take(if pin.len() < 4 { 1 } else { 3 }));
        own.push(vector(PIN1, "/platform_private_key"));
    }
    let mut link = Script::new(Protocols::Ctap2, answers);
    let pins = std::iter::repeat_n(pin, 300).collect();
    let mut person = Scripted { pins, ..Scripted::default() };
    let options = request("example.nl", &[&[9]], VERIFIED);
    let ended = log_in(&mut link, &mut person, &mut Fixed::new(own), &options).unwrap_err();
    (ended, person.asked.len())
}

#[test]
fn no_person_and_no_key_makes_windows_without_end() {
    let ended = asked_of(std::iter::repeat_n(8, 20), "12");
    assert!(matches!(ended, (Error::PinUnfit, 3)), "{ended:?}");
    let stays = asked_of(std::iter::repeat_n(8, 20), "4321");
    assert!(matches!(stays, (Error::Malformed(_), 1)), "{stays:?}");
    let many = asked_of((200..=255).rev(), "4321");
    assert!(matches!(many, (Error::Malformed(_), 8)), "{many:?}");
    let huge = asked_of(std::iter::repeat_n(u64::MAX, 20), "4321");
    assert!(matches!(huge, (Error::Malformed(_), 1)), "{huge:?}");
}

fn pin_ends_with(status: Status) -> Error {
    let mut answers = vec![with_pin(1)];
    let mut wrong = pin_answers(PIN1, 1);
    wrong[2] = refused(status);
    answers.extend(wrong);
    let mut link = Script::new(Protocols::Ctap2, answers);
    let mut person = Scripted { pins: ["4321"].into(), ..Scripted::default() };
    let mut random = Fixed::new(vec![vector(PIN1, "/platform_private_key")]);
    let options = request("example.nl", &[&[9]], VERIFIED);
    log_in(&mut link, &mut person, &mut random, &options).unwrap_err()
}

#[test]
fn a_blocked_pin_says_which_block_it_is() {
    assert!(matches!(pin_ends_with(Status::PIN_AUTH_BLOCKED), Error::PowerCycle));
    assert!(matches!(pin_ends_with(Status::PIN_BLOCKED), Error::PinBlocked));
    assert!(matches!(pin_ends_with(Status::PIN_POLICY_VIOLATION), Error::PinMustChange));
    let answers = vec![with_pin(1), pin_answers(PIN1, 0).remove(0)];
    let mut link = Script::new(Protocols::Ctap2, answers);
    let mut person = Scripted { pins: ["1234"].into(), ..Scripted::default() };
    let options = request("example.nl", &[&[9]], VERIFIED);
    let got = log_in(&mut link, &mut person, &mut none(), &options);
    assert!(matches!(got, Err(Error::PinBlocked)));
    assert_eq!(person.asked, [], "no PIN is asked in vain");
}

#[test]
fn a_person_who_types_no_pin_ends_the_ceremony() {
    let answers = vec![with_pin(1), pin_answers(PIN1, 1).remove(0)];
    let mut link = Script::new(Protocols::Ctap2, answers);
    let options = request("example.nl", &[&[9]], VERIFIED);
    let mut person = Scripted::default();
    let got = log_in(&mut link, &mut person, &mut none(), &options);
    assert!(matches!(got, Err(Error::Cancelled)));
    assert_eq!(link.requests.len(), 2, "no PIN went to the key");
}

#[test]
fn required_verification_says_what_is_missing() {
    for (options, why) in [
        (&[("clientPin", false)][..], "the key has no PIN yet"),
        (&[("uv", false)], "the key has no PIN yet"),
        (&[], "the key cannot verify its user"),
    ] {
        let mut link = Script::new(Protocols::Ctap2, vec![info(options, |_| {})]);
        let asked = request("example.nl", &[&[9]], VERIFIED);
        let got = log_in(&mut link, &mut Scripted::default(), &mut none(), &asked).unwrap_err();
        assert_eq!(got.to_string(), why, "{options:?}");
    }
}

#[test]
fn a_fingerprint_key_without_tokens_is_asked_with_uv() {
    let answers = vec![info(&[("uv", true)], |_| {}), ok(&signed(Some(&[9]), 5).write())];
    let mut link = Script::new(Protocols::Ctap2, answers);
    let options = request("example.nl", &[&[9]], VERIFIED);
    log_in(&mut link, &mut Scripted::default(), &mut none(), &options).unwrap();
    let sent = get_assertion::Request::read(&link.requests[1][1..]).unwrap();
    assert_eq!(sent.options.uv, Some(true));
}

/// A key with a sensor and a PIN but without tokens, which has blocked its sensor.
fn blocked_sensor(then: Vec<u8>) -> (Script, Scripted, Fixed) {
    let options = [("rk", true), ("uv", true), ("clientPin", true)];
    let mut answers = vec![info(&options, |info| info.pin_uv_auth_protocols = vec![1])];
    answers.push(refused(Status::UV_BLOCKED));
    answers.extend(pin_answers(PIN1, 8));
    answers.push(then);
    let person = Scripted { pins: ["1234"].into(), ..Scripted::default() };
    let random = Fixed::new(vec![vector(PIN1, "/platform_private_key")]);
    (Script::new(Protocols::Ctap2, answers), person, random)
}

#[test]
fn a_blocked_sensor_without_tokens_falls_back_to_the_pin() {
    let (mut link, mut person, mut random) = blocked_sensor(ok(&signed(Some(&[9]), 5).write()));
    let options = request("example.nl", &[&[9]], VERIFIED);
    log_in(&mut link, &mut person, &mut random, &options).unwrap();
    let sent = |at: usize| get_assertion::Request::read(&link.requests[at][1..]).unwrap();
    assert_eq!((sent(1).options.uv, sent(1).pin_uv_auth_protocol), (Some(true), None));
    assert_eq!((sent(5).options.uv, sent(5).pin_uv_auth_protocol), (None, Some(1)));

    let (mut link, mut person, mut random) = blocked_sensor(made(0x45, &[9], -7));
    let options = creation("example.nl", SELECT_VERIFIED);
    register(&mut link, &mut person, &mut random, &options).unwrap();
    let sent = |at: usize| make_credential::Request::read(&link.requests[at][1..]).unwrap();
    assert_eq!((sent(1).options.uv, sent(1).pin_uv_auth_protocol), (Some(true), None));
    assert_eq!((sent(5).options.uv, sent(5).pin_uv_auth_protocol), (None, Some(1)));
}

#[test]
fn a_blocked_sensor_without_a_pin_ends_the_ceremony() {
    let answers = vec![info(&[("uv", true)], |_| {}), refused(Status::UV_BLOCKED)];
    let mut link = Script::new(Protocols::Ctap2, answers);
    let options = request("example.nl", &[&[9]], VERIFIED);
    let ended = log_in(&mut link, &mut Scripted::default(), &mut none(), &options);
    assert!(matches!(ended, Err(Error::Refused(Status::UV_BLOCKED))));
}

#[test]
fn lists_longer_than_the_key_takes_are_probed_in_parts_without_a_touch() {
    let two = |info: &mut Info| info.max_credentials_in_list = Some(2);
    let answers = vec![
        info(&[], two),
        refused(Status::NO_CREDENTIALS),
        ok(&signed(Some(&[3]), 0).write()),
        ok(&signed(None, 1).write()),
    ];
    let mut link = Script::new(Protocols::Ctap2, answers);
    let options = request("example.nl", &[&[1], &[2], &[3], &[4], &[5]], WITHOUT);
    let response = log_in(&mut link, &mut Scripted::default(), &mut none(), &options).unwrap();
    assert_eq!(response.id, Bytes(vec![3]));
    let sent: Vec<_> = link.requests[1..]
        .iter()
        .map(|request| get_assertion::Request::read(&request[1..]).unwrap())
        .map(|sent| (sent.options.up, sent.allow.unwrap().into_iter().map(|d| d.id).collect()))
        .collect();
    let list = |ids: &[u8]| ids.iter().map(|id| vec![*id]).collect::<Vec<_>>();
    let probe = Some(false);
    assert_eq!(sent, [(probe, list(&[1, 2])), (probe, list(&[3, 4])), (None, list(&[3]))]);
}

#[test]
fn an_enrolled_key_is_found_by_probing_and_refuses_after_the_touch() {
    let answers = vec![
        plain(),
        refused(Status::NO_CREDENTIALS),
        ok(&signed(Some(&[2]), 0).write()),
        refused(Status::CREDENTIAL_EXCLUDED),
    ];
    let mut link = Script::new(Protocols::Ctap2, answers);
    let exclude = r#","excludeCredentials":[{"type":"public-key","id":"AQ"},{"type":"public-key","id":"Ag"}]"#;
    let options = creation("example.nl", exclude);
    let got = register(&mut link, &mut Scripted::default(), &mut none(), &options);
    assert!(matches!(got, Err(Error::Excluded)));
    let sent = make_credential::Request::read(&link.requests[3][1..]).unwrap();
    assert_eq!(sent.exclude, [Named::new([2])]);
}

/// Ids of this many bytes, and the descriptors of those that go to a key.
fn sent_of(options: &[usize], answers: Vec<Vec<u8>>) -> (Result<(), Error>, Vec<Vec<usize>>) {
    let limits = |info: &mut Info| {
        (info.max_credential_id, info.max_message) = (Some(64), Some(1200));
        info.max_credentials_in_list = Some(8);
    };
    let mut link = Script::new(Protocols::Ctap2, [vec![info(&[], limits)], answers].concat());
    let ids: Vec<Vec<u8>> = options.iter().map(|length| vec![9; *length]).collect();
    let ids: Vec<&[u8]> = ids.iter().map(Vec::as_slice).collect();
    let options = request("example.nl", &ids, WITHOUT);
    let got = log_in(&mut link, &mut Scripted::default(), &mut none(), &options).map(drop);
    let sent = link.requests[1..].iter().map(|request| {
        let sent = get_assertion::Request::read(&request[1..]).unwrap().allow.unwrap();
        sent.iter().map(|named| named.id.len()).collect()
    });
    (got, sent.collect())
}

#[test]
fn ids_that_cannot_be_the_keys_never_reach_it() {
    let foreign = [130; 8];
    let unknown = sent_of(&foreign, vec![]);
    assert!(matches!(unknown, (Err(Error::NoCredentials), ref sent) if sent.is_empty()));
    let one = [&foreign[..], &[64]].concat();
    let (got, sent) = sent_of(&one, vec![ok(&signed(None, 1).write())]);
    assert!(got.is_ok(), "{got:?}");
    assert_eq!(sent, [[64]]);
    let mut link = Script::new(
        Protocols::Ctap2,
        vec![info(&[], |info| info.max_credential_id = Some(64)), made(1, &[9], -7)],
    );
    let long = Bytes(vec![9; 130]).text();
    let exclude = format!(r#","excludeCredentials":[{{"type":"public-key","id":"{long}"}}]"#);
    let options = creation("example.nl", &exclude);
    register(&mut link, &mut Scripted::default(), &mut none(), &options).unwrap();
    let sent = make_credential::Request::read(&link.requests[1][1..]).unwrap();
    assert_eq!(sent.exclude, []);
}

#[test]
fn a_list_of_which_nothing_is_known_asks_for_no_passkey() {
    let mut options = request("example.nl", &[&[9]], WITHOUT);
    options.allow_credentials[0].kind = "password".to_owned();
    let mut link = Script::new(Protocols::Ctap2, vec![plain()]);
    let got = log_in(&mut link, &mut Scripted::default(), &mut none(), &options);
    assert!(matches!(got, Err(Error::NoCredentials)));
    assert_eq!(link.requests.len(), 0);
}

#[test]
fn a_key_without_a_passkey_is_told_from_one_that_is_not_known() {
    let answers = || vec![plain(), refused(Status::NO_CREDENTIALS)];
    let got = |ids: &[&[u8]]| {
        let mut link = Script::new(Protocols::Ctap2, answers());
        let options = request("example.nl", ids, WITHOUT);
        log_in(&mut link, &mut Scripted::default(), &mut none(), &options).unwrap_err()
    };
    assert!(matches!(got(&[]), Error::NoPasskey));
    assert!(matches!(got(&[&[9]]), Error::NoCredentials));
}

#[test]
fn a_challenge_that_could_be_guessed_is_not_signed() {
    for (length, fits) in [(0, false), (15, false), (16, true)] {
        let mut options = request("example.nl", &[&[9]], WITHOUT);
        options.challenge = Bytes(vec![7; length]);
        let answers = vec![plain(), ok(&signed(Some(&[9]), 1).write())];
        let mut link = Script::new(Protocols::Ctap2, answers);
        let got = log_in(&mut link, &mut Scripted::default(), &mut none(), &options);
        assert_eq!(got.is_ok(), fits, "{length}: {got:?}");
        assert_eq!(link.requests.is_empty(), !fits);
        let mut options = creation("example.nl", "");
        options.challenge = Bytes(vec![7; length]);
        let mut link = Script::new(Protocols::Ctap2, vec![plain(), made(1, &[9], -7)]);
        let got = register(&mut link, &mut Scripted::default(), &mut none(), &options);
        assert_eq!(got.is_ok(), fits, "{length}: {got:?}");
    }
}

fn several(number: u64) -> Vec<Vec<u8>> {
    let user = |i: u8| User {
        id: vec![i],
        name: Some(format!("arts{i}")),
        display_name: Some(format!("Test Arts {i}\u{1b}[2J")),
    };
    let one = |i: u8, number| get_assertion::Response {
        user: Some(user(i)),
        number_of_credentials: number,
        ..signed(Some(&[i]), 1)
    };
    vec![plain(), ok(&one(1, Some(number)).write()), ok(&one(2, None).write())]
}

#[test]
fn the_person_chooses_among_several_passkeys() {
    let mut link = Script::new(Protocols::Ctap2, several(2));
    let mut person = Scripted { choice: Some(1), ..Scripted::default() };
    let options = request("example.nl", &[], WITHOUT);
    let response = log_in(&mut link, &mut person, &mut none(), &options).unwrap();
    assert_eq!(response.response.user_handle, Some(Bytes(vec![2])));
    assert_eq!(person.accounts, ["Test Arts 1[2J", "Test Arts 2[2J"]);
    let mut person = Scripted { choice: Some(9), ..Scripted::default() };
    let mut link = Script::new(Protocols::Ctap2, several(2));
    let got = log_in(&mut link, &mut person, &mut none(), &options);
    assert!(matches!(got, Err(Error::Cancelled)));
}

#[test]
fn a_huge_number_of_accounts_is_refused_and_not_fetched() {
    let mut link = Script::new(Protocols::Ctap2, several(0x7FFF_FFFF));
    let options = request("example.nl", &[], WITHOUT);
    let got = log_in(&mut link, &mut Scripted::default(), &mut none(), &options);
    assert!(matches!(got, Err(Error::Malformed(_))));
    assert_eq!(link.requests.len(), 2);
}

fn answers_to_a_log_in(answer: Vec<u8>) -> Result<AuthenticationResponse, Error> {
    let options = [("rk", true), ("uv", true)];
    let mut link = Script::new(Protocols::Ctap2, vec![info(&options, |_| {}), answer]);
    let options = request("example.nl", &[&[9]], VERIFIED);
    log_in(&mut link, &mut Scripted::default(), &mut none(), &options)
}

#[test]
fn an_assertion_that_is_not_what_was_asked_is_malformed() {
    let of = |response: &get_assertion::Response| ok(&response.write());
    let good = signed(Some(&[9]), 5);
    assert!(answers_to_a_log_in(of(&good)).is_ok());
    let mut foreign = good.clone();
    foreign.auth_data[0] ^= 1;
    let mut short = good.clone();
    short.auth_data.truncate(36);
    let mut long = good.clone();
    long.auth_data.push(0);
    for (what, bad) in [
        ("another relying party", of(&foreign)),
        ("short", of(&short)),
        ("long", of(&long)),
        ("no touch", of(&signed(Some(&[9]), 4))),
        ("no verification", of(&signed(Some(&[9]), 1))),
        ("another credential", of(&signed(Some(&[8]), 5))),
        ("empty", vec![]),
        ("no members", vec![0]),
        ("not CBOR", vec![0, 0xFF]),
        ("nested", [&[0][..], &[0x81; 60]].concat()),
        ("a huge array", vec![0, 0x9B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]),
    ] {
        let got = answers_to_a_log_in(bad);
        assert!(matches!(got, Err(Error::Malformed(_))), "{what}: {got:?}");
    }
}

#[test]
fn a_credential_that_is_not_what_was_asked_is_malformed() {
    let got = |answer: Vec<u8>| {
        let mut link = Script::new(Protocols::Ctap2, vec![plain(), answer]);
        register(&mut link, &mut Scripted::default(), &mut none(), &creation("example.nl", ""))
    };
    assert!(got(made(1, &[9], -7)).is_ok());
    let mut lying = made(1, &[9], -7);
    let length = lying.windows(3).position(|w| w == [0, 1, 9]).unwrap();
    lying[length..length + 2].copy_from_slice(&[0xFF, 0xFF]);
    for (what, bad) in [
        ("no touch", made(0, &[9], -7)),
        ("another algorithm", made(1, &[9], -8)),
        ("no id", made(1, &[], -7)),
        ("a long id", made(1, &[9; 1024], -7)),
        ("credIdLen 65535", lying),
    ] {
        assert!(matches!(got(bad), Err(Error::Malformed(_))), "{what}");
    }
}

#[test]
fn a_u2f_key_registers_as_fido_u2f_with_the_bytes_of_the_specification() {
    let name = "u2f-raw-messages";
    let answer = [vector(name, "/register/response"), vec![0x90, 0]].concat();
    let touch = vec![0x69, 0x85];
    let mut link = Script::new(Protocols::U2f, vec![touch.clone(), touch, answer]);
    let mut person = Scripted::default();
    let options = creation("example.nl", "");
    let response = register(&mut link, &mut person, &mut none(), &options).unwrap();
    assert_eq!(person.touches, 2);
    assert_eq!(response.id.0, vector(name, "/register/key_handle"));
    let object = &response.response.attestation_object.0;
    let object = wire::cbor::decode(object, wire::cbor::Order::Canonical).unwrap();
    assert_eq!(object.entry(&"fmt".into()).and_then(Value::as_text), Some("fido-u2f"));
    let statement = object.entry(&"attStmt".into()).unwrap();
    let signature = statement.entry(&"sig".into()).and_then(Value::as_bytes).unwrap();
    assert_eq!(signature, vector(name, "/register/signature"));
    let certificates = statement.entry(&"x5c".into()).and_then(Value::as_array).unwrap();
    let certificate = vector(name, "/register/attestation_certificate");
    assert_eq!(certificates, [Value::Bytes(certificate)]);
    let data = AuthData::read(&response.response.authenticator_data.0).unwrap();
    assert_eq!((data.flags.0, data.counter), (Flags::UP | Flags::AT, 0));
    let attested = data.attested.unwrap();
    assert_eq!(attested.aaguid, [0; 16]);
    let cose::Key::P256 { x, y, .. } = attested.public_key else { panic!("no point") };
    assert_eq!([&[4][..], &x, &y].concat(), vector(name, "/register/public_key"));
    let sent = wire::apdu::Command::read(&link.requests[2]).unwrap();
    assert_eq!(sent.data[32..], hash("example.nl"));
}

#[test]
fn a_u2f_key_signs_with_the_credential_it_knows() {
    let name = "u2f-raw-messages";
    let answer = [vector(name, "/authenticate/response"), vec![0x90, 0]].concat();
    let link = vec![vec![0x6A, 0x80], vec![0x69, 0x85], answer];
    let mut link = Script::new(Protocols::U2f, link);
    let handle = vector(name, "/authenticate/key_handle");
    let options = request("example.nl", &[&[1; 300], &[1], &handle], "");
    let response = log_in(&mut link, &mut Scripted::default(), &mut none(), &options).unwrap();
    assert_eq!(response.id.0, handle);
    assert_eq!(response.response.signature.0, vector(name, "/authenticate/signature"));
    let data = AuthData::read(&response.response.authenticator_data.0).unwrap();
    assert_eq!((data.flags.0, data.counter), (1, 1));
}

#[test]
fn a_u2f_key_says_why_it_cannot_serve() {
    let got = |options: &RequestOptions, answers| {
        let mut link = Script::new(Protocols::U2f, answers);
        log_in(&mut link, &mut Scripted::default(), &mut none(), options).unwrap_err()
    };
    let verified = request("example.nl", &[&[9]], VERIFIED);
    assert!(matches!(got(&verified, vec![]), Error::VerificationImpossible));
    let passkey = request("example.nl", &[], "");
    assert!(matches!(got(&passkey, vec![]), Error::NoPasskey));
    let unknown = request("example.nl", &[&[9]], "");
    assert!(matches!(got(&unknown, vec![vec![0x6A, 0x80]]), Error::NoCredentials));
    assert!(matches!(got(&unknown, vec![vec![0x69, 0x86]]), Error::Apdu(_)));
    assert!(matches!(got(&unknown, vec![vec![0x69]]), Error::Malformed(_)));
    let mut link = Script::new(Protocols::U2f, vec![vec![0x69, 0x85]]);
    let enrolled =
        creation("example.nl", r#","excludeCredentials":[{"type":"public-key","id":"AQ"}]"#);
    let got = register(&mut link, &mut Scripted::default(), &mut none(), &enrolled);
    assert!(matches!(got, Err(Error::Excluded)));
}

#[test]
fn a_u2f_key_that_is_never_touched_ends_with_the_persons_patience() {
    let touch = vec![vec![0x69, 0x85]; 100];
    let mut link = Script::new(Protocols::U2f, touch);
    let mut person = Scripted { patience: Some(10), ..Scripted::default() };
    let got = register(&mut link, &mut person, &mut none(), &creation("example.nl", ""));
    assert!(matches!(got, Err(Error::Cancelled)));
}

proptest! {
    #[test]
    fn no_answers_make_a_ceremony_panic(
        answers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..6),
        real_info: bool,
        status_ok: bool,
    ) {
        let answers: Vec<Vec<u8>> = answers
            .into_iter()
            .map(|answer| if status_ok { [&[0][..], &answer].concat() } else { answer })
            .collect();
        let first = if real_info { vec![with_pin(2)] } else { vec![] };
        let all = || [first.clone(), answers.clone()].concat();
        for protocols in [Protocols::Ctap2, Protocols::U2f] {
            let mut person = Scripted { pins: ["1234"].into(), ..Scripted::default() };
            let mut link = Script::new(protocols, all());
            let mut random = Fixed::new(vec![vec![1; 32], vec![1; 16], vec![1; 32], vec![1; 16]]);
            let _ = register(&mut link, &mut person, &mut random, &creation("example.nl", ""));
            let mut link = Script::new(protocols, all());
            let mut random = Fixed::new(vec![vec![1; 32], vec![1; 16], vec![1; 32], vec![1; 16]]);
            let options = request("example.nl", &[&[9]], "");
            let _ = log_in(&mut link, &mut person, &mut random, &options);
        }
    }
}

proptest! {
    /// What a key answers is passed on only where it is for this rpId, touched, verified where that
    /// is asked, and by a credential that was asked for.
    #[test]
    fn an_assertion_is_passed_on_only_where_all_of_it_fits(
        right_rp: bool, flags: u8, required: bool,
        asked in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..20), 1..4),
        answered in prop::option::of(prop_oneof![
            any::<prop::sample::Index>().prop_map(Ok),
            prop::collection::vec(any::<u8>(), 1..20).prop_map(Err),
        ]),
    ) {
        let flags = flags & (Flags::UP | Flags::UV);
        let id = answered.map(|which| which.map_or_else(|other| other, |at| at.get(&asked).clone()));
        let rp_id_hash = hash(if right_rp { "example.nl" } else { "example.com" });
        let auth_data = AuthData { rp_id_hash, ..auth_data(flags) };
        let answer = get_assertion::Response {
            auth_data: auth_data.write(),
            ..signed(id.as_deref(), flags)
        };
        let get_info = info(&[("rk", true), ("uv", true)], |info| {
            info.max_credentials_in_list = Some(8);
        });
        let mut link = Script::new(Protocols::Ctap2, vec![get_info, ok(&answer.write())]);
        let ids: Vec<&[u8]> = asked.iter().map(Vec::as_slice).collect();
        let options = request("example.nl", &ids, if required { VERIFIED } else { WITHOUT });
        let passed = log_in(&mut link, &mut Scripted::default(), &mut none(), &options);
        let by_one_asked = match &id {
            Some(id) => asked.contains(id),
            None => asked.len() == 1,
        };
        let touched = flags & Flags::UP != 0;
        let verified = !required || flags & Flags::UV != 0;
        let fits = right_rp && touched && verified && by_one_asked;
        match passed {
            Ok(passed) => {
                prop_assert!(fits, "passed on: {:?}", passed);
                prop_assert!(asked.contains(&passed.id.0));
                prop_assert_eq!(passed.response.authenticator_data.0, auth_data.write());
            }
            Err(error) => {
                prop_assert!(!fits, "refused: {}", error);
                prop_assert!(matches!(error, Error::Malformed(_)), "{}", error);
            }
        }
    }

    #[test]
    fn a_credential_is_passed_on_only_where_all_of_it_fits(
        flags: u8, required: bool, id in prop::collection::vec(any::<u8>(), 0..3),
        algorithm in prop_oneof![Just(cose::ES256), Just(-8), Just(-257)],
    ) {
        let flags = flags & (Flags::UP | Flags::UV) | Flags::AT;
        let get_info = info(&[("rk", true), ("uv", true)], |_| {});
        let mut link = Script::new(Protocols::Ctap2, vec![get_info, made(flags, &id, algorithm)]);
        let options = creation("example.nl", if required { SELECT_VERIFIED } else { "" });
        let passed = register(&mut link, &mut Scripted::default(), &mut none(), &options);
        let touched = flags & Flags::UP != 0;
        let verified = !required || flags & Flags::UV != 0;
        let fits = touched && verified && !id.is_empty() && algorithm == cose::ES256;
        prop_assert_eq!(passed.is_ok(), fits, "{:?}", passed.map(|made| made.id));
    }
}
