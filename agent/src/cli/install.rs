//! `install`: tells the browsers of this person where the agent is, and takes that back again.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::browsers::{Browser, MANIFESTS, Roots, SYSTEM};
use super::manifest::{self, HOST, Owner, WEB_EID_HOST};
use super::{Context, Failure};
use crate::lang::install::{Confined, Done, NoFolder};

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Answer to the name of Web eID too, where no other program does
    #[arg(long)]
    web_eid: bool,
    /// Remove what an earlier install wrote
    #[arg(long, conflicts_with = "web_eid")]
    uninstall: bool,
    /// Do so for the browser that uses this profile folder only
    #[arg(long, value_name = "FOLDER")]
    user_data_dir: Option<PathBuf>,
}

/// Writes or removes the manifests. Another program's manifest is left alone and makes the exit
/// code 1.
pub(crate) fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    let language = context.language;
    let failed = |error: std::io::Error| Failure::of(&error, language);
    let (folders, confined) = match &args.user_data_dir {
        Some(folder) => {
            (vec![std::path::absolute(folder).map_err(failed)?.join(MANIFESTS)], Vec::new())
        }
        None => {
            let roots = Roots::of_environment().ok_or_else(|| Failure::of(&NoFolder, language))?;
            let browsers = roots.browsers();
            let confined = browsers.iter().filter_map(confined).collect();
            (folders(browsers, args.uninstall), confined)
        }
    };
    let program = std::env::current_exe().map_err(failed)?;
    let all = each(args, &folders, &program).map_err(failed)?;
    let confined: Vec<Confined> = if args.uninstall { Vec::new() } else { confined };
    let mut lines: Vec<_> = all.iter().filter_map(|done| done.text(language)).collect();
    if lines.is_empty() {
        lines.push(Done::nothing(language));
    }
    lines.extend(confined.iter().map(|browser| browser.text(language)));
    let values: Vec<_> = all.iter().map(Done::value).collect();
    let notes: Vec<_> = confined.iter().map(|browser| browser.value(language)).collect();
    context.print(&lines.join("\n"), &json!({ "manifests": values, "notes": notes }));
    let foreign = all.iter().any(|done| matches!(done, Done::Foreign(_)));
    Ok(if foreign { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Where manifests are written: for every browser that is there, and for Chrome and Chromium also
/// where they are yet to come. They are removed from everywhere.
fn folders(browsers: Vec<Browser>, uninstall: bool) -> Vec<PathBuf> {
    let prepared = |browser: &Browser| ["Chrome", "Chromium"].contains(&browser.name);
    let wanted = |browser: &&Browser| uninstall || browser.present || prepared(browser);
    browsers.iter().filter(wanted).map(Browser::manifests).collect()
}

fn confined(browser: &Browser) -> Option<Confined> {
    browser.sandbox.map(|sandbox| Confined { browser: browser.title(), sandbox })
}

fn each(args: &Args, folders: &[PathBuf], program: &Path) -> std::io::Result<Vec<Done>> {
    let system: Vec<_> = SYSTEM.iter().map(PathBuf::from).collect();
    let mut all = Vec::new();
    for folder in folders {
        for host in [HOST, WEB_EID_HOST] {
            let path = manifest::path(folder, host);
            all.push(match (args.uninstall, host == HOST || args.web_eid) {
                (true, _) => manifest::remove(&path)?,
                (false, true) if is_elsewhere(&system, host) => Done::Foreign(path),
                (false, true) => manifest::write(&path, host, program)?,
                (false, false) => continue,
            });
        }
    }
    Ok(all)
}

/// Whether the whole computer has another program under this name.
fn is_elsewhere(system: &[PathBuf], host: &str) -> bool {
    let nowhere = Path::new("");
    let another = |folder: &PathBuf| {
        manifest::owner(&manifest::path(folder, host), nowhere) == Owner::Another
    };
    system.iter().any(another)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::install::Sandbox;

    #[test]
    fn another_program_for_the_whole_computer_keeps_its_name() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(manifest::path(folder.path(), WEB_EID_HOST), "{}").unwrap();
        assert!(is_elsewhere(&[folder.path().to_owned()], WEB_EID_HOST));
        assert!(!is_elsewhere(&[folder.path().to_owned()], HOST));
    }

    #[test]
    fn only_chrome_and_chromium_are_prepared_before_they_are_there() {
        let browser = |name, present, sandbox| Browser {
            name,
            profiles: PathBuf::from("/x").join(name),
            sandbox,
            present,
        };
        let all = || {
            vec![
                browser("Chrome", false, None),
                browser("Edge", false, None),
                browser("Brave", true, None),
                browser("Chromium", true, Some(Sandbox::Snap)),
            ]
        };
        let written = folders(all(), false);
        let expected = ["Chrome", "Brave", "Chromium"]
            .map(|name| PathBuf::from(format!("/x/{name}/NativeMessagingHosts")));
        assert_eq!(written, expected);
        assert_eq!(folders(all(), true).len(), 4);
    }
}
