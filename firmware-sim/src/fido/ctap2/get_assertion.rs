//! authenticatorGetAssertion (02). Spec: CTAP 2.1 section 6.2.

use sha2::{Digest, Sha256};
use wire::{
    cbor::Value,
    ctap2::{
        Status,
        auth_data::{AuthData, Flags},
        client_pin::permission,
        entity::{Descriptor, Options, PUBLIC_KEY, User},
        get_assertion::{Request, Response},
    },
};

use super::verification::Purpose;
use crate::{
    device::Time,
    fido::{
        authenticator::Authenticator,
        pending::{Assertion, Enumeration, Pending, PendingAssertions, Touch},
        store::{self, Credential, Home, Person},
    },
};

/// How much of the account an answer shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    /// The user handle.
    Handle,
    /// The names too, so that a person can choose.
    Names,
}

impl Authenticator {
    pub(super) fn get_assertion(&mut self, cbor: &[u8], now: Time) -> Result<Value, Status> {
        let request = Request::read(cbor).map_err(|error| error.status())?;
        let tag = request.pin_uv_auth_param.as_deref();
        let proof = self.proof(tag, request.pin_uv_auth_protocol, &request.client_data_hash)?;
        let touch = touch(request.options)?;
        let way = self.way(proof, request.options.uv, touch == Touch::Wanted)?;
        if request.rp_id.is_empty() {
            return Err(Status::INVALID_PARAMETER);
        }
        let allow = request.allow.as_deref().unwrap_or_default();
        if allow.len() > self.profile.ctap2().map_or(0, |ctap2| ctap2.max_list) {
            return Err(Status::LIMIT_EXCEEDED);
        }
        let permission = permission::GET_ASSERTION;
        let purpose = Purpose { permission, rp_id: &request.rp_id, now };
        let verified = self.verify(way, &purpose)?;
        let wanted = self.wanted(request.extensions.as_ref(), touch)?;
        let person = verified.person;
        let rp_id_hash = Sha256::digest(&request.rp_id).into();
        let client_data_hash = request.client_data_hash;
        let assertion = Assertion { rp_id_hash, client_data_hash, touch, person, wanted };

        let found = if allow.is_empty() {
            self.discovered(&assertion)
        } else {
            self.allowed(allow, &assertion).into_iter().collect()
        };
        if touch == Touch::Wanted {
            self.spend_touch(verified)?;
        }
        self.answer_first(assertion, found)
    }

    /// The first credential of the list that this key holds.
    fn allowed(&self, allow: &[Descriptor], assertion: &Assertion) -> Option<Credential> {
        let listed = allow.iter().filter(|descriptor| descriptor.kind == PUBLIC_KEY);
        listed
            .filter_map(|descriptor| self.store.open(&descriptor.id, &assertion.rp_id_hash))
            .find(|credential| credential.properties.protection.allows(assertion.person))
    }

    /// The accounts on the key that may be found, newest first.
    fn discovered(&self, assertion: &Assertion) -> Vec<Credential> {
        let accounts = self.store.residents(&assertion.rp_id_hash);
        accounts
            .filter(|a| a.properties.protection.allows_discovery(assertion.person))
            .filter_map(|account| self.store.open(&account.id, &assertion.rp_id_hash))
            .collect()
    }

    fn answer_first(
        &mut self,
        assertion: Assertion,
        found: Vec<Credential>,
    ) -> Result<Value, Status> {
        let (first, others) = found.split_first().ok_or(Status::NO_CREDENTIALS)?;
        let show = assertion.show(others);
        let mut response = self.assert(&assertion, first, show);
        if !others.is_empty() {
            response.number_of_credentials = u64::try_from(found.len()).ok();
            let accounts = others.iter().map(|credential| credential.id).collect();
            let accounts = Enumeration::begin(accounts, self.holder.now());
            self.pending = Some(Pending::Assertions(PendingAssertions { assertion, accounts }));
        }
        Ok(response.write())
    }

    /// Signs for one credential.
    pub(super) fn assert(
        &mut self,
        assertion: &Assertion,
        credential: &Credential,
        show: Show,
    ) -> Response {
        let Assertion { rp_id_hash, client_data_hash, touch, person, ref wanted } = *assertion;
        let extensions = self.assertion_outputs(wanted, credential, person);
        let account = self.store.resident(&credential.id).filter(|_| wanted.large_blob_key);
        let large_blob_key = account.and_then(|account| self.store.large_blob_key(account));
        let up = if touch == Touch::Wanted { Flags::UP } else { 0 };
        let flags = Flags(up | person.flag());
        let counter = self.counter.advance();
        let auth_data = AuthData { rp_id_hash, flags, counter, attested: None, extensions }.write();
        let signed = [&auth_data[..], &client_data_hash].concat();
        Response {
            credential: Some(Descriptor::new(credential.id)),
            signature: store::sign(credential.key(), &signed),
            auth_data,
            user: self.user(credential, show),
            number_of_credentials: None,
            user_selected: None,
            large_blob_key,
        }
    }

    fn user(&self, credential: &Credential, show: Show) -> Option<User> {
        if credential.properties.home == Home::Id {
            return None;
        }
        let user = self.store.resident(&credential.id)?.user.clone();
        Some(match show {
            Show::Names => user,
            Show::Handle => User { id: user.id, name: None, display_name: None },
        })
    }
}

impl Assertion {
    fn show(&self, others: &[Credential]) -> Show {
        match self.person {
            Person::Verified if !others.is_empty() => Show::Names,
            Person::Verified | Person::Unverified => Show::Handle,
        }
    }

    /// How much of the further accounts is shown.
    pub(super) fn show_further(&self) -> Show {
        match self.person {
            Person::Verified => Show::Names,
            Person::Unverified => Show::Handle,
        }
    }
}

fn touch(options: Options) -> Result<Touch, Status> {
    if options.rk.is_some() {
        return Err(Status::UNSUPPORTED_OPTION);
    }
    Ok(if options.up == Some(false) { Touch::Unwanted } else { Touch::Wanted })
}
