//! Certificates of holders: what one says before it is signed, as a draft that can be spoilt.

use std::borrow::Cow;

use const_oid::ObjectIdentifier;
use der::asn1::{Any, Ia5StringRef, Utf8StringRef};
use jiff::{SignedDuration, Timestamp};
use x509_cert::certificate::Certificate;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::{GeneralName, OtherName};
use x509_cert::ext::pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages};
use x509_cert::ext::pkix::{ID_CE_SUBJECT_ALT_NAME, SubjectAltName};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;

use super::authority::{self, Authority};
use super::keys::Key;
use super::x509::{self, Content, Text};
use super::{CPS, Error, HOST, oids, qualified};

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
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The type of their pass.
    pub pass: Pass,
    /// The UZI number: nine digits.
    pub number: Cow<'static, str>,
    /// The subscriber number (URA): eight digits.
    pub subscriber: Cow<'static, str>,
    /// The subscriber's name.
    pub organisation: Cow<'static, str>,
    /// Two digits, a point and three digits.
    pub role: Cow<'static, str>,
    /// AGB code: eight digits, zeros where there is none.
    pub agb: Cow<'static, str>,
    /// Professional title, of type Z alone.
    pub title: Option<Cow<'static, str>>,
    /// Who or what holds the pass.
    pub named: Named,
}

/// How a holder is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    /// A person.
    Person {
        /// First names.
        given: Cow<'static, str>,
        /// Surname with its prefix.
        surname: Cow<'static, str>,
    },
    /// A function in an organisation, on a pass that names nobody.
    Function(Cow<'static, str>),
}

/// The types of pass that people hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// Care provider.
    Z,
    /// Employee by name.
    N,
    /// Employee not by name.
    M,
}

impl Pass {
    pub(super) fn letter(self) -> char {
        match self {
            Self::Z => 'Z',
            Self::N => 'N',
            Self::M => 'M',
        }
    }

    /// The "OID CA" of its UZI names.
    pub(super) fn oid(self) -> &'static str {
        match self {
            Self::Z => oids::CA_Z,
            Self::N => oids::CA_N,
            Self::M => oids::CA_M,
        }
    }

    /// The policy of its certificates for a purpose.
    pub(super) fn policy(self, purpose: Purpose) -> ObjectIdentifier {
        match (self, purpose) {
            (Self::M, Purpose::Authenticity | Purpose::Signature) => oids::POLICY_M_AUTHENTICITY,
            (Self::M, Purpose::Confidentiality) => oids::POLICY_M_CONFIDENTIALITY,
            (Self::Z | Self::N, Purpose::Authenticity) => oids::POLICY_AUTHENTICITY,
            (Self::Z | Self::N, Purpose::Signature) => oids::POLICY_SIGNATURE,
            (Self::Z | Self::N, Purpose::Confidentiality) => oids::POLICY_CONFIDENTIALITY,
        }
    }

    /// What its certificates are for; nobody signs with a pass that names nobody.
    #[must_use]
    pub fn purposes(self) -> &'static [Purpose] {
        match self {
            Self::Z | Self::N => &Purpose::ALL,
            Self::M => &[Purpose::Authenticity, Purpose::Confidentiality],
        }
    }
}

impl Holder {
    /// The holder of the test hierarchy's pass of this type.
    #[must_use]
    pub fn of(pass: Pass) -> Self {
        match pass {
            Pass::Z => ARTS,
            Pass::N => MEDEWERKER,
            Pass::M => BALIE,
        }
    }
}

/// The holder of the type Z card.
pub(super) const ARTS: Holder = Holder {
    pass: Pass::Z,
    number: Cow::Borrowed("900000101"),
    subscriber: SUBSCRIBER,
    organisation: ORGANISATION,
    role: Cow::Borrowed("01.000"),
    agb: NO_AGB,
    title: Some(Cow::Borrowed("Arts")),
    named: Named::Person { given: Cow::Borrowed("Test"), surname: Cow::Borrowed("Arts") },
};

/// The holder of the type N card.
pub(super) const MEDEWERKER: Holder = Holder {
    pass: Pass::N,
    number: Cow::Borrowed("900000001"),
    subscriber: SUBSCRIBER,
    organisation: ORGANISATION,
    role: NO_ROLE,
    agb: NO_AGB,
    title: None,
    named: Named::Person { given: Cow::Borrowed("Test"), surname: Cow::Borrowed("Medewerker") },
};

/// The holder of the type M card.
pub(super) const BALIE: Holder = Holder {
    pass: Pass::M,
    number: Cow::Borrowed("900000201"),
    subscriber: SUBSCRIBER,
    organisation: ORGANISATION,
    role: NO_ROLE,
    agb: NO_AGB,
    title: None,
    named: Named::Function(Cow::Borrowed("Test Balie")),
};

