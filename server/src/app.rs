//! The application: every part that is not pure, joined once.

use crate::accounts;
use crate::budget::Budget;
use crate::challenges;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::factors::attestation::{self, Demand, Maker};
use crate::factors::card;
use crate::factors::security_key::{self, Keys};
use crate::password::Hasher;
use crate::random::Random;
use crate::secret::{Secret, Token};
use crate::storage::{self, Db};
use crate::uzi::issue::Environment;
use crate::uzi::lists::{Lists, Place};
use crate::uzi::trust::{self, Trust};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// What every step of every domain may need.
#[derive(Debug)]
pub struct App {
    /// What was set.
    pub config: Config,
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// Randomness.
    pub random: Random,
    /// Hashes and checks passwords, so many at once.
    pub passwords: Hasher,
    /// The ceremonies of security keys and passkeys.
    pub keys: Keys,
    /// Verifies UZI cards.
    pub cards: card::Verifier,
    /// What whoever has proven nothing may ask.
    pub(crate) budget: Budget,
    /// Hides the user names that nobody has.
    pub(crate) name_key: Secret<[u8; 32]>,
}

/// Why the application cannot start.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database cannot be opened.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The relying party does not fit the origin.
    #[error(transparent)]
    Keys(#[from] security_key::Error),
    /// The authorities of cards cannot be read.
    #[error("the authorities in [uzi] trust cannot be used")]
    Trust(#[source] Box<trust::Error>),
    /// The folder's authorities are of the other environment.
    #[error("the authorities in [uzi] trust are of {found:?}: set environment in [uzi] to match")]
    Environment {
        /// What they are.
        found: Environment,
    },
    /// A file of root certificates cannot be read.
    #[error("the makers in [keys] attestation cannot be used: cannot read {path}")]
    Roots {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A file of root certificates cannot be used.
    #[error("the makers in [keys] attestation cannot be used: {path}")]
    Makers {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: attestation::Error,
    },
    /// A key in the data folder cannot be read or made.
    #[error(
        "cannot read or make {path}: it must be a file of 32 bytes, for this user only; put it back \
         from a back-up, or remove it and a new one is made (wrong tries at unknown names then \
         count anew)"
    )]
    Key {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

impl App {
    /// Opens everything `config` names; the database is brought up to date.
    ///
    /// Errors: the first part that cannot be opened.
    pub async fn open(config: Config) -> Result<Self, Error> {
        let db = Db::open(&config.storage).await?;
        accounts::store::number_all(&db, Random::system()).await?;
        Self::join(config, db, Clock::system())
    }

    /// Joins the parts around an open database and a clock.
    pub fn join(config: Config, db: Db, clock: Clock) -> Result<Self, Error> {
        let random = Random::system();
        let server = &config.server;
        let passwords = &config.passwords;
        Ok(Self {
            keys: Keys::new(
                &server.rp_id,
                &server.origin,
                &server.name,
                demand(&config)?,
                challenges::LIFE,
            )?,
            passwords: Hasher::new(passwords.cost, passwords.at_once, passwords.waiting, random),
            cards: cards(&config)?,
            budget: Budget::new(config.limits.clone()),
            name_key: key(&config.data, "name.key", random)?,
            db,
            clock,
            random,
            config,
        })
    }
}

/// What is demanded of a key before it gives `high`.
fn demand(config: &Config) -> Result<Demand, Error> {
    let makers = makers(config)?;
    Ok(if makers.is_empty() { Demand::Nothing } else { Demand::Listed(makers) })
}

/// The makers whose keys give `high`, where the operator names them.
pub(crate) fn makers(config: &Config) -> Result<Vec<Maker>, Error> {
    let mut all = Vec::new();
    for config::Makers { roots: path, models } in &config.keys.attestation {
        let pem =
            std::fs::read(path).map_err(|source| Error::Roots { path: path.clone(), source })?;
        let makers = Maker::from_pem(&pem, models)
            .map_err(|source| Error::Makers { path: path.clone(), source })?;
        all.extend(makers);
    }
    Ok(all)
}

/// What verifies cards. TEST authorities are believed only where the configuration says that it is a test.
pub(crate) fn cards(config: &Config) -> Result<card::Verifier, Error> {
    let uzi = &config.uzi;
    let environment = Environment::from(uzi.environment);
    let trust = match &uzi.trust {
        Some(folder) => Trust::read(folder).map_err(|error| Error::Trust(Box::new(error)))?,
        None => Trust::published(environment),
    };
    if trust.environment() != environment {
        return Err(Error::Environment { found: trust.environment() });
    }
    let places = match &uzi.revocation_lists {
        none if none.is_empty() && uzi.trust.is_none() => Place::published(environment),
        places => places.clone(),
    };
    let trust = Arc::new(trust);
    let lists = Lists::new(places, trust.clone());
    let origin = config.server.origin.origin().ascii_serialization();
    Ok(card::Verifier::new(origin, trust, lists, uzi.admission.clone()))
}

/// The key in this file of the data folder, which is made the first time.
fn key(data: &Path, name: &str, random: Random) -> Result<Secret<[u8; 32]>, Error> {
    let path = data.join(name);
    let stored = || -> std::io::Result<Secret<[u8; 32]>> {
        let bytes = Zeroizing::new(std::fs::read(&path)?);
        storage::close(&path)?;
        let key = bytes.as_slice().try_into().map(Secret::new);
        key.map_err(|_| std::io::Error::from(std::io::ErrorKind::InvalidData))
    };
    let key = match stored() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            make(data, &path, random).and_then(|()| stored())
        }
        kept => kept,
    };
    key.map_err(|source| Error::Key { path: path.clone(), source })
}

