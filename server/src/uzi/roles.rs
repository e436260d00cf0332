//! Role codes of care providers: the known ones (data in `roles.toml`) and patterns over them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// The Dutch name of a known role code such as `01.015`; a title alone has specialism `000`.
pub fn name(code: &str) -> Option<&'static str> {
    if let Some(name) = KNOWN.specialisms.get(code) {
        return Some(name);
    }
    let title = code.strip_suffix(".000")?;
    KNOWN.titles.get(title).map(String::as_str)
}

/// Which roles are let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pattern {
    /// One code, such as `01.015`.
    Code(String),
    /// Every specialism of a title, such as `01.*`.
    Title(String),
}

/// Why a text is no pattern.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no role: write a code such as 01.015, or a title with all specialisms: 01.*")]
pub struct NoPattern(String);

impl Pattern {
    /// Reads `01.015` or `01.*`. The title 00 means "no care provider" and is refused.
    pub fn parse(text: &str) -> Result<Self, NoPattern> {
        let wrong = || NoPattern(text.to_owned());
        let digits = |part: &str, count| {
            part.len() == count && part.bytes().all(|digit| digit.is_ascii_digit())
        };
        let (title, specialism) = text.split_once('.').ok_or_else(wrong)?;
        if !digits(title, 2) || title == "00" {
            return Err(wrong());
        }
        match specialism {
            "*" => Ok(Self::Title(title.to_owned())),
            code if digits(code, 3) => Ok(Self::Code(text.to_owned())),
            _ => Err(wrong()),
        }
    }

    /// Whether a role code fits.
    pub fn fits(&self, code: &str) -> bool {
        match self {
            Self::Code(exact) => exact == code,
            Self::Title(title) => code.split_once('.').is_some_and(|(first, _)| first == title),
        }
    }
}

impl std::fmt::Display for Pattern {
    /// As [`Pattern::parse`] reads it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Code(code) => f.write_str(code),
            Self::Title(title) => write!(f, "{title}.*"),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    titles: BTreeMap<String, String>,
    specialisms: BTreeMap<String, String>,
}

static KNOWN: LazyLock<Known> = LazyLock::new(|| {
    toml::from_str(include_str!("roles.toml")).expect("roles.toml is sound (tested)")
});

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn known_roles_have_names() {
        assert_eq!(name("01.015"), Some("huisarts"));
        assert_eq!(name("01.000"), Some("arts"));
        assert_eq!(name("99.000"), Some("zorgverlener andere zorg"));
        assert_eq!(name("01.999"), None);
        assert_eq!(name("00.000"), None);
        assert_eq!(name("77.000"), None);
        assert_eq!(name("02.015"), None, "a specialism belongs to its title");
    }

    #[test]
    fn every_role_in_the_file_has_the_form_of_a_code() {
        for code in KNOWN.specialisms.keys() {
            assert_eq!(Pattern::parse(code), Ok(Pattern::Code(code.clone())));
            let title = code.split('.').next().expect("a title");
            assert!(KNOWN.titles.contains_key(title), "{code}");
        }
        for title in KNOWN.titles.keys() {
            assert_eq!(Pattern::parse(&format!("{title}.*")), Ok(Pattern::Title(title.clone())));
        }
    }

    #[test]
    fn patterns_are_exact_codes_or_whole_titles() {
        let huisarts = Pattern::parse("01.015").expect("a code");
        assert!(huisarts.fits("01.015") && !huisarts.fits("01.016"));
        let artsen = Pattern::parse("01.*").expect("a title");
        assert!(artsen.fits("01.015") && artsen.fits("01.000") && !artsen.fits("02.000"));
        for wrong in ["", "01", "01.", "1.015", "01.15", "01.**", "*", "*.*", "00.*", "01.015 "] {
            assert!(Pattern::parse(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_pattern_fits_its_own_code(title in 1u8..=99, specialism in 0u16..=999) {
            let code = format!("{title:02}.{specialism:03}");
            prop_assert!(Pattern::parse(&code).expect("a code").fits(&code));
            let all = Pattern::parse(&format!("{title:02}.*")).expect("a title");
            prop_assert!(all.fits(&code));
            prop_assert_eq!(Pattern::parse(&all.to_string()), Ok(all));
        }

        #[test]
        fn no_text_makes_it_panic(text in ".{0,12}") {
            let _ = Pattern::parse(&text);
            let _ = name(&text);
        }
    }
}
