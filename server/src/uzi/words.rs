//! Refusals in words: what is wrong and what to do, in Dutch at level B1 and in English.

use jiff::Timestamp;
use wire::uzi::{CertificateError, Kind};

use super::certificate::Error as Unreadable;
use super::refusal::{Element, ListFault, Refusal};
use crate::label::visible;

impl Refusal {
    /// The reason and the remedy in Dutch; nothing that a certificate says hides in it.
    pub fn dutch(&self) -> String {
        visible(&words(self).0)
    }

    /// The reason and the remedy in English; nothing that a certificate says hides in it.
    pub fn english(&self) -> String {
        visible(&words(self).1)
    }

    /// What exactly is wrong, in the standard's terms, for who reads certificates: never for a page.
    pub fn fault(&self) -> Option<String> {
        self.terms().map(|terms| visible(&terms))
    }

    fn terms(&self) -> Option<String> {
        Some(match self {
            Self::Unreadable(error) => error.to_string(),
            Self::UziField(error) => error.to_string(),
            Self::KeyNotRsa(_) => "not an RSA key".to_owned(),
            Self::KeySize(_, bits) => format!("{bits} bits; 2048 to 8192 are allowed"),
            Self::SignatureAlgorithm(_, algorithm) => format!(
                "signed with {algorithm}; allowed are sha256WithRSAEncryption and RSASSA-PSS with \
                 SHA-256, SHA-384 or SHA-512 and a salt as long as the hash"
            ),
            Self::CriticalExtension(_, oid) => format!("critical extension {oid}"),
            Self::BrokenPath { rule } => rule.clone(),
            Self::UnusableRevocationList { fault: ListFault::Other(fault), .. } => fault.clone(),
            Self::KeyUsage { found } => {
                format!("key usage '{found}' instead of digitalSignature alone")
            }
            Self::KeyUsageNotCritical => "its key usage extension is not critical".to_owned(),
            Self::NotForLogin => "clientAuth is missing from its extended key usage".to_owned(),
            Self::IsAuthority => "basicConstraints CA:TRUE".to_owned(),
            Self::UnknownIssuer { spki_sha256, .. } => format!("spki_sha256 = \"{spki_sha256}\""),
            Self::NoPolicy { expected } => {
                format!("it names no certificate policy; {expected} should be there")
            }
            Self::OtherPolicy { expected, found } => {
                format!("certificate policy {}, not {expected}", joined(found.iter()))
            }
            Self::OtherAuthority { named, expected } => {
                format!("the UZI field begins with {named}, that of the issuer with {expected}")
            }
            Self::SerialNumber { uzi_number, serial_number } => format!(
                "UZI number {uzi_number}, serialNumber: {}",
                serial_number.as_deref().unwrap_or("-")
            ),
            Self::PrincipalName { expected, found } => {
                format!("user principal name {found} instead of {expected}")
            }
            Self::NoPath { .. }
            | Self::Forged { .. }
            | Self::NotYetValid(..)
            | Self::Expired(..)
            | Self::Revoked(..)
            | Self::NoRevocationList { .. }
            | Self::StaleRevocationList { .. }
            | Self::EarlyRevocationList { .. }
            | Self::UnusableRevocationList { .. }
            | Self::OtherType { .. }
            | Self::Type(_)
            | Self::UnknownRole(_)
            | Self::Role(_)
            | Self::Subscriber(_) => return None,
        })
    }
}

/// A moment as people write it, in UTC.
pub fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// What a card type is called in Dutch and English.
pub fn kind(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::CareProvider => ("zorgverlenerpas (type Z)", "care provider card (type Z)"),
        Kind::NamedEmployee => ("medewerkerpas op naam (type N)", "named employee card (type N)"),
        Kind::UnnamedEmployee => {
            ("medewerkerpas niet op naam (type M)", "unnamed employee card (type M)")
        }
        Kind::Server => ("servercertificaat (type S)", "server certificate (type S)"),
    }
}

