//! Tests on the real TEST card with one field altered. Its signature no longer fits; steps 5 to 9 do
//! not look at it, so what they say is about that field alone.

use der::asn1::AnyRef;
use der::{Decode, Encode, Reader, SliceReader, Tag, Tagged};

use super::algorithm::{self, ALLOWED};
use super::certificate::{Certificate, Error};
use super::chain::CardPath;
use super::issue::Environment;
use super::refusal::Refusal;
use super::trust::Trust;
use super::{Card, profile};

/// The DER of the card of 2024.
fn original() -> Vec<u8> {
    let name = "samples/real-test/z_huisarts_2024_authenticiteit.pem";
    let path = format!("{}/../tests/uzi/{name}", env!("CARGO_MANIFEST_DIR"));
    let content = std::fs::read(&path).expect(&path);
    Certificate::from_file_content(&content).expect("a certificate").der().to_vec()
}

/// The same values, one after another, each that equals `from` replaced by `to`, every length right.
fn replaced(values: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut reader = SliceReader::new(values).expect("DER");
    let mut out = Vec::new();
    while !reader.is_finished() {
        let whole = reader.tlv_bytes().expect("a value");
        let value = AnyRef::from_der(whole).expect("a value");
        if whole == from {
            out.extend_from_slice(to);
        } else if value.tag().is_constructed() {
            out.extend(tagged(value.tag(), &replaced(value.value(), from, to)));
        } else {
            out.extend_from_slice(whole);
        }
    }
    out
}

fn tagged(tag: Tag, content: &[u8]) -> Vec<u8> {
    AnyRef::new(tag, content).and_then(|any| any.to_der()).expect("DER")
}

fn read(from: &[u8], to: &[u8]) -> Result<Certificate, Error> {
    let original = original();
    let altered = replaced(&original, from, to);
    assert_ne!(altered, original, "nothing was replaced");
    Certificate::from_der(&altered)
}

/// What steps 5 to 9 say of the card with `from` replaced by `to`.
fn judged(from: &[u8], to: &[u8]) -> Result<Card, Refusal> {
    let card = read(from, to).expect("still a certificate");
    let trust = Trust::published(Environment::Test);
    let mut issuers = trust.named(card.issuer());
    let (issuer, anchor) = (issuers.next().expect("its issuer"), &trust.anchors()[0]);
    let path = CardPath { card: &card, intermediates: vec![issuer], anchor };
    profile::check(&path, &trust)
}

/// An extension: its name, whether it is critical, and its content.
fn extension(oid: &[u8], critical: bool, content: &[u8]) -> Vec<u8> {
    let name = tagged(Tag::ObjectIdentifier, oid);
    let critical = if critical { tagged(Tag::Boolean, &[0xff]) } else { Vec::new() };
    let content = tagged(Tag::OctetString, content);
    tagged(Tag::Sequence, &[name, critical, content].concat())
}

const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x1e];
const DIGITAL_SIGNATURE: &[u8] = &[0x03, 0x02, 0x07, 0x80];

fn printable(text: &str) -> Vec<u8> {
    tagged(Tag::PrintableString, text.as_bytes())
}

fn utf8(text: &str) -> Vec<u8> {
    tagged(Tag::Utf8String, text.as_bytes())
}

#[test]
fn a_key_usage_that_may_be_passed_over_is_refused() {
    let critical = extension(KEY_USAGE, true, DIGITAL_SIGNATURE);
    assert_eq!(
        judged(&critical, &extension(KEY_USAGE, false, DIGITAL_SIGNATURE)),
        Err(Refusal::KeyUsageNotCritical)
    );
    // What the key is for comes first: that is what tells the certificates of a card apart.
    let other = extension(KEY_USAGE, false, &[0x03, 0x02, 0x06, 0x40]);
    assert_eq!(
        judged(&critical, &other),
        Err(Refusal::KeyUsage { found: "nonRepudiation".to_owned() })
    );
}

#[test]
fn critical_name_constraints_on_a_card_are_not_processed_and_so_named() {
    let usage = extension(KEY_USAGE, true, DIGITAL_SIGNATURE);
    // permittedSubtrees: dNSName zorg.example
    let names = [&[0x30, 0x12, 0xa0, 0x10, 0x30, 0x0e, 0x82, 0x0c][..], b"zorg.example"].concat();
    for (critical, unknown) in
        [(true, vec![const_oid::db::rfc5280::ID_CE_NAME_CONSTRAINTS]), (false, vec![])]
    {
        let both = [usage.clone(), extension(NAME_CONSTRAINTS, critical, &names)].concat();
        let card = read(&usage, &both).expect("still a certificate");
        assert_eq!(card.extensions().unknown_critical, unknown);
    }
}

