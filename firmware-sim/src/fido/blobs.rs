//! The array of large blobs: one string of bytes that hosts share, checked by its own digest.
//!
//! Spec: CTAP 2.1 section 6.10.

use sha2::{Digest, Sha256};
use wire::ctap2::{Status, large_blobs::EMPTY};

/// Bytes of the digest at the end.
const DIGEST: usize = 16;
/// The shortest array: an empty one with its digest.
const SHORTEST: usize = EMPTY.len();

/// The array, and the one that is being written.
#[derive(Debug, Clone)]
pub(super) struct Blobs {
    stored: Vec<u8>,
    writing: Option<Writing>,
    capacity: usize,
}

/// An array that comes in parts.
#[derive(Debug, Clone)]
struct Writing {
    bytes: Vec<u8>,
    length: usize,
}

impl Blobs {
    /// An empty array that may grow to `capacity` bytes.
    pub(super) fn new(capacity: usize) -> Self {
        Self { stored: EMPTY.to_vec(), writing: None, capacity }
    }

    /// Empty again.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.capacity);
    }

    /// Power was cut: what was being written is lost.
    pub(super) fn power_cycle(&mut self) {
        self.writing = None;
    }

    /// At most `count` bytes from `offset`.
    pub(super) fn read(&self, offset: usize, count: usize) -> Result<Vec<u8>, Status> {
        let rest = self.stored.get(offset..).ok_or(Status::INVALID_PARAMETER)?;
        Ok(rest.get(..count).unwrap_or(rest).to_vec())
    }

    /// Begins an array of `length` bytes.
    pub(super) fn begin(&mut self, length: usize) -> Result<(), Status> {
        if length > self.capacity {
            return Err(Status::LARGE_BLOB_STORAGE_FULL);
        }
        if length < SHORTEST {
            return Err(Status::INVALID_PARAMETER);
        }
        self.writing = Some(Writing { bytes: Vec::new(), length });
        Ok(())
    }

    /// Where the next part begins; nothing is being written before [`Blobs::begin`].
    pub(super) fn next_offset(&self) -> usize {
        self.writing.as_ref().map_or(0, |writing| writing.bytes.len())
    }

    /// Takes the next part. After the last one the array is in place of the old one, where its
    /// digest is right.
    pub(super) fn write(&mut self, part: &[u8]) -> Result<(), Status> {
        let mut writing = self.writing.take().ok_or(Status::INVALID_SEQ)?;
        if writing.bytes.len() + part.len() > writing.length {
            self.writing = Some(writing);
            return Err(Status::INVALID_PARAMETER);
        }
        writing.bytes.extend(part);
        if writing.bytes.len() < writing.length {
            self.writing = Some(writing);
            return Ok(());
        }
        let (array, digest) = writing.bytes.split_at(writing.length - DIGEST);
        if !Sha256::digest(array).starts_with(digest) {
            return Err(Status::INTEGRITY_FAILURE);
        }
        self.stored = writing.bytes;
        Ok(())
    }
}
