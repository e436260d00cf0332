//! What is said about cards: the dialogs, and what went wrong.

use super::Say;
use crate::broker::card::{Error as CeremonyError, Remark, Shown};
use crate::consent::{self, Ask, Buttons, Notice, Question};
use crate::language::Language;
use crate::tokens::card::uzi::Validity;
use crate::tokens::card::{Error, Tries};

/// Where a PUK is entered: SafeSign, as the card's own papers say.
const PUK: (&str, &str) = (
    "U deblokkeert de pas met uw PUK-code in het programma SafeSign. Heeft u geen PUK-code meer, vraag dan een nieuwe pas aan bij het UZI-register.",
    "Unblock the card with your PUK in the SafeSign program. If you no longer have the PUK, ask the UZI register for a new card.",
);

const STOPPED: (&str, &str) = (
    "U bent gestopt. Er is niet ingelogd. Begin opnieuw als u toch wilt inloggen.",
    "You stopped. Nobody was logged in. Begin again if you do want to log in.",
);

/// A card whose PIN was never set.
pub(super) const NO_PIN: (&str, &str) = (
    "De pas meldt dat er nog geen bruikbare pincode op staat. Daarom kunt u er nog niet mee inloggen. Activeer de pas eerst: volg de aanwijzingen die u bij de pas en de pincode kreeg. Meldt de pas dat hij al geactiveerd is en deed u dat niet zelf, gebruik hem dan niet en bel het UZI-register.",
    "The card says that no usable PIN is set yet. So you cannot log in with it yet. Activate the card first: follow the instructions that came with the card and its PIN. If the card says that it was activated already and you did not do so, do not use it and call the UZI register.",
);

impl Say for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NoService => "no_service",
            Self::NoReader => "no_reader",
            Self::NoCard => "no_card",
            Self::Removed => "card_removed",
            Self::NotActivated => "card_not_activated",
            Self::Reset => "card_reset",
            Self::Busy { .. } => "card_busy",
            Self::Mute { .. } => "card_mute",
            Self::Unknown | Self::NotUzi => "not_uzi_card",
            Self::Refused { .. } | Self::Malformed(_) => "card_failed",
            Self::Algorithm(_) => "card_algorithm",
            Self::NoModule | Self::NoSafeSign => "no_module",
            Self::Module(_) | Self::Worker(_) => "module_failed",
            Self::CalledOff => "stopped",
            Self::Reader { .. } => "reader_failed",
        }
    }

    fn say(&self, language: Language) -> String {
        let (dutch, english) = match self {
            Self::Algorithm(name) => (
                format!(
                    "Deze pas ondertekent met {name} en dat kan langs deze weg niet. Installeer SafeSign of OpenSC en probeer het opnieuw."
                ),
                format!(
                    "This card signs with {name}, which does not work this way. Install SafeSign or OpenSC and try again."
                ),
            ),
            Self::Refused { .. } | Self::Malformed(_) => (
                format!(
                    "De pas werkt niet zoals verwacht ({self}). Haal de pas uit de lezer, steek hem terug en probeer het opnieuw."
                ),
                format!(
                    "The card does not work as expected ({self}). Take it out, insert it again and try once more."
                ),
            ),
            Self::Module(_) | Self::Worker(_) => (
                format!(
                    "De software van de pas werkt niet ({self}). Probeer het opnieuw; blijft dit zo, installeer SafeSign of OpenSC dan opnieuw."
                ),
                format!(
                    "The card's software does not work ({self}). Try again; if this stays so, install SafeSign or OpenSC again."
                ),
            ),
            Self::Reader { source, .. } => (
                format!(
                    "De kaartlezer werkt niet ({source}). Maak de lezer los, sluit hem weer aan en probeer het opnieuw."
                ),
                format!(
                    "The card reader does not work ({source}). Unplug it, connect it again and try once more."
                ),
            ),
            Self::NoService
            | Self::NoReader
            | Self::NoCard
            | Self::NotActivated
            | Self::Removed
            | Self::Reset
            | Self::Busy { .. }
            | Self::Mute { .. }
            | Self::Unknown
            | Self::NotUzi
            | Self::NoModule
            | Self::CalledOff
            | Self::NoSafeSign => return language.pick(known(self).0, known(self).1).to_owned(),
        };
        language.pick(dutch, english)
    }
}

