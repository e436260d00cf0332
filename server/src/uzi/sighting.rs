//! Step 14: what is kept of a card that was shown, whether it was let in or not.
//!
//! NEN 7513 wants to be able to find again which card was used, who issued it and against which
//! revocation list it was held. Numbers and codes only, no name; each of a length that is bounded
//! here, for whoever shows a card may have written it.

use serde::{Deserialize, Serialize};
use wire::uzi::Identity;

use super::certificate::Certificate;
use super::chains::Paths;
use super::trust::Trust;
use crate::label::visible;

/// What is kept of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sighting {
    /// How far it was believed.
    pub standing: Standing,
    /// The certificate's serial number in hexadecimal, 40 digits at most.
    pub serial: String,
    /// Its issuer's common name, 64 characters at most.
    pub issuer: String,
    /// Whom it names, where that could be read.
    #[serde(flatten)]
    pub holder: Option<Holder>,
    /// The policy it was issued under, where that is the one of its issuer's cards.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub policy: Option<String>,
    /// The number of the revocation list it was held against, in hexadecimal, 64 digits at most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revocation_list: Option<String>,
}

/// How far a card was believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Only the certificate says so: no trusted authority was found to have issued it, or it is
    /// outside its dates. Anybody can write such a certificate.
    Claimed,
    /// A trusted authority issued it. Whether whoever shows it has the card was not proven.
    Issued,
    /// And the card signed what it was asked.
    Held,
}

/// Whom a card names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The UZI number, 9 digits.
    pub uzi_number: String,
    /// The card type: Z, N, M or S.
    pub card_type: char,
    /// The organisation's subscriber number (URA), 8 digits.
    pub subscriber: String,
    /// The role, as in 01.015.
    pub role: String,
}

impl Sighting {
    /// Of a certificate that nobody vouches for.
    pub fn claimed(certificate: &Certificate) -> Self {
        let read = wire::uzi::Certificate::of(certificate.inner());
        Self {
            standing: Standing::Claimed,
            serial: bounded(&certificate.serial()),
            issuer: bounded(&certificate.issuer_name()),
            holder: read.ok().map(|read| Holder::of(&read.identity)),
            policy: None,
            revocation_list: None,
        }
    }

    /// Of a card with paths that hold.
    pub fn issued(paths: &Paths<'_>, trust: &Trust) -> Self {
        let path = paths.first();
        let policies = path.card.extensions().policies.as_deref().unwrap_or_default();
        let expected = trust.issue_of(path.issuer()).map(|issue| issue.policy_oid);
        let policy = expected.filter(|policy| policies.contains(policy));
        Self {
            standing: Standing::Issued,
            policy: policy.map(|policy| policy.to_string()),
            ..Self::claimed(path.card)
        }
    }

    /// The same, held against the revocation list with this number.
    pub(super) fn against(self, list: Option<&str>) -> Self {
        Self { revocation_list: list.map(bounded), ..self }
    }

    /// The same of a card that signed what it was asked.
    pub fn held(self) -> Self {
        Self { standing: Standing::Held, ..self }
    }
}

impl Holder {
    fn of(identity: &Identity) -> Self {
        Self {
            uzi_number: identity.number.to_string(),
            card_type: identity.kind.letter(),
            subscriber: identity.subscriber.to_string(),
            role: identity.role.to_string(),
        }
    }
}

/// At most 64 characters of a stranger's text, and none that hides.
pub(super) fn bounded(text: &str) -> String {
    visible(text).chars().take(64).collect()
}
