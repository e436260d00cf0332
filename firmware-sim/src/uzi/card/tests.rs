use expect_test::{Expect, expect};
use proptest::prelude::*;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Pkcs1v15Encrypt, RsaPublicKey};
use sha2::{Digest, Sha256};
use signature::Verifier;
use std::sync::OnceLock;

use super::{Card, Commands, Health, Settings};
use crate::device::{self, Card as _, Time};
use crate::env::Seed;
use crate::pki::Purpose;
use crate::uzi::chip::Paddings;
use crate::uzi::content;
use crate::uzi::material::{Material, tests::folder};
use crate::uzi::pin::{Code, Life};

/// Read once: checking six private keys takes longer than the tests.
fn material() -> &'static Material {
    static MATERIAL: OnceLock<Material> = OnceLock::new();
    MATERIAL.get_or_init(|| Material::read(folder().path(), "z".parse().unwrap()).unwrap())
}

fn card() -> Card {
    Card::new(material(), Seed::from(1))
}

fn card_with(settings: &Settings) -> Card {
    Card::with(material(), settings, Seed::from(1))
}

/// A card with IsoApplet, which is selected already.
fn isoapplet() -> Card {
    let mut card = card_with(&Settings { commands: Commands::IsoApplet, ..Settings::default() });
    assert_eq!(send(&mut card, SELECT_ISOAPPLET), "0006039000");
    card
}

const SELECT_ISOAPPLET: &str = "00A404000CF276A288BCFBA69D34F31001";

fn send(card: &mut Card, command: &str) -> String {
    let command = hex::decode(command.replace(' ', "")).unwrap();
    hex::encode_upper(card.transmit(&command, Time::ZERO))
}

/// Sends each line and compares the answers; long answers are shown by their ends.
fn check(script: &str, expected: &Expect) {
    check_on(&mut card(), script, expected);
}

fn check_on(card: &mut Card, script: &str, expected: &Expect) {
    let answers = script.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| {
        if line == "reset" {
            card.reset(Time::ZERO);
            return "-".to_owned();
        }
        let answer = send(card, line);
        match answer.len() {
            0..=140 => answer,
            length => format!("({} bytes) {}", length / 2 - 2, &answer[length - 4..]),
        }
    });
    expected.assert_eq(&answers.collect::<Vec<_>>().join("\n"));
}

/// What OpenSC sent to such a card and what it answered, up to the signature, byte for byte.
#[test]
fn the_card_answers_as_the_one_that_opensc_accepted() {
    let mut card = card();
    assert_eq!(hex::encode_upper(card.atr()), "3B8580014F7345494470");
    let exchanges = [
        ("00A404000CA000000063504B43532D313500", "6F0A 820138 83025015 8A0105 9000"),
        ("00A404000CA000000063504B43532D3135", "6F0A 820138 83025015 8A0105 9000"),
        ("00CA01A014", "0000000000 040505 000000000000000000000000 9000"),
        ("00CA01AA0C", "01 000F 1000 00C0 0100 0209 9000"),
        ("00A40800022F0000", "6F0E 8002001B 820101 83022F00 8A0105 9000"),
        ("00B000001B", "61194F0CA000000063504B43532D31355003555A4951043F005015 9000"),
        ("00A4080C025015", "9000"),
        ("00A40800045015503100", "6F0E 80020024 820101 83025031 8A0105 9000"),
        (
            "00B0000024",
            "A00A300804063F0050154001 A40A300804063F0050154004 A80A300804063F0050154005 9000",
        ),
        ("00200001", "63C3"),
        ("0020000106313233343536", "9000"),
        ("00200001", "9000"),
        ("002241B60A 800102 81024B01 840100", "9000"),
    ];
    for (command, answer) in exchanges {
        assert_eq!(send(&mut card, command), answer.replace(' ', ""), "{command}");
    }
}

