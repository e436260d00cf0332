//! The texts of the command line, paragraph by paragraph: English, Dutch.

/// A paragraph in Dutch.
pub(super) fn of(english: &str) -> Option<&'static str> {
    TEXTS.iter().find(|(text, _)| *text == english).map(|(_, dutch)| *dutch)
}

pub(super) const TEXTS: &[(&str, &str)] = &[
    (
        "Sleutelbos: strong authentication for Dutch health care",
        "Sleutelbos: sterke authenticatie voor de Nederlandse zorg",
    ),
    ("Run the server", "De server draaien"),
    (
        "Say whether the server would start: configuration, database, authorities of cards",
        "Zeggen of de server zou starten: configuratie, database, uitgevers van passen",
    ),
    ("Organisations and their people", "Organisaties en hun mensen"),
    (
        "Where an organisation is reached, and who answers for it",
        "Waar een organisatie te bereiken is, en wie ervoor instaat",
    ),
    (
        "Messages that wait, and those that could not be delivered",
        "Berichten die wachten, en die niet bezorgd konden worden",
    ),
    ("Letters with a PIN, for the print service", "Brieven met een pincode, voor de drukker"),
    (
        "Somebody called and cannot log in: a new PIN, lifting a block, or taking away what was lost",
        "Iemand belt en kan niet inloggen: een nieuwe pincode, een blokkade opheffen, of weghalen wat kwijt is",
    ),
    (
        "Try whether codes and calls reach phones",
        "Proberen of codes en gesprekken bij telefoons aankomen",
    ),
    (
        "The keys that seal the secrets in the database",
        "De sleutels die de geheimen in de database verzegelen",
    ),
    ("Certificates of UZI cards", "Certificaten van UZI-passen"),
    (
        "Make void what can be used once, after a back-up of the database was put back",
        "Ongeldig maken wat één keer werkt, nadat een back-up van de database is teruggezet",
    ),
    (
        "Recovery codes, access codes, PINs, links, codes and log-ins under way that were used since the copy was made would work once more: all of them end, and every session. It says what it made void and what is left to do. The same again changes nothing.",
        "Herstelcodes, toegangscodes, pincodes, links, codes en begonnen pogingen om in te loggen die sinds de kopie zijn gebruikt, zouden nog een keer werken: ze eindigen allemaal, en elke sessie ook. De opdracht zegt wat ongeldig werd en wat u nog doet. Nog een keer verandert niets.",
    ),
    ("What was written down to be provable later", "Wat is vastgelegd om later te kunnen bewijzen"),
    (
        "Print this message or the help of the given subcommand(s)",
        "Deze uitleg tonen, of die van een opdracht",
    ),
    ("Print help", "Deze uitleg tonen"),
    ("Print help (see a summary with '-h')", "Deze uitleg tonen (kort met '-h')"),
    ("Print help (see more with '--help')", "Deze uitleg tonen (uitgebreid met '--help')"),
    ("Print version", "De versie tonen"),
    (
        "The configuration; left out: sleutelbos.toml in this folder, or else every default",
        "De configuratie; zonder: sleutelbos.toml in deze map, of anders overal de standaard",
    ),
    ("Make an organisation and its contact person", "Een organisatie en haar contactpersoon maken"),
    (
        "The user number goes by e-mail and the PIN by post, in a letter that another operator exports: with both, the contact person chooses a password. For who sits beside you there is --password.",
        "Het gebruikersnummer gaat per e-mail en de pincode per post, in een brief die een andere beheerder ophaalt: met beide kiest de contactpersoon een wachtwoord. Voor wie naast u zit, is er --password.",
    ),
    ("The organisation's name", "De naam van de organisatie"),
    ("Its AGB code, 8 digits", "Haar AGB-code, 8 cijfers"),
    ("Its number in the trade register, 8 digits", "Haar nummer in het handelsregister, 8 cijfers"),
    (
        "Its UZI subscriber number, 8 digits; cards are linked only where it is known",
        "Haar UZI-abonneenummer, 8 cijfers; alleen waar dat bekend is, worden passen gekoppeld",
    ),
    ("Its registered e-mail address", "Haar vastgelegde e-mailadres"),
    (
        "Its postal address in the Netherlands: street and number, comma, postcode, town",
        "Haar postadres in Nederland: straat en nummer, komma, postcode, plaats",
    ),
    (
        "The contact person's e-mail address, to log in with",
        "Het e-mailadres waarmee de contactpersoon inlogt",
    ),
    ("The contact person's name", "De naam van de contactpersoon"),
    (
        "How sure it is that nobody else gets the password: the first factor is bound at this level (low, substantial; high: the person sits here, with --password)",
        "Hoe zeker het is dat niemand anders het wachtwoord krijgt: op dit niveau wordt de eerste factor gebonden (low, substantial; high: de persoon zit hier, met --password)",
    ),
    (
        "Your own name, which is recorded: you will not export the letter",
        "Uw eigen naam, die wordt vastgelegd: u haalt de brief niet zelf op",
    ),
    (
        "No letter: the contact person types a password here, twice, or standard input has it in one line",
        "Geen brief: de contactpersoon typt hier twee keer een wachtwoord, of het staat op één regel van de standaardinvoer",
    ),
    (
        "It has 12 to 128 characters; there is no default.",
        "Het heeft 12 tot 128 tekens; er is geen standaardwachtwoord.",
    ),
    (
        "Link a UZI card to an account, by the certificate on it",
        "Een UZI-pas aan een account koppelen, met het certificaat dat erop staat",
    ),
    (
        "Whoever does this has seen the card and its holder: it will log in at its full level.",
        "Wie dit doet, heeft de pas en de houder gezien: de pas logt in op zijn volle niveau.",
    ),
    (
        "The account's user name; or its user number, where several organisations have that name",
        "De gebruikersnaam van het account; of het gebruikersnummer, waar meer organisaties die naam hebben",
    ),
    (
        "The card's certificate for logging in (authenticity), in DER or PEM",
        "Het certificaat van de pas om mee in te loggen (authenticiteit), in DER of PEM",
    ),
    (
        "Do not look whether the card was revoked; every log-in does",
        "Niet nakijken of de pas is ingetrokken; bij elk inloggen gebeurt dat wel",
    ),
    (
        "The holder is known by another first name than the one on the card",
        "De houder heeft een andere roepnaam dan de voornaam op de pas",
    ),
    ("List what a user logs in with", "Tonen waarmee een gebruiker inlogt"),
    (
        "Take away what a user logs in with, by a support case that was confirmed",
        "Weghalen waarmee een gebruiker inlogt, met een aanvraag die is bevestigd",
    ),
    (
        "For who cannot do it: a key that is switched off because it seems to be copied, or one that was lost. Open the case with 'support open factor'; where it was confirmed by a call, another operator than the one who called carries it out. All sessions of the user end. When nothing else is left, the password alone enrols anew: that is possible 72 hours after it was confirmed, and never while somebody uses what is to go.",
        "Voor wie het zelf niet kan: een sleutel die is uitgezet omdat hij gekopieerd lijkt, of die kwijt is. Open de aanvraag met 'support open factor'; is die bevestigd door terugbellen, dan voert een andere beheerder dan die belde het uit. Alle sessies van de gebruiker eindigen. Is er niets anders meer, dan kan met het wachtwoord alleen iets nieuws worden ingesteld: dat kan 72 uur nadat het is bevestigd, en nooit zolang iemand gebruikt wat weg moet.",
    ),
    (
        "By which case: its id, as 'support open' and 'support list' show it",
        "Met welke aanvraag: het kenmerk dat 'support open' en 'support list' tonen",
    ),
    (
        "What goes: each id, as 'account factors' lists it",
        "Wat weggaat: elk kenmerk dat 'account factors' toont",
    ),
    (
        "How sure it is that nobody else has the password: what is enrolled when nothing is left is bound at this level (low, substantial)",
        "Hoe zeker het is dat niemand anders het wachtwoord heeft: op dit niveau wordt gebonden wat wordt ingesteld als er niets meer is (low, substantial)",
    ),
    (
        "Record the UZI subscriber number (URA) of the organisation of a user",
        "Het UZI-abonneenummer (URA) van de organisatie van een gebruiker vastleggen",
    ),
    (
        "Cards are linked only where it is known, and only those that name it. It stands on each card of the organisation; once recorded it does not change. Organisations of one subscriber share it.",
        "Alleen waar het bekend is, worden passen gekoppeld, en alleen passen waar het op staat. Het staat op elke pas van de organisatie; eenmaal vastgelegd verandert het niet. Organisaties van één abonnee delen het.",
    ),
    ("The subscriber number, 8 digits", "Het abonneenummer, 8 cijfers"),
    (
        "The user name of somebody in the organisation; or the user number",
        "De gebruikersnaam van iemand in de organisatie; of het gebruikersnummer",
    ),
    (
        "Another organisation here has it too: both are of one subscriber",
        "Een andere organisatie heeft het hier ook: beide zijn van één abonnee",
    ),
    (
        "A card that names it is then linked in each of them, and its holder chooses after the PIN.",
        "Een pas waar het op staat, wordt dan bij elk ervan gekoppeld, en de houder kiest na de pincode.",
    ),
    (
        "Record that somebody said a PIN: it is dead at once, and a new one is made",
        "Vastleggen dat iemand een pincode heeft gezegd: die werkt meteen niet meer, en er komt een nieuwe",
    ),
    (
        "Nobody ever asks for a PIN to be said. Where somebody said one all the same, to you or in your hearing, this ends every PIN of the account. The new one waits in the main contact person's Berichtenbox; that of a contact person goes by post. At most one is made a day.",
        "Niemand vraagt ooit om een pincode te zeggen. Zei iemand er toch een, tegen u of waar u bij was, dan eindigt dit elke pincode van het account. De nieuwe ligt in de Berichtenbox van de hoofdcontactpersoon; die van een contactpersoon gaat per post. Er wordt hoogstens één per dag gemaakt.",
    ),
    ("Your own name, which is recorded", "Uw eigen naam, die wordt vastgelegd"),
    (
        "Change the name of an account's person, who married or was misspelt",
        "De naam van de persoon van een account veranderen, na een huwelijk of een schrijffout",
    ),
    (
        "A card is linked to whom its name fits: make sure that it is the same person.",
        "Een pas wordt gekoppeld aan wie de naam past: ga na dat het dezelfde persoon is.",
    ),
    (
        "The account's user name, which stays; or its user number",
        "De gebruikersnaam van het account, die blijft; of het gebruikersnummer",
    ),
    ("The person's name from now on", "De naam van de persoon van nu af"),
    (
        "Record where the organisation of a user is reached: its registered e-mail address, its postal address, and the number to call it back",
        "Vastleggen waar de organisatie van een gebruiker te bereiken is: haar e-mailadres, haar postadres, en het nummer om terug te bellen",
    ),
    (
        "What goes there is for whoever answers for the organisation: compare with an extract of the trade register before you change it, and call back at a number you know. A first address holds at once. Another one holds after 7 days (times.organisation_anchor): until then the old one is used, it and all contact persons are told, and a contact person can stop it under 'Instellingen'. An e-mail address holds only if somebody confirmed it by then, with a link that is mailed to it; give it once more for a new link, and the days begin anew. E-mail address and number bring people back in ('sleutelbos support') as long after they were first recorded. AGB code and KvK number are recorded where they are not known, at once, and do not change after that: without the KvK number nothing here can be compared, and without the AGB code no support case is opened. What is left out stays as it is; without anything it is only shown.",
        "Wat daarheen gaat, is voor wie voor de organisatie instaat: vergelijk met een uittreksel uit het handelsregister voor u iets verandert, en bel terug op een nummer dat u kent. Een eerste adres geldt meteen. Een ander geldt na 7 dagen (organisation_anchor in [times]): tot dan wordt het oude gebruikt, krijgen dat adres en alle contactpersonen bericht, en kan een contactpersoon het tegenhouden onder 'Instellingen'. Een e-mailadres geldt alleen als iemand het voor die tijd bevestigde, met een link die daarheen wordt gemaild; geef het nog een keer op voor een nieuwe link, en de dagen beginnen opnieuw. E-mailadres en nummer helpen mensen weer binnen ('sleutelbos support') zo lang nadat ze voor het eerst zijn vastgelegd. AGB-code en KvK-nummer worden meteen vastgelegd waar ze nog niet bekend zijn, en veranderen daarna niet: zonder KvK-nummer is hier niets te vergelijken, en zonder AGB-code wordt geen aanvraag om hulp geopend. Wat u weglaat, blijft zoals het is; zonder iets wordt het alleen getoond.",
    ),
    (
        "The telephone number at which you call it back, in the Netherlands",
        "Het telefoonnummer waarop u terugbelt, in Nederland",
    ),
    (
        "Its AGB code, 8 digits, where it is not recorded yet",
        "Haar AGB-code, 8 cijfers, als die nog niet is vastgelegd",
    ),
    (
        "Its number in the trade register, 8 digits, as the extract has it; it is recorded where it is given alone",
        "Haar nummer in het handelsregister, 8 cijfers, zoals op het uittreksel; het wordt vastgelegd waar het alleen wordt opgegeven",
    ),
    (
        "The day of the extract that you compared, 30 days old at most",
        "De dag van het uittreksel waarmee u vergeleek, hoogstens 30 dagen oud",
    ),
    ("Your own name: who compared it", "Uw eigen naam: wie vergeleek"),
    (
        "Make a user the main contact person of the organisation",
        "Een gebruiker hoofdcontactpersoon van de organisatie maken",
    ),
    (
        "The main contact person manages the colleagues and cannot be put aside by them. Compare with an extract of the trade register who answers for the organisation, and call back at a number you know. It holds after 7 days (times.organisation_anchor), in which a contact person can stop it. Whoever was it stays a contact person. There are three at most.",
        "De hoofdcontactpersoon beheert de collega's en kan door hen niet opzij worden gezet. Vergelijk met een uittreksel uit het handelsregister wie voor de organisatie instaat, en bel terug op een nummer dat u kent. Het geldt na 7 dagen (organisation_anchor in [times]), waarin een contactpersoon het kan tegenhouden. Wie het was, blijft contactpersoon. Er zijn er hoogstens drie.",
    ),
    (
        "The organisation's number in the trade register, 8 digits, as the extract has it",
        "Het nummer van de organisatie in het handelsregister, 8 cijfers, zoals op het uittreksel",
    ),
    ("List the messages that were given up", "De berichten tonen die zijn opgegeven"),
    (
        "Each with its id, what it is about, to which address it goes, since when, how often it was tried and why that failed. What it says is not shown.",
        "Elk met zijn kenmerk, waar het over gaat, naar welk adres, sinds wanneer, hoe vaak het is geprobeerd en waarom dat mislukte. Wat erin staat, wordt niet getoond.",
    ),
    (
        "Those that still wait for their turn or for another try too",
        "Ook die nog op hun beurt of op een volgende poging wachten",
    ),
    ("Try a message that was given up again", "Een bericht dat is opgegeven, opnieuw proberen"),
    (
        "Remove a message that was given up: nobody gets it any more",
        "Een bericht dat is opgegeven, weghalen: niemand krijgt het meer",
    ),
    ("Which one: its id, as 'outbox list' shows it", "Welk: het kenmerk dat 'outbox list' toont"),
    (
        "List the letters that wait for the print service, and those that are on their way",
        "De brieven tonen die op de drukker wachten, en die onderweg zijn",
    ),
    (
        "Take the letters that wait to a folder, each once, for the print service",
        "De brieven die wachten naar een map halen, elk één keer, voor de drukker",
    ),
    (
        "Each is a PDF that the print service decrypts with age. From then on its PIN works, and here it is gone. Whoever had a letter written does not export it: give your own name. Where this was broken off, the same command with the same folder goes on.",
        "Elke brief is een PDF die de drukker met age ontcijfert. Vanaf dan werkt de pincode, en hier is de brief weg. Wie een brief liet maken, haalt hem niet op: geef uw eigen naam. Is dit afgebroken, dan gaat dezelfde opdracht met dezelfde map verder.",
    ),
    ("The folder; it is made where it is missing", "De map; zij wordt gemaakt als zij er niet is"),
    (
        "Open a case for somebody who called, and see which number to call back",
        "Een aanvraag openen voor iemand die belt, en zien welk nummer u terugbelt",
    ),
    (
        "AGB code and user number find the account; they prove nothing, and neither does anything else that is said. Never ask for a PIN, password or code. The person and the contact persons are told at once.",
        "AGB-code en gebruikersnummer vinden het account; ze bewijzen niets, net als al het andere dat iemand zegt. Vraag nooit naar een pincode, wachtwoord of code. De persoon en de contactpersonen krijgen meteen bericht.",
    ),
    (
        "What the person needs: pin (a new PIN), unblock (lifting what is blocked) or factor (taking away what was lost or seems to be copied)",
        "Wat de persoon nodig heeft: pin (een nieuwe pincode), unblock (opheffen wat geblokkeerd is) of factor (weghalen wat kwijt is of gekopieerd lijkt)",
    ),
    ("The AGB code that the caller gives, 8 digits", "De AGB-code die de beller geeft, 8 cijfers"),
    (
        "The user number that the caller gives, 14 digits",
        "Het gebruikersnummer dat de beller geeft, 14 cijfers",
    ),
    (
        "Record that you called the registered number back, and that it is right",
        "Vastleggen dat u het vastgelegde nummer heeft teruggebeld, en dat het klopt",
    ),
    (
        "Call the number that 'support open' shows, and no other: hang up first. It counts from 7 days after it was recorded (times.organisation_anchor).",
        "Bel het nummer dat 'support open' toont, en geen ander: hang eerst op. Het telt vanaf 7 dagen nadat het is vastgelegd (organisation_anchor in [times]).",
    ),
    (
        "Mail a link to the registered e-mail address, in place of calling back",
        "Een link mailen naar het vastgelegde e-mailadres, in plaats van terugbellen",
    ),
    (
        "Whoever reads that mail box confirms it, or says that nobody asked. The link works once, for a day; one that was mailed before is dead.",
        "Wie die mailbox leest, bevestigt het, of zegt dat niemand het vroeg. De link werkt één keer, een dag lang; een eerdere link werkt niet meer.",
    ),
    ("Carry out a case that was confirmed", "Een aanvraag uitvoeren die is bevestigd"),
    (
        "A new PIN goes to the main contact person's Berichtenbox, and that of a contact person in a letter, which another operator exports; you never see it. Wrong passwords that were counted stay counted.",
        "Een nieuwe pincode gaat naar de Berichtenbox van de hoofdcontactpersoon, en die van een contactpersoon in een brief, die een andere beheerder ophaalt; u ziet hem nooit. Verkeerde wachtwoorden die zijn geteld, blijven geteld.",
    ),
    (
        "Which case: its id, as 'support open' and 'support list' show it",
        "Welke aanvraag: het kenmerk dat 'support open' en 'support list' tonen",
    ),
    (
        "Stop a case: somebody who was told did not ask for it",
        "Een aanvraag tegenhouden: iemand die bericht kreeg, vroeg er niet om",
    ),
    (
        "The person, the contact persons and the registered address are told.",
        "De persoon, de contactpersonen en het vastgelegde adres krijgen bericht.",
    ),
    ("List the cases of the last 90 days", "De aanvragen van de laatste 90 dagen tonen"),
    (
        "Send a text message with a code that is none",
        "Een sms versturen met een code die er geen is",
    ),
    ("Make a phone call, in which any keys will do", "Iemand bellen, waarbij elke toets goed is"),
    (
        "What comes of it is reported to the server, which runs meanwhile.",
        "Wat ervan komt, wordt aan de server gemeld, die intussen draait.",
    ),
    ("To which phone: +31612345678", "Naar welke telefoon: +31612345678"),
    (
        "Wait so many seconds for what the provider reports to the server",
        "Zoveel seconden wachten op wat de aanbieder aan de server meldt",
    ),
    (
        "List the keys, and how many values are sealed with each",
        "De sleutels tonen, en hoeveel waarden met elk zijn verzegeld",
    ),
    (
        "Make a key that seals nothing yet, to copy to every server of one database",
        "Een sleutel maken die nog niets verzegelt, om naar elke server van één database te kopiëren",
    ),
    ("With one server 'rotate' alone is enough.", "Met één server is 'rotate' alleen genoeg."),
    (
        "Seal everything anew with a new key, the prepared one where there is one",
        "Alles opnieuw verzegelen met een nieuwe sleutel, de klaargezette als die er is",
    ),
    (
        "Servers may go on meanwhile. Ended half-way, the same command goes on; the old key stays.",
        "Servers mogen intussen doorgaan. Halverwege beëindigd gaat dezelfde opdracht verder; de oude sleutel blijft.",
    ),
    (
        "Remove an old key with which nothing is sealed any more",
        "Een oude sleutel weghalen waarmee niets meer is verzegeld",
    ),
    (
        "A back-up of the database from before the rotation opens no more without it.",
        "Een back-up van de database van voor het vernieuwen gaat zonder die sleutel niet meer open.",
    ),
    (
        "Which one: its id, as 'sealing list' shows it",
        "Welke: het kenmerk dat 'sealing list' toont",
    ),
    (
        "Say who a card certificate names and whether it would be let in",
        "Zeggen op wiens naam het certificaat van een pas staat, en of het zou worden toegelaten",
    ),
    (
        "Exit code 0: let in. 1: refused; the first check that failed is printed, with what to do. 2: the command could not be carried out as it was given.",
        "Exitcode 0: toegelaten. 1: geweigerd; de eerste controle die mislukte wordt getoond, met wat u doet. 2: de opdracht kon zo niet worden uitgevoerd.",
    ),
    ("The certificate of the card, in DER or PEM", "Het certificaat van de pas, in DER of PEM"),
    (
        "The moment to verify at, such as 2025-01-01T00:00:00Z; now when left out",
        "Het moment waarvoor wordt gecontroleerd, zoals 2025-01-01T00:00:00Z; zonder: nu",
    ),
    (
        "Whom to trust: self-signed certificates in DIR are anchors, the others the pool, trust.toml maps issuers; left out: the published authorities",
        "Wie wordt vertrouwd: certificaten in DIR die zichzelf ondertekenden zijn ankers, de andere liggen eronder, trust.toml koppelt uitgevers; zonder: de gepubliceerde uitgevers",
    ),
    (
        "Revocation lists, in DER or PEM; of each authority above the card one is needed, the root's included",
        "Intrekkingslijsten, in DER of PEM; van elke uitgever boven de pas is er een nodig, ook van de stam",
    ),
    ("Do not look whether the card was revoked", "Niet nakijken of de pas is ingetrokken"),
    (
        "Say whether what was written down is what was written down then",
        "Zeggen of wat is vastgelegd nog is wat toen is vastgelegd",
    ),
    (
        "Exit code 0: nothing is wrong. 1: something is; the first event that is not what it was is named. 2: the command could not be carried out as it was given.",
        "Exitcode 0: er is niets mis. 1: er is iets mis; de eerste gebeurtenis die niet meer is wat zij was, wordt genoemd. 2: de opdracht kon zo niet worden uitgevoerd.",
    ),
    ("A checkpoint that was kept elsewhere", "Een controlepunt dat elders is bewaard"),
    (
        "An export to verify instead of the database; nothing else is read",
        "Een export die wordt gecontroleerd in plaats van de database; verder wordt niets gelezen",
    ),
    (
        "A public key whose checkpoints count; of the database beside its own",
        "Een openbare sleutel waarvan de controlepunten tellen; bij de database naast haar eigen",
    ),
    (
        "Write out events, with all that is needed to verify them elsewhere",
        "Gebeurtenissen wegschrijven, met alles wat nodig is om ze elders te controleren",
    ),
    (
        "JSON Lines on standard output, in the form of docs/audit.md. Who used which card when is in it: keep it as you keep the data folder.",
        "JSON Lines op de standaarduitvoer, in de vorm van docs/audit.md. Wie wanneer welke pas gebruikte, staat erin: bewaar het zoals u de gegevensmap bewaart.",
    ),
    (
        "From this moment on, such as 2025-01-01T00:00:00Z",
        "Vanaf dit moment, zoals 2025-01-01T00:00:00Z",
    ),
    ("Before this moment", "Voor dit moment"),
    (
        "About the account with this user name only",
        "Alleen over het account met deze gebruikersnaam",
    ),
    (
        "Print the last checkpoint, to be kept elsewhere",
        "Het laatste controlepunt tonen, om elders te bewaren",
    ),
    (
        "Whoever has it notices later that the end was cut off, or that everything was made anew.",
        "Wie het heeft, merkt later dat het einde is afgeknipt, of dat alles opnieuw is gemaakt.",
    ),
    ("Erase what may no longer be kept", "Wissen wat niet langer bewaard mag worden"),
    (
        "Of every event before a moment what is personal beyond our own ids, which is the card; with --events all of it but its place. An event says that you did.",
        "Van elke gebeurtenis voor een moment wat persoonlijk is buiten onze eigen kenmerken, en dat is de pas; met --events alles behalve haar plaats. Een gebeurtenis zegt dat u het deed.",
    ),
    (
        "Of events before this moment, such as 2021-01-01T00:00:00Z",
        "Van gebeurtenissen voor dit moment, zoals 2021-01-01T00:00:00Z",
    ),
    (
        "The events themselves, not only what is personal in them",
        "De gebeurtenissen zelf, niet alleen wat er persoonlijk aan is",
    ),
];
