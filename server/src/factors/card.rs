//! The UZI card as a factor: its Web eID token is verified. Which account it may be linked to is
//! `enrolment::policy`'s rule.
//!
//! The order is that of `uzi`: the token's form, the certificate and its path, then the signature,
//! and only then anything that may need the network.

use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use der::asn1::UintRef;
use der::{Encode, Tag};
use jiff::Timestamp;
use rustls::pki_types::SignatureVerificationAlgorithm;
use webpki::ring;
use wire::web_eid::{self, Algorithm, Token, TokenError};

use crate::clock::Time;
use crate::uzi::admission::Admission;
use crate::uzi::certificate::Certificate;
use crate::uzi::lists::Lists;
use crate::uzi::refusal::Refusal as CardRefusal;
use crate::uzi::revocation::RevocationList;
use crate::uzi::sighting::Sighting;
use crate::uzi::trust::Trust;
use crate::uzi::{self, Card, Revocation, Seen, path};

/// Why a card's token is not accepted. Each has a stable code and a sentence with the remedy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Not the JSON of a token, or of a size no token has.
    Token(String),
    /// Another format than `web-eid:1.0`, or members that do not belong in it.
    Format(String),
    /// An algorithm that is not on the list.
    Algorithm(String),
    /// An algorithm of another kind than the card's key.
    AlgorithmOfKey(Algorithm),
    /// A certificate or signature that is not base64.
    Base64(&'static str),
    /// The signature is not the card's, or not over this origin and challenge.
    Signature,
    /// The card itself is refused.
    Card(CardRefusal),
    /// There is no live nonce: used, replaced or too old.
    ChallengeGone,
    /// The card holds, and no account it names was linked to it.
    NotLinked,
    /// The card holds, and is linked to another account than the one that logs in.
    Stranger,
    /// The card holds, and its owner is setting the second factor up anew.
    Suspended,
}

impl Refusal {
    /// A stable name for programs, logs and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Token(_) => "card_token",
            Self::Format(_) => "card_token_format",
            Self::Algorithm(_) => "card_token_algorithm",
            Self::AlgorithmOfKey(_) => "card_token_algorithm_of_key",
            Self::Base64(_) => "card_token_base64",
            Self::Signature => "card_signature",
            Self::Card(refusal) => refusal.code(),
            Self::ChallengeGone => "challenge_gone",
            Self::NotLinked => "card_not_linked",
            Self::Stranger => "card_of_another",
            Self::Suspended => "factor_suspended",
        }
    }

    /// The reason and the remedy in Dutch.
    pub fn dutch(&self) -> String {
        match self {
            Self::Token(_) | Self::Base64(_) => "Het antwoord van de pas is niet te lezen. Log opnieuw in; blijft het zo, werk dan de agent bij.".to_owned(),
            Self::Format(format) => format!("Het antwoord van de pas heeft de vorm {format}; nodig is web-eid:1.0. Werk de agent of de extensie bij."),
            Self::Algorithm(name) => format!("Het antwoord van de pas is ondertekend met {name}; dat is niet toegestaan. Werk de agent bij."),
            Self::AlgorithmOfKey(algorithm) => format!("Het algoritme {} past niet bij de sleutel van de pas. Werk de agent bij.", algorithm.name()),
            Self::Signature => "De handtekening van de pas klopt niet voor deze website en deze poging. Log opnieuw in, en alleen vanaf onze eigen pagina.".to_owned(),
            Self::Card(refusal) => refusal.dutch(),
            Self::ChallengeGone => "Deze vraag aan de pas is verlopen of al gebruikt. Log opnieuw in met uw pas.".to_owned(),
            Self::NotLinked => "Deze pas is geldig, maar hoort nog niet bij een account. Log in met uw wachtwoord en een andere factor, en koppel de pas daarna bij 'Mijn account'.".to_owned(),
            Self::Stranger => "Deze pas is van iemand anders dan wie nu inlogt. Gebruik uw eigen pas, of begin opnieuw met inloggen.".to_owned(),
            Self::Suspended => "Deze pas staat buiten gebruik, omdat u uw tweede factor opnieuw instelt. Log in met uw wachtwoord en maak dat eerst af.".to_owned(),
        }
    }

    /// The reason and the remedy in English.
    pub fn english(&self) -> String {
        match self {
            Self::Token(_) | Self::Base64(_) => "The card's answer cannot be read. Log in again; if that does not help, update the agent.".to_owned(),
            Self::Format(format) => format!("The card's answer has the form {format}; web-eid:1.0 is needed. Update the agent or the extension."),
            Self::Algorithm(name) => format!("The card's answer is signed with {name}, which is not allowed. Update the agent."),
            Self::AlgorithmOfKey(algorithm) => format!("The algorithm {} does not belong to the card's key. Update the agent.", algorithm.name()),
            Self::Signature => "The card's signature does not fit this site and this attempt. Log in again, and only from our own page.".to_owned(),
            Self::Card(refusal) => refusal.english(),
            Self::ChallengeGone => "This question to the card has lapsed or was used. Log in with your card again.".to_owned(),
            Self::NotLinked => "This card is valid, but it is not linked to an account yet. Log in with your password and another factor, then link the card under 'My account'.".to_owned(),
            Self::Stranger => "This card belongs to somebody else than who is logging in. Use your own card, or start logging in again.".to_owned(),
            Self::Suspended => "This card is out of use, because you are setting up your second factor anew. Log in with your password and finish that first.".to_owned(),
        }
    }
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.english())
    }
}

