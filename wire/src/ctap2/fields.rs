//! Reading the members of a message map, with an error for each way to be wrong.

use crate::cbor::{self, Order, Value};
use crate::ctap2::Status;

/// Why a message is malformed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Not canonical CBOR.
    #[error("not canonical CBOR: {0}")]
    Cbor(#[from] cbor::Error),
    /// A member that must be there is not.
    #[error("member {0} is missing")]
    Missing(String),
    /// A member has another type than its own, or the message is no map.
    #[error("{0} has a wrong type")]
    Type(String),
    /// A member has a length or value outside its bounds.
    #[error("{0} has an impossible value")]
    Value(String),
}

impl Error {
    /// The status with which a key refuses such a request.
    #[must_use]
    pub fn status(&self) -> Status {
        match self {
            Self::Cbor(_) => Status::INVALID_CBOR,
            Self::Missing(_) => Status::MISSING_PARAMETER,
            Self::Type(_) => Status::CBOR_UNEXPECTED_TYPE,
            Self::Value(_) => Status::INVALID_PARAMETER,
        }
    }
}

/// The entries of one map; unknown members are ignored, as the specification asks.
pub(super) struct Fields<'a> {
    entries: &'a [(Value, Value)],
}

impl<'a> Fields<'a> {
    pub(super) fn of(value: &'a Value, what: &str) -> Result<Self, Error> {
        let entries = value.as_map().ok_or_else(|| Error::Type(what.to_owned()))?;
        Ok(Self { entries })
    }

    /// The member under `key`, read by `read`; `None` where it is absent.
    pub(super) fn maybe<T>(
        &self,
        key: impl Into<Value>,
        name: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        let key = key.into();
        let Some((_, value)) = self.entries.iter().find(|(k, _)| *k == key) else {
            return Ok(None);
        };
        read(value).map(Some).ok_or_else(|| Error::Type(name.to_owned()))
    }

    /// The same for a member that must be there.
    pub(super) fn must<T>(
        &self,
        key: impl Into<Value>,
        name: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<T, Error> {
        self.maybe(key, name, read)?.ok_or_else(|| Error::Missing(name.to_owned()))
    }

    /// Bytes of exactly `N`.
    pub(super) fn must_array<const N: usize>(
        &self,
        key: impl Into<Value>,
        name: &str,
    ) -> Result<[u8; N], Error> {
        self.maybe_array(key, name)?.ok_or_else(|| Error::Missing(name.to_owned()))
    }

    /// The same where the member may be absent.
    pub(super) fn maybe_array<const N: usize>(
        &self,
        key: impl Into<Value>,
        name: &str,
    ) -> Result<Option<[u8; N]>, Error> {
        let bytes = self.maybe(key, name, Value::as_bytes)?;
        let array = bytes.map(<[u8; N]>::try_from).transpose();
        array.map_err(|_| Error::Value(name.to_owned()))
    }

    /// Each item of an array member, read by `read`; empty where the member is absent.
    pub(super) fn list<T>(
        &self,
        key: impl Into<Value>,
        name: &str,
        read: impl Fn(&'a Value) -> Result<T, Error>,
    ) -> Result<Vec<T>, Error> {
        let items = self.maybe(key, name, Value::as_array)?.unwrap_or_default();
        items.iter().map(read).collect()
    }
}

pub(super) fn bytes(value: &Value) -> Option<Vec<u8>> {
    value.as_bytes().map(<[u8]>::to_vec)
}

pub(super) fn text(value: &Value) -> Option<String> {
    value.as_text().map(str::to_owned)
}

pub(super) fn unsigned(value: &Value) -> Option<u64> {
    if let Value::Unsigned(n) = value { Some(*n) } else { None }
}

/// Decodes the parameters of a request: canonical, as the specification asks of a platform.
pub(super) fn parameters(bytes: &[u8]) -> Result<Value, Error> {
    Ok(cbor::decode(bytes, Order::Canonical)?)
}
