//! authenticatorConfig, and the extensions that tell what it set; enterprise attestation.

use der::Decode;
use wire::{
    apdu,
    cbor::{Map, Value},
    ctap2::{
        Command, Status,
        authenticator_config::{Parameters, Request, Subcommand},
        client_pin::permission,
        entity::Options,
        get_assertion, make_credential,
    },
    u2f,
};
use x509_cert::Certificate;

use super::{
    host::{Host, RP_ID, assertion, creation, read, resident},
    pin_host::authenticate,
};

const PIN: &str = "123456";
const CONFIG: u64 = permission::AUTHENTICATOR_CONFIG;

impl Host {
    fn config(&mut self, request: &Request) -> Result<(), Status> {
        self.ctap2(Command::AuthenticatorConfig, Some(&request.write())).map(|answer| {
            assert_eq!(answer, None);
        })
    }

    /// With a new token.
    fn configured(
        &mut self,
        subcommand: Subcommand,
        parameters: Option<Parameters>,
    ) -> Result<(), Status> {
        let token = self.token_at((2, PIN), CONFIG, None)?;
        self.config(&proven(Request::new(subcommand, parameters), &token))
    }
}

fn proven(mut request: Request, token: &[u8]) -> Request {
    request.pin_uv_auth_param = Some(authenticate(2, token, &request.message()));
    request.protocol = Some(2);
    request
}

fn with_pin() -> Host {
    let mut host = Host::plug("fido2.1");
    host.set_pin(2, PIN).unwrap();
    host
}

fn minimum(length: u64) -> Option<Parameters> {
    Some(Parameters { new_min_pin_length: Some(length), ..Parameters::default() })
}

#[test]
fn a_key_that_always_verifies_does_nothing_without_the_pin() {
    let mut host = Host::plug("fido2.1");
    let made = host.make(&creation("a")).unwrap();
    let id = read(&made.auth_data).attested.unwrap().credential_id;
    assert_eq!(host.info().option("alwaysUv"), Some(false));
    host.config(&Request::new(Subcommand::ToggleAlwaysUv, None)).unwrap();
    let info = host.info();
    assert_eq!(info.option("alwaysUv"), Some(true));
    assert_eq!(info.option("makeCredUvNotRqd"), Some(false));
    assert!(!info.versions.contains(&"U2F_V2".to_owned()));
    assert_eq!(host.make(&creation("b")), Err(Status::PUAT_REQUIRED));
    assert_eq!(host.get(&assertion(&[&id])), Err(Status::PUAT_REQUIRED));
    let mut silent = assertion(&[&id]);
    silent.options = Options { up: Some(false), ..Options::default() };
    assert!(host.get(&silent).is_ok(), "whether the key knows it is no secret");
    let register = u2f::Request::Register { challenge: [1; 32], application: [2; 32] };
    let refused = host.u2f(&register.write().unwrap()).status;
    assert_eq!(refused, apdu::Status::NOT_ALLOWED);

    host.set_pin(2, PIN).unwrap();
    assert!(host.make_with(PIN, creation("b")).is_ok());
    let toggle = Request::new(Subcommand::ToggleAlwaysUv, None);
    assert_eq!(host.config(&toggle), Err(Status::PUAT_REQUIRED));
    host.configured(Subcommand::ToggleAlwaysUv, None).unwrap();
    assert_eq!(host.info().option("alwaysUv"), Some(false));
    assert!(host.info().versions.contains(&"U2F_V2".to_owned()));
}

/// Else nobody could ever turn it off again without a PIN, which needs none to be set.
#[test]
fn who_has_no_pin_can_stop_a_key_from_always_verifying() {
    let mut host = Host::plug("fido2.1");
    let toggle = Request::new(Subcommand::ToggleAlwaysUv, None);
    host.config(&toggle).unwrap();
    let other = Request::new(Subcommand::SetMinPinLength, minimum(6));
    assert_eq!(host.config(&other), Err(Status::PUAT_REQUIRED));
    host.config(&toggle).unwrap();
    assert!(host.config(&other).is_ok());
}

