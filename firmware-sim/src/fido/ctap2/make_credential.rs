//! authenticatorMakeCredential (01). Spec: CTAP 2.1 section 6.1.

use sha2::{Digest, Sha256};
use wire::{
    cbor::{Map, Value},
    ctap2::{
        Status,
        auth_data::{Attested, AuthData, Flags},
        client_pin::permission,
        cose,
        entity::{Algorithm, Options, PUBLIC_KEY},
        make_credential::{Request, Response},
    },
};

use super::{Purpose, extensions::Creation};
use crate::{
    device::Time,
    fido::{
        authenticator::Authenticator,
        pin::token::Proof,
        store::{self, Credential, Home, Person, Resident, RpIdHash},
    },
};

/// The longest user handle, in bytes.
const USER_HANDLE: usize = 64;

impl Authenticator {
    pub(super) fn make_credential(&mut self, cbor: &[u8], now: Time) -> Result<Value, Status> {
        let request = Request::read(cbor).map_err(|error| error.status())?;
        let tag = request.pin_uv_auth_param.as_deref();
        let proof = self.proof(tag, request.pin_uv_auth_protocol, &request.client_data_hash)?;
        self.check(&request)?;
        let home = home(request.options, proof.as_ref())?;
        let creation = Creation::read(request.extensions.as_ref())?;
        if proof.is_none() && self.needs_pin(home) {
            return Err(Status::PUAT_REQUIRED);
        }
        let permission = permission::MAKE_CREDENTIAL;
        let purpose = Purpose { permission, rp_id: &request.rp.id, now };
        let person = self.verify(proof.as_ref(), &purpose)?;
        let rp_id_hash = Sha256::digest(&request.rp.id).into();
        self.refuse_excluded(&request, &rp_id_hash, person)?;
        self.spend_touch()?;

        let credential = self.store.create(rp_id_hash, &request.user.id, creation.properties(home));
        if home == Home::Key {
            let Credential { id, properties, .. } = credential;
            let (rp, user) = (request.rp, request.user);
            let resident = Resident { id, rp_id_hash, properties, rp, user };
            self.store.keep(resident).map_err(|store::Full| Status::KEY_STORE_FULL)?;
        }
        let auth_data = self.created(&credential, person, creation);
        Ok(self.attest(auth_data.write(), &request.client_data_hash).write())
    }

    fn check(&self, request: &Request) -> Result<(), Status> {
        if !request.algorithms.contains(&Algorithm::new(cose::ES256)) {
            return Err(Status::UNSUPPORTED_ALGORITHM);
        }
        if request.enterprise_attestation.is_some() {
            return Err(Status::INVALID_PARAMETER);
        }
        if request.rp.id.is_empty() {
            return Err(Status::INVALID_PARAMETER);
        }
        if request.user.id.is_empty() || request.user.id.len() > USER_HANDLE {
            return Err(Status::INVALID_PARAMETER);
        }
        let limit = self.profile.ctap2().map_or(0, |ctap2| ctap2.max_list);
        if request.exclude.len() > limit {
            return Err(Status::LIMIT_EXCEEDED);
        }
        Ok(())
    }

    fn needs_pin(&self, home: Home) -> bool {
        let optional = self.profile.ctap2().is_some_and(|ctap2| ctap2.make_without_pin);
        self.pin.is_set() && (home == Home::Key || !optional)
    }

    fn refuse_excluded(
        &mut self,
        request: &Request,
        rp_id_hash: &RpIdHash,
        person: Person,
    ) -> Result<(), Status> {
        let listed = request.exclude.iter().filter(|d| d.kind == PUBLIC_KEY);
        let mut held = listed.filter_map(|d| self.store.open(&d.id, rp_id_hash));
        if !held.any(|credential| credential.properties.protection.allows(person)) {
            return Ok(());
        }
        self.spend_touch()?;
        Err(Status::CREDENTIAL_EXCLUDED)
    }

    fn created(&mut self, credential: &Credential, person: Person, creation: Creation) -> AuthData {
        let aaguid = self.profile.aaguid().unwrap_or_default();
        let credential_id = credential.id.to_vec();
        let public_key = credential.public_key();
        AuthData {
            rp_id_hash: credential.rp_id_hash,
            flags: Flags(Flags::UP | person.flag()),
            counter: self.counter.advance(),
            attested: Some(Attested { aaguid, credential_id, public_key }),
            extensions: creation.outputs(),
        }
    }

    /// Packed attestation with the key's own certificate.
    fn attest(&self, auth_data: Vec<u8>, client_data_hash: &[u8; 32]) -> Response {
        let signed = [&auth_data[..], client_data_hash].concat();
        let signature = store::sign(self.attestation.key(), &signed);
        let chain = vec![Value::bytes(self.attestation.certificate())];
        let statement = Map::new()
            .put("alg", cose::ES256)
            .put("sig", Value::Bytes(signature))
            .put("x5c", Value::Array(chain))
            .into();
        let format = "packed".to_owned();
        Response { format, auth_data, statement, enterprise: None, large_blob_key: None }
    }
}

/// Where the credential is to live. A PIN proof makes the option `uv` moot.
fn home(options: Options, proof: Option<&Proof<'_>>) -> Result<Home, Status> {
    if options.up == Some(false) || (options.uv == Some(true) && proof.is_none()) {
        return Err(Status::INVALID_OPTION);
    }
    Ok(if options.rk == Some(true) { Home::Key } else { Home::Id })
}
