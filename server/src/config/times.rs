//! Table `[times]`: how long what was begun, given or sent is good, and what is waited for.

use super::duration;
use crate::text::Spans;
use serde::Deserialize;
use std::time::Duration;

/// The table: of each key what it is, its default, from what to what it may be and in which unit it is told.
/// What is too short keeps people out. Where a longer time, or a shorter wait, would break what the flows
/// promise (`docs/flows.md`), the range ends at the default.
macro_rules! times {
    ($($(#[doc = $doc:literal])+ $key:ident = $default:literal, $least:literal to $most:literal $unit:ident;)+) => {
        /// How long what was begun, given or sent is good, and what is waited for.
        #[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
        #[serde(try_from = "Table")]
        pub struct Times {
            $($(#[doc = $doc])+ pub $key: Duration,)+
        }

        #[derive(Deserialize)]
        #[serde(deny_unknown_fields, default)]
        struct Table {
            $(#[serde(deserialize_with = "duration")] $key: Duration,)+
        }

        impl Default for Times {
            fn default() -> Self {
                Self { $($key: Unit::$unit.times($default),)+ }
            }
        }

        impl Default for Table {
            fn default() -> Self {
                let Times { $($key,)+ } = Times::default();
                Self { $($key,)+ }
            }
        }

        impl TryFrom<Table> for Times {
            type Error = Unfit;

            fn try_from(table: Table) -> Result<Self, Unfit> {
                $(fits(stringify!($key), table.$key, ($least, $most), Unit::$unit)?;)+
                Ok(Self { $($key: table.$key,)+ })
            }
        }

        /// Each key with the least, the most and the unit of it.
        #[cfg(test)]
        const KEYS: &[(&str, u32, u32, Unit)] = &[$((stringify!($key), $least, $most, Unit::$unit),)+];
    };
}

times! {
    /// In which a log-in that was begun is finished. Default: 5 minutes.
    attempt = 5, 1 to 30 Minutes;
    /// In which an application exchanges a one-time log-in code for a session. Default: 60 seconds.
    login_code = 60, 10 to 60 Seconds;
    /// In which a key or card answers. Default: 5 minutes.
    challenge = 5, 1 to 5 Minutes;
    /// In which a code by text, call or e-mail, or a mailed link, is used. Default: 10 minutes.
    sent_code = 10, 1 to 10 Minutes;
    /// In which setting up anew is finished. Default: 15 minutes.
    set_up_anew = 15, 1 to 15 Minutes;
    /// In which an access code of a contact person is used. Default: 8 hours.
    access_code = 480, 10 to 480 Minutes;
    /// So long after a password was chosen with number and PIN, an access code beside it is taken to have come by
    /// the same person. Default: 7 days.
    access_apart = 7, 7 to 90 Days;
    /// How long a waiver lasts, at most. Default: 7 days.
    waiver = 7, 1 to 7 Days;
    /// So long after a waiver was given there is no other. Default: 30 days.
    waiver_again = 30, 30 to 365 Days;
    /// For how long an organisation forces nobody to have a second factor, at most. Default: 24 hours.
    not_forced = 24, 1 to 24 Hours;
    /// How long an address, number or name of a person waits that is new, and how long an address hears what
    /// happens that is no more. Default: 7 days.
    anchor = 7, 7 to 90 Days;
    /// How long a change waits of where an organisation is reached or of who answers for it. Default: 7 days.
    organisation_anchor = 7, 7 to 90 Days;
    /// In which a PIN in the Berichtenbox is opened. Default: 14 days.
    pin_in_the_box = 14, 1 to 14 Days;
    /// In which a PIN that goes by post is used. Default: 21 days.
    pin_by_post = 21, 1 to 21 Days;
    /// In which a new account is activated. Default: 60 days.
    activation = 60, 1 to 60 Days;
    /// So long after a user number was sent it is not sent again. Default: 1 hour.
    number_again = 1, 1 to 24 Hours;
    /// In which contact persons answer who asks for a new PIN. Default: 7 days.
    pin_asked = 7, 1 to 7 Days;
    /// In which the next step of a support case is made, and its link is used. Default: 24 hours.
    support_case = 24, 1 to 24 Hours;
}

impl Times {
    /// As texts name them; `fresh` is for how long a proof is fresh.
    pub(super) fn spans(&self, fresh: Duration) -> Spans {
        Spans {
            fresh,
            login_code: self.login_code,
            sent_code: self.sent_code,
            set_up_anew: self.set_up_anew,
            access_code: self.access_code,
            waiver: self.waiver,
            waiver_again: self.waiver_again,
            not_forced: self.not_forced,
            anchor: self.anchor,
            organisation_anchor: self.organisation_anchor,
            pin_in_the_box: self.pin_in_the_box,
            pin_by_post: self.pin_by_post,
            activation: self.activation,
            number_again: self.number_again,
            pin_asked: self.pin_asked,
        }
    }
}

/// Why a time cannot be what was set.
#[derive(Debug, thiserror::Error)]
#[error("{key} is from {least} to {most} whole {unit}")]
struct Unfit {
    key: &'static str,
    least: u32,
    most: u32,
    unit: &'static str,
}

/// In what a time is asked and told.
#[derive(Clone, Copy, Debug)]
enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl Unit {
    const fn times(self, number: u32) -> Duration {
        let one = match self {
            Self::Seconds => 1,
            Self::Minutes => 60,
            Self::Hours => 60 * 60,
            Self::Days => 24 * 60 * 60,
        };
        Duration::from_secs(one).saturating_mul(number)
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Minutes => "minutes",
            Self::Hours => "hours",
            Self::Days => "days",
        }
    }
}

fn fits(
    key: &'static str,
    time: Duration,
    (least, most): (u32, u32),
    unit: Unit,
) -> Result<(), Unfit> {
    let whole = time.as_nanos().is_multiple_of(unit.times(1).as_nanos());
    if whole && (unit.times(least)..=unit.times(most)).contains(&time) {
        return Ok(());
    }
    Err(Unfit { key, least, most, unit: unit.word() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use std::path::Path;

    fn set(key: &str, time: Duration) -> Result<Times, String> {
        let text = format!("[times]\n{key} = \"{} s {} ms\"", time.as_secs(), time.subsec_millis());
        let config = Config::parse(&text, Path::new(""));
        config.map(|config| config.times).map_err(|error| error.to_string())
    }

    #[test]
    fn each_time_is_held_to_its_bounds_and_named_where_it_is_not() {
        assert_eq!(KEYS.len(), 18);
        for &(key, least, most, unit) in KEYS {
            for good in [least, most] {
                let times = set(key, unit.times(good)).unwrap();
                let said = format!("{times:?}");
                assert!(said.contains(&format!("{key}: {:?}", unit.times(good))), "{said}");
            }
            let parted = unit.times(least) + Duration::from_millis(1);
            let short = unit.times(least) - Duration::from_secs(1);
            for bad in [short, parted, unit.times(most + 1), Duration::ZERO] {
                let error = set(key, bad).unwrap_err();
                let said = format!("{key} is from {least} to {most} whole {}", unit.word());
                assert!(error.contains(&said), "{key}: {error}");
            }
        }
    }
}