/// The sentences that are always the same, Dutch and English.
fn known(error: &Error) -> (&'static str, &'static str) {
    match error {
        Error::NoService => (
            "De kaartlezerdienst van deze computer draait niet. Zonder die dienst is geen pas te lezen. Start de dienst 'pcscd' of vraag uw beheerder dat te doen.",
            "The smartcard service of this computer is not running. Without it no card can be read. Start the service 'pcscd' or ask your administrator to.",
        ),
        Error::NoReader => (
            "Wij zien geen kaartlezer. Sluit een kaartlezer aan en probeer het opnieuw.",
            "There is no card reader. Connect a card reader and try again.",
        ),
        Error::NoCard => (
            "Wij zien geen UZI-pas. Steek de pas met de chip naar voren in de kaartlezer.",
            "There is no UZI card. Insert the card into the reader, chip first.",
        ),
        Error::NotActivated => NO_PIN,
        Error::Removed => (
            "De pas is uit de lezer gehaald voordat het inloggen klaar was. Er is niets gebeurd. Steek de pas weer in de lezer en probeer het opnieuw.",
            "The card was removed before the log-in was done. Nothing has happened. Insert the card again and try once more.",
        ),
        Error::Reset => (
            "Een ander programma gebruikte de pas op hetzelfde moment. Er is niets gebeurd. Probeer het opnieuw.",
            "Another program used the card at the same moment. Nothing has happened. Try again.",
        ),
        Error::Busy { .. } => (
            "Een ander programma houdt de pas bezet, bijvoorbeeld SafeSign of uw zorgprogramma. Sluit dat programma en probeer het opnieuw.",
            "Another program keeps the card busy, such as SafeSign or your care application. Close that program and try again.",
        ),
        Error::Mute { .. } => (
            "De pas in de lezer antwoordt niet. Misschien zit hij verkeerd om of is de chip vuil. Haal de pas eruit en steek hem met de chip naar voren terug.",
            "The card in the reader does not answer. It may be the wrong way round, or the chip is dirty. Take it out and insert it again, chip first.",
        ),
        Error::Unknown | Error::NotUzi => (
            "De pas in de lezer is geen UZI-pas waarmee u kunt inloggen. Steek uw UZI-pas in de kaartlezer.",
            "The card in the reader is no UZI card to log in with. Insert your UZI card into the reader.",
        ),
        Error::NoSafeSign => (
            "De software op deze computer kan de pas in de lezer niet lezen. Voor een UZI-pas is het programma SafeSign nodig en wij vinden het niet. Is dit uw UZI-pas, installeer dan SafeSign of vraag uw beheerder dat te doen; steek anders uw UZI-pas in de kaartlezer.",
            "The software on this computer cannot read the card in the reader. A UZI card needs the SafeSign program, which is not found. If this is your UZI card, install SafeSign or ask your administrator to; otherwise insert your UZI card into the reader.",
        ),
        Error::CalledOff => STOPPED,
        Error::NoModule
        | Error::Refused { .. }
        | Error::Malformed(_)
        | Error::Algorithm(_)
        | Error::Module(_)
        | Error::Worker(_)
        | Error::Reader { .. } => (
            "Voor deze pas is het programma SafeSign of OpenSC nodig en wij vinden het niet. Installeer het of vraag uw beheerder dat te doen.",
            "This card needs the SafeSign or OpenSC software, which is not found. Install it or ask your administrator to.",
        ),
    }
}

