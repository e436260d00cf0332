//! One X.509 certificate, read strictly: DER or PEM, bounded in size, every known extension decoded.
//!
//! Step 1 of the order in `docs/uzi-verifier.md`. Nothing here trusts anybody: this module only
//! makes sure that what later steps look at is one well-formed certificate and nothing else.

use const_oid::ObjectIdentifier;
use der::{Decode, Encode, Tag, Tagged};
use jiff::Timestamp;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::{PemObject, SectionKind};
use sha2::{Digest, Sha256};
use x509_cert::ext::pkix::{
    BasicConstraints, CertificatePolicies, ExtendedKeyUsage, KeyUsage, SubjectAltName,
};

use crate::label::visible;

/// The largest certificate that is looked at, in bytes of DER. Real ones have about 2000.
pub const LARGEST: usize = 16 * 1024;

/// The largest file that may hold one certificate as PEM, explanatory text included.
pub const LARGEST_FILE: usize = 64 * 1024;

/// Why bytes are not one usable certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// More bytes than [`LARGEST`] or [`LARGEST_FILE`].
    #[error("{bytes} bytes, more than {limit}")]
    TooLarge {
        /// How many bytes there are.
        bytes: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Neither DER nor a PEM block labelled CERTIFICATE.
    #[error("no certificate in it")]
    NoCertificate,
    /// A PEM block that does not end or holds no base64.
    #[error("broken PEM: {0}")]
    Pem(String),
    /// More than one certificate where one is asked.
    #[error("{0} certificates where one is expected")]
    Several(usize),
    /// Not the DER of a certificate: a field is wrong, cut off, or followed by more bytes.
    #[error("not a certificate in DER: {0}")]
    Der(der::Error),
    /// Readable, but not in the one encoding that DER allows.
    #[error("not in the canonical encoding")]
    NotCanonical,
    /// A version 1 or 2 certificate.
    #[error("not a version 3 certificate")]
    Version,
    /// The algorithm inside the signed part differs from the one beside the signature.
    #[error("two different signature algorithms")]
    TwoAlgorithms,
    /// Not a positive number of at most 20 bytes (RFC 5280, section 4.1.2.2).
    #[error("its serial number is not a positive number of at most 20 bytes")]
    SerialNumber,
    /// It ends before it begins.
    #[error("its validity ends before it begins")]
    Validity,
    /// The same extension twice.
    #[error("extension {0} occurs twice")]
    RepeatedExtension(ObjectIdentifier),
    /// A known extension whose content is not what its definition says.
    #[error("extension {oid} is malformed: {source}")]
    Extension {
        /// Which extension.
        oid: ObjectIdentifier,
        /// What is wrong.
        source: der::Error,
    },
    /// An extended key usage or policy extension without a single entry.
    #[error("extension {0} is empty")]
    EmptyExtension(ObjectIdentifier),
    /// Bytes the path builder cannot read though the DER is sound.
    #[error("unusual certificate: {0}")]
    Unusual(String),
}

/// A certificate with the fields the verifier looks at, decoded once.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: CertificateDer<'static>,
    inner: x509_cert::Certificate,
    subject: Vec<u8>,
    issuer: Vec<u8>,
    spki_sha256: [u8; 32],
    not_before: Timestamp,
    not_after: Timestamp,
    extensions: Extensions,
}

/// The extensions the verifier understands; the others are known by name only.
#[derive(Debug, Clone, Default)]
pub struct Extensions {
    /// What the key may do.
    pub key_usage: Option<KeyUsage>,
    /// Whether whoever does not understand the key usage must refuse the certificate.
    pub key_usage_critical: bool,
    /// What the certificate is for.
    pub purposes: Option<Vec<ObjectIdentifier>>,
    /// Whether this is an authority.
    pub constraints: Option<BasicConstraints>,
    /// Under which rules it was issued.
    pub policies: Option<Vec<ObjectIdentifier>>,
    /// Other names of the subject.
    pub names: Option<SubjectAltName>,
    /// Critical extensions that nobody here processes: reason to refuse.
    pub unknown_critical: Vec<ObjectIdentifier>,
}

