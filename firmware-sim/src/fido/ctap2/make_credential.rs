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

use super::verification::{Purpose, Way};
use crate::{
    device::Time,
    fido::{
        authenticator::Authenticator,
        store::{self, Credential, Home, Person, Resident, RpIdHash},
    },
};

/// enterpriseAttestation: the vendor says for which parties.
const VENDOR_FACILITATED: u64 = 1;
/// enterpriseAttestation: the host says so.
const PLATFORM_MANAGED: u64 = 2;
/// The longest user handle, in bytes.
const USER_HANDLE: usize = 64;

impl Authenticator {
    pub(super) fn make_credential(&mut self, cbor: &[u8], now: Time) -> Result<Value, Status> {
        let request = Request::read(cbor).map_err(|error| error.status())?;
        let tag = request.pin_uv_auth_param.as_deref();
        let proof = self.proof(tag, request.pin_uv_auth_protocol, &request.client_data_hash)?;
        self.check(&request)?;
        let enterprise = self.enterprise(&request)?;
        let home = home(request.options)?;
        let way = self.way(proof, request.options.uv, true)?;
        let creation = self.creation(request.extensions.as_ref(), home)?;
        if matches!(way, Way::None) && self.needs_verification(home) {
            let by_pin = self.pin.is_set();
            return Err(if by_pin { Status::PUAT_REQUIRED } else { Status::OPERATION_DENIED });
        }
        let permission = permission::MAKE_CREDENTIAL;
        let purpose = Purpose { permission, rp_id: &request.rp.id, now };
        let verified = self.verify(way, &purpose)?;
        let person = verified.person;
        let rp_id_hash = Sha256::digest(&request.rp.id).into();
        if self.is_excluded(&request, &rp_id_hash, person) {
            self.spend_touch(verified)?;
            return Err(Status::CREDENTIAL_EXCLUDED);
        }
        self.spend_touch(verified)?;

        let credential = self.store.create(rp_id_hash, &request.user.id, creation.properties(home));
        let rp_id = request.rp.id.clone();
        let extensions = self.creation_outputs(&creation, &credential, (&rp_id, person));
        let large_blob_key = match home {
            Home::Id => None,
            Home::Key => {
                let account = creation.endow(Resident::new(&credential, request.rp, request.user));
                let large_blob_key = self.store.large_blob_key(&account);
                self.store.keep(account).map_err(|store::Full| Status::KEY_STORE_FULL)?;
                large_blob_key
            }
        };
        let auth_data = self.created(&credential, person, extensions).write();
        let hash = request.client_data_hash;
        let attested = self.attest(auth_data, &hash, &request.formats, enterprise);
        Ok(Response { large_blob_key, ..attested }.write())
    }

    /// Whether the credential is to be attested by the certificate of this one key.
    fn enterprise(&self, request: &Request) -> Result<bool, Status> {
        let Some(kind) = request.enterprise_attestation else { return Ok(false) };
        let listed = self.profile.ctap2().and_then(|ctap2| ctap2.enterprise.as_ref());
        let Some(listed) = listed.filter(|_| self.settings.enterprise) else {
            return Err(Status::INVALID_PARAMETER);
        };
        match kind {
            VENDOR_FACILITATED => Ok(listed.contains(&request.rp.id)),
            PLATFORM_MANAGED => Ok(true),
            _ => Err(Status::INVALID_OPTION),
        }
    }

    fn check(&self, request: &Request) -> Result<(), Status> {
        if !request.algorithms.contains(&Algorithm::new(cose::ES256)) {
            return Err(Status::UNSUPPORTED_ALGORITHM);
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

    fn needs_verification(&self, home: Home) -> bool {
        let optional = self.profile.ctap2().is_some_and(|ctap2| ctap2.make_without_pin);
        self.is_protected() && (home == Home::Key || !optional)
    }

    fn is_excluded(&self, request: &Request, rp_id_hash: &RpIdHash, person: Person) -> bool {
        let listed = request.exclude.iter().filter(|d| d.kind == PUBLIC_KEY);
        let mut held = listed.filter_map(|d| self.store.open(&d.id, rp_id_hash));
        held.any(|credential| credential.properties.protection.allows(person))
    }

    fn created(
        &mut self,
        credential: &Credential,
        person: Person,
        extensions: Option<Value>,
    ) -> AuthData {
        let aaguid = self.profile.aaguid().unwrap_or_default();
        let credential_id = credential.id.to_vec();
        let public_key = credential.public_key();
        AuthData {
            rp_id_hash: credential.rp_id_hash,
            flags: Flags(Flags::UP | person.flag()),
            counter: self.counter.advance(),
            attested: Some(Attested { aaguid, credential_id, public_key }),
            extensions,
        }
    }

    /// Packed attestation with the key's own certificate, unless none is wanted.
    fn attest(
        &self,
        auth_data: Vec<u8>,
        client_data_hash: &[u8; 32],
        wanted: &[String],
        enterprise: bool,
    ) -> Response {
        let enterprise = enterprise.then_some(true);
        if matches!(wanted, [only] if only == "none") && enterprise.is_none() {
            let format = "none".to_owned();
            let statement = Map::new().into();
            return Response { format, auth_data, statement, enterprise, large_blob_key: None };
        }
        let signed = [&auth_data[..], client_data_hash].concat();
        let signature = store::sign(self.attestation.key(), &signed);
        let certificate = match enterprise {
            Some(_) => self.attestation.enterprise_certificate(),
            None => self.attestation.certificate(),
        };
        let statement = Map::new()
            .put("alg", cose::ES256)
            .put("sig", Value::Bytes(signature))
            .put("x5c", Value::Array(vec![Value::bytes(certificate)]))
            .into();
        let format = "packed".to_owned();
        Response { format, auth_data, statement, enterprise, large_blob_key: None }
    }
}

/// Where the credential is to live.
fn home(options: Options) -> Result<Home, Status> {
    if options.up == Some(false) {
        return Err(Status::INVALID_OPTION);
    }
    Ok(if options.rk == Some(true) { Home::Key } else { Home::Id })
}
