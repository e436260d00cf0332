//! What the self-test says: what is the matter, what it means, what to do, in that order.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::install::Confined;
use super::{Language, Say};
use crate::tokens::card::{Error, Tries};

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
    /// The configuration cannot be used; the sentence says why.
    Config(String),
    /// No UZI card can be used.
    Card(Error),
    /// None can, and none is needed where there is a security key.
    CardBesideKey(Error),
    /// An UZI card is there; `holds` says whether its certificate does.
    Holder { name: String, organisation: String, until: Timestamp, holds: bool },
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
    /// A browser knows nothing of this program.
    NotConnected { browser: String },
    /// A browser starts an agent at another place.
    LeadsElsewhere { browser: String },
    /// A browser starts another program under our name.
    Foreign { browser: String },
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
            Self::Holder { holds: true, .. }
            | Self::Key { .. }
            | Self::KeyOnReader { .. }
            | Self::Connected { .. }
            | Self::Clock => State::Fine,
            Self::Tries(tries) if tries.blocked() => State::Problem,
            Self::Tries(Tries::Left(1) | Tries::Fewer) => State::Note,
            Self::Tries(_) => State::Fine,
            Self::NearEnd { .. }
            | Self::Holder { holds: false, .. }
            | Self::CardBesideKey(_)
            | Self::NoKey
            | Self::Confined(_)
            | Self::WebEid { .. }
            | Self::NoBrowser
            | Self::NoDisplay
            | Self::NoServer
            | Self::Development => State::Note,
            Self::Config(_)
            | Self::Card(_)
            | Self::Expired(_)
            | Self::NotYet(_)
            | Self::KeyForbidden { .. }
            | Self::KeysUnlisted(_)
            | Self::KeyUnopened { .. }
            | Self::ClockSuspect { .. }
            | Self::NotConnected { .. }
            | Self::LeadsElsewhere { .. }
            | Self::Foreign { .. }
            | Self::NoPinentry(_)
            | Self::NoWindow { .. }
            | Self::ClockWrong { .. }
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
            Self::Config(_) => "config",
            Self::Card(error) | Self::CardBesideKey(error) => error.code(),
            Self::Holder { .. } => "card",
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
            Self::NotConnected { .. } => "browser_not_connected",
            Self::LeadsElsewhere { .. } => "browser_leads_elsewhere",
            Self::Foreign { .. } => "browser_foreign",
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
            Self::Holder { name, organisation, until, .. } => {
                let until = until.strftime("%d-%m-%Y").to_string();
                let until = say(UNTIL, &until);
                say(HOLDER, &format!("{name}, {organisation}")) + &until
            }
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
            Self::NotConnected { browser } => say(NOT_CONNECTED, browser),
            Self::LeadsElsewhere { browser } => say(LEADS_ELSEWHERE, browser),
            Self::Foreign { browser } => say(FOREIGN, browser),
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
            Self::Unreachable { server, why } => say(UNREACHABLE, &format!("{server}: {why}")),
            Self::Development => say(DEVELOPMENT, ""),
        }
    }
}

/// A text in Dutch and in English, in which `{}` stands for what was found.
type Words = (&'static str, &'static str);

const HOLDER: Words = ("UZI-pas van {}", "UZI card of {}");
const UNTIL: Words = (", geldig tot {}.", ", valid until {}.");
const NOT_BLOCKED: Words =
    ("De pincode van de pas is niet geblokkeerd.", "The PIN of the card is not blocked.");
const KEY: Words = ("Beveiligingssleutel '{}' gevonden.", "Security key '{}' found.");
const KEY_ON_READER: Words =
    ("Beveiligingssleutel op kaartlezer '{}' gevonden.", "Security key on reader '{}' found.");
