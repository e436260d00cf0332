//! `sleutelbos uzi verify` against certificates that openssl mints: odd keys, algorithms, authorities
//! and files. Each world is a folder with a root, an issuing authority and a `trust.toml`.

use std::path::{Path, PathBuf};

use tempfile::TempDir;
use tests::program::Program;

const SECTIONS: &str = "
[ca]
default_ca = dated
[dated]
database = $ENV::WORKSHOP/index
new_certs_dir = $ENV::WORKSHOP
serial = $ENV::WORKSHOP/serial
default_crl_days = 2
default_md = sha256
policy = policy
unique_subject = no
[policy]
commonName = supplied
[req]
distinguished_name = name
[name]
[root]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
[issuing]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
extendedKeyUsage = clientAuth, emailProtection
[cannot_sign]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, cRLSign
[for_mail]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
extendedKeyUsage = emailProtection
[strange_issuer]
basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
1.2.3.4 = critical, ASN1:NULL
[card]
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth, 1.3.6.1.4.1.311.10.3.12
certificatePolicies = 0.4.0.2042.1.2, 2.16.528.1.1007.99.211
subjectAltName = otherName:1.3.6.1.4.1.311.20.2.3;UTF8:900000001@90000001, otherName:2.5.5.5;IA5STRING:2.16.528.1.1007.99.217-1-900000001-Z-90000001-01.015-00000000
[more_usage]
keyUsage = critical, digitalSignature, nonRepudiation
extendedKeyUsage = clientAuth
[authority]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, digitalSignature
[other_name_type]
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
certificatePolicies = 2.16.528.1.1007.99.211
subjectAltName = otherName:1.3.6.1.4.1.311.20.2.3;IA5STRING:900000001@90000001, otherName:2.5.5.5;IA5STRING:2.16.528.1.1007.99.217-1-900000001-Z-90000001-01.015-00000000
[passable_usage]
keyUsage = digitalSignature
extendedKeyUsage = clientAuth
[constrained]
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
nameConstraints = critical, permitted;DNS:zorg.example
[delta]
2.5.29.20 = ASN1:INTEGER:2
2.5.29.27 = critical, ASN1:INTEGER:1
[whole]
2.5.29.20 = ASN1:INTEGER:3
[unused_bit]
2.5.29.15 = critical, DER:03:02:07:FF
extendedKeyUsage = clientAuth
[strange_card]
keyUsage = critical, digitalSignature
extendedKeyUsage = clientAuth
1.2.3.4 = critical, ASN1:NULL
";

pub(super) const HOLDER: &str =
    "/C=NL/O=FAKE organisatie/title=Arts/SN=Arts/GN=Test/serialNumber=900000001/CN=Test Arts";

/// A folder in which openssl works.
pub(super) struct Workshop(TempDir);

impl Workshop {
    pub(super) fn new() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        std::fs::write(folder.path().join("sections.cnf"), SECTIONS).expect("a file");
        Self(folder)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(super) fn openssl(&self, arguments: &[&str]) {
        let here = |argument: &&str| match argument.strip_prefix('@') {
            Some(file) => self.path(file).into_os_string(),
            None => argument.into(),
        };
        let arguments: Vec<_> = arguments.iter().map(here).collect();
        let program = Program::stranger("openssl", "openssl").args(arguments);
        let _ = program.env("WORKSHOP", self.0.path()).run().good();
    }

    pub(super) fn rsa(&self, name: &str, bits: u32) {
        let bits = format!("rsa_keygen_bits:{bits}");
        let out = format!("@{name}.key");
        self.openssl(&["genpkey", "-algorithm", "RSA", "-pkeyopt", &bits, "-out", &out]);
    }

    /// A self-signed root with the key `root`.
    pub(super) fn root(&self, name: &str, hash: &str, days: &str) {
        let out = format!("@{name}.pem");
        let request = ["req", "-x509", "-new", "-key", "@root.key", "-subj", "/CN=FAKE root"];
        let form = ["-config", "@sections.cnf", "-extensions", "root", hash, "-days", days];
        self.openssl(&[&request[..], &form, &["-out", &out]].concat());
    }