/// The files that OpenSC accepted, byte for byte but for the serial number, and the PUK.
#[test]
fn the_files_are_those_that_opensc_accepted() {
    let token = "302A020100 0406900000101XXX 0C1043494247202873696D756C6174656429 \
                 8007555A492D706173 03020450";
    let codes = "303930100C07555A492050494E030206C00401023003040101A120301E030203480A01010201060201\
                 080201088001010401FF300604043F005015\
                 3036300D0C07555A492050554B030206C03003040102A120301E0302014A0A0101020106020108\
                 0201088001020401FF300604043F005015";
    let keys = "303B30170C0E41757468656E746963697465697403020780040101300E040145030205200302\
                04B0020100A110300E300804063F0050154B0102020800\
                303D30180C0C48616E6474656B656E696E6703020780040101020101300F04014603030600400302\
                04B0020101A110300E300804063F0050154B0202020800\
                303E301A0C1156657274726F7577656C696A6B6865696403020780040101300E040147030202440302\
                04B0020102A110300E300804063F0050154B0302020800";
    let first_certificate =
        "302830130C0E41757468656E74696369746569740301003003040145A10C300A300804063F0050154300";
    let first_authority =
        "3023300B0C064341206973730301003006040160 0101FFA10C300A300804063F0050154400";
    let mut card = card();
    let mut read = |file: &str| {
        let description = send(&mut card, &format!("00A40800045015{file}00"));
        assert!(description.ends_with(&format!("8201018302{file}8A01059000")), "{description}");
        let answer = send(&mut card, "00B0000000");
        answer.strip_suffix("9000").unwrap().to_owned()
    };
    let spaceless = |text: &str| text.replace(' ', "");
    let serial = read("5032")[14..26].to_owned();
    assert_eq!(read("5032"), spaceless(token).replace("900000101XXX", &serial));
    assert!(serial.starts_with("900000101"), "{serial}");
    assert_eq!(read("4005"), spaceless(codes));
    assert_eq!(read("4001"), spaceless(keys));
    let certificates = read("4004");
    assert!(certificates.starts_with(first_certificate), "{certificates}");
    assert!(certificates.contains(&spaceless(first_authority)), "{certificates}");
}

#[test]
fn certificates_are_read_in_parts_and_end_where_they_end() {
    let mut card = card();
    for (position, object) in material().objects.iter().enumerate() {
        let description = send(&mut card, &format!("00A40800045015430{position}00"));
        let size = usize::from_str_radix(&description[8..12], 16).unwrap();
        let mut content = String::new();
        for offset in (0..size).step_by(256) {
            let part = send(&mut card, &format!("00B0{offset:04X}00"));
            content += part.strip_suffix("9000").unwrap();
        }
        assert_eq!(content, hex::encode_upper(&object.certificate));
        assert_eq!(send(&mut card, &format!("00B0{size:04X}00")), "6B00");
    }
}

/// CHANGE REFERENCE DATA with these PINs, filled up.
fn change(old: &str, new: &str) -> String {
    let filled = |pin: &str| format!("{:F<16}", hex::encode(pin));
    format!("0024000110{}{}", filled(old), filled(new))
}

