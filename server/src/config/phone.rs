//! Table `[phone]`: which numbers get codes, and how many.

use crate::factors::phone::Country;
use crate::factors::sent;
use serde::Deserialize;

/// Which numbers get codes, and how many.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Table")]
pub struct Phone {
    /// The countries whose numbers are let in.
    pub countries: Vec<Country>,
    /// How many are sent.
    pub sends: sent::Policy,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Table {
    /// The countries whose numbers are let in, by the two letters of ISO 3166-1. Default: `NL`.
    countries: Vec<String>,
    /// Codes that one person, or one number, gets in 10 minutes. Default: 3.
    sends_in_10_minutes: u32,
    /// Codes that one person, or one number, gets in 24 hours. Default: 10.
    sends_a_day: u32,
    /// Codes that the people of one organisation get in 24 hours. Default: 500.
    organisation_a_day: u32,
}

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("countries names a country at least, each by two capitals such as \"NL\"")]
    Countries,
    #[error(
        "sends_in_10_minutes is from 1 to 10, sends_a_day at least as many and at most 50, \
         organisation_a_day from 1 to 100000"
    )]
    Sends,
}

impl Default for Table {
    fn default() -> Self {
        let sent::Policy { short, day, organisation } = sent::Policy::default();
        Self {
            countries: vec!["NL".to_owned()],
            sends_in_10_minutes: short,
            sends_a_day: day,
            organisation_a_day: organisation,
        }
    }
}

impl Default for Phone {
    fn default() -> Self {
        Self { countries: vec![Country::DEFAULT], sends: sent::Policy::default() }
    }
}

impl TryFrom<Table> for Phone {
    type Error = Unfit;

    fn try_from(table: Table) -> Result<Self, Unfit> {
        let countries: Option<Vec<_>> =
            table.countries.iter().map(|letters| Country::parse(letters)).collect();
        let countries = countries.filter(|list| !list.is_empty()).ok_or(Unfit::Countries)?;
        let (short, day) = (table.sends_in_10_minutes, table.sends_a_day);
        let organisation = table.organisation_a_day;
        let fits = (1..=10).contains(&short)
            && (short..=50).contains(&day)
            && (1..=100_000).contains(&organisation);
        let sends = sent::Policy { short, day, organisation };
        if fits { Ok(Self { countries, sends }) } else { Err(Unfit::Sends) }
    }
}
