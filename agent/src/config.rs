//! `agent.toml`: which servers, which programs; unknown keys are refused, all is checked at once.

use std::fs::File as Handle;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::Deserialize;

use crate::origin::{self, Development, Origin};
use crate::sound::is_ours;

/// The agent's configuration, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Servers the agent logs in to; the first is the default.
    pub servers: Vec<Origin>,
    /// Whether addresses on this machine are taken.
    pub development: Development,
    /// How a PIN is asked in a window.
    pub pinentry: Pinentry,
    /// How smartcards are reached.
    pub card: Card,
    /// How security keys are waited for.
    pub key: Key,
}

/// Table `[pinentry]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Pinentry {
    /// The program, as a full path. Default: `pinentry` in the system's folders.
    pub program: Option<PathBuf>,
}

/// Table `[card]`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Card {
    /// PKCS#11 modules to try, as full paths. Default: none.
    pub modules: Vec<PathBuf>,
    /// Whether a PIN is typed on a reader that has keys. Default: where the card's module says so.
    pub pin_pad: PinPad,
}

/// Whether a PIN is typed on a reader that has keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PinPad {
    /// Never: always in a window.
    Never,
    /// Where the PKCS#11 module of the card says so.
    #[default]
    Module,
    /// Also where the agent speaks to reader and card itself.
    Always,
}

/// Table `[key]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// How long to wait for a key to be inserted or touched. Default: 60 seconds.
    pub wait: Duration,
}

/// Why there is no usable configuration.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is there but cannot be read, or was named and is not there.
    #[error("read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Others than root and this person could have written the file.
    #[error("{} can be written by others", path.display())]
    Unsound {
        /// The file.
        path: PathBuf,
    },
    /// Not TOML, an unknown key, or a value of the wrong kind.
    #[error("parse {}", path.display())]
    Syntax {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
    /// A server is no origin.
    #[error("server {text:?}")]
    Address {
        /// What stands in the file.
        text: String,
        /// Why.
        source: origin::Error,
    },
    /// A path is relative.
    #[error("path {} is relative", path.display())]
    Relative {
        /// What stands in the file.
        path: PathBuf,
    },
    /// The server that was given is none of those that are configured.
    #[error("server {text:?} is not configured")]
    NotConfigured {
        /// What was given.
        text: String,
    },
    /// No server is configured or given.
    #[error("no server")]
    NoServer,
    /// Neither HOME nor XDG_CONFIG_HOME is set.
    #[error("no configuration folder")]
    NoFolder,
}

