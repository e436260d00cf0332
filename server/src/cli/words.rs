//! What the commands around accounts fail on, in the language of the terminal. English is the text
//! of the error itself; what no remedy of the operator's goes with stays English too.

use super::Failure;
use super::language::Language;
use crate::accounts::run::Error as AccountError;
use crate::enrolment::Error as EnrolmentError;
use crate::enrolment::policy::Unfit;
use crate::password::policy::{MAX, MIN, Weak};

/// Why an account was not made or changed.
pub(super) fn account(error: AccountError, language: Language) -> Failure {
    match language {
        Language::Dutch => dutch_account(&error).map_or_else(|| error.into(), Into::into),
        Language::English => error.into(),
    }
}

/// Why a card was not linked.
pub(super) fn enrolment(error: EnrolmentError, language: Language) -> Failure {
    match language {
        Language::Dutch => dutch_enrolment(&error).map_or_else(|| error.into(), Into::into),
        Language::English => error.into(),
    }
}

fn dutch_account(error: &AccountError) -> Option<String> {
    Some(match error {
        AccountError::NameTaken(name) => {
            format!("de gebruikersnaam {name} is bezet: kies een ander e-mailadres")
        }
        AccountError::SubscriberTaken => {
            "een andere organisatie heeft dit UZI-abonneenummer (URA): kijk na of het klopt, elke \
             organisatie heeft een eigen nummer"
                .to_owned()
        }
        AccountError::SubscriberSet(found) => format!(
            "deze organisatie heeft al een UZI-abonneenummer (URA): {}; dat verandert niet",
            found.as_str()
        ),
        AccountError::Name => "een naam heeft 1 tot 200 tekens".to_owned(),
        AccountError::Unknown(name) => nobody(name.as_str()),
        AccountError::Weak(weak) => dutch_weak(*weak),
        AccountError::Busy(_) | AccountError::Storage(_) => return None,
    })
}

fn dutch_weak(weak: Weak) -> String {
    match weak {
        Weak::Short => format!(
            "een wachtwoord heeft minstens {MIN} tekens: kies een langer, bijvoorbeeld een paar woorden"
        ),
        Weak::Long => format!("een wachtwoord heeft hoogstens {MAX} tekens: kies een korter"),
        Weak::Common => {
            "dit wachtwoord wordt veel gebruikt en daarom als eerste geraden: kies een ander"
                .to_owned()
        }
        Weak::Context => {
            "dit wachtwoord bestaat vooral uit namen die makkelijk te raden zijn: kies andere woorden"
                .to_owned()
        }
    }
}

fn dutch_enrolment(error: &EnrolmentError) -> Option<String> {
    Some(match error {
        EnrolmentError::Unfit(unfit) => dutch_unfit(*unfit).to_owned(),
        EnrolmentError::CardTaken => {
            "deze pas is al gekoppeld, aan een account van deze organisatie".to_owned()
        }
        EnrolmentError::NoAccount(name) => nobody(name.as_str()),
        EnrolmentError::Card(refusal) => refusal.dutch(),
        EnrolmentError::Unknown => {
            "dit account heeft zoiets niet om mee in te loggen: kijk met 'sleutelbos account \
             factors' wat het heeft"
                .to_owned()
        }
        EnrolmentError::Denied(_)
        | EnrolmentError::Refused(_)
        | EnrolmentError::Key(_)
        | EnrolmentError::Storage(_) => return None,
    })
}

fn dutch_unfit(unfit: Unfit) -> &'static str {
    match unfit {
        Unfit::Type => {
            "alleen een zorgverlenerpas (Z) of een medewerkerpas op naam (N) wordt gekoppeld"
        }
        Unfit::NoSubscriber => {
            "de organisatie van dit account heeft geen abonneenummer (URA): leg dat eerst vast met 'sleutelbos account ura'"
        }
        Unfit::OtherSubscriber => {
            "de pas is van een andere organisatie: gebruik de pas met het abonneenummer van deze"
        }
        Unfit::OtherName => {
            "de achternaam op de pas staat niet in de naam van dit account: gebruik de eigen pas, \
             of verander de naam van het account"
        }
        Unfit::OtherFirstName => {
            "de voornaam op de pas is niet die van dit account: gebruik de eigen pas van de houder, of \
             koppel met --other-first-name als u weet dat het die is"
        }
        Unfit::OtherNumber => {
            "dit account heeft een pas met een ander UZI-nummer: verwijder die eerst, als deze pas echt \
             van dezelfde persoon is"
        }
    }
}

fn nobody(name: &str) -> String {
    format!("niemand heeft de gebruikersnaam {name}: kijk na hoe die geschreven wordt")
}
