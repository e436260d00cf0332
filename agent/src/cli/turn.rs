//! Who may show a window: one page at a time, and none that a person turned down again and again.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// The right to show a window, given back when it is dropped or the process ends.
#[derive(Debug)]
pub(crate) struct Turn {
    file: File,
    declines: Declines,
}

/// How a turn ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// The person turned the page down, or could not have been asked.
    Declined,
    /// There is a token, or the reason why not lies elsewhere.
    Otherwise,
}

/// Why there is no right.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// Another window is open.
    #[error("another log-in waits for the person")]
    Taken,
    /// The person turned this origin down more than once, just now.
    #[error("the person turned this page down; it may ask again in a moment")]
    TooSoon,
    /// The person has no folder of their own.
    #[error("neither XDG_RUNTIME_DIR, XDG_CACHE_HOME nor HOME names a folder for the lock file")]
    NoFolder,
    /// The lock file cannot be used.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Turn {
    /// Takes the right, for a page of `origin`.
    ///
    /// Errors: [`Error`].
    pub(crate) fn take(origin: &str, now: Timestamp) -> Result<Self, Error> {
        Self::take_in(&folders(), origin, now)
    }

    /// In the first of `folders` where a file can be locked.
    fn take_in(folders: &[PathBuf], origin: &str, now: Timestamp) -> Result<Self, Error> {
        let mut reason = Error::NoFolder;
        for folder in folders {
            let path = folder.join("sleutelbos").join("window.lock");
            match Self::take_at(&path, origin, now) {
                Err(error @ Error::File { .. }) => reason = error,
                done => return done,
            }
        }
        Err(reason)
    }

    fn take_at(path: &Path, origin: &str, now: Timestamp) -> Result<Self, Error> {
        let failed = |source| Error::File { path: path.to_owned(), source };
        std::fs::create_dir_all(path.parent().unwrap_or(path)).map_err(failed)?;
        let mut options = File::options();
        let file = options.create(true).truncate(false).read(true).write(true).open(path);
        let mut file = file.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(Error::Taken),
            Err(std::fs::TryLockError::Error(error)) => return Err(failed(error)),
        }
        let mut text = String::new();
        // What cannot be read counts for nothing: it is a courtesy to the person, not a lock.
        let read = Read::by_ref(&mut file).take(LONGEST).read_to_string(&mut text);
        let declines: Declines =
            read.ok().and_then(|_| serde_json::from_str(&text).ok()).unwrap_or_default();
        if declines.refuses(origin, now) {
            Err(Error::TooSoon)
        } else {
            Ok(Self { file, declines })
        }
    }

    /// Writes down how the turn of `origin` ended, and gives the right back.
    pub(crate) fn end(mut self, origin: &str, ended: Ended, now: Timestamp) {
        match ended {
            Ended::Declined => self.declines.add(origin, now),
            Ended::Otherwise => drop(self.declines.0.remove(origin)),
        }
        let text = serde_json::to_string(&self.declines).unwrap_or_default();
        let _ = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0)));
        let _ = self.file.write_all(text.as_bytes());
    }
}

/// What a person turned down of late, by origin.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Declines(BTreeMap<String, Decline>);

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Decline {
    times: u32,
    /// Seconds since 1970.
    last: i64,
}

impl Declines {
    /// Somebody who changes their mind may ask again at once; from the second time on a page waits
    /// 2, 4, 8 … seconds.
    fn refuses(&self, origin: &str, now: Timestamp) -> bool {
        self.0.get(origin).is_some_and(|decline| {
            let wait = match decline.times {
                0 | 1 => 0,
                times => 1 << (times - 1).min(LONGEST_WAIT_BITS),
            };
            // A clock that was set back must not shut a page out.
            (0..wait).contains(&(now.as_second() - decline.last))
        })
    }

    fn add(&mut self, origin: &str, now: Timestamp) {
        let now = now.as_second();
        self.0.retain(|_, decline| (0..FORGOTTEN).contains(&(now - decline.last)));
        while self.0.len() >= MOST {
            let oldest = self.0.iter().min_by_key(|(_, decline)| decline.last);
            let Some(oldest) = oldest.map(|(origin, _)| origin.clone()) else { break };
            self.0.remove(&oldest);
        }
        let times = self.0.get(origin).map_or(0, |decline| decline.times);
        self.0.insert(origin.to_owned(), Decline { times: times.saturating_add(1), last: now });
    }
}

