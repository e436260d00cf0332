//! What was recorded is the same when it is read, replayed and compared.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use proptest::prelude::*;
use wire::ctaphid::{Channel, Command, split};

use super::*;
use crate::device::{Card, HidDevice};
use crate::transport::usb::Descriptors;

/// Where a test's recorder writes.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Answers getInfo with its number, 5 ms later; as a card with 9000.
#[derive(Clone, Default)]
struct Device {
    number: u8,
    later: Option<(Time, u32)>,
}

impl HidDevice for Device {
    fn report(&mut self, report: &[u8; REPORT], now: Time) -> Vec<[u8; REPORT]> {
        self.later = Some((now + Duration::from_millis(5), u32::from(report[3])));
        Vec::new()
    }
    fn due(&self) -> Option<Time> {
        self.later.map(|(due, _)| due)
    }
    fn tick(&mut self, now: Time) -> Vec<[u8; REPORT]> {
        let Some((_, channel)) = self.later.take() else { return Vec::new() };
        let time = u8::try_from(now.as_millis()).unwrap();
        let payload = [0, 0xA2, 1, self.number, 4, 0xA1, 0x62, b'a', b't', 0x18, time];
        split(Channel(channel), Command::Cbor, &payload).unwrap()
    }
    fn power_cycle(&mut self, _: Time) {
        self.later = None;
    }
}

impl Card for Device {
    fn atr(&self) -> Vec<u8> {
        vec![0x3B]
    }
    fn transmit(&mut self, command: &[u8], _: Time) -> Vec<u8> {
        [command, &[0x90, self.number]].concat()
    }
    fn reset(&mut self, _: Time) {}
}

fn header() -> Header {
    Header::new("fido2", 7, "auto", Duration::from_secs(1_800_000_000))
}

/// A trace of a device that is asked once by a host and once by a reader.
fn trace(number: u8) -> Trace {
    let paper = Paper::default();
    let device = Device { number, later: None };
    let mut recorder = record::Recorder::new(device, &header(), Box::new(paper.clone())).unwrap();
    let ms = Duration::from_millis;
    recorder.power_cycle(ms(0));
    recorder.report(&split(Channel(1), Command::Cbor, &[4]).unwrap()[0], ms(30));
    recorder.tick(ms(35));
    recorder.reset(ms(40));
    recorder.transmit(&[0, 0xA4], ms(41));
    assert!(recorder.failure().is_none());
    Trace::read(&paper.0.lock().unwrap()[..]).unwrap()
}

#[test]
fn a_trace_has_everything_in_its_order() {
    let trace = trace(3);
    let kinds: Vec<Kind> = trace.entries.iter().map(|entry| entry.kind).collect();
    let wanted = [
        Kind::Power,
        Kind::Report,
        Kind::Tick,
        Kind::Answer,
        Kind::Reset,
        Kind::Command,
        Kind::Response,
    ];
    assert_eq!(kinds, wanted);
    assert_eq!(trace.header, header());
    assert_eq!(trace.entries[2].at, Duration::from_millis(35));
}

#[test]
fn the_same_device_answers_a_replay_alike_and_another_does_not() {
    let recorded = trace(3);
    let mut same = Device { number: 3, later: None };
    assert_eq!(replay::replay(&recorded, &mut same), recorded);
    let other = replay::replay(&recorded, &mut Device { number: 4, later: None });
    let difference = diff::diff(&recorded, &other).unwrap();
    assert_eq!(difference.message, 3);
    assert_eq!(difference.detail, "member 1: 3 against 4");
    assert!(
        difference.first.contains("0.035000 s, key, channel 00000001: Cbor GetInfo, status OK")
    );
}

#[test]
fn a_difference_is_named_by_what_a_person_knows() {
    let with = |answer: &[u8]| {
        let mut trace = trace(3);
        trace.entries[3].bytes = split(Channel(1), Command::Cbor, answer).unwrap()[0].to_vec();
        trace
    };
    let detail = |one: &Trace, two: &Trace| diff::diff(one, two).map(|found| found.detail);
    let (refused, empty) = (with(&[0x31]), with(&[0, 0xA0]));
    assert_eq!(detail(&trace(3), &trace(3)), None);
    let wanted = "status OK (00) against PIN_INVALID (31)";
    assert_eq!(detail(&trace(3), &refused).as_deref(), Some(wanted));
    let wanted = "member 1 is in the second alone";
    assert_eq!(detail(&empty, &trace(3)).as_deref(), Some(wanted));
    let deep = with(&[0, 0xA2, 1, 3, 4, 0xA1, 0x62, b'a', b't', 1]);
    assert_eq!(detail(&trace(3), &deep).as_deref(), Some("member 4 \"at\": 35 against 1"));
    let mut short = trace(3);
    short.entries.pop();
    assert_eq!(detail(&trace(3), &short).as_deref(), Some("the second ends before it"));
    let mut other = trace(3);
    other.entries[6].bytes = vec![0x69, 0x85];
    assert_eq!(detail(&trace(3), &other).as_deref(), Some("status 9003 against 6985"));
    let mut asked = trace(3);
    asked.entries[1].bytes = split(Channel(1), Command::Ping, &[4]).unwrap()[0].to_vec();
    assert_eq!(detail(&trace(3), &asked).as_deref(), Some("command Cbor against Ping"));
}

