//! A key in software: what a browser and a key answer together, so that each answer can be sent
//! again, late or twice.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

/// A key with one credential.
#[derive(Clone)]
pub struct SoftKey {
    secret: SigningKey,
    id: [u8; 32],
    user: Value,
    counter: u32,
    origin: String,
    /// Whether it has a PIN, and asks for it.
    verifies: bool,
}

impl SoftKey {
    /// The key with this number, which verifies its user, on a page of `origin`.
    pub fn new(number: u32, origin: &str) -> Self {
        let seed: [u8; 32] = Sha256::digest(format!("test key {number}")).into();
        Self {
            secret: SigningKey::from_slice(&seed).expect("a scalar below the order"),
            id: Sha256::digest(seed).into(),
            user: Value::Null,
            counter: 1,
            origin: origin.to_owned(),
            verifies: true,
        }
    }

    /// The same without a PIN: it asks for a touch alone.
    #[must_use]
    pub fn without_pin(self) -> Self {
        Self { verifies: false, ..self }
    }

    /// What somebody has who knows its credential and its user, and not its private key.
    #[must_use]
    pub fn forged(&self, number: u32) -> Self {
        let Self { id, user, .. } = self.clone();
        Self { id, user, ..Self::new(number, &self.origin) }
    }

    /// Another key, that says it is the same user's.
    #[must_use]
    pub fn unknown(&self, number: u32) -> Self {
        Self { user: self.user.clone(), ..Self::new(number, &self.origin) }
    }

    /// A `RegistrationResponseJSON` to these creation options.
    pub fn create(&mut self, public_key: &Value) -> Value {
        self.user = public_key.pointer("/user/id").cloned().unwrap_or_default();
        let mut data = self.authenticator_data(TOUCHED | ATTESTED);
        data.extend([0; 16]);
        data.extend([0, 32]);
        data.extend(self.id);
        let point = self.secret.verifying_key().to_sec1_point(false);
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(point.x().expect("the point is not at infinity"));
        data.extend([0x22, 0x58, 0x20]);
        data.extend(point.y().expect("the point is not compressed"));
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x58".to_vec();
        object.push(u8::try_from(data.len()).expect("it is 164 bytes"));
        object.extend(data);
        let client_data = self.client_data("webauthn.create", public_key);
        self.answer(&json!({
            "clientDataJSON": BASE64.encode(client_data),
            "attestationObject": BASE64.encode(object),
        }))
    }

    /// An `AuthenticationResponseJSON` to these request options.
    pub fn get(&mut self, public_key: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", public_key);
        let data = self.authenticator_data(TOUCHED);
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature: DerSignature = self.secret.sign(&signed);
        self.answer(&json!({
            "clientDataJSON": BASE64.encode(client_data),
            "authenticatorData": BASE64.encode(data),
            "signature": BASE64.encode(signature.as_bytes()),
            "userHandle": self.user,
        }))
    }

    fn answer(&self, response: &Value) -> Value {
        let id = BASE64.encode(self.id);
        json!({
            "id": id, "rawId": id, "type": "public-key", "clientExtensionResults": {},
            "response": response,
        })
    }

    fn client_data(&self, ceremony: &str, public_key: &Value) -> String {
        let challenge = &public_key["challenge"];
        json!({
            "type": ceremony, "challenge": challenge, "origin": self.origin, "crossOrigin": false,
        })
        .to_string()
    }

    fn authenticator_data(&mut self, flags: u8) -> Vec<u8> {
        let mut data = Sha256::digest("localhost").to_vec();
        data.push(if self.verifies { flags | VERIFIED } else { flags });
        data.extend(self.counter.to_be_bytes());
        self.counter += 1;
        data
    }
}

// The flags of its data (WebAuthn Level 3, section 6.1).
const TOUCHED: u8 = 0x01;
const VERIFIED: u8 = 0x04;
const ATTESTED: u8 = 0x40;
