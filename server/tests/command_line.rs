//! The commands around the server, as a person or script runs them.

use sleutelbos_server::accounts::number::UserNumber;
use sleutelbos_server::random::Random;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Runs `sleutelbos` in `folder`, in English, with `input` at its standard input.
fn sleutelbos(folder: &Path, input: &str, arguments: &[&str]) -> Output {
    in_locale("C", folder, input, arguments)
}

fn in_locale(locale: &str, folder: &Path, input: impl AsRef<[u8]>, arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_sleutelbos"))
        .args(arguments)
        .current_dir(folder)
        .env("LC_ALL", locale)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sleutelbos runs");
    // A command that refuses its arguments is gone before it reads.
    let _ = child.stdin.take().expect("it was piped").write_all(input.as_ref());
    child.wait_with_output().expect("it ends")
}

fn create(folder: &Path, password: &str, username: &str) -> Output {
    let arguments = [
        "account",
        "create",
        "--password",
        "--organisation",
        "Praktijk Voorbeeld",
        "--agb",
        "01012345",
        "--kvk",
        "12345678",
        "--ura",
        "90000111",
        "--username",
        username,
        "--name",
        "Test Arts",
    ];
    sleutelbos(folder, password, &arguments)
}

fn error(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("it writes text")
}

fn text(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("it writes text")
}

#[test]
fn the_first_account_is_made_with_a_password_from_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let made = create(folder.path(), "groen paard eet soep\n", "test.arts@voorbeeld.nl");
    assert_eq!(made.status.code(), Some(0), "{}", error(&made));
    assert!(text(&made).contains("test.arts@voorbeeld.nl can now log in"), "{}", text(&made));
    let number = |said: &Output| {
        let said = text(said);
        let number = said.lines().find_map(|line| line.strip_prefix("User number: "));
        number.expect("the number is said").replace(' ', "")
    };
    let digits = number(&made);
    assert!(digits.len() == 14 && digits.bytes().all(|b| b.is_ascii_digit()), "{digits}");
    let again = create(folder.path(), "groen paard eet soep\n", "test.arts@voorbeeld.nl");
    assert_eq!(again.status.code(), Some(1));
    assert!(error(&again).contains("subscriber number"), "{}", error(&again));
    let arguments =
        ["account", "create", "--password", "--organisation", "Andere praktijk", "--username"];
    let elsewhere = [&arguments[..], &["test.arts@voorbeeld.nl", "--name", "Test Arts"]].concat();
    let elsewhere = sleutelbos(folder.path(), "groen paard eet soep\n", &elsewhere);
    assert_eq!(elsewhere.status.code(), Some(0), "two employers: {}", error(&elsewhere));
    assert_ne!(number(&elsewhere), digits, "each account has its own");
}

#[test]
fn there_is_no_default_password_and_a_weak_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (password, reason) in [
        ("", "at least 12 characters"),
        ("kort\n", "at least 12 characters"),
        // Of a contact person, whom it never lets in alone: 12 and not 15.
        ("kT7-vq!pXw2\n", "at least 12 characters"),
        ("qwerty123456\n", "most used"),
        ("praktijk-voorbeeld\n", "easy to guess"),
    ] {
        let refused = create(folder.path(), password, "test.arts@voorbeeld.nl");
        assert_eq!(refused.status.code(), Some(1), "{password}");
        assert!(error(&refused).contains(reason), "{password}: {}", error(&refused));
        let secret = password.trim();
        assert!(secret.is_empty() || !error(&refused).contains(secret));
    }
    let made = create(folder.path(), "kT7-vq!pXw29", "test.arts@voorbeeld.nl");
    assert_eq!(made.status.code(), Some(0), "what was refused left something: {}", error(&made));
}

#[test]
fn arguments_that_mean_nothing_are_usage_errors() {
    let folder = tempfile::tempdir().unwrap();
    let refused = create(folder.path(), "groen paard eet soep\n", "geen adres");
    assert_eq!(refused.status.code(), Some(2));
    assert!(error(&refused).contains("a user name is an e-mail address"), "{}", error(&refused));
    assert!(!folder.path().join("sleutelbos-data").exists());
}

