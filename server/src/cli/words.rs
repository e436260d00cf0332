//! What the commands around accounts fail on, in the language of the terminal. English is the text
//! of the error itself; what no remedy of the operator's goes with stays English too.

use super::Failure;
use super::language::Language;
use super::moment::shown;
use crate::accounts::run::Error as AccountError;
use crate::accounts::who::NotOne;
use crate::activation::disclosed::Error as DisclosedError;
use crate::activation::founding::Error as FoundingError;
use crate::causes::causes;
use crate::delivery::Failure as Undelivered;
use crate::delivery::phone::gateways::Fault;
use crate::delivery::run::Error as DeliveryError;
use crate::enrolment::Error as EnrolmentError;
use crate::enrolment::policy::{Denied, Unfit};
use crate::letters::Undrawn;
use crate::letters::run::Error as LetterError;
use crate::password::policy::Weak;
use crate::support::run::Error as SupportError;
use crate::uzi::revocation::{self, LARGEST};
use crate::uzi::trust;
use std::io::ErrorKind;
use std::path::Path;

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
        AccountError::SubscriberTaken => {
            "een andere organisatie heeft dit UZI-abonneenummer (URA): kijk na of het klopt; horen ze bij \
             één abonnee, leg het dan vast met 'sleutelbos account ura --shared'"
                .to_owned()
        }
        AccountError::SubscriberSet(found) => format!(
            "deze organisatie heeft al een UZI-abonneenummer (URA): {}; dat verandert niet",
            found.as_str()
        ),
        AccountError::EnoughContacts => {
            "deze organisatie heeft al drie contactpersonen: haal eerst bij een van hen de rol weg, in \
             Gebruikersbeheer"
                .to_owned()
        }
        AccountError::NotInUse => "deze gebruiker heeft nog nooit ingelogd met een tweede factor: laat die eerst \
                                   het account activeren en er een keer mee inloggen"
            .to_owned(),
        AccountError::Name => "een naam heeft 1 tot 200 tekens".to_owned(),
        AccountError::NotOne(error) => dutch_not_one(error),
        AccountError::Kvk => "deze organisatie heeft een ander KvK-nummer: vergelijk het uittreksel met \
                              de juiste organisatie"
            .to_owned(),
        AccountError::NoKvk => "van deze organisatie is geen KvK-nummer vastgelegd, dus is er geen uittreksel mee te \
                                vergelijken: leg het eerst vast, met 'sleutelbos organisation registered --username … \
                                --kvk … --extract … --operator …' en verder niets"
            .to_owned(),
        AccountError::AgbSet(found) => format!(
            "deze organisatie heeft de AGB-code {}, die niet verandert: kijk na welke organisatie u bedoelt",
            found.as_str()
        ),
        AccountError::Extract => "een uittreksel uit het handelsregister is hoogstens 30 dagen oud: vraag \
                                  een nieuw uittreksel"
            .to_owned(),
        AccountError::Weak(weak) => dutch_weak(*weak),
        AccountError::Busy(_) | AccountError::Storage(_) => return None,
    })
}

