//! The pinUvAuthToken: what a host gets for a right PIN, and how long it is good for.
//!
//! Spec: CTAP 2.1 section 6.5.2.1.

use std::time::Duration;

use wire::ctap2::client_pin::permission;

use sha2::{Digest, Sha256};

use super::protocol::Protocol;
use crate::{device::Time, fido::store::RpIdHash, secret::Secret};

/// An unused token dies after this time.
const FIRST_USE: Duration = Duration::from_secs(30);
/// How long a finger counts as a touch.
const PRESENCE: Duration = Duration::from_secs(30);
/// Every token dies after this time.
const LIFETIME: Duration = Duration::from_secs(600);

/// What a token got by the legacy subcommand may be used for.
pub(crate) const LEGACY: u64 = permission::MAKE_CREDENTIAL | permission::GET_ASSERTION;

/// A token in use.
#[derive(Debug, Clone)]
pub(crate) struct Token {
    protocol: Protocol,
    value: Secret<32>,
    permissions: u64,
    rp_id: Option<String>,
    issued: Time,
    used: bool,
    /// Until when the finger that it was given for counts as a touch.
    present_until: Option<Time>,
}

impl Token {
    pub(crate) fn issue(
        protocol: Protocol,
        value: [u8; 32],
        permissions: u64,
        rp_id: Option<String>,
        now: Time,
    ) -> Self {
        Self {
            protocol,
            value: value.into(),
            permissions,
            rp_id,
            issued: now,
            used: false,
            present_until: None,
        }
    }

    /// The same, given for a finger on the sensor.
    #[must_use]
    pub(crate) fn with_presence(self) -> Self {
        Self { present_until: Some(self.issued + PRESENCE), ..self }
    }

    /// Whether the finger that it was given for still counts as a touch.
    pub(crate) fn is_present(&self, now: Time) -> bool {
        self.present_until.is_some_and(|until| now < until)
    }

    pub(crate) fn value(&self) -> &[u8; 32] {
        self.value.expose()
    }

    fn is_alive(&self, now: Time) -> bool {
        let age = now.saturating_sub(self.issued);
        age < LIFETIME && (self.used || age < FIRST_USE)
    }

    /// True where `tag` over `message` proves a live token that has `permission` for `rp_id`; a
    /// token that names no party is bound to this one.
    pub(crate) fn proves(
        &mut self,
        proof: &Proof<'_>,
        permission: u64,
        rp_id: &str,
        now: Time,
    ) -> bool {
        let holds = self.permits(proof, permission, now)
            && self.rp_id.as_deref().is_none_or(|bound| bound == rp_id);
        if holds {
            self.used = true;
            self.rp_id.get_or_insert_with(|| rp_id.to_owned());
        }
        holds
    }

    /// The same of what concerns accounts of any party: the token is bound to none by it.
    pub(crate) fn manages(
        &mut self,
        proof: &Proof<'_>,
        permission: u64,
        about: Bound<'_>,
        now: Time,
    ) -> bool {
        let own = self.rp_id.as_deref().map(|bound| RpIdHash::from(Sha256::digest(bound)));
        let fits = match (own, about) {
            (None, _) | (Some(_), Bound::Anywhere) => true,
            (Some(own), Bound::To(party)) => own == *party,
            (Some(_), Bound::Nowhere) => false,
        };
        let holds = self.permits(proof, permission, now) && fits;
        self.used |= holds;
        holds
    }

    fn permits(&self, proof: &Proof<'_>, permission: u64, now: Time) -> bool {
        self.is_alive(now)
            && proof.protocol == self.protocol
            && proof.protocol.authenticates(self.value(), proof.message, proof.tag)
            && self.permissions & permission == permission
    }

    /// A touch was spent on this token: what it permitted is over, writing large blobs apart.
    pub(crate) fn spend(&mut self) {
        self.permissions &= permission::LARGE_BLOB_WRITE;
        self.present_until = None;
    }
}

/// To which party a token may be bound for what is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Bound<'a> {
    /// To none: it concerns all.
    Nowhere,
    /// To this one.
    To(&'a RpIdHash),
    /// To any: what is asked for is not there.
    Anywhere,
}

/// A pinUvAuthParam with what it was computed over.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proof<'a> {
    pub(crate) protocol: Protocol,
    pub(crate) message: &'a [u8],
    pub(crate) tag: &'a [u8],
}