#[test]
fn a_serial_number_with_something_hidden_in_it_is_another_one() {
    for hidden in ["900030757\u{200b}", "9000\u{0}30757", "\u{202e}900030757"] {
        let answer = judged(&printable("900030757"), &utf8(hidden));
        let Err(refusal @ Refusal::SerialNumber { .. }) = &answer else { panic!("{answer:?}") };
        let shown = refusal.fault().expect("what differs");
        assert!(shown.contains('\u{fffd}'), "{shown:?}");
    }
    assert!(judged(&printable("900030757"), &utf8("900030757")).is_ok(), "another string type");
}

#[test]
fn nothing_that_turns_letters_around_is_shown() {
    let name = "Jan test-90023422";
    let card =
        read(&utf8(name), &utf8("Jan\u{202e}224320\u{2066}\u{1b}[2J\u{200b}")).expect("a card");
    assert_eq!(card.subject_name(), "Jan\u{fffd}224320\u{fffd}\u{fffd}[2J\u{fffd}");
    let issuer = "TEST UZI-register Zorgverlener CA G3";
    let card = read(&utf8(issuer), &utf8("TEST\u{2067}CA")).expect("a card");
    let refusal = Refusal::NoPath { issuer: "a\u{2067}b".to_owned() };
    assert_eq!(card.issuer_name(), "TEST\u{fffd}CA");
    for text in [refusal.dutch(), refusal.english()] {
        assert!(text.contains("a\u{fffd}b"), "{text:?}");
    }
}

/// Issuers write RSASSA-PSS with and without the NULL behind the name of a hash. A real signature of
/// generation G4 holds under either name.
#[test]
fn the_names_of_hashes_with_and_without_null_mean_the_same_algorithm() {
    let folder = format!("{}/../tests/uzi/ca/production-server", env!("CARGO_MANIFEST_DIR"));
    let [root, below] =
        ["StaatderNederlandenG4RootPrivGTLS2024", "StaatderNederlandenG4IntmPrivGTLSSYS2024"].map(
            |name| {
                let content = std::fs::read(format!("{folder}/{name}.pem")).expect(name);
                Certificate::from_file_content(&content).expect(name)
            },
        );
    let mut bare = Vec::new();
    for full in ALLOWED {
        let identifier = full.signature_alg_id();
        let without = replaced(&identifier, &[0x05, 0x00], &[]);
        bare.extend(algorithm::by_identifier(&tagged(Tag::Sequence, &without)));
    }
    // SHA-256, SHA-384 and SHA-512 from the names with NULL, and again from those without.
    assert_eq!(bare.len(), 6);
    let message = below.inner().tbs_certificate().to_der().expect("DER");
    let signature = below.inner().signature().as_bytes().expect("bytes");
    let key = root.inner().tbs_certificate().subject_public_key_info();
    let key = key.subject_public_key.as_bytes().expect("bytes");
    let holds: Vec<_> =
        bare.iter().map(|one| one.verify_signature(key, &message, signature).is_ok()).collect();
    assert_eq!(holds, [false, false, true, false, false, true]);
}

#[cfg(unix)]
#[test]
fn a_trust_folder_names_the_file_behind_a_link_to_nowhere() {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("notes.txt"), "no certificate").expect("a file");
    std::fs::create_dir(folder.path().join("below.pem")).expect("a folder");
    let nothing = Trust::read(folder.path()).expect_err("nothing to trust");
    assert!(nothing.to_string().contains("*.pem, *.crt, *.cer and *.der"), "{nothing}");
    std::os::unix::fs::symlink("gone.pem", folder.path().join("root.pem")).expect("a link");
    let gone = Trust::read(folder.path()).expect_err("a link to nowhere");
    assert!(gone.to_string().ends_with("root.pem"), "{gone}");
    std::fs::write(folder.path().join("gone.pem"), "no certificate").expect("a file");
    let no_certificate = Trust::read(folder.path()).expect_err("no certificate");
    assert!(no_certificate.to_string().contains("holds no usable certificate"), "{no_certificate}");
}
