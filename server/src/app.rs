//! The application: every part that is not pure, joined once.

use crate::accounts;
use crate::audit::key::Signer;
use crate::budget::Budget;
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::delivery::{self, Delivery};
use crate::factors::attestation::{self, Demand, Maker};
use crate::factors::card;
use crate::factors::security_key::{self, Keys};
use crate::key_file;
use crate::password::Hasher;
use crate::random::Random;
use crate::sealed::{self, Keyring};
use crate::storage::{self, Db};
use crate::uzi::issue::Environment;
use crate::uzi::lists::{Lists, Place};
use crate::uzi::trust::{self, Trust};
use std::path::{Path, PathBuf};
use std::sync::Arc;

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
    /// Seals the secrets that the database keeps.
    pub(crate) sealing: Keyring,
    /// What brings messages to people.
    pub delivery: Delivery,
    /// What whoever has proven nothing may ask.
    pub(crate) budget: Budget,
    /// Signs where the audit's chain ends.
    pub audit_key: Signer,
    /// Hides the user names that nobody has.
    pub(crate) name_key: key_file::Key,
    /// Without it no PIN that the database keeps can be guessed.
    pub(crate) pepper: key_file::Key,
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
    /// The keys that seal secrets cannot be used.
    #[error(transparent)]
    Sealing(#[from] sealed::Error),
    /// E-mail cannot be set up.
    #[error("[delivery] cannot be used")]
    Delivery(#[from] delivery::email::Error),
    /// The key that signs the audit's checkpoints cannot be read or made.
    #[error(
        "cannot read or make {path}: it must be a file of 32 bytes, for this user only; put it back \
         from a back-up, or remove it and a new one is made (what the old one signed is then verified \
         by its public half: sleutelbos audit verify --key)"
    )]
    AuditKey {
        /// Which file.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
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
    /// The pepper of the PINs cannot be read or made.
    #[error(
        "cannot read or make {path}: it must be a file of 32 bytes, for this user only; put it back \
         from a back-up, or remove it and a new one is made (every PIN made before then works no more)"
    )]
    Pepper {
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
        sealed::not_lost(&config.data, &db, sealed::places::ALL).await?;
        accounts::store::number_all(&db, Random::system()).await?;
        accounts::catch_up(&db).await?;
        Self::join(config, db, Clock::system())
    }

    /// Joins the parts around an open database and a clock; keys that are missing are made.
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
                config.times.challenge,
            )?,
            passwords: Hasher::new(passwords.cost, passwords.at_once, passwords.waiting, random),
            cards: cards(&config)?,
            delivery: Delivery::new(&config.delivery)?,
            budget: Budget::new(config.limits.clone()),
            audit_key: audit_key(&config.data, random)?,
            name_key: name_key(&config.data, random)?,
            pepper: pepper(&config.data, random)?,
            sealing: Keyring::open(&config.data, random)?,
            db,
            clock,
            random,
            config,
        })
    }
}

/// The pepper of the PINs.
fn pepper(data: &Path, random: Random) -> Result<key_file::Key, Error> {
    const NAME: &str = "pin.key";
    let key = key_file::read_or_make(data, NAME, random);
    key.map_err(|source| Error::Pepper { path: data.join(NAME), source })
}

/// The key that hides the user names that nobody has.
fn name_key(data: &Path, random: Random) -> Result<key_file::Key, Error> {
    const NAME: &str = "name.key";
    let key = key_file::read_or_make(data, NAME, random);
    key.map_err(|source| Error::Key { path: data.join(NAME), source })
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

/// The key that signs the audit's checkpoints.
fn audit_key(data: &Path, random: Random) -> Result<Signer, Error> {
    const NAME: &str = "audit.key";
    let seed = key_file::read_or_make(data, NAME, random);
    let seed = seed.map_err(|source| Error::AuditKey { path: data.join(NAME), source })?;
    Ok(Signer::new(&seed))
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
    use crate::app::testing::START;
    use crate::storage::testing::both;

    #[tokio::test]
    async fn a_damaged_key_is_named_with_its_remedy() {
        both(async |db| {
            let data = tempfile::tempdir().unwrap();
            std::fs::write(data.path().join("name.key"), "short").unwrap();
            let config = Config { data: data.path().to_owned(), ..Config::read(None).unwrap() };
            let error = App::join(config, db, Clock::manual(START)).map(drop).unwrap_err();
            assert!(matches!(&error, Error::Key { path, .. } if path.ends_with("name.key")));
            assert!(error.to_string().contains("put it back from a back-up"), "{error}");
        })
        .await;
    }
}
