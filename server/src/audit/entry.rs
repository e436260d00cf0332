//! What stands in the chain: an event, its personal part, and the link that gives it its place.
//! `docs/audit.md` says the same in a stranger's words; change both, and the version in each name.

use super::digest::{Digest, text};
use crate::id::ChainId;
use crate::random::Random;

/// An event as it was written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id, 32 hexadecimal digits.
    pub id: String,
    /// When it happened, in milliseconds since 1970.
    pub at: i64,
    /// Whom it is about, 32 hexadecimal digits, where it is about an account.
    pub account: Option<String>,
    /// What happened, as JSON; the bytes count, not their meaning.
    pub event: String,
    /// What is personal in it, as long as that was not erased.
    pub personal: Option<Personal>,
}

/// What is personal in an event. The event holds a commitment to it, so it can be erased and the
/// event still be verified; without the salt nobody guesses what it was.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Personal {
    /// 32 random bytes as base64url.
    pub salt: String,
    /// The members, as a JSON object; the bytes count.
    pub content: String,
}

/// The place of an event in the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its place: 1 is the first.
    pub seq: i64,
    /// Which event.
    pub id: String,
    /// When it happened.
    pub at: i64,
    /// The hash of the event.
    pub leaf: Digest,
    /// The hash of the chain up to and with it.
    pub hash: Digest,
}

impl Row {
    /// The hash of the event, its personal part in it by the commitment only.
    pub(super) fn leaf(&self) -> Digest {
        let account = self.account.as_deref().unwrap_or_default();
        let at = self.at.to_string();
        let fields = [&self.id, &at, account, &self.event].map(str::as_bytes);
        Digest::of("sleutelbos audit event 1", &fields)
    }
}

impl Personal {
    /// A personal part with a salt of its own.
    pub(super) fn new(content: String, random: Random) -> Self {
        Self { salt: text(&random.bytes::<32>()), content }
    }

    /// What the event holds of it.
    pub(super) fn commitment(&self) -> Digest {
        let fields = [&self.salt, &self.content].map(|field| field.as_bytes());
        Digest::of("sleutelbos audit personal 1", &fields)
    }
}

impl Link {
    /// The link that gives `row` the place after `before`, where the chain has this hash.
    pub(super) fn after(before: (i64, &Digest), row: &Row) -> Self {
        let (seq, hash) = before;
        let seq = seq + 1;
        let leaf = row.leaf();
        let next = linked(hash, (seq, &row.id, row.at), &leaf);
        Self { seq, id: row.id.clone(), at: row.at, leaf, hash: next }
    }

    /// Whether it is what follows where the chain has this hash.
    pub(super) fn follows(&self, hash: &Digest) -> bool {
        linked(hash, (self.seq, &self.id, self.at), &self.leaf) == self.hash
    }
}

/// The hash of the chain before its first event.
pub(super) fn beginning(chain: &ChainId) -> Digest {
    Digest::of("sleutelbos audit chain 1", &[chain.as_str().as_bytes()])
}

fn linked(before: &Digest, (seq, id, at): (i64, &str, i64), leaf: &Digest) -> Digest {
    let (seq, at) = (seq.to_string(), at.to_string());
    let fields: [&[u8]; 5] =
        [before.bytes(), seq.as_bytes(), id.as_bytes(), at.as_bytes(), leaf.bytes()];
    Digest::of("sleutelbos audit link 1", &fields)
}
