//! The object identifiers of the test hierarchy: the published TEST ones, never a production one.
//! Where none is published (type M), they are of the arc that is reserved for examples (RFC 5612).

use const_oid::ObjectIdentifier;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

// Subject attributes.
pub(super) const COUNTRY: ObjectIdentifier = oid("2.5.4.6");
pub(super) const ORGANISATION: ObjectIdentifier = oid("2.5.4.10");
pub(super) const ORGANISATION_IDENTIFIER: ObjectIdentifier = oid("2.5.4.97");
pub(super) const TITLE: ObjectIdentifier = oid("2.5.4.12");
pub(super) const SURNAME: ObjectIdentifier = oid("2.5.4.4");
pub(super) const GIVEN_NAME: ObjectIdentifier = oid("2.5.4.42");
pub(super) const SERIAL_NUMBER: ObjectIdentifier = oid("2.5.4.5");
pub(super) const COMMON_NAME: ObjectIdentifier = oid("2.5.4.3");

// Names in subjectAltName.
pub(super) const UPN: ObjectIdentifier = oid("1.3.6.1.4.1.311.20.2.3");
pub(super) const UZI: ObjectIdentifier = oid("2.5.5.5");

// Policies (TEST).
pub(super) const POLICY_AUTHENTICITY: ObjectIdentifier = oid("2.16.528.1.1007.99.211");
pub(super) const POLICY_SIGNATURE: ObjectIdentifier = oid("2.16.528.1.1007.99.212");
pub(super) const POLICY_CONFIDENTIALITY: ObjectIdentifier = oid("2.16.528.1.1007.99.213");
/// Policies of type M.
pub(super) const POLICY_M_AUTHENTICITY: ObjectIdentifier = oid("1.3.6.1.4.1.32473.2.1");
pub(super) const POLICY_M_CONFIDENTIALITY: ObjectIdentifier = oid("1.3.6.1.4.1.32473.2.2");
/// Second policy of TEST authenticity certificates since 2024.
pub(super) const POLICY_NCP: ObjectIdentifier = oid("2.16.528.1.1007.99.2042");
/// A policy nobody gave a meaning: from the arc reserved for examples.
pub(super) const POLICY_UNKNOWN: ObjectIdentifier = oid("1.3.6.1.4.1.32473.1");
pub(super) const QUALIFIER_CPS: ObjectIdentifier = oid("1.3.6.1.5.5.7.2.1");
pub(super) const QUALIFIER_NOTICE: ObjectIdentifier = oid("1.3.6.1.5.5.7.2.2");

// "OID CA" in the UZI name (TEST; of type M: an example).
pub(super) const CA_Z: &str = "2.16.528.1.1007.99.217";
pub(super) const CA_N: &str = "2.16.528.1.1007.99.218";
pub(super) const CA_M: &str = "1.3.6.1.4.1.32473.2.3";
pub(super) const CA_S: &str = "2.16.528.1.1007.99.2110";

// Extended key usages.
pub(super) const CLIENT_AUTH: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.2");
pub(super) const EMAIL_PROTECTION: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.4");
pub(super) const OCSP_SIGNING: ObjectIdentifier = oid("1.3.6.1.5.5.7.3.9");
pub(super) const DOCUMENT_SIGNING: ObjectIdentifier = oid("1.3.6.1.4.1.311.10.3.12");
pub(super) const ENCRYPTING_FILE_SYSTEM: ObjectIdentifier = oid("1.3.6.1.4.1.311.10.3.4");

// Access methods.
pub(super) const OCSP: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1");
pub(super) const CA_ISSUERS: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.2");
