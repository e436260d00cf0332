//! authenticatorCredentialManagement (0A): what lives on the key is counted, shown, renamed, removed.
//!
//! Spec: CTAP 2.1 section 6.8.

use wire::{
    cbor::Value,
    ctap2::{
        Status,
        client_pin::permission,
        credential_management::{Parameters, Request, Response, Subcommand},
        entity::{Descriptor, PUBLIC_KEY, User},
    },
};

use crate::{
    device::Time,
    fido::{
        authenticator::Authenticator,
        pending::{Enumeration, Pending},
        pin::token::Bound,
        profiles::Ctap2,
        store::{Id, Resident, RpIdHash},
    },
};

impl Authenticator {
    pub(super) fn credential_management(
        &mut self,
        cbor: &[u8],
        pending: Option<Pending>,
        now: Time,
    ) -> Result<Option<Value>, Status> {
        let request = Request::read(cbor).map_err(|error| error.status())?;
        let subcommand =
            Subcommand::from_code(request.subcommand).ok_or(Status::INVALID_SUBCOMMAND)?;
        let response = match subcommand {
            // These two go on with what was proven at the beginning.
            Subcommand::EnumerateRpsGetNextRp => match pending {
                Some(Pending::Parties(parties)) => self.next_party(parties, now)?,
                Some(Pending::Accounts(_) | Pending::Assertions(_)) | None => {
                    return Err(Status::NOT_ALLOWED);
                }
            },
            Subcommand::EnumerateCredentialsGetNextCredential => match pending {
                Some(Pending::Accounts(accounts)) => self.next_account(accounts, now)?,
                Some(Pending::Parties(_) | Pending::Assertions(_)) | None => {
                    return Err(Status::NOT_ALLOWED);
                }
            },
            Subcommand::GetCredsMetadata => {
                self.may_manage(&request, Bound::Nowhere, now)?;
                self.metadata()
            }
            Subcommand::EnumerateRpsBegin => {
                self.may_manage(&request, Bound::Nowhere, now)?;
                self.first_party(now)?
            }
            Subcommand::EnumerateCredentialsBegin => {
                let party = parameters(&request)?.rp_id_hash.ok_or(Status::MISSING_PARAMETER)?;
                self.may_manage(&request, Bound::To(&party), now)?;
                self.first_account(&party, now)?
            }
            Subcommand::DeleteCredential => {
                let id = self.managed(&request, now)?;
                self.store.remove(&id);
                return Ok(None);
            }
            Subcommand::UpdateUserInformation => {
                let user = parameters(&request)?.user.clone().ok_or(Status::MISSING_PARAMETER)?;
                let id = self.managed(&request, now)?;
                self.rename(&id, user)?;
                return Ok(None);
            }
        };
        Ok(Some(response.write()))
    }

    /// Whether the request proves that its token permits managing what is bound there.
    fn may_manage(&mut self, request: &Request, bound: Bound<'_>, now: Time) -> Result<(), Status> {
        let tag = request.pin_uv_auth_param.as_deref().ok_or(Status::PUAT_REQUIRED)?;
        let message = request.message();
        let proof = super::verification::proof(request.protocol, &message, tag)?;
        let token = self.token.as_mut().ok_or(Status::PIN_AUTH_INVALID)?;
        match token.manages(&proof, permission::CREDENTIAL_MANAGEMENT, bound, now) {
            true => Ok(()),
            false => Err(Status::PIN_AUTH_INVALID),
        }
    }

    /// The account that the request names, where its token permits managing it.
    fn managed(&mut self, request: &Request, now: Time) -> Result<Id, Status> {
        let credential = parameters(request)?.credential.as_ref();
        let descriptor = credential.ok_or(Status::MISSING_PARAMETER)?;
        let found = Some(descriptor).filter(|descriptor| descriptor.kind == PUBLIC_KEY);
        let found = found.and_then(|descriptor| self.store.resident(&descriptor.id));
        let found = found.map(|account| (account.id, account.rp_id_hash));
        let bound = found.as_ref().map_or(Bound::Anywhere, |(_, party)| Bound::To(party));
        self.may_manage(request, bound, now)?;
        found.map(|(id, _)| id).ok_or(Status::NO_CREDENTIALS)
    }

    fn metadata(&self) -> Response {
        Response {
            existing: u64::try_from(self.store.count()).ok(),
            remaining: u64::try_from(self.store.room()).ok(),
            ..Response::default()
        }
    }

    fn first_party(&mut self, now: Time) -> Result<Response, Status> {
        let parties = self.store.parties();
        let total_rps = u64::try_from(parties.len()).ok();
        match self.next_party(Enumeration::begin(parties, now), now) {
            // There was none to begin with.
            Err(_) => Err(Status::NO_CREDENTIALS),
            Ok(first) => Ok(Response { total_rps, ..first }),
        }
    }

    fn next_party(
        &mut self,
        mut parties: Enumeration<RpIdHash>,
        now: Time,
    ) -> Result<Response, Status> {
        let party = parties.next(now).ok_or(Status::NOT_ALLOWED)?;
        let account = self.store.residents(&party).next().ok_or(Status::NOT_ALLOWED)?;
        let response = Response {
            rp: Some(account.rp.clone()),
            rp_id_hash: Some(party),
            ..Response::default()
        };
        self.pending = parties.goes_on().then_some(Pending::Parties(parties));
        Ok(response)
    }

    fn first_account(&mut self, party: &RpIdHash, now: Time) -> Result<Response, Status> {
        let accounts: Vec<Id> = self.store.residents(party).map(|account| account.id).collect();
        let total_credentials = u64::try_from(accounts.len()).ok();
        match self.next_account(Enumeration::begin(accounts, now), now) {
            Err(_) => Err(Status::NO_CREDENTIALS),
            Ok(first) => Ok(Response { total_credentials, ..first }),
        }
    }

    fn next_account(
        &mut self,
        mut accounts: Enumeration<Id>,
        now: Time,
    ) -> Result<Response, Status> {
        let id = accounts.next(now).ok_or(Status::NOT_ALLOWED)?;
        let account = self.store.resident(&id).ok_or(Status::NOT_ALLOWED)?;
        let response = self.shown(account)?;
        self.pending = accounts.goes_on().then_some(Pending::Accounts(accounts));
        Ok(response)
    }

    fn shown(&self, account: &Resident) -> Result<Response, Status> {
        let credential = self.store.open(&account.id, &account.rp_id_hash);
        let payments = self.profile.ctap2().is_some_and(Ctap2::is_2_3);
        Ok(Response {
            user: Some(account.user.clone()),
            credential: Some(Descriptor::new(account.id)),
            public_key: Some(credential.ok_or(Status::OTHER)?.public_key()),
            cred_protect: Some(account.properties.protection as u64),
            large_blob_key: self.store.large_blob_key(account),
            third_party_payment: payments.then_some(account.properties.payment),
            ..Response::default()
        })
    }

    /// Gives the user of an account other names; absent ones go.
    fn rename(&mut self, id: &Id, user: User) -> Result<(), Status> {
        let account = self.store.resident_mut(id).ok_or(Status::NO_CREDENTIALS)?;
        if account.user.id != user.id {
            return Err(Status::INVALID_PARAMETER);
        }
        let name = |name: Option<String>| name.filter(|name| !name.is_empty());
        account.user.name = name(user.name);
        account.user.display_name = name(user.display_name);
        Ok(())
    }
}

fn parameters(request: &Request) -> Result<&Parameters, Status> {
    request.parameters.as_ref().ok_or(Status::MISSING_PARAMETER)
}
