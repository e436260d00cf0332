//! The command line: one file a command.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod language;
mod uzi;

/// Sleutelbos: strong authentication for Dutch health care.
#[derive(Parser)]
#[command(name = "sleutelbos", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Certificates of UZI cards
    Uzi(uzi::Args),
}

/// Reads the arguments, runs the command, and says how it went: 0, 1 (no), or 2 (usage).
pub fn main() -> ExitCode {
    match Cli::parse().command {
        Command::Uzi(args) => uzi::run(&args),
    }
}
