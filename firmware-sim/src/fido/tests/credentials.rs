//! makeCredential, getAssertion, getNextAssertion, reset.

use der::{Decode, Encode};
use p256::{PublicKey, pkcs8::DecodePublicKey};
use std::time::Duration;
use wire::{
    cbor::Value,
    ctap2::{
        self, Status,
        auth_data::Flags,
        entity::{Descriptor, Options},
        get_assertion, make_credential,
    },
};
use x509_cert::Certificate;

use super::host::{Host, TODAY, assertion, creation, read, resident, verify, verify_point};
use crate::fido::{Key, Presence};

fn certificates(host: &Host, response: &make_credential::Response) -> (Certificate, Certificate) {
    let chain = response.statement.entry(&"x5c".into()).and_then(Value::as_array).unwrap();
    assert_eq!(chain.len(), 1);
    let leaf = Certificate::from_der(chain[0].as_bytes().unwrap()).unwrap();
    (leaf, Certificate::from_der(host.key.attestation_root()).unwrap())
}

fn public(certificate: &Certificate) -> PublicKey {
    let info = certificate.tbs_certificate().subject_public_key_info();
    PublicKey::from_public_key_der(&info.to_der().unwrap()).unwrap()
}

#[test]
fn a_credential_signs_for_its_party_only() {
    let mut host = Host::plug("fido2");
    let made = host.make(&creation("arts")).unwrap();
    let auth_data = read(&made.auth_data);
    assert_eq!(auth_data.flags.0, Flags::UP | Flags::AT);
    let attested = auth_data.attested.unwrap();
    assert_eq!(Some(attested.aaguid), host.key.profile().aaguid());

    let answer = host.get(&assertion(&[&attested.credential_id])).unwrap();
    let signed = [&answer.auth_data[..], &[0xC2; 32]].concat();
    verify(&attested.public_key, &signed, &answer.signature);
    let answered = read(&answer.auth_data);
    assert_eq!(answered.rp_id_hash, auth_data.rp_id_hash);
    assert_eq!(answered.flags.0, Flags::UP);
    assert!(answered.counter > auth_data.counter);
    assert_eq!(answer.user, None);

    let elsewhere = get_assertion::Request {
        rp_id: "example.com".to_owned(),
        ..assertion(&[&attested.credential_id])
    };
    assert_eq!(host.get(&elsewhere), Err(Status::NO_CREDENTIALS));
}

#[test]
fn a_party_without_a_name_is_refused() {
    let mut host = Host::plug("fido2");
    let mut nameless = creation("arts");
    nameless.rp.id = String::new();
    assert_eq!(host.make(&nameless), Err(Status::INVALID_PARAMETER));
    let nameless = get_assertion::Request { rp_id: String::new(), ..assertion(&[]) };
    assert_eq!(host.get(&nameless), Err(Status::INVALID_PARAMETER));
}

#[test]
fn the_root_of_a_seed_is_the_same_on_every_day() {
    let root = |seed: u64, now| {
        let key = Key::new("fido2".parse().unwrap(), seed, now).unwrap();
        key.attestation_root().to_vec()
    };
    let year = std::time::Duration::from_secs(31_556_952);
    assert_eq!(root(1, TODAY), root(1, TODAY + year));
    assert_ne!(root(1, TODAY), root(2, TODAY));
}

#[test]
fn the_attestation_chains_to_the_test_root() {
    let mut host = Host::plug("fido2");
    let made = host.make(&creation("arts")).unwrap();
    assert_eq!(made.format, "packed");
    let (leaf, root) = certificates(&host, &made);
    let signature = made.statement.entry(&"sig".into()).and_then(Value::as_bytes).unwrap();
    verify_point(&public(&leaf), &[&made.auth_data[..], &[0xC1; 32]].concat(), signature);
    for certificate in [&leaf, &root] {
        let signed = certificate.tbs_certificate().to_der().unwrap();
        verify_point(&public(&root), &signed, certificate.signature().raw_bytes());
    }
    assert_eq!(leaf.tbs_certificate().issuer(), root.tbs_certificate().subject());
    assert_eq!(
        leaf.tbs_certificate().subject().to_string(),
        "CN=Sleutelbos Test Key Attestation,OU=Authenticator Attestation,O=Sleutelbos Test,C=NL"
    );
    let extensions = leaf.tbs_certificate().extensions().unwrap();
    let value = |oid: &str| {
        let found = extensions.iter().find(|e| e.extn_id.to_string() == oid).unwrap();
        (found.critical, hex::encode(found.extn_value.as_bytes()))
    };
    // The AAGUID is an OCTET STRING inside the extension's OCTET STRING; CA is absent (false).
    let aaguid = hex::encode(b"sleutelbos-test1");
    assert_eq!(value("1.3.6.1.4.1.45724.1.1.4"), (false, format!("0410{aaguid}")));
    assert_eq!(value("1.3.6.1.4.1.45724.2.1.1"), (false, "03020520".to_owned()));
    assert_eq!(value("2.5.29.19"), (true, "3000".to_owned()));
}

