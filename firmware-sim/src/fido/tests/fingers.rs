//! bioEnrollment, and verification by a finger.

use std::time::Duration;

use proptest::prelude::*;
use wire::ctap2::{
    Command, Status,
    auth_data::Flags,
    bio_enrollment::{Request, Response, Sample, Subcommand},
    client_pin::{self, permission},
    entity::Options,
    get_assertion,
};

use super::{
    host::{Host, RP_ID, assertion, creation, read, resident},
    pin_host::authenticate,
};
use crate::fido::Presence;

const PIN: &str = "123456";
const BIO: u64 = permission::BIO_ENROLLMENT;
const USE: u64 = permission::GET_ASSERTION;
const BOTH: u8 = Flags::UP | Flags::UV;

impl Host {
    fn bio(&mut self, request: &Request) -> Result<Response, Status> {
        let answer = self.ctap2(Command::BioEnrollment, Some(&request.write()))?;
        Ok(answer.map_or_else(Response::default, |members| Response::read(&members).unwrap()))
    }

    /// With this token.
    fn teach(&mut self, token: &[u8], request: Request) -> Result<Response, Status> {
        self.bio(&proven(request, token))
    }

    /// A finger that the key learns.
    fn learn(&mut self, token: &[u8]) -> Vec<u8> {
        let begun = self.teach(token, Request::new(Subcommand::EnrollBegin)).unwrap();
        let id = begun.template_id.unwrap();
        let mut left = begun.remaining.unwrap();
        while left > 0 {
            left = self.teach(token, next(&id)).unwrap().remaining.unwrap();
        }
        id
    }

    fn uv_retries(&mut self) -> u64 {
        let request = client_pin::Request::new(2, client_pin::Subcommand::GetUvRetries);
        self.pin(&request).unwrap().uv_retries.unwrap()
    }
}

fn proven(mut request: Request, token: &[u8]) -> Request {
    request.pin_uv_auth_param = Some(authenticate(2, token, &request.message()));
    request.protocol = Some(2);
    request
}

fn next(id: &[u8]) -> Request {
    Request::new(Subcommand::EnrollCaptureNextSample).about(Some(id), None, None)
}

/// A key with a PIN, and a token to teach it fingers.
fn taught() -> (Host, Vec<u8>) {
    let mut host = Host::plug("bio");
    host.set_pin(2, PIN).unwrap();
    let token = host.token_at((2, PIN), BIO, None).unwrap();
    (host, token)
}

/// The same that knows one finger.
fn known() -> Host {
    let (mut host, token) = taught();
    host.learn(&token);
    host
}

fn by_finger(base: get_assertion::Request) -> get_assertion::Request {
    get_assertion::Request { options: Options { uv: Some(true), ..base.options }, ..base }
}

#[test]
fn a_sensor_says_what_it_is_before_anybody_is_verified() {
    let mut host = Host::plug("bio");
    let info = host.info();
    assert_eq!((info.option("bioEnroll"), info.option("uv")), (Some(false), Some(false)));
    assert_eq!((info.preferred_uv_attempts, info.uv_modality), (Some(3), Some(0x803)));
    let mut modality = Request::default();
    modality.get_modality = Some(true);
    assert_eq!(host.bio(&modality).unwrap().modality, Some(1));
    let sensor = host.bio(&Request::new(Subcommand::GetFingerprintSensorInfo)).unwrap();
    assert_eq!((sensor.fingerprint_kind, sensor.max_samples), (Some(1), Some(3)));
    let begin = Request::new(Subcommand::EnrollBegin);
    assert_eq!(host.bio(&begin), Err(Status::PUAT_REQUIRED));
    assert_eq!(Host::plug("fido2.1").bio(&begin), Err(Status::INVALID_COMMAND));
}

