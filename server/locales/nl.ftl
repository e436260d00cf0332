# What people read, in Dutch: plain words, 'u', and the same word for the same thing everywhere.
# A message with `.detail` has a title and an explanation with the next step.

language-name = Nederlands
product = Sleutelbos
skip = Naar de inhoud
cancel = Annuleren
try-again = Opnieuw proberen
remove = Verwijderen
reference = Kenmerk voor de helpdesk:
time-left = U heeft nog:
log-out = Uitloggen
user-number = Gebruikersnummer
help-link = Ik kan niet inloggen
to-login = Naar inloggen
to-activate = Eerste keer hier, of wachtwoord vergeten
to-start = Naar het begin
back-to-account = Terug naar mijn account
to-the-field = Ga naar het veld
needs-javascript = Voor deze manier van inloggen is JavaScript nodig. Zet JavaScript aan in uw browser en laad de pagina opnieuw.
offline = Er is geen verbinding
    .detail = Wij kunnen de server niet bereiken. Controleer uw internetverbinding en probeer het opnieuw.

## Inloggen

login-title = Inloggen
log-in = Inloggen
username = Gebruikersnaam
username-hint = Dit is het e-mailadres waarmee u inlogt.
password = Wachtwoord
caps-lock = Caps Lock staat aan. U typt nu hoofdletters.
num-lock = Num Lock staat uit. De cijfers aan de rechterkant van uw toetsenbord werken nu niet.
remember = Onthoud mijn gebruikersnaam
remember-hint = Doe dit alleen op een computer die u zelf gebruikt.
login-other = Inloggen zonder wachtwoord
login-passkey = Inloggen met passkey of beveiligingssleutel
login-card = Inloggen met UZI-pas
fill-username = Vul uw gebruikersnaam in.
fill-password = Vul uw wachtwoord in.
error-incomplete = U kunt nog niet inloggen
    .detail = Er is nog een veld leeg. Vul het in en probeer het opnieuw.
login-wrong-field = Controleer uw gebruikersnaam en wachtwoord.

choice-title = Kies uw organisatie
choice-lead = U heeft bij meer dan één organisatie een account. Kies waar u nu voor werkt.
choice-question = Bij welke organisatie wilt u inloggen?
choice-agb = AGB-code { $agb }
choice-field = Kies een organisatie.
choice-action = Verder
check-title = Extra controle bij het inloggen
check-lead = Uw wachtwoord klopt. Laat nu zien dat u het zelf bent met uw beveiligingssleutel of passkey.
check-first-lead = Uw wachtwoord klopt. Gebruik nu de sleutel of passkey die u heeft toegevoegd. Daarna telt hij mee als extra controle.
check-card-lead = Uw wachtwoord klopt. Laat nu met uw UZI-pas en de pincode van uw pas zien dat u het bent.
other-way = Andere manier
check-key-instead = Ik gebruik mijn beveiligingssleutel of passkey
another-lead = Heeft u die sleutel of passkey niet meer?
another = Een andere toevoegen
passkey-title = Inloggen met passkey of beveiligingssleutel
passkey-lead = U heeft geen gebruikersnaam en wachtwoord nodig. Volg de vraag van uw browser.
confirm-title = Bevestig dat u het bent
confirm-lead = U verandert waarmee u inlogt. Gebruik daarom eerst nog een keer uw sleutel of passkey.
confirm-card-lead = U verandert waarmee u inlogt. Gebruik daarom eerst nog een keer uw pas en de pincode van uw pas.
password-again-lead = U voegt iets toe waarmee u inlogt, en u bent al een tijdje binnen. Vul daarom eerst uw wachtwoord nog een keer in.
password-again-empty = Er is nog niets ingevuld
    .detail = Vul uw wachtwoord in en probeer het opnieuw.
password-again-wrong = Uw wachtwoord klopt niet
    .detail = Er is niets veranderd. Let op hoofdletters en kleine letters: die tellen mee. Na een paar verkeerde pogingen is inloggen met wachtwoord een tijd geblokkeerd.
    .field = Controleer uw wachtwoord.
try-title = Probeer uw sleutel of passkey
try-lead = Gebruik hem nu één keer. Daarna weet u zeker dat u ermee kunt inloggen.
key-waiting = Wij wachten op uw sleutel of passkey.
key-waiting-hint = Steek uw beveiligingssleutel in de computer en raak hem aan als hij knippert. Of volg de vraag op uw scherm.
key-done = Gelukt. U gaat verder.
key-cancelled = Inloggen is nog niet gelukt
    .detail = Er is geen sleutel of passkey gebruikt, of de tijd was om. Houd uw sleutel bij de hand en probeer het opnieuw.
    .alone = Er is geen sleutel of passkey gebruikt, of de tijd was om. Houd uw sleutel bij de hand en probeer het opnieuw. Een sleutel die u als beveiligingssleutel heeft toegevoegd, werkt alleen na uw wachtwoord: log dan in met uw gebruikersnaam en wachtwoord. Bij Mijn account kunt u dat veranderen.
key-not-confirmed = Dit is nog niet bevestigd
key-unsupported = Deze browser kan dit niet
    .detail = Uw browser werkt niet met beveiligingssleutels en passkeys. Gebruik een nieuwe versie van Chrome, Edge, Firefox of Safari.
key-address = Dit adres is niet veilig genoeg
    .detail = Een sleutel of pas werkt alleen op het juiste adres met een slotje in de adresbalk. Open de pagina via het adres dat u van uw organisatie kreeg.
key-no-pin = Uw sleutel heeft nog geen pincode
    .detail = Voor deze toepassing is een pincode van uw sleutel nodig. Open de instellingen van uw computer of browser, kies Beveiligingssleutels en stel een pincode in. Probeer het daarna opnieuw.

card-title = Inloggen met UZI-pas
card-lead = U logt in met uw pas en de pincode van uw pas.
card-ready = Steek uw pas met de chip naar voren in de kaartlezer.
card-looking = Wij zoeken het pasprogramma op uw computer.
card-waiting = Steek uw pas met de chip naar voren in de kaartlezer.
card-waiting-hint = Er opent een venster van het pasprogramma. Vul daar de pincode van uw pas in. Vul uw pincode nooit in op een webpagina.
card-checking = Wij controleren uw pas.
card-done = Gelukt. U gaat verder.
card-extension-missing = Wij vinden de browserextensie niet
    .detail = Zonder de extensie kan deze pagina uw pas niet lezen. Zet de extensie van Sleutelbos aan in uw browser, of vraag uw beheerder om haar te installeren. Laad daarna deze pagina opnieuw.
card-agent-missing = Wij vinden het pasprogramma niet
    .detail = De extensie werkt, maar het programma dat uw kaartlezer bedient geeft geen antwoord. Installeer de Sleutelbos-agent, of vraag uw beheerder om hulp. Start daarna uw browser opnieuw.
card-old-version = Het pasprogramma is te oud
    .detail = De extensie en het pasprogramma passen niet bij elkaar. Werk ze allebei bij, of vraag uw beheerder om hulp.
card-cancelled = U heeft het inloggen met uw pas gestopt
    .detail = Er is niets veranderd. Wilt u toch uw pas gebruiken, probeer het dan opnieuw.
card-late = De tijd is om
    .detail = Het pasprogramma kreeg niet op tijd een pincode. Leg uw pas klaar en probeer het opnieuw.
card-pending = Er staat al een venster open
    .detail = Het pasprogramma wacht nog op uw pincode. Zoek het venster op uw scherm, vul de pincode in of sluit het venster, en probeer het opnieuw.
card-failed = Wij kunnen uw pas niet lezen
    .detail = Controleer of de kaartlezer is aangesloten en of uw pas met de chip naar voren in de lezer zit. Probeer het daarna opnieuw.
card-needs = Wat heeft u nodig
card-need-agent = De Sleutelbos-agent en de browserextensie op deze computer.
card-need-reader = Een kaartlezer, en uw UZI-pas met de chip naar voren in de lezer.
card-need-pin = De pincode van uw pas.

## Aanmelden van een sleutel, passkey of pas

enrol-title = Kies hoe u voortaan inlogt
enrol-only = Kies waarmee u voortaan laat zien dat u het bent. Wat het veiligst is, staat bovenaan.
enrol-lead = Kies wat u wilt toevoegen aan uw account.
security-key = Beveiligingssleutel
    .need = U heeft een sleutel nodig die u in de computer steekt of tegen uw telefoon houdt.
passkey = Passkey (toegangssleutel op uw apparaat)
    .need = U gebruikt de vingerafdruk, het gezicht of de pincode van uw computer of telefoon.
card = UZI-pas
    .need = U heeft uw pas, een kaartlezer en de pincode van uw pas nodig.
    .need-first = U heeft uw pas, een kaartlezer en de pincode van uw pas nodig. Stel eerst een beveiligingssleutel of passkey in: daarmee koppelt u uw pas.
    .need-pin = U heeft uw pas, een kaartlezer en de pincode van uw pas nodig. U koppelt hem met uw gebruikersnummer en de pincode van uw account.
enrol-security-key-title = Beveiligingssleutel toevoegen
enrol-security-key-lead = Geef uw sleutel een naam. Steek hem daarna in de computer en raak hem aan.
enrol-security-key-ready = Druk op de knop hieronder. Uw browser vraagt daarna om uw sleutel.
enrol-security-key-waiting = Raak uw sleutel aan als hij knippert.
enrol-security-key-action = Sleutel toevoegen
enrol-passkey-title = Passkey toevoegen
enrol-passkey-lead = Geef uw passkey een naam. Uw browser vraagt daarna om uw vingerafdruk, gezicht of pincode.
enrol-passkey-ready = Druk op de knop hieronder en volg de vraag van uw browser.
enrol-passkey-waiting = Volg de vraag van uw browser.
enrol-passkey-action = Passkey toevoegen
factor-name = Naam
factor-name-hint = Bijvoorbeeld: sleutel aan mijn sleutelbos. Zo herkent u hem later in de lijst.
default-name-security-key = Mijn beveiligingssleutel
default-name-passkey = Mijn passkey
key-enrolled = Gelukt. U gaat verder.
enrol-cancelled = Het toevoegen is nog niet gelukt
    .detail = Er is geen sleutel of passkey gebruikt, of de tijd was om. Er is niets veranderd. Houd uw sleutel bij de hand en probeer het opnieuw.
enrol-already = Deze sleutel staat al bij uw account
    .detail = U kunt er al mee inloggen. Gebruik een andere sleutel als u een reserve wilt toevoegen. Wilt u deze ook zonder wachtwoord gebruiken, kies dat dan bij Mijn account.
enrol-card-title = UZI-pas koppelen
enrol-card-lead = Na het koppelen logt u in met uw pas en de pincode van uw pas.
enrol-card-action = Pas koppelen

## De wizard: extra controle instellen, in drie stappen

steps = Stappen
step-introduction = Introductie
step-factor = Tweefactor{ "\u00AD" }authenticatie instellen
step-recovery = Herstelcode
wizard-title = Extra controle instellen
wizard-lead = U logt in met een wachtwoord. Daar komt nu een extra controle bij: u laat op een tweede manier zien dat u het bent. Dat heet tweefactorauthenticatie.
wizard-why = Wie uw wachtwoord raadt of afkijkt, komt dan toch niet bij de gegevens van uw patiënten.
wizard-what = U kiest zo waarmee u dat doet, bijvoorbeeld met een sleutel, uw telefoon of uw laptop. Daarna krijgt u een herstelcode voor als u die kwijt bent. Het duurt ongeveer vijf minuten.
wizard-begin = Beginnen
enrol-nothing = Heeft u niets van dit alles?
    .detail = Vraag uw contactpersoon welke sleutel, telefoon of pas u van uw organisatie krijgt. Bent u zelf contactpersoon? Een beveiligingssleutel koopt u bij een computerwinkel; vraag om een sleutel die FIDO2 kan. Op veel computers en telefoons maakt u een passkey zonder iets te kopen.
prove-title = Gebruik hem nu één keer
prove-lead = Laat zien dat het werkt. Daarna bent u ingelogd en telt hij mee als extra controle.
prove-another = Dit lukt niet, ik kies iets anders

## Mijn account

account-title = Mijn account
your-name = Naam
organisation = Organisatie
level = Zekerheid van deze inlog
level-low = Laag: u bent alleen met uw wachtwoord ingelogd.
level-substantial = Substantieel: u bent met een extra controle ingelogd.
level-high = Hoog: u bent met een sleutel of pas en de pincode daarvan ingelogd.
factors-title = Hiermee logt u in
factors-lead = Zorg dat u er altijd twee heeft. Als u er een kwijt bent, kunt u nog inloggen met de andere.
factor-added = Toegevoegd op { $date }.
factor-used = Het laatst gebruikt op { $date }.
factor-unused = Nog niet gebruikt.
factor-unproven = Deze telt nog niet mee als reserve: gebruik hem eerst één keer.
factor-copied = Deze sleutel lijkt gekopieerd. Hij werkt daarom niet meer. Verwijder hem, voeg een andere toe en vertel het aan uw contactpersoon.
factor-alone = Hiermee logt u ook in zonder wachtwoord.
factor-after-password = Hiermee logt u in na uw wachtwoord.
upgrade = Ook zonder wachtwoord
upgrade-label = { $name } ook zonder wachtwoord gebruiken
upgrade-title = Uw sleutel ook zonder wachtwoord gebruiken
upgrade-lead = Uw sleutel onthoudt dan zelf wie u bent. U logt in met de sleutel en zijn pincode of uw vingerafdruk, ook als uw wachtwoord geblokkeerd is.
upgrade-ready = Gebruik de sleutel die u al heeft toegevoegd en druk op de knop hieronder. Heeft hij nog geen pincode, dan kiest u die nu. Daarna gebruikt u hem nog één keer. Kan uw sleutel dit niet, dan verandert er niets.
upgrade-waiting = Volg de vraag van uw browser en raak uw sleutel aan als hij knippert.
upgrade-action = Sleutel instellen
try-now = Nu proberen
try-label = { $name } nu proberen
factor-unlisted = Hiermee logt u in met zekerheid Substantieel. De sleutel staat niet op de lijst met sleutels die voor Hoog zijn toegelaten. Vraag uw contactpersoon welke sleutels dat zijn.
remove-label = { $name } verwijderen
add-factor = Sleutel, passkey of pas toevoegen
sessions-title = Hier bent u ingelogd
sessions-lead = Ziet u een inlog die u niet kent? Beëindig die dan, en vertel het uw contactpersoon.
this-session = Deze browser
session-browser = { $browser } op { $system }
session-unknown = Onbekende browser
session-agent = Sleutelbos-agent
session-begun = Ingelogd op { $date }.
session-seen = Het laatst actief op { $date }.
end-session = Beëindigen
end-session-label = Inlog van { $date } beëindigen
remove-title = Wilt u dit verwijderen?
remove-text = U kunt hiermee dan niet meer inloggen. Wilt u het later weer gebruiken, dan voegt u het opnieuw toe.
remove-last = Dit is uw enige manier om veilig in te loggen
    .detail = Daarom kunt u het nu niet verwijderen. Voeg eerst een andere sleutel, passkey of pas toe. Gebruik die één keer. Daarna kunt u deze verwijderen.
remove-yes = Ja, verwijderen
remove-no = Nee, terug naar mijn account
factor-kind-security-key = Beveiligingssleutel
factor-kind-passkey = Passkey
factor-kind-card = UZI-pas
notice-enrolled = Toegevoegd. U kunt hiermee voortaan inloggen.
notice-enrolled-waiting = Toegevoegd. Hieronder staat vanaf wanneer u ermee inlogt.
notice-enrolled-untried = Toegevoegd. Probeer hem hieronder één keer: dan weet u zeker dat hij werkt.
notice-enrolled-unlisted = Toegevoegd. U kunt hiermee voortaan inloggen, met zekerheid Substantieel. Voor Hoog heeft u een sleutel nodig die op de lijst met toegelaten sleutels staat. Vraag uw contactpersoon welke dat zijn.
notice-first = Toegevoegd. Gebruik hem nu één keer: daarna telt hij mee als extra controle.
notice-first-unlisted = Toegevoegd. Gebruik hem nu één keer. U krijgt hiermee zekerheid Substantieel: de sleutel staat niet op de lijst met sleutels die voor Hoog zijn toegelaten.
notice-expired = U heeft te lang gewacht. U bent nog niet ingelogd. Begin opnieuw met inloggen.
notice-removed = Verwijderd. U kunt hiermee niet meer inloggen.
notice-ended = De inlog is beëindigd.
notice-gone = Deze inlog was al voorbij. U hoeft niets te doen.
notice-cancelled = Het inloggen is gestopt. Er is niets veranderd.

## Herstelcode

recovery-title = Herstelcode
recovery-code = Herstelcode
recovery-code-hint = Vul alle cijfers in. Streepjes en spaties mogen, maar hoeven niet.
recovery-lead = Bent u alles kwijt waarmee u inlogt, zoals uw sleutel, telefoon of pas? Met uw wachtwoord en uw herstelcode logt u dan toch nog één keer in.
recovery-keep = Bewaar de code op papier, op een andere plek dan uw computer en uw sleutel. Geef hem aan niemand. Wij vragen er nooit om, ook niet aan de telefoon.
recovery-replaces = U heeft al een herstelcode. Die werkt niet meer zodra u een nieuwe maakt.
recovery-make = Herstelcode maken
recovery-again = Een nieuwe herstelcode maken
recovery-later = Terug naar mijn account
recovery-put-off = Nu niet
recovery-this = Dit is uw herstelcode. Bewaar hem nu.
recovery-used = U bent ingelogd. Uw oude herstelcode is gebruikt en werkt niet meer. Hieronder staat uw nieuwe.
recovery-lost = Bent u uw sleutel, passkey of pas echt kwijt? Log dan opnieuw in en kies bij de tweede stap ‘Tweefactorauthenticatie opnieuw instellen’. Gebruik daar uw nieuwe code.
recovery-of = Van: { $name }
recovery-for = Met deze code en uw wachtwoord logt u één keer in als u niets anders meer heeft. Bewaar hem op papier, niet bij uw computer. Geef hem aan niemand.
recovery-once = U ziet deze code alleen nu. Wij kunnen hem later niet nog een keer laten zien.
recovery-copy = Kopiëren
recovery-copied = De code is gekopieerd.
recovery-print = Afdrukken
recovery-download = Opslaan als tekstbestand
recovery-file = Sleutelbos: herstelcode
recovery-file-name = sleutelbos-herstelcode.txt
recovery-have-it = Ik heb de code bewaard
recovery-confirm-title = Laat zien dat u de code heeft
recovery-confirm-lead = Neem de herstelcode die u net heeft bewaard en vul hem hier in. Zo weet u zeker dat hij klopt.
recovery-confirm = Controleren
recovery-malformed = Dit is geen herstelcode
    .detail = Een herstelcode heeft 16, 20 of 24 cijfers, zoals 1234-5678-9012-3456. Kijk of u alle cijfers heeft ingevuld.
recovery-wrong = Deze herstelcode klopt niet
    .detail = Kijk of u de nieuwste code heeft: een oudere werkt niet meer. U kunt het nog { $left ->
        [one] 1 keer
       *[other] { $left } keer
    } proberen.
recovery-login-title = Inloggen met uw herstelcode
recovery-login-lead = Uw wachtwoord klopt. Vul nu uw herstelcode in. Die werkt één keer: daarna krijgt u meteen een nieuwe. Wat u bij uw account heeft staan, blijft staan.
recovery-other-way = Ik gebruik toch mijn sleutel, passkey of pas
login-recovery = Gebruik back-upcode of e-mail
recovery-not-yet = U kunt een herstelcode maken zodra u de extra controle één keer heeft gebruikt.
recovery-missing = U heeft nog geen herstelcode. Maak er een: als u alles kwijt bent, logt u daarmee toch nog één keer in.
recovery-unconfirmed = Op { $date } heeft u een herstelcode gemaakt, maar u heeft nog niet laten zien dat u hem heeft. Weet u niet zeker of u hem heeft, maak dan een nieuwe.
recovery-there = U heeft een herstelcode, gemaakt op { $date }.
notice-recovery-kept = De code klopt. Bewaar hem goed.

