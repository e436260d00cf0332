//! Certificates of holders: what one says before it is signed, as a draft that can be spoilt.

use const_oid::ObjectIdentifier;
use der::asn1::{Any, Ia5StringRef, Utf8StringRef};
use jiff::{SignedDuration, Timestamp};
use x509_cert::certificate::Certificate;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::{GeneralName, OtherName};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};
use x509_cert::ext::pkix::{ID_CE_SUBJECT_ALT_NAME, SubjectAltName};
use x509_cert::name::Name;

use super::authority::{self, Authority};
use super::keys::Key;
use super::x509::{self, Content, Text};
use super::{CPS, Error, HOST, oids, qualified};
use crate::env::Seed;

/// The three certificates of a pass, each with its own key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Logging in.
    Authenticity,
    /// Signing documents.
    Signature,
    /// Decrypting.
    Confidentiality,
}

impl Purpose {
    /// All three, in the order of the card.
    pub const ALL: [Self; 3] = [Self::Authenticity, Self::Signature, Self::Confidentiality];

    /// The word on the card, which is also the stem of the file names.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Authenticity => "Authenticiteit",
            Self::Signature => "Handtekening",
            Self::Confidentiality => "Vertrouwelijkheid",
        }
    }
}

/// A test holder.
pub(super) struct Holder {
    pub(super) number: &'static str,
    /// Type of pass.
    pub(super) pass: char,
    pub(super) oid: &'static str,
    pub(super) subscriber: &'static str,
    pub(super) role: &'static str,
    pub(super) title: Option<&'static str>,
    pub(super) given_name: &'static str,
    pub(super) surname: &'static str,
    /// The number of the first of three keys in the ring.
    pub(super) first_key: usize,
}

/// The holder of the type Z card.
pub(super) const ARTS: Holder = Holder {
    number: "900000101",
    pass: 'Z',
    oid: oids::CA_Z,
    subscriber: "90000001",
    role: "01.000",
    title: Some("Arts"),
    given_name: "Test",
    surname: "Arts",
    first_key: 0,
};

/// The holder of the type N card.
pub(super) const MEDEWERKER: Holder = Holder {
    number: "900000001",
    pass: 'N',
    oid: oids::CA_N,
    subscriber: "90000001",
    role: "00.000",
    title: None,
    given_name: "Test",
    surname: "Medewerker",
    first_key: 3,
};

/// A name in the UZI form, with the string type it is written in.
pub(super) enum UziName {
    /// As the register writes it.
    Ia5(String),
    /// As it must not be written.
    Utf8(String),
}

/// What a certificate is going to say. The negative set changes fields of it.
pub(super) struct Draft {
    pub(super) title: Option<&'static str>,
    pub(super) given_name: &'static str,
    pub(super) surname: &'static str,
    pub(super) serial_number: String,
    pub(super) upn: Option<String>,
    pub(super) uzi_names: Vec<UziName>,
    pub(super) policies: Vec<ObjectIdentifier>,
    pub(super) policies_critical: bool,
    pub(super) usage: KeyUsage,
    pub(super) extended_usage: Vec<ObjectIdentifier>,
    pub(super) qualified: bool,
    pub(super) not_before: Timestamp,
    pub(super) not_after: Timestamp,
}

impl Draft {
    /// A faultless certificate of this holder.
    pub(super) fn new(holder: &Holder, purpose: Purpose, now: Timestamp) -> Result<Self, Error> {
        let not_before = now - AGE;
        let (policies, usage, extended_usage) = match purpose {
            Purpose::Authenticity => (
                vec![oids::POLICY_AUTHENTICITY, oids::POLICY_NCP],
                KeyUsage(KeyUsages::DigitalSignature.into()),
                vec![oids::CLIENT_AUTH, oids::DOCUMENT_SIGNING],
            ),
            Purpose::Signature => (
                vec![oids::POLICY_SIGNATURE],
                KeyUsage(KeyUsages::NonRepudiation.into()),
                vec![oids::EMAIL_PROTECTION, oids::DOCUMENT_SIGNING],
            ),
            Purpose::Confidentiality => (
                vec![oids::POLICY_CONFIDENTIALITY],
                KeyUsage(KeyUsages::KeyEncipherment | KeyUsages::DataEncipherment),
                vec![oids::EMAIL_PROTECTION, oids::ENCRYPTING_FILE_SYSTEM],
            ),
        };
        let upn = (purpose == Purpose::Authenticity)
            .then(|| format!("{}@{}", holder.number, holder.subscriber));
        Ok(Self {
            title: holder.title,
            given_name: holder.given_name,
            surname: holder.surname,
            serial_number: holder.number.to_owned(),
            upn,
            uzi_names: vec![UziName::Ia5(uzi_name(holder))],
            policies,
            policies_critical: false,
            usage,
            extended_usage,
            qualified: purpose == Purpose::Signature,
            not_before,
            not_after: authority::years(not_before, 3)?,
        })
    }