impl std::error::Error for Refusal {}

impl From<CardRefusal> for Refusal {
    fn from(refusal: CardRefusal) -> Self {
        Self::Card(refusal)
    }
}

/// A card that holds.
#[derive(Debug, Clone)]
pub struct Verified {
    /// Whom it names.
    pub card: Card,
    /// What is kept of it.
    pub sighting: Box<Sighting>,
}

/// A card that is not accepted.
#[derive(Debug, Clone)]
pub struct Refused {
    /// Why.
    pub refusal: Refusal,
    /// What is kept of it; nothing where no certificate could be read.
    pub sighting: Option<Box<Sighting>>,
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, sighting: None }
    }
}

impl From<CardRefusal> for Refused {
    fn from(refusal: CardRefusal) -> Self {
        Refusal::Card(refusal).into()
    }
}

/// Verifies tokens for one origin against one trust set.
#[derive(Debug)]
pub struct Verifier {
    rules: Arc<Rules>,
    lists: Lists,
}

/// What a token is held against, but for the lists: pure, and slow. One who presents a card costs a
/// hundred signatures at most, and then a hash of each list of its issuer.
#[derive(Debug)]
struct Rules {
    origin: String,
    trust: Arc<Trust>,
    admission: Admission,
}

impl Verifier {
    /// For tokens made for `origin` (scheme, host, port), exactly as the browser writes it.
    pub fn new(origin: String, trust: Arc<Trust>, lists: Lists, admission: Admission) -> Self {
        Self { rules: Arc::new(Rules { origin, trust, admission }), lists }
    }

    /// Whose card answered `nonce`, which the caller has spent: a nonce is never verified twice.
    ///
    /// Errors: the first check that fails. Revocation lists that are due are fetched, but only for
    /// a token whose signature holds.
    pub async fn verify(&self, token: &[u8], nonce: &str, now: Time) -> Result<Verified, Refused> {
        let at = timestamp(now);
        let (rules, token, nonce) = (self.rules.clone(), token.to_vec(), nonce.to_owned());
        let presented = aside(move || rules.present(&token, &nonce, at)).await?;
        let lists = self.lists.current(at).await;
        let rules = self.rules.clone();
        aside(move || rules.admit(&presented, &lists, at)).await
    }

    /// Fetches the revocation lists that are due, so that no log-in waits for one.
    pub async fn refresh(&self, now: Time) {
        self.lists.refresh(timestamp(now)).await;
    }

    /// Whose card carries `certificate`, which proves no possession: for an operator who has the
    /// card at hand and links it.
    ///
    /// Errors: the first check that fails.
    pub async fn examine(
        &self,
        certificate: &Certificate,
        revoked: Revoked,
        now: Time,
    ) -> Result<Verified, Refused> {
        let at = timestamp(now);
        // Nothing is fetched for a certificate that nobody vouches for.
        let Rules { trust, admission, .. } = &*self.rules;
        let lists = match (revoked, path::find(certificate, trust, at)) {
            (Revoked::Ask, Ok(_)) => self.lists.current(at).await,
            (Revoked::Ask, Err(_)) | (Revoked::Ignore, _) => Vec::new(),
        };
        let lists: Vec<&RevocationList> = lists.iter().map(AsRef::as_ref).collect();
        let revocation = match revoked {
            Revoked::Ask => Revocation::Lists(&lists),
            Revoked::Ignore => Revocation::Unchecked,
        };
        answer(uzi::examine(certificate, trust, revocation, admission, at))
    }

