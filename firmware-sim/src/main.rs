//! `firmware-sim`: simulated security keys and smartcards that unmodified software sees.

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::main()
}