/// `say!("Nederlands", "English")`: the same sentence twice, with the same values in it.
macro_rules! say {
    ($dutch:literal, $english:literal) => {
        (format!($dutch), format!($english))
    };
}

#[expect(clippy::too_many_lines, reason = "a table: one row a refusal")]
fn words(refusal: &Refusal) -> (String, String) {
    match refusal {
        Refusal::Unreadable(error) => unreadable(error),
        Refusal::KeyNotRsa(element) => {
            let (nl, en) = named(element);
            (
                format!(
                    "De sleutel van {nl} is van een soort die UZI-passen niet hebben. Controleer of dit het certificaat van een UZI-pas is."
                ),
                format!(
                    "The key of {en} is of a kind that UZI cards do not have. Check that this is the certificate of an UZI card."
                ),
            )
        }
        Refusal::KeySize(element, _) => {
            let (nl, en) = named(element);
            (
                format!(
                    "De sleutel van {nl} heeft een lengte die niet is toegestaan. Vraag een nieuwe pas aan."
                ),
                format!("The key of {en} has a length that is not allowed. Apply for a new card."),
            )
        }
        Refusal::SignatureAlgorithm(element, _) => {
            let (nl, en) = named(element);
            (
                format!(
                    "Het certificaat van {nl} is ondertekend op een manier die niet is toegestaan. Vraag een nieuwe pas aan."
                ),
                format!(
                    "The certificate of {en} is signed in a way that is not allowed. Apply for a new card."
                ),
            )
        }
        Refusal::CriticalExtension(element, _) => {
            let (nl, en) = named(element);
            (
                format!(
                    "In het certificaat van {nl} staat een voorwaarde die wij niet kennen. Neem contact op met het UZI-register of met uw beheerder."
                ),
                format!(
                    "The certificate of {en} holds a condition that is not known here. Contact the UZI register or your administrator."
                ),
            )
        }
        Refusal::NoPath { issuer } => say!(
            "Er is geen pad van dit certificaat naar een vertrouwd stamcertificaat; het noemt als uitgever: {issuer}. Controleer of het een UZI-pas is; zo ja, laat de beheerder de certificaten van deze uitgever toevoegen.",
            "There is no path from this certificate to a trusted root; it names as its issuer: {issuer}. Check that it is an UZI card; if so, have the administrator add the certificates of this issuer."
        ),
        Refusal::Forged { issuer } => say!(
            "De handtekening in het pad klopt niet: een ander dan de vertrouwde {issuer} (of een uitgever daarboven) heeft getekend. Gebruik deze pas niet en meld het aan uw beheerder.",
            "A signature in the path does not fit: someone other than the trusted {issuer} (or an issuer above it) signed. Do not use this card and tell your administrator."
        ),
        Refusal::BrokenPath { .. } => say!(
            "Een uitgever boven deze pas mag zulke passen niet uitgeven. Laat de beheerder de certificaten van de uitgevers controleren.",
            "An issuer above this card may not issue such cards. Have the administrator check the certificates of the issuers."
        ),
        Refusal::NotYetValid(element, from) => {
            let ((nl, en), from) = (named(element), moment(*from));
            (
                format!(
                    "Het certificaat van {nl} is pas geldig vanaf {from}. Controleer de klok van de server, of wacht tot dat moment."
                ),
                format!(
                    "The certificate of {en} is not valid before {from}. Check the server's clock, or wait until then."
                ),
            )
        }
        Refusal::Expired(element, until) => expired(element, *until),
        Refusal::Revoked(element, since) => revoked(element, *since),
        Refusal::NoRevocationList { issuer } => say!(
            "Er is geen intrekkingslijst (CRL) van {issuer}, dus wij kunnen niet zien of de pas is ingetrokken. Laat de beheerder de lijst van deze uitgever instellen of ophalen.",
            "There is no revocation list (CRL) of {issuer}, so nobody can see whether the card is withdrawn. Have the administrator configure or fetch the list of this issuer."
        ),
        Refusal::StaleRevocationList { issuer, next_update } => {
            let at = moment(*next_update);
            say!(
                "De intrekkingslijst (CRL) van {issuer} is verlopen: er had op {at} een nieuwe moeten zijn. Laat de beheerder de lijst opnieuw ophalen en probeer het dan nog eens.",
                "The revocation list (CRL) of {issuer} is stale: a newer one was due at {at}. Have the administrator fetch it again, then try once more."
            )
        }
        Refusal::EarlyRevocationList { issuer, this_update } => {
            let at = moment(*this_update);
            say!(
                "De intrekkingslijst (CRL) van {issuer} is van {at}, na het moment van deze controle. Controleer de klok van de server, of het opgegeven tijdstip.",
                "The revocation list (CRL) of {issuer} is of {at}, later than the moment of this check. Check the server's clock, or the moment that was given."
            )
        }
        Refusal::UnusableRevocationList { issuer, fault } => {
            let (nl, en) = list_fault(fault);
            (
                format!(
                    "De intrekkingslijst (CRL) van {issuer} is niet bruikbaar: {nl}. Laat de beheerder de volledige lijst bij de uitgever zelf ophalen."
                ),
                format!(
                    "The revocation list (CRL) of {issuer} cannot be used: {en}. Have the administrator fetch the complete list from the issuer itself."
                ),
            )
        }
        Refusal::KeyUsage { .. } => say!(
            "Dit is niet het certificaat waarmee u inlogt, maar een ander van de pas. Kies het authenticiteitscertificaat.",
            "This is not the certificate for logging in, but another of the card. Choose the authenticity certificate."
        ),
        Refusal::KeyUsageNotCritical => say!(
            "In dit certificaat is niet goed vastgelegd waarvoor de sleutel dient. Controleer of dit het certificaat van een UZI-pas is; zo ja, meld het dan aan uw beheerder.",
            "This certificate does not lay down properly what its key is for. Check that this is the certificate of an UZI card; if so, tell your administrator."
        ),
        Refusal::NotForLogin => say!(
            "Dit certificaat is niet bedoeld om mee in te loggen. Kies het authenticiteitscertificaat van de pas.",
            "This certificate is not meant for logging in. Choose the authenticity certificate of the card."
        ),
        Refusal::IsAuthority => say!(
            "Dit is het certificaat van een uitgever, niet dat van een pas. Kies het authenticiteitscertificaat van de pas.",
            "This is the certificate of an authority, not that of a card. Choose the authenticity certificate of the card."
        ),
        Refusal::UnknownIssuer { issuer, .. } => say!(
            "Voor de uitgever {issuer} is niet vastgelegd welke passen hij uitgeeft. Laat de beheerder hem in trust.toml zetten, als hij inderdaad UZI-passen uitgeeft.",
            "Nothing says which cards the issuer {issuer} issues. Have the administrator add it to trust.toml, if it does issue UZI cards."
        ),
        Refusal::NoPolicy { .. } => say!(
            "In het certificaat staat niet waarvoor het is uitgegeven. Kies het authenticiteitscertificaat van de pas.",
            "The certificate does not say what it was issued for. Choose the authenticity certificate of the card."
        ),
        Refusal::OtherPolicy { .. } => say!(
            "Dit certificaat is voor iets anders uitgegeven dan inloggen met deze soort pas. Kies het authenticiteitscertificaat van de pas.",
            "This certificate was issued for something else than logging in with this kind of card. Choose the authenticity certificate of the card."
        ),
        Refusal::UziField(error) => uzi_field(error),
        Refusal::OtherAuthority { .. } => say!(
            "Volgens de UZI-gegevens is deze pas van een andere uitgever dan die hem ondertekende. Gebruik deze pas niet en meld het aan uw beheerder.",
            "By its UZI details this card is another issuer's than the one that signed it. Do not use this card and tell your administrator."
        ),
        Refusal::OtherType { named, expected } => {
            let ((named_nl, named_en), (nl, en)) = (kind(*named), kind(*expected));
            (
                format!(
                    "Volgens het UZI-veld is dit een {named_nl}, maar deze uitgever geeft een {nl} uit. Gebruik deze pas niet en meld het aan uw beheerder."
                ),
                format!(
                    "By its UZI field this is a {named_en}, but this issuer issues a {en}. Do not use this card and tell your administrator."
                ),
            )
        }
        Refusal::SerialNumber { .. } => say!(
            "Het UZI-nummer staat op twee plaatsen in het certificaat en is daar niet gelijk. Gebruik deze pas niet en meld het aan uw beheerder.",
            "The UZI number stands in two places of the certificate and differs. Do not use this card and tell your administrator."
        ),
        Refusal::PrincipalName { .. } => say!(
            "De aanmeldnaam in het certificaat past niet bij het UZI-nummer. Gebruik deze pas niet en meld het aan uw beheerder.",
            "The log-in name in the certificate does not fit the UZI number. Do not use this card and tell your administrator."
        ),
        Refusal::Type(found) => {
            let (nl, en) = kind(*found);
            say!(
                "Met een {nl} kunt u hier niet inloggen. Gebruik een andere pas of een andere manier van inloggen, of vraag uw contactpersoon om hulp.",
                "Nobody logs in here with the {en}. Use another card or another way to log in, or ask your contact person for help."
            )
        }
        Refusal::UnknownRole(role) => say!(
            "De rolcode {role} op de pas is hier niet bekend. Laat de beheerder de rol toevoegen als die klopt.",
            "The role code {role} on the card is not known here. Have the administrator add the role if it is right."
        ),
        Refusal::Role(role) => say!(
            "Met de rol {role} kunt u hier niet inloggen. Vraag uw contactpersoon of de beheerder of deze rol toegang hoort te hebben.",
            "The role {role} does not let anyone in here. Ask your contact person or the administrator whether this role should have access."
        ),
        Refusal::Subscriber(number) => say!(
            "De organisatie op de pas (abonneenummer {number}) heeft hier geen toegang. Gebruik de pas van de organisatie waarvoor u werkt, of vraag uw beheerder.",
            "The organisation on the card (subscriber number {number}) has no access here. Use the card of the organisation you work for, or ask your administrator."
        ),
    }
}