impl Say for CeremonyError {
    fn code(&self) -> &'static str {
        match self {
            Self::Declined => "declined",
            Self::Blocked => "pin_blocked",
            Self::Unfit { .. } => "pin_unfit",
            Self::TooOften => "pin_too_often",
            Self::Expired(_) => "card_expired",
            Self::NotYet(_) => "card_not_yet_valid",
            Self::Card(error) => error.code(),
            Self::Consent(error) => error.code(),
        }
    }

    fn say(&self, language: Language) -> String {
        match self {
            Self::Declined => language.pick(
                STOPPED.0.to_owned(),
                STOPPED.1.to_owned(),
            ),
            Self::Blocked => language.pick(
                format!("De pincode van uw pas is geblokkeerd. {}", PUK.0),
                format!("The PIN of your card is blocked. {}", PUK.1),
            ),
            Self::Unfit { min, max } => language.pick(
                format!("U typte drie keer een pincode die niet van uw pas kan zijn: een pincode heeft {min} tot {max} cijfers. Daarmee is geen poging gebruikt. Zoek de pincode van uw pas op en begin opnieuw."),
                format!("You typed three times a PIN that your card cannot have: a PIN has {min} to {max} digits. That used no try. Look up the PIN of your card and begin again."),
            ),
            Self::TooOften => language.pick(
                "U typte te vaak een verkeerde pincode. Zoek de pincode van uw pas op en begin dan opnieuw: na een paar verkeerde pogingen is uw pas geblokkeerd en heeft u uw PUK-code nodig.".to_owned(),
                "You typed a wrong PIN too often. Look up the PIN of your card, then begin again: after a few wrong tries your card is blocked and you need your PUK.".to_owned(),
            ),
            Self::Expired(at) => language.pick(
                format!("Uw UZI-pas is verlopen op {}. U kunt er niet meer mee inloggen. Vraag een nieuwe pas aan bij het UZI-register, of log anders in. Klopt de datum van deze computer niet, zet die dan eerst goed.", date(*at)),
                format!("Your UZI card expired on {}. You can no longer log in with it. Ask the UZI register for a new card, or log in another way. If this computer's date is wrong, set it first.", date(*at)),
            ),
            Self::NotYet(at) => language.pick(
                format!("Uw UZI-pas geldt pas vanaf {}. Log tot die dag anders in. Klopt de datum van deze computer niet, zet die dan eerst goed.", date(*at)),
                format!("Your UZI card is valid from {} only. Until then log in another way. If this computer's date is wrong, set it first.", date(*at)),
            ),
            Self::Card(error) => error.say(language),
            Self::Consent(error) => error.say(language),
        }
    }
}

impl Say for consent::Error {
    fn code(&self) -> &'static str {
        match self {
            Self::NoPinentry => "no_pinentry",
            Self::Pinentry(_) => "pinentry_failed",
            Self::Unsound(_) => "pinentry_unsound",
            Self::Timeout => "nobody_answered",
            Self::Stopped => "stopped",
            Self::Terminal(_) => "no_terminal",
        }
    }

    fn say(&self, language: Language) -> String {
        match self {
            Self::NoPinentry => language.pick(
                "Het programma 'pinentry' ontbreekt. Zonder dat kan niemand een pincode typen. Installeer het of vraag uw beheerder dat te doen.".to_owned(),
                "The program 'pinentry' is missing. Without it nobody can type a PIN. Install it or ask your administrator to.".to_owned(),
            ),
            Self::Unsound(path) => language.pick(
                format!("Het programma {:?} vraagt om pincodes, maar anderen op deze computer kunnen het vervangen. Daarom wordt het niet gestart. Vraag uw beheerder de rechten te herstellen.", path.display()),
                format!("The program {:?} asks for PINs, but others on this computer can replace it. So it is not started. Ask your administrator to mend its permissions.", path.display()),
            ),
            Self::Stopped => CeremonyError::Declined.say(language),
            Self::Timeout => language.pick(
                "Er kwam te lang geen antwoord. Begin opnieuw.".to_owned(),
                "There was no answer for too long. Begin again.".to_owned(),
            ),
            Self::Pinentry(_) | Self::Terminal(_) => language.pick(
                format!("U kon niets gevraagd worden ({self}). Probeer het in een gewoon venster of aan de terminal."),
                format!("You could not be asked ({self}). Try in an ordinary window or at the terminal."),
            ),
        }
    }
}

/// The window that asks for the PIN. `asker` is the page's origin or the server.
#[must_use]
pub fn ask(
    asker: &str,
    shown: &Shown,
    remark: Option<Remark>,
    days: Option<i64>,
    language: Language,
) -> Ask {
    Ask {
        title: title(language),
        text: agreed_to(asker, shown, days, language),
        remark: remark.map(|remark| said(remark, language)),
        label: language.pick("Pincode van uw pas", "Card PIN").to_owned(),
        buttons: buttons(language),
    }
}

/// The window beside a reader that asks for the PIN itself.
#[must_use]
pub fn at_reader(
    asker: &str,
    shown: &Shown,
    remark: Option<Remark>,
    days: Option<i64>,
    language: Language,
) -> Notice {
    let wrong = remark.map(|remark| said(remark, language) + "\n\n").unwrap_or_default();
    let asked = agreed_to(asker, shown, days, language);
    let text = language.pick(
        format!("{wrong}{asked}\n\nTyp uw pincode op de kaartlezer, niet op het toetsenbord. Dit venster sluit vanzelf. De lezer zelf stopt u met zijn rode toets."),
        format!("{wrong}{asked}\n\nType your PIN on the card reader, not on the keyboard. This window closes by itself. To stop the reader itself, press its red key."),
    );
    let stop = buttons(language).no;
    Notice { title: title(language), text, stop }
}