    /// Whom it believes.
    pub fn trust(&self) -> &Trust {
        &self.rules.trust
    }
}

/// Does slow work where it keeps no other request waiting.
async fn aside<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("judging a card does not panic")
}

impl Rules {
    /// A token whose card is vouched for and signed `nonce`.
    fn present(&self, token: &[u8], nonce: &str, at: Timestamp) -> Result<Presented, Refused> {
        let presented = Presented::read(token)?;
        let refused = |refusal, sighting| Refused { refusal, sighting: Some(Box::new(sighting)) };
        let certificate = &presented.certificate;
        let path = path::find(certificate, &self.trust, at)
            .map_err(|refusal| refused(refusal.into(), Sighting::claimed(certificate)))?;
        presented
            .check_signature(&self.origin, nonce)
            .map_err(|refusal| refused(refusal, Sighting::issued(&path, &self.trust)))?;
        Ok(presented)
    }

    /// Whose card it is, if it is let in. The path borrows from the token and is found once more.
    fn admit(
        &self,
        presented: &Presented,
        lists: &[Arc<RevocationList>],
        at: Timestamp,
    ) -> Result<Verified, Refused> {
        let path = path::find(&presented.certificate, &self.trust, at)?;
        let lists: Vec<&RevocationList> = lists.iter().map(AsRef::as_ref).collect();
        let lists = Revocation::Lists(&lists);
        let seen = uzi::admit(&path, &self.trust, lists, &self.admission, at);
        log(&seen);
        answer(Seen { sighting: seen.sighting.held(), ..seen })
    }
}

/// Whether revocation lists are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// They are; one that is missing or stale refuses.
    Ask,
    /// They are not.
    Ignore,
}

fn answer(Seen { sighting, outcome }: Seen) -> Result<Verified, Refused> {
    let sighting = Box::new(sighting);
    match outcome {
        Ok(card) => Ok(Verified { card, sighting }),
        Err(refusal) => Err(Refused { refusal: refusal.into(), sighting: Some(sighting) }),
    }
}

/// Which card it was stands in the audit; here, only what the operator may have to mend.
fn log(seen: &Seen) {
    match &seen.outcome {
        Ok(_) => tracing::debug!(
            certificate.issuer = seen.sighting.issuer,
            revocation_list.number = seen.sighting.revocation_list,
            "UZI card verified"
        ),
        Err(
            refusal @ (CardRefusal::NoRevocationList { .. }
            | CardRefusal::StaleRevocationList { .. }
            | CardRefusal::EarlyRevocationList { .. }
            | CardRefusal::UnusableRevocationList { .. }
            | CardRefusal::UnknownIssuer { .. }),
        ) => tracing::warn!(
            code = refusal.code(),
            fault = refusal.fault(),
            "UZI card refused: {refusal}"
        ),
        Err(refusal) => tracing::info!(code = refusal.code(), "UZI card refused"),
    }
}

fn timestamp(now: Time) -> Timestamp {
    Timestamp::from_millisecond(now.millis()).unwrap_or(Timestamp::MAX)
}

/// A token whose form is right; nothing of it is believed yet.
#[derive(Debug)]
struct Presented {
    certificate: Certificate,
    algorithm: Algorithm,
    signature: Vec<u8>,
}

impl Presented {
    fn read(json: &[u8]) -> Result<Self, Refusal> {
        let token = Token::read(json).map_err(|error| match error {
            TokenError::Length(bytes) => Refusal::Token(format!("{bytes} bytes")),
            TokenError::Json(_) => Refusal::Token("JSON".to_owned()),
        })?;
        check_format(&token, json)?;
        let algorithm = Algorithm::from_name(&token.algorithm)
            .ok_or_else(|| Refusal::Algorithm(printable(&token.algorithm)))?;
        let certificate = decoded(&token.unverified_certificate, "unverifiedCertificate")?;
        let signature = decoded(&token.signature, "signature")?;
        let certificate = Certificate::from_der(&certificate).map_err(CardRefusal::Unreadable)?;
        Ok(Self { certificate, algorithm, signature })
    }

