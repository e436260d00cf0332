//! What is asked and told where somebody works for several organisations.

use super::Say;
use crate::broker::choice::Error;
use crate::consent::{Buttons, Choice};
use crate::language::Language;
use crate::server::choice::Organisation;

/// Asks at which organisation to log in.
#[must_use]
pub fn which(organisations: &[Organisation], language: Language) -> Choice {
    let text = language.pick(
        "U werkt bij meer dan één organisatie. Bij welke wilt u inloggen?",
        "You work for more than one organisation. At which one do you want to log in?",
    );
    let title = language.pick("Organisatie", "Organisation");
    let options = organisations.iter().map(|one| option(one, language)).collect();
    one_of(title, text, options, language)
}

/// A choice among `options`.
pub(super) fn one_of(title: &str, text: &str, options: Vec<String>, language: Language) -> Choice {
    let last = options.len();
    Choice {
        title: title.to_owned(),
        text: text.to_owned(),
        options,
        label: language.pick("Nummer", "Number").to_owned(),
        wrong: language.pick(
            format!("Dat nummer staat er niet bij. Typ een nummer van 1 tot en met {last}."),
            format!("That number is not there. Type a number from 1 to {last}."),
        ),
        buttons: language.pick(
            Buttons { yes: "Deze", no: "Een andere" },
            Buttons { yes: "This one", no: "Another" },
        ),
    }
}

/// An organisation as it stands in the list.
fn option(one: &Organisation, language: Language) -> String {
    let name = shown(&one.name);
    match &one.agb {
        Some(agb) => {
            let agb = shown(agb);
            language.pick(format!("{name} (AGB-code {agb})"), format!("{name} (AGB code {agb})"))
        }
        None => name,
    }
}

/// Those organisations, a line each, with what a script names them by.
fn list(organisations: &[Organisation]) -> String {
    let line = |one: &Organisation| {
        let code = one.agb.as_deref().unwrap_or(&one.id);
        format!("\n  --organisation {}  {}", shown(code), shown(&one.name))
    };
    organisations.iter().map(line).collect()
}

/// A text from the server or the command line, without what could steer a terminal.
fn shown(text: &str) -> String {
    let text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST).collect();
    text.trim().to_owned()
}

/// Characters of a name that are shown.
const LONGEST: usize = 120;

impl Say for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } => "organisation_unknown",
            Self::Ambiguous { .. } => "organisation_ambiguous",
            Self::Unasked { .. } => "organisation_needed",
            Self::Unchosen { .. } => "organisation_unchosen",
            Self::Elsewhere { .. } => "organisation_elsewhere",
            Self::Consent(error) => error.code(),
        }
    }

    fn organisations(&self) -> &[Organisation] {
        Error::organisations(self)
    }

    fn say(&self, language: Language) -> String {
        match self {
            Self::Unknown { named, offered } => {
                let (named, list) = (shown(named), list(offered));
                language.pick(
                    format!("Met dit wachtwoord of deze pas heeft u geen account bij '{named}'. U bent niet ingelogd. Noem een van deze:{list}"),
                    format!("With this password or card you have no account at '{named}'. You are not logged in. Name one of these:{list}"),
                )
            }
            Self::Ambiguous { named, fitting } => {
                let (named, list) = (shown(named), list(fitting));
                language.pick(
                    format!("Meer dan één organisatie heet '{named}'. U bent niet ingelogd. Noem een van deze met de code:{list}"),
                    format!("More than one organisation is called '{named}'. You are not logged in. Name one of these by its code:{list}"),
                )
            }
            Self::Unasked { offered } => {
                let list = list(offered);
                language.pick(
                    format!("U werkt bij meer dan één organisatie, en hier is geen terminal of venster om te vragen welke u bedoelt. U bent niet ingelogd. Zet een van deze bij de opdracht:{list}"),
                    format!("You work for more than one organisation, and there is no terminal or window here to ask which one you mean. You are not logged in. Add one of these to the command:{list}"),
                )
            }
            Self::Unchosen { offered } => {
                let list = list(offered);
                language.pick(
                    format!("U koos geen organisatie. U bent niet ingelogd. Begin opnieuw, of zet een van deze bij de opdracht:{list}"),
                    format!("You chose no organisation. You are not logged in. Begin again, or add one of these to the command:{list}"),
                )
            }
            Self::Elsewhere { named, organisation } => {
                let (named, there) = (shown(named), shown(organisation));
                language.pick(
                    format!("Dit is uw account bij {there}, en niet bij '{named}'. U bent weer uitgelogd. Gebruik wat bij die organisatie hoort, zoals uw wachtwoord daar, of verander --organisation."),
                    format!("This is your account at {there}, and not at '{named}'. You are logged out again. Use what belongs to that organisation, such as your password there, or change --organisation."),
                )
            }
            Self::Consent(error) => error.say(language),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered() -> Vec<Organisation> {
        let one = |id: &str, name: &str, agb: Option<&str>| Organisation {
            id: id.to_owned(),
            name: name.to_owned(),
            agb: agb.map(str::to_owned),
        };
        vec![
            one("a1", "FAKE Dokterspost", Some("01000002")),
            one("b2", "FAKE\u{1b}[2J Praktijk\n", None),
        ]
    }

    #[test]
    fn a_question_names_the_employers_and_says_which_numbers_there_are() {
        let asked = which(&offered(), Language::Dutch);
        assert_eq!(asked.options, ["FAKE Dokterspost (AGB-code 01000002)", "FAKE[2J Praktijk"]);
        assert!(asked.wrong.ends_with("van 1 tot en met 2."), "{}", asked.wrong);
    }

    #[test]
    fn every_error_says_that_nobody_is_in_and_what_to_name_in_both_languages() {
        let named = || "FAKE".to_owned();
        for error in [
            Error::Unknown { named: named(), offered: offered() },
            Error::Ambiguous { named: named(), fitting: offered() },
            Error::Unasked { offered: offered() },
            Error::Unchosen { offered: offered() },
            Error::Elsewhere { named: named(), organisation: "FAKE Thuiszorg".to_owned() },
        ] {
            let code = error.code();
            let [dutch, english] = [Language::Dutch, Language::English].map(|l| error.say(l));
            let out = ["U bent niet ingelogd.", "U bent weer uitgelogd."];
            assert!(out.iter().any(|words| dutch.contains(words)), "{code}: {dutch}");
            let out = ["You are not logged in.", "You are logged out again."];
            assert!(out.iter().any(|words| english.contains(words)), "{code}: {english}");
            for said in [dutch, english] {
                assert!(said.contains("--organisation"), "{code}: {said}");
            }
        }
    }

    #[test]
    fn an_error_lists_what_a_script_can_name() {
        let (named, offered) = ("x\u{7}".to_owned(), offered());
        let said = Error::Unknown { named, offered }.say(Language::English);
        assert_eq!(
            said,
            "With this password or card you have no account at 'x'. You are not logged in. Name one of these:\n  --organisation 01000002  FAKE Dokterspost\n  --organisation b2  FAKE[2J Praktijk"
        );
    }
}