#[test]
fn the_pin_is_changed_by_who_knows_it_and_stays_after_a_reset() {
    let expected = expect![[r#"
        9000
        9000
        -
        63C2
        9000
        63C2
        9000"#]];
    let (old, new) = ("0020000106313233343536", "00200001086765686569643132");
    let script = [
        &change("123456", "geheid12"),
        "00200001",
        "reset",
        old,
        new,
        &change("000000", "654321"),
        new,
    ];
    check(&script.join("\n"), &expected);
}

#[test]
fn a_new_pin_that_does_not_fit_costs_no_try_and_a_wrong_old_one_does() {
    let expected = expect![[r#"
        6A80
        6A80
        6A80
        6A80
        6700
        6A86
        6A88
        -
        63C3
        63C2
        63C1
        63C0
        6983"#]];
    let unfilled = format!("002400010C{}", hex::encode("123456654321"));
    let script = [
        &change("123456", "12345"),
        &change("123456", ""),
        &change("123456", "12 4567"),
        "0024000106313233343536",
        "00240001",
        "00240101083132333435363738",
        "0024000310FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
        "reset",
        "00200001",
        &change("000000", "654321"),
        "00240001023030",
        &unfilled.replace("313233", "303030"),
        &unfilled,
    ];
    check(&script.join("\n"), &expected);
}

#[test]
fn a_pin_is_changed_without_filling_too() {
    let expected = expect![[r#"
        9000
        9000
        9000"#]];
    let script = [
        &format!("002400010E{}", hex::encode("123456geheim12")),
        &format!("002400010F{}", hex::encode("geheim127654321")),
        "002000010737363534333231",
    ];
    check(&script.join("\n"), &expected);
}

#[test]
fn the_third_wrong_pin_blocks_the_card_and_no_reset_helps() {
    let expected = expect![[r#"
        63C3
        63C2
        63C1
        -
        63C1
        63C0
        6983
        6983
        -
        6983"#]];
    let script = "00200001
        0020000106313233343537
        0020000108313233343537FFFF
        reset
        00200001
        00200001023132
        00200001
        0020000106313233343536
        reset
        0020000106313233343536";
    check(script, &expected);
}

#[test]
fn the_right_pin_is_taken_padded_and_gives_the_tries_back() {
    let expected = expect![[r#"
        63C2
        9000
        9000
        -
        63C3
        6700
        6A88
        6A86
        63C3"#]];
    let script = "0020000106313233343537
        0020000108313233343536FFFF
        00200001
        reset
        00200001
        0020000109313233343536FFFFFF
        0020000306313233343536
        0020010106313233343536
        00200001";
    check(script, &expected);
}

#[test]
fn commands_fail_with_the_status_that_names_the_cause() {
    let expected = expect![[r#"
        6986
        6A82
        6A82
        6A86
        6A86
        6F0E8002080082011183024B018A01059000
        6981
        6A88
        6700
        6A86
        6D00
        6E00
        6A86
        6A80
        6A80
        6A88
        6985
        9000
        6982
        6985"#]];
    let script = "00B0000010
        00A4080002123400
        00A4040003A0000000
        00A4050002123400
        00A4080802501500
        00A408000450154B0100
        00B0000010
        00CA01A100
        00840000
        00840001 08
        00D6000001 00
        80CA01A000
        002241A403800102
        002241B603800102
        002241B607800105 81024B01
        002241B607800102 81024B09
        002A9E9A0401020304 00
        002241B607800102 81024B01
        002A9E9A0401020304 00
        002A80860200FF00";
    check(script, &expected);
}

#[test]
fn a_file_that_ends_before_the_bytes_asked_for_is_given_with_a_warning() {
    let expected = expect![[r#"
        6F0E8002001B82010183022F008A01059000
        61194F0CA000000063504B43532D31355003555A4951043F0050159000
        61194F0CA000000063504B43532D31355003555A4951043F0050159000
        61194F0CA000000063504B43532D31355003555A4951043F0050156282
        61194F0CA000000063504B43532D31355003555A4951043F0050156282
        61194F0CA000000063504B43532D31355003555A4951043F0050159000
        159000
        156282
        6B00
        6B00"#]];
    let script = "00A40800022F0000
        00B000001B
        00B0000000
        00B000001C
        00B000000000FF
        00B00000000000
        00B0001A01
        00B0001A02
        00B0001B01
        00B07FFF01";
    check(script, &expected);
}

#[test]
fn reading_takes_no_data_and_says_how_much() {
    let expected = expect![[r#"
        6F0E8002001B82010183022F008A01059000
        6700
        6700
        6700
        6700
        6700
        6700
        6700
        6A86"#]];
    let script = "00A40800022F0000
        00B00000
        00B00000020000
        00B0000002000000
        00CA01A0
        00CA01A0010014
        00CA01AA0100
        0084000001FF08
        00C0010000";
    check(script, &expected);
}

/// Only security operations come in parts.
#[test]
fn other_commands_come_whole() {
    let expected = expect![[r#"
        6884
        6884
        6884
        6884
        63C3
        9000
        6883
        9000
        6884
        6985"#]];
    let script = "10B0000000
        10A40800022F00
        1020000103313233
        102241B60A80010281024B01840100
        00200001
        102A9E9A0101
        00200001
        102A9E9A0101
        10200001
        002A9E9A020102";
    check(script, &expected);
}

#[test]
fn challenges_are_as_long_as_asked_and_come_from_the_seed() {
    let (mut one, mut same) = (card(), card());
    let mut other = Card::new(material(), Seed::from(2));
    for (length, digits) in [("08", 16), ("00", 512)] {
        let command = format!("00840000{length}");
        let first = send(&mut one, &command);
        assert_eq!((first.len(), &first[digits..]), (digits + 4, "9000"));
        assert_eq!(first, send(&mut same, &command));
        assert_ne!(first, send(&mut other, &command));
        assert_ne!(first, send(&mut one, &command), "the stream goes on");
        send(&mut same, &command);
        send(&mut other, &command);
    }
}

/// Log in, choose the key of this purpose, and do the operation in short commands.
fn operate(card: &mut Card, purpose: Purpose, padding: u8, data: &[u8]) -> Result<Vec<u8>, String> {
    let template = format!("8001{padding:02X} 8102{:04X}", content::key_file(purpose));
    operate_with(card, purpose, &template, data)
}

/// The same on any command set, with this template.
fn operate_with(
    card: &mut Card,
    purpose: Purpose,
    template: &str,
    data: &[u8],
) -> Result<Vec<u8>, String> {
    let (control, operation) = match purpose {
        Purpose::Authenticity | Purpose::Signature => ("B6", "2A9E9A"),
        Purpose::Confidentiality => ("B8", "2A8086"),
    };
    let template = template.replace(' ', "");
    let set = format!("002241{control}{:02X}{template}", template.len() / 2);
    assert_eq!(send(card, &set), "9000");
    let mut parts = data.chunks(255).peekable();
    let mut answer = String::new();
    while let Some(part) = parts.next() {
        let (class, expected) = if parts.peek().is_some() { ("10", "") } else { ("00", "00") };
        let length = part.len();
        let part = hex::encode(part);
        answer = send(card, &format!("{class}{operation}{length:02X}{part}{expected}"));
    }
    match answer.strip_suffix("9000") {
        Some(data) => Ok(hex::decode(data).unwrap()),
        None => Err(answer),
    }
}

fn public(purpose: Purpose) -> RsaPublicKey {
    let object = material().objects.iter().find(|object| object.purpose == purpose);
    object.unwrap().key.to_public_key()
}

fn digest_info(message: &[u8]) -> Vec<u8> {
    let prefix = hex::decode("3031300d060960864801650304020105000420").unwrap();
    [prefix, Sha256::digest(message).to_vec()].concat()
}

#[test]
fn the_card_pads_and_signs_a_digest() {
    let mut card = card();
    assert_eq!(send(&mut card, "0020000106313233343536"), "9000");
    for purpose in [Purpose::Authenticity, Purpose::Signature] {
        let bytes = operate(&mut card, purpose, 2, &digest_info(b"message")).unwrap();
        let signature = Signature::try_from(bytes.as_slice()).unwrap();
        let verifying = VerifyingKey::<Sha256>::new(public(purpose));
        assert!(verifying.verify(b"message", &signature).is_ok());
    }
}

#[test]
fn the_signature_key_wants_the_pin_for_each_use_and_the_others_do_not() {
    let mut card = card();
    let pin = "0020000106313233343536";
    assert_eq!(send(&mut card, pin), "9000");
    let input = digest_info(b"message");
    let sign = |card: &mut Card, purpose| operate(card, purpose, 2, &input).err();
    assert_eq!(sign(&mut card, Purpose::Authenticity), None);
    assert_eq!(sign(&mut card, Purpose::Authenticity), None);
    assert_eq!(sign(&mut card, Purpose::Signature), None);
    assert_eq!(sign(&mut card, Purpose::Signature), Some("6982".to_owned()));
    // A card that forgot its PIN here would be a new one for OpenSC, which then ends its sessions.
    assert_eq!(send(&mut card, "00200001"), "9000");
    assert_eq!(sign(&mut card, Purpose::Authenticity), None);
    assert_eq!(send(&mut card, pin), "9000");
    assert_eq!(sign(&mut card, Purpose::Signature), None);
}

#[test]
fn a_whole_block_is_signed_as_it_is() {
    let mut card = card();
    assert_eq!(send(&mut card, "0020000106313233343536"), "9000");
    let mut block = [0x5A; 256];
    block[0] = 0;
    let signature = operate(&mut card, Purpose::Authenticity, 0, &block).unwrap();
    let public = public(Purpose::Authenticity);
    let number = BoxedUint::from_be_slice(&signature, public.n_bits_precision()).unwrap();
    let opened = rsa::hazmat::rsa_encrypt(&public, &number).unwrap();
    assert_eq!(opened.to_be_bytes()[..], block);
    for unfit in [&[0xFF; 256][..], &block[1..], &[]] {
        let refused = operate_short(&mut card, unfit);
        assert_eq!(refused, "6A80");
    }
}

/// One signature with the environment that is set already.
fn operate_short(card: &mut Card, data: &[u8]) -> String {
    let mut parts = data.chunks(255).peekable();
    let mut answer = send(card, if data.is_empty() { "002A9E9A00" } else { "00200001" });
    while let Some(part) = parts.next() {
        let class = if parts.peek().is_some() { "10" } else { "00" };
        answer = send(card, &format!("{class}2A9E9A{:02X}{}", part.len(), hex::encode(part)));
    }
    answer
}

#[test]
fn the_confidentiality_key_deciphers_and_does_not_sign() {
    let mut card = card();
    assert_eq!(send(&mut card, "0020000106313233343536"), "9000");
    let mut rng = <rand_chacha::ChaCha20Rng as rand_core::SeedableRng>::seed_from_u64(1);
    let secret = b"sixteen byte key";
    let block =
        public(Purpose::Confidentiality).encrypt(&mut rng, Pkcs1v15Encrypt, secret).unwrap();
    let input = [vec![0], block].concat();
    let opened = operate(&mut card, Purpose::Confidentiality, 2, &input).unwrap();
    assert_eq!(opened, secret);
    let raw = operate(&mut card, Purpose::Confidentiality, 0, &input).unwrap();
    assert_eq!((&raw[..2], &raw[240..]), (&[0, 2][..], &secret[..]));
    let misused = "002241B607 800102 81024B03";
    assert_eq!(send(&mut card, misused), "9000");
    assert_eq!(send(&mut card, "002A9E9A0401020304"), "6985");
    let misused = "002241B807 800102 81024B01";
    assert_eq!(send(&mut card, misused), "9000");
    assert_eq!(send(&mut card, "002A80860400020304"), "6985");
}

#[test]
fn a_reset_forgets_the_login_the_selection_and_the_environment() {
    let expected = expect![[r#"
        9000
        9000
        9000
        -
        63C3
        6986
        6985"#]];
    let script = "0020000106313233343536
        00A4080C0450155031
        002241B607800102 81024B01
        reset
        00200001
        00B0000001
        002A9E9A0401020304 00";
    check(script, &expected);
}

/// RESET RETRY COUNTER with this PUK and this PIN, filled up.
fn unblock(puk: &str, new: &str) -> String {
    change(puk, new).replacen("0024", "002C", 1)
}

#[test]
fn the_puk_gives_a_new_pin_and_dies_after_three_wrong_ones() {
    let expected = expect![[r#"
        63C2
        63C1
        63C0
        -
        63C2
        6983
        63C2
        6A80
        63C3
        6983
        9000
        63C3
        9000
        -
        63C2
        9000
        9000
        63C2
        63C1
        63C0
        -
        6983
        6983
        6983"#]];
    let wrong = "0020000106303030303030";
    let script = [
        wrong,
        wrong,
        wrong,
        "reset",
        &unblock("00000000", "654321"),
        "00200001",
        "00200002",
        &unblock("12345678", "1234"),
        "00200002",
        "00200001",
        &unblock("12345678", "654321"),
        "00200001",
        "0020000106363534333231",
        "reset",
        wrong,
        "002C0101083132333435363738",
        "0020000106363534333231",
        "002C010106303030303030",
        "002C010106303030303031",
        &unblock("00000002", "654321"),
        "reset",
        &unblock("12345678", "654321"),
        "00200002",
        "002C0101083132333435363738",
    ];
    check(&script.join("\n"), &expected);
}

#[test]
fn the_puk_is_changed_and_asked_for_by_its_own_reference() {
    let expected = expect![[r#"
        9000
        63C2
        9000
        63C3
        6982
        63C2
        9000
        6A88
        6A86
        6A86
        6700
        6700
        6700"#]];
    let (sign, set) = ("002A9E9A0401020304 00", "002241B607800102 81024B01");
    let puk = |text: &str| format!("0020000208{}", hex::encode(text));
    let mut card = card();
    assert_eq!(send(&mut card, set), "9000");
    let script = [
        &change("12345678", "87654321").replacen("00240001", "00240002", 1),
        &puk("12345678"),
        &puk("87654321"),
        "00200002",
        sign, // the PUK is no PIN
        &unblock("12345678", "654321"),
        &unblock("87654321", "654321"),
        "002C000303303030",
        "002C020106363534333231",
        "002C0301",
        "002C0001",
        "002C0101",
        "002C0101093132333435363738 39",
    ];
    check_on(&mut card, &script.join("\n"), &expected);
}

#[test]
fn a_card_that_is_not_activated_says_so_and_signs_nothing_until_a_pin_is_chosen() {
    let settings = Settings { life: Life::Letter, ..Settings::default() };
    let mut card = card_with(&settings);
    let expected = expect![[r#"
        63C3
        9000
        9000
        6985
        9000
        -
        63C2
        9000"#]];
    let flags = |card: &mut Card| {
        assert!(send(card, "00A40800045015400500").ends_with("9000"));
        send(card, "00B0000000").get(58..66).unwrap().to_owned()
    };
    assert_eq!(flags(&mut card), "03020640");
    let script = [
        "00200001",
        "0020000106313233343536",
        "002241B607800102 81024B01",
        "002A9E9A0401020304 00",
        &change("123456", "123456"),
        "reset",
        "0020000106303030303030",
        "0020000106313233343536",
    ];
    check_on(&mut card, &script.join("\n"), &expected);
    assert_eq!(flags(&mut card), "03020348");
    assert!(operate(&mut card, Purpose::Authenticity, 2, &[1, 2]).is_ok());
}

#[test]
fn codes_and_tries_are_those_of_the_settings() {
    let code = |value, tries, left| Code { left, ..Code::new(value, tries) };
    let (pin, puk) = (code("geheim", 10, 2), code("87654321", 1, 0));
    let mut card = card_with(&Settings { pin, puk, ..Settings::default() });
    let expected = expect![[r#"
        63C2
        9000
        -
        63CA
        6983
        6983"#]];
    let script = ["00200001", "00200001 06 67656865696D", "reset", "00200001", "00200002"];
    let script = script.map(str::to_owned).into_iter().chain([unblock("87654321", "654321")]);
    check_on(&mut card, &script.collect::<Vec<_>>().join("\n"), &expected);
}

#[test]
fn a_dead_card_has_no_answer_to_reset() {
    let settings = Settings { health: Health::Dead, ..Settings::default() };
    assert!(card_with(&settings).atr().len() > 33, "the longest there is has 33 bytes");
}

#[test]
fn a_card_that_pads_by_itself_alone_refuses_whole_blocks() {
    let settings = Settings { paddings: Paddings::Pkcs1Only, ..Settings::default() };
    let expected = expect![[r#"
        9000
        9000
        6A81
        6985
        6A81"#]];
    let script = "0020000106313233343536
        002241B607800102 81024B01
        002241B607800100 81024B01
        002A9E9A0401020304 00
        002241B807800100 81024B03";
    check_on(&mut card_with(&settings), script, &expected);
}

#[test]
fn files_are_selected_in_every_way_of_the_standard() {
    let expected = expect![[r#"
        6F0A82013883023F008A01059000
        6F0A820138830250158A01059000
        6A82
        620E8002002C820101830250328A01059000
        9000
        6A82
        9000
        9000
        9000
        6A82
        6A82
        6700
        6700
        6700
        6A86"#]];
    let script = "00A4000000
        00A40100025015 00
        00A40100025031 00
        00A40204025032 00
        00A4000C025015
        00A4020C022F00
        00A4030C
        00A4080C063F0050155031
        00A4080C023F00
        00A4080C043F003F00
        00A4090C025031
        00A4010C0150
        00A4010C03501550
        00A4030C025015
        00A40C0C025015";
    check(script, &expected);
}

#[test]
fn lists_are_read_by_their_short_identifiers_which_select_them() {
    let expected = expect![[r#"
        61194F0CA000000063504B43532D31355003555A4951043F0050159000
        4F0C9000
        6A82
        9000
        A00A9000
        30089000
        302A9000
        6A82
        6A86
        302A9000
        6B00
        302A9000"#]];
    let script = "00B09E0000
        00B0000202
        00B0910002
        00A4080C025015
        00B0910002
        00B0910202
        00B0920002
        00B0930002
        00B09F0002
        00B0800002
        00B0927F02
        00B0000002";
    check(script, &expected);
}

#[test]
fn isoapplet_is_nothing_before_it_is_selected_and_forgets_at_each_selection() {
    let mut card = card_with(&Settings { commands: Commands::IsoApplet, ..Settings::default() });
    let expected = expect![[r#"
        6D00
        6D00
        6D00
        6884
        6A82
        0006039000
        63C3
        9000
        9000
        0006039000
        63C3
        6985
        6A86
        9000
        6A82
        63C3
        -
        6D00
        6985"#]];
    let (set, sign) = ("002241B606 800111 840100", "002A9E9A0401020304 00");
    let by_name = |name: &str| format!("00A40400{:02X}{name}", name.len() / 2);
    let script = [
        "00200001",
        "00B0000001",
        "00A40800022F00",
        "102A9E9A0101",
        &by_name("A000000308"),
        SELECT_ISOAPPLET,
        "00200001",
        "00200001 06 313233343536",
        set,
        &format!("{SELECT_ISOAPPLET}00"),
        "00200001",
        sign,
        &SELECT_ISOAPPLET.replacen("0400", "0404", 1),
        &SELECT_ISOAPPLET.replacen("0400", "040C", 1),
        &by_name("A000000308"),
        "00200001",
        "reset",
        "00200001",
        "00C0000000",
    ];
    check_on(&mut card, &script.join("\n"), &expected);
    assert_eq!(hex::encode_upper(card.atr()), "3B8580014A4373696D7A");
}

#[test]
fn isoapplet_signs_and_deciphers_with_its_own_padding() {
    let mut card = isoapplet();
    let pin = "0020000110 31323334353600000000000000000000";
    assert_eq!(send(&mut card, pin), "9000");
    for (purpose, template) in
        [(Purpose::Authenticity, "800111 81025015 840100"), (Purpose::Signature, "800111 830101")]
    {
        let bytes = operate_with(&mut card, purpose, template, &digest_info(b"message")).unwrap();
        let signature = Signature::try_from(bytes.as_slice()).unwrap();
        let verifying = VerifyingKey::<Sha256>::new(public(purpose));
        assert!(verifying.verify(b"message", &signature).is_ok());
    }
    let again = operate_with(&mut card, Purpose::Signature, "800111840101", &[1]);
    assert_eq!(again, Err("6982".to_owned()));
    let mut rng = <rand_chacha::ChaCha20Rng as rand_core::SeedableRng>::seed_from_u64(1);
    let secret = b"sixteen byte key";
    let key = public(Purpose::Confidentiality);
    let input = [vec![0], key.encrypt(&mut rng, Pkcs1v15Encrypt, secret).unwrap()].concat();
    let template = "800111 81025015 840102";
    let opened = operate_with(&mut card, Purpose::Confidentiality, template, &input).unwrap();
    assert_eq!(opened, secret);
    let extended = format!("002A808600{:04X}{}0000", input.len(), hex::encode(&input));
    assert_eq!(send(&mut card, &extended), format!("{}9000", hex::encode_upper(secret)));
}

#[test]
fn a_host_can_drop_what_was_verified() {
    for mut card in [card(), isoapplet()] {
        let expected = expect![[r#"
            9000
            9000
            6700
            6A88
            9000
            9000
            9000
            63C3"#]];
        let script = "00200001 06 313233343536
            00200001
            0020FF01 06 313233343536
            0020FF03
            0020FF02
            00200001
            0020FF01
            00200001";
        check_on(&mut card, script, &expected);
    }
}

#[test]
fn isoapplet_refuses_what_it_has_not() {
    let mut card = isoapplet();
    let expected = expect![[r#"
        6A80
        6A80
        6A80
        6A88
        6A80
        6A86
        6D00
        6D00
        62188002002C820101830250328608FFFFFFFFFFFFFF008A01059000
        6A82"#]];
    let script = "002241B606 800100 840100
        002241B603 800111
        002241B60A 800111 81024B01 840100
        002241B606 800111 840107
        002241B604 800111 84
        002241A403 800111
        00CA01A014
        002E0000
        00A4080404 50155032 00
        00A4080004 50154B01 00";
    check_on(&mut card, script, &expected);
}

/// Commands that come near to sense, so that sequences of them reach the depths.
fn command() -> impl Strategy<Value = Vec<u8>> {
    let instruction = prop::sample::select(vec![
        0x20_u8, 0x22, 0x2A, 0xA4, 0xB0, 0xC0, 0xCA, 0x24, 0x2C, 0x2E, 0x84,
    ]);
    let class = prop::sample::select(vec![0x00_u8, 0x10, 0x80]);
    let byte = prop::sample::select(vec![
        0x00_u8, 0x01, 0x04, 0x08, 0x09, 0x0C, 0x41, 0x80, 0x86, 0x9A, 0x9E, 0xA0, 0xAA, 0xB6,
        0xB8, 0x4B, 0x50, 0x15, 0x43,
    ]);
    let data = prop::collection::vec(byte.clone(), 0..20);
    let shaped = (class, instruction, byte.clone(), byte, data, any::<Option<u8>>()).prop_map(
        |(class, instruction, p1, p2, data, expected)| {
            let mut command = vec![class, instruction, p1, p2];
            if !data.is_empty() {
                command.push(u8::try_from(data.len()).unwrap());
                command.extend(data);
            }
            command.extend(expected);
            command
        },
    );
    let known = prop::sample::select(vec![
        "0020000106313233343537",
        "00200001",
        "002241b60a800102810 24b01840100",
        "002241b6078001008102 4b02",
        "002241b8078001028102 4b03",
        "002a9e9a0401020304 00",
        "00a4040c0ca000000063504b43532d3135",
        "00a408000450154300 00",
        "00b0000000",
        "00b0910000",
        "00a404000cf276a288bcfba69d34f31001",
        "002241b606800111840101",
        "002c000110303030303030ffff363534333231ffff",
        "002c01010830303030303030 30",
        "0024000110303030303030ffff363534333231ffff",
        "00200002083030303030303030",
    ]);
    let known = known.prop_map(|text| hex::decode(text.replace(' ', "")).unwrap());
    prop_oneof![3 => shaped, 3 => known, 1 => prop::collection::vec(any::<u8>(), 0..40)]
}

/// The tries that are left of the PIN and of the PUK.
fn tries(card: &mut Card) -> (u8, u8) {
    send(card, "00CA01A0"); // breaks off a chain that was begun
    let mut left = |question| {
        let answer = send(card, question);
        match answer.as_str() {
            "6983" => 0,
            _ => answer.strip_prefix("63C").unwrap().parse().unwrap(),
        }
    };
    (left("00200001"), left("00200002"))
}

/// Both command sets, activated or not, with any number of tries left, padding alone or not.
fn any_card() -> impl Strategy<Value = Card> {
    let paddings = prop::sample::select(vec![Paddings::Any, Paddings::Pkcs1Only]);
    let life = prop::sample::select(vec![Life::Letter, Life::Activated]);
    (any::<bool>(), paddings, life, 1..4_u8, 0..4_u8).prop_map(
        |(myeid, paddings, life, pin, puk)| {
            let usual = Settings::default();
            let commands = if myeid { Commands::MyEid } else { Commands::IsoApplet };
            let pin = Code { left: pin, ..usual.pin };
            let puk = Code { left: puk, ..usual.puk };
            let settings = Settings { commands, paddings, pin, puk, life, ..Settings::default() };
            let mut card = card_with(&settings);
            send(&mut card, SELECT_ISOAPPLET);
            card
        },
    )
}

impl std::fmt::Debug for Card {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Card({})", hex::encode(&self.atr))
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn without_the_right_codes_no_command_logs_in_or_gives_tries_back(
        mut card in any_card(),
        commands in prop::collection::vec(command(), 0..60)
    ) {
        let mut left = tries(&mut card);
        for command in commands {
            prop_assume!(!command.windows(6).any(|window| window == b"123456"));
            let answer = device::Card::transmit(&mut card, &command, Time::ZERO);
            prop_assert!(answer.len() >= 2);
            let now = tries(&mut card);
            let fewer = now.0 <= left.0 && now.1 <= left.1;
            prop_assert!(fewer, "{} gave tries back", hex::encode(&command));
            left = now;
        }
    }

    #[test]
    fn no_bytes_make_the_card_panic_when_it_is_logged_in(
        mut card in any_card(),
        commands in prop::collection::vec(command(), 0..60)
    ) {
        prop_assert_eq!(send(&mut card, "0020000106313233343536"), "9000");
        for command in commands {
            let answer = device::Card::transmit(&mut card, &command, Time::ZERO);
            prop_assert!(answer.len() >= 2);
        }
    }

    #[test]
    fn one_seed_gives_the_same_answers_to_the_same_commands(
        commands in prop::collection::vec(command(), 0..40)
    ) {
        for make in [card, isoapplet] {
            let (mut one, mut other) = (make(), make());
            for command in &commands {
                let answers = [&mut one, &mut other]
                    .map(|card| device::Card::transmit(card, command, Time::ZERO));
                prop_assert_eq!(&answers[0], &answers[1]);
            }
        }
    }
}
