//! Which passwords may be chosen.

use std::collections::HashSet;
use std::sync::LazyLock;

/// Why a password may not be chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Weak {
    /// Too few characters.
    #[error(
        "a password has at least {least} characters: choose a longer one, a few words for example"
    )]
    Short {
        /// How many it has at least.
        least: usize,
    },
    /// Too many characters.
    #[error("a password has at most {most} characters: choose a shorter one")]
    Long {
        /// How many it has at most.
        most: usize,
    },
    /// Many people chose it, or something that differs from it by digits or repetition only.
    #[error("this password is one of the most used and is guessed first: choose another")]
    Common,
    /// It is made of what everybody knows: the name, the organisation, the field.
    #[error("this password is mostly made of names that are easy to guess: choose other words")]
    Context,
}

/// How long passwords are, in characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lengths {
    /// Of one that lets nobody in by itself, at least. Default: 12.
    pub beside: usize,
    /// Of one that alone may let somebody in, at least. Default: 15.
    pub alone: usize,
    /// Of any, at most. Default: 128.
    pub most: usize,
}

impl Default for Lengths {
    fn default() -> Self {
        Self { beside: 12, alone: 15, most: MAX }
    }
}

/// What a password opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// Nothing but the second factor, or setting one up.
    Nothing,
    /// The account, for a while: in days of grace, or while nobody is forced.
    Account,
}

impl Opens {
    /// `nothing` or `account`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Account => "account",
        }
    }

    /// Reads what [`Opens::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Nothing, Self::Account].into_iter().find(|opens| opens.as_str() == text)
    }
}

impl Lengths {
    /// How long a password is at least that opens so much.
    pub const fn least(self, opens: Opens) -> usize {
        match opens {
            Opens::Nothing => self.beside,
            Opens::Account => self.alone,
        }
    }
}

/// Whether `password` may be chosen for what it opens by somebody about whom `context` is known: the user
/// name, the person's name, the organisation's.
///
/// What it is long enough for, which may be more than that.
///
/// Errors: the first reason why not.
pub fn check(
    password: &str,
    (lengths, opens): (Lengths, Opens),
    context: &[&str],
) -> Result<Opens, Weak> {
    let (length, least) = (password.chars().count(), lengths.least(opens));
    if length < least {
        return Err(Weak::Short { least });
    }
    if length > lengths.most {
        return Err(Weak::Long { most: lengths.most });
    }
    let folded = password.to_lowercase();
    if is_common(&folded) {
        return Err(Weak::Common);
    }
    if left_without(&folded, context) < OWN {
        return Err(Weak::Context);
    }
    Ok(if length < lengths.alone { Opens::Nothing } else { Opens::Account })
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

/// Characters of a password that is looked at, at most, whatever is set.
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
        check(password, (Lengths::default(), Opens::Nothing), &CONTEXT).map(drop)
    }

    #[test]
    fn a_few_words_are_a_password() {
        assert_eq!(verdict("groen paard eet soep"), Ok(()));
        assert_eq!(verdict("kT7-vq!pXw29"), Ok(()));
    }

    #[test]
    fn length_counts_characters_and_not_bytes() {
        assert_eq!(verdict("kT7-vq!pXw2"), Err(Weak::Short { least: 12 }));
        assert_eq!(verdict("ëïöüéèàçñøåß"), Ok(()));
        assert_eq!(verdict(&"kT7-vq!p".repeat(16)), Ok(()));
        assert_eq!(verdict(&format!("{}x", "kT7-vq!p".repeat(16))), Err(Weak::Long { most: 128 }));
    }

    #[test]
    fn what_alone_may_open_an_account_is_longer() {
        let (fourteen, fifteen) = ("kT7-vq!pXw29mL", "kT7-vq!pXw29mLe");
        let alone = |password, lengths| check(password, (lengths, Opens::Account), &CONTEXT);
        assert_eq!(verdict(fourteen), Ok(()));
        assert_eq!(alone(fourteen, Lengths::default()), Err(Weak::Short { least: 15 }));
        assert_eq!(alone(fifteen, Lengths::default()), Ok(Opens::Account));
        let short = check(fourteen, (Lengths::default(), Opens::Nothing), &CONTEXT);
        assert_eq!(short, Ok(Opens::Nothing), "it is kept with what it is good for");
        for opens in [Opens::Nothing, Opens::Account] {
            assert_eq!(Opens::parse(opens.as_str()), Some(opens));
        }
        assert_eq!(Opens::parse("all"), None);
        let set = Lengths { beside: 14, alone: 16, most: 16 };
        assert_eq!(alone(fifteen, set), Err(Weak::Short { least: 16 }));
        let beside = |password| check(password, (set, Opens::Nothing), &CONTEXT);
        assert_eq!(beside("kT7-vq!pXw29m"), Err(Weak::Short { least: 14 }));
        assert_eq!(beside("kT7-vq!pXw29mLeQz"), Err(Weak::Long { most: 16 }));
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
        let lengths = (Lengths::default(), Opens::Nothing);
        assert_eq!(check("a1@b.nla1@b.nl", lengths, &["a1@b.nl"]), Err(Weak::Context));
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
            let _ = check(&password, (Lengths::default(), Opens::Account), &[&context]);
        }
    }
}
