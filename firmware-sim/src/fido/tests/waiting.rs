//! A request that waits for the person: keep-alives, cancel, time-outs, other hosts meanwhile.

use std::time::Duration;

use proptest::prelude::*;
use wire::{
    apdu::{self, Form, Response},
    ctap2::{self, Status, get_assertion, make_credential},
    ctaphid::{Channel, Command, ErrorCode, Keepalive, Message, Packet, Report, split},
    nfc,
    u2f::{Control, Request},
};

use super::host::{Host, assertion, creation, join, key_of, resident};
use crate::{
    device::{Card, HidDevice, Time},
    fido::Presence,
};

const NOTHING: [Report; 0] = [];
const TENTH: Duration = Duration::from_millis(100);
const HALF_MINUTE: Duration = Duration::from_secs(30);

fn of(presence: Presence) -> Host {
    let mut host = Host::plug("fido2.1");
    host.key.set_presence(presence);
    host
}

/// Whether these reports say, once, that the key waits for a touch.
fn is_keepalive(reports: &[Report], channel: Channel) -> bool {
    let [report] = reports else { return false };
    let Packet::Init { channel: of, command, length, data } = Packet::read(report) else {
        return false;
    };
    (of, command, length, data[0]) == (channel, Command::Keepalive, 1, Keepalive::UpNeeded as u8)
}

fn error(reports: &[Report]) -> ErrorCode {
    let Message { command, payload, .. } = join(reports);
    assert_eq!((command, payload.len()), (Command::Error, 1));
    ErrorCode::from_code(payload[0])
}

impl Host {
    /// Sends a request that has to wait.
    fn begin(&mut self, request: &[u8]) {
        let reports = split(self.channel, Command::Cbor, request).unwrap();
        let said = self.send(&reports);
        assert!(is_keepalive(&said, self.channel), "{said:02x?}");
    }

    /// Lets time pass until the key has answered; how often it said before that it waits.
    fn answered(&mut self) -> (usize, Vec<u8>) {
        for keepalives in 0.. {
            self.now = self.key.due().expect("something is to come");
            let said = self.key.tick(self.now);
            if !is_keepalive(&said, self.channel) {
                return (keepalives, join(&said).payload);
            }
        }
        unreachable!("the numbers do not end");
    }
}

fn create() -> Vec<u8> {
    ctap2::request(ctap2::Command::MakeCredential, Some(&creation("a").write()))
}

fn refused(status: Status) -> Vec<u8> {
    vec![status.0]
}

#[test]
fn who_waits_hears_of_it_every_tenth_of_a_second_and_gets_the_answer_when_the_key_is_touched() {
    let mut host = of(Presence::Delay(Duration::from_millis(1250)));
    host.begin(&create());
    assert_eq!(host.key.due(), Some(TENTH));
    let (keepalives, answer) = host.answered();
    assert_eq!((keepalives, host.now), (12, Duration::from_millis(1250)));
    let members = ctap2::read_answer(&answer).unwrap().unwrap();
    make_credential::Response::read(&members).unwrap();
    assert_eq!(host.key.due(), None);
}

/// The person's time makes no difference to what is made.
#[test]
fn a_credential_that_was_waited_for_is_the_one_that_comes_at_once() {
    let mut waited = of(Presence::Delay(TENTH * 3));
    waited.begin(&create());
    let (_, late) = waited.answered();
    let mut prompt = of(Presence::Auto);
    assert_eq!(prompt.ask(Command::Cbor, &create()).payload, late);
}

#[test]
fn nobody_who_touches_the_key_ends_in_a_time_out_after_half_a_minute() {
    for presence in [Presence::Never, Presence::Manual, Presence::Delay(HALF_MINUTE)] {
        for request in [&create()[..], &[0x0B], &[0x07]] {
            let mut host = of(presence);
            host.begin(request);
            let (keepalives, answer) = host.answered();
            assert_eq!(answer, refused(Status::USER_ACTION_TIMEOUT), "{presence}");
            assert_eq!((keepalives, host.now), (299, HALF_MINUTE));
            let made = host.info().remaining_discoverable;
            assert_eq!(made, Some(100), "the key goes on");
        }
    }
}

#[test]
fn a_press_is_what_a_manual_key_waits_for_and_no_other() {
    let mut host = of(Presence::Manual);
    assert!(!host.key.press(host.now), "nothing asks");
    host.begin(&create());
    host.now += Duration::from_millis(777);
    assert!(host.key.waits() && host.key.press(host.now));
    assert!(host.key.due() <= Some(host.now));
    let answer = join(&host.key.tick(host.now));
    assert_eq!((answer.command, answer.payload[0]), (Command::Cbor, 0));
    assert!(!host.key.waits() && !host.key.press(host.now));

    let mut host = of(Presence::Never);
    host.begin(&create());
    assert!(!host.key.press(host.now));
}

