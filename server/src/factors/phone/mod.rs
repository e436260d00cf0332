//! Phone numbers on which people get codes: read as people type them, kept as E.164, and refused where
//! a code would not reach a person, or would cost what nobody agreed to.

pub(crate) mod own;
pub(crate) mod store; // SQL
#[cfg(test)]
mod tests;

use super::Kind;
use crate::clock::Time;
use crate::random::Random;
use crate::sealed::{Keyring, Record, Sealed, Unreadable};
use crate::secret::Secret;
use crate::storage::columns::Column;
use hmac::{Hmac, KeyInit as _, Mac as _};
use phonenumber::{Mode, Type, country, metadata::DATABASE};
use sha2::Sha256;
use std::time::Duration;

/// How a code comes to a phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Medium {
    /// In a text message, to be typed on the screen.
    Sms,
    /// A call: the screen shows the code, and it is keyed in on the phone.
    Call,
}

impl Medium {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Sms, Self::Call];

    /// What a number is that gets codes so.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Sms => Kind::Sms,
            Self::Call => Kind::Call,
        }
    }

    /// `sms` or `call`.
    pub const fn as_str(self) -> &'static str {
        self.kind().as_str()
    }

    /// Reads what [`Medium::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|medium| medium.as_str() == text)
    }
}

/// A country whose numbers are let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country(country::Id);

impl Country {
    /// Where numbers without a country code are: the Netherlands.
    pub const DEFAULT: Self = Self(country::NL);

    /// The country with these two letters of ISO 3166-1, in capitals.
    pub fn parse(letters: &str) -> Option<Self> {
        letters.parse().ok().map(Self)
    }

    /// The digits with which its numbers begin after the plus sign.
    fn code(self) -> Option<String> {
        Some(DATABASE.by_id(self.0.as_ref())?.country_code().to_string())
    }
}

/// A number in the form of E.164: a plus sign, the country's code and at most 15 digits in all.
#[derive(Clone, Debug)]
pub struct Number(Secret<String>);

/// Whether a leading 0 was left out, which a number has only within its own country.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Zero {
    /// There was none.
    None,
    /// There was one.
    LeftOut,
}

/// Why a number is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// Nothing was typed, or something else than a number.
    #[error("this is no phone number")]
    Unreadable,
    /// No phone has it: a digit is missing, or one too many.
    #[error("this number does not exist")]
    Unreal,
    /// It is of a country that the operator does not list.
    #[error("numbers of this country are not let in")]
    Country,
    /// Calling it costs more than a call, or it is no number of a phone.
    #[error("numbers of this kind are not let in")]
    Costly,
    /// It takes no text messages.
    #[error("a fixed number takes no text messages")]
    NoText,
}

impl Unfit {
    /// What the audit calls it; nothing where what was typed is no number at all, so that nobody
    /// could have been sent anything.
    pub(crate) const fn refused(self) -> Option<&'static str> {
        match self {
            Self::Country => Some("country"),
            Self::Costly => Some("costly"),
            Self::NoText => Some("no_text"),
            Self::Unreadable | Self::Unreal => None,
        }
    }
}

impl Number {
    /// Reads what a person typed: with or without the country's code, with spaces, dashes and brackets
    /// wherever that one likes. Takes a tenth of a second the first time.
    ///
    /// Errors: [`Unfit`].
    pub fn parse(text: &str, medium: Medium, countries: &[Country]) -> Result<(Self, Zero), Unfit> {
        let typed = plain(text).ok_or(Unfit::Unreadable)?;
        // The code first: the library reads the rules of a country when it is first asked of it.
        let code = |country: &Country| country.code();
        let zero = match typed.strip_prefix('+') {
            Some(digits) => {
                let codes: Vec<_> = countries.iter().filter_map(code).collect();
                let rest = codes.iter().find_map(|code| digits.strip_prefix(code.as_str()));
                rest.ok_or(Unfit::Country)?.starts_with('0')
            }
            None => typed.starts_with('0'),
        };
        let number = phonenumber::parse(Some(Country::DEFAULT.0), &typed);
        let number = number.map_err(|_| Unfit::Unreadable)?;
        if !number.is_valid() {
            return Err(Unfit::Unreal);
        }
        let country = number.country().id().ok_or(Unfit::Unreal)?;
        if !countries.contains(&Country(country)) {
            return Err(Unfit::Country);
        }
        takes(number.number_type(&DATABASE), medium)?;
        let number = Self(Secret::new(number.format().mode(Mode::E164).to_string()));
        Ok((number, if zero { Zero::LeftOut } else { Zero::None }))
    }

