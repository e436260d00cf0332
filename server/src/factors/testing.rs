//! For tests: a security key in software, what a browser and a key would answer together; and cards
//! as their verifier leaves them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{DerSignature, SigningKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::clock::Time;
use crate::factors::card::{Refusal, Refused, Verified};
use crate::factors::{Evidence, Factor, Kind, Level};
use crate::id::AccountId;
use crate::random::Random;
use crate::uzi::Card;
use crate::uzi::refusal::{Element, Refusal as CardRefusal};
use crate::uzi::sighting::{Holder, Sighting, Standing};

pub(crate) mod maker;

use maker::{Format, Maker};

/// The origin of the test server; its relying-party id is `localhost`.
pub(crate) const ORIGIN: &str = "http://localhost:8080";

/// A key with one credential. Its fields may be changed between ceremonies.
pub(crate) struct SoftKey {
    pub(crate) secret: SigningKey,
    pub(crate) id: Vec<u8>,
    /// What its answers name as the credential, where that is another.
    pub(crate) named: Option<Vec<u8>>,
    pub(crate) user: Option<String>,
    /// The signature counter after the next ceremony; zero stays zero.
    pub(crate) counter: u32,
    /// Whether it verifies its user.
    pub(crate) verifies: bool,
    /// Whether its credential may be copied.
    pub(crate) synced: bool,
    /// Where the page that asks is.
    pub(crate) origin: &'static str,
    /// What the client data says of `crossOrigin`.
    pub(crate) cross_origin: bool,
    /// Who made it, where it says so when it is asked; without, it gives no attestation.
    pub(crate) maker: Option<Maker>,
    /// What is wrong with its answers.
    pub(crate) quirks: Quirks,
}

/// What strange keys and browsers do; by default nothing.
#[derive(Clone)]
pub(crate) struct Quirks {
    /// The relying party whose hash it signs.
    pub(crate) rp_id: &'static str,
    /// Flags it sets beside its own.
    pub(crate) sets: u8,
    /// Flags of its own that it leaves out.
    pub(crate) clears: u8,
    /// Extension outputs as CBOR; the flag that announces them goes with them.
    pub(crate) extensions: Vec<u8>,
    /// What follows its authenticator data.
    pub(crate) tail: Vec<u8>,
    /// The statement of a key that gives no attestation, as CBOR.
    pub(crate) statement: Vec<u8>,
    /// What the browser says that came of the extensions.
    pub(crate) results: Value,
    /// How the browser says that it reaches the key.
    pub(crate) transports: Value,
}

impl Default for Quirks {
    fn default() -> Self {
        Self {
            rp_id: "localhost",
            sets: 0,
            clears: 0,
            extensions: Vec::new(),
            tail: Vec::new(),
            statement: vec![0xa0],
            results: json!({}),
            transports: Value::Null,
        }
    }
}

/// A factor of this account, bound at `high` at `now`, that nothing was proven with yet.
pub(crate) fn factor(account: &AccountId, proven: (Kind, Evidence), now: Time) -> Factor {
    Factor::fresh(Random::system(), account, proven, Level::High, now)
}

/// A new key pair.
fn key() -> SigningKey {
    loop {
        if let Ok(secret) = SigningKey::from_slice(&Random::system().bytes::<32>()) {
            return secret;
        }
    }
}

impl SoftKey {
    /// A key bound to its device that verifies its user.
    pub(crate) fn new() -> Self {
        Self {
            secret: key(),
            id: Random::system().bytes::<32>().to_vec(),
            named: None,
            user: None,
            counter: 1,
            verifies: true,
            synced: false,
            origin: ORIGIN,
            cross_origin: false,
            maker: None,
            quirks: Quirks::default(),
        }
    }