fn dutch_weak(weak: Weak) -> String {
    match weak {
        Weak::Short { least } => format!(
            "een wachtwoord heeft minstens {least} tekens: kies een langer, bijvoorbeeld een paar woorden"
        ),
        Weak::Long { most } => format!("een wachtwoord heeft hoogstens {most} tekens: kies een korter"),
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
        EnrolmentError::NotOne(error) => dutch_not_one(error),
        EnrolmentError::Card(refusal) => refusal.dutch(),
        EnrolmentError::Unknown => {
            "dit account heeft zoiets niet om mee in te loggen: kijk met 'sleutelbos account \
             factors' wat het heeft"
                .to_owned()
        }
        EnrolmentError::Denied(Denied::Kind) => {
            "de organisatie staat UZI-passen niet toe: haar contactpersoon verandert dat bij \
             Instellingen, Algemeen"
                .to_owned()
        }
        EnrolmentError::Denied(_)
        | EnrolmentError::SessionOver
        | EnrolmentError::Refused(_)
        | EnrolmentError::Barred(_)
        | EnrolmentError::Key(_)
        | EnrolmentError::Sealed(_)
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
             of verbeter de naam met 'sleutelbos account rename'"
        }
        Unfit::OtherFirstName => {
            "de voornaam op de pas is niet die van dit account: gebruik de eigen pas van de houder, of \
             koppel met --other-first-name als u weet dat het die is"
        }
        Unfit::OtherNumber => {
            "dit account heeft een pas met een ander UZI-nummer: verwijder die eerst, als deze pas echt \
             van dezelfde persoon is"
        }
        Unfit::NewName => {
            "de naam van dit account is kort geleden veranderd, en op een nieuwe naam wordt niet meteen een pas \
             gekoppeld: de eigenaar koppelt de pas na inloggen met een sleutel of passkey, of het kan later \
             ([times] anchor)"
        }
    }
}

/// Why it was not recorded that somebody said a PIN.
pub(super) fn disclosed(error: DisclosedError, language: Language) -> Failure {
    match (&error, language) {
        (DisclosedError::NotOne(error), Language::Dutch) => dutch_not_one(error).into(),
        (
            DisclosedError::NotOne(_) | DisclosedError::Busy(_) | DisclosedError::Storage(_),
            Language::Dutch | Language::English,
        ) => error.into(),
    }
}

/// Why no letter was written or exported.
pub(super) fn letters(error: LetterError, language: Language) -> Failure {
    match language {
        Language::Dutch => dutch_letters(&error).map_or_else(|| error.into(), Into::into),
        Language::English => error.into(),
    }
}

fn dutch_letters(error: &LetterError) -> Option<String> {
    Some(match error {
        LetterError::NoKey => "er is geen drukker ingesteld: zet zijn openbare sleutel in de \
                               configuratie, [letters] key = \"age1…\""
            .to_owned(),
        LetterError::NoAddress => {
            "de organisatie heeft geen postadres: leg dat vast met 'sleutelbos organisation registered', na \
             vergelijking met het handelsregister"
                .to_owned()
        }
        LetterError::Undrawn(Undrawn::Letters(text)) => format!(
            "in {text:?} staan tekens die niet te drukken zijn: schrijf het in letters die op een \
             envelop kunnen staan"
        ),
        LetterError::Folder { path, source } => format!(
            "in {} is niet te schrijven: {}. Kijk na of de naam klopt en of u daar mag schrijven",
            path.display(),
            dutch_cause(source)
        ),
        LetterError::Undrawn(Undrawn::Document(_))
        | LetterError::Envelope(_)
        | LetterError::Storage(_) => return None,
    })
}

/// Why an organisation was not made whose contact person gets a letter.
/// Somebody read the database while it was asked to keep no copy of what was removed.
pub(super) fn copies(language: Language) -> &'static str {
    language.pick(
        "In het bestand naast de database (…-wal) kunnen nog kopieën staan: iets anders las de database. \
         De server ruimt ze binnen een uur op; zonder server: doe dit nog eens.",
        "Copies may still be in the file beside the database (…-wal): something else was reading it. The \
         server removes them within an hour; without a server: do this again.",
    )
}

pub(super) fn founding(error: FoundingError, language: Language) -> Failure {
    match error {
        FoundingError::Account(error) => account(error, language),
        FoundingError::Letter(error) => letters(error, language),
        FoundingError::Busy(_) | FoundingError::Storage(_) => error.into(),
    }
}

