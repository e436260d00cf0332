//! The browsers a person may have: where each keeps its profiles, how it was packaged, and whether
//! it is there.
//!
//! Sources: Chrome's and Edge's documents on native messaging; for Brave, Vivaldi, snaps and
//! flatpaks what others traced.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::lang::install::Sandbox;

/// A browser this person has or may come to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Browser {
    /// What people call it.
    pub(crate) name: &'static str,
    /// Where it keeps its profiles.
    pub(crate) profiles: PathBuf,
    /// What keeps it from starting other programs.
    pub(crate) sandbox: Option<Sandbox>,
    /// It was installed or has run.
    pub(crate) present: bool,
}

impl Browser {
    /// Where it looks for this person's native messaging manifests.
    pub(crate) fn manifests(&self) -> PathBuf {
        self.profiles.join(MANIFESTS)
    }

    /// Whether one of `extensions` is seen in one of its profiles. It is a hint: a profile may keep
    /// an extension in ways that are not known here.
    pub(crate) fn has_extension(&self, extensions: &[&str]) -> bool {
        let profiles = std::fs::read_dir(&self.profiles).into_iter().flatten().flatten();
        let seen = |profile: PathBuf| {
            let settings = ["Secure Preferences", "Preferences"]
                .map(|name| read_json(&profile.join(name)).unwrap_or_default());
            extensions.iter().any(|id| {
                let way = format!("/extensions/settings/{id}");
                profile.join("Extensions").join(id).is_dir()
                    || settings.iter().any(|settings| settings.pointer(&way).is_some())
            })
        };
        profiles.map(|profile| profile.path()).filter(|p| p.join("Preferences").is_file()).any(seen)
    }

    /// For people: what it is and which one.
    pub(crate) fn title(&self) -> String {
        format!("{} ({})", self.name, self.profiles.display())
    }
}

/// The folders below which browsers keep their things.
#[derive(Debug)]
pub(crate) struct Roots {
    home: PathBuf,
    config: PathBuf,
    /// `/`, below which snaps and flatpaks for everybody are.
    system: PathBuf,
}

impl Roots {
    /// Those of this person; `None` where HOME is not set.
    pub(crate) fn of_environment() -> Option<Self> {
        let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
        let home = folder("HOME")?;
        let config = folder("XDG_CONFIG_HOME").unwrap_or_else(|| home.join(".config"));
        Some(Self { home, config, system: PathBuf::from("/") })
    }

    /// Every browser of a known kind, there or not; one in a sandbox only where it is there.
    pub(crate) fn browsers(&self) -> Vec<Browser> {
        KINDS.iter().flat_map(|kind| self.of_kind(kind)).collect()
    }

    fn of_kind(&self, kind: &Kind) -> Vec<Browser> {
        let browser = |profiles: PathBuf, sandbox| {
            let present = has_run(&profiles);
            Browser { name: kind.name, profiles, sandbox, present }
        };
        if cfg!(target_os = "macos") {
            let base = self.home.join("Library/Application Support");
            return vec![browser(base.join(kind.on_macos), None)];
        }
        let mut all = vec![browser(self.config.join(kind.on_linux), None)];
        if let Some((snap, folder)) = kind.snap {
            let own = self.home.join("snap").join(snap);
            let found = browser(own.join(folder), Some(Sandbox::Snap));
            let installed = self.system.join("snap").join(snap).is_dir() || own.is_dir();
            all.extend(installed.then_some(Browser { present: true, ..found }));
        }
        let id = kind.flatpak;
        let own = self.home.join(".var/app").join(id);
        let found = browser(own.join("config").join(kind.on_linux), Some(Sandbox::Flatpak));
        let places = [
            own,
            self.system.join("var/lib/flatpak/app").join(id),
            self.home.join(".local/share/flatpak/app").join(id),
        ];
        let installed = places.iter().any(|place| place.is_dir());
        all.extend(installed.then_some(Browser { present: true, ..found }));
        all
    }
}

fn read_json(path: &Path) -> Option<Value> {
    let mut text = Vec::new();
    let read = File::open(path).ok()?.take(LONGEST_SETTINGS).read_to_end(&mut text);
    read.ok().and_then(|_| serde_json::from_slice(&text).ok())
}

/// The longest file of settings that is read, in bytes.
const LONGEST_SETTINGS: u64 = 32 * 1024 * 1024;

/// Whether a browser keeps its profiles in `folder`: one that ran left this file there.
pub(crate) fn has_run(folder: &Path) -> bool {
    folder.join("Local State").is_file()
}

/// A kind of browser.
struct Kind {
    name: &'static str,
    /// Below the configuration folder.
    on_linux: &'static str,
    /// Below `Library/Application Support`.
    on_macos: &'static str,
    /// The snap's name, and the folder of the profiles below `~/snap/NAME`.
    snap: Option<(&'static str, &'static str)>,
    /// The flatpak's id.
    flatpak: &'static str,
}

