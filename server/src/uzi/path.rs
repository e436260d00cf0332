//! The path from a card's certificate to an anchor: steps 1 to 3 for every element of it.
//!
//! rustls-webpki builds the path and checks signatures, names, basic constraints and name
//! constraints. What it leaves out is done here: key usage and purposes of authorities, key sizes,
//! and everything about the anchor (dates, algorithm, path length).

use std::cell::RefCell;
use std::time::Duration;

use const_oid::ObjectIdentifier;
use jiff::Timestamp;
use rustls::pki_types::{TrustAnchor, UnixTime};
use webpki::{ExtendedKeyUsageValidator, KeyPurposeIdIter, VerifiedPath};

use super::algorithm::{self, KeyFault};
use super::certificate::Certificate;
use super::chain::CardPath;
use super::refusal::{Element, Refusal};
use super::trust::Trust;
use super::walk;

/// Finds a path that is valid at `at`, or names the first check that fails.
///
/// Where the only paths are outside their dates, the refusal says which certificate is: the search
/// is repeated at other moments, so that "expired" is never said of a card nobody vouched for. An
/// authority gets its path too, by signatures alone: step 5 always refuses it.
pub fn find<'t>(
    card: &'t Certificate,
    trust: &'t Trust,
    at: Timestamp,
) -> Result<CardPath<'t>, Refusal> {
    check_alone(card)?;
    let parsed = webpki::EndEntityCert::try_from(card.der())
        .map_err(|error| Refusal::BrokenPath { rule: error.to_string() })?;
    let mut first_error = None;
    for moment in moments(card, trust, at) {
        let refusal = RefCell::new(None);
        let found = RefCell::new(None);
        let judge =
            |candidate: &VerifiedPath<'_>| judge(card, trust, candidate, at, &found, &refusal);
        let result = parsed.verify_for_usage(
            algorithm::ALLOWED,
            trust.library_anchors(),
            trust.library_pool(),
            unix_time(moment),
            AnyPurpose,
            None,
            Some(&judge),
        );
        match (result, found.into_inner(), refusal.into_inner()) {
            (Ok(_), Some(path), _) => return Ok(path),
            (_, _, Some(refusal)) => return Err(refusal),
            (Err(error), _, None) if !about_dates(&error) => {
                first_error.get_or_insert(error);
            }
            (Ok(_) | Err(_), _, None) => {}
        }
    }
    match walked(card, trust, at) {
        // Step 5 refuses it as an authority, after steps 3 and 4 had their say.
        Some(Ok(path)) if card.is_authority() => Ok(path),
        Some(Err(refusal)) => Err(refusal),
        Some(Ok(_)) | None => {
            Err(explain(card, trust, first_error.unwrap_or(webpki::Error::UnknownIssuer)))
        }
    }
}

/// The best chain of signatures that leads to an anchor, and what is wrong with it at `at`.
fn walked<'t>(
    card: &'t Certificate,
    trust: &'t Trust,
    at: Timestamp,
) -> Option<Result<CardPath<'t>, Refusal>> {
    let mut judged =
        walk::signed_chains(card, trust).into_iter().map(|path| check(&path, at).map(|()| path));
    let first = judged.next()?;
    if first.is_ok() { Some(first) } else { judged.find(Result::is_ok).or(Some(first)) }
}

/// Milliseconds since 1970 as the library counts them: whole seconds, never below zero.
pub(super) fn unix_time(at: Timestamp) -> UnixTime {
    UnixTime::since_unix_epoch(Duration::from_secs(u64::try_from(at.as_second()).unwrap_or(0)))
}

/// What can be said of the card's certificate without looking at anybody else.
fn check_alone(card: &Certificate) -> Result<(), Refusal> {
    check_strength(Element::Card, card)?;
    match card.extensions().unknown_critical.first() {
        Some(oid) => Err(Refusal::CriticalExtension(Element::Card, *oid)),
        None => Ok(()),
    }
}

fn check_strength(element: Element, certificate: &Certificate) -> Result<(), Refusal> {
    match algorithm::check_key(certificate) {
        Err(KeyFault::NotRsa) => return Err(Refusal::KeyNotRsa(element)),
        Err(KeyFault::Size(bits)) => return Err(Refusal::KeySize(element, bits)),
        Ok(()) => {}
    }
    match algorithm::of(certificate) {
        Some(_) => Ok(()),
        None => Err(Refusal::SignatureAlgorithm(element, algorithm::name(certificate))),
    }
}

