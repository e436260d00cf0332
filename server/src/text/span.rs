//! Lengths of time as people read them, and those that texts name by themselves.

use std::time::Duration;

use fluent_bundle::FluentArgs;

use super::Language;

/// The lengths of time that texts name, each as a value of its name here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "each is that of the configuration with the same name")]
pub struct Spans {
    pub fresh: Duration,
    pub messages: Duration,
    pub login_code: Duration,
    pub sent_code: Duration,
    pub set_up_anew: Duration,
    pub access_code: Duration,
    pub waiver: Duration,
    pub waiver_again: Duration,
    pub not_forced: Duration,
    pub anchor: Duration,
    pub organisation_anchor: Duration,
    pub pin_in_the_box: Duration,
    pub pin_by_post: Duration,
    pub activation: Duration,
    pub number_again: Duration,
    pub pin_asked: Duration,
}

impl Default for Spans {
    fn default() -> Self {
        Self {
            fresh: 5 * MINUTE,
            messages: YEAR,
            login_code: MINUTE,
            sent_code: 10 * MINUTE,
            set_up_anew: 15 * MINUTE,
            access_code: 8 * HOUR,
            waiver: 7 * DAY,
            waiver_again: 30 * DAY,
            not_forced: DAY,
            anchor: 7 * DAY,
            organisation_anchor: 7 * DAY,
            pin_in_the_box: 14 * DAY,
            pin_by_post: 21 * DAY,
            activation: 60 * DAY,
            number_again: HOUR,
            pin_asked: 7 * DAY,
        }
    }
}

impl Spans {
    /// Each by its name, in words.
    pub(super) fn named(&self, language: Language) -> FluentArgs<'static> {
        let days = |span| words(language, span, DAY);
        let hours = |span| words(language, span, HOUR);
        FluentArgs::from_iter([
            ("fresh", hours(self.fresh)),
            ("messages", words(language, self.messages, YEAR)),
            ("login_code", hours(self.login_code)),
            ("sent_code", hours(self.sent_code)),
            ("set_up_anew", hours(self.set_up_anew)),
            ("access_code", hours(self.access_code)),
            ("waiver", days(self.waiver)),
            ("waiver_again", days(self.waiver_again)),
            ("not_forced", hours(self.not_forced)),
            ("anchor", days(self.anchor)),
            ("organisation_anchor", days(self.organisation_anchor)),
            ("pin_in_the_box", days(self.pin_in_the_box)),
            ("pin_by_post", days(self.pin_by_post)),
            ("activation", days(self.activation)),
            ("number_again", hours(self.number_again)),
            ("pin_asked", days(self.pin_asked)),
        ])
    }
}

/// A length of time in the largest unit, up to `largest`, of which it is a whole number; parts of a second
/// are left out.
fn words(language: Language, span: Duration, largest: Duration) -> String {
    const UNITS: [(Duration, [[&str; 2]; 2]); 5] = [
        (YEAR, [["jaar", "jaar"], ["year", "years"]]),
        (DAY, [["dag", "dagen"], ["day", "days"]]),
        (HOUR, [["uur", "uur"], ["hour", "hours"]]),
        (MINUTE, [["minuut", "minuten"], ["minute", "minutes"]]),
        (SECOND, [["seconde", "seconden"], ["second", "seconds"]]),
    ];
    let seconds = span.as_secs();
    let fitting = UNITS.into_iter().filter(|(unit, _)| *unit <= largest);
    let mut whole = fitting.filter(|(unit, _)| seconds.is_multiple_of(unit.as_secs()));
    let (unit, [dutch, english]) = whole.next().expect("seconds are whole");
    let number = seconds / unit.as_secs();
    let [one, more] = match language {
        Language::Dutch => dutch,
        Language::English => english,
    };
    format!("{number} {}", if number == 1 { one } else { more })
}

const SECOND: Duration = Duration::from_secs(1);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_is_told_in_whole_units() {
        let cases = [
            (SECOND, DAY, "1 seconde", "1 second"),
            (90 * SECOND, DAY, "90 seconden", "90 seconds"),
            (MINUTE, DAY, "1 minuut", "1 minute"),
            (10 * MINUTE, DAY, "10 minuten", "10 minutes"),
            (HOUR, DAY, "1 uur", "1 hour"),
            (DAY, HOUR, "24 uur", "24 hours"),
            (DAY, DAY, "1 dag", "1 day"),
            (14 * DAY, DAY, "14 dagen", "14 days"),
            (YEAR, DAY, "365 dagen", "365 days"),
            (YEAR, YEAR, "1 jaar", "1 year"),
            (2 * YEAR, YEAR, "2 jaar", "2 years"),
            (400 * DAY, YEAR, "400 dagen", "400 days"),
            (Duration::from_millis(60_500), DAY, "1 minuut", "1 minute"),
            (
                Duration::MAX,
                SECOND,
                "18446744073709551615 seconden",
                "18446744073709551615 seconds",
            ),
        ];
        for (span, largest, dutch, english) in cases {
            assert_eq!(words(Language::Dutch, span, largest), dutch);
            assert_eq!(words(Language::English, span, largest), english);
        }
    }
}
