//! The test hierarchy, judged by openssl and by a certificate of the real TEST register.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use firmware_sim::pki::CASES;
use tests::program::{Output, Program, workspace};

/// A hierarchy, made by the program itself; it goes with the test.
struct Hierarchy(tempfile::TempDir);

impl Hierarchy {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let _ = mint(folder.path(), 1).good();
        Self(folder)
    }

    /// The path of one of its files, as an argument.
    fn file(&self, name: &str) -> String {
        self.0.path().join(name).to_str().expect("temporary paths are text").to_owned()
    }

    /// The paths of the files of one kind in one of its folders.
    fn files(&self, folder: &str, extension: &str) -> Vec<PathBuf> {
        let entries =
            fs::read_dir(self.0.path().join(folder)).expect("the hierarchy has this folder");
        let paths = entries.map(|entry| entry.expect("the folder can be read").path());
        paths.filter(|path| path.extension().is_some_and(|found| found == extension)).collect()
    }
}

fn mint(folder: &Path, seed: u64) -> Output {
    Program::ours("firmware-sim").arg("pki").arg(folder).args(["--seed", &seed.to_string()]).run()
}

fn openssl<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    Program::stranger("openssl", "openssl").args(arguments).run()
}

/// The trust folder and the revocation lists, as openssl wants them.
struct Judge {
    gathered: tempfile::TempDir,
}

impl Judge {
    fn new(hierarchy: &Hierarchy) -> Self {
        let gathered = tempfile::tempdir().expect("a temporary folder can be made");
        let (mut anchors, mut pool, mut lists) = (String::new(), String::new(), String::new());
        for path in hierarchy.files("trust", "pem") {
            let root = ["g3", "g4"].iter().any(|generation| {
                path.ends_with(format!("fake_zorg_csp_root_ca_{generation}.pem"))
            });
            let list = if root { &mut anchors } else { &mut pool };
            list.push_str(&fs::read_to_string(&path).expect("a certificate is text"));
        }
        for path in hierarchy.files("crl", "crl") {
            let path = path.to_str().expect("temporary paths are text");
            lists += &openssl(["crl", "-inform", "DER", "-in", path]).good();
        }
        for (name, content) in [("anchors", anchors), ("pool", pool), ("lists", lists)] {
            fs::write(gathered.path().join(name), content).expect("a temporary folder is writable");
        }
        Self { gathered }
    }

    /// `OK`, or the number of openssl's first error and the depth it is at.
    fn verdict(&self, certificate: &str, purpose: &str) -> String {
        let part = |name: &str| {
            self.gathered.path().join(name).to_str().expect("temporary paths are text").to_owned()
        };
        let (anchors, pool, lists) = (part("anchors"), part("pool"), part("lists"));
        let arguments = ["verify", "-crl_check_all", "-purpose", purpose, "-CAfile", &anchors];
        let material = ["-untrusted", &pool, "-CRLfile", &lists, certificate];
        let output = openssl(arguments.into_iter().chain(material));
        if output.code == 0 {
            return "OK".to_owned();
        }
        let all = output.all();
        let error = all.lines().find_map(|line| line.strip_prefix("error "));
        let error = error.and_then(|error| error.split_once(" depth lookup: "));
        error.map_or(all.clone(), |(place, _)| place.to_owned())
    }
}

#[test]
fn openssl_accepts_the_certificates_of_every_card() {
    let hierarchy = Hierarchy::new();
    let judge = Judge::new(&hierarchy);
    for (card, names) in [("z", 3), ("n", 3), ("m", 2), ("g4", 3)] {
        let check = |name: &str, purpose| {
            let file = hierarchy.file(&format!("cards/{card}/{name}.pem"));
            assert_eq!(judge.verdict(&file, purpose), "OK", "{card} {name}");
        };
        check("authenticiteit", "sslclient");
        check("vertrouwelijkheid", "smimeencrypt");
        let signs = Path::new(&hierarchy.file(&format!("cards/{card}/handtekening.pem"))).exists();
        assert_eq!(signs, names == 3, "{card}");
        if signs {
            check("handtekening", "smimesign");
        }
    }
}

