//! largeBlobs, and the keys that the extension gives for it.

use proptest::prelude::*;
use sha2::{Digest, Sha256};
use wire::{
    cbor::Map,
    ctap2::{
        Command, Status,
        client_pin::permission,
        get_assertion,
        large_blobs::{EMPTY, Request, Response},
        make_credential,
    },
};

use super::{
    host::{Host, assertion, creation, read, resident},
    pin_host::authenticate,
};

const PIN: &str = "123456";
/// The longest part in one message of 1200 bytes.
const PART: usize = 1136;

/// An array of this length with a right digest.
fn array(length: usize) -> Vec<u8> {
    let content = vec![0x5A; length - 16];
    [&content[..], &Sha256::digest(&content)[..16]].concat()
}

fn part(array: &[u8], from: usize, to: usize) -> Request {
    Request {
        set: Some(array[from..to].to_vec()),
        offset: u64::try_from(from).ok(),
        length: (from == 0).then_some(array.len() as u64),
        ..Request::default()
    }
}

fn proven(mut request: Request, token: &[u8]) -> Request {
    let digest = Sha256::digest(request.set.as_deref().unwrap_or_default()).into();
    let offset = u32::try_from(request.offset.unwrap()).unwrap();
    let message = Request::message(offset, &digest);
    request.pin_uv_auth_param = Some(authenticate(2, token, &message));
    request.protocol = Some(2);
    request
}

impl Host {
    fn blobs(&mut self, request: &Request) -> Result<Vec<u8>, Status> {
        let answer = self.ctap2(Command::LargeBlobs, Some(&request.write()))?;
        Ok(answer.map_or_else(Vec::new, |members| Response::read(&members).unwrap().config))
    }

    fn stored(&mut self, offset: u64, count: u64) -> Result<Vec<u8>, Status> {
        let (get, offset) = (Some(count), Some(offset));
        self.blobs(&Request { get, offset, ..Request::default() })
    }
}

#[test]
fn an_array_is_written_and_read_in_parts() {
    let mut host = Host::plug("fido2.1");
    assert_eq!(host.info().max_large_blob_array, Some(4096));
    assert_eq!(host.info().option("largeBlobs"), Some(true));
    assert_eq!(host.stored(0, 1136), Ok(EMPTY.to_vec()));
    assert_eq!(host.stored(10, 3), Ok(EMPTY[10..13].to_vec()));
    assert_eq!(host.stored(17, 3), Ok(Vec::new()));
    assert_eq!(host.stored(18, 3), Err(Status::INVALID_PARAMETER));
    assert_eq!(host.stored(0, 1137), Err(Status::INVALID_LENGTH));

    let long = array(4096);
    for from in (0..4096).step_by(PART) {
        assert_eq!(host.stored(0, 1136), Ok(EMPTY.to_vec()), "the old one until the last part");
        let to = (from + PART).min(4096);
        assert_eq!(host.blobs(&part(&long, from, to)), Ok(Vec::new()));
    }
    assert_eq!(host.stored(4000, 1000), Ok(long[4000..].to_vec()));
    assert_eq!(host.ctap2(Command::Reset, None), Ok(None));
    assert_eq!(host.stored(0, 1136), Ok(EMPTY.to_vec()));
}

#[test]
fn what_is_no_array_is_refused_and_changes_nothing() {
    let mut host = Host::plug("fido2.1");
    let short = array(40);
    let mut wrong = short.clone();
    wrong[20] ^= 1;
    let whole = part(&short, 0, 40);
    let with = |change: fn(&mut Request)| {
        let mut request = whole.clone();
        change(&mut request);
        request
    };
    for (request, status) in [
        (part(&wrong, 0, 40), Status::INTEGRITY_FAILURE),
        (part(&short, 10, 40), Status::INVALID_SEQ),
        (with(|r| r.length = None), Status::INVALID_PARAMETER),
        (with(|r| r.length = Some(16)), Status::INVALID_PARAMETER),
        (with(|r| r.length = Some(39)), Status::INVALID_PARAMETER),
        (with(|r| r.length = Some(4097)), Status::LARGE_BLOB_STORAGE_FULL),
        (with(|r| r.length = Some(u64::MAX)), Status::LARGE_BLOB_STORAGE_FULL),
        (with(|r| r.offset = None), Status::INVALID_PARAMETER),
        (with(|r| r.offset = Some(u64::MAX)), Status::INVALID_PARAMETER),
        (with(|r| r.offset = Some(5)), Status::INVALID_PARAMETER),
        (with(|r| r.get = Some(1)), Status::INVALID_PARAMETER),
        (with(|r| r.set = None), Status::INVALID_PARAMETER),
        (with(|r| r.set = Some(vec![0; PART + 1])), Status::INVALID_LENGTH),
    ] {
        assert_eq!(host.blobs(&request), Err(status), "{request:?}");
        assert_eq!(host.stored(0, 100), Ok(EMPTY.to_vec()), "{request:?}");
    }
    let read = Request { get: Some(1), offset: Some(0), ..Request::default() };
    for odd in [
        Request { length: Some(1), ..read.clone() },
        Request { pin_uv_auth_param: Some(vec![0; 32]), ..read.clone() },
        Request { protocol: Some(2), ..read },
    ] {
        assert_eq!(host.blobs(&odd), Err(Status::INVALID_PARAMETER));
    }
}

