//! The one way in which anything of the chain is hashed or signed: fields with their lengths before
//! them, the first of which says what it is and in which version.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use sha2::{Digest as _, Sha256};

/// A SHA-256, as 43 characters of base64url in text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest([u8; 32]);

/// A text that is no digest, key or signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not base64url of the right length")]
pub struct Malformed;

impl Digest {
    /// The digest of these fields, of this kind.
    pub(super) fn of(kind: &str, fields: &[&[u8]]) -> Self {
        Self(Sha256::digest(framed(kind, fields)).into())
    }

    /// Reads a digest as it is written.
    ///
    /// Errors: [`Malformed`] for anything else.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        bytes(text).map(Self)
    }

    /// Its bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&text(&self.0))
    }
}

impl TryFrom<String> for Digest {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::parse(&text)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// The bytes that are hashed or signed: `kind` and each field, each with its length before it (4 bytes,
/// the most significant one first). Two lists of fields never give the same bytes.
pub(super) fn framed(kind: &str, fields: &[&[u8]]) -> Vec<u8> {
    let all = std::iter::once(kind.as_bytes()).chain(fields.iter().copied());
    all.flat_map(|field| {
        let length = u32::try_from(field.len()).expect("no field has 4 GiB");
        length.to_be_bytes().into_iter().chain(field.iter().copied())
    })
    .collect()
}

/// `N` bytes written as base64url without padding, in the one way in which they are written so.
pub(super) fn bytes<const N: usize>(text: &str) -> Result<[u8; N], Malformed> {
    let bytes = BASE64.decode(text).map_err(|_| Malformed)?;
    bytes.try_into().map_err(|_| Malformed)
}

/// Bytes as base64url without padding.
pub(super) fn text(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fields() -> impl Strategy<Value = Vec<Vec<u8>>> {
        proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..6), 0..5)
    }

    /// What a stranger would write from the document: reads the fields back.
    fn parted(mut bytes: &[u8]) -> Option<Vec<Vec<u8>>> {
        let mut fields = vec![];
        while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_be_bytes(*length)).ok()?;
            let (field, rest) = rest.split_at_checked(length)?;
            fields.push(field.to_vec());
            bytes = rest;
        }
        bytes.is_empty().then_some(fields)
    }

    proptest! {
        #[test]
        fn the_fields_are_read_back_from_the_bytes(kind in "[a-z]{0,5}", fields in fields()) {
            let given: Vec<&[u8]> = fields.iter().map(Vec::as_slice).collect();
            let mut read = parted(&framed(&kind, &given)).expect("it is whole");
            prop_assert_eq!(read.remove(0), kind.into_bytes());
            prop_assert_eq!(read, fields);
        }

        #[test]
        fn a_digest_survives_its_text(inner: [u8; 32]) {
            let digest = Digest(inner);
            prop_assert_eq!(Digest::parse(&digest.to_string()), Ok(digest));
        }

        #[test]
        fn only_its_own_text_is_a_digest(given in "[A-Za-z0-9_=-]{42,44}|\\PC{0,50}") {
            if let Ok(digest) = Digest::parse(&given) {
                prop_assert_eq!(digest.to_string(), given);
            }
        }
    }

    #[test]
    fn the_empty_row_has_the_hash_that_sha256sum_gives() {
        // printf '\0\0\0\1a\0\0\0\0' | sha256sum | xxd -r -p | basenc --base64url
        let digest = Digest::of("a", &[b""]);
        assert_eq!(framed("a", &[b""]), b"\0\0\0\x01a\0\0\0\0");
        assert_eq!(digest.to_string(), "ap95dxe3kTzJSvnt47LJlbB3-lCnaLt8LMS3XtQBFpU");
    }
}
