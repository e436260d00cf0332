//! The key in a reader: selection, chaining, 61xx, extended lengths.

use proptest::prelude::*;
use wire::{
    apdu::{Command, Form, Response, Status},
    ctap2::{self, get_assertion, get_info::Info, make_credential, read_answer},
    nfc::{self, Keepalive},
    u2f::{Registration, Request},
};

use super::host::{assertion, creation, key_of, read};
use crate::{
    device::{Card, Time},
    fido::Key,
};

/// How a host writes its commands.
#[derive(Debug, Clone, Copy)]
enum Style {
    /// Extended lengths.
    Extended,
    /// Short ones in chains of 250 bytes, as python-fido2 does; GET RESPONSE with this class.
    Chained(u8),
}

fn key() -> Key {
    key_of("nfc")
}

fn send(key: &mut Key, bytes: &[u8]) -> Response {
    Response::read(&key.transmit(bytes, Time::ZERO)).unwrap()
}

fn short(key: &mut Key, command: &Command) -> Response {
    send(key, &command.write(Form::Short).unwrap())
}

/// Sends a command and fetches all of its answer.
fn ask(key: &mut Key, command: &Command, style: Style) -> Response {
    let class = match style {
        Style::Extended => {
            let all = command.clone().expecting(65_536);
            return send(key, &all.write(Form::Extended).unwrap());
        }
        Style::Chained(class) => class,
    };
    let (last, parts) =
        command.chain(250).split_last().map(|(l, p)| (l.clone(), p.to_vec())).unwrap();
    for part in parts {
        assert_eq!(short(key, &part), Response::status(Status::OK));
    }
    let mut answer = short(key, &last);
    while answer.status.sw1() == 0x61 {
        let more = short(key, &Command::new(class, 0xC0, 0, 0).expecting(256));
        answer = Response { data: [answer.data, more.data].concat(), status: more.status };
    }
    answer
}

fn ctap2(key: &mut Key, request: Vec<u8>, style: Style) -> wire::cbor::Value {
    let answer = ask(key, &nfc::message(request, Keepalive::Accepted), style);
    assert_eq!(answer.status, Status::OK);
    read_answer(&answer.data).unwrap().unwrap()
}

#[test]
fn a_credential_is_made_and_used_in_every_style() {
    for style in [Style::Extended, Style::Chained(0x00), Style::Chained(0x80)] {
        let mut key = key();
        assert_eq!(short(&mut key, &nfc::select()), Response::ok(*b"U2F_V2"));
        let info = ctap2(&mut key, ctap2::request(ctap2::Command::GetInfo, None), style);
        assert_eq!(Info::read(&info).unwrap().transports, ["usb", "nfc"]);
        let mut request = creation("a");
        request.rp.name = Some("a name that makes the request longer than a block ".repeat(6));
        let request = ctap2::request(ctap2::Command::MakeCredential, Some(&request.write()));
        assert!(request.len() > 255);
        let made = make_credential::Response::read(&ctap2(&mut key, request, style)).unwrap();
        let id = read(&made.auth_data).attested.unwrap().credential_id;
        let request = assertion(&[&id]).write();
        let request = ctap2::request(ctap2::Command::GetAssertion, Some(&request));
        let got = get_assertion::Response::read(&ctap2(&mut key, request, style)).unwrap();
        assert_eq!(got.credential.unwrap().id, id);
    }
}

#[test]
fn a_u2f_registration_goes_as_it_is() {
    for style in [Style::Extended, Style::Chained(0x00)] {
        let mut key = key();
        short(&mut key, &nfc::select());
        let request = Request::Register { challenge: [1; 32], application: [2; 32] };
        let mut command = request.write().unwrap();
        command.expected = Some(256);
        let answer = ask(&mut key, &command, style);
        assert_eq!(answer.status, Status::OK);
        assert!(Registration::read(&answer.data).is_ok());
    }
}

#[test]
fn long_answers_come_in_parts_that_say_how_much_is_left() {
    let mut key = key();
    short(&mut key, &nfc::select());
    let request = ctap2::request(ctap2::Command::MakeCredential, Some(&creation("a").write()));
    let whole =
        ask(&mut key.clone(), &nfc::message(request.clone(), Keepalive::Accepted), Style::Extended);
    let left = whole.data.len() - 256;
    let parts = nfc::message(request, Keepalive::Refused).chain(255);
    let answers: Vec<_> = parts.iter().map(|part| short(&mut key, part)).collect();
    let first = answers.last().unwrap();
    assert_eq!(first.data, whole.data[..256]);
    assert_eq!(first.status, Status::more(u8::try_from(left).unwrap_or(0)));
    let few = short(&mut key, &Command::new(0, 0xC0, 0, 0).expecting(16));
    assert_eq!(few.data, whole.data[256..272]);
    let unknown = short(&mut key, &Command::new(0, 0xB0, 0, 0));
    assert_eq!(unknown.status, Status::UNKNOWN_INSTRUCTION);
    let gone = short(&mut key, &Command::new(0, 0xC0, 0, 0).expecting(256));
    assert_eq!(gone, Response::status(Status::CONDITIONS_NOT_SATISFIED), "another command came");
}

