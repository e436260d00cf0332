//! Certification authorities: their certificates, what they sign, their revocation lists.

use const_oid::ObjectIdentifier;
use der::Encode;
use der::asn1::Utf8StringRef;
use jiff::{Span, Timestamp, tz::TimeZone};
use sha2::{Digest, Sha256};
use spki::SubjectPublicKeyInfoOwned;
use x509_cert::certificate::Certificate;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};
use x509_cert::name::Name;

use super::keys::Key;
use super::x509::{self, Content, Pen, Scheme, Text};
use super::{CPS, Error, HOST, oids};
use crate::env::Seed;

/// A certification authority.
pub(super) struct Authority {
    pub(super) common_name: String,
    /// The stem of its file names and addresses.
    pub(super) file: String,
    pub(super) certificate: Certificate,
    key: Key,
    scheme: Scheme,
}

/// Where an authority stands in the hierarchy.
pub(super) enum Place<'a> {
    Root,
    Level2(&'a Authority),
    Issuing(&'a Authority),
}

/// What makes an authority.
pub(super) struct Plan<'a> {
    pub(super) seed: Seed,
    /// Sets apart two authorities of one name; part of the serial number only.
    pub(super) generation: &'a str,
    pub(super) common_name: &'a str,
    pub(super) place: Place<'a>,
    pub(super) key: Key,
    pub(super) family: Family,
    pub(super) now: Timestamp,
}

/// Of which part of the hierarchy an authority is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Passes that name a person, generation G3.
    Persons,
    /// Passes that name nobody, generation G3.
    Services,
    /// Generation G4.
    G4,
}

impl Family {
    fn scheme(self) -> Scheme {
        match self {
            Self::Persons | Self::Services => Scheme::Pkcs1,
            Self::G4 => Scheme::Pss,
        }
    }

    fn policies(self) -> &'static [ObjectIdentifier] {
        match self {
            Self::Persons | Self::G4 => {
                &[oids::POLICY_AUTHENTICITY, oids::POLICY_SIGNATURE, oids::POLICY_CONFIDENTIALITY]
            }
            Self::Services => &[oids::POLICY_M_AUTHENTICITY, oids::POLICY_M_CONFIDENTIALITY],
        }
    }
}

impl Authority {
    /// Makes the authority and its certificate.
    pub(super) fn mint(plan: Plan<'_>) -> Result<Self, Error> {
        let subject = subject(plan.common_name, &plan.place)?;
        let public = plan.key.public()?;
        let (issuer, signer) = match plan.place {
            Place::Root => (subject.clone(), &plan.key),
            Place::Level2(above) | Place::Issuing(above) => (above.name(), &above.key),
        };
        let (before, after) = match plan.place {
            Place::Root => (8, 12),
            Place::Level2(_) => (7, 11),
            Place::Issuing(_) => (6, 10),
        };
        let content = Content {
            serial: x509::serial(plan.seed, &format!("{} {}", plan.common_name, plan.generation))?,
            issuer,
            subject,
            not_before: years(plan.now, -before)?,
            not_after: years(plan.now, after)?,
            extensions: extensions(&plan.place, plan.family, &public)?,
        };
        let scheme = plan.family.scheme();
        let pen = Pen { key: &signer.private, scheme };
        let certificate = x509::certificate(content, &public, &pen)?;
        let file = stem(plan.common_name);
        let common_name = plan.common_name.to_owned();
        Ok(Self { common_name, file, certificate, key: plan.key, scheme })
    }

    /// An authority of a hierarchy that was written before, by its certificate.
    ///
    /// Errors: [`Error::Stranger`] where its key is none of the pool.
    pub(super) fn known(certificate: Certificate) -> Result<Self, Error> {
        let tbs = certificate.tbs_certificate();
        let common_name = common_name(tbs.subject()).unwrap_or_default();
        let key = Key::of_authority(tbs.subject_public_key_info())?;
        let key = key.ok_or_else(|| Error::Stranger(common_name.clone()))?;
        let (file, scheme) = (stem(&common_name), Scheme::of(&certificate));
        Ok(Self { common_name, file, certificate, key, scheme })
    }

    /// Its name.
    pub(super) fn name(&self) -> Name {
        self.certificate.tbs_certificate().subject().clone()
    }

    /// Its public key.
    pub(super) fn public(&self) -> &SubjectPublicKeyInfoOwned {
        self.certificate.tbs_certificate().subject_public_key_info()
    }

