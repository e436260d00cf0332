//! The sentences of the self-test, in Dutch and in English.

/// A text in Dutch and in English, in which `{}` stands for what was found.
pub(super) type Words = (&'static str, &'static str);

pub(super) const ABOUT: Words = ("Sleutelbos-agent {}.", "Sleutelbos agent {}.");
pub(super) const OLD_LIST: Words = (
    "Deze agent is oud: zijn lijst van internetdomeinen is van {}. Een nieuwe site kan daardoor geweigerd worden. Installeer een nieuwere agent, of vraag uw beheerder dat te doen.",
    "This agent is old: its list of internet domains is of {}. So a new site may be refused. Install a newer agent, or ask your administrator to.",
);
pub(super) const CARE_PROVIDER: Words =
    ("UZI-pas (zorgverlener) van {}", "UZI card (care provider) of {}");
pub(super) const NAMED_EMPLOYEE: Words =
    ("UZI-pas (medewerker op naam) van {}", "UZI card (named employee) of {}");
pub(super) const OTHER_CARD: Words = ("UZI-pas van {}", "UZI card of {}");
pub(super) const UNNAMED: Words = (
    "Deze UZI-pas staat niet op naam. Zo'n pas zegt niet wie u bent, en daarom kunt u er niet mee inloggen. Gebruik uw zorgverlenerpas of een medewerkerpas op naam.",
    "This UZI card bears nobody's name. Such a card does not say who you are, so you cannot log in with it. Use your care provider's card or an employee's card with a name.",
);
pub(super) const CHANGE_PIN: Words = (
    "De pas vraagt eerst om een nieuwe pincode. Tot die tijd kunt u er niet mee inloggen. Wijzig de pincode in het programma SafeSign.",
    "The card asks for a new PIN first. Until then you cannot log in with it. Change the PIN in the SafeSign program.",
);
pub(super) const EXTENSION_UNSEEN: Words = (
    "In {} zien wij de extensie van Sleutelbos niet. Zonder extensie werkt inloggen met de UZI-pas op een webpagina niet. Zet de extensie in deze browser aan, of vraag uw beheerder dat te doen.",
    "The extension of Sleutelbos is not seen in {}. Without it logging in to a page with the UZI card does not work. Switch the extension on in this browser, or ask your administrator to.",
);
pub(super) const SOUND: Words =
    ("Er is niets dat u eerst moet herstellen.", "There is nothing to put right first.");
pub(super) const ONE_PROBLEM: Words = (
    "1 fout: herstel die eerst en geef de opdracht dan opnieuw.",
    "1 problem: put it right first, then run this again.",
);
pub(super) const PROBLEMS: Words = (
    "{} fouten: herstel die eerst en geef de opdracht dan opnieuw.",
    "{} problems: put them right first, then run this again.",
);
pub(super) const UNTIL: Words = (", geldig tot {}.", ", valid until {}.");
pub(super) const NOT_BLOCKED: Words =
    ("De pincode van de pas is niet geblokkeerd.", "The PIN of the card is not blocked.");
pub(super) const KEY: Words = ("Beveiligingssleutel '{}' gevonden.", "Security key '{}' found.");
pub(super) const KEY_ON_READER: Words =
    ("Beveiligingssleutel op kaartlezer '{}' gevonden.", "Security key on reader '{}' found.");
