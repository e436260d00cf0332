//! What a key and a browser call an account, pure.
//!
//! A key may hold one credential for each employer of its owner, with the same address and the same name, so the
//! organisation stands in it. A key may cut off what is more than 64 bytes (CTAP 2.1, authenticatorMakeCredential): what
//! is longer is cut here, so that both parts can still be read.

/// The name of a person at an organisation, in 64 bytes at most.
pub(super) fn label(person: &str, organisation: &str) -> String {
    let room = MOST - " ()".len();
    let organisation = cut(organisation, room.saturating_sub(person.len()).max(room / 2));
    let person = cut(person, room.saturating_sub(organisation.len()));
    format!("{person} ({organisation})")
}

/// What every key keeps, in bytes.
const MOST: usize = 64;

/// The beginning of a text, in so many bytes, with a sign that it went on.
fn cut(text: &str, most: usize) -> String {
    const MORE: char = '…';
    if text.len() <= most {
        return text.to_owned();
    }
    let room = most.saturating_sub(MORE.len_utf8());
    let fits = |(at, c): (usize, char)| (at + c.len_utf8() <= room).then_some(c);
    let mut beginning: String = text.char_indices().map_while(fits).collect();
    beginning.truncate(beginning.trim_end().len());
    beginning.push(MORE);
    beginning
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_organisation_stands_behind_the_name_and_what_is_long_is_cut() {
        for (person, organisation, shown) in [
            ("Test Arts", "FAKE Dokterspost", "Test Arts (FAKE Dokterspost)"),
            (
                "Test Waarnemer",
                "FAKE Huisartsenposten Noord-Oost-Voorbeeld en Omstreken",
                "Test Waarnemer (FAKE Huisartsenposten Noord-Oost-Voorbeeld e…)",
            ),
            (
                "Test-van den Voorbeeldenburg tot Voorbeeldenstein",
                "FAKE Huisartsenposten Noord-Oost-Voorbeeld",
                "Test-van den Voorbeeldenburg… (FAKE Huisartsenposten Noord…)",
            ),
            (
                "Test-van den Voorbeeldenburg tot Voorbeeldenstein",
                "FAKE",
                "Test-van den Voorbeeldenburg tot Voorbeeldenstein (FAKE)",
            ),
        ] {
            assert_eq!(label(person, organisation), shown);
        }
    }

    proptest! {
        #[test]
        fn no_label_is_longer_than_a_key_keeps(person in "\\PC{0,80}", organisation in "\\PC{0,80}") {
            let shown = label(&person, &organisation);
            prop_assert!(shown.len() <= MOST, "{} {shown}", shown.len());
            prop_assert!(shown.contains(" (") && shown.ends_with(')'));
        }
    }
}
