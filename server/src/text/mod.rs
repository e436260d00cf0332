//! What people read, by Fluent, in Dutch and English (`locales/`): on pages and in messages.

pub(crate) mod client;
pub(crate) mod moment;
mod span;

pub use span::Spans;

use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};

/// A language that the pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Language {
    /// Nederlands.
    #[serde(rename = "nl")]
    Dutch,
    /// English.
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// The language with this tag, if the pages have it.
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        match tag {
            "nl" => Some(Self::Dutch),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The language that an `Accept-Language` header asks for; Dutch where it asks for neither.
    #[must_use]
    pub fn accepted(header: &str) -> Self {
        let mut best = (Self::Dutch, 0.0_f32);
        for range in header.split(',') {
            let mut parts = range.split(';').map(str::trim);
            let tag = parts.next().unwrap_or_default();
            let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
            let weight = parts
                .find_map(|part| part.strip_prefix("q="))
                .map_or(Some(1.0), |weight| weight.parse::<f32>().ok())
                .filter(|weight| (0.0..=1.0).contains(weight));
            if let (Some(language), Some(weight)) = (Self::from_tag(&primary), weight)
                && weight > best.1
            {
                best = (language, weight);
            }
        }
        best.0
    }

    fn bundle(self) -> &'static Bundle {
        match self {
            Self::Dutch => &DUTCH,
            Self::English => &ENGLISH,
        }
    }
}

/// The texts of one language, which name lengths of time as they are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    language: Language,
    spans: Spans,
}

impl Text {
    /// The texts of `language`, on a server where nothing is set that they name.
    #[must_use]
    pub fn new(language: Language) -> Self {
        Self { language, spans: Spans::default() }
    }

    /// The same on a server that has these lengths of time.
    #[must_use]
    pub fn lasting(self, spans: Spans) -> Self {
        Self { spans, ..self }
    }

    /// The language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.language
    }

    /// One of two texts: for words that stand beside what they are about, not in a locale file.
    #[must_use]
    pub fn pick<T>(&self, dutch: T, english: T) -> T {
        match self.language {
            Language::Dutch => dutch,
            Language::English => english,
        }
    }

    /// The language's tag, as HTML's `lang` wants it.
    #[must_use]
    pub fn tag(&self) -> &'static str {
        match self.language {
            Language::Dutch => "nl",
            Language::English => "en",
        }
    }

    /// The texts of the other language, for the switch.
    #[must_use]
    pub fn other(&self) -> Self {
        let language = match self.language {
            Language::Dutch => Language::English,
            Language::English => Language::Dutch,
        };
        Self { language, ..*self }
    }

    /// The message `key`, or `message.attribute`.
    #[must_use]
    pub fn of(&self, key: &str) -> String {
        self.filled(key, &FluentArgs::new())
    }

    /// The `.detail` of the message `key`.
    #[must_use]
    pub fn detail(&self, key: &str) -> String {
        self.of(&format!("{key}.detail"))
    }

    /// The message `key` with one value in it.
    #[must_use]
    pub fn with<'a>(&self, key: &str, name: &'a str, value: impl Into<FluentValue<'a>>) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value);
        self.filled(key, &args)
    }

    /// The message `key` with the values it names.
    ///
    /// An unknown key gives the key itself and is logged; the tests hold that no page has one.
    #[must_use]
    pub fn filled(&self, key: &str, args: &FluentArgs<'_>) -> String {
        self.find(key, args).unwrap_or_else(|| {
            tracing::error!(key, language = self.tag(), "text {key} is missing or incomplete");
            key.to_owned()
        })
    }

    /// The message `key`, if it is there and `args` or the lengths of time have all the values it names.
    fn find(&self, key: &str, args: &FluentArgs<'_>) -> Option<String> {
        let bundle = self.language.bundle();
        let pattern = match key.split_once('.') {
            None => bundle.get_message(key)?.value()?,
            Some((key, attribute)) => bundle.get_message(key)?.get_attribute(attribute)?.value(),
        };
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(args), &mut errors);
        if errors.is_empty() {
            return Some(text.into_owned());
        }
        // Few texts name a length of time: those alone are worth all of them.
        errors.clear();
        let mut all = self.spans.named(self.language);
        for (name, value) in args.iter() {
            all.set(name.to_owned(), value.clone());
        }
        let text = bundle.format_pattern(pattern, Some(&all), &mut errors);
        errors.is_empty().then(|| text.into_owned())
    }
}

type Bundle = FluentBundle<FluentResource>;

static DUTCH: LazyLock<Bundle> =
    LazyLock::new(|| bundle("nl", include_str!("../../locales/nl.ftl")));
static ENGLISH: LazyLock<Bundle> =
    LazyLock::new(|| bundle("en", include_str!("../../locales/en.ftl")));

fn bundle(language: &str, source: &str) -> Bundle {
    let language = language.parse().expect("nl and en are language tags");
    let resource =
        FluentResource::try_new(source.to_owned()).expect("the tests parse every locale file");
    let mut bundle = FluentBundle::new_concurrent(vec![language]);
    bundle.set_use_isolating(false); // names and times only: no text of the other direction
    bundle.add_resource(resource).expect("the tests look for double keys");
    bundle
}

#[cfg(test)]
mod tests;