    /// A certificate called `name` for `key`, signed by `issuer`.
    pub(super) fn sign(
        &self,
        name: &str,
        key: &str,
        subject: &str,
        (issuer, section): (&str, &str),
        how: &[&str],
    ) {
        let (key, out) = (format!("@{key}.key"), format!("@{name}.pem"));
        let (ca, ca_key) = (format!("@{issuer}.pem"), format!("@{issuer}.key"));
        let request = ["req", "-new", "-key", &key, "-subj", subject, "-config", "@sections.cnf"];
        self.openssl(&[&request[..], &["-out", "@request"]].concat());
        let sign = ["x509", "-req", "-in", "@request", "-CA", &ca, "-CAkey", &ca_key];
        let form = ["-CAcreateserial", "-extfile", "@sections.cnf", "-extensions", section];
        self.openssl(&[&sign[..], &form, &["-days", "1000", "-out", &out], how].concat());
    }

    /// As [`Self::sign`], with a first and a last moment: `20250101000000Z`.
    fn sign_dated(
        &self,
        name: &str,
        key: &str,
        subject: &str,
        (issuer, section): (&str, &str),
        (from, until): (&str, &str),
    ) {
        let (key, out) = (format!("@{key}.key"), format!("@{name}.pem"));
        let (ca, ca_key) = (format!("@{issuer}.pem"), format!("@{issuer}.key"));
        let request = ["req", "-new", "-key", &key, "-subj", subject, "-config", "@sections.cnf"];
        self.openssl(&[&request[..], &["-out", "@request"]].concat());
        std::fs::write(self.path("index"), "").expect("a file");
        let sign = ["ca", "-batch", "-notext", "-preserveDN", "-rand_serial", "-in", "@request"];
        let by = ["-config", "@sections.cnf", "-cert", &ca, "-keyfile", &ca_key];
        let form = ["-extfile", "@sections.cnf", "-extensions", section, "-out", &out];
        let dates = ["-startdate", from, "-enddate", until];
        self.openssl(&[&sign[..], &by, &form, &dates].concat());
    }

    /// A trust folder with these certificates, each of which issues cards of type Z.
    pub(super) fn world(&self, name: &str, certificates: &[&str]) -> PathBuf {
        let folder = self.path(name);
        std::fs::create_dir(&folder).expect("a new folder");
        let mut mapping = String::new();
        let mut keys = std::collections::BTreeSet::new();
        for certificate in certificates {
            let file = format!("{certificate}.pem");
            std::fs::copy(self.path(&file), folder.join(&file)).expect("a copy");
            let content = std::fs::read(self.path(&file)).expect("a certificate");
            let parsed =
                sleutelbos_server::uzi::certificate::Certificate::from_file_content(&content);
            keys.insert(hex::encode(parsed.expect("a certificate").spki_sha256()));
        }
        for key in keys {
            mapping += &format!(
                "[[issuer]]\nspki_sha256 = \"{key}\"\ntype = \"Z\"\n\
                 san_oid = \"2.16.528.1.1007.99.217\"\npolicy_oid = \"2.16.528.1.1007.99.211\"\n"
            );
        }
        std::fs::write(folder.join("trust.toml"), mapping).expect("a file");
        folder
    }
}

/// `let in`, or the code of the refusal; and what was printed.
fn answer(file: &Path, trust: &Path, at: &[&str]) -> (String, String) {
    verdict(file, trust, &[&["--without-revocation"], at].concat())
}

/// As [`answer`], with whatever the command is to be told of revocation.
pub(super) fn verdict(file: &Path, trust: &Path, arguments: &[&str]) -> (String, String) {
    let program = Program::ours("sleutelbos").args(["uzi", "verify"]).arg(file);
    let program = program.arg("--trust").arg(trust).args(arguments);
    let output = program.env("LC_ALL", "C.UTF-8").run();
    // What is wrong with the bytes themselves may stand in a line below.
    let line = output.stdout.lines().find(|line| line.starts_with("REFUSED"));
    let code = line.unwrap_or_default().split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    let verdict = match (output.code, code) {
        (0, _) => "let in",
        (1, Some((code, _))) => code,
        _ => panic!("{} {}", output.code, output.all()),
    };
    (verdict.to_owned(), output.stdout.clone())
}

