//! What the self-test says: what is the matter, what it means, what to do, in that order.

mod words;

use jiff::Timestamp;
use serde_json::{Value, json};
use wire::uzi::Kind;

use self::words::*;
use super::Say;
use super::install::Confined;
use crate::language::Language;
use crate::tokens::card::{Activation, Error, Tries};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// As it should be.
    Fine,
    /// Good to know.
    Note,
    /// Must be put right before a log-in works.
    Problem,
}

impl State {
    fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Note => "note",
            Self::Problem => "problem",
        }
    }

    fn mark(self, language: Language) -> &'static str {
        match self {
            Self::Fine => language.pick("[goed]  ", "[fine]    "),
            Self::Note => language.pick("[let op]", "[note]    "),
            Self::Problem => language.pick("[fout]  ", "[problem] "),
        }
    }
}

/// One thing the self-test found.
#[derive(Debug)]
#[expect(missing_docs, reason = "the sentences below say what each field is")]
pub enum Finding {
    /// Which agent this is.
    About { version: String },
    /// Its list of public suffixes is old.
    OldList { of: Timestamp },
    /// The configuration cannot be used; the sentence says why.
    Config(String),
    /// No UZI card can be used.
    Card(Error),
    /// None can, and none is needed where there is a security key.
    CardBesideKey(Error),
    /// An UZI card is there; `holds` says whether its certificate does.
    Holder { kind: Kind, name: String, organisation: String, until: Timestamp, holds: bool },
    /// It names no person.
    Unnamed,
    /// Its PIN cannot be used yet.
    NotActivated(Activation),
    /// How often its PIN may be tried.
    Tries(Tries),
    /// Its certificate has ended.
    Expired(Timestamp),
    /// Its certificate has not begun.
    NotYet(Timestamp),
    /// Its certificate ends soon.
    NearEnd { days: i64 },
    /// A security key is there.
    Key { product: String },
    /// One is on a reader.
    KeyOnReader { reader: String },
    /// None is.
    NoKey,
    /// It cannot be opened.
    KeyUnopened { path: String, why: String },
    /// This person may not use it.
    KeyForbidden { path: String },
    /// The system's devices cannot be listed.
    KeysUnlisted(String),
    /// A browser starts this program.
    Connected { browser: String },
    /// Our extension is not seen in a browser; it may be there all the same.
    ExtensionUnseen { browser: String },
    /// A browser knows nothing of this program.
    NotConnected { browser: String },
    /// A browser starts an agent at another place.
    LeadsElsewhere { browser: String },
    /// A browser starts another program under our name.
    Foreign { browser: String },
    /// Others can write the file that tells a browser where this program is.
    ManifestUnsound { path: String },
    /// Others can write this program.
    ProgramUnsound { path: String },
    /// A module of the configuration is not there.
    ModuleMissing { path: String },
    /// Others can write it, so it is not loaded.
    ModuleUnsound { path: String },
    /// A browser that runs in a sandbox.
    Confined(Confined),
    /// The name of Web eID is taken.
    WebEid { path: String },
    /// There is no browser of a known kind.
    NoBrowser,
    /// Nothing can ask for a PIN in a window.
    NoPinentry(crate::consent::Error),
    /// What asks for a PIN draws on terminals only.
    NoWindow { program: String },
    /// The session has no display.
    NoDisplay,
    /// No server is configured.
    NoServer,
    /// The clock agrees with the server's.
    Clock,
    /// It does not.
    ClockWrong { ahead: i64 },
    /// The server's certificate does not hold at this computer's time.
    ClockSuspect { server: String },
    /// The server does not tell the time.
    ClockUnknown { server: String },
    /// What answers there is no Sleutelbos.
    Stranger { server: String },
    /// A security key is there that does not say what it is.
    KeySilent { product: String },
    /// The server cannot be asked.
    Unreachable { server: String, why: String },
    /// The developers' setting is on.
    Development,
}

