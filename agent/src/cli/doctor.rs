//! `doctor`: looks at everything a log-in needs and says in plain words what is wrong.
//!
//! It asks for no PIN, spends no try and changes nothing.

use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::json;

use super::install::{HOST, Owner, Program, WEB_EID_HOST, folders, owner};
use super::{Context, Failure, desk};
use crate::clock;
use crate::config::Config;
use crate::consent::pinentry::{self, NoWindow};
use crate::lang::doctor::{Finding, State};
use crate::origin::Development;
use crate::tokens::card::inserted::{Inserted, Means, Via, find};
use crate::tokens::card::pkcs11::modules;
use crate::tokens::card::reader;
use crate::tokens::card::uzi::Validity;
use crate::tokens::fido::hid;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Server whose clock is compared [default: the first of the configuration]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

/// Prints what was found. Exit code 1 where something must be put right.
pub(crate) fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let now = clock::now();
    let mut findings = Vec::new();
    let config = context.config();
    if let Err(problem) = &config {
        findings.push(Finding::Config(problem.text.clone()));
    }
    let config = config.ok();
    findings.extend(card(config.as_ref(), now));
    findings.extend(keys());
    findings.extend(browsers());
    findings.extend(window(config.as_ref()));
    if let Some(config) = &config {
        findings.extend(clock(context, config, args.server.as_deref()));
        findings.extend((config.development == Development::On).then_some(Finding::Development));
    }
    let sound = findings.iter().all(|finding| finding.state() != State::Problem);
    let language = context.language;
    let lines: Vec<_> = findings.iter().map(|finding| finding.line(language)).collect();
    let values: Vec<_> = findings.iter().map(|finding| finding.value(language)).collect();
    context.print(&lines.join("\n"), &json!({ "sound": sound, "findings": values }));
    Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The service, the readers, and the card in them.
fn card(config: Option<&Config>, now: Timestamp) -> Vec<Finding> {
    let configured = config.map_or(&[][..], |config| &config.card.modules);
    let modules = modules::present(configured);
    let means = Means { via: Via::Auto, modules: &modules, worker: &desk::worker };
    let found = reader::service().and_then(|service| find(&service, &means));
    match found {
        Err(error) => vec![Finding::Card(error)],
        Ok(inserted) => of_card(&inserted, now),
    }
}

fn of_card(inserted: &Inserted, now: Timestamp) -> Vec<Finding> {
    let certificate = &inserted.certificate;
    let mut findings = vec![Finding::Holder {
        name: certificate.holder.clone(),
        organisation: certificate.organisation.clone(),
        until: certificate.not_after,
    }];
    findings.push(Finding::Tries(inserted.tries));
    match certificate.validity(now) {
        Validity::Expired => findings.push(Finding::Expired(certificate.not_after)),
        Validity::NotYet => findings.push(Finding::NotYet(certificate.not_before)),
        Validity::NearEnd { days } => findings.push(Finding::NearEnd { days }),
        Validity::Holds => {}
    }
    findings
}

/// The security keys, and whether this person may use them.
fn keys() -> Vec<Finding> {
    let found = match hid::list() {
        Err(error) => return vec![Finding::KeysUnlisted(error.to_string())],
        Ok(found) if found.is_empty() => return vec![Finding::NoKey],
        Ok(found) => found,
    };
    found
        .into_iter()
        .map(|key| {
            let path = key.path.to_string_lossy().into_owned();
            match std::fs::File::options().read(true).write(true).open(&path) {
                Err(e) if e.kind() == std::io::ErrorKind::PermissionDenied => {
                    Finding::KeyForbidden { path }
                }
                Ok(_) | Err(_) => Finding::Key { product: key.product },
            }
        })
        .collect()
}

/// The browsers of this person, and where their manifests lead.
fn browsers() -> Vec<Finding> {
    let (Some(folders), Ok(program)) = (folders(), std::env::current_exe()) else {
        return vec![Finding::NoBrowser];
    };
    let mut findings = Vec::new();
    for folder in folders {
        // The folder in which a browser keeps its profiles is there once it was started.
        let Some(profiles) = folder.parent().filter(|profiles| profiles.is_dir()) else { continue };
        let browser = profiles.display().to_string();
        findings.push(match owner(&folder.join(format!("{HOST}.json")), &program) {
            Owner::Us { current: Program::This } => Finding::Connected { browser },
            Owner::Us { current: Program::Elsewhere } => Finding::LeadsElsewhere { browser },
            Owner::Nobody => Finding::NotConnected { browser },
            Owner::Another => Finding::Foreign { browser },
        });
        let web_eid = folder.join(format!("{WEB_EID_HOST}.json"));
        if owner(&web_eid, &program) == Owner::Another {
            findings.push(Finding::WebEid { path: web_eid.display().to_string() });
        }
    }
    if findings.is_empty() {
        findings.push(Finding::NoBrowser);
    }
    findings
}

/// The program that asks for a PIN where there is no terminal.
fn window(config: Option<&Config>) -> Option<Finding> {
    let program = config.and_then(|config| config.pinentry.program.clone());
    let program = match pinentry::program(program) {
        Ok(program) => program,
        Err(error) => return Some(Finding::NoPinentry(error)),
    };
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let display = has("DISPLAY") || has("WAYLAND_DISPLAY");
    pinentry::windowless(&program, display).map(|why| match why {
        NoWindow::ForTerminals(program) => {
            Finding::NoWindow { program: program.display().to_string() }
        }
        NoWindow::NoDisplay => Finding::NoDisplay,
    })
}

/// This computer's clock against the server's.
fn clock(context: &Context, config: &Config, given: Option<&str>) -> Option<Finding> {
    if given.is_none() && config.servers.is_empty() {
        return Some(Finding::NoServer);
    }
    let server = match config.server(given) {
        Ok(server) => server,
        Err(error) => return Some(Finding::Config(Failure::of(&error, context.language).text)),
    };
    Some(match clock::ask(&server) {
        Ok(theirs) => {
            let ahead = clock::now().as_second() - theirs.as_second();
            if ahead.abs() <= CLOCK_SECONDS {
                Finding::Clock
            } else {
                Finding::ClockWrong { ahead }
            }
        }
        Err(error) => {
            Finding::Unreachable { server: server.as_str().to_owned(), why: error.to_string() }
        }
    })
}

/// How far clocks may differ: a log-in's challenge lives five minutes.
const CLOCK_SECONDS: i64 = 60;
