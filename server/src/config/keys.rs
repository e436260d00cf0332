//! Table `[keys]`: what is demanded of security keys and passkeys.

use crate::factors::attestation::Models;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use webauthn_rs::prelude::Uuid;

/// What is demanded of security keys and passkeys.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Keys {
    /// The makers whose keys give `high`. Default: none is named, and every key that is bound to its
    /// device and verifies its user does.
    pub attestation: Vec<Makers>,
}

/// Makers, and which of their models are meant.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Entry")]
pub struct Makers {
    /// A file of their root certificates, PEM.
    pub roots: PathBuf,
    /// Which models.
    pub models: Models,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// A file of the makers' root certificates, PEM.
    roots: PathBuf,
    /// The AAGUIDs of the models that are meant. Default: every model, U2F keys too.
    aaguids: Option<Vec<String>>,
}

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("aaguids: {0:?} is no AAGUID such as \"00112233-4455-6677-8899-aabbccddeeff\"")]
    Aaguid(String),
    #[error("aaguids: name a model, or leave the key out for every model")]
    None,
}

impl TryFrom<Entry> for Makers {
    type Error = Unfit;

    fn try_from(entry: Entry) -> Result<Self, Unfit> {
        let models = match entry.aaguids {
            None => Models::Every,
            Some(none) if none.is_empty() => return Err(Unfit::None),
            Some(some) => Models::These(some.into_iter().map(aaguid).collect::<Result<_, _>>()?),
        };
        Ok(Self { roots: entry.roots, models })
    }
}

/// U2F keys have the AAGUID of zeros: it names no model.
fn aaguid(text: String) -> Result<Uuid, Unfit> {
    match Uuid::try_parse(&text) {
        Ok(aaguid) if !aaguid.is_nil() => Ok(aaguid),
        Ok(_) | Err(_) => Err(Unfit::Aaguid(text)),
    }
}

impl Keys {
    /// The same with paths that are relative to `folder`.
    pub(super) fn within(mut self, folder: &Path) -> Self {
        for makers in &mut self.attestation {
            makers.roots = folder.join(&makers.roots);
        }
        self
    }
}