#[test]
fn check_says_what_is_wrong_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let well = sleutelbos(folder.path(), "", &["check"]);
    assert_eq!(well.status.code(), Some(0), "{}", text(&well));
    assert!(text(&well).contains("not there yet"), "{}", text(&well));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);

    std::fs::write(folder.path().join("sleutelbos.toml"), "[server]\nlisen = \"x\"\n").unwrap();
    let typed_wrong = sleutelbos(folder.path(), "", &["check"]);
    assert_eq!(typed_wrong.status.code(), Some(1));
    assert!(text(&typed_wrong).contains("unknown field `lisen`"), "{}", text(&typed_wrong));

    std::fs::write(folder.path().join("other.toml"), "[uzi]\ntrust = \"nowhere\"\n").unwrap();
    let no_trust = sleutelbos(folder.path(), "", &["check", "--config", "other.toml"]);
    assert_eq!(no_trust.status.code(), Some(1));
    assert!(text(&no_trust).contains("FAIL  uzi trust"), "{}", text(&no_trust));
}

/// A user who may write nowhere here; everybody may where the tests run as root.
#[test]
fn check_sees_that_nothing_can_be_written() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let config = |data: &str| {
        std::fs::write(folder.path().join("sleutelbos.toml"), format!("data = {data:?}\n"))
            .unwrap();
        sleutelbos(folder.path(), "", &["check"])
    };
    let nowhere = config("/proc/sleutelbos");
    assert_eq!(nowhere.status.code(), Some(1), "{}", text(&nowhere));
    assert!(text(&nowhere).contains("cannot be made"), "{}", text(&nowhere));
    let empty = config("");
    assert_eq!(empty.status.code(), Some(1), "{}", text(&empty));
    assert!(text(&empty).contains("data"), "{}", text(&empty));
    let parent = folder.path().join("parent");
    std::fs::create_dir(&parent).unwrap();
    std::fs::set_permissions(&parent, std::fs::Permissions::from_mode(0o500)).unwrap();
    let may_write = std::fs::write(parent.join("probe"), "").is_ok();
    let below = config(parent.join("data").to_str().unwrap());
    assert_eq!(below.status.code(), Some(i32::from(!may_write)), "{}", text(&below));
}

#[test]
fn what_is_no_certificate_links_no_card() {
    let folder = tempfile::tempdir().unwrap();
    create(folder.path(), "groen paard eet soep\n", "test.arts@voorbeeld.nl");
    let certificate = folder.path().join("card.pem");
    std::fs::write(&certificate, "not a certificate").unwrap();
    let certificate = certificate.to_str().unwrap();
    let arguments =
        ["account", "link-card", "--operator", "Test", "--certificate", certificate, "--username"];
    let link = |name| sleutelbos(folder.path(), "", &[&arguments[..], &[name]].concat());
    let refused = link("test.arts@voorbeeld.nl");
    assert_eq!(refused.status.code(), Some(1));
    assert!(error(&refused).contains("certificate"), "{}", error(&refused));
}

#[test]
fn the_operator_records_a_subscriber_number_once() {
    let folder = tempfile::tempdir().unwrap();
    let arguments =
        ["account", "create", "--password", "--organisation", "Praktijk Voorbeeld", "--username"];
    for name in ["een@voorbeeld.nl", "twee@voorbeeld.nl"] {
        let person = [&arguments[..], &[name, "--name", "Test Arts"]].concat();
        let made = sleutelbos(folder.path(), "groen paard eet soep\n", &person);
        assert_eq!(made.status.code(), Some(0), "{}", error(&made));
    }
    let ura = |locale, name, number| {
        in_locale(
            locale,
            folder.path(),
            "",
            &["account", "ura", "--operator", "Test", "--username", name, number],
        )
    };
    for _ in 0..2 {
        let set = ura("C", "een@voorbeeld.nl", "90000111");
        assert_eq!(set.status.code(), Some(0), "{}", error(&set));
        assert!(text(&set).contains("90000111"), "{}", text(&set));
    }
    for (locale, name, number, code, words) in [
        ("C", "een@voorbeeld.nl", "90000112", 1, "(URA) 90000111, which does not change"),
        ("nl_NL.UTF-8", "twee@voorbeeld.nl", "90000111", 1, "een andere organisatie heeft dit"),
        ("C", "niemand@voorbeeld.nl", "90000111", 1, "nobody has the user name"),
        ("C", "twee@voorbeeld.nl", "9000", 2, "8 digits"),
    ] {
        let refused = ura(locale, name, number);
        assert_eq!(refused.status.code(), Some(code), "{}", error(&refused));
        assert!(error(&refused).contains(words), "{}", error(&refused));
    }
}

