//! The simulated UZI card in a simulated reader, judged by OpenSC over the real pcscd, with openssl
//! checking what its keys do.

use std::fs;
use std::path::Path;

use firmware_sim::device::{self, Time};
use firmware_sim::env::Seed;
use firmware_sim::uzi::{self, Material};
use sleutelbos_agent::tokens::card::{Error, Tries, Verdict, link, pkcs15};
use tests::program::{Output, Program};
use tests::world::World;

/// A world with one card in a reader.
pub(crate) struct Scene {
    world: World,
    folder: tempfile::TempDir,
}

impl Scene {
    pub(crate) fn new(card: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        Self::within(folder, card)
    }

    /// The same with a card that this TOML describes.
    pub(crate) fn described(toml: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let card = path(folder.path(), "card.toml");
        fs::write(&card, toml).expect("a temporary folder is writable");
        Self::within(folder, &card)
    }

    fn within(folder: tempfile::TempDir, card: &str) -> Self {
        let pki = path(folder.path(), "pki");
        let _ = Program::ours("firmware-sim").args(["pki", &pki]).run().good();
        let world = World::start(&["--card", card, "--pki", &pki]);
        Self { world, folder }
    }

    /// A path in the folder of this scene.
    pub(crate) fn file(&self, name: &str) -> String {
        path(self.folder.path(), name)
    }

    pub(crate) fn opensc<'a>(
        &self,
        tool: &str,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Output {
        self.world.run(Program::stranger(tool, "opensc").args(arguments))
    }

    /// pkcs11-tool, logged in with this PIN.
    pub(crate) fn pkcs11<'a>(
        &self,
        pin: &'a str,
        arguments: impl IntoIterator<Item = &'a str>,
    ) -> Output {
        let login = ["--login", "--pin", pin];
        self.opensc("pkcs11-tool", login.into_iter().chain(arguments))
    }

    /// Writes the public key of a certificate of the test hierarchy and gives its path.
    pub(crate) fn public_key(&self, certificate: &str) -> String {
        let certificate = self.file(&format!("pki/{certificate}.pem"));
        let key = openssl(["x509", "-in", &certificate, "-noout", "-pubkey"]).good();
        let path = self.file("public.pem");
        fs::write(&path, key).expect("a temporary folder is writable");
        path
    }
}

fn path(folder: &Path, name: &str) -> String {
    folder.join(name).to_str().expect("temporary paths are text").to_owned()
}

pub(crate) fn openssl<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Output {
    Program::stranger("openssl", "openssl").args(arguments).run()
}

#[test]
fn opensc_knows_the_card_and_lists_what_is_on_it() {
    let scene = Scene::new("z");
    assert_eq!(
        scene.opensc("opensc-tool", ["--atr"]).good().trim(),
        "3b:85:80:01:4f:73:45:49:44:70"
    );
    assert_eq!(scene.opensc("opensc-tool", ["--name"]).good().trim(), "OsEID 4.5.5");
    let dump = scene.opensc("pkcs15-tool", ["--dump"]).good();
    let dump = dump.split_whitespace().collect::<Vec<_>>().join(" ");
    for expected in [
        "PKCS#15 Card [UZI-pas]",
        "Manufacturer ID: CIBG (simulated)",
        "Flags : Login required, EID compliant",
        "PIN [UZI PIN]",
        "Length : min_len:6, max_len:8, stored_len:8",
        "Private RSA Key [Authenticiteit] Object Flags : [0x01], private Usage : [0x04], sign",
        "Private RSA Key [Handtekening] Object Flags : [0x01], private Usage : [0x200], nonRep",
        "Private RSA Key [Vertrouwelijkheid] Object Flags : [0x01], private Usage : [0x22], dec",
        "X.509 Certificate [CA iss] Object Flags : [0x00] Authority : yes",
        "X.509 Certificate [CA level 2] Object Flags : [0x00] Authority : yes",
        "X.509 Certificate [CA root] Object Flags : [0x00] Authority : yes",
    ] {
        assert!(dump.contains(expected), "{expected} in {dump}");
    }
}

#[test]
fn opensc_reads_the_certificates_as_they_were_made() {
    for (card, folder, authenticity) in [
        ("z", "cards/z", "cards/z/authenticiteit.pem"),
        ("n", "cards/n", "cards/n/authenticiteit.pem"),
        ("z:revoked", "cards/z", "negative/revoked.pem"),
    ] {
        let scene = Scene::new(card);
        let check = |id: &str, file: &str| {
            let read = scene.opensc("pkcs15-tool", ["--read-certificate", id]).good();
            let made = fs::read_to_string(scene.file(&format!("pki/{file}"))).unwrap();
            assert_eq!(read, made, "{card} {id}");
        };
        check("45", authenticity);
        check("46", &format!("{folder}/handtekening.pem"));
        check("47", &format!("{folder}/vertrouwelijkheid.pem"));
        let chain = ["60", "61", "62"]
            .map(|id| scene.opensc("pkcs15-tool", ["--read-certificate", id]).good());
        let made = fs::read_to_string(scene.file(&format!("pki/{folder}/chain.pem"))).unwrap();
        assert_eq!(chain.concat(), made, "{card}");
    }
}