    fn check_signature(&self, origin: &str, nonce: &str) -> Result<(), Refusal> {
        let spki = self.certificate.inner().tbs_certificate().subject_public_key_info();
        let kind = spki.algorithm.oid;
        let key = spki.subject_public_key.as_bytes().ok_or(Refusal::Signature)?;
        let belongs = match family(self.algorithm) {
            Family::Rsa => kind == const_oid::db::rfc5912::RSA_ENCRYPTION,
            Family::Ecdsa => kind == const_oid::db::rfc5912::ID_EC_PUBLIC_KEY,
        };
        if !belongs {
            return Err(Refusal::AlgorithmOfKey(self.algorithm));
        }
        let signed = web_eid::signed(self.algorithm, origin, nonce);
        if holds(self.algorithm, key, &signed, &self.signature) {
            Ok(())
        } else {
            Err(Refusal::Signature)
        }
    }
}

/// `web-eid:1.0` and one certificate: lists of signing certificates belong to 1.1 and later.
fn check_format(token: &Token, json: &[u8]) -> Result<(), Refusal> {
    if token.format != web_eid::FORMAT {
        return Err(Refusal::Format(printable(&token.format)));
    }
    let members: serde_json::Map<String, serde_json::Value> =
        serde_json::from_slice(json).map_err(|_| Refusal::Token("JSON".to_owned()))?;
    if members.contains_key("unverifiedSigningCertificates") {
        return Err(Refusal::Format("web-eid:1.0 + unverifiedSigningCertificates".to_owned()));
    }
    Ok(())
}

fn decoded(text: &str, member: &'static str) -> Result<Vec<u8>, Refusal> {
    BASE64_STANDARD.decode(text).map_err(|_| Refusal::Base64(member))
}

/// At most 40 characters of a stranger's text, without control characters.
fn printable(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(40).collect()
}

enum Family {
    Rsa,
    Ecdsa,
}

fn family(algorithm: Algorithm) -> Family {
    match algorithm {
        Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 => Family::Ecdsa,
        Algorithm::Ps256
        | Algorithm::Ps384
        | Algorithm::Ps512
        | Algorithm::Rs256
        | Algorithm::Rs384
        | Algorithm::Rs512 => Family::Rsa,
    }
}

/// The verifying algorithm. ES512 is on the protocol's list, but no card here has a P-521 key.
fn verifying(algorithm: Algorithm) -> Option<&'static dyn SignatureVerificationAlgorithm> {
    match algorithm {
        Algorithm::Es256 => Some(ring::ECDSA_P256_SHA256),
        Algorithm::Es384 => Some(ring::ECDSA_P384_SHA384),
        Algorithm::Es512 => None,
        Algorithm::Ps256 => Some(ring::RSA_PSS_2048_8192_SHA256_LEGACY_KEY),
        Algorithm::Ps384 => Some(ring::RSA_PSS_2048_8192_SHA384_LEGACY_KEY),
        Algorithm::Ps512 => Some(ring::RSA_PSS_2048_8192_SHA512_LEGACY_KEY),
        Algorithm::Rs256 => Some(ring::RSA_PKCS1_2048_8192_SHA256),
        Algorithm::Rs384 => Some(ring::RSA_PKCS1_2048_8192_SHA384),
        Algorithm::Rs512 => Some(ring::RSA_PKCS1_2048_8192_SHA512),
    }
}

/// Whether `signature` over `signed` was made by `key`, the content of a subjectPublicKey.
fn holds(algorithm: Algorithm, key: &[u8], signed: &[u8], signature: &[u8]) -> bool {
    let Some(verifying) = verifying(algorithm) else { return false };
    let signature = match family(algorithm) {
        Family::Rsa => Some(signature.to_vec()),
        Family::Ecdsa => asn1(signature),
    };
    signature.is_some_and(|signature| verifying.verify_signature(key, signed, &signature).is_ok())
}

/// The token's R ‖ S as the ECDSA-Sig-Value the library reads (RFC 3279, section 2.2.3).
fn asn1(raw: &[u8]) -> Option<Vec<u8>> {
    if !raw.len().is_multiple_of(2) {
        return None;
    }
    let (r, s) = raw.split_at(raw.len() / 2);
    let mut content = UintRef::new(r).ok()?.to_der().ok()?;
    content.extend(UintRef::new(s).ok()?.to_der().ok()?);
    der::asn1::AnyRef::new(Tag::Sequence, &content).ok()?.to_der().ok()
}

#[cfg(test)]
mod tests;
