//! `sleutelbos uzi verify`: who a card certificate names, and whether it would be let in.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jiff::Timestamp;

use super::language::Language;
use super::words;
use crate::causes::causes;
use crate::clock::Clock;
use crate::label::visible;
use crate::uzi::admission::Admission;
use crate::uzi::certificate::{Certificate, LARGEST_FILE};
use crate::uzi::issue::Environment;
use crate::uzi::refusal::{ListFault, Refusal};
use crate::uzi::revocation::{self, RevocationList};
use crate::uzi::trust::{self, Trust};
use crate::uzi::{self, Revocation, published, roles};

/// Certificates of UZI cards.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Say who a card certificate names and whether it would be let in
    ///
    /// Exit code 0: let in. 1: refused; the first check that failed is printed, with what to do.
    /// 2: the command could not be carried out as it was given.
    Verify(Verify),
}

/// The arguments of `verify`.
#[derive(clap::Args)]
struct Verify {
    /// The certificate of the card, in DER or PEM
    file: PathBuf,
    /// The moment to verify at, such as 2025-01-01T00:00:00Z; now when left out
    #[arg(long, value_name = "RFC3339", value_parser = super::moment::parse)]
    at: Option<Timestamp>,
    /// Whom to trust: self-signed certificates in DIR are anchors, the others the pool, trust.toml
    /// maps issuers; left out: the published authorities
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// Revocation lists, in DER or PEM; of each authority above the card one is needed, the root's
    /// included
    #[arg(long, value_name = "FILE")]
    crl: Vec<PathBuf>,
    /// Do not look whether the card was revoked
    #[arg(long, conflicts_with = "crl")]
    without_revocation: bool,
}

/// Why the command could not be carried out.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Read(Box<trust::Error>),
    #[error("the folder {path} cannot be used to trust anybody by")]
    Trust { path: PathBuf, source: Box<trust::Error> },
    #[error("{path} cannot be used as a revocation list (CRL)")]
    List { path: PathBuf, source: revocation::Error },
    #[error("cannot write the answer")]
    Write(#[from] std::io::Error),
}

impl Error {
    /// What went wrong and why, on one line; a cause from the depth stays English.
    fn say(&self, language: Language) -> String {
        if language == Language::English {
            return causes(self);
        }
        let (dutch, cause): (String, &dyn std::error::Error) = match self {
            Self::Read(error) => return words::dutch_trust(error),
            Self::Trust { path, source } => {
                let why = words::dutch_trust(source);
                return format!("op de map {} is geen vertrouwen te bouwen: {why}", path.display());
            }
            Self::List { path, source } => {
                let why = words::dutch_list(source);
                let path = path.display();
                return format!("{path} is niet te gebruiken als intrekkingslijst (CRL): {why}");
            }
            Self::Write(source) => ("het antwoord is niet te schrijven".to_owned(), source),
        };
        format!("{dutch}: {}", causes(cause))
    }
}

pub(super) fn run(args: &Args) -> ExitCode {
    let Command::Verify(args) = &args.command;
    let language = Language::of_the_terminal();
    let at = args.at.unwrap_or_else(now);
    match verify(args, at, language, &mut std::io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            let hint = language
                .pick("Zie: sleutelbos uzi verify --help", "See: sleutelbos uzi verify --help");
            // Nothing is left to do where even standard error is gone.
            let _ = writeln!(std::io::stderr().lock(), "{}\n{hint}", error.say(language));
            ExitCode::from(2)
        }
    }
}

fn now() -> Timestamp {
    let now = Clock::system().now().millis();
    Timestamp::from_millisecond(now).unwrap_or(Timestamp::MAX)
}

fn verify(
    args: &Verify,
    at: Timestamp,
    language: Language,
    out: &mut impl Write,
) -> Result<bool, Error> {
    let content =
        trust::read(&args.file, LARGEST_FILE).map_err(|error| Error::Read(Box::new(error)))?;
    let given = Lists::read(&args.crl)?;
    let lists: Vec<&RevocationList> = given.usable.iter().collect();
    let trust = args.trust.as_deref().map(folder).transpose()?;
    let certificate = match Certificate::from_file_content(&content) {
        Ok(certificate) => certificate,
        Err(error) => return refuse(out, language, &Refusal::Unreadable(error)),
    };
    // Each published environment is a trust set of its own; the card's issuer names one of them.
    let trust = trust.unwrap_or_else(|| {
        let named = published::environment_with_issuer(certificate.issuer());
        Trust::published(named.unwrap_or(Environment::Production))
    });
    let revocation =
        if args.without_revocation { Revocation::Unchecked } else { Revocation::Lists(&lists) };
    let answer = uzi::examine(&certificate, &trust, revocation, &Admission::default(), at);
    let answer = answer.outcome.map_err(|refusal| given.explain(refusal));
    describe(out, language, &certificate, answer.is_ok())?;
    describe_check(out, language, args, at)?;
    match answer {
        Ok(_) => {
            let test = match trust.environment() {
                Environment::Test => language.pick(
                    " Dit is een TEST-pas: alleen een testomgeving laat hem toe.",
                    " This is a TEST card: only a test environment lets it in.",
                ),
                Environment::Production => "",
            };
            writeln!(out, "{}{test}", language.pick("TOEGELATEN.", "LET IN."))?;
            Ok(true)
        }
        Err(refusal) => refuse(out, language, &refusal),
    }
}

