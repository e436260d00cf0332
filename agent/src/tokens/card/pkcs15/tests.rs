//! Against the trace and file contents that unmodified OpenSC accepted.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::link::Card;
use super::*;

/// A card of the MyEID profile that holds the files of the trace; the signature is given.
struct Fake {
    files: BTreeMap<Vec<u8>, Vec<u8>>,
    current: Vec<u8>,
    pin: &'static [u8],
    tries: u8,
    verified: bool,
    /// The most bytes it gives at once.
    most: usize,
    environment: Vec<u8>,
    log: Vec<String>,
    remove_at: Option<usize>,
}

impl Card for Fake {
    fn transmit(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Error> {
        if self.remove_at == Some(self.log.len()) {
            return Err(Error::Removed);
        }
        let command = Command::read(bytes).unwrap();
        self.log.push(hex::encode_upper(bytes));
        Ok(self.answer(&command).write())
    }
}

impl Fake {
    fn answer(&mut self, command: &Command) -> wire::apdu::Response {
        use wire::apdu::Response;
        match (command.instruction, command.p1, command.p2) {
            (0xA4, 0x04, 0x00) if command.data == AID => {
                Response::ok(hex::decode("6F0A820138830250158A0105").unwrap())
            }
            (0xA4, 0x08, 0x00) => {
                let Some(file) = self.files.get(&command.data) else {
                    return Response::status(Status::FILE_NOT_FOUND);
                };
                self.current = file.clone();
                let size = u16::try_from(file.len()).unwrap().to_be_bytes();
                Response::ok([&[0x6F, 0x07, 0x80, 0x02][..], &size, &[0x82, 1, 1]].concat())
            }
            (0xB0, 0x80.., _) => Response::status(Status::FILE_NOT_FOUND),
            (0xB0, high, low) => {
                let start = usize::from(u16::from_be_bytes([high, low]));
                let Some(rest) = self.current.get(start..) else {
                    return Response::status(Status::WRONG_OFFSET);
                };
                let wanted = command.expected.unwrap() as usize;
                Response::ok(&rest[..rest.len().min(wanted).min(self.most)])
            }
            (0x20, 0, 1) if self.tries == 0 => Response::status(Status::BLOCKED),
            (0x20, 0, 1) if command.data.is_empty() => {
                Response::status(Status::tries_left(self.tries))
            }
            (0x20, 0, 1) if command.data == self.pin => {
                (self.tries, self.verified) = (3, true);
                Response::status(Status::OK)
            }
            (0x20, 0, 1) => {
                self.tries -= 1;
                Response::status(Status::tries_left(self.tries))
            }
            (0x22, 0x41, 0xB6) => {
                self.environment.clone_from(&command.data);
                Response::status(Status::OK)
            }
            (0x2A, 0x9E, 0x9A) if !self.verified => {
                Response::status(Status::SECURITY_NOT_SATISFIED)
            }
            (0x2A, 0x9E, 0x9A) => Response::ok([&self.environment[..], &command.data].concat()),
            _ => Response::status(Status::UNKNOWN_INSTRUCTION),
        }
    }
}

const ATR: &str = "3B8580014F7345494470";

fn fake() -> Fake {
    let content = |hex: &str| hex::decode(hex.replace(' ', "")).unwrap();
    let files = [
        ("2F00", "61194F0CA000000063504B43532D31355003555A4951043F005015"),
        (
            "50155031",
            "A00A300804063F0050154001 A40A300804063F0050154004 A80A300804063F0050154005 0000",
        ),
        (
            "50154005",
            "3036 300D0C07555A492050494E030206C0 3003040101 A120301E 03020348 0A0101 020106 020108 \
             020108 800101 0401FF 300604043F005015",
        ),
        (
            "50154001",
            "303D 30180C0C48616E6474656B656E696E6703020780040101020101 300F 040146 0303060040 \
             030204B0 020101 A110300E 300804063F0050154B02 02020800 \
             303B 30170C0E41757468656E746963697465697403020780040101 300E 040145 03020520 030204B0 \
             020100 A110300E 300804063F0050154B01 02020800",
        ),
        (
            "50154004",
            "3023 300B0C06434120697373030100 3006 040160 0101FF A10C300A300804063F0050154400 \
             3026 30110C0C48616E6474656B656E696E67030100 3003040146 \
             A10C300A300804063F0050154301 \
             3028 30130C0E41757468656E7469636974656974030100 3003040145 \
             A10C300A300804063F0050154300",
        ),
        ("50154300", "3003020145"),
        ("50154301", "3003020146FFFF"),
    ];
    let files = files.into_iter().map(|(path, hex)| (content(path), content(hex))).collect();
    let (pin, log) = (&b"123456"[..], Vec::new());
    let (current, environment) = (Vec::new(), Vec::new());
    Fake {
        files,
        current,
        pin,
        tries: 3,
        verified: false,
        most: 256,
        environment,
        log,
        remove_at: None,
    }
}

/// The certificate of key 45 in [`fake`].
fn authenticity(certificate: &[u8]) -> bool {
    certificate == [0x30, 3, 2, 1, 0x45]
}

#[test]
fn only_the_listed_profile_is_known() {
    let knows = |atr: &str| super::knows(&hex::decode(atr).unwrap());
    assert!(knows(ATR));
    // The SafeSign card of OpenSC#491, a FIDO card, cut-off and empty answers.
    assert!(!knows("3BBB1800C0103 1FE4580670412B00303000081053C".replace(' ', "").as_str()));
    assert!(!knows("3B8580018073C021C0D6"));
    assert!(!knows("3B8580014F734549"));
    assert!(!knows("3B"));
    assert!(!knows(""));
    // The name outside the historical bytes is no name.
    assert!(!knows("3B804F73454944"));
}

#[test]
fn the_key_is_chosen_by_its_certificate() {
    let mut card = fake();
    let pair = find(&mut card, authenticity).unwrap();
    assert_eq!(pair.key.file, [0x4B, 0x01]);
    let other = find(&mut card, |certificate| certificate.ends_with(&[0x46])).unwrap();
    assert_eq!(other.key.file, [0x4B, 0x02]);
    assert!(matches!(find(&mut card, |_| false), Err(Error::NotUzi)));
}

#[test]
fn a_pin_that_was_never_set_is_seen_in_its_flags() {
    let mut card = fake();
    assert_eq!(find(&mut card, authenticity).unwrap().activation(), Activation::Done);
    let list = card.files.get_mut(&[0x50, 0x15, 0x40, 0x05][..]).unwrap();
    let flags = list.windows(4).position(|bytes| bytes == [3, 2, 3, 0x48]).unwrap();
    list[flags + 3] = 0x40;
    assert_eq!(find(&mut card, authenticity).unwrap().activation(), Activation::NoPin);
}

#[test]
fn a_signature_follows_the_reference_trace() {
    let mut card = fake();
    let pair = find(&mut card, authenticity).unwrap();
    assert_eq!(tries(&mut card, &pair).unwrap(), Tries::Left(3));
    card.log.clear();
    select(&mut card).unwrap();
    assert_eq!(verify(&mut card, &pair, "123456").unwrap(), Verdict::Right(()));
    sign(&mut card, &pair, &[0xAB; 32]).unwrap();
    let digest = "AB".repeat(32);
    let trace = [
        "00A404000CA000000063504B43532D313500".to_owned(),
        "0020000106313233343536".to_owned(),
        "002241B60A80010281024B01840100".to_owned(),
        format!("002A9E9A333031300D060960864801650304020105000420{digest}00"),
    ];
    assert_eq!(card.log, trace);
}

#[test]
fn wrong_pins_count_down_to_blocked() {
    let mut card = fake();
    let pair = find(&mut card, authenticity).unwrap();
    let mut give = |pin| verify(&mut card, &pair, pin).unwrap();
    assert_eq!(give("000000"), Verdict::Wrong(Tries::Left(2)));
    assert_eq!(give("000000"), Verdict::Wrong(Tries::Left(1)));
    assert_eq!(give("000000"), Verdict::Blocked);
    assert_eq!(give("123456"), Verdict::Blocked);
    assert_eq!(tries(&mut card, &pair).unwrap(), Tries::Left(0));
}

#[test]
fn a_pin_that_cannot_be_right_is_not_sent() {
    let mut card = fake();
    let pair = find(&mut card, authenticity).unwrap();
    for pin in ["", "12345", "123456789", "12345a", "12345é"] {
        let verdict = verify(&mut card, &pair, pin).unwrap();
        assert_eq!(verdict, Verdict::Unfit { min: 6, max: 8 }, "{pin}");
    }
    assert_eq!(card.tries, 3);
}

#[test]
fn removal_at_every_step_is_told_as_removal() {
    let run = |card: &mut Fake| {
        let pair = find(card, authenticity)?;
        tries(card, &pair)?;
        select(card)?;
        verify(card, &pair, "123456")?;
        sign(card, &pair, &[0; 32])
    };
    let mut whole = fake();
    run(&mut whole).unwrap();
    for step in 0..whole.log.len() {
        let mut card = Fake { remove_at: Some(step), ..fake() };
        assert!(matches!(run(&mut card), Err(Error::Removed)), "step {step}");
        assert_eq!(card.log.len(), step, "nothing is sent after removal");
    }
}

#[test]
fn without_a_pin_the_refusal_is_told() {
    let mut card = fake();
    let pair = find(&mut card, authenticity).unwrap();
    let error = sign(&mut card, &pair, &[0; 32]).unwrap_err();
    assert!(matches!(error, Error::Refused { status: Status::SECURITY_NOT_SATISFIED, .. }));
}

#[test]
fn a_file_shorter_than_it_says_is_refused() {
    struct Short(bool);
    impl Card for Short {
        fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Error> {
            let fci = hex::decode("6F0480021000 9000".replace(' ', "")).unwrap();
            self.0 = command[1] == SELECT;
            Ok(if self.0 { fci } else { vec![0x90, 0x00] })
        }
    }
    assert!(matches!(find(&mut Short(false), |_| true), Err(Error::Malformed(_))));
}

proptest! {
    #[test]
    fn no_file_content_makes_the_reader_panic(
        path in 0_usize..7, junk in proptest::collection::vec(any::<u8>(), 0..300),
    ) {
        let mut card = fake();
        let path = card.files.keys().nth(path).unwrap().clone();
        card.files.insert(path, junk);
        drop(find(&mut card, authenticity));
    }

    #[test]
    fn no_changed_byte_makes_the_reader_panic(
        path in 0_usize..7, at in any::<prop::sample::Index>(), byte in any::<u8>(),
    ) {
        let mut card = fake();
        let path = card.files.keys().nth(path).unwrap().clone();
        let file = card.files.get_mut(&path).unwrap();
        let at = at.index(file.len());
        file[at] = byte;
        drop(find(&mut card, authenticity));
    }

    #[test]
    fn no_answer_to_reset_makes_the_reader_panic(
        atr in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        // Reaching the end is the point; junk that ends in the name would even be known.
        prop_assert!(!super::knows(&atr) || atr.windows(5).any(|w| w == b"OsEID"));
    }
}

#[test]
fn a_file_that_is_too_long_or_comes_in_drops_is_refused() {
    let read_file = |size: usize, most: usize| {
        let mut card = Fake { most, ..fake() };
        card.files.insert(vec![0x2F, 0x00], vec![0x5A; size]);
        let content = read(&mut card, &EF_DIR);
        (content.map(|content| content.len()), card.log.len())
    };
    assert_eq!(read_file(0x7FFF, 256), (Ok(0x7FFF), 129));
    let refused = Err(Error::Malformed("a file on the card"));
    assert_eq!(read_file(0x8000, 256), (refused.clone(), 1));
    assert_eq!(read_file(0x7FFF, 1), (refused, 513));
}

/// An element of DER.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let length = u16::try_from(content.len()).unwrap();
    let [high, low] = length.to_be_bytes();
    let length = match length {
        0..=0x7F => vec![low],
        0x80..=0xFF => vec![0x81, low],
        _ => vec![0x82, high, low],
    };
    [&[tag][..], &length, &content].concat()
}