const CARD_NOT_NEEDED: Words = (
    "Logt u met uw beveiligingssleutel in, dan hoeft dat niet.",
    "None of this is needed to log in with your security key.",
);
const KEY_UNOPENED: Words = (
    "De beveiligingssleutel is niet te openen ({}). Daardoor kunt u er niet mee inloggen. Haal de sleutel eruit en steek hem opnieuw in.",
    "The security key cannot be opened ({}). So you cannot log in with it. Take the key out and insert it again.",
);
const CLOCK_SUSPECT: Words = (
    "Volgens de klok van deze computer geldt het certificaat van {} nu niet. Meestal staat dan de datum van deze computer verkeerd, en daardoor mislukt inloggen. Zet de datum en tijd goed; kloppen die, meld dit dan aan de beheerder van de server.",
    "By the clock of this computer the certificate of {} does not hold now. Mostly the date of this computer is wrong then, and a log-in fails. Set date and time; if they are right, tell the administrator of the server.",
);
const KEY_FORBIDDEN: Words = (
    "U mag de beveiligingssleutel {} niet gebruiken. Daardoor kunt u er niet mee inloggen. Vraag uw beheerder de udev-regels voor FIDO-sleutels te installeren (pakket libfido2-1 of libu2f-udev) en steek de sleutel opnieuw in.",
    "You may not use the security key {}. So you cannot log in with it. Ask your administrator to install the udev rules for FIDO keys (package libfido2-1 or libu2f-udev), and insert the key again.",
);
const KEYS_UNLISTED: Words = (
    "De beveiligingssleutels zijn niet op te vragen ({}). Daardoor kunt u er niet mee inloggen. Vraag uw beheerder om hulp.",
    "The security keys cannot be listed ({}). So you cannot log in with one. Ask your administrator for help.",
);
const CONNECTED: Words = ("{} kent de agent.", "{} knows the agent.");
const NOT_CONNECTED: Words = (
    "{} kent de agent niet. Inloggen met de UZI-pas op een webpagina werkt in deze browser niet. Geef de opdracht 'sleutelbos-agent install'.",
    "{} does not know the agent. Logging in to a page with the UZI card does not work in this browser. Run 'sleutelbos-agent install'.",
);
const LEADS_ELSEWHERE: Words = (
    "{} start een agent op een andere plaats. Misschien is dat een oude. Geef de opdracht 'sleutelbos-agent install'.",
    "{} starts an agent at another place. That may be an old one. Run 'sleutelbos-agent install'.",
);
const FOREIGN: Words = (
    "{} start onder onze naam een ander programma. Inloggen met de UZI-pas gaat daar niet via de agent. Verwijder dat programma en geef de opdracht 'sleutelbos-agent install'.",
    "{} starts another program under our name. Logging in with the UZI card does not use the agent there. Remove that program and run 'sleutelbos-agent install'.",
);
const WEB_EID: Words = (
    "Het programma van Web eID is geïnstalleerd ({}). Beide werken naast elkaar. Gebruik voor uw UZI-pas onze extensie.",
    "The Web eID program is installed ({}). Both work side by side. Use our extension for your UZI card.",
);
const NO_WINDOW: Words = (
    "Het programma dat om de pincode vraagt ({}) werkt alleen aan een terminal: er kan geen venster komen. Inloggen met de UZI-pas op een webpagina gaat dan niet. Installeer pinentry-gnome3, pinentry-qt of pinentry-gtk2, of vraag uw beheerder dat te doen.",
    "The program that asks for the PIN ({}) works at a terminal only: no window can be shown. So you cannot log in to pages with the UZI card. Install pinentry-gnome3, pinentry-qt or pinentry-gtk2, or ask your administrator to.",
);
const NO_DISPLAY: Words = (
    "Deze sessie heeft geen scherm (DISPLAY en WAYLAND_DISPLAY ontbreken): er kan geen venster komen. Inloggen met de UZI-pas op een webpagina gaat dan niet. Geef deze opdracht op het bureaublad waar u de browser gebruikt.",
    "This session has no display (neither DISPLAY nor WAYLAND_DISPLAY is set): no window can be shown. So you cannot log in to pages with the UZI card. Run this command on the desktop on which you use the browser.",
);
const NO_SERVER: Words = (
    "Er is geen server ingesteld. Pagina's werken wel; inloggen vanaf de opdrachtregel vraagt om een adres. Zet 'servers' in de instellingen.",
    "No server is configured. Pages work; logging in from the command line asks for an address. Set 'servers' in the configuration.",
);
const CLOCK: Words = ("De klok loopt gelijk met de server.", "The clock agrees with the server.");
const NO_KEY: Words = (
    "Er zit geen beveiligingssleutel in deze computer. Dat hoeft niet als u met een UZI-pas inlogt. Steek anders uw sleutel in.",
    "There is no security key in this computer. None is needed to log in with an UZI card. Else insert your key.",
);
const NO_BROWSER: Words = (
    "Wij vinden geen Chrome, Chromium, Edge, Brave of Vivaldi van u. Inloggen op webpagina's met de UZI-pas kan dan niet. Start de browser een keer en geef de opdracht 'sleutelbos-agent install'.",
    "No Chrome, Chromium, Edge, Brave or Vivaldi of yours is found. So you cannot log in to pages with the UZI card. Start the browser once and run 'sleutelbos-agent install'.",
);
const CLOCK_FAST: Words = (
    "De klok van deze computer loopt {} seconden voor. Daardoor kan inloggen mislukken. Zet de datum en tijd goed, of vraag uw beheerder dat te doen.",
    "The clock of this computer is {} seconds fast. Because of that a log-in may fail. Set date and time, or ask your administrator to.",
);
const CLOCK_SLOW: Words = (
    "De klok van deze computer loopt {} seconden achter. Daardoor kan inloggen mislukken. Zet de datum en tijd goed, of vraag uw beheerder dat te doen.",
    "The clock of this computer is {} seconds slow. Because of that a log-in may fail. Set date and time, or ask your administrator to.",
);
const UNREACHABLE: Words = (
    "De server is niet bereikbaar ({}). Daardoor kunt u er niet inloggen. Controleer de netwerkverbinding en het adres.",
    "The server cannot be reached ({}). So you cannot log in there. Check the network and the address.",
);
const DEVELOPMENT: Words = (
    "De instelling voor ontwikkelaars staat aan: adressen op deze computer mogen zonder https. Dat is niet bedoeld voor echt gebruik. Zet 'development = false' in de instellingen.",
    "The developers' setting is on: addresses on this computer are taken without https. That is not meant for real use. Set 'development = false' in the configuration.",
);

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
            Finding::Expired(Timestamp::UNIX_EPOCH),
            Finding::NotYet(Timestamp::UNIX_EPOCH),
            Finding::Tries(Tries::Left(0)),
            Finding::KeyForbidden { path: path() },
            Finding::KeysUnlisted(path()),
            Finding::NotConnected { browser: path() },
            Finding::LeadsElsewhere { browser: path() },
            Finding::Foreign { browser: path() },
            Finding::NoPinentry(crate::consent::Error::NoPinentry),
            Finding::NoWindow { program: path() },
            Finding::ClockWrong { ahead: -90 },
            Finding::ClockSuspect { server: path() },
            Finding::KeyUnopened { path: path(), why: path() },
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
            Finding::Holder { name, organisation, until: Timestamp::UNIX_EPOCH, holds }.state()
        };
        assert_eq!((holder(true), holder(false)), (State::Fine, State::Note));
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