#[test]
fn how_often_a_key_says_that_it_waits_is_no_difference() {
    let mut patient = trace(3);
    let alive = split(Channel(1), Command::Keepalive, &[2]).unwrap()[0].to_vec();
    let entry = Entry { at: Duration::from_millis(31), kind: Kind::Answer, bytes: alive };
    patient.entries.insert(2, entry.clone());
    let mut more = patient.clone();
    more.entries.insert(3, entry);
    assert_eq!(diff::diff(&patient, &more), None);
    assert!(diff::diff(&trace(3), &patient).is_some());
}

#[test]
fn what_is_no_trace_is_refused_with_its_line() {
    let head = serde_json::to_string(&header()).unwrap();
    let read = |text: &str| Trace::read(text.as_bytes()).unwrap_err().to_string();
    assert!(read("").contains("no header of a trace"));
    assert!(read("{}").contains("no header of a trace"));
    assert!(read(&head.replace("\"version\":1", "\"version\":2")).contains("version 2"));
    for line in [
        "",
        "[]",
        r#"{"at_ns":1,"is":"report","bytes":"00"}"#,
        r#"{"at_ns":1,"is":"power","bytes":"00"}"#,
        r#"{"at_ns":1,"is":"command","bytes":"0"}"#,
        r#"{"at_ns":-1,"is":"tick"}"#,
        r#"{"at_ns":1,"is":"tick","more":1}"#,
    ] {
        assert!(read(&format!("{head}\n{line}\n")).contains("line 2 is no entry"), "{line}");
    }
}

#[test]
fn a_disk_that_is_full_is_told_and_the_device_goes_on() {
    struct Full(usize);
    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 = self.0.checked_sub(1).ok_or(io::ErrorKind::StorageFull)?;
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let device = Device { number: 3, later: None };
    let mut recorder = record::Recorder::new(device, &header(), Box::new(Full(2))).unwrap();
    for _ in 0..3 {
        assert_eq!(recorder.transmit(&[1], Time::ZERO), [1, 0x90, 3]);
    }
    assert_eq!(recorder.failure().unwrap().kind(), io::ErrorKind::StorageFull);
}

#[test]
fn a_capture_is_made_of_whole_blocks() {
    let descriptors = Descriptors { product: "Key".to_owned(), interval: 1 };
    let capture = pcapng::write(&trace(3), &descriptors);
    let number = |at: usize| u32::from_le_bytes(capture[at..at + 4].try_into().unwrap());
    let (mut at, mut kinds, mut reports) = (0, Vec::new(), 0);
    while at < capture.len() {
        let length = usize::try_from(number(at + 4)).unwrap();
        assert_eq!(number(at + length - 4), number(at + 4));
        assert_eq!(length % 4, 0);
        kinds.push(number(at));
        if number(at) == 6 {
            assert!(usize::try_from(number(at + 20)).unwrap() >= pcapng::HEADER);
            reports += usize::from(capture[at + 28 + 9] == 1 && number(at + 28 + 36) == 64);
        }
        at += length;
    }
    assert_eq!(kinds[..2], [0x0A0D_0D0A, 1]);
    // five transfers before the reports, and one of each
    assert_eq!((kinds.len(), reports), (2 + 2 * (5 + 2), 2));
}

proptest! {
    #[test]
    fn an_entry_is_read_as_it_was_written(at_ns: u64, bytes: Vec<u8>, report: [u8; 32]) {
        let at = Duration::from_nanos(at_ns);
        for (kind, bytes) in [
            (Kind::Command, bytes.clone()),
            (Kind::Answer, report.repeat(2)),
            (Kind::Tick, Vec::new()),
        ] {
            let entry = Entry { at, kind, bytes };
            prop_assert_eq!(Entry::read(&entry.write()).unwrap(), entry);
        }
    }

    #[test]
    fn any_text_is_a_trace_or_an_error(text: String, entries: Vec<[u8; 32]>) {
        drop(Trace::read(text.as_bytes()));
        let head = serde_json::to_string(&header()).unwrap();
        drop(Trace::read(format!("{head}\n{text}").as_bytes()));
        // hostile reports are compared and written without a panic
        let entries = entries.iter().enumerate().map(|(at, half)| Entry {
            at: Duration::from_nanos(at as u64),
            kind: if at % 2 == 0 { Kind::Report } else { Kind::Answer },
            bytes: half.repeat(2),
        });
        let other = Trace { header: header(), entries: entries.collect() };
        let _ = diff::diff(&other, &trace(3)).map(|difference| difference.to_string());
        let descriptors = Descriptors { product: "Key".to_owned(), interval: 1 };
        drop(pcapng::write(&other, &descriptors));
    }
}
