//! The `sleutelbos-agent` program: one TLS provider for the whole process, then the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Fails only where a provider is installed already, and nothing ran before this line.
    let _ = rustls::crypto::ring::default_provider().install_default();
    sleutelbos_agent::cli::run()
}