impl Certificate {
    /// Reads exactly one certificate in DER, with nothing after it.
    pub fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        if bytes.len() > LARGEST {
            return Err(Error::TooLarge { bytes: bytes.len(), limit: LARGEST });
        }
        let inner = x509_cert::Certificate::from_der(bytes).map_err(Error::Der)?;
        if inner.to_der().map_err(Error::Der)? != bytes {
            return Err(Error::NotCanonical);
        }
        let tbs = inner.tbs_certificate();
        if tbs.version() != x509_cert::certificate::Version::V3 {
            return Err(Error::Version);
        }
        if tbs.signature() != inner.signature_algorithm() {
            return Err(Error::TwoAlgorithms);
        }
        let serial = tbs.serial_number().as_bytes();
        if serial.len() > 20 || matches!(serial, [] | [0] | [0x80..=0xff, ..]) {
            return Err(Error::SerialNumber);
        }
        let not_before = timestamp(tbs.validity().not_before);
        let not_after = timestamp(tbs.validity().not_after);
        if not_after < not_before {
            return Err(Error::Validity);
        }
        let extensions = extensions(tbs.extensions().map_or(&[], Vec::as_slice))?;
        let spki = tbs.subject_public_key_info().to_der().map_err(Error::Der)?;
        let certificate = Self {
            der: CertificateDer::from(bytes.to_vec()),
            subject: tbs.subject().to_der().map_err(Error::Der)?,
            issuer: tbs.issuer().to_der().map_err(Error::Der)?,
            spki_sha256: Sha256::digest(&spki).into(),
            not_before,
            not_after,
            extensions,
            inner,
        };
        match webpki::EndEntityCert::try_from(&certificate.der) {
            // Critical extensions are judged by step 2, with their name.
            Ok(_) | Err(webpki::Error::UnsupportedCriticalExtension) => Ok(certificate),
            Err(error) => Err(Error::Unusual(error.to_string())),
        }
    }

    /// Reads a file's content, DER or PEM, that holds exactly one certificate.
    ///
    /// Text before and after the PEM block and blocks with another label are passed over
    /// (RFC 7468, section 2, allows explanatory text); a byte order mark is too.
    pub fn from_file_content(content: &[u8]) -> Result<Self, Error> {
        let mut all = Self::all_from_file_content(content)?;
        match (all.pop(), all.len()) {
            (Some(one), 0) => Ok(one),
            (Some(_), others) => Err(Error::Several(others + 1)),
            (None, _) => Err(Error::NoCertificate),
        }
    }

    /// Reads every certificate of a file's content: one in DER, or any number of PEM blocks.
    pub fn all_from_file_content(content: &[u8]) -> Result<Vec<Self>, Error> {
        // A certificate is longer than 127 bytes, so its length never fits in the second byte;
        // a text that begins with the digit 0 is no DER.
        if matches!(content, [DER_SEQUENCE, 0x80..=0xff, ..]) {
            return Ok(vec![Self::from_der(content)?]);
        }
        if content.len() > LARGEST_FILE {
            return Err(Error::TooLarge { bytes: content.len(), limit: LARGEST_FILE });
        }
        let text = content.strip_prefix(BYTE_ORDER_MARK).unwrap_or(content);
        let mut certificates = Vec::new();
        for block in <(SectionKind, Vec<u8>)>::pem_slice_iter(text) {
            let (kind, der) = block.map_err(|error| Error::Pem(error.to_string()))?;
            if kind == SectionKind::Certificate {
                certificates.push(Self::from_der(&der)?);
            }
        }
        if certificates.is_empty() { Err(Error::NoCertificate) } else { Ok(certificates) }
    }

    /// The bytes it was read from.
    pub fn der(&self) -> &CertificateDer<'static> {
        &self.der
    }

    /// The decoded certificate, for fields without a method here.
    pub fn inner(&self) -> &x509_cert::Certificate {
        &self.inner
    }

    /// The subject's name in DER.
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }

    /// The issuer's name in DER.
    pub fn issuer(&self) -> &[u8] {
        &self.issuer
    }

    /// SHA-256 over the DER of the SubjectPublicKeyInfo.
    pub fn spki_sha256(&self) -> [u8; 32] {
        self.spki_sha256
    }

    /// The first moment of its validity.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// The last moment of its validity.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// Its decoded extensions.
    pub fn extensions(&self) -> &Extensions {
        &self.extensions
    }

    /// Whether it says that it is an authority.
    pub fn is_authority(&self) -> bool {
        self.extensions.constraints.as_ref().is_some_and(|constraints| constraints.ca)
    }

    /// The serial number in hexadecimal.
    pub fn serial(&self) -> String {
        hex_of(self.inner.tbs_certificate().serial_number().as_bytes())
    }

    /// The subject's common name, or the whole name where there is none.
    pub fn subject_name(&self) -> String {
        common_name(self.inner.tbs_certificate().subject())
    }

    /// The issuer's common name, or the whole name where there is none.
    pub fn issuer_name(&self) -> String {
        common_name(self.inner.tbs_certificate().issuer())
    }

    /// Every value of a subject attribute as text, as it stands there; one that is no text as an
    /// empty one.
    pub fn subject_attributes(&self, oid: ObjectIdentifier) -> Vec<String> {
        let subject = self.inner.tbs_certificate().subject();
        let values = subject.iter().filter(|attribute| attribute.oid == oid);
        values.map(|attribute| text(&attribute.value).unwrap_or_default()).collect()
    }
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn hex_of(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        write!(text, "{byte:02x}").expect("writing to a String does not fail");
        text
    })
}

