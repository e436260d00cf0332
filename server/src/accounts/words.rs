//! How colleagues are sorted and found, pure: words without capitals and accents.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// What a name is sorted by: its words, without capitals, accents or punctuation.
pub(crate) fn sorted(name: &str) -> String {
    words(name).join(" ")
}

/// By the beginnings of which words somebody is found: those of the name and of the user name, and the
/// user name itself. Each is written as digits, so that every collation has them in the same order.
pub(crate) fn index(name: &str, username: &str) -> Vec<String> {
    let mut all: Vec<String> = words(name).into_iter().chain(words(username)).collect();
    all.push(username.to_lowercase());
    all.sort();
    all.dedup();
    all.iter().map(|word| digits(word)).collect()
}

/// What somebody types to find a colleague, as ranges of words, the longest first: each colleague who
/// is found has a word in every one of them.
pub(crate) fn ranges(text: &str) -> Vec<Range> {
    let text: String = text.chars().take(LONGEST).collect();
    let mut typed: Vec<String> = if text.contains('@') {
        text.split_whitespace().map(str::to_lowercase).collect()
    } else {
        words(&text)
    };
    typed.sort_by_key(|word| std::cmp::Reverse(word.len()));
    typed.dedup();
    typed.truncate(MOST);
    typed.iter().map(|word| Range { first: digits(word) }).collect()
}

/// The words that begin in one way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    first: String,
}

impl Range {
    /// The least of them.
    pub(crate) fn first(&self) -> &str {
        &self.first
    }

    /// What is greater than each of them and less than what follows: a letter stands behind digits.
    pub(crate) fn end(&self) -> String {
        format!("{}a", self.first)
    }
}

/// The words of a text, without capitals, accents or punctuation.
fn words(text: &str) -> Vec<String> {
    let plain: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    let words = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// A word as three digits a byte.
fn digits(word: &str) -> String {
    word.bytes().map(|byte| format!("{byte:03}")).collect()
}

/// Characters of a search that are read.
const LONGEST: usize = 100;
/// Words of a search that are looked for.
const MOST: usize = 4;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn finds(typed: &str) -> bool {
        let index = index("H\u{e9}l\u{e8}ne d'Ancona-van der Test", "h.ancona@voorbeeld.nl");
        let ranges = ranges(typed);
        !ranges.is_empty()
            && ranges.iter().all(|range| {
                let (first, end) = (range.first().to_owned(), range.end());
                index.iter().any(|word| *word >= first && *word < end)
            })
    }

    #[test]
    fn somebody_is_found_by_the_beginning_of_each_word() {
        for typed in [
            "helene",
            "H\u{c9}L",
            "anc",
            "van test",
            "te hel",
            "h.ancona@voor",
            "voorbeeld",
            "d'anc",
        ] {
            assert!(finds(typed), "{typed}");
        }
        for typed in ["", " ' ", "lene", "test piet", "ancona@voorbeeld.nl", "h.ancona@elders"] {
            assert!(!finds(typed), "{typed}");
        }
    }

    #[test]
    fn names_are_sorted_without_capitals_and_accents() {
        assert_eq!(sorted(" \u{c9}va  d'Arts "), "eva d arts");
    }

    proptest! {
        #[test]
        fn a_word_is_in_the_range_of_each_of_its_beginnings(word in "\\PC{1,20}", cut in 1_usize..20) {
            for whole in words(&word) {
                let begin: String = whole.chars().take(cut).collect();
                let range = Range { first: digits(&begin) };
                let whole = digits(&whole);
                prop_assert!(whole.as_str() >= range.first() && whole < range.end());
            }
        }

        #[test]
        fn what_is_typed_gives_few_ranges_of_digits(text in ".{0,200}") {
            let ranges = ranges(&text);
            prop_assert!(ranges.len() <= MOST);
            prop_assert!(ranges.iter().all(|r| !r.first.is_empty() && r.first.bytes().all(|b| b.is_ascii_digit())));
        }
    }
}
