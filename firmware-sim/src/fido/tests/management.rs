//! credentialManagement and selection.

use std::time::Duration;

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use wire::ctap2::{
    Command, Status,
    client_pin::permission,
    credential_management::{Parameters, Request, Response, Subcommand},
    entity::{Descriptor, RelyingParty, User},
};

use super::{
    host::{Host, RP_ID, assertion, read, resident},
    pin_host::authenticate,
};
use crate::fido::Presence;

const PIN: &str = "123456";
const MANAGE: u64 = permission::CREDENTIAL_MANAGEMENT;
const OTHER: &str = "example.net";

fn hash(rp_id: &str) -> [u8; 32] {
    Sha256::digest(rp_id).into()
}

/// What a credential is asked by.
fn of(id: &[u8]) -> Parameters {
    Parameters { credential: Some(Descriptor::new(id)), ..Parameters::default() }
}

fn at(rp_id: &str) -> Parameters {
    Parameters { rp_id_hash: Some(hash(rp_id)), ..Parameters::default() }
}

impl Host {
    fn managed(
        &mut self,
        token: &[u8],
        subcommand: Subcommand,
        parameters: Option<Parameters>,
    ) -> Result<Response, Status> {
        let mut request = Request::new(subcommand, parameters);
        request.pin_uv_auth_param = Some(authenticate(2, token, &request.message()));
        request.protocol = Some(2);
        self.asked_to_manage(&request)
    }

    fn asked_to_manage(&mut self, request: &Request) -> Result<Response, Status> {
        let answer = self.ctap2(Command::CredentialManagement, Some(&request.write()))?;
        Ok(answer.map_or_else(Response::default, |members| Response::read(&members).unwrap()))
    }

    /// Goes on with an enumeration, which needs no proof.
    fn next(&mut self, subcommand: Subcommand) -> Result<Response, Status> {
        self.asked_to_manage(&Request::new(subcommand, None))
    }

    /// A token for managing all accounts.
    fn manager(&mut self) -> Vec<u8> {
        self.token_at((2, PIN), MANAGE, None).unwrap()
    }

    fn keeps(&mut self, user: &str, rp_id: &str) -> Vec<u8> {
        let rp = RelyingParty { id: rp_id.to_owned(), name: None };
        let request = wire::ctap2::make_credential::Request { rp, ..resident(user) };
        let token = self.token(2, PIN, permission::MAKE_CREDENTIAL, rp_id).unwrap();
        let made = self.make(&super::pins::proven(request, 2, &token)).unwrap();
        read(&made.auth_data).attested.unwrap().credential_id
    }
}

/// A key with a PIN and three accounts: two of one party, and one of another that is newer.
fn filled() -> (Host, [Vec<u8>; 3]) {
    let mut host = Host::plug("fido2.1");
    host.set_pin(2, PIN).unwrap();
    let ids = [("a", RP_ID), ("b", RP_ID), ("c", OTHER)].map(|(user, rp)| host.keeps(user, rp));
    (host, ids)
}

#[test]
fn accounts_are_counted_and_shown_by_party() {
    let (mut host, [first, second, other]) = filled();
    let token = host.manager();
    let counted = host.managed(&token, Subcommand::GetCredsMetadata, None).unwrap();
    assert_eq!((counted.existing, counted.remaining), (Some(3), Some(97)));
    assert_eq!(host.info().remaining_discoverable, Some(97));

    let party = host.managed(&token, Subcommand::EnumerateRpsBegin, None).unwrap();
    assert_eq!((party.rp.unwrap().id, party.total_rps), (OTHER.to_owned(), Some(2)));
    let party = host.next(Subcommand::EnumerateRpsGetNextRp).unwrap();
    assert_eq!(party.rp_id_hash, Some(hash(RP_ID)));
    assert_eq!((party.rp.unwrap().id, party.total_rps), (RP_ID.to_owned(), None));
    assert_eq!(host.next(Subcommand::EnumerateRpsGetNextRp), Err(Status::NOT_ALLOWED));

    let begin = Subcommand::EnumerateCredentialsBegin;
    let shown = host.managed(&token, begin, Some(at(RP_ID))).unwrap();
    assert_eq!(shown.credential, Some(Descriptor::new(second)));
    assert_eq!(shown.total_credentials, Some(2));
    assert_eq!(shown.cred_protect, Some(1));
    assert_eq!(shown.user.unwrap().name.as_deref(), Some("b@example.org"));
    let next = Subcommand::EnumerateCredentialsGetNextCredential;
    let shown = host.next(next).unwrap();
    assert_eq!((shown.credential, shown.total_credentials), (Some(Descriptor::new(first)), None));
    assert_eq!(host.next(next), Err(Status::NOT_ALLOWED));
    let shown = host.managed(&token, begin, Some(at(OTHER))).unwrap();
    assert_eq!(shown.credential, Some(Descriptor::new(other)));
    let none = host.managed(&token, begin, Some(at("example.com")));
    assert_eq!(none, Err(Status::NO_CREDENTIALS));
}

