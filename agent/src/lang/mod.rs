//! The languages people read: every sentence the agent shows stands below this module.
//!
//! One file a part, so that all sentences of it can be read and compared side by side.

pub mod card;
pub mod doctor;
mod fido;
pub mod install;
pub mod key;
pub mod keys;
pub mod login;
mod setup;

/// A language the agent speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Language {
    /// Nederlands.
    #[default]
    #[value(name = "nl")]
    Dutch,
    /// English.
    #[value(name = "en")]
    English,
}

impl Language {
    /// The language of a locale such as `en_GB.UTF-8`: English where it says so, else Dutch.
    #[must_use]
    pub fn of_locale(locale: &str) -> Self {
        let language = locale.split(['_', '.', '-', '@']).next().unwrap_or_default();
        if language.eq_ignore_ascii_case("en") { Self::English } else { Self::Dutch }
    }

    /// The tag that stands in `Accept-Language`.
    #[must_use]
    pub fn tag(self) -> &'static str {
        self.pick("nl", "en")
    }

    /// The one of two that is in this language.
    pub fn pick<T>(self, dutch: T, english: T) -> T {
        match self {
            Self::Dutch => dutch,
            Self::English => english,
        }
    }
}

/// Something a person is told: what happened and, where it is an error, what to do about it.
pub trait Say {
    /// Stable, for programs: `no_key`, `pin_blocked`.
    fn code(&self) -> &'static str;

    /// The same, or the more exact code of a server that refused.
    fn exact_code(&self) -> &str {
        self.code()
    }

    /// Whole sentences, the remedy last.
    fn say(&self, language: Language) -> String;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dutch_is_spoken_unless_the_locale_is_english() {
        for (locale, language) in [
            ("en_GB.UTF-8", Language::English),
            ("EN", Language::English),
            ("nl_NL.UTF-8", Language::Dutch),
            ("C.UTF-8", Language::Dutch),
            ("eng", Language::Dutch),
            ("", Language::Dutch),
        ] {
            assert_eq!(Language::of_locale(locale), language, "{locale}");
        }
    }
}
