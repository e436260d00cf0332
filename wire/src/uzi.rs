//! The UZI identity: the seven fields inside a card certificate, and reading them from its DER.
//!
//! Source: certification practice statement of the UZI register, subjectAltName.otherName; the
//! grammar was compared with certificates of the TEST hierarchy.

mod certificate;

pub use certificate::{Certificate, CertificateError, Subject};

use std::fmt;
use std::str::FromStr;

/// What kind of card, or certificate, this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Z: zorgverlenerpas, a care provider.
    CareProvider,
    /// N: medewerkerpas op naam, a named employee.
    NamedEmployee,
    /// M: medewerkerpas niet op naam, a function, no person.
    UnnamedEmployee,
    /// S: servercertificaat, no card.
    Server,
}

impl Kind {
    /// The letter in the certificate.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::CareProvider => 'Z',
            Self::NamedEmployee => 'N',
            Self::UnnamedEmployee => 'M',
            Self::Server => 'S',
        }
    }

    /// From the letter.
    #[must_use]
    pub fn from_letter(letter: &str) -> Option<Self> {
        match letter {
            "Z" => Some(Self::CareProvider),
            "N" => Some(Self::NamedEmployee),
            "M" => Some(Self::UnnamedEmployee),
            "S" => Some(Self::Server),
            _ => None,
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.letter())
    }
}

/// `N` ASCII digits, leading zeros kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digits<const N: usize>([u8; N]);

/// An UZI number: one natural person, for life.
pub type UziNumber = Digits<9>;
/// A subscriber number (URA): one organisation.
pub type Subscriber = Digits<8>;
/// An AGB code; all zeros stand for none.
pub type Agb = Digits<8>;

impl<const N: usize> Digits<N> {
    /// Exactly `N` ASCII digits; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = <[u8; N]>::try_from(text.as_bytes()).ok()?;
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }

    /// The digits as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// True where every digit is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.0.iter().all(|digit| *digit == b'0')
    }
}

impl<const N: usize> fmt::Display for Digits<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A role code: professional title and specialism, such as `01.015`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Role {
    title: Digits<2>,
    specialism: Digits<3>,
}

impl Role {
    /// Two digits, a dot, three digits; `None` for anything else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (title, specialism) = text.split_once('.')?;
        Some(Self { title: Digits::parse(title)?, specialism: Digits::parse(specialism)? })
    }

    /// The title code, such as `01` for a physician.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title.as_str()
    }

    /// The specialism code; `000` where there is none.
    #[must_use]
    pub fn specialism(&self) -> &str {
        self.specialism.as_str()
    }

    /// True for `00.000`, which names no profession.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.title.is_zero() && self.specialism.is_zero()
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.title, self.specialism)
    }
}

/// `<OID CA>-<version>-<UZI>-<type>-<subscriber>-<role>-<AGB>`, version 1.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Identity {
    /// The issuing CA's object identifier, dotted.
    pub ca: String,
    /// The person.
    pub number: UziNumber,
    /// The kind of card.
    pub kind: Kind,
    /// The organisation.
    pub subscriber: Subscriber,
    /// The profession; `00.000` for all kinds but Z.
    pub role: Role,
    /// The AGB code; zeros for none.
    pub agb: Agb,
}

/// Why a text is not an UZI identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrammarError {
    /// Not exactly seven fields.
    #[error("{0} fields instead of 7")]
    Fields(usize),
    /// The first field is no dotted object identifier.
    #[error("the CA's object identifier is malformed")]
    Ca,
    /// The version is not 1.
    #[error("version {0:?} instead of 1")]
    Version(String),
    /// The UZI number has not nine digits.
    #[error("the UZI number has not 9 digits")]
    Number,
    /// The type is none of Z, N, M, S.
    #[error("type {0:?} is none of Z, N, M and S")]
    Kind(String),
    /// The subscriber number has not eight digits.
    #[error("the subscriber number has not 8 digits")]
    Subscriber,
    /// The role is not two digits, a dot and three digits.
    #[error("the role is not of the form 00.000")]
    Role,
    /// The role does not belong to the type: Z has a title, the others have 00.000.
    #[error("role {role} does not belong to type {kind}")]
    RoleOfKind {
        /// The role found.
        role: Role,
        /// The type found.
        kind: Kind,
    },
    /// The AGB code has not eight digits.
    #[error("the AGB code has not 8 digits")]
    Agb,
}

impl FromStr for Identity {
    type Err = GrammarError;

