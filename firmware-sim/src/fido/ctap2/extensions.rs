//! Extensions. Unknown inputs are ignored, as are those that this key has not.
//!
//! Spec: CTAP 2.1 section 12.

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
    pending::{Salts, Touch, Wanted},
    pin::protocol::{Protocol, Shared, platform_key},
    profiles::Ctap2,
    store::{Credential, Home, Person, Properties, Protection, Resident},
};

const CRED_PROTECT: &str = "credProtect";
const HMAC_SECRET: &str = "hmac-secret";
const HMAC_SECRET_MC: &str = "hmac-secret-mc";
const CRED_BLOB: &str = "credBlob";
const LARGE_BLOB_KEY: &str = "largeBlobKey";
const MIN_PIN_LENGTH: &str = "minPinLength";
const PIN_COMPLEXITY: &str = "pinComplexityPolicy";
const PAYMENT: &str = "thirdPartyPayment";

/// The identifiers in getInfo.
pub(super) fn names(ctap2: &Ctap2) -> impl Iterator<Item = &'static str> {
    let all = [
        (CRED_PROTECT, true),
        (HMAC_SECRET, true),
        (CRED_BLOB, ctap2.is_2_1()),
        (LARGE_BLOB_KEY, ctap2.large_blobs > 0),
        (MIN_PIN_LENGTH, ctap2.is_2_1()),
        (HMAC_SECRET_MC, ctap2.is_2_3()),
        (PIN_COMPLEXITY, ctap2.is_2_3()),
        (PAYMENT, ctap2.is_2_3()),
    ];
    all.into_iter().filter(|(_, has)| *has).map(|(name, _)| name)
}

/// The inputs of a request that this key understands.
struct Inputs<'a> {
    inputs: Option<&'a Value>,
    known: Vec<&'static str>,
}

impl<'a> Inputs<'a> {
    fn get(&self, name: &str) -> Option<&'a Value> {
        self.known.contains(&name).then(|| self.inputs?.entry(&name.into())).flatten()
    }

    /// True where it is asked for.
    fn flag(&self, name: &str) -> Result<bool, Status> {
        let flag = self.get(name).map(|input| input.as_bool());
        flag.map_or(Ok(false), |flag| flag.ok_or(Status::CBOR_UNEXPECTED_TYPE))
    }

    /// The same of one that may not be refused: `false` is no input.
    fn demand(&self, name: &str) -> Result<bool, Status> {
        match (self.get(name).is_some(), self.flag(name)?) {
            (true, false) => Err(Status::INVALID_OPTION),
            (_, wanted) => Ok(wanted),
        }
    }
}

/// What makeCredential asks of the extensions.
#[derive(Debug, Clone, Default)]
pub(super) struct Creation {
    protection: Option<Protection>,
    hmac_secret: bool,
    salts: Option<Salts>,
    /// The blob where it is short enough, and there is an account to keep it with.
    cred_blob: Option<Option<Vec<u8>>>,
    large_blob_key: bool,
    min_pin_length: bool,
    complexity: bool,
    payment: bool,
}

impl Creation {
    pub(super) fn properties(&self, home: Home) -> Properties {
        let protection = self.protection.unwrap_or(Protection::Optional);
        Properties { protection, home, hmac_secret: self.hmac_secret, payment: self.payment }
    }

    /// The account, with what it is to keep.
    pub(super) fn endow(&self, account: Resident) -> Resident {
        let cred_blob = self.cred_blob.clone().flatten();
        Resident { cred_blob, large_blob_key: self.large_blob_key, ..account }
    }
}