#[test]
fn the_shortest_pin_grows_and_forces_a_change_of_a_shorter_one() {
    let mut host = with_pin();
    assert_eq!(host.info().force_pin_change, Some(false));
    host.configured(Subcommand::SetMinPinLength, minimum(6)).unwrap();
    assert_eq!((host.info().min_pin_length, host.info().force_pin_change), (Some(6), Some(false)));
    for refused in [5, 64, u64::MAX] {
        let answer = host.configured(Subcommand::SetMinPinLength, minimum(refused));
        assert_eq!(answer, Err(Status::PIN_POLICY_VIOLATION), "{refused}");
    }
    host.configured(Subcommand::SetMinPinLength, minimum(8)).unwrap();
    assert_eq!(host.info().force_pin_change, Some(true));
    assert_eq!(host.token(2, PIN, 1, RP_ID), Err(Status::PIN_INVALID));
    assert_eq!(host.legacy_token(1, PIN), Err(Status::PIN_INVALID));
    assert_eq!(host.retries(), (8, false), "it was the right one all the same");
    assert_eq!(host.change_pin(2, PIN, "1234567"), Err(Status::PIN_POLICY_VIOLATION));
    host.change_pin(2, PIN, "12345678").unwrap();
    assert_eq!(host.info().force_pin_change, Some(false));
    host.token(2, "12345678", 1, RP_ID).unwrap();
    assert_eq!(host.ctap2(Command::Reset, None), Ok(None));
    assert_eq!(host.info().min_pin_length, Some(4));
}

#[test]
fn a_change_of_the_pin_can_be_forced() {
    let force = Parameters { force_change: Some(true), ..Parameters::default() };
    let mut host = Host::plug("fido2.1");
    let request = Request::new(Subcommand::SetMinPinLength, Some(force.clone()));
    assert_eq!(host.config(&request), Err(Status::PIN_NOT_SET));
    host.set_pin(2, PIN).unwrap();
    let manager = host.token_at((2, PIN), CONFIG, None).unwrap();
    host.config(&proven(request.clone(), &manager)).unwrap();
    assert_eq!(host.info().force_pin_change, Some(true));
    let again = host.config(&proven(request, &manager));
    assert_eq!(again, Err(Status::PIN_AUTH_INVALID), "the token is over");
    assert_eq!(host.change_pin(2, PIN, PIN), Err(Status::PIN_POLICY_VIOLATION), "it is no other");
    host.change_pin(2, PIN, "654321").unwrap();
    assert_eq!(host.info().force_pin_change, Some(false));
}

#[test]
fn who_is_listed_is_told_the_shortest_pin() {
    let mut host = with_pin();
    let asks = |rp_id: &str| {
        let mut request = creation("a");
        request.rp.id = rp_id.to_owned();
        request.extensions = Some(Map::new().put("minPinLength", true).into());
        request
    };
    let told =
        |host: &mut Host, rp_id: &str| read(&host.make(&asks(rp_id)).unwrap().auth_data).extensions;
    assert_eq!(told(&mut host, RP_ID), None);
    let list = |rp_ids: &[&str]| {
        let rp_ids = Some(rp_ids.iter().map(|rp_id| (*rp_id).to_owned()).collect());
        Some(Parameters { rp_ids, ..Parameters::default() })
    };
    let most = usize::try_from(host.info().max_min_pin_rp_ids.unwrap()).unwrap();
    let too_many = list(&vec![RP_ID; most + 1]);
    let full = host.configured(Subcommand::SetMinPinLength, too_many);
    assert_eq!(full, Err(Status::KEY_STORE_FULL));
    host.configured(Subcommand::SetMinPinLength, list(&[RP_ID])).unwrap();
    host.configured(Subcommand::SetMinPinLength, minimum(5)).unwrap();
    assert_eq!(told(&mut host, RP_ID), Some(Map::new().put("minPinLength", 5i64).into()));
    assert_eq!(told(&mut host, "example.net"), None);
    host.configured(Subcommand::SetMinPinLength, list(&[])).unwrap();
    assert_eq!(told(&mut host, RP_ID), None);
}

#[test]
fn what_a_configuration_lacks_is_told() {
    let mut host = with_pin();
    let token = host.token_at((2, PIN), CONFIG, None).unwrap();
    let none = proven(Request::new(Subcommand::SetMinPinLength, None), &token);
    assert_eq!(host.config(&none), Err(Status::MISSING_PARAMETER));
    let mut unnamed = proven(Request::new(Subcommand::ToggleAlwaysUv, None), &token);
    unnamed.protocol = None;
    assert_eq!(host.config(&unnamed), Err(Status::MISSING_PARAMETER));
    unnamed.protocol = Some(3);
    assert_eq!(host.config(&unnamed), Err(Status::INVALID_PARAMETER));
    for unknown in [0, 4, 5, 0xFF, u64::MAX] {
        let mut request = Request::new(Subcommand::ToggleAlwaysUv, None);
        request.subcommand = unknown;
        let request = proven(request, &token);
        assert_eq!(host.config(&request), Err(Status::INVALID_PARAMETER), "{unknown}");
    }
    let empty = Value::Map(Vec::new());
    let answer = host.ctap2(Command::AuthenticatorConfig, Some(&empty));
    assert_eq!(answer, Err(Status::MISSING_PARAMETER));
    let other = host.token_at((2, PIN), permission::LARGE_BLOB_WRITE, None).unwrap();
    let toggle = proven(Request::new(Subcommand::ToggleAlwaysUv, None), &other);
    assert_eq!(host.config(&toggle), Err(Status::PIN_AUTH_INVALID));
    let mut older = Host::plug("fido2");
    assert_eq!(older.config(&toggle), Err(Status::INVALID_COMMAND));
}