#[test]
fn a_script_is_followed_one_step_a_touch() {
    let mut host = of(Presence::Deny);
    host.key.set_presence_script([Presence::Auto, Presence::Delay(TENTH), Presence::Never]);
    assert_eq!(host.ask(Command::Cbor, &[0x0B]).payload, [0]);
    host.begin(&[0x0B]);
    assert_eq!(host.answered(), (0, vec![0]));
    host.begin(&[0x0B]);
    assert_eq!(host.answered(), (299, refused(Status::USER_ACTION_TIMEOUT)));
    for _ in 0..2 {
        assert_eq!(host.ask(Command::Cbor, &[0x0B]).payload, refused(Status::OPERATION_DENIED));
    }
}

#[test]
fn cancel_ends_the_request_that_waits() {
    let mut host = of(Presence::Manual);
    let cancel = split(host.channel, Command::Cancel, &[]).unwrap();
    host.begin(&create());
    let answer = join(&host.send(&cancel));
    assert_eq!(answer.command, Command::Cbor);
    assert_eq!(answer.payload, refused(Status::KEEPALIVE_CANCEL));
    assert_eq!(host.key.due(), None);
    assert_eq!(host.send(&cancel), NOTHING);
    host.key.set_presence(Presence::Auto);
    assert_eq!(host.ask(Command::Cbor, &create()).payload[0], 0);
}

#[test]
fn another_channel_cannot_cancel_and_is_told_that_the_key_is_busy() {
    let mut host = of(Presence::Manual);
    let other = host.open();
    host.begin(&create());
    assert_eq!(host.send(&split(other, Command::Cancel, &[]).unwrap()), NOTHING);
    for (channel, command) in [
        (other, Command::Ping),
        (other, Command::Cbor),
        (other, Command::Msg),
        (other, Command::Lock),
        (host.channel, Command::Ping),
        (host.channel, Command::Cbor),
    ] {
        let reports = split(channel, command, &[4; 200]).unwrap();
        assert_eq!(error(&host.send(&reports)), ErrorCode::ChannelBusy, "{command:?}");
    }
    assert_ne!(host.open(), other, "a further program finds the key");
    assert!(host.key.press(host.now));
    assert_eq!(join(&host.key.tick(host.now)).payload[0], 0);
}

#[test]
fn init_on_its_channel_ends_the_request_without_an_answer() {
    let mut host = of(Presence::Manual);
    host.begin(&create());
    let init = split(host.channel, Command::Init, b"8 bytes!").unwrap();
    assert_eq!(join(&host.send(&init)).command, Command::Init);
    assert_eq!((host.key.due(), host.key.waits()), (None, false));
    assert_eq!(join(&host.send(&split(host.channel, Command::Ping, b"x").unwrap())).payload, b"x");
}

#[test]
fn power_ends_the_request() {
    let mut host = of(Presence::Delay(TENTH));
    host.begin(&create());
    host.replug();
    assert_eq!((host.key.due(), host.key.waits()), (None, false));
    assert!(host.info().versions.contains(&"FIDO_2_1".to_owned()));
}

/// The token was good when the request came; nobody could know how long the person takes.
#[test]
fn a_token_that_ends_while_the_key_waits_was_good_enough() {
    let mut host = of(Presence::Auto);
    host.set_pin(2, "123456").unwrap();
    let token = host.token(2, "123456", 1, super::host::RP_ID).unwrap();
    let request = super::pins::proven(resident("a"), 2, &token);
    let request = ctap2::request(ctap2::Command::MakeCredential, Some(&request.write()));
    host.key.set_presence(Presence::Delay(Duration::from_secs(29)));
    host.now += Duration::from_secs(29);
    host.begin(&request);
    let (_, answer) = host.answered();
    assert_eq!(answer[0], 0);
    let again = host.ask(Command::Cbor, &request).payload;
    assert_eq!(again, refused(Status::PIN_AUTH_INVALID), "the touch was spent");
}

/// The pause between two accounts counts from the answer, not from the request.
#[test]
fn the_next_account_may_be_asked_for_after_the_touch() {
    let mut host = of(Presence::Auto);
    for user in ["a", "b"] {
        host.make(&resident(user)).unwrap();
    }
    host.key.set_presence(Presence::Delay(Duration::from_secs(20)));
    host.begin(&ctap2::request(ctap2::Command::GetAssertion, Some(&assertion(&[]).write())));
    let (_, answer) = host.answered();
    let members = ctap2::read_answer(&answer).unwrap().unwrap();
    let first = get_assertion::Response::read(&members).unwrap();
    assert_eq!(first.number_of_credentials, Some(2));
    host.now += Duration::from_secs(15);
    assert!(host.get_next().is_ok());
}