#[test]
fn openssl_accepts_the_signatures_that_pkcs11_makes() {
    let scene = Scene::new("z");
    let (data, signature) = (scene.file("data"), scene.file("signature"));
    fs::write(&data, "ondertekend in het volle zicht").unwrap();
    let (hash, info) = (scene.file("hash"), scene.file("info"));
    let _ = openssl(["dgst", "-sha256", "-binary", "-out", &hash, &data]).good();
    let prefix = hex::decode("3031300d060960864801650304020105000420").unwrap();
    fs::write(&info, [prefix, fs::read(&hash).unwrap()].concat()).unwrap();
    let pss = "rsa_padding_mode:pss";
    for (id, certificate) in [("45", "authenticiteit"), ("46", "handtekening")] {
        let public = scene.public_key(&format!("cards/z/{certificate}"));
        let check = |mechanism: &str, input: &str, options: &[&str]| {
            let sign = ["--sign", "--id", id, "-m", mechanism, "--input-file", input];
            let sign = sign.into_iter().chain(["--output-file", &signature]);
            let _ = scene.pkcs11("123456", sign).good();
            let verify = ["-verify", &public, "-signature", &signature, &data];
            let verify = ["dgst"].into_iter().chain(options.iter().copied()).chain(verify);
            assert_eq!(openssl(verify).good().trim(), "Verified OK", "{id} {mechanism}");
            fs::remove_file(&signature).unwrap();
        };
        check("SHA256-RSA-PKCS", &data, &["-sha256"]);
        check("SHA512-RSA-PKCS", &data, &["-sha512"]);
        check("RSA-PKCS", &info, &["-sha256"]);
        check("SHA256-RSA-PKCS-PSS", &data, &["-sha256", "-sigopt", pss]);
    }
}

#[test]
fn pkcs11_decrypts_what_openssl_encrypted() {
    let scene = Scene::new("z");
    let (data, encrypted, decrypted) =
        (scene.file("data"), scene.file("encrypted"), scene.file("decrypted"));
    fs::write(&data, "zestien bytes 16").unwrap();
    let public = scene.public_key("cards/z/vertrouwelijkheid");
    let check = |padding: &[&str], mechanism: &[&str]| {
        let encrypt = ["pkeyutl", "-encrypt", "-pubin", "-inkey", &public, "-in", &data];
        let encrypt =
            encrypt.into_iter().chain(["-out", &encrypted]).chain(padding.iter().copied());
        let _ = openssl(encrypt).good();
        let decrypt = ["--decrypt", "--id", "47", "--input-file", &encrypted];
        let decrypt = decrypt.into_iter().chain(["--output-file", &decrypted]);
        let _ = scene.pkcs11("123456", decrypt.chain(mechanism.iter().copied())).good();
        assert_eq!(fs::read(&decrypted).unwrap(), fs::read(&data).unwrap(), "{mechanism:?}");
        fs::remove_file(&decrypted).unwrap();
    };
    check(&[], &["-m", "RSA-PKCS"]);
    let oaep = ["rsa_padding_mode:oaep", "rsa_oaep_md:sha256", "rsa_mgf1_md:sha256"];
    let oaep = oaep.map(|option| ["-pkeyopt", option]).concat();
    let hash = ["--hash-algorithm", "SHA256", "--mgf", "MGF1-SHA256"];
    check(&oaep, &[&["-m", "RSA-PKCS-OAEP"], &hash[..]].concat());
}

fn assert_refused(output: &Output) {
    assert!(output.stderr.contains("CKR_KEY_TYPE_INCONSISTENT"), "{}", output.all());
}

#[test]
fn each_key_does_only_what_it_is_for() {
    let scene = Scene::new("z");
    let data = scene.file("data");
    fs::write(&data, [0; 256]).unwrap();
    let sign = ["--sign", "--id", "47", "-m", "SHA256-RSA-PKCS", "--input-file", &data];
    assert_refused(&scene.pkcs11("123456", sign));
    let decrypt = ["--decrypt", "--id", "45", "-m", "RSA-PKCS", "--input-file", &data];
    assert_refused(&scene.pkcs11("123456", decrypt));
    let objects = scene.pkcs11("123456", ["--list-objects", "--type", "privkey"]).good();
    let access = |label: &str| {
        let object = objects.split("Private Key Object").find(|object| object.contains(label));
        object.unwrap().lines().any(|line| line.contains("always authenticate"))
    };
    assert!(access("Handtekening"), "{objects}");
    assert!(!access("Authenticiteit"), "{objects}");
}

