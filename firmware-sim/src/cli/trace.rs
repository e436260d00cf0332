//! `firmware-sim trace`: what can be done with what `serve --record` wrote.

use std::fmt::Display;
use std::fs::{self, File};
use std::io::{self, BufReader};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;
use firmware_sim::env::Seed;
use firmware_sim::fido::Presence;
use firmware_sim::fido::profiles::{self, Profile};
use firmware_sim::trace::diff::diff;
use firmware_sim::trace::replay::replay;
use firmware_sim::trace::{self, Kind, Trace, pcapng};
use firmware_sim::transport::usb::Descriptors;

use super::key::{make_key_at, seed};

/// Replay, compare and convert traces that `serve --record` wrote.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Send the recorded host's side to a fresh key at the recorded times; ends with 0 where its
    /// answers are equal, with 1 where not
    Replay {
        /// The trace
        file: PathBuf,
        /// The key; the recorded one where none is given
        #[arg(long, value_name = "PROFILE")]
        key: Option<Profile>,
        /// Its seed; the recorded one where none is given
        #[arg(long, value_name = "N", value_parser = seed)]
        seed: Option<u64>,
    },
    /// Print the first difference of two traces; ends with 0 where there is none, else with 1
    Diff {
        /// A trace
        first: PathBuf,
        /// Another
        second: PathBuf,
    },
    /// Write the reports of a trace as a capture of USB that Wireshark opens
    Pcapng {
        /// The trace
        file: PathBuf,
        /// The capture to write
        out: PathBuf,
    },
}

/// Why nothing could be done with a trace.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    #[error("the trace {} is not understood", path.display())]
    Trace { path: PathBuf, source: trace::Error },
    #[error("the recorded key is not known: name one with --key")]
    Key(#[source] profiles::Error),
    #[error("the capture {} cannot be written", path.display())]
    Write { path: PathBuf, source: io::Error },
}

pub(super) fn run(args: Args) -> Result<ExitCode, super::Error> {
    match args.what {
        What::Replay { file, key, seed } => again(&file, key, seed),
        What::Diff { first, second } => Ok(compare(&read(&first)?, &read(&second)?)),
        What::Pcapng { file, out } => {
            let trace = read(&file)?;
            let bus = Descriptors { product: recorded(&trace)?.product().to_owned(), interval: 1 };
            fs::write(&out, pcapng::write(&trace, &bus))
                .map_err(|source| Error::Write { path: out, source })?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn read(path: &Path) -> Result<Trace, Error> {
    let named = |source| Error::Trace { path: path.to_path_buf(), source };
    let file = File::open(path).map_err(|error| named(error.into()))?;
    Trace::read(BufReader::new(file)).map_err(named)
}

fn recorded(trace: &Trace) -> Result<Profile, Error> {
    trace.header.key.parse().map_err(Error::Key)
}

fn again(
    file: &Path,
    profile: Option<Profile>,
    seed: Option<u64>,
) -> Result<ExitCode, super::Error> {
    let trace = read(file)?;
    let header = &trace.header;
    let profile = profile.map_or_else(|| recorded(&trace), Ok)?;
    let seed = Seed::from(seed.unwrap_or(header.seed)).child("usb");
    // a person whom this version does not know touches at once
    let presence = header.presence.parse().unwrap_or(Presence::Auto);
    let mut key = make_key_at(profile, seed, presence, Duration::from_millis(header.date_ms))?;
    let replayed = replay(&trace, &mut key);
    if replayed == trace {
        let (given, answers): (Vec<_>, Vec<_>) =
            trace.entries.iter().map(|entry| entry.kind).partition(|kind| kind.is_given());
        let asked = given.iter().filter(|kind| matches!(kind, Kind::Report | Kind::Command));
        say(format_args!("equal: {} sent, {} answered", asked.count(), answers.len()));
        return Ok(ExitCode::SUCCESS);
    }
    if diff(&trace, &replayed).is_none() {
        say("the messages are equal; padding or repeated keep-alives differ");
        return Ok(ExitCode::FAILURE);
    }
    Ok(compare(&trace, &replayed))
}

fn compare(first: &Trace, second: &Trace) -> ExitCode {
    match diff(first, second) {
        Some(difference) => {
            say(difference);
            ExitCode::FAILURE
        }
        None => {
            say("equal");
            ExitCode::SUCCESS
        }
    }
}

#[expect(clippy::print_stdout, reason = "what the command was asked for")]
fn say(what: impl Display) {
    println!("{what}");
}