    /// Whether it is let in still: what is listed may have changed since it was read. Takes a tenth of a
    /// second the first time.
    ///
    /// Errors: [`Unfit`].
    pub(crate) fn still_fits(&self, medium: Medium, countries: &[Country]) -> Result<(), Unfit> {
        Self::parse(self.e164(), medium, countries).map(drop)
    }

    /// The number in the form of E.164.
    pub(crate) fn e164(&self) -> &str {
        self.0.expose()
    }

    /// Whether a text message reaches it. Takes a tenth of a second the first time.
    pub(crate) fn takes_texts(&self) -> bool {
        let number = phonenumber::parse(None, self.e164());
        number.is_ok_and(|number| takes(number.number_type(&DATABASE), Medium::Sms).is_ok())
    }

    /// What a page may show of it, and a list calls it by: its last two digits.
    pub fn hint(&self) -> String {
        let digits = self.e164();
        format!("\u{2022}\u{2022} {}", digits.get(digits.len().saturating_sub(2)..).unwrap_or(""))
    }

    /// Whether both are one number.
    pub(crate) fn is(&self, other: &Self) -> bool {
        self.e164() == other.e164()
    }

    /// The number as it is counted: a keyed hash.
    pub(crate) fn counted(&self, key: &[u8; 32]) -> String {
        keyed(key, "phone", self.e164())
    }

    /// Seals it for the row `row` of `place`.
    pub(crate) fn seal(
        &self,
        ring: &Keyring,
        (place, row): (Column, &str),
        random: Random,
    ) -> Sealed {
        ring.seal(&Record::new(place, row), self.e164().as_bytes(), random)
    }

    /// Opens what [`Number::seal`] sealed.
    ///
    /// Errors: [`Unreadable`].
    pub(crate) fn unseal(
        ring: &Keyring,
        (place, row): (Column, &str),
        sealed: &Sealed,
    ) -> Result<Self, Unreadable> {
        ring.unseal_text(&Record::new(place, row), sealed).map(Self)
    }
}

/// A keyed hash of `text`, for one use: 32 hexadecimal digits. Without the key nobody finds what it is
/// of, however few texts there are.
pub(crate) fn keyed(key: &[u8; 32], used: &str, text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(used.as_bytes());
    mac.update(b" ");
    mac.update(text.as_bytes());
    let hash = mac.finalize().into_bytes();
    hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Digits, with a plus sign before them where the country's code is; nothing where something else was
/// typed.
fn plain(text: &str) -> Option<String> {
    let between = |c: char| {
        c.is_whitespace() || matches!(c, '-' | '\u{2010}'..='\u{2014}' | '.' | '/' | '(' | ')')
    };
    let mut plain: String = text.chars().filter(|c| !between(*c)).take(MOST + 1).collect();
    if let Some(rest) = plain.strip_prefix("00") {
        plain = format!("+{rest}");
    }
    let digits = plain.strip_prefix('+').unwrap_or(&plain);
    let fits = (3..MOST).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    fits.then_some(plain)
}

/// Whether a code reaches somebody on a number of this type.
fn takes(kind: Type, medium: Medium) -> Result<(), Unfit> {
    match (kind, medium) {
        (Type::Mobile | Type::FixedLineOrMobile, Medium::Sms | Medium::Call)
        | (Type::FixedLine | Type::Voip | Type::Uan, Medium::Call) => Ok(()),
        (Type::FixedLine | Type::Voip | Type::Uan, Medium::Sms) => Err(Unfit::NoText),
        (Type::Unknown, _) => Err(Unfit::Unreal),
        (
            Type::TollFree
            | Type::PremiumRate
            | Type::SharedCost
            | Type::PersonalNumber
            | Type::Pager
            | Type::Emergency
            | Type::Voicemail
            | Type::ShortCode
            | Type::StandardRate
            | Type::Carrier
            | Type::NoInternational,
            Medium::Sms | Medium::Call,
        ) => Err(Unfit::Costly),
    }
}

/// From when a number that is added now counts. Beside something else it could be the way back in of
/// who adds it in somebody's open session: it waits for so long, in which the notice is read.
pub(crate) fn starts(beside: Beside, now: Time, wait: Duration) -> Time {
    match beside {
        Beside::Itself(starts) => starts,
        Beside::Something => now.after(wait),
        Beside::Nothing => now,
    }
}

/// What an account has to log in with, when a number is added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beside {
    /// The same number, for codes that come in another way, which counts from then on.
    Itself(Time),
    /// Something that proved itself.
    Something,
    /// Nothing that did.
    Nothing,
}

/// Characters of a number as it is typed, without what stands between them, at most.
const MOST: usize = 20;