    /// Signs it. `label` sets its serial number apart from all others of this seed.
    pub(super) fn sign(
        &self,
        issuer: &Authority,
        key: &Key,
        seed: Seed,
        label: &str,
    ) -> Result<Certificate, Error> {
        let public = authority::public(key)?;
        let content = Content {
            serial: x509::serial(seed, label)?,
            issuer: issuer.name(),
            subject: self.subject()?,
            not_before: self.not_before,
            not_after: self.not_after,
            extensions: self.extensions(issuer, x509::subject_key(&public)?)?,
        };
        issuer.sign(content, &public)
    }

    fn subject(&self) -> Result<Name, Error> {
        let common_name = format!("{} {}", self.given_name, self.surname);
        let title = self.title.map(|title| (oids::TITLE, Text::Utf8(title)));
        let attributes = [
            (oids::COUNTRY, Text::Printable("NL")),
            (oids::ORGANISATION, Text::Utf8(ORGANISATION)),
        ];
        let person = [
            (oids::SURNAME, Text::Utf8(self.surname)),
            (oids::GIVEN_NAME, Text::Utf8(self.given_name)),
            (oids::SERIAL_NUMBER, Text::Printable(&self.serial_number)),
            (oids::COMMON_NAME, Text::Utf8(&common_name)),
        ];
        x509::name(&attributes.into_iter().chain(title).chain(person).collect::<Vec<_>>())
    }

    /// In the order of the TEST certificate of 2024.
    fn extensions(
        &self,
        issuer: &Authority,
        subject_key: Extension,
    ) -> Result<Vec<Extension>, Error> {
        let constraints = BasicConstraints { ca: false, path_len_constraint: None };
        let mut list = vec![
            x509::raw_extension(ID_CE_SUBJECT_ALT_NAME, &self.names()?)?,
            x509::critical(&constraints)?,
            x509::authority_key(issuer.public())?,
            x509::access(&issuer.certificate_address(), Some(&format!("http://ocsp.{HOST}")))?,
        ];
        if !self.policies.is_empty() {
            list.push(self.policies()?);
        }
        list.push(x509::extension(&ExtendedKeyUsage(self.extended_usage.clone()))?);
        if self.qualified {
            list.push(qualified::statements()?);
        }
        list.push(x509::crl_address(&issuer.crl_address())?);
        list.push(subject_key);
        list.push(x509::critical(&self.usage)?);
        Ok(list)
    }

    fn names(&self) -> Result<SubjectAltName, Error> {
        let mut names = Vec::new();
        if let Some(upn) = &self.upn {
            names.push(other_name(oids::UPN, Any::encode_from(&Utf8StringRef::new(upn)?)?));
        }
        for name in &self.uzi_names {
            let value = match name {
                UziName::Ia5(text) => Any::encode_from(&Ia5StringRef::new(text)?)?,
                UziName::Utf8(text) => Any::encode_from(&Utf8StringRef::new(text)?)?,
            };
            names.push(other_name(oids::UZI, value));
        }
        Ok(SubjectAltName(names))
    }

    /// The first policy carries the qualifiers, as in the TEST certificate of 2024.
    fn policies(&self) -> Result<Extension, Error> {
        let mut list = Vec::new();
        for (position, oid) in self.policies.iter().enumerate() {
            list.push(match position {
                0 => x509::policy(*oid, Some(CPS), Some(NOTICE))?,
                _ => x509::policy(*oid, None, None)?,
            });
        }
        let critical = self.policies_critical;
        Ok(Extension { critical, ..x509::policies(list)? })
    }
}

/// The UZI name of a holder.
pub(super) fn uzi_name(holder: &Holder) -> String {
    let Holder { oid, number, pass, subscriber, role, .. } = holder;
    format!("{oid}-1-{number}-{pass}-{subscriber}-{role}-00000000")
}

fn other_name(type_id: ObjectIdentifier, value: Any) -> GeneralName {
    GeneralName::OtherName(OtherName { type_id, value })
}

/// How old a card is.
const AGE: SignedDuration = SignedDuration::from_hours(24 * 30);
const ORGANISATION: &str = "FAKE Testpraktijk";
const NOTICE: &str = "FAKE certificaat, uitsluitend om software te testen. Er is geen persoon, geen organisatie en geen register dat hiervoor instaat.";
