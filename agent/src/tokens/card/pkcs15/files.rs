//! The PKCS#15 files: which keys, certificates and PINs are where.
//!
//! Spec: ISO 7816-15. Only what a log-in needs is read; other entries are passed over.

use x509_cert::der::asn1::AnyRef;
use x509_cert::der::{Decode, Encode, Reader, SliceReader, Tag, TagNumber, Tagged};

use super::{Error, Key, Path, Pin};

/// Where the lists are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Directory {
    pub(super) keys: Path,
    pub(super) certificates: Path,
    pub(super) pins: Path,
}

/// A certificate that is no authority's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: Vec<u8>,
    pub(super) path: Path,
}

/// EF.DIR: the folder of the PKCS#15 application.
pub(super) fn application(file: &[u8]) -> Result<Path, Error> {
    let wrong = || Error::Malformed("the card's list of applications");
    for template in elements(file).ok_or_else(wrong)? {
        let parts = elements(template.value()).ok_or_else(wrong)?;
        let part = |number| parts.iter().find(|p| p.tag() == number).map(|p| p.value());
        if part(application_tag(0x0F)) == Some(&super::AID[..])
            && let Some(path) = part(application_tag(0x11))
        {
            return relative(path).ok_or_else(wrong);
        }
    }
    Err(Error::NotUzi)
}

/// The object directory file.
pub(super) fn directory(file: &[u8]) -> Result<Directory, Error> {
    let wrong = || Error::Malformed("the card's directory");
    let entries = elements(file).ok_or_else(wrong)?;
    let list = |number| {
        let entry = entries.iter().find(|e| e.tag() == around(number))?;
        path(elements(entry.value())?.first()?)
    };
    let (keys, certificates, pins) = (list(0), list(4), list(8));
    Ok(Directory {
        keys: keys.ok_or_else(wrong)?,
        certificates: certificates.ok_or_else(wrong)?,
        pins: pins.ok_or_else(wrong)?,
    })
}

/// The private keys: RSA keys that a PIN guards.
pub(super) fn keys(file: &[u8]) -> Result<Vec<Key>, Error> {
    let entries = elements(file).ok_or(Error::Malformed("the card's list of keys"))?;
    Ok(entries.iter().filter_map(key).collect())
}

fn key(entry: &AnyRef<'_>) -> Option<Key> {
    let object = object(entry)?;
    let guard = object.common.iter().find(|part| part.tag() == Tag::OctetString)?;
    let path = path(object.own.first()?)?;
    let file = *path.last_chunk::<2>()?;
    Some(Key { id: object.id.to_vec(), guard: guard.value().to_vec(), file })
}

/// The certificates, without those of authorities.
pub(super) fn certificates(file: &[u8]) -> Result<Vec<Entry>, Error> {
    let entries = elements(file).ok_or(Error::Malformed("the card's list of certificates"))?;
    Ok(entries.iter().filter_map(certificate).collect())
}

fn certificate(entry: &AnyRef<'_>) -> Option<Entry> {
    let object = object(entry)?;
    let authority = object.class.iter().any(|p| p.tag() == Tag::Boolean && p.value() == [0xFF]);
    if authority {
        return None;
    }
    Some(Entry { id: object.id.to_vec(), path: path(object.own.first()?)? })
}

/// The PINs.
pub(super) fn pins(file: &[u8]) -> Result<Vec<Pin>, Error> {
    let entries = elements(file).ok_or(Error::Malformed("the card's list of PINs"))?;
    Ok(entries.iter().filter_map(pin).collect())
}

