//! How fast the server is and how much memory it holds, each beside the bare operation of the same run.
//!
//! It starts the program `sleutelbos` itself, with durable commits on SQLite, and speaks to it as
//! browsers do. Nothing here is a test: figures are printed with the floor they are held against, and
//! who runs it decides what they say of this machine (`bench/README.md`).

mod bare;
mod flood;
mod load;
mod people;
mod report;
mod server;
mod visitor;
mod ways;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, ValueEnum};

use crate::report::Report;
use crate::server::Server;

/// One part of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Passwords, and then the codes of apps after them.
    Codes,
    Passkeys,
    Flood,
}

/// What is measured.
#[derive(Debug, Parser)]
#[command(name = "bench", about = "What the server does in a second, and what it holds in memory")]
struct Arguments {
    /// How many accounts there are; given twice, the second is compared with the first.
    #[arg(long, default_values_t = [1_000, 1_000_000])]
    accounts: Vec<u64>,
    /// How long each thing is measured, in seconds.
    #[arg(long, default_value_t = 15)]
    seconds: u64,
    /// How many log in at once in the flood.
    #[arg(long, default_value_t = 1_000)]
    flood: usize,
    /// How many people log in with an app; each code works once, so this bounds what is measured.
    #[arg(long, default_value_t = 1_200)]
    apps: usize,
    /// Only these parts, for whoever looks where time goes.
    #[arg(long, value_delimiter = ',', default_values_t = [Part::Codes, Part::Passkeys, Part::Flood], value_enum)]
    only: Vec<Part>,
    /// What the server writes in its log, for whoever looks where time goes.
    #[arg(long, default_value = "info")]
    log: String,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let measured = runtime.and_then(|runtime| runtime.block_on(measure(&arguments)));
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(arguments: &Arguments) -> std::io::Result<()> {
    let mut reports: Vec<Report> = Vec::new();
    for accounts in &arguments.accounts {
        let mut report = Report::new(*accounts);
        one(arguments, *accounts, &mut report).await?;
        report.print();
        if let Some(first) = reports.first() {
            report.compare(first);
        }
        reports.push(report);
    }
    Ok(())
}

/// Everything, with so many accounts in the database.
async fn one(arguments: &Arguments, accounts: u64, report: &mut Report) -> std::io::Result<()> {
    let time = Duration::from_secs(arguments.seconds);
    let world = people::populate(accounts, &arguments.log).await?;
    let server = Server::start(&world.config)?;
    report.start(&server)?;
    server.settle().await?;
    report.idle(server.resident()?);
    let wanted = |part| arguments.only.contains(&part);
    // Those who log in again and again have many sessions after it: what others notice of a flood is
    // asked of people who have not.
    let mut keys = ways::enrol_keys(&server).await?;
    let others = keys.split_off(keys.len() - flood::OTHERS);
    let apps = arguments.apps.min(usize::try_from(accounts - ways::KEYS).unwrap_or(usize::MAX));
    if wanted(Part::Codes) || wanted(Part::Flood) {
        let people = ways::enrol_apps(&server, apps).await?;
        if wanted(Part::Codes) {
            let pending = ways::passwords(&server, people, time, report).await?;
            ways::codes(&server, pending, report).await?;
        }
    }
    if wanted(Part::Passkeys) {
        ways::passkeys(&server, keys, time, report).await?;
    }
    if wanted(Part::Flood) {
        flood::measure(&server, (apps, others), (arguments.flood, time), report).await?;
    }
    Ok(())
}