const KINDS: [Kind; 5] = [
    Kind {
        name: "Chrome",
        on_linux: "google-chrome",
        on_macos: "Google/Chrome",
        snap: None,
        flatpak: "com.google.Chrome",
    },
    Kind {
        name: "Chromium",
        on_linux: "chromium",
        on_macos: "Chromium",
        snap: Some(("chromium", "common/chromium")),
        flatpak: "org.chromium.Chromium",
    },
    Kind {
        name: "Edge",
        on_linux: "microsoft-edge",
        on_macos: "Microsoft Edge",
        snap: None,
        flatpak: "com.microsoft.Edge",
    },
    Kind {
        name: "Brave",
        on_linux: "BraveSoftware/Brave-Browser",
        on_macos: "BraveSoftware/Brave-Browser",
        snap: Some(("brave", "current/.config/BraveSoftware/Brave-Browser")),
        flatpak: "com.brave.Browser",
    },
    Kind {
        name: "Vivaldi",
        on_linux: "vivaldi",
        on_macos: "Vivaldi",
        snap: Some(("vivaldi", "current/.config/vivaldi")),
        flatpak: "com.vivaldi.Vivaldi",
    },
];

/// The folder of manifests in that of the profiles.
pub(crate) const MANIFESTS: &str = "NativeMessagingHosts";
/// Where Linux browsers look for the whole computer; Brave and Vivaldi look where Chrome does.
pub(crate) const SYSTEM: [&str; 3] = [
    "/etc/opt/chrome/native-messaging-hosts",
    "/etc/chromium/native-messaging-hosts",
    "/etc/opt/edge/native-messaging-hosts",
];

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use super::*;

    struct Computer(tempfile::TempDir);

    impl Computer {
        fn new() -> Self {
            Self(tempfile::tempdir().unwrap())
        }
        fn has(&self, file: &str) {
            let path = self.0.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "{}").unwrap();
        }
        /// Name, folder below the computer, sandbox and presence of each browser.
        fn browsers(&self) -> Vec<(String, Option<Sandbox>, bool)> {
            let home = self.0.path().join("home");
            let config = home.join(".config");
            let roots = Roots { home, config, system: self.0.path().to_owned() };
            let below = |path: &Path| path.strip_prefix(self.0.path()).unwrap().to_owned();
            let browsers = roots.browsers().into_iter();
            browsers
                .map(|b| (below(&b.profiles).display().to_string(), b.sandbox, b.present))
                .collect()
        }
    }

    #[test]
    fn a_browser_is_present_once_it_ran_and_a_folder_alone_is_none() {
        let computer = Computer::new();
        computer.has("home/.config/google-chrome/NativeMessagingHosts/x.json");
        assert!(
            computer
                .browsers()
                .iter()
                .all(|(_, sandbox, present)| { sandbox.is_none() && !present })
        );
        computer.has("home/.config/BraveSoftware/Brave-Browser/Local State");
        let present: Vec<_> = computer.browsers().into_iter().filter(|b| b.2).collect();
        assert_eq!(present, [("home/.config/BraveSoftware/Brave-Browser".to_owned(), None, true)]);
    }

    #[test]
    fn an_extension_is_seen_in_any_profile_and_by_either_sign() {
        let id = "gdcanlljncladfainbijcmgeopecgbfg";
        let settings = format!(r#"{{"extensions":{{"settings":{{"{id}":{{"path":"/x"}}}}}}}}"#);
        let check = |files: &[(&str, &str)]| {
            let folder = tempfile::tempdir().unwrap();
            for (file, text) in files {
                let path = folder.path().join(file);
                std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                std::fs::write(path, text).unwrap();
            }
            let profiles = folder.path().to_owned();
            let browser = Browser { name: "Chrome", profiles, sandbox: None, present: true };
            browser.has_extension(&[id])
        };
        let packed = format!("Profile 2/Extensions/{id}/0.1.0_0/manifest.json");
        assert!(check(&[("Profile 2/Preferences", "{}"), (&packed, "{}")]));
        assert!(check(&[("Default/Preferences", &settings)]));
        assert!(check(&[("Default/Preferences", "{}"), ("Default/Secure Preferences", &settings)]));
        assert!(!check(&[("Default/Preferences", "{}")]));
        assert!(!check(&[("Default/Preferences", "half {")]));
        assert!(!check(&[("System Profile/x", ""), (&packed, "{}")]), "no profile");
        assert!(!check(&[]));
    }

    #[test]
    fn snaps_and_flatpaks_are_known_by_what_they_install() {
        for (file, profiles, sandbox) in [
            ("snap/chromium/current", "home/snap/chromium/common/chromium", Sandbox::Snap),
            ("home/snap/chromium/common/x", "home/snap/chromium/common/chromium", Sandbox::Snap),
            (
                "home/snap/vivaldi/current/x",
                "home/snap/vivaldi/current/.config/vivaldi",
                Sandbox::Snap,
            ),
            (
                "var/lib/flatpak/app/com.google.Chrome/x",
                "home/.var/app/com.google.Chrome/config/google-chrome",
                Sandbox::Flatpak,
            ),
            (
                "home/.var/app/com.microsoft.Edge/x",
                "home/.var/app/com.microsoft.Edge/config/microsoft-edge",
                Sandbox::Flatpak,
            ),
        ] {
            let computer = Computer::new();
            computer.has(file);
            let found = computer.browsers().into_iter().filter(|b| b.1.is_some());
            let found: Vec<_> = found.collect();
            assert_eq!(found, [(profiles.to_owned(), Some(sandbox), true)], "{file}");
        }
    }
}
