//! Tables of lengths of time, each in whole units of its own and within bounds.

use std::time::Duration;

/// A table: of each key what it is, its default, from what to what it may be and in which unit it is told.
macro_rules! bounded {
    (
        $(#[doc = $about:literal])+ $Table:ident;
        $($(#[doc = $doc:literal])+ $key:ident = $default:literal, $least:literal to $most:literal $unit:ident;)+
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
        #[serde(try_from = "Table")]
        pub struct $Table {
            $($(#[doc = $doc])+ pub $key: std::time::Duration,)+
        }

        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        struct Table {
            $(#[serde(deserialize_with = "crate::config::duration")] $key: std::time::Duration,)+
        }

        impl Default for $Table {
            fn default() -> Self {
                Self { $($key: crate::config::bounded::Unit::$unit.times($default),)+ }
            }
        }

        impl Default for Table {
            fn default() -> Self {
                let $Table { $($key,)+ } = $Table::default();
                Self { $($key,)+ }
            }
        }

        impl TryFrom<Table> for $Table {
            type Error = crate::config::bounded::Unfit;

            fn try_from(table: Table) -> Result<Self, Self::Error> {
                use crate::config::bounded::{Unit, fits};
                $(fits(stringify!($key), table.$key, ($least, $most), Unit::$unit)?;)+
                Ok(Self { $($key: table.$key,)+ })
            }
        }

        /// Each key with the least, the most and the unit of it.
        #[cfg(test)]
        pub(super) const KEYS: &[crate::config::bounded::Key] =
            &[$((stringify!($key), $least, $most, crate::config::bounded::Unit::$unit),)+];
    };
}
pub(super) use bounded;

/// A key with the least, the most and the unit of it.
#[cfg(test)]
pub(super) type Key = (&'static str, u32, u32, Unit);

/// Why a time cannot be what was set.
#[derive(Debug, thiserror::Error)]
#[error("{key} is from {least} to {most} whole {unit}")]
pub(super) struct Unfit {
    key: &'static str,
    least: u32,
    most: u32,
    unit: &'static str,
}

/// In what a time is asked and told.
#[derive(Clone, Copy, Debug)]
pub(super) enum Unit {
    Seconds,
    Minutes,
    Hours,
    Days,
}

impl Unit {
    pub(super) const fn times(self, number: u32) -> Duration {
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

pub(super) fn fits(
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
    use crate::config::{Config, keep, times};
    use std::path::Path;

    /// What a table is once this is set in it.
    fn set(table: &str, key: &str, time: Duration) -> Result<String, String> {
        let time = format!("{} s {} ms", time.as_secs(), time.subsec_millis());
        let text = format!("[{table}]\n{key} = \"{time}\"");
        let config = Config::parse(&text, Path::new("")).map_err(|error| error.to_string())?;
        Ok(format!("{:?} {:?}", config.times, config.keep))
    }

    #[test]
    fn each_time_is_held_to_its_bounds_and_named_where_it_is_not() {
        assert_eq!((times::KEYS.len(), keep::KEYS.len()), (19, 3));
        let of = |table, keys: &'static [Key]| keys.iter().map(move |key| (table, *key));
        let keys = of("times", times::KEYS).chain(of("keep", keep::KEYS));
        for (table, (key, least, most, unit)) in keys {
            for good in [least, most] {
                let said = set(table, key, unit.times(good)).unwrap();
                assert!(said.contains(&format!("{key}: {:?}", unit.times(good))), "{said}");
            }
            let parted = unit.times(least) + Duration::from_millis(1);
            let short = unit.times(least) - Duration::from_secs(1);
            for bad in [short, parted, unit.times(most + 1), Duration::ZERO] {
                let error = set(table, key, bad).unwrap_err();
                let said = format!("{key} is from {least} to {most} whole {}", unit.word());
                assert!(error.contains(&said), "{key}: {error}");
            }
        }
    }
}
