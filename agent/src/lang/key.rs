//! What is asked and told while a person uses a security key.

use super::{Say, choice};
use crate::broker::key::Error;
use crate::consent::{Ask, Buttons, Choice, Question};
use crate::language::Language;
use crate::origin::Origin;
use crate::server::choice::Organisation;
use crate::server::{self, Problem};
use crate::tokens::fido::link::{Mistake, PinAsk, Transport};
use crate::tokens::fido::watch::Places;

/// Something told on the way that needs no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// No key is there yet.
    Bring(Places),
    /// The key waits for a touch.
    Touch,
    /// Several keys are there, one of which is to be chosen: their names, and how each is reached.
    Choose(Vec<(String, Transport)>),
    /// A factor must be used before another is added.
    ProveFirst,
}

impl Notice {
    /// A sentence or two.
    #[must_use]
    pub fn text(&self, language: Language) -> String {
        let (dutch, english) = match self {
            Self::Bring(Places::Usb) => {
                ("Steek uw sleutel in de computer.", "Insert your key into the computer.")
            }
            Self::Bring(Places::Readers) => {
                ("Leg uw sleutel op de lezer.", "Place your key on the reader.")
            }
            Self::Bring(Places::Both) => (
                "Steek uw sleutel in de computer of leg hem op de lezer.",
                "Insert your key into the computer or place it on the reader.",
            ),
            Self::Touch => ("Raak de sleutel aan die knippert.", "Touch the key that blinks."),
            Self::Choose(keys) => return choose(keys, language),
            Self::ProveFirst => (
                "U heeft al een sleutel. Gebruik eerst die, in de computer of op de lezer. Daarna komt de nieuwe.",
                "You have a key already. Use that one first, in the computer or on the reader. Then comes the new one.",
            ),
        };
        language.pick(dutch, english).to_owned()
    }
}

/// Names the keys that are there, and says how one is chosen.
fn choose(keys: &[(String, Transport)], language: Language) -> String {
    let any = |wanted| keys.iter().any(|(_, transport)| *transport == wanted);
    let how = match (any(Transport::Usb), any(Transport::Nfc)) {
        (true, false) => language.pick(
            "Raak de sleutel aan die u wilt gebruiken.",
            "Touch the key that you want to use.",
        ),
        (false, _) => language.pick(
            "Haal de sleutel die u wilt gebruiken van de lezer en leg hem er weer op.",
            "Take the key that you want to use off the reader and place it there again.",
        ),
        (true, true) => language.pick(
            "Raak de sleutel aan die u wilt gebruiken. Ligt die op een lezer, haal hem er dan af en leg hem er weer op.",
            "Touch the key that you want to use. If it is on a reader, take it off and place it there again.",
        ),
    };
    let names: Vec<_> = keys.iter().map(|key| name(key, language)).collect();
    let (and, there) =
        language.pick((" en ", "Er zijn meerdere sleutels"), (" and ", "There are several keys"));
    let names = match names.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, others)) => format!("{}{and}{last}", others.join(", ")),
        None => String::new(),
    };
    format!("{there}: {names}. {how}")
}

/// What a key calls itself, without what could steer a terminal.
fn name((name, transport): &(String, Transport), language: Language) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect();
    match (name.trim(), transport) {
        ("", _) => language.pick("een zonder naam", "one without a name").to_owned(),
        (name, Transport::Usb) => format!("'{name}'"),
        (name, Transport::Nfc) => {
            language.pick(format!("die op lezer '{name}'"), format!("the one on reader '{name}'"))
        }
    }
}

/// Characters of a name that are shown.
const LONGEST_NAME: usize = 64;

/// Asks for a password.
#[must_use]
pub fn password(origin: &Origin, username: &str, language: Language) -> Ask {
    Ask {
        title: language.pick("Inloggen", "Log in").to_owned(),
        text: language.pick(
            format!("{origin}\nWachtwoord van {username}"),
            format!("{origin}\nPassword of {username}"),
        ),
        remark: None,
        label: language.pick("Wachtwoord", "Password").to_owned(),
        buttons: buttons(language),
    }
}