#[test]
fn a_finger_is_learned_sample_by_sample() {
    let (mut host, token) = taught();
    let enumerate = Request::new(Subcommand::EnumerateEnrollments);
    assert_eq!(host.teach(&token, enumerate.clone()), Err(Status::INVALID_OPTION));
    host.key.set_samples([Sample::Good, Sample::TooFast, Sample::Good]);
    let begun = host.teach(&token, Request::new(Subcommand::EnrollBegin)).unwrap();
    let id = begun.template_id.clone().unwrap();
    assert_eq!((begun.last_sample, begun.remaining), (Some(0), Some(2)));
    for (sample, left) in [(Sample::TooFast, 2), (Sample::Good, 1), (Sample::Good, 0)] {
        assert_eq!(host.info().option("bioEnroll"), Some(false));
        let said = host.teach(&token, next(&id)).unwrap();
        assert_eq!((said.last_sample, said.remaining), (Some(sample as u64), Some(left)));
        assert_eq!(said.template_id.as_ref(), Some(&id));
    }
    assert_eq!(host.teach(&token, next(&id)), Err(Status::NOT_ALLOWED));
    assert_eq!(host.info().option("bioEnroll"), Some(true));
    assert_eq!(host.info().option("uv"), Some(true));

    let about = |subcommand, id: &[u8], name| Request::new(subcommand).about(Some(id), name, None);
    let long = "x".repeat(65);
    let changed = |change: fn(&mut Request)| {
        let mut request = next(&id);
        change(&mut request);
        request
    };
    let name = about(Subcommand::SetFriendlyName, &id, Some("links"));
    assert_eq!(host.teach(&token, name), Ok(Response::default()));
    let listed = host.teach(&token, enumerate).unwrap().templates.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].friendly_name.as_deref(), Some("links"));
    for (request, status) in [
        (about(Subcommand::SetFriendlyName, &[0], Some("x")), Status::INVALID_OPTION),
        (about(Subcommand::RemoveEnrollment, &[0], None), Status::INVALID_OPTION),
        (about(Subcommand::SetFriendlyName, &id, None), Status::MISSING_PARAMETER),
        (about(Subcommand::SetFriendlyName, &id, Some(&long)), Status::INVALID_LENGTH),
        (Request::new(Subcommand::RemoveEnrollment), Status::MISSING_PARAMETER),
        (changed(|r| r.modality = Some(2)), Status::INVALID_PARAMETER),
        (changed(|r| r.modality = None), Status::MISSING_PARAMETER),
        (changed(|r| r.subcommand = Some(8)), Status::INVALID_SUBCOMMAND),
    ] {
        assert_eq!(host.teach(&token, request.clone()), Err(status), "{request:?}");
    }
    let remove = about(Subcommand::RemoveEnrollment, &id, None);
    assert_eq!(host.teach(&token, remove), Ok(Response::default()));
    assert_eq!(host.info().option("uv"), Some(false));
}

#[test]
fn a_person_who_does_not_come_is_told_as_a_sample() {
    let (mut host, token) = taught();
    host.key.set_verification(Presence::Never);
    let begin = proven(Request::new(Subcommand::EnrollBegin), &token);
    let request = wire::ctap2::request(Command::BioEnrollment, Some(&begin.write()));
    let reports =
        wire::ctaphid::split(host.channel, wire::ctaphid::Command::Cbor, &request).unwrap();
    host.send(&reports);
    host.now += Duration::from_secs(30);
    let answer = super::host::join(&crate::device::HidDevice::tick(&mut host.key, host.now));
    let members = wire::ctap2::read_answer(&answer.payload).unwrap().unwrap();
    let said = Response::read(&members).unwrap();
    assert_eq!((said.last_sample, said.remaining), (Some(Sample::NoUserActivity as u64), Some(3)));
}

#[test]
fn there_is_room_for_so_many_fingers_and_one_that_is_cancelled_takes_none() {
    let (mut host, token) = taught();
    let begun = host.teach(&token, Request::new(Subcommand::EnrollBegin)).unwrap();
    let cancel = Request::new(Subcommand::CancelCurrentEnrollment);
    assert_eq!(host.bio(&cancel), Ok(Response::default()), "it takes no proof");
    let id = begun.template_id.unwrap();
    assert_eq!(host.teach(&token, next(&id)), Err(Status::NOT_ALLOWED));
    for _ in 0..5 {
        host.learn(&token);
    }
    let full = host.teach(&token, Request::new(Subcommand::EnrollBegin));
    assert_eq!(full, Err(Status::FP_DATABASE_FULL));
}

#[test]
fn a_finger_verifies_and_is_the_touch_too() {
    let mut host = known();
    let mut request = resident("a");
    request.options.uv = Some(true);
    host.key.set_presence(Presence::Deny);
    let made = host.make(&request).unwrap();
    assert_eq!(read(&made.auth_data).flags.0 & BOTH, BOTH);
    let signed = host.get(&by_finger(assertion(&[]))).unwrap();
    assert_eq!(read(&signed.auth_data).flags.0 & BOTH, BOTH);
    assert_eq!(host.get(&assertion(&[])), Err(Status::OPERATION_DENIED), "unasked, a touch");
}

#[test]
fn wrong_fingers_lead_to_the_pin_which_forgives_them() {
    let mut host = known();
    host.make_with(PIN, resident("a")).unwrap();
    host.key.set_verification(Presence::Deny);
    assert_eq!(host.finger_token(USE, Some(RP_ID)), Err(Status::UV_INVALID));
    assert_eq!(host.uv_retries(), 2);
    assert_eq!(host.get(&by_finger(assertion(&[]))), Err(Status::PUAT_REQUIRED));
    assert_eq!(host.uv_retries(), 1);
    assert_eq!(host.finger_token(USE, Some(RP_ID)), Err(Status::UV_BLOCKED));
    host.key.set_verification(Presence::Auto);
    assert_eq!(host.finger_token(USE, Some(RP_ID)), Err(Status::UV_BLOCKED));
    assert_eq!(host.get(&by_finger(assertion(&[]))), Err(Status::PUAT_REQUIRED));
    host.replug();
    assert_eq!(host.uv_retries(), 0, "power forgives nothing");
    host.token(2, PIN, USE, RP_ID).unwrap();
    assert_eq!(host.uv_retries(), 3);
    host.key.set_verification_script([Presence::Deny, Presence::Auto]);
    assert_eq!(host.finger_token(USE, Some(RP_ID)), Err(Status::UV_INVALID));
    assert!(host.finger_token(USE, Some(RP_ID)).is_ok());
    assert_eq!(host.uv_retries(), 3);
}