    /// A `RegistrationResponseJSON` to these creation options.
    pub(crate) fn create(&mut self, public_key: &Value) -> Value {
        self.user = public_key.pointer("/user/id").and_then(Value::as_str).map(str::to_owned);
        let client_data = self.client_data("webauthn.create", public_key);
        let asked = public_key.get("attestation").and_then(Value::as_str) == Some("direct");
        let maker = self.maker.clone().filter(|_| asked);
        let mut data = self.authenticator_data(0x40);
        data.extend(match &maker {
            Some(Maker { format: Format::Packed, aaguid, .. }) => *aaguid,
            Some(Maker { format: Format::U2f, .. }) | None => [0; 16],
        });
        let length = u16::try_from(self.id.len()).expect("a length of two bytes");
        data.extend(length.to_be_bytes());
        data.extend(&self.id);
        let point = self.secret.verifying_key().to_sec1_point(false);
        data.extend([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20]);
        data.extend(point.x().expect("the point is not at infinity"));
        data.extend([0x22, 0x58, 0x20]);
        data.extend(point.y().expect("the point is not compressed"));
        data.extend(&self.quirks.extensions);
        data.extend(&self.quirks.tail);
        let mut object = vec![0xa3];
        object.extend(match &maker {
            Some(maker) => {
                let credential = (self.id.as_slice(), self.secret.verifying_key());
                maker.statement(&data, &client_data, credential)
            }
            None => [b"\x63fmt\x64none\x67attStmt", self.quirks.statement.as_slice()].concat(),
        });
        object.extend(b"\x68authData");
        object.extend(wire::cbor::encode(&wire::cbor::Value::Bytes(data)));
        let id = BASE64.encode(self.named.as_ref().unwrap_or(&self.id));
        json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "clientExtensionResults": self.quirks.results,
            "response": {
                "clientDataJSON": BASE64.encode(client_data),
                "attestationObject": BASE64.encode(object),
                "transports": self.quirks.transports,
            },
        })
    }

    /// An `AuthenticationResponseJSON` to these request options.
    pub(crate) fn get(&mut self, public_key: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", public_key);
        let mut data = self.authenticator_data(0);
        data.extend(&self.quirks.extensions);
        data.extend(&self.quirks.tail);
        let signed = [data.as_slice(), &Sha256::digest(&client_data)].concat();
        let signature: DerSignature = self.secret.sign(&signed);
        let id = BASE64.encode(self.named.as_ref().unwrap_or(&self.id));
        json!({
            "id": id,
            "rawId": id,
            "type": "public-key",
            "clientExtensionResults": self.quirks.results,
            "response": {
                "clientDataJSON": BASE64.encode(client_data),
                "authenticatorData": BASE64.encode(data),
                "signature": BASE64.encode(signature.as_bytes()),
                "userHandle": self.user,
            },
        })
    }

    fn client_data(&self, ceremony: &str, public_key: &Value) -> Vec<u8> {
        let challenge = public_key.get("challenge").expect("options have a challenge");
        json!({
            "type": ceremony,
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": self.cross_origin,
        })
        .to_string()
        .into_bytes()
    }

    fn authenticator_data(&mut self, more: u8) -> Vec<u8> {
        let mut flags = 0x01 | more;
        if self.verifies {
            flags |= 0x04;
        }
        if self.synced {
            flags |= 0x18;
        }
        if !self.quirks.extensions.is_empty() {
            flags |= 0x80;
        }
        let mut data = Sha256::digest(self.quirks.rp_id).to_vec();
        data.push((flags | self.quirks.sets) & !self.quirks.clears);
        data.extend(self.counter.to_be_bytes());
        if self.counter > 0 {
            self.counter += 1;
        }
        data
    }
}

/// A card of a care provider that holds, with this UZI number, subscriber number and surname.
pub(crate) fn verified_card(number: &str, subscriber: &str, surname: &str) -> Verified {
    let san = format!("2.16.528.1.1003.1.3.5.5.2-1-{number}-Z-{subscriber}-01.015-00000000");
    let identity = san.parse().expect("a sound UZI field");
    let subject = wire::uzi::Subject { surname: Some(surname.to_owned()), ..Default::default() };
    let holder = Holder {
        uzi_number: number.to_owned(),
        card_type: 'Z',
        subscriber: subscriber.to_owned(),
        role: "01.015".to_owned(),
    };
    let sighting = Sighting {
        standing: Standing::Held,
        serial: "2a".to_owned(),
        issuer: "FAKE UZI-register Zorgverlener CA".to_owned(),
        holder: Some(holder),
        policy: Some("2.16.528.1.1007.99.211".to_owned()),
        revocation_list: Some("07".to_owned()),
    };
    Verified { card: Card { identity, subject }, sighting: Box::new(sighting) }
}

/// The same card, revoked, and believed so far.
pub(crate) fn revoked_card(number: &str, subscriber: &str, standing: Standing) -> Refused {
    let mut sighting = verified_card(number, subscriber, "Arts").sighting;
    sighting.standing = standing;
    let refusal = CardRefusal::Revoked(Element::Card, jiff::Timestamp::UNIX_EPOCH);
    Refused { refusal: Refusal::Card(refusal), sighting: Some(sighting) }
}
