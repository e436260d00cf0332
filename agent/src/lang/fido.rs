//! What is said when a security key does not do what was asked.

use wire::ctap2::Status;

use super::Say;
use crate::language::Language;
use crate::tokens::fido::error::Error;

impl Say for Error {
    fn code(&self) -> &'static str {
        match self {
            Self::Removed => "key_removed",
            Self::Silent => "key_silent",
            Self::Busy => "key_busy",
            Self::System { .. } => "system",
            Self::Cancelled => "cancelled",
            Self::NoKey => "no_key",
            Self::TimedOut => "timed_out",
            Self::Malformed(_) => "key_malformed",
            Self::Hid(_) | Self::Refused(_) | Self::Apdu(_) => "key_refused",
            Self::Excluded => "key_enrolled_already",
            Self::NoCredentials => "key_unknown_here",
            Self::NoPasskey => "no_passkey",
            Self::Full => "key_full",
            Self::PinNotSet => "key_without_pin",
            Self::VerificationImpossible => "key_cannot_verify",
            Self::PasskeyImpossible => "key_cannot_hold_passkey",
            Self::Algorithm => "key_algorithm",
            Self::PowerCycle => "pin_wait",
            Self::PinBlocked => "pin_blocked",
            Self::PinUnfit => "pin_unfit",
            Self::PinMustChange => "pin_must_change",
            Self::Request(_) => "server_request",
        }
    }

    #[expect(clippy::too_many_lines, reason = "a table of sentences")]
    fn say(&self, language: Language) -> String {
        let (dutch, english) = match self {
            Self::System { .. }
            | Self::Malformed(_)
            | Self::Hid(_)
            | Self::Refused(_)
            | Self::Apdu(_)
            | Self::Request(_) => return detailed(self, language),
            Self::Removed => (
                "De beveiligingssleutel is weggehaald. Er is niets gewijzigd. Steek hem weer in de computer, of leg hem op de lezer, en begin opnieuw.",
                "The security key was taken away. Nothing was changed. Insert it into the computer again, or place it on the reader, and start again.",
            ),
            Self::Silent => (
                "De beveiligingssleutel antwoordt niet. Haal hem uit de computer of van de lezer, doe hem terug en begin opnieuw.",
                "The security key does not answer. Take it out of the computer or off the reader, put it back and start again.",
            ),
            Self::Busy => (
                "Een ander programma gebruikt de beveiligingssleutel. Sluit dat, of wacht tot het klaar is.",
                "Another program is using the security key. Close it, or wait until it is done.",
            ),
            Self::Cancelled => ("Gestopt. Er is niets gewijzigd.", "Stopped. Nothing was changed."),
            Self::NoKey => (
                "Er is geen beveiligingssleutel gevonden. Steek hem in de computer, of leg hem op de lezer, en begin opnieuw.",
                "No security key was found. Insert it into the computer, or place it on the reader, and start again.",
            ),
            Self::TimedOut => (
                "Het duurde te lang. Begin opnieuw en raak de sleutel aan zodra hij knippert.",
                "It took too long. Start again and touch the key as soon as it blinks.",
            ),
            Self::Excluded => (
                "Deze beveiligingssleutel is al aan uw account gekoppeld. Gebruik een andere.",
                "This security key is linked to your account already. Use another.",
            ),
            Self::NoCredentials => (
                "Deze beveiligingssleutel is hier niet bekend. Gebruik de sleutel die u heeft gekoppeld, of koppel deze eerst met 'sleutelbos-agent enrol'.",
                "This security key is not known here. Use the one you linked, or link this one first with 'sleutelbos-agent enrol'.",
            ),
            Self::NoPasskey => (
                "Op deze beveiligingssleutel staat geen passkey voor deze site. Log in met uw gebruikersnaam erbij (--user NAAM), of maak eerst een passkey met 'sleutelbos-agent enrol --passkey'.",
                "There is no passkey for this site on this security key. Log in with your user name (--user NAME), or make a passkey first with 'sleutelbos-agent enrol --passkey'.",
            ),
            Self::Full => (
                "De beveiligingssleutel is vol. Verwijder er een passkey van of gebruik een andere sleutel.",
                "The security key is full. Delete a passkey from it or use another key.",
            ),
            Self::PinNotSet => (
                "Deze beveiligingssleutel heeft nog geen pincode, en die is hier nodig. Stel er een in (in Chrome: Instellingen, Privacy en beveiliging, Beveiliging, Beveiligingssleutels beheren) en begin opnieuw.",
                "This security key has no PIN yet, and one is needed here. Set one (in Chrome: Settings, Privacy and security, Security, Manage security keys) and start again.",
            ),
            Self::VerificationImpossible => (
                "Deze beveiligingssleutel kan geen pincode of vingerafdruk vragen, en dat is hier nodig. Gebruik een sleutel met FIDO2.",
                "This security key cannot ask for a PIN or fingerprint, which is needed here. Use a FIDO2 key.",
            ),
            Self::PasskeyImpossible => (
                "Deze beveiligingssleutel kan geen passkey bewaren. Gebruik een sleutel met FIDO2, of koppel hem als beveiligingssleutel.",
                "This security key cannot hold a passkey. Use a FIDO2 key, or link it as a security key.",
            ),
            Self::Algorithm => (
                "Deze beveiligingssleutel kent geen van de handtekeningen die de server aanneemt. Gebruik een andere sleutel.",
                "This security key has none of the signatures that the server takes. Use another key.",
            ),
            Self::PowerCycle => (
                "De sleutel neemt even geen pincode meer aan: er is drie keer een verkeerde ingevoerd. Haal hem uit de computer of van de lezer, doe hem terug en begin opnieuw.",
                "The key takes no PIN for now: a wrong one was entered three times. Take it out of the computer or off the reader, put it back and start again.",
            ),
            Self::PinBlocked => (
                "De pincode van deze sleutel is geblokkeerd. Alleen wissen helpt nog; daarna moet u hem opnieuw koppelen. Gebruik zolang een andere manier om in te loggen.",
                "The PIN of this key is blocked. Only a reset helps; after that you must link it again. Use another way to log in until then.",
            ),
            Self::PinUnfit => (
                "U typte drie keer een pincode die van geen sleutel kan zijn: een pincode heeft 4 tot 63 tekens. Daarmee is geen poging gebruikt. Zoek de pincode van deze sleutel op en begin opnieuw.",
                "You typed three times a PIN that no key can have: a PIN has 4 to 63 characters. That used no try. Look up the PIN of this key and start again.",
            ),
            Self::PinMustChange => (
                "Deze sleutel wil eerst een nieuwe pincode. Wijzig de pincode en begin opnieuw.",
                "This key wants a new PIN first. Change the PIN and start again.",
            ),
        };
        language.pick(dutch, english).to_owned()
    }
}

