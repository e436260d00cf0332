//! `install`: tells the browsers of this person where the agent is, and takes that back again.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::{Value, json};

use super::native_host::EXTENSIONS;
use super::{Context, Failure};
use crate::lang::install::{Done, NoFolder};

/// The id of our extension: it follows from the key in `agent/extension/manifest.json`.
pub(crate) const EXTENSION_ID: &str = "gdcanlljncladfainbijcmgeopecgbfg";
/// The name under which our extension asks for this program.
pub(crate) const HOST: &str = "nl.sleutelbos.agent";
/// The name under which the extension of Web eID asks for its program.
pub(crate) const WEB_EID_HOST: &str = "eu.webeid";

/// By this a manifest is known as ours.
const DESCRIPTION: &str = "Sleutelbos agent";

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
    let failed = |error: std::io::Error| Failure::of(&error, context.language);
    let folders = match &args.user_data_dir {
        Some(folder) => vec![std::path::absolute(folder).map_err(failed)?.join(SUBFOLDER)],
        None => folders().ok_or_else(|| Failure::of(&NoFolder, context.language))?,
    };
    let program = std::env::current_exe().map_err(failed)?;
    let system: Vec<_> = SYSTEM.iter().map(PathBuf::from).collect();
    let mut all = Vec::new();
    for folder in &folders {
        for host in [HOST, WEB_EID_HOST] {
            let path = folder.join(format!("{host}.json"));
            let done = match (args.uninstall, host == HOST || args.web_eid) {
                (true, _) => remove(&path).map_err(failed)?,
                (false, true) if is_elsewhere(&system, host) => Done::Foreign(path),
                (false, true) => write(&path, host, &program).map_err(failed)?,
                (false, false) => continue,
            };
            all.push(done);
        }
    }
    let lines: Vec<_> = all.iter().filter_map(|done| done.text(context.language)).collect();
    let values: Vec<_> = all.iter().map(Done::value).collect();
    let lines = if lines.is_empty() { Done::nothing(context.language) } else { lines.join("\n") };
    context.print(&lines, &json!({ "manifests": values }));
    let foreign = all.iter().any(|done| matches!(done, Done::Foreign(_)));
    Ok(if foreign { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What a manifest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// There is none.
    Nobody,
    /// It is ours; `program` says whether it leads to this very program.
    Us { current: Program },
    /// It is another program's, or cannot be read.
    Another,
}

/// Which program a manifest of ours leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Program {
    /// This one.
    This,
    /// Another place, or one where nothing is.
    Elsewhere,
}

/// Whose manifest stands at `path`.
pub(crate) fn owner(path: &Path, program: &Path) -> Owner {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Owner::Nobody,
        Err(_) => return Owner::Another,
    };
    let Ok(manifest) = serde_json::from_slice::<Value>(&text) else { return Owner::Another };
    let member = |name| manifest.get(name).and_then(Value::as_str);
    if member("description") != Some(DESCRIPTION) {
        return Owner::Another;
    }
    let same = member("path").is_some_and(|path| Path::new(path) == program);
    Owner::Us { current: if same { Program::This } else { Program::Elsewhere } }
}

/// The folders of the browsers of this person: Chrome and Chromium.
pub(crate) fn folders() -> Option<Vec<PathBuf>> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let home = folder("HOME")?;
    let (base, browsers) = if cfg!(target_os = "macos") {
        (home.join("Library/Application Support"), ["Google/Chrome", "Chromium"])
    } else {
        let config = folder("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
        (config, ["google-chrome", "chromium"])
    };
    let mut folders: Vec<_> = browsers.iter().map(|browser| base.join(browser)).collect();
    // Ubuntu's Chromium lives in a snap and looks nowhere else.
    folders.extend(Some(home.join("snap/chromium/common/chromium")).filter(|snap| snap.is_dir()));
    Some(folders.into_iter().map(|folder| folder.join(SUBFOLDER)).collect())
}

/// Whether a browser keeps its profiles in `folder`: one that ran left this file there.
pub(crate) fn is_browser(folder: &Path) -> bool {
    folder.join("Local State").is_file()
}

/// Whether the whole computer has another program under this name.
fn is_elsewhere(system: &[PathBuf], host: &str) -> bool {
    let nowhere = Path::new("");
    system
        .iter()
        .any(|folder| owner(&folder.join(format!("{host}.json")), nowhere) == Owner::Another)
}

fn write(path: &Path, host: &str, program: &Path) -> std::io::Result<Done> {
    match owner(path, program) {
        Owner::Another => return Ok(Done::Foreign(path.to_owned())),
        Owner::Nobody | Owner::Us { .. } => {}
    }
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
    // Written aside and moved, so that a browser never reads half a manifest.
    let aside = folder.join(format!("{host}.json.{}", std::process::id()));
    let mut file = std::fs::File::create(&aside)?;
    let text = format!("{:#}\n", manifest(host, program));
    let written = file
        .write_all(text.as_bytes())
        .and_then(|()| file.sync_all())
        .and_then(|()| std::fs::rename(&aside, path));
    if let Err(error) = written {
        let _ = std::fs::remove_file(&aside);
        return Err(error);
    }
    Ok(Done::Written(path.to_owned()))
}

