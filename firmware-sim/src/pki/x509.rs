//! X.509 building blocks: names, extensions, certificates and CRLs, in the UZI register's own form.

use const_oid::{AssociatedOid, ObjectIdentifier};
use der::asn1::{Any, BitString, Ia5String, Ia5StringRef, OctetString, PrintableStringRef, Uint};
use der::asn1::{UtcTime, Utf8StringRef};
use der::{Decode, Encode};
use jiff::Timestamp;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use rsa::pkcs1v15::SigningKey;
use rsa::{RsaPrivateKey, pss};
use sha2::{Digest, Sha256, Sha512};
use signature::{RandomizedSigner, SignatureEncoding, Signer};
use spki::{
    AlgorithmIdentifierOwned, DynSignatureAlgorithmIdentifier, SubjectPublicKeyInfoOwned,
    SubjectPublicKeyInfoRef, der::referenced::OwnedToRef,
};
use x509_cert::attr::AttributeTypeAndValue;
use x509_cert::builder::profile::BuilderProfile;
use x509_cert::builder::{self, Builder, CertificateBuilder};
use x509_cert::certificate::{Certificate, TbsCertificate, Version};
use x509_cert::crl::{CertificateList, RevokedCert, TbsCertList};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::certpolicy::{CertificatePolicies, UserNotice};
use x509_cert::ext::pkix::certpolicy::{DisplayText, PolicyInformation, PolicyQualifierInfo};
use x509_cert::ext::pkix::crl::dp::DistributionPoint;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AccessDescription, AuthorityInfoAccessSyntax, AuthorityKeyIdentifier, CrlDistributionPoints,
    CrlNumber, SubjectKeyIdentifier,
};
use x509_cert::name::{Name, RdnSequence, RelativeDistinguishedName};
use x509_cert::serial_number::SerialNumber;
use x509_cert::time::{Time, Validity};

use super::{Error, oids};
use crate::env::Seed;

