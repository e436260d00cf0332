//! `sleutelbos uzi verify` against the test hierarchy of `firmware-sim pki`: two cards are let in,
//! and every certificate of the negative set is refused for its own reason.

use std::path::{Path, PathBuf};
use std::time::Instant;

use firmware_sim::env::Seed;
use firmware_sim::pki::{self, CASES, Holder, KeyBits, Order, Pass, Pki};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;
use tests::program::{Output, Program, workspace};
use tests::stage::free_port;

/// A freshly minted hierarchy.
struct Hierarchy {
    folder: TempDir,
}

impl Hierarchy {
    fn mint() -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let pki = folder.path().join("pki");
        let _ = Program::ours("firmware-sim").arg("pki").arg(&pki).run().good();
        Self { folder }
    }

    /// One that was minted so many hours ago, or is yet to be.
    fn minted(hours_ago: i64) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let at = Timestamp::now() - SignedDuration::from_hours(hours_ago);
        let pki = Pki::mint(Seed::from(0_u64), at).expect("a hierarchy");
        pki.write(&folder.path().join("pki")).expect("a folder");
        Self { folder }
    }

    /// What `sleutelbos check` says of these lists, in this locale.
    fn check(&self, lists: &[PathBuf], locale: &str) -> Output {
        let config = self.path("sleutelbos.toml");
        let text = format!(
            "data = {:?}\n[uzi]\nenvironment = \"test\"\ntrust = {:?}\nrevocation_lists = {lists:?}\n",
            self.path("data"),
            self.path("trust"),
        );
        std::fs::write(&config, text).expect("a file");
        let check = Program::ours("sleutelbos").args(["check", "--config"]).arg(&config);
        check.env("LC_ALL", locale).run()
    }

    fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join("pki").join(below)
    }

    fn lists(&self) -> Vec<PathBuf> {
        let folder = std::fs::read_dir(self.path("crl")).expect("the revocation lists");
        folder.map(|entry| entry.expect("a list").path()).collect()
    }

    /// With this trust folder and every revocation list.
    fn verify(&self, file: &Path) -> Output {
        let lists = self.lists();
        assert!(lists.len() >= 5, "{lists:?}");
        let lists = lists.iter().flat_map(|list| [Path::new("--crl"), list.as_path()]);
        verify(file).arg("--trust").arg(self.path("trust")).args(lists).run()
    }
}

fn verify(file: &Path) -> Program {
    Program::ours("sleutelbos")
        .args(["uzi", "verify"])
        .arg(file)
        .env("LC_ALL", "C.UTF-8")
        .env("LANG", "")
}

fn sample(name: &str) -> PathBuf {
    workspace().join("tests/uzi/samples").join(name)
}

/// The code between brackets in the line of a refusal; below it may stand what is wrong with the
/// bytes themselves. Without a refusal, the last line.
fn code(output: &Output) -> &str {
    let refused = output.stdout.lines().find(|line| line.starts_with("REFUSED"));
    let line = refused.or(output.stdout.lines().last()).expect("an answer");
    let inside = line.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
    inside.map_or(line, |(code, _)| code)
}

const MANUAL: &str = include_str!("../../../docs/firmware-sim.md");

/// Case of the negative set, code of the refusal, and words of the reason.
const REASONS: &[(&str, &str, &str)] = &[
    ("expired", "card_expired", "The card expired at"),
    ("not-yet-valid", "card_not_yet_valid", "not valid before"),
    ("revoked", "card_revoked", "The card was revoked at"),
    ("revoked-issuer", "card_issuer_revoked", "Revoked CA G3 was revoked at"),
    ("stale-crl", "card_revocation_list_stale", "Stale CA G3 is stale"),
    ("missing-intermediate", "card_issuer_not_trusted", "Missing CA G3"),
    ("other-root", "card_issuer_signature", "someone other than the trusted"),
    ("wrong-eku", "card_not_for_login", "clientAuth is missing"),
    ("wrong-key-usage", "card_key_usage", "'nonRepudiation' instead of digitalSignature"),
    ("missing-policy", "card_policy_missing", "names no certificate policy"),
    ("unknown-policy", "card_policy_unexpected", "not 2.16.528.1.1007.99.211"),
    ("critical-policy", "card_critical_extension", "2.5.29.32"),
    ("san-oid-mismatch", "card_uzi_field_other_issuer", "2.16.528.1.1007.99.218"),
    ("type-n-from-z-issuer", "card_uzi_field_other_type", "type N"),
    ("type-s", "card_type_refused", "type S"),
    ("san-utf8", "card_uzi_field", "UTF8String instead of an IA5String"),
    ("two-uzi-names", "card_uzi_field", "2 UZI fields"),
    ("six-fields", "card_uzi_field", "6 fields instead of 7"),
    ("eight-fields", "card_uzi_field", "8 fields instead of 7"),
    ("short-uzi-number", "card_uzi_field", "UZI number has not 9 digits"),
    ("version-2", "card_uzi_field", "version \"2\" instead of 1"),
    ("serial-number-mismatch", "card_serial_number", "serialNumber: 900000102"),
    ("upn-mismatch", "card_principal_name", "900000102@90000001 instead of"),
    ("unknown-role", "card_role_unknown", "77.000"),
];

