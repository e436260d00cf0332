//! U2F, alone and together with CTAP2.

use der::{Decode, Encode};
use p256::{PublicKey, pkcs8::DecodePublicKey};
use sha2::{Digest, Sha256};
use wire::{
    apdu::{self, Status},
    cbor::Map,
    ctap2::{self, make_credential},
    u2f::{
        Authentication, Control, Registration, Request, authentication_signed, registration_signed,
    },
};
use x509_cert::Certificate;

use super::host::{Host, RP_ID, assertion, creation, read, resident, verify, verify_point};
use crate::fido::Presence;

const CHALLENGE: [u8; 32] = [0xC3; 32];

fn application() -> [u8; 32] {
    Sha256::digest(RP_ID).into()
}

fn ask(host: &mut Host, request: &Request) -> Result<Vec<u8>, Status> {
    let answer = host.u2f(&request.write().unwrap());
    if answer.status == Status::OK { Ok(answer.data) } else { Err(answer.status) }
}

fn register(host: &mut Host) -> Registration {
    let request = Request::Register { challenge: CHALLENGE, application: application() };
    Registration::read(&ask(host, &request).unwrap()).unwrap()
}

fn sign(host: &mut Host, control: Control, key_handle: &[u8]) -> Result<Authentication, Status> {
    let application = application();
    let key_handle = key_handle.to_vec();
    let request = Request::Authenticate { control, challenge: CHALLENGE, application, key_handle };
    ask(host, &request).map(|data| Authentication::read(&data).unwrap())
}

#[test]
fn a_registration_is_signed_by_the_attestation_key() {
    for profile in ["u2f", "fido2"] {
        let made = register(&mut Host::plug(profile));
        let leaf = Certificate::from_der(&made.certificate).unwrap();
        let info = leaf.tbs_certificate().subject_public_key_info().to_der().unwrap();
        let key = PublicKey::from_public_key_der(&info).unwrap();
        let signed =
            registration_signed(&application(), &CHALLENGE, &made.key_handle, &made.public_key);
        verify_point(&key, &signed, &made.signature);
        assert_eq!(made.key_handle.len(), 64);
        let names_model = leaf
            .tbs_certificate()
            .extensions()
            .unwrap()
            .iter()
            .any(|e| e.extn_id.to_string() == "1.3.6.1.4.1.45724.1.1.4");
        assert_eq!(names_model, profile == "fido2", "an U2F key has no AAGUID");
    }
}

#[test]
fn an_authentication_is_signed_by_the_credential_and_counted() {
    let mut host = Host::plug("u2f");
    let made = register(&mut host);
    let key = PublicKey::from_sec1_bytes(&made.public_key).unwrap();
    for (control, presence) in [(Control::EnforcePresence, 1), (Control::DontEnforcePresence, 0)] {
        let got = sign(&mut host, control, &made.key_handle).unwrap();
        assert_eq!(got.presence, presence);
        let signed = authentication_signed(&application(), presence, got.counter, &CHALLENGE);
        verify_point(&key, &signed, &got.signature);
    }
    let last = sign(&mut host, Control::EnforcePresence, &made.key_handle).unwrap();
    assert_eq!(last.counter, 3);
}

#[test]
fn check_only_tells_known_handles_from_others() {
    let mut host = Host::plug("u2f");
    let made = register(&mut host);
    let check = |host: &mut Host, handle: &[u8]| {
        sign(host, Control::CheckOnly, handle).map(|_| ()).unwrap_err()
    };
    assert_eq!(check(&mut host, &made.key_handle), Status::CONDITIONS_NOT_SATISFIED);
    let mut forged = made.key_handle.clone();
    forged[63] ^= 1;
    for handle in [&forged[..], &made.key_handle[..63], &[]] {
        assert_eq!(check(&mut host, handle), Status::WRONG_DATA);
    }
    let elsewhere = Request::Authenticate {
        control: Control::EnforcePresence,
        challenge: CHALLENGE,
        application: [0; 32],
        key_handle: made.key_handle,
    };
    assert_eq!(ask(&mut host, &elsewhere), Err(Status::WRONG_DATA));
}

#[test]
fn without_a_touch_the_key_asks_for_one() {
    let mut host = Host::plug("u2f");
    let made = register(&mut host);
    host.key.set_presence(Presence::Deny);
    let request = Request::Register { challenge: CHALLENGE, application: application() };
    assert_eq!(ask(&mut host, &request), Err(Status::CONDITIONS_NOT_SATISFIED));
    let got = sign(&mut host, Control::EnforcePresence, &made.key_handle);
    assert_eq!(got, Err(Status::CONDITIONS_NOT_SATISFIED));
    assert!(sign(&mut host, Control::DontEnforcePresence, &made.key_handle).is_ok());
}

#[test]
fn malformed_commands_have_their_status() {
    let mut host = Host::plug("u2f");
    let raw = |host: &mut Host, hex: &str| {
        let answer = host.ask(wire::ctaphid::Command::Msg, &hex::decode(hex).unwrap());
        hex::encode(answer.payload)
    };
    assert_eq!(raw(&mut host, "000300000000000000"), "5532465f56329000");
    assert_eq!(raw(&mut host, "00030000"), "5532465f56329000");
    assert_eq!(raw(&mut host, "80030000"), "6e00");
    assert_eq!(raw(&mut host, "00440000"), "6d00");
    assert_eq!(raw(&mut host, "00010000000001ff"), "6700");
    assert_eq!(raw(&mut host, "000100"), "6700");
}

#[test]
fn a_credential_of_one_protocol_works_in_the_other() {
    let mut host = Host::plug("fido2");
    let registered = register(&mut host);
    let got = host.get(&assertion(&[&registered.key_handle])).unwrap();
    let key = PublicKey::from_sec1_bytes(&registered.public_key).unwrap();
    verify_point(&key, &[&got.auth_data[..], &[0xC2; 32]].concat(), &got.signature);

    for request in [creation("a"), resident("b")] {
        let made = host.make(&request).unwrap();
        let attested = read(&made.auth_data).attested.unwrap();
        let got = sign(&mut host, Control::EnforcePresence, &attested.credential_id).unwrap();
        let signed = authentication_signed(&application(), 1, got.counter, &CHALLENGE);
        verify(&attested.public_key, &signed, &got.signature);
    }
}

#[test]
fn a_credential_that_needs_verification_is_unknown_to_u2f() {
    let mut host = Host::plug("fido2");
    let extensions = Some(Map::new().put("credProtect", 3i64).into());
    let made = host.make(&make_credential::Request { extensions, ..creation("a") }).unwrap();
    let id = read(&made.auth_data).attested.unwrap().credential_id;
    assert_eq!(sign(&mut host, Control::CheckOnly, &id), Err(Status::WRONG_DATA));
}

#[test]
fn a_reset_makes_old_key_handles_unknown() {
    let mut host = Host::plug("fido2");
    let made = register(&mut host);
    host.ctap2(ctap2::Command::Reset, None).unwrap();
    let got = sign(&mut host, Control::EnforcePresence, &made.key_handle);
    assert_eq!(got, Err(Status::WRONG_DATA));
    let version = host.u2f(&apdu::Command::new(0, 3, 0, 0));
    assert_eq!(version.data, b"U2F_V2");
}