/// An attribute's value, with the string type the register gives it.
pub(super) enum Text<'a> {
    Printable(&'a str),
    Utf8(&'a str),
}

/// A distinguished name with one attribute in each RDN, in the order given.
pub(super) fn name(attributes: &[(ObjectIdentifier, Text<'_>)]) -> Result<Name, Error> {
    let mut rdns = RdnSequence::default();
    for (oid, text) in attributes {
        let value = match text {
            Text::Printable(text) => Any::encode_from(&PrintableStringRef::new(*text)?)?,
            Text::Utf8(text) => Any::encode_from(&Utf8StringRef::new(text)?)?,
        };
        let attribute = AttributeTypeAndValue { oid: *oid, value };
        rdns.push(RelativeDistinguishedName::try_from(vec![attribute])?);
    }
    Ok(Name::from_der(&rdns.to_der()?)?)
}

/// An extension that holds `value`, which a reader may pass over.
pub(super) fn extension<T: AssociatedOid + Encode>(value: &T) -> Result<Extension, Error> {
    raw_extension(T::OID, value)
}

/// The same that no reader may pass over.
pub(super) fn critical<T: AssociatedOid + Encode>(value: &T) -> Result<Extension, Error> {
    Ok(Extension { critical: true, ..extension(value)? })
}

/// An extension under another identifier than its value's.
pub(super) fn raw_extension(
    extn_id: ObjectIdentifier,
    value: &impl Encode,
) -> Result<Extension, Error> {
    let extn_value = OctetString::new(value.to_der()?)?;
    Ok(Extension { extn_id, critical: false, extn_value })
}

/// subjectKeyIdentifier: the SHA-1 of the public key.
pub(super) fn subject_key(key: &SubjectPublicKeyInfoOwned) -> Result<Extension, Error> {
    extension(&SubjectKeyIdentifier::try_from(key.owned_to_ref())?)
}

/// authorityKeyIdentifier: the issuer's subject key identifier alone.
pub(super) fn authority_key(issuer: &SubjectPublicKeyInfoOwned) -> Result<Extension, Error> {
    extension(&AuthorityKeyIdentifier::try_from(issuer.owned_to_ref())?)
}

/// authorityInfoAccess, in this order: the issuer's certificate, and where given its OCSP responder.
pub(super) fn access(certificate: &str, ocsp: Option<&str>) -> Result<Extension, Error> {
    let mut list = vec![AccessDescription {
        access_method: oids::CA_ISSUERS,
        access_location: url(certificate)?,
    }];
    if let Some(ocsp) = ocsp {
        list.push(AccessDescription { access_method: oids::OCSP, access_location: url(ocsp)? });
    }
    extension(&AuthorityInfoAccessSyntax(list))
}

/// cRLDistributionPoints with one address.
pub(super) fn crl_address(address: &str) -> Result<Extension, Error> {
    let point = DistributionPoint {
        distribution_point: Some(DistributionPointName::FullName(vec![url(address)?])),
        reasons: None,
        crl_issuer: None,
    };
    extension(&CrlDistributionPoints(vec![point]))
}

fn url(address: &str) -> Result<GeneralName, Error> {
    Ok(GeneralName::UniformResourceIdentifier(Ia5String::new(address)?))
}

/// A policy, with the address of the practice statement and a notice where given.
pub(super) fn policy(
    policy_identifier: ObjectIdentifier,
    cps: Option<&str>,
    notice: Option<&str>,
) -> Result<PolicyInformation, Error> {
    let mut qualifiers = Vec::new();
    if let Some(cps) = cps {
        qualifiers.push(PolicyQualifierInfo {
            policy_qualifier_id: oids::QUALIFIER_CPS,
            qualifier: Some(Any::encode_from(&Ia5StringRef::new(cps)?)?),
        });
    }
    if let Some(notice) = notice {
        let explicit_text = Some(DisplayText::Utf8String(notice.to_owned()));
        qualifiers.push(PolicyQualifierInfo {
            policy_qualifier_id: oids::QUALIFIER_NOTICE,
            qualifier: Some(Any::encode_from(&UserNotice { notice_ref: None, explicit_text })?),
        });
    }
    let policy_qualifiers = (!qualifiers.is_empty()).then_some(qualifiers);
    Ok(PolicyInformation { policy_identifier, policy_qualifiers })
}

/// certificatePolicies.
pub(super) fn policies(list: Vec<PolicyInformation>) -> Result<Extension, Error> {
    extension(&CertificatePolicies(list))
}

/// What a certificate says, all but its key and its signature.
pub(super) struct Content {
    pub(super) serial: SerialNumber,
    pub(super) issuer: Name,
    pub(super) subject: Name,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
    pub(super) extensions: Vec<Extension>,
}

impl BuilderProfile for Content {
    fn get_issuer(&self, _: &Name) -> Name {
        self.issuer.clone()
    }

    fn get_subject(&self) -> Name {
        self.subject.clone()
    }

    fn build_extensions(
        &self,
        _: SubjectPublicKeyInfoRef<'_>,
        _: SubjectPublicKeyInfoRef<'_>,
        _: &TbsCertificate,
    ) -> builder::Result<Vec<Extension>> {
        Ok(self.extensions.clone())
    }
}

/// How an authority signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scheme {
    /// sha256WithRSAEncryption, as in generation G3.
    Pkcs1,
    /// RSASSA-PSS with SHA-512 and a salt of 64 bytes, as in generation G4.
    Pss,
}

impl Scheme {
    /// The scheme that a certificate was signed with.
    pub(super) fn of(certificate: &Certificate) -> Self {
        let pss = certificate.signature_algorithm().oid == ID_RSASSA_PSS;
        if pss { Self::Pss } else { Self::Pkcs1 }
    }
}

/// An authority's key and how it signs with it.
pub(super) struct Pen<'a> {
    pub(super) key: &'a RsaPrivateKey,
    pub(super) scheme: Scheme,
}

impl Pen<'_> {
    fn pkcs1(&self) -> SigningKey<Sha256> {
        SigningKey::new(self.key.clone())
    }

    fn pss(&self) -> pss::SigningKey<Sha512> {
        pss::SigningKey::new_with_salt_len(self.key.clone(), SALT)
    }

    fn algorithm(&self) -> Result<AlgorithmIdentifierOwned, Error> {
        Ok(match self.scheme {
            Scheme::Pkcs1 => self.pkcs1().signature_algorithm_identifier()?,
            Scheme::Pss => self.pss().signature_algorithm_identifier()?,
        })
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(match self.scheme {
            Scheme::Pkcs1 => self.pkcs1().try_sign(message)?.to_vec(),
            Scheme::Pss => self.pss().try_sign_with_rng(&mut salts(message), message)?.to_vec(),
        })
    }
}