## Andere pagina's

logged-out = U bent uitgelogd
    .detail = Zit u op een computer die anderen ook gebruiken? Sluit dan ook de browser, en neem uw pas of sleutel mee.
log-in-again = Opnieuw inloggen
blocked-capitals = Let op hoofdletters en kleine letters: die tellen mee in uw wachtwoord.
blocked-now = U kunt nu wel inloggen met uw UZI-pas, passkey of sleutel met pincode. Heeft u die niet, vraag dan uw contactpersoon om de blokkade op te heffen.
codes-blocked-now = U kunt nu wel inloggen met uw UZI-pas, passkey of beveiligingssleutel. Heeft u die niet, vraag dan uw contactpersoon om de blokkade op te heffen.
codes-blocked-stranger = Heeft u zelf geen verkeerde codes ingevuld? Dan kent iemand anders uw wachtwoord. Vertel dat meteen aan uw contactpersoon.
help-title = Ik kan niet inloggen
help-lead = Kies wat bij u past. Uw contactpersoon is de collega die de accounts van uw organisatie beheert.
help-password = Ik weet mijn wachtwoord niet meer
    .detail = Heeft u uw gebruikersnummer en pincode? Kies dan op de inlogpagina 'Eerste keer hier, of wachtwoord vergeten'. Met een passkey of UZI-pas logt u in zonder wachtwoord. Een beveiligingssleutel werkt alleen zonder wachtwoord als u dat bij Mijn account heeft ingesteld. Bent u uw pincode kwijt, kies daar dan Pincode vergeten.
help-blocked = Inloggen met wachtwoord is geblokkeerd
    .detail = Na een paar verkeerde pogingen moet u wachten. De pagina zegt tot hoe laat. Hoofdletters tellen mee. Met uw UZI-pas, passkey of sleutel met pincode kunt u meteen inloggen. Heeft u die niet, vraag dan uw contactpersoon om de blokkade op te heffen.
help-pin = De pincode van mijn account werkt niet
    .detail = Een pincode heeft 8 letters en cijfers, en hoofdletters tellen mee. Hij werkt niet meer als er een nieuwe is, of als u hem al gebruikte en nog geen sleutel, passkey of pas heeft. Na 5 verkeerde pogingen is hij geblokkeerd. Vraag uw contactpersoon om de blokkade op te heffen. Bent u hem kwijt, kies dan Pincode vergeten op de pagina waar u hem invult.
help-key = Ik ben mijn sleutel of telefoon kwijt
    .detail = Log in met een andere sleutel, passkey of met uw UZI-pas, en verwijder de verloren sleutel bij Mijn account. Heeft u geen andere, dan logt u met uw wachtwoord en uw herstelcode nog één keer in. Heeft u ook die niet, vraag dan uw contactpersoon om een toegangscode. Daarmee stelt u na uw wachtwoord iets nieuws in.
help-card = Mijn UZI-pas werkt niet
    .detail = Controleer of de kaartlezer is aangesloten en of uw pas met de chip naar voren in de lezer zit. Is de pincode van uw pas geblokkeerd, dan heeft u de PUK-code nodig die u bij uw pas kreeg. Is uw pas verlopen of ingetrokken, vraag dan een nieuwe aan bij het UZI-register.
help-key-pin = Ik weet de pincode van mijn sleutel niet meer
    .detail = Na 8 verkeerde pogingen is een sleutel geblokkeerd en moet u hem leegmaken. Log in op een andere manier, verwijder de sleutel bij Mijn account en voeg hem opnieuw toe.
help-contact = Ik ben contactpersoon en ik heb niets meer om mee in te loggen
    .detail = Niemand van uw organisatie kan u dan helpen. Bel de beheerder van dit systeem. Die controleert eerst of u het echt bent. Noem aan de telefoon nooit een wachtwoord, pincode of code.
    .call = Niemand van uw organisatie kan u dan helpen. Bel de beheerder van dit systeem: { $number }. Die controleert eerst of u het echt bent. Noem aan de telefoon nooit een wachtwoord, pincode of code.
help-recovery-title = Herstelcode problemen?
help-recovery-lead = Kies wat bij u past. U heeft naast de herstelcode altijd uw wachtwoord nodig.
help-recovery = Mijn herstelcode wordt niet goedgekeurd
    .detail = Alleen de nieuwste code werkt, en maar één keer. Kijk of u alle cijfers heeft ingevuld. Na een paar verkeerde codes moet u wachten: de pagina zegt tot hoe laat. Werkt hij dan nog niet, gebruik dan uw sleutel, passkey of pas, of vraag uw contactpersoon om een toegangscode.
help-recovery-lost = Ik ben mijn herstelcode kwijt
    .detail = Kunt u nog inloggen met uw sleutel, telefoon of pas? Maak dan bij Mijn account een nieuwe herstelcode. De oude werkt dan niet meer. Kunt u niet meer inloggen, vraag dan uw contactpersoon om een toegangscode. Daarmee stelt u na uw wachtwoord iets nieuws in.
help-recovery-never = Ik heb nooit een herstelcode gekregen
    .detail = U krijgt hem in stap 3 als u de extra controle instelt. Heeft u die stap overgeslagen, maak dan bij Mijn account een herstelcode zodra u bent ingelogd.
help-recovery-seen = Iemand anders heeft mijn herstelcode gezien
    .detail = Log in en maak meteen een nieuwe herstelcode bij Mijn account. De oude werkt dan niet meer. Kent die persoon ook uw wachtwoord, kies dan een nieuw wachtwoord en vertel het uw contactpersoon.
help-remember-link = Wat onthoudt deze computer dan?
help-remember-title = Onthoud mijn gebruikersnaam
help-remember-lead = Deze computer vult dan de volgende keer uw gebruikersnaam in. Uw wachtwoord onthoudt hij niet. Het staat uit tot u het aanzet.
help-remember-own = Alleen ik gebruik deze computer
    .detail = Vink het vakje gerust aan en log in. De naam blijft alleen in deze browser staan.
help-remember-shared = Anderen gebruiken deze computer ook
    .detail = Laat het vakje leeg. Anders ziet de volgende uw gebruikersnaam staan.
help-remember-stop = Er staat een naam die weg moet
    .detail = Haal het vinkje weg en log één keer in. De browser vergeet de naam dan. U kunt ook de cookies van deze website verwijderen.
help-account = Ik heb nog geen account
    .detail = Vraag uw contactpersoon om een account voor u aan te maken. U krijgt dan een gebruikersnummer en een pincode. Daarmee kiest u een wachtwoord: kies op de inlogpagina 'Eerste keer hier, of wachtwoord vergeten'.

## Gebruikersbeheer en instellingen, voor contactpersonen

save = Opslaan
manage-title = Beheer van uw organisatie
manage-lead = U bent contactpersoon. Daarom kunt u hier uw collega's helpen.
manage-people = Gebruikersbeheer
manage-settings = Instellingen
confirm-manage-lead = U opent het beheer van uw organisatie. Gebruik daarom eerst nog een keer uw sleutel of passkey.
confirm-manage-card-lead = U opent het beheer van uw organisatie. Gebruik daarom eerst nog een keer uw pas en de pincode van uw pas.
people-title = Gebruikersbeheer
people-lead = Hier staan de accounts van uw organisatie. Kies een collega om te helpen.
people-search = Zoek een collega
people-search-hint = Typ het begin van een naam of van een e-mailadres.
people-search-button = Zoeken
people-all = Alle collega's
people-found = Gevonden collega's
people-nobody = Wij vinden niemand. Controleer hoe u de naam schrijft, of typ alleen het begin ervan.
people-pages = Bladeren door de collega's
people-previous = Vorige collega's
people-next = Volgende collega's
people-everybody = Toon alle collega's
back-to-people = Terug naar gebruikersbeheer
back-to-person = Nee, terug naar deze collega
to-person = Naar deze collega
authorisations = Autorisaties
authorisations-hint = Dit mag uw collega in de toepassingen van uw organisatie. Kies alleen wat uw collega voor het werk nodig heeft.
authorisations-title = Autorisaties veranderen
authorisations-lead = Wat u hier kiest, geldt meteen. Uw collega en alle contactpersonen krijgen er een e-mail over.
authorisations-none = Geen
person-role = Rol
role-main-contact = Hoofdcontactpersoon
role-contact = Contactpersoon
role-colleague = Collega
person-last = Het laatst ingelogd
person-never = Nog niet, of langer geleden dan wij bewaren
person-factors = Logt in met
person-no-factor = Alleen een wachtwoord. De extra controle is nog niet ingesteld.
person-blocked = Inloggen met wachtwoord is geblokkeerd
person-blocked-until = Er is te vaak een verkeerd wachtwoord ingevuld. { $moment } eindigt de blokkade vanzelf.
person-blocked-closed = Er is te vaak een verkeerd wachtwoord ingevuld. De blokkade eindigt niet vanzelf.
person-pin-blocked = De pincode van het account is geblokkeerd
    .detail = Er is te vaak een verkeerde pincode ingevuld. De blokkade eindigt niet vanzelf.
person-unblock-sure = Weet u zeker dat uw collega dit zelf was? Bel of spreek de collega eerst. Vraag nooit naar een wachtwoord of pincode.
person-unblock = Blokkade opheffen
person-change = Wat wilt u doen?
person-oneself = Wilt u iets anders aan uw eigen account veranderen? Vraag het een andere contactpersoon van uw organisatie.
person-name-wrong = De naam is niet veranderd
    .detail = Een naam heeft 1 tot 200 tekens. Vul de naam in en probeer het opnieuw.
person-name-field = Vul een naam in van 1 tot 200 tekens.
rename-title = Naam veranderen
rename-text = Doe dit als de naam verkeerd is geschreven of als uw collega anders is gaan heten. Een UZI-pas kan alleen worden gekoppeld als de naam op de pas past bij deze naam.
role-give = Contactpersoon maken
    .detail = Een contactpersoon kan collega's helpen, accounts beëindigen en de instellingen van uw organisatie veranderen. Er zijn er hoogstens drie.
    .yes = Ja, contactpersoon maken
role-give-post = { $name } heeft nog geen wachtwoord gekozen. De pincode uit de Berichtenbox werkt daarna niet meer. Een nieuwe pincode gaat per post, in een brief aan { $name }: { $address }.
role-take = Geen contactpersoon meer
    .detail = Deze collega kan daarna geen anderen meer helpen. Het account blijft bestaan.
    .yes = Ja, de rol weghalen
end-title = Account beëindigen
end-now = Doe dit als uw collega weggaat. Vanaf dat moment kan niemand meer inloggen met dit account. Uw collega wordt overal uitgelogd, en alle sleutels, passkeys en passen worden losgekoppeld.
end-address = Het e-mailadres is daarna weer vrij. Een account dat u later met dit adres maakt, is een nieuw account.
end-for-ever = U kunt dit niet ongedaan maken.
end-yes = Ja, account beëindigen
person-codes-blocked = Inloggen met codes is geblokkeerd
person-codes-until = Er is te vaak een verkeerde code ingevuld, bijvoorbeeld van een app of op papier. { $moment } eindigt de blokkade vanzelf.
person-codes-closed = Er is te vaak een verkeerde code ingevuld, bijvoorbeeld van een app of op papier. De blokkade eindigt niet vanzelf.
person-unblock-oneself = U kunt een blokkade van uzelf niet opheffen. Een andere contactpersoon van uw organisatie kan dat. Is die er niet? Bel dan de beheerder van de server.
person-number-masked = Een pincode van deze collega ligt in uw Berichtenbox, of u heeft er een bekeken. Daarom ziet u hier alleen het einde van het nummer.
person-waived = Extra controle staat tijdelijk uit
person-waived-until = Tot { $moment } logt deze collega in met alleen een wachtwoord.
add-title = Collega toevoegen
add-lead = Uw collega krijgt een gebruikersnummer en een pincode, en kiest daarmee zelf een wachtwoord.
add-name = Naam
add-name-hint = Voornaam en achternaam, zoals op een UZI-pas als uw collega die heeft.
add-email = E-mailadres
add-email-hint = Hiermee logt uw collega in. Gebruik een adres dat alleen uw collega leest.
add-email-wrong = Vul een heel e-mailadres in, zoals naam@praktijk.nl.
add-email-taken = Dit e-mailadres hoort al bij een account van uw organisatie. Vul een ander adres in, of zoek uw collega in Gebruikersbeheer.
add-role = Wat mag deze collega?
add-role-hint = Een collega regelt alleen het eigen account. Een contactpersoon helpt ook anderen in Gebruikersbeheer, en krijgt de pincode per post.
add-contact = Deze collega wordt contactpersoon
add-action = Collega toevoegen
add-wrong = Er is nog niemand toegevoegd
    .detail = Verbeter wat hieronder staat. Wat u heeft ingevuld, staat er nog.
added-title = De collega is toegevoegd
added-next = Zo gaat het verder
added-number = Wij mailen het gebruikersnummer naar { $address }. Geef het aan uw collega.
added-main-contact = het e-mailadres van de hoofdcontactpersoon
added-pin = De pincode ligt in uw Berichtenbox. Bekijk hem binnen { $pin_in_the_box }, en geef hem zelf aan uw collega.
added-post = De pincode gaat per post, in een brief aan uw collega. De brief wordt gedrukt en gaat op de post. Dat kan enkele werkdagen duren.
added-choose = Uw collega kiest op de inlogpagina bij ‘Eerste keer hier, of wachtwoord vergeten’ een wachtwoord, met het nummer en de pincode. Dat kan { $activation } lang.
added-apart = Stuur nummer en pincode nooit samen. Vraag uw collega nooit om de pincode hardop te zeggen.
added-to-inbox = Naar de Berichtenbox
number-title = Gebruikersnummer opnieuw mailen
number-lead = Wij mailen het gebruikersnummer naar { $address }. Geef het daarna aan uw collega.
number-not = Naar een ander adres gaat het niet. Kreeg u geen pincode van deze collega in uw Berichtenbox? Dan staat het nummer ook op de pagina van uw collega.
number-yes = Nummer opnieuw mailen
pin-title = Nieuwe pincode
pin-lead = De nieuwe pincode komt in uw Berichtenbox. Uw collega kiest daarmee, samen met het gebruikersnummer, een nieuw wachtwoord. De extra controle bij het inloggen verandert niet.
pin-old = De oude pincode werkt tot u de nieuwe bekijkt. U kunt één keer per dag een pincode laten maken. Uw collega krijgt er bericht van.
pin-yes = Nieuwe pincode maken
pin-made-title = De nieuwe pincode is gemaakt
pin-number = Het gebruikersnummer van uw collega is niet veranderd. Is het kwijt? Laat het dan opnieuw mailen.
pin-choose = Uw collega kiest op de inlogpagina bij ‘Eerste keer hier, of wachtwoord vergeten’ een nieuw wachtwoord, met het nummer en de pincode.
pin-post-lead = De nieuwe pincode gaat per post, in een brief aan { $name }: { $address }. Daarmee, en met het gebruikersnummer, wordt een nieuw wachtwoord gekozen. De extra controle bij het inloggen verandert niet.
pin-post-old = De oude pincode werkt tot de brief op de post gaat. U kunt één keer per dag een pincode laten maken. Uw collega krijgt er bericht van.
pin-post-yes = Brief laten maken
pin-post-made = De brief wordt gedrukt en gaat op de post. Dat kan enkele werkdagen duren.
pin-post-give = Komt de brief bij u binnen? Geef hem dan ongeopend aan uw collega. De pincode moet binnen { $pin_by_post } worden gebruikt.
waiver-title = Extra controle tijdelijk uitzetten
waiver-lead = Doe dit alleen als uw collega alles kwijt is waarmee die inlogt. Uw collega komt er dan in met alleen een wachtwoord, en ieder ander die dat wachtwoord kent ook.
waiver-sure = Bel of spreek de collega eerst. Het duurt zo lang als u kiest, ook als de extra controle intussen weer voor iedereen verplicht wordt. Het kan één keer in { $waiver_again }. Uw collega en alle contactpersonen krijgen er bericht van.
waiver-days = Voor hoeveel dagen?
waiver-days-hint = Van 1 tot { $waiver }.
waiver-days-wrong = Vul een heel aantal dagen in, hoogstens { $waiver }.
waiver-reason = Waarom?
waiver-reason-hint = In een paar woorden, zonder iets over iemands gezondheid. De reden staat in het bericht.
waiver-reason-wrong = Vul een reden in van 1 tot 200 tekens.
waiver-yes = Tijdelijk uitzetten
waiver-wrong = Er is niets veranderd
    .detail = Verbeter wat hieronder staat. Wat u heeft ingevuld, staat er nog.
waiver-next = Voor deze collega is het al een keer gedaan. Het kan weer vanaf { $moment }.
waiver-to-unforce = Naar Instellingen: extra controle tijdelijk niet verplicht
waiver-end = Weer aanzetten
notice-number-sent = Het gebruikersnummer wordt gemaild.
notice-waived = De extra controle staat uit tot de dag die u koos.
notice-waiver-ended = De extra controle staat weer aan. Uw collega is overal uitgelogd.
notice-no-waiver = De extra controle stond al aan. U hoeft niets te doen.
error-pin-too-soon = Er is vandaag al een pincode gemaakt
    .detail = Voor iedere collega kan één keer per dag een pincode worden gemaakt. Die van vandaag ligt in de Berichtenbox van een contactpersoon, of gaat per post. Werkt die niet, laat dan morgen een nieuwe maken.
error-post-not-set = Er kan geen brief worden gemaakt
    .detail = De pincode van een contactpersoon gaat per post, en deze server heeft nog geen drukker. Er is niets veranderd. Bel de beheerder: die stelt dat in.
error-no-postal-address = Het postadres van uw organisatie is niet bekend
    .detail = De pincode van een contactpersoon gaat per post naar het postadres van uw organisatie. Er is niets veranderd. Bel de beheerder: die legt het adres vast.
error-not-printable = De naam of het adres kan niet worden gedrukt
    .detail = Er staan tekens in die niet op een brief passen. Er is niets veranderd. Verander de naam van uw collega in letters die op een envelop kunnen staan, of bel de beheerder.
error-no-such-authorisation = Deze autorisatie is er niet meer
    .detail = Er is niets opgeslagen. De beheerder heeft de lijst veranderd. Open de pagina opnieuw en kies nog een keer.
error-authorisations-changed = De autorisaties zijn intussen veranderd
    .detail = Uw keuze is niet opgeslagen. Iemand anders heeft de autorisaties van deze collega net veranderd. U ziet nu wat er geldt. Kijk dat na en kies opnieuw.
error-number-too-soon = Het nummer is net al gemaild
    .detail = Er is niets verstuurd. Kijk of de mail is aangekomen, ook bij ongewenste mail. Na { $number_again } kunt u het nummer weer laten mailen.
error-waiver-contact-person = Een contactpersoon gebruikt altijd de extra controle
    .detail = Bij een contactpersoon kan zij niet uit. Is die alles kwijt? Bel dan de beheerder van de server.
error-waiver-forced = De extra controle is verplicht
    .detail = Zolang zij voor iedereen verplicht is, kan zij voor niemand uit. Maak haar eerst tijdelijk niet verplicht, bij Instellingen. Alle contactpersonen krijgen daar bericht van.
error-waiver-short-password = Het wachtwoord van deze collega is te kort om alleen mee in te loggen
    .detail = Het is gekozen voor naast een extra controle. Geef een toegangscode: daarmee stelt uw collega meteen iets nieuws in. Of maak een nieuwe pincode, waarmee uw collega eerst een langer wachtwoord kiest.
error-waiver-no-factor = Er is niets om uit te zetten
    .detail = Deze collega heeft nog geen extra controle ingesteld, en kan dat doen na het wachtwoord. U hoeft niets te doen.