#[test]
fn a_token_for_a_finger_is_a_touch_for_half_a_minute() {
    let mut host = known();
    host.make_with(PIN, resident("a")).unwrap();
    host.key.set_presence(Presence::Deny);
    let asks = |host: &mut Host, after| {
        let token = host.finger_token(USE, Some(RP_ID)).unwrap();
        host.now += Duration::from_secs(after);
        let request = assertion(&[]);
        let proof = authenticate(2, &token, &request.client_data_hash);
        let silent = get_assertion::Request {
            pin_uv_auth_param: Some(proof),
            pin_uv_auth_protocol: Some(2),
            ..request
        };
        host.get(&silent).map(|answer| read(&answer.auth_data).flags.0 & 5)
    };
    assert_eq!(asks(&mut host, 29), Ok(BOTH));
    let mut fresh = host;
    // used at once, and again after the half minute: the permission was spent by the first
    let token = fresh.finger_token(permission::CREDENTIAL_MANAGEMENT | USE, Some(RP_ID)).unwrap();
    assert_eq!(token.len(), 32);
    fresh.key.set_verification(Presence::Never);
    assert_eq!(fresh.make(&creation("b")), Err(Status::OPERATION_DENIED), "a touch is wanted");
}

#[test]
fn a_key_that_always_verifies_asks_for_the_finger_by_itself() {
    let mut host = known();
    let toggle = wire::ctap2::authenticator_config::Subcommand::ToggleAlwaysUv;
    let request = wire::ctap2::authenticator_config::Request::new(toggle, None);
    let token = host.finger_token(permission::AUTHENTICATOR_CONFIG, None).unwrap();
    let mut request = request;
    request.pin_uv_auth_param = Some(authenticate(2, &token, &request.message()));
    request.protocol = Some(2);
    host.ctap2(Command::AuthenticatorConfig, Some(&request.write())).unwrap();
    let made = host.make(&creation("a")).unwrap();
    assert_eq!(read(&made.auth_data).flags.0 & BOTH, BOTH);
}

#[test]
fn a_finger_that_comes_after_the_cancel_or_the_power_cut_still_counted() {
    let mut host = known();
    host.key.set_verification(Presence::Manual);
    let start = |host: &mut Host| {
        let agreed = host.agree(2);
        let request = client_pin::Request {
            permissions: Some(USE),
            rp_id: Some(RP_ID.to_owned()),
            key_agreement: Some(agreed.key),
            ..client_pin::Request::new(
                2,
                client_pin::Subcommand::GetPinUvAuthTokenUsingUvWithPermissions,
            )
        };
        let request = wire::ctap2::request(Command::ClientPin, Some(&request.write()));
        let cbor = wire::ctaphid::Command::Cbor;
        host.send(&wire::ctaphid::split(host.channel, cbor, &request).unwrap());
    };
    start(&mut host);
    assert!(host.key.press_wrong_finger(host.now));
    let answer = super::host::join(&crate::device::HidDevice::tick(&mut host.key, host.now));
    assert_eq!(answer.payload, [Status::UV_INVALID.0]);
    assert_eq!(host.uv_retries(), 2);
    start(&mut host);
    host.replug();
    assert_eq!(host.uv_retries(), 2, "nobody touched it");
}

proptest! {
    /// Fingers are forgiven by a known one and by the PIN alone.
    #[test]
    fn wrong_fingers_are_counted_whatever_else_happens(
        steps in prop::collection::vec((0u8..5, any::<bool>()), 1..30),
    ) {
        let mut host = known();
        let mut left = 3;
        for (step, known) in steps {
            host.key.set_verification(if known { Presence::Auto } else { Presence::Deny });
            match step {
                0 => host.replug(),
                1 => drop(host.bio(&Request::new(Subcommand::CancelCurrentEnrollment))),
                2 => drop(host.make(&creation("a"))),
                _ => {
                    let answer = host.finger_token(USE, Some(RP_ID));
                    prop_assert_eq!(answer.is_ok(), known && left > 0);
                    left = match (known, left) {
                        (_, 0) => 0,
                        (true, _) => 3,
                        (false, left) => left - 1,
                    };
                }
            }
            prop_assert_eq!(host.uv_retries(), left);
        }
    }
}
