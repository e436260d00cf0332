//! What becomes of a card in its life, and its other command set, judged by OpenSC and openssl:
//! PIN changed, forgotten and given back, card not activated, dead, padding by itself alone.

use std::fs;

use super::card::{Scene, openssl};

/// Both command sets, as a description has them.
const COMMAND_SETS: [&str; 2] = ["myeid", "isoapplet"];

fn scene(rest: &str) -> Scene {
    Scene::described(&format!("card = 'z'\n{rest}"))
}

impl Scene {
    /// Whether OpenSC's tool for PKCS#15 did this.
    fn does(&self, arguments: &[&str]) -> bool {
        self.opensc("pkcs15-tool", arguments.iter().copied()).code == 0
    }

    fn verifies(&self, pin: &str) -> bool {
        self.does(&["--verify-pin", "--pin", pin])
    }

    /// Signs with a key by this mechanism; the program's words where it does not.
    fn sign(&self, pin: &str, id: &str, mechanism: &str, input: &str) -> Result<String, String> {
        let signature = self.file("signature");
        let sign = ["--sign", "--id", id, "-m", mechanism, "--input-file", input];
        let output = self.pkcs11(pin, sign.into_iter().chain(["--output-file", &signature]));
        if output.code == 0 { Ok(signature) } else { Err(output.all()) }
    }

    /// Has openssl check a signature over the file `data`.
    fn assert_signed(&self, certificate: &str, data: &str, signature: &str, options: &[&str]) {
        let public = self.public_key(certificate);
        let verify = ["-sha256", "-verify", &public, "-signature", signature, data];
        let verify = ["dgst"].into_iter().chain(options.iter().copied()).chain(verify);
        assert_eq!(openssl(verify).good().trim(), "Verified OK");
    }

    fn data(&self) -> String {
        let data = self.file("data");
        fs::write(&data, "ondertekend in het volle zicht").expect("a temporary folder");
        data
    }
}

#[test]
fn the_puk_gives_a_blocked_pin_back() {
    for commands in COMMAND_SETS {
        let scene = scene(&format!("commands = '{commands}'"));
        for _ in 0..3 {
            assert!(!scene.verifies("999999"), "{commands}");
        }
        let blocked = scene.opensc("pkcs15-tool", ["--verify-pin", "--pin", "123456"]);
        assert!(blocked.all().contains("Authentication method blocked"), "{}", blocked.all());
        let unblock = |puk| ["--unblock-pin", "--puk", puk, "--new-pin", "geheim12"];
        let wrong = scene.opensc("pkcs15-tool", unblock("00000000"));
        assert!(wrong.all().contains("PUK code incorrect; tries left: 2"), "{}", wrong.all());
        assert!(scene.does(&unblock("12345678")), "{commands}");
        assert!(!scene.verifies("123456") && scene.verifies("geheim12"), "{commands}");
        let change = ["--change-pin", "--auth-id", "02", "--pin", "12345678"];
        let change = [&change[..], &["--new-pin", "87654321"]].concat();
        assert!(scene.does(&change), "{commands}");
        assert!(!scene.does(&unblock("12345678")) && scene.does(&unblock("87654321")));
    }
}

#[test]
fn after_three_wrong_puks_nothing_gives_the_card_back() {
    for commands in COMMAND_SETS {
        let scene = scene(&format!("commands = '{commands}'\npin.left = 0"));
        let unblock = |puk| ["--unblock-pin", "--puk", puk, "--new-pin", "geheim12"];
        for _ in 0..3 {
            assert!(!scene.does(&unblock("00000000")), "{commands}");
        }
        let last = scene.opensc("pkcs15-tool", unblock("12345678"));
        assert!(last.all().contains("Authentication method blocked"), "{}", last.all());
    }
}

