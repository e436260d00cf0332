//! The ring of keys: a folder of files, one a key, beside the database and never in it.

use super::{Error, Result};
use crate::clock::Time;
use crate::key_file::{self, Key};
use crate::random::Random;
use crate::storage;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

/// Which key: the how many-th, and the beginning of its hash. Written `0001-89abcdef`; newer ones are
/// greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId {
    number: u16,
    print: [u8; 4],
}

impl KeyId {
    /// How many characters an id has.
    pub(super) const LENGTH: usize = 13;
    const LAST: u16 = 9999;

    fn of(number: u16, key: &Key) -> Self {
        let hash = Sha256::new().chain_update("sleutelbos sealing key ").chain_update(key.expose());
        let hash: [u8; 32] = hash.finalize().into();
        let [a, b, c, d, ..] = hash;
        Self { number, print: [a, b, c, d] }
    }

    /// Whether this key is the one with this id.
    pub(super) fn is_of(self, key: &Key) -> bool {
        Self::of(self.number, key) == self
    }

    /// Reads an id as it was written; anything else is none.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, print) = text.split_once('-')?;
        let id = Self {
            number: number.parse().ok()?,
            print: u32::from_str_radix(print, 16).ok()?.to_be_bytes(),
        };
        (id.to_string() == text).then_some(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:08x}", self.number, u32::from_be_bytes(self.print))
    }
}

impl serde::Serialize for KeyId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// It seals, if it is the newest of these, and opens.
    Sealing,
    /// It only opens: it is being copied to other servers, and seals once it is on each.
    Prepared,
}

impl Use {
    const fn ending(self) -> &'static str {
        match self {
            Self::Sealing => "key",
            Self::Prepared => "prepared",
        }
    }

    fn parse(ending: &str) -> Option<Self> {
        [Self::Sealing, Self::Prepared].into_iter().find(|found| found.ending() == ending)
    }
}

/// A file of the ring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) id: KeyId,
    pub(crate) role: Use,
    pub(crate) path: PathBuf,
}

/// The keys of this server. One that was read is kept until the program ends.
#[derive(Debug)]
pub struct Keyring {
    folder: PathBuf,
    keys: RwLock<Keys>,
}

#[derive(Debug, Default)]
struct Keys {
    all: BTreeMap<KeyId, Key>,
    sealing: Option<KeyId>,
}

impl Keyring {
    /// Reads the ring in the data folder `data`; its first key is made where there is none.
    ///
    /// Errors: [`Error::File`], [`Error::Damaged`].
    pub(crate) fn open(data: &Path, random: Random) -> Result<Self> {
        let ring = Self { folder: folder(data), keys: RwLock::default() };
        ring.refresh()?;
        if ring.read().sealing.is_none() {
            let _lock = ring.lock()?;
            if !find(&ring.folder)?.iter().any(|found| found.role == Use::Sealing) {
                ring.make(Use::Sealing, random)?;
            }
            ring.refresh()?;
        }
        Ok(ring)
    }

    /// Makes a key that opens and does not seal yet.
    pub(crate) fn prepare(&self, random: Random) -> Result<KeyId> {
        let _lock = self.lock()?;
        self.make(Use::Prepared, random)
    }

    /// Has a key seal that is newer than `than`: another process's, a prepared one, or a new one.
    pub(crate) fn renew(&self, than: KeyId, random: Random) -> Result<KeyId> {
        let _lock = self.lock()?;
        let newer: Vec<Found> =
            find(&self.folder)?.into_iter().filter(|found| found.id > than).collect();
        let sealing = newer.iter().rev().find(|found| found.role == Use::Sealing);
        let prepared = newer.iter().rev().find(|found| found.role == Use::Prepared);
        let id = match (sealing, prepared) {
            (Some(sealing), _) => sealing.id,
            (None, Some(Found { id, path, .. })) => {
                let file = |source| Error::File { path: path.clone(), source };
                std::fs::rename(path, self.path(*id)).map_err(file)?;
                self.sync()?;
                *id
            }
            (None, None) => self.make(Use::Sealing, random)?,
        };
        self.refresh()?;
        Ok(id)
    }

    /// Removes the file of a key that does not seal; whoever asks knows that nothing names it.
    pub(crate) fn remove(&self, found: &Found) -> Result<()> {
        let _lock = self.lock()?;
        let file = |source| Error::File { path: found.path.clone(), source };
        std::fs::remove_file(&found.path).map_err(file)?;
        self.sync()
    }

    /// The key that seals.
    pub(crate) fn sealing(&self) -> KeyId {
        self.newest().0
    }

