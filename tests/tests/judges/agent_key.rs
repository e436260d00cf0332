//! The agent's host code against the simulated key, report for report, in one process.
//!
//! Two halves that were written apart meet here; p256 and the specification's signed bytes judge.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use firmware_sim::device::{HidDevice, Time};
use firmware_sim::fido::{Key, Presence};
use p256::ecdsa::signature::Verifier;
use p256::ecdsa::{Signature, VerifyingKey};
use sha2::{Digest, Sha256};
use sleutelbos_agent::origin::{Development, Origin};
use sleutelbos_agent::secret::Secret;
use sleutelbos_agent::tokens::fido::ceremony::{Ceremony, SystemRandom};
use sleutelbos_agent::tokens::fido::error::Error;
use sleutelbos_agent::tokens::fido::hid::{Hid, Pipe};
use sleutelbos_agent::tokens::fido::link::{Flow, Mistake, Person, PinAsk, Seen, Watch};
use sleutelbos_agent::tokens::fido::preflight::Sought;
use sleutelbos_agent::tokens::fido::select::{entrants, first_of};
use sleutelbos_agent::webauthn::{
    AuthenticationResponse, CreationOptions, RegistrationResponse, RequestOptions,
};
use wire::ctap2::auth_data::{AuthData, Flags};
use wire::ctap2::cose;
use wire::ctaphid::{Command, Packet, Report, split};

/// A key that is plugged in; clones are the same key, opened again.
#[derive(Clone)]
struct Plugged {
    key: Arc<Mutex<Key>>,
    reports: VecDeque<Report>,
    now: Time,
}

impl Plugged {
    fn new(profile: &str) -> Self {
        Self::seeded(profile, 7)
    }

    /// Keys of one seed are one key.
    fn seeded(profile: &str, seed: u8) -> Self {
        let now = Duration::from_secs(1_700_000_000);
        let key = Key::new(profile.parse().expect("a profile"), [seed; 32], now);
        let key = Arc::new(Mutex::new(key.expect("a key")));
        Self { key, reports: VecDeque::new(), now: Time::ZERO }
    }

    fn with<T>(&self, work: impl FnOnce(&mut Key) -> T) -> T {
        work(&mut self.key.lock().expect("nobody panicked with the key"))
    }

    fn open(&self) -> Hid<Self> {
        Hid::open(self.clone(), *b"a nonce!", &mut Holder::default()).expect("a channel")
    }
}

impl Pipe for Plugged {
    fn write(&mut self, report: &Report) -> Result<(), Error> {
        let answer = self.with(|key| key.report(report, self.now));
        self.reports.extend(answer);
        Ok(())
    }

    fn read(&mut self, time: Duration) -> Result<Option<Report>, Error> {
        if self.reports.is_empty() {
            self.now += time;
            let later = self.with(|key| key.tick(self.now));
            self.reports.extend(later);
        }
        Ok(self.reports.pop_front())
    }
}

/// A person with PINs to type and some patience.
#[derive(Default)]
struct Holder {
    pins: VecDeque<&'static str>,
    asked: Vec<PinAsk>,
    patience: Option<u32>,
}

impl Watch for Holder {
    fn flow(&mut self) -> Flow {
        match self.patience.as_mut() {
            None => Flow::On,
            Some(0) => Flow::Cancelled,
            Some(left) => {
                *left -= 1;
                Flow::On
            }
        }
    }

    fn pause(&mut self, _: Duration) -> Flow {
        self.flow()
    }

    fn touch(&mut self) {}
}

impl Person for Holder {
    fn pin(&mut self, ask: PinAsk) -> Option<Secret> {
        self.asked.push(ask);
        self.pins.pop_front().map(Secret::new)
    }

    fn choose(&mut self, _: &[String]) -> Option<usize> {
        Some(0)
    }
}

fn origin() -> Origin {
    Origin::parse("https://login.example.nl", Development::Off).expect("an origin")
}

fn register(
    plugged: &Plugged,
    holder: &mut Holder,
    more: &str,
) -> Result<RegistrationResponse, Error> {
    let options = format!(
        r#"{{"rp":{{"id":"example.nl","name":"Test"}},"user":{{"id":"AQ","name":"arts","displayName":"Test Arts"}},
            "challenge":"AAECAwQFBgcICQoLDA0ODw","pubKeyCredParams":[{{"type":"public-key","alg":-7}}],"attestation":"direct"{more}}}"#
    );
    let options: CreationOptions = serde_json::from_str(&options).expect("options");
    let mut link = plugged.open();
    Ceremony { link: &mut link, person: holder, random: &mut SystemRandom }
        .register(&options, &origin())
}

fn log_in(
    plugged: &Plugged,
    holder: &mut Holder,
    ids: &[&str],
    more: &str,
) -> Result<AuthenticationResponse, Error> {
    let named = |id: &&str| serde_json::json!({"type": "public-key", "id": id});
    let allow = serde_json::Value::Array(ids.iter().map(named).collect());
    let options = format!(
        r#"{{"challenge":"AwQFBgcICQoLDA0ODxAREg","rpId":"example.nl","allowCredentials":{allow}{more}}}"#
    );
    let options: RequestOptions = serde_json::from_str(&options).expect("options");
    let mut link = plugged.open();
    Ceremony { link: &mut link, person: holder, random: &mut SystemRandom }
        .authenticate(&options, &origin())
}