/// The salt of a signature is decided by what is signed: one seed gives the same bytes always.
fn salts(message: &[u8]) -> ChaCha20Rng {
    ChaCha20Rng::from_seed(Sha256::digest(message).into())
}

/// Signs a certificate for `key`.
pub(super) fn certificate(
    content: Content,
    key: &SubjectPublicKeyInfoOwned,
    pen: &Pen<'_>,
) -> Result<Certificate, Error> {
    let serial = content.serial.clone();
    let validity = Validity::new(time(content.not_before)?, time(content.not_after)?);
    let mut salt = salts(serial.as_bytes());
    let builder = CertificateBuilder::new(content, serial, validity, key.clone())?;
    Ok(match pen.scheme {
        Scheme::Pkcs1 => builder.build(&pen.pkcs1())?,
        Scheme::Pss => builder.build_with_rng(&pen.pss(), &mut salt)?,
    })
}

/// Signs a version 2 CRL with authorityKeyIdentifier and cRLNumber.
pub(super) fn crl(
    issuer: &Certificate,
    pen: &Pen<'_>,
    dates: (Timestamp, Timestamp),
    revoked: &[(SerialNumber, Timestamp)],
) -> Result<CertificateList, Error> {
    let (this_update, next_update) = dates;
    let number = Uint::new(&this_update.as_second().to_be_bytes())?;
    let entries = revoked.iter().map(|(serial, at)| {
        let (serial_number, revocation_date) = (serial.clone(), time(*at)?);
        Ok(RevokedCert { serial_number, revocation_date, crl_entry_extensions: None })
    });
    let entries = entries.collect::<Result<Vec<_>, Error>>()?;
    let tbs_cert_list = TbsCertList {
        version: Version::V2,
        signature: pen.algorithm()?,
        issuer: issuer.tbs_certificate().subject().clone(),
        this_update: time(this_update)?,
        next_update: Some(time(next_update)?),
        revoked_certificates: (!entries.is_empty()).then_some(entries),
        crl_extensions: Some(vec![
            authority_key(issuer.tbs_certificate().subject_public_key_info())?,
            extension(&CrlNumber(number))?,
        ]),
    };
    let signature = pen.sign(&tbs_cert_list.to_der()?)?;
    Ok(CertificateList {
        signature_algorithm: tbs_cert_list.signature.clone(),
        signature: BitString::from_bytes(&signature)?,
        tbs_cert_list,
    })
}

/// A positive serial number of 20 bytes that seed and label decide.
pub(super) fn serial(seed: Seed, label: &str) -> Result<SerialNumber, Error> {
    let [first, rest @ ..] = seed.stream(&format!("pki serial number {label}")).bytes::<20>();
    Ok(SerialNumber::new(&[&[first & 0x7F | 0x40], &rest[..]].concat())?)
}

/// UTCTime, which certificates use up to the year 2049.
fn time(at: Timestamp) -> Result<Time, Error> {
    let seconds = u64::try_from(at.as_second()).map_err(|_| Error::Date(at))?;
    let time = UtcTime::from_unix_duration(std::time::Duration::from_secs(seconds));
    Ok(Time::UtcTime(time.map_err(|_| Error::Date(at))?))
}

const ID_RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");
/// The length of the salt, in bytes: that of the hash.
const SALT: usize = 64;
