//! Strange answers of keys and browsers: each is refused by name, and none breaks the server.

use super::*;
use proptest::prelude::*;

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

proptest! {
    #[test]
    fn any_answer_is_read_or_refused(answer in answer()) {
        if let Ok(answer) = Answer::parse(&answer) {
            let _ = (answer.credential_id(), answer.user());
        }
    }

    #[test]
    fn any_value_is_read_or_refused(text in "\\PC{0,60}|[\\[{\"0-9a-z:,\\]}]{0,60}") {
        if let Ok(value) = serde_json::from_str(&text) {
            let _ = Answer::parse(&value);
        }
    }
}
