//! Codes as RFC 6238 has them, and as people type them.

use super::*;
use proptest::prelude::*;

/// The seed of RFC 6238, appendix B.
fn seed() -> Seed {
    Seed::from_bytes(b"12345678901234567890").unwrap()
}

fn at(seconds: i64) -> Time {
    Time::from_millis(seconds * 1000)
}

fn step(code: &str, seconds: i64, last: i64) -> Option<i64> {
    seed().step(&Code::parse(code).unwrap(), at(seconds), last)
}

/// Source: RFC 6238, appendix B, the last six of the eight digits.
#[test]
fn the_codes_are_those_of_the_specification() {
    for (seconds, code) in [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ] {
        assert_eq!(step(code, seconds, 0), Some(seconds / 30), "{seconds}");
    }
}

#[test]
fn a_code_is_accepted_one_step_either_side_and_no_further() {
    let (code, own) = ("081804", 1_111_111_109 / 30);
    for (steps, accepted) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
        let seconds = (own + steps) * 30;
        assert_eq!(step(code, seconds, 0), accepted.then_some(own), "{steps}");
    }
}

#[test]
fn a_step_that_was_accepted_or_passed_is_not_accepted() {
    let (code, own) = ("081804", 1_111_111_109 / 30);
    assert_eq!(step(code, own * 30, own - 1), Some(own));
    assert_eq!(step(code, own * 30, own), None);
    assert_eq!(step(code, own * 30, own + 1), None);
}

#[test]
fn the_seed_is_shown_as_apps_take_it() {
    assert_eq!(seed().groups().expose(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
    assert_eq!(
        seed().address("Praktijk: Oost & West", "test.arts@voorbeeld.nl").expose(),
        "otpauth://totp/Praktijk%20%20Oost%20%26%20West:test.arts%40voorbeeld.nl?\
         secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Praktijk%20%20Oost%20%26%20West"
    );
    assert!(!format!("{:?} {:?}", seed(), Code::parse("081804")).contains("081804"));
}

proptest! {
    #[test]
    fn a_code_is_read_with_spaces_and_dashes(
        digits in "[0-9]{6}",
        gaps in prop::collection::vec("[ \u{a0}\t-]{0,3}", 7),
    ) {
        let mut typed = gaps[6].clone();
        for (digit, gap) in digits.chars().zip(&gaps) {
            typed.push(digit);
            typed.push_str(gap);
        }
        let code = Code::parse(&typed).unwrap();
        prop_assert_eq!(code.0.expose(), &digits);
    }

    #[test]
    fn nothing_but_six_digits_is_a_code(text in "\\PC{0,12}|[0-9 ]{0,9}") {
        let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let six = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_digit());
        let other = digits.contains(|c: char| !c.is_ascii()); // dashes of other kinds
        prop_assert!(Code::parse(&text).is_some() == six || other);
    }

    #[test]
    fn other_codes_are_refused(code in "[0-9]{6}", step_now in 1_i64..100_000_000) {
        let now = at(step_now * 30);
        let typed = Code::parse(&code).unwrap();
        let (seed, accepted) = (seed(), seed().step(&typed, now, 0));
        let fits = |step: i64| {
            let totp = seed.totp("", "");
            totp.generate(u64::try_from(step).unwrap() * STEP).to_string() == code
        };
        let fitting = (step_now - 1..=step_now + 1).find(|step| *step > 0 && fits(*step));
        prop_assert_eq!(accepted, fitting);
    }
}
