//! A moment given on the command line, as RFC 3339 writes it and in no other way.

use crate::clock::Time;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;

/// Reads `2025-01-01T00:00:00Z`, with a fraction or an offset where the person likes.
///
/// A moment in the last day of the year 9999 counts as the last that can be compared.
/// Errors: a sentence that shows the form.
pub(super) fn parse(text: &str) -> Result<Timestamp, String> {
    let wrong = || {
        "no such moment; write it as 2025-01-01T00:00:00Z, or with an offset as \
         2025-01-01T01:00:00+01:00"
            .to_owned()
    };
    if !has_the_form(text.as_bytes()) {
        return Err(wrong());
    }
    match text.parse::<Timestamp>() {
        Ok(moment) => Ok(moment),
        // The date and time are right, and only the library's last moment is passed.
        Err(_) if text.starts_with("9999-12-3") && is_civil(text) => Ok(Timestamp::MAX),
        Err(_) => Err(wrong()),
    }
}

/// Reads a day, `2026-11-20`: its first moment in UTC.
///
/// Errors: a sentence that shows the form.
pub(super) fn day(text: &str) -> Result<Time, String> {
    let wrong = || "no such day; write it as 2026-11-20".to_owned();
    let shape = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let day = text.parse::<Date>().ok().filter(|_| shape).ok_or_else(wrong)?;
    let first = day.to_zoned(TimeZone::UTC).map_err(|_| wrong())?;
    Ok(Time::from_millis(first.timestamp().as_millisecond()))
}

/// A moment as somebody at a terminal reads it, to the minute: `2026-11-20 13:45 UTC`.
pub(super) fn shown(time: Time) -> String {
    let text = time.to_string();
    match text.get(..16) {
        Some(minute) if text.ends_with('Z') => format!("{} UTC", minute.replace('T', " ")),
        Some(_) | None => text,
    }
}

/// Whether the first 19 characters name a day and time that exist.
fn is_civil(text: &str) -> bool {
    text.get(..19).is_some_and(|civil| civil.parse::<DateTime>().is_ok())
}

/// `YYYY-MM-DDTHH:MM:SS`, a fraction perhaps, then `Z` or `+HH:MM` (RFC 3339, section 5.6).
fn has_the_form(text: &[u8]) -> bool {
    let Some((moment, rest)) = text.split_at_checked(19) else { return false };
    let shape = b"0000-00-00T00:00:00";
    let fits = moment.iter().zip(shape).all(|(byte, shape)| match shape {
        b'0' => byte.is_ascii_digit(),
        b'T' => byte.eq_ignore_ascii_case(&b'T'),
        sign => byte == sign,
    });
    fits && offset(without_fraction(rest))
}

/// The text after a fraction of a second; a point without digits stays.
fn without_fraction(rest: &[u8]) -> &[u8] {
    let Some((b'.', digits)) = rest.split_first() else { return rest };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 { rest } else { digits.get(count..).unwrap_or_default() }
}

fn offset(text: &[u8]) -> bool {
    match text {
        b"Z" | b"z" => true,
        [b'+' | b'-', h, hour, b':', m, minute] => {
            let digits = [h, hour, m, minute].iter().all(|byte| byte.is_ascii_digit());
            digits && [*h, *hour] < *b"24" && *m < b'6'
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_moment_is_shown_to_the_minute_and_outside_the_calendar_as_a_number() {
        assert_eq!(shown(Time::from_millis(1_795_000_000_829)), "2026-11-18 11:06 UTC");
        assert_eq!(shown(Time::from_millis(i64::MAX)), i64::MAX.to_string());
    }

    #[test]
    fn the_forms_of_rfc_3339_are_read() {
        for (text, same) in [
            ("2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
            ("2025-01-01t00:00:00z", "2025-01-01T00:00:00Z"),
            ("2025-01-01T01:00:00+01:00", "2025-01-01T00:00:00Z"),
            ("2024-12-31T23:59:60Z", "2024-12-31T23:59:59Z"),
            ("2025-01-01T00:00:00.125-00:30", "2025-01-01T00:30:00.125Z"),
            ("1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z"),
        ] {
            assert_eq!(parse(text), Ok(same.parse().expect("a moment")), "{text}");
        }
        assert_eq!(parse("9999-12-31T23:59:59Z"), Ok(Timestamp::MAX));
    }

    #[test]
    fn no_other_form_is() {
        for text in [
            "",
            "2025-01-01",
            "20250602T000000Z",
            "2025-06-02T00:00Z",
            "2025-06-02T00:00:00",
            "2025-06-02T00:00:00,5Z",
            "2025-06-02T00:00:00.Z",
            "2025-06-02T00:00:00+02",
            "2025-06-02T00:00:00+25:59",
            "2025-06-02T00:00:00+01:60",
            "2025-06-02T00:00:00+01:00[Europe/Amsterdam]",
            "2025-02-29T00:00:00Z",
            "2025-01-01T24:00:00Z",
            "9999-12-39T23:59:59Z",
            "12025-01-01T00:00:00Z",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_day_is_read_as_its_first_moment() {
        let first = Time::from_millis(1_795_132_800_000);
        assert_eq!(day("2026-11-20"), Ok(first));
        for text in
            ["", "2026-11-31", "20-11-2026", "2026-11-20T00:00:00Z", "gisteren", "2026/11/20"]
        {
            assert!(day(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_day_makes_it_panic(text in ".{0,12}|[0-9-]{10}") {
            let _ = day(&text);
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,40}") {
            let _ = parse(&text);
        }

        #[test]
        fn each_moment_is_read_back(second in -62_135_596_800_i64..253_402_207_200) {
            let moment = Timestamp::from_second(second).expect("within the library's range");
            prop_assert_eq!(parse(&moment.to_string()), Ok(moment));
        }
    }
}