impl Finding {
    /// How bad it is.
    #[must_use]
    pub fn state(&self) -> State {
        match self {
            Self::About { .. }
            | Self::Holder { holds: true, .. }
            | Self::NotActivated(Activation::Done)
            | Self::Key { .. }
            | Self::KeyOnReader { .. }
            | Self::Connected { .. }
            | Self::Clock => State::Fine,
            Self::Tries(tries) if tries.blocked() => State::Problem,
            Self::Tries(Tries::Left(1) | Tries::Fewer) => State::Note,
            Self::Tries(_) => State::Fine,
            Self::NearEnd { .. }
            | Self::OldList { .. }
            | Self::ExtensionUnseen { .. }
            | Self::Holder { holds: false, .. }
            | Self::CardBesideKey(_)
            | Self::NoKey
            | Self::Confined(_)
            | Self::WebEid { .. }
            | Self::NoBrowser
            | Self::NoDisplay
            | Self::NoServer
            | Self::ClockUnknown { .. }
            | Self::Development => State::Note,
            Self::Config(_)
            | Self::Card(_)
            | Self::Unnamed
            | Self::NotActivated(Activation::NoPin | Activation::ChangePin)
            | Self::Expired(_)
            | Self::NotYet(_)
            | Self::KeyForbidden { .. }
            | Self::KeysUnlisted(_)
            | Self::KeyUnopened { .. }
            | Self::ClockSuspect { .. }
            | Self::NotConnected { .. }
            | Self::LeadsElsewhere { .. }
            | Self::Foreign { .. }
            | Self::ManifestUnsound { .. }
            | Self::ProgramUnsound { .. }
            | Self::ModuleMissing { .. }
            | Self::ModuleUnsound { .. }
            | Self::NoPinentry(_)
            | Self::NoWindow { .. }
            | Self::ClockWrong { .. }
            | Self::Stranger { .. }
            | Self::KeySilent { .. }
            | Self::Unreachable { .. } => State::Problem,
        }
    }

    /// One line for people.
    #[must_use]
    pub fn line(&self, language: Language) -> String {
        format!("{} {}", self.state().mark(language), self.text(language))
    }

    /// For programs.
    #[must_use]
    pub fn value(&self, language: Language) -> Value {
        json!({ "code": self.code(), "state": self.state().name(), "text": self.text(language) })
    }

