//! Verifying UZI cards: who a certificate names, and whether that may be believed.
//!
//! The order of the checks is fixed, each has its own refusal, and the first that fails is the
//! answer: 1 form, key and algorithms; 2 path to an anchor; 3 dates; (13 the signature over the
//! challenge, which needs no network and so comes before anything is fetched); 4 revocation;
//! 5 purpose; 6 policy; 7 the UZI field; 8 its issuer and type; 9 holder's number; 10 type; 11 role;
//! 12 organisation. `docs/uzi-verifier.md` says why.

pub mod admission;
pub mod algorithm;
pub mod certificate;
pub mod lists;
pub mod path;
pub mod profile;
pub mod published;
pub mod refusal;
pub mod revocation;
pub mod roles;
pub mod trust;
pub mod trust_file;
mod walk;
pub mod words;

#[cfg(test)]
mod samples;

use jiff::Timestamp;
use wire::uzi::{Identity, Subject};

use admission::Admission;
use certificate::Certificate;
use path::CardPath;
use refusal::Refusal;
use revocation::RevocationList;
use trust::Trust;

/// A card that is let in, with what the log of it must hold (step 14).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// UZI number, type, organisation, role and AGB code.
    pub identity: Identity,
    /// The holder's name and organisation as text.
    pub subject: Subject,
    /// The certificate's serial number in hexadecimal.
    pub serial: String,
    /// The issuing authority's common name.
    pub issuer: String,
    /// The policy it was issued under.
    pub policy: String,
    /// The last moment of its validity.
    pub not_after: Timestamp,
    /// The number of the revocation list that was consulted, in hexadecimal.
    pub revocation_list: Option<String>,
}

/// Whether revocation is looked at.
#[derive(Debug, Clone, Copy)]
pub enum Revocation<'l> {
    /// Against these lists; a list that is missing or stale refuses.
    Lists(&'l [&'l RevocationList]),
    /// Not at all. For a person who examines a certificate, never for a log-in.
    Unchecked,
}

/// Steps 4 to 12 for a card whose path stands (and whose signature, at a log-in, was checked).
pub fn admit(
    path: &CardPath<'_>,
    trust: &Trust,
    revocation: Revocation<'_>,
    admission: &Admission,
    at: Timestamp,
) -> Result<Card, Refusal> {
    let revocation_list = match revocation {
        Revocation::Lists(lists) => revocation::check(path, trust, lists, at)?,
        Revocation::Unchecked => None,
    };
    let profile = profile::check(path, trust)?;
    admission.check(&profile.identity)?;
    Ok(Card {
        identity: profile.identity,
        subject: profile.subject,
        serial: path.card.serial(),
        issuer: path.issuer().subject_name(),
        policy: profile.policy.to_string(),
        not_after: path.card.not_after(),
        revocation_list,
    })
}

/// Steps 1 to 12 for a certificate without a signature over a challenge.
pub fn examine(
    certificate: &Certificate,
    trust: &Trust,
    revocation: Revocation<'_>,
    admission: &Admission,
    at: Timestamp,
) -> Result<Card, Refusal> {
    let path = path::find(certificate, trust, at)?;
    admit(&path, trust, revocation, admission, at)
}