    fn from_str(text: &str) -> Result<Self, GrammarError> {
        let fields: Vec<&str> = text.split('-').collect();
        let [ca, version, number, kind, subscriber, role, agb] = fields[..] else {
            return Err(GrammarError::Fields(fields.len()));
        };
        if !is_dotted_oid(ca) {
            return Err(GrammarError::Ca);
        }
        if version != "1" {
            return Err(GrammarError::Version(version.to_owned()));
        }
        let number = Digits::parse(number).ok_or(GrammarError::Number)?;
        let kind = Kind::from_letter(kind).ok_or_else(|| GrammarError::Kind(kind.to_owned()))?;
        let subscriber = Digits::parse(subscriber).ok_or(GrammarError::Subscriber)?;
        let role = Role::parse(role).ok_or(GrammarError::Role)?;
        let fits = match kind {
            Kind::CareProvider => !role.title.is_zero(),
            Kind::NamedEmployee | Kind::UnnamedEmployee | Kind::Server => role.is_none(),
        };
        if !fits {
            return Err(GrammarError::RoleOfKind { role, kind });
        }
        let agb = Digits::parse(agb).ok_or(GrammarError::Agb)?;
        Ok(Self { ca: ca.to_owned(), number, kind, subscriber, role, agb })
    }
}

impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { ca, number, kind, subscriber, role, agb } = self;
        write!(f, "{ca}-1-{number}-{kind}-{subscriber}-{role}-{agb}")
    }
}

/// Two or more decimal numbers without leading zeros, joined by dots.
fn is_dotted_oid(text: &str) -> bool {
    let arc = |arc: &str| {
        !arc.is_empty()
            && arc.bytes().all(|b| b.is_ascii_digit())
            && (arc == "0" || !arc.starts_with('0'))
    };
    text.split('.').count() >= 2 && text.split('.').all(arc)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn refused(text: &str) -> GrammarError {
        text.parse::<Identity>().unwrap_err()
    }

    /// From certificates of the TEST hierarchy (the third is built by the same grammar).
    #[test]
    fn identities_of_real_test_cards_are_read_and_written_back() {
        for text in [
            "2.16.528.1.1007.99.217-1-900030757-Z-90000380-01.015-00000000",
            "2.16.528.1.1007.99.217-1-900016528-Z-90000382-01.000-00000000",
            "2.16.528.1.1007.99.218-1-900000001-N-90000001-00.000-00000000",
        ] {
            assert_eq!(text.parse::<Identity>().unwrap().to_string(), text);
        }
        let huisarts: Identity =
            "2.16.528.1.1007.99.217-1-900030757-Z-90000380-01.015-00000000".parse().unwrap();
        assert_eq!(huisarts.number.as_str(), "900030757");
        assert_eq!(huisarts.kind, Kind::CareProvider);
        assert_eq!((huisarts.role.title(), huisarts.role.specialism()), ("01", "015"));
        assert!(huisarts.agb.is_zero());
    }

    #[test]
    fn each_wrong_field_is_refused_for_its_own_reason() {
        let good = "2.16.528.1.1007.99.217-1-900030757-Z-90000380-01.015-00000000";
        let with = |from: &str, to: &str| refused(&good.replacen(from, to, 1));
        assert_eq!(with("-00000000", ""), GrammarError::Fields(6));
        assert_eq!(with("-Z", "-Z-Z"), GrammarError::Fields(8));
        assert_eq!(with("2.16.", "2..16."), GrammarError::Ca);
        assert_eq!(with("2.16.", "02.16."), GrammarError::Ca);
        assert_eq!(with("-1-", "-2-"), GrammarError::Version("2".into()));
        assert_eq!(with("-1-", "-01-"), GrammarError::Version("01".into()));
        assert_eq!(with("900030757", "90003075"), GrammarError::Number);
        assert_eq!(with("900030757", "90003075٣"), GrammarError::Number);
        assert_eq!(with("-Z-", "-z-"), GrammarError::Kind("z".into()));
        assert_eq!(with("90000380", "9000038"), GrammarError::Subscriber);
        assert_eq!(with("01.015", "01.15"), GrammarError::Role);
        assert_eq!(with("01.015", "01,015"), GrammarError::Role);
        assert!(matches!(with("01.015", "00.000"), GrammarError::RoleOfKind { .. }));
        assert!(matches!(with("-Z-", "-N-"), GrammarError::RoleOfKind { .. }));
        assert_eq!(with("-00000000", "-0000000x"), GrammarError::Agb);
        assert_eq!(refused(""), GrammarError::Fields(1));
        // did:x509 writes a colon after the object identifier; the certificate does not.
        assert_eq!(with("217-1", "217:1"), GrammarError::Fields(6));
    }

    proptest! {
        #[test]
        fn what_is_read_is_written_back(text in "[0-9]{1,2}(\\.[0-9]{1,3}){1,4}-1-[0-9]{9}-[ZNMS]-[0-9]{8}-[0-9]{2}\\.[0-9]{3}-[0-9]{8}") {
            if let Ok(identity) = text.parse::<Identity>() {
                prop_assert_eq!(identity.to_string(), text);
            }
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in ".{0,80}") {
            let _ = text.parse::<Identity>();
        }
    }
}