#[test]
fn an_excluded_credential_is_not_made_again() {
    let mut host = Host::plug("fido2");
    let made = host.make(&creation("arts")).unwrap();
    let id = read(&made.auth_data).attested.unwrap().credential_id;
    let again = make_credential::Request { exclude: vec![Descriptor::new(id)], ..creation("arts") };
    assert_eq!(host.make(&again), Err(Status::CREDENTIAL_EXCLUDED));
    let other = make_credential::Request {
        rp: wire::ctap2::entity::RelyingParty { id: "example.com".to_owned(), name: None },
        ..again
    };
    assert!(host.make(&other).is_ok());
}

#[test]
fn accounts_on_the_key_come_newest_first_with_their_handles() {
    let mut host = Host::plug("fido2");
    for user in ["a", "b", "c"] {
        host.make(&resident(user)).unwrap();
    }
    host.make(&creation("in its id")).unwrap();
    let first = host.get(&assertion(&[])).unwrap();
    assert_eq!(first.number_of_credentials, Some(3));
    let answers = [first, host.get_next().unwrap(), host.get_next().unwrap()];
    let users: Vec<_> = answers.iter().map(|a| a.user.clone().unwrap()).collect();
    assert_eq!(users.iter().map(|u| &u.id[..]).collect::<Vec<_>>(), [b"c", b"b", b"a"]);
    assert!(users.iter().all(|u| u.name.is_none() && u.display_name.is_none()));
    assert_eq!(host.get_next(), Err(Status::NOT_ALLOWED));
}

#[test]
fn an_account_of_the_same_user_takes_the_place_of_the_older() {
    let mut host = Host::plug("fido2");
    let old = host.make(&resident("a")).unwrap();
    host.make(&resident("b")).unwrap();
    host.make(&resident("a")).unwrap();
    assert_eq!(host.info().remaining_discoverable, Some(98));
    let first = host.get(&assertion(&[])).unwrap();
    assert_eq!(first.user.unwrap().id, b"a");
    let id = read(&old.auth_data).attested.unwrap().credential_id;
    assert_eq!(host.get(&assertion(&[&id])), Err(Status::NO_CREDENTIALS));
}

#[test]
fn further_assertions_wait_thirty_seconds_at_most() {
    let mut host = Host::plug("fido2");
    for user in ["a", "b", "c"] {
        host.make(&resident(user)).unwrap();
    }
    host.get(&assertion(&[])).unwrap();
    host.now += Duration::from_secs(29);
    assert!(host.get_next().is_ok());
    host.now += Duration::from_secs(30);
    assert_eq!(host.get_next(), Err(Status::NOT_ALLOWED));
}

#[test]
fn another_command_ends_the_further_assertions() {
    let mut host = Host::plug("fido2");
    for user in ["a", "b"] {
        host.make(&resident(user)).unwrap();
    }
    host.get(&assertion(&[])).unwrap();
    host.info();
    assert_eq!(host.get_next(), Err(Status::NOT_ALLOWED));
}

#[test]
fn a_full_key_takes_no_further_account() {
    let mut host = Host::plug("fido2");
    for user in 0..100 {
        host.make(&resident(&format!("user {user}"))).unwrap();
    }
    assert_eq!(host.info().remaining_discoverable, Some(0));
    assert_eq!(host.make(&resident("one more")), Err(Status::KEY_STORE_FULL));
    assert!(host.make(&resident("user 3")).is_ok());
    assert!(host.make(&creation("in its id")).is_ok());
}

#[test]
fn no_touch_is_asked_for_where_none_is_wanted() {
    let mut host = Host::plug("fido2");
    let made = host.make(&creation("a")).unwrap();
    let id = read(&made.auth_data).attested.unwrap().credential_id;
    host.key.set_presence(Presence::Deny);
    assert_eq!(host.get(&assertion(&[&id])), Err(Status::OPERATION_DENIED));
    assert_eq!(host.make(&creation("b")), Err(Status::OPERATION_DENIED));
    let options = Options { up: Some(false), ..Options::default() };
    let silent = get_assertion::Request { options, ..assertion(&[&id]) };
    assert_eq!(read(&host.get(&silent).unwrap().auth_data).flags.0, 0);
}