#[test]
fn a_lock_keeps_others_away_until_it_ends() {
    let mut host = of(Presence::Auto);
    let (own, other) = (host.channel, host.open());
    let lock = |host: &mut Host, channel, seconds: &[u8]| {
        let reports = split(channel, Command::Lock, seconds).unwrap();
        join(&host.send(&reports))
    };
    let ping = |host: &mut Host, channel| {
        join(&host.send(&split(channel, Command::Ping, b"x").unwrap())).command
    };
    for wrong in [&[][..], &[1, 1]] {
        assert_eq!(lock(&mut host, own, wrong).payload, [ErrorCode::InvalidLength as u8]);
    }
    assert_eq!(lock(&mut host, own, &[11]).payload, [ErrorCode::InvalidParameter as u8]);
    assert_eq!(ping(&mut host, other), Command::Ping);

    assert_eq!(lock(&mut host, own, &[10]).command, Command::Lock);
    assert_eq!(ping(&mut host, own), Command::Ping);
    assert_eq!(lock(&mut host, other, &[0]).payload, [ErrorCode::ChannelBusy as u8]);
    assert_eq!(ping(&mut host, other), Command::Error);
    host.open();
    host.now += Duration::from_millis(9999);
    assert_eq!(ping(&mut host, other), Command::Error);
    host.now += Duration::from_millis(1);
    assert_eq!(ping(&mut host, other), Command::Ping, "it ends by itself");

    assert_eq!(lock(&mut host, own, &[10]).command, Command::Lock);
    assert_eq!(lock(&mut host, own, &[0]).command, Command::Lock);
    assert_eq!(ping(&mut host, other), Command::Ping, "its owner ends it");
    lock(&mut host, own, &[10]);
    host.replug();
    assert_eq!(ping(&mut host, Channel(1)), Command::Ping, "power ends it");
}

/// U2F has no keep-alives: its host asks until the answer is yes.
#[test]
fn a_u2f_host_asks_until_the_key_is_touched() {
    let ask = |host: &mut Host| {
        let request = Request::Register { challenge: [1; 32], application: [2; 32] };
        host.u2f(&request.write().unwrap()).status
    };
    let (yes, no) = (apdu::Status::OK, apdu::Status::CONDITIONS_NOT_SATISFIED);
    let mut host = of(Presence::Delay(TENTH * 5));
    let answers: Vec<_> = (0..6)
        .map(|_| {
            let answer = ask(&mut host);
            host.now += TENTH;
            answer
        })
        .collect();
    assert_eq!(answers, [no, no, no, no, no, yes]);
    assert_eq!(ask(&mut host), no, "each registration takes a touch of its own");

    let mut host = of(Presence::Manual);
    assert!(!host.key.press(host.now));
    assert_eq!(ask(&mut host), no);
    assert!(host.key.press(host.now));
    host.now += TENTH;
    assert_eq!(ask(&mut host), yes);
    assert_eq!(ask(&mut host), no);
    host.now += Duration::from_secs(2);
    assert!(!host.key.press(host.now), "its host has given up");
    assert_eq!(ask(&mut host), no);
    host.key.set_presence(Presence::Auto);
    assert_eq!(ask(&mut host), yes, "what is decided holds from the next question on");
}

#[test]
fn check_only_takes_no_step_of_the_script() {
    let mut host = of(Presence::Never);
    host.key.set_presence_script([Presence::Auto, Presence::Auto]);
    let request = Request::Register { challenge: [1; 32], application: [2; 32] };
    let made = host.u2f(&request.write().unwrap());
    let key_handle = wire::u2f::Registration::read(&made.data).unwrap().key_handle;
    let mut ask = |control| {
        let (challenge, application) = ([1; 32], [2; 32]);
        let key_handle = key_handle.clone();
        let request = Request::Authenticate { control, challenge, application, key_handle };
        host.u2f(&request.write().unwrap()).status
    };
    assert_eq!(ask(Control::CheckOnly), apdu::Status::CONDITIONS_NOT_SATISFIED);
    assert_eq!(ask(Control::DontEnforcePresence), apdu::Status::OK);
    assert_eq!(ask(Control::EnforcePresence), apdu::Status::OK);
    assert_eq!(ask(Control::EnforcePresence), apdu::Status::CONDITIONS_NOT_SATISFIED);
}

fn transmit(key: &mut impl Card, command: &apdu::Command, now: Time) -> Response {
    Response::read(&key.transmit(&command.write(Form::Short).unwrap(), now)).unwrap()
}