/// Asks for a key's PIN.
#[must_use]
pub fn pin(host: &str, ask: PinAsk, language: Language) -> Ask {
    let tries = tries(ask.tries_left, language);
    let remark = ask.mistake.map(|mistake| match mistake {
        Mistake::Wrong => format!("{} {tries}.", wrong(language)),
        Mistake::TooShort => language.pick(
            "Een pincode heeft minstens 4 tekens. Er is geen poging gebruikt.".to_owned(),
            "A PIN has at least 4 characters. No try was used.".to_owned(),
        ),
        Mistake::TooLong => language.pick(
            "Een pincode is hooguit 63 bytes lang. Er is geen poging gebruikt.".to_owned(),
            "A PIN is at most 63 bytes long. No try was used.".to_owned(),
        ),
    });
    Ask {
        title: language.pick("Beveiligingssleutel", "Security key").to_owned(),
        text: language.pick(
            format!("{host} vraagt om uw beveiligingssleutel.\n{tries}."),
            format!("{host} asks for your security key.\n{tries}."),
        ),
        remark,
        label: language.pick("Pincode", "PIN").to_owned(),
        buttons: buttons(language),
    }
}

fn tries(left: u8, language: Language) -> String {
    match left {
        1 => language.pick("Nog 1 poging", "1 try left").to_owned(),
        left => language.pick(format!("Nog {left} pogingen"), format!("{left} tries left")),
    }
}

fn wrong(language: Language) -> &'static str {
    language.pick("Dat is niet de pincode van deze sleutel.", "That is not the PIN of this key.")
}

/// Asks whether the last try may be used.
#[must_use]
pub fn last_try(host: &str, ask: PinAsk, language: Language) -> Question {
    let wrong = match ask.mistake {
        Some(Mistake::Wrong) => format!("{}\n", wrong(language)),
        Some(Mistake::TooShort | Mistake::TooLong) | None => String::new(),
    };
    let tries = tries(ask.tries_left, language);
    let buttons = match language {
        Language::Dutch => Buttons { yes: "Laatste poging gebruiken", no: "Stoppen" },
        Language::English => Buttons { yes: "Use the last try", no: "Stop" },
    };
    Question {
        title: language.pick("Laatste poging", "Last try").to_owned(),
        text: language.pick(
            format!("{host} vraagt om uw beveiligingssleutel.\n{wrong}{tries}: dit is de laatste. Is de pincode dan verkeerd, dan is de sleutel geblokkeerd en helpt alleen wissen. Wilt u de laatste poging gebruiken?"),
            format!("{host} asks for your security key.\n{wrong}{tries}: this is the last try. If the PIN is wrong then, the key is blocked and only a reset helps. Do you want to use the last try?"),
        ),
        buttons,
    }
}

/// Asks for another key than the one that is there.
#[must_use]
pub fn another(places: Places, language: Language) -> Question {
    let (dutch, english) = match places {
        Places::Usb => (
            "Deze sleutel is al gekoppeld. Haal hem eruit, steek de nieuwe erin en ga door.",
            "This key is linked already. Take it out, insert the new one and go on.",
        ),
        Places::Readers => (
            "Deze sleutel is al gekoppeld. Haal hem van de lezer, leg de nieuwe erop en ga door.",
            "This key is linked already. Take it off the reader, place the new one there and go on.",
        ),
        Places::Both => (
            "Deze sleutel is al gekoppeld. Haal hem weg, steek de nieuwe in de computer of leg hem op de lezer, en ga door.",
            "This key is linked already. Take it away, insert the new one or place it on the reader, and go on.",
        ),
    };
    Question {
        title: language.pick("Nieuwe sleutel", "New key").to_owned(),
        text: language.pick(dutch, english).to_owned(),
        buttons: buttons(language),
    }
}