/// What a person agrees to with the PIN: who asks, for whom, and what to know before.
fn agreed_to(asker: &str, shown: &Shown, days: Option<i64>, language: Language) -> String {
    let mut text = language.pick(
        format!("Inloggen bij: {asker}\n\n{}", holder(shown, language)),
        format!("Log in to: {asker}\n\n{}", holder(shown, language)),
    );
    let days = days.map(|days| near_end(days, language));
    for line in [tries(shown.tries, language), days].into_iter().flatten() {
        text.push('\n');
        text.push_str(&line);
    }
    text
}

/// The window that warns of the last try.
#[must_use]
pub fn last_try(
    asker: &str,
    shown: &Shown,
    remark: Option<Remark>,
    language: Language,
) -> Question {
    let wrong = match remark {
        Some(Remark::Wrong(_)) => {
            language.pick("De pincode van uw pas klopt niet. ", "The PIN of your card is wrong. ")
        }
        Some(Remark::Unfit { .. }) | None => "",
    };
    let text = language.pick(
        format!("Inloggen bij: {asker}\n\n{}\n\n{wrong}U kunt de pincode van uw pas nog 1 keer proberen. Klopt hij dan niet, dan is uw pas geblokkeerd en heeft u uw PUK-code nodig. Wilt u de laatste poging gebruiken?", holder(shown, language)),
        format!("Log in to: {asker}\n\n{}\n\n{wrong}You can try the PIN of your card once more. If it is wrong, your card is blocked and you need your PUK. Do you want to use the last try?", holder(shown, language)),
    );
    let buttons = match language {
        Language::Dutch => Buttons { yes: "Laatste poging gebruiken", no: "Annuleren" },
        Language::English => Buttons { yes: "Use the last try", no: "Cancel" },
    };
    Question { title: title(language), text, buttons }
}

/// The window that asks for a card.
#[must_use]
pub fn insert(asker: &str, reason: &Error, language: Language) -> Question {
    let reason = reason.say(language);
    let text = language.pick(
        format!("Inloggen bij: {asker}\n\n{reason}"),
        format!("Log in to: {asker}\n\n{reason}"),
    );
    let buttons = match language {
        Language::Dutch => Buttons { yes: "De pas zit erin", no: "Annuleren" },
        Language::English => Buttons { yes: "The card is in", no: "Cancel" },
    };
    Question { title: title(language), text, buttons }
}

/// How many days a certificate that is near its end still holds.
#[must_use]
pub fn days_left(validity: Validity) -> Option<i64> {
    match validity {
        Validity::NearEnd { days } => Some(days),
        Validity::NotYet | Validity::Holds | Validity::Expired => None,
    }
}

/// That a certificate ends soon.
#[must_use]
pub fn near_end(days: i64, language: Language) -> String {
    let (dutch, english) = match days {
        ..=0 => ("vandaag".to_owned(), "today".to_owned()),
        1 => ("over 1 dag".to_owned(), "in 1 day".to_owned()),
        days => (format!("over {days} dagen"), format!("in {days} days")),
    };
    language.pick(
        format!("Uw pas verloopt {dutch}. Vraag op tijd een nieuwe aan."),
        format!("Your card expires {english}. Ask for a new one in time."),
    )
}

/// Who the card names, one line each.
#[must_use]
pub fn holder(shown: &Shown, language: Language) -> String {
    let certificate = &shown.certificate;
    let name = match &certificate.title {
        Some(title) => format!("{}, {title}", printable(&certificate.holder)),
        None => printable(&certificate.holder),
    };
    let name = printable(&name);
    let organisation = printable(&certificate.organisation);
    language.pick(
        format!("Pas van: {name}\nOrganisatie: {organisation}"),
        format!("Card of: {name}\nOrganisation: {organisation}"),
    )
}

