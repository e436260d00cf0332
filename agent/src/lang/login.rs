//! What is said about a log-in or an enrolment that came about.

use super::Say;
use crate::language::Language;
use crate::server::{Account, Factor, Level};

/// Somebody logged in.
pub struct LoggedIn<'a> {
    /// Who.
    pub account: &'a Account,
    /// How strongly.
    pub level: Level,
}

impl LoggedIn<'_> {
    /// One sentence.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let name = printable(&self.account.name);
        let username = printable(&self.account.username);
        let level = level(self.level, language);
        let there = self.account.organisation.as_deref().map(printable).unwrap_or_default();
        let there = match there.as_str() {
            "" => there,
            there => language.pick(format!(" bij {there}"), format!(" at {there}")),
        };
        language.pick(
            format!("Ingelogd als {name} ({username}){there}, zekerheid {level}."),
            format!("Logged in as {name} ({username}){there}, assurance {level}."),
        )
    }
}

/// A key or card was linked.
pub struct Enrolled<'a>(pub &'a Factor);

impl Enrolled<'_> {
    /// One sentence.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let name = printable(&self.0.name);
        let level = level(self.0.level, language);
        if self.0.kind == "card" {
            return language.pick(
                format!("Uw UZI-pas is gekoppeld en geeft zekerheid {level}."),
                format!("Your UZI card is linked and gives assurance {level}."),
            );
        }
        let linked = language.pick(
            format!("De sleutel '{name}' is gekoppeld en geeft zekerheid {level}."),
            format!("The key '{name}' is linked and gives assurance {level}."),
        );
        if !self.0.is_unlisted() {
            return linked;
        }
        let why = language.pick(
            "Hij staat niet op de lijst met sleutels die voor zekerheid hoog zijn toegelaten. Vraag uw contactpersoon welke sleutels dat zijn.",
            "It is not on the list of keys that are admitted for assurance high. Ask your contact person which ones are.",
        );
        format!("{linked} {why}")
    }
}

/// The system has no descriptors, signals or random bytes to begin with.
#[derive(Debug)]
pub struct NoSystem(pub std::io::Error);

impl Say for NoSystem {
    fn code(&self) -> &'static str {
        "system"
    }

    fn say(&self, language: Language) -> String {
        language.pick(
            format!("Het systeem kan nu niets starten ({}). Sluit andere programma's en probeer het opnieuw.", self.0),
            format!("The system cannot start anything now ({}). Close other programs and try again.", self.0),
        )
    }
}

/// There is no lock to see to it that one window is shown at a time; it holds what was tried.
#[derive(Debug)]
pub struct NoLock(pub String);

impl Say for NoLock {
    fn code(&self) -> &'static str {
        "no_lock"
    }

    fn say(&self, language: Language) -> String {
        language.pick(
            format!("Er kan geen venster getoond worden: het bestand dat ervoor zorgt dat er maar een tegelijk is, is niet te maken ({}). Zet HOME of XDG_RUNTIME_DIR op een map van uzelf.", self.0),
            format!("No window can be shown: the file that sees to it that there is one at a time cannot be made ({}). Set HOME or XDG_RUNTIME_DIR to a folder of your own.", self.0),
        )
    }
}

fn level(level: Level, language: Language) -> &'static str {
    match level {
        Level::Low => language.pick("laag", "low"),
        Level::Substantial => language.pick("substantieel", "substantial"),
        Level::High => language.pick("hoog", "high"),
    }
}

/// A text from the server, without what could steer a terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
