//! What a getAssertion leaves for the getNextAssertion calls after it.

use zeroize::Zeroizing;

use super::{
    pin::protocol::Shared,
    store::{Id, Person, RpIdHash},
};
use crate::device::Time;

/// Accounts that getNextAssertion still has to give.
#[derive(Debug, Clone)]
pub(super) struct PendingAssertions {
    pub(super) assertion: Assertion,
    /// The next one last.
    pub(super) accounts: Vec<Id>,
    /// When the last answer was given.
    pub(super) since: Time,
}

/// What all answers to one request have in common.
#[derive(Debug, Clone)]
pub(super) struct Assertion {
    pub(super) rp_id_hash: RpIdHash,
    pub(super) client_data_hash: [u8; 32],
    pub(super) touch: Touch,
    pub(super) person: Person,
    pub(super) salts: Option<Salts>,
}

/// Whether the host asks for a touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Touch {
    Wanted,
    Unwanted,
}

/// The salts of hmac-secret, decrypted, and how their answer is encrypted.
#[derive(Debug, Clone)]
pub(super) struct Salts {
    pub(super) shared: Shared,
    pub(super) salts: Zeroizing<Vec<u8>>,
}
