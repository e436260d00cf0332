//! The language of the command line: that of the terminal, Dutch or English.

/// Dutch or English.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    Dutch,
    English,
}

impl Language {
    /// Dutch where the locale's messages are Dutch, English everywhere else.
    pub(super) fn of_the_terminal() -> Self {
        let names = ["LC_ALL", "LC_MESSAGES", "LANG"];
        Self::of(names.into_iter().filter_map(|name| std::env::var(name).ok()))
    }

    /// The first that is set decides, as in POSIX.
    fn of(mut settings: impl Iterator<Item = String>) -> Self {
        match settings.find(|setting| !setting.is_empty()) {
            Some(locale) if locale.starts_with("nl") => Self::Dutch,
            Some(_) | None => Self::English,
        }
    }

    /// One of two texts.
    pub(super) fn pick<T>(self, dutch: T, english: T) -> T {
        match self {
            Self::Dutch => dutch,
            Self::English => english,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    fn of(settings: &[&str]) -> Language {
        Language::of(settings.iter().map(ToString::to_string))
    }

    #[test]
    fn the_first_setting_that_is_set_decides() {
        assert_eq!(of(&["nl_NL.UTF-8"]), Language::Dutch);
        assert_eq!(of(&["", "", "nl_BE"]), Language::Dutch);
        assert_eq!(of(&["C.UTF-8", "nl_NL"]), Language::English);
        assert_eq!(of(&[]), Language::English);
    }
}
