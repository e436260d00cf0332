//! What `doctor` finds of browsers: whether each can start this program.

use std::path::Path;

use super::super::browsers::{Browser, Roots, SYSTEM};
use super::super::manifest::{self, EXTENSIONS, HOST, Owner, Program, WEB_EID_HOST, owner};
use crate::lang::doctor::Finding;
use crate::lang::install::Confined;
use crate::sound::is_sound;

/// The browsers of this person, and where their manifests lead.
pub(super) fn findings() -> Vec<Finding> {
    let (Some(roots), Ok(program)) = (Roots::of_environment(), std::env::current_exe()) else {
        return vec![Finding::NoBrowser];
    };
    let mut findings = Vec::new();
    if !is_sound(&program) {
        findings.push(Finding::ProgramUnsound { path: shown(&program) });
    }
    let before = findings.len();
    for browser in roots.browsers().iter().filter(|browser| browser.present) {
        let connection = connection(browser, &program);
        let works = matches!(connection, Finding::Connected { .. });
        findings.push(connection);
        if works && !browser.has_extension(served(browser, &program)) {
            findings.push(Finding::ExtensionUnseen { browser: browser.title() });
        }
        let web_eid = manifest::path(&browser.manifests(), WEB_EID_HOST);
        if owner(&web_eid, &program) == Owner::Another {
            findings.push(Finding::WebEid { path: shown(&web_eid) });
        }
    }
    if findings.len() == before {
        findings.push(Finding::NoBrowser);
    }
    for folder in SYSTEM.map(Path::new) {
        let is_foreign = |host| owner(&manifest::path(folder, host), &program) == Owner::Another;
        if is_foreign(HOST) {
            findings.push(Finding::Foreign { browser: shown(folder) });
        }
        if is_foreign(WEB_EID_HOST) {
            let path = manifest::path(folder, WEB_EID_HOST);
            findings.push(Finding::WebEid { path: shown(&path) });
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
    let path = manifest::path(&browser.manifests(), HOST);
    match owner(&path, program) {
        Owner::Us { .. } if !is_sound(&path) => Finding::ManifestUnsound { path: shown(&path) },
        Owner::Us { current: Program::This } => Finding::Connected { browser: title },
        Owner::Us { current: Program::Elsewhere } => Finding::LeadsElsewhere { browser: title },
        Owner::Nobody => Finding::NotConnected { browser: title },
        Owner::Another => Finding::Foreign { browser: title },
    }
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}

/// The extensions that `browser` lets start this program.
fn served(browser: &Browser, program: &Path) -> &'static [&'static str] {
    match owner(&manifest::path(&browser.manifests(), WEB_EID_HOST), program) {
        Owner::Us { .. } => &EXTENSIONS,
        Owner::Nobody | Owner::Another => EXTENSIONS.get(..1).unwrap_or_default(),
    }
}