/// The session's own folder, then the person's cache.
fn folders() -> Vec<PathBuf> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let cache = || folder("HOME").map(|home| home.join(".cache"));
    let cache = folder("XDG_CACHE_HOME").or_else(cache);
    folder("XDG_RUNTIME_DIR").into_iter().chain(cache).collect()
}

/// The longest wait is 2 to this power in seconds: about a minute.
const LONGEST_WAIT_BITS: u32 = 6;
/// After so many seconds a decline is forgotten.
const FORGOTTEN: i64 = 300;
/// How many origins are remembered.
const MOST: usize = 64;
/// The longest file that is read.
const LONGEST: u64 = 64 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://zorgportaal.example";

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    struct Person(tempfile::TempDir);

    impl Person {
        fn take(&self, origin: &str, second: i64) -> Result<Turn, Error> {
            Turn::take_at(&self.0.path().join("deep/window.lock"), origin, at(second))
        }
        fn decline(&self, second: i64) {
            self.take(PAGE, second).unwrap().end(PAGE, Ended::Declined, at(second));
        }
    }

    fn person() -> Person {
        Person(tempfile::tempdir().unwrap())
    }

    #[test]
    fn one_window_at_a_time() {
        let person = person();
        let turn = person.take(PAGE, 0).unwrap();
        assert!(matches!(person.take("https://other.example", 0), Err(Error::Taken)));
        drop(turn);
        assert!(person.take(PAGE, 0).is_ok());
    }

    #[test]
    fn a_folder_that_cannot_be_used_gives_way_to_the_next() {
        let person = person();
        let no_folder = person.0.path().join("file");
        std::fs::write(&no_folder, "").unwrap();
        let folders = [no_folder.clone(), person.0.path().join("cache")];
        let turn = Turn::take_in(&folders, PAGE, at(0)).unwrap();
        assert!(folders[1].join("sleutelbos/window.lock").is_file());
        assert!(matches!(Turn::take_in(&folders, PAGE, at(0)), Err(Error::Taken)));
        drop(turn);
        let none = Turn::take_in(&folders[..1], PAGE, at(0)).unwrap_err();
        assert!(none.to_string().contains(&no_folder.display().to_string()), "{none}");
        let unset = Turn::take_in(&[], PAGE, at(0)).unwrap_err();
        assert!(unset.to_string().contains("HOME"), "{unset}");
    }

    #[test]
    fn a_page_that_was_turned_down_waits_longer_each_time() {
        let person = person();
        person.decline(0);
        person.decline(0); // who changes their mind may do so at once
        assert!(matches!(person.take(PAGE, 1), Err(Error::TooSoon)));
        assert!(person.take("https://other.example", 1).is_ok(), "only that page waits");
        person.decline(2);
        assert!(matches!(person.take(PAGE, 5), Err(Error::TooSoon)));
        person.decline(6);
        assert!(matches!(person.take(PAGE, 13), Err(Error::TooSoon)));
        assert!(person.take(PAGE, 14).is_ok());
    }

    #[test]
    fn a_log_in_or_time_makes_up_for_it() {
        let person = person();
        person.decline(0);
        person.decline(0);
        person.take(PAGE, 2).unwrap().end(PAGE, Ended::Otherwise, at(2));
        person.decline(3);
        assert!(person.take(PAGE, 3).is_ok(), "that was a first time again");
        assert!(person.take(PAGE, -100).is_ok(), "a clock that was set back shuts nobody out");
    }

    #[test]
    fn what_is_written_stays_small_and_what_is_odd_is_forgotten() {
        let mut declines = Declines::default();
        for page in 0..2000 {
            declines.add(&format!("https://{page}.example"), at(page / 100));
        }
        assert_eq!(declines.0.len(), MOST);
        let person = person();
        person.decline(0);
        let path = person.0.path().join("deep/window.lock");
        std::fs::write(&path, "half {").unwrap();
        person.decline(0);
        assert!(std::fs::read_to_string(path).unwrap().contains("\"times\":1"));
    }
}
