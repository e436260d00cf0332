//! `keys`: what security keys are plugged in and what they can do.

use std::process::{Command, ExitCode};
use std::time::Duration;

use serde_json::json;

use super::{Context, Failure};
use crate::lang::keys::{Line, NoKey};
use crate::tokens::fido::hid::{self, Found};
use crate::tokens::fido::{manage, worker};

/// How long a key has to say what it is.
const DEADLINE: Duration = Duration::from_secs(10);

#[derive(clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Keys,
}

#[derive(clap::Subcommand)]
enum Keys {
    /// List the security keys that are plugged in
    List,
}

/// Lists the keys. A key that cannot be read is listed as such and makes the exit code 1.
pub(crate) fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let Keys::List = args.command;
    let found = hid::list().map_err(|error| Failure::of(&error, context.language))?;
    if found.is_empty() {
        return Err(Failure::of(&NoKey, context.language));
    }
    let described: Vec<_> = found.iter().map(|key| (key, describe(key))).collect();
    let lines: Vec<_> =
        described.iter().map(|(key, said)| Line { key, said }.text(context.language)).collect();
    let values: Vec<_> = described.iter().map(|(key, said)| value(key, said)).collect();
    context.print(&lines.join("\n"), &json!({ "keys": values }));
    let all = described.iter().all(|(_, said)| said.is_ok());
    Ok(if all { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the worker in this process.
pub(crate) fn work() -> ExitCode {
    if worker::run().is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Asks `key` what it is.
///
/// Errors: those of [`manage::describe`].
pub(super) fn describe(key: &Found) -> Result<manage::Description, manage::Error> {
    let program = std::env::current_exe().map_err(manage::Error::Start)?;
    let mut worker = Command::new(program);
    worker.arg(manage::WORKER_COMMAND);
    manage::describe(worker, &key.path.to_string_lossy(), DEADLINE)
}

fn value(key: &Found, said: &Result<manage::Description, manage::Error>) -> serde_json::Value {
    let mut value = json!({
        "path": key.path.to_string_lossy(),
        "product": key.product,
        "vendor_id": key.vendor_id,
        "product_id": key.product_id,
    });
    let said = match said {
        Ok(description) => json!({ "described": description }),
        Err(error) => json!({ "error": error.to_string() }),
    };
    if let (Some(value), Some(said)) = (value.as_object_mut(), said.as_object()) {
        value.extend(said.clone());
    }
    value
}
