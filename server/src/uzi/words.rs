//! Refusals in words: what is wrong and what to do, in Dutch at level B1 and in English.

use jiff::Timestamp;
use wire::uzi::{CertificateError, GrammarError, Kind};

use super::certificate::Error as Unreadable;
use super::refusal::{Element, ListFault, Refusal};

impl Refusal {
    /// The reason and the remedy in Dutch.
    pub fn dutch(&self) -> String {
        words(self).0
    }

    /// The reason and the remedy in English.
    pub fn english(&self) -> String {
        words(self).1
    }

    /// What exactly is wrong with the bytes, for who reads certificates: never for a page.
    pub fn fault(&self) -> Option<String> {
        if let Self::Unreadable(error) = self {
            return Some(error.to_string());
        }
        if let Self::UnusableRevocationList { fault: ListFault::Other(fault), .. } = self {
            return Some(fault.clone());
        }
        if let Self::UziField(error) = self { Some(error.to_string()) } else { None }
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
                    "De sleutel van {nl} is geen RSA-sleutel. UZI-passen hebben die wel; controleer of dit het certificaat van een UZI-pas is."
                ),
                format!(
                    "The key of {en} is not an RSA key. UZI cards have one; check that this is the certificate of an UZI card."
                ),
            )
        }
        Refusal::KeySize(element, bits) => {
            let (nl, en) = named(element);
            (
                format!(
                    "De sleutel van {nl} heeft {bits} bits; toegestaan is 2048 tot en met 8192. Vraag een nieuwe pas aan."
                ),
                format!(
                    "The key of {en} has {bits} bits; 2048 to 8192 are allowed. Apply for a new card."
                ),
            )
        }
        Refusal::SignatureAlgorithm(element, algorithm) => {
            let (nl, en) = named(element);
            (
                format!(
                    "Het certificaat van {nl} is ondertekend met {algorithm}. Toegestaan zijn sha256WithRSAEncryption en RSASSA-PSS met SHA-256, SHA-384 of SHA-512 (zout zo lang als de hash). Vraag een nieuwe pas aan."
                ),
                format!(
                    "The certificate of {en} is signed with {algorithm}. Allowed are sha256WithRSAEncryption and RSASSA-PSS with SHA-256, SHA-384 or SHA-512 (salt as long as the hash). Apply for a new card."
                ),
            )
        }
        Refusal::CriticalExtension(element, oid) => {
            let (nl, en) = named(element);
            (
                format!(
                    "Het certificaat van {nl} heeft een kritieke extensie ({oid}) die wij niet verwerken. Neem contact op met het UZI-register of met uw beheerder."
                ),
                format!(
                    "The certificate of {en} has a critical extension ({oid}) that is not processed here. Contact the UZI register or your administrator."
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
        Refusal::BrokenPath { rule } => say!(
            "Het pad naar het stamcertificaat breekt een regel: {rule}. Laat de beheerder de certificaten van de uitgevers controleren.",
            "The path to the root breaks a rule: {rule}. Have the administrator check the certificates of the issuers."
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
            "Er is geen intrekkingslijst (CRL) van {issuer}, dus wij kunnen niet zien of de pas is ingetrokken. Laat de beheerder de lijst van deze uitgever instellen of ophalen (met --crl).",
            "There is no revocation list (CRL) of {issuer}, so nobody can see whether the card is withdrawn. Have the administrator configure or fetch the list of this issuer (with --crl)."
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
        Refusal::KeyUsage { found } => say!(
            "Dit is niet het certificaat waarmee u inlogt: het sleutelgebruik is '{found}' in plaats van alleen digitalSignature. Kies het authenticiteitscertificaat van de pas.",
            "This is not the certificate for logging in: its key usage is '{found}' instead of digitalSignature alone. Choose the authenticity certificate of the card."
        ),
        Refusal::NotForLogin => say!(
            "Dit certificaat is niet bedoeld om mee in te loggen: clientAuth ontbreekt in het uitgebreide sleutelgebruik. Kies het authenticiteitscertificaat van de pas.",
            "This certificate is not meant for logging in: clientAuth is missing from its extended key usage. Choose the authenticity certificate of the card."
        ),
        Refusal::IsAuthority => say!(
            "Dit is het certificaat van een uitgever (CA:TRUE), niet dat van een pas. Kies het authenticiteitscertificaat van de pas.",
            "This is the certificate of an authority (CA:TRUE), not that of a card. Choose the authenticity certificate of the card."
        ),
        Refusal::UnknownIssuer { issuer, spki_sha256 } => say!(
            "Voor de uitgever {issuer} is niet vastgelegd welke passen hij uitgeeft. Laat de beheerder hem in trust.toml zetten (spki_sha256 = \"{spki_sha256}\"), als hij inderdaad UZI-passen uitgeeft.",
            "Nothing says which cards the issuer {issuer} issues. Have the administrator add it to trust.toml (spki_sha256 = \"{spki_sha256}\"), if it does issue UZI cards."
        ),
        Refusal::NoPolicy { expected } => say!(
            "Het certificaat noemt geen certificaatbeleid; {expected} hoort erin te staan. Kies het authenticiteitscertificaat van de pas.",
            "The certificate names no certificate policy; {expected} should be there. Choose the authenticity certificate of the card."
        ),
        Refusal::OtherPolicy { expected, found } => {
            let found = joined(found.iter());
            say!(
                "Het certificaat noemt het certificaatbeleid {found}, niet {expected}. Kies het authenticiteitscertificaat van de pas.",
                "The certificate names the certificate policy {found}, not {expected}. Choose the authenticity certificate of the card."
            )
        }
        Refusal::UziField(error) => uzi_field(error),
        Refusal::OtherAuthority { named, expected } => say!(
            "Het UZI-veld noemt {named} als uitgever, maar de uitgever die tekende heeft {expected}. Gebruik deze pas niet en meld het aan uw beheerder.",
            "The UZI field names {named} as its issuer, but the issuer that signed has {expected}. Do not use this card and tell your administrator."
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
        Refusal::SerialNumber { uzi_number, serial_number } => {
            let found = serial_number.as_deref().unwrap_or("-");
            say!(
                "Het UZI-nummer {uzi_number} staat niet zo in de naam van de houder (serialNumber: {found}). Gebruik deze pas niet en meld het aan uw beheerder.",
                "The UZI number {uzi_number} is not what the holder's name says (serialNumber: {found}). Do not use this card and tell your administrator."
            )
        }
        Refusal::PrincipalName { expected, found } => say!(
            "De aanmeldnaam (UPN) in het certificaat is {found} in plaats van {expected}. Gebruik deze pas niet en meld het aan uw beheerder.",
            "The user principal name in the certificate is {found} instead of {expected}. Do not use this card and tell your administrator."
        ),
        Refusal::Type(found) => {
            let (nl, en) = kind(*found);
            say!(
                "Met een {nl} kunt u hier niet inloggen. Gebruik een pas op naam, of een andere manier van inloggen.",
                "Nobody logs in here with the {en}. Use a card in your own name, or another way to log in."
            )
        }
        Refusal::UnknownRole(role) => say!(
            "De rolcode {role} op de pas is hier niet bekend. Laat de beheerder de rol toevoegen als die klopt.",
            "The role code {role} on the card is not known here. Have the administrator add the role if it is right."
        ),
        Refusal::Role(role) => say!(
            "Met de rol {role} kunt u hier niet inloggen. Vraag de beheerder of deze rol toegang hoort te hebben.",
            "The role {role} does not let anyone in here. Ask the administrator whether this role should have access."
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
    let dutch = match error {
        CertificateError::NoUziField => "Er staat geen UZI-veld in het certificaat".to_owned(),
        CertificateError::SeveralUziFields(count) => {
            format!("Er staan {count} UZI-velden in het certificaat; er hoort er een te zijn")
        }
        CertificateError::NotIa5String(tag) => {
            format!("Het UZI-veld is een {tag} in plaats van een IA5String")
        }
        CertificateError::Grammar(error) => {
            format!("Het UZI-veld klopt niet: {}", dutch_grammar(error))
        }
        CertificateError::Der(_) | CertificateError::AltName(_) => {
            "De gegevens van de houder op de pas zijn niet te lezen".to_owned()
        }
    };
    let english = match error {
        CertificateError::Grammar(_) => error.to_string(),
        CertificateError::NoUziField => "there is no UZI field in the certificate".to_owned(),
        CertificateError::SeveralUziFields(_) | CertificateError::NotIa5String(_) => {
            error.to_string()
        }
        CertificateError::Der(_) | CertificateError::AltName(_) => {
            "the holder's details on the card cannot be read".to_owned()
        }
    };
    let mut letters = english.chars();
    let english: String =
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect();
    say!(
        "{dutch}. Controleer of dit het authenticiteitscertificaat van een UZI-pas is.",
        "{english}. Check that this is the authenticity certificate of an UZI card."
    )
}

fn dutch_grammar(error: &GrammarError) -> String {
    match error {
        GrammarError::Fields(count) => format!("{count} delen in plaats van 7"),
        GrammarError::Ca => "het nummer (OID) van de uitgever is misvormd".to_owned(),
        GrammarError::Version(version) => format!("versie {version:?} in plaats van 1"),
        GrammarError::Number => "het UZI-nummer heeft geen 9 cijfers".to_owned(),
        GrammarError::Kind(kind) => format!("type {kind:?} is geen Z, N, M of S"),
        GrammarError::Subscriber => "het abonneenummer heeft geen 8 cijfers".to_owned(),
        GrammarError::Role => "de rol heeft niet de vorm 00.000".to_owned(),
        GrammarError::RoleOfKind { role, kind } => format!("rol {role} hoort niet bij type {kind}"),
        GrammarError::Agb => "de AGB-code heeft geen 8 cijfers".to_owned(),
    }
}

fn joined<'a, T: std::fmt::Display + 'a>(all: impl Iterator<Item = &'a T>) -> String {
    all.map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