error-waiver-too-soon = Dit kan één keer in { $waiver_again }
    .detail = Voor deze collega is de extra controle in de afgelopen { $waiver_again } al een keer uitgezet. Geef een toegangscode: daarmee stelt uw collega meteen iets nieuws in.
access-title = Toegangscode geven
access-lead = Doe dit als uw collega alles kwijt is waarmee die inlogt. Met zijn of haar wachtwoord en de code stelt uw collega één keer iets nieuws in. Wat er was, werkt vanaf dan niet meer.
access-sure = Ga eerst na of het echt uw collega is die erom vraagt. Spreek de collega zelf, of bel een nummer dat u al kent.
access-told = De code werkt één keer, { $access_code } lang. Uw collega en alle contactpersonen krijgen er bericht van.
access-replaces = Er is al een toegangscode. Die werkt niet meer zodra u een nieuwe maakt.
access-yes = Toegangscode maken
access-given = Toegangscode
access-until = De code werkt één keer, tot { $moment }.
access-once = U ziet deze code alleen nu. Is hij kwijt, maak dan een nieuwe.
access-hand = Geef de code zelf
    .how = Geef hem op papier, of lees hem voor aan uw collega als u die spreekt. Stuur hem niet per e-mail of chat.
access-steps = Dit doet uw collega
    .log-in = Inloggen met gebruikersnaam en wachtwoord.
    .choose = ‘Andere manier’ kiezen, en dan ‘Ik heb een toegangscode van mijn contactpersoon’.
    .set-up = De code invullen, en binnen { $set_up_anew } iets nieuws instellen in die browser.
access-back = Terug naar deze collega
access-end = Code terugnemen
notice-access-ended = De toegangscode werkt niet meer. Uw collega krijgt er bericht van.
notice-no-access = Er was geen toegangscode meer. U hoeft niets te doen.
person-access = Er is een toegangscode
person-access-until = Uw collega kan er één keer iets nieuws mee instellen, tot { $moment }.
error-access-not-needed = Er is geen toegangscode nodig
    .detail = Deze collega heeft nog geen extra controle. Na het wachtwoord komt uw collega vanzelf in de stappen om die in te stellen.
error-access-waived = De extra controle staat nu uit
    .detail = Deze collega logt nu in met alleen een wachtwoord, en er wordt niet om een code gevraagd. Zet de extra controle eerst weer aan.
settings-title = Instellingen: Algemeen
settings-lead = Wat u hier kiest, geldt voor iedereen van uw organisatie.
settings-force-title = Extra controle bij het inloggen
settings-force-contacts = Contactpersonen
settings-force-colleagues = Andere collega's
settings-force-always = Altijd verplicht
settings-force-yes = Verplicht
settings-force-not-now = Nu even niet verplicht
settings-forced = De extra controle (tweefactorauthenticatie) is verplicht. Wie er nog geen heeft, stelt die bij het inloggen eerst in.
settings-unforced = De extra controle is niet verplicht tot { $moment }. Daarna is zij vanzelf weer verplicht. Voor contactpersonen is zij altijd verplicht.
settings-force-now = Nu weer verplicht maken
settings-kinds = Manieren om in te loggen
settings-kinds-hint = Welke mogen uw collega's toevoegen? Wie een andere manier al heeft, houdt die.
settings-kinds-wrong = Kies in elk geval een beveiligingssleutel, passkey of UZI-pas: alleen daarmee beheert een contactpersoon de collega’s.
settings-types = UZI-passen
settings-types-hint = Met welke passen van uw organisatie mag iemand inloggen? Wat u weghaalt, werkt meteen niet meer.
settings-types-wrong = Kies minstens één soort pas. Wilt u dat niemand meer een pas koppelt, haal dan hierboven UZI-pas weg.
settings-type-z = Zorgverlenerpas
settings-type-n = Medewerkerpas op naam
settings-roles = Rollen op de zorgverlenerpas
settings-roles-hint = Alleen deze rolcodes, met een komma ertussen. Bijvoorbeeld 01.015 (huisarts) of 01.* (alle artsen). Leeg: alle rollen die de server toelaat.
settings-roles-wrong = Schrijf elke rol als 01.015 of 01.*, met een komma ertussen.
settings-block-title = Blokkade na verkeerde wachtwoorden
settings-block = Duur van de eerste blokkade, in minuten
settings-block-hint = Elke volgende blokkade duurt twee keer zo lang, tot een dag; duurt de eerste al langer, dan duren ze allemaal even lang. 0: de blokkade eindigt niet vanzelf. Leeg: { $minutes } minuten, zoals op deze server is ingesteld.
settings-block-hint-never = Elke volgende blokkade duurt twee keer zo lang, tot een dag; duurt de eerste al langer, dan duren ze allemaal even lang. 0: de blokkade eindigt niet vanzelf. Leeg: zoals op deze server is ingesteld, en daar eindigt zij niet vanzelf.
settings-beside = Sms, telefoon en e-mail ook voor wie een sleutel, passkey of UZI-pas heeft
settings-beside-hint = Wat verstuurd wordt, kan een ander onderscheppen of u aftroggelen; een sleutel niet. Wie iets sterks heeft, krijgt daarom geen code per sms of telefoon en geen link per e-mail. Zet u dit aan, dan kan dat wel. Een code uit een app kan altijd; wie anders een sleutel gebruikt, krijgt daar bericht van.
settings-grace = Dagen uitstel voor een nieuwe collega
settings-grace-hint = Zo lang mag een nieuwe collega na het activeren verder met alleen een wachtwoord. Daarna moet de extra controle zijn ingesteld. Voor contactpersonen is er geen uitstel. Vul 0 in voor niemand. Zijn de dagen van een collega voorbij? Dan helpt een groter aantal niet: de collega stelt de extra controle eerst in.
settings-grace-wrong = Vul een heel aantal dagen in van 0 tot en met 90.
settings-block-wrong = Vul een heel aantal minuten in van 0 tot 43200 (30 dagen), of laat het veld leeg.
settings-not-saved = De instellingen zijn niet opgeslagen
    .detail = Een van de velden klopt nog niet. Verander het en probeer het opnieuw. Wat u invulde staat er nog.
settings-registered = Gegevens van uw organisatie
settings-email = E-mailadres
settings-address = Postadres
settings-not-recorded = Nog niet vastgelegd
settings-registered-text = Alleen de beheerder van de server verandert deze gegevens, en vergelijkt ze met het handelsregister. Klopt er iets niet, bel dan de beheerder.
unforce-title = Extra controle tijdelijk niet verplicht
unforce-lead = Doe dit alleen als het echt niet anders kan. Wie alleen een wachtwoord heeft, komt er dan ook met dat wachtwoord in.
unforce-who = Het geldt alleen voor collega's die nog geen extra controle hebben. Wie er een heeft, gebruikt die altijd. Voor contactpersonen blijft zij verplicht.
unforce-end = Na de tijd die u kiest is de extra controle vanzelf weer verplicht.
unforce-hours = Voor hoeveel uur?
unforce-hours-hint = Van 1 tot { $not_forced }.
unforce-hours-wrong = Vul een heel aantal uren in, hoogstens { $not_forced }.
unforce-yes = Tijdelijk niet verplicht maken
unforce-wrong = Er is niets veranderd
    .detail = Het aantal uren klopt niet. Vul een heel getal in, hoogstens { $not_forced }, en probeer het opnieuw.
skip-title = Nu nog niet
skip-lead = Tot { $moment } mag u verder met alleen uw wachtwoord. { $days ->
    [one] Dat is nog 1 dag.
   *[other] Dat zijn nog { $days } dagen.
} Daarna kunt u niet meer zonder extra controle.
skip-now = Verder zonder extra controle
notice-unblocked = De blokkade is opgeheven. Uw collega kan meteen weer inloggen.
notice-not-blocked = Dit account was niet meer geblokkeerd. Uw collega kan inloggen.
notice-renamed = De naam is veranderd.
notice-authorisations = De autorisaties zijn veranderd. Uw collega krijgt er een e-mail over.
notice-authorisations-same = De autorisaties zijn gelijk gebleven.
notice-role-changed = De rol is veranderd.
notice-account-ended = Het account is beëindigd. Niemand kan er meer mee inloggen.
notice-settings-saved = De instellingen zijn opgeslagen en gelden meteen.
notice-unforced = De extra controle is nu tijdelijk niet verplicht.
notice-forced = De extra controle is weer verplicht.
error-contact-person-only = Deze pagina is voor contactpersonen
    .detail = Er is niets veranderd. Vraag uw contactpersoon om hulp. Dat is de collega die de accounts van uw organisatie beheert.
error-no-such-colleague = Wij vinden deze collega niet
    .detail = Misschien is het account beëindigd. Ga naar Gebruikersbeheer en zoek de collega op.
error-not-for-oneself = Dit doet niemand voor zichzelf
    .detail = Vraag een andere contactpersoon van uw organisatie om dit voor u te doen.
error-main-contact-person = Dit is de hoofdcontactpersoon
    .detail = Alleen de beheerder van de server wijst een andere hoofdcontactpersoon aan. Bel de beheerder; daarna kunt u dit hier doen.
error-last-contact-person = Dit is de enige contactpersoon
    .detail = Er is niets veranderd. Maak eerst een andere collega contactpersoon.
error-enough-contact-persons = Er zijn al drie contactpersonen
    .detail = Er is niets veranderd. Haal eerst bij een van hen de rol weg.

## Tijd

day-and-time = { $day } { $month ->
    [1] januari
    [2] februari
    [3] maart
    [4] april
    [5] mei
    [6] juni
    [7] juli
    [8] augustus
    [9] september
    [10] oktober
    [11] november
   *[12] december
  } { $year } om { $time }
day = { $day } { $month ->
    [1] januari
    [2] februari
    [3] maart
    [4] april
    [5] mei
    [6] juni
    [7] juli
    [8] augustus
    [9] september
    [10] oktober
    [11] november
   *[12] december
  } { $year }

at-time = Om { $time }
at-day = Op { $moment }

## Fouten: wat er gebeurde, wat dat betekent, en de volgende stap

error-not-found = Deze pagina bestaat niet
    .detail = Misschien is het adres verkeerd getypt, of is de pagina verplaatst. Ga terug naar het begin en kies daar waar u heen wilt.
    .program-title = Dit adres bestaat niet in de API
    .program = Er is niets veranderd. Het programma dat u gebruikt, vraagt om iets wat deze server niet heeft. Werk het bij of meld dit aan de maker ervan.
error-method = Zo kunt u deze pagina niet openen
    .detail = Ga terug naar het begin en kies daar waar u heen wilt.
    .program-title = De API kent deze methode hier niet
    .program = Er is niets veranderd. Het programma dat u gebruikt, vraagt dit anders dan de API het verwacht. Werk het bij of meld dit aan de maker ervan.
error-stale-form = Deze pagina is te lang open geweest
    .detail = Uw gegevens zijn niet verstuurd. Laad de pagina opnieuw en vul haar nog een keer in.
error-foreign-origin = Dit verzoek kwam van een andere website
    .detail = Daarom is er niets gedaan. Open Sleutelbos zelf in uw browser en probeer het daar opnieuw.
error-too-large = U heeft te veel gegevens verstuurd
    .detail = Er is niets opgeslagen. Maak de tekst korter en probeer het opnieuw.
error-bad-request = Wij begrijpen dit verzoek niet
    .detail = Er is niets veranderd. Laad de pagina opnieuw en probeer het nog een keer.
    .program = Er is niets veranderd. Het programma dat u gebruikt, vraagt dit anders dan de API het verwacht. Werk het bij of meld dit aan de maker ervan.
error-misdirected = Dit is niet het adres van deze server
    .detail = Uw browser vroeg om een andere website, en die staat niet op deze server. Open de pagina met het adres dat u van uw organisatie kreeg. Is dat het adres dat u gebruikte, vertel het dan aan uw beheerder: de proxy ervoor moet de kop Host doorgeven.
error-late = Dit duurde te lang
    .detail = De server kreeg het verzoek niet op tijd binnen. Controleer uw internetverbinding en probeer het opnieuw.
error-busy = Het is nu erg druk
    .detail = Uw gegevens zijn niet gecontroleerd en de poging telt niet mee. Probeer het over { $retry_after ->
        [one] 1 seconde
       *[other] { $retry_after } seconden
    } opnieuw.
error-unavailable = De server kan nu niet bij zijn gegevens
    .detail = Er is niets veranderd. Probeer het over { $retry_after ->
        [one] 1 seconde
       *[other] { $retry_after } seconden
    } opnieuw; blijft het zo, bel dan uw beheerder.
error-too-many = Er wordt nu te vaak achter elkaar ingelogd
    .detail = Er kwamen in korte tijd veel pogingen, misschien van anderen op dezelfde plek. Uw gegevens zijn niet gecontroleerd en deze poging telt niet mee. Wacht { $retry_after ->
        [one] 1 seconde
       *[other] { $retry_after } seconden
    } en probeer het dan opnieuw.
error-internal = Dit is door ons niet goed gegaan
    .detail = Wat u deed is niet opgeslagen. Probeer het over een paar minuten opnieuw. Blijft dit gebeuren, bel dan uw helpdesk en noem het kenmerk hieronder.
error-wrong-password = Uw gebruikersnaam of wachtwoord klopt niet
    .detail = U bent niet ingelogd. Let op hoofdletters en kleine letters: die tellen mee. Na een paar verkeerde pogingen is inloggen met wachtwoord een tijd geblokkeerd.
error-password-blocked = Inloggen met wachtwoord is geblokkeerd
    .detail = Er is te vaak achter elkaar een verkeerd wachtwoord ingevuld. { $blocked_until } kunt u het weer proberen.
error-password-closed = Inloggen met wachtwoord is geblokkeerd
    .detail = Er is te vaak een verkeerd wachtwoord ingevuld. Log in met uw UZI-pas, passkey of sleutel met pincode. Heeft u die niet, vraag dan uw contactpersoon om de blokkade op te heffen.
error-wrong-code = De code klopt niet
    .detail = U bent nog niet ingelogd. U kunt het nog { $left ->
        [one] 1 keer
       *[other] { $left } keer
    } proberen. Daarna begint u opnieuw met inloggen.
error-codes-wrong = De code klopte te vaak niet
    .detail = Daarom is deze inlog gestopt. U bent niet ingelogd. Begin opnieuw, of log in met uw UZI-pas of passkey.
error-tries-over = De code klopte te vaak niet
    .detail = Er is niets veranderd en u bent nog ingelogd. Kies een andere manier, of log opnieuw in en probeer het dan nog eens.
error-code-paused = Inloggen met deze code is gepauzeerd
    .detail = Er is te vaak achter elkaar een verkeerde code ingevuld. { $blocked_until } kunt u het weer proberen.
error-code-closed = Inloggen met deze code is geblokkeerd
    .detail = Er is te vaak een verkeerde code ingevuld. De code werkt weer nadat u met uw UZI-pas, passkey of beveiligingssleutel heeft ingelogd, of nadat uw contactpersoon de blokkade heeft opgeheven.
error-codes-stopped = Inloggen met codes is voor vandaag gestopt
    .detail = Er zijn in 24 uur te veel verkeerde codes ingevuld. Daarom kijken wij nu naar geen enkele code. { $blocked_until } kunt u het weer proberen.
error-no-bearer = Het programma dat u gebruikt, gaf niet aan om welke inlogpoging het gaat
    .detail = U bent niet ingelogd. Begin opnieuw met inloggen. Helpt dat niet, werk het programma dan bij of meld dit aan de maker ervan.
error-login-expired = U heeft te lang gewacht
    .detail = U bent nog niet ingelogd. Begin opnieuw met inloggen.
error-code-invalid = Deze inlogcode werkt niet
    .detail = U bent niet ingelogd. Een inlogcode werkt één keer, binnen { $login_code }, en alleen in het programma dat het inloggen begon. Begin opnieuw met inloggen.
error-log-in-first = U bent niet meer ingelogd
    .detail = Log opnieuw in om verder te gaan.
error-no-such-choice = Deze organisatie kunt u nu niet kiezen
    .detail = U bent daar niet aangemeld. Kies een van de organisaties die op de pagina staan, of begin opnieuw met inloggen.
error-way-not-offered = U heeft iets veiligers om mee in te loggen
    .detail = Er is niet naar de code gekeken. Gebruik uw sleutel, passkey, UZI-pas of app. Bent u die kwijt? Gebruik dan uw herstelcode, of vraag uw contactpersoon om hulp.
error-enrol-first = Stel eerst de extra controle in
    .detail = Uw account heeft nog geen extra controle bij het inloggen. Stel die nu in: daarna gaat u verder.
error-not-recognised = Wij kennen deze sleutel of passkey niet
    .detail = Er is niets veranderd. Gebruik de sleutel die u bij dit account heeft toegevoegd, of kies een andere manier.
error-user-verification-missing = Uw sleutel heeft uw pincode niet gevraagd
    .detail = Voor deze manier van inloggen is een pincode van uw sleutel nodig. Open de instellingen van uw computer of browser, kies Beveiligingssleutels en stel een pincode in. Of kies een andere manier.
error-user-presence-missing = Uw sleutel is niet aangeraakt
    .detail = Er is niets veranderd. Probeer het opnieuw, en raak uw sleutel aan als hij knippert of volg de vraag van uw browser.
error-key-other-site = Uw sleutel gaf antwoord voor een andere website
    .detail = Er is niets veranderd. Open Sleutelbos op het adres dat u van uw organisatie kreeg, en probeer het daar opnieuw.
error-key-other-address = De vraag aan uw sleutel kwam van een ander adres
    .detail = Er is niets veranderd. Misschien doet een andere website zich voor als deze. Sluit de pagina, open Sleutelbos op het adres dat u van uw organisatie kreeg, en vertel het aan uw contactpersoon.
error-key-flags = Uw sleutel spreekt zichzelf tegen
    .detail = Er is niets veranderd. Uw sleutel zegt dat er een kopie van hem is, en ook dat hij niet te kopiëren is. Werk uw browser en uw computer bij en probeer het opnieuw, of gebruik een andere sleutel.
error-key-changed = Uw sleutel is niet meer zoals u hem heeft toegevoegd
    .detail = Er is niets veranderd. Uw sleutel zegt nu iets anders over kopiëren dan toen u hem toevoegde. Log in op een andere manier, verwijder deze sleutel bij Mijn account en voeg hem opnieuw toe. Heeft u geen andere manier, vraag dan uw contactpersoon om hulp.
error-key-signature = Het antwoord van uw sleutel klopt niet
    .detail = Er is niets veranderd. Haal uw sleutel uit de computer, steek hem er weer in en probeer het opnieuw. Blijft dit gebeuren, kies dan een andere manier en voeg deze sleutel daarna opnieuw toe.
error-key-refused = Wij kunnen deze sleutel niet gebruiken
    .detail = Er is niets veranderd. Probeer het opnieuw, of gebruik een andere sleutel.
error-key-known = Deze sleutel staat al bij een account
    .detail = Er is niets veranderd. Gebruik een andere sleutel.
error-key-copied = Deze sleutel lijkt gekopieerd
    .detail = Daarom telt hij niet meer mee. Log in op een andere manier, verwijder deze sleutel bij Mijn account en vertel het aan uw contactpersoon. Heeft u geen andere manier, vraag dan uw contactpersoon om hulp.
error-keys-switched-off = Uw sleutel is uitgeschakeld
    .detail = Hij lijkt gekopieerd, en u heeft geen andere manier om veilig in te loggen. Stel met uw herstelcode iets nieuws in. Heeft u die niet, vraag dan uw contactpersoon om een toegangscode: daarmee kan het ook. Bent u zelf contactpersoon, vraag dan een andere contactpersoon, of bel de beheerder van dit systeem.
error-last-factor = Dit is uw enige manier om veilig in te loggen
    .detail = Daarom is het niet verwijderd. Voeg eerst een andere sleutel, passkey of pas toe. Gebruik die één keer. Daarna kunt u deze verwijderen.
error-bad-name = Deze naam kan niet
    .detail = Een naam heeft 1 tot 60 tekens. Kies een andere naam en probeer het opnieuw.
