//! The configuration: one TOML file, checked into final types before the first socket opens.
//!
//! Without a file everything has its default: SQLite in `sleutelbos-data`, at
//! `http://localhost:8080`. Relative paths are relative to the folder the file is in.

mod authorisations;
mod bounded;
mod delivery;
mod gateways;
mod keep;
mod keys;
mod letters;
mod limits;
mod lockout;
mod operators;
mod password;
mod phone;
mod recovery;
mod server;
mod sessions;
mod storage;
mod times;
mod uzi;

pub use keep::Keep;
pub use keys::{Keys, Makers};
pub use password::Passwords;
pub use phone::Phone;
pub use recovery::Recovery;
pub use server::Server;
pub use times::Times;
pub use uzi::{Environment, Uzi};

use crate::storage::Location;
use crate::text::Spans;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// The data folder, for this user only: the database of SQLite and the keys beside it.
    pub data: PathBuf,
    /// Table `[server]`.
    pub server: Server,
    /// Table `[storage]`.
    pub storage: Location,
    /// Table `[password]`.
    pub passwords: Passwords,
    /// Table `[lockout]`.
    pub lockout: crate::lockout::Policy,
    /// Table `[recovery]`.
    pub recovery: Recovery,
    /// Table `[phone]`.
    pub phone: Phone,
    /// Table `[limits]`.
    pub limits: crate::budget::Policy,
    /// Table `[sessions]`.
    pub sessions: crate::sessions::Policy,
    /// Table `[times]`.
    pub times: Times,
    /// Table `[keep]`.
    pub keep: Keep,
    /// Table `[delivery]`.
    pub delivery: crate::delivery::Settings,
    /// Table `[letters]`.
    pub letters: crate::letters::Settings,
    /// Table `[operators]`.
    pub operators: crate::operator::Policy,
    /// Table `[keys]`.
    pub keys: Keys,
    /// Tables `[[authorisations]]`.
    pub authorisations: crate::authorisations::Catalogue,
    /// Table `[uzi]`.
    pub uzi: Uzi,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// The file is not what it should be; the text says where.
    #[error("{path}: {source}")]
    Content {
        /// Which.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
}

/// The file as it is written. Defaults: a missing table is one without keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    /// The data folder. Default: `sleutelbos-data`.
    #[serde(default = "data", deserialize_with = "a_path")]
    data: PathBuf,
    #[serde(default)]
    server: Server,
    #[serde(default)]
    storage: storage::Table,
    #[serde(default)]
    password: Passwords,
    #[serde(default)]
    lockout: lockout::Table,
    #[serde(default)]
    recovery: Recovery,
    #[serde(default)]
    phone: Phone,
    #[serde(default)]
    limits: limits::Table,
    #[serde(default)]
    sessions: sessions::Table,
    #[serde(default)]
    times: Times,
    #[serde(default)]
    keep: Keep,
    #[serde(default)]
    delivery: delivery::Table,
    #[serde(default)]
    letters: letters::Table,
    #[serde(default)]
    operators: operators::Table,
    #[serde(default)]
    keys: Keys,
    #[serde(default)]
    authorisations: authorisations::Table,
    #[serde(default)]
    uzi: Uzi,
}

fn data() -> PathBuf {
    "sleutelbos-data".into()
}

fn a_path<'d, D: serde::Deserializer<'d>>(value: D) -> Result<PathBuf, D::Error> {
    let path = PathBuf::deserialize(value)?;
    if path.as_os_str().is_empty() {
        return Err(serde::de::Error::custom("data should name a folder"));
    }
    Ok(path)
}

impl Config {
    /// Reads the file at `path`, or takes every default.
    ///
    /// Errors: [`Error::Read`], [`Error::Content`].
    pub fn read(path: Option<&Path>) -> Result<Self, Error> {
        let Some(path) = path else { return Self::parse("", Path::new("")) };
        let text = read(path)?;
        match Self::parse(&text, path.parent().unwrap_or(Path::new(""))) {
            Err(Error::Content { source, .. }) => {
                Err(Error::Content { path: path.to_owned(), source })
            }
            result => result,
        }
    }

