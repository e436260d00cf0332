//! Extensions: credProtect and hmac-secret. Unknown inputs are ignored.
//!
//! Spec: CTAP 2.1 sections 12.1 (credProtect) and 12.5 (hmac-secret).

use hmac::{Hmac, KeyInit, Mac};
use p256::PublicKey;
use sha2::Sha256;
use wire::{
    cbor::{Map, Value},
    ctap2::{Status, cose},
};
use zeroize::Zeroizing;

use crate::fido::{
    authenticator::Authenticator,
    pending::{Salts, Touch},
    pin::protocol::{Protocol, Shared, platform_key},
    store::{Credential, Home, Person, Properties, Protection},
};

/// The identifiers in getInfo.
pub(super) const NAMES: [&str; 2] = ["credProtect", "hmac-secret"];

const CRED_PROTECT: &str = NAMES[0];
const HMAC_SECRET: &str = NAMES[1];

/// What makeCredential asks of the extensions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Creation {
    protection: Option<Protection>,
    hmac_secret: bool,
}

impl Creation {
    pub(super) fn read(inputs: Option<&Value>) -> Result<Self, Status> {
        let input = |name: &str| inputs.and_then(|inputs| inputs.entry(&name.into()));
        let protection = match input(CRED_PROTECT) {
            None => None,
            Some(Value::Unsigned(level)) => {
                Some(Protection::from_level(*level).ok_or(Status::INVALID_PARAMETER)?)
            }
            Some(_) => return Err(Status::CBOR_UNEXPECTED_TYPE),
        };
        let hmac_secret = match input(HMAC_SECRET) {
            None => false,
            Some(wanted) => wanted.as_bool().ok_or(Status::CBOR_UNEXPECTED_TYPE)?,
        };
        Ok(Self { protection, hmac_secret })
    }

    pub(super) fn properties(self, home: Home) -> Properties {
        let protection = self.protection.unwrap_or(Protection::Optional);
        Properties { protection, home, hmac_secret: self.hmac_secret }
    }

    /// What goes into the authenticator data; nothing that was not asked for.
    pub(super) fn outputs(self) -> Option<Value> {
        let outputs = Map::new()
            .put_some(CRED_PROTECT, self.protection.map(|p| p as i64))
            .put_some(HMAC_SECRET, self.hmac_secret.then_some(true));
        (!outputs.is_empty()).then(|| outputs.into())
    }
}

impl Authenticator {
    /// The hmac-secret input of getAssertion, where there is one; it takes a touch.
    pub(super) fn salts(
        &self,
        inputs: Option<&Value>,
        touch: Touch,
    ) -> Result<Option<Salts>, Status> {
        let Some(input) = inputs.and_then(|inputs| inputs.entry(&HMAC_SECRET.into())) else {
            return Ok(None);
        };
        if touch == Touch::Unwanted {
            return Err(Status::UNSUPPORTED_OPTION);
        }
        input.as_map().ok_or(Status::CBOR_UNEXPECTED_TYPE)?;
        let member = |key: i64| input.entry(&key.into()).ok_or(Status::MISSING_PARAMETER);
        let bytes = |key: i64| member(key)?.as_bytes().ok_or(Status::CBOR_UNEXPECTED_TYPE);
        let key = cose::Key::read(member(1)?).map_err(|error| error.status())?;
        let peer: PublicKey = platform_key(&key).ok_or(Status::INVALID_PARAMETER)?;
        let number = match input.entry(&4i64.into()) {
            None => 1,
            Some(Value::Unsigned(number)) => *number,
            Some(_) => return Err(Status::CBOR_UNEXPECTED_TYPE),
        };
        let protocol = Protocol::from_number(number).ok_or(Status::INVALID_PARAMETER)?;
        let (encrypted, tag) = (bytes(2)?, bytes(3)?);
        let shared = Shared::agree(protocol, self.agreement.key(protocol), &peer);
        if !shared.authenticates(encrypted, tag) {
            return Err(Status::PIN_AUTH_INVALID);
        }
        let salts = shared.decrypt(encrypted).map_err(|_| Status::INVALID_PARAMETER)?;
        if salts.len() != 32 && salts.len() != 64 {
            return Err(Status::INVALID_PARAMETER);
        }
        Ok(Some(Salts { shared, salts }))
    }

    /// The outputs of getAssertion for one credential.
    pub(super) fn assertion_outputs(
        &mut self,
        salts: Option<&Salts>,
        credential: &Credential,
        person: Person,
    ) -> Option<Value> {
        let salts = salts.filter(|_| credential.properties.hmac_secret)?;
        let secret = self.store.cred_random(credential, person);
        let output: Vec<u8> =
            salts.salts.chunks(32).flat_map(|salt| hmac(secret.expose(), salt)).collect();
        let encrypted = salts
            .shared
            .encrypt(&Zeroizing::new(output), &mut self.ivs)
            .expect("one or two outputs of 32 bytes are whole blocks");
        Some(Map::new().put(HMAC_SECRET, Value::Bytes(encrypted)).into())
    }
}

fn hmac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes any key length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use serde_json::Value as Json;

    use super::hmac;

    #[test]
    fn the_w3c_vectors_are_hmacs_of_their_salts() {
        let file = include_str!("../../../../tests/vectors/hmac-secret-prf-w3c.json");
        let json: Json = serde_json::from_str(file).unwrap();
        let bytes = |json: &Json| hex::decode(json.as_str().unwrap()).unwrap();
        let secret = bytes(&json["shared"]["authenticator_cred_random"]).try_into().unwrap();
        for case in json["cases"].as_array().unwrap() {
            for (salt, output) in [("salt1", "output1"), ("salt2", "output2")] {
                let Some(salt) = case.get(salt) else { continue };
                let made = hmac(&secret, &bytes(salt));
                assert_eq!(made[..], bytes(&case[output]));
            }
        }
    }
}