fn remove(path: &Path) -> std::io::Result<Done> {
    match owner(path, path) {
        Owner::Us { .. } => {
            std::fs::remove_file(path)?;
            // Folders that only held this go too; one with anything in it stays.
            for folder in path.ancestors().skip(1).take(2) {
                if std::fs::remove_dir(folder).is_err() {
                    break;
                }
            }
            Ok(Done::Removed(path.to_owned()))
        }
        Owner::Nobody | Owner::Another => Ok(Done::Left(path.to_owned())),
    }
}

fn manifest(host: &str, program: &Path) -> Value {
    let extensions = if host == HOST { EXTENSIONS.get(..1) } else { EXTENSIONS.get(1..) };
    let origins = extensions.unwrap_or_default().iter();
    let origins: Vec<_> = origins.map(|id| format!("chrome-extension://{id}/")).collect();
    json!({
        "name": host,
        "description": DESCRIPTION,
        "path": program,
        "type": "stdio",
        "allowed_origins": origins,
    })
}

const SUBFOLDER: &str = "NativeMessagingHosts";
/// Where Linux browsers look for the whole computer.
pub(crate) const SYSTEM: [&str; 2] =
    ["/etc/opt/chrome/native-messaging-hosts", "/etc/chromium/native-messaging-hosts"];

#[cfg(test)]
mod tests {
    use super::*;

    const PROGRAM: &str = "/opt/sleutelbos/sleutelbos-agent";

    #[test]
    fn the_manifest_lets_in_the_extension_of_its_name_only() {
        let ours = manifest(HOST, Path::new(PROGRAM));
        let own = format!("chrome-extension://{EXTENSION_ID}/");
        assert_eq!(ours["allowed_origins"], json!([own]));
        assert_eq!((&ours["path"], &ours["type"]), (&json!(PROGRAM), &json!("stdio")));
        let theirs = manifest(WEB_EID_HOST, Path::new(PROGRAM));
        assert_eq!(theirs["allowed_origins"].as_array().map(Vec::len), Some(2));
    }

    #[test]
    fn the_extension_has_the_key_that_makes_its_id() {
        use base64::Engine;
        use sha2::Digest;
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/extension/manifest.json");
        let manifest: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        let key = manifest["key"].as_str().unwrap();
        let der = base64::engine::general_purpose::STANDARD.decode(key).unwrap();
        let digest = sha2::Sha256::digest(&der);
        let id: String = digest[..16]
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .map(|nibble| char::from(b'a' + nibble))
            .collect();
        assert_eq!(id, EXTENSION_ID);
    }

    #[test]
    fn what_was_written_is_ours_and_goes_again() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("x.json");
        let program = Path::new(PROGRAM);
        assert_eq!(owner(&path, program), Owner::Nobody);
        assert!(matches!(write(&path, HOST, program).unwrap(), Done::Written(_)));
        assert_eq!(owner(&path, program), Owner::Us { current: Program::This });
        assert_eq!(
            owner(&path, Path::new("/usr/bin/sleutelbos-agent")),
            Owner::Us { current: Program::Elsewhere }
        );
        assert!(matches!(write(&path, HOST, program).unwrap(), Done::Written(_)));
        assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
        assert!(matches!(remove(&path).unwrap(), Done::Removed(_)));
        assert_eq!(owner(&path, program), Owner::Nobody);
        assert!(matches!(remove(&path).unwrap(), Done::Left(_)));
        assert!(!folder.path().join("deep").exists(), "the folder that only held it went too");
    }

    #[test]
    fn a_folder_we_made_is_no_browser() {
        let folder = tempfile::tempdir().unwrap();
        let profiles = folder.path().join("google-chrome");
        let path = profiles.join(SUBFOLDER).join("x.json");
        write(&path, HOST, Path::new(PROGRAM)).unwrap();
        assert!(!is_browser(&profiles));
        std::fs::write(profiles.join("Local State"), "{}").unwrap();
        assert!(is_browser(&profiles));
        remove(&path).unwrap();
        assert!(profiles.join("Local State").is_file());
    }

    #[test]
    fn another_programs_manifest_is_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{WEB_EID_HOST}.json"));
        for content in [r#"{"description":"Web eID","path":"/usr/bin/web-eid"}"#, "half {"] {
            std::fs::write(&path, content).unwrap();
            let done = write(&path, WEB_EID_HOST, Path::new(PROGRAM)).unwrap();
            assert!(matches!(done, Done::Foreign(_)));
            assert!(matches!(remove(&path).unwrap(), Done::Left(_)));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
        }
        assert!(is_elsewhere(&[folder.path().to_owned()], WEB_EID_HOST));
        assert!(!is_elsewhere(&[folder.path().to_owned()], HOST));
    }
}