    /// Whether a proxy stands in front, which alone can serve https, that nobody named.
    pub fn needs_proxies(&self) -> bool {
        self.server.origin.scheme() == "https" && self.limits.proxies.is_empty()
    }

    /// The lengths of time that texts name.
    pub fn spans(&self) -> Spans {
        self.times.spans(self.sessions.fresh, self.keep.messages)
    }

    /// The configuration that `text` says, for a file in `folder`.
    ///
    /// Errors: [`Error::Content`] for a key or value that is not understood, [`Error::Read`] for a
    /// secret's file.
    pub fn parse(text: &str, folder: &Path) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|source| Error::Content {
            path: folder.to_owned(),
            source: Box::new(source),
        })?;
        let data = folder.join(file.data);
        Ok(Self {
            storage: file.storage.location(&data, folder)?,
            delivery: file.delivery.settings(&file.server, &data, folder)?,
            data,
            passwords: file.password,
            lockout: file.lockout.into(),
            recovery: file.recovery,
            phone: file.phone,
            limits: file.limits.at(&file.server.origin),
            server: file.server,
            sessions: file.sessions.into(),
            times: file.times,
            keep: file.keep,
            letters: file.letters.into(),
            operators: file.operators.into(),
            keys: file.keys.within(folder),
            authorisations: file.authorisations.into(),
            uzi: file.uzi.within(folder),
        })
    }
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

/// Reads whole days of 24 hours, such as `"7 days"`.
fn days(text: &str) -> Option<Duration> {
    let number = text.strip_suffix("days").or_else(|| text.strip_suffix("day"))?.trim();
    Some(Duration::from_secs(24 * 60 * 60).saturating_mul(number.parse().ok()?))
}

