//! Debian's own tools judge letters: age opens them, qpdf checks the file, poppler reads and draws it.

use std::path::{Path, PathBuf};

use tests::print::{Letter, PrintService, letters};
use tests::program::{Output, Program, workspace};
use tests::stage::{ONE_USER, free_port};

/// A server in a folder of its own, whose letters are printed by somebody.
struct Office {
    folder: tempfile::TempDir,
}

impl Office {
    fn new(tables: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let port = free_port();
        let config = format!(
            "data = \"data\"\n[server]\nlisten = \"127.0.0.1:{port}\"\n\
             origin = \"http://localhost:{port}\"\ntelephone = \"085 000 00 00\"\n{tables}{ONE_USER}"
        );
        std::fs::write(folder.path().join("sleutelbos.toml"), config).expect("a configuration");
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let config = self.file("sleutelbos.toml");
        let program = Program::ours("sleutelbos").args(arguments).arg("--config").arg(config);
        program.env("LC_ALL", "C").run()
    }

    fn founds(&self, organisation: &str, name: &str, email: &str, more: &[&str]) -> Output {
        let person = ["account", "create", "--organisation", organisation, "--name", name];
        let rest = ["--username", email, "--operator", "Test Een"];
        self.run(&[&person[..], &rest[..], more].concat())
    }

    fn exports(&self, operator: &str) -> Vec<PathBuf> {
        let folder = self.file("post");
        let folder = folder.to_str().expect("a path in ASCII");
        let _ = self.run(&["letters", "export", "--operator", operator, folder]).good();
        letters(Path::new(folder))
    }
}

const ADDRESS: [&str; 2] = ["--organisation-address", "Dorpsstraat 1, 1234 AB Voorbeelddorp"];

/// Draws a letter for people to look at.
fn draw(letter: &Letter, name: &str) {
    let folder = workspace().join("target/pictures/letters");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    let draw =
        Program::stranger("pdftoppm", "poppler-utils").args(["-png", "-r", "110", "-singlefile"]);
    let _ = draw.arg(&letter.pdf).arg(folder.join(name)).run().good();
}

fn check(letter: &Letter) {
    let checked = Program::stranger("qpdf", "qpdf").arg("--check").arg(&letter.pdf).run();
    assert_eq!(checked.code, 0, "{}", checked.all());
    assert!(!checked.all().to_lowercase().contains("warning"), "{}", checked.all());
    let info = Program::stranger("pdfinfo", "poppler-utils").arg(&letter.pdf).run().good();
    for words in ["Pages:           1", "(A4)", "Title:"] {
        assert!(info.contains(words), "{words}: {info}");
    }
    let fonts = Program::stranger("pdffonts", "poppler-utils").arg(&letter.pdf).run().good();
    assert!(fonts.contains("OpenSans") && fonts.contains("DejaVuSansMono"), "{fonts}");
    for font in fonts.lines().skip(2) {
        assert!(font.contains("yes yes yes"), "every typeface is in it, in part: {fonts}");
    }
}

#[test]
fn the_print_service_opens_a_letter_and_nobody_else_does() {
    let service = PrintService::new();
    let office = Office::new(&service.table());
    let email = "test.arts@praktijk.example";
    let _ = office.founds("FAKE Testpraktijk", "Test Arts", email, &ADDRESS).good();
    let folder = office.file("data");
    let [file] = <[_; 1]>::try_from(office.exports("Test Twee")).expect("one letter");
    let letter = service.open(&file);
    check(&letter);
    draw(&letter, "nl");
    for words in [
        "FAKE Testpraktijk",
        "t.a.v. Test Arts",
        "Dorpsstraat 1",
        "VOORBEELDDORP",
        "FAKE Beheer, Postbus 1",
        "/activate",
        "085 000 00 00",
        "hoofdletter",
        "Niemand vraagt u ooit",
    ] {
        assert!(letter.text.contains(words), "{words}: {}", letter.text);
    }
    let pin = letter.pin();
    // What it says stands nowhere else: not in the envelope, not in the database or beside it.
    let mut places = vec![file.clone()];
    places.extend(letters(&folder).into_iter().filter(|path| path.is_file()));
    for place in places {
        let bytes = std::fs::read(&place).expect("a file");
        let has = bytes.windows(8).any(|part| part == pin.as_bytes());
        assert!(!has, "{} holds the PIN", place.display());
    }
    let other = PrintService::new();
    let refused = std::panic::catch_unwind(|| other.open(&file));
    assert!(refused.is_err(), "another key opens nothing");
    assert!(office.exports("Test Drie") == [file], "it is exported once");
}

#[test]
fn a_letter_with_the_longest_names_stays_on_its_page() {
    let service = PrintService::new();
    let name = format!("{} \"", "Lange Naam van een Server ".repeat(2).trim());
    let tables = format!("name = {name:?}\n[delivery]\nlanguage = \"en\"\n{}", service.table());
    let office = Office::new(&tables);
    let organisation = "FAKE Testpraktijk voor Huisartsgeneeskunde ".repeat(5);
    let organisation: String = organisation.chars().take(200).collect();
    let person: String =
        "Test Èën-van Łąñģ Ñäàm Ökçé Nguyễn Αβγ ".repeat(6).chars().take(200).collect();
    let street = "Laan van de Voorbeeldige Langstraatnamen tot in het Zuiden 1";
    let address = format!("{street}, 1234 AB Sint-Voorbeeld-ter-Uitgestrekte-Langeplaatsnaam");
    let more = ["--organisation-address", address.as_str()];
    let _ = office.founds(&organisation, &person, "test.lang@praktijk.example", &more).good();
    let [file] = <[_; 1]>::try_from(office.exports("Test Twee")).expect("one letter");
    let letter = service.open(&file);
    check(&letter);
    draw(&letter, "en-long");
    assert!(letter.text.contains("Nobody ever asks you") && letter.text.contains("Attn. Test"));
    assert_eq!(letter.pin().len(), 8);
}

#[test]
fn what_is_missing_is_told_before_anything_is_written() {
    let office = Office::new("");
    let email = "test.arts@praktijk.example";
    let refused = office.founds("FAKE Testpraktijk", "Test Arts", email, &ADDRESS);
    assert_eq!(refused.code, 1);
    assert!(refused.stderr.contains("[letters] key"), "{}", refused.stderr);
    let service = PrintService::new();
    let office = Office::new(&service.table());
    let refused = office.founds("FAKE Testpraktijk", "Test Arts", email, &[]);
    assert!(refused.stderr.contains("sleutelbos organisation registered"), "{}", refused.stderr);
    let refused = office.founds("FAKE Testpraktijk", "\u{5d0}\u{5d1}\u{5d2}", email, &ADDRESS);
    assert!(refused.stderr.contains("cannot be printed"), "{}", refused.stderr);
    let listed = office.run(&["letters", "list"]).good();
    assert_eq!(listed.trim(), "There are no letters.");
    // Whoever started it is another than who exports it, and both are named.
    let _ = office.founds("FAKE Testpraktijk", "Test Arts", email, &ADDRESS).good();
    assert_eq!(office.exports("test  een"), Vec::<PathBuf>::new());
    let checked = office.run(&["check"]).good();
    assert!(checked.contains("waiting: 1, the oldest for 0 days"), "{checked}");
    assert_eq!(office.exports("Test Twee").len(), 1);
    let listed = office.run(&["letters", "list"]).good();
    for words in ["FAKE Testpraktijk, Test Arts", "by Test Een", "by Test Twee", "exported"] {
        assert!(listed.contains(words), "{words}: {listed}");
    }
}