/// An entry of any list: a label and what is common, the id and what its class says, its own part.
fn entry(label: &str, common: &[u8], id: &[u8], class: &[u8], own: &[u8]) -> Vec<u8> {
    let common = tlv(0x30, &[&tlv(0x0C, &[label.as_bytes()]), common]);
    let class = tlv(0x30, &[&tlv(0x04, &[id]), class]);
    tlv(0x30, &[&common, &class, &tlv(0xA1, &[&tlv(0x30, &[own])])])
}

fn path_element(below: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&tlv(0x04, &[&[0x3F, 0x00], below])])
}

fn number(value: u8) -> Vec<u8> {
    let sign = if value >= 0x80 { &[0][..] } else { &[] };
    tlv(0x02, &[sign, &[value]])
}

/// Files below the master file: one to eight names of two bytes.
fn below() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<[u8; 2]>(), 1..=8).prop_map(|names| names.concat())
}

fn id() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 1..20)
}

/// Each list is read as it was written; cut off anywhere it gives an error or the entries before.
fn check_list<T: PartialEq + std::fmt::Debug>(
    entries: &[Vec<u8>],
    wanted: &[T],
    read: impl Fn(&[u8]) -> Result<Vec<T>, Error>,
) -> Result<(), TestCaseError> {
    let file = entries.concat();
    for padding in [&[][..], &[0, 0], &[0xFF; 3]] {
        prop_assert_eq!(&read(&[&file, padding].concat()).unwrap()[..], wanted);
    }
    for cut in 0..file.len() {
        if let Ok(read) = read(&file[..cut]) {
            prop_assert!(wanted.starts_with(&read), "{} of {}", cut, file.len());
            prop_assert!(read.len() < wanted.len() || wanted.is_empty());
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn keys_are_read_as_they_were_written(
        keys in prop::collection::vec(("\\PC{0,30}", id(), id(), below()), 0..4),
    ) {
        let written = keys.iter().map(|(label, id, guard, below)| {
            let common = [tlv(0x03, &[&[7, 0x80]]), tlv(0x04, &[guard])].concat();
            let own = [path_element(below), tlv(0x02, &[&[8, 0]])].concat();
            entry(label, &common, id, &tlv(0x03, &[&[5, 0x20]]), &own)
        });
        let wanted: Vec<Key> = keys
            .iter()
            .map(|(_, id, guard, below)| Key {
                id: id.clone(),
                guard: guard.clone(),
                file: *below.last_chunk().unwrap(),
            })
            .collect();
        check_list(&written.collect::<Vec<_>>(), &wanted, files::keys)?;
    }

    #[test]
    fn certificates_are_read_as_they_were_written_and_no_authoritys(
        certificates in prop::collection::vec((id(), any::<bool>(), below()), 1..4),
    ) {
        let written = certificates.iter().map(|(id, authority, below)| {
            let class = if *authority { tlv(0x01, &[&[0xFF]]) } else { Vec::new() };
            entry("label", &tlv(0x03, &[&[0]]), id, &class, &path_element(below))
        });
        let written: Vec<_> = written.collect();
        let wanted: Vec<files::Entry> = certificates
            .iter()
            .filter(|(_, authority, _)| !authority)
            .map(|(id, _, below)| files::Entry { id: id.clone(), path: below.clone() })
            .collect();
        prop_assert_eq!(files::certificates(&written.concat()).unwrap(), wanted);
    }

    #[test]
    fn pins_are_read_as_they_were_written(
        pins in prop::collection::vec((id(), any::<[u8; 4]>(), any::<bool>(), any::<Option<u8>>()), 0..4),
    ) {
        let written = pins.iter().map(|(id, [min, stored, max, flags], digits, reference)| {
            let kind = tlv(0x0A, &[&[u8::from(*digits)]]);
            let reference = reference.map(|number| tlv(0x80, &[&[number]])).unwrap_or_default();
            let own = [
                tlv(0x03, &[&[0, *flags]]), kind, number(*min), number(*stored), number(*max),
                reference, tlv(0x04, &[&[0xFF]]),
            ];
            entry("PIN", &tlv(0x03, &[&[6, 0xC0]]), id, &[], &own.concat())
        });
        let wanted: Vec<Pin> = pins
            .iter()
            .map(|(id, [min, _, max, flags], digits, reference)| Pin {
                id: id.clone(),
                reference: reference.unwrap_or(0),
                is_set: flags & 0x08 != 0, // the fifth bit: initialized
                digits_only: *digits,
                min: (*min).into(),
                max: (*max).into(),
            })
            .collect();
        check_list(&written.collect::<Vec<_>>(), &wanted, files::pins)?;
    }

    #[test]
    fn the_directory_is_read_in_any_order(
        below in prop::array::uniform3(below()), order in Just([0_usize, 1, 2]).prop_shuffle(),
        application in below(),
    ) {
        let lists = [0xA0, 0xA4, 0xA8];
        let file = order.map(|at| tlv(lists[at], &[&path_element(&below[at])])).concat();
        let [keys, certificates, pins] = below;
        let wanted = files::Directory { keys, certificates, pins };
        prop_assert_eq!(files::directory(&file).unwrap(), wanted);
        for missing in 0..3 {
            let file: Vec<_> = order.iter().filter(|at| **at != missing)
                .map(|at| tlv(lists[*at], &[&path_element(&[1, 2])])).collect();
            prop_assert!(matches!(files::directory(&file.concat()), Err(Error::Malformed(_))));
        }
        let name = tlv(0x4F, &[&AID]);
        let master = [&[0x3F, 0x00][..], &application].concat();
        let template = tlv(0x61, &[&name, &tlv(0x51, &[&master])]);
        prop_assert_eq!(files::application(&template).unwrap(), application.clone());
        let stranger = tlv(0x61, &[&tlv(0x4F, &[&AID[1..]]), &tlv(0x51, &[&master])]);
        prop_assert_eq!(files::application(&stranger), Err(Error::NotUzi));
        prop_assert_eq!(files::application(&[stranger, template].concat()).unwrap(), application);
    }

    #[test]
    fn a_path_is_one_below_the_master_file(path in prop::collection::vec(any::<u8>(), 0..24), rooted: bool) {
        let whole = if rooted { [&[0x3F, 0x00][..], &path].concat() } else { path };
        let element = tlv(0x30, &[&tlv(0x04, &[&whole])]);
        let file = [0xA0, 0xA4, 0xA8].map(|list| tlv(list, &[&element])).concat();
        let below = whole.strip_prefix(&[0x3F, 0x00]).unwrap_or_default();
        let fits = [2, 4, 6, 8, 10, 12, 14, 16].contains(&below.len());
        prop_assert_eq!(files::directory(&file).is_ok(), fits);
    }
}