/// What openssl says of a certificate, line by line.
fn lines_of(certificate: &str) -> Vec<String> {
    let text = openssl(["x509", "-in", certificate, "-noout", "-text"]).good();
    text.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn a_card_of_type_m_names_a_function_and_no_person() {
    let hierarchy = Hierarchy::new();
    for name in ["authenticiteit", "vertrouwelijkheid"] {
        let lines = lines_of(&hierarchy.file(&format!("cards/m/{name}.pem")));
        let subject =
            "Subject: C = NL, O = FAKE Testpraktijk, serialNumber = 900000201, CN = Test Balie";
        assert!(lines.iter().any(|line| line == subject), "{lines:?}");
        assert!(lines.iter().any(|line| line.contains("-1-900000201-M-90000001-00.000-00000000")));
    }
}

#[test]
fn cards_of_generation_g4_have_long_keys_and_are_signed_with_pss() {
    let hierarchy = Hierarchy::new();
    let files = [
        "cards/g4/authenticiteit.pem",
        "trust/fake_uzi-register_zorgverlener_ca_g4.pem",
        "trust/fake_zorg_csp_level_2_persoon_ca_g4.pem",
        "trust/fake_zorg_csp_root_ca_g4.pem",
    ];
    for file in files {
        let lines = lines_of(&hierarchy.file(file));
        let has = |wanted: &str| lines.iter().any(|line| line == wanted);
        for wanted in
            ["Signature Algorithm: rsassaPss", "Hash Algorithm: sha512", "Salt Length: 0x40"]
        {
            assert!(has(wanted), "{file}: {wanted}");
        }
        let bits = if file.starts_with("cards") { 3072 } else { 4096 };
        assert!(has(&format!("Public-Key: ({bits} bit)")), "{file}");
    }
    let lines = lines_of(&hierarchy.file("cards/g4/authenticiteit.pem"));
    assert!(lines.iter().any(|line| line == "TLS Web Client Authentication"), "{lines:?}");
}

/// The faults that openssl knows, it names; the others are in order for it, so that nothing but
/// the fault itself can be the reason to refuse them.
#[test]
fn openssl_finds_no_other_fault_in_the_negative_set() {
    let hierarchy = Hierarchy::new();
    let judge = Judge::new(&hierarchy);
    for case in CASES {
        let expected = match case.name {
            "expired" => "10 at 0",
            "not-yet-valid" => "9 at 0",
            "revoked" => "23 at 0",
            "revoked-issuer" => "23 at 1",
            "stale-crl" => "12 at 0",
            "missing-intermediate" | "other-root" => "20 at 0", // no issuer found
            "wrong-eku" | "wrong-key-usage" => "26 at 0",       // purpose
            _ => "OK",
        };
        let file = hierarchy.file(&format!("negative/{}.pem", case.name));
        assert_eq!(judge.verdict(&file, "sslclient"), expected, "{}", case.name);
    }
}

#[test]
fn the_folder_holds_the_negative_set_and_nothing_else() {
    let hierarchy = Hierarchy::new();
    let stems = |suffix: &str| {
        let paths = hierarchy.files("negative", "pem").into_iter();
        let names = paths.map(|path| path.file_name().unwrap().to_str().unwrap().to_owned());
        let stems = names.filter_map(|name| name.strip_suffix(suffix).map(str::to_owned));
        stems.filter(|stem| !stem.contains('.')).collect::<BTreeSet<_>>()
    };
    let expected: BTreeSet<_> = CASES.iter().map(|case| case.name.to_owned()).collect();
    assert_eq!(expected.len(), CASES.len(), "a name stands for one case");
    for suffix in [".pem", ".key.pem", ".chain.pem"] {
        assert_eq!(stems(suffix), expected, "{suffix}");
    }
}

#[test]
fn the_revoked_certificate_is_on_its_issuers_list_and_the_list_is_signed() {
    let hierarchy = Hierarchy::new();
    let crl = |name: &str| {
        let list = hierarchy.file(&format!("crl/{name}.crl"));
        let issuer = hierarchy.file(&format!("trust/{name}.pem"));
        openssl(["crl", "-inform", "DER", "-in", &list, "-CAfile", &issuer, "-noout", "-text"])
    };
    let name = "fake_uzi-register_zorgverlener_ca_g3";
    let output = crl(name);
    assert!(output.all().contains("verify OK"), "{}", output.all());
    let text = output.good();
    let serial = serial_number(&hierarchy.file("negative/revoked.pem"));
    assert!(text.contains(&format!("Serial Number: {serial}\n")), "{text}");
    assert_eq!(text.matches("Serial Number:").count(), 1);
    for expected in ["Version 2", "sha256WithRSAEncryption", "X509v3 CRL Number"] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    let level2 = crl("fake_zorg_csp_level_2_persoon_ca_g3").good();
    assert_eq!(level2.matches("Serial Number:").count(), 1);
}

fn serial_number(certificate: &str) -> String {
    let serial = openssl(["x509", "-noout", "-serial", "-in", certificate]).good();
    serial.trim().strip_prefix("serial=").expect("openssl names the number").to_owned()
}

/// What openssl prints of a certificate, without keys and signature.
fn text(certificate: &str) -> String {
    let options = ["-nameopt", "RFC2253,show_type", "-certopt", "no_pubkey,no_sigdump"];
    let arguments = ["x509", "-noout", "-text", "-in", certificate];
    let text = openssl(arguments.into_iter().chain(options)).good();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn each_certificate_says_what_the_register_lets_it_say() {
    let hierarchy = Hierarchy::new();
    let check = |certificate: &str, expected: &[&str]| {
        let text = text(&hierarchy.file(certificate));
        for part in expected {
            assert!(text.contains(part), "{certificate} lacks {part:?}: {text}");
        }
    };
    let doctor = "Subject: CN=UTF8STRING:Test Arts,serialNumber=PRINTABLESTRING:900000101,\
        GN=UTF8STRING:Test,SN=UTF8STRING:Arts,title=UTF8STRING:Arts,\
        O=UTF8STRING:FAKE Testpraktijk,C=PRINTABLESTRING:NL";
    let employee = "Subject: CN=UTF8STRING:Test Medewerker,serialNumber=PRINTABLESTRING:900000001,\
        GN=UTF8STRING:Test,SN=UTF8STRING:Medewerker,\
        O=UTF8STRING:FAKE Testpraktijk,C=PRINTABLESTRING:NL";
    let uzi_z = "othername: 2.5.5.5::2.16.528.1.1007.99.217-1-900000101-Z-90000001-01.000-00000000";
    let uzi_n = "othername: 2.5.5.5::2.16.528.1.1007.99.218-1-900000001-N-90000001-00.000-00000000";
    let usage = |usage: &str| format!("X509v3 Key Usage: critical {usage}");
    for (card, subject, uzi) in [("z", doctor, uzi_z), ("n", employee, uzi_n)] {
        let upn = match card {
            "z" => format!("Alternative Name: othername: UPN::900000101@90000001, {uzi}"),
            _ => format!("Alternative Name: othername: UPN::900000001@90000001, {uzi}"),
        };
        let no_upn = format!("Alternative Name: {uzi}");
        check(
            &format!("cards/{card}/authenticiteit.pem"),
            &[
                subject,
                &upn,
                "Extended Key Usage: TLS Web Client Authentication, 1.3.6.1.4.1.311.10.3.12 X509",
                "Certificate Policies: Policy: 2.16.528.1.1007.99.211 CPS: https://",
                "Policy: 2.16.528.1.1007.99.2042 X509",
                "X509v3 Basic Constraints: critical CA:FALSE",
                &usage("Digital Signature"),
            ],
        );
        check(
            &format!("cards/{card}/handtekening.pem"),
            &[
                subject,
                &no_upn,
                "Extended Key Usage: E-mail Protection, 1.3.6.1.4.1.311.10.3.12 qcStatements",
                "Certificate Policies: Policy: 2.16.528.1.1007.99.212 CPS: https://",
                &usage("Non Repudiation"),
            ],
        );
        check(
            &format!("cards/{card}/vertrouwelijkheid.pem"),
            &[
                subject,
                &no_upn,
                "Extended Key Usage: E-mail Protection, Microsoft Encrypted File System X509",
                "Certificate Policies: Policy: 2.16.528.1.1007.99.213 CPS: https://",
                &usage("Key Encipherment, Data Encipherment"),
            ],
        );
    }
}

/// The structure of a certificate: tags, object identifiers and booleans, without other values;
/// the contents of extensions too.
fn outline(certificate: &Path) -> Vec<String> {
    let path = certificate.to_str().expect("the paths of tests are text");
    let parse = |options: &[&str]| {
        let arguments = ["asn1parse", "-in", path];
        openssl(arguments.iter().chain(options).copied()).good()
    };
    let mut shape = Vec::new();
    for line in parse(&[]).lines() {
        shape.push(skeleton(line));
        if line.contains("OCTET STRING") {
            let (offset, _) = line.split_once(':').expect("a line begins with the offset");
            let offset = offset.trim();
            shape.extend(parse(&["-strparse", offset]).lines().map(skeleton));
        }
    }
    shape
}

/// `  89:d=5  hl=2 l=  14 prim:      UTF8STRING        :text` without offset, length and value.
fn skeleton(line: &str) -> String {
    let halves = line.split_once("prim:").or_else(|| line.split_once("cons:"));
    let (position, element) = halves.expect("an element is primitive or constructed");
    let depth = position.split_once("d=").and_then(|(_, rest)| rest.split_once(' '));
    let (depth, _) = depth.expect("a line names the depth");
    let element = element.trim();
    let shown = match element.split_once(':') {
        Some((tag, _)) if !tag.starts_with("OBJECT") && !tag.starts_with("BOOLEAN") => tag,
        Some(_) | None => element,
    };
    format!("{depth} {}", shown.trim())
}

#[test]
fn certificates_have_the_structure_of_the_real_test_register() {
    let real = |path: &str| outline(&workspace().join("tests/uzi").join(path));
    let hierarchy = Hierarchy::new();
    let ours = |path: &str| outline(Path::new(&hierarchy.file(path)));
    assert_eq!(
        ours("cards/z/authenticiteit.pem"),
        real("samples/real-test/z_huisarts_2024_authenticiteit.pem")
    );
    for (fake, authority) in [
        ("fake_zorg_csp_root_ca_g3", "test_zorg_csp_root_ca_g3"),
        ("fake_zorg_csp_level_2_persoon_ca_g3", "test_zorg_csp_level_2_persoon_ca_g3"),
        ("fake_uzi-register_zorgverlener_ca_g3", "20190501_test_uzi-register_zorgverlener_ca_g3"),
        (
            "fake_uzi-register_medewerker_op_naam_ca_g3",
            "test_uzi-register_medewerker_op_naam_ca_g3",
        ),
    ] {
        let real = real(&format!("ca/test-g3-person/{authority}.pem"));
        assert_eq!(ours(&format!("trust/{fake}.pem")), real, "{fake}");
    }
}

#[test]
fn trust_toml_names_each_issuing_authority_by_its_key() {
    let hierarchy = Hierarchy::new();
    let text = fs::read_to_string(hierarchy.file("trust/trust.toml")).unwrap();
    let table: toml::Table = text.parse().unwrap();
    let listed: Vec<_> = table["issuer"]
        .as_array()
        .unwrap()
        .iter()
        .map(|issuer| {
            let field = |name: &str| issuer[name].as_str().unwrap().to_owned();
            (field("spki_sha256"), [field("type"), field("san_oid"), field("policy_oid")].join(" "))
        })
        .collect();
    assert_eq!(listed.len(), 8);
    let check = |file: &str, expected: &str| {
        let path = hierarchy.file(&format!("trust/{file}.pem"));
        let key = openssl(["x509", "-noout", "-pubkey", "-in", &path]).good();
        let scratch = tempfile::tempdir().unwrap();
        let (pem, der) = (scratch.path().join("pem"), scratch.path().join("der"));
        fs::write(&pem, key).unwrap();
        let (pem, der) = (pem.to_str().unwrap(), der.to_str().unwrap());
        let _ = openssl(["pkey", "-pubin", "-in", pem, "-outform", "DER", "-out", der]).good();
        let hash = openssl(["dgst", "-sha256", "-r", der]).good();
        let hash = hash.split(' ').next().unwrap();
        let found = listed.iter().find(|(key, _)| key == hash).map(|(_, rest)| rest.as_str());
        assert_eq!(found, Some(expected), "{file}");
    };
    let (z, n) = ("2.16.528.1.1007.99.217", "2.16.528.1.1007.99.218");
    let policy = "2.16.528.1.1007.99.211";
    check("fake_uzi-register_zorgverlener_ca_g3", &format!("Z {z} {policy}"));
    check("fake_uzi-register_zorgverlener_revoked_ca_g3", &format!("Z {z} {policy}"));
    check("fake_uzi-register_medewerker_op_naam_ca_g3", &format!("N {n} {policy}"));
    check("fake_uzi-register_zorgverlener_ca_g4", &format!("Z {z} {policy}"));
    let example = "1.3.6.1.4.1.32473.2";
    let m = format!("M {example}.3 {example}.1");
    check("fake_uzi-register_medewerker_niet_op_naam_ca_g3", &m);
    check("fake_uzi-register_private_server_ca_g1", &format!("S 2.16.528.1.1007.99.2110 {policy}"));
}

#[test]
fn one_seed_gives_one_set_of_keys_and_serial_numbers() {
    let what = |seed: u64| {
        let folder = tempfile::tempdir().unwrap();
        let _ = mint(folder.path(), seed).good();
        let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        let mut content = vec![fs::read_to_string(file("trust/trust.toml")).unwrap()];
        for card in ["cards/z", "cards/n", "cards/g4"] {
            for name in ["authenticiteit", "handtekening", "vertrouwelijkheid"] {
                let stem = format!("{card}/{name}");
                content.push(fs::read_to_string(file(&format!("{stem}.key.pem"))).unwrap());
                content.push(serial_number(&file(&format!("{stem}.pem"))));
            }
        }
        content
    };
    let first = what(1);
    assert_eq!(what(1), first);
    let other = what(2);
    assert_ne!(other[0], first[0], "trust.toml");
    let serials =
        |content: &[String]| content.iter().skip(2).step_by(2).cloned().collect::<Vec<_>>();
    assert!(serials(&other).iter().all(|serial| !serials(&first).contains(serial)));
}

#[test]
fn a_folder_that_holds_something_is_left_alone() {
    let scratch = tempfile::tempdir().unwrap();
    let folder = scratch.path().join("mine");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("letter"), "dear").unwrap();
    let output = mint(&folder, 1);
    assert_eq!((output.code, output.stdout.as_str()), (1, ""));
    let expected = format!(
        "firmware-sim: the test hierarchy was not made: {} is not empty: name a new folder, or \
         remove it first\n",
        folder.display()
    );
    assert_eq!(output.stderr, expected);
    let left = |folder: &Path| fs::read_dir(folder).unwrap().count();
    assert_eq!((left(&folder), left(scratch.path())), (1, 1));
}

#[test]
fn private_keys_are_for_their_owner_alone() {
    let hierarchy = Hierarchy::new();
    for file in ["cards/z/handtekening.key.pem", "negative/revoked.key.pem"] {
        let mode = fs::metadata(hierarchy.file(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}