pub(super) fn timestamp(time: x509_cert::time::Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    // The last days of the year 9999 mean "no end" (RFC 5280) and lie beyond jiff's range.
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

fn extensions(all: &[x509_cert::ext::Extension]) -> Result<Extensions, Error> {
    let mut known = Extensions::default();
    let mut constrains = false;
    for (index, extension) in all.iter().enumerate() {
        let oid = extension.extn_id;
        if all.iter().take(index).any(|earlier| earlier.extn_id == oid) {
            return Err(Error::RepeatedExtension(oid));
        }
        let content = extension.extn_value.as_bytes();
        match oid {
            KEY_USAGE => {
                let usage: KeyUsage = decode(oid, content)?;
                if usage.to_der().map_err(Error::Der)? != content {
                    return Err(Error::NotCanonical);
                }
                known.key_usage = Some(usage);
                known.key_usage_critical = extension.critical;
            }
            BASIC_CONSTRAINTS => known.constraints = Some(decode(oid, content)?),
            SUBJECT_ALT_NAME => known.names = Some(decode(oid, content)?),
            EXT_KEY_USAGE => {
                known.purposes = Some(filled(oid, decode::<ExtendedKeyUsage>(oid, content)?.0)?);
            }
            CERTIFICATE_POLICIES => {
                let policies = decode::<CertificatePolicies>(oid, content)?.0;
                let oids = policies.into_iter().map(|policy| policy.policy_identifier).collect();
                known.policies = Some(filled(oid, oids)?);
                // Qualifiers and mappings are not processed here, so a critical one is refused.
                if extension.critical {
                    known.unknown_critical.push(oid);
                }
            }
            CRL_DISTRIBUTION_POINTS => {}
            NAME_CONSTRAINTS => constrains = extension.critical,
            _ if extension.critical => known.unknown_critical.push(oid),
            _ => {}
        }
    }
    // The path builder applies those of an authority; on anybody else they are not processed.
    if constrains && !known.constraints.as_ref().is_some_and(|constraints| constraints.ca) {
        known.unknown_critical.push(NAME_CONSTRAINTS);
    }
    Ok(known)
}

fn decode<'a, T>(oid: ObjectIdentifier, content: &'a [u8]) -> Result<T, Error>
where
    T: Decode<'a, Error = der::Error>,
{
    T::from_der(content).map_err(|source| Error::Extension { oid, source })
}

fn filled(
    oid: ObjectIdentifier,
    oids: Vec<ObjectIdentifier>,
) -> Result<Vec<ObjectIdentifier>, Error> {
    if oids.is_empty() { Err(Error::EmptyExtension(oid)) } else { Ok(oids) }
}

/// The common name in `name`, or the whole name where there is none; nothing in it hides.
pub(super) fn common_name(name: &x509_cert::name::Name) -> String {
    let attribute = name.iter().find(|one| one.oid == const_oid::db::rfc4519::CN);
    visible(&attribute.and_then(|one| text(&one.value)).unwrap_or_else(|| name.to_string()))
}

fn text(value: &der::Any) -> Option<String> {
    let readable = [Tag::Utf8String, Tag::PrintableString, Tag::Ia5String].contains(&value.tag());
    readable.then(|| std::str::from_utf8(value.value()).ok()).flatten().map(str::to_owned)
}

const DER_SEQUENCE: u8 = 0x30;
/// What some editors put before a text in UTF-8.
pub(super) const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

const KEY_USAGE: ObjectIdentifier = const_oid::db::rfc5280::ID_CE_KEY_USAGE;
const BASIC_CONSTRAINTS: ObjectIdentifier = const_oid::db::rfc5280::ID_CE_BASIC_CONSTRAINTS;
const SUBJECT_ALT_NAME: ObjectIdentifier = const_oid::db::rfc5280::ID_CE_SUBJECT_ALT_NAME;
const EXT_KEY_USAGE: ObjectIdentifier = const_oid::db::rfc5280::ID_CE_EXT_KEY_USAGE;
const CERTIFICATE_POLICIES: ObjectIdentifier = const_oid::db::rfc5280::ID_CE_CERTIFICATE_POLICIES;
const NAME_CONSTRAINTS: ObjectIdentifier = const_oid::db::rfc5280::ID_CE_NAME_CONSTRAINTS;
const CRL_DISTRIBUTION_POINTS: ObjectIdentifier =
    const_oid::db::rfc5280::ID_CE_CRL_DISTRIBUTION_POINTS;