pub(super) const CARD_NOT_NEEDED: Words = (
    "Logt u met uw beveiligingssleutel in, dan hoeft dat niet.",
    "None of this is needed to log in with your security key.",
);
pub(super) const KEY_UNOPENED: Words = (
    "De beveiligingssleutel is niet te openen ({}). Daardoor kunt u er niet mee inloggen. Haal de sleutel eruit en steek hem opnieuw in.",
    "The security key cannot be opened ({}). So you cannot log in with it. Take the key out and insert it again.",
);
pub(super) const CLOCK_SUSPECT: Words = (
    "Volgens de klok van deze computer geldt het certificaat van {} nu niet. Meestal staat dan de datum van deze computer verkeerd, en daardoor mislukt inloggen. Zet de datum en tijd goed; kloppen die, meld dit dan aan de beheerder van de server.",
    "By the clock of this computer the certificate of {} does not hold now. Mostly the date of this computer is wrong then, and a log-in fails. Set date and time; if they are right, tell the administrator of the server.",
);
pub(super) const KEY_FORBIDDEN: Words = (
    "U mag de beveiligingssleutel {} niet gebruiken. Daardoor kunt u er niet mee inloggen. Vraag uw beheerder de udev-regels voor FIDO-sleutels te installeren (pakket libfido2-1 of libu2f-udev) en steek de sleutel opnieuw in.",
    "You may not use the security key {}. So you cannot log in with it. Ask your administrator to install the udev rules for FIDO keys (package libfido2-1 or libu2f-udev), and insert the key again.",
);
pub(super) const KEYS_UNLISTED: Words = (
    "De beveiligingssleutels zijn niet op te vragen ({}). Daardoor kunt u er niet mee inloggen. Vraag uw beheerder om hulp.",
    "The security keys cannot be listed ({}). So you cannot log in with one. Ask your administrator for help.",
);
pub(super) const CONNECTED: Words = ("{} kent de agent.", "{} knows the agent.");
pub(super) const NOT_CONNECTED: Words = (
    "{} kent de agent niet. Inloggen met de UZI-pas op een webpagina werkt in deze browser niet. Geef de opdracht 'sleutelbos-agent install'.",
    "{} does not know the agent. Logging in to a page with the UZI card does not work in this browser. Run 'sleutelbos-agent install'.",
);
pub(super) const LEADS_ELSEWHERE: Words = (
    "{} start een agent op een andere plaats. Misschien is dat een oude. Geef de opdracht 'sleutelbos-agent install'.",
    "{} starts an agent at another place. That may be an old one. Run 'sleutelbos-agent install'.",
);
pub(super) const FOREIGN: Words = (
    "{} start onder onze naam een ander programma. Inloggen met de UZI-pas gaat daar niet via de agent. Verwijder dat programma en geef de opdracht 'sleutelbos-agent install'.",
    "{} starts another program under our name. Logging in with the UZI card does not use the agent there. Remove that program and run 'sleutelbos-agent install'.",
);
pub(super) const MANIFEST_UNSOUND: Words = (
    "Anderen op deze computer kunnen het bestand {} wijzigen. Daarmee kunnen zij de browser een ander programma laten starten. Verwijder het bestand en geef de opdracht 'sleutelbos-agent install'.",
    "Others on this computer can change the file {}. With it they can have the browser start another program. Remove the file and run 'sleutelbos-agent install'.",
);
pub(super) const PROGRAM_UNSOUND: Words = (
    "Anderen op deze computer kunnen de agent zelf vervangen ({}). Daarmee kunnen zij uw pincode te weten komen. Vraag uw beheerder de agent te installeren waar alleen de beheerder mag schrijven.",
    "Others on this computer can replace the agent itself ({}). With it they can learn your PIN. Ask your administrator to install the agent where only the administrator may write.",
);
pub(super) const MODULE_MISSING: Words = (
    "De module {} staat in de instellingen, maar het bestand is er niet. De pas kan daardoor onleesbaar zijn. Verbeter 'modules' in de instellingen of installeer de software.",
    "The module {} is in the configuration, but there is no such file. So the card may not be readable. Correct 'modules' in the configuration or install the software.",
);
pub(super) const MODULE_UNSOUND: Words = (
    "Anderen op deze computer kunnen de module {} vervangen. Daarom wordt hij niet geladen, en de pas kan onleesbaar zijn. Vraag uw beheerder de rechten te herstellen.",
    "Others on this computer can replace the module {}. So it is not loaded, and the card may not be readable. Ask your administrator to mend its permissions.",
);
pub(super) const WEB_EID: Words = (
    "Het programma van Web eID is geïnstalleerd ({}). Beide werken naast elkaar. Gebruik voor uw UZI-pas onze extensie.",
    "The Web eID program is installed ({}). Both work side by side. Use our extension for your UZI card.",
);
pub(super) const NO_WINDOW: Words = (
    "Het programma dat om de pincode vraagt ({}) werkt alleen aan een terminal: er kan geen venster komen. Inloggen met de UZI-pas op een webpagina gaat dan niet. Installeer pinentry-gnome3, pinentry-qt of pinentry-gtk2, of vraag uw beheerder dat te doen.",
    "The program that asks for the PIN ({}) works at a terminal only: no window can be shown. So you cannot log in to pages with the UZI card. Install pinentry-gnome3, pinentry-qt or pinentry-gtk2, or ask your administrator to.",
);
pub(super) const NO_DISPLAY: Words = (
    "Deze sessie heeft geen scherm (DISPLAY en WAYLAND_DISPLAY ontbreken): er kan geen venster komen. Inloggen met de UZI-pas op een webpagina gaat dan niet. Geef deze opdracht op het bureaublad waar u de browser gebruikt.",
    "This session has no display (neither DISPLAY nor WAYLAND_DISPLAY is set): no window can be shown. So you cannot log in to pages with the UZI card. Run this command on the desktop on which you use the browser.",
);
pub(super) const NO_SERVER: Words = (
    "Er is geen server ingesteld. Pagina's werken wel; inloggen vanaf de opdrachtregel vraagt om een adres. Zet 'servers' in de instellingen.",
    "No server is configured. Pages work; logging in from the command line asks for an address. Set 'servers' in the configuration.",
);
pub(super) const CLOCK: Words =
    ("De klok loopt gelijk met de server.", "The clock agrees with the server.");
