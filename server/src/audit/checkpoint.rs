//! Checkpoints: how long the chain was at a moment, and its hash there, signed. Whoever keeps one
//! elsewhere notices when the chain is cut off or made anew.

use super::digest::{Digest, framed};
use super::key::{PublicKey, Signature, Signer};
use crate::clock::Time;
use crate::id::ChainId;

/// What was signed, and the signature.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checkpoint {
    /// Of which chain.
    pub chain: ChainId,
    /// How many events it had.
    pub seq: i64,
    /// Its hash there.
    pub hash: Digest,
    /// When this was signed.
    pub at: Time,
    /// By whom.
    pub key: PublicKey,
    /// The signature over all of that.
    pub signature: Signature,
}

impl Checkpoint {
    pub(super) fn sign(
        signer: &Signer,
        chain: &ChainId,
        (seq, hash): (i64, &Digest),
        at: Time,
    ) -> Self {
        let key = signer.public();
        let signature = signer.sign(&message(chain, (seq, hash), at, &key));
        Self { chain: chain.clone(), seq, hash: *hash, at, key, signature }
    }

    /// Whether the key that it names signed it.
    pub(super) fn is_signed(&self) -> bool {
        let message = message(&self.chain, (self.seq, &self.hash), self.at, &self.key);
        self.key.signed(&message, &self.signature)
    }
}

fn message(chain: &ChainId, (seq, hash): (i64, &Digest), at: Time, key: &PublicKey) -> Vec<u8> {
    let (seq, at) = (seq.to_string(), at.millis().to_string());
    let fields: [&[u8]; 5] =
        [chain.as_str().as_bytes(), seq.as_bytes(), hash.bytes(), at.as_bytes(), key.bytes()];
    framed("sleutelbos audit checkpoint 1", &fields)
}
