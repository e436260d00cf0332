//! Sealing: secrets that the database keeps, encrypted under keys that it does not.
//!
//! A value is sealed for one record, by the newest key of a ring of files (`docs/adr/0033-*`). Moved
//! to another record, changed, or without its key it does not open.

mod associated; // pure
mod look;
pub(crate) mod places;
mod reseal;
mod ring;
pub(crate) mod run;
#[cfg(test)]
mod tests;

use crate::random::Random;
use crate::secret::Secret;
use crate::storage::{self, columns::Column};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use std::path::PathBuf;
use zeroize::Zeroizing;

pub(crate) use look::Ring;
pub(crate) use reseal::{Resealed, Standing, not_lost, reseal, standing};
pub(crate) use ring::{Found, Use};
pub use ring::{KeyId, Keyring};

/// Which value of the database is sealed: a column of a table, and the id of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Record<'a> {
    place: Column,
    row: &'a str,
}

impl<'a> Record<'a> {
    /// The value of this row in one of [`places`].
    pub(crate) const fn new(place: Column, row: &'a str) -> Self {
        Self { place, row }
    }
}

/// A sealed value, as the database keeps it: the id of its key, a full stop, and in base64url a nonce
/// of 24 bytes and the ciphertext with its tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sealed(String);

impl Sealed {
    /// What the database kept.
    pub(crate) const fn stored(text: String) -> Self {
        Self(text)
    }

    /// The value as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a sealed value does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// The ring lacks its key.
    #[error(
        "{path} is missing, and {place} is sealed with it: put it back from a back-up of the keys, or copy it from the other servers"
    )]
    NoKey {
        /// The file that is not there.
        path: PathBuf,
        /// The table and column of the value.
        place: String,
    },
    /// It was changed, is another record's, or never was a sealed value.
    #[error("a value of {place} does not open: it was changed, or moved there from another row")]
    Content {
        /// The table and column of the value.
        place: String,
    },
}

/// Why the ring cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder cannot be read or made.
    #[error(
        "cannot read or make {path}: it must be for this user only; put it back from a back-up of the keys"
    )]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file holds another key than its name says.
    #[error(
        "{path} does not hold the key that its name says: put it back from a back-up of the keys"
    )]
    Damaged {
        /// Which.
        path: PathBuf,
    },
    /// There is no key, and the database holds what was sealed with one.
    #[error(
        "{path} is missing, and the database holds what is sealed with it: put it back from a back-up of the keys; no new key is made in its place"
    )]
    Lost {
        /// The file that is not there.
        path: PathBuf,
    },
    /// The numbers have run out.
    #[error("the ring has had 9999 keys")]
    Full,
    /// The key is the one that seals, or sealed what is still there.
    #[error(
        "{0} is in use: seal everything anew with 'sleutelbos sealing rotate', and then wait a minute"
    )]
    Used(KeyId),
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
}

type Result<T, E = Error> = std::result::Result<T, E>;

/// How many bytes a nonce has: so many that random ones never meet.
const NONCE: usize = 24;

impl Keyring {
    /// Seals `plain` for `record`, with the newest key.
    pub(crate) fn seal(&self, record: &Record<'_>, plain: &[u8], random: Random) -> Sealed {
        let (id, key) = self.newest();
        let nonce: [u8; NONCE] = random.bytes();
        let payload = Payload { msg: plain, aad: &associated::data(record) };
        let content = XChaCha20Poly1305::new(key.expose().into())
            .encrypt(&XNonce::from(nonce), payload)
            .expect("what is sealed is far shorter than 256 GB");
        let mut text = format!("{id}.");
        BASE64.encode_string([nonce.as_slice(), &content].concat(), &mut text);
        Sealed(text)
    }

    /// Opens what was sealed for `record`.
    ///
    /// Errors: [`Unreadable`] says which file is missing, or that this is not what was sealed.
    pub(crate) fn unseal(
        &self,
        record: &Record<'_>,
        Sealed(text): &Sealed,
    ) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
        let place = || record.place.to_string();
        let changed = || Unreadable::Content { place: place() };
        let (id, content) = text.split_once('.').ok_or_else(changed)?;
        let id = KeyId::parse(id).ok_or_else(changed)?;
        let content = BASE64.decode(content).map_err(|_| changed())?;
        let (nonce, content) = content.split_first_chunk::<NONCE>().ok_or_else(changed)?;
        let key = self.key(id);
        let key = key.ok_or_else(|| Unreadable::NoKey { path: self.path(id), place: place() })?;
        let payload = Payload { msg: content, aad: &associated::data(record) };
        let opened = XChaCha20Poly1305::new(key.expose().into())
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| changed())?;
        Ok(Zeroizing::new(opened))
    }

    /// The same of what was sealed as text.
    ///
    /// Errors: as [`Keyring::unseal`].
    pub(crate) fn unseal_text(
        &self,
        record: &Record<'_>,
        sealed: &Sealed,
    ) -> Result<Secret<String>, Unreadable> {
        let text = String::from_utf8(self.unseal(record, sealed)?.to_vec());
        let text = text.map_err(|_| Unreadable::Content { place: record.place.to_string() })?;
        Ok(Secret::new(text))
    }
}
