//! Which passwords may be chosen.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Why a password may not be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too few characters.
    #[error(
        "a password has at least {MIN} characters: choose a longer one, a few words for example"
    )]
    Short,
    /// Too many characters.
    #[error("a password has at most {MAX} characters: choose a shorter one")]
    Long,
    /// Many people chose it, or something that differs from it by digits or repetition only.
    #[error("this password is one of the most used and is guessed first: choose another")]
    Common,
    /// It is made of what everybody knows: the name, the organisation, the field.
    #[error("this password is mostly made of names that are easy to guess: choose other words")]
    Context,
}

/// Whether `password` may be chosen by somebody about whom `context` is known: the user name, the
/// person's name, the organisation's.
///
/// Errors: the first reason why not.
pub fn check(password: &str, context: &[&str]) -> Result<(), Weak> {
    let length = password.chars().count();
    if length < MIN {
        return Err(Weak::Short);
    }
    if length > MAX {
        return Err(Weak::Long);
    }
    let folded = password.to_lowercase();
    if is_common(&folded) {
        return Err(Weak::Common);
    }
    if left_without(&folded, context) < OWN {
        return Err(Weak::Context);
    }
    Ok(())
}

fn is_common(folded: &str) -> bool {
    let unit = repeated(folded);
    let core = unit.trim_matches(|c: char| !c.is_alphabetic());
    unit.chars().count() < SHORTEST_UNIT
        || jumps(folded) < SHORTEST_UNIT
        || [folded, unit, core].iter().any(|part| COMMON.contains(part))
}

/// How often a character is neither the last one again nor its neighbour in the alphabet.
fn jumps(text: &str) -> usize {
    let codes = text.chars().map(u32::from);
    codes.clone().zip(codes.skip(1)).filter(|(one, next)| one.abs_diff(*next) > 1).count()
}

/// The shortest text that gives `text` by repetition; `text` itself when there is none.
fn repeated(text: &str) -> &str {
    (1..=text.len() / 2)
        .filter(|&size| text.len().is_multiple_of(size))
        .filter_map(|size| text.get(..size))
        .find(|unit| unit.repeat(text.len() / unit.len()) == text)
        .unwrap_or(text)
}

/// How many characters are left when every word everybody knows is taken out.
fn left_without(folded: &str, context: &[&str]) -> usize {
    let mut words: Vec<String> = context
        .iter()
        .flat_map(|text| text.split(|c: char| !c.is_alphanumeric()).chain([*text]))
        .chain(FIELD.iter().copied())
        .map(str::to_lowercase)
        .filter(|word| word.chars().count() >= 3)
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let left = words.iter().fold(folded.to_owned(), |left, word| left.replace(word, " "));
    left.chars().filter(|c| !c.is_whitespace()).count()
}

/// Characters in a password, at least.
pub const MIN: usize = 12;
/// Characters in a password, at most.
pub const MAX: usize = 128;
/// Characters that are not in any word everybody knows, at least.
const OWN: usize = 8;
/// A password that repeats fewer characters, or jumps less often, is as good as one so short.
const SHORTEST_UNIT: usize = 5;
/// Words of this product and its field.
const FIELD: [&str; 12] = [
    "sleutelbos",
    "uzi",
    "zorg",
    "praktijk",
    "huisarts",
    "ziekenhuis",
    "apotheek",
    "arts",
    "dokter",
    "wachtwoord",
    "welkom",
    "password",
];

/// Where the list comes from and its licence: `common.md`.
static COMMON: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| include_str!("common.txt").lines().collect());

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CONTEXT: [&str; 3] = ["test.arts@voorbeeld.nl", "Test Arts", "Praktijk Voorbeeld"];

    fn verdict(password: &str) -> Result<(), Weak> {
        check(password, &CONTEXT)
    }

    #[test]
    fn a_few_words_are_a_password() {
        assert_eq!(verdict("groen paard eet soep"), Ok(()));
        assert_eq!(verdict("kT7-vq!pXw29"), Ok(()));
    }

    #[test]
    fn length_counts_characters_and_not_bytes() {
        assert_eq!(verdict("kT7-vq!pXw2"), Err(Weak::Short));
        assert_eq!(verdict("ëïöüéèàçñøåß"), Ok(()));
        assert_eq!(verdict(&"kT7-vq!p".repeat(16)), Ok(()));
        assert_eq!(verdict(&format!("{}x", "kT7-vq!p".repeat(16))), Err(Weak::Long));
    }

    #[test]
    fn common_passwords_and_their_cousins_are_refused() {
        for password in [
            "qwerty123456",
            "QWERTY123456",
            "password123456!",
            "2024international",
            "monkeymonkey",
            "abcdabcdabcd",
            "aaaaaaaaaaaa",
            "123456789012",
            "abcdefghijkl",
        ] {
            assert_eq!(verdict(password), Err(Weak::Common), "{password}");
        }
    }

    #[test]
    fn a_user_name_of_short_parts_does_not_count_either() {
        assert_eq!(check("a1@b.nla1@b.nl", &["a1@b.nl"]), Err(Weak::Context));
    }

    #[test]
    fn words_everybody_knows_do_not_count() {
        for password in
            ["TestArts2024!", "voorbeeld-praktijk-1", "UziZorgHuisarts1!", "sleutelbos123"]
        {
            assert_eq!(verdict(password), Err(Weak::Context), "{password}");
        }
        assert_eq!(verdict("voorbeeld maar dan anders"), Ok(()));
    }

    proptest! {
        #[test]
        fn checking_never_panics(password in "\\PC{0,140}", context in "\\PC{0,30}") {
            let _ = check(&password, &[&context]);
        }
    }
}