/// Asks which of the accounts on a key is meant.
#[must_use]
pub fn which(accounts: &[String], language: Language) -> Choice {
    let title = language.pick("Welk account?", "Which account?");
    let text = language.pick(
        "Op deze sleutel staan meer accounts. Welk wilt u gebruiken?",
        "There are several accounts on this key. Which one do you want to use?",
    );
    choice::one_of(title, text, accounts.to_vec(), language)
}

fn buttons(language: Language) -> Buttons {
    language.pick(Buttons { yes: "Doorgaan", no: "Stoppen" }, Buttons { yes: "Go on", no: "Stop" })
}

impl Say for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Key(error) => error.code(),
            Self::Server(error) => error.code(),
            Self::Consent(error) => error.code(),
            Self::Choice(error) => error.code(),
            Self::Declined => "cancelled",
            Self::NothingEnrolled => "nothing_enrolled",
            Self::NoKeyAmongWays => "no_key_among_ways",
        }
    }

    fn exact_code(&self) -> &str {
        if let Self::Server(error) = self { error.exact_code() } else { self.code() }
    }

    fn organisations(&self) -> &[Organisation] {
        if let Self::Choice(error) = self { Say::organisations(error) } else { &[] }
    }

    fn say(&self, language: Language) -> String {
        match self {
            Self::Key(error) => error.say(language),
            Self::Server(error) => error.say(language),
            Self::Consent(error) => error.say(language),
            Self::Choice(error) => error.say(language),
            Self::Declined => language
                .pick("Gestopt. Er is niets gewijzigd.", "Stopped. Nothing was changed.")
                .to_owned(),
            Self::NothingEnrolled => language
                .pick(
                    "Dit account heeft nog geen tweede factor. Koppel er eerst een met 'sleutelbos-agent enrol'.",
                    "This account has no second factor yet. Link one first with 'sleutelbos-agent enrol'.",
                )
                .to_owned(),
            Self::NoKeyAmongWays => language
                .pick(
                    "Bij dit account hoort geen beveiligingssleutel. Log in met de UZI-pas (--card) of in de browser.",
                    "This account has no security key. Log in with the UZI card (--card) or in the browser.",
                )
                .to_owned(),
        }
    }
}

impl Say for server::Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "server_unreachable",
            Self::TimedOut => "server_timed_out",
            Self::Malformed(_) => "server_malformed",
            Self::Refused(_) => "server_refused",
        }
    }

    fn exact_code(&self) -> &str {
        match self {
            Self::Refused(problem) if is_code(&problem.code) => &problem.code,
            Self::Refused(_) | Self::Unreachable(_) | Self::TimedOut | Self::Malformed(_) => {
                self.code()
            }
        }
    }

    fn say(&self, language: Language) -> String {
        match self {
            Self::Unreachable(source) => language.pick(
                format!("De server is niet te bereiken ({source}). Controleer het adres en de verbinding."),
                format!("The server cannot be reached ({source}). Check the address and the connection."),
            ),
            Self::TimedOut => language
                .pick(
                    "De server antwoordde niet op tijd. Probeer het zo weer.",
                    "The server did not answer in time. Try again in a moment.",
                )
                .to_owned(),
            Self::Malformed(what) => language.pick(
                format!("De server gaf geen bruikbaar antwoord ({what}). Controleer het adres, of meld dit aan de beheerder."),
                format!("The server gave no usable answer ({what}). Check the address, or tell the administrator."),
            ),
            Self::Refused(problem) => refused(problem, language),
        }
    }
}

/// What the server says is wrong, then what helps, both in the person's language; below it the
/// reference that a help desk asks for, where there is one.
fn refused(problem: &Problem, language: Language) -> String {
    let (title, detail) = (shown(&problem.title, 200), shown(&problem.detail, 500));
    let end = if title.is_empty() || title.ends_with(['.', '!', '?', ':']) { "" } else { "." };
    let said = format!("{title}{end} {detail}");
    let reference = shown(&problem.reference, 64);
    let label = language.pick("Kenmerk", "Reference");
    match reference.as_str() {
        "" => said.trim().to_owned(),
        reference => format!("{}\n{label}: {reference}", said.trim()),
    }
}