#[test]
fn odd_cards_are_refused_for_what_is_odd() {
    let shop = Workshop::new();
    shop.rsa("root", 2048);
    shop.rsa("issuing", 2048);
    shop.rsa("card", 2048);
    shop.rsa("small", 1024);
    shop.openssl(&["ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "@curve.key"]);
    shop.root("root", "-sha256", "3650");
    shop.sign("issuing", "issuing", "/CN=FAKE issuing", ("root", "issuing"), &["-sha256"]);
    let world = shop.world("world", &["root", "issuing"]);
    let pss = |salt| ["-sigopt", "rsa_padding_mode:pss", "-sigopt", salt];
    let (salt32, salt20) = (pss("rsa_pss_saltlen:32"), pss("rsa_pss_saltlen:20"));
    let salt64 = pss("rsa_pss_saltlen:64");
    for (name, key, section, how, expected) in [
        ("plain", "card", "card", &["-sha256"][..], "let in"),
        ("pss512", "card", "card", &[&["-sha512"], &salt64[..]].concat(), "let in"),
        ("pss256", "card", "card", &[&["-sha256"], &salt32[..]].concat(), "let in"),
        (
            "salt20",
            "card",
            "card",
            &[&["-sha256"], &salt20[..]].concat(),
            "card_signature_algorithm",
        ),
        ("sha1", "card", "card", &["-sha1"], "card_signature_algorithm"),
        ("sha384", "card", "card", &["-sha384"], "card_signature_algorithm"),
        ("small", "small", "card", &["-sha256"], "card_key_size"),
        ("curve", "curve", "card", &["-sha256"], "card_key_not_rsa"),
        ("strange", "card", "strange_card", &["-sha256"], "card_critical_extension"),
        ("more", "card", "more_usage", &["-sha256"], "card_key_usage"),
        ("passable", "card", "passable_usage", &["-sha256"], "card_key_usage_not_critical"),
        ("constrained", "card", "constrained", &["-sha256"], "card_critical_extension"),
        ("upn", "card", "other_name_type", &["-sha256"], "card_principal_name"),
        ("bit", "card", "unused_bit", &["-sha256"], "card_certificate_unreadable"),
    ] {
        let file = format!("card_{name}");
        shop.sign(&file, key, HOLDER, ("issuing", section), how);
        let (verdict, printed) = answer(&shop.path(&format!("{file}.pem")), &world, &[]);
        assert_eq!(verdict, expected, "{name}: {printed}");
    }
    files(&shop, &world);
    roots(&shop);
}

/// The same certificate in other files.
fn files(shop: &Workshop, world: &Path) {
    let pem = std::fs::read(shop.path("card_plain.pem")).expect("a certificate");
    let other = std::fs::read(shop.path("issuing.pem")).expect("a certificate");
    shop.openssl(&["x509", "-in", "@card_plain.pem", "-outform", "DER", "-out", "@card.der"]);
    let der = std::fs::read(shop.path("card.der")).expect("a certificate");
    for (name, content, expected) in [
        ("der", der.clone(), "let in"),
        ("byte order mark", [b"\xEF\xBB\xBF", &pem[..]].concat(), "let in"),
        ("words before", [b"Subject: Test Arts\n", &pem[..]].concat(), "let in"),
        ("trailing byte", [&der[..], b"x"].concat(), "card_certificate_unreadable"),
        ("cut off", der.split_last().expect("bytes").1.to_vec(), "card_certificate_unreadable"),
        ("two", [&pem[..], &other].concat(), "card_certificate_unreadable"),
        ("huge", vec![0; 3_000_000], "card_certificate_unreadable"),
        ("empty", Vec::new(), "card_certificate_unreadable"),
    ] {
        let file = shop.path("file");
        std::fs::write(&file, content).expect("a file");
        let (verdict, printed) = answer(&file, world, &[]);
        assert_eq!(verdict, expected, "{name}: {printed}");
    }
    let (verdict, _) = answer(&shop.path("issuing.pem"), world, &[]);
    assert_eq!(verdict, "card_is_authority");
}

/// Roots that ended, or were signed as nobody should.
fn roots(shop: &Workshop) {
    shop.root("short", "-sha256", "1");
    shop.root("old_hash", "-sha1", "3650");
    let card = shop.path("card_plain.pem");
    let year = printed_year(shop);
    let later = ["--at", &format!("{}-12-01T00:00:00Z", year + 1)];
    let ended = shop.world("ended", &["short", "issuing"]);
    let (verdict, printed) = answer(&card, &ended, &later);
    assert_eq!(verdict, "card_issuer_expired", "{printed}");
    assert!(printed.contains("the root FAKE root expired"), "{printed}");
    // A root of the same name and key that has not ended takes its place.
    let both = shop.world("both", &["short", "root", "issuing"]);
    assert_eq!(answer(&card, &both, &later).0, "let in");
    let sha1 = shop.world("sha1", &["old_hash", "issuing"]);
    assert_eq!(answer(&card, &sha1, &[]).0, "card_signature_algorithm");
}

/// The year in which the card begins.
fn printed_year(shop: &Workshop) -> i32 {
    let world = shop.path("world");
    let (_, printed) = answer(&shop.path("card_plain.pem"), &world, &[]);
    let line = printed.lines().find(|line| line.starts_with("  valid")).expect("the validity");
    let date = line.split_whitespace().nth(1).expect("a date");
    date.split('-').next().and_then(|year| year.parse().ok()).expect("a year")
}

/// A list that leaves out something is said to be unusable, also beside a whole one of another
/// authority; a file without any list is a mistake of who typed the command.
#[test]
fn a_list_of_changes_only_does_not_count() {
    let shop = Workshop::new();
    for name in ["root", "issuing", "card"] {
        shop.rsa(name, 2048);
    }
    shop.root("root", "-sha256", "3650");
    shop.sign("issuing", "issuing", "/CN=FAKE issuing", ("root", "issuing"), &["-sha256"]);
    shop.sign("card", "card", HOLDER, ("issuing", "card"), &["-sha256"]);
    let world = shop.world("world", &["root", "issuing"]);
    for (name, issuer, section) in
        [("delta", "issuing", "delta"), ("whole", "issuing", "whole"), ("above", "root", "whole")]
    {
        let (ca, key) = (format!("@{issuer}.pem"), format!("@{issuer}.key"));
        std::fs::write(shop.path("index"), "").expect("a file");
        let command = ["ca", "-gencrl", "-config", "@sections.cnf", "-crlexts", section];
        let by = ["-cert", &ca, "-keyfile", &key, "-out", &format!("@{name}.crl")];
        shop.openssl(&[&command[..], &by].concat());
    }
    let with_bom = [b"\xEF\xBB\xBF", &std::fs::read(shop.path("whole.crl")).expect("a list")[..]];
    std::fs::write(shop.path("marked.crl"), with_bom.concat()).expect("a file");
    let bundle = ["delta", "above", "whole"]
        .map(|name| std::fs::read(shop.path(&format!("{name}.crl"))).expect("a list"));
    std::fs::write(shop.path("bundle.crl"), bundle.concat()).expect("a file");
    for (lists, locale, code, words) in [
        (&["delta", "above"][..], "C", 1, "[card_revocation_list_unusable]"),
        (&["delta", "above"], "nl_NL.UTF-8", 1, "alleen de laatste wijzigingen"),
        (&["delta", "whole", "above"], "C", 0, "LET IN."),
        (&["marked", "above"], "C", 0, "LET IN."),
        (&["bundle"], "C", 0, "LET IN."),
        (&["above"], "C", 1, "[card_revocation_list_missing]"),
        (&["absent"], "nl_NL.UTF-8", 2, "het bestaat niet"),
        (&["absent"], "C", 2, "No such file"),
    ] {
        let program =
            Program::ours("sleutelbos").args(["uzi", "verify"]).arg(shop.path("card.pem"));
        let files = lists.iter().map(|list| shop.path(&format!("{list}.crl")));
        let program = program.arg("--trust").arg(&world);
        let program = files.fold(program, |program, list| program.arg("--crl").arg(list));
        let output = program.env("LC_ALL", locale).run();
        assert_eq!(output.code, code, "{lists:?}: {}", output.all());
        assert!(output.all().contains(words), "{lists:?}: {}", output.all());
    }
}

/// The order of the checks holds where no moment is left at which all was valid, and where the
/// certificate is that of an authority.
#[test]
fn dates_and_withdrawal_come_before_purpose() {
    let shop = Workshop::new();
    for name in ["root", "issuing", "card"] {
        shop.rsa(name, 2048);
    }
    shop.root("root", "-sha256", "7300");
    let (early, late) =
        (("20200101000000Z", "20230101000000Z"), ("20240101000000Z", "20270101000000Z"));
    let issuer = "/CN=FAKE issuing";
    shop.sign_dated("issuing", "issuing", issuer, ("root", "issuing"), early);
    shop.sign_dated("card_late", "card", HOLDER, ("issuing", "card"), late);
    shop.sign_dated("card_authority", "card", HOLDER, ("issuing", "authority"), early);
    let world = shop.world("world", &["issuing"]);
    // The root began today; by names and signatures alone it vouches all the same.
    std::fs::copy(shop.path("root.pem"), world.join("root.pem")).expect("a copy");
    let year = ["--at", "2026-01-01T00:00:00Z"];
    let late = shop.path("card_late.pem");
    let (verdict, printed) = answer(&late, &world, &["--at", "2099-01-01T00:00:00Z"]);
    assert_eq!(verdict, "card_expired", "{printed}");
    let (verdict, printed) = answer(&late, &world, &["--at", "2026-12-31T00:00:00Z"]);
    assert_eq!(verdict, "card_issuer_expired", "{printed}");
    assert!(printed.contains("FAKE issuing"), "{printed}");
    let authority = shop.path("card_authority.pem");
    assert_eq!(answer(&authority, &world, &year).0, "card_expired");
}

/// Many authorities with one name and one key are one signature to verify, whatever they are called
/// on to vouch for.
#[test]
fn a_crowd_of_look_alikes_changes_no_answer() {
    let shop = Workshop::new();
    for name in ["root", "issuing", "card", "stranger"] {
        shop.rsa(name, 2048);
    }
    shop.root("root", "-sha256", "3650");
    shop.sign("issuing", "issuing", "/CN=FAKE issuing", ("root", "issuing"), &["-sha256"]);
    shop.sign("stranger", "stranger", "/CN=FAKE issuing", ("root", "issuing"), &["-sha256"]);
    shop.sign("card", "card", HOLDER, ("issuing", "card"), &["-sha256"]);
    shop.sign("forged", "card", HOLDER, ("stranger", "card"), &["-sha256"]);
    let world = shop.world("world", &["root", "issuing"]);
    shop.sign("again", "issuing", "/CN=FAKE issuing", ("root", "issuing"), &["-sha256"]);
    let request = ["x509", "-req", "-in", "@request", "-CA", "@root.pem", "-CAkey", "@root.key"];
    let form = ["-CAserial", "@root.srl", "-extfile", "@sections.cnf", "-extensions", "issuing"];
    for number in 0..105 {
        let out = format!("@world/{number}.pem");
        shop.openssl(&[&request[..], &form, &["-days", "1000", "-out", &out]].concat());
    }
    let ask = |name: &str, at: &[&str]| answer(&shop.path(&format!("{name}.pem")), &world, at).0;
    assert_eq!(ask("card", &[]), "let in");
    assert_eq!(ask("forged", &[]), "card_issuer_signature");
    let later = ["--at", "2099-01-01T00:00:00Z"];
    assert_eq!(ask("card", &later), "card_expired");
    // Somebody else's signature comes before the dates, of the authorities too.
    assert_eq!(ask("forged", &later), "card_issuer_signature");
}

#[test]
fn authorities_that_may_not_issue_make_no_path() {
    let shop = Workshop::new();
    shop.rsa("root", 2048);
    shop.rsa("card", 2048);
    shop.rsa("above", 2048);
    shop.root("root", "-sha256", "3650");
    shop.sign("above", "above", "/CN=FAKE above", ("root", "issuing"), &["-sha256"]);
    for (name, section, bits, hash, above, expected, words) in [
        ("mute", "cannot_sign", 2048, "-sha256", "root", "card_path_broken", "keyCertSign"),
        ("mail", "for_mail", 2048, "-sha256", "root", "card_path_broken", "clientAuth"),
        ("odd", "strange_issuer", 2048, "-sha256", "root", "card_critical_extension", "1.2.3.4"),
        ("weak", "issuing", 1024, "-sha256", "root", "card_key_size", "1024 bits"),
        ("hash", "issuing", 2048, "-sha1", "root", "card_signature_algorithm", "FAKE hash"),
        ("deep", "issuing", 2048, "-sha256", "above", "card_path_broken", "path length"),
    ] {
        shop.rsa(name, bits);
        let subject = format!("/CN=FAKE {name}");
        shop.sign(name, name, &subject, (above, section), &[hash]);
        let card = format!("card_{name}");
        shop.sign(&card, "card", HOLDER, (name, "card"), &["-sha256"]);
        let world = shop.world(&format!("world_{name}"), &["root", "above", name]);
        let (verdict, printed) = answer(&shop.path(&format!("{card}.pem")), &world, &[]);
        assert_eq!(verdict, expected, "{name}: {printed}");
        assert!(printed.contains(words), "{name}: {printed}");
    }
}
