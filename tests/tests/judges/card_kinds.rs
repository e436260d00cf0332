//! Cards of type M and generation G4, and cards that somebody describes, judged by OpenSC and openssl.

use std::fs;

use super::card::{Scene, openssl};

fn subject(scene: &Scene, id: &str) -> String {
    let certificate = scene.opensc("pkcs15-tool", ["--read-certificate", id]).good();
    let file = scene.file("read.pem");
    fs::write(&file, certificate).expect("a temporary folder is writable");
    openssl(["x509", "-in", &file, "-noout", "-subject", "-nameopt", "utf8,sep_comma_plus"]).good()
}

/// What openssl says of a certificate on the card: `OK`, or its first error.
fn verdict(scene: &Scene, id: &str) -> String {
    let read = scene.opensc("pkcs15-tool", ["--read-certificate", id]).good();
    let (certificate, bundle) = (scene.file("leaf.pem"), scene.file("bundle.pem"));
    fs::write(&certificate, read).expect("a temporary folder is writable");
    let mut all = String::new();
    for entry in fs::read_dir(scene.file("pki/trust")).expect("a trust folder") {
        let path = entry.expect("a file").path();
        if path.extension().is_some_and(|extension| extension == "pem") {
            all += &fs::read_to_string(path).expect("a certificate");
        }
    }
    for entry in fs::read_dir(scene.file("pki/crl")).expect("lists") {
        let path = entry.expect("a file").path();
        let path = path.to_str().expect("temporary paths are text");
        all += &openssl(["crl", "-inform", "DER", "-in", path]).good();
    }
    fs::write(&bundle, all).expect("a temporary folder is writable");
    let options = ["verify", "-crl_check_all", "-purpose", "sslclient"];
    let files = ["-CAfile", &bundle, "-CRLfile", &bundle, &certificate];
    let output = openssl(options.into_iter().chain(files));
    let said = output.all();
    let error = said.lines().find_map(|line| line.strip_prefix("error "));
    error.map_or("OK".to_owned(), |error| error.split(' ').next().unwrap_or_default().to_owned())
}

#[test]
fn a_card_of_type_m_has_no_key_for_signatures() {
    let scene = Scene::new("m");
    let keys = scene.opensc("pkcs15-tool", ["--list-keys"]).good();
    let labels: Vec<_> = keys.lines().filter(|line| line.starts_with("Private")).collect();
    let wanted = ["Private RSA Key [Authenticiteit]", "Private RSA Key [Vertrouwelijkheid]"];
    assert_eq!(labels, wanted);
    assert_eq!(subject(&scene, "45").matches("Test Balie").count(), 1);
    let said = scene.pkcs11("123456", ["--test"]).good();
    assert!(said.contains("No errors"), "{said}");
    for (id, name) in [("45", "authenticiteit"), ("47", "vertrouwelijkheid")] {
        let read = scene.opensc("pkcs15-tool", ["--read-certificate", id]).good();
        let made = fs::read_to_string(scene.file(&format!("pki/cards/m/{name}.pem"))).unwrap();
        assert_eq!(read, made, "{id}");
    }
}

#[test]
fn a_card_of_generation_g4_signs_with_long_keys_and_with_pss() {
    let scene = Scene::new("g4");
    let keys = scene.opensc("pkcs15-tool", ["--list-keys"]).good();
    assert_eq!(keys.matches("ModLength      : 3072").count(), 3, "{keys}");
    let said = scene.pkcs11("123456", ["--test"]).good();
    assert!(said.contains("No errors"), "{said}");
    let (data, signature) = (scene.file("data"), scene.file("signature"));
    fs::write(&data, "ondertekend in het volle zicht").unwrap();
    let pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:64"];
    for (id, certificate) in [("45", "authenticiteit"), ("46", "handtekening")] {
        let public = scene.public_key(&format!("cards/g4/{certificate}"));
        for (mechanism, options) in [("SHA512-RSA-PKCS-PSS", &pss[..]), ("SHA512-RSA-PKCS", &[])] {
            let sign = ["--sign", "--id", id, "-m", mechanism, "--input-file", &data];
            let sign = sign.into_iter().chain(["--output-file", &signature]);
            let _ = scene.pkcs11("123456", sign).good();
            let verify = ["-sha512", "-verify", &public, "-signature", &signature, &data];
            let verify = ["dgst"].into_iter().chain(options.iter().copied()).chain(verify);
            assert_eq!(openssl(verify).good().trim(), "Verified OK", "{id} {mechanism}");
            fs::remove_file(&signature).unwrap();
        }
    }
}

/// The example of the manual, and the same holder with every length of key, type and generation.
#[test]
fn a_card_that_somebody_describes_is_issued_by_the_hierarchy() {
    let holder = "[holder]\ngiven_names = 'Test Ünal'\nsurname = 'de Boer'\nnumber = '900000777'";
    for (card, bits) in [("z", "2048"), ("z", "3072"), ("n", "3072"), ("g4", "2048")] {
        let scene = Scene::described(&format!("card = '{card}'\nkey_bits = {bits}\n{holder}"));
        let name = subject(&scene, "45");
        for part in ["serialNumber=900000777", "CN=Test Ünal de Boer", "O=FAKE Testpraktijk"] {
            assert!(name.contains(part), "{part}: {name}");
        }
        assert_eq!(verdict(&scene, "45"), "OK", "{card} {bits}");
        let keys = scene.opensc("pkcs15-tool", ["--list-keys"]).good();
        assert_eq!(keys.matches(&format!("ModLength      : {bits}")).count(), 3, "{keys}");
        let said = scene.pkcs11("123456", ["--test"]).good();
        assert!(said.contains("No errors"), "{said}");
    }
    let scene = Scene::described("card = 'm'\nholder.function = 'Test Receptie'");
    assert!(subject(&scene, "45").contains("CN=Test Receptie"));
    assert_eq!(verdict(&scene, "45"), "OK");
}

/// The fault is in the authenticity certificate; openssl names those that it knows.
#[test]
fn a_described_card_has_the_fault_of_the_card_it_begins_from() {
    let check = |fault: &str, expected: &str| {
        let described = format!("card = 'z:{fault}'\nholder.number = '900000778'");
        let scene = Scene::described(&described);
        assert!(subject(&scene, "45").contains("900000778"));
        assert_eq!(verdict(&scene, "45"), expected, "{fault}");
    };
    check("revoked", "23");
    check("expired", "10");
    check("other-root", "20");
    check("revoked-issuer", "23");
}
