//! The PKCS#15 files of the card, byte for byte as OpenSC accepted them. Spec: ISO 7816-15.

use super::files::{Access, Application, Content, File, MASTER, Tree};
use super::keys::Key;
use super::material::Material;
use super::pin::{LONGEST, Life, SHORTEST, Shape};
use crate::pki::Purpose;

/// The name of the PKCS#15 application.
pub(super) const AID: [u8; 12] =
    [0xA0, 0x00, 0x00, 0x00, 0x63, b'P', b'K', b'C', b'S', b'-', b'1', b'5'];
/// The references of PIN and PUK in VERIFY.
pub(super) const PIN_REFERENCE: u8 = 1;
pub(super) const PUK_REFERENCE: u8 = 2;

/// How a command set arranges the card.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    pub(super) keys: KeyPlace,
    pub(super) codes: Shape,
    pub(super) filling: Filling,
    pub(super) access: Access,
}

/// Where keys are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyPlace {
    /// Each in a file of its own.
    Files,
    /// In the applet, by their references.
    Applet,
}

/// Whether the host is told to fill codes up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filling {
    Untold,
    Told,
}

/// The file a key is in.
pub(super) fn key_file(purpose: Purpose) -> u16 {
    match purpose {
        Purpose::Authenticity => 0x4B01,
        Purpose::Signature => 0x4B02,
        Purpose::Confidentiality => 0x4B03,
    }
}

/// The reference of a key, for command sets that know keys by one.
pub(super) fn key_reference(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Authenticity => 0,
        Purpose::Signature => 1,
        Purpose::Confidentiality => 2,
    }
}

/// All files of the card, with `serial` as the token's serial number.
pub(super) fn tree(
    material: &Material,
    keys: &[Key],
    serial: &[u8],
    layout: Layout,
    life: Life,
) -> Tree {
    let plain = |folder, id, bytes| File { folder, id, content: Content::Bytes(bytes) };
    let mut files = vec![
        plain(MASTER, 0x2F00, directory()),
        plain(PKCS15, 0x5031, objects()),
        plain(PKCS15, 0x5032, token(serial)),
        plain(PKCS15, PRIVATE_KEYS, keys.iter().flat_map(|key| private_key(key, layout)).collect()),
        plain(PKCS15, CERTIFICATES, certificates(keys)),
        plain(PKCS15, AUTHENTICATION, codes(layout, life)),
    ];
    for key in keys.iter().filter(|_| layout.keys == KeyPlace::Files) {
        let content = Content::Key { bits: bits(key) };
        files.push(File { folder: PKCS15, id: key_file(key.purpose), content });
    }
    for (id, object) in (FIRST_CERTIFICATE..).zip(&material.objects) {
        files.push(plain(PKCS15, id, object.certificate.clone()));
    }
    for (id, certificate) in (FIRST_AUTHORITY..).zip(&material.chain) {
        files.push(plain(PKCS15, id, certificate.clone()));
    }
    Tree::new(Application { name: &AID, id: PKCS15 }, files, layout.access)
}

/// EF.DIR.
fn directory() -> Vec<u8> {
    let path = [MASTER.to_be_bytes(), PKCS15.to_be_bytes()].concat();
    tlv(0x61, &[&tlv(0x4F, &[&AID]), &tlv(0x50, &[b"UZI"]), &tlv(0x51, &[&path])])
}

/// ODF: where the lists of keys, certificates and PINs are.
fn objects() -> Vec<u8> {
    [(0xA0, PRIVATE_KEYS), (0xA4, CERTIFICATES), (0xA8, AUTHENTICATION)]
        .iter()
        .flat_map(|(tag, file)| tlv(*tag, &[&path(&[MASTER, PKCS15, *file])]))
        .collect()
}

/// TokenInfo.
fn token(serial: &[u8]) -> Vec<u8> {
    let version = tlv(INTEGER, &[&[0]]);
    let manufacturer = tlv(UTF8, &[b"CIBG (simulated)"]);
    let label = tlv(0x80, &[b"UZI-pas"]);
    // loginRequired, eidCompliant
    let flags = tlv(BITS, &[&[4, 0x50]]);
    tlv(SEQUENCE, &[&version, &tlv(OCTETS, &[serial]), &manufacturer, &label, &flags])
}

/// AODF: the PIN, and the PUK that unblocks it.
pub(super) fn codes(layout: Layout, life: Life) -> Vec<u8> {
    let set = match life {
        Life::Letter => 0,
        Life::Activated => INITIALIZED,
    };
    let guard = tlv(OCTETS, &[&[PUK_ID]]);
    let pin = code(layout, "UZI PIN", &guard, (PIN_ID, PIN_REFERENCE, set));
    let puk = code(layout, "UZI PUK", &[], (PUK_ID, PUK_REFERENCE, INITIALIZED | UNBLOCKING));
    [pin, puk].concat()
}

/// One entry of the AODF: its label, what else its common attributes hold, and its id,
/// reference and flags.
fn code(layout: Layout, label: &str, guard: &[u8], which: (u8, u8, u8)) -> Vec<u8> {
    let (id, reference, flags) = which;
    let private_modifiable = tlv(BITS, &[&[6, 0xC0]]);
    let common = tlv(SEQUENCE, &[&tlv(UTF8, &[label.as_bytes()]), &private_modifiable, guard]);
    let class = tlv(SEQUENCE, &[&tlv(OCTETS, &[&[id]])]);
    let filling = match layout.filling {
        Filling::Untold => 0,
        Filling::Told => FILLED,
    };
    let flags = LOCAL | filling | flags;
    let unused = u8::try_from(flags.trailing_zeros()).unwrap_or(0);
    let length = |length| tlv(INTEGER, &[&[u8::try_from(length).expect("codes have few signs")]]);
    let attributes = tlv(
        SEQUENCE,
        &[
            &tlv(BITS, &[&[unused, flags]]),
            &tlv(ENUMERATED, &[&[1]]), // ASCII digits
            &length(SHORTEST),
            &length(layout.codes.stored),
            &length(LONGEST),
            &tlv(0x80, &[&[reference]]),
            &tlv(OCTETS, &[&[layout.codes.filler]]),
            &path(&[MASTER, PKCS15]),
        ],
    );
    tlv(SEQUENCE, &[&common, &class, &tlv(0xA1, &[&attributes])])
}