/// Why nothing was done for somebody who called.
#[expect(clippy::too_many_lines, reason = "it is a table: an arm for each error")]
pub(super) fn support(error: SupportError, language: Language) -> Failure {
    if language == Language::English {
        return error.into();
    }
    match error {
        SupportError::Unknown => {
            "geen account heeft deze AGB-code en dit gebruikersnummer: laat beide herhalen".into()
        }
        SupportError::NoAgb => "van de organisatie van dit account is geen AGB-code vastgelegd, dus is er niets te vergelijken: \
                                leg die vast met 'sleutelbos organisation registered --agb', na vergelijking met het \
                                handelsregister"
            .into(),
        SupportError::NoCase(id) => {
            format!("er is geen aanvraag {id}: kijk met 'sleutelbos support list'").into()
        }
        SupportError::Over => {
            "deze aanvraag is voorbij: open een nieuwe met 'sleutelbos support open'".into()
        }
        SupportError::NotConfirmed => "niemand heeft dit bevestigd: bel het vastgelegde nummer terug ('sleutelbos \
                                       support called'), of mail een link ('sleutelbos support send-link')"
            .into(),
        SupportError::Confirmed => {
            "dit is al bevestigd: voer het uit met 'sleutelbos support finish', of met 'sleutelbos account \
             remove-factor'"
                .into()
        }
        SupportError::OtherPurpose => "deze aanvraag is voor iets anders: 'sleutelbos account remove-factor' voert uit wat \
                                       iets weghaalt, 'sleutelbos support finish' al het andere"
            .into(),
        SupportError::Own => "u heeft zelf teruggebeld: een andere beheerder voert dit uit, met een eigen gebruiker op deze \
                              machine; of begin met een link, die iemand anders bevestigt"
            .into(),
        SupportError::NoFactor => "dit account heeft zoiets niet om mee in te loggen: kijk met 'sleutelbos account \
                                   factors' wat het heeft"
            .into(),
        SupportError::Waits(from) => format!(
            "er blijft niets over om mee in te loggen, en wie het wachtwoord heeft, stelt dan iets nieuws in: dat kan \
             vanaf {}, zodat wie bericht kreeg het kan tegenhouden",
            shown(from)
        )
        .into(),
        SupportError::Used => "hiermee is ingelogd nadat de aanvraag is geopend: iemand heeft het nog, dus houd de aanvraag \
                               tegen met 'sleutelbos support stop' en vraag wat er aan de hand is"
            .into(),
        SupportError::Removal(error) => enrolment(error, language),
        SupportError::NoTelephone => "de organisatie heeft geen telefoonnummer: mail een link, of leg het nummer vast \
                                      met 'sleutelbos organisation registered --telephone', na vergelijking met \
                                      het handelsregister; het telt na een tijd (organisation_anchor in [times])"
            .into(),
        SupportError::YoungTelephone(from) => format!(
            "het telefoonnummer telt vanaf {}, want het is pas kort geleden vastgelegd: mail een link, of wacht tot dan",
            shown(from)
        )
        .into(),
        SupportError::NoEmail => "de organisatie heeft geen e-mailadres: bel terug, of leg het adres vast met \
                                  'sleutelbos organisation registered --email', na vergelijking met het \
                                  handelsregister; het telt na een tijd (organisation_anchor in [times])"
            .into(),
        SupportError::YoungEmail(from) => format!(
            "het e-mailadres telt vanaf {}, want het is pas kort geleden vastgelegd: bel terug, of wacht tot dan",
            shown(from)
        )
        .into(),
        SupportError::TooSoon => {
            "er is de laatste 24 uur al een pincode gemaakt: hoogstens één per dag".into()
        }
        SupportError::Letter(error) => letters(error, language),
        error @ (SupportError::Busy(_) | SupportError::Storage(_)) => error.into(),
    }
}

/// Why a message was not seen to.
pub(super) fn outbox(error: DeliveryError, language: Language) -> Failure {
    match (&error, language) {
        (DeliveryError::Unknown(id), Language::Dutch) => format!(
            "er is geen bericht met kenmerk {id} dat is opgegeven: kijk met 'sleutelbos outbox list' \
             welke dat zijn"
        )
        .into(),
        (DeliveryError::Code, Language::Dutch) => {
            "een code wordt niet later verstuurd: wie er nog een nodig heeft, vraagt op de pagina een \
             nieuwe"
                .to_owned()
                .into()
        }
        (DeliveryError::Unknown(_) | DeliveryError::Code | DeliveryError::Storage(_), _) => {
            error.into()
        }
    }
}

