//! Moments as people read them: Dutch clock time.

use std::sync::LazyLock;

use fluent_bundle::FluentArgs;
use jiff::tz::TimeZone;
use jiff::{RoundMode, Timestamp, Unit, Zoned, ZonedRound};

use super::Text;
use crate::clock::Time;

/// Dutch time by its rule: no table of the world's zones is needed for the one this product is for.
static DUTCH: LazyLock<TimeZone> =
    LazyLock::new(|| TimeZone::posix("CET-1CEST,M3.5.0,M10.5.0/3").expect("a rule of POSIX TZ"));

fn local(time: Time) -> Option<Zoned> {
    Some(Timestamp::from_millisecond(time.millis()).ok()?.to_zoned(DUTCH.clone()))
}

/// Day and time: '21 november 2026 om 14:32'. A time outside the calendar as it prints itself.
pub(crate) fn day_and_time(text: Text, time: Time) -> String {
    local(time).map_or_else(|| time.to_string(), |local| dated(text, &local))
}

fn dated(text: Text, local: &Zoned) -> String {
    let mut args = FluentArgs::new();
    args.set("day", local.day().to_string());
    args.set("month", local.month());
    args.set("year", local.year().to_string());
    args.set("time", local.strftime("%H:%M").to_string());
    text.filled("day-and-time", &args)
}

/// The day alone: '21 november 2026'. A time outside the calendar as it prints itself.
pub(crate) fn day(text: Text, time: Time) -> String {
    let Some(local) = local(time) else { return time.to_string() };
    let mut args = FluentArgs::new();
    args.set("day", local.day().to_string());
    args.set("month", local.month());
    args.set("year", local.year().to_string());
    text.filled("day", &args)
}

/// Year, month and day as numbers, for years from 0 on.
pub(crate) fn calendar(time: Time) -> Option<(u16, u8, u8)> {
    let date = local(time)?.date();
    let small = |number: i8| u8::try_from(number).ok();
    Some((u16::try_from(date.year()).ok()?, small(date.month())?, small(date.day())?))
}

/// When something will be possible again: the time alone where that is today.
pub(crate) fn when(text: Text, time: Time, now: Time) -> String {
    let (Some(then), Some(now)) = (local(time), local(now)) else {
        return text.with("at-day", "moment", day_and_time(text, time));
    };
    // who comes at the minute named is let in
    let up = ZonedRound::new().smallest(Unit::Minute).mode(RoundMode::Ceil);
    let shown = then.round(up).unwrap_or(then);
    if shown.date() == now.date() {
        text.with("at-time", "time", shown.strftime("%H:%M").to_string())
    } else {
        text.with("at-day", "moment", dated(text, &shown))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;
    use proptest::prelude::*;

    fn time(text: &str) -> Time {
        Time::from_millis(text.parse::<Timestamp>().unwrap().as_millisecond())
    }

    #[test]
    fn summer_and_winter_time_are_dutch() {
        let text = Text::new(Language::Dutch);
        let shown = |at| day_and_time(text, time(at));
        assert_eq!(shown("2026-11-21T13:32:00Z"), "21 november 2026 om 14:32");
        assert_eq!(shown("2026-07-01T13:32:00Z"), "1 juli 2026 om 15:32");
        assert_eq!(shown("2026-12-31T23:30:00Z"), "1 januari 2027 om 00:30");
        assert_eq!(day(text, time("2026-12-31T23:30:00Z")), "1 januari 2027");
        assert_eq!(calendar(time("2026-12-31T23:30:00Z")), Some((2027, 1, 1)));
        let text = Text::new(Language::English);
        assert_eq!(day_and_time(text, time("2026-03-29T01:00:00Z")), "29 March 2026 at 03:00");
    }

    #[test]
    fn today_needs_no_date() {
        let text = Text::new(Language::Dutch);
        let now = time("2026-11-21T13:02:00Z");
        assert_eq!(when(text, time("2026-11-21T13:32:00Z"), now), "Om 14:32");
        assert_eq!(when(text, time("2026-11-21T13:32:01Z"), now), "Om 14:33");
        let tomorrow = when(text, time("2026-11-22T13:32:00Z"), now);
        assert_eq!(tomorrow, "Op 22 november 2026 om 14:32");
        let later = when(text, time("2026-11-22T13:31:00.001Z"), now);
        assert_eq!(later, "Op 22 november 2026 om 14:32");
        let midnight = when(text, time("2026-11-21T22:59:30Z"), now);
        assert_eq!(midnight, "Op 22 november 2026 om 00:00");
    }

    proptest! {
        #[test]
        fn any_moment_is_shown(millis: i64, now: i64) {
            let text = Text::new(Language::Dutch);
            prop_assert!(!when(text, Time::from_millis(millis), Time::from_millis(now)).is_empty());
        }
    }
}