/// The command that opens a case, with what a caller says.
fn opens(number: &str) -> Vec<&str> {
    vec![
        "support",
        "open",
        "unblock",
        "--agb",
        "01012345",
        "--number",
        number,
        "--operator",
        "Test Beheer",
    ]
}

#[test]
fn an_agb_code_that_is_not_recorded_is_recorded_by_the_command_that_the_refusal_names() {
    let folder = tempfile::tempdir().unwrap();
    let mut trial = vec!["account", "create", "--password", "--organisation", "Praktijk Proef"];
    trial.extend(["--username", "test.arts@voorbeeld.nl", "--name", "Test Arts"]);
    let made = sleutelbos(folder.path(), "groen paard eet soep\n", &trial);
    let number: String = text(&made).chars().rev().filter(char::is_ascii_digit).take(14).collect();
    let number: String = number.chars().rev().collect();
    let now = sleutelbos_server::clock::Clock::system().now().to_string();
    let today = now.get(..10).expect("a day");
    let mut record = vec!["organisation", "registered", "--username", "test.arts@voorbeeld.nl"];
    record.extend(["--kvk", "12345678", "--extract", today, "--operator", "Test Beheer"]);
    // An address cannot be compared with an extract before the KvK number is known.
    let address = [&record[..], &["--email", "praktijk@voorbeeld.nl"]].concat();
    let refused = in_locale("nl_NL.UTF-8", folder.path(), "", &address);
    assert!(error(&refused).contains("geen KvK-nummer vastgelegd"), "{}", error(&refused));
    for (locale, words) in [
        ("C", "record it with 'sleutelbos organisation registered --agb'"),
        ("nl_NL.UTF-8", "leg die vast met 'sleutelbos organisation registered --agb'"),
    ] {
        let refused = in_locale(locale, folder.path(), "", &opens(&number));
        assert_eq!(refused.status.code(), Some(1), "{}", text(&refused));
        assert!(error(&refused).contains(words), "{}", error(&refused));
    }
    let known = [&record[..], &["--agb", "01012345"]].concat();
    let shown = in_locale("nl_NL.UTF-8", folder.path(), "", &known);
    for words in ["AGB-code: 01012345", "KvK-nummer: 12345678"] {
        assert!(text(&shown).contains(words), "{} {}", text(&shown), error(&shown));
    }
    let another = [&record[..], &["--agb", "01054321"]].concat();
    let refused = in_locale("C", folder.path(), "", &another);
    assert!(error(&refused).contains("has the AGB code 01012345"), "{}", error(&refused));
    let well = sleutelbos(folder.path(), "", &opens(&number));
    assert_eq!(well.status.code(), Some(0), "{}", error(&well));
    let well = sleutelbos(folder.path(), "", &address);
    assert!(text(&well).contains("praktijk@voorbeeld.nl"), "{}", error(&well));
}

