//! Names, pure: whether the person on a card can be the person of an account.
//!
//! A card bears the birth name and the official first names; an account the name somebody is known
//! by, in any order, with initials or a short form. So a surname must be there, and a first name is
//! another one only when nothing at all speaks for it: no word, no initial, no known short form.
//! Where the account names no first name, or the card none, it says nothing.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// Whether each word of this surname is in the name of the account.
pub(super) fn surname_fits(on_card: &str, of_account: &str) -> bool {
    let (on_card, of_account) = (words(on_card), words(of_account));
    !on_card.is_empty() && on_card.iter().all(|word| of_account.contains(word))
}

/// Whether these first names can be those of the account, whose surname is on the card.
pub(super) fn first_name_fits(first_names: &str, surname: &str, of_account: &str) -> bool {
    let first_names: Vec<_> = words(first_names).into_iter().filter(|name| names(name)).collect();
    let surname = words(surname);
    let rest: Vec<_> = words(of_account)
        .into_iter()
        .filter(|word| names(word) && !surname.contains(word))
        .collect();
    first_names.is_empty()
        || rest.is_empty()
        || rest.iter().any(|known| first_names.iter().any(|official| alike(known, official)))
}

/// Whether somebody with this first name may be known as `known`.
fn alike(known: &str, official: &str) -> bool {
    let initial = |word: &str| word.chars().next().map(sound);
    let part = known.chars().count() >= 3 && official.contains(known);
    let short = || {
        let stems = SHORT.iter().filter(|(short, _)| known.starts_with(short));
        stems.flat_map(|(_, stems)| *stems).any(|stem| official.contains(stem))
    };
    initial(known) == initial(official) || part || short()
}

/// Letters that stand for one another at the beginning of a first name.
const fn sound(letter: char) -> char {
    match letter {
        'c' | 'q' => 'k',
        'f' => 'v',
        'z' => 's',
        'y' => 'i',
        other => other,
    }
}

/// Whether a word is part of a name, and no title, prefix or mark of a test.
fn names(word: &str) -> bool {
    !NO_NAME.contains(&word)
}

/// The words of a name, without capitals, accents or punctuation.
fn words(name: &str) -> Vec<String> {
    let plain: String = name.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.to_lowercase().chars().map(base).collect())
        .collect()
}

/// The letter without its stroke: those that no decomposition knows.
const fn base(letter: char) -> char {
    match letter {
        'ø' => 'o',
        'ł' => 'l',
        'đ' => 'd',
        'ı' => 'i',
        other => other,
    }
}

/// Titles, prefixes of surnames, and what marks a holder as one for tests.
const NO_NAME: &[&str] = &[
    "arts", "bsc", "da", "de", "del", "den", "der", "di", "dhr", "dr", "drs", "du", "el", "en",
    "fake", "het", "heer", "in", "ing", "ir", "la", "le", "mevr", "mevrouw", "mr", "mrs", "ms",
    "msc", "mw", "op", "phd", "prof", "s", "st", "t", "te", "ten", "ter", "test", "tot", "uit",
    "van", "vd", "von", "voor",
];