error-challenge-gone = De vraag is niet meer geldig
    .detail = U was te laat, of er stond nog een pagina open. Er is niets veranderd. Probeer het opnieuw.
error-card-refused = De UZI-pas is niet geaccepteerd
    .detail = Controleer of de pas geldig is en probeer het opnieuw.
error-card-not-linked = Deze UZI-pas hoort nog niet bij een account
    .detail = U bent niet ingelogd. Log in met uw gebruikersnaam en uw sleutel of passkey, en koppel daarna uw pas bij Mijn account.
error-card-of-another = Deze UZI-pas is van iemand anders
    .detail = U bent er niet mee ingelogd. Gebruik uw eigen pas, of begin opnieuw met inloggen.
error-not-fresh = Bevestig eerst dat u het bent
    .detail = Dit kan alleen kort nadat u uw sleutel, passkey of pas heeft gebruikt. Gebruik hem nog een keer en probeer het opnieuw.
error-password-again = Vul eerst uw wachtwoord nog een keer in
    .detail = U kunt dit alleen toevoegen kort nadat u uw wachtwoord heeft ingevuld. Er is niets veranderd.
error-only-first = Log eerst in met uw nieuwe sleutel of passkey
    .detail = U heeft er al een toegevoegd. Log opnieuw in met uw wachtwoord en uw sleutel of passkey. Daarna kunt u meer toevoegen.
error-kind-not-allowed = Uw organisatie staat dit niet toe
    .detail = Er is niets veranderd. Kies een andere manier om in te loggen, of vraag uw contactpersoon waarom dit niet kan.
error-no-such-factor = Deze manier van inloggen staat niet meer bij uw account
    .detail = Misschien is zij al verwijderd. Ga terug naar uw account om te zien wat u heeft.
error-card-type = Met deze UZI-pas kan niemand inloggen
    .detail = De pas is niet gekoppeld. Alleen een zorgverlenerpas of een medewerkerpas op naam kunt u koppelen.
error-card-no-subscriber = Van uw organisatie is nog geen abonneenummer (URA) bekend
    .detail = De pas is niet gekoppeld. Vraag uw contactpersoon om het abonneenummer van uw organisatie te laten opnemen.
error-card-other-subscriber = Deze UZI-pas hoort bij een andere organisatie
    .detail = De pas is niet gekoppeld. Gebruik de pas die u van deze organisatie kreeg, of vraag uw contactpersoon om hulp.
error-card-other-name = Op deze UZI-pas staat een andere naam
    .detail = De pas is niet gekoppeld. Gebruik uw eigen pas. Is uw naam veranderd, vraag dan uw contactpersoon om de naam van uw account aan te passen.
error-card-other-first-name = Op deze UZI-pas staat een andere voornaam
    .detail = De pas is niet gekoppeld. Gebruik uw eigen pas. Is dit uw pas, en gebruikt u een andere voornaam, vraag dan uw contactpersoon om hulp: de beheerder kan de pas koppelen.
error-card-new-name = De naam van dit account is kort geleden veranderd
    .detail = De pas is niet gekoppeld. Op een nieuwe naam wordt pas na { $anchor } een pas gekoppeld. Heeft u een sleutel of passkey? Log daarmee in en koppel de pas bij Mijn account. Anders wacht u, of vraagt u uw contactpersoon om hulp.
error-card-other-number = U heeft al een andere UZI-pas
    .detail = De pas is niet gekoppeld: het UZI-nummer is een ander dan dat van uw pas. Een nieuwe pas met hetzelfde nummer werkt meteen, zonder koppelen. Is uw nummer veranderd, zorg dan dat u een sleutel of passkey heeft, verwijder de oude pas bij Mijn account, en koppel daarna deze.
error-card-taken = Deze UZI-pas hoort al bij een account
    .detail = De pas is niet opnieuw gekoppeld. Log uit en log in met de pas, of vraag uw contactpersoon om hulp.

## Gebruikersnummer, pincode en wachtwoord kiezen

number-hint = 14 cijfers. U kreeg het van uw contactpersoon. Spaties en streepjes mogen.
number-empty = Vul uw gebruikersnummer in.
number-letters = Een gebruikersnummer bestaat alleen uit cijfers. Haal de andere tekens weg.
number-length = Een gebruikersnummer heeft 14 cijfers. U typte er { $digits }.
number-check = Er staat een cijfer verkeerd, of twee cijfers zijn verwisseld. Vergelijk uw gebruikersnummer met wat u kreeg.
number-masked = U krijgt de pincode. Daarom ziet u hier niet het hele nummer.
account-pin = Pincode van uw account
pin-hint = 8 letters en cijfers. Let op hoofdletters en kleine letters. Dit is niet de pincode van uw pas of sleutel.
pin-length = Een pincode van uw account heeft 8 letters en cijfers. Vul ze allemaal in.
pin-character = Er staat een teken in dat in geen pincode voorkomt. De cijfers 0 en 1 en de letters O, I en l komen bijvoorbeeld niet voor.
new-password = Nieuw wachtwoord
new-password-hint = Minstens { $alone } tekens. Een paar woorden achter elkaar is een goed wachtwoord.{ $differ ->
    [yes] {" "}Bent u contactpersoon, of geldt de extra controle bij u vanaf de eerste dag? Dan is { $beside } tekens genoeg.
   *[no] {""}
}
password-again = Nieuw wachtwoord, nog een keer
password-short-any = Dit wachtwoord is te kort. Kies er een van minstens { $alone } tekens.{ $differ ->
    [yes] {" "}Bent u contactpersoon, of geldt de extra controle bij u vanaf de eerste dag? Dan is { $beside } tekens genoeg.
   *[no] {""}
}
password-short = Dit wachtwoord is te kort. Kies er een van minstens { $least } tekens.
password-long = Dit wachtwoord is te lang. Kies er een van hoogstens { $most } tekens.
password-common = Veel mensen gebruiken dit wachtwoord, dus het is snel geraden. Kies een ander.
password-context = Dit wachtwoord lijkt te veel op uw naam, uw organisatie of een bekend woord. Kies andere woorden.
card-pin-title = UZI-pas koppelen met gebruikersnummer en pincode
card-pin-lead = Heeft u nog niets om mee in te loggen, maar wel een UZI-pas? Koppel hem dan hier. Daarna logt u in met uw pas en de pincode van uw pas.
card-pin-action = Verder naar de pas
card-pin-link = Mijn UZI-pas koppelen met gebruikersnummer en pincode
card-pin-incomplete = Er is nog niets gekoppeld
    .detail = Er is nog iets niet goed ingevuld. Dit telt niet als poging. Verbeter het en vul de pincode opnieuw in.
card-pin-wrong = Uw gebruikersnummer en pincode horen niet bij elkaar
    .detail = Er is geen pas gekoppeld. Let op hoofdletters en kleine letters. Een pincode werkt ook niet meer als u er al een pas mee koppelde, als er een nieuwe is of als hij te oud is. Na een paar verkeerde pogingen is uw pincode geblokkeerd. Vraag uw contactpersoon dan om een nieuwe.
error-pin-adds-nothing = Uw account heeft al een manier om in te loggen
    .detail = Met een pincode komt daar geen pas bij. Log in zoals u dat eerder deed, en koppel uw pas bij Mijn account. Bent u alles kwijt waarmee u inlogt? Vraag uw contactpersoon om een toegangscode.
activate-title = Wachtwoord kiezen
activate-lead = Heeft u een nieuw account, of bent u uw wachtwoord vergeten? Kies hier een wachtwoord met uw gebruikersnummer en uw pincode.
activate-action = Wachtwoord opslaan
activate-incomplete = Uw wachtwoord is nog niet opgeslagen
    .detail = Er is nog iets niet goed ingevuld. Dit telt niet als poging. Verbeter het en vul de pincode en het wachtwoord opnieuw in.
activate-password-empty = Vul een nieuw wachtwoord in.
activate-again-differs = Dit is niet hetzelfde wachtwoord. Vul twee keer hetzelfde in.
activate-wrong-field = Controleer uw gebruikersnummer en pincode.
activate-missing = Heeft u geen gebruikersnummer of pincode?
    .detail = Uw gebruikersnummer krijgt u van uw contactpersoon. Bent u uw pincode kwijt, kies dan hieronder Pincode vergeten. Een pincode noemt u nooit aan de telefoon, ook niet aan een helpdesk.
error-wrong-pin = Uw gebruikersnummer en pincode horen niet bij elkaar
    .detail = Uw wachtwoord is niet opgeslagen. Let op hoofdletters en kleine letters. Een pincode werkt ook niet meer als u hem al heeft gebruikt, als er een nieuwe is of als hij te oud is. Na een paar verkeerde pogingen is uw pincode geblokkeerd. Vraag uw contactpersoon dan om een nieuwe.
error-pin-blocked = Uw pincode is geblokkeerd
    .detail = Er is te vaak achter elkaar een verkeerde pincode ingevuld. Uw wachtwoord is niet opgeslagen. Vraag uw contactpersoon om de blokkade op te heffen of een nieuwe pincode voor u te maken.
notice-password-chosen = Uw nieuwe wachtwoord is opgeslagen. U bent overal uitgelogd. Log nu in met het nieuwe wachtwoord.

## Berichtenbox

inbox = Berichtenbox
inbox-unread = Berichtenbox ({ $count } nieuw)
inbox-lead = Berichten blijven hier { $messages } staan.
inbox-empty = U heeft geen berichten.
inbox-new = Nieuw
inbox-waits = Pincode nog niet bekeken
inbox-newer = Nieuwere berichten
inbox-older = Oudere berichten
back-to-inbox = Terug naar de Berichtenbox
confirm-inbox-lead = U wilt een pincode bekijken. Gebruik daarom eerst nog een keer uw sleutel of passkey.
confirm-inbox-card-lead = U wilt een pincode bekijken. Gebruik daarom eerst nog een keer uw pas en de pincode van uw pas.
secret-waits = U kunt de pincode één keer bekijken, tot { $date }. Zorg dat u hem meteen kunt doorgeven. Een oudere pincode werkt daarna niet meer.
secret-show = Pincode bekijken
secret-now = U ziet deze pincode maar één keer. Print hem of schrijf hem over voordat u deze pagina sluit.
secret-hand-over = Geef de pincode zelf aan uw collega, op papier. Zeg hem niet aan de telefoon en zet hem niet in een e-mail.
secret-gone = De pincode is er niet meer.
    .detail = Hij is al bekeken, of het was te lang geleden. Heeft uw collega een pincode nodig, laat er dan een nieuwe maken. Dat kan één keer per dag.
message-colleague-pin = Pincode voor { $name }
    .detail = Met deze pincode en het gebruikersnummer kiest { $name } een wachtwoord.
message-pin-made = Nieuwe pincode voor { $name }
    .detail = { $by } heeft een pincode laten maken voor { $name }. U hoeft niets te doen.
message-pin-by-post = Pincode voor { $name } gaat per post
    .detail = { $by } heeft { $name } contactpersoon gemaakt. { $name } had nog geen wachtwoord gekozen. De pincode uit de Berichtenbox werkt daarom niet meer. Er gaat een brief met een nieuwe pincode naar uw organisatie. Geef die ongeopend aan { $name }.
message-pin-lapsed = Pincode voor { $name } is verlopen
    .detail = Niemand heeft de pincode binnen { $pin_in_the_box } bekeken. Daarom werkt hij niet meer. Heeft { $name } nog een pincode nodig, laat er dan een nieuwe maken.
message-letter-lapsed = Pincode in de brief voor { $name } is verlopen
    .detail = Niemand heeft de pincode in de brief binnen { $pin_by_post } gebruikt. Daarom werkt hij niet meer. Heeft { $name } nog een pincode nodig, laat dan een nieuwe brief maken. Is { $name } uzelf, vraag het dan een andere contactpersoon of de beheerder.
message-request-lapsed = Account van { $name } is niet geactiveerd
    .detail = { $name } heeft binnen { $activation } geen wachtwoord gekozen. De pincode werkt daarom niet meer. Is het account nog nodig, laat dan een nieuwe pincode maken. Dan heeft { $name } weer { $activation }.
message-pin-opened = Er is een pincode voor u gemaakt
    .detail = { $name } heeft een pincode voor uw account bekeken en geeft u die. Een oudere pincode werkt niet meer. Heeft u hier niet om gevraagd, vraag dan uw contactpersoon wat er is gebeurd.
message-password-chosen = Uw wachtwoord is gekozen
    .detail = Iemand heeft met uw gebruikersnummer en pincode een wachtwoord voor uw account gekozen. U bent overal uitgelogd. Uw andere manieren om in te loggen zijn niet veranderd. Was u dit niet, vraag dan meteen uw contactpersoon om een nieuwe pincode en kies een ander wachtwoord.
message-colleague-password-chosen = { $name } heeft een wachtwoord gekozen
    .detail = Dat is gedaan met het gebruikersnummer en de pincode van { $name }. Verwachtte u dit niet, bel dan { $name }.
message-password-blocked = Inloggen met uw wachtwoord is geblokkeerd
    .detail = Bij uw account is te vaak een verkeerd wachtwoord ingevuld. { $ends ->
        [yes] Op { $until } kan het weer. Met een passkey, een sleutel met pincode of uw UZI-pas kon u ook tijdens de blokkade inloggen.
       *[no] Deze blokkade gaat niet vanzelf over. Uw contactpersoon kan haar opheffen.
    } Was u dit niet, dan probeert iemand uw wachtwoord te raden. Vertel het aan uw contactpersoon.
message-colleague-password-blocked = Inloggen met wachtwoord is geblokkeerd bij { $name }
    .detail = Bij het account van { $name } is te vaak een verkeerd wachtwoord ingevuld. { $ends ->
        [yes] Op { $until } kan { $name } het weer proberen. U kunt de blokkade ook opheffen in Gebruikersbeheer.
       *[no] Deze blokkade gaat niet vanzelf over. U kunt haar opheffen in Gebruikersbeheer.
    } Vraag het { $name } zelf, of bel een nummer dat u al kent.
message-codes-blocked = Inloggen met codes is geblokkeerd
    .detail = Bij uw account zijn te veel verkeerde codes ingevuld. Dat kan alleen wie uw wachtwoord kent of al was ingelogd. { $ends ->
        [yes] Op { $until } kan het weer. Met een passkey, een sleutel of uw UZI-pas kon u ook tijdens de blokkade inloggen.
       *[no] Deze blokkade gaat niet vanzelf over. Uw contactpersoon kan haar opheffen.
    } Was u dit niet, kies dan meteen een nieuw wachtwoord en bel uw contactpersoon.
message-colleague-codes-blocked = Inloggen met codes is geblokkeerd bij { $name }
    .detail = Bij het account van { $name } zijn te veel verkeerde codes ingevuld. Dat kan alleen wie het wachtwoord kent of al was ingelogd. { $ends ->
        [yes] Op { $until } kan { $name } het weer proberen. U kunt de blokkade ook opheffen in Gebruikersbeheer.
       *[no] Deze blokkade gaat niet vanzelf over. U kunt haar opheffen in Gebruikersbeheer.
    } Bel { $name } eerst, op een nummer dat u al kent: was het iemand anders, dan is een nieuw wachtwoord nodig.
message-pin-blocked = Uw pincode is geblokkeerd
    .detail = Iemand heeft 5 keer een verkeerde pincode bij uw gebruikersnummer ingevuld. U kunt nog gewoon inloggen. Uw contactpersoon kan de blokkade opheffen.
message-colleague-pin-blocked = De pincode van { $name } is geblokkeerd
    .detail = Iemand heeft 5 keer een verkeerde pincode bij het gebruikersnummer van { $name } ingevuld. Bel { $name } voordat u de blokkade opheft.

## E-mails: wat er gebeurde, wanneer, waarmee, en wat te doen

mail-greeting = Beste { $name },
mail-when = Wanneer
mail-by = Door
mail-with = Waarmee
mail-contact-person = een contactpersoon van uw organisatie
mail-manager = { $manager }, contactpersoon van uw organisatie
mail-clock = vanzelf, omdat de tijd om was
mail-operator = de beheerder van { $server }
mail-not-you = Was u dit niet?
mail-not-colleague = Was { $about } dit niet?
mail-not-right = Klopt dit niet?
mail-footer = Dit bericht is automatisch verstuurd door { $server }. U kunt er niet op antwoorden. Wij vragen u nooit om een wachtwoord, pincode of code.
mail-security-key = beveiligingssleutel
mail-passkey = passkey
mail-card = UZI-pas
mail-app = authenticator-app
mail-sms = telefoonnummer voor sms
mail-call = telefoonnummer voor een gesprek
mail-without-factor = Er is ingelogd met alleen uw wachtwoord
    .happened = Op uw account is ingelogd zonder extra controle. Dat kan tot { $until }. Stel de extra controle daarvoor in: dan komt niemand binnen die alleen uw wachtwoord kent.
    .act = Dan kent iemand anders uw wachtwoord. Bel meteen uw contactpersoon en kies een nieuw wachtwoord.
mail-weaker-way = Er is ingelogd op een minder sterke manier
    .happened = Op uw account is ingelogd met: { $factor }. Dat is een minder sterke manier dan anders. Gebruik weer iets sterkers zodra u kunt.
    .act = Dan kan iemand anders bij uw account. Bel meteen uw contactpersoon. Kunt u nog inloggen? Kijk dan bij ‘Mijn account’ waar u bent ingelogd, en log daar uit.
mail-password-blocked = Inloggen met uw wachtwoord is geblokkeerd
    .happened = Bij uw account is te vaak een verkeerd wachtwoord ingevuld. Daarom kan nu niemand met uw wachtwoord inloggen. { $ends ->
        [yes] Op { $until } kunt u het weer proberen. Met een passkey, een sleutel met pincode of uw UZI-pas kunt u nu al inloggen.
       *[no] Deze blokkade gaat niet vanzelf over. Log in met een passkey, een sleutel met pincode of uw UZI-pas, of vraag uw contactpersoon om hulp.
    }
    .act = Dan probeert iemand anders uw wachtwoord te raden. Dat is niet gelukt. Uw account is door de blokkade beschermd. Vertel het aan uw contactpersoon, zeker als u dit bericht vaker krijgt.
mail-password-blocked-colleague = Inloggen met wachtwoord is geblokkeerd bij een collega
    .happened = Bij het account van { $about } is te vaak een verkeerd wachtwoord ingevuld. Daarom kan nu niemand met dat wachtwoord inloggen. { $ends ->
        [yes] Op { $until } kan het weer. Met een passkey, een sleutel met pincode of een UZI-pas kan het nu al.
       *[no] Deze blokkade gaat niet vanzelf over. Met een passkey, een sleutel met pincode of een UZI-pas kan { $about } wel inloggen.
    }
    .act = Dan probeert iemand anders het wachtwoord te raden. Dat is niet gelukt. Vraag het { $about } zelf, of bel een nummer dat u al kent. Help niemand die u hierover belt of mailt.
mail-codes-blocked = Inloggen met codes is geblokkeerd
    .happened = Bij uw account zijn te veel verkeerde codes ingevuld. Dat kan alleen wie uw wachtwoord kent of al was ingelogd. { $ends ->
        [yes] Op { $until } kunt u het weer proberen. Met een passkey, een sleutel of uw UZI-pas kunt u nu al inloggen.
       *[no] Deze blokkade gaat niet vanzelf over. Log in met een passkey, een sleutel of uw UZI-pas, of vraag uw contactpersoon om de blokkade op te heffen.
    }
    .act = Dan kent iemand anders uw wachtwoord. Bel meteen uw contactpersoon en kies een nieuw wachtwoord.