#[test]
fn every_negative_certificate_is_refused_for_its_own_reason() {
    let hierarchy = Hierarchy::mint();
    let mut wrong = Vec::new();
    for case in CASES {
        let expected = REASONS.iter().find(|(name, ..)| *name == case.name);
        let Some((name, expected, words)) = expected else {
            panic!("the case {} ({}) has no expected reason here", case.name, case.fault);
        };
        let row = format!("| `z:{name}` | {} | `{expected}` |", case.fault);
        assert!(MANUAL.contains(&row), "docs/firmware-sim.md lacks {row}");
        let output = hierarchy.verify(&hierarchy.path(&format!("negative/{name}.pem")));
        if output.code != 1 || code(&output) != *expected || !output.stdout.contains(words) {
            wrong.push(format!("{name}: {} {}", output.code, output.all()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(CASES.len(), REASONS.len(), "a reason without a case");
}

#[test]
fn cards_of_both_named_types_are_let_in_and_their_other_certificates_are_not() {
    let hierarchy = Hierarchy::mint();
    for card in ["z", "n", "g4"] {
        let output = hierarchy.verify(&hierarchy.path(&format!("cards/{card}/authenticiteit.pem")));
        let answer = output.good();
        assert!(answer.contains("LET IN"), "{answer}");
        assert!(answer.contains("Test "), "the holder is plainly a test: {answer}");
        for other in ["handtekening", "vertrouwelijkheid"] {
            let output = hierarchy.verify(&hierarchy.path(&format!("cards/{card}/{other}.pem")));
            assert_eq!((output.code, code(&output)), (1, "card_key_usage"));
        }
    }
}

/// Cards that are issued later, to somebody else, by the authorities of the folder: the sound one is
/// let in, and each fault is found as on the certificates of the negative set.
#[test]
fn cards_of_other_holders_are_let_in_or_refused_for_the_same_reasons() {
    let hierarchy = Hierarchy::mint();
    let holder = Holder { number: "900000777".into(), ..Holder::of(Pass::Z) };
    let told = |case| {
        let order = Order { holder: &holder, bits: KeyBits::B2048, like: "z", case };
        let issued = pki::issue(&hierarchy.path(""), &order, Seed::from(9), Timestamp::now());
        let issued = issued.expect("a card");
        let file = hierarchy.path("own.der");
        std::fs::write(&file, &issued.objects.first().expect("three objects").certificate)
            .expect("a file");
        hierarchy.verify(&file)
    };
    assert!(told(None).good().contains("LET IN"));
    let (mut wrong, mut found) = (Vec::new(), 0);
    for (case, (name, expected, _)) in CASES.iter().zip(REASONS) {
        assert_eq!(case.name, *name);
        let output = told(Some(case));
        if (output.code, code(&output)) == (1, *expected) {
            found += 1;
        } else {
            wrong.push(format!("{name}: {} {}", output.code, output.all()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(found, REASONS.len());
}

/// It shows a function, and the types that are let in by default name a person.
#[test]
fn a_card_that_names_nobody_is_refused_for_its_type_alone() {
    let hierarchy = Hierarchy::mint();
    let output = hierarchy.verify(&hierarchy.path("cards/m/authenticiteit.pem"));
    assert_eq!((output.code, code(&output)), (1, "card_type_refused"), "{}", output.all());
}

#[test]
fn revocation_is_never_assumed() {
    let hierarchy = Hierarchy::mint();
    let card = hierarchy.path("cards/z/authenticiteit.pem");
    let with = |program: Program| program.arg("--trust").arg(hierarchy.path("trust"));
    let none = with(verify(&card)).run();
    assert_eq!((none.code, code(&none)), (1, "card_revocation_list_missing"));
    // One list of two is not enough: the issuing authority may be withdrawn as well.
    let one = hierarchy.path("crl/fake_uzi-register_zorgverlener_ca_g3.crl");
    let one = with(verify(&card)).arg("--crl").arg(one).run();
    assert_eq!((one.code, code(&one)), (1, "card_revocation_list_missing"));
    assert!(one.stdout.contains("Level 2"), "{}", one.stdout);
    let unchecked = with(verify(&card)).arg("--without-revocation").run();
    assert!(unchecked.good().contains("not looking for revocation"));
    // The folder that `firmware-sim pki` wrote stands for its trust folder.
    let whole = verify(&card).arg("--trust").arg(hierarchy.path("")).arg("--without-revocation");
    let _ = whole.run().good();
}

#[test]
fn check_names_an_authority_whose_list_is_not_there() {
    let hierarchy = Hierarchy::mint();
    let check = |lists: &[PathBuf]| hierarchy.check(lists, "C.UTF-8");
    let mut lists = hierarchy.lists();
    assert_eq!(check(&lists).code, 0, "{}", check(&lists).all());
    lists.retain(|path| !path.ends_with("fake_zorg_csp_root_ca_g3.crl"));
    let without = check(&lists);
    assert_eq!(without.code, 1, "{}", without.all());
    assert!(
        without.stdout.contains("there is no list of FAKE Zorg CSP Root CA G3"),
        "{}",
        without.all()
    );
}

/// The server starts with such a list; who runs it learns from this why cards are refused.
#[test]
fn check_names_each_list_that_is_not_in_force() {
    let z = |hierarchy: &Hierarchy| hierarchy.path("crl/fake_uzi-register_zorgverlener_ca_g3.crl");
    let line = |output: &Output| {
        let line = output.stdout.lines().find(|line| {
            line.contains("revocation lists: ") || line.contains("intrekkingslijsten: ")
        });
        line.expect("a line about lists").to_owned()
    };
    let now = Hierarchy::minted(0);
    let output = now.check(&now.lists(), "C.UTF-8");
    let said = line(&output);
    assert!(said.starts_with("mind  "), "two of them do not count: {said}");
    assert!(said.contains("stale_ca_g3.crl is not in force since"), "{said}");
    assert!(said.contains("missing_ca_g3.crl is signed by no authority"), "{said}");
    assert!(!said.contains("fake_uzi-register_zorgverlener_ca_g3.crl"), "{said}");
    assert_eq!(output.code, 0, "{}", output.all());

    for (hours, words) in [(24 * 7, "is not in force since"), (-24, "is not in force before")] {
        let other = Hierarchy::minted(hours);
        let output = other.check(&other.lists(), "C.UTF-8");
        let z = z(&other).display().to_string();
        assert!(line(&output).contains(&format!("{z} {words}")), "{}", line(&output));
    }
    let old = Hierarchy::minted(24 * 365);
    let output = old.check(&old.lists(), "nl_NL.UTF-8");
    assert_eq!(output.code, 1, "nobody with a card is let in: {}", output.all());
    assert!(line(&output).starts_with("FOUT  "), "{}", line(&output));
    assert!(line(&output).contains("geldt niet meer sinds"), "{}", line(&output));

    let mut bytes = std::fs::read(z(&now)).expect("a list");
    bytes.push(0);
    std::fs::write(z(&now), bytes).expect("a file");
    let output = now.check(&now.lists(), "nl_NL.UTF-8");
    assert_eq!(output.code, 1, "{}", output.all());
    let said = line(&output);
    assert!(said.ends_with("met iets erachter: haal de lijst opnieuw op"), "{said}");
}

/// Also where nobody shows a card: the operator reads it before a person is turned away.
#[test]
fn the_log_says_that_a_list_is_not_in_force() {
    let old = Hierarchy::minted(24 * 365);
    let _ = old.check(&old.lists(), "C.UTF-8");
    let config = old.path("sleutelbos.toml");
    let text = std::fs::read_to_string(&config).expect("it was just written");
    let port = free_port();
    let origin = format!("http://localhost:{port}");
    let server = format!("[server]\norigin = \"{origin}\"\nlisten = \"127.0.0.1:{port}\"\n");
    std::fs::write(&config, format!("{text}{server}")).expect("a file");
    let log = old.path("server.log");
    let server = Program::ours("sleutelbos").args(["serve", "--config"]).arg(&config);
    let (_running, ()) = server.log(&log).start(|line| line.starts_with(&origin).then_some(()));
    let begun = Instant::now();
    let said = loop {
        let said = std::fs::read_to_string(&log).expect("a log");
        if said.matches("not in force since").count() >= 7 || begun.elapsed().as_secs() > 60 {
            break said;
        }
        std::thread::yield_now();
    };
    assert!(said.contains("cards of its authority are not let in until"), "{said}");
}

#[test]
fn a_list_that_was_changed_or_is_too_young_does_not_count() {
    let hierarchy = Hierarchy::mint();
    let card = hierarchy.path("cards/z/authenticiteit.pem");
    let list = hierarchy.path("crl/fake_uzi-register_zorgverlener_ca_g3.crl");
    let above = hierarchy.path("crl/fake_zorg_csp_level_2_persoon_ca_g3.crl");
    let root = hierarchy.path("crl/fake_zorg_csp_root_ca_g3.crl");
    let ask = |list: &Path, at: &[&str]| {
        let lists = [list, &above, &root].map(Path::to_path_buf);
        let lists = lists.iter().flat_map(|list| [Path::new("--crl"), list.as_path()]);
        verify(&card).arg("--trust").arg(hierarchy.path("trust")).args(lists).args(at).run()
    };
    let _ = ask(&list, &[]).good();
    let mut bytes = std::fs::read(&list).expect("a list");
    *bytes.last_mut().expect("bytes") ^= 1;
    let changed = hierarchy.path("changed.crl");
    std::fs::write(&changed, bytes).expect("a file");
    let output = ask(&changed, &[]);
    assert_eq!((output.code, code(&output)), (1, "card_revocation_list_unusable"));
    let first_day = first_day(&hierarchy);
    let year = first_day.split('-').next().and_then(|year| year.parse::<i32>().ok());
    let later = year.expect("a year") + 1;
    let later = ask(&list, &["--at", &format!("{later}-12-31T00:00:00Z")]);
    assert_eq!((later.code, code(&later)), (1, "card_revocation_list_stale"));
    let early = ask(&list, &["--at", &format!("{first_day}T23:59:59Z")]);
    assert_eq!((early.code, code(&early)), (1, "card_revocation_list_early"));
    let garbage = hierarchy.path("garbage.crl");
    std::fs::write(&garbage, b"not a list").expect("a file");
    assert_eq!(ask(&garbage, &[]).code, 2);
}

/// The day on which the card's validity begins, as `uzi verify` prints it.
fn first_day(hierarchy: &Hierarchy) -> String {
    let card = hierarchy.path("cards/z/authenticiteit.pem");
    let program = verify(&card).arg("--trust").arg(hierarchy.path("trust"));
    let answer = program.arg("--without-revocation").run().good();
    let line = answer.lines().find(|line| line.starts_with("  valid")).expect("the validity");
    line.split_whitespace().nth(1).expect("a day").to_owned()
}

#[test]
fn the_real_test_card_is_let_in_and_the_answer_names_who_it_is() {
    let card = sample("real-test/z_huisarts_2024_authenticiteit.pem");
    let at = ["--at", "2025-01-01T00:00:00Z", "--without-revocation"];
    let answer = verify(&card).args(at).run().good();
    for words in ["Jan test-90023422", "900030757", "90000380", "01.015 huisarts", "LET IN"] {
        assert!(answer.contains(words), "{words}: {answer}");
    }
    let dutch = verify(&card).args(at).env("LC_ALL", "nl_NL.UTF-8").run().good();
    assert!(dutch.contains("TOEGELATEN"), "{dutch}");
    assert!(dutch.contains("zorgverlenerpas"), "{dutch}");
    let without_lists = verify(&card).args(&at[..2]).run();
    assert_eq!((without_lists.code, code(&without_lists)), (1, "card_revocation_list_missing"));
}

#[test]
fn usage_errors_are_no_verdict() {
    let card = sample("real-test/z_huisarts_2024_authenticiteit.pem");
    let folder = TempDir::new().expect("a temporary folder");
    assert_eq!(verify(Path::new("/nowhere/card.pem")).run().code, 2);
    assert_eq!(verify(folder.path()).run().code, 2);
    assert_eq!(verify(&card).args(["--at", "yesterday"]).run().code, 2);
    assert_eq!(verify(&card).args(["--crl", "/nowhere.crl"]).run().code, 2);
    assert_eq!(verify(&card).arg("--trust").arg(folder.path()).run().code, 2);
    let mixed = folder.path();
    for set in ["test-g3-person", "production-g3-person"] {
        let from = workspace().join("tests/uzi/ca").join(set);
        for entry in std::fs::read_dir(from).expect("certificates") {
            let path = entry.expect("a certificate").path();
            let name = path.file_name().expect("a name");
            std::fs::copy(&path, mixed.join(name)).expect("a copy");
        }
    }
    let output = verify(&card).arg("--trust").arg(mixed).run();
    assert_eq!(output.code, 2);
    assert!(output.stderr.contains("TEST and production"), "{}", output.stderr);
    // A file that is no certificate is refused: check 1 of the order.
    let text = folder.path().join("notes.txt");
    std::fs::write(&text, "geen certificaat").expect("a file");
    let output = verify(&text).run();
    assert_eq!((output.code, code(&output)), (1, "card_certificate_unreadable"));
}