#[test]
fn a_card_that_is_not_activated_signs_once_its_holder_chose_a_pin() {
    for commands in COMMAND_SETS {
        let scene = scene(&format!("commands = '{commands}'\nstate = 'not-activated'"));
        let data = scene.data();
        let flags = |scene: &Scene| {
            let pins = scene.opensc("pkcs15-tool", ["--list-pins"]).good();
            let flags = pins.lines().find(|line| line.contains("Flags          :"));
            flags.expect("the PIN has flags").to_owned()
        };
        assert!(!flags(&scene).contains("initialized"), "{}", flags(&scene));
        let refused = scene.sign("123456", "45", "SHA256-RSA-PKCS", &data).unwrap_err();
        assert!(refused.contains("CKR_FUNCTION_FAILED"), "{refused}");
        let _ = scene.pkcs11("123456", ["--change-pin", "--new-pin", "geheim12"]).good();
        assert!(flags(&scene).contains("initialized"), "{}", flags(&scene));
        let signature = scene.sign("geheim12", "45", "SHA256-RSA-PKCS", &data).unwrap();
        scene.assert_signed("cards/z/authenticiteit", &data, &signature, &[]);
    }
}

#[test]
fn a_dead_card_does_not_answer() {
    let scene = scene("state = 'dead'");
    let said = scene.opensc("opensc-tool", ["--name"]).all();
    assert!(said.contains("Unresponsive card"), "{said}");
    let said = scene.opensc("pkcs11-tool", ["--list-slots"]).all();
    assert!(said.contains("CKR_DEVICE_ERROR"), "{said}");
}

#[test]
fn opensc_knows_isoapplet_and_lists_what_is_on_it() {
    let scene = scene("commands = 'isoapplet'");
    assert_eq!(scene.opensc("opensc-tool", ["--name"]).good().trim(), "Javacard with IsoApplet");
    let dump = scene.opensc("pkcs15-tool", ["--dump"]).good();
    let dump = dump.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "PKCS#15 Card [UZI-pas]",
        "Length : min_len:6, max_len:8, stored_len:16 Pad char : 0x00",
        "local, initialized, needs-padding, unblockingPin",
        "Private RSA Key [Authenticiteit] Object Flags : [0x01], private Usage : [0x04], sign",
        "Key ref : 2 (0x02) Native : yes Path : 3f005015 Auth ID : 01 ID : 47",
        "X.509 Certificate [CA root] Object Flags : [0x00] Authority : yes",
    ] {
        assert!(dump.contains(expected), "{expected} in {dump}");
    }
    for (id, name) in
        [("45", "authenticiteit"), ("46", "handtekening"), ("47", "vertrouwelijkheid")]
    {
        let read = scene.opensc("pkcs15-tool", ["--read-certificate", id]).good();
        let made = fs::read_to_string(scene.file(&format!("pki/cards/z/{name}.pem"))).unwrap();
        assert_eq!(read, made, "{id}");
    }
}

#[test]
fn pkcs11_tool_tests_isoapplet_and_openssl_accepts_its_signatures() {
    let scene = scene("commands = 'isoapplet'");
    let said = scene.pkcs11("123456", ["--test"]).good();
    assert!(said.contains("No errors"), "{said}");
    let data = scene.data();
    for (id, certificate) in [("45", "authenticiteit"), ("46", "handtekening")] {
        let signature = scene.sign("123456", id, "SHA256-RSA-PKCS", &data).unwrap();
        scene.assert_signed(&format!("cards/z/{certificate}"), &data, &signature, &[]);
    }
    // The applet pads by itself, so no host can make a PSS signature with it.
    let mechanisms = scene.opensc("pkcs11-tool", ["--list-mechanisms"]).good();
    assert!(
        mechanisms.contains("SHA256-RSA-PKCS, ") && !mechanisms.contains("PSS"),
        "{mechanisms}"
    );
    let refused = scene.sign("123456", "45", "SHA256-RSA-PKCS-PSS", &data).unwrap_err();
    assert!(refused.contains("CKR_MECHANISM_INVALID"), "{refused}");
}

#[test]
fn a_card_that_pads_by_itself_alone_makes_no_pss() {
    let scene = scene("padding = 'pkcs1'");
    let data = scene.data();
    let hash = scene.file("hash");
    let _ = openssl(["dgst", "-sha256", "-binary", "-out", &hash, &data]).good();
    let prefix = hex::decode("3031300d060960864801650304020105000420").unwrap();
    fs::write(&hash, [prefix, fs::read(&hash).unwrap()].concat()).unwrap();
    let signature = scene.sign("123456", "45", "RSA-PKCS", &hash).unwrap();
    scene.assert_signed("cards/z/authenticiteit", &data, &signature, &[]);
    let refused = scene.sign("123456", "45", "SHA256-RSA-PKCS-PSS", &data).unwrap_err();
    assert!(refused.contains("C_Sign"), "{refused}");
}
