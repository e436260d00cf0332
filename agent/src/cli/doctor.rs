//! `doctor`: looks at everything a log-in needs and says in plain words what is wrong.
//!
//! It asks for no PIN, spends no try and changes nothing.

mod browsers;
mod tokens;

use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::json;

use super::{Context, Failure, prompt};
use crate::clock;
use crate::config::Config;
use crate::consent::pinentry::{self, NoWindow};
use crate::lang::doctor::{Finding, State, summary};
use crate::origin::{self, Development};
use crate::server_time;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Server whose clock is compared [default: the first of the configuration]
    #[arg(long, value_name = "URL")]
    server: Option<String>,
}

/// Prints what was found. Exit code 1 where something must be put right.
pub(crate) fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let now = clock::now();
    let mut findings = about(now);
    let config = context.config();
    if let Err(problem) = &config {
        findings.push(Finding::Config(problem.text.clone()));
    }
    let config = config.ok();
    findings.extend(tokens::findings(config.as_ref(), now));
    findings.extend(browsers::findings());
    findings.extend(window(config.as_ref()));
    if let Some(config) = &config {
        findings.extend(clock(context, config, args.server.as_deref()));
        findings.extend((config.development == Development::On).then_some(Finding::Development));
    }
    let problems = findings.iter().filter(|finding| finding.state() == State::Problem).count();
    let language = context.language;
    let mut lines: Vec<_> = findings.iter().map(|finding| finding.line(language)).collect();
    lines.push(summary(problems, language));
    let values: Vec<_> = findings.iter().map(|finding| finding.value(language)).collect();
    context.print(&lines.join("\n"), &json!({ "sound": problems == 0, "findings": values }));
    Ok(if problems == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Which agent this is, and whether its list of public suffixes is old.
fn about(now: Timestamp) -> Vec<Finding> {
    let (version, system) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS);
    let mut findings = vec![Finding::About { version: format!("{version} ({system})") }];
    if let Some(of) = origin::list_date()
        && now.as_second() - of.as_second() > OLD_LIST_SECONDS
    {
        findings.push(Finding::OldList { of });
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
    pinentry::windowless(&program, prompt::display()).map(|why| match why {
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
    Some(match server_time::ask(&server) {
        Ok(theirs) => {
            let ahead = clock::now().as_second() - theirs.as_second();
            if ahead.abs() <= CLOCK_SECONDS {
                Finding::Clock
            } else {
                Finding::ClockWrong { ahead }
            }
        }
        Err(server_time::Error::Certificate) => {
            Finding::ClockSuspect { server: server.as_str().to_owned() }
        }
        Err(server_time::Error::NoDate) => {
            Finding::ClockUnknown { server: server.as_str().to_owned() }
        }
        Err(server_time::Error::Stranger) => {
            Finding::Stranger { server: server.as_str().to_owned() }
        }
        Err(error @ server_time::Error::Unreachable(_)) => {
            Finding::Unreachable { server: server.as_str().to_owned(), why: error.to_string() }
        }
    })
}

/// After two years without a newer agent the list of public suffixes is old.
const OLD_LIST_SECONDS: i64 = 2 * 365 * 24 * 60 * 60;
/// How far clocks may differ: a log-in's challenge lives five minutes.
const CLOCK_SECONDS: i64 = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_agent_is_old_two_years_after_its_list() {
        let of = origin::list_date().expect("a date");
        let codes = |days: i64| {
            let now = Timestamp::from_second(of.as_second() + days * 24 * 60 * 60).expect("a time");
            about(now).iter().map(Finding::code).collect::<Vec<_>>()
        };
        assert_eq!(codes(0), ["agent"]);
        assert_eq!(codes(730), ["agent"]);
        assert_eq!(codes(731), ["agent", "agent_old"]);
    }
}
