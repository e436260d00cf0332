//! The chains of one card that hold, and which of them revocation leaves standing.
//!
//! An authority may have several certificates of one key: a pair of 2017 and 2019, or one from
//! another root. One of them being withdrawn does not end the others, so every chain is tried; but
//! where it was withdrawn because the key was lost, no certificate of that key counts any more.

use jiff::Timestamp;

use super::algorithm;
use super::certificate::Certificate;
use super::chain::CardPath;
use super::refusal::{Element, Refusal};
use super::revocation::{self, Checked, RevocationList};
use super::trust::Trust;

/// How many chains are kept for one card, at most: revocation is asked of each.
pub(super) const MOST: usize = 16;

/// Every chain of one card that holds by names, signatures and dates; at least one.
///
/// The card was signed by one key, so its issuer has one name and one key in all of them.
#[derive(Debug, Clone)]
pub struct Paths<'t> {
    first: CardPath<'t>,
    others: Vec<CardPath<'t>>,
}

impl<'t> Paths<'t> {
    /// Those of `paths`, if there is one.
    pub(super) fn of(paths: Vec<CardPath<'t>>) -> Option<Self> {
        let mut paths = paths.into_iter();
        let first = paths.next()?;
        Some(Self { first, others: paths.collect() })
    }

    /// The first one, which says of card and issuer what each of them says.
    pub fn first(&self) -> &CardPath<'t> {
        &self.first
    }
}

/// Checks the chains against `lists`, one after the other until one stands.
///
/// Of several that do not, the one that came furthest says why.
pub(super) fn check(
    paths: &Paths<'_>,
    trust: &Trust,
    lists: &[&RevocationList],
    at: Timestamp,
) -> Checked {
    let mut answer = check_one(&paths.first, trust, lists, at);
    for path in &paths.others {
        let Err(known) = &answer.outcome else { break };
        let next = check_one(path, trust, lists, at);
        let further = match &next.outcome {
            Ok(()) => true,
            Err(refusal) => distance(refusal) > distance(known),
        };
        if further {
            answer = next;
        }
    }
    answer
}

fn check_one(
    path: &CardPath<'_>,
    trust: &Trust,
    lists: &[&RevocationList],
    at: Timestamp,
) -> Checked {
    let checked = revocation::check(path, lists, at);
    match lost_key(path, trust, lists) {
        Some(refusal) => Checked { outcome: Err(refusal), ..checked },
        None => checked,
    }
}

/// How far a chain came. A withdrawn card is so in all of them, and nothing helps it; a list that
/// is missing can still come; a withdrawn authority is the end of its own chain only.
fn distance(refusal: &Refusal) -> Option<usize> {
    const NEAREST_LAST: [&str; 6] = [
        "card_issuer_revoked",
        "card_revocation_list_missing",
        "card_revocation_list_unusable",
        "card_revocation_list_early",
        "card_revocation_list_stale",
        "card_revoked",
    ];
    NEAREST_LAST.iter().position(|code| *code == refusal.code())
}

/// The authority of `path` whose key was reported lost with any certificate of it.
fn lost_key(path: &CardPath<'_>, trust: &Trust, lists: &[&RevocationList]) -> Option<Refusal> {
    path.authorities().into_iter().find_map(|authority| {
        let since = certificates(trust)
            .filter(|one| one.spki_sha256() == authority.spki_sha256())
            .find_map(|twin| lists.iter().find_map(|list| reported(twin, trust, list)))?;
        let name = authority.subject_name();
        let root = authority.der() == path.anchor.der();
        let element = if root { Element::Root(name) } else { Element::Authority(name) };
        Some(Refusal::Revoked(element, since))
    })
}

/// Since when the list of the certificate's issuer says that its key was lost.
fn reported(certificate: &Certificate, trust: &Trust, list: &RevocationList) -> Option<Timestamp> {
    let since = list.compromised(certificate)?;
    let by_issuer =
        |issuer: &Certificate| list.is_by(issuer) && algorithm::signed_by(certificate, issuer);
    trust.named(certificate.issuer()).any(by_issuer).then_some(since)
}

fn certificates(trust: &Trust) -> impl Iterator<Item = &Certificate> {
    trust.anchors().iter().chain(trust.pool())
}
