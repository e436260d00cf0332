//! Keys in files of their own: 32 bytes each, whole or not there, for this user only.

use crate::random::Random;
use crate::secret::{Secret, Token};
use crate::storage;
use std::io::{Error, ErrorKind, Result, Write as _};
use std::path::Path;
use zeroize::Zeroizing;

/// A key as it stands in a file.
pub(crate) type Key = Secret<[u8; 32]>;

/// The key in the file with this name in `folder`, which is made the first time.
pub(crate) fn read_or_make(folder: &Path, name: &str, random: Random) -> Result<Key> {
    let path = folder.join(name);
    match read(&path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make(&path, &Secret::new(random.bytes()), random).and_then(|()| read(&path))
        }
        kept => kept,
    }
}

/// The key in the file at `path`, which is closed to others where it was not.
///
/// Errors: `InvalidData` for a file of another length than 32 bytes.
pub(crate) fn read(path: &Path) -> Result<Key> {
    let bytes = Zeroizing::new(std::fs::read(path)?);
    storage::close(path)?;
    let key = bytes.as_slice().try_into().map(Secret::new);
    key.map_err(|_| Error::from(ErrorKind::InvalidData))
}

/// Writes `key` to a new file at `path`, in a folder that is made where it is missing. It never
/// replaces one: another process may be first, and then that one's key counts.
pub(crate) fn make(path: &Path, key: &Key, random: Random) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new(""));
    storage::private_folder(folder)?;
    let draft = path.with_extension(Token::random(random).expose());
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    let written = file.write_all(key.expose()).and_then(|()| file.sync_all());
    // A link, not a renaming: it never replaces what is there.
    let linked = written.and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft)?;
    match linked {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        linked => linked.and_then(|()| std::fs::File::open(folder)?.sync_all()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_made_once_and_for_its_user_only() {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("data");
        let first = read_or_make(&folder, "name.key", Random::system()).unwrap();
        let second = read_or_make(&folder, "name.key", Random::system()).unwrap();
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
            let start = || {
                let key = read_or_make(&folder, "name.key", Random::system());
                key.unwrap().expose().to_owned()
            };
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
        let key = read_or_make(data.path(), "name.key", Random::system()).unwrap();
        assert_eq!(key.expose(), &[7; 32]);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_damaged_key_is_not_replaced() {
        let data = tempfile::tempdir().unwrap();
        std::fs::write(data.path().join("name.key"), "short").unwrap();
        let error = read_or_make(data.path(), "name.key", Random::system()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
        assert_eq!(std::fs::read(data.path().join("name.key")).unwrap(), b"short");
    }
}