    /// Stable, for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::About { .. } => "agent",
            Self::OldList { .. } => "agent_old",
            Self::Config(_) => "config",
            Self::Card(error) | Self::CardBesideKey(error) => error.code(),
            Self::Holder { .. } => "card",
            Self::Unnamed => "card_unnamed",
            Self::NotActivated(Activation::Done) => "card_activated",
            Self::NotActivated(_) => "card_not_activated",
            Self::Tries(tries) if tries.blocked() => "pin_blocked",
            Self::Tries(_) => "pin_tries",
            Self::Expired(_) => "card_expired",
            Self::NotYet(_) => "card_not_yet_valid",
            Self::NearEnd { .. } => "card_near_end",
            Self::Key { .. } => "key",
            Self::KeyOnReader { .. } => "key_on_reader",
            Self::NoKey => "no_key",
            Self::KeyUnopened { .. } => "key_not_opened",
            Self::KeyForbidden { .. } => "key_forbidden",
            Self::KeysUnlisted(_) => "keys_not_listed",
            Self::Connected { .. } => "browser_connected",
            Self::ExtensionUnseen { .. } => "extension_not_seen",
            Self::NotConnected { .. } => "browser_not_connected",
            Self::LeadsElsewhere { .. } => "browser_leads_elsewhere",
            Self::Foreign { .. } => "browser_foreign",
            Self::ManifestUnsound { .. } => "manifest_unsound",
            Self::ProgramUnsound { .. } => "program_unsound",
            Self::ModuleMissing { .. } => "module_missing",
            Self::ModuleUnsound { .. } => "module_unsound",
            Self::Confined(_) => Confined::CODE,
            Self::WebEid { .. } => "web_eid_taken",
            Self::NoBrowser => "no_browser",
            Self::NoPinentry(error) => error.code(),
            Self::NoWindow { .. } => "no_window",
            Self::NoDisplay => "no_display",
            Self::NoServer => "no_server",
            Self::Clock => "clock",
            Self::ClockWrong { .. } => "clock_wrong",
            Self::ClockSuspect { .. } => "clock_suspect",
            Self::ClockUnknown { .. } => "clock_unknown",
            Self::Stranger { .. } => "server_not_ours",
            Self::KeySilent { .. } => "key_silent",
            Self::Unreachable { .. } => "server_unreachable",
            Self::Development => "development",
        }
    }

    /// What is the matter, what it means, what to do.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        use crate::broker::card::Error as Ceremony;
        let say = |words: Words, value: &str| {
            language.pick(words.0, words.1).replace("{}", &printable(value))
        };
        match self {
            Self::Config(text) => text.clone(),
            Self::Card(error) => error.say(language),
            Self::CardBesideKey(error) => error.say(language) + " " + &say(CARD_NOT_NEEDED, ""),
            Self::About { version } => say(ABOUT, version),
            Self::OldList { of } => say(OLD_LIST, &day(*of)),
            Self::Holder { kind, name, organisation, until, .. } => {
                let holder = match kind {
                    Kind::CareProvider => CARE_PROVIDER,
                    Kind::NamedEmployee => NAMED_EMPLOYEE,
                    Kind::UnnamedEmployee | Kind::Server => OTHER_CARD,
                };
                say(holder, &format!("{name}, {organisation}")) + &say(UNTIL, &day(*until))
            }
            Self::Unnamed => say(UNNAMED, ""),
            Self::NotActivated(Activation::ChangePin) => say(CHANGE_PIN, ""),
            Self::NotActivated(_) => Error::NotActivated.say(language),
            Self::Tries(tries) if tries.blocked() => Ceremony::Blocked.say(language),
            Self::Tries(tries) => {
                super::card::tries(*tries, language).unwrap_or_else(|| say(NOT_BLOCKED, ""))
            }
            Self::Expired(at) => Ceremony::Expired(*at).say(language),
            Self::NotYet(at) => Ceremony::NotYet(*at).say(language),
            Self::NearEnd { days } => super::card::near_end(*days, language),
            Self::Key { product } => say(KEY, product),
            Self::KeyOnReader { reader } => say(KEY_ON_READER, reader),
            Self::NoKey => say(NO_KEY, ""),
            Self::KeyUnopened { path, why } => say(KEY_UNOPENED, &format!("{path}: {why}")),
            Self::KeyForbidden { path } => say(KEY_FORBIDDEN, path),
            Self::KeysUnlisted(why) => say(KEYS_UNLISTED, why),
            Self::Connected { browser } => say(CONNECTED, browser),
            Self::ExtensionUnseen { browser } => say(EXTENSION_UNSEEN, browser),
            Self::NotConnected { browser } => say(NOT_CONNECTED, browser),
            Self::LeadsElsewhere { browser } => say(LEADS_ELSEWHERE, browser),
            Self::Foreign { browser } => say(FOREIGN, browser),
            Self::ManifestUnsound { path } => say(MANIFEST_UNSOUND, path),
            Self::ProgramUnsound { path } => say(PROGRAM_UNSOUND, path),
            Self::ModuleMissing { path } => say(MODULE_MISSING, path),
            Self::ModuleUnsound { path } => say(MODULE_UNSOUND, path),
            Self::Confined(confined) => confined.text(language),
            Self::WebEid { path } => say(WEB_EID, path),
            Self::NoBrowser => say(NO_BROWSER, ""),
            Self::NoPinentry(error) => error.say(language),
            Self::NoWindow { program } => say(NO_WINDOW, program),
            Self::NoDisplay => say(NO_DISPLAY, ""),
            Self::NoServer => say(NO_SERVER, ""),
            Self::Clock => say(CLOCK, ""),
            Self::ClockWrong { ahead } if *ahead > 0 => say(CLOCK_FAST, &ahead.to_string()),
            Self::ClockWrong { ahead } => say(CLOCK_SLOW, &ahead.abs().to_string()),
            Self::ClockSuspect { server } => say(CLOCK_SUSPECT, server),
            Self::ClockUnknown { server } => say(CLOCK_UNKNOWN, server),
            Self::Stranger { server } => say(STRANGER, server),
            Self::KeySilent { product } => say(KEY_SILENT, product),
            Self::Unreachable { server, why } => say(UNREACHABLE, &format!("{server}: {why}")),
            Self::Development => say(DEVELOPMENT, ""),
        }
    }
}

