//! `install`: tells the browsers of this person where the agent is, and takes that back again.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use super::browsers::{Browser, MANIFESTS, Roots, SYSTEM};
use super::manifest::{self, HOST, Owner, WEB_EID_HOST};
use super::{Context, Failure};
use crate::lang::install::{Confined, Done, NoFolder, Unwritable};

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

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Install,
    Uninstall,
}

impl Args {
    fn wish(&self) -> Wish {
        if self.uninstall { Wish::Uninstall } else { Wish::Install }
    }
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
            (folders(browsers, args.wish()), confined)
        }
    };
    let program = std::env::current_exe().map_err(failed)?;
    let all = each(args, &folders, &program).map_err(|error| Failure::of(&error, language))?;
    let confined: Vec<Confined> = match args.wish() {
        Wish::Install => confined,
        Wish::Uninstall => Vec::new(),
    };
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
fn folders(browsers: Vec<Browser>, wish: Wish) -> Vec<PathBuf> {
    let prepared = |browser: &Browser| ["Chrome", "Chromium"].contains(&browser.name);
    let wanted = |browser: &&Browser| match wish {
        Wish::Install => browser.present || prepared(browser),
        Wish::Uninstall => true,
    };
    browsers.iter().filter(wanted).map(Browser::manifests).collect()
}

fn confined(browser: &Browser) -> Option<Confined> {
    browser.sandbox.map(|sandbox| Confined { browser: browser.title(), sandbox })
}

fn each(args: &Args, folders: &[PathBuf], program: &Path) -> Result<Vec<Done>, Unwritable> {
    let system: Vec<_> = SYSTEM.iter().map(PathBuf::from).collect();
    let mut all = Vec::new();
    for host in [HOST, WEB_EID_HOST] {
        let is_wanted = host == HOST || args.web_eid;
        all.append(&mut match args.wish() {
            Wish::Uninstall => removed(folders, host)?,
            Wish::Install if is_wanted => written(folders, &system, host, program)?,
            Wish::Install => Vec::new(),
        });
    }
    Ok(all)
}

fn removed(folders: &[PathBuf], host: &str) -> Result<Vec<Done>, Unwritable> {
    let paths = folders.iter().map(|folder| manifest::path(folder, host));
    paths
        .map(|path| manifest::remove(&path).map_err(|source| Unwritable { path, source }))
        .collect()
}

/// Another program for the whole computer keeps its name everywhere; the name of Web eID is also
/// left to one that has it in a single browser.
fn written(
    folders: &[PathBuf],
    system: &[PathBuf],
    host: &str,
    program: &Path,
) -> Result<Vec<Done>, Unwritable> {
    let own = if host == WEB_EID_HOST { folders } else { &[] };
    let foreign: Vec<_> = system
        .iter()
        .chain(own)
        .map(|folder| manifest::path(folder, host))
        .filter(|path| manifest::owner(path, program) == Owner::Another)
        .map(Done::Foreign)
        .collect();
    if !foreign.is_empty() {
        return Ok(foreign);
    }
    let paths = folders.iter().map(|folder| manifest::path(folder, host));
    let write = |path: PathBuf| {
        manifest::write(&path, host, program).map_err(|source| Unwritable { path, source })
    };
    paths.map(write).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::install::Sandbox;

    /// What becomes of `host` where another program has that name in `taken`, one of the folders
    /// `system`, `a` and `b`; and in which of the last two it stands then.
    fn taken(host: &str, taken: &str) -> (Vec<Done>, usize) {
        let root = tempfile::tempdir().unwrap();
        let folder = |name: &str| root.path().join(name);
        let path = manifest::path(&folder(taken), host);
        std::fs::create_dir(folder(taken)).unwrap();
        std::fs::write(&path, "{}").unwrap();
        let folders = [folder("a"), folder("b")];
        let done = written(&folders, &[folder("system")], host, Path::new("/agent")).unwrap();
        assert_eq!(std::fs::read_to_string(path).unwrap(), "{}");
        let stands = |folder: &&PathBuf| manifest::path(folder, host).is_file();
        (done, folders.iter().filter(stands).count())
    }

    #[test]
    fn another_program_for_the_whole_computer_keeps_its_name() {
        for host in [HOST, WEB_EID_HOST] {
            let (done, stands) = taken(host, "system");
            assert!(matches!(done.as_slice(), [Done::Foreign(_)]), "{done:?}");
            assert_eq!(stands, 0);
        }
    }

    #[test]
    fn the_name_of_web_eid_is_taken_only_where_nobody_has_it() {
        let (done, stands) = taken(WEB_EID_HOST, "a");
        assert!(matches!(done.as_slice(), [Done::Foreign(_)]), "{done:?}");
        assert_eq!(stands, 1, "only the other program's");
        let (done, stands) = taken(HOST, "a");
        assert!(matches!(done.as_slice(), [Done::Foreign(_), Done::Written(_)]), "{done:?}");
        assert_eq!(stands, 2);
    }

    #[test]
    fn what_cannot_be_written_is_named() {
        // Nobody makes folders there, root neither.
        let folders = [PathBuf::from("/proc/sleutelbos")];
        let failed = written(&folders, &[], HOST, Path::new("/agent")).unwrap_err();
        let said = Failure::of(&failed, crate::language::Language::Dutch).text;
        assert!(
            said.starts_with(&manifest::path(&folders[0], HOST).display().to_string()),
            "{said}"
        );
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
        let written = folders(all(), Wish::Install);
        let expected = ["Chrome", "Brave", "Chromium"]
            .map(|name| PathBuf::from(format!("/x/{name}/NativeMessagingHosts")));
        assert_eq!(written, expected);
        assert_eq!(folders(all(), Wish::Uninstall).len(), 4);
    }
}