/// The flags of an assertion whose signature holds under the registered key.
fn judged(registered: &RegistrationResponse, signed: &AuthenticationResponse) -> Flags {
    assert_eq!(registered.id, signed.id);
    let made = AuthData::read(&registered.response.authenticator_data.0).expect("auth data");
    let cose::Key::P256 { x, y, .. } = made.attested.expect("a credential").public_key else {
        panic!("no P-256 key");
    };
    let point = [&[4][..], &x, &y].concat();
    let key = VerifyingKey::from_sec1_bytes(&point).expect("a point");
    let response = &signed.response;
    let hash = Sha256::digest(&response.client_data_json.0);
    let message = [&response.authenticator_data.0[..], &hash].concat();
    let signature = Signature::from_der(&response.signature.0).expect("a signature");
    key.verify(&message, &signature).expect("the signature holds");
    AuthData::read(&response.authenticator_data.0).expect("auth data").flags
}

fn check(profile: &str, expected: u8) {
    let plugged = Plugged::new(profile);
    let mut holder = Holder { pins: ["123456"; 2].into(), ..Holder::default() };
    let registered = register(&plugged, &mut holder, "").expect("a registration");
    let id = registered.id.text();
    let ids = ["AAAA", &id];
    let signed = log_in(&plugged, &mut holder, &ids, "").expect("a log-in");
    assert_eq!(judged(&registered, &signed).0, expected, "{profile}");
    let exclude = format!(r#","excludeCredentials":[{{"type":"public-key","id":"{id}"}}]"#);
    let mut holder = Holder { pins: ["123456"].into(), ..Holder::default() };
    let again = register(&plugged, &mut holder, &exclude);
    assert!(matches!(again, Err(Error::Excluded)), "{profile}: {again:?}");
    let mut holder = Holder { pins: ["123456"].into(), ..Holder::default() };
    let foreign = log_in(&plugged, &mut holder, &["AAAA"], "");
    assert!(matches!(foreign, Err(Error::NoCredentials)), "{profile}: {foreign:?}");
}

#[test]
fn a_key_without_a_pin_signs_with_presence() {
    check("fido2", Flags::UP);
}

#[test]
fn a_key_with_a_pin_signs_with_verification() {
    check("fido2-pin", Flags::UP | Flags::UV);
}

#[test]
fn a_key_that_only_speaks_u2f_signs_too() {
    check("u2f", Flags::UP);
}

#[test]
fn a_passkey_is_found_without_its_id() {
    let plugged = Plugged::new("fido2-pin");
    let mut holder = Holder { pins: ["123456"; 2].into(), ..Holder::default() };
    let select = r#","authenticatorSelection":{"residentKey":"required","userVerification":"required"},"extensions":{"credProps":true}"#;
    let registered = register(&plugged, &mut holder, select).expect("a registration");
    let verified = r#","userVerification":"required""#;
    let signed = log_in(&plugged, &mut holder, &[], verified).expect("a log-in");
    assert_eq!(judged(&registered, &signed).0, Flags::UP | Flags::UV);
    assert_eq!(signed.response.user_handle.expect("a user handle").0, [1]);
}

#[test]
fn three_wrong_pins_wait_for_the_key_to_be_taken_out() {
    let plugged = Plugged::new("fido2-pin");
    let mut holder = Holder { pins: ["111111", "222222", "333333"].into(), ..Holder::default() };
    let blocked = register(&plugged, &mut holder, "");
    assert!(matches!(blocked, Err(Error::PowerCycle)), "{blocked:?}");
    let wrong = Some(Mistake::Wrong);
    let asked = |tries_left, mistake| PinAsk { tries_left, mistake };
    assert_eq!(holder.asked, [asked(8, None), asked(7, wrong), asked(6, wrong)]);
    let still = register(&plugged, &mut Holder::default(), "");
    assert!(matches!(still, Err(Error::PowerCycle)), "{still:?}");
    plugged.with(|key| key.power_cycle(Time::ZERO));
    let mut holder = Holder { pins: ["123456"].into(), ..Holder::default() };
    register(&plugged, &mut holder, "").expect("the right PIN");
    assert_eq!(holder.asked, [asked(5, None)]);
}

#[test]
fn a_refused_touch_and_lost_patience_end_as_cancelled() {
    for profile in ["fido2", "u2f"] {
        let plugged = Plugged::new(profile);
        plugged.with(|key| key.set_presence(Presence::Deny));
        let mut holder = Holder { patience: Some(20), ..Holder::default() };
        let refused = register(&plugged, &mut holder, "");
        assert!(matches!(refused, Err(Error::Cancelled)), "{profile}: {refused:?}");
        plugged.with(|key| key.set_presence(Presence::Auto));
        register(&plugged, &mut Holder::default(), "").expect("the key works again");
    }
}

/// A key that waits for a touch that does not come, until it is told to stop.
#[derive(Clone)]
struct Untouched {
    plugged: Plugged,
    waiting: Option<Report>,
    cancels: Arc<Mutex<u32>>,
}

impl Untouched {
    fn new(plugged: Plugged) -> Self {
        Self { plugged, waiting: None, cancels: Arc::default() }
    }
}

impl Pipe for Untouched {
    fn write(&mut self, report: &Report) -> Result<(), Error> {
        let Packet::Init { channel, command, .. } = Packet::read(report) else {
            return self.plugged.write(report);
        };
        let one = |command, payload: &[u8]| {
            let reports = split(channel, command, payload).expect("a short message");
            reports.first().copied().expect("one report")
        };
        match (command, report[7]) {
            (Command::Cbor, 0x0B | 0x01 | 0x02) => {
                self.waiting = Some(one(Command::Keepalive, &[2]));
                Ok(())
            }
            (Command::Cancel, _) => {
                *self.cancels.lock().expect("no panic") += 1;
                self.waiting = None;
                self.plugged.reports.push_back(one(Command::Cbor, &[0x2D]));
                Ok(())
            }
            _ => self.plugged.write(report),
        }
    }

    fn read(&mut self, time: Duration) -> Result<Option<Report>, Error> {
        match self.waiting {
            Some(keepalive) => Ok(Some(keepalive)),
            None => self.plugged.read(time),
        }
    }
}

fn seen(name: &str, pipe: impl Pipe + 'static) -> Seen {
    let link = Hid::open(pipe, *b"a nonce!", &mut Holder::default()).expect("a channel");
    Seen { name: name.to_owned(), link: Box::new(link) }
}

#[test]
fn of_two_keys_the_one_touched_is_taken_and_the_other_told_to_stop() {
    for touched in ["fido2", "u2f"] {
        let (left, right) = (Plugged::new("fido2"), Plugged::new(touched));
        let waits = Untouched::new(left.clone());
        let keys = vec![seen("left", waits.clone()), seen("right", right.clone())];
        let first = first_of(entrants(keys, None), &mut Holder::default()).expect("a key");
        assert_eq!(first.name, "right");
        assert_eq!(*waits.cancels.lock().expect("no panic"), 1, "{touched}");
        register(&left, &mut Holder::default(), "").expect("the other serves at once");
    }
}

#[test]
fn a_key_that_nobody_touches_is_told_to_stop_with_the_ceremony() {
    let waits = Untouched::new(Plugged::new("fido2"));
    let mut holder = Holder { patience: Some(50), ..Holder::default() };
    let keys = vec![seen("one", waits.clone()), seen("other", waits.clone())];
    let ended = first_of(entrants(keys, None), &mut holder);
    assert!(matches!(ended.map(|key| key.name), Err(Error::Cancelled)));
    assert_eq!(*waits.cancels.lock().expect("no panic"), 2);
}

#[test]
fn what_two_keys_hold_tells_without_a_touch_which_can_be_meant() {
    for [known, new] in [["fido2-pin", "u2f"], ["u2f", "fido2-pin"], ["fido2", "fido2-pin"]] {
        let (left, right) = (Plugged::seeded(known, 1), Plugged::seeded(new, 2));
        let mut holder = Holder { pins: ["123456"; 2].into(), ..Holder::default() };
        let id = register(&left, &mut holder, "").expect("a registration").id.text();
        for plugged in [&left, &right] {
            plugged.with(|key| key.set_presence(Presence::Deny));
        }
        let named = format!(r#"[{{"type":"public-key","id":"{id}"}}]"#);
        let sign = format!(
            r#"{{"challenge":"AwQFBgcICQoLDA0ODxAREg","rpId":"example.nl","allowCredentials":{named}}}"#
        );
        let make = format!(
            r#"{{"rp":{{"id":"example.nl","name":"Test"}},"user":{{"id":"AQ","name":"a","displayName":"A"}},
                "challenge":"AAECAwQFBgcICQoLDA0ODw","pubKeyCredParams":[],"excludeCredentials":{named}}}"#
        );
        let (sign, make): (RequestOptions, CreationOptions) = (
            serde_json::from_str(&sign).expect("JSON"),
            serde_json::from_str(&make).expect("JSON"),
        );
        let origin = origin();
        let to_sign = Sought::to_sign(&sign, &origin).expect("this origin");
        let to_make = Sought::to_make(&make, &origin).expect("this origin");
        for (sought, meant) in [(to_sign, "known"), (to_make, "new")] {
            let keys = vec![seen("known", left.clone()), seen("new", right.clone())];
            let kept = sought.narrow(keys, &mut Holder::default()).expect("two keys");
            let names: Vec<_> = kept.iter().map(|key| key.name.as_str()).collect();
            assert_eq!(names, [meant], "{known} {new}");
        }
    }
}
