//! `firmware-sim pki DIR`: writes the test hierarchy.

use std::path::PathBuf;
use std::process::ExitCode;

use firmware_sim::{clock, env::Seed, pki::Pki};

use super::Error;
use super::key::seed;

/// Make a test hierarchy of UZI certificates: authorities, cards, CRLs and faulty certificates.
///
/// Everything is marked FAKE or Test. The CRLs of the issuing authorities are good for 48 hours, as
/// on real cards; make the folder anew after that.
#[derive(clap::Args)]
pub(super) struct Args {
    /// The folder to write; it must not exist yet, or be empty
    dir: PathBuf,
    /// The same seed gives the same keys and serial numbers
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = seed)]
    seed: u64,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, Error> {
    Pki::mint(Seed::from(args.seed), clock::now())?.write(&args.dir)?;
    Ok(ExitCode::SUCCESS)
}