    /// SHA-256 of its public key, as SubjectPublicKeyInfo, in hexadecimal.
    pub(super) fn fingerprint(&self) -> Result<String, Error> {
        Ok(hex::encode(Sha256::digest(self.public().to_der()?)))
    }

    /// Where its revocation list would be published.
    pub(super) fn crl_address(&self) -> String {
        format!("http://{HOST}/cdp/{}.crl", self.file)
    }

    /// Where its certificate would be published.
    pub(super) fn certificate_address(&self) -> String {
        format!("http://{HOST}/cacerts/{}.cer", self.file)
    }

    /// A certificate signed by this authority, for somebody's key.
    pub(super) fn sign(
        &self,
        content: Content,
        key: &SubjectPublicKeyInfoOwned,
    ) -> Result<Certificate, Error> {
        x509::certificate(content, key, &self.pen())
    }

    /// What it signs with.
    pub(super) fn pen(&self) -> Pen<'_> {
        Pen { key: &self.key.private, scheme: self.scheme }
    }

    /// The generation that it is of.
    pub(super) fn is_g4(&self) -> bool {
        self.scheme == Scheme::Pss
    }
}

/// The stem of the files of an authority.
fn stem(common_name: &str) -> String {
    common_name.to_lowercase().replace(' ', "_")
}

fn common_name(name: &Name) -> Option<String> {
    let mut attributes = name.as_ref().iter().flat_map(|part| part.iter());
    let found = attributes.find(|attribute| attribute.oid == oids::COMMON_NAME)?;
    Some(found.value.decode_as::<Utf8StringRef<'_>>().ok()?.as_str().to_owned())
}

/// The same moment of another year.
pub(super) fn years(at: Timestamp, years: i64) -> Result<Timestamp, Error> {
    let moved = at.to_zoned(TimeZone::UTC).checked_add(Span::new().years(years));
    Ok(moved.map_err(|_| Error::Date(at))?.timestamp())
}

fn subject(common_name: &str, place: &Place<'_>) -> Result<Name, Error> {
    let country = (oids::COUNTRY, Text::Printable("NL"));
    let organisation = (oids::ORGANISATION, Text::Utf8("FAKE CIBG"));
    let identifier = (oids::ORGANISATION_IDENTIFIER, Text::Utf8("NTRNL-00000000"));
    let common_name = (oids::COMMON_NAME, Text::Utf8(common_name));
    match place {
        Place::Root | Place::Level2(_) => x509::name(&[country, organisation, common_name]),
        Place::Issuing(_) => x509::name(&[country, organisation, identifier, common_name]),
    }
}

fn extensions(
    place: &Place<'_>,
    family: Family,
    public: &SubjectPublicKeyInfoOwned,
) -> Result<Vec<Extension>, Error> {
    let usage = KeyUsage(KeyUsages::KeyCertSign | KeyUsages::CRLSign);
    let constraints = |path_len_constraint| BasicConstraints { ca: true, path_len_constraint };
    match place {
        Place::Root => Ok(vec![
            x509::subject_key(public)?,
            x509::critical(&constraints(None))?,
            x509::critical(&usage)?,
        ]),
        Place::Level2(above) => Ok(vec![
            x509::subject_key(public)?,
            x509::critical(&constraints(None))?,
            x509::authority_key(above.public())?,
            policies(family)?,
            x509::crl_address(&above.crl_address())?,
            x509::critical(&usage)?,
        ]),
        Place::Issuing(above) => Ok(vec![
            x509::access(&above.certificate_address(), None)?,
            x509::subject_key(public)?,
            x509::critical(&constraints(Some(0)))?,
            x509::authority_key(above.public())?,
            policies(family)?,
            x509::crl_address(&above.crl_address())?,
            x509::critical(&usage)?,
            x509::extension(&ExtendedKeyUsage(ISSUING_USAGES.to_vec()))?,
        ]),
    }
}

/// The last one carries the address of the practice statement.
fn policies(family: Family) -> Result<Extension, Error> {
    let policies = family.policies();
    let cps = |position| (position + 1 == policies.len()).then_some(CPS);
    let list = policies.iter().enumerate();
    let list = list.map(|(position, policy)| x509::policy(*policy, cps(position), None));
    x509::policies(list.collect::<Result<_, _>>()?)
}

/// The extended key usages of an issuing authority, as those of the register have them.
const ISSUING_USAGES: [ObjectIdentifier; 5] = [
    oids::CLIENT_AUTH,
    oids::EMAIL_PROTECTION,
    oids::DOCUMENT_SIGNING,
    oids::ENCRYPTING_FILE_SYSTEM,
    oids::OCSP_SIGNING,
];
