//! The entities inside messages: relying party, user, credential descriptor, options.

use super::fields::{Error, Fields, bytes, text};
use crate::cbor::{Map, Value};

/// The only credential type there is.
pub const PUBLIC_KEY: &str = "public-key";

/// A relying party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    /// The rpId, a domain.
    pub id: String,
    /// A name for people.
    pub name: Option<String>,
}

impl RelyingParty {
    pub(super) fn read(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "rp")?;
        Ok(Self {
            id: fields.must("id", "rp.id", text)?,
            name: fields.maybe("name", "rp.name", text)?,
        })
    }

    pub(super) fn write(&self) -> Value {
        Map::new().put("id", self.id.as_str()).put_some("name", self.name.as_deref()).into()
    }
}

/// An account at a relying party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The user handle, 1 to 64 bytes.
    pub id: Vec<u8>,
    /// What the person logs in with.
    pub name: Option<String>,
    /// What the person is called.
    pub display_name: Option<String>,
}

impl User {
    pub(super) fn read(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "user")?;
        Ok(Self {
            id: fields.must("id", "user.id", bytes)?,
            name: fields.maybe("name", "user.name", text)?,
            display_name: fields.maybe("displayName", "user.displayName", text)?,
        })
    }

    pub(super) fn write(&self) -> Value {
        Map::new()
            .put("id", Value::bytes(self.id.as_slice()))
            .put_some("name", self.name.as_deref())
            .put_some("displayName", self.display_name.as_deref())
            .into()
    }
}

/// Names one credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descriptor {
    /// The credential id; empty where the type is unknown.
    pub id: Vec<u8>,
    /// The type; anything but [`PUBLIC_KEY`] is to be ignored.
    pub kind: String,
    /// `usb`, `nfc`, … ; empty where unknown.
    pub transports: Vec<String>,
}

impl Descriptor {
    /// A public-key credential without transports.
    pub fn new(id: impl Into<Vec<u8>>) -> Self {
        Self { id: id.into(), kind: PUBLIC_KEY.to_owned(), transports: Vec::new() }
    }

    /// Of a credential of an unknown type only the type is read, whatever else it holds.
    pub(super) fn read(value: &Value) -> Result<Self, Error> {
        let fields = Fields::of(value, "credential descriptor")?;
        let kind = fields.must("type", "descriptor type", text)?;
        if kind != PUBLIC_KEY {
            return Ok(Self { id: Vec::new(), kind, transports: Vec::new() });
        }
        Ok(Self {
            id: fields.must("id", "descriptor id", bytes)?,
            kind,
            transports: fields.list("transports", "transports", |value| {
                text(value).ok_or_else(|| Error::Type("transport".to_owned()))
            })?,
        })
    }

    pub(super) fn write(&self) -> Value {
        let transports = (!self.transports.is_empty())
            .then(|| Value::Array(self.transports.iter().map(|t| t.as_str().into()).collect()));
        Map::new()
            .put("id", Value::bytes(self.id.as_slice()))
            .put("type", self.kind.as_str())
            .put_some("transports", transports)
            .into()
    }
}

/// An algorithm of public-key credentials that the relying party takes, or that a key has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Algorithm {
    /// The COSE algorithm.
    pub cose: i64,
}

impl Algorithm {
    /// A public-key credential with this COSE algorithm.
    #[must_use]
    pub fn new(cose: i64) -> Self {
        Self { cose }
    }

    /// Those of a list; one of an unknown type is passed over, whatever it holds.
    pub(super) fn read_list(fields: &Fields<'_>, key: i64, name: &str) -> Result<Vec<Self>, Error> {
        let entries = fields.list(key, name, |value| {
            let fields = Fields::of(value, name)?;
            if fields.must("type", &format!("{name} type"), text)? != PUBLIC_KEY {
                return Ok(None);
            }
            let cose = fields.must("alg", &format!("{name} alg"), Value::as_int)?;
            Ok(Some(Self { cose }))
        })?;
        Ok(entries.into_iter().flatten().collect())
    }

    pub(super) fn write(self) -> Value {
        Map::new().put("alg", self.cose).put("type", PUBLIC_KEY).into()
    }
}

/// The icon of a party or a user, which CTAP 2.0 has and 2.1 has no more, is passed over.
///
/// Errors: it is no text.
pub(super) fn pass_over_icon(entity: &Value, name: &str) -> Result<(), Error> {
    Fields::of(entity, name)?.maybe("icon", &format!("{name}.icon"), text).map(|_| ())
}

/// The options of a request; absent is not `false`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// A discoverable credential (makeCredential only).
    pub rk: Option<bool>,
    /// User presence.
    pub up: Option<bool>,
    /// User verification by the key itself.
    pub uv: Option<bool>,
}

impl Options {
    pub(super) fn read(fields: &Fields<'_>, key: i64) -> Result<Self, Error> {
        let Some(value) = fields.maybe(key, "options", Some)? else {
            return Ok(Self::default());
        };
        let fields = Fields::of(value, "options")?;
        Ok(Self {
            rk: fields.maybe("rk", "option rk", Value::as_bool)?,
            up: fields.maybe("up", "option up", Value::as_bool)?,
            uv: fields.maybe("uv", "option uv", Value::as_bool)?,
        })
    }

    pub(super) fn write(self) -> Option<Value> {
        let map =
            Map::new().put_some("rk", self.rk).put_some("up", self.up).put_some("uv", self.uv);
        (!map.is_empty()).then(|| map.into())
    }
}