/// The lists that were given: those that can be searched, and what is wrong with the others.
struct Lists {
    usable: Vec<RevocationList>,
    unusable: Vec<(String, ListFault)>,
}

impl Lists {
    fn read(paths: &[PathBuf]) -> Result<Self, Error> {
        let mut lists = Self { usable: Vec::new(), unusable: Vec::new() };
        for path in paths {
            let content = trust::read(path, revocation::LARGEST)
                .map_err(|error| Error::Read(Box::new(error)))?;
            let unreadable = |source| Error::List { path: path.clone(), source };
            for list in RevocationList::all_from_content(&content).map_err(unreadable)? {
                match list {
                    Ok(list) => lists.usable.push(list),
                    Err(revocation::Error::Unusable { issuer, fault }) => {
                        lists.unusable.push((issuer, fault));
                    }
                    Err(source) => return Err(unreadable(source)),
                }
            }
        }
        Ok(lists)
    }

    /// Says of a missing list that one was given, and why it does not count.
    fn explain(&self, refusal: Refusal) -> Refusal {
        let Refusal::NoRevocationList { issuer } = &refusal else { return refusal };
        match self.unusable.iter().find(|(named, _)| named == issuer) {
            Some((issuer, fault)) => {
                Refusal::UnusableRevocationList { issuer: issuer.clone(), fault: fault.clone() }
            }
            None => refusal,
        }
    }
}

fn folder(path: &Path) -> Result<Trust, Error> {
    Trust::read(path)
        .map_err(|source| Error::Trust { path: path.to_path_buf(), source: Box::new(source) })
}

fn refuse(out: &mut impl Write, language: Language, refusal: &Refusal) -> Result<bool, Error> {
    let (step, code) = (refusal.step(), refusal.code());
    let sentence = language.pick(refusal.dutch(), refusal.english());
    match language {
        Language::Dutch => writeln!(out, "GEWEIGERD bij controle {step} [{code}]: {sentence}")?,
        Language::English => writeln!(out, "REFUSED at check {step} [{code}]: {sentence}")?,
    }
    if let Some(fault) = refusal.fault() {
        writeln!(out, "  ({fault})")?;
    }
    Ok(false)
}

/// Prints what the certificate says; above it, whether that was verified.
fn describe(
    out: &mut impl Write,
    language: Language,
    certificate: &Certificate,
    believed: bool,
) -> Result<(), Error> {
    let heading = if believed {
        language.pick("De pas noemt:", "The card names:")
    } else {
        language.pick(
            "Het certificaat zegt zelf (niet gecontroleerd):",
            "The certificate says of itself (not verified):",
        )
    };
    writeln!(out, "{heading}")?;
    let mut row = |dutch: &str, english: &str, value: &str| {
        writeln!(out, "  {:<14}{}", language.pick(dutch, english), visible(value))
    };
    row("houder", "holder", &certificate.subject_name())?;
    match wire::uzi::Certificate::of(certificate.inner()) {
        Ok(read) => {
            let identity = read.identity;
            let (dutch, english) = uzi::words::kind(identity.kind);
            row("soort", "kind", language.pick(dutch, english))?;
            row("UZI-nummer", "UZI number", identity.number.as_str())?;
            let name = read.subject.organisation.as_deref().unwrap_or("-");
            row("organisatie", "organisation", &format!("{name} (URA {})", identity.subscriber))?;
            let role = identity.role.to_string();
            row("rol", "role", &format!("{role} {}", roles::name(&role).unwrap_or("-")))?;
            let agb = identity.agb;
            row("AGB-code", "AGB code", if agb.is_zero() { "-" } else { agb.as_str() })?;
        }
        Err(error) => {
            let refusal = Refusal::UziField(error);
            row("UZI-veld", "UZI field", &language.pick(refusal.dutch(), refusal.english()))?;
        }
    }
    row("uitgever", "issuer", &certificate.issuer_name())?;
    let (from, until) =
        (uzi::words::moment(certificate.not_before()), uzi::words::moment(certificate.not_after()));
    row("geldig", "valid", &format!("{from} .. {until}"))?;
    Ok(())
}

fn describe_check(
    out: &mut impl Write,
    language: Language,
    args: &Verify,
    at: Timestamp,
) -> Result<(), Error> {
    let at = uzi::words::moment(at);
    let revocation = if args.without_revocation {
        language.pick(", zonder te kijken of de pas is ingetrokken", ", not looking for revocation")
    } else {
        ""
    };
    let label = language.pick("gecontroleerd", "verified at");
    writeln!(out, "  {label:<14}{at}{revocation}")?;
    Ok(())
}
