//! authenticatorLargeBlobs (0C). Spec: CTAP 2.1 section 6.10.

use sha2::{Digest, Sha256};
use wire::{
    cbor::Value,
    ctap2::{
        Status,
        client_pin::permission,
        large_blobs::{OVERHEAD, Request, Response},
    },
};

use crate::{device::Time, fido::authenticator::Authenticator};

impl Authenticator {
    pub(super) fn large_blobs(&mut self, cbor: &[u8], now: Time) -> Result<Option<Value>, Status> {
        let request = Request::read(cbor).map_err(|error| error.status())?;
        let offset = request.offset.and_then(|offset| u32::try_from(offset).ok());
        let offset = offset.ok_or(Status::INVALID_PARAMETER)?;
        match (request.get, &request.set) {
            (Some(count), None) => {
                let config = self.read_blobs(&request, offset, count)?;
                Ok(Some(Response { config }.write()))
            }
            (None, Some(part)) => self.write_blobs(&request, offset, part, now).map(|()| None),
            (Some(_), Some(_)) | (None, None) => Err(Status::INVALID_PARAMETER),
        }
    }

    /// The longest part of the array in one message.
    fn longest_part(&self) -> usize {
        self.profile.ctap2().map_or(0, |ctap2| ctap2.max_message.saturating_sub(OVERHEAD))
    }

    fn read_blobs(&self, request: &Request, offset: u32, count: u64) -> Result<Vec<u8>, Status> {
        let Request { length: None, pin_uv_auth_param: None, protocol: None, .. } = request else {
            return Err(Status::INVALID_PARAMETER);
        };
        let count = usize::try_from(count).ok().filter(|count| *count <= self.longest_part());
        let count = count.ok_or(Status::INVALID_LENGTH)?;
        self.blobs.read(position(offset)?, count)
    }

    fn write_blobs(
        &mut self,
        request: &Request,
        offset: u32,
        part: &[u8],
        now: Time,
    ) -> Result<(), Status> {
        if part.len() > self.longest_part() {
            return Err(Status::INVALID_LENGTH);
        }
        let length = match (offset, request.length) {
            (0, Some(length)) => Some(usize::try_from(length).unwrap_or(usize::MAX)),
            (0, None) | (1.., Some(_)) => return Err(Status::INVALID_PARAMETER),
            (1.., None) => None,
        };
        let mut blobs = self.blobs.clone();
        if let Some(length) = length {
            blobs.begin(length)?;
        } else if position(offset)? != blobs.next_offset() {
            return Err(Status::INVALID_SEQ);
        }
        if self.is_protected() || self.settings.always_uv {
            let message = Request::message(offset, &Sha256::digest(part).into());
            let tag = request.pin_uv_auth_param.as_deref();
            let permission = permission::LARGE_BLOB_WRITE;
            self.administer(tag, request.protocol, &message, permission, now)?;
        }
        let outcome = blobs.write(part);
        self.blobs = blobs;
        outcome
    }
}

fn position(offset: u32) -> Result<usize, Status> {
    usize::try_from(offset).map_err(|_| Status::INVALID_PARAMETER)
}