mail-codes-blocked-colleague = Inloggen met codes is geblokkeerd bij een collega
    .happened = Bij het account van { $about } zijn te veel verkeerde codes ingevuld. Dat kan alleen wie het wachtwoord kent of al was ingelogd. { $ends ->
        [yes] Op { $until } kan het weer. Met een passkey, een sleutel of een UZI-pas kan het nu al.
       *[no] Deze blokkade gaat niet vanzelf over. Met een passkey, een sleutel of een UZI-pas kan { $about } wel inloggen.
    }
    .act = Dan kent iemand anders het wachtwoord. Bel { $about } meteen, op een nummer dat u al kent, en laat een nieuw wachtwoord kiezen. Hef de blokkade pas daarna op.
mail-factor-added = Er is een manier om in te loggen toegevoegd
    .happened = Bij uw account is toegevoegd: { $factor }. { $waits ->
        [yes] Daarmee kan pas vanaf { $until } worden ingelogd. Kent u dit niet, verwijder het dan voor die tijd.
       *[no] Daarmee kan nu op uw account worden ingelogd.
    } Op alle andere plaatsen bent u uitgelogd.
    .act = Dan kan iemand anders bij uw account. Bel meteen uw contactpersoon. Kunt u nog inloggen? Verwijder dan bij ‘Mijn account’ wat u niet kent.
mail-factor-added-colleague = Een collega heeft een nieuwe manier om in te loggen
    .happened = Bij het account van { $about } is toegevoegd: { $factor }. { $waits ->
        [yes] Daarmee kan pas vanaf { $until } worden ingelogd.
       *[no] Daarmee kan nu op dat account worden ingelogd.
    }
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.
mail-factor-replaced = U kunt met uw sleutel ook zonder wachtwoord inloggen
    .happened = U heeft ingesteld dat u ook zonder wachtwoord inlogt met: { $factor }. De oude instelling van deze sleutel is verwijderd.
    .act = Dan kan iemand anders bij uw account. Bel meteen uw contactpersoon. Kunt u nog inloggen? Verwijder dan bij ‘Mijn account’ wat u niet kent.
mail-factor-replaced-colleague = Een collega kan met een sleutel ook zonder wachtwoord inloggen
    .happened = Bij het account van { $about } is ingesteld dat inloggen zonder wachtwoord kan met: { $factor }. De oude instelling van deze sleutel is verwijderd.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.
mail-factor-removed = Er is een manier om in te loggen verwijderd
    .happened = Van uw account is verwijderd: { $factor }. Daarmee kan niemand meer inloggen. Op alle andere plaatsen bent u uitgelogd.
    .act = Dan kan iemand anders bij uw account. Bel meteen uw contactpersoon. Kunt u nog inloggen? Kijk dan bij ‘Mijn account’ of alles klopt.
mail-factor-removed-colleague = Een manier om in te loggen van een collega is verwijderd
    .happened = Van het account van { $about } is verwijderd: { $factor }. Daarmee kan niemand meer inloggen.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.
mail-main-number = Codes gaan eerst naar een ander nummer van u
    .happened = Bij uw account is als eerste gekozen: { $factor }. Codes gaan voortaan eerst daarheen. Op alle andere plaatsen bent u uitgelogd.
    .act = Dan kan iemand anders bij uw account. Bel meteen uw contactpersoon. Kunt u nog inloggen? Kies dan bij ‘Mijn account’ weer uw eigen nummer als eerste, en verwijder wat u niet kent.
mail-main-number-colleague = Codes van een collega gaan eerst naar een ander nummer
    .happened = Bij het account van { $about } is als eerste gekozen: { $factor }. Codes gaan voortaan eerst daarheen.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.
mail-fraud-reported = Er is fraude gemeld bij een telefoontje van ons
    .happened = Wij belden een telefoonnummer om bij uw account een code te laten intoetsen. Wie opnam, drukte op # om fraude te melden. Wij hebben meteen gestopt waar het gesprek voor was, en wie sindsdien op dit account inlogde is uitgelogd.
    .act = Dan heeft iemand anders waarschijnlijk uw wachtwoord. Kies een ander wachtwoord en vertel het aan uw contactpersoon. Geef nooit een code door, ook niet aan wie zegt dat hij van de helpdesk is.
mail-fraud-reported-colleague = Bij een collega is fraude gemeld
    .happened = Wij belden een telefoonnummer om bij het account van { $about } een code te laten intoetsen. Wie opnam, drukte op # om fraude te melden. Wij hebben meteen gestopt waar het gesprek voor was, en wie sindsdien op dit account inlogde is uitgelogd.
    .act = Dan heeft iemand anders waarschijnlijk het wachtwoord. Bel { $about } op een nummer dat u al kent, en laat { $about } een ander wachtwoord kiezen.

mail-factor-cloned = Een sleutel van u werkt niet meer
    .happened = Deze sleutel lijkt gekopieerd te zijn: { $factor }. Iemand kan een kopie hebben. Daarom kan niemand er nog mee inloggen.
    .act = Bel meteen uw contactpersoon, ook als u het wel was. U heeft een andere sleutel nodig.
mail-factor-cloned-colleague = Een sleutel van een collega werkt niet meer
    .happened = Bij het account van { $about } lijkt een sleutel gekopieerd te zijn: { $factor }. Daarom kan niemand er nog mee inloggen.
    .act = Neem contact op met { $about }. Er is een andere sleutel nodig.
mail-pin-made = Er is een pincode gemaakt voor uw account
    .happened = Er is een pincode gemaakt voor uw account. Met uw gebruikersnummer en deze pincode kiest u een wachtwoord. U krijgt de pincode van uw contactpersoon zelf.
    .act = Heeft u hier niet om gevraagd? Vraag dan uw contactpersoon waarom de pincode is gemaakt. Wist die er niets van? Laat dan uw account controleren.
mail-pin-made-colleague = Er is een pincode gemaakt voor een collega
    .happened = Er is een pincode gemaakt voor het account van { $about }. Daarmee kan een nieuw wachtwoord worden gekozen.
    .act = Vraag { $about } of de contactpersoon die dit deed wat er aan de hand is. Klopt het niet? Bel dan de beheerder van { $server }.
mail-pin-opened = De pincode van uw account is bekeken
    .happened = Uw contactpersoon heeft de nieuwe pincode van uw account bekeken. Hij werkt vanaf nu. Een oude pincode werkt niet meer.
    .act = Heeft u de pincode niet gekregen? Bel dan uw contactpersoon.
mail-pin-opened-colleague = De pincode van een collega is bekeken
    .happened = De nieuwe pincode voor { $about } is bekeken en werkt vanaf nu. Een oude pincode werkt niet meer.
    .act = Vraag het de contactpersoon die dit deed. Klopt het niet? Bel dan de beheerder van { $server }.
mail-pin-lapsed = De pincode voor een collega is verlopen
    .happened = Niemand heeft de pincode voor { $about } op tijd bekeken. Hij werkt niet meer.
    .act = Maak in Gebruikersbeheer een nieuwe pincode als uw collega die nog nodig heeft.
mail-letter-written = Er gaat een brief met een pincode naar uw organisatie
    .happened = Er is een brief voor u geschreven met een pincode voor uw account. De brief gaat naar het postadres van uw organisatie. Met uw gebruikersnummer en die pincode kiest u een wachtwoord. Een oude pincode werkt tot de brief op de post gaat.
    .act = Weet u niets van deze brief? Bel dan de beheerder van { $server }.
mail-letter-written-colleague = Er gaat een brief met een pincode naar een collega
    .happened = Er is een brief voor { $about } geschreven met een pincode. De brief gaat naar het postadres van uw organisatie. Geef hem ongeopend aan { $about }.
    .act = Vraag { $about } of de contactpersoon die dit deed wat er aan de hand is. Klopt het niet? Bel dan de beheerder van { $server }.
mail-letter-instead = Uw pincode gaat per post
    .happened = U bent contactpersoon geworden van uw organisatie. De pincode die een contactpersoon voor u had, werkt niet meer. Er is een brief voor u geschreven met een nieuwe pincode. De brief gaat naar het postadres van uw organisatie. Met uw gebruikersnummer en die pincode kiest u een wachtwoord.
    .act = Weet u niets van deze brief? Bel dan de beheerder van { $server }.
mail-letter-instead-colleague = De pincode van een collega gaat per post
    .happened = { $about } is contactpersoon geworden en had nog geen wachtwoord gekozen. De pincode uit de Berichtenbox werkt niet meer. Er is een brief voor { $about } geschreven met een nieuwe pincode. De brief gaat naar het postadres van uw organisatie. Geef hem ongeopend aan { $about }.
    .act = Vraag { $about } of de contactpersoon die dit deed wat er aan de hand is. Klopt het niet? Bel dan de beheerder van { $server }.
mail-letter-posted = De brief met uw pincode is onderweg
    .happened = De brief met uw pincode gaat op de post. De pincode werkt vanaf nu. Gebruik hem vóór { $until }. Een oude pincode werkt niet meer.
    .act = Is de brief er na een week nog niet, of was de envelop open? Bel dan de beheerder van { $server }.
mail-letter-posted-colleague = De brief met de pincode voor een collega is onderweg
    .happened = De brief met de pincode voor { $about } gaat op de post. De pincode werkt vanaf nu, tot { $until }. Een oude pincode werkt niet meer. Geef de brief ongeopend aan { $about }.
    .act = Is de brief er na een week nog niet, of was de envelop open? Bel dan de beheerder van { $server }.
mail-letter-lapsed = De pincode in de brief voor { $about } is verlopen
    .happened = Niemand heeft de pincode in de brief voor { $about } binnen { $pin_by_post } gebruikt. Hij werkt niet meer. Komt de brief nog? Gooi hem dan weg.
    .act = Is er nog een pincode nodig? Laat dan een nieuwe brief maken: een andere contactpersoon doet dat in Gebruikersbeheer, of bel de beheerder van { $server }.
mail-pin-asked = Er is een nieuwe pincode voor uw account gevraagd
    .happened = Iemand vroeg bij ‘Pincode vergeten’ om een nieuwe pincode voor uw account, zonder in te loggen. Er is nog niets veranderd. Uw contactpersoon ziet de vraag en neemt contact met u op.
    .act = Vertel het dan aan uw contactpersoon. Die wijst de vraag af. Geef nooit een pincode door, ook niet aan wie zegt dat hij van de helpdesk is.
mail-pin-asked-colleague = Een collega vraagt om een nieuwe pincode
    .happened = Iemand vroeg bij ‘Pincode vergeten’ om een nieuwe pincode voor { $about }, zonder in te loggen. Bel of spreek { $about } eerst. Maak dan in Gebruikersbeheer een nieuwe pincode, of wijs de vraag af. Na 7 dagen vervalt hij.
    .act = Wijs de vraag dan af in Gebruikersbeheer.
mail-pin-declined = Er komt geen nieuwe pincode voor uw account
    .happened = Iemand vroeg om een nieuwe pincode voor uw account. Uw contactpersoon heeft dat afgewezen. Er is niets veranderd.
    .act = Heeft u wel een nieuwe pincode nodig? Bel dan uw contactpersoon.
mail-pin-declined-colleague = Een vraag om een nieuwe pincode is afgewezen
    .happened = Voor { $about } was om een nieuwe pincode gevraagd. Een contactpersoon heeft dat afgewezen. Er is niets veranderd.
    .act = Vraag { $about } of de contactpersoon die dit deed wat er aan de hand is.
mail-support-opened = De beheerder is gebeld over uw account
    .happened = Iemand belde de beheerder van { $server } en vroeg voor uw account om { $what ->
        [pin] een nieuwe pincode
        [factor] het weghalen van iets waarmee u inlogt
       *[unblock] het opheffen van een blokkade
    }. Er is nog niets veranderd: de beheerder belt eerst terug, of mailt uw organisatie.
    .act = Bel dan meteen uw contactpersoon. Geef nooit een pincode, wachtwoord of code door, ook niet aan ons.
mail-support-opened-colleague = De beheerder is gebeld over een collega
    .happened = Iemand belde de beheerder van { $server } en vroeg voor { $about } om { $what ->
        [pin] een nieuwe pincode
        [factor] het weghalen van iets waarmee deze persoon inlogt
       *[unblock] het opheffen van een blokkade
    }. Er is nog niets veranderd: de beheerder belt eerst terug, of mailt uw organisatie.
    .act = Bevestig het dan niet, en bel de beheerder van { $server }.
mail-support-link = Klopt deze vraag over { $about }?
    .happened = Iemand belde de beheerder van { $server } en vroeg voor { $about } om { $what ->
        [pin] een nieuwe pincode
        [factor] het weghalen van iets waarmee deze persoon inlogt
       *[unblock] het opheffen van een blokkade
    }. Open de link, lees wat er staat en kies. De link werkt één keer en een dag lang. U krijgt er verder niets mee.
    .act = Open de link en kies ‘Dit heb ik niet gevraagd’. Dan gaat het niet door.
mail-support-confirmed = Hulp voor uw account is bevestigd
    .happened = Uw organisatie heeft bevestigd dat voor uw account is gevraagd om { $what ->
        [pin] een nieuwe pincode
        [factor] het weghalen van iets waarmee u inlogt
       *[unblock] het opheffen van een blokkade
    }. De beheerder van { $server } voert het uit. { $what ->
        [factor] Blijft er daarna niets over om mee in te loggen? Dan gebeurt het pas vanaf { $until }. Wie dan het wachtwoord heeft, kan een nieuwe extra controle instellen. Heeft u nog iets om mee in te loggen? Log dan nu in: dan gaat het niet door.
       *[other] { "" }
    }
    .act = Bel dan meteen uw contactpersoon.
mail-support-confirmed-colleague = Hulp voor een collega is bevestigd
    .happened = Uw organisatie heeft bevestigd dat voor { $about } is gevraagd om { $what ->
        [pin] een nieuwe pincode
        [factor] het weghalen van iets waarmee deze persoon inlogt
       *[unblock] het opheffen van een blokkade
    }. De beheerder van { $server } voert het uit. { $what ->
        [factor] Blijft er daarna niets over om mee in te loggen? Dan gebeurt het pas vanaf { $until }. Wie dan het wachtwoord heeft, kan een nieuwe extra controle instellen. Tot die tijd houdt de beheerder het op verzoek tegen.
       *[other] { "" }
    }
    .act = Bel dan meteen de beheerder van { $server }.
mail-support-stopped = Hulp voor uw account is tegengehouden
    .happened = Iemand belde de beheerder van { $server } en vroeg voor uw account om { $what ->
        [pin] een nieuwe pincode
        [factor] het weghalen van iets waarmee u inlogt
       *[unblock] het opheffen van een blokkade
    }. Iemand die hiervan bericht kreeg, heeft dat niet gevraagd. Er is niets veranderd.
    .act = Vroeg u het wel? Bel dan uw contactpersoon. Zo niet, dan probeert iemand anders misschien bij uw account te komen.
mail-support-stopped-colleague = Hulp voor { $about } is tegengehouden
    .happened = Iemand belde de beheerder van { $server } en vroeg voor { $about } om { $what ->
        [pin] een nieuwe pincode
        [factor] het weghalen van iets waarmee deze persoon inlogt
       *[unblock] het opheffen van een blokkade
    }. Iemand die hiervan bericht kreeg, heeft dat niet gevraagd. Er is niets veranderd.
    .act = Vraag het { $about }. Iemand probeert misschien bij dit account te komen.
mail-password-opens = U stelt opnieuw in hoe u inlogt
    .happened = De beheerder van { $server } heeft weggehaald waarmee u na uw wachtwoord inlogde. Dat is gevraagd, en uw organisatie heeft het bevestigd. Wie nu uw wachtwoord heeft, kan een nieuwe extra controle instellen. Doe dat dus meteen zelf: log in met uw wachtwoord.
    .act = Bel dan meteen de beheerder van { $server } en uw contactpersoon. Log in met uw wachtwoord en kijk of iemand al iets heeft ingesteld.
mail-password-opens-colleague = { $about } stelt opnieuw in hoe hij of zij inlogt
    .happened = De beheerder van { $server } heeft weggehaald waarmee { $about } na het wachtwoord inlogde. Dat is gevraagd en bevestigd. Wie nu het wachtwoord van { $about } heeft, kan een nieuwe extra controle instellen.
    .act = Vraag het { $about }, en bel meteen de beheerder van { $server }.
mail-pin-disclosed = De pincode van uw account werkt niet meer
    .happened = De pincode van uw account is aan de beheerder verteld. Een pincode die iemand heeft gezegd, is niet meer geheim. Daarom werkt hij niet meer, en bent u overal uitgelogd. Heeft u al een wachtwoord, dan blijft dat gelden. { $next ->
        [box] De nieuwe pincode krijgt u van uw contactpersoon.
        [letter] De nieuwe pincode komt per post naar uw organisatie.
        [asked] Vandaag is er al een pincode gemaakt. Wij hebben uw contactpersoon gevraagd om morgen een nieuwe te laten maken.
       *[no-letter] Uw nieuwe pincode gaat per post, maar er kan nog geen brief worden gemaakt. Bel de beheerder van { $server }.
    }
    .act = Heeft u uw pincode aan niemand verteld? Dan kende iemand anders hem. Bel uw contactpersoon. Zeg een pincode nooit, ook niet tegen ons.
mail-pin-disclosed-colleague = De pincode van een collega werkt niet meer
    .happened = De pincode van { $about } is aan de beheerder verteld. Een pincode die iemand heeft gezegd, is niet meer geheim. Daarom werkt hij niet meer. { $next ->
        [box] De nieuwe pincode ligt in de Berichtenbox van de hoofdcontactpersoon.
        [letter] De nieuwe pincode gaat per post.
        [asked] Vandaag is er al een pincode gemaakt. Laat in Gebruikersbeheer morgen een nieuwe maken: { $about } staat daar bij wie om een pincode vraagt.
       *[no-letter] De nieuwe pincode gaat per post, maar er kan nog geen brief worden gemaakt. Bel de beheerder van { $server }. Laat daarna in Gebruikersbeheer een nieuwe maken: { $about } staat daar bij wie om een pincode vraagt.
    }
    .act = Vraag { $about } wat er is gebeurd. Vraag nooit iemand om een pincode te zeggen.
mail-pin-blocked = De pincode van uw account is geblokkeerd
    .happened = Er is te vaak een verkeerde pincode ingevuld bij uw gebruikersnummer. Daarom kan niemand met uw pincode een wachtwoord kiezen. Inloggen gaat gewoon door.
    .act = Vertel het aan uw contactpersoon. Die kan de blokkade opheffen.
mail-pin-blocked-colleague = De pincode van een collega is geblokkeerd
    .happened = Er is te vaak een verkeerde pincode ingevuld bij het gebruikersnummer van { $about }. Deze blokkade gaat niet vanzelf over.
    .act = Dan probeert iemand anders de pincode te raden. Hef de blokkade pas op als u { $about } gesproken heeft.
mail-unblocked = Een blokkade van uw account is opgeheven
    .happened = Dit is niet langer geblokkeerd: { $lifted }. U kunt het weer gebruiken.
    .act = Heeft u hier niet om gevraagd? Dan probeert iemand anders misschien bij uw account te komen. Bel uw contactpersoon.
mail-unblocked-colleague = Een blokkade van een collega is opgeheven
    .happened = Bij het account van { $about } is niet langer geblokkeerd: { $lifted }.
    .act = Vraag de contactpersoon die dit deed wat er aan de hand is. Klopt het niet? Bel dan de beheerder van { $server }.
mail-lifted-password = inloggen met wachtwoord
mail-lifted-pin = de pincode van het account
mail-lifted-codes = codes
mail-role-given = U bent nu contactpersoon
    .happened = U bent contactpersoon van uw organisatie geworden. U kunt in Gebruikersbeheer collega’s helpen. Daarvoor logt u in met een sleutel, passkey of UZI-pas.
    .act = Wist u hier niets van? Bel dan een andere contactpersoon van uw organisatie.
mail-role-given-colleague = Een collega is nu contactpersoon
    .happened = { $about } is contactpersoon geworden en kan in Gebruikersbeheer collega’s helpen.
    .act = Vraag de contactpersoon die dit deed wat er aan de hand is. Klopt het niet? Bel dan de beheerder van { $server }.
