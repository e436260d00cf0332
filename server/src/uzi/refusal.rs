//! Why a card is not let in: one variant a check, in the order in which the checks are made.

use const_oid::ObjectIdentifier;
use jiff::Timestamp;
use wire::uzi::{CertificateError, Kind};

use super::certificate;

/// Which certificate of the path a finding is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// The card's own certificate.
    Card,
    /// An issuing or intermediate authority, by its common name.
    Authority(String),
    /// The anchor at the end of the path, by its common name.
    Root(String),
}

/// Why a revocation list that names an issuer does not count for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListFault {
    /// Another key signed it, or with an algorithm outside the list.
    Signature,
    /// It has only what changed since another list.
    Delta,
    /// It speaks for other issuers too.
    Indirect,
    /// Version 1, or one nobody knows.
    Version,
    /// It does not say when the next one comes.
    NoNextUpdate,
    /// It is about some certificates or some reasons only.
    Scope,
    /// Something else, in the library's words.
    Other(String),
}

/// The first check that failed.
///
/// Each variant belongs to one step of the order in `docs/uzi-verifier.md`.
/// [`Refusal::code`] is stable, [`Refusal::dutch`] and [`Refusal::english`] name the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Step 1: not one well-formed certificate.
    Unreadable(certificate::Error),
    /// Step 1: a key that is not RSA.
    KeyNotRsa(Element),
    /// Step 1: an RSA key below 2048 (or above 8192) bits.
    KeySize(Element, usize),
    /// Step 1: signed with an algorithm outside the list.
    SignatureAlgorithm(Element, String),
    /// Step 1: a critical extension that is not processed here.
    CriticalExtension(Element, ObjectIdentifier),
    /// Step 2: nobody with the issuer's name is trusted, or the chain above it has a gap.
    NoPath {
        /// The common name the certificate gives as its issuer.
        issuer: String,
    },
    /// Step 2: there is a trusted authority of that name, but another key signed.
    Forged {
        /// The common name the certificate gives as its issuer.
        issuer: String,
    },
    /// Step 2: an authority in the path may not issue this, or the path breaks a rule.
    BrokenPath {
        /// Which rule.
        rule: String,
    },
    /// Step 3: its validity has not begun.
    NotYetValid(Element, Timestamp),
    /// Step 3: its validity is over.
    Expired(Element, Timestamp),
    /// Step 4: withdrawn by its issuer.
    Revoked(Element, Timestamp),
    /// Step 4: no revocation list of this issuer is at hand.
    NoRevocationList {
        /// The issuer's common name.
        issuer: String,
    },
    /// Step 4: the list at hand is past its next update.
    StaleRevocationList {
        /// The issuer's common name.
        issuer: String,
        /// When the issuer promised a newer one.
        next_update: Timestamp,
    },
    /// Step 4: the list at hand is from the future.
    EarlyRevocationList {
        /// The issuer's common name.
        issuer: String,
        /// When it was made.
        this_update: Timestamp,
    },
    /// Step 4: the list at hand is not signed by that issuer, or does not cover this certificate.
    UnusableRevocationList {
        /// The issuer's common name.
        issuer: String,
        /// What is wrong with it.
        fault: ListFault,
    },
    /// Step 5: the key usage is not exactly digitalSignature.
    KeyUsage {
        /// What it is, in the standard's words; empty without the extension.
        found: String,
    },
    /// Step 5: the key usage is right, but may be passed over by whoever does not understand it.
    KeyUsageNotCritical,
    /// Step 5: the extended key usage does not contain clientAuth.
    NotForLogin,
    /// Step 5: the certificate of an authority, not of a card.
    IsAuthority,
    /// Step 6: signed by an authority for which no card type is configured.
    UnknownIssuer {
        /// Its common name.
        issuer: String,
        /// SHA-256 of its SubjectPublicKeyInfo in hexadecimal.
        spki_sha256: String,
    },
    /// Step 6: no policy at all.
    NoPolicy {
        /// The policy that should be there.
        expected: ObjectIdentifier,
    },
    /// Step 6: policies, but not the one of this card type.
    OtherPolicy {
        /// The policy that should be there.
        expected: ObjectIdentifier,
        /// Those that are.
        found: Vec<ObjectIdentifier>,
    },
    /// Step 7: the subjectAltName has no UZI field, two, one of a wrong string type, or one whose
    /// content breaks the grammar.
    UziField(CertificateError),
    /// Step 8: the SAN names another authority than the one that signed.
    OtherAuthority {
        /// What the SAN says.
        named: String,
        /// What the authority that signed puts there.
        expected: ObjectIdentifier,
    },
    /// Step 8: the SAN names another card type than its issuer issues.
    OtherType {
        /// What the SAN says.
        named: Kind,
        /// What the authority issues.
        expected: Kind,
    },
    /// Step 9: the subject's serialNumber differs from the UZI number of the SAN.
    SerialNumber {
        /// The SAN's UZI number.
        uzi_number: String,
        /// The subject's serialNumber, if there is one.
        serial_number: Option<String>,
    },
    /// Step 9: the user principal name differs from UZI number @ subscriber.
    PrincipalName {
        /// What it should be.
        expected: String,
        /// What it is.
        found: String,
    },
    /// Step 10: this card type may not log in here.
    Type(Kind),
    /// Step 11: a role this server does not know.
    UnknownRole(String),
    /// Step 11: a role this server does not let in.
    Role(String),
    /// Step 12: a subscriber this server does not let in.
    Subscriber(String),
}

