//! COSE keys inside authenticator data and key agreement.

use super::fields::{Error, Fields};
use crate::cbor::{Map, Value};

/// ECDSA with P-256 and SHA-256.
pub const ES256: i64 = -7;
/// ECDSA with P-384 and SHA-384.
pub const ES384: i64 = -35;
/// Ed25519.
pub const EDDSA: i64 = -8;
/// RSA PKCS#1 v1.5 with SHA-256.
pub const RS256: i64 = -257;
/// The algorithm label of key agreement keys (ECDH-ES + HKDF-256).
pub const ECDH_ES_HKDF_256: i64 = -25;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// A point on P-256: a credential ([`ES256`]) or a key agreement key ([`ECDH_ES_HKDF_256`]).
    P256 {
        /// The COSE algorithm.
        algorithm: i64,
        /// Big-endian.
        x: [u8; 32],
        /// Big-endian.
        y: [u8; 32],
    },
    /// Any other key type, unread.
    Other(Value),
}

impl Key {
    /// Reads a COSE key.
    ///
    /// Errors: no map, no key type, or a P-256 key without its members.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "COSE key")?;
        let kind = fields.must(1i64, "COSE key type", Value::as_int)?;
        let curve = fields.maybe(-1i64, "COSE curve", |value| Some(value.as_int()))?.flatten();
        if (kind, curve) != (2, Some(1)) {
            return Ok(Self::Other(value.clone()));
        }
        Ok(Self::P256 {
            algorithm: fields.must(3i64, "COSE algorithm", Value::as_int)?,
            x: fields.must_array(-2i64, "COSE x")?,
            y: fields.must_array(-3i64, "COSE y")?,
        })
    }

    /// Writes the COSE key.
    #[must_use]
    pub fn write(&self) -> Value {
        match self {
            Self::P256 { algorithm, x, y } => Map::new()
                .put(1i64, 2i64)
                .put(3i64, *algorithm)
                .put(-1i64, 1i64)
                .put(-2i64, Value::bytes(*x))
                .put(-3i64, Value::bytes(*y))
                .into(),
            Self::Other(value) => value.clone(),
        }
    }

    /// The COSE algorithm, where the key names one.
    #[must_use]
    pub fn algorithm(&self) -> Option<i64> {
        match self {
            Self::P256 { algorithm, .. } => Some(*algorithm),
            Self::Other(value) => value.entry(&Value::int(3)).and_then(Value::as_int),
        }
    }
}
