//! The `sleutelbos-agent` program and its workers: no core dumps, one TLS provider for the whole
//! process, then the command line.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    if let Err(error) = sleutelbos_agent::secret::keep_in_memory() {
        let _ = writeln!(std::io::stderr().lock(), "core dumps cannot be switched off: {error}");
        return ExitCode::FAILURE;
    }
    // Fails only where a provider is installed already, and nothing ran before this line.
    let _ = rustls::crypto::ring::default_provider().install_default();
    sleutelbos_agent::cli::run()
}
