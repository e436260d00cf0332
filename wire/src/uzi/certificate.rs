//! Reading the UZI identity and the holder from a certificate's DER.

use const_oid::ObjectIdentifier;
use der::asn1::{Ia5StringRef, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use der::{Any, Decode, Tag, Tagged};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::RdnSequence;

use super::{GrammarError, Identity};

/// The type-id of the otherName that holds the identity.
const UZI_OTHER_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.5.5");
/// The type-id of Microsoft's user principal name.
const UPN_OTHER_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2.3");

/// What an UZI certificate says of its holder. Nothing here is verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// The seven fields.
    pub identity: Identity,
    /// The first user principal name, where it is a UTF8String; `<UZI>@<subscriber>` on
    /// authenticity certificates.
    pub upn: Option<String>,
    /// The subject.
    pub subject: Subject,
}

/// The subject's attributes; of several with one type, the first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// CN: the full name.
    pub common_name: Option<String>,
    /// O: the organisation.
    pub organisation: Option<String>,
    /// title: the professional title, type Z only.
    pub title: Option<String>,
    /// SN: the surname with prefix.
    pub surname: Option<String>,
    /// GN: the first names.
    pub given_name: Option<String>,
    /// serialNumber: equals the UZI number.
    pub serial_number: Option<String>,
}

/// Why a certificate holds no UZI identity.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Not one DER certificate.
    #[error("not a DER certificate: {0}")]
    Der(der::Error),
    /// The subjectAltName is malformed or stands there twice.
    #[error("the subjectAltName is malformed: {0}")]
    AltName(String),
    /// There is no otherName of type 2.5.5.5.
    #[error("no UZI field in the subjectAltName")]
    NoUziField,
    /// There are several.
    #[error("{0} UZI fields in the subjectAltName instead of one")]
    SeveralUziFields(usize),
    /// The field is not an IA5String.
    #[error("the UZI field is a {0} instead of an IA5String")]
    NotIa5String(Tag),
    /// The field does not follow the grammar.
    #[error("the UZI field is malformed: {0}")]
    Grammar(#[from] GrammarError),
}

impl Certificate {
    /// Reads the identity and the subject. Exactly one otherName of type 2.5.5.5, an IA5String.
    ///
    /// Errors: each way in which that is not so.
    pub fn read(der: &[u8]) -> Result<Self, CertificateError> {
        let certificate = x509_cert::Certificate::from_der(der).map_err(CertificateError::Der)?;
        Self::of(&certificate)
    }

    /// The same for a certificate already decoded.
    ///
    /// Errors: as for [`Certificate::read`].
    pub fn of(certificate: &x509_cert::Certificate) -> Result<Self, CertificateError> {
        let names = alt_names(certificate)?;
        let other_names = |wanted: ObjectIdentifier| {
            names.iter().filter_map(move |name| {
                let GeneralName::OtherName(other) = name else { return None };
                (other.type_id == wanted).then_some(&other.value)
            })
        };
        let fields: Vec<&Any> = other_names(UZI_OTHER_NAME).collect();
        let field = match fields[..] {
            [] => return Err(CertificateError::NoUziField),
            [field] => field,
            _ => return Err(CertificateError::SeveralUziFields(fields.len())),
        };
        let text = field
            .decode_as::<Ia5StringRef<'_>>()
            .map_err(|_| CertificateError::NotIa5String(field.tag()))?;
        let upn = other_names(UPN_OTHER_NAME)
            .next()
            .and_then(|value| value.decode_as::<Utf8StringRef<'_>>().ok())
            .map(|text| text.as_str().to_owned());
        let subject = Subject::of(certificate.tbs_certificate().subject().as_ref());
        Ok(Self { identity: text.as_str().parse()?, upn, subject })
    }
}

fn alt_names(certificate: &x509_cert::Certificate) -> Result<Vec<GeneralName>, CertificateError> {
    let malformed = |error: &dyn std::fmt::Display| CertificateError::AltName(error.to_string());
    let mut found = certificate
        .tbs_certificate()
        .filter_extensions::<SubjectAltName>()
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| malformed(&error))?;
    if found.len() > 1 {
        return Err(malformed(&"it stands there twice"));
    }
    Ok(found.pop().map(|(_, names)| names.0).unwrap_or_default())
}