#[test]
fn a_case_is_opened_for_an_account_that_is_there_and_says_which_number_to_call() {
    let folder = tempfile::tempdir().unwrap();
    let made = create(folder.path(), "groen paard eet soep\n", "test.arts@voorbeeld.nl");
    let number: String = text(&made).chars().rev().filter(char::is_ascii_digit).take(14).collect();
    let number: String = number.chars().rev().collect();
    for (locale, words) in [
        (
            "C",
            [
                "lift the block: opened, not confirmed yet",
                "no telephone number is",
                "Neither is possible now",
            ],
        ),
        (
            "nl_NL.UTF-8",
            ["blokkade opheffen: geopend", "er is geen telefoonnummer", "Geen van beide kan nu"],
        ),
    ] {
        let well = in_locale(locale, folder.path(), "", &opens(&number));
        assert_eq!(well.status.code(), Some(0), "{}", error(&well));
        assert!(words.iter().all(|words| text(&well).contains(words)), "{}", text(&well));
        let id = text(&well).lines().next().unwrap_or_default().to_owned();
        let early = ["support", "finish", "--operator", "Test Beheer", &id];
        let early = in_locale(locale, folder.path(), "", &early);
        assert_eq!(early.status.code(), Some(1));
        let listed = in_locale(locale, folder.path(), "", &["support", "list"]);
        assert!(text(&listed).contains(&id), "{}", text(&listed));
    }
    let strange = UserNumber::random(Random::system());
    for (locale, words) in [("C", "no account has this AGB code"), ("nl_NL.UTF-8", "geen account")]
    {
        let unknown = in_locale(locale, folder.path(), "", &opens(strange.as_str()));
        assert_eq!(unknown.status.code(), Some(1));
        assert!(error(&unknown).contains(words), "{}", error(&unknown));
    }
}

#[test]
fn the_outbox_is_listed_and_a_message_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let id = "00112233445566778899aabbccddeeff";
    for (locale, none, unknown) in [
        ("C", "Nothing was given up.", "no message with the id 00112233445566778899aabbccddeeff"),
        ("nl_NL.UTF-8", "Er is niets opgegeven.", "geen bericht met kenmerk 001122334455"),
    ] {
        let list = in_locale(locale, folder.path(), "", &["outbox", "list"]);
        assert_eq!(list.status.code(), Some(0), "{}", error(&list));
        assert_eq!(text(&list).trim(), none);
        for command in ["retry", "drop"] {
            let refused = in_locale(locale, folder.path(), "", &["outbox", command, id]);
            assert_eq!(refused.status.code(), Some(1));
            assert!(error(&refused).contains(unknown), "{}", error(&refused));
        }
    }
}

#[test]
fn what_fails_is_told_in_the_language_of_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let arguments =
        ["account", "create", "--password", "--organisation", "Praktijk Voorbeeld", "--username"];
    let rest = ["test.arts@voorbeeld.nl", "--name", "Test Arts"];
    let arguments = [&arguments[..], &rest[..]].concat();
    let weak = in_locale("nl_NL.UTF-8", folder.path(), "kort\n", &arguments);
    assert_eq!(weak.status.code(), Some(1));
    assert!(error(&weak).contains("minstens 12 tekens"), "{}", error(&weak));
}

#[test]
fn a_password_that_is_no_text_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let arguments =
        ["account", "create", "--password", "--organisation", "Praktijk Voorbeeld", "--username"];
    let rest = ["test.arts@voorbeeld.nl", "--name", "Test Arts"];
    let arguments = [&arguments[..], &rest[..]].concat();
    for (locale, words) in
        [("C", "is not UTF-8: save it as UTF-8"), ("nl", "is geen UTF-8: bewaar")]
    {
        let latin = b"groen paard eet \xe9\xe9n soep\n";
        let refused = in_locale(locale, folder.path(), latin, &arguments);
        assert_eq!(refused.status.code(), Some(1), "{}", error(&refused));
        assert!(error(&refused).contains(words), "{}", error(&refused));
        assert!(!error(&refused).contains("paard"), "{}", error(&refused));
    }
}

