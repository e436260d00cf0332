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
pub mod chain;
pub mod chains;
pub mod issue;
pub mod lists;
pub mod path;
pub mod profile;
pub mod published;
pub mod refusal;
pub mod revocation;
pub mod roles;
pub mod sighting;
pub mod trust;
pub mod trust_file;
mod walk;
pub mod words;

#[cfg(test)]
mod altered;
#[cfg(test)]
mod samples;

use jiff::Timestamp;
use wire::uzi::{Identity, Subject};

use admission::Admission;
use certificate::Certificate;
use chains::Paths;
use refusal::Refusal;
use revocation::RevocationList;
use sighting::Sighting;
use trust::Trust;

/// A card that is let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// UZI number, type, organisation, role and AGB code.
    pub identity: Identity,
    /// The holder's name and organisation as text.
    pub subject: Subject,
}

/// A card that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// What is kept of it (step 14).
    pub sighting: Sighting,
    /// Whether it is let in.
    pub outcome: Result<Card, Refusal>,
}

/// Whether revocation is looked at.
#[derive(Debug, Clone, Copy)]
pub enum Revocation<'l> {
    /// Against these lists; a list that is missing or stale refuses.
    Lists(&'l [&'l RevocationList]),
    /// Not at all. For a person who examines a certificate, never for a log-in.
    Unchecked,
}

/// Steps 4 to 12 and 14 for a card with paths that hold (whose signature, at a log-in, was checked).
pub fn admit(
    paths: &Paths<'_>,
    trust: &Trust,
    revocation: Revocation<'_>,
    admission: &Admission,
    at: Timestamp,
) -> Seen {
    let sighting = Sighting::issued(paths, trust);
    let (sighting, unrevoked) = match revocation {
        Revocation::Lists(lists) => {
            let checked = chains::check(paths, trust, lists, at);
            (sighting.against(checked.number.as_deref()), checked.outcome)
        }
        Revocation::Unchecked => (sighting, Ok(())),
    };
    let outcome = unrevoked.and_then(|()| {
        let card = profile::check(paths.first(), trust)?;
        admission.check(&card.identity)?;
        Ok(card)
    });
    Seen { sighting, outcome }
}

/// Steps 1 to 12 and 14 for a certificate without a signature over a challenge.
pub fn examine(
    certificate: &Certificate,
    trust: &Trust,
    revocation: Revocation<'_>,
    admission: &Admission,
    at: Timestamp,
) -> Seen {
    match path::find(certificate, trust, at) {
        Ok(paths) => admit(&paths, trust, revocation, admission, at),
        Err(refusal) => Seen { sighting: Sighting::claimed(certificate), outcome: Err(refusal) },
    }
}