impl Subject {
    /// Collects the attributes of a name.
    #[must_use]
    pub fn of(name: &RdnSequence) -> Self {
        let first = |oid: &str| {
            name.iter()
                .flat_map(|rdn| rdn.iter())
                .find(|attribute| attribute.oid.to_string() == oid)
                .and_then(|attribute| directory_string(&attribute.value))
        };
        Self {
            common_name: first("2.5.4.3"),
            surname: first("2.5.4.4"),
            serial_number: first("2.5.4.5"),
            organisation: first("2.5.4.10"),
            title: first("2.5.4.12"),
            given_name: first("2.5.4.42"),
        }
    }
}

/// The text of a directory string, where it is of a form that certificates of this field use.
fn directory_string(value: &Any) -> Option<String> {
    let utf8 = || value.decode_as::<Utf8StringRef<'_>>().map(|s| s.as_str().to_owned());
    let printable = || value.decode_as::<PrintableStringRef<'_>>().map(|s| s.as_str().to_owned());
    let teletex = || value.decode_as::<TeletexStringRef<'_>>().map(|s| s.as_str().to_owned());
    let ia5 = || value.decode_as::<Ia5StringRef<'_>>().map(|s| s.as_str().to_owned());
    utf8().or_else(|_| printable()).or_else(|_| teletex()).or_else(|_| ia5()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uzi::Kind;
    use proptest::prelude::*;

    fn sample(name: &str) -> Vec<u8> {
        let path = format!("{}/../tests/uzi/samples/{name}.pem", env!("CARGO_MANIFEST_DIR"));
        let pem = std::fs::read_to_string(&path).expect(&path);
        let (label, der) = der::pem::decode_vec(pem.as_bytes()).unwrap();
        assert_eq!(label, "CERTIFICATE");
        der
    }

    #[test]
    fn the_real_test_huisarts_is_read() {
        let read = Certificate::read(&sample("real-test/z_huisarts_2024_authenticiteit")).unwrap();
        assert_eq!(
            read.identity.to_string(),
            "2.16.528.1.1007.99.217-1-900030757-Z-90000380-01.015-00000000"
        );
        assert_eq!(read.identity.kind, Kind::CareProvider);
        assert_eq!(read.upn.as_deref(), Some("900030757@90000380"));
        assert_eq!(
            read.subject,
            Subject {
                common_name: Some("Jan test-90023422".into()),
                organisation: Some("Tést Zorginstelling 01".into()),
                title: Some("Huisarts".into()),
                surname: Some("test-90023422".into()),
                given_name: Some("Jan".into()),
                serial_number: Some("900030757".into()),
            }
        );
    }

    #[test]
    fn the_other_two_certificates_of_a_card_have_no_upn() {
        for name in ["handtekening", "vertrouwelijkheid"] {
            let read =
                Certificate::read(&sample(&format!("real-test/z_arts_2017_{name}"))).unwrap();
            assert_eq!(read.identity.number.as_str(), "900016528");
            assert_eq!(read.upn, None);
        }
    }

    /// The strict reading of each mock, from the table beside the samples.
    #[test]
    fn the_mocks_are_refused_each_for_its_reason() {
        let refused =
            |name: &str| Certificate::read(&sample(&format!("mock-puzi/mock-{name}"))).unwrap_err();
        for name in [
            "001-no-rnd",
            "001-no-valid-uzi-data",
            "002-invalid-san",
            "003",
            "003-valid-san",
            "003-invalid-othername",
        ] {
            assert_eq!(refused(name), CertificateError::NoUziField, "{name}");
        }
        for name in ["004-valid-othername", "005-valid-othername", "005-incorrect-san-data"] {
            assert_eq!(refused(name), GrammarError::Fields(1).into(), "{name}");
        }
        for name in ["011-correct", "012-correct-admin"] {
            assert_eq!(refused(name), GrammarError::Number.into(), "{name}");
        }
        assert!(matches!(refused("020-incorrect-oidca"), CertificateError::Grammar(_)));
    }

    #[test]
    fn bytes_after_the_certificate_are_refused() {
        let mut der = sample("real-test/z_huisarts_2024_authenticiteit");
        der.push(0);
        assert!(matches!(Certificate::read(&der), Err(CertificateError::Der(_))));
    }

    proptest! {
        #[test]
        fn no_changed_byte_makes_the_reader_panic(index: prop::sample::Index, byte: u8) {
            let mut der = sample("real-test/z_huisarts_2024_authenticiteit");
            let at = index.index(der.len());
            der[at] = byte;
            let _ = Certificate::read(&der);
        }
    }
}
