//! Table `[letters]`: PINs by post.

use crate::label;
use crate::letters::{NoKey, PrintKey, Settings};
use serde::Deserialize;

#[derive(Default, Deserialize)]
#[serde(try_from = "Keys")]
pub(super) struct Table(Settings);

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Keys {
    /// The public key of the print service. Default: none, and no letter is written.
    key: Option<String>,
    /// Where letters come from, on one line. Default: what the server is called.
    sender: Option<String>,
}

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error(transparent)]
    Key(#[from] NoKey),
    #[error("sender has 1 to 120 characters that can be seen: a name and an address, on one line")]
    Sender,
}

impl TryFrom<Keys> for Table {
    type Error = Unfit;

    fn try_from(keys: Keys) -> Result<Self, Unfit> {
        let key = keys.key.as_deref().map(PrintKey::parse).transpose()?;
        let sender =
            keys.sender.as_deref().map(|line| label::parse(line, 120).ok_or(Unfit::Sender));
        Ok(Self(Settings { key, sender: sender.transpose()? }))
    }
}

impl From<Table> for Settings {
    fn from(table: Table) -> Self {
        table.0
    }
}
