//! The languages people read.

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
