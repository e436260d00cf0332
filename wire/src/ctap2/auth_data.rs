//! Authenticator data: what a key signs.
//!
//! Spec: WebAuthn Level 3, authenticator data; CTAP 2.1 section 6.

use super::cose::Key;
use crate::cbor::{self, Order, Value};

/// The flags byte.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    /// The person touched the key.
    pub const UP: u8 = 0x01;
    /// The person was verified by PIN or fingerprint.
    pub const UV: u8 = 0x04;
    /// The credential may be backed up.
    pub const BE: u8 = 0x08;
    /// The credential is backed up.
    pub const BS: u8 = 0x10;
    /// Attested credential data follow.
    pub const AT: u8 = 0x40;
    /// Extension outputs follow.
    pub const ED: u8 = 0x80;

    /// True where every bit of `bits` is set.
    #[must_use]
    pub fn has(self, bits: u8) -> bool {
        self.0 & bits == bits
    }
}

/// A new credential, as registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested {
    /// The model of the key.
    pub aaguid: [u8; 16],
    /// 0 to 65 535 bytes.
    pub credential_id: Vec<u8>,
    /// The credential's public key.
    pub public_key: Key,
}

/// Authenticator data. The flags AT and ED follow from the members when written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuthData {
    /// SHA-256 of the rpId.
    pub rp_id_hash: [u8; 32],
    /// What happened.
    pub flags: Flags,
    /// The signature counter.
    pub counter: u32,
    /// The new credential, at registration.
    pub attested: Option<Attested>,
    /// Extension outputs, a map.
    pub extensions: Option<Value>,
}

/// Why bytes are not authenticator data.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Shorter than the flags announce.
    #[error("the authenticator data end too early")]
    Truncated,
    /// Longer than the flags announce.
    #[error("{0} bytes follow the authenticator data")]
    Trailing(usize),
    /// The public key or the extensions are no CBOR.
    #[error("not CBOR inside the authenticator data: {0}")]
    Cbor(#[from] cbor::Error),
    /// The public key is no COSE key.
    #[error("no COSE key inside the authenticator data: {0}")]
    Key(#[from] super::Error),
}

impl AuthData {
    /// Reads authenticator data.
    ///
    /// Errors: too short, too long, or malformed CBOR inside.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let (rp_id_hash, rest) = bytes.split_first_chunk::<32>().ok_or(Error::Truncated)?;
        let ([flags, counter @ ..], mut rest) =
            rest.split_first_chunk::<5>().ok_or(Error::Truncated)?;
        let flags = Flags(*flags);
        let mut attested = None;
        if flags.has(Flags::AT) {
            let (aaguid, after) = rest.split_first_chunk::<16>().ok_or(Error::Truncated)?;
            let (length, after) = after.split_first_chunk::<2>().ok_or(Error::Truncated)?;
            let length = usize::from(u16::from_be_bytes(*length));
            let (id, after) = after.split_at_checked(length).ok_or(Error::Truncated)?;
            let (key, after) = cbor::decode_prefix(after, Order::Any)?;
            let public_key = Key::read(&key)?;
            attested = Some(Attested { aaguid: *aaguid, credential_id: id.to_vec(), public_key });
            rest = after;
        }
        let mut extensions = None;
        if flags.has(Flags::ED) {
            let (value, after) = cbor::decode_prefix(rest, Order::Any)?;
            extensions = Some(value);
            rest = after;
        }
        if !rest.is_empty() {
            return Err(Error::Trailing(rest.len()));
        }
        let counter = u32::from_be_bytes(*counter);
        Ok(Self { rp_id_hash: *rp_id_hash, flags, counter, attested, extensions })
    }

    /// Writes the authenticator data; AT and ED are set by what is there.
    ///
    /// A credential id above 65 535 bytes does not exist; its length would be cut to 65 535.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut flags = self.flags.0 & !(Flags::AT | Flags::ED);
        if self.attested.is_some() {
            flags |= Flags::AT;
        }
        if self.extensions.is_some() {
            flags |= Flags::ED;
        }
        let mut out = self.rp_id_hash.to_vec();
        out.push(flags);
        out.extend_from_slice(&self.counter.to_be_bytes());
        if let Some(attested) = &self.attested {
            let length = u16::try_from(attested.credential_id.len()).unwrap_or(u16::MAX);
            out.extend_from_slice(&attested.aaguid);
            out.extend_from_slice(&length.to_be_bytes());
            out.extend(attested.credential_id.iter().take(usize::from(length)));
            out.extend_from_slice(&cbor::encode(&attested.public_key.write()));
        }
        if let Some(extensions) = &self.extensions {
            out.extend_from_slice(&cbor::encode(extensions));
        }
        out
    }
}
