//! Attestation: a test root, the key's own certificate under it, and the statements they sign.
//!
//! Root and key pair come from the seed and are public: never a trust anchor outside a test.
//! Spec: CTAP 2.1 section 6.1 (packed), U2F Raw Message Formats v1.2 section 4.3; certificate as
//! WebAuthn Level 3 asks of a packed attestation certificate.

use std::{str::FromStr, time::Duration};

use der::{
    Encode, EncodePem,
    asn1::{BitString, OctetString},
    pem::LineEnding,
};
use p256::{
    SecretKey,
    ecdsa::{DerSignature, SigningKey, VerifyingKey},
    elliptic_curve::Generate,
};
use spki::{ObjectIdentifier, SubjectPublicKeyInfoOwned, SubjectPublicKeyInfoRef};
use x509_cert::{
    Certificate, TbsCertificate,
    builder::{Builder, CertificateBuilder, profile::BuilderProfile},
    ext::{
        Extension,
        pkix::{
            AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier,
        },
    },
    name::Name,
    serial_number::SerialNumber,
    time::Validity,
};

use super::profiles::{Profile, Transport};
use crate::env::Seed;

const DAY: u64 = 86_400;
const YEAR: u64 = 365 * DAY;
const LEAF_YEARS: u64 = 20;
/// The root of one seed is the same certificate always, so that a test can store it: 2020-01-01.
const ROOT_FROM: u64 = 1_577_836_800;
const ROOT_YEARS: u64 = 100;
const ROOT_NAME: &str = "CN=Sleutelbos Test Key Root,OU=Test only,O=Sleutelbos Test,C=NL";
/// id-fido-gen-ce-aaguid.
const AAGUID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");
/// The transports extension of U2F.
const TRANSPORTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.2.1.1");

/// The certificates could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The date is one that no certificate can carry.
    #[error(
        "a certificate cannot be dated {0} seconds after 1970; give a date before the year 9900"
    )]
    Date(u64),
    /// A field could not be encoded.
    #[error("the certificate of a simulated key could not be built: {0}")]
    Build(x509_cert::builder::Error),
}

impl From<x509_cert::builder::Error> for Error {
    fn from(error: x509_cert::builder::Error) -> Self {
        Self::Build(error)
    }
}

impl From<der::Error> for Error {
    fn from(error: der::Error) -> Self {
        Self::Build(error.into())
    }
}

/// The attestation key of one device, with its certificates.
#[derive(Debug, Clone)]
pub(crate) struct Attestation {
    key: SigningKey,
    certificate: Vec<u8>,
    enterprise: Vec<u8>,
    root: Vec<u8>,
    root_pem: String,
}

impl Attestation {
    /// Makes root and certificate; `now` dates the latter, in seconds since 1970.
    pub(crate) fn new(profile: &Profile, seed: &Seed, now: u64) -> Result<Self, Error> {
        let root_key = signing_key(seed, "fido attestation root key");
        let key = signing_key(seed, "fido attestation key");
        let mut serials = seed.stream("fido attestation serial");
        let root = Plan {
            issuer: ROOT_NAME,
            subject: ROOT_NAME.to_owned(),
            extensions: vec![
                critical(&BasicConstraints { ca: true, path_len_constraint: Some(0) })?,
                critical(&KeyUsage(KeyUsages::KeyCertSign.into()))?,
            ],
        };
        let always = validity(ROOT_FROM, ROOT_YEARS)?;
        let root = root.issue(&root_key, &root_key, serials.bytes(), always)?;
        let root_pem = root.to_pem(LineEnding::LF)?;
        let root = root.to_der()?;
        // From a day ago, so that a host whose clock is a little behind accepts it.
        let validity = validity(now.saturating_sub(DAY), LEAF_YEARS)?;
        let leaf = |name: &str, serial: [u8; 16]| {
            let subject = format!(
                "CN=Sleutelbos {} {name},OU=Authenticator Attestation,O=Sleutelbos Test,C=NL",
                profile.product()
            );
            let extensions = leaf_extensions(profile)?;
            let plan = Plan { issuer: ROOT_NAME, subject, extensions };
            Ok::<_, Error>(plan.issue(&root_key, &key, serial, validity)?.to_der()?)
        };
        let certificate = leaf("Attestation", serials.bytes())?;
        let number: [u8; 8] = seed.stream("fido device number").bytes();
        let enterprise =
            leaf(&format!("Attestation {}", hex::encode_upper(number)), serials.bytes())?;
        Ok(Self { key, certificate, enterprise, root, root_pem })
    }

    /// The certificate of the attestation key, DER.
    pub(crate) fn certificate(&self) -> &[u8] {
        &self.certificate
    }

