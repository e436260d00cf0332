//! The command line: one file a command.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::{self, Config};
use language::Language;

mod account;
mod after_restore;
mod audit;
mod check;
mod help;
mod language;
mod letters;
mod moment;
mod operator;
mod organisation;
mod outbox;
mod phone;
mod sealing;
mod serve;
mod start;
mod support;
mod usage;
mod uzi;
mod words;

/// Sleutelbos: strong authentication for Dutch health care.
#[derive(Parser)]
#[command(name = "sleutelbos", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the server
    Serve(Setting),
    /// Say whether the server would start: configuration, database, authorities of cards
    Check(Setting),
    /// Organisations and their people
    Account(account::Args),
    /// Where an organisation is reached, and who answers for it
    Organisation(organisation::Args),
    /// Messages that wait, and those that could not be delivered
    Outbox(outbox::Args),
    /// Letters with a PIN, for the print service
    Letters(letters::Args),
    /// Somebody called and cannot log in: a new PIN, lifting a block, or taking away what was lost
    Support(support::Args),
    /// Try whether codes and calls reach phones
    Phone(phone::Args),
    /// The keys that seal the secrets in the database
    Sealing(sealing::Args),
    /// Certificates of UZI cards
    Uzi(uzi::Args),
    /// What was written down to be provable later
    Audit(audit::Args),
    /// Make void what can be used once, after a back-up of the database was put back
    ///
    /// Recovery codes, access codes, PINs, links, codes and log-ins under way that were used since the copy was made would
    /// work once more: all of them end, and every session. It says what it made void and what is left to do. The
    /// same again changes nothing.
    AfterRestore(after_restore::Args),
}

/// Where the configuration is.
#[derive(clap::Args)]
struct Setting {
    /// The configuration; left out: sleutelbos.toml in this folder, or else every default
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
}

/// Why a command was not carried out, with its causes.
type Failure = Box<dyn std::error::Error + Send + Sync>;

impl Setting {
    fn read(&self) -> Result<Config, config::Error> {
        let usual = Path::new("sleutelbos.toml");
        Config::read(self.config.as_deref().or_else(|| usual.exists().then_some(usual)))
    }
}

/// Reads the arguments, runs the command, and says how it went: 0, 1 (no), or 2 (usage).
pub fn main() -> ExitCode {
    // The one TLS provider of this process; it fails only where one was chosen before.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage::tell(&error, Language::of_the_terminal()),
    };
    match cli.command {
        Command::Serve(setting) => run(serve::run(&setting)),
        Command::Check(setting) => run(check::run(&setting)),
        Command::Account(args) => run(account::run(&args)),
        Command::Organisation(args) => run(organisation::run(&args)),
        Command::Outbox(args) => run(outbox::run(&args)),
        Command::Letters(args) => run(letters::run(&args)),
        Command::Support(args) => run(support::run(&args)),
        Command::Phone(args) => run(phone::run(&args)),
        Command::Sealing(args) => run(sealing::run(&args)),
        Command::Uzi(args) => uzi::run(&args),
        Command::Audit(args) => audit::run(&args),
        Command::AfterRestore(args) => run(after_restore::run(&args)),
    }
}

/// Carries out a command that waits for things, and says what it failed on.
fn run(command: impl Future<Output = Result<ExitCode, Failure>>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = match runtime {
        Ok(runtime) => runtime.block_on(command),
        Err(error) => Err(error.into()),
    };
    result.unwrap_or_else(|failure| {
        let told = start::told(failure.as_ref(), Language::of_the_terminal());
        // Nothing is left to do where even standard error is gone.
        let _ = writeln!(std::io::stderr().lock(), "sleutelbos: {told}");
        ExitCode::FAILURE
    })
}