#[test]
fn the_public_key_that_is_shown_is_the_credentials() {
    let mut host = Host::plug("fido2.1");
    host.set_pin(2, PIN).unwrap();
    let made = host.make_with(PIN, resident("a")).unwrap();
    let key = read(&made.auth_data).attested.unwrap().public_key;
    let token = host.manager();
    let begin = Subcommand::EnumerateCredentialsBegin;
    let shown = host.managed(&token, begin, Some(at(RP_ID))).unwrap();
    assert_eq!(shown.public_key, Some(key));
}

#[test]
fn an_account_that_is_removed_is_gone_and_leaves_room() {
    let (mut host, [first, second, _]) = filled();
    let token = host.manager();
    let remove = Subcommand::DeleteCredential;
    assert_eq!(host.managed(&token, remove, Some(of(&first))), Ok(Response::default()));
    assert_eq!(host.managed(&token, remove, Some(of(&first))), Err(Status::NO_CREDENTIALS));
    let counted = host.managed(&token, Subcommand::GetCredsMetadata, None).unwrap();
    assert_eq!((counted.existing, counted.remaining), (Some(2), Some(98)));
    assert_eq!(host.get(&assertion(&[&first])), Err(Status::NO_CREDENTIALS));
    assert!(host.get(&assertion(&[&second])).is_ok());
}

#[test]
fn a_user_is_renamed_and_stays_the_same_user() {
    let (mut host, [first, ..]) = filled();
    let token = host.manager();
    let user = |id: &[u8], name: Option<&str>| Parameters {
        user: Some(User { id: id.to_vec(), name: name.map(str::to_owned), display_name: None }),
        ..of(&first)
    };
    let update = Subcommand::UpdateUserInformation;
    let done = host.managed(&token, update, Some(user(b"a", Some("nieuw@example.org"))));
    assert_eq!(done, Ok(Response::default()));
    let other = host.managed(&token, update, Some(user(b"b", None)));
    assert_eq!(other, Err(Status::INVALID_PARAMETER), "another user");
    let nobody = host.managed(&token, update, Some(of(&first)));
    assert_eq!(nobody, Err(Status::MISSING_PARAMETER));
    let begin = Subcommand::EnumerateCredentialsBegin;
    host.managed(&token, begin, Some(at(RP_ID))).unwrap();
    let shown = host.next(Subcommand::EnumerateCredentialsGetNextCredential).unwrap();
    let shown = shown.user.unwrap();
    assert_eq!((shown.name.as_deref(), shown.display_name), (Some("nieuw@example.org"), None));
}

#[test]
fn nothing_is_managed_without_a_token_for_it() {
    let (mut host, [first, ..]) = filled();
    let metadata = Subcommand::GetCredsMetadata;
    assert_eq!(host.next(metadata), Err(Status::PUAT_REQUIRED));
    let mut request = Request::new(metadata, None);
    request.pin_uv_auth_param = Some(vec![0; 32]);
    assert_eq!(host.asked_to_manage(&request), Err(Status::MISSING_PARAMETER), "no protocol");
    request.protocol = Some(3);
    assert_eq!(host.asked_to_manage(&request), Err(Status::INVALID_PARAMETER));
    request.protocol = Some(2);
    assert_eq!(host.asked_to_manage(&request), Err(Status::PIN_AUTH_INVALID));
    let legacy = host.legacy_token(2, PIN).unwrap();
    assert_eq!(host.managed(&legacy, metadata, None), Err(Status::PIN_AUTH_INVALID));

    let token = host.manager();
    let mut request = Request::new(Subcommand::DeleteCredential, Some(of(&first)));
    request.protocol = Some(2);
    // The proof of another subcommand, and of other parameters.
    for message in [vec![1], [&[6], &request.message()[1..40]].concat()] {
        request.pin_uv_auth_param = Some(authenticate(2, &token, &message));
        assert_eq!(host.asked_to_manage(&request), Err(Status::PIN_AUTH_INVALID));
    }
    assert_eq!(host.managed(&token, metadata, None).unwrap().existing, Some(3));
}