/// How it all ends: what must be put right, and that it must.
#[must_use]
pub fn summary(problems: usize, language: Language) -> String {
    let words = match problems {
        0 => SOUND,
        1 => ONE_PROBLEM,
        _ => PROBLEMS,
    };
    language.pick(words.0, words.1).replace("{}", &problems.to_string())
}

fn day(at: Timestamp) -> String {
    at.strftime("%d-%m-%Y").to_string()
}

fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_what_it_means_and_what_to_do() {
        let path = || "p".to_owned();
        let problems = [
            Finding::Unnamed,
            Finding::NotActivated(Activation::NoPin),
            Finding::NotActivated(Activation::ChangePin),
            Finding::Expired(Timestamp::UNIX_EPOCH),
            Finding::NotYet(Timestamp::UNIX_EPOCH),
            Finding::Tries(Tries::Left(0)),
            Finding::KeyForbidden { path: path() },
            Finding::KeysUnlisted(path()),
            Finding::NotConnected { browser: path() },
            Finding::LeadsElsewhere { browser: path() },
            Finding::Foreign { browser: path() },
            Finding::ManifestUnsound { path: path() },
            Finding::ProgramUnsound { path: path() },
            Finding::ModuleMissing { path: path() },
            Finding::ModuleUnsound { path: path() },
            Finding::NoPinentry(crate::consent::Error::NoPinentry),
            Finding::NoWindow { program: path() },
            Finding::ClockWrong { ahead: -90 },
            Finding::ClockSuspect { server: path() },
            Finding::KeyUnopened { path: path(), why: path() },
            Finding::KeySilent { product: path() },
            Finding::Stranger { server: path() },
            Finding::Unreachable { server: path(), why: path() },
        ];
        for problem in problems {
            assert_eq!(problem.state(), State::Problem, "{problem:?}");
            for language in [Language::Dutch, Language::English] {
                let text = problem.text(language);
                assert!(text.matches(". ").count() >= 1 && text.ends_with('.'), "{text}");
            }
        }
    }

    #[test]
    fn a_holder_is_fine_only_where_the_certificate_holds() {
        let holder = |holds| {
            let (name, organisation) = ("Test Arts".to_owned(), "Test".to_owned());
            let (kind, until) = (Kind::CareProvider, Timestamp::UNIX_EPOCH);
            Finding::Holder { kind, name, organisation, until, holds }.state()
        };
        assert_eq!((holder(true), holder(false)), (State::Fine, State::Note));
    }

    #[test]
    fn the_end_counts_what_must_be_put_right() {
        let said = |problems| summary(problems, Language::Dutch);
        assert!(said(0).contains("niets"));
        assert!(said(1).starts_with("1 fout:"));
        assert!(said(2).starts_with("2 fouten:"));
    }

    #[test]
    fn the_clock_says_which_way_it_is_wrong() {
        let text = |ahead| Finding::ClockWrong { ahead }.text(Language::Dutch);
        assert!(text(90).contains("90 seconden voor"));
        assert!(text(-90).contains("90 seconden achter"));
    }

    #[test]
    fn the_last_try_is_a_note_and_a_full_count_is_fine() {
        assert_eq!(Finding::Tries(Tries::Left(1)).state(), State::Note);
        assert_eq!(Finding::Tries(Tries::Left(3)).state(), State::Fine);
        assert_eq!(Finding::Tries(Tries::Left(0)).code(), "pin_blocked");
    }
}
