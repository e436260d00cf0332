//! Step 4: whether the card or an authority above it was withdrawn. No answer means no.
//!
//! A list counts for a certificate when the certificate's issuer signed it. Of several lists of
//! one issuer any that names the certificate refuses it, and the latest says whether it is time for
//! a new one. rustls-webpki has the last word on each list's scope; the checks
//! before that only make the refusal name the certificate and the list.

use const_oid::db::rfc5280::ID_CE_CRL_NUMBER;
use der::asn1::BitStringRef;
use der::{Decode, Reader, SliceReader, Tag};
use jiff::Timestamp;
use rustls::pki_types::pem::{PemObject, SectionKind};
use webpki::{CertRevocationList, OwnedCertRevocationList, RevocationReason};
use x509_cert::time::Time;

use super::algorithm::{self, content_of};
use super::certificate::{BYTE_ORDER_MARK, Certificate, common_name, hex_of, timestamp};
use super::chain::CardPath;
use super::refusal::{Element, ListFault, Refusal};
use super::trust::Trust;

/// The largest revocation list that is read, in bytes. Lists of cards only grow: they keep
/// certificates after those expired.
pub const LARGEST: usize = 64 * 1024 * 1024;

/// How far in the future a list may have been made, for clocks that differ.
const CLOCK_DIFFERENCE: i64 = 300;

/// Whether a list that was made at `made` counts at `now`.
pub(super) fn has_begun(made: Timestamp, now: Timestamp) -> bool {
    made.as_second() <= now.as_second().saturating_add(CLOCK_DIFFERENCE)
}

/// Why bytes are no revocation list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// More bytes than [`LARGEST`].
    #[error("{0} bytes, more than {LARGEST}")]
    TooLarge(usize),
    /// Neither DER nor PEM with the label X509 CRL.
    #[error("no revocation list in it")]
    NoList,
    /// A PEM block that does not end or holds no base64.
    #[error("broken PEM: {0}")]
    Pem(String),
    /// More than one list in one file.
    #[error("{0} revocation lists where one is expected")]
    Several(usize),
    /// Not the DER of a revocation list, or something after it; in the library's words.
    #[error("damaged, cut off or followed by something else: fetch it again")]
    Malformed(String),
    /// A list of a kind that is not taken.
    #[error("the revocation list of {issuer} is of no use: {}", .fault.english())]
    Unusable {
        /// The common name of the issuer it names.
        issuer: String,
        /// What is wrong with it.
        fault: ListFault,
    },
}

/// Why a list that is sound does not count at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lapse {
    /// Its issuer promised a newer one by then.
    Ended(Timestamp),
    /// It says that it was made then, which is to come.
    Early(Timestamp),
}

/// One revocation list, read once and searched by serial number.
#[derive(Debug)]
pub struct RevocationList {
    list: CertRevocationList<'static>,
    signed: Signed,
    number: Option<String>,
    this_update: Timestamp,
    next_update: Timestamp,
}

#[derive(Debug)]
struct Signed {
    content: Vec<u8>,
    algorithm: Vec<u8>,
    signature: Vec<u8>,
}

impl RevocationList {
    /// Reads a file's or an answer's content that holds exactly one list, DER or PEM.
    pub fn from_content(content: &[u8]) -> Result<Self, Error> {
        let mut all = Self::all_from_content(content)?;
        match (all.pop(), all.len()) {
            (Some(one), 0) => one,
            (Some(_), others) => Err(Error::Several(others + 1)),
            (None, _) => Err(Error::NoList),
        }
    }

    /// Reads a file's content: one list in DER, or any number of PEM blocks, each taken or not.
    pub fn all_from_content(content: &[u8]) -> Result<Vec<Result<Self, Error>>, Error> {
        if content.len() > LARGEST {
            return Err(Error::TooLarge(content.len()));
        }
        if matches!(content, [0x30, 0x80..=0xff, ..]) {
            return Ok(vec![Self::from_der(content)]);
        }
        let text = content.strip_prefix(BYTE_ORDER_MARK).unwrap_or(content);
        let mut lists = Vec::new();
        for block in <(SectionKind, Vec<u8>)>::pem_slice_iter(text) {
            let (kind, der) = block.map_err(|error| Error::Pem(error.to_string()))?;
            if kind == SectionKind::Crl {
                lists.push(Self::from_der(&der));
            }
        }
        if lists.is_empty() { Err(Error::NoList) } else { Ok(lists) }
    }