mail-role-taken = U bent geen contactpersoon meer
    .happened = U bent geen contactpersoon van uw organisatie meer. U logt in zoals u gewend bent. Gebruikersbeheer kunt u niet meer openen.
    .act = Wist u hier niets van? Bel dan een contactpersoon van uw organisatie.
mail-role-taken-colleague = Een collega is geen contactpersoon meer
    .happened = { $about } is geen contactpersoon meer en kan Gebruikersbeheer niet meer openen.
    .act = Vraag de contactpersoon die dit deed wat er aan de hand is. Klopt het niet? Bel dan de beheerder van { $server }.
mail-authorisations = Uw autorisaties zijn veranderd
    .happened = Wat u mag in de toepassingen van uw organisatie, is veranderd.{ $any-given ->
        [yes] {" "}Erbij gekomen: { $given }.
       *[no] {""}
    }{ $any-taken ->
        [yes] {" "}Weggehaald: { $taken }.
       *[no] {""}
    } Het geldt meteen. Bij ‘Mijn gegevens’ ziet u alles wat u mag.
    .act = Vraag het de contactpersoon die dit deed. Komt u er niet uit? Vraag het een andere contactpersoon.
mail-authorisations-colleague = De autorisaties van een collega zijn veranderd
    .happened = Wat { $about } mag in de toepassingen van uw organisatie, is veranderd.{ $any-given ->
        [yes] {" "}Erbij gekomen: { $given }.
       *[no] {""}
    }{ $any-taken ->
        [yes] {" "}Weggehaald: { $taken }.
       *[no] {""}
    } Het geldt meteen.
    .act = Vraag de contactpersoon die dit deed wat er aan de hand is. U kunt de autorisaties zelf weer veranderen in Gebruikersbeheer. Klopt het niet? Bel dan de beheerder van { $server }.
mail-account-ended = Uw account is beëindigd
    .happened = Uw account is beëindigd. Niemand kan er meer mee inloggen. U bent overal uitgelogd.
    .act = Werkt u nog bij deze organisatie? Bel dan uw contactpersoon.
mail-account-ended-colleague = Het account van een collega is beëindigd
    .happened = Het account van { $about } is beëindigd. Niemand kan er meer mee inloggen.
    .act = Vraag de contactpersoon die dit deed wat er aan de hand is. Klopt het niet? Bel dan de beheerder van { $server }.
mail-account-lapsed = Een collega heeft het account niet op tijd geactiveerd
    .happened = { $about } heeft binnen { $activation } geen wachtwoord gekozen. Het account is nog niet te gebruiken.
    .act = Maak in Gebruikersbeheer een nieuwe pincode als uw collega het account nog nodig heeft. Is het niet meer nodig? Beëindig dan het account.
mail-password-chosen = Er is een nieuw wachtwoord gekozen
    .happened = Met uw gebruikersnummer en pincode is een wachtwoord gekozen voor uw account. Het oude wachtwoord werkt niet meer. U bent overal uitgelogd. Uw extra controle bij het inloggen is niet veranderd.
    .act = Dan kent iemand anders uw gebruikersnummer en pincode. Bel meteen uw contactpersoon.
mail-password-chosen-colleague = Een collega heeft een wachtwoord gekozen
    .happened = Met gebruikersnummer en pincode is een wachtwoord gekozen voor het account van { $about }. De extra controle bij het inloggen is niet veranderd.
    .act = Dan kent iemand anders het gebruikersnummer en de pincode. Bel { $about }, en maak een nieuwe pincode.
mail-recovery-code-made = Er is een nieuwe herstelcode gemaakt
    .happened = Er is een herstelcode gemaakt voor uw account. Een oude herstelcode werkt niet meer. Op alle andere plaatsen bent u uitgelogd.
    .act = Dan kan iemand anders bij uw account. Bel meteen uw contactpersoon.
mail-recovery-code-made-colleague = Een collega heeft een nieuwe herstelcode
    .happened = Er is een herstelcode gemaakt voor het account van { $about }. Een oude herstelcode werkt niet meer.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.
mail-recovery-code-used = Er is ingelogd met uw herstelcode
    .happened = Iemand heeft met uw wachtwoord en uw herstelcode ingelogd. Die herstelcode werkt niet meer. Er is meteen een nieuwe gemaakt en één keer getoond. Op alle andere plaatsen bent u uitgelogd.
    .act = Dan heeft iemand anders uw wachtwoord en uw herstelcode. Bel meteen uw contactpersoon.
mail-recovery-code-used-colleague = Een collega heeft ingelogd met de herstelcode
    .happened = Er is ingelogd op het account van { $about } met het wachtwoord en de herstelcode.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.
mail-unforced = De extra controle is tijdelijk niet verplicht
    .happened = In uw organisatie is de extra controle bij het inloggen niet verplicht tot { $until }. Collega’s die nog geen extra controle hebben, kunnen tot dan met alleen een wachtwoord inloggen. Daarna is zij vanzelf weer verplicht.
    .act = Vraag de contactpersoon die dit deed wat er aan de hand is. Bij Instellingen maakt u de extra controle meteen weer verplicht.
mail-forced = De extra controle is weer verplicht
    .happened = In uw organisatie is de extra controle bij het inloggen weer verplicht. Wie er nog geen heeft, stelt die eerst in.
    .act = Kijk bij Instellingen wat er is ingesteld.
mail-more-grace = Een nieuwe collega krijgt meer dagen uitstel
    .happened = In uw organisatie mag een nieuwe collega voortaan { $is ->
        [one] 1 dag
       *[other] { $is } dagen
    } verder met alleen een wachtwoord. Dat { $was ->
        [one] was 1 dag
       *[other] waren { $was } dagen
    }. Zijn de dagen van een collega al voorbij? Dan komen er geen dagen bij.
    .act = Vraag de contactpersoon die dit deed wat er aan de hand is. Bij Instellingen zet u het aantal dagen terug.
mail-looser = Uw organisatie laat meer toe bij het inloggen
    .happened = { $what ->
        [kinds] Uw collega’s mogen voortaan meer manieren om in te loggen toevoegen dan eerst.
        [card_types] In uw organisatie logt men voortaan met meer soorten UZI-passen in dan eerst.
        [card_roles] In uw organisatie logt men voortaan ook in met UZI-passen van andere beroepen dan eerst.
        [backup_email] Uw collega’s mogen voortaan een back-up-e-mailadres opgeven, en na het wachtwoord inloggen met een link die daarheen gaat.
        [codes_beside_strong] Wie een sleutel, passkey of UZI-pas heeft, logt in uw organisatie voortaan ook in met een code per sms of telefoon, of met een link per e-mail.
       *[password_block_seconds] Na verkeerde wachtwoorden duurt een blokkade in uw organisatie voortaan korter dan eerst.
    }
    .act = Vraag de contactpersoon die dit deed wat er aan de hand is. Bij Instellingen zet u het terug.
mail-user-number = Gebruikersnummer voor { $about }
    .happened = Het gebruikersnummer van { $about } is { $number }. Geef dit nummer aan { $about }. De pincode staat in de Berichtenbox van de contactpersoon en gaat langs een andere weg: stuur nummer en pincode nooit samen. Met allebei kiest { $about } een wachtwoord op de inlogpagina bij ‘Eerste keer hier, of wachtwoord vergeten’.
    .act = Werkt { $about } niet bij u? Geef het nummer dan aan niemand, en vraag uw contactpersoon waarom het account is gemaakt.
mail-user-number-again = Gebruikersnummer van { $about }
    .happened = Het gebruikersnummer van { $about } is { $number }. Een contactpersoon liet het nog een keer mailen. Geef dit nummer aan { $about }. De pincode is er niet door veranderd. Pincode kwijt? Een contactpersoon laat in Gebruikersbeheer een nieuwe maken. Bewaar nummer en pincode nooit samen.
    .act = Werkt { $about } niet bij u? Geef het nummer dan aan niemand, en vraag uw contactpersoon waarom het is gemaild.
mail-user-number-by-post = Gebruikersnummer voor { $about }
    .happened = Het gebruikersnummer van { $about } is { $number }. Geef dit nummer aan { $about }. De pincode komt per post, in een brief aan { $about }: geef die ongeopend door, en bewaar nummer en pincode nooit bij elkaar. Met allebei kiest { $about } een wachtwoord op de inlogpagina bij ‘Eerste keer hier, of wachtwoord vergeten’.
    .act = Werkt { $about } niet bij u? Geef het nummer dan aan niemand, en bel de beheerder van { $server }.
mail-waiver-given = U kunt tijdelijk zonder extra controle inloggen
    .happened = Uw contactpersoon heeft de extra controle voor uw account uitgezet. Tot { $until } logt u in met alleen uw wachtwoord. De reden: { $reason }. Wie uw wachtwoord kent, kan tot dan bij uw account.
    .act = Heeft u hier niet om gevraagd? Bel dan meteen uw contactpersoon, of een andere contactpersoon van uw organisatie.
mail-waiver-given-colleague = Een collega kan tijdelijk zonder extra controle inloggen
    .happened = De extra controle voor { $about } is uitgezet tot { $until }. Tot dan kan er met alleen een wachtwoord worden ingelogd. De reden: { $reason }.
    .act = Vraag de contactpersoon die dit deed wat er aan de hand is. In Gebruikersbeheer zet u de extra controle meteen weer aan.
mail-waiver-ended = Uw extra controle staat weer aan
    .happened = Uw contactpersoon heeft de extra controle voor uw account weer aangezet. Met alleen uw wachtwoord kunt u niet meer inloggen.
    .act = Kunt u nu niet inloggen? Bel dan uw contactpersoon.
mail-access-given = Uw contactpersoon heeft u een toegangscode gegeven
    .happened = Met uw wachtwoord en die code stelt u één keer iets nieuws in om mee in te loggen. De code werkt tot { $until }. Wat u nu heeft, blijft werken tot de code wordt gebruikt. Geef de code aan niemand.
    .act = Heeft u hier niet om gevraagd? Bel dan meteen uw contactpersoon, of een andere contactpersoon van uw organisatie. Die neemt de code terug.
mail-access-given-colleague = Een collega heeft een toegangscode gekregen
    .happened = Met het wachtwoord van { $about } en die code kan één keer iets nieuws worden ingesteld om mee in te loggen. De code werkt tot { $until }.
    .act = Vraag de contactpersoon die dit deed wat er aan de hand is. In Gebruikersbeheer neemt u de code meteen terug.
mail-access-ended = Uw toegangscode werkt niet meer
    .happened = Uw contactpersoon heeft de toegangscode teruggenomen. U logt in zoals u dat eerder deed.
    .act = Kunt u nu niet inloggen? Bel dan uw contactpersoon.
mail-access-ended-colleague = De toegangscode van een collega werkt niet meer
    .happened = De toegangscode van { $about } is teruggenomen.
    .act = Vraag de contactpersoon die dit deed wat er aan de hand is.
mail-factor-kept = U gebruikt weer een oude manier om in te loggen
    .happened = Er wordt opnieuw ingesteld waarmee u inlogt. Daarbij is dit weer in gebruik genomen: { $factor }. Op alle andere plaatsen bent u uitgelogd.
    .act = Dan kan iemand anders bij uw account. Bel meteen uw contactpersoon.
mail-factor-kept-colleague = Een collega gebruikt weer een oude manier om in te loggen
    .happened = Bij het account van { $about } wordt opnieuw ingesteld waarmee die inlogt. Daarbij is dit weer in gebruik genomen: { $factor }.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.
mail-waiver-lapsed = Uw extra controle staat weer aan
    .happened = De tijd waarin u met alleen uw wachtwoord kon inloggen, is voorbij.
    .act = Kunt u nu niet inloggen? Bel dan uw contactpersoon.
mail-waiver-lapsed-colleague = De extra controle van een collega staat weer aan
    .happened = De tijd waarin { $about } met alleen een wachtwoord kon inloggen, is voorbij.
    .act = Kan { $about } nu niet inloggen? Geef dan in Gebruikersbeheer een toegangscode.
mail-access-lapsed = Uw toegangscode is verlopen
    .happened = De toegangscode van uw contactpersoon is niet op tijd gebruikt. De code werkt niet meer.
    .act = Kunt u nu niet inloggen? Vraag uw contactpersoon dan om een nieuwe code.
mail-access-lapsed-colleague = De toegangscode van een collega is verlopen
    .happened = De toegangscode van { $about } is niet op tijd gebruikt. De code werkt niet meer.
    .act = Kan { $about } nu niet inloggen? Geef dan in Gebruikersbeheer een nieuwe code.
mail-access-used = U stelt opnieuw in waarmee u inlogt
    .happened = Met uw wachtwoord en de toegangscode van uw contactpersoon is begonnen met opnieuw instellen. Alles waarmee u inlogde, werkt niet meer, ook uw herstelcode niet. Tot { $until } kan daar iets nieuws voor in de plaats komen. U bent overal uitgelogd.
    .act = Dan heeft iemand anders uw wachtwoord en die code. Bel meteen uw contactpersoon. Bent u zelf contactpersoon, bel dan de beheerder van { $server }.
mail-access-used-colleague = Een collega stelt opnieuw in waarmee die inlogt
    .happened = Met het wachtwoord van { $about } en een toegangscode is begonnen met opnieuw instellen. Alles waarmee { $about } inlogde, werkt niet meer. Tot { $until } kan daar iets nieuws voor in de plaats komen.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.
mail-waiver-ended-colleague = De extra controle van een collega staat weer aan
    .happened = De extra controle voor { $about } is weer aangezet. Met alleen een wachtwoord kan niemand meer inloggen op dat account.
    .act = Vraag de contactpersoon die dit deed wat er aan de hand is.

## Authenticator-app

app = Authenticator-app
    .need = U heeft een telefoon nodig met een app die elke 30 seconden een nieuwe code maakt. Een sleutel, passkey of UZI-pas is veiliger.
default-name-app = Mijn authenticator-app
factor-kind-app = Authenticator-app
app-code = Code van 6 cijfers
    .hint = De code die uw authenticator-app nu toont. Elke code werkt één keer.
    .fill = Vul de 6 cijfers in die uw app toont.
    .wrong = Vul de nieuwste code van uw app in.
log-in-on = Verder
enrol-app-title = Authenticator-app toevoegen
enrol-app-lead = Voortaan logt u in met uw wachtwoord en een code die uw app maakt.
enrol-app-scan = 1. Zet dit account in uw app
    .how = Open de authenticator-app op uw telefoon. Kies daar om een account toe te voegen en scan deze QR-code.
enrol-app-qr = QR-code voor uw authenticator-app. De letters en cijfers eronder betekenen hetzelfde.
enrol-app-here = Staat de app op dit apparaat?
enrol-app-open = Open de app
enrol-app-type = Lukt scannen niet? Typ dan deze letters en cijfers over in de app. Kies daar 'op tijd gebaseerd' als de app dat vraagt.
enrol-app-prove = 2. Laat zien dat het werkt
enrol-app-name-hint = Zo herkent u de app later terug, bijvoorbeeld aan de naam van uw telefoon.
enrol-app-action = Toevoegen
enrol-app-wrong = De code klopt niet
    .detail = De app is nog niet toegevoegd. Wacht op de volgende code in uw app en vul die in. Klopt die ook niet, zet dan de tijd van uw telefoon op automatisch. U kunt het nog { $left ->
        [one] 1 keer
       *[other] { $left } keer
    } proberen.
enrol-app-gone = Deze QR-code werkt niet meer
    .detail = U heeft te lang gewacht, en de app is nog niet toegevoegd. Verwijder het account weer uit uw app en scan de nieuwe QR-code hieronder.
error-no-code = Er is geen code van 6 cijfers ingevuld
    .detail = Er is nog niets gecontroleerd. Open uw authenticator-app en vul de 6 cijfers in die er staan.
check-app-lead = Uw wachtwoord klopt. Vul nu de code in die uw authenticator-app toont.
check-app-instead = Ik gebruik mijn authenticator-app
confirm-app-lead = U verandert waarmee u inlogt. Vul daarom eerst de code in die uw authenticator-app toont.
confirm-app-wrong = Er is niets veranderd. Wacht op de volgende code in uw app en vul die in: elke code werkt één keer. U kunt het nog { $left ->
    [one] 1 keer
   *[other] { $left } keer
} proberen.

## Opnieuw instellen (flows D1)

login-anew-card = Ik ben contactpersoon en heb een UZI-pas
anew-card-title = Opnieuw instellen met uw UZI-pas
anew-card-lead = Uw wachtwoord klopt. Gebruik een UZI-pas op uw naam en van uw organisatie. U bent dan meteen ingelogd.
anew-card-means = Die pas is daarna het enige waarmee u inlogt: wat u kwijt bent, werkt niet meer, ook uw herstelcode niet. Een sleutel of app voegt u dan weer toe. Alle contactpersonen krijgen bericht.
login-anew = Tweefactor{ "\u00AD" }authenticatie opnieuw instellen
login-access = Ik heb een toegangscode van mijn contactpersoon
access-login-title = Vul uw toegangscode in
access-login-lead = Uw wachtwoord klopt. Vul de code in die u van uw contactpersoon kreeg. Daarna werken uw oude sleutels, passkeys, passen, apps en herstelcode meteen niet meer. U stelt binnen { $set_up_anew } iets nieuws in, in deze browser. Wat u nog heeft, kunt u dan houden.
access-stranded-lead = Uw wachtwoord klopt, maar verder werkt er niets waarmee u inlogt. Met een toegangscode van uw contactpersoon stelt u iets nieuws in. U doet dat binnen { $set_up_anew }, in deze browser.
access-code = Toegangscode
    .hint = 12 cijfers. Streepjes en spaties mogen, maar hoeven niet.
access-do = Verder
access-malformed = Dit is geen toegangscode
    .detail = Een toegangscode heeft 12 cijfers, zoals 1234-5678-9012. Kijk of u alle cijfers heeft ingevuld. Een herstelcode is langer en past hier niet.
access-wrong = Deze toegangscode klopt niet
    .detail = Een code werkt één keer en { $access_code } lang, en alleen de nieuwste. U kunt het nog { $left ->
        [one] 1 keer
       *[other] { $left } keer
    } proberen.
access-none = Heeft u geen code?
    .ask = Vraag uw contactpersoon om een toegangscode. Dat is de collega die de accounts van uw organisatie beheert.
    .contact = Bent u zelf contactpersoon? Vraag een andere contactpersoon van uw organisatie. Is die er niet, bel dan de beheerder van dit systeem.
anew-title = Stel opnieuw in hoe u inlogt
anew-lead = Vul uw herstelcode in. Daarna werken uw oude sleutels, passkeys, passen en apps meteen niet meer. U logt hier opnieuw in met uw wachtwoord en stelt binnen { $set_up_anew } iets nieuws in. Wat u nog heeft, kunt u dan houden.
anew-do = Opnieuw instellen
notice-anew = Uw herstelcode klopt. Log nu in met uw wachtwoord. Stel binnen { $set_up_anew } iets nieuws in, in deze browser.
notice-kept = U houdt wat u nog had. De rest is verwijderd. Log nu in.
enrol-anew = U stelt opnieuw in waarmee u inlogt. Dat kan tot { $moment }. Wat u kiest, telt zodra u het één keer heeft gebruikt. Uw oude sleutels, passkeys, passen en apps verdwijnen dan.
enrol-anew-keep = Ik heb nog iets waarmee ik eerder inlogde
keep-title = Wat heeft u nog?
keep-lead = Hiermee logde u eerder in. Het werkt nu niet. Heeft u het nog? Gebruik het dan één keer, en u houdt het. Dat kan tot { $moment }.
keep = Dit heb ik nog
keep-this = Dit heb ik nog: { $name }
keep-kept = Dit houdt u
keep-done-lead = Wilt u verder niets nieuws instellen? Dan bent u klaar. Wat u niet houdt, wordt verwijderd.
keep-done = Klaar, ik log hiermee in
keep-back = Iets nieuws instellen
keep-key-title = Gebruik uw oude sleutel of passkey
keep-key-lead = Zo weten wij dat u hem nog heeft. Daarna houdt u hem.
keep-card-title = Gebruik uw UZI-pas
keep-card-lead = Zo weten wij dat u de pas nog heeft. Daarna houdt u hem.
keep-app-title = Vul een code van uw app in
keep-app-lead = Zo weten wij dat u de app nog heeft. Daarna houdt u hem.
error-factor-suspended = Dit werkt nu niet
    .detail = U stelt opnieuw in waarmee u inlogt. Log in met uw wachtwoord, in de browser waarin u daarmee begon. Daar kunt u ook aangeven dat u dit nog heeft.
