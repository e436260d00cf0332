//! Messages into a folder, for development: one file each.

use crate::storage;
use std::io::Write as _;
use std::path::Path;

/// Writes `content` into the file `name` of `folder`, for this user only, whole or not at all; a further
/// try makes the same file.
pub(super) async fn put(folder: &Path, name: String, content: Vec<u8>) -> std::io::Result<()> {
    let folder = folder.to_owned();
    let written = tokio::task::spawn_blocking(move || write(&folder, &name, &content));
    written.await.map_err(std::io::Error::other)?
}

fn write(folder: &Path, name: &str, content: &[u8]) -> std::io::Result<()> {
    storage::private_folder(folder)?;
    let draft = folder.join(format!("{name}.part"));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(&draft)?.write_all(content)?;
    std::fs::rename(&draft, folder.join(name))
}
