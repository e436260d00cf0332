//! What is said about the connection to browsers.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Say;
use crate::language::Language;

/// What became of one manifest.
#[derive(Debug)]
pub enum Done {
    /// It was written.
    Written(PathBuf),
    /// It was removed.
    Removed(PathBuf),
    /// There was nothing of ours to remove.
    Left(PathBuf),
    /// Another program has this name.
    Foreign(PathBuf),
}

impl Done {
    /// One line; nothing where nothing happened.
    #[must_use]
    pub fn text(&self, language: Language) -> Option<String> {
        let (dutch, english, path) = match self {
            Self::Written(path) => ("Geschreven:", "Written:", path),
            Self::Removed(path) => ("Verwijderd:", "Removed:", path),
            Self::Foreign(path) => (
                "Niet geschreven, want een ander programma gebruikt deze naam al (verwijder dat programma, of gebruik onze extensie):",
                "Not written, because another program uses this name already (remove that program, or use our extension):",
                path,
            ),
            Self::Left(_) => return None,
        };
        Some(format!("{} {}", language.pick(dutch, english), path.display()))
    }

    /// For programs.
    #[must_use]
    pub fn value(&self) -> Value {
        let (done, path) = match self {
            Self::Written(path) => ("written", path),
            Self::Removed(path) => ("removed", path),
            Self::Left(path) => ("left", path),
            Self::Foreign(path) => ("foreign", path),
        };
        json!({ "done": done, "path": path })
    }

    /// Where nothing had to be done.
    #[must_use]
    pub fn nothing(language: Language) -> String {
        language.pick("Er was niets te verwijderen.", "There was nothing to remove.").to_owned()
    }
}

/// What a browser runs in that keeps it from starting programs of this computer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sandbox {
    /// A snap.
    Snap,
    /// A flatpak.
    Flatpak,
}

/// A browser in a sandbox: it looks for our manifest, and mostly may not start what it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confined {
    /// Which browser.
    pub browser: String,
    /// What it runs in.
    pub sandbox: Sandbox,
}

impl Confined {
    /// Stable, for programs.
    pub const CODE: &str = "browser_confined";

    /// What is so, what it means, what to do.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let Self { browser, sandbox } = self;
        let package = match sandbox {
            Sandbox::Snap => "snap",
            Sandbox::Flatpak => "flatpak",
        };
        language.pick(
            format!("{browser} is als {package} geïnstalleerd. Zo'n browser mag meestal geen programma's van deze computer starten, en dan werkt inloggen met de UZI-pas op een webpagina er niet. Gebruik voor de UZI-pas Chrome, Chromium of Edge uit een gewoon pakket (deb of rpm), of vraag uw beheerder die te installeren."),
            format!("{browser} is installed as a {package}. Mostly such a browser may not start programs of this computer, and then logging in to a page with the UZI card does not work in it. For the UZI card use Chrome, Chromium or Edge from an ordinary package (deb or rpm), or ask your administrator to install one."),
        )
    }

    /// For programs.
    #[must_use]
    pub fn value(&self, language: Language) -> Value {
        json!({ "code": Self::CODE, "text": self.text(language) })
    }
}

/// HOME is not set.
#[derive(Debug)]
pub struct NoFolder;

impl Say for NoFolder {
    fn code(&self) -> &'static str {
        "no_home"
    }

    fn say(&self, language: Language) -> String {
        language.pick(
            "De map van uw browser is niet bekend: HOME is niet gezet. Noem de map met --user-data-dir.",
            "The folder of your browser is not known: HOME is not set. Name the folder with --user-data-dir.",
        ).to_owned()
    }
}

/// A manifest that cannot be written or removed.
#[derive(Debug)]
pub struct Unwritable {
    /// The manifest.
    pub path: PathBuf,
    /// Why.
    pub source: std::io::Error,
}

impl Say for Unwritable {
    fn code(&self) -> &'static str {
        "file_failed"
    }

    fn say(&self, language: Language) -> String {
        let (path, source) = (self.path.display(), &self.source);
        language.pick(
            format!("{path} is niet te schrijven: {source}. Kijk of u daar schrijven mag en of er ruimte is."),
            format!("{path} cannot be written: {source}. See whether you may write there and whether there is room."),
        )
    }
}

impl Say for std::io::Error {
    fn code(&self) -> &'static str {
        "file_failed"
    }

    fn say(&self, language: Language) -> String {
        language.pick(
            format!("Een bestand is niet te lezen of te schrijven: {self}. Kijk of u daar schrijven mag en of er ruimte is."),
            format!("A file cannot be read or written: {self}. See whether you may write there and whether there is room."),
        )
    }
}
