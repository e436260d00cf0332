//! Mails that the server wrote into its folder, and the user numbers in them.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use sleutelbos_server::accounts::number::UserNumber;

/// The files of a folder of mails, oldest first; none where there is no folder yet.
#[must_use]
pub fn files(folder: &Path) -> BTreeSet<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.path()).collect()
}

/// The user number that was mailed last and of which the page shows this masked end, among the mails that were
/// not there `before`; as soon as the server has written it.
#[must_use]
pub fn user_number(folder: &Path, before: &BTreeSet<PathBuf>, masked: &str) -> Option<String> {
    let end: String = masked.chars().filter(char::is_ascii_digit).collect();
    let files = files(folder);
    let new = files.iter().rev().filter(|file| !before.contains(*file));
    let mails = new.filter_map(|file| std::fs::read_to_string(file).ok());
    let numbers = mails.filter_map(|mail| named(&mail));
    let mut ours = numbers.filter(|number| number.as_str().ends_with(&end));
    ours.next().map(|number| number.to_string())
}

/// The user number that a mail tells.
fn named(mail: &str) -> Option<UserNumber> {
    // A line that goes on is broken after `=` (RFC 2045, section 6.7).
    let text = mail.replace("=\r\n", "");
    let after = |words| text.split_once(words).map(|(_, after)| after);
    let after = after("Het gebruikersnummer van").or_else(|| after("The user number of"))?;
    let digits: String = after.chars().filter(char::is_ascii_digit).take(14).collect();
    UserNumber::parse(&digits).ok()
}