#[test]
fn options_that_mean_nothing_here_are_refused() {
    let mut host = Host::plug("fido2");
    let made =
        |rk, up, uv| make_credential::Request { options: Options { rk, up, uv }, ..creation("a") };
    assert_eq!(host.make(&made(None, Some(false), None)), Err(Status::INVALID_OPTION));
    assert_eq!(host.make(&made(None, None, Some(true))), Err(Status::INVALID_OPTION));
    assert!(host.make(&made(Some(false), Some(true), Some(false))).is_ok());
    let options = Options { rk: Some(false), ..Options::default() };
    let get = get_assertion::Request { options, ..assertion(&[]) };
    assert_eq!(host.get(&get), Err(Status::UNSUPPORTED_OPTION));
}

#[test]
fn requests_beyond_what_the_key_takes_are_refused() {
    let mut host = Host::plug("fido2");
    let refused = |host: &mut Host, change: &dyn Fn(&mut make_credential::Request)| {
        let mut request = creation("a");
        change(&mut request);
        host.make(&request).unwrap_err()
    };
    let many = vec![Descriptor::new([0; 8]); 9];
    assert_eq!(refused(&mut host, &|r| r.algorithms.clear()), Status::UNSUPPORTED_ALGORITHM);
    assert_eq!(
        refused(&mut host, &|r| r.algorithms.retain(|a| a.cose != -7)),
        Status::UNSUPPORTED_ALGORITHM
    );
    assert_eq!(refused(&mut host, &|r| r.exclude = many.clone()), Status::LIMIT_EXCEEDED);
    assert_eq!(refused(&mut host, &|r| r.user.id = vec![0; 65]), Status::INVALID_PARAMETER);
    assert_eq!(
        refused(&mut host, &|r| r.enterprise_attestation = Some(1)),
        Status::INVALID_PARAMETER
    );
    assert_eq!(
        refused(&mut host, &|r| r.user.name = Some("x".repeat(1200))),
        Status::REQUEST_TOO_LARGE
    );
}

#[test]
fn commands_of_later_versions_are_unknown() {
    let mut host = Host::plug("fido2");
    for command in [
        ctap2::Command::BioEnrollment,
        ctap2::Command::CredentialManagement,
        ctap2::Command::Selection,
        ctap2::Command::LargeBlobs,
        ctap2::Command::AuthenticatorConfig,
    ] {
        assert_eq!(host.ctap2(command, None), Err(Status::INVALID_COMMAND));
    }
    let answer = host.ask(wire::ctaphid::Command::Cbor, &[0x41, 0xA0]);
    assert_eq!(answer.payload, [Status::INVALID_COMMAND.0]);
}

#[test]
fn a_reset_forgets_everything_within_ten_seconds_of_plugging_in() {
    let mut host = Host::plug("fido2-pin");
    let made = host.make_with("123456", creation("a")).unwrap();
    let id = read(&made.auth_data).attested.unwrap().credential_id;
    host.now += Duration::from_secs(10);
    assert_eq!(host.ctap2(ctap2::Command::Reset, None), Err(Status::NOT_ALLOWED));
    assert!(host.get(&assertion(&[&id])).is_ok());

    host.replug();
    host.now += Duration::from_secs(9);
    assert_eq!(host.ctap2(ctap2::Command::Reset, None), Ok(None));
    assert_eq!(host.get(&assertion(&[&id])), Err(Status::NO_CREDENTIALS));
    assert_eq!(host.info().option("clientPin"), Some(false));
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let run = |seed: u64| {
        let mut host = Host::with(Key::new("fido2".parse().unwrap(), seed, TODAY).unwrap());
        let made = host.make(&resident("a")).unwrap();
        let got = host.get(&assertion(&[])).unwrap();
        (made, got)
    };
    assert_eq!(run(7), run(7));
    assert_ne!(run(7).0, run(8).0);
}

#[test]
fn the_key_says_only_what_holds() {
    let info = Host::plug("fido2").info();
    assert_eq!(info.versions, ["U2F_V2", "FIDO_2_0"]);
    assert_eq!(info.extensions, ["credProtect", "hmac-secret"]);
    assert_eq!(info.option("clientPin"), Some(false));
    assert_eq!(info.option("uv"), None);
    assert_eq!(Host::plug("fido2-pin").info().option("clientPin"), Some(true));
    assert_eq!(Host::plug("nfc").info().transports, ["usb", "nfc"]);
}