    fn from_der(bytes: &[u8]) -> Result<Self, Error> {
        let list =
            OwnedCertRevocationList::from_der(bytes).map_err(|error| refused(bytes, &error))?;
        let outline = Outline::read(bytes).map_err(|error| Error::Malformed(error.to_string()))?;
        Ok(Self {
            list: list.into(),
            signed: outline.signed,
            number: outline.number,
            this_update: outline.this_update,
            next_update: outline.next_update,
        })
    }

    /// When it was made.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// When its issuer promised a newer one; from then on it does not count.
    pub fn next_update(&self) -> Timestamp {
        self.next_update
    }

    /// Why it does not count at `now`; nothing where it does.
    pub fn lapse(&self, now: Timestamp) -> Option<Lapse> {
        if !has_begun(self.this_update, now) {
            return Some(Lapse::Early(self.this_update));
        }
        (now >= self.next_update).then_some(Lapse::Ended(self.next_update))
    }

    /// Its number in hexadecimal, where it has one.
    pub fn number(&self) -> Option<&str> {
        self.number.as_deref()
    }

    /// Whether an authority of `trust`, of the name the list gives, signed it.
    pub fn is_of(&self, trust: &Trust) -> bool {
        trust.anchors().iter().chain(trust.pool()).any(|one| self.is_by(one))
    }

    /// Whether this authority, of the name the list gives, signed it.
    pub fn is_by(&self, authority: &Certificate) -> bool {
        authority.is_authority()
            && content_of(authority.subject()) == Some(self.list.issuer())
            && self.signed_by(authority)
    }

    fn signed_by(&self, issuer: &Certificate) -> bool {
        let Some(algorithm) = algorithm::by_identifier(&self.signed.algorithm) else {
            return false;
        };
        algorithm::verifies(issuer, algorithm, &self.signed.content, &self.signed.signature)
    }

    /// When the certificate was withdrawn, if the list says so.
    fn revoked(&self, certificate: &Certificate) -> Option<Timestamp> {
        self.revoked_for(certificate, |_| true)
    }

    /// When it was withdrawn because somebody else had its key, if the list says so.
    pub(super) fn compromised(&self, certificate: &Certificate) -> Option<Timestamp> {
        use RevocationReason::{CaCompromise, KeyCompromise};
        self.revoked_for(certificate, |why| matches!(why, Some(KeyCompromise | CaCompromise)))
    }

    fn revoked_for(
        &self,
        certificate: &Certificate,
        counts: fn(Option<RevocationReason>) -> bool,
    ) -> Option<Timestamp> {
        let serial = certificate.inner().tbs_certificate().serial_number().as_bytes();
        match self.list.find_serial(serial) {
            Ok(None) => None,
            Ok(Some(entry)) if !counts(entry.reason_code) => None,
            Ok(Some(entry)) => {
                let seconds = i64::try_from(entry.revocation_date.as_secs()).unwrap_or(i64::MAX);
                Some(Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX))
            }
            // An entry that cannot be read may be this one.
            Err(_) => Some(self.this_update),
        }
    }
}

/// What the lists say of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// The number of the card issuer's list that counts, in hexadecimal; where none does, of its
    /// latest.
    pub number: Option<String>,
    /// Whether card and authorities stand.
    pub outcome: Result<(), Refusal>,
}