/// The certificate, and whether it was said to be this one device's.
fn attested(made: &make_credential::Response) -> (Certificate, Option<bool>) {
    let chain = made.statement.entry(&"x5c".into()).unwrap().as_array().unwrap();
    (Certificate::from_der(chain[0].as_bytes().unwrap()).unwrap(), made.enterprise)
}

#[test]
fn a_key_attests_itself_alone_where_that_was_enabled() {
    let mut host = Host::plug("fido2.1");
    let asks = |kind: u64, rp_id: &str| {
        let mut request = creation("a");
        request.rp.id = rp_id.to_owned();
        request.enterprise_attestation = Some(kind);
        request
    };
    assert_eq!(host.info().option("ep"), Some(false));
    assert_eq!(host.make(&asks(2, RP_ID)), Err(Status::INVALID_PARAMETER));
    host.config(&Request::new(Subcommand::EnableEnterpriseAttestation, None)).unwrap();
    assert_eq!(host.info().option("ep"), Some(true));
    let (usual, said) = attested(&host.make(&creation("a")).unwrap());
    assert_eq!(said, None);
    for (kind, rp_id, alone) in
        [(1, RP_ID, false), (1, "enterprise.example", true), (2, RP_ID, true)]
    {
        let (certificate, said) = attested(&host.make(&asks(kind, rp_id)).unwrap());
        assert_eq!(said, alone.then_some(true), "{kind} {rp_id}");
        assert_eq!(certificate != usual, alone, "{kind} {rp_id}");
    }
    assert_eq!(host.make(&asks(3, RP_ID)), Err(Status::INVALID_OPTION));
    assert_eq!(host.ctap2(Command::Reset, None), Ok(None));
    assert_eq!(host.info().option("ep"), Some(false));
    let mut without = Host::plug("bio");
    assert_eq!(without.info().option("ep"), None);
    assert_eq!(without.make(&asks(2, RP_ID)), Err(Status::INVALID_PARAMETER));
}

#[test]
fn attestation_can_be_done_without() {
    let mut host = Host::plug("fido2.1");
    let mut request = creation("a");
    for (formats, expected) in [
        (&["none"][..], "none"),
        (&["none", "packed"], "packed"),
        (&["packed", "none"], "packed"),
        (&["tpm"], "packed"),
        (&[], "packed"),
    ] {
        request.formats = formats.iter().map(|format| (*format).to_owned()).collect();
        let made = host.make(&request).unwrap();
        assert_eq!(made.format, expected, "{formats:?}");
        let is_empty = made.statement.as_map().is_some_and(<[_]>::is_empty);
        assert_eq!(is_empty, expected == "none");
    }
}

#[test]
fn a_party_keeps_a_short_blob_with_an_account() {
    let mut host = Host::plug("fido2.1");
    let keeps = |base: make_credential::Request, blob: &[u8]| {
        let extensions = Some(Map::new().put("credBlob", Value::bytes(blob)).into());
        make_credential::Request { extensions, ..base }
    };
    let output = |made: make_credential::Response| {
        let data = read(&made.auth_data);
        let kept = data.extensions.unwrap().entry(&"credBlob".into()).unwrap().as_bool().unwrap();
        (kept, data.attested.unwrap().credential_id)
    };
    let kept = |host: &mut Host, id: &[u8]| {
        let extensions = Some(Map::new().put("credBlob", true).into());
        let request = get_assertion::Request { extensions, ..assertion(&[id]) };
        let data = read(&host.get(&request).unwrap().auth_data);
        let outputs = data.extensions.unwrap();
        outputs.entry(&"credBlob".into()).unwrap().as_bytes().unwrap().to_vec()
    };
    let (stored, id) = output(host.make(&keeps(resident("a"), &[7; 32])).unwrap());
    assert!(stored);
    assert_eq!(kept(&mut host, &id), [7; 32]);
    let (stored, id) = output(host.make(&keeps(resident("b"), &[7; 33])).unwrap());
    assert!(!stored, "too long");
    assert_eq!(kept(&mut host, &id), [0; 0]);
    let (stored, id) = output(host.make(&keeps(creation("c"), &[7])).unwrap());
    assert!(!stored, "there is no account to keep it with");
    assert_eq!(kept(&mut host, &id), [0; 0]);
}