pub(super) const NO_KEY: Words = (
    "Er zit geen beveiligingssleutel in deze computer. Dat hoeft niet als u met een UZI-pas inlogt. Steek anders uw sleutel in.",
    "There is no security key in this computer. None is needed to log in with an UZI card. Else insert your key.",
);
pub(super) const NO_BROWSER: Words = (
    "Wij vinden geen Chrome, Chromium, Edge, Brave of Vivaldi van u. Inloggen op webpagina's met de UZI-pas kan dan niet. Start de browser een keer en geef de opdracht 'sleutelbos-agent install'.",
    "No Chrome, Chromium, Edge, Brave or Vivaldi of yours is found. So you cannot log in to pages with the UZI card. Start the browser once and run 'sleutelbos-agent install'.",
);
pub(super) const CLOCK_FAST: Words = (
    "De klok van deze computer loopt {} seconden voor. Daardoor kan inloggen mislukken. Zet de datum en tijd goed, of vraag uw beheerder dat te doen.",
    "The clock of this computer is {} seconds fast. Because of that a log-in may fail. Set date and time, or ask your administrator to.",
);
pub(super) const CLOCK_SLOW: Words = (
    "De klok van deze computer loopt {} seconden achter. Daardoor kan inloggen mislukken. Zet de datum en tijd goed, of vraag uw beheerder dat te doen.",
    "The clock of this computer is {} seconds slow. Because of that a log-in may fail. Set date and time, or ask your administrator to.",
);
pub(super) const CLOCK_UNKNOWN: Words = (
    "De server {} is bereikbaar maar zegt niet hoe laat het is. De klok van deze computer is daarom niet vergeleken. Kijk zelf of datum en tijd kloppen.",
    "The server {} can be reached but does not tell the time. So the clock of this computer was not compared. See for yourself whether date and time are right.",
);
pub(super) const UNREACHABLE: Words = (
    "De server is niet bereikbaar, en daardoor kunt u er niet inloggen. Controleer de netwerkverbinding en het adres: {}.",
    "The server cannot be reached, so you cannot log in there. Check the network and the address: {}.",
);
pub(super) const STRANGER: Words = (
    "Op {} antwoordt iets anders dan Sleutelbos. Daardoor kunt u er niet inloggen. Controleer het adres in agent.toml, of vraag uw beheerder naar het juiste.",
    "Something other than Sleutelbos answers at {}. So you cannot log in there. Check the address in agent.toml, or ask your administrator for the right one.",
);
pub(super) const KEY_SILENT: Words = (
    "De beveiligingssleutel {} is er, maar antwoordt niet goed. Daardoor kunt u er niet mee inloggen. Sluit andere programma's die hem gebruiken, haal hem eruit en steek hem opnieuw in; helpt dat niet, gebruik dan een andere sleutel.",
    "The security key {} is there but does not answer as it should. So you cannot log in with it. Close other programs that use it, take it out and insert it again; if that does not help, use another key.",
);
pub(super) const DEVELOPMENT: Words = (
    "De instelling voor ontwikkelaars staat aan: adressen op deze computer mogen zonder https. Dat is niet bedoeld voor echt gebruik. Zet 'development = false' in de instellingen.",
    "The developers' setting is on: addresses on this computer are taken without https. That is not meant for real use. Set 'development = false' in the configuration.",
);