/// Errors that carry words of their own for whoever helps the person.
fn detailed(error: &Error, language: Language) -> String {
    if let Error::System { what, source } = error {
        return language.pick(
            format!("Het systeem weigert ({what}: {source}). Vraag 'sleutelbos-agent doctor' wat er mis is."),
            format!("The system refuses ({what}: {source}). Ask 'sleutelbos-agent doctor' what is wrong."),
        );
    }
    if let Error::Request(why) = error {
        return language.pick(
            format!("De vraag van de server is geweigerd ({why}). Meld dit aan de beheerder."),
            format!("The server's request was refused ({why}). Tell the administrator."),
        );
    }
    if matches!(error, Error::Refused(Status::PIN_AUTH_INVALID)) {
        let said = (
            "De sleutel nam de pincode niet aan. Begin opnieuw.",
            "The key did not accept the PIN. Start again.",
        );
        return language.pick(said.0, said.1).to_owned();
    }
    language.pick(
        format!("De sleutel gaf een antwoord dat niet klopt ({error}). Haal hem uit de computer of van de lezer, doe hem terug en begin opnieuw; gaat het weer mis, gebruik dan een andere sleutel."),
        format!("The key gave an answer that is not right ({error}). Take it out of the computer or off the reader, put it back and start again; if it happens again, use another key."),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Who holds a key on a reader has nothing to take out of a computer.
    #[test]
    fn what_is_said_of_a_key_holds_on_a_reader_too() {
        for error in [Error::Removed, Error::Silent, Error::PowerCycle, Error::malformed("x")] {
            for (language, reader) in [(Language::Dutch, "lezer"), (Language::English, "reader")] {
                let text = error.say(language);
                assert!(text.contains(reader) && text.ends_with('.'), "{text}");
            }
        }
    }
}