const SUBSCRIBER: Cow<'static, str> = Cow::Borrowed("90000001");
const ORGANISATION: Cow<'static, str> = Cow::Borrowed("FAKE Testpraktijk");
const NO_ROLE: Cow<'static, str> = Cow::Borrowed("00.000");
const NO_AGB: Cow<'static, str> = Cow::Borrowed("00000000");

/// A name in the UZI form, with the string type it is written in.
pub(super) enum UziName {
    /// As the register writes it.
    Ia5(String),
    /// As it must not be written.
    Utf8(String),
}

/// What a certificate is going to say. The negative set changes fields of it.
pub(super) struct Draft {
    pub(super) organisation: Cow<'static, str>,
    pub(super) title: Option<Cow<'static, str>>,
    pub(super) named: Named,
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
        let (usage, extended_usage) = match purpose {
            Purpose::Authenticity => (
                KeyUsage(KeyUsages::DigitalSignature.into()),
                vec![oids::CLIENT_AUTH, oids::DOCUMENT_SIGNING],
            ),
            Purpose::Signature => (
                KeyUsage(KeyUsages::NonRepudiation.into()),
                vec![oids::EMAIL_PROTECTION, oids::DOCUMENT_SIGNING],
            ),
            Purpose::Confidentiality => (
                KeyUsage(KeyUsages::KeyEncipherment | KeyUsages::DataEncipherment),
                vec![oids::EMAIL_PROTECTION, oids::ENCRYPTING_FILE_SYSTEM],
            ),
        };
        let mut policies = vec![holder.pass.policy(purpose)];
        policies.extend((purpose == Purpose::Authenticity).then_some(oids::POLICY_NCP));
        let upn = (purpose == Purpose::Authenticity)
            .then(|| format!("{}@{}", holder.number, holder.subscriber));
        Ok(Self {
            organisation: holder.organisation.clone(),
            title: holder.title.clone(),
            named: holder.named.clone(),
            serial_number: holder.number.to_string(),
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

    /// The same as this authority would issue it: those of generation G4 keep log-in apart.
    pub(super) fn by(
        issuer: &Authority,
        holder: &Holder,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let mut draft = Self::new(holder, purpose, now)?;
        if issuer.is_g4() && purpose == Purpose::Authenticity {
            draft.extended_usage = vec![oids::CLIENT_AUTH];
        }
        Ok(draft)
    }

    /// Signs it. `serial` sets it apart from all others of its issuer.
    pub(super) fn sign(
        &self,
        issuer: &Authority,
        key: &Key,
        serial: SerialNumber,
    ) -> Result<Certificate, Error> {
        let public = key.public()?;
        let content = Content {
            serial,
            issuer: issuer.name(),
            subject: self.subject()?,
            not_before: self.not_before,
            not_after: self.not_after,
            extensions: self.extensions(issuer, x509::subject_key(&public)?)?,
        };
        issuer.sign(content, &public)
    }

    fn subject(&self) -> Result<Name, Error> {
        let mut attributes = vec![
            (oids::COUNTRY, Text::Printable("NL")),
            (oids::ORGANISATION, Text::Utf8(&self.organisation)),
        ];
        attributes.extend(self.title.as_deref().map(|title| (oids::TITLE, Text::Utf8(title))));
        let common_name = match &self.named {
            Named::Person { given, surname } => {
                attributes.push((oids::SURNAME, Text::Utf8(surname)));
                attributes.push((oids::GIVEN_NAME, Text::Utf8(given)));
                format!("{given} {surname}")
            }
            Named::Function(name) => name.to_string(),
        };
        attributes.push((oids::SERIAL_NUMBER, Text::Printable(&self.serial_number)));
        attributes.push((oids::COMMON_NAME, Text::Utf8(&common_name)));
        x509::name(&attributes)
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
    uzi_name_as(holder, holder.pass.oid(), holder.pass.letter())
}

/// The same with another "OID CA" or type.
pub(super) fn uzi_name_as(holder: &Holder, oid: &str, letter: char) -> String {
    let Holder { number, subscriber, role, agb, .. } = holder;
    format!("{oid}-1-{number}-{letter}-{subscriber}-{role}-{agb}")
}

fn other_name(type_id: ObjectIdentifier, value: Any) -> GeneralName {
    GeneralName::OtherName(OtherName { type_id, value })
}

/// How old a card is.
const AGE: SignedDuration = SignedDuration::from_hours(24 * 30);
const NOTICE: &str = "FAKE certificaat, uitsluitend om software te testen. Er is geen persoon, geen organisatie en geen register dat hiervoor instaat.";
