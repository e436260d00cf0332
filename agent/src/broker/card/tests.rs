//! The ceremony as a script: what the surroundings answer, and what was done.

use std::collections::VecDeque;

use super::*;

/// A pretended card and person; `log` is what was asked of them.
struct Script {
    looks: VecDeque<Result<Tries, card::Error>>,
    inserts: VecDeque<Insertion>,
    agrees: bool,
    pins: VecDeque<&'static str>,
    verdicts: VecDeque<Result<Verdict<Vec<u8>>, card::Error>>,
    now: Timestamp,
    windows: bool,
    entry: Entry,
    log: Vec<String>,
}

impl Script {
    /// The answer, where windows can be shown.
    fn shown_or<T>(&self, answer: T) -> Result<T, consent::Error> {
        let broken = || consent::Error::Pinentry("no display".to_owned());
        if self.windows { Ok(answer) } else { Err(broken()) }
    }
}

impl Surroundings for Script {
    fn look(&mut self) -> Result<Shown, card::Error> {
        self.log.push("look".to_owned());
        let look = self.looks.pop_front().expect("a look more than the script has");
        look.map(|tries| Shown { entry: self.entry, ..shown(tries) })
    }
    fn ask_to_insert(&mut self, reason: &card::Error) -> Result<Insertion, consent::Error> {
        self.log.push(format!("insert: {reason}"));
        self.shown_or(Insertion::Declined)?;
        Ok(self.inserts.pop_front().unwrap_or(Insertion::Declined))
    }
    fn warn_of_last_try(
        &mut self,
        _: &Shown,
        remark: Option<Remark>,
    ) -> Result<bool, consent::Error> {
        self.log.push(format!("warn {remark:?}"));
        self.shown_or(self.agrees)
    }
    fn ask_pin(
        &mut self,
        shown: &Shown,
        remark: Option<Remark>,
    ) -> Result<Option<Secret>, consent::Error> {
        self.log.push(format!("pin {:?} {remark:?}", shown.tries));
        self.shown_or(())?;
        Ok(self.pins.pop_front().map(Secret::new))
    }
    fn sign(&mut self, pin: &Secret) -> Result<Verdict<Vec<u8>>, card::Error> {
        self.log.push(format!("sign {}", pin.expose()));
        self.verdicts.pop_front().expect("a signature more than the script has")
    }
    fn sign_at_reader(
        &mut self,
        shown: &Shown,
        remark: Option<Remark>,
    ) -> Result<Result<Verdict<Vec<u8>>, card::Error>, consent::Error> {
        self.log.push(format!("at the reader {:?} {remark:?}", shown.tries));
        self.shown_or(())?;
        Ok(self.verdicts.pop_front().expect("a signature more than the script has"))
    }
    fn now(&self) -> Timestamp {
        self.now
    }
}

