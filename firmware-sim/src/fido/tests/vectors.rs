//! Vectors of WebAuthn Level 3 section 16 and of U2F Raw Message Formats v1.2 (`tests/vectors`).

use p256::{PublicKey, SecretKey, ecdsa::SigningKey};
use serde_json::Value as Json;
use sha2::{Digest, Sha256};
use wire::{
    cbor::{self, Order, Value},
    ctap2::auth_data::AuthData,
    ctap2::cose,
    u2f::{authentication_signed, registration_signed},
};

use super::host::verify_point;
use crate::fido::store::sign;

const WEBAUTHN: &str = include_str!("../../../../tests/vectors/webauthn-l3-section16.json");
const U2F: &str = include_str!("../../../../tests/vectors/u2f-raw-messages.json");

fn bytes(json: &Json, pointer: &str) -> Vec<u8> {
    hex::decode(json.pointer(pointer).and_then(Json::as_str).expect(pointer)).unwrap()
}

fn signing_key(json: &Json, pointer: &str) -> SigningKey {
    SigningKey::from(&SecretKey::from_slice(&bytes(json, pointer)).unwrap())
}

struct Case {
    name: String,
    json: Json,
    format: String,
    statement: Value,
    auth_data: Vec<u8>,
}

/// The cases whose credential is on P-256.
fn cases() -> Vec<Case> {
    let json: Json = serde_json::from_str(WEBAUTHN).unwrap();
    let read = |json: &Json| {
        let object = bytes(json, "/registration/attestationObject");
        let object = cbor::decode(&object, Order::Any).unwrap();
        let member = |name: &str| object.entry(&name.into()).unwrap().clone();
        let auth_data = member("authData").as_bytes().unwrap().to_vec();
        let key = AuthData::read(&auth_data).unwrap().attested.unwrap().public_key;
        (key.algorithm() == Some(cose::ES256)).then(|| Case {
            name: json["name"].as_str().unwrap().to_owned(),
            json: json.clone(),
            format: member("fmt").as_text().unwrap().to_owned(),
            statement: member("attStmt"),
            auth_data,
        })
    };
    json["cases"].as_array().unwrap().iter().filter_map(read).collect()
}

fn client_data_hash(json: &Json, part: &str) -> [u8; 32] {
    Sha256::digest(bytes(json, &format!("/{part}/clientDataJSON"))).into()
}

#[test]
fn assertions_of_webauthn_are_signed_bit_for_bit() {
    let cases = cases();
    assert_eq!(cases.len(), 7);
    for Case { name, json, .. } in cases {
        let key = signing_key(&json, "/registration/credential_private_key");
        let auth_data = bytes(&json, "/authentication/authenticatorData");
        let signed = [&auth_data[..], &client_data_hash(&json, "authentication")].concat();
        assert_eq!(sign(&key, &signed), bytes(&json, "/authentication/signature"), "{name}");
    }
}

#[test]
fn attestations_of_webauthn_are_signed_bit_for_bit() {
    let mut formats = Vec::new();
    for Case { name, json, format, statement, auth_data } in cases() {
        let hash = client_data_hash(&json, "registration");
        let (signer, signed) = match format.as_str() {
            "packed" if statement.entry(&"x5c".into()).is_some() => {
                ("attestation_private_key", [&auth_data[..], &hash].concat())
            }
            "packed" => ("credential_private_key", [&auth_data[..], &hash].concat()),
            "fido-u2f" => ("attestation_private_key", u2f_signed(&auth_data, &hash)),
            _ => continue,
        };
        let key = signing_key(&json, &format!("/registration/{signer}"));
        let expected = statement.entry(&"sig".into()).and_then(Value::as_bytes).unwrap();
        assert_eq!(sign(&key, &signed), expected, "{name}");
        formats.push((format, signer));
    }
    formats.sort();
    assert_eq!(
        formats,
        [
            ("fido-u2f".to_owned(), "attestation_private_key"),
            ("packed".to_owned(), "attestation_private_key"),
            ("packed".to_owned(), "credential_private_key"),
        ]
    );
}

fn u2f_signed(auth_data: &[u8], client_data_hash: &[u8; 32]) -> Vec<u8> {
    let auth_data = AuthData::read(auth_data).unwrap();
    let attested = auth_data.attested.unwrap();
    let cose::Key::P256 { x, y, .. } = attested.public_key else { panic!("no key on P-256") };
    let point = [&[4][..], &x, &y].concat().try_into().unwrap();
    registration_signed(&auth_data.rp_id_hash, client_data_hash, &attested.credential_id, &point)
}

/// The examples' nonces are their authors' own, so the signatures are checked, not made.
#[test]
fn the_examples_of_u2f_sign_what_this_key_signs() {
    let json: Json = serde_json::from_str(U2F).unwrap();
    let array = |pointer: &str| <[u8; 32]>::try_from(bytes(&json, pointer)).unwrap();
    let point = |pointer: &str| PublicKey::from_sec1_bytes(&bytes(&json, pointer)).unwrap();
    let registered = registration_signed(
        &array("/register/application_parameter"),
        &array("/register/challenge_parameter"),
        &bytes(&json, "/register/key_handle"),
        &bytes(&json, "/register/public_key").try_into().unwrap(),
    );
    let attestation = point("/register/attestation_public_key");
    verify_point(&attestation, &registered, &bytes(&json, "/register/signature"));
    let authenticated = authentication_signed(
        &array("/authenticate/application_parameter"),
        1,
        1,
        &array("/authenticate/challenge_parameter"),
    );
    let credential = point("/authenticate/public_key");
    verify_point(&credential, &authenticated, &bytes(&json, "/authenticate/signature"));
}