/// Why a message was not delivered.
pub(super) fn undelivered(failure: Undelivered, language: Language) -> String {
    if language == Language::English {
        return failure.to_string();
    }
    let code = failure.code().map(|code| format!(" ({code})")).unwrap_or_default();
    match failure {
        Undelivered::Gateway(fault) => gateway(fault, &code),
        Undelivered::Nowhere => {
            "er is niet ingesteld hoe e-mail wordt verstuurd: zet mail in [delivery]".to_owned()
        }
        Undelivered::Folder => {
            "in de map voor e-mail kan niet worden geschreven: kijk na of hij bestaat en wie daar mag \
             schrijven"
                .to_owned()
        }
        Undelivered::Unreached => {
            "de mailserver was niet te bereiken: kijk zijn naam en poort na in [delivery] mail"
                .to_owned()
        }
        Undelivered::NoTls => {
            "de mailserver biedt geen TLS (STARTTLS): neem een andere server of poort".to_owned()
        }
        Undelivered::Tls => {
            "geen TLS met de mailserver: zijn certificaat wordt niet vertrouwd of noemt een andere \
             naam; kijk zijn naam na, en authorities in [delivery]"
                .to_owned()
        }
        Undelivered::Login(_) => format!(
            "de mailserver liet ons niet inloggen{code}: kijk user en password na in [delivery]"
        ),
        Undelivered::Refused(_) => format!("de mailserver weigert ons voorlopig{code}"),
        Undelivered::Rejected(_) => {
            format!("de mailserver weigerde het bericht of het adres voorgoed{code}")
        }
        Undelivered::Broken => "de mailserver brak halverwege af".to_owned(),
        Undelivered::Slow => "de mailserver deed er te lang over".to_owned(),
        Undelivered::Unwritten => "het bericht kon niet worden geschreven".to_owned(),
        Undelivered::Unreadable => {
            "wat er staat is niet te lezen: zet de sleutel terug waarmee het is verzegeld".to_owned()
        }
    }
}

/// Why a file was not read, and what to look at.
pub(super) fn unread(path: &Path, error: &std::io::Error, language: Language) -> Failure {
    let path = path.display();
    language
        .pick(
            format!(
                "{path} is niet te lezen: {}. Kijk na of de naam klopt en of u het bestand mag lezen",
                dutch_cause(error)
            ),
            format!("cannot read {path}: {error}. Check its name, and that you may read it"),
        )
        .into()
}

/// Why a file that was named could not be read, and what to look at.
pub(super) fn file(error: &trust::Error, language: Language) -> Failure {
    match language {
        Language::Dutch => format!(
            "{}. Kijk na of de naam klopt en of u het bestand mag lezen",
            dutch_trust(error)
        ),
        Language::English => {
            format!("{}. Check its name, and that you may read it", causes(error))
        }
    }
    .into()
}

/// Why a file or folder of trusted authorities cannot be used; what is wrong inside a file stays
/// English.
pub(super) fn dutch_trust(error: &trust::Error) -> String {
    match error {
        trust::Error::Read { path, source } => {
            format!("{} is niet te lezen: {}", path.display(), dutch_cause(source))
        }
        trust::Error::Certificate { path, source } => {
            format!("{} bevat geen bruikbaar certificaat ({source})", path.display())
        }
        trust::Error::File { path, source } => {
            format!("{} klopt niet ({source})", path.display())
        }
        trust::Error::TooMany { path, limit } => {
            format!("in {} staan meer dan {limit} certificaten", path.display())
        }
        trust::Error::NoAnchor => "er staat geen zelfondertekend certificaat van een uitgever in, dus \
             valt er niets te vertrouwen (bestanden met de naam *.pem, *.crt, *.cer en *.der tellen)"
            .to_owned(),
        trust::Error::Anchor { name, fault } => {
            format!("het stamcertificaat {name} is niet te gebruiken ({fault})")
        }
        trust::Error::Mixed { test, production } => {
            format!("uitgevers van TEST en van productie staan bij elkaar: {test} en {production}")
        }
        trust::Error::Contradiction { name } => {
            format!("trust.toml spreekt tegen wat over {name} is gepubliceerd")
        }
    }
}