#[test]
fn a_host_with_a_reader_is_told_to_wait_and_asks_again() {
    let mut key = key_of("nfc");
    key.set_presence(Presence::Delay(TENTH));
    let poll = |p1| apdu::Command::new(nfc::CLASS, nfc::GET_RESPONSE, p1, 0).expecting(256);
    let create = nfc::message(create(), nfc::Keepalive::Accepted);
    let start = |key: &mut crate::fido::Key, now| {
        let (last, parts) =
            create.chain(250).split_last().map(|(l, p)| (l.clone(), p.to_vec())).unwrap();
        for part in parts {
            assert_eq!(transmit(key, &part, now), Response::status(apdu::Status::OK));
        }
        transmit(key, &last, now)
    };
    let waits = Response { data: vec![2], status: nfc::KEEPALIVE };
    transmit(&mut key, &nfc::select(), Time::ZERO);
    assert_eq!(start(&mut key, Time::ZERO), waits);
    assert_eq!(transmit(&mut key, &poll(0), TENTH / 2), waits);
    assert_eq!(transmit(&mut key, &poll(0), TENTH).data[0], 0);

    key.set_presence(Presence::Never);
    assert_eq!(start(&mut key, TENTH), waits);
    let cancelled = transmit(&mut key, &poll(nfc::CANCEL), TENTH);
    assert_eq!(cancelled, Response::ok(refused(Status::KEEPALIVE_CANCEL)));
    assert_eq!(transmit(&mut key, &poll(0), TENTH).status, apdu::Status::CONDITIONS_NOT_SATISFIED);

    assert_eq!(start(&mut key, TENTH), waits);
    transmit(&mut key, &nfc::select(), TENTH);
    assert!(!key.waits(), "another command ends it");
}

/// A reader whose host takes no keep-alives holds it up as long as it takes.
#[test]
fn a_host_that_cannot_be_told_to_wait_gets_the_answer() {
    for (presence, status) in
        [(Presence::Delay(TENTH), Status::OK), (Presence::Never, Status::USER_ACTION_TIMEOUT)]
    {
        let mut key = key_of("nfc");
        key.set_presence(presence);
        transmit(&mut key, &nfc::select(), Time::ZERO);
        let select =
            nfc::message(ctap2::request(ctap2::Command::Reset, None), nfc::Keepalive::Refused);
        assert_eq!(transmit(&mut key, &select, Time::ZERO), Response::ok(refused(status)));
    }
}

#[test]
fn a_key_that_waits_on_one_transport_is_busy_on_the_other() {
    let mut host = Host::plug("nfc");
    host.key.set_presence(Presence::Manual);
    transmit(&mut host.key, &nfc::select(), Time::ZERO);
    host.begin(&create());
    let info = nfc::message([4], nfc::Keepalive::Accepted);
    let busy = Response::ok(refused(Status::CHANNEL_BUSY));
    assert_eq!(transmit(&mut host.key, &info, host.now), busy);
    assert!(host.key.press(host.now));
    assert_eq!(join(&host.key.tick(host.now)).payload[0], 0);

    let reset = nfc::message([7], nfc::Keepalive::Accepted);
    assert_eq!(transmit(&mut host.key, &reset, host.now).status, nfc::KEEPALIVE);
    let reports = split(host.channel, Command::Cbor, &[4]).unwrap();
    assert_eq!(error(&host.send(&reports)), ErrorCode::ChannelBusy);
}

/// What a person may do, between what hosts may send.
fn steps() -> impl Strategy<Value = Vec<(u8, u64)>> {
    prop::collection::vec((0u8..9, 0u64..40_000), 1..40)
}

proptest! {
    /// A request changes nothing until it is answered, whatever happens meanwhile.
    #[test]
    fn accounts_grow_by_answers_alone(steps in steps()) {
        let mut host = of(Presence::Manual);
        let (mut users, mut made) = (0, 0);
        for (step, millis) in steps {
            host.now += Duration::from_millis(millis);
            let mut said = host.key.tick(host.now);
            match step {
                0..4 => {
                    users += 1;
                    let request = resident(&users.to_string()).write();
                    let request = ctap2::request(ctap2::Command::MakeCredential, Some(&request));
                    let reports = split(host.channel, Command::Cbor, &request).unwrap();
                    said.extend(host.send(&reports));
                }
                4 => said.extend(host.send(&split(host.channel, Command::Cancel, &[]).unwrap())),
                5 => {
                    host.key.press(host.now);
                    said.extend(host.key.tick(host.now));
                }
                6 => said.extend(host.send(&split(host.channel, Command::Init, &[0; 8]).unwrap())),
                7 => host.replug(),
                _ => host.key.set_presence_script([Presence::Delay(TENTH)]),
            }
            made += said
                .iter()
                .filter(|report| matches!(
                    Packet::read(report),
                    Packet::Init { command: Command::Cbor, length: 2.., .. }
                ))
                .count();
        }
        host.key.set_presence(Presence::Deny);
        host.replug();
        let left = host.info().remaining_discoverable.unwrap();
        prop_assert_eq!(usize::try_from(100 - left).unwrap(), made);
    }
}
