//! What a command leaves for the ones that go on with it: getAssertion for getNextAssertion,
//! credentialManagement for its own subcommands that get the next.

use std::time::Duration;

use zeroize::Zeroizing;

use super::{
    pin::protocol::Shared,
    store::{Id, Person, RpIdHash},
};
use crate::device::Time;

/// The longest time between two calls.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What still has to be given. Any other command ends it.
#[derive(Debug, Clone)]
pub(super) enum Pending {
    Assertions(PendingAssertions),
    Parties(Enumeration<RpIdHash>),
    Accounts(Enumeration<Id>),
}

/// Accounts that getNextAssertion still has to give.
#[derive(Debug, Clone)]
pub(super) struct PendingAssertions {
    pub(super) assertion: Assertion,
    pub(super) accounts: Enumeration<Id>,
}

/// Things that are given one a call.
#[derive(Debug, Clone)]
pub(super) struct Enumeration<T> {
    /// The next one last.
    left: Vec<T>,
    /// When the last one was given.
    since: Time,
}

impl<T> Enumeration<T> {
    /// Of these, in their order.
    pub(super) fn begin(mut all: Vec<T>, now: Time) -> Self {
        all.reverse();
        Self { left: all, since: now }
    }

    /// The next one, unless there is none or the last call is too long ago.
    pub(super) fn next(&mut self, now: Time) -> Option<T> {
        let in_time = now.saturating_sub(self.since) < TIMEOUT;
        self.since = now;
        if in_time { self.left.pop() } else { None }
    }

    /// Whether there are more.
    pub(super) fn goes_on(&self) -> bool {
        !self.left.is_empty()
    }
}

/// What all answers to one request have in common.
#[derive(Debug, Clone)]
pub(super) struct Assertion {
    pub(super) rp_id_hash: RpIdHash,
    pub(super) client_data_hash: [u8; 32],
    pub(super) touch: Touch,
    pub(super) person: Person,
    pub(super) wanted: Wanted,
}

/// The extensions that are asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub(super) salts: Option<Salts>,
    pub(super) cred_blob: bool,
    pub(super) large_blob_key: bool,
    pub(super) payment: bool,
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