#[test]
fn a_token_of_one_party_manages_its_accounts_only() {
    let (mut host, [first, _, other]) = filled();
    let token = host.token_at((2, PIN), MANAGE, Some(RP_ID)).unwrap();
    for (subcommand, parameters) in [
        (Subcommand::GetCredsMetadata, None),
        (Subcommand::EnumerateRpsBegin, None),
        (Subcommand::EnumerateCredentialsBegin, Some(at(OTHER))),
        (Subcommand::DeleteCredential, Some(of(&other))),
    ] {
        let refused = host.managed(&token, subcommand, parameters);
        assert_eq!(refused, Err(Status::PIN_AUTH_INVALID), "{subcommand:?}");
    }
    let begin = Subcommand::EnumerateCredentialsBegin;
    assert!(host.managed(&token, begin, Some(at(RP_ID))).is_ok());
    assert!(host.managed(&token, Subcommand::DeleteCredential, Some(of(&first))).is_ok());
}

#[test]
fn an_enumeration_ends_with_another_command_with_time_and_where_there_is_nothing() {
    let (mut host, _) = filled();
    let next = Subcommand::EnumerateRpsGetNextRp;
    assert_eq!(host.next(next), Err(Status::NOT_ALLOWED), "nothing began");
    let token = host.manager();
    let begin = Subcommand::EnumerateRpsBegin;
    host.managed(&token, begin, None).unwrap();
    let _ = host.info();
    assert_eq!(host.next(next), Err(Status::NOT_ALLOWED), "another command came between");
    host.managed(&token, begin, None).unwrap();
    let other = host.next(Subcommand::EnumerateCredentialsGetNextCredential);
    assert_eq!(other, Err(Status::NOT_ALLOWED), "of another enumeration");
    host.managed(&token, begin, None).unwrap();
    host.now += Duration::from_secs(29);
    assert!(host.next(next).is_ok());
    host.managed(&token, begin, None).unwrap();
    host.now += Duration::from_secs(30);
    assert_eq!(host.next(next), Err(Status::NOT_ALLOWED), "too late");

    let mut empty = Host::plug("fido2.1");
    empty.set_pin(2, PIN).unwrap();
    let token = empty.manager();
    assert_eq!(empty.managed(&token, begin, None), Err(Status::NO_CREDENTIALS));
}

#[test]
fn an_unknown_subcommand_is_refused() {
    let mut host = Host::plug("fido2.1");
    let mut request = Request::new(Subcommand::GetCredsMetadata, None);
    for unknown in [0, 8, 300] {
        request.subcommand = unknown;
        assert_eq!(host.asked_to_manage(&request), Err(Status::INVALID_SUBCOMMAND));
    }
}

#[test]
fn a_key_of_2_1_says_so_and_is_selected_by_a_touch() {
    let mut host = Host::plug("fido2.1");
    let info = host.info();
    assert_eq!(info.versions, ["U2F_V2", "FIDO_2_0", "FIDO_2_1_PRE", "FIDO_2_1"]);
    assert_eq!(info.option("credMgmt"), Some(true));
    assert_eq!(info.option("makeCredUvNotRqd"), Some(true));
    assert_eq!(host.ctap2(Command::Selection, None), Ok(None));
    host.key.set_presence(Presence::Deny);
    assert_eq!(host.ctap2(Command::Selection, None), Err(Status::OPERATION_DENIED));
    assert_eq!(Host::plug("fido2").info().option("credMgmt"), None);
}

proptest! {
    #[test]
    fn any_request_is_answered(cbor: Vec<u8>, subcommand in 0_u64..9, raw in any::<bool>()) {
        let mut host = Host::plug("fido2.1");
        let mut request = Request::new(Subcommand::GetCredsMetadata, None);
        request.subcommand = subcommand;
        request.pin_uv_auth_param = Some(cbor.clone());
        request.protocol = Some(2);
        let refused = if raw {
            let payload = [&[Command::CredentialManagement as u8], &cbor[..]].concat();
            host.ask(wire::ctaphid::Command::Cbor, &payload).payload[0] != Status::OK.0
        } else {
            host.asked_to_manage(&request).is_err()
        };
        prop_assert!(refused);
    }
}
