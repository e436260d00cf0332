//! The messages against captured answers of a device and the W3C's registrations.

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::auth_data::{AuthData, Error as AuthDataError, Flags};
use super::entity::{Algorithm, Descriptor, Options, RelyingParty, User};
use super::*;

/// From python-fido2's tests; captured from an early CTAP 2.0 device.
fn captured(pointer: &str) -> Vec<u8> {
    let text = include_str!("../../../tests/vectors/ctap2-messages.json");
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    hex::decode(json.pointer(pointer).and_then(|v| v.as_str()).expect(pointer)).unwrap()
}

#[test]
fn get_info_of_a_device_is_read_and_written_back() {
    let bytes = captured("/get_info_response");
    let value = cbor::decode(&bytes, Order::Canonical).unwrap();
    let info = get_info::Info::read(&value).unwrap();
    assert_eq!(info.versions, ["U2F_V2", "FIDO_2_0"]);
    assert_eq!(info.extensions, ["uvm", "hmac-secret"]);
    assert_eq!(info.aaguid[..], captured("/aaguid"));
    assert_eq!(info.option("rk"), Some(true));
    assert_eq!(info.option("clientPin"), Some(false));
    assert_eq!(info.option("uv"), None);
    assert_eq!(info.max_message, Some(1200));
    assert_eq!(info.pin_uv_auth_protocols, [1]);
    assert_eq!(cbor::encode(&info.write()), bytes);
}

#[test]
fn an_unknown_member_of_get_info_is_ignored() {
    let value = cbor::decode(&captured("/get_info_response_extra_key"), Order::Any).unwrap();
    assert_eq!(get_info::Info::read(&value).unwrap().max_message, Some(1200));
}

#[test]
fn make_credential_of_a_device_is_read_and_written_back() {
    let bytes = captured("/make_credential_response");
    let value = cbor::decode(&bytes, Order::Canonical).unwrap();
    let answer = make_credential::Response::read(&value).unwrap();
    assert_eq!(answer.format, "packed");
    assert_eq!(answer.auth_data, captured("/auth_data_mc"));
    assert_eq!(cbor::encode(&answer.write()), bytes);

    let data = AuthData::read(&answer.auth_data).unwrap();
    assert_eq!(data.rp_id_hash[..], captured("/rp_id_hash"));
    assert_eq!(data.flags, Flags(0x41));
    let attested = data.attested.clone().unwrap();
    assert_eq!(attested.credential_id, captured("/credential_id"));
    assert_eq!(attested.public_key.algorithm(), Some(cose::ES256));
    assert_eq!(data.write(), answer.auth_data);
}

#[test]
fn get_assertion_of_a_device_is_read_and_written_back() {
    let bytes = captured("/get_assertion_response");
    let value = cbor::decode(&bytes, Order::Canonical).unwrap();
    let answer = get_assertion::Response::read(&value).unwrap();
    assert_eq!(answer.credential, Some(Descriptor::new(captured("/credential_id"))));
    assert_eq!(answer.auth_data, captured("/auth_data_ga"));
    assert_eq!(answer.signature, captured("/signature"));
    assert_eq!(cbor::encode(&answer.write()), bytes);
    assert_eq!(AuthData::read(&answer.auth_data).unwrap().counter, 29);
}

/// W3C WebAuthn Level 3, section 16: every registration's authenticator data, incl. keys of
/// curves that are only passed through.
#[test]
fn authenticator_data_of_the_w3c_vectors_survive() {
    let text = include_str!("../../../tests/vectors/webauthn-l3-section16.json");
    let json: serde_json::Value = serde_json::from_str(text).unwrap();
    let cases = json["cases"].as_array().expect("cases");
    assert!(cases.len() >= 10);
    for case in cases {
        let object = case["registration"]["attestationObject"].as_str().expect("attestationObject");
        let value = cbor::decode(&hex::decode(object).unwrap(), Order::Any).unwrap();
        let bytes = value.entry(&"authData".into()).and_then(Value::as_bytes).expect("authData");
        let data = AuthData::read(bytes).unwrap();
        assert!(data.attested.is_some());
        assert_eq!(data.write(), bytes);
    }
}

#[test]
fn authenticator_data_cut_short_anywhere_are_refused() {
    let whole = captured("/auth_data_mc");
    for length in 0..whole.len() {
        assert!(AuthData::read(&whole[..length]).is_err(), "{length}");
    }
    let longer = [&whole[..], &[0]].concat();
    assert_eq!(AuthData::read(&longer), Err(AuthDataError::Trailing(1)));
}