    /// The certificate of the same key that names this one device, DER. Spec: CTAP 2.1 section 7.1.
    pub(crate) fn enterprise_certificate(&self) -> &[u8] {
        &self.enterprise
    }

    /// The self-signed test root above it, DER.
    pub(crate) fn root(&self) -> &[u8] {
        &self.root
    }

    /// The same, PEM.
    pub(crate) fn root_pem(&self) -> String {
        self.root_pem.clone()
    }

    /// The attestation key.
    pub(crate) fn key(&self) -> &SigningKey {
        &self.key
    }
}

fn signing_key(seed: &Seed, label: &str) -> SigningKey {
    SigningKey::from(&SecretKey::generate_from_rng(seed.stream(label).rng()))
}

fn validity(from: u64, years: u64) -> Result<Validity, Error> {
    let date = |seconds: u64| {
        der::DateTime::from_unix_duration(Duration::from_secs(seconds))
            .map(x509_cert::time::Time::from)
            .map_err(|_| Error::Date(from))
    };
    let until = from.checked_add(years * YEAR).ok_or(Error::Date(from))?;
    Ok(Validity::new(date(from)?, date(until)?))
}

fn leaf_extensions(profile: &Profile) -> Result<Vec<Extension>, Error> {
    let mut extensions =
        vec![critical(&BasicConstraints { ca: false, path_len_constraint: None })?];
    if let Some(aaguid) = profile.aaguid() {
        let inner = OctetString::new(aaguid)?;
        extensions.push(extension(AAGUID, &inner)?);
    }
    let bits = profile.transports().iter().fold(0_u8, |bits, transport| {
        bits | match transport {
            Transport::Usb => 0b0010_0000,
            Transport::Nfc => 0b0001_0000,
        }
    });
    // DER drops the zero bits at the end of a list of names.
    let unused = u8::try_from(bits.trailing_zeros().min(7)).unwrap_or(7);
    extensions.push(extension(TRANSPORTS, &BitString::new(unused, [bits])?)?);
    Ok(extensions)
}

fn critical<T: Encode + der::oid::AssociatedOid>(value: &T) -> Result<Extension, Error> {
    Ok(Extension { critical: true, ..extension(T::OID, value)? })
}

fn extension(extn_id: ObjectIdentifier, value: &impl Encode) -> Result<Extension, Error> {
    let extn_value = OctetString::new(value.to_der()?)?;
    Ok(Extension { extn_id, critical: false, extn_value })
}

/// A certificate to be issued.
struct Plan {
    issuer: &'static str,
    subject: String,
    extensions: Vec<Extension>,
}

impl Plan {
    fn issue(
        self,
        issuer: &SigningKey,
        subject: &SigningKey,
        serial: [u8; 16],
        validity: Validity,
    ) -> Result<Certificate, Error> {
        // The first bit of a serial number is its sign.
        let [first, rest @ ..] = serial;
        let serial: Vec<u8> = [&[first & 0x7F | 0x40], &rest[..]].concat();
        let public = SubjectPublicKeyInfoOwned::from_key(&VerifyingKey::from(subject))
            .map_err(x509_cert::builder::Error::from)?;
        let names = Names {
            issuer: Name::from_str(self.issuer)?,
            subject: Name::from_str(&self.subject)?,
            extensions: self.extensions,
        };
        let builder =
            CertificateBuilder::new(names, SerialNumber::new(&serial)?, validity, public)?;
        Ok(builder.build::<_, DerSignature>(issuer)?)
    }
}

struct Names {
    issuer: Name,
    subject: Name,
    extensions: Vec<Extension>,
}

impl BuilderProfile for Names {
    fn get_issuer(&self, _subject: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        public: SubjectPublicKeyInfoRef<'_>,
        issuer: SubjectPublicKeyInfoRef<'_>,
        _certificate: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let subject_id = SubjectKeyIdentifier::try_from(public)?;
        let issuer_id = AuthorityKeyIdentifier::try_from(issuer)?;
        let encode = |id, value: Vec<u8>| -> x509_cert::builder::Result<Extension> {
            Ok(Extension { extn_id: id, critical: false, extn_value: OctetString::new(value)? })
        };
        let mut extensions = self.extensions.clone();
        extensions.push(encode(
            <SubjectKeyIdentifier as der::oid::AssociatedOid>::OID,
            subject_id.to_der()?,
        )?);
        extensions.push(encode(
            <AuthorityKeyIdentifier as der::oid::AssociatedOid>::OID,
            issuer_id.to_der()?,
        )?);
        Ok(extensions)
    }
}
