//! `sleutelbos check`: whether the server would start, changing nothing.

mod authorisations;
mod letters;
mod sealing;

use super::language::Language;
use super::start::told;
use super::{Failure, Setting, words};
use crate::app;
use crate::causes::causes;
use crate::clock::{Clock, Time};
use crate::config::Config;
use crate::delivery::Delivery;
use crate::delivery::email::{Security, Way};
use crate::factors::card::Verifier;
use crate::sealed::{self, Standing};
use crate::storage::{self, Db, Exposure, Found};
use crate::uzi::certificate::Certificate;
use crate::uzi::lists::Place;
use crate::uzi::revocation::{self, Lapse, RevocationList};
use crate::uzi::trust::{self, Trust};
use jiff::Timestamp;
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;

pub(super) async fn run(setting: &Setting) -> Result<ExitCode, Failure> {
    let language = Language::of_the_terminal();
    let mut out = std::io::stdout().lock();
    let config = match setting.read() {
        Ok(config) => config,
        Err(error) => {
            let label = language.pick("configuratie", "configuration");
            line(&mut out, language, label, Finding::Bad(told(&error, language)))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let database = Db::inspect(&config.storage).await;
    // Where the database cannot be read, its own line says so.
    let kept = kept(&config).await.unwrap_or_default();
    let well = report(&mut out, language, &config, (database, &kept))?;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report(
    out: &mut impl Write,
    language: Language,
    config: &Config,
    (database, kept): (Result<Found, storage::Error>, &Kept),
) -> std::io::Result<bool> {
    let mut line = |label: &str, finding: Finding| line(out, language, label, finding);
    let origin = Finding::Well(config.server.origin.to_string());
    let configuration = line(language.pick("configuratie", "configuration"), origin)?;
    let database = database.map_err(|error| told(&error, language)).map(|found| match found {
        Found::Nothing => language
            .pick(
                "nog leeg; wordt gemaakt bij de eerste start",
                "not there yet; made at first start",
            )
            .to_owned(),
        Found::Current => language.pick("bij de tijd", "up to date").to_owned(),
        Found::Behind { migrations } => language.pick(
            format!("wordt bijgewerkt bij de start (stappen: {migrations})"),
            format!("brought up to date at start (steps: {migrations})"),
        ),
    });
    let database = line("database", database.into())?;
    let cards = app::cards(config).map_err(|error| told(&error, language));
    let believed = cards.as_ref().map(Verifier::trust);
    let trust = believed.map_err(Clone::clone).map(|trust| {
        let below = trust.pool().len();
        language.pick(
            format!("{}, {below} daaronder", roots(language, trust.anchors().len())),
            format!("{}, {below} below", roots(language, trust.anchors().len())),
        )
    });
    let trust = line(language.pick("uzi-vertrouwen", "uzi trust"), trust.into())?;
    let lists = language.pick("intrekkingslijsten", "revocation lists");
    let found = revocation_lists(language, config, believed.ok());
    let lists = line(lists, found.unwrap_or_else(Finding::Bad))?;
    let makers = language.pick("sleutelmerken", "key makers");
    let makers = line(makers, key_makers(language, config).into())?;
    let folder = language.pick("gegevensmap", "data folder");
    let folder = line(folder, data_folder(language, &config.data))?;
    let mail = line("e-mail", e_mail(language, config))?;
    let key = line("name.key", small_key(language, &config.data.join("name.key")))?;
    let pepper = line("pin.key", small_key(language, &config.data.join("pin.key")))?;
    let sealing = language.pick("verzegeling", "sealing");
    let sealing = line(sealing, sealing::keys(language, &config.data, &kept.standing))?;
    let post = language.pick("brieven", "letters");
    let now = Clock::system().now();
    line(
        post,
        letters::letters(language, &config.letters, kept.queue, (config.times.pin_by_post, now)),
    )?;
    let label = language.pick("autorisaties", "authorisations");
    let named = authorisations::named(language, &config.authorisations, &kept.unnamed);
    line(label, named)?;
    let address = line(language.pick("adres", "address"), address(language, config).into())?;
    line("proxies", proxies(language, config))?;
    let files = folder && key && pepper && sealing;
    Ok(configuration && database && trust && lists && makers && files && mail && address)
}

/// What the database says of what it keeps.
#[derive(Default)]
struct Kept {
    /// Which keys it names.
    standing: Standing,
    /// How many letters wait, and since when the first does.
    queue: (i64, Option<Time>),
    /// Authorisations that accounts have and the configuration does not name, with of how many each is.
    unnamed: Vec<(String, i64)>,
}

async fn kept(config: &Config) -> Result<Kept, storage::Error> {
    let Some(db) = Db::look(&config.storage).await? else { return Ok(Kept::default()) };
    let standing = sealed::standing(&db, sealed::places::ALL).await;
    let queue = crate::letters::run::queue(&db).await;
    let unnamed = crate::authorisations::run::unknown(&db, &config.authorisations).await;
    db.close().await;
    let (queue, unnamed) = (queue.unwrap_or_default(), unnamed.unwrap_or_default());
    Ok(Kept { standing: standing?, queue, unnamed })
}

/// So many root certificates.
fn roots(language: Language, count: usize) -> String {
    match count {
        1 => language.pick("1 stamcertificaat", "1 root certificate").to_owned(),
        _ => {
            language.pick(format!("{count} stamcertificaten"), format!("{count} root certificates"))
        }
    }
}

/// Whether the files of revocation lists can be read and are in force; addresses are not asked here.
/// `trust` is what believes them, where it can be used.
fn revocation_lists(
    language: Language,
    config: &Config,
    trust: Option<&Trust>,
) -> Result<Finding, String> {
    let places = &config.uzi.revocation_lists;
    if places.is_empty() && config.uzi.trust.is_none() {
        let own =
            language.pick("die van de ingebouwde uitgevers", "those of the built-in authorities");
        return Ok(Finding::Well(own.to_owned()));
    }
    if places.is_empty() {
        return Err(language
            .pick(
                "bij eigen uitgevers in [uzi] trust horen hun lijsten: zonder lijst wordt geen pas toegelaten",
                "authorities of your own in [uzi] trust need their lists: without one no card is let in",
            )
            .to_owned());
    }
    let mut lists = Vec::new();
    for place in places {
        let Place::File(path) = place else { continue };
        let content = trust::read(path, revocation::LARGEST)
            .map_err(|error| language.pick(words::dutch_trust(&error), causes(&error)))?;
        let list = RevocationList::from_content(&content).map_err(|error| {
            let why = language.pick(words::dutch_list(&error), causes(&error));
            format!("{}: {why}", path.display())
        })?;
        lists.push((path.as_path(), list));
    }
    if lists.len() == places.len()
        && let Some(without) = trust.and_then(|trust| without_list(trust, &lists))
    {
        return Err(language.pick(
            format!("er is geen lijst van {without}: elke pas daaronder wordt geweigerd"),
            format!("there is no list of {without}: every card below it is refused"),
        ));
    }
    let idle: Vec<_> =
        lists.iter().filter_map(|(path, list)| idle(language, trust, (path, list))).collect();
    if idle.is_empty() {
        let count = places.len();
        return Ok(Finding::Well(
            language.pick(format!("{count} ingesteld"), format!("{count} set")),
        ));
    }
    // Where another list counts, somebody with a card may still get in.
    let none = idle.len() == places.len();
    let said = idle.join("; ");
    Ok(if none { Finding::Bad(said) } else { Finding::Mind(said) })
}

/// Why a list does not count by now, with the name of its file.
fn idle(
    language: Language,
    trust: Option<&Trust>,
    (path, list): (&Path, &RevocationList),
) -> Option<String> {
    let path = path.display();
    let now = Timestamp::from_millisecond(Clock::system().now().millis()).ok()?;
    if !trust.is_some_and(|trust| list.is_of(trust)) {
        return Some(language.pick(
            format!("{path} is niet ondertekend door een uitgever die wordt vertrouwd"),
            format!("{path} is signed by no authority that is trusted"),
        ));
    }
    Some(match list.lapse(now)? {
        Lapse::Ended(end) => language.pick(
            format!("{path} geldt niet meer sinds {end}: haal een nieuwe lijst op, passen eronder worden geweigerd"),
            format!("{path} is not in force since {end}: fetch a newer list, cards below it are refused"),
        ),
        Lapse::Early(begin) => language.pick(
            format!("{path} geldt pas vanaf {begin}: kijk de klok van deze machine na"),
            format!("{path} is not in force before {begin}: check the clock of this machine"),
        ),
    })
}

/// An authority that is believed and whose list is not among these.
fn without_list(trust: &Trust, lists: &[(&Path, RevocationList)]) -> Option<String> {
    let authorities = trust.anchors().iter().chain(trust.pool());
    let mut without = authorities.filter(|one| !lists.iter().any(|(_, list)| list.is_by(one)));
    without.next().map(Certificate::subject_name)
}

/// Whether the roots of key makers can be used, and are still valid.
fn key_makers(language: Language, config: &Config) -> Result<String, String> {
    let makers = app::makers(config).map_err(|error| told(&error, language))?;
    let now = Clock::system().now();
    for maker in &makers {
        let (subject, end) = (maker.subject(), maker.end());
        if end.as_millisecond() <= now.millis() {
            return Err(language.pick(
                format!("het stamcertificaat van {subject} is verlopen op {end}: geen sleutel ervan geeft nog 'hoog'"),
                format!("the root certificate of {subject} ended at {end}: no key of it gives 'high' any more"),
            ));
        }
    }
    if makers.is_empty() {
        return Ok(language.pick("niet gevraagd", "not asked").to_owned());
    }
    let count = roots(language, makers.len());
    Ok(language.pick(
        format!("{count}; alleen deze sleutels geven 'hoog'"),
        format!("{count}; only these keys give 'high'"),
    ))
}

/// Where e-mail goes, and whether what is set can be used. Nobody is asked anything.
fn e_mail(language: Language, config: &Config) -> Finding {
    if let Err(error) = Delivery::new(&config.delivery) {
        return Finding::Bad(told(&app::Error::Delivery(error), language));
    }
    match &config.delivery.email.way {
        Way::Nowhere => Finding::Mind(
            language
                .pick(
                    "niet ingesteld, niemand krijgt bericht: zet mail in [delivery]",
                    "not set, nobody is told anything: set mail in [delivery]",
                )
                .to_owned(),
        ),
        Way::Folder(folder) => {
            let folder = folder.display();
            Finding::Well(language.pick(
                format!("in bestanden in {folder}, voor ontwikkeling"),
                format!("into files in {folder}, for development"),
            ))
        }
        Way::Server { host, port, security, .. } => {
            let tls = match security {
                Security::Implicit => "TLS",
                Security::StartTls => "STARTTLS",
                Security::Plain => language.pick("zonder TLS", "without TLS"),
            };
            Finding::Well(format!("{host}, {port}, {tls}"))
        }
    }
}

/// Whether the data folder is for this user, by the rule that `serve` has.
fn data_folder(language: Language, folder: &Path) -> Finding {
    let shown = folder.display();
    let exposure = match storage::exposure(folder) {
        Ok(exposure) => exposure,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return to_be_made(language, folder).into();
        }
        Err(error) => return Finding::Bad(format!("{shown}: {error}")),
    };
    if let Err(error) = probe(folder) {
        return Finding::Bad(language.pick(
            format!("deze gebruiker mag niet schrijven in {shown} ({error})"),
            format!("this user may not write in {shown} ({error})"),
        ));
    }
    match exposure {
        Exposure::Own => Finding::Well(shown.to_string()),
        Exposure::Seen => Finding::Mind(language.pick(
            format!("anderen kunnen in {shown} kijken: chmod 700 {shown}"),
            format!("others may look into {shown}: chmod 700 {shown}"),
        )),
        Exposure::Written => Finding::Bad(language.pick(
            format!("iedereen mag schrijven in {shown}: chmod 700 {shown}"),
            format!("everybody may write in {shown}: chmod 700 {shown}"),
        )),
    }
}

/// Whether `folder`, which is not there, can be made: by making and removing another beside it.
fn to_be_made(language: Language, folder: &Path) -> Result<String, String> {
    let mut above = folder.ancestors().skip(1).filter(|path| !path.as_os_str().is_empty());
    let above = above.find(|path| path.exists()).unwrap_or(Path::new("."));
    match probe(above) {
        Ok(()) => Ok(not_yet(language)),
        Err(error) => {
            let (shown, above) = (folder.display(), above.display());
            Err(language.pick(
                format!("{shown} kan niet worden gemaakt: deze gebruiker mag niet schrijven in {above} ({error})"),
                format!("{shown} cannot be made: this user may not write in {above} ({error})"),
            ))
        }
    }
}

/// Makes a file in `folder` that no other process has, and removes it.
fn probe(folder: &Path) -> std::io::Result<()> {
    let path = folder.join(format!(".sleutelbos-check-{}", std::process::id()));
    std::fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
    std::fs::remove_file(path)
}

/// Whether a key of 32 bytes is whole, and for this user only; `serve` closes one that is not.
fn small_key(language: Language, path: &Path) -> Finding {
    let shown = path.display();
    let found = std::fs::read(path).and_then(|bytes| Ok((bytes.len(), storage::exposure(path)?)));
    match found {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Finding::Well(not_yet(language))
        }
        Err(error) => Finding::Bad(format!("{shown}: {error}")),
        Ok((32, Exposure::Own)) => Finding::Well(language.pick("heel", "whole").to_owned()),
        Ok((32, _)) => Finding::Mind(language.pick(
            format!("{shown} is open voor anderen; bij de start wordt het 0600"),
            format!("{shown} is open to others; it becomes 0600 at start"),
        )),
        Ok((bytes, _)) => Finding::Bad(language.pick(
            format!("{shown} heeft {bytes} bytes in plaats van 32: zet de reservekopie terug; is die er niet, verwijder het bestand, dan wordt een nieuwe gemaakt"),
            format!("{shown} has {bytes} bytes instead of 32: put the back-up back; if there is none, remove the file, and a new one is made"),
        )),
    }
}

fn not_yet(language: Language) -> String {
    language.pick("wordt gemaakt bij de eerste start", "made at first start").to_owned()
}

/// Whether the address can be listened on; one in use may be a running Sleutelbos.
fn address(language: Language, config: &Config) -> Result<String, String> {
    let listen = config.server.listen;
    match std::net::TcpListener::bind(listen) {
        Ok(_) => Ok(listen.to_string()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => Ok(language.pick(
            format!("{listen} is in gebruik: goed als de server al draait"),
            format!("{listen} is in use: well if the server runs already"),
        )),
        Err(error) => Err(format!("{listen}: {error}")),
    }
}

/// Whose `X-Forwarded-For` is believed; without, addresses cannot be told apart behind a proxy.
fn proxies(language: Language, config: &Config) -> Finding {
    if config.needs_proxies() {
        return Finding::Mind(
            language
                .pick(
                    "origin is https en [limits] proxies is leeg: wie te vaak inlogt, wordt niet van anderen onderscheiden",
                    "origin is https and [limits] proxies is empty: who logs in too often is not told from others",
                )
                .to_owned(),
        );
    }
    let named = config.limits.proxies.iter().map(ToString::to_string).collect::<Vec<_>>();
    if named.is_empty() {
        return Finding::Well(language.pick("geen", "none").to_owned());
    }
    Finding::Well(named.join(", "))
}

/// What was found of one thing.
enum Finding {
    Well(String),
    /// The server starts; somebody should do something all the same.
    Mind(String),
    /// The server does not start, or lets nobody in with a card or key.
    Bad(String),
}

impl From<Result<String, String>> for Finding {
    fn from(result: Result<String, String>) -> Self {
        match result {
            Ok(text) => Self::Well(text),
            Err(text) => Self::Bad(text),
        }
    }
}

/// One line; whether it stops nothing.
fn line(
    out: &mut impl Write,
    language: Language,
    label: &str,
    finding: Finding,
) -> std::io::Result<bool> {
    let (mark, text, well) = match finding {
        Finding::Well(text) => ("ok", text, true),
        Finding::Mind(text) => (language.pick("let op", "mind"), text, true),
        Finding::Bad(text) => (language.pick("FOUT", "FAIL"), text, false),
    };
    match language {
        Language::Dutch => writeln!(out, "{mark:<8}{label}: {text}")?,
        Language::English => writeln!(out, "{mark:<6}{label}: {text}")?,
    }
    Ok(well)
}