fn named(element: &Element) -> (String, String) {
    match element {
        Element::Card => ("de pas".to_owned(), "the card".to_owned()),
        Element::Authority(name) => (format!("de uitgever {name}"), format!("the issuer {name}")),
        Element::Root(name) => (format!("de stam {name}"), format!("the root {name}")),
    }
}

fn expired(element: &Element, until: Timestamp) -> (String, String) {
    let until = moment(until);
    match element {
        Element::Card => say!(
            "De pas is verlopen op {until}. Vraag een nieuwe pas aan bij het UZI-register.",
            "The card expired at {until}. Apply for a new card at the UZI register."
        ),
        Element::Authority(_) | Element::Root(_) => {
            let (nl, en) = named(element);
            (
                format!(
                    "Het certificaat van {nl} is verlopen op {until}. Laat de beheerder een nieuw certificaat van deze uitgever toevoegen; is dat er niet, vraag dan een nieuwe pas aan."
                ),
                format!(
                    "The certificate of {en} expired at {until}. Have the administrator add a newer certificate of this issuer; if there is none, apply for a new card."
                ),
            )
        }
    }
}

fn revoked(element: &Element, since: Timestamp) -> (String, String) {
    let since = moment(since);
    match element {
        Element::Card => say!(
            "De pas is ingetrokken op {since}. Gebruik een andere pas, of vraag een nieuwe aan bij het UZI-register.",
            "The card was revoked at {since}. Use another card, or apply for a new one at the UZI register."
        ),
        Element::Authority(_) | Element::Root(_) => {
            let (nl, en) = named(element);
            (
                format!(
                    "Het certificaat van {nl} is ingetrokken op {since}; alle passen daaronder gelden niet meer. Vraag een nieuwe pas aan bij het UZI-register."
                ),
                format!(
                    "The certificate of {en} was revoked at {since}; no card below it counts any more. Apply for a new card at the UZI register."
                ),
            )
        }
    }
}

