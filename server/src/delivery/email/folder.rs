//! E-mail into a folder, for development: one file a mail, which a mail program opens.

use super::Mail;
use crate::delivery::Failure;
use crate::storage;
use std::io::Write as _;
use std::path::Path;

/// Writes `content` into a file of `folder`, whole or not at all; a further try makes the same file.
pub(super) async fn put(folder: &Path, mail: &Mail<'_>, content: Vec<u8>) -> Result<(), Failure> {
    let name = format!("{}-{}", mail.date.millis(), mail.id);
    let folder = folder.to_owned();
    let written = tokio::task::spawn_blocking(move || write(&folder, &name, &content)).await;
    match written {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => {
            tracing::warn!(%error, "an e-mail could not be written into its folder");
            Err(Failure::Folder)
        }
        Err(_) => Err(Failure::Folder),
    }
}

fn write(folder: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    storage::private_folder(folder)?;
    let draft = folder.join(format!("{name}.part"));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft)?.write_all(content)?;
    std::fs::rename(&draft, folder.join(format!("{name}.eml")))
}
