//! What an UZI certificate says about its holder, and which certificate is for logging in.

use const_oid::ObjectIdentifier;
use jiff::Timestamp;
use wire::uzi::{Identity, Kind, Role};
use x509_cert::der::Decode;
use x509_cert::ext::pkix::{ExtendedKeyUsage, KeyUsage};

use super::Scheme;

/// An UZI certificate of authenticity. Nothing in it is verified here; the server does that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The certificate itself, DER.
    pub der: Vec<u8>,
    /// The holder's full name.
    pub holder: String,
    /// The organisation.
    pub organisation: String,
    /// The professional title; type Z only.
    pub title: Option<String>,
    /// The seven fields.
    pub identity: Identity,
    /// From when it holds.
    pub not_before: Timestamp,
    /// Until when it holds.
    pub not_after: Timestamp,
    /// How its key signs.
    pub scheme: Scheme,
}

/// Where the present lies against a certificate's validity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// It begins later.
    NotYet,
    /// It holds, and for longer than [`WARNING_DAYS`].
    Holds,
    /// It holds for this many whole days more, at most [`WARNING_DAYS`].
    NearEnd {
        /// Whole days left.
        days: i64,
    },
    /// It has ended.
    Expired,
}

/// How long before its end a certificate is worth a word.
pub const WARNING_DAYS: i64 = 60;

impl Certificate {
    /// Reads a certificate that is for logging in; `None` for every other.
    ///
    /// It must name an UZI identity of a person, be for digital signatures and not for binding
    /// ones, and be for client authentication where it limits its purposes.
    #[must_use]
    pub fn read(der: &[u8]) -> Option<Self> {
        let certificate = x509_cert::Certificate::from_der(der).ok()?;
        let said = wire::uzi::Certificate::of(&certificate).ok()?;
        let body = certificate.tbs_certificate();
        let (_, usage) = body.get_extension::<KeyUsage>().ok()??;
        let purposes = body.get_extension::<ExtendedKeyUsage>().ok()?;
        let for_clients = purposes.is_none_or(|(_, list)| list.0.contains(&CLIENT_AUTH));
        let for_people = said.identity.kind != Kind::Server;
        if !usage.digital_signature() || usage.non_repudiation() || !for_clients || !for_people {
            return None;
        }
        let time = |time: x509_cert::time::Time| {
            Timestamp::from_second(i64::try_from(time.to_unix_duration().as_secs()).ok()?).ok()
        };
        let validity = body.validity();
        Some(Self {
            der: der.to_vec(),
            holder: said.subject.common_name.unwrap_or_default(),
            organisation: said.subject.organisation.unwrap_or_default(),
            title: said.subject.title,
            identity: said.identity,
            not_before: time(validity.not_before)?,
            not_after: time(validity.not_after)?,
            scheme: scheme(body.subject_public_key_info())?,
        })
    }

    /// The role, where the card names a profession.
    #[must_use]
    pub fn role(&self) -> Option<Role> {
        Some(self.identity.role).filter(|role| !role.is_none())
    }

    /// Where `now` lies against the validity.
    #[must_use]
    pub fn validity(&self, now: Timestamp) -> Validity {
        let days = (self.not_after.as_second() - now.as_second()) / DAY;
        if now < self.not_before {
            Validity::NotYet
        } else if now > self.not_after {
            Validity::Expired
        } else if days <= WARNING_DAYS {
            Validity::NearEnd { days }
        } else {
            Validity::Holds
        }
    }
}

fn scheme(key: &x509_cert::spki::SubjectPublicKeyInfoOwned) -> Option<Scheme> {
    let parameters = key.algorithm.parameters.as_ref();
    match key.algorithm.oid {
        RSA => Some(Scheme::Pkcs1),
        RSA_PSS => Some(Scheme::Pss),
        EC if parameters?.decode_as::<ObjectIdentifier>().ok()? == P256 => Some(Scheme::Ecdsa),
        _ => None,
    }
}

const DAY: i64 = 24 * 60 * 60;
const CLIENT_AUTH: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// From the TEST hierarchy of the UZI register; source: `tests/uzi/samples/README.md`.
    fn sample(name: &str) -> Vec<u8> {
        let path = format!("{}/../tests/uzi/samples/real-test/{name}", env!("CARGO_MANIFEST_DIR"));
        let pem = std::fs::read(path).unwrap();
        x509_cert::der::pem::decode_vec(&pem).unwrap().1
    }

    #[test]
    fn only_the_authenticity_certificate_is_for_logging_in() {
        assert!(Certificate::read(&sample("z_arts_2017_authenticiteit.pem")).is_some());
        assert!(Certificate::read(&sample("z_huisarts_2024_authenticiteit.pem")).is_some());
        assert_eq!(Certificate::read(&sample("z_arts_2017_handtekening.pem")), None);
        assert_eq!(Certificate::read(&sample("z_arts_2017_vertrouwelijkheid.pem")), None);
        assert_eq!(Certificate::read(b""), None);
    }

    #[test]
    fn the_holder_is_told() {
        let read = Certificate::read(&sample("z_huisarts_2024_authenticiteit.pem")).unwrap();
        assert_eq!(read.organisation, "Tést Zorginstelling 01");
        assert_eq!(read.title.as_deref(), Some("Huisarts"));
        assert_eq!(read.identity.number.as_str(), "900030757");
        assert_eq!(read.role().map(|role| role.to_string()).as_deref(), Some("01.015"));
        assert_eq!(read.scheme, Scheme::Pkcs1);
    }

    #[test]
    fn validity_is_told_from_both_ends() {
        let read = Certificate::read(&sample("z_huisarts_2024_authenticiteit.pem")).unwrap();
        let at = |base: Timestamp, seconds: i64| {
            read.validity(Timestamp::from_second(base.as_second() + seconds).unwrap())
        };
        assert_eq!(at(read.not_before, -1), Validity::NotYet);
        assert_eq!(at(read.not_before, 0), Validity::Holds);
        assert_eq!(at(read.not_after, -61 * DAY), Validity::Holds);
        assert_eq!(at(read.not_after, -60 * DAY), Validity::NearEnd { days: 60 });
        assert_eq!(at(read.not_after, 0), Validity::NearEnd { days: 0 });
        assert_eq!(at(read.not_after, 1), Validity::Expired);
    }

    proptest! {
        #[test]
        fn no_changed_byte_makes_the_reader_panic(
            at in any::<prop::sample::Index>(), byte in any::<u8>(),
        ) {
            let mut der = sample("z_huisarts_2024_authenticiteit.pem");
            let at = at.index(der.len());
            der[at] = byte;
            let _ = Certificate::read(&der);
        }
    }
}
