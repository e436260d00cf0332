//! Labels: what people call themselves, their organisation and their keys, as others will read it.

/// `text` as one line of visible text, of 1 to `most` characters; nothing where there is none.
///
/// What shows nothing or turns the letters around it (control characters, marks of direction, spaces
/// of no width) is left out: a name that looks like another one is that other one. The two joiners
/// that Persian, the scripts of India and pictures are written with stay, between letters.
pub(crate) fn parse(text: &str, most: usize) -> Option<String> {
    let shown: String = text
        .chars()
        .map(|letter| if letter.is_whitespace() { ' ' } else { letter })
        .filter(|letter| !is_invisible(*letter))
        .collect();
    let words = shown.split(' ').map(|word| word.trim_matches(JOINERS));
    let label = words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    (1..=most).contains(&label.chars().count()).then_some(label)
}

/// Whether a letter shows nothing by itself; a joiner does not count.
pub(crate) fn is_invisible(letter: char) -> bool {
    letter.is_control() || INVISIBLE.iter().any(|(first, last)| (*first..=*last).contains(&letter))
}

/// `text` with a mark in place of every letter that shows nothing or turns others around: for what a
/// stranger wrote and somebody will read.
pub(crate) fn visible(text: &str) -> String {
    let hides = |letter: char| is_invisible(letter) || JOINERS.contains(&letter);
    text.chars().map(|letter| if hides(letter) { '\u{fffd}' } else { letter }).collect()
}

/// Joiner and non-joiner.
const JOINERS: [char; 2] = ['\u{200c}', '\u{200d}'];

/// The format characters of Unicode (general category Cf) but the joiners and those with a form of
/// their own, and the fillers that are letters without one.
const INVISIBLE: [(char, char); 18] = [
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180e}', '\u{180e}'),
    ('\u{200b}', '\u{200b}'),
    ('\u{200e}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_people_are_called_stays_as_it_is() {
        for name in [
            "Sleutel aan de bos",
            "H\u{e9}l\u{e8}ne d'Ancona-van der Ploeg",
            "\u{5d0}\u{5d1}\u{5d2} (werk)",
            "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}", // Persian, with a non-joiner
            "\u{915}\u{94d}\u{200d}\u{937}", // Devanagari, with a joiner
            "\u{1f469}\u{200d}\u{2695}\u{fe0f}", // a woman who is a doctor
        ] {
            assert_eq!(parse(name, 60).as_deref(), Some(name));
        }
    }

    #[test]
    fn what_shows_nothing_or_turns_letters_around_is_left_out() {
        for (text, name) in [
            ("Test\u{202e}strA", "TeststrA"),
            ("\u{2067}Arts\u{2069}", "Arts"),
            ("Te\u{200b}st\u{feff}", "Test"),
            ("a\u{0}\u{1b}[31mb", "a[31mb"),
            ("  twee\t\n regels\u{2029}", "twee regels"),
            ("\u{200d}Arts\u{200c}", "Arts"),
        ] {
            assert_eq!(parse(text, 60).as_deref(), Some(name), "{text:?}");
        }
    }

    #[test]
    fn what_is_empty_then_or_too_long_is_no_name() {
        for text in ["", " \t", "\u{200b}\u{200d}", "\u{202e}\u{3164}\u{2800}", &"x".repeat(61)] {
            assert_eq!(parse(text, 60), None, "{text:?}");
        }
        assert!(parse(&format!("{}\u{200b}", "x".repeat(60)), 60).is_some());
    }

    #[test]
    fn what_a_stranger_hides_becomes_visible() {
        assert_eq!(visible("Jos\u{e9} (URA 90000001)"), "Jos\u{e9} (URA 90000001)");
        assert_eq!(
            visible("A\u{1b}[31m\u{202e}strA\u{2066}\u{200b}\u{200d}\n"),
            "A\u{fffd}[31m\u{fffd}strA\u{fffd}\u{fffd}\u{fffd}\u{fffd}"
        );
    }

    proptest! {
        #[test]
        fn a_name_is_one_line_and_parsed_twice_the_same(text in any::<String>()) {
            if let Some(name) = parse(&text, 60) {
                prop_assert!(!name.chars().any(is_invisible));
                prop_assert_eq!(name.trim(), name.as_str());
                prop_assert_eq!(parse(&name, 60), Some(name.clone()));
            }
        }
    }
}