#[test]
fn parts_come_in_order_and_power_forgets_them() {
    let mut host = Host::plug("fido2.1");
    let array = array(60);
    host.blobs(&part(&array, 0, 20)).unwrap();
    assert_eq!(host.blobs(&part(&array, 30, 60)), Err(Status::INVALID_SEQ));
    host.blobs(&part(&array, 20, 30)).unwrap();
    host.replug();
    assert_eq!(host.blobs(&part(&array, 30, 60)), Err(Status::INVALID_SEQ));
    host.blobs(&part(&array, 0, 30)).unwrap();
    host.blobs(&part(&array, 0, 40)).unwrap();
    host.blobs(&part(&array, 40, 60)).unwrap();
    assert_eq!(host.stored(0, 100), Ok(array));
}

#[test]
fn writing_takes_a_token_that_permits_it_once_there_is_a_pin() {
    let mut host = Host::plug("fido2.1");
    host.set_pin(2, PIN).unwrap();
    let array = array(60);
    let whole = part(&array, 0, 60);
    assert_eq!(host.blobs(&whole), Err(Status::PUAT_REQUIRED));
    let other = host.token_at((2, PIN), permission::AUTHENTICATOR_CONFIG, None).unwrap();
    assert_eq!(host.blobs(&proven(whole.clone(), &other)), Err(Status::PIN_AUTH_INVALID));
    let token = host.token_at((2, PIN), permission::LARGE_BLOB_WRITE, None).unwrap();
    let mut unnamed = proven(whole.clone(), &token);
    unnamed.protocol = None;
    assert_eq!(host.blobs(&unnamed), Err(Status::MISSING_PARAMETER));
    let mut of_another_part = proven(whole.clone(), &token);
    of_another_part.set = Some(array[..59].to_vec());
    assert_eq!(host.blobs(&of_another_part), Err(Status::PIN_AUTH_INVALID));
    host.blobs(&proven(part(&array, 0, 50), &token)).unwrap();
    host.blobs(&proven(part(&array, 50, 60), &token)).unwrap();
    assert_eq!(host.stored(0, 100), Ok(array), "everybody may read");
}

/// A browser writes the blob after the assertion that gave it the key.
#[test]
fn a_touch_leaves_the_permission_to_write_blobs() {
    let mut host = Host::plug("fido2.1");
    host.set_pin(2, PIN).unwrap();
    host.make_with(PIN, resident("a")).unwrap();
    let both = permission::GET_ASSERTION | permission::LARGE_BLOB_WRITE;
    let token = host.token(2, PIN, both, super::host::RP_ID).unwrap();
    let request = assertion(&[]);
    let request = get_assertion::Request {
        pin_uv_auth_param: Some(authenticate(2, &token, &request.client_data_hash)),
        pin_uv_auth_protocol: Some(2),
        ..request
    };
    host.get(&request).unwrap();
    assert_eq!(host.get(&request), Err(Status::PIN_AUTH_INVALID), "the touch is spent");
    host.blobs(&proven(part(&array(20), 0, 20), &token)).unwrap();
}

#[test]
fn a_key_without_room_for_blobs_does_not_know_the_command() {
    let mut host = Host::plug("fido2");
    assert_eq!(host.stored(0, 1), Err(Status::INVALID_COMMAND));
    assert_eq!(host.info().option("largeBlobs"), None);
}

fn with_key(base: make_credential::Request, wanted: bool) -> make_credential::Request {
    let extensions = Some(Map::new().put("largeBlobKey", wanted).into());
    make_credential::Request { extensions, ..base }
}

#[test]
fn an_account_has_a_key_of_its_own_for_its_blob() {
    let mut host = Host::plug("fido2.1");
    let [first, second] =
        ["a", "b"].map(|user| host.make(&with_key(resident(user), true)).unwrap());
    let key = first.large_blob_key.unwrap();
    assert_eq!(key.len(), 32);
    assert_ne!(Some(&key), second.large_blob_key.as_ref());
    assert_eq!(read(&first.auth_data).extensions, None, "it is no output of an extension");
    let id = read(&first.auth_data).attested.unwrap().credential_id;
    let mut request = assertion(&[&id]);
    assert_eq!(host.get(&request).unwrap().large_blob_key, None);
    request.extensions = Some(Map::new().put("largeBlobKey", true).into());
    assert_eq!(host.get(&request).unwrap().large_blob_key, Some(key));
    request.extensions = Some(Map::new().put("largeBlobKey", false).into());
    assert_eq!(host.get(&request), Err(Status::INVALID_OPTION));

    assert_eq!(host.make(&with_key(creation("c"), true)), Err(Status::INVALID_OPTION));
    assert_eq!(host.make(&with_key(resident("c"), false)), Err(Status::INVALID_OPTION));
    let made = host.make(&resident("c")).unwrap();
    assert_eq!(made.large_blob_key, None);
}

proptest! {
    #[test]
    fn nothing_but_a_whole_array_is_ever_stored(
        parts in prop::collection::vec((0usize..60, 0usize..60, any::<bool>()), 1..30),
    ) {
        let mut host = Host::plug("fido2.1");
        let (array, other) = (array(60), super::blobs::array(50));
        for (from, to, which) in parts {
            let array = if which { &array } else { &other };
            let (from, to) = (from.min(array.len()), to.min(array.len()));
            let _ = host.blobs(&part(array, from.min(to), to.max(from)));
            let stored = host.stored(0, 100).unwrap();
            let whole = stored == EMPTY || stored == *array || stored == other || stored.len() == 60;
            prop_assert!(whole, "{:?}", stored);
            let (content, digest) = stored.split_at(stored.len() - 16);
            prop_assert!(Sha256::digest(content).starts_with(digest));
        }
    }
}