/// One entry of the PrKDF.
fn private_key(key: &Key, layout: Layout) -> Vec<u8> {
    let mut common = vec![tlv(UTF8, &[key.purpose.label().as_bytes()])];
    common.push(tlv(BITS, &[&[7, 0x80]])); // private
    common.push(tlv(OCTETS, &[&[PIN_ID]]));
    if key.purpose == Purpose::Signature {
        common.push(tlv(INTEGER, &[&[1]])); // the PIN for each use
    }
    let usage: &[u8] = match key.purpose {
        Purpose::Authenticity => &[5, 0x20],    // sign
        Purpose::Signature => &[6, 0x00, 0x40], // nonRepudiation
        Purpose::Confidentiality => &[2, 0x44], // decrypt, unwrap
    };
    let place = match layout.keys {
        KeyPlace::Files => path(&[MASTER, PKCS15, key_file(key.purpose)]),
        KeyPlace::Applet => path(&[MASTER, PKCS15]),
    };
    let class = tlv(
        SEQUENCE,
        &[
            &tlv(OCTETS, &[&[object_id(key.purpose)]]),
            &tlv(BITS, &[usage]),
            &tlv(BITS, &[&[4, 0xB0]]), // sensitive, alwaysSensitive, neverExtractable
            &tlv(INTEGER, &[&[key_reference(key.purpose)]]),
        ],
    );
    let modulus = tlv(INTEGER, &[&bits(key).to_be_bytes()]);
    let attributes = tlv(SEQUENCE, &[&place, &modulus]);
    tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&common.concat()]), &class, &tlv(0xA1, &[&attributes])])
}

/// CDF: the holder's certificates, then the authorities'.
fn certificates(keys: &[Key]) -> Vec<u8> {
    let own = (FIRST_CERTIFICATE..).zip(keys).flat_map(|(file, key)| {
        let class = tlv(OCTETS, &[&[object_id(key.purpose)]]);
        certificate(key.purpose.label(), &class, file)
    });
    let authorities = ["CA iss", "CA level 2", "CA root"];
    let above = (FIRST_AUTHORITY..).zip(FIRST_AUTHORITY_ID..).zip(authorities);
    let above = above.flat_map(|((file, id), label)| {
        let class = [tlv(OCTETS, &[&[id]]), tlv(BOOLEAN, &[&[0xFF]])].concat();
        certificate(label, &class, file)
    });
    own.chain(above).collect()
}

fn certificate(label: &str, class: &[u8], file: u16) -> Vec<u8> {
    let common = tlv(SEQUENCE, &[&tlv(UTF8, &[label.as_bytes()]), &tlv(BITS, &[&[0]])]);
    let attributes = tlv(0xA1, &[&tlv(SEQUENCE, &[&path(&[MASTER, PKCS15, file])])]);
    tlv(SEQUENCE, &[&common, &tlv(SEQUENCE, &[class]), &attributes])
}

/// An absolute path.
fn path(ids: &[u16]) -> Vec<u8> {
    let ids: Vec<u8> = ids.iter().flat_map(|id| id.to_be_bytes()).collect();
    tlv(SEQUENCE, &[&tlv(OCTETS, &[&ids])])
}

/// The id that ties a key to its certificate.
fn object_id(purpose: Purpose) -> u8 {
    match purpose {
        Purpose::Authenticity => 0x45,
        Purpose::Signature => 0x46,
        Purpose::Confidentiality => 0x47,
    }
}

fn bits(key: &Key) -> u16 {
    u16::try_from(key.size() * 8).expect("material holds no key above 4096 bits")
}

/// One DER element of less than 65 536 bytes.
fn tlv(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let value = parts.concat();
    let mut element = vec![tag];
    match u16::try_from(value.len()).expect("the lists of the card are short").to_be_bytes() {
        [0, length @ 0..=0x7F] => element.push(length),
        [0, length] => element.extend([0x81, length]),
        [high, low] => element.extend([0x82, high, low]),
    }
    element.extend(value);
    element
}

// Tags.
const BOOLEAN: u8 = 0x01;
const INTEGER: u8 = 0x02;
const BITS: u8 = 0x03;
const OCTETS: u8 = 0x04;
const ENUMERATED: u8 = 0x0A;
const UTF8: u8 = 0x0C;
const SEQUENCE: u8 = 0x30;

/// The folder of the application.
pub(super) const PKCS15: u16 = 0x5015;
const PRIVATE_KEYS: u16 = 0x4001;
const CERTIFICATES: u16 = 0x4004;
pub(super) const AUTHENTICATION: u16 = 0x4005;
const FIRST_CERTIFICATE: u16 = 0x4300;
const FIRST_AUTHORITY: u16 = 0x4400;
const FIRST_AUTHORITY_ID: u8 = 0x60;
const PIN_ID: u8 = 1;
const PUK_ID: u8 = 2;

// Flags of a code, from the most significant bit on.
const LOCAL: u8 = 0x40;
const INITIALIZED: u8 = 0x08;
const FILLED: u8 = 0x04;
const UNBLOCKING: u8 = 0x02;