    /// Every file of the ring, oldest first.
    pub(crate) fn files(&self) -> Result<Vec<Found>> {
        find(&self.folder)
    }

    /// Since when a key seals: when its file came to stand there.
    pub(super) fn since(&self, id: KeyId) -> Result<Time> {
        let path = self.path(id);
        let found = std::fs::metadata(&path).map_err(|source| Error::File { path, source })?;
        Ok(Time::from_millis(found.ctime() * 1000))
    }

    /// Where a key that seals stands, or should.
    pub(super) fn path(&self, id: KeyId) -> PathBuf {
        self.folder.join(format!("{id}.{}", Use::Sealing.ending()))
    }

    /// The newest key that seals. Another process may have made it a moment ago.
    pub(super) fn newest(&self) -> (KeyId, Key) {
        if let Err(error) = self.refresh() {
            tracing::error!(error = %crate::causes::causes(&error), "the newest sealing key is not used");
        }
        let keys = self.read();
        let id = keys.sealing.expect("an open ring has a key that seals");
        (id, keys.all.get(&id).expect("a key that seals was read").clone())
    }

    /// The key with this id; one that was put into the folder meanwhile is read.
    pub(super) fn key(&self, id: KeyId) -> Option<Key> {
        let known = self.read().all.get(&id).cloned();
        known.or_else(|| {
            if let Err(error) = self.refresh() {
                tracing::error!(error = %crate::causes::causes(&error), "a sealing key cannot be read");
            }
            self.read().all.get(&id).cloned()
        })
    }

    /// Reads the keys that are in the folder and were not before.
    fn refresh(&self) -> Result<()> {
        let files = find(&self.folder)?;
        let sealing = files.iter().rev().find(|found| found.role == Use::Sealing);
        let mut new = Vec::new();
        {
            let keys = self.read();
            let unknown = files.iter().filter(|found| !keys.all.contains_key(&found.id));
            for found in unknown {
                new.push((found.id, key_of(found)?));
            }
            if new.is_empty() && keys.sealing == sealing.map(|found| found.id) {
                return Ok(());
            }
        }
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.all.extend(new);
        if let Some(sealing) = sealing {
            keys.sealing = Some(sealing.id);
        }
        Ok(())
    }

    fn make(&self, role: Use, random: Random) -> Result<KeyId> {
        let last = find(&self.folder)?.last().map_or(0, |found| found.id.number);
        let number = last + 1;
        if number > KeyId::LAST {
            return Err(Error::Full);
        }
        let key = Key::new(random.bytes());
        let id = KeyId::of(number, &key);
        let path = self.folder.join(format!("{id}.{}", role.ending()));
        key_file::make(&path, &key, random).map_err(|source| Error::File { path, source })?;
        Ok(id)
    }

    /// Keeps other processes from changing the ring until it is dropped.
    fn lock(&self) -> Result<File> {
        let path = self.folder.join("lock");
        let file = |source| Error::File { path: path.clone(), source };
        storage::private_folder(&self.folder).map_err(file)?;
        let lock = storage::private_file(&path).map_err(file)?;
        lock.lock().map_err(file)?;
        Ok(lock)
    }

    fn sync(&self) -> Result<()> {
        let synced = File::open(&self.folder).and_then(|folder| folder.sync_all());
        synced.map_err(|source| Error::File { path: self.folder.clone(), source })
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The folder of the ring in the data folder.
pub(super) fn folder(data: &Path) -> PathBuf {
    data.join("sealing")
}

/// The files of the ring in `folder`, oldest first; none where the folder is not there. What has
/// another name is none.
pub(super) fn find(folder: &Path) -> Result<Vec<Found>> {
    let file = |source| Error::File { path: folder.to_owned(), source };
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(file)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(file)?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let Some((id, ending)) = name.split_once('.') else { continue };
        if let (Some(id), Some(role)) = (KeyId::parse(id), Use::parse(ending)) {
            found.push(Found { id, role, path });
        }
    }
    found.sort_by_key(|found| found.id);
    Ok(found)
}

/// The key in a file of the ring, which is the one that its name says.
pub(super) fn key_of(Found { id, path, .. }: &Found) -> Result<Key> {
    let damaged = || Error::Damaged { path: path.clone() };
    let key = key_file::read(path).map_err(|source| {
        let short = source.kind() == ErrorKind::InvalidData;
        if short { damaged() } else { Error::File { path: path.clone(), source } }
    })?;
    if id.is_of(&key) { Ok(key) } else { Err(damaged()) }
}