fn pin(entry: &AnyRef<'_>) -> Option<Pin> {
    let object = object(entry)?;
    // pinFlags, pinType, minLength, storedLength, [maxLength], [0] pinReference, …
    let [flags, kind, min, stored, rest @ ..] = object.own.as_slice() else { return None };
    let max = rest.first().filter(|p| p.tag() == Tag::Integer).unwrap_or(stored);
    let reference = rest.iter().find(|p| p.tag() == value(0));
    Some(Pin {
        id: object.id.to_vec(),
        reference: reference.map_or(Some(0), |p| small(p.value()))?,
        // A bit string: how many bits are unused, then the bits, the first one highest.
        is_set: matches!(flags.value(), [_, first, ..] if first & PIN_INITIALIZED != 0),
        digits_only: kind.value() == [ASCII_NUMERIC],
        min: small(min.value())?.into(),
        max: small(max.value())?.into(),
    })
}

/// The FCI's file size.
pub(super) fn size(fci: &[u8]) -> Result<usize, Error> {
    let size = || {
        let parts = elements(elements(fci)?.first()?.value())?;
        let size = parts.iter().find(|p| p.tag() == value(0))?.value();
        let [high, low] = size else { return None };
        Some(usize::from(u16::from_be_bytes([*high, *low])))
    };
    size().ok_or(Error::Malformed("the card's answer about a file"))
}

/// The first element of `bytes`, without padding after it.
pub(super) fn first_element(bytes: &[u8]) -> Result<Vec<u8>, Error> {
    let wrong = || Error::Malformed("a certificate on the card");
    let mut reader = SliceReader::new(bytes).map_err(|_| wrong())?;
    AnyRef::decode(&mut reader).and_then(|element| element.to_der()).map_err(|_| wrong())
}

/// An entry of any list: its common part, its id, what its class says, and what is its own.
struct Object<'a> {
    common: Vec<AnyRef<'a>>,
    class: Vec<AnyRef<'a>>,
    id: &'a [u8],
    own: Vec<AnyRef<'a>>,
}

fn object<'a>(entry: &AnyRef<'a>) -> Option<Object<'a>> {
    if entry.tag() != Tag::Sequence {
        return None; // other kinds of key and PIN are tagged
    }
    let parts = elements(entry.value())?;
    let [common, class, ..] = parts.as_slice() else { return None };
    let own = parts.iter().find(|part| part.tag() == around(1))?;
    let own = elements(own.value())?.first()?.value();
    let class = elements(class.value())?;
    let id = class.first().filter(|part| part.tag() == Tag::OctetString)?.value();
    Some(Object { common: elements(common.value())?, class, id, own: elements(own)? })
}

/// A `Path`: a sequence whose first part is the path from the master file.
fn path(element: &AnyRef<'_>) -> Option<Path> {
    if element.tag() != Tag::Sequence {
        return None;
    }
    let parts = elements(element.value())?;
    relative(parts.first().filter(|part| part.tag() == Tag::OctetString)?.value())
}

/// A path of two-byte names that starts at the master file, without it.
fn relative(path: &[u8]) -> Option<Path> {
    let below = path.strip_prefix(&MASTER_FILE)?;
    (!below.is_empty() && below.len() <= 16 && below.len() % 2 == 0).then(|| below.to_vec())
}

fn small(bytes: &[u8]) -> Option<u8> {
    match bytes {
        [value] | [0, value] => Some(*value),
        _ => None,
    }
}

/// The elements that follow one another in `bytes`; padding with 00 or FF ends them.
fn elements(bytes: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(bytes).ok()?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        if matches!(reader.peek_byte(), Some(0x00 | 0xFF)) {
            break;
        }
        elements.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(elements)
}

/// The tag `[number]` of a value.
fn value(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: false, number: TagNumber(number) }
}

/// The tag `[number]` around other elements.
fn around(number: u32) -> Tag {
    Tag::ContextSpecific { constructed: true, number: TagNumber(number) }
}

fn application_tag(number: u32) -> Tag {
    Tag::Application { constructed: false, number: TagNumber(number) }
}

const MASTER_FILE: [u8; 2] = [0x3F, 0x00];
/// `pinType` ascii-numeric.
/// Bit 4 of pinFlags. Spec: ISO 7816-15, PinAttributes.
const PIN_INITIALIZED: u8 = 0x08;
const ASCII_NUMERIC: u8 = 1;