error-set-up-closed = Opnieuw instellen kan hier niet meer
    .detail = Er is begonnen met opnieuw instellen. Dat kan alleen in de browser waarin dat is begonnen, en { $set_up_anew } lang. Vraag uw contactpersoon om een toegangscode: daarmee begint u nog een keer. Bent u zelf contactpersoon, vraag dan een andere contactpersoon, of bel de beheerder van dit systeem.
mail-set-up-anew = U stelt opnieuw in waarmee u inlogt
    .happened = Met uw wachtwoord en uw herstelcode is begonnen met opnieuw instellen. Alles waarmee u inlogde, werkt niet meer. Tot { $until } kan daar iets nieuws voor in de plaats komen. U bent overal uitgelogd.
    .act = Dan heeft iemand anders uw wachtwoord en uw herstelcode. Bel meteen uw contactpersoon. Bent u zelf contactpersoon, bel dan de beheerder van { $server }.
mail-set-up-anew-colleague = Een collega stelt opnieuw in waarmee die inlogt
    .happened = Met het wachtwoord en de herstelcode van { $about } is begonnen met opnieuw instellen. Alles waarmee { $about } inlogde, werkt niet meer. Tot { $until } kan daar iets nieuws voor in de plaats komen.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.
mail-renamed = Uw naam in dit systeem is veranderd
    .happened = Uw naam was { $was } en is nu { $is }. Een UZI-pas past bij u als deze naam erop staat. Zonder sleutel of passkey kan zo’n pas pas na { $anchor } worden gekoppeld.
    .act = Klopt de naam niet? Zeg het uw contactpersoon, en bel de beheerder van { $server }.
mail-renamed-colleague = De naam van een collega is veranderd
    .happened = { $was } heet nu { $is }. Een UZI-pas past bij dit account als deze naam erop staat. Zonder sleutel of passkey kan zo’n pas pas na { $anchor } worden gekoppeld.
    .act = Klopt dit niet? Vraag het wie dit deed, en bel de beheerder van { $server }.
mail-set-up-by-card = Uw UZI-pas vervangt alles waarmee u inlogde
    .happened = Met uw wachtwoord en een UZI-pas op uw naam is ingelogd. Die pas is nu het enige waarmee u inlogt: uw sleutels, passkeys, apps, nummers en herstelcode werken niet meer. U bent op alle andere plaatsen uitgelogd.
    .act = Dan heeft iemand anders uw wachtwoord en een UZI-pas op uw naam. Bel meteen de beheerder van { $server }, en laat de pas intrekken bij het UZI-register.
mail-set-up-by-card-colleague = De UZI-pas van een collega vervangt alles waarmee die inlogde
    .happened = Met het wachtwoord van { $about } en een UZI-pas op die naam is ingelogd. Die pas is nu het enige waarmee { $about } inlogt.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.

## Codes per telefoon: sms en telefoongesprek

phone-sms = { $code } is uw code voor { $organisation }. Vul hem alleen in op de pagina van { $server } die u zelf open hebt. Geef hem aan niemand, ook niet aan de telefoon.
phone-told-added = Bij uw account van { $organisation } is een ander telefoonnummer toegevoegd. Was u dit niet? Bel meteen uw contactpersoon. Wij vragen u nooit om een code.
phone-told-removed = Dit telefoonnummer is verwijderd van uw account van { $organisation }. Was u dit niet? Bel meteen uw contactpersoon. Wij vragen u nooit om een code.
phone-told-not-main = Codes van { $organisation } gaan voortaan eerst naar een ander telefoonnummer van u. Was u dit niet? Bel meteen uw contactpersoon. Wij vragen u nooit om een code.
phone-ask = Dit is een automatisch telefoontje van { $organisation }. Toets nu de code van 6 cijfers in die op uw scherm staat. Toets alleen een code in die op uw eigen scherm staat. Bent u niet zelf aan het inloggen? Toets dan een hekje.
phone-again = Dat was niet de code die op uw scherm staat. Toets de code van 6 cijfers nog een keer in. Bent u niet zelf aan het inloggen? Toets dan een hekje.
phone-thanks = Dank u. Kijk nu op uw scherm.
phone-nothing = Wij hebben geen code gehoord. Op uw scherm staat hoe het verder gaat. Tot ziens.
phone-right = De code klopt. U kunt verder op uw scherm. Tot ziens.
phone-over = U kunt hier geen code meer intoetsen. Op uw scherm staat hoe het verder gaat. Tot ziens.
phone-fraud = Dank u voor uw melding. Wij hebben gestopt waar dit gesprek voor was en vertellen het aan de contactpersoon. Tot ziens.

## Telefoon: sms en telefoongesprek

sms = Sms
    .need = U heeft een mobiele telefoon nodig. Bij het inloggen krijgt u een sms met een code. Een sleutel, passkey of UZI-pas is veiliger.
call = Telefoongesprek
    .need = U heeft een vaste of mobiele telefoon nodig. Bij het inloggen bellen wij u, en u toetst de code van uw scherm in. Een sleutel, passkey of UZI-pas is veiliger.
factor-kind-sms = Telefoonnummer voor sms
factor-kind-call = Telefoonnummer voor een gesprek
phone-ending = Nummer dat eindigt op { $digits }
    .inside = nummer dat eindigt op { $digits }
phone-which = Welk nummer?
phone-other = Een ander nummer invullen
phone-zero = U vulde een nummer in met een 0 aan het begin. Met +31 ervoor hoort die 0 er niet bij: wij hebben hem weggelaten.
phone-until = { $when } vervalt de code.
phone-number = Telefoonnummer
    .hint = Wij zetten er +31 (Nederland) voor. Is het een nummer uit een ander land? Begin dan met + en de landcode.
phone-risk = Wij vragen u nooit om een code door te geven. Wie uw nummer overneemt, kan uw codes krijgen. Met een sleutel, passkey of UZI-pas kan dat niet.
phone-held = Er zijn genoeg codes verstuurd
    .detail = Er is nu niets verstuurd. Zo beschermen wij uw telefoon tegen iemand die steeds codes laat sturen. { $when } kunt u een nieuwe code vragen. U kunt ook nu op een andere manier inloggen.
phone-held-organisation = Uw organisatie heeft het hoogste aantal codes van vandaag bereikt
    .detail = Er is nu niets verstuurd. { $when } kunt u een nieuwe code vragen. U kunt ook nu op een andere manier inloggen. Gebeurt dit vaker? Vertel het aan uw contactpersoon.
phone-known = U heeft dit nummer al toegevoegd
    .detail = Er is niets verstuurd. Bij ‘Mijn account’ ziet u welke nummers u heeft.
    .field = Vul een ander nummer in.
phone-unreadable = Dit is geen telefoonnummer
    .detail = Er is niets verstuurd. Vul alleen cijfers in. Spaties en streepjes mogen ook.
    .field = Vul een telefoonnummer in, zoals 06 en dan 8 cijfers.
phone-unreal = Dit telefoonnummer bestaat niet
    .detail = Er is niets verstuurd. Misschien mist er een cijfer, of staat er een te veel.
    .field = Kijk het nummer na en vul het opnieuw in.
phone-unlisted = Naar dit nummer sturen wij geen codes meer
    .detail = Er is niets verstuurd en er is niet gebeld. De beheerder laat nummers zoals dit niet meer toe. Kies een ander nummer of een andere manier, of gebruik uw herstelcode. Kan dat niet, vraag dan uw contactpersoon om hulp.
phone-country = Nummers uit dit land kunnen hier niet
    .detail = Er is niets verstuurd. De beheerder bepaalt uit welke landen een nummer mag komen. Gebruik een ander nummer, of kies een andere manier om in te loggen.
    .field = Vul een nummer in uit een land dat mag.
phone-costly = Dit soort nummer kan hier niet
    .detail = Er is niets verstuurd. Betaalde nummers, gratis nummers en korte nummers kunnen wij niet gebruiken.
    .field = Vul uw eigen vaste of mobiele nummer in.
phone-no-text = Dit nummer ontvangt geen sms
    .detail = Er is niets verstuurd. Een vast nummer kan geen sms ontvangen. Gebruik een mobiel nummer, of kies ‘Telefoongesprek’: daarmee werkt een vast nummer wel.
    .field = Vul een mobiel nummer in.
enrol-sms-title = Inloggen met een sms
enrol-sms-lead = Voortaan logt u in met uw wachtwoord en een code die u per sms krijgt. Vul het nummer van uw mobiele telefoon in.
enrol-sms-send = Stuur een code
enrol-sms-code-lead = Vul de code uit de sms in. Daarna is uw nummer toegevoegd.
enrol-call-title = Inloggen met een telefoongesprek
enrol-call-lead = Voortaan logt u in met uw wachtwoord en een telefoongesprek. Vul een vast of mobiel nummer in. Na ‘Verifiëren’ bellen wij u meteen.
enrol-call-menu = Een nummer met een keuzemenu of een doorkiezer werkt niet. Vul een nummer in waarop u zelf opneemt.
enrol-call-verify = Verifiëren
enrol-call-code-lead = Wij bellen u nu. Neem op en toets op uw telefoon de code in die hier staat.
sms-code = Code uit de sms
    .hint = 6 cijfers. Alleen de nieuwste code werkt.
    .fill = Vul de 6 cijfers uit de sms in.
    .wrong = Vul de code uit de nieuwste sms in.
sms-no-code = Er is geen code van 6 cijfers ingevuld
    .detail = Er is nog niets gecontroleerd. Open de sms en vul de 6 cijfers in die erin staan.
sms-gone = Deze code werkt niet meer
    .detail = Er is niets gecontroleerd. Een code werkt { $sent_code }, en alleen in het venster waarin u hem vroeg. Vraag een nieuwe code.
sms-sent = Wij hebben een code gestuurd naar het
sms-failed = Wij konden de sms niet versturen. U heeft dus geen code gekregen. Vraag een nieuwe code, of log op een andere manier in.
sms-nothing = Geen sms gekregen?
    .wait = Wacht een minuut. Kijk of uw telefoon bereik heeft. Vraag daarna een nieuwe code: de oude werkt dan niet meer.
sms-send = Stuur mij een code
sms-again = Stuur opnieuw
check-sms-lead = Uw wachtwoord klopt. U logt verder in met een code die u per sms krijgt.
check-sms-instead = Ik gebruik een sms
check-call-lead = Uw wachtwoord klopt. Wij bellen u, en u toetst op uw telefoon de code in die hier komt te staan.
check-call-instead = Ik gebruik een telefoongesprek
confirm-sms-lead = U verandert waarmee u inlogt. Vul daarom eerst een code in die u per sms krijgt.
confirm-call-lead = U verandert waarmee u inlogt. Daarom bellen wij u eerst, en toetst u op uw telefoon de code in die hier komt te staan.
call-start = Bel mij
call-again = Bel mij opnieuw
call-to = Wij bellen het
call-code = Toets deze code in op uw telefoon. Vertel hem aan niemand.
call-state-waiting = Wij bellen u. Even geduld.
call-state-ringing = Uw telefoon gaat over. Neem op.
call-state-answered = U bent verbonden. Toets de code in.
call-state-right = De code klopt. Druk op ‘Meld mij aan’.
call-state-busy = Uw nummer is in gesprek. Hang op en laat u opnieuw bellen.
call-state-no-answer = Er werd niet opgenomen. Laat u opnieuw bellen, of kies een ander nummer.
call-state-hung-up = Het gesprek is voorbij en wij hebben geen goede code gehoord. Laat u opnieuw bellen.
call-state-failed = Wij konden u niet bellen. Laat u opnieuw bellen, of log op een andere manier in.
call-log-in = Meld mij aan
call-keyed = Ik heb de code ingetoetst
call-nothing = Gebeurt er niets?
    .wait = Kijk of uw telefoon bereik heeft en niet op stil staat. Een nummer met een keuzemenu werkt niet. Laat u dan opnieuw bellen: u krijgt een nieuwe code.
call-gone = Deze code werkt niet meer
    .detail = Een code werkt { $sent_code }, en alleen in het venster waarin u hem vroeg. Laat u opnieuw bellen.
call-not-yet = Wij hebben de code nog niet gehoord
    .detail = U bent nog niet ingelogd. Neem de telefoon op en toets de code in die hieronder staat. Dat kan zolang het gesprek duurt.
enrol-phone-gone = Deze code werkt niet meer
    .detail = Uw nummer is nog niet toegevoegd. Een code werkt { $sent_code }. Vul uw nummer opnieuw in.
notice-main-number = Dit is nu uw hoofdnummer. Bij het inloggen staat het bovenaan.
main-number = Hoofdnummer
make-main = Maak hoofdnummer
make-main-label = Maak { $name } hoofdnummer
phone-starts = Met dit nummer kunt u inloggen vanaf { $date }. Een nummer dat erbij komt, telt na { $anchor } mee.

details-title = Mijn gegevens
details-to = Mijn gegevens bekijken en veranderen
details-lead = Hier ziet u waar wij u bereiken, en verandert u uw e-mailadressen.
details-name-who = Uw contactpersoon kan uw naam veranderen.
details-login = E-mailadres om in te loggen
details-login-title = E-mailadres om in te loggen veranderen
details-login-lead = Wij sturen een code naar het nieuwe adres. Zodra u die hier invult, logt u in met het nieuwe adres en niet meer met het oude. Op alle andere plaatsen bent u dan uitgelogd.
details-backup = Back-up-e-mailadres
details-backup-what = Bent u uw sleutel of telefoon kwijt? Dan kunt u na uw wachtwoord een link naar dit adres laten sturen. Wij vertellen u er ook wat er met uw account gebeurt.
details-backup-none = U heeft geen back-up-e-mailadres.
details-backup-add = Back-up-e-mailadres toevoegen
details-backup-change = Back-up-e-mailadres veranderen
details-backup-remove = Back-up-e-mailadres verwijderen
details-backup-title = Back-up-e-mailadres instellen
details-backup-lead = Wij sturen een code naar dit adres. Zodra u die hier invult, hoort het adres bij uw account. Om er weer mee binnen te komen werkt het pas na { $anchor }. Op alle andere plaatsen bent u dan uitgelogd.
details-starts = U kunt met dit adres weer binnenkomen vanaf { $moment }.
details-no-backup-contact = Contactpersonen gebruiken geen back-up-e-mailadres om binnen te komen: wie collega's helpt, heeft meer te beschermen. Bewaar uw herstelcode goed, en stel meer dan één manier in om in te loggen.
details-no-backup-organisation = Uw organisatie staat geen back-up-e-mailadres toe. Bewaar uw herstelcode goed.
details-may = Autorisaties
details-may-none = U heeft geen autorisaties voor toepassingen van uw organisatie.
details-may-who = Klopt dit niet? Uw contactpersoon kan uw autorisaties veranderen. Zelf kunt u dat niet.
details-phones = Telefoonnummers
details-phones-where = Uw telefoonnummers staan bij ‘Mijn account’. Daar voegt u ze toe en verwijdert u ze.
details-new = Nieuw e-mailadres
details-new-hint = Een adres waarvan u nu de post kunt lezen.
details-send = Code sturen
details-unreadable = Dit is geen e-mailadres waar wij naartoe kunnen mailen
    .detail = Er is niets verstuurd. Schrijf het adres als naam@praktijk.nl, zonder spaties en zonder accenten voor de @.
details-own = Dit adres gebruikt u al
    .detail = Er is niets verstuurd. Vul een ander adres in, of ga terug naar uw gegevens.
details-other = Kies een ander adres
    .detail = Er is niets verstuurd. Uw back-up-e-mailadres en het adres waarmee u inlogt mogen niet hetzelfde zijn. Anders is wie het ene leest, meteen ook binnen met het andere.
details-registered = Dit adres is van uw organisatie
    .detail = Er is niets verstuurd. Wat daar binnenkomt, lezen misschien ook anderen. Kies een adres dat alleen u leest.
details-held = Er zijn genoeg codes verstuurd
    .detail = Er is nu niets verstuurd. Zo beschermen wij u tegen iemand die steeds codes laat sturen. { $when } kunt u het weer proberen.
details-code-title = Vul de code uit de e-mail in
details-code-sent = Wij hebben een e-mail gestuurd naar
details-code-until = { $when } vervalt de code.
details-code = Code uit de e-mail
    .hint = 6 cijfers. Spaties mogen.
details-no-code = Er is geen code van 6 cijfers ingevuld
    .detail = Er is nog niets veranderd. Open de e-mail die wij u stuurden en vul de 6 cijfers in die er staan.
details-code-wrong = De code klopt niet
    .detail = Kijk in de nieuwste e-mail van ons. U kunt het nog { $left } keer proberen.
details-nothing = Geen code gekregen?
    .detail = Wacht een paar minuten en kijk ook bij ongewenste e-mail. Staat er in de e-mail geen code? Dan kan dit adres niet bij uw account: in de e-mail staat waarom.
details-again = Een nieuwe code vragen of een ander adres invullen
details-remove-text = U kunt dan geen link naar dit adres meer laten sturen om binnen te komen. Wat er met uw account gebeurt, vertellen wij daar nog { $anchor }. Op alle andere plaatsen bent u dan uitgelogd.
notice-login-email-changed = U logt vanaf nu in met uw nieuwe e-mailadres. Wij hebben het ook aan uw oude adres verteld.
notice-backup-email-set = Uw back-up-e-mailadres is ingesteld.
notice-backup-email-removed = Uw back-up-e-mailadres is verwijderd.
notice-email-gone = Er is niets veranderd: de code werkt niet meer. Begin opnieuw als u uw adres nog wilt veranderen.
notice-email-taken = Er is niets veranderd: een collega logt intussen met dat adres in. Kies een ander adres.
error-no-backup-email = U kunt hier geen back-up-e-mailadres gebruiken
    .detail = Uw organisatie staat het niet toe, of u bent contactpersoon. Bewaar uw herstelcode goed. Daarmee komt u ook weer binnen.
mail-email-code = Uw code voor dit e-mailadres
    .happened = Iemand wil dit e-mailadres gebruiken voor het account van { $name } bij { $server }. Bent u dat zelf? Vul dan deze code in op de pagina die u open heeft: { $code }. De code werkt { $sent_code } en één keer.
    .act = Vul de code dan nergens in en geef hem aan niemand. Zonder de code verandert er niets.
mail-email-taken = U logt al in met dit e-mailadres
    .happened = Iemand van uw organisatie wilde dit e-mailadres voor een ander account gebruiken. Dat kan niet, want u logt er al mee in. Er is niets veranderd en u hoeft niets te doen.
    .act = Wilde u zelf twee accounts met één adres? Dat kan niet binnen één organisatie: gebruik voor elk account een eigen adres. Heeft iemand anders dit gedaan en gebeurt het vaker? Vertel het aan uw contactpersoon.
mail-username-changed = U logt in met een ander e-mailadres
    .happened = Op uw account wordt vanaf nu ingelogd met het e-mailadres { $address }. Met het oude adres kan dat niet meer. Op alle andere plaatsen bent u uitgelogd. Het oude adres krijgt nog { $anchor } bericht van wat er gebeurt.
    .act = Dan kan iemand anders bij uw account. Bel meteen uw contactpersoon. Bent u zelf contactpersoon, bel dan de beheerder van { $server }.
mail-username-changed-colleague = Een collega logt in met een ander e-mailadres
    .happened = { $about } logt vanaf nu in met het e-mailadres { $address }.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.
