//! A host for tests: framing, PIN, credentials.

use std::{sync::LazyLock, time::Duration};

use p256::{
    PublicKey,
    ecdsa::{DerSignature, VerifyingKey, signature::Verifier},
};
use wire::{
    apdu::{self, Form},
    cbor::Value,
    ctap2::{
        self, AnswerError, Status,
        auth_data::AuthData,
        cose,
        entity::{Algorithm, Descriptor, Options, RelyingParty, User},
        get_assertion, get_info, make_credential,
    },
    ctaphid::{Assembly, Channel, Command, InitAnswer, Message, Packet, Progress, Report, split},
};

use crate::{
    device::{HidDevice, Time},
    fido::{Key, profiles},
};

pub(super) const RP_ID: &str = "example.org";
/// 1 January 2026.
pub(super) const TODAY: Duration = Duration::from_secs(1_767_225_600);

/// A new key of this profile. Each is made once: its certificates are the costly part.
pub(super) fn key_of(profile: &str) -> Key {
    static KEYS: LazyLock<Vec<(&str, Key)>> = LazyLock::new(|| {
        let make = |name: &str| Key::new(name.parse().unwrap(), 1u64, TODAY).unwrap();
        profiles::names().map(|name| (name, make(name))).collect()
    });
    let (_, key) = KEYS.iter().find(|(name, _)| *name == profile).expect("a profile's name");
    key.clone()
}

/// One program at one key over HID.
pub(super) struct Host {
    pub(super) key: Key,
    pub(super) channel: Channel,
    pub(super) now: Time,
}

impl Host {
    /// Plugs in a key of this profile and opens a channel.
    pub(super) fn plug(profile: &str) -> Self {
        Self::with(key_of(profile))
    }

    pub(super) fn with(key: Key) -> Self {
        let mut host = Self { key, channel: Channel::BROADCAST, now: Time::ZERO };
        host.channel = host.open();
        host
    }

    pub(super) fn open(&mut self) -> Channel {
        let reports = split(Channel::BROADCAST, Command::Init, b"8 bytes!").unwrap();
        let answer = join(&self.send(&reports));
        InitAnswer::read(&answer.payload).unwrap().channel
    }

    /// Cuts the power and plugs the key in again.
    pub(super) fn replug(&mut self) {
        self.key.power_cycle(self.now);
        self.channel = self.open();
    }

    pub(super) fn send(&mut self, reports: &[Report]) -> Vec<Report> {
        reports.iter().flat_map(|report| self.key.report(report, self.now)).collect()
    }

    /// The answer to a message, without the keep-alives before it.
    pub(super) fn ask(&mut self, command: Command, payload: &[u8]) -> Message {
        let reports = split(self.channel, command, payload).unwrap();
        let answers = self.send(&reports);
        let waits = |report: &&Report| {
            matches!(Packet::read(report), Packet::Init { command: Command::Keepalive, .. })
        };
        let keepalives = answers.iter().take_while(waits).count();
        join(&answers[keepalives..])
    }

    /// A CTAP2 request; the members of its answer, or the status that refuses.
    pub(super) fn ctap2(
        &mut self,
        command: ctap2::Command,
        parameters: Option<&Value>,
    ) -> Result<Option<Value>, Status> {
        let answer = self.ask(Command::Cbor, &ctap2::request(command, parameters));
        assert_eq!(answer.command, Command::Cbor);
        ctap2::read_answer(&answer.payload).map_err(|error| match error {
            AnswerError::Refused(status) => status,
            AnswerError::Empty | AnswerError::Cbor(_) => panic!("{error}"),
        })
    }

    pub(super) fn info(&mut self) -> get_info::Info {
        let members = self.ctap2(ctap2::Command::GetInfo, None).unwrap().unwrap();
        get_info::Info::read(&members).unwrap()
    }

