//! `trust.toml`: what issuing authorities beyond the published ones issue.
//!
//! ```toml
//! [[issuer]]
//! spki_sha256 = "9f86d0…"                # SHA-256 of the SubjectPublicKeyInfo, 64 hex digits
//! type = "Z"                              # Z, N, M or S
//! san_oid = "2.16.528.1.1007.99.217"      # first field of the UZI name
//! policy_oid = "2.16.528.1.1007.99.211"   # policy of its authenticity certificates
//! ```

use const_oid::ObjectIdentifier;
use serde::Deserialize;
use wire::uzi::Kind;

use super::issue::{Environment, Issue};

/// The file's name in a trust folder.
pub const NAME: &str = "trust.toml";

/// The largest such file, in bytes.
pub const LARGEST: usize = 256 * 1024;

/// One `[[issuer]]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The issuing authority's key.
    pub spki_sha256: [u8; 32],
    /// What it issues.
    pub issue: Issue,
}

/// Why a `trust.toml` is refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// More bytes than [`LARGEST`].
    #[error("larger than {LARGEST} bytes")]
    TooLarge,
    /// Not UTF-8.
    #[error("not UTF-8 text")]
    Text,
    /// Not TOML, or a key that is missing, unknown or of a wrong kind.
    #[error("{0}")]
    Toml(Box<toml::de::Error>),
    /// A value that is none.
    #[error("issuer {number}: {key} = {value:?} should be {expected}")]
    Value {
        /// Which `[[issuer]]`, counted from 1.
        number: usize,
        /// Which key.
        key: &'static str,
        /// What it says.
        value: String,
        /// What it should be.
        expected: &'static str,
    },
    /// The same key twice.
    #[error("issuer {number}: the same spki_sha256 occurs twice")]
    Twice {
        /// Which `[[issuer]]`, counted from 1.
        number: usize,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    issuer: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    spki_sha256: String,
    r#type: String,
    san_oid: String,
    policy_oid: String,
}

/// Reads a `trust.toml`.
pub fn parse(content: &[u8]) -> Result<Vec<Mapping>, Error> {
    if content.len() > LARGEST {
        return Err(Error::TooLarge);
    }
    let text = std::str::from_utf8(content).map_err(|_| Error::Text)?;
    let file: File = toml::from_str(text).map_err(|error| Error::Toml(Box::new(error)))?;
    let mut mappings: Vec<Mapping> = Vec::with_capacity(file.issuer.len());
    for (index, entry) in file.issuer.into_iter().enumerate() {
        let mapping = mapping(index + 1, entry)?;
        if mappings.iter().any(|earlier| earlier.spki_sha256 == mapping.spki_sha256) {
            return Err(Error::Twice { number: index + 1 });
        }
        mappings.push(mapping);
    }
    Ok(mappings)
}

/// The environment an issuer's UZI fields belong to: production OIDs are those of PKIoverheid.
pub(super) fn environment(issue: &Issue) -> Environment {
    if issue.san_oid.starts_with(PKIOVERHEID) { Environment::Production } else { Environment::Test }
}

fn mapping(number: usize, entry: Entry) -> Result<Mapping, Error> {
    let wrong = |key, value: &str, expected| {
        Err(Error::Value { number, key, value: value.to_owned(), expected })
    };
    let Some(spki_sha256) = sha256(&entry.spki_sha256) else {
        return wrong("spki_sha256", &entry.spki_sha256, "64 hexadecimal digits");
    };
    let Some(kind) = Kind::from_letter(&entry.r#type) else {
        return wrong("type", &entry.r#type, "Z, N, M or S");
    };
    let Ok(san_oid) = ObjectIdentifier::new(&entry.san_oid) else {
        return wrong(
            "san_oid",
            &entry.san_oid,
            "an object identifier such as 2.16.528.1.1007.99.217",
        );
    };
    let Ok(policy_oid) = ObjectIdentifier::new(&entry.policy_oid) else {
        return wrong(
            "policy_oid",
            &entry.policy_oid,
            "an object identifier such as 2.16.528.1.1007.99.211",
        );
    };
    Ok(Mapping { spki_sha256, issue: Issue { kind, san_oid, policy_oid } })
}

fn sha256(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0u8; 32];
    for (byte, pair) in bytes.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        if !pair.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            return None;
        }
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}