impl ListFault {
    /// What is wrong with the list, in Dutch.
    pub fn dutch(&self) -> &'static str {
        list_fault(self).0
    }

    /// What is wrong with the list, in English.
    pub fn english(&self) -> &'static str {
        list_fault(self).1
    }
}

fn list_fault(fault: &ListFault) -> (&'static str, &'static str) {
    match fault {
        ListFault::Signature => (
            "een ander heeft hem ondertekend, of op een manier die niet is toegestaan",
            "someone else signed it, or in a way that is not allowed",
        ),
        ListFault::Delta => {
            ("hij heeft alleen de laatste wijzigingen", "it has the latest changes only")
        }
        ListFault::Indirect => {
            ("hij gaat ook over andere uitgevers", "it is about other issuers too")
        }
        ListFault::Version => ("het is geen lijst van versie 2", "it is not a version 2 list"),
        ListFault::NoNextUpdate => {
            ("er staat niet in wanneer de volgende komt", "it does not say when the next one comes")
        }
        ListFault::Scope => {
            ("hij gaat maar over een deel van de passen", "it is about some of the cards only")
        }
        ListFault::Other(_) => ("er staat iets in dat niet klopt", "something in it is wrong"),
    }
}

fn unreadable(error: &Unreadable) -> (String, String) {
    match error {
        Unreadable::TooLarge { limit, .. } => say!(
            "Dit is te groot voor een certificaat: er mogen {limit} bytes in staan. Geef het certificaat van de pas alleen.",
            "This is too large for a certificate: {limit} bytes are allowed. Give the certificate of the card alone."
        ),
        Unreadable::NoCertificate => say!(
            "Hier staat geen certificaat in. Geef een certificaat in DER of PEM (-----BEGIN CERTIFICATE-----).",
            "There is no certificate in it. Give a certificate in DER or PEM (-----BEGIN CERTIFICATE-----)."
        ),
        Unreadable::Several(count) => say!(
            "Hier staan {count} certificaten in. Geef het certificaat van de pas alleen, zonder die van de uitgevers.",
            "There are {count} certificates in it. Give the certificate of the card alone, without those of the issuers."
        ),
        Unreadable::Pem(_)
        | Unreadable::Der(_)
        | Unreadable::NotCanonical
        | Unreadable::Version
        | Unreadable::TwoAlgorithms
        | Unreadable::SerialNumber
        | Unreadable::Validity
        | Unreadable::RepeatedExtension(_)
        | Unreadable::Extension { .. }
        | Unreadable::EmptyExtension(_)
        | Unreadable::Unusual(_) => say!(
            "Het certificaat van de pas is niet te lezen. Lees het certificaat opnieuw van de pas; blijft het zo, meld het dan aan uw beheerder.",
            "The certificate of the card cannot be read. Read it from the card again; if that does not help, tell your administrator."
        ),
    }
}

fn uzi_field(error: &CertificateError) -> (String, String) {
    match error {
        CertificateError::NoUziField => say!(
            "Er staan geen UZI-gegevens in het certificaat. Controleer of dit het authenticiteitscertificaat van een UZI-pas is.",
            "There are no UZI details in the certificate. Check that this is the authenticity certificate of an UZI card."
        ),
        CertificateError::SeveralUziFields(_)
        | CertificateError::NotIa5String(_)
        | CertificateError::Grammar(_)
        | CertificateError::Der(_)
        | CertificateError::AltName(_) => say!(
            "De UZI-gegevens in het certificaat kloppen niet. Controleer of dit het authenticiteitscertificaat van een UZI-pas is; zo ja, meld het dan aan uw beheerder.",
            "The UZI details in the certificate are not right. Check that this is the authenticity certificate of an UZI card; if so, tell your administrator."
        ),
    }
}

fn joined<'a, T: std::fmt::Display + 'a>(all: impl Iterator<Item = &'a T>) -> String {
    all.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