    pub(super) fn make(
        &mut self,
        request: &make_credential::Request,
    ) -> Result<make_credential::Response, Status> {
        let members = self.ctap2(ctap2::Command::MakeCredential, Some(&request.write()))?;
        Ok(make_credential::Response::read(&members.unwrap()).unwrap())
    }

    pub(super) fn get(
        &mut self,
        request: &get_assertion::Request,
    ) -> Result<get_assertion::Response, Status> {
        let members = self.ctap2(ctap2::Command::GetAssertion, Some(&request.write()))?;
        Ok(get_assertion::Response::read(&members.unwrap()).unwrap())
    }

    pub(super) fn get_next(&mut self) -> Result<get_assertion::Response, Status> {
        let members = self.ctap2(ctap2::Command::GetNextAssertion, None)?;
        Ok(get_assertion::Response::read(&members.unwrap()).unwrap())
    }

    /// A U2F command.
    pub(super) fn u2f(&mut self, command: &apdu::Command) -> apdu::Response {
        let answer = self.ask(Command::Msg, &command.write(Form::Extended).unwrap());
        assert_eq!(answer.command, Command::Msg);
        apdu::Response::read(&answer.payload).unwrap()
    }
}

/// The one message that these reports carry.
pub(super) fn join(reports: &[Report]) -> Message {
    let mut packets = reports.iter().map(Packet::read);
    let first = Assembly::start(&packets.next().expect("an answer")).unwrap();
    let whole = packets.fold(first, |progress, packet| match progress {
        Progress::Partial(assembly) => assembly.push(&packet).unwrap(),
        Progress::Complete(message) => panic!("a report after {message:?}"),
    });
    match whole {
        Progress::Complete(message) => message,
        Progress::Partial(assembly) => panic!("the answer ends inside {assembly:?}"),
    }
}

/// A request for a credential, for a change in what the test is about.
pub(super) fn creation(user: &str) -> make_credential::Request {
    make_credential::Request {
        client_data_hash: [0xC1; 32],
        rp: RelyingParty { id: RP_ID.to_owned(), name: None },
        user: User {
            id: user.as_bytes().to_vec(),
            name: Some(format!("{user}@example.org")),
            display_name: Some(format!("Test {user}")),
        },
        algorithms: vec![Algorithm::new(cose::ES384), Algorithm::new(cose::ES256)],
        exclude: Vec::new(),
        extensions: None,
        options: Options::default(),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
        enterprise_attestation: None,
        formats: Vec::new(),
    }
}

/// The same for a credential that lives on the key.
pub(super) fn resident(user: &str) -> make_credential::Request {
    let options = Options { rk: Some(true), ..Options::default() };
    make_credential::Request { options, ..creation(user) }
}

/// A request for an assertion with one of these credentials, or with any on the key.
pub(super) fn assertion(allow: &[&[u8]]) -> get_assertion::Request {
    let list: Vec<_> = allow.iter().map(|id| Descriptor::new(*id)).collect();
    get_assertion::Request {
        rp_id: RP_ID.to_owned(),
        client_data_hash: [0xC2; 32],
        allow: (!list.is_empty()).then_some(list),
        extensions: None,
        options: Options::default(),
        pin_uv_auth_param: None,
        pin_uv_auth_protocol: None,
    }
}

/// Checks an ECDSA signature with a COSE key.
pub(super) fn verify(key: &cose::Key, message: &[u8], signature: &[u8]) {
    let cose::Key::P256 { algorithm: cose::ES256, x, y } = key else { panic!("{key:?}") };
    let point = [&[0x04], &x[..], y].concat();
    verify_point(&PublicKey::from_sec1_bytes(&point).unwrap(), message, signature);
}

pub(super) fn verify_point(key: &PublicKey, message: &[u8], signature: &[u8]) {
    let signature = DerSignature::try_from(signature).unwrap();
    VerifyingKey::from(key).verify(message, &signature).expect("a right signature");
}

/// The authenticator data of a new credential.
pub(super) fn read(auth_data: &[u8]) -> AuthData {
    AuthData::read(auth_data).unwrap()
}
