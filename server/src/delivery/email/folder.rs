//! E-mail into a folder, for development: one file a mail, which a mail program opens.

use super::Mail;
use crate::delivery::{Failure, folder};
use std::path::Path;

/// Writes `content` into a file of `folder`; a further try makes the same file.
pub(super) async fn put(folder: &Path, mail: &Mail<'_>, content: Vec<u8>) -> Result<(), Failure> {
    let name = format!("{}-{}.eml", mail.date.millis(), mail.id);
    folder::put(folder, name, content).await.map_err(|error| {
        tracing::warn!(%error, "an e-mail could not be written into its folder");
        Failure::Folder
    })
}
