//! `doctor`: looks at everything a log-in needs and says in plain words what is wrong.
//!
//! It asks for no PIN, spends no try and changes nothing.

use std::ffi::CStr;
use std::path::Path;
use std::process::ExitCode;

use jiff::Timestamp;
use serde_json::json;

use super::browsers::{Browser, Roots, SYSTEM};
use super::manifest::{self, HOST, Owner, Program, WEB_EID_HOST, owner};
use super::{Context, Failure, desk};
use crate::clock;
use crate::config::{Config, PinPad};
use crate::consent::pinentry::{self, NoWindow};
use crate::lang::doctor::{Finding, State};
use crate::lang::install::Confined;
use crate::origin::Development;
use crate::tokens::card::inserted::{Inserted, Means, Via, find};
use crate::tokens::card::pkcs11::modules;
use crate::tokens::card::reader::{self, Connection, Presence};
use crate::tokens::card::uzi::Validity;
use crate::tokens::fido::hid;
use crate::tokens::fido::nfc::Nfc;

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
    findings.extend(tokens(config.as_ref(), now));
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

/// Cards and keys. Who has a key needs no card, so a missing one is no problem then.
fn tokens(config: Option<&Config>, now: Timestamp) -> Vec<Finding> {
    let mut cards = card(config, now);
    let mut keys = keys();
    if matches!(cards.first(), Some(Finding::Card(_))) {
        let on_readers = keys_on_readers();
        if !on_readers.is_empty() {
            keys.retain(|finding| !matches!(finding, Finding::NoKey));
            keys.extend(on_readers);
        }
    }
    let has_key =
        |finding: &Finding| matches!(finding, Finding::Key { .. } | Finding::KeyOnReader { .. });
    if keys.iter().any(has_key) {
        cards = cards.into_iter().map(beside_key).collect();
    }
    cards.extend(keys);
    cards
}

/// What the lack of a card is to somebody who has a key.
fn beside_key(finding: Finding) -> Finding {
    use crate::tokens::card::Error as E;
    let Finding::Card(error) = finding else { return finding };
    let is_lack = matches!(
        error,
        E::NoService | E::NoReader | E::NoCard | E::NotUzi | E::Unknown | E::NoModule
    );
    if is_lack { Finding::CardBesideKey(error) } else { Finding::Card(error) }
}

/// The security keys on readers. Selecting the FIDO application spends nothing on any card.
fn keys_on_readers() -> Vec<Finding> {
    let Ok(service) = reader::service() else { return Vec::new() };
    let slots = reader::slots(&service).unwrap_or_default();
    let is_key = |reader: &CStr| {
        Connection::open(&service, reader).is_ok_and(|card| Nfc::open(card).is_ok())
    };
    slots
        .into_iter()
        .filter(|slot| matches!(slot.card, Presence::Card { .. }) && is_key(&slot.reader))
        .map(|slot| Finding::KeyOnReader { reader: slot.reader.to_string_lossy().into_owned() })
        .collect()
}

/// The service, the readers, and the card in them.
fn card(config: Option<&Config>, now: Timestamp) -> Vec<Finding> {
    let configured = config.map_or(&[][..], |config| &config.card.modules);
    let modules = modules::present(configured);
    let pad = config.map_or(PinPad::default(), |config| config.card.pin_pad);
    let means =
        Means { via: Via::Auto, modules: &modules, pad: desk::pad(pad), worker: &desk::worker };
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
        holds: matches!(certificate.validity(now), Validity::Holds | Validity::NearEnd { .. }),
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
                Err(error) => Finding::KeyUnopened { path, why: error.to_string() },
                Ok(_) => Finding::Key { product: key.product },
            }
        })
        .collect()
}

/// The browsers of this person, and where their manifests lead.
fn browsers() -> Vec<Finding> {
    let (Some(roots), Ok(program)) = (Roots::of_environment(), std::env::current_exe()) else {
        return vec![Finding::NoBrowser];
    };
    let mut findings = Vec::new();
    for browser in roots.browsers().iter().filter(|browser| browser.present) {
        findings.push(connection(browser, &program));
        let web_eid = manifest::path(&browser.manifests(), WEB_EID_HOST);
        if owner(&web_eid, &program) == Owner::Another {
            findings.push(Finding::WebEid { path: web_eid.display().to_string() });
        }
    }
    if findings.is_empty() {
        findings.push(Finding::NoBrowser);
    }
    for folder in SYSTEM.map(Path::new) {
        let is_foreign = |host| owner(&manifest::path(folder, host), &program) == Owner::Another;
        if is_foreign(HOST) {
            findings.push(Finding::Foreign { browser: folder.display().to_string() });
        }
        if is_foreign(WEB_EID_HOST) {
            let path = manifest::path(folder, WEB_EID_HOST);
            findings.push(Finding::WebEid { path: path.display().to_string() });
        }
    }
    findings
}

/// Whether `browser` can start `program`.
fn connection(browser: &Browser, program: &Path) -> Finding {
    let title = browser.title();
    // Whatever its manifest says: it cannot be relied on to start programs outside.
    if let Some(sandbox) = browser.sandbox {
        return Finding::Confined(Confined { browser: title, sandbox });
    }
    match owner(&manifest::path(&browser.manifests(), HOST), program) {
        Owner::Us { current: Program::This } => Finding::Connected { browser: title },
        Owner::Us { current: Program::Elsewhere } => Finding::LeadsElsewhere { browser: title },
        Owner::Nobody => Finding::NotConnected { browser: title },
        Owner::Another => Finding::Foreign { browser: title },
    }
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
        Err(clock::Error::Certificate) => {
            Finding::ClockSuspect { server: server.as_str().to_owned() }
        }
        Err(error) => {
            Finding::Unreachable { server: server.as_str().to_owned(), why: error.to_string() }
        }
    })
}

/// How far clocks may differ: a log-in's challenge lives five minutes.
const CLOCK_SECONDS: i64 = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokens::card::Error;

    #[test]
    fn who_has_a_key_misses_no_card_but_still_hears_of_a_broken_one() {
        for error in [Error::NoService, Error::NoReader, Error::NotUzi] {
            assert_eq!(beside_key(Finding::Card(error)).state(), State::Note);
        }
        let broken = Finding::Card(Error::Mute { reader: "reader".to_owned() });
        assert_eq!(beside_key(broken).state(), State::Problem);
    }
}