/// The moments at which a path is looked for: the asked one, then each beginning of a validity.
/// If any set of certificates was ever valid together, it was at the latest of their beginnings.
fn moments(card: &Certificate, trust: &Trust, at: Timestamp) -> Vec<Timestamp> {
    let mut moments = vec![at, card.not_before()];
    moments
        .extend(trust.pool().iter().filter(|one| one.is_authority()).map(Certificate::not_before));
    let mut seen = std::collections::HashSet::new();
    moments.retain(|moment| seen.insert(*moment));
    moments
}

/// Judges a path whose signatures and constraints the library found sound.
fn judge<'t>(
    card: &'t Certificate,
    trust: &'t Trust,
    candidate: &VerifiedPath<'_>,
    at: Timestamp,
    found: &RefCell<Option<CardPath<'t>>>,
    refusal: &RefCell<Option<Refusal>>,
) -> Result<(), webpki::Error> {
    let mut intermediates = Vec::new();
    for one in candidate.intermediate_certificates() {
        let der = one.der();
        let same = trust.pool().iter().find(|pooled| *pooled.der() == der);
        intermediates.push(same.ok_or(webpki::Error::UnknownIssuer)?);
    }
    for anchor in trust.anchors().iter().filter(|one| is_same(one, candidate.anchor())) {
        let path = CardPath { card, intermediates: intermediates.clone(), anchor };
        match check(&path, at) {
            Ok(()) => {
                *found.borrow_mut() = Some(path);
                return Ok(());
            }
            Err(reason) => {
                refusal.borrow_mut().get_or_insert(reason);
            }
        }
    }
    Err(webpki::Error::UnknownIssuer)
}

fn is_same(anchor: &Certificate, library: &TrustAnchor<'_>) -> bool {
    webpki::anchor_from_trusted_cert(anchor.der()).is_ok_and(|own| own == *library)
}

fn check(path: &CardPath<'_>, at: Timestamp) -> Result<(), Refusal> {
    let elements = path.elements();
    for (element, certificate) in &elements {
        check_strength(element.clone(), certificate)?;
    }
    for (below, authority) in path.authorities().into_iter().enumerate() {
        check_authority(authority, below)?;
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

/// Why there is no path at any moment, as exactly as can be known.
fn explain(card: &Certificate, trust: &Trust, error: webpki::Error) -> Refusal {
    let issuer = card.issuer_name();
    if let Some(refusal) = weak_link(card, trust) {
        return refusal;
    }
    if error == webpki::Error::UnknownIssuer {
        return Refusal::NoPath { issuer };
    }
    // Of an authority as the end of a path the library says nothing else: nobody signed this one.
    let unsigned_authority = error == webpki::Error::CaUsedAsEndEntity;
    if unsigned_authority && trust.named(card.issuer()).next().is_none() {
        return Refusal::NoPath { issuer };
    }
    if unsigned_authority || error == webpki::Error::InvalidSignatureForPublicKey {
        return Refusal::Forged { issuer };
    }
    Refusal::BrokenPath { rule: format!("{error:?}") }
}

/// Walks up by names, and reports an authority that no better one of the same name replaces.
fn weak_link(card: &Certificate, trust: &Trust) -> Option<Refusal> {
    let mut issuer = card.issuer();
    for _ in 0..walk::LONGEST {
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
    if let Err(refusal) = check_strength(element.clone(), authority) {
        return Some(refusal);
    }
    let critical = authority.extensions().unknown_critical.first()?;
    Some(Refusal::CriticalExtension(element, *critical))
}

fn about_dates(error: &webpki::Error) -> bool {
    matches!(error, webpki::Error::CertExpired { .. } | webpki::Error::CertNotValidYet { .. })
}

/// Purposes are checked in [`check_authority`] and in step 5, so that each has its own refusal.
pub(super) struct AnyPurpose;

impl ExtendedKeyUsageValidator for AnyPurpose {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        for purpose in purposes {
            purpose?;
        }
        Ok(())
    }
}

/// id-kp-clientAuth.
pub(super) const CLIENT_AUTH: ObjectIdentifier = const_oid::db::rfc5280::ID_KP_CLIENT_AUTH;
/// anyExtendedKeyUsage.
const ANY_PURPOSE: ObjectIdentifier = const_oid::db::rfc5280::ANY_EXTENDED_KEY_USAGE;
