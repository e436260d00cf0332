//! A print service: it has the secret half of a key, opens what was exported for it with Debian's `age`,
//! and reads the page with poppler.

use std::path::{Path, PathBuf};

use crate::program::Program;

/// Who prints letters.
#[derive(Debug)]
pub struct PrintService {
    folder: tempfile::TempDir,
    key: String,
}

/// A letter as it comes from the printer.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The page, as PDF.
    pub pdf: PathBuf,
    /// What stands on it, line by line as it is set.
    pub text: String,
}

impl PrintService {
    /// One with a key of its own.
    ///
    /// # Panics
    /// Where age is not installed.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let secret = folder.path().join("key");
        let made = Program::stranger("age-keygen", "age").arg("-o").arg(&secret).run();
        assert_eq!(made.code, 0, "{}", made.stderr);
        let key = Program::stranger("age-keygen", "age").arg("-y").arg(&secret).run().good();
        Self { folder, key: key.trim().to_owned() }
    }

    /// Its table in a server's configuration.
    #[must_use]
    pub fn table(&self) -> String {
        let key = &self.key;
        format!(
            "[letters]\nkey = \"{key}\"\nsender = \"FAKE Beheer, Postbus 1, 1234 AB Voorbeelddorp\"\n"
        )
    }

    /// Opens the letter in this file.
    ///
    /// # Panics
    /// Where it is no letter for this print service.
    #[must_use]
    pub fn open(&self, file: &Path) -> Letter {
        let name = file.file_stem().expect("a file has a name");
        let pdf = self.folder.path().join(name);
        let age = Program::stranger("age", "age").arg("-d").arg("-i");
        let _ = age.arg(self.folder.path().join("key")).arg("-o").arg(&pdf).arg(file).run().good();
        let read = Program::stranger("pdftotext", "poppler-utils").arg("-layout");
        let text = read.arg(&pdf).arg("-").run().good();
        Letter { pdf, text: text.replace('\u{a0}', " ") }
    }
}

impl Default for PrintService {
    fn default() -> Self {
        Self::new()
    }
}

impl Letter {
    /// The PIN: the one line of eight letters that stand apart.
    ///
    /// # Panics
    /// Where there is none.
    #[must_use]
    pub fn pin(&self) -> String {
        let apart = |line: &&str| {
            let letters: Vec<_> = line.split_whitespace().collect();
            letters.len() == 8 && letters.iter().all(|letter| letter.chars().count() == 1)
        };
        let line = self.text.lines().find(apart);
        line.unwrap_or_else(|| panic!("a PIN: {}", self.text)).split_whitespace().collect()
    }
}

/// The letters in a folder, by their names.
///
/// # Panics
/// Where the folder cannot be read.
#[must_use]
pub fn letters(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
    files.sort();
    files
}
