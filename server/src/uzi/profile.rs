//! Steps 5 to 9: is this a card's authenticity certificate, and does what it says hang together?

use const_oid::ObjectIdentifier;
use der::asn1::Utf8StringRef;
use wire::uzi::{Identity, Kind};
use x509_cert::ext::pkix::KeyUsage;
use x509_cert::ext::pkix::name::GeneralName;

use super::Card;
use super::certificate::{Certificate, hex_of};
use super::chain::CardPath;
use super::issue::Issue;
use super::path::CLIENT_AUTH;
use super::refusal::Refusal;
use super::trust::Trust;

/// Runs steps 5 to 9: what the certificate says of the card and its holder.
pub fn check(path: &CardPath<'_>, trust: &Trust) -> Result<Card, Refusal> {
    check_purpose(path.card)?;
    let issue = issue(path, trust)?;
    check_policy(path.card, &issue)?;
    let read = wire::uzi::Certificate::of(path.card.inner()).map_err(Refusal::UziField)?;
    check_issuer(&read.identity, &issue)?;
    check_serial_number(path.card, &read.identity)?;
    check_principal_names(path.card, &read.identity)?;
    Ok(Card { identity: read.identity, subject: read.subject })
}

/// Step 5: no authority, exactly digitalSignature and that critical, for logging in.
fn check_purpose(card: &Certificate) -> Result<(), Refusal> {
    if card.is_authority() {
        return Err(Refusal::IsAuthority);
    }
    let extensions = card.extensions();
    let usages = extensions.key_usage.as_ref().map(usages).unwrap_or_default();
    if usages != ["digitalSignature"] {
        return Err(Refusal::KeyUsage { found: usages.join(", ") });
    }
    if !extensions.key_usage_critical {
        return Err(Refusal::KeyUsageNotCritical);
    }
    let purposes = extensions.purposes.as_deref().unwrap_or_default();
    if purposes.contains(&CLIENT_AUTH) { Ok(()) } else { Err(Refusal::NotForLogin) }
}

fn usages(usage: &KeyUsage) -> Vec<&'static str> {
    [
        (usage.digital_signature(), "digitalSignature"),
        (usage.non_repudiation(), "nonRepudiation"),
        (usage.key_encipherment(), "keyEncipherment"),
        (usage.data_encipherment(), "dataEncipherment"),
        (usage.key_agreement(), "keyAgreement"),
        (usage.key_cert_sign(), "keyCertSign"),
        (usage.crl_sign(), "cRLSign"),
        (usage.encipher_only(), "encipherOnly"),
        (usage.decipher_only(), "decipherOnly"),
    ]
    .into_iter()
    .filter_map(|(set, name)| set.then_some(name))
    .collect()
}

/// Step 6, first half: what the authority that signed issues, by its name and its key.
fn issue(path: &CardPath<'_>, trust: &Trust) -> Result<Issue, Refusal> {
    let issuer = path.issuer();
    trust.issue_of(issuer).ok_or_else(|| Refusal::UnknownIssuer {
        issuer: issuer.subject_name(),
        spki_sha256: hex_of(&issuer.spki_sha256()),
    })
}

/// Step 6, second half: the expected policy is among those named; others may stand beside it.
fn check_policy(card: &Certificate, issue: &Issue) -> Result<(), Refusal> {
    let expected = issue.policy_oid;
    match &card.extensions().policies {
        None => Err(Refusal::NoPolicy { expected }),
        Some(found) if found.contains(&expected) => Ok(()),
        Some(found) => Err(Refusal::OtherPolicy { expected, found: found.clone() }),
    }
}

/// Step 8: the field's first part and type are those of the authority that signed.
fn check_issuer(identity: &Identity, issue: &Issue) -> Result<(), Refusal> {
    if identity.ca != issue.san_oid.to_string() {
        return Err(Refusal::OtherAuthority {
            named: identity.ca.clone(),
            expected: issue.san_oid,
        });
    }
    if identity.kind != issue.kind {
        return Err(Refusal::OtherType { named: identity.kind, expected: issue.kind });
    }
    Ok(())
}

/// Step 9: one serialNumber, equal to the UZI number. A server certificate has none to compare.
fn check_serial_number(card: &Certificate, identity: &Identity) -> Result<(), Refusal> {
    let numbers = card.subject_attributes(const_oid::db::rfc4519::SERIAL_NUMBER);
    let expected = identity.number.as_str();
    match &numbers[..] {
        [one] if one == expected => Ok(()),
        [] if identity.kind == Kind::Server => Ok(()),
        _ => Err(Refusal::SerialNumber {
            uzi_number: expected.to_owned(),
            serial_number: (!numbers.is_empty()).then(|| numbers.join(", ")),
        }),
    }
}

/// Step 9: every user principal name, where there is one, is `UZI@subscriber`.
fn check_principal_names(card: &Certificate, identity: &Identity) -> Result<(), Refusal> {
    let expected = format!("{}@{}", identity.number, identity.subscriber);
    let names =
        card.extensions().names.as_ref().map(|names| names.0.as_slice()).unwrap_or_default();
    for name in names {
        let GeneralName::OtherName(other) = name else { continue };
        if other.type_id != PRINCIPAL_NAME {
            continue;
        }
        let found = match other.value.decode_as::<Utf8StringRef<'_>>() {
            Ok(text) if text.as_str() == expected => continue,
            Ok(text) => text.as_str().to_owned(),
            Err(_) => "no UTF8String".to_owned(),
        };
        return Err(Refusal::PrincipalName { expected, found });
    }
    Ok(())
}

/// Microsoft's user principal name.
const PRINCIPAL_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.311.20.2.3");
