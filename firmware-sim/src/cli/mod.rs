//! The command line: one file a command, each with its `Args` and its `run`.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod ctl;
mod exec;
mod key;
mod pki;
mod serve;
mod trace;

/// Simulated security keys and smartcards that unmodified software sees.
#[derive(Parser)]
#[command(name = "firmware-sim", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Exec(exec::Args),
    Ctl(ctl::Args),
    Pki(pki::Args),
    Serve(serve::Args),
    Trace(trace::Args),
    #[command(hide = true)]
    World(exec::WorldArgs),
}

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("the test hierarchy was not made")]
    Pki(#[from] firmware_sim::pki::Error),
    #[error("the world failed")]
    World(#[from] firmware_sim::world::Error),
    #[error("the key could not be made")]
    Key(#[from] firmware_sim::fido::attestation::Error),
    #[error("the card could not be made")]
    Card(#[from] firmware_sim::uzi::Error),
    #[error("--pki names no folder")]
    Folder(#[source] std::io::Error),
    #[error("{} holds no test hierarchy: 'firmware-sim pki DIR' makes one", .0.display())]
    NoHierarchy(std::path::PathBuf),
    #[error("{} could not be written", path.display())]
    Write { path: std::path::PathBuf, source: std::io::Error },
    #[error(transparent)]
    Serve(#[from] serve::Error),
    #[error(transparent)]
    Trace(#[from] trace::Error),
    #[error("not done")]
    Control(#[from] firmware_sim::control::client::Error),
}

/// Reads the arguments and runs the command; a failure is one line on standard error.
///
/// Exit code: the command's own, 1 after a failure, 2 after a mistake in the arguments.
pub(crate) fn main() -> ExitCode {
    if let Some(played) = exec::play() {
        return played;
    }
    let cli = Cli::parse();
    let outcome = match cli.command {
        Command::Exec(args) => return exec::run(args),
        Command::Ctl(args) => ctl::run(&args),
        Command::Pki(args) => pki::run(&args),
        Command::Serve(args) => serve::run(args),
        Command::Trace(args) => trace::run(args),
        Command::World(args) => return exec::run_world(args),
    };
    outcome.unwrap_or_else(|error| {
        explain(&error);
        ExitCode::FAILURE
    })
}

/// Prints the error with its causes, on one line.
#[expect(clippy::print_stderr, reason = "the face of a command-line program")]
fn explain(error: &Error) {
    let mut line = format!("firmware-sim: {error}");
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause {
        line = format!("{line}: {deeper}");
        cause = deeper.source();
    }
    eprintln!("{line}");
}