impl Refusal {
    /// The step of the verifier's order that refused.
    pub fn step(&self) -> u8 {
        match self {
            Self::Unreadable(_)
            | Self::KeyNotRsa(_)
            | Self::KeySize(..)
            | Self::SignatureAlgorithm(..)
            | Self::CriticalExtension(..) => 1,
            Self::NoPath { .. } | Self::Forged { .. } | Self::BrokenPath { .. } => 2,
            Self::NotYetValid(..) | Self::Expired(..) => 3,
            Self::Revoked(..)
            | Self::NoRevocationList { .. }
            | Self::StaleRevocationList { .. }
            | Self::EarlyRevocationList { .. }
            | Self::UnusableRevocationList { .. } => 4,
            Self::KeyUsage { .. }
            | Self::KeyUsageNotCritical
            | Self::NotForLogin
            | Self::IsAuthority => 5,
            Self::UnknownIssuer { .. } | Self::NoPolicy { .. } | Self::OtherPolicy { .. } => 6,
            Self::UziField(_) => 7,
            Self::OtherAuthority { .. } | Self::OtherType { .. } => 8,
            Self::SerialNumber { .. } | Self::PrincipalName { .. } => 9,
            Self::Type(_) => 10,
            Self::UnknownRole(_) | Self::Role(_) => 11,
            Self::Subscriber(_) => 12,
        }
    }

    /// A stable name for programs, logs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "card_certificate_unreadable",
            Self::KeyNotRsa(_) => "card_key_not_rsa",
            Self::KeySize(..) => "card_key_size",
            Self::SignatureAlgorithm(..) => "card_signature_algorithm",
            Self::CriticalExtension(..) => "card_critical_extension",
            Self::NoPath { .. } => "card_issuer_not_trusted",
            Self::Forged { .. } => "card_issuer_signature",
            Self::BrokenPath { .. } => "card_path_broken",
            Self::NotYetValid(..) => "card_not_yet_valid",
            Self::Expired(Element::Card, _) => "card_expired",
            Self::Expired(..) => "card_issuer_expired",
            Self::Revoked(Element::Card, _) => "card_revoked",
            Self::Revoked(..) => "card_issuer_revoked",
            Self::NoRevocationList { .. } => "card_revocation_list_missing",
            Self::StaleRevocationList { .. } => "card_revocation_list_stale",
            Self::EarlyRevocationList { .. } => "card_revocation_list_early",
            Self::UnusableRevocationList { .. } => "card_revocation_list_unusable",
            Self::KeyUsage { .. } => "card_key_usage",
            Self::KeyUsageNotCritical => "card_key_usage_not_critical",
            Self::NotForLogin => "card_not_for_login",
            Self::IsAuthority => "card_is_authority",
            Self::UnknownIssuer { .. } => "card_issuer_unknown",
            Self::NoPolicy { .. } => "card_policy_missing",
            Self::OtherPolicy { .. } => "card_policy_unexpected",
            Self::UziField(_) => "card_uzi_field",
            Self::OtherAuthority { .. } => "card_uzi_field_other_issuer",
            Self::OtherType { .. } => "card_uzi_field_other_type",
            Self::SerialNumber { .. } => "card_serial_number",
            Self::PrincipalName { .. } => "card_principal_name",
            Self::Type(_) => "card_type_refused",
            Self::UnknownRole(_) => "card_role_unknown",
            Self::Role(_) => "card_role_refused",
            Self::Subscriber(_) => "card_subscriber_refused",
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.english())
    }
}

impl std::error::Error for Refusal {}
