//! Strange answers of keys and browsers: each is refused by name, and none breaks the server.

use super::*;
use crate::factors::testing::{self, SoftKey};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};
use wire::ctap2::auth_data::Flags;

fn text() -> impl Strategy<Value = Value> {
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..200)
            .prop_map(|bytes| BASE64.encode(bytes).into()),
        client_data().prop_map(|json| BASE64.encode(json).into()),
        attestation().prop_map(|bytes| BASE64.encode(bytes).into()),
        "\\PC{0,20}".prop_map(Value::from),
        Just(Value::Null),
        any::<i64>().prop_map(Value::from),
    ]
}

/// What a browser says of the ceremony, whole or damaged.
fn client_data() -> impl Strategy<Value = String> {
    r#"\{"type":"webauthn\.(get|create)","challenge":"[A-Za-z0-9_-]{0,43}","origin":"(http://localhost:8080|\PC{0,20})"(,"crossOrigin":(true|false|null|"x"))?(,"topOrigin":"\PC{0,9}")?\}?"#
}

/// An attestation object whose authenticator data is anything.
fn attestation() -> impl Strategy<Value = Vec<u8>> {
    let format = proptest::sample::select(vec!["none", "packed", "fido-u2f", "tpm", "apple", "x"]);
    let statement = proptest::collection::vec(any::<u8>(), 0..40);
    let data = proptest::collection::vec(any::<u8>(), 0..200);
    (format, statement, data).prop_map(|(format, statement, data)| {
        let mut object = b"\xa3\x63fmt".to_vec();
        object.push(0x60 | u8::try_from(format.len()).expect("a short name"));
        object.extend(format.as_bytes());
        object.extend(b"\x67attStmt");
        object.extend(if statement.is_empty() { vec![0xa0] } else { statement });
        object.extend(b"\x68authData\x58");
        object.push(u8::try_from(data.len()).expect("below 200 bytes"));
        object.extend(data);
        object
    })
}

/// What may come back from a key: the shape of an answer, and any bytes in it.
pub(crate) fn answer() -> impl Strategy<Value = Value> {
    let members = proptest::collection::btree_map(
        proptest::sample::select(vec![
            "clientDataJSON",
            "authenticatorData",
            "signature",
            "userHandle",
            "attestationObject",
            "transports",
        ]),
        text(),
        0..6,
    );
    (text(), text(), members, any::<bool>()).prop_map(|(id, raw_id, response, whole)| {
        let kind = if whole { "public-key" } else { "secret-key" };
        serde_json::json!({
            "id": id, "rawId": raw_id, "type": kind, "clientExtensionResults": {},
            "response": response,
        })
    })
}

fn keys() -> Keys {
    let origin = Url::parse(testing::ORIGIN).unwrap();
    let wait = Duration::from_secs(60);
    Keys::new("localhost", &origin, "Sleutelbos", Demand::default(), wait).unwrap()
}

fn registration(keys: &Keys, kind: KeyKind) -> Question {
    let id = AccountId::from_bytes([1; 16]);
    let owner = Owner { id: &id, username: "test.arts@voorbeeld.nl", name: "Test Arts" };
    keys.begin_registration(&owner, kind, &[]).unwrap()
}

fn replaced(mut answer: Value, field: &str, bytes: &[u8]) -> Value {
    answer["response"][field] = BASE64.encode(bytes).into();
    answer
}

/// Authenticator data for our site with these flags.
fn data(flags: u8, rest: &[u8]) -> Vec<u8> {
    let mut data = Sha256::digest("localhost").to_vec();
    data.push(flags);
    data.extend(rest);
    data
}

#[test]
fn of_an_answer_only_what_is_read_is_kept() {
    let answer = serde_json::json!({
        "id": "AA", "rawId": "AA", "type": "public-key", "authenticatorAttachment": 5,
        "clientExtensionResults": {"credProps": {"rk": "yes"}},
        "response": {"transports": ["usb", 5, {}, "x"], "userHandle": "", "publicKey": [], "signature": "AA"},
    });
    let kept = look::kept(&answer, &["transports", "userHandle", "signature"]);
    let expected = serde_json::json!({
        "id": "AA", "rawId": "AA", "type": "public-key", "clientExtensionResults": {},
        "response": {"transports": ["usb", "x"], "signature": "AA"},
    });
    assert_eq!(kept, expected);
}

proptest! {
    #[test]
    fn any_answer_is_read_or_refused(answer in answer()) {
        let keys = keys();
        let asked = keys.begin_alone().unwrap();
        if let Ok(answer) = keys.look(&asked.state, &answer).unwrap() {
            let _ = (answer.credential_id(), answer.was_named());
        }
        for kind in [KeyKind::SecurityKey, KeyKind::Passkey] {
            let asked = registration(&keys, kind);
            let _ = keys.finish_registration(&asked.state, &answer).unwrap();
        }
    }

    #[test]
    fn any_value_is_read_or_refused(text in "\\PC{0,60}|[\\[{\"0-9a-z:,\\]}]{0,60}") {
        if let Ok(value) = serde_json::from_str::<Value>(&text) {
            let keys = keys();
            let asked = keys.begin_alone().unwrap();
            let _ = keys.look(&asked.state, &value).unwrap();
        }
    }

    /// The rest of the answer is right, so that these bytes are what is looked at.
    #[test]
    fn any_bytes_of_a_key_are_read_or_refused(
        flags: u8,
        rest in proptest::collection::vec(any::<u8>(), 0..120),
    ) {
        let keys = keys();
        let asked = keys.begin_alone().unwrap();
        let answer = SoftKey::new().get(&asked.public_key);
        let answer = replaced(answer, "authenticatorData", &data(flags, &rest));
        if let Ok(answer) = keys.look(&asked.state, &answer).unwrap() {
            prop_assert!(answer.data.flags.has(Flags::UP | Flags::UV));
            prop_assert!(rest.len() == 4 || answer.data.flags.0 & (Flags::AT | Flags::ED) != 0);
        }
        let asked = registration(&keys, KeyKind::Passkey);
        let object = wire::cbor::Map::new()
            .put("fmt", "none")
            .put("attStmt", wire::cbor::Map::new())
            .put("authData", wire::cbor::Value::bytes(data(flags, &rest)));
        let object = wire::cbor::encode(&object.into());
        let answer = replaced(SoftKey::new().create(&asked.public_key), "attestationObject", &object);
        prop_assert!(keys.finish_registration(&asked.state, &answer).unwrap().is_err());
    }

    #[test]
    fn an_answer_cut_short_or_damaged_is_read_or_refused(at in 0_usize..400, byte: u8, cut: bool) {
        let keys = keys();
        let asked = registration(&keys, KeyKind::Passkey);
        let whole = SoftKey::new().create(&asked.public_key);
        let mut object =
            BASE64.decode(whole["response"]["attestationObject"].as_str().unwrap()).unwrap();
        let at = at % object.len();
        if cut {
            object.truncate(at);
        } else {
            object[at] ^= byte;
        }
        let damaged = replaced(whole, "attestationObject", &object);
        let made = keys.finish_registration(&asked.state, &damaged).unwrap();
        prop_assert!(!cut || made.is_err());
    }
}