#[test]
fn only_a_selected_application_answers() {
    let mut key = key();
    let info = nfc::message([4], Keepalive::Accepted);
    assert_eq!(short(&mut key, &info).status, Status::UNKNOWN_INSTRUCTION);
    short(&mut key, &nfc::select());
    assert_eq!(short(&mut key, &info).status, Status::OK);
    let other = Command::new(0, 0xA4, 4, 0).with_data(*b"\xA0\0\0\0\x63PKCS-15");
    assert_eq!(short(&mut key, &other).status, Status::FILE_NOT_FOUND);
    assert_eq!(short(&mut key, &info).status, Status::UNKNOWN_INSTRUCTION);
    short(&mut key, &nfc::select());
    key.reset(Time::ZERO);
    assert_eq!(short(&mut key, &info).status, Status::UNKNOWN_INSTRUCTION);
    short(&mut key, &nfc::select());
    assert_eq!(short(&mut key, &Command::new(0x80, 0x12, 1, 0)).status, Status::OK);
    assert_eq!(short(&mut key, &info).status, Status::UNKNOWN_INSTRUCTION);
}

#[test]
fn selection_gives_no_more_than_was_asked_for() {
    let select = |p2: u8, expected: &str| format!("00A404{p2:02X}08A0000006472F0001{expected}");
    let check = |command: String, answer: &str| {
        let mut key = key();
        let answered = key.transmit(&hex::decode(&command).unwrap(), Time::ZERO);
        assert_eq!(hex::encode_upper(answered), answer, "{command}");
        key
    };
    let whole = hex::encode_upper(b"U2F_V2") + "9000";
    for expected in ["", "00", "06"] {
        check(select(0x00, expected), &whole);
    }
    let mut key = check(select(0x00, "01"), "556105");
    let rest = short(&mut key, &Command::new(0, 0xC0, 0, 0).expecting(5));
    assert_eq!(rest, Response::ok(*b"2F_V2"));
    let mut key = check(select(0x0C, ""), "9000");
    let info = nfc::message([4], Keepalive::Accepted);
    assert_eq!(short(&mut key, &info).status, Status::OK);
    for (p2, refused) in [(0x02, "6A82"), (0x03, "6A82"), (0x01, "6A86"), (0x04, "6A86")] {
        let mut key = check(select(p2, "00"), refused);
        assert_eq!(short(&mut key, &info).status, Status::UNKNOWN_INSTRUCTION);
    }
}

#[test]
fn commands_that_do_not_exist_are_refused() {
    let mut key = key();
    short(&mut key, &nfc::select());
    let status =
        |key: &mut Key, hex: &str| send(key, &hex::decode(hex).unwrap()).status.to_string();
    assert_eq!(status(&mut key, "00"), "6700");
    assert_eq!(status(&mut key, "8010000005"), "6700");
    assert_eq!(status(&mut key, "80100000"), "6700");
    assert_eq!(status(&mut key, "00b00000"), "6D00");
    assert_eq!(status(&mut key, "80b00000"), "6D00");
    assert_eq!(status(&mut key, "a0b00000"), "6E00");
    assert_eq!(status(&mut key, "80110000"), "6985");
    assert_eq!(status(&mut key, "80120000"), "6A86");
    assert_eq!(status(&mut key, "9010000001040000"), "6700");
    assert_eq!(status(&mut key, "90108000 0104".replace(' ', "").as_str()), "9000");
    assert_eq!(status(&mut key, "00030000"), "6883");
    assert_eq!(status(&mut key, "00030000"), "9000");
    for class in ["01", "04", "11", "40", "84", "94", "ff"] {
        assert_eq!(status(&mut key, &format!("{class}030000")), "6E00", "class {class}");
    }
}

#[test]
fn a_u2f_only_key_in_a_reader_knows_no_ctap2() {
    let mut key = key_of("u2f");
    assert_eq!(short(&mut key, &nfc::select()), Response::ok(*b"U2F_V2"));
    let info = nfc::message([4], Keepalive::Accepted);
    assert_eq!(short(&mut key, &info).status, Status::UNKNOWN_INSTRUCTION);
}

proptest! {
    #[test]
    fn no_apdus_make_the_key_panic_or_fall_silent(
        sequence in prop::collection::vec(
            (
                prop::sample::select(vec![0x00u8, 0x10, 0x80, 0x90, 0xA0]),
                prop::sample::select(vec![0xA4u8, 0xC0, 0x01, 0x02, 0x03, 0x10, 0x11, 0x12, 0x55]),
                any::<[u8; 2]>(),
                prop::collection::vec(any::<u8>(), 0..80),
            ),
            1..12,
        ),
    ) {
        let mut key = key();
        short(&mut key, &nfc::select());
        for (class, instruction, p1p2, body) in sequence {
            let apdu = [&[class, instruction][..], &p1p2, &body].concat();
            prop_assert!(key.transmit(&apdu, Time::ZERO).len() >= 2);
        }
        prop_assert_eq!(short(&mut key, &nfc::select()), Response::ok(*b"U2F_V2"));
    }
}