/// Short forms that begin with another letter than the official name and are no part of it: how
/// the short form begins, and what the official name then holds.
const SHORT: &[(&str, &[&str])] = &[
    ("ank", &["johann"]),
    ("ann", &["johann"]),
    ("ans", &["johann"]),
    ("bea", &["wilhelmin"]),
    ("bep", &["elisabeth", "elizabeth"]),
    ("bets", &["elisabeth", "elizabeth"]),
    ("bett", &["elisabeth", "elizabeth"]),
    ("bob", &["rob"]),
    ("bram", &["abraham"]),
    ("cisk", &["francisc"]),
    ("co", &["jaco"]),
    ("dick", &["theodo", "richard"]),
    ("dien", &["gerardin", "berendin", "bernardin", "hendrin"]),
    ("din", &["gerardin", "berendin", "bernardin", "hendrin", "leopold"]),
    ("dirk", &["theodo"]),
    ("door", &["theod", "isid"]),
    ("dor", &["theod", "isid"]),
    ("fien", &["josephin", "josefin", "adolfin", "serafin"]),
    ("giel", &["michael", "machiel", "egidi"]),
    ("gonn", &["gonda"]),
    ("gus", &["august"]),
    ("guus", &["august"]),
    ("helm", &["wilhelm"]),
    (
        "in",
        &[
            "wilhelmin",
            "catharin",
            "jacomin",
            "josephin",
            "alber",
            "christin",
            "hendrin",
            "carolin",
        ],
    ),
    ("ien", &["wilhelmin", "catharin", "jacomin", "josephin", "christin", "hendri"]),
    ("jet", &["hari", "harri", "henri", "mari", "geri"]),
    ("jeroen", &["hieronymus"]),
    ("joris", &["georg"]),
    ("jurri", &["georg"]),
    ("klaas", &["nicola", "nikola"]),
    ("claas", &["nicola", "nikola"]),
    ("ko", &["jaco"]),
    ("len", &["helen", "magdalen"]),
    ("leen", &["helen", "magdalen"]),
    ("lex", &["alex"]),
    ("lid", &["alid"]),
    ("lies", &["elis", "eliz"]),
    ("lis", &["elis", "eliz"]),
    ("liz", &["elis", "eliz"]),
    ("lot", &["charlot"]),
    ("mien", &["wilhelmin", "hermin"]),
    ("mie", &["wilhelmin", "hermin"]),
    ("min", &["wilhelmin", "hermin", "jacomin"]),
    ("nel", &["cornel", "petronel"]),
    ("net", &["annet", "jeannet", "antoinet", "anna"]),
    ("noor", &["eleonor", "honor"]),
    ("nor", &["eleonor", "honor"]),
    ("noud", &["arnold", "arnout"]),
    ("nout", &["arnold", "arnoud"]),
    ("peg", &["margar"]),
    ("pim", &["wil"]),
    ("rens", &["lauren"]),
    ("ri", &["maria", "hendri", "frederi", "margar", "quirin", "marin", "cathari"]),
    ("sand", &["alexand"]),
    ("sien", &["francin", "gesin", "clasin", "klasin"]),
    ("sjaak", &["jaco", "jacq"]),
    ("sjaan", &["johann", "adrian"]),
    ("sjak", &["jaco", "jacq"]),
    ("sjef", &["jose", "jozef"]),
    ("sjon", &["johan", "john"]),
    ("sjors", &["georg", "joris"]),
    ("stien", &["christin", "justin", "augustin"]),
    ("stijn", &["constant", "augustin", "justin"]),
    ("teun", &["anton"]),
    ("thij", &["matt"]),
    ("tij", &["matt", "matth"]),
    ("til", &["mathild", "ottili"]),
    ("tin", &["christin", "martin", "catharin", "albertin", "august", "justin"]),
    ("ton", &["anton"]),
    ("toon", &["anton"]),
    ("toos", &["catharin", "antoni", "victori"]),
    ("trijn", &["cathar", "kathar"]),
    ("tru", &["geertr", "gertr"]),
    ("wies", &["louis", "aloys"]),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_rightful_holder_is_let_through_however_the_account_writes_the_name() {
        for (account, first_names, surname) in [
            ("Jan de Vries", "Jan Pieter", "de Vries"),
            ("J. de Vries", "Jan Pieter", "de Vries"),
            ("J.P. de Vries", "Jan Pieter", "de Vries"),
            ("P. de Vries", "Jan Pieter", "de Vries"),
            ("Vries, J. de", "Jan Pieter", "de Vries"),
            ("Vries, Piet de", "Jan Pieter", "de Vries"),
            ("dr. A.M. Jansen-de Vries", "Anna Maria", "de Vries"),
            ("de Vries", "Jan", "de Vries"),
            ("Mevrouw de Vries", "Anna", "de Vries"),
            ("Kees van 't Hof", "Cornelis", "van 't Hof"),
            ("Klaas Bakker", "Nicolaas", "Bakker"),
            ("Toon Bakker", "Antonius Petrus", "Bakker"),
            ("Bep Bakker", "Elisabeth", "Bakker"),
            ("Truus Bakker", "Geertruida", "Bakker"),
            ("Ria Bakker", "Hendrika", "Bakker"),
            ("Sander Bakker", "Alexander", "Bakker"),
            ("Rene\u{301} Du\u{308}ren", "René", "Düren"),
            ("RENÉ ŁUKASZ-DÜREN", "Rene", "Lukasz Duren"),
            ("Test Arts", "Jan", "Arts"),
            ("Jan Zorgverlener", "Tést", "Zorgverlener"),
            ("Testa van Test", "Testa", "van Test"),
        ] {
            assert!(surname_fits(surname, account), "{account}: {surname}");
            assert!(first_name_fits(first_names, surname, account), "{account}: {first_names}");
        }
    }

    #[test]
    fn a_relative_with_another_first_name_is_somebody_else() {
        for (account, first_names, surname) in [
            ("Testa van Test", "Piet", "van Test"),
            ("Jan de Vries", "Hendrik Willem", "de Vries"),
            ("J. de Vries", "Hendrik Willem", "de Vries"),
            ("Vries, J. de", "Hendrik", "de Vries"),
            ("Anna Bakker", "Klaas", "Bakker"),
        ] {
            assert!(surname_fits(surname, account), "{account}: {surname}");
            assert!(!first_name_fits(first_names, surname, account), "{account}: {first_names}");
        }
    }

    proptest! {
        #[test]
        fn whoever_is_called_as_on_the_card_is_let_through(
            first_names in "[A-Za-zÀ-ÿ]{1,12}( [A-Za-zÀ-ÿ]{1,12}){0,3}",
            surname in "[A-Za-zÀ-ÿ]{2,12}(-[A-Za-zÀ-ÿ]{2,12})?",
        ) {
            for account in [format!("{first_names} {surname}"), format!("{surname}, {first_names}")] {
                prop_assert!(first_name_fits(&first_names, &surname, &account));
            }
        }

        #[test]
        fn no_name_breaks_it(card in "\\PC{0,40}", surname in "\\PC{0,40}", account in "\\PC{0,60}") {
            let _ = surname_fits(&surname, &account);
            let _ = first_name_fits(&card, &surname, &account);
        }
    }
}