/// Checks the card and every authority below the anchor against `lists`.
///
/// A withdrawn certificate is reported before a missing or stale list, the highest authority first:
/// who is withdrawn cannot vouch for a list.
pub(super) fn check(path: &CardPath<'_>, lists: &[&RevocationList], at: Timestamp) -> Checked {
    let links: Vec<Link<'_>> = path
        .links()
        .map(|(element, certificate, issuer)| Link::new(element, certificate, issuer, lists))
        .collect();
    let list = links.first().and_then(|card| match card.current(at) {
        Ok(current) => current.first().copied(),
        Err(_) => card.signed.first().copied(),
    });
    let number = list.and_then(|list| list.number().map(str::to_owned));
    Checked { number, outcome: judge(&links, path, at) }
}

fn judge(links: &[Link<'_>], path: &CardPath<'_>, at: Timestamp) -> Result<(), Refusal> {
    for link in links.iter().rev() {
        if let Some(since) = link.signed.iter().find_map(|list| list.revoked(link.certificate)) {
            return Err(Refusal::Revoked(link.element.clone(), since));
        }
    }
    let mut current = Vec::new();
    for link in links {
        current.extend(link.current(at)?);
    }
    confirm(path, &current, at)
}

/// A certificate with the lists its issuer made, the latest first.
struct Link<'l> {
    element: Element,
    certificate: &'l Certificate,
    issuer: String,
    signed: Vec<&'l RevocationList>,
    claimed: bool,
}

impl<'l> Link<'l> {
    fn new(
        element: Element,
        certificate: &'l Certificate,
        issuer: &Certificate,
        lists: &[&'l RevocationList],
    ) -> Self {
        let named = content_of(issuer.subject());
        let mut signed: Vec<_> =
            lists.iter().copied().filter(|list| Some(list.list.issuer()) == named).collect();
        let claimed = !signed.is_empty();
        signed.retain(|list| list.signed_by(issuer));
        signed.sort_by_key(|list| std::cmp::Reverse(list.this_update));
        Self { element, certificate, issuer: issuer.subject_name(), signed, claimed }
    }

    /// The lists that count at `at`, the latest first; at least one.
    fn current(&self, at: Timestamp) -> Result<Vec<&'l RevocationList>, Refusal> {
        let issuer = self.issuer.clone();
        let begun = |list: &&RevocationList| has_begun(list.this_update, at);
        let begun: Vec<_> = self.signed.iter().copied().filter(begun).collect();
        let Some(latest) = begun.first() else {
            return Err(match (self.signed.last(), self.claimed) {
                (Some(early), _) => {
                    Refusal::EarlyRevocationList { issuer, this_update: early.this_update }
                }
                (None, true) => {
                    Refusal::UnusableRevocationList { issuer, fault: ListFault::Signature }
                }
                (None, false) => Refusal::NoRevocationList { issuer },
            });
        };
        let next_update = latest.next_update;
        let fresh: Vec<_> = begun.into_iter().filter(|list| at < list.next_update).collect();
        if fresh.is_empty() {
            return Err(Refusal::StaleRevocationList { issuer, next_update });
        }
        Ok(fresh)
    }
}

/// Lets the library check the same path with the lists chosen, all of its rules enforced.
fn confirm(path: &CardPath<'_>, lists: &[&RevocationList], at: Timestamp) -> Result<(), Refusal> {
    let unusable = |fault: String| Refusal::UnusableRevocationList {
        issuer: path.issuer().subject_name(),
        fault: ListFault::Other(fault),
    };
    let lists: Vec<&CertRevocationList<'static>> = lists.iter().map(|list| &list.list).collect();
    let options = webpki::RevocationOptionsBuilder::new(&lists)
        .map_err(|_| unusable("no list".to_owned()))?
        .with_depth(webpki::RevocationCheckDepth::Chain)
        .with_status_policy(webpki::UnknownStatusPolicy::Deny)
        .with_expiration_policy(webpki::ExpirationPolicy::Enforce)
        .build();
    path.judge(at, Some(options)).map_err(|error| unusable(format!("{error:?}")))
}