/// The arc of PKIoverheid; the TEST arc is 2.16.528.1.1007.99.
const PKIOVERHEID: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.528.1.1003");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const KEY: &str = "fd96fe06b4f1d7c629a6586da315f1d6e1a09ba5d829bd28c05d4a3383c98c22";

    fn entry(key: &str, kind: &str, san: &str, policy: &str) -> String {
        format!(
            "[[issuer]]\nspki_sha256 = \"{key}\"\ntype = \"{kind}\"\nsan_oid = \"{san}\"\n\
             policy_oid = \"{policy}\"\n"
        )
    }

    fn refused(text: &str) -> String {
        parse(text.as_bytes()).expect_err("refused").to_string()
    }

    #[test]
    fn one_issuer_is_read() {
        let text = entry(KEY, "N", "2.16.528.1.1007.99.218", "2.16.528.1.1007.99.211");
        let mappings = parse(text.as_bytes()).expect("a sound file");
        assert_eq!(mappings.len(), 1);
        assert_eq!(mappings[0].issue.kind, Kind::NamedEmployee);
        assert_eq!(mappings[0].spki_sha256[..2], [0xfd, 0x96]);
        assert_eq!(environment(&mappings[0].issue), Environment::Test);
    }

    #[test]
    fn production_oids_make_a_production_issuer() {
        let text = entry(KEY, "Z", "2.16.528.1.1003.1.3.5.5.2", "2.16.528.1.1003.1.2.5.1");
        let mappings = parse(text.as_bytes()).expect("a sound file");
        assert_eq!(environment(&mappings[0].issue), Environment::Production);
    }

    #[test]
    fn an_empty_file_maps_nothing() {
        assert_eq!(parse(b"").expect("no issuers"), Vec::new());
    }

    #[test]
    fn each_wrong_value_is_named() {
        let oid = "2.16.528.1.1007.99.217";
        assert!(refused(&entry("xyz", "Z", oid, oid)).contains("spki_sha256"));
        assert!(refused(&entry(&KEY.replace('f', "+"), "Z", oid, oid)).contains("spki_sha256"));
        assert!(refused(&entry(KEY, "ZN", oid, oid)).contains("type"));
        assert!(refused(&entry(KEY, "z", oid, oid)).contains("type"));
        assert!(refused(&entry(KEY, "Z", "9.9", oid)).contains("san_oid"));
        assert!(refused(&entry(KEY, "Z", oid, "")).contains("policy_oid"));
        assert!(refused("[[issuer]]\nother = 1").contains("unknown field"));
        assert!(refused("[[issuer]]\ntype = \"Z\"").contains("missing field"));
        let twice = entry(KEY, "Z", oid, oid) + &entry(KEY, "N", oid, oid);
        assert!(refused(&twice).contains("twice"));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = parse(&bytes);
        }

        #[test]
        fn no_values_make_it_panic(key in ".{0,80}", kind in ".{0,3}", san in "[0-9.]{0,40}") {
            let quoted = |text: &str| toml::Value::String(text.to_owned()).to_string();
            let text = format!(
                "[[issuer]]\nspki_sha256 = {}\ntype = {}\nsan_oid = {}\npolicy_oid = \"1.2.3\"\n",
                quoted(&key), quoted(&kind), quoted(&san),
            );
            if let Ok(mappings) = parse(text.as_bytes()) {
                prop_assert_eq!(mappings.len(), 1);
            }
        }
    }
}