#[test]
fn each_malformed_request_has_its_status() {
    let status = |hex: &str| {
        make_credential::Request::read(&hex::decode(hex).unwrap()).unwrap_err().status()
    };
    assert_eq!(status("a0"), Status::MISSING_PARAMETER);
    assert_eq!(status("80"), Status::CBOR_UNEXPECTED_TYPE);
    assert_eq!(status("bfff"), Status::INVALID_CBOR);
    assert_eq!(status(""), Status::INVALID_CBOR);
    let pin = client_pin::Request::read(&hex::decode("a10101").unwrap()).unwrap_err();
    assert_eq!(pin.status(), Status::MISSING_PARAMETER);
}

#[test]
fn an_answer_is_a_status_and_members() {
    assert_eq!(read_answer(&[]), Err(AnswerError::Empty));
    assert_eq!(read_answer(&[0]), Ok(None));
    assert_eq!(read_answer(&[0x2E]), Err(AnswerError::Refused(Status::NO_CREDENTIALS)));
    assert_eq!(Status::NO_CREDENTIALS.to_string(), "NO_CREDENTIALS (0x2e)");
    assert_eq!(answer(Ok(None)), [0]);
    assert_eq!(request(Command::GetInfo, None), [4]);
}

fn descriptors() -> impl Strategy<Value = Vec<Descriptor>> {
    let descriptor = (prop::collection::vec(any::<u8>(), 0..70), prop::option::of("usb|nfc"))
        .prop_map(|(id, transport)| Descriptor {
            transports: transport.into_iter().collect(),
            ..Descriptor::new(id)
        });
    prop::collection::vec(descriptor, 0..4)
}

proptest! {
    #[test]
    fn requests_are_read_as_they_were_written(
        client_data: [u8; 8], list in descriptors(), id in prop::collection::vec(any::<u8>(), 1..=64),
        rk: Option<bool>, up: Option<bool>, uv: Option<bool>, param: Option<[u8; 16]>, name: Option<String>,
    ) {
        let client_data_hash: [u8; 32] = Sha256::digest(client_data).into();
        let param = param.map(|p| p.to_vec());
        let protocol = param.as_ref().map(|_| 2);
        let options = Options { rk, up, uv };
        let make = make_credential::Request {
            client_data_hash,
            rp: RelyingParty { id: "zorg.example".into(), name: name.clone() },
            user: User { id, name: name.clone(), display_name: name },
            algorithms: vec![Algorithm::new(cose::ES256), Algorithm::new(cose::RS256)],
            exclude: list.clone(),
            extensions: Some(cbor::Map::new().put("hmac-secret", true).into()),
            options,
            pin_uv_auth_param: param.clone(),
            pin_uv_auth_protocol: protocol,
            enterprise_attestation: None,
            formats: Vec::new(),
        };
        let bytes = cbor::encode(&make.write());
        prop_assert_eq!(make_credential::Request::read(&bytes), Ok(make));

        let get = get_assertion::Request {
            rp_id: "zorg.example".into(),
            client_data_hash,
            allow: Some(list),
            extensions: None,
            options: Options { rk: None, ..options },
            pin_uv_auth_param: param,
            pin_uv_auth_protocol: protocol,
        };
        let bytes = cbor::encode(&get.write());
        prop_assert_eq!(get_assertion::Request::read(&bytes), Ok(get));
    }

    #[test]
    fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = make_credential::Request::read(&bytes);
        let _ = get_assertion::Request::read(&bytes);
        let _ = client_pin::Request::read(&bytes);
        let _ = AuthData::read(&bytes);
        if let Ok(Some(value)) = read_answer(&bytes) {
            let _ = make_credential::Response::read(&value);
            let _ = get_assertion::Response::read(&value);
            let _ = get_info::Info::read(&value);
            let _ = client_pin::Response::read(&value);
        }
    }

    /// One changed byte in a real message: refused or read, never a panic.
    #[test]
    fn no_changed_byte_makes_the_readers_panic(index: prop::sample::Index, byte: u8) {
        for pointer in ["/make_credential_response", "/get_assertion_response", "/get_info_response"] {
            let mut bytes = captured(pointer);
            let at = index.index(bytes.len());
            bytes[at] = byte;
            if let Ok(value) = cbor::decode(&bytes, Order::Any) {
                if let Ok(answer) = make_credential::Response::read(&value) {
                    let _ = AuthData::read(&answer.auth_data);
                }
                let _ = get_assertion::Response::read(&value);
                let _ = get_info::Info::read(&value);
            }
        }
    }
}
