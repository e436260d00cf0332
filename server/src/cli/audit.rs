//! `sleutelbos audit`: what was written down to be provable later: verified, exported, erased.

mod words;

use super::language::Language;
use super::{Failure, Setting, start};
use crate::accounts::{self, who::Who};
use crate::app::App;
use crate::audit::checkpoint::Checkpoint;
use crate::audit::key::PublicKey;
use crate::audit::lines::{self, Chosen};
use crate::audit::{Erased, erase, inspect};
use crate::clock::Time;
use jiff::Timestamp;
use std::io::{BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What was written down to be provable later.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Say whether what was written down is what was written down then
    ///
    /// Exit code 0: nothing is wrong. 1: something is; the first event that is not what it was is
    /// named. 2: the command could not be carried out as it was given.
    Verify(Verify),
    /// Write out events, with all that is needed to verify them elsewhere
    ///
    /// JSON Lines on standard output, in the form of docs/audit.md. Who used which card when is in it:
    /// keep it as you keep the data folder.
    Export(Export),
    /// Print the last checkpoint, to be kept elsewhere
    ///
    /// Whoever has it notices later that the end was cut off, or that everything was made anew.
    Checkpoint(Last),
    /// Erase what may no longer be kept
    ///
    /// Of every event before a moment what is personal beyond our own ids, which is the card; with
    /// --events all of it but its place. An event says that you did.
    Erase(Erase),
}

#[derive(clap::Args)]
struct Verify {
    #[command(flatten)]
    setting: Setting,
    /// A checkpoint that was kept elsewhere
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// An export to verify instead of the database; nothing else is read
    #[arg(long, value_name = "FILE", conflicts_with = "config")]
    file: Option<PathBuf>,
    /// A public key whose checkpoints count; of the database beside its own
    #[arg(long, value_name = "KEY", value_parser = PublicKey::parse)]
    key: Vec<PublicKey>,
}

#[derive(clap::Args)]
struct Export {
    #[command(flatten)]
    setting: Setting,
    /// From this moment on, such as 2025-01-01T00:00:00Z
    #[arg(long, value_name = "RFC3339", value_parser = super::moment::parse)]
    since: Option<Timestamp>,
    /// Before this moment
    #[arg(long, value_name = "RFC3339", value_parser = super::moment::parse)]
    until: Option<Timestamp>,
    /// About the account with this user name only
    #[arg(long, value_name = "E-MAIL", value_parser = Who::parse)]
    account: Option<Who>,
}

#[derive(clap::Args)]
struct Last {
    #[command(flatten)]
    setting: Setting,
}

#[derive(clap::Args)]
struct Erase {
    #[command(flatten)]
    setting: Setting,
    /// Of events before this moment, such as 2021-01-01T00:00:00Z
    #[arg(long, value_name = "RFC3339", value_parser = super::moment::parse)]
    before: Timestamp,
    /// The events themselves, not only what is personal in them
    #[arg(long)]
    events: bool,
}

pub(super) fn run(args: &Args) -> ExitCode {
    super::run(async {
        let language = Language::of_the_terminal();
        let done = match &args.command {
            Command::Verify(verify) => check(verify, language).await,
            Command::Export(export) => write_out(export, language).await,
            Command::Checkpoint(last) => checkpoint(last, language).await,
            Command::Erase(args) => forget(args, language).await,
        };
        done.or_else(|failure| {
            let told = start::told(failure.as_ref(), language);
            writeln!(std::io::stderr().lock(), "sleutelbos: {told}")?;
            Ok(ExitCode::from(2))
        })
    })
}

async fn check(args: &Verify, language: Language) -> Result<ExitCode, Failure> {
    let kept = args.checkpoint.as_deref().map(|path| kept(path, language)).transpose()?;
    let mut out = std::io::stdout().lock();
    let well = match &args.file {
        Some(path) => {
            let verdict = lines::verify(path, &args.key, kept.as_ref())
                .map_err(|error| super::words::unread(path, &error, language))?;
            let own = args.key.is_empty() && kept.is_none();
            words::verdict(&mut out, language, &verdict, own)?
        }
        None => {
            let app = App::open(args.setting.read()?).await?;
            let mut keys = args.key.clone();
            keys.push(app.audit_key.public());
            let (outcome, backlog) = inspect::verify(&app.db, keys, kept).await?;
            app.db.close().await;
            words::database(&mut out, language, &outcome, backlog)?
        }
    };
    Ok(ExitCode::from(u8::from(!well)))
}

/// The checkpoint in a file, as `audit checkpoint` printed it.
fn kept(path: &Path, language: Language) -> Result<Checkpoint, Failure> {
    let mut text = String::new();
    let read = std::fs::File::open(path)
        .and_then(|file| file.take(LARGEST_CHECKPOINT).read_to_string(&mut text));
    read.map_err(|error| super::words::unread(path, &error, language))?;
    match lines::Line::read(text.trim_end().as_bytes()) {
        Some(lines::Line::Checkpoint(checkpoint)) => Ok(checkpoint),
        Some(_) | None => Err(words::no_checkpoint(path, language).into()),
    }
}

async fn write_out(args: &Export, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(args.setting.read()?).await?;
    let account = match &args.account {
        Some(name) => Some(
            accounts::run::id_of(&app, name)
                .await
                .map_err(|error| super::words::account(error, language))?,
        ),
        None => None,
    };
    let time = |moment: Timestamp| Time::from_millis(moment.as_millisecond());
    let chosen = Chosen { since: args.since.map(time), until: args.until.map(time), account };
    let chosen = (chosen != Chosen::default()).then_some(chosen);
    let made = (app.audit_key.public(), app.clock.now());
    let mut out = BufWriter::new(std::io::stdout().lock());
    let exported = inspect::export(&app.db, made, chosen, &mut out).await;
    let backlog = exported.map_err(|error| words::unexported(error, language))?;
    app.db.close().await;
    if backlog.events > 0 {
        writeln!(std::io::stderr().lock(), "{}", words::left_behind(backlog, language))?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn checkpoint(args: &Last, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(args.setting.read()?).await?;
    let last = inspect::last_checkpoint(&app.db).await?;
    app.db.close().await;
    let Some(last) = last else {
        return Err(words::unexported(inspect::Error::Empty, language));
    };
    let mut out = std::io::stdout().lock();
    lines::Line::Checkpoint(last).write(&mut out)?;
    Ok(ExitCode::SUCCESS)
}

async fn forget(args: &Erase, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(args.setting.read()?).await?;
    let what = if args.events { Erased::Event } else { Erased::Personal };
    let before = Time::from_millis(args.before.as_millisecond());
    let by = (app.random, app.clock.now());
    let erased = erase::by_operator(&app.db, &app.audit_key, by, (what, before)).await?;
    // Nor does a copy stay in the log beside the database.
    let emptied = app.db.settle().await?;
    app.db.close().await;
    writeln!(std::io::stdout().lock(), "{}", words::erased(what, erased, before, language))?;
    if !emptied {
        writeln!(std::io::stderr().lock(), "{}", super::words::copies(language))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Bytes of a file that are read for a checkpoint: it has some 350.
const LARGEST_CHECKPOINT: u64 = 4096;