mail-backup-email-set = U heeft een ander back-up-e-mailadres
    .happened = Bij uw account hoort nu het back-up-e-mailadres { $address }. Vanaf { $until } kan daarmee worden ingelogd, na uw wachtwoord. Was er een ander adres, dan krijgt dat nog { $anchor } bericht van wat er gebeurt.
    .act = Dan kan iemand anders bij uw account. Bel meteen uw contactpersoon. Kunt u nog inloggen? Verwijder het adres dan bij ‘Mijn gegevens’.
mail-backup-email-set-colleague = Een collega heeft een ander back-up-e-mailadres
    .happened = Bij het account van { $about } hoort nu het back-up-e-mailadres { $address }. Vanaf { $until } kan daarmee worden ingelogd, na het wachtwoord.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.
mail-backup-email-removed = Uw back-up-e-mailadres is verwijderd
    .happened = Bij uw account hoort geen back-up-e-mailadres meer. Op alle andere plaatsen bent u uitgelogd.
    .act = Dan kan iemand anders bij uw account. Bel meteen uw contactpersoon. Bent u zelf contactpersoon, bel dan de beheerder van { $server }.
mail-backup-email-removed-colleague = Een collega heeft geen back-up-e-mailadres meer
    .happened = Het back-up-e-mailadres van { $about } is verwijderd.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.
settings-backup = Back-up-e-mailadres toestaan
settings-backup-hint = Wie een telefoon of app kwijt is, kan dan na het wachtwoord een link naar een eigen back-up-e-mailadres laten sturen. Dat is een zwakke manier: wie zo binnen is, verandert niets aan hoe men inlogt. Contactpersonen kunnen het nooit.
login-email-to = Stuur een link naar mijn back-up-e-mailadres
login-email-title = Inloggen met een link per e-mail
login-email-lead = Uw wachtwoord klopt. Wij kunnen een link sturen naar uw back-up-e-mailadres:
login-email-low = U ziet dan uw account, maar u kunt er niets mee veranderen aan hoe u inlogt. Wij vertellen het aan al uw adressen en aan uw contactpersoon.
login-email-send = Stuur de link
login-email-again = Stuur een nieuwe link
login-email-sent = Wij hebben een link gestuurd naar
login-email-until = { $when } vervalt de link.
login-email-here = Open de link in deze browser, op dit apparaat. Ergens anders werkt hij niet.
login-email-none = Geen link gekregen?
login-email-nothing = Wacht een paar minuten en kijk ook bij ongewenste e-mail. Laat dit venster open.
login-email-recovery = Ik gebruik mijn herstelcode
login-email-contact = Contactpersonen loggen niet in met een link per e-mail. Gebruik uw herstelcode, of vraag een andere contactpersoon om hulp.
login-email-organisation = Uw organisatie staat inloggen met een link per e-mail niet toe. Gebruik uw herstelcode, of vraag uw contactpersoon om hulp.
login-email-strong = U heeft een sleutel, passkey of UZI-pas. Dan logt u niet in met een link per e-mail, want die is minder veilig. Bent u alles kwijt? Gebruik uw herstelcode, of vraag uw contactpersoon om hulp.
login-email-missing = Bij uw account hoort geen back-up-e-mailadres. Gebruik uw herstelcode, of vraag uw contactpersoon om hulp.
login-email-waits = Met uw back-up-e-mailadres komt u pas weer binnen vanaf { $moment }. Uw wachtwoord, pincode of een e-mailadres is korter dan { $anchor } geleden veranderd. Gebruik uw herstelcode, of vraag uw contactpersoon om hulp.
login-email-held = Er zijn genoeg links en codes verstuurd
    .detail = Er is nu niets verstuurd. Zo beschermen wij u tegen iemand die steeds links laat sturen. { $when } kunt u het weer proberen. U kunt ook nu op een andere manier inloggen.
login-email-open-title = Inloggen met de link uit uw e-mail
login-email-open-lead = Er is nog niets gebeurd. Vroeg u zelf om deze link? Druk dan op Inloggen. Zo niet, kies dan Annuleren.
error-link-invalid = Deze link werkt niet meer
    .detail = U bent niet ingelogd. Een link werkt één keer en { $sent_code }, en alleen de nieuwste. Ga terug en laat een nieuwe link sturen.
error-link-elsewhere = Open de link in de browser waarin u erom vroeg
    .detail = U bent niet ingelogd. Deze link werkt alleen in de browser waarin u net uw wachtwoord invulde, en zolang u daar aan het inloggen bent. Open de link daar, of begin opnieuw.
mail-backup-link = Uw link om in te loggen
    .happened = Met deze link logt u in bij { $server }. Open hem in de browser waarin u erom vroeg, en druk daar op Inloggen. De link werkt { $sent_code } en één keer.
    .act = Dan kent iemand anders uw wachtwoord. Open de link niet. Kies meteen een nieuw wachtwoord en bel uw contactpersoon.
mail-backup-email-used = Er is ingelogd met een link naar uw back-up-e-mailadres
    .happened = Iemand heeft met uw wachtwoord en een link naar uw back-up-e-mailadres ingelogd. Op alle andere plaatsen bent u uitgelogd.
    .act = Dan heeft iemand anders uw wachtwoord en leest die uw back-up-e-mailadres. Bel meteen uw contactpersoon.
mail-backup-email-used-colleague = Een collega heeft ingelogd met een link per e-mail
    .happened = Er is ingelogd op het account van { $about } met het wachtwoord en een link naar het back-up-e-mailadres.
    .act = Dan kan iemand anders bij dat account. Vraag het { $about } zelf, of bel een nummer dat u al kent. Klopt het niet? Bel dan de beheerder van { $server }.

## Brieven met een pincode

letter-private = Persoonlijk en vertrouwelijk
letter-attention = t.a.v. { $name }
letter-title = Uw pincode voor { $server }
letter-greeting = Beste { $name },
letter-first = Voor u is een account gemaakt als contactpersoon van { $organisation }. Met uw gebruikersnummer en de pincode in deze brief kiest u een wachtwoord.
    .number = Uw gebruikersnummer staat met opzet niet in deze brief. U krijgt het per e-mail.
letter-renewed = U krijgt een nieuwe pincode voor uw account bij { $organisation }. Met uw gebruikersnummer en deze pincode kiest u een nieuw wachtwoord. Een oude pincode werkt niet meer.
    .number = Uw gebruikersnummer is niet veranderd. Het staat met opzet niet in deze brief.
letter-pin = Uw pincode. Let op hoofdletters en kleine letters.
letter-capital = hoofdletter
letter-small = kleine letter
letter-digit = cijfer
letter-steps = Zo kiest u een wachtwoord
letter-step-page = 1. Ga naar { $page }
letter-step-fill = 2. Vul uw gebruikersnummer en de pincode in.
letter-step-password = 3. Kies een wachtwoord.
letter-step-wizard = 4. Stel daarna de extra controle bij het inloggen in. De pagina’s wijzen u de weg.
letter-step-log-in = 4. Log in met uw nieuwe wachtwoord. Uw extra controle bij het inloggen is niet veranderd.
letter-until = Gebruik de pincode vóór { $until }
    .detail = Daarna werkt hij niet meer en is een nieuwe brief nodig. Bewaar de pincode op een veilige plaats als u hem heeft gebruikt. U heeft hem weer nodig als u uw wachtwoord vergeet.
letter-safe = Houd de pincode geheim
    .detail = Niemand vraagt u ooit om de pincode te zeggen, ook wij niet. U vult hem alleen zelf in, op de pagina hierboven.
letter-open = Was de envelop open of beschadigd? Gebruik de pincode dan niet.
letter-call = Bel meteen de beheerder: { $telephone }.
letter-call-operator = Bel meteen de beheerder.
letter-foot = Deze brief is automatisch gemaakt en daarom niet ondertekend.
settings-planned = { $what ->
        [email] Het e-mailadres waarop uw organisatie wordt bereikt
        [address] Het postadres van uw organisatie
        [telephone] Het telefoonnummer waarop uw organisatie wordt teruggebeld
       *[main_contact] De hoofdcontactpersoon van uw organisatie
    } verandert op { $moment } in: { $to }. Tot dan geldt nog het oude. Klopt dit niet? Houd het dan tegen.
settings-unproven = Het verandert alleen als iemand het vóór die tijd bevestigt, met de link die wij naar het nieuwe adres hebben gemaild. Dat is nog niet gebeurd.
settings-proven = Iemand heeft het op het nieuwe adres bevestigd, met de link die wij daarheen hebben gemaild.
settings-main-proven = Die heeft daarna al ingelogd met een tweede factor.
settings-main-unproven = Het verandert alleen als die vóór die tijd inlogt met een tweede factor. Dat is nog niet gebeurd.
settings-stop = Tegenhouden
notice-stopped = De verandering is tegengehouden. Wij vertellen het aan alle contactpersonen.
notice-not-planned = Er was niets meer om tegen te houden. Kijk hieronder wat er nu geldt.
mail-anchor-planned = De gegevens van uw organisatie gaan veranderen
    .happened = { $what ->
        [email] Het e-mailadres waarop uw organisatie wordt bereikt
        [address] Het postadres van uw organisatie
        [telephone] Het telefoonnummer waarop uw organisatie wordt teruggebeld
       *[main_contact] De hoofdcontactpersoon van uw organisatie
    } verandert op { $until } in: { $to }. De beheerder van { $server } heeft dit vergeleken met het handelsregister.{ $what ->
        [email] {" "}Het verandert alleen als iemand het vóór die tijd bevestigt, met de link die wij naar het nieuwe adres hebben gemaild.
        [main_contact] {" "}Het verandert alleen als die vóór die tijd inlogt met een tweede factor.
       *[other] {""}
    } Tot dan geldt nog het oude.
    .act = Een contactpersoon kan de verandering tot dan tegenhouden, bij Instellingen. Of bel de beheerder van { $server }.
mail-anchor-link = Is dit het e-mailadres van { $about }?
    .happened = De beheerder van { $server } kreeg dit adres als nieuw e-mailadres van { $about }. Klopt dat? Open dan de link en bevestig het vóór { $until }. Doet niemand dat, dan verandert er niets. De link werkt één keer. U krijgt er verder niets mee.
    .act = Open de link en kies ‘Dit klopt niet’. Dan gaat het niet door.
mail-anchor-unproven = { $what ->
        [main_contact] De hoofdcontactpersoon van uw organisatie verandert niet
       *[email] Het e-mailadres van uw organisatie verandert niet
    }
    .happened = { $what ->
        [main_contact] { $to } zou de hoofdcontactpersoon van uw organisatie worden, maar heeft sindsdien niet ingelogd met een tweede factor. Daarom blijft het zoals het was.
       *[email] Het e-mailadres waarop uw organisatie wordt bereikt, zou veranderen in: { $to }. Niemand heeft de link gebruikt die wij daarheen hebben gemaild. Daarom blijft het zoals het was.
    }
    .act = { $what ->
        [main_contact] Moet het toch veranderen? Bel dan de beheerder van { $server }, en laat { $to } daarna inloggen.
       *[email] Moet het adres toch veranderen? Bel dan de beheerder van { $server }: die laat een nieuwe link mailen.
    }
mail-anchor-changed = De gegevens van uw organisatie zijn veranderd
    .happened = { $what ->
        [email] Het e-mailadres waarop uw organisatie wordt bereikt
        [address] Het postadres van uw organisatie
        [telephone] Het telefoonnummer waarop uw organisatie wordt teruggebeld
        [kvk] Het KvK-nummer van uw organisatie
        [agb] De AGB-code van uw organisatie
        [ura] Het UZI-abonneenummer (URA) van uw organisatie, waarmee UZI-passen bij uw organisatie horen,
       *[main_contact] De hoofdcontactpersoon van uw organisatie
    } is vanaf nu: { $to }.
    .act = Bel dan meteen de beheerder van { $server }.
mail-anchor-stopped = Een verandering is tegengehouden
    .happened = { $what ->
        [email] Het e-mailadres waarop uw organisatie wordt bereikt
        [address] Het postadres van uw organisatie
        [telephone] Het telefoonnummer waarop uw organisatie wordt teruggebeld
       *[main_contact] De hoofdcontactpersoon van uw organisatie
    } verandert niet: de verandering die eraan kwam, is tegengehouden.
    .act = Vraag het aan uw contactpersoon, of bel de beheerder van { $server }.

pin-lost-title = Pincode vergeten
pin-lost-lead = Niemand kan uw pincode voor u opzoeken. U krijgt een nieuwe.
pin-lost-proven = U heeft net laten zien dat u het bent. Daarom maken wij meteen een nieuwe pincode voor dit account.
pin-lost-box = De pincode komt in de Berichtenbox van uw hoofdcontactpersoon. Die geeft hem aan u.
pin-lost-post = U bent contactpersoon. Daarom komt de pincode per post, in een brief aan u op het adres van uw organisatie.
pin-lost-old = Uw oude pincode werkt tot de nieuwe wordt gegeven of op de post gaat. U kunt één keer per dag een nieuwe laten maken.
pin-lost-ask = Vul in van wie het account is. Wij vragen uw contactpersoon om een nieuwe pincode voor u te maken. Die belt of spreekt u eerst.
pin-lost-faster = Kunt u nog ergens mee inloggen? Log dan eerst in, en kies daarna Pincode vergeten. Dan wordt de pincode meteen gemaakt.
pin-lost-confirm = U bent ingelogd, maar dat is langer dan { $fresh } geleden.
pin-lost-to-confirm = Laat eerst zien dat u het bent, dan wordt de pincode meteen gemaakt
pin-lost-who = E-mailadres of gebruikersnummer
pin-lost-who-hint = Het e-mailadres waarmee u inlogt, of het nummer van 14 cijfers.
pin-lost-who-empty = Vul uw e-mailadres of gebruikersnummer in.
pin-lost-wrong = Uw vraag is nog niet verstuurd
    .detail = Zo horen een e-mailadres en een gebruikersnummer niet te staan. Verbeter wat u invulde en verstuur het opnieuw.
pin-lost-send = Vraag mijn contactpersoon
pin-lost-back = Wachtwoord kiezen met nummer en pincode
pin-lost-too-soon = U kunt één keer per dag een pincode laten maken. Vraag uw contactpersoon of hij er al is, of wacht tot morgen.
pin-own-box = De pincode ligt in de Berichtenbox van uw hoofdcontactpersoon.
pin-own-get = Vraag uw hoofdcontactpersoon om de pincode. Die bekijkt hem binnen { $pin_in_the_box } en geeft hem aan u.
pin-own-post = De pincode komt per post, in een brief aan u.
pin-own-old = Uw oude pincode werkt tot uw contactpersoon de nieuwe bekijkt. Uw extra controle bij het inloggen verandert niet.
    .post = Uw oude pincode werkt tot de brief op de post gaat. Uw extra controle bij het inloggen verandert niet.
pin-own-told = U en uw contactpersonen krijgen hier bericht van. Op andere plaatsen bent u uitgelogd.
pin-choose-own = Kies daarna op de inlogpagina bij ‘Eerste keer hier, of wachtwoord vergeten’ een wachtwoord, met uw gebruikersnummer en de pincode.
pin-asked-title = Uw vraag is verwerkt
pin-asked-lead = Hoort dit bij een account? Dan ligt de vraag om een nieuwe pincode bij de contactpersonen van die organisatie. Zij hebben { $pin_asked } om te antwoorden.
pin-asked-call = Een contactpersoon belt of spreekt u om te vragen of u dit was.
pin-asked-give = Die maakt een nieuwe pincode en geeft hem aan u. Noem een pincode nooit aan de telefoon.
pin-asked-slow = Duurt het lang? Bel uw contactpersoon zelf. Vraagt u het hier nog eens, dan sturen wij het hoogstens één keer per dag door.
pin-asked-contact = Bent u zelf contactpersoon? Dan krijgen de andere contactpersonen van uw organisatie de vraag, en komt de pincode per post.
pin-asked-only = De enige contactpersoon
    .detail = Is er geen andere contactpersoon? Bel dan de beheerder van dit systeem. Die controleert eerst of u het echt bent.
    .call = Is er geen andere contactpersoon? Bel dan de beheerder van dit systeem: { $number }. Die controleert eerst of u het echt bent.
people-asking = Deze collega's vragen om een nieuwe pincode
person-asks = Vraagt om een nieuwe pincode
    .detail = Dit is op { $moment } gevraagd door iemand die niet was ingelogd, of door de beheerder omdat de oude pincode was verteld. Het kan ook iemand anders zijn geweest.
person-asks-yes = Nieuwe pincode
person-asks-no = Afwijzen
person-asks-oneself = Dit is uw eigen account. Een andere contactpersoon maakt de pincode. Vroeg u dit niet? Wijs het dan af.
inbox-asking = { $count ->
    [one] Er is 1 collega die om een nieuwe pincode vraagt.
   *[other] Er zijn { $count } collega's die om een nieuwe pincode vragen.
}
inbox-to-asking = Bekijk dit in Gebruikersbeheer
notice-pin-declined = De vraag is afgewezen. Uw collega krijgt er bericht van.
notice-pin-not-asked = Er was geen vraag meer. U hoeft niets te doen.
account-password = Ander wachtwoord kiezen

settings-telephone = Telefoonnummer
support-title = Klopt deze vraag?
support-lead = Iemand belde de beheerder van dit systeem en vroeg hulp voor een account van uw organisatie.
support-pin = Gevraagd is: een nieuwe pincode.
    .detail = De pincode komt niet naar dit e-mailadres. Hij komt in de Berichtenbox van uw hoofdcontactpersoon, of per post als het om een contactpersoon gaat.
support-unblock = Gevraagd is: een blokkade van het account opheffen.
    .detail = Wie het wachtwoord en de extra controle heeft, kan daarna weer inloggen. Verder verandert er niets.
support-factor = Gevraagd is: iets weghalen waarmee deze persoon inlogt.
    .detail = Bevestigt u dit? Blijft er niets over om mee in te loggen, dan kan wie het wachtwoord heeft na een paar dagen een nieuwe extra controle instellen. Iedereen krijgt daarvan bericht en kan het tegenhouden.
support-sure = Weet u het zeker? Vraag het eerst aan deze persoon zelf.
support-yes = Ja, dit klopt
support-no = Dit heb ik niet gevraagd
support-confirmed = U heeft het bevestigd
    .detail = De beheerder gaat verder. De persoon en de contactpersonen van uw organisatie krijgen bericht.
support-stopped = Het is tegengehouden
    .detail = Er verandert niets aan het account. Wij waarschuwen de persoon en de contactpersonen van uw organisatie.
support-stopped-next = Iemand probeert misschien bij dit account te komen. Vertel het aan uw contactpersoon.
support-close = U kunt dit venster sluiten. De link werkt niet meer.
registered-title = Is dit het e-mailadres van uw organisatie?
registered-lead = De beheerder van dit systeem kreeg dit adres als nieuw e-mailadres van deze organisatie.
registered-email = E-mailadres
registered-what = Bevestigt u dit? Dan komen hier gebruikersnummers van collega’s en vragen over hulp van de beheerder. Dat begint op { $moment }, en een contactpersoon kan het tot dan tegenhouden.
registered-sure = Kent u deze organisatie niet? Kies dan ‘Dit klopt niet’.
registered-no = Dit klopt niet
registered-right = U heeft het bevestigd
    .detail = Wij weten nu dat iemand van de organisatie dit adres leest. Het geldt vanaf de dag die in de mail staat.
registered-wrong = Het e-mailadres verandert niet
    .detail = Wij vertellen het aan de contactpersonen en op het adres dat de organisatie nu heeft.
error-registered-link-invalid = Deze link werkt niet meer
    .detail = Er is niets veranderd. Een link werkt één keer, tot de dag die in de mail staat, en alleen de nieuwste. Moet het adres nog veranderen? Bel dan de beheerder van dit systeem.
error-support-link-invalid = Deze link werkt niet meer
    .detail = Er is niets veranderd. Een link werkt één keer, een dag lang, en alleen de nieuwste. Is hulp nog nodig? Bel dan opnieuw met de beheerder van dit systeem.