/// So many characters of a text from elsewhere, without what could steer a terminal.
fn shown(text: &str, longest: usize) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).take(longest).collect();
    text.trim().to_owned()
}

/// A code of the API is a word of lower-case letters, digits and underscores.
fn is_code(text: &str) -> bool {
    let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    (1..=64).contains(&text.len()) && text.bytes().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: &str, title: &str, detail: &str, reference: &str) -> server::Error {
        let [code, title, detail, reference] = [code, title, detail, reference].map(str::to_owned);
        server::Error::Refused(Box::new(Problem { status: 401, code, title, detail, reference }))
    }

    #[test]
    fn a_refusal_keeps_the_servers_code_and_sentences() {
        let say = |title, detail| refusal("wrong_password", title, detail, "").say(Language::Dutch);
        assert_eq!(refusal("wrong_password", "", "", "").exact_code(), "wrong_password");
        let whole = "Uw wachtwoord klopt niet. Let op hoofdletters.";
        assert_eq!(say("Uw wachtwoord klopt niet", "Let op hoofdletters."), whole);
        assert_eq!(say("Uw wachtwoord klopt niet. ", "Let op hoofdletters."), whole);
        assert_eq!(say("Klopt dit?", "Let op hoofdletters."), "Klopt dit? Let op hoofdletters.");
        assert_eq!(say("", "Let op hoofdletters."), "Let op hoofdletters.");
        assert_eq!(say("Geweigerd", ""), "Geweigerd.");
    }

    #[test]
    fn a_reference_for_the_help_desk_stands_below() {
        let error = refusal("internal", "Dit ging fout", "Noem het kenmerk hieronder.", "ab\n12");
        assert_eq!(
            error.say(Language::Dutch),
            "Dit ging fout. Noem het kenmerk hieronder.\nKenmerk: ab12"
        );
        assert!(error.say(Language::English).ends_with("\nReference: ab12"));
    }

    #[test]
    fn what_could_steer_a_terminal_or_a_program_is_dropped() {
        let odd = refusal("a\nb", "Gewei\u{7}gerd", "\u{1b}[2JLet op.", "");
        assert_eq!(odd.exact_code(), "server_refused");
        assert_eq!(odd.say(Language::Dutch), "Geweigerd. [2JLet op.");
        let long = "e".repeat(1000);
        let long = refusal("x", &long, &long, &long).say(Language::Dutch);
        assert!(long.len() < 800, "{}", long.len());
    }

    #[test]
    fn one_try_is_not_many() {
        let text =
            |tries_left| pin("h", PinAsk { tries_left, mistake: None }, Language::Dutch).text;
        assert!(text(1).ends_with("Nog 1 poging."), "{}", text(1));
        assert!(text(8).ends_with("Nog 8 pogingen."), "{}", text(8));
    }

    #[test]
    fn several_keys_are_named_and_how_one_is_chosen_fits_where_they_are() {
        let usb = |name: &str| (name.to_owned(), Transport::Usb);
        let nfc = |name: &str| (name.to_owned(), Transport::Nfc);
        let say = |keys: &[_]| Notice::Choose(keys.to_vec()).text(Language::Dutch);
        assert_eq!(
            say(&[usb("Blauw"), usb("Groen\u{1b}[2J"), usb("")]),
            "Er zijn meerdere sleutels: 'Blauw', 'Groen[2J' en een zonder naam. Raak de sleutel aan die u wilt gebruiken."
        );
        assert_eq!(
            say(&[usb("Blauw"), nfc("Lezer 00")]),
            "Er zijn meerdere sleutels: 'Blauw' en die op lezer 'Lezer 00'. Raak de sleutel aan die u wilt gebruiken. Ligt die op een lezer, haal hem er dan af en leg hem er weer op."
        );
        assert_eq!(
            Notice::Choose(vec![nfc("A"), nfc("B")]).text(Language::English),
            "There are several keys: the one on reader 'A' and the one on reader 'B'. Take the key that you want to use off the reader and place it there again."
        );
    }
}
