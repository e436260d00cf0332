//! The paths from a card's certificate to an anchor: steps 1 to 3 for every element of each.
//!
//! The chains are found by names and signatures (`walk.rs`); each is judged here. rustls-webpki judges
//! it too, at one moment at which all of it is valid: signatures, names, basic constraints and name
//! constraints. What it leaves out is done here: key usage and purposes of authorities, key sizes,
//! and everything about the anchor (dates, algorithm, path length).

use std::ops::ControlFlow;

use const_oid::ObjectIdentifier;
use jiff::Timestamp;

use super::algorithm::{self, KeyFault};
use super::certificate::Certificate;
use super::chain::CardPath;
use super::chains::{self, Paths};
use super::refusal::{Element, Refusal};
use super::trust::Trust;
use super::walk;

/// Finds the paths that are valid at `at`, or names the first check that fails.
///
/// Of several paths that are refused the one that came furthest tells why, so that "expired" is
/// never said of a card nobody vouched for. An authority gets its paths too: step 5 refuses it.
pub fn find<'t>(
    card: &'t Certificate,
    trust: &'t Trust,
    at: Timestamp,
) -> Result<Paths<'t>, Refusal> {
    check_form(Element::Card, card)?;
    let mut held = Vec::new();
    let mut refused: Option<Refusal> = None;
    let _ = walk::each(card, trust, |path| {
        match check(&path, at) {
            Ok(()) => held.push(path),
            Err(refusal) => {
                if refused.as_ref().is_none_or(|known| known.step() < refusal.step()) {
                    refused = Some(refusal);
                }
            }
        }
        if held.len() < chains::MOST { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    Paths::of(held).ok_or_else(|| refused.unwrap_or_else(|| unsigned(card, trust)))
}

/// What can be said of a certificate without looking at any other.
fn check_form(element: Element, certificate: &Certificate) -> Result<(), Refusal> {
    match algorithm::check_key(certificate) {
        Err(KeyFault::NotRsa) => return Err(Refusal::KeyNotRsa(element)),
        Err(KeyFault::Size(bits)) => return Err(Refusal::KeySize(element, bits)),
        Ok(()) => {}
    }
    if algorithm::of(certificate).is_none() {
        return Err(Refusal::SignatureAlgorithm(element, algorithm::name(certificate)));
    }
    match certificate.extensions().unknown_critical.first() {
        Some(oid) => Err(Refusal::CriticalExtension(element, *oid)),
        None => Ok(()),
    }
}

fn check(path: &CardPath<'_>, at: Timestamp) -> Result<(), Refusal> {
    let elements = path.elements();
    for (element, certificate) in &elements {
        check_form(element.clone(), certificate)?;
    }
    for (below, authority) in path.authorities().into_iter().enumerate() {
        check_authority(authority, below)?;
    }
    if let Some(moment) = moment_of_all(path, at) {
        path.judge(moment, None)
            .map_err(|error| Refusal::BrokenPath { rule: format!("{error:?}") })?;
    }
    for (element, certificate) in elements {
        if at < certificate.not_before() {
            return Err(Refusal::NotYetValid(element, certificate.not_before()));
        }
        if at > certificate.not_after() {
            return Err(Refusal::Expired(element, certificate.not_after()));
        }
    }
    Ok(())
}

/// The moment nearest to `at` at which everything below the anchor is valid; the library judges a
/// path at one only. Without any, the dates are the fault.
fn moment_of_all(path: &CardPath<'_>, at: Timestamp) -> Option<Timestamp> {
    let below = || path.links().map(|(_, certificate, _)| certificate);
    let begin = below().map(Certificate::not_before).max()?;
    let end = below().map(Certificate::not_after).min()?;
    (begin <= end).then(|| at.clamp(begin, end))
}

/// What an authority with `below` authorities under it must allow.
fn check_authority(authority: &Certificate, below: usize) -> Result<(), Refusal> {
    let name = authority.subject_name();
    let broken = |rule: String| Err(Refusal::BrokenPath { rule });
    let extensions = authority.extensions();
    if extensions.key_usage.as_ref().is_some_and(|usage| !usage.key_cert_sign()) {
        return broken(format!("{name}: key usage without keyCertSign"));
    }
    let logs_in = |oid: &ObjectIdentifier| *oid == CLIENT_AUTH || *oid == ANY_PURPOSE;
    if extensions.purposes.as_ref().is_some_and(|purposes| !purposes.iter().any(logs_in)) {
        return broken(format!("{name}: extended key usage without clientAuth"));
    }
    let longest =
        extensions.constraints.as_ref().and_then(|constraints| constraints.path_len_constraint);
    if longest.is_some_and(|longest| below > usize::from(longest)) {
        return broken(format!("{name}: path length constraint"));
    }
    Ok(())
}

/// Why no signature at all leads from the card to an anchor, as exactly as can be known.
fn unsigned(card: &Certificate, trust: &Trust) -> Refusal {
    if let Some(refusal) = weak_link(card, trust) {
        return refusal;
    }
    let issuer = card.issuer_name();
    match walk::is_named(card, trust) {
        true => Refusal::Forged { issuer },
        false => Refusal::NoPath { issuer },
    }
}

/// Walks up by names, and reports an authority that no better one of the same name replaces.
fn weak_link(card: &Certificate, trust: &Trust) -> Option<Refusal> {
    let mut issuer = card.issuer();
    // More names than a path can have are a circle.
    for _ in 0..=trust.pool().len() {
        let weaknesses: Vec<_> = trust.named(issuer).map(|one| (one, weakness(one))).collect();
        let (authority, first) = weaknesses.first()?;
        if weaknesses.iter().all(|(_, weakness)| weakness.is_some()) {
            return first.clone();
        }
        issuer = authority.issuer();
    }
    None
}

fn weakness(authority: &Certificate) -> Option<Refusal> {
    let element = if authority.subject() == authority.issuer() {
        Element::Root(authority.subject_name())
    } else {
        Element::Authority(authority.subject_name())
    };
    check_form(element, authority).err()
}

/// id-kp-clientAuth.
pub(super) const CLIENT_AUTH: ObjectIdentifier = const_oid::db::rfc5280::ID_KP_CLIENT_AUTH;
/// anyExtendedKeyUsage.
const ANY_PURPOSE: ObjectIdentifier = const_oid::db::rfc5280::ANY_EXTENDED_KEY_USAGE;
