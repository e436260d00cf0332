//! Numbers as people type them, and those that are refused.

use super::*;
use proptest::prelude::*;

fn countries(letters: &[&str]) -> Vec<Country> {
    letters.iter().map(|letters| Country::parse(letters).unwrap()).collect()
}

fn read(text: &str, medium: Medium) -> Result<(String, Zero), Unfit> {
    let read = Number::parse(text, medium, &countries(&["NL"]));
    read.map(|(number, zero)| (number.e164().to_owned(), zero))
}

fn mobile(zero: Zero) -> Result<(String, Zero), Unfit> {
    Ok(("+31612345678".to_owned(), zero))
}

#[test]
fn a_number_is_dutch_unless_it_says_otherwise_and_loses_its_leading_zero() {
    for typed in
        ["0612345678", "06-1234 5678", "06.12.34.56.78", "+31 (0)6 12345678", "0031 06 12345678"]
    {
        assert_eq!(read(typed, Medium::Sms), mobile(Zero::LeftOut), "{typed}");
    }
    for typed in ["+31612345678", "0031 6 12345678", "612345678", "\u{a0}+31\u{2011}6 1234 5678"] {
        assert_eq!(read(typed, Medium::Call), mobile(Zero::None), "{typed}");
    }
}

#[test]
fn what_is_no_number_is_told_from_one_that_nobody_has() {
    for typed in [
        "",
        "mijn nummer",
        "06",
        "12",
        "06+12345678",
        "0612345678 toestel 5",
        "06123456780612345678",
    ] {
        assert_eq!(read(typed, Medium::Sms), Err(Unfit::Unreadable), "{typed}");
    }
    for typed in ["06123456", "06123456789", "112", "1400", "+31 123"] {
        assert_eq!(read(typed, Medium::Call), Err(Unfit::Unreal), "{typed}");
    }
}

#[test]
fn what_costs_more_than_a_call_is_refused() {
    for typed in
        ["0900-1234", "+31 900 1234567", "0906 1234567", "0909 1234567", "0800 1234", "0661234567"]
    {
        for medium in Medium::ALL {
            assert_eq!(read(typed, medium), Err(Unfit::Costly), "{typed}");
        }
    }
}

#[test]
fn countries_that_are_not_listed_are_refused_and_no_other_is_taken_for_one() {
    for typed in [
        "+32 470 12 34 56",
        "0044 7911 123456",
        "+1 242 365 1234",
        "+7 912 345 67 89",
        "+870 123456789",
    ] {
        assert_eq!(read(typed, Medium::Call), Err(Unfit::Country), "{typed}");
    }
    let neighbours = countries(&["NL", "BE", "US"]);
    let read = |typed| Number::parse(typed, Medium::Sms, &neighbours).map(|(number, _)| number);
    assert_eq!(read("+32 (0)470 12 34 56").unwrap().e164(), "+32470123456");
    // One code for many countries: the Bahamas are not the United States.
    assert_eq!(read("+1 242 365 1234").unwrap_err(), Unfit::Country);
    assert!(Country::parse("XX").is_none() && Country::parse("nl").is_none());
}

#[test]
fn a_fixed_number_is_called_and_gets_no_text() {
    for typed in ["030-1234567", "088 1234567", "085 1234567"] {
        assert_eq!(read(typed, Medium::Sms), Err(Unfit::NoText), "{typed}");
        assert!(read(typed, Medium::Call).is_ok(), "{typed}");
    }
}

#[test]
fn only_the_last_digits_of_a_number_are_shown_and_it_prints_none() {
    let (number, _) = Number::parse("0612345678", Medium::Sms, &countries(&["NL"])).unwrap();
    assert_eq!(number.hint(), "•• 78");
    assert!(!format!("{number:?}").contains("123"));
}

#[test]
fn a_number_is_counted_by_a_keyed_hash() {
    let (number, _) = Number::parse("0612345678", Medium::Sms, &countries(&["NL"])).unwrap();
    let hash = number.counted(&[1; 32]);
    assert_eq!((hash.len(), hash == number.counted(&[2; 32])), (32, false));
    assert_ne!(hash, keyed(&[1; 32], "code", number.e164()), "each use has its own");
}

#[test]
fn a_number_beside_something_else_waits_for_a_week() {
    let (now, week) = (Time::from_millis(1_000), Duration::from_secs(7 * 86_400));
    assert_eq!(starts(Beside::Nothing, now, week), now);
    assert_eq!(starts(Beside::Something, now, week), now.after(week));
    assert_eq!(starts(Beside::Itself(now), now.after(week), week), now, "it is no other place");
}

proptest! {
    #[test]
    fn whatever_is_typed_is_a_number_or_none(text in "\\PC{0,40}|[+0-9 ()-]{0,25}") {
        for medium in Medium::ALL {
            if let Ok((number, _)) = Number::parse(&text, medium, &countries(&["NL", "BE", "DE"])) {
                let digits = number.e164().strip_prefix('+').unwrap();
                prop_assert!((8..=15).contains(&digits.len()), "{digits}");
                prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()));
                prop_assert!(["31", "32", "49"].iter().any(|code| digits.starts_with(code)));
            }
        }
    }

    #[test]
    fn a_number_reads_as_itself(subscriber in 10_000_000_u32..99_999_999, gaps in prop::collection::vec("[ -]?", 11)) {
        let digits = format!("06{subscriber}");
        let typed: String = digits.chars().zip(&gaps).map(|(digit, gap)| format!("{digit}{gap}")).collect();
        if let Ok((number, zero)) = Number::parse(&typed, Medium::Sms, &countries(&["NL"])) {
            prop_assert_eq!(number.e164(), format!("+316{subscriber}"));
            prop_assert_eq!(zero, Zero::LeftOut);
            let (again, zero) = Number::parse(number.e164(), Medium::Sms, &countries(&["NL"])).unwrap();
            prop_assert_eq!((again.e164(), zero), (number.e164(), Zero::None));
        }
    }
}