#[test]
fn a_certificate_that_is_not_there_is_named_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = [
        "account",
        "link-card",
        "--operator",
        "Test",
        "--username",
        "arts@voorbeeld.nl",
        "--certificate",
    ];
    for (locale, file, words) in [
        (
            "C",
            "nowhere.pem",
            "cannot read nowhere.pem: No such file or directory (os error 2). Check",
        ),
        ("nl_NL.UTF-8", "nowhere.pem", "nowhere.pem is niet te lezen: het bestaat niet. Kijk na"),
        ("nl_NL.UTF-8", ".", ". is niet te lezen: het is een map. Kijk na"),
    ] {
        let arguments = [&arguments[..], &[file]].concat();
        let refused = in_locale(locale, folder.path(), "", &arguments);
        assert_eq!(refused.status.code(), Some(1), "{}", error(&refused));
        assert!(error(&refused).contains(words), "{}", error(&refused));
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn the_operator_corrects_a_name() {
    let folder = tempfile::tempdir().unwrap();
    create(folder.path(), "groen paard eet soep\n", "test.arts@voorbeeld.nl");
    let rename = |locale, username, name| {
        let arguments =
            ["account", "rename", "--operator", "Test", "--username", username, "--name", name];
        in_locale(locale, folder.path(), "", &arguments)
    };
    let well = rename("C", "test.arts@voorbeeld.nl", "Test  Arts-van Test");
    assert_eq!(well.status.code(), Some(0), "{}", error(&well));
    let said = "The name of test.arts@voorbeeld.nl is now Test Arts-van Test.\n";
    assert_eq!(text(&well), said);
    for (locale, username, name, words) in [
        ("C", "niemand@voorbeeld.nl", "Test", "nobody has the user name"),
        ("nl_NL.UTF-8", "niemand@voorbeeld.nl", "Test", "niemand heeft de gebruikersnaam"),
        ("nl_NL.UTF-8", "test.arts@voorbeeld.nl", " ", "een naam heeft 1 tot 200"),
    ] {
        let refused = rename(locale, username, name);
        assert_eq!(refused.status.code(), Some(1), "{}", error(&refused));
        assert!(error(&refused).contains(words), "{}", error(&refused));
    }
}

#[test]
fn serve_says_why_it_does_not_start_and_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = taken.local_addr().unwrap();
    let config = folder.path().join("sleutelbos.toml");
    let serve = |text: &str, locale| {
        std::fs::write(&config, text).unwrap();
        let refused = in_locale(locale, folder.path(), "", &["serve"]);
        assert_eq!(refused.status.code(), Some(1), "{}", error(&refused));
        error(&refused)
    };
    let (dutch, english) = ("nl_NL.UTF-8", "C");
    let port = format!("[server]\nlisten = \"{listen}\"\n");
    assert!(serve(&port, english).contains("is in use: stop what runs there, or set another"));
    assert!(serve(&port, dutch).contains("is al in gebruik: stop wat daar draait, of zet"));
    let nowhere = "data = \"/proc/sleutelbos\"\n";
    assert!(serve(nowhere, english).contains(". Check that this user may write there"));
    assert!(serve(nowhere, dutch).contains("is niet te gebruiken: het bestaat niet. Kijk na"));
    let trust = "[uzi]\ntrust = \"nowhere\"\n";
    assert!(serve(trust, dutch).contains("nowhere is niet te lezen: het bestaat niet"));
}

