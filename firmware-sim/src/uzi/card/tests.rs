use expect_test::{Expect, expect};
use proptest::prelude::*;
use rsa::pkcs1v15::{Signature, VerifyingKey};
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, Pkcs1v15Encrypt, RsaPublicKey};
use sha2::{Digest, Sha256};
use signature::Verifier;
use std::sync::OnceLock;

use super::Card;
use crate::device::{self, Card as _, Time};
use crate::env::Seed;
use crate::pki::Purpose;
use crate::uzi::material::{Material, tests::folder};

/// Read once: checking six private keys takes longer than the tests.
fn material() -> &'static Material {
    static MATERIAL: OnceLock<Material> = OnceLock::new();
    MATERIAL.get_or_init(|| Material::read(folder().path(), "z".parse().unwrap()).unwrap())
}

fn card() -> Card {
    Card::new(material(), Seed::from(1))
}

fn send(card: &mut Card, command: &str) -> String {
    let command = hex::decode(command.replace(' ', "")).unwrap();
    hex::encode_upper(card.transmit(&command, Time::ZERO))
}

/// Sends each line and compares the answers; long answers are shown by their ends.
fn check(script: &str, expected: &Expect) {
    let mut card = card();
    let answers = script.lines().map(str::trim).filter(|line| !line.is_empty()).map(|line| {
        if line == "reset" {
            card.reset(Time::ZERO);
            return "-".to_owned();
        }
        let answer = send(&mut card, line);
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

/// The files that OpenSC accepted, byte for byte but for the serial number.
#[test]
fn the_files_are_those_that_opensc_accepted() {
    let token = "302A020100 0406900000101XXX 0C1043494247202873696D756C6174656429 \
                 8007555A492D706173 03020450";
    let pin = "3036300D0C07555A492050494E030206C03003040101A120301E030203480A01010201060201080201\
               088001010401FF300604043F005015";
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
    assert_eq!(read("4005"), spaceless(pin));
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
        "0024000210FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF",
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
        0020000206313233343536
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
        00A4030002123400
        00A4080402501500
        00A408000450154B0100
        00B0000010
        00CA01A100
        00840000
        00840001 08
        002C000000
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
    let file = crate::uzi::content::key_file(purpose);
    let (template, operation) = match purpose {
        Purpose::Authenticity | Purpose::Signature => ("B6", "2A9E9A"),
        Purpose::Confidentiality => ("B8", "2A8086"),
    };
    let set = format!("002241{template}07 8001{padding:02X} 8102{file:04X}");
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

/// Commands that come near to sense, so that sequences of them reach the depths.
fn command() -> impl Strategy<Value = Vec<u8>> {
    let instruction =
        prop::sample::select(vec![0x20_u8, 0x22, 0x2A, 0xA4, 0xB0, 0xC0, 0xCA, 0x24, 0x2C, 0x84]);
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
    ]);
    let known = known.prop_map(|text| hex::decode(text.replace(' ', "")).unwrap());
    prop_oneof![3 => shaped, 3 => known, 1 => prop::collection::vec(any::<u8>(), 0..40)]
}

fn tries(card: &mut Card) -> u8 {
    send(card, "00CA01A0"); // breaks off a chain that was begun
    let answer = send(card, "00200001");
    match answer.as_str() {
        "6983" => 0,
        _ => answer.strip_prefix("63C").unwrap().parse().unwrap(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn without_the_right_pin_no_command_logs_in_or_gives_tries_back(
        commands in prop::collection::vec(command(), 0..60)
    ) {
        let mut card = card();
        let mut left = tries(&mut card);
        for command in commands {
            prop_assume!(!command.windows(6).any(|window| window == b"123456"));
            let answer = device::Card::transmit(&mut card, &command, Time::ZERO);
            prop_assert!(answer.len() >= 2);
            let now = tries(&mut card);
            prop_assert!(now <= left, "{} gave tries back", hex::encode(&command));
            left = now;
        }
    }

    #[test]
    fn no_bytes_make_the_card_panic_when_it_is_logged_in(
        commands in prop::collection::vec(command(), 0..60)
    ) {
        let mut card = card();
        prop_assert_eq!(send(&mut card, "0020000106313233343536"), "9000");
        for command in commands {
            let answer = device::Card::transmit(&mut card, &command, Time::ZERO);
            prop_assert!(answer.len() >= 2);
        }
    }
}
