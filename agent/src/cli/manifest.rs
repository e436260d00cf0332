//! A native messaging manifest: tells a browser where this program is and which extensions may
//! start it. Another program's manifest is never touched.

use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::lang::install::Done;

/// The id of our extension: it follows from the key in `agent/extension/manifest.json`.
const EXTENSION_ID: &str = "gdcanlljncladfainbijcmgeopecgbfg";
/// The extensions that may speak to this program: ours, then Web eID's for Chrome and for Edge.
pub(crate) const EXTENSIONS: [&str; 3] =
    [EXTENSION_ID, "ncibgoaomkmdpilpocfeponihegamlic", "gnmckgbandlkacikdndelhfghdejfido"];
/// The name under which our extension asks for this program.
pub(crate) const HOST: &str = "nl.sleutelbos.agent";
/// The name under which the extension of Web eID asks for its program.
pub(crate) const WEB_EID_HOST: &str = "eu.webeid";

/// By this a manifest is known as ours.
const DESCRIPTION: &str = "Sleutelbos agent";

/// The manifest of `host` in `folder`.
pub(crate) fn path(folder: &Path, host: &str) -> PathBuf {
    folder.join(format!("{host}.json"))
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
    let text = match read(path) {
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

/// The file at `path`: a regular one, and no more of it than a manifest has.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    // A link that leads nowhere is somebody's; to open it would say that nothing is there.
    let there = std::fs::symlink_metadata(path)?;
    let odd = || std::io::Error::from(std::io::ErrorKind::InvalidData);
    let file = if there.is_symlink() { std::fs::metadata(path).map_err(|_| odd())? } else { there };
    if !file.is_file() {
        return Err(odd());
    }
    let mut text = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut text)?;
    Ok(text)
}

/// The most that is read of a manifest, in bytes: what is longer is no JSON then, so not ours.
const LONGEST: u64 = 64 * 1024;

/// Writes the manifest of `host` at `path`, which leads to `program`.
///
/// Errors: the file or its folder cannot be made.
pub(crate) fn write(path: &Path, host: &str, program: &Path) -> std::io::Result<Done> {
    match owner(path, program) {
        Owner::Another => return Ok(Done::Foreign(path.to_owned())),
        Owner::Nobody | Owner::Us { .. } => {}
    }
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
    // Written aside and moved, so that a browser never reads half a manifest.
    let aside = folder.join(format!("{host}.json.{}", std::process::id()));
    let mut file = create(&aside)?;
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

/// Makes a file that nobody else can write, whatever the person's mask is.
fn create(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o644);
    options.open(path)
}

/// Removes the manifest at `path` where it is ours, and the folders that only held it.
///
/// Errors: the file cannot be removed.
pub(crate) fn remove(path: &Path) -> std::io::Result<Done> {
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    /// A page over plain http hears that it is insecure instead of nothing at all.
    #[test]
    fn the_extension_is_there_on_every_page() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/extension/manifest.json");
        let manifest: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert_eq!(manifest["content_scripts"][0]["matches"], json!(["https://*/*", "http://*/*"]));
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
    fn a_folder_of_a_browser_stays() {
        let folder = tempfile::tempdir().unwrap();
        let profiles = folder.path().join("google-chrome");
        let path = path(&profiles.join("NativeMessagingHosts"), HOST);
        write(&path, HOST, Path::new(PROGRAM)).unwrap();
        std::fs::write(profiles.join("Local State"), "{}").unwrap();
        remove(&path).unwrap();
        assert!(!profiles.join("NativeMessagingHosts").exists());
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
    }

    #[cfg(unix)]
    #[test]
    fn what_is_no_plain_file_is_somebody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        std::os::unix::fs::symlink(folder.path().join("nowhere"), &path).unwrap();
        assert_eq!(owner(&path, Path::new(PROGRAM)), Owner::Another);
        assert!(matches!(write(&path, HOST, Path::new(PROGRAM)).unwrap(), Done::Foreign(_)));
        assert!(path.is_symlink());
        std::fs::remove_file(&path).unwrap();
        std::fs::create_dir(&path).unwrap();
        assert_eq!(owner(&path, Path::new(PROGRAM)), Owner::Another);
        // A device that never ends is not read.
        assert_eq!(owner(Path::new("/dev/zero"), Path::new(PROGRAM)), Owner::Another);
    }

    /// Bytes, and JSON that is almost one of our manifests.
    fn content() -> impl Strategy<Value = Vec<u8>> {
        let member = "name|description|path|type|Description";
        let value = "Sleutelbos agent|sleutelbos agent|Sleutelbos agent |/opt/x|stdio|";
        let members = proptest::collection::btree_map(member, value, 0..5);
        prop_oneof![
            proptest::collection::vec(any::<u8>(), 0..200),
            members.prop_map(|members| json!(members).to_string().into_bytes()),
            members_in_a_list().prop_map(String::into_bytes),
        ]
    }

    fn members_in_a_list() -> impl Strategy<Value = String> {
        "\\[\\{\"description\":\"Sleutelbos agent\"\\}\\]|\"Sleutelbos agent\"|\\{\"description\":\\[\"Sleutelbos agent\"\\]\\}"
    }

    proptest! {
        #[test]
        fn only_what_bears_our_description_is_ever_changed(content in content()) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("x.json");
            std::fs::write(&path, &content).unwrap();
            let ours = serde_json::from_slice::<Value>(&content)
                .is_ok_and(|value| value["description"] == DESCRIPTION);
            let written = write(&path, HOST, Path::new(PROGRAM)).unwrap();
            prop_assert_eq!(matches!(written, Done::Written(_)), ours);
            if !ours {
                prop_assert!(matches!(remove(&path).unwrap(), Done::Left(_)));
                prop_assert_eq!(std::fs::read(&path).unwrap(), content);
            }
        }
    }
}
