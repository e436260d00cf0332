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

use clap::Parser;

use crate::report::Report;
use crate::server::Server;

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
    let world = people::populate(accounts).await?;
    let server = Server::start(&world.config)?;
    report.start(&server)?;
    server.settle().await?;
    report.idle(server.resident()?);
    let apps = ways::enrol_apps(&server, arguments.apps).await?;
    let keys = ways::enrol_keys(&server).await?;
    let pending = ways::passwords(&server, apps, time, report).await?;
    ways::codes(&server, pending, report).await?;
    let keys = ways::passkeys(&server, keys, time, report).await?;
    flood::measure(&server, (arguments.apps, keys), (arguments.flood, time), report).await
}