/// Makes a key, whole or not at all: another process that starts at the same time may be first, and
/// then its key counts.
fn make(data: &Path, path: &Path, random: Random) -> std::io::Result<()> {
    storage::private_folder(data)?;
    let draft = path.with_extension(Token::random(random).expose());
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let written = file.write_all(&random.bytes::<32>()).and_then(|()| file.sync_all());
    // A link, not a renaming: it never replaces what is there.
    let linked = written.and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        linked => linked.and_then(|()| std::fs::File::open(data)?.sync_all()),
    }
}

#[cfg(test)]
pub(crate) mod testing {
    //! An application for tests: its clock stands still and its passwords are cheap.

    use super::*;
    use crate::clock::Time;
    use crate::password::Cost;

    /// The moment at which the test begins.
    pub(crate) const START: Time = Time::from_millis(1_750_000_000_000);

    pub(crate) fn app(db: Db) -> App {
        with(db, |_, _| ())
    }

    /// The same with a change of its configuration, which may name files in the folder that is given.
    pub(crate) fn with(db: Db, change: impl FnOnce(&mut Config, &Path)) -> App {
        let data = tempfile::tempdir().expect("a temporary folder");
        let mut config = Config::read(None).expect("the defaults fit");
        config.data = data.path().join("data");
        config.passwords.cost = Cost { memory: 64, passes: 1 };
        config.passwords.waiting = 1_000;
        change(&mut config, data.path());
        App::join(config, db, Clock::manual(START)).expect("everything opens")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_for_its_user_only() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("data");
        let first = key(&folder, "name.key", Random::system()).unwrap();
        let second = key(&folder, "name.key", Random::system()).unwrap();
        assert_eq!(first.expose(), second.expose());
        let mode = |path: &Path| {
            std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(path).unwrap().permissions())
                & 0o777
        };
        assert_eq!((mode(&folder), mode(&folder.join("name.key"))), (0o700, 0o600));
    }

    #[test]
    fn of_many_that_start_at_once_all_have_the_same_whole_key() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("data");
        let keys = std::thread::scope(|scope| {
            let start = || key(&folder, "name.key", Random::system()).unwrap().expose().to_owned();
            let threads = (0..16).map(|_| scope.spawn(start)).collect::<Vec<_>>();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert!(keys.windows(2).all(|two| two[0] == two[1]));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no draft is left");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_that_others_could_read_is_closed_when_it_is_used() {
        use std::os::unix::fs::PermissionsExt as _;
        let data = tempfile::tempdir().unwrap();
        let path = data.path().join("name.key");
        std::fs::write(&path, [7; 32]).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(key(data.path(), "name.key", Random::system()).unwrap().expose(), &[7; 32]);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_is_not_replaced() {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("name.key"), "short").unwrap();
        assert!(matches!(
            key(data.path(), "name.key", Random::system()),
            Err(Error::Key { path, .. }) if path.ends_with("name.key")
        ));
    }
}