/// What the library's refusal of a list means: an unwanted kind of list, or no list at all.
fn refused(bytes: &[u8], error: &webpki::Error) -> Error {
    let Ok(heading) = Heading::read(bytes) else {
        return Error::Malformed(format!("{error:?}"));
    };
    let kinds = [
        (webpki::Error::UnsupportedDeltaCrl, ListFault::Delta),
        (webpki::Error::UnsupportedIndirectCrl, ListFault::Indirect),
        (webpki::Error::UnsupportedCrlVersion, ListFault::Version),
        (webpki::Error::UnsupportedCrlIssuingDistributionPoint, ListFault::Scope),
        (webpki::Error::UnsupportedRevocationReasonsPartitioning, ListFault::Scope),
    ];
    let fault = match kinds.into_iter().find(|(kind, _)| kind == error) {
        Some((_, fault)) => fault,
        None if !heading.versioned => ListFault::Version,
        None if !heading.promises => ListFault::NoNextUpdate,
        None => ListFault::Other(format!("{error:?}")),
    };
    Error::Unusable { issuer: heading.issuer, fault }
}

/// The first fields of any list, also of a kind that is not taken (RFC 5280, section 5.1).
struct Heading {
    issuer: String,
    versioned: bool,
    promises: bool,
}

impl Heading {
    fn read(bytes: &[u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(bytes)?;
        let content = reader.sequence(|list| {
            let content = list.tlv_bytes()?;
            list.tlv_bytes()?; // algorithm
            BitStringRef::decode(list)?;
            Ok::<_, der::Error>(content)
        })?;
        reader.finish()?;
        // What follows these fields stays unread.
        let inside = der::asn1::AnyRef::from_der(content)?.value();
        let mut list = SliceReader::new(inside)?;
        let versioned = Tag::peek(&list)? == Tag::Integer;
        if versioned {
            list.tlv_bytes()?;
        }
        list.tlv_bytes()?; // algorithm
        let issuer = common_name(&x509_cert::name::Name::decode(&mut list)?);
        Time::decode(&mut list)?;
        let next = Tag::peek(&list).ok();
        let promises = matches!(next, Some(Tag::UtcTime | Tag::GeneralizedTime));
        Ok(Self { issuer, versioned, promises })
    }
}

/// The fields of a list that are needed beside the library's own reading (RFC 5280, section 5.1).
struct Outline {
    signed: Signed,
    number: Option<String>,
    this_update: Timestamp,
    next_update: Timestamp,
}

impl Outline {
    fn read(bytes: &[u8]) -> der::Result<Self> {
        let mut reader = SliceReader::new(bytes)?;
        let signed = reader.sequence(|list| {
            let content = list.tlv_bytes()?.to_vec();
            let algorithm = list.tlv_bytes()?.to_vec();
            let signature = BitStringRef::decode(list)?.as_bytes().unwrap_or_default().to_vec();
            Ok::<_, der::Error>(Signed { content, algorithm, signature })
        })?;
        reader.finish()?;
        let mut reader = SliceReader::new(&signed.content)?;
        let (this_update, next_update, extensions) = reader.sequence(|list| {
            u8::decode(list)?; // version
            list.tlv_bytes()?; // algorithm
            list.tlv_bytes()?; // issuer
            let this_update = Time::decode(list)?;
            let next_update = Time::decode(list)?;
            if Tag::peek(list).is_ok_and(|tag| tag == Tag::Sequence) {
                list.tlv_bytes()?; // entries
            }
            let extensions = if list.is_finished() { None } else { Some(list.tlv_bytes()?) };
            Ok::<_, der::Error>((this_update, next_update, extensions))
        })?;
        let number = extensions.and_then(number);
        let (this_update, next_update) = (timestamp(this_update), timestamp(next_update));
        Ok(Self { signed, number, this_update, next_update })
    }
}

/// The value of the CRLNumber extension, in hexadecimal.
fn number(tagged: &[u8]) -> Option<String> {
    let inside = der::asn1::AnyRef::from_der(tagged).ok()?.value();
    let extensions = x509_cert::ext::Extensions::from_der(inside).ok()?;
    let number = extensions.into_iter().find(|one| one.extn_id == ID_CE_CRL_NUMBER)?;
    let number = der::asn1::UintRef::from_der(number.extn_value.as_bytes()).ok()?;
    Some(hex_of(number.as_bytes()))
}