/// The TEST certificate of a general practitioner; source: `tests/uzi/samples/README.md`.
fn shown(tries: Tries) -> Shown {
    let path = "../tests/uzi/samples/real-test/z_huisarts_2024_authenticiteit.pem";
    let pem = std::fs::read(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let der = x509_cert::der::pem::decode_vec(&pem).unwrap().1;
    let certificate = Certificate::read(&der).unwrap();
    Shown { certificate, tries, reader: "reader".to_owned(), entry: Entry::Window }
}

fn script(tries: Tries) -> Script {
    Script {
        looks: [Ok(tries)].into(),
        inserts: VecDeque::new(),
        agrees: true,
        pins: ["1", "2", "3", "4"].into(),
        verdicts: VecDeque::new(),
        now: "2025-01-01T00:00:00Z".parse().unwrap(),
        windows: true,
        entry: Entry::Window,
        log: Vec::new(),
    }
}

fn check(mut script: Script, log: &[&str]) -> Result<Signed, Error> {
    let result = run(&mut script);
    assert_eq!(script.log, log);
    result
}

const FULL: Tries = Tries::Left(3);

#[test]
fn the_right_pin_gives_the_signature() {
    let verdicts = [Ok(Verdict::Right(vec![7]))].into();
    let log = ["look", "pin Left(3) None", "sign 1"];
    let signed = check(Script { verdicts, ..script(FULL) }, &log).unwrap();
    assert_eq!(signed.signature, [7]);
}

#[test]
fn each_wrong_pin_is_asked_anew_and_the_last_try_needs_a_yes() {
    let verdicts = [
        Ok(Verdict::Wrong(Tries::Left(2))),
        Ok(Verdict::Wrong(Tries::Left(1))),
        Ok(Verdict::Blocked),
    ];
    let log = [
        "look",
        "pin Left(3) None",
        "sign 1",
        "pin Left(2) Some(Wrong(Left(2)))",
        "sign 2",
        "warn Some(Wrong(Left(1)))",
        "pin Left(1) Some(Wrong(Left(1)))",
        "sign 3",
    ];
    let result = check(Script { verdicts: verdicts.into(), ..script(FULL) }, &log);
    assert!(matches!(result, Err(Error::Blocked)));
}

#[test]
fn a_no_to_the_last_try_spends_nothing() {
    let result = check(Script { agrees: false, ..script(Tries::Left(1)) }, &["look", "warn None"]);
    assert!(matches!(result, Err(Error::Declined)));
}

#[test]
fn a_blocked_card_is_told_before_a_pin_is_asked() {
    assert!(matches!(check(script(Tries::Left(0)), &["look"]), Err(Error::Blocked)));
}

#[test]
fn a_pin_that_was_not_sent_keeps_the_consent_to_the_last_try() {
    let verdicts = [Ok(Verdict::Unfit { min: 6, max: 8 }), Ok(Verdict::Right(vec![7]))].into();
    let log = [
        "look",
        "warn None",
        "pin Left(1) None",
        "sign 1",
        "pin Left(1) Some(Unfit { min: 6, max: 8 })",
        "sign 2",
    ];
    assert!(check(Script { verdicts, ..script(Tries::Left(1)) }, &log).is_ok());
}

#[test]
fn three_pins_that_fit_no_card_end_it_with_their_own_word() {
    for (entry, asks) in [(Entry::Window, "pin"), (Entry::Pad, "at the reader")] {
        let verdicts = std::iter::repeat_n(Ok(Verdict::Unfit { min: 6, max: 8 }), 9).collect();
        let mut script = Script { verdicts, entry, ..script(FULL) };
        let ended = run(&mut script).unwrap_err();
        assert!(matches!(ended, Error::Unfit { min: 6, max: 8 }), "{ended:?}");
        assert_eq!(script.log.iter().filter(|line| line.starts_with(asks)).count(), 3);
    }
}

#[test]
fn a_card_that_does_not_count_is_not_asked_for_ever() {
    for tries in [FULL, Tries::Fewer, Tries::Unknown] {
        let verdicts = std::iter::repeat_n(Ok(Verdict::Wrong(tries)), 20).collect();
        let pins = std::iter::repeat_n("1", 20).collect();
        let mut script = Script { verdicts, pins, ..script(tries) };
        assert!(matches!(run(&mut script), Err(Error::TooOften)));
        assert_eq!(script.log.iter().filter(|line| line.starts_with("sign")).count(), 8);
    }
}

#[test]
fn a_card_that_leaves_ends_the_ceremony() {
    let verdicts = [Err(card::Error::Removed)].into();
    let result =
        check(Script { verdicts, ..script(FULL) }, &["look", "pin Left(3) None", "sign 1"]);
    assert!(matches!(result, Err(Error::Card(card::Error::Removed))));
}

#[test]
fn a_missing_card_is_asked_for_and_then_found() {
    let looks = [Err(card::Error::NoCard), Ok(FULL)].into();
    let (inserts, verdicts) = ([Insertion::Again].into(), [Ok(Verdict::Right(vec![7]))].into());
    let log = ["look", "insert: no card is in a reader", "look", "pin Left(3) None", "sign 1"];
    assert!(check(Script { looks, inserts, verdicts, ..script(FULL) }, &log).is_ok());
}

#[test]
fn a_card_that_never_comes_is_not_asked_for_for_ever() {
    let looks = std::iter::repeat_with(|| Err(card::Error::NoCard)).take(6).collect();
    let inserts = std::iter::repeat_n(Insertion::Again, 9).collect();
    let mut script = Script { looks, inserts, ..script(FULL) };
    let result = run(&mut script);
    assert!(matches!(result, Err(Error::Card(card::Error::NoCard))));
    assert_eq!(script.log.iter().filter(|line| line.starts_with("insert")).count(), 5);
}

#[test]
fn a_card_that_does_not_come_is_the_reason_and_a_person_who_stops_another() {
    let ended = |insertion| {
        let looks = [Err(card::Error::NoCard)].into();
        let log = ["look", "insert: no card is in a reader"];
        check(Script { looks, inserts: [insertion].into(), ..script(FULL) }, &log).unwrap_err()
    };
    assert!(matches!(ended(Insertion::TooLate), Error::Card(card::Error::NoCard)));
    assert!(matches!(ended(Insertion::Declined), Error::Declined));
}

#[test]
fn a_card_that_leaves_while_it_is_read_ends_the_ceremony() {
    let looks = [Err(card::Error::Removed)].into();
    let result = check(Script { looks, ..script(FULL) }, &["look"]);
    assert!(matches!(result, Err(Error::Card(card::Error::Removed))));
}

#[test]
fn a_service_that_is_down_is_not_asked_for_again() {
    let looks = [Err(card::Error::NoService)].into();
    let result = check(Script { looks, ..script(FULL) }, &["look"]);
    assert!(matches!(result, Err(Error::Card(card::Error::NoService))));
}

#[test]
fn a_person_who_stops_ends_it() {
    let pins = VecDeque::new();
    let result = check(Script { pins, ..script(FULL) }, &["look", "pin Left(3) None"]);
    assert!(matches!(result, Err(Error::Declined)));
}

#[test]
fn no_pin_is_asked_for_a_certificate_that_does_not_hold() {
    let at = |time: &str| {
        check(Script { now: time.parse().unwrap(), ..script(FULL) }, &["look"]).unwrap_err()
    };
    assert!(matches!(at("2040-01-01T00:00:00Z"), Error::Expired(_)));
    assert!(matches!(at("2001-01-01T00:00:00Z"), Error::NotYet(_)));
}

#[test]
fn a_window_that_cannot_be_shown_is_not_the_persons_no() {
    for (script, log) in [
        (script(FULL), &["look", "pin Left(3) None"][..]),
        (script(Tries::Left(1)), &["look", "warn None"]),
        (
            Script { looks: [Err(card::Error::NoCard)].into(), ..script(FULL) },
            &["look", "insert: no card is in a reader"],
        ),
    ] {
        let result = check(Script { windows: false, ..script }, log);
        assert!(matches!(result, Err(Error::Consent(_))), "{result:?}");
    }
}

/// What comes of these answers of the reader, in a script that asks for no PIN itself.
fn at_reader(
    tries: Tries,
    verdicts: &[Result<Verdict<Vec<u8>>, card::Error>],
    log: &[&str],
) -> Result<Signed, Error> {
    let verdicts = verdicts.iter().cloned().collect();
    check(Script { verdicts, entry: Entry::Pad, ..script(tries) }, log)
}

#[test]
fn a_pin_on_the_reader_is_never_asked_in_a_window() {
    let log = ["look", "at the reader Left(3) None"];
    let signed = at_reader(FULL, &[Ok(Verdict::Right(vec![7]))], &log).unwrap();
    assert_eq!(signed.signature, [7]);
}

#[test]
fn a_wrong_pin_on_the_reader_is_told_and_the_last_try_needs_a_yes() {
    let verdicts = [
        Ok(Verdict::Wrong(Tries::Left(2))),
        Ok(Verdict::Unfit { min: 6, max: 8 }),
        Ok(Verdict::Wrong(Tries::Left(1))),
        Ok(Verdict::Blocked),
    ];
    let log = [
        "look",
        "at the reader Left(3) None",
        "at the reader Left(2) Some(Wrong(Left(2)))",
        "at the reader Left(2) Some(Unfit { min: 6, max: 8 })",
        "warn Some(Wrong(Left(1)))",
        "at the reader Left(1) Some(Wrong(Left(1)))",
    ];
    assert!(matches!(at_reader(FULL, &verdicts, &log), Err(Error::Blocked)));
}

#[test]
fn how_it_ends_at_the_reader_is_told_apart() {
    let log = ["look", "at the reader Left(3) None"];
    let ended = |verdict| at_reader(FULL, &[verdict], &log).unwrap_err();
    assert!(matches!(ended(Ok(Verdict::Declined)), Error::Declined));
    let timeout = ended(Ok(Verdict::TimedOut));
    assert!(matches!(timeout, Error::Consent(consent::Error::Timeout)));
    let removed = ended(Err(card::Error::Removed));
    assert!(matches!(removed, Error::Card(card::Error::Removed)));
    let script = Script { entry: Entry::Pad, windows: false, ..script(FULL) };
    assert!(matches!(check(script, &log), Err(Error::Consent(_))));
}