/// Why what is in a file is no revocation list.
pub(super) fn dutch_list(error: &revocation::Error) -> String {
    match error {
        revocation::Error::TooLarge(bytes) => {
            format!("het heeft {bytes} bytes, meer dan {LARGEST}: een lijst is kleiner")
        }
        revocation::Error::NoList => "er staat geen intrekkingslijst in".to_owned(),
        revocation::Error::Pem(_) => "de PEM is beschadigd: haal de lijst opnieuw op".to_owned(),
        revocation::Error::Several(count) => {
            format!("er staan {count} lijsten in: zet elke in een eigen bestand")
        }
        revocation::Error::Malformed(_) => {
            "beschadigd, afgekapt of met iets erachter: haal de lijst opnieuw op".to_owned()
        }
        revocation::Error::Unusable { issuer, fault } => {
            format!("de lijst van {issuer} is niet bruikbaar: {}", fault.dutch())
        }
    }
}

/// Why a file cannot be read or written, in Dutch where that is one of the usual reasons.
pub(super) fn dutch_cause(error: &std::io::Error) -> String {
    let known = [
        (ErrorKind::NotFound, "het bestaat niet"),
        (ErrorKind::PermissionDenied, "u mag er niet bij"),
        (ErrorKind::IsADirectory, "het is een map"),
        (ErrorKind::NotADirectory, "het is geen map"),
        (ErrorKind::AlreadyExists, "er staat al een bestand met die naam"),
    ];
    let found = known.into_iter().find(|(kind, _)| *kind == error.kind());
    found.map_or_else(|| error.to_string(), |(_, dutch)| dutch.to_owned())
}

fn dutch_not_one(error: &NotOne) -> String {
    match error {
        NotOne::Nobody(who) => format!(
            "niemand heeft de gebruikersnaam of het nummer {who}: kijk na hoe die geschreven wordt"
        ),
        NotOne::Several(who) => format!(
            "meer organisaties hebben iemand met de gebruikersnaam {who}: vraag het gebruikersnummer, en \
             geef de 14 cijfers daarvan"
        ),
    }
}

/// The same for a gateway of codes.
fn gateway(fault: Fault, code: &str) -> String {
    match fault {
        Fault::Nowhere => {
            "er is geen gateway ingesteld: zet [delivery.sms] en [delivery.calls]".to_owned()
        }
        Fault::Folder => {
            "in de map voor codes kan niet worden geschreven: kijk na of hij bestaat en \
                          wie daar mag schrijven"
                .to_owned()
        }
        Fault::Unreached => "de gateway was niet te bereiken: kijk zijn adres na".to_owned(),
        Fault::Tls => {
            "geen TLS met de gateway: zijn certificaat wordt niet vertrouwd of noemt een \
                       andere naam"
                .to_owned()
        }
        Fault::Login(_) => {
            format!("de gateway liet ons niet toe{code}: kijk token en account na")
        }
        Fault::Refused(_) => format!("de gateway weigert ons voorlopig{code}"),
        Fault::Rejected(_) => {
            format!("de gateway weigerde het bericht, het nummer of de afzender voorgoed{code}")
        }
        Fault::Odd(_) => {
            format!("de gateway antwoordde iets onverwachts{code}: kijk zijn adres na")
        }
        Fault::Slow => "de gateway deed er te lang over".to_owned(),
        Fault::Late => "de code was te oud om nog te versturen".to_owned(),
    }
}
