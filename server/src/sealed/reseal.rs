//! Going over everything that is sealed: which keys it names, and sealing it anew.

use super::{Error, KeyId, Keyring, Record, Result, Sealed, Unreadable, Use, ring};
use crate::random::Random;
use crate::storage::columns::{self, Column};
use crate::storage::{self, Db, Tx};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How many values are sealed with each key.
pub(crate) type Standing = BTreeMap<KeyId, u64>;

/// A key that something is sealed with, and that the ring lacks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Missing {
    /// Where its file should stand.
    pub(crate) path: PathBuf,
    /// How many values are sealed with it.
    pub(crate) values: u64,
}

/// What sealing anew did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Resealed {
    /// How many values are under the newest key that were not.
    pub(crate) values: u64,
    /// Why others could not be opened.
    pub(crate) unreadable: Vec<Unreadable>,
}

/// How many values of one batch are sealed in one transaction.
const BATCH: u32 = 100;

/// Refuses a data folder without any key beside a database that names one: a new key would open
/// nothing, and hide that the old one is gone.
///
/// Errors: [`Error::Lost`].
pub(crate) async fn not_lost(data: &Path, db: &Db, places: &[Column]) -> Result<()> {
    let folder = ring::folder(data);
    if ring::find(&folder)?.iter().any(|found| found.role == Use::Sealing) {
        return Ok(());
    }
    let named = standing(db, places).await?;
    named
        .last_key_value()
        .map_or(Ok(()), |(id, _)| Err(Error::Lost { path: folder.join(format!("{id}.key")) }))
}

/// How many values in these places are sealed with each key; what names none is not counted.
pub(crate) async fn standing(db: &Db, places: &[Column]) -> storage::Result<Standing> {
    let mut standing = Standing::new();
    let mut tx = db.read().await?;
    for place in places {
        for (id, values) in columns::beginnings(&mut tx, *place, KeyId::LENGTH).await? {
            if let Some(id) = KeyId::parse(&id) {
                *standing.entry(id).or_default() += u64::try_from(values).unwrap_or_default();
            }
        }
    }
    Ok(standing)
}

/// Seals everything in these places with the newest key that is not; in transactions of 100 values,
/// so that it may be ended at any moment and begun again. What cannot be opened stays as it is.
///
/// Servers may go on meanwhile: a value that one changes is left to it, and found by the next round.
pub(crate) async fn reseal(
    db: &Db,
    ring: &Keyring,
    places: &[Column],
    random: Random,
) -> Result<Resealed> {
    let mut all = Resealed::default();
    loop {
        let mut round = Resealed::default();
        for place in places {
            let mut after = String::new();
            while let Some(last) = batch(db, ring, *place, &after, (&mut round, random)).await? {
                after = last;
            }
        }
        all.values += round.values;
        all.unreadable = round.unreadable;
        if round.values == 0 {
            return Ok(all);
        }
    }
}

/// Seals the next values of one place, in one transaction. The last row it looked at.
async fn batch(
    db: &Db,
    ring: &Keyring,
    place: Column,
    after: &str,
    (done, random): (&mut Resealed, Random),
) -> Result<Option<String>> {
    let mut tx = db.write().await?;
    let newest = format!("{}.", ring.sealing());
    let rows = columns::others(&mut tx, place, &newest, (after, BATCH)).await?;
    let mut values = 0;
    let mut unreadable = Vec::new();
    for (row, text) in &rows {
        match renew(&mut tx, ring, (place, row), text, random).await? {
            Ok(renewed) => values += u64::from(renewed),
            Err(error) => unreadable.push(error),
        }
    }
    tx.commit().await?;
    done.values += values;
    done.unreadable.extend(unreadable);
    Ok(rows.into_iter().next_back().map(|(row, _)| row))
}

/// Seals one value anew. Whether it was still the one that was read.
async fn renew(
    tx: &mut Tx,
    ring: &Keyring,
    (place, row): (Column, &str),
    text: &str,
    random: Random,
) -> Result<Result<bool, Unreadable>> {
    let record = Record::new(place, row);
    let plain = match ring.unseal(&record, &Sealed::stored(text.to_owned())) {
        Ok(plain) => plain,
        Err(error) => return Ok(Err(error)),
    };
    let sealed = ring.seal(&record, &plain, random);
    Ok(Ok(columns::replace(tx, place, row, (text, sealed.as_str())).await?))
}

impl Keyring {
    /// The keys that `standing` names and the ring lacks.
    pub(crate) fn missing(&self, standing: &Standing) -> Vec<Missing> {
        let gone = standing.iter().filter(|(id, _)| self.key(**id).is_none());
        gone.map(|(id, values)| Missing { path: self.path(*id), values: *values }).collect()
    }
}