/// The file as it is written.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    servers: Vec<String>,
    development: bool,
    pinentry: PinentryTable,
    card: CardTable,
    key: KeyTable,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct PinentryTable {
    program: Option<PathBuf>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct CardTable {
    modules: Vec<PathBuf>,
    pin_pad: PinPad,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
struct KeyTable {
    wait_seconds: u16,
}

impl Default for KeyTable {
    fn default() -> Self {
        Self { wait_seconds: 60 }
    }
}

impl Config {
    /// Reads `path`; the file must be there, and nobody else may be able to write it: it says which
    /// programs run and where a password goes.
    ///
    /// Errors: [`Error`].
    pub fn read(path: &Path) -> Result<Self, Error> {
        let failed = |source| Error::Read { path: path.to_owned(), source };
        let file = Handle::open(path).map_err(failed)?;
        // The open file is looked at, so that no other takes its place meanwhile.
        if !is_ours(&file.metadata().map_err(failed)?) {
            return Err(Error::Unsound { path: path.to_owned() });
        }
        let mut text = String::new();
        file.take(LONGEST).read_to_string(&mut text).map_err(failed)?;
        if text.len() as u64 == LONGEST {
            return Err(failed(std::io::ErrorKind::FileTooLarge.into()));
        }
        Self::parse(&text, path)
    }

    /// Reads `path`, or gives the defaults where no such file is.
    ///
    /// Errors: [`Error`].
    pub fn read_or_default(path: &Path) -> Result<Self, Error> {
        match Self::read(path) {
            Err(Error::Read { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                Self::parse("", path)
            }
            other => other,
        }
    }

    /// The server to speak to: the one given, else the first configured.
    ///
    /// Errors: [`Error::Address`] for a bad one, [`Error::NotConfigured`] for one that is not among
    /// those configured, [`Error::NoServer`] where there is none.
    pub fn server(&self, given: Option<&str>) -> Result<Origin, Error> {
        match given {
            Some(text) => {
                let origin = address(text, self.development)?;
                if self.servers.is_empty() || self.servers.contains(&origin) {
                    Ok(origin)
                } else {
                    Err(Error::NotConfigured { text: text.to_owned() })
                }
            }
            None => self.servers.first().cloned().ok_or(Error::NoServer),
        }
    }

    fn parse(text: &str, path: &Path) -> Result<Self, Error> {
        let file: File = toml::from_str(text)
            .map_err(|source| Error::Syntax { path: path.to_owned(), source: Box::new(source) })?;
        let development = if file.development { Development::On } else { Development::Off };
        let servers = file.servers.iter().map(|text| address(text, development));
        Ok(Self {
            servers: servers.collect::<Result<_, _>>()?,
            development,
            pinentry: Pinentry { program: file.pinentry.program.map(absolute).transpose()? },
            card: Card {
                modules: file.card.modules.into_iter().map(absolute).collect::<Result<_, _>>()?,
                pin_pad: file.card.pin_pad,
            },
            key: Key { wait: Duration::from_secs(file.key.wait_seconds.into()) },
        })
    }
}

/// The longest file, in bytes.
const LONGEST: u64 = 1024 * 1024;

/// Where the file is when none is named: `sleutelbos/agent.toml` below the XDG folder.
///
/// `xdg` and `home` are the variables `XDG_CONFIG_HOME` and `HOME`. Errors: [`Error::NoFolder`].
pub fn default_path(xdg: Option<PathBuf>, home: Option<PathBuf>) -> Result<PathBuf, Error> {
    xdg.filter(|path| path.is_absolute())
        .or_else(|| home.filter(|path| path.is_absolute()).map(|home| home.join(".config")))
        .map(|folder| folder.join("sleutelbos").join("agent.toml"))
        .ok_or(Error::NoFolder)
}

fn address(text: &str, development: Development) -> Result<Origin, Error> {
    Origin::parse(text, development)
        .map_err(|source| Error::Address { text: text.to_owned(), source })
}

fn absolute(path: PathBuf) -> Result<PathBuf, Error> {
    if path.is_absolute() { Ok(path) } else { Err(Error::Relative { path }) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(text: &str) -> Result<Config, Error> {
        Config::parse(text, Path::new("agent.toml"))
    }

    #[test]
    fn an_empty_file_gives_the_defaults() {
        let config = read("").unwrap();
        assert_eq!(config.servers, []);
        assert_eq!(config.development, Development::Off);
        assert_eq!(config.key.wait, Duration::from_secs(60));
        assert!(matches!(config.server(None), Err(Error::NoServer)));
    }

    #[test]
    fn a_full_file_is_read() {
        let config = read(
            "servers = ['https://login.example.nl', 'http://localhost:8080']\ndevelopment = true\n\
             [pinentry]\nprogram = '/usr/bin/pinentry-gtk-2'\n\
             [card]\nmodules = ['/usr/lib/opensc-pkcs11.so']\n[key]\nwait_seconds = 5\n",
        )
        .unwrap();
        assert_eq!(config.server(None).unwrap().as_str(), "https://login.example.nl");
        let given = config.server(Some("http://localhost:8080")).unwrap();
        assert_eq!(given.as_str(), "http://localhost:8080");
        // Who configures servers says which ones may be spoken to.
        let other = config.server(Some("https://login.example.com"));
        assert!(matches!(other, Err(Error::NotConfigured { .. })));
        assert!(read("").unwrap().server(Some("https://login.example.com")).is_ok());
        assert_eq!(config.key.wait, Duration::from_secs(5));
        assert_eq!(config.card.modules, [PathBuf::from("/usr/lib/opensc-pkcs11.so")]);
        assert_eq!(config.card.pin_pad, PinPad::Module);
        let never = read("[card]\npin_pad = 'never'").unwrap();
        assert_eq!(never.card.pin_pad, PinPad::Never);
        assert!(matches!(read("[card]\npin_pad = 'maybe'"), Err(Error::Syntax { .. })));
    }

    #[test]
    fn a_mistake_is_refused_for_its_reason() {
        assert!(matches!(read("sevrers = []"), Err(Error::Syntax { .. })));
        assert!(matches!(read("[key]\nwait = 5"), Err(Error::Syntax { .. })));
        assert!(matches!(
            read("servers = ['http://localhost:8080']"),
            Err(Error::Address { source: origin::Error::PlainHttp, .. })
        ));
        assert!(matches!(read("[pinentry]\nprogram = 'pinentry'"), Err(Error::Relative { .. })));
        assert!(matches!(read("[card]\nmodules = ['./x.so']"), Err(Error::Relative { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_can_write_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.toml");
        std::fs::write(&path, "").unwrap();
        for (mode, sound) in [(0o600, true), (0o644, true), (0o646, false), (0o666, false)] {
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            let read = Config::read_or_default(&path);
            assert_eq!(matches!(read, Err(Error::Unsound { .. })), !sound, "{mode:o}");
            assert_eq!(read.is_ok(), sound, "{mode:o}");
        }
    }

    #[test]
    fn a_file_without_end_is_refused() {
        let read = Config::read(Path::new("/dev/zero"));
        assert!(matches!(read, Err(Error::Unsound { .. } | Error::Read { .. })), "{read:?}");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("agent.toml");
        std::fs::write(&path, " ".repeat(usize::try_from(LONGEST).unwrap())).unwrap();
        assert!(matches!(Config::read(&path), Err(Error::Read { .. })));
    }

    #[test]
    fn a_named_file_must_be_there_and_the_default_one_need_not() {
        let missing = tempfile::tempdir().unwrap().path().join("agent.toml");
        assert!(matches!(Config::read(&missing), Err(Error::Read { .. })));
        assert!(Config::read_or_default(&missing).is_ok());
    }

    #[test]
    fn the_default_path_follows_xdg() {
        let path = |xdg: Option<&str>, home: Option<&str>| {
            default_path(xdg.map(PathBuf::from), home.map(PathBuf::from))
        };
        let below = |folder: &str| PathBuf::from(folder).join("sleutelbos/agent.toml");
        assert_eq!(path(Some("/x"), Some("/h")).unwrap(), below("/x"));
        assert_eq!(path(Some("relative"), Some("/h")).unwrap(), below("/h/.config"));
        assert!(matches!(path(None, None), Err(Error::NoFolder)));
    }

    /// TOML that is mostly a configuration: each line there or not, with values that fit and not.
    fn toml_like() -> impl Strategy<Value = String> {
        let server = "'https?://(localhost|a\\.example)(:8080|/x|\\.)?'";
        let path = "'/?[a-z.]{1,6}'";
        let made = |pattern: &str| {
            let pattern = pattern.replace("SERVER", server).replace("PATH", path);
            proptest::string::string_regex(&pattern).unwrap()
        };
        (
            made("(servers = \\[(SERVER(, SERVER)?)?\\]\n)?"),
            made("(development = (true|false|1)\n)?"),
            made("(\\[pinentry\\]\n(program = PATH\n)?)?"),
            made("(\\[card\\]\n(modules = \\[(PATH)?\\]\n)?(pin_pad = '(never|x)'\n)?)?"),
            made("(\\[key\\]\n(wait_seconds = (5|-1|70000)\n)?)?(x = 1)?"),
        )
            .prop_map(|(servers, development, pinentry, card, key)| {
                [servers, development, pinentry, card, key].concat()
            })
    }

    proptest! {
        #[test]
        fn no_text_makes_the_reader_panic(text in "\\PC{0,60}") {
            let _ = read(&text);
        }

        #[test]
        fn what_is_taken_keeps_every_rule(text in toml_like()) {
            if let Ok(config) = read(&text) {
                let is_plain = |server: &Origin| server.as_str().starts_with("http:");
                let is_local = |server: &Origin| server.host() == "localhost";
                for server in &config.servers {
                    prop_assert!(!is_plain(server) || is_local(server), "{}", server);
                    let allowed = config.development == Development::On || !is_local(server);
                    prop_assert!(allowed, "{}", server);
                    prop_assert_eq!(&config.server(Some(server.as_str())).unwrap(), server);
                }
                prop_assert!(config.card.modules.iter().all(|path| path.is_absolute()));
                prop_assert!(config.pinentry.program.iter().all(|path| path.is_absolute()));
                let other = config.server(Some("https://elders.example"));
                prop_assert_eq!(other.is_ok(), config.servers.is_empty());
                prop_assert!(!text.contains("x = "), "an unknown key");
            }
        }
    }
}
