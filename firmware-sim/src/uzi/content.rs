//! The PKCS#15 files of the card, byte for byte as OpenSC accepted them. Spec: ISO 7816-15.

use super::files::{Application, Content, File, MASTER, Tree};
use super::keys::Key;
use super::material::Material;
use super::pin::TRIES;
use crate::pki::Purpose;

/// The name of the PKCS#15 application.
pub(super) const AID: [u8; 12] =
    [0xA0, 0x00, 0x00, 0x00, 0x63, b'P', b'K', b'C', b'S', b'-', b'1', b'5'];
/// The reference of the PIN in VERIFY.
pub(super) const PIN_REFERENCE: u8 = 1;

/// The file a key is in.
pub(super) fn key_file(purpose: Purpose) -> u16 {
    match purpose {
        Purpose::Authenticity => 0x4B01,
        Purpose::Signature => 0x4B02,
        Purpose::Confidentiality => 0x4B03,
    }
}

/// All files of the card, with `serial` as the token's serial number.
pub(super) fn tree(material: &Material, keys: &[Key], serial: &[u8]) -> Tree {
    let plain = |folder, id, bytes| File { folder, id, content: Content::Bytes(bytes) };
    let mut files = vec![
        plain(MASTER, 0x2F00, directory()),
        plain(PKCS15, 0x5031, objects()),
        plain(PKCS15, 0x5032, token(serial)),
        plain(PKCS15, PRIVATE_KEYS, keys.iter().flat_map(private_key).collect()),
        plain(PKCS15, CERTIFICATES, certificates()),
        plain(PKCS15, AUTHENTICATION, pin()),
    ];
    for key in keys {
        let content = Content::Key { bits: bits(key) };
        files.push(File { folder: PKCS15, id: key.file, content });
    }
    for (id, object) in (FIRST_CERTIFICATE..).zip(&material.objects) {
        files.push(plain(PKCS15, id, object.certificate.clone()));
    }
    for (id, certificate) in (FIRST_AUTHORITY..).zip(&material.chain) {
        files.push(plain(PKCS15, id, certificate.clone()));
    }
    Tree::new(Application { name: &AID, id: PKCS15 }, files)
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
        .flat_map(|(tag, file)| tlv(*tag, &[&path(*file)]))
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

/// AODF: the PIN.
fn pin() -> Vec<u8> {
    // private, modifiable
    let common = tlv(SEQUENCE, &[&tlv(UTF8, &[b"UZI PIN"]), &tlv(BITS, &[&[6, 0xC0]])]);
    let class = tlv(SEQUENCE, &[&tlv(OCTETS, &[&[PIN_ID]])]);
    let folder = [MASTER.to_be_bytes(), PKCS15.to_be_bytes()].concat();
    let attributes = tlv(
        SEQUENCE,
        &[
            &tlv(BITS, &[&[3, 0x48]]), // local, initialized
            &tlv(ENUMERATED, &[&[1]]), // ASCII digits
            &tlv(INTEGER, &[&[6]]),    // shortest
            &tlv(INTEGER, &[&[8]]),    // stored
            &tlv(INTEGER, &[&[8]]),    // longest
            &tlv(0x80, &[&[PIN_REFERENCE]]),
            &tlv(OCTETS, &[&[0xFF]]), // filler
            &tlv(SEQUENCE, &[&tlv(OCTETS, &[&folder])]),
        ],
    );
    tlv(SEQUENCE, &[&common, &class, &tlv(0xA1, &[&attributes])])
}

/// One entry of the PrKDF.
fn private_key(key: &Key) -> Vec<u8> {
    let mut common = vec![tlv(UTF8, &[key.purpose.label().as_bytes()])];
    common.push(tlv(BITS, &[&[7, 0x80]])); // private
    common.push(tlv(OCTETS, &[&[PIN_ID]]));
    if key.purpose == Purpose::Signature {
        common.push(tlv(INTEGER, &[&[1]])); // the PIN for each use
    }
    let (usage, reference): (&[u8], u8) = match key.purpose {
        Purpose::Authenticity => (&[5, 0x20], 0),    // sign
        Purpose::Signature => (&[6, 0x00, 0x40], 1), // nonRepudiation
        Purpose::Confidentiality => (&[2, 0x44], 2), // decrypt, unwrap
    };
    let class = tlv(
        SEQUENCE,
        &[
            &tlv(OCTETS, &[&[object_id(key.purpose)]]),
            &tlv(BITS, &[usage]),
            &tlv(BITS, &[&[4, 0xB0]]), // sensitive, alwaysSensitive, neverExtractable
            &tlv(INTEGER, &[&[reference]]),
        ],
    );
    let modulus = tlv(INTEGER, &[&bits(key).to_be_bytes()]);
    let attributes = tlv(SEQUENCE, &[&path(key.file), &modulus]);
    tlv(SEQUENCE, &[&tlv(SEQUENCE, &[&common.concat()]), &class, &tlv(0xA1, &[&attributes])])
}

/// CDF: the holder's certificates, then the authorities'.
fn certificates() -> Vec<u8> {
    let own = (FIRST_CERTIFICATE..).zip(Purpose::ALL).flat_map(|(file, purpose)| {
        let class = tlv(OCTETS, &[&[object_id(purpose)]]);
        certificate(purpose.label(), &class, file)
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
    let attributes = tlv(0xA1, &[&tlv(SEQUENCE, &[&path(file)])]);
    tlv(SEQUENCE, &[&common, &tlv(SEQUENCE, &[class]), &attributes])
}

/// The absolute path of a file of the application.
fn path(file: u16) -> Vec<u8> {
    let ids = [MASTER.to_be_bytes(), PKCS15.to_be_bytes(), file.to_be_bytes()].concat();
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
const PKCS15: u16 = 0x5015;
const PRIVATE_KEYS: u16 = 0x4001;
const CERTIFICATES: u16 = 0x4004;
const AUTHENTICATION: u16 = 0x4005;
const FIRST_CERTIFICATE: u16 = 0x4300;
const FIRST_AUTHORITY: u16 = 0x4400;
const FIRST_AUTHORITY_ID: u8 = 0x60;
const PIN_ID: u8 = 1;

const _: () = assert!(TRIES < 16, "63Cx has room for one hexadecimal digit");