/// pkcs11-tool signs twice with every key and draws random bytes, in one session.
#[test]
fn the_tests_of_pkcs11_tool_itself_end_well() {
    let scene = Scene::new("z");
    let said = scene.pkcs11("123456", ["--test"]).good();
    assert!(said.contains("No errors"), "{said}");
}

#[test]
fn the_third_wrong_pin_locks_the_token() {
    let scene = Scene::new("z");
    let check = |pin: &str, result: &str, flag: Option<&str>| {
        let output = scene.pkcs11(pin, ["--list-objects"]).all();
        assert!(output.contains(result), "{pin}: {output}");
        let slots = scene.opensc("pkcs11-tool", ["--list-token-slots"]).good();
        for known in ["final user PIN try", "user PIN locked"] {
            assert_eq!(slots.contains(known), Some(known) == flag, "after {pin}: {slots}");
        }
    };
    check("999991", "CKR_PIN_INCORRECT", None);
    check("999992", "CKR_PIN_INCORRECT", Some("final user PIN try"));
    check("999993", "CKR_PIN_INCORRECT", Some("user PIN locked"));
    check("123456", "CKR_PIN_LOCKED", Some("user PIN locked"));
}

#[test]
fn opensc_changes_the_pin() {
    let scene = Scene::new("z");
    let change = ["--change-pin", "--pin", "123456", "--new-pin", "geheim12"];
    let _ = scene.opensc("pkcs15-tool", change).good();
    let refused = scene.pkcs11("123456", ["--list-objects"]).all();
    assert!(refused.contains("CKR_PIN_INCORRECT"), "{refused}");
    let back = ["--change-pin", "--new-pin", "123456"];
    let _ = scene.pkcs11("geheim12", back).good();
    let _ = scene.pkcs11("123456", ["--list-objects"]).good();
}

/// The simulated card without a reader, for the agent's own code.
struct Direct(uzi::Card);

impl link::Card for Direct {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(device::Card::transmit(&mut self.0, command, Time::ZERO))
    }
}

/// The agent's direct commands, which only cards on a list get; openssl judges the signature.
#[test]
fn the_agent_finds_the_authenticity_key_and_openssl_accepts_its_signature() {
    let folder = tempfile::tempdir().unwrap();
    let pki = path(folder.path(), "pki");
    let _ = Program::ours("firmware-sim").args(["pki", &pki]).run().good();
    for name in ["z", "n"] {
        let material = Material::read(Path::new(&pki), name.parse().unwrap()).unwrap();
        let mut card = Direct(uzi::Card::new(&material, Seed::from(1)));
        assert!(pkcs15::knows(&device::Card::atr(&card.0)));
        pkcs15::select(&mut card).unwrap();
        let certificate = path(folder.path(), &format!("pki/cards/{name}/authenticiteit.pem"));
        let der = path(folder.path(), "der");
        let _ = openssl(["x509", "-in", &certificate, "-outform", "DER", "-out", &der]).good();
        let der = fs::read(der).unwrap();
        let pair = pkcs15::find(&mut card, |found| found == der).unwrap();
        assert_eq!(pkcs15::tries(&mut card, &pair).unwrap(), Tries::Left(3));
        let wrong = pkcs15::verify(&mut card, &pair, "999999").unwrap();
        assert_eq!(wrong, Verdict::Wrong(Tries::Left(2)));
        assert!(matches!(pkcs15::sign(&mut card, &pair, &[7; 32]), Err(Error::Refused { .. })));
        let right = pkcs15::verify(&mut card, &pair, uzi::Card::PIN).unwrap();
        assert_eq!(right, Verdict::Right(()));
        let signature = pkcs15::sign(&mut card, &pair, &[7; 32]).unwrap();
        let (hash, file) = (path(folder.path(), "hash"), path(folder.path(), "signature"));
        fs::write(&hash, [7; 32]).unwrap();
        fs::write(&file, signature).unwrap();
        let verify = ["pkeyutl", "-verify", "-certin", "-inkey", &certificate, "-in", &hash];
        let verify = verify.into_iter().chain(["-sigfile", &file, "-pkeyopt", "digest:sha256"]);
        assert!(openssl(verify).good().contains("Signature Verified Successfully"));
    }
}