/// Reads a length of time such as `"30 minutes"`, `"1h 30m"` or `"7 days"`.
fn duration<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let example = "a length of time such as \"30 minutes\", \"1h 30m\" or \"7 days\"";
    text.parse::<jiff::SignedDuration>()
        .ok()
        .and_then(|length| Duration::try_from(length).ok())
        .or_else(|| days(&text))
        .ok_or_else(|| serde::de::Error::invalid_value(serde::de::Unexpected::Str(&text), &example))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::factors::attestation::Models;
    use proptest::prelude::*;

    fn refused(text: &str) -> String {
        match Config::parse(text, Path::new("")) {
            Ok(config) => panic!("accepted: {config:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn without_a_file_everything_has_its_default() {
        let config = Config::read(None).unwrap();
        assert_eq!(config.server.origin.as_str(), "http://localhost:8080/");
        assert_eq!(config.server.rp_id, "localhost");
        assert!(config.server.listen.ip().is_loopback());
        assert!(matches!(&config.storage, Location::Sqlite(folder) if *folder == config.data));
        assert_eq!(config.lockout, crate::lockout::Policy::default());
        assert_eq!(config.limits, crate::budget::Policy::default());
        assert_eq!(config.sessions, crate::sessions::Policy::default());
        assert_eq!(config.times, Times::default());
        assert_eq!(config.keep, Keep::default());
        assert_eq!(config.spans(), Spans::default());
    }

    #[test]
    fn the_documented_file_holds_every_key_with_its_default() {
        let page = include_str!("../../../docs/configuration.md");
        let (_, rest) = page.split_once("```toml\n").unwrap();
        let (example, _) = rest.split_once("```").unwrap();
        let mut keys = 0;
        let all: String = example
            .lines()
            .map(|line| match line.strip_prefix("#: ") {
                // A key without a default: its example must be read too, at its place.
                Some(key) => format!("{key}\n"),
                None => {
                    keys += usize::from(line.contains(" = "));
                    format!("{line}\n")
                }
            })
            .collect();
        let documented = Config::parse(example, Path::new("")).unwrap();
        let default = Config::parse("", Path::new("")).unwrap();
        assert_eq!(format!("{documented:?}"), format!("{default:?}"));
        assert!(keys >= 15, "{keys} keys");
        let missing = Config::parse(&all, Path::new("")).unwrap_err();
        assert!(matches!(missing, Error::Read { path, .. } if path.ends_with("address")));
    }

    #[test]
    fn what_is_set_is_used() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pg"), "postgres://db/sleutelbos\n").unwrap();
        let text = r#"
            data = "elsewhere"
            [server]
            listen = "127.0.0.1:9000"
            origin = "https://inloggen.voorbeeld.nl"
            rp_id = "voorbeeld.nl"
            [storage]
            postgres = "pg"
            [lockout]
            tries = 3
            block = "1h 30m"
            [sessions]
            idle = "20 minutes"
            [limits]
            source_at_once = 5
            proxies = ["127.0.0.1", "2001:db8::/32"]
            [[keys.attestation]]
            roots = "maker.pem"
            aaguids = ["00112233-4455-6677-8899-aabbccddeeff"]
        "#;
        let config = Config::parse(text, folder.path()).unwrap();
        assert_eq!(config.data, folder.path().join("elsewhere"));
        assert_eq!(config.server.rp_id, "voorbeeld.nl");
        assert_eq!(config.lockout.block, Duration::from_secs(5400));
        assert_eq!(config.sessions.idle, Duration::from_secs(1200));
        assert_eq!((config.limits.source.at_once, config.limits.source.per_minute), (5, 120));
        let proxies = config.limits.proxies.iter().map(ToString::to_string);
        assert_eq!(proxies.collect::<Vec<_>>(), ["127.0.0.1/32", "2001:db8::/32"]);
        let [makers] = config.keys.attestation.as_slice() else { panic!("one entry") };
        assert_eq!(makers.roots, folder.path().join("maker.pem"));
        assert!(matches!(&makers.models, Models::These(models) if models.len() == 1));
        let Location::Postgres(address) = config.storage else { panic!("PostgreSQL was set") };
        assert_eq!(address.expose(), "postgres://db/sleutelbos");
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "it is a table: a row for each way to be wrong")]
    fn a_wrong_key_or_value_is_named() {
        for (text, named) in [
            ("dta = \"x\"", "dta"),
            ("[server]\nlisten = \"here\"", "listen"),
            ("[server]\norigin = \"ftp://voorbeeld.nl\"", "https"),
            ("[server]\norigin = \"http://voorbeeld.nl\"", "https"),
            ("[server]\ntelephone = \"bel ons\"", "as people dial it"),
            ("[server]\norigin = \"https://192.0.2.1\"", "host name"),
            ("[server]\norigin = \"https://voorbeeld.nl/path\"", "path"),
            ("[server]\norigin = \"https://a.nl\"\nrp_id = \"b.nl\"", "rp_id"),
            ("[server]\norigin = \"https://praktijk.nl\"\nrp_id = \"nl\"", "rp_id is a domain"),
            ("[server]\norigin = \"https://a.co.uk\"\nrp_id = \"co.uk\"", "rp_id is a domain"),
            ("[lockout]\nblock = \"soon\"", "30 minutes"),
            ("[lockout]\ntries = 0", "tries"),
            ("[recovery]\ndigits = 12", "16, 20 or 24"),
            ("[phone]\ncountries = []", "two capitals"),
            ("[phone]\ncountries = [\"nl\"]", "two capitals"),
            ("[phone]\nsends_in_10_minutes = 0", "from 1 to 10"),
            ("[phone]\nsends_a_day = 2", "sends_a_day at least as many"),
            ("[phone]\norganisation_a_day = 0", "organisation_a_day from 1"),
            ("[lockout]\ncodes_per_login = 11", "codes_per_login is from 1 to 10"),
            ("[lockout]\ncodes_in_a_row = 0", "codes_in_a_row is from 1 to 20"),
            ("[lockout]\ncodes_per_day = 101", "codes_per_day is from 1 to 100"),
            ("[lockout]\ncodes_pause = \"999999999h\"", "at most 30 days"),
            ("[lockout]\ntries = 101", "close_after"),
            ("[limits]\nsource_at_once = 4", "source_at_once"),
            ("[sessions]\nfresh = \"0s\"", "at least 1 second"),
            ("[sessions]\nfresh = \"301s\"", "at most 5 minutes"),
            ("[sessions]\nfalls = \"0s\"\nidle = \"0s\"", "at least 1 second"),
            ("[lockout]\nblock = \"999999999h\"", "at most 30 days"),
            ("[lockout]\nlongest_block = \"59m\"", "longest_block is from 1 hour to 30 days"),
            ("[lockout]\nlongest_block = \"31 days\"", "longest_block is from 1 hour to 30 days"),
            ("[lockout]\nremembered = \"29 days\"", "remembered is from 30 to 365 days"),
            ("[lockout]\nremembered = \"366 days\"", "remembered is from 30 to 365 days"),
            ("[server]\nname = \"\"", "1 to 64"),
            ("[server]\nname = \" \"", "1 to 64"),
            ("[server]\nname = \"a\\u0007\"", "1 to 64"),
            ("[limits]\nall_per_minute = 0", "all_per_minute"),
            ("[limits]\nproxies = [\"proxy\"]", "10.0.0.0/8"),
            ("[sessions]\nidle = \"-5m\"", "30 minutes"),
            ("[sessions]\nlife = \"10m\"", "falls"),
            ("[password]\nmemory_kib = 1024", "19456"),
            ("[password]\npasses = 0", "passes"),
            ("[password]\nshortest = 11", "shortest is from 12"),
            ("[password]\nshortest_alone = 14", "shortest_alone is from 15"),
            ("[password]\nshortest = 20\nshortest_alone = 19", "shortest_alone"),
            ("[password]\nlongest = 63", "longest is from 64 to 128"),
            ("[password]\nlongest = 129", "longest is from 64 to 128"),
            ("[password]\nat_once = 0", "at_once"),
            ("[uzi]\nenvironment = \"acceptance\"", "environment"),
            ("[keys]\nattestation = \"roots.pem\"", "attestation"),
            ("[letters]\nkey = \"age1\"", "age-keygen"),
            ("[letters]\nsender = \" \"", "1 to 120"),
            ("[operators]\nusers = \"none\"", "shared"),
            ("[operators]\nwait = \"169h\"", "72 hours to 7 days"),
            ("[operators]\nwait = \"71h\"", "72 hours to 7 days"),
            ("[[keys.attestation]]\naaguids = []", "roots"),
            ("[[keys.attestation]]\nroots = \"r.pem\"\naaguids = []", "name a model"),
            ("[[keys.attestation]]\nroots = \"r.pem\"\naaguids = [\"yubikey\"]", "\"yubikey\""),
            (
                "[[keys.attestation]]\nroots = \"r\"\naaguids = [\"00000000-0000-0000-0000-000000000000\"]",
                "no AAGUID",
            ),
        ] {
            let message = refused(text);
            assert!(message.contains(named), "{text}: {message}");
        }
    }

    #[test]
    fn a_wrong_authorisation_is_named() {
        let table = |id: &str, nl: &str, more: &str| {
            let words = format!("{{ nl = \"{nl}\", en = \"a\" }}");
            format!("[[authorisations]]\nid = \"{id}\"\nname = {words}\nsentence = {words}\n{more}")
        };
        assert_eq!(
            Config::parse(&table("a-1", "a", ""), Path::new(""))
                .unwrap()
                .authorisations
                .all()
                .len(),
            1
        );
        let long = "a".repeat(61);
        for (text, named) in [
            (table("A b", "a", ""), "small letters"),
            (table("a", " ", ""), "the name of"),
            (table("a", &long, ""), "the name of"),
            (table("a", "a", "level = 1"), "level"),
            (table("a", "a", &table("a", "a", "")), "twice"),
        ] {
            let message = refused(&text);
            assert!(message.contains(named), "{text}: {message}");
        }
    }

    proptest! {
        #[test]
        fn reading_never_panics(text in "\\PC{0,80}|\\[server\\]\\norigin = \"\\PC{0,30}\"") {
            let _ = Config::parse(&text, Path::new(""));
        }
    }
}