impl Authenticator {
    fn inputs<'a>(&self, inputs: Option<&'a Value>) -> Inputs<'a> {
        let known = self.profile.ctap2().map(|ctap2| names(ctap2).collect());
        Inputs { inputs, known: known.unwrap_or_default() }
    }

    /// The inputs of makeCredential.
    pub(super) fn creation(&self, inputs: Option<&Value>, home: Home) -> Result<Creation, Status> {
        let inputs = self.inputs(inputs);
        let protection = match inputs.get(CRED_PROTECT) {
            None => None,
            Some(Value::Unsigned(level)) => {
                Some(Protection::from_level(*level).ok_or(Status::INVALID_PARAMETER)?)
            }
            Some(_) => return Err(Status::CBOR_UNEXPECTED_TYPE),
        };
        let longest = self.profile.ctap2().map_or(0, Ctap2::longest_cred_blob);
        let cred_blob = match inputs.get(CRED_BLOB) {
            None => None,
            Some(Value::Bytes(blob)) => {
                let fits = blob.len() <= longest && home == Home::Key;
                Some(fits.then(|| blob.clone()))
            }
            Some(_) => return Err(Status::CBOR_UNEXPECTED_TYPE),
        };
        let large_blob_key = inputs.demand(LARGE_BLOB_KEY)?;
        if large_blob_key && home != Home::Key {
            return Err(Status::INVALID_OPTION);
        }
        let hmac_secret = inputs.flag(HMAC_SECRET)?;
        let salts = inputs.get(HMAC_SECRET_MC);
        if salts.is_some() && !hmac_secret {
            return Err(Status::MISSING_PARAMETER);
        }
        Ok(Creation {
            protection,
            hmac_secret,
            salts: salts.map(|salts| self.salts(salts)).transpose()?,
            cred_blob,
            large_blob_key,
            min_pin_length: inputs.flag(MIN_PIN_LENGTH)?,
            complexity: inputs.flag(PIN_COMPLEXITY)?,
            payment: inputs.flag(PAYMENT)?,
        })
    }

    /// What goes into the authenticator data; nothing that was not asked for.
    pub(super) fn creation_outputs(
        &mut self,
        creation: &Creation,
        credential: &Credential,
        (rp_id, person): (&str, Person),
    ) -> Option<Value> {
        let told = self.settings.min_pin_rp_ids.iter().any(|allowed| allowed == rp_id);
        let minimum = u64::try_from(self.settings.min_pin).ok();
        let complexity = self.settings.complexity;
        let secret = creation.salts.as_ref().map(|salts| self.salted(salts, credential, person));
        let outputs = Map::new()
            .put_some(CRED_PROTECT, creation.protection.map(|p| p as i64))
            .put_some(HMAC_SECRET, creation.hmac_secret.then_some(true))
            .put_some(CRED_BLOB, creation.cred_blob.as_ref().map(Option::is_some))
            .put_some(MIN_PIN_LENGTH, minimum.filter(|_| creation.min_pin_length && told))
            .put_some(HMAC_SECRET_MC, secret)
            .put_some(PIN_COMPLEXITY, (creation.complexity && told).then_some(complexity))
            .put_some(PAYMENT, creation.payment.then_some(true));
        (!outputs.is_empty()).then(|| outputs.into())
    }

    /// The inputs of getAssertion.
    pub(super) fn wanted(&self, inputs: Option<&Value>, touch: Touch) -> Result<Wanted, Status> {
        let inputs = self.inputs(inputs);
        let salts = inputs.get(HMAC_SECRET);
        if salts.is_some() && touch == Touch::Unwanted {
            return Err(Status::UNSUPPORTED_OPTION);
        }
        Ok(Wanted {
            salts: salts.map(|salts| self.salts(salts)).transpose()?,
            cred_blob: inputs.flag(CRED_BLOB)?,
            large_blob_key: inputs.demand(LARGE_BLOB_KEY)?,
            payment: inputs.flag(PAYMENT)?,
        })
    }

    /// The salts of hmac-secret, decrypted.
    fn salts(&self, input: &Value) -> Result<Salts, Status> {
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
        Ok(Salts { shared, salts })
    }

    /// The outputs of getAssertion for one credential.
    pub(super) fn assertion_outputs(
        &mut self,
        wanted: &Wanted,
        credential: &Credential,
        person: Person,
    ) -> Option<Value> {
        let salts = wanted.salts.as_ref().filter(|_| credential.properties.hmac_secret);
        let secret = salts.map(|salts| self.salted(salts, credential, person));
        let account = self.store.resident(&credential.id);
        let blob = account.and_then(|account| account.cred_blob.clone()).unwrap_or_default();
        let outputs = Map::new()
            .put_some(HMAC_SECRET, secret)
            .put_some(CRED_BLOB, wanted.cred_blob.then_some(Value::Bytes(blob)))
            .put_some(PAYMENT, wanted.payment.then_some(credential.properties.payment));
        (!outputs.is_empty()).then(|| outputs.into())
    }

    /// The answer of hmac-secret to these salts, encrypted.
    fn salted(&mut self, salts: &Salts, credential: &Credential, person: Person) -> Value {
        let secret = self.store.cred_random(credential, person);
        let output: Vec<u8> =
            salts.salts.chunks(32).flat_map(|salt| hmac(secret.expose(), salt)).collect();
        let encrypted = salts
            .shared
            .encrypt(&Zeroizing::new(output), &mut self.ivs)
            .expect("one or two outputs of 32 bytes are whole blocks");
        Value::Bytes(encrypted)
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