/// How many tries are left; nothing where the card does not say.
#[must_use]
pub fn tries(tries: Tries, language: Language) -> Option<String> {
    let (dutch, english) = match tries {
        Tries::Left(0) => {
            ("De pincode is geblokkeerd.".to_owned(), "The PIN is blocked.".to_owned())
        }
        Tries::Left(1) => {
            ("U kunt het nog 1 keer proberen.".to_owned(), "You can try once more.".to_owned())
        }
        Tries::Left(left) => (
            format!("U kunt de pincode {left} keer proberen."),
            format!("You can try the PIN {left} times."),
        ),
        Tries::Fewer => (
            "Er is al een verkeerde pincode geprobeerd.".to_owned(),
            "A wrong PIN was tried before.".to_owned(),
        ),
        Tries::Unknown => return None,
    };
    Some(language.pick(dutch, english))
}

fn said(remark: Remark, language: Language) -> String {
    match remark {
        Remark::Wrong(Tries::Left(1)) => language.pick(
            "De pincode van uw pas klopt niet. U kunt het nog 1 keer proberen. Daarna is uw pas geblokkeerd en heeft u uw PUK-code nodig.".to_owned(),
            "The PIN of your card is wrong. You can try once more. After that your card is blocked and you need your PUK.".to_owned(),
        ),
        Remark::Wrong(Tries::Left(left)) => language.pick(
            format!("De pincode van uw pas klopt niet. U kunt het nog {left} keer proberen. Daarna is uw pas geblokkeerd en heeft u uw PUK-code nodig."),
            format!("The PIN of your card is wrong. You can try {left} more times. After that your card is blocked and you need your PUK."),
        ),
        Remark::Wrong(Tries::Fewer | Tries::Unknown) => language.pick(
            "De pincode van uw pas klopt niet. Na een paar verkeerde pogingen is uw pas geblokkeerd en heeft u uw PUK-code nodig.".to_owned(),
            "The PIN of your card is wrong. After a few wrong tries your card is blocked and you need your PUK.".to_owned(),
        ),
        Remark::Unfit { min, max } => language.pick(
            format!("Deze pincode is niet naar de pas gestuurd: een pincode heeft {min} tot {max} cijfers. Er is geen poging gebruikt."),
            format!("This PIN was not sent to the card: a PIN has {min} to {max} digits. No try was used."),
        ),
    }
}

fn title(language: Language) -> String {
    language.pick("Inloggen met UZI-pas", "Log in with UZI card").to_owned()
}

fn buttons(language: Language) -> Buttons {
    match language {
        Language::Dutch => Buttons { yes: "Inloggen", no: "Annuleren" },
        Language::English => Buttons { yes: "Log in", no: "Cancel" },
    }
}

fn date(at: jiff::Timestamp) -> String {
    at.strftime("%d-%m-%Y").to_string()
}

/// A name from a certificate, without characters that could write over the window or terminal.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_pin_says_what_is_left_in_the_agreed_words() {
        assert_eq!(
            said(Remark::Wrong(Tries::Left(2)), Language::Dutch),
            "De pincode van uw pas klopt niet. U kunt het nog 2 keer proberen. Daarna is uw pas geblokkeerd en heeft u uw PUK-code nodig."
        );
    }

    #[test]
    fn every_window_says_who_asks() {
        for language in [Language::Dutch, Language::English] {
            let text = insert("https://zorgportaal.example", &Error::NoCard, language).text;
            assert!(text.contains("https://zorgportaal.example"), "{text}");
        }
    }

    #[test]
    fn names_cannot_write_over_the_window() {
        assert_eq!(printable("Jan\u{1b}[2J\r\n de Wit"), "Jan[2J de Wit");
        assert_eq!(printable(&"a".repeat(500)).len(), 120);
    }

    #[test]
    fn every_error_names_a_remedy_in_both_languages() {
        let errors = [
            Error::NoService,
            Error::NoReader,
            Error::NoCard,
            Error::Removed,
            Error::NotActivated,
            Error::Reset,
            Error::Busy { reader: "r".to_owned() },
            Error::Mute { reader: "r".to_owned() },
            Error::Unknown,
            Error::NotUzi,
            Error::Malformed("x"),
            Error::Algorithm("x"),
            Error::NoModule,
            Error::NoSafeSign,
            Error::Module("x".to_owned()),
            Error::Worker("x".to_owned()),
            Error::CalledOff,
        ];
        for error in errors {
            for language in [Language::Dutch, Language::English] {
                let text = error.say(language);
                assert!(text.ends_with('.') && text.matches(". ").count() >= 1, "{text}");
            }
        }
    }
}