#[test]
fn usage_errors_are_told_in_the_language_of_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    for (locale, words) in [
        ("nl_NL.UTF-8", "sleutelbos: --confg is hier niet bekend. Bedoelt u --config?"),
        ("C", "unexpected argument '--confg' found"),
    ] {
        let refused = in_locale(locale, folder.path(), "", &["serve", "--confg", "x"]);
        assert_eq!(refused.status.code(), Some(2), "{}", error(&refused));
        assert!(error(&refused).contains(words), "{}", error(&refused));
    }
    let help = in_locale("nl_NL.UTF-8", folder.path(), "", &["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(text(&help).contains("serve"), "{}", text(&help));
}

#[test]
fn check_names_each_thing_that_would_stop_the_server_or_its_cards() {
    let folder = tempfile::tempdir().unwrap();
    create(folder.path(), "groen paard eet soep\n", "test.arts@voorbeeld.nl");
    let check = || sleutelbos(folder.path(), "", &["check"]);
    assert_eq!(check().status.code(), Some(0), "{}", text(&check()));

    let key = folder.path().join("sleutelbos-data/name.key");
    let whole = std::fs::read(&key).unwrap();
    std::fs::write(&key, &whole[..7]).unwrap();
    assert!(text(&check()).contains("FAIL  name.key"), "{}", text(&check()));
    std::fs::write(&key, &whole).unwrap();

    let data = folder.path().join("sleutelbos-data");
    let mode = |mode| std::os::unix::fs::PermissionsExt::from_mode(mode);
    // As `serve` has it: who may write there decides, who may look is told what to do.
    std::fs::set_permissions(&data, mode(0o755)).unwrap();
    let seen = check();
    assert_eq!(seen.status.code(), Some(0), "{}", text(&seen));
    assert!(text(&seen).contains("mind  data folder: others may look"), "{}", text(&seen));
    let dutch = text(&in_locale("nl_NL.UTF-8", folder.path(), "", &["check"]));
    assert!(dutch.contains("let op  gegevensmap: anderen kunnen"), "{dutch}");
    std::fs::set_permissions(&data, mode(0o777)).unwrap();
    let written = check();
    assert_eq!(written.status.code(), Some(1), "{}", text(&written));
    assert!(text(&written).contains("FAIL  data folder: everybody may"), "{}", text(&written));
    std::fs::set_permissions(&key, mode(0o644)).unwrap();
    assert!(text(&check()).contains("mind  name.key: "), "{}", text(&check()));
    std::fs::set_permissions(&key, mode(0o600)).unwrap();
    std::fs::set_permissions(&data, mode(0o700)).unwrap();

    std::fs::write(
        folder.path().join("sleutelbos.toml"),
        "[uzi]\nrevocation_lists = [\"nowhere.crl\"]\n",
    )
    .unwrap();
    let missing = check();
    assert_eq!(missing.status.code(), Some(1));
    assert!(text(&missing).contains("FAIL  revocation lists"), "{}", text(&missing));
    assert!(text(&missing).contains("nowhere.crl"), "{}", text(&missing));

    std::fs::write(folder.path().join("maker.pem"), "no certificate").unwrap();
    for (roots, reason) in [("maker.pem", "maker.pem: "), ("nowhere.pem", "cannot read")] {
        let keys = format!("[[keys.attestation]]\nroots = \"{roots}\"\n");
        std::fs::write(folder.path().join("sleutelbos.toml"), keys).unwrap();
        let unusable = check();
        assert_eq!(unusable.status.code(), Some(1));
        let said = text(&unusable);
        assert!(said.contains("FAIL  key makers") && said.contains(reason), "{said}");
    }
}

#[test]
fn check_says_when_no_proxy_is_named_behind_which_people_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("sleutelbos.toml");
    let said = |text: &str| {
        std::fs::write(&config, text).unwrap();
        let checked = sleutelbos(folder.path(), "", &["check"]);
        let lines = String::from_utf8(checked.stdout).expect("it writes text");
        lines.lines().find(|line| line.contains("proxies")).expect("a line of it").to_owned()
    };
    let https = "[server]\norigin = \"https://inloggen.voorbeeld.nl\"\n";
    assert!(said(https).starts_with("mind  proxies: origin is https"), "{}", said(https));
    let named = format!("{https}[limits]\nproxies = [\"127.0.0.1\"]");
    assert_eq!(said(&named), "ok    proxies: 127.0.0.1/32");
    assert_eq!(said(""), "ok    proxies: none");
}

#[test]
fn after_a_restore_it_says_what_became_void_and_what_is_next() {
    let folder = tempfile::tempdir().unwrap();
    let made = create(folder.path(), "kT7-vq!pXw29", "test.arts@voorbeeld.nl");
    assert_eq!(made.status.code(), Some(0), "{}", error(&made));
    for (locale, words) in [
        ("C", ["nothing to make void", "a new recovery code"]),
        ("nl_NL.UTF-8", ["niets om ongeldig te maken", "een nieuwe herstelcode"]),
    ] {
        let done = in_locale(locale, folder.path(), "", &["after-restore"]);
        assert_eq!(done.status.code(), Some(0), "{}", error(&done));
        for words in words {
            assert!(text(&done).contains(words), "{words}: {}", text(&done));
        }
    }
}
