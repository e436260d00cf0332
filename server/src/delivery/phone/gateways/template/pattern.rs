//! Patterns: text with placeholders such as `{to}`; a brace that is none is written twice.

/// Why a description of a provider cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// A placeholder that there is not, or a single brace.
    #[error(
        "placeholders are {{to}}, {{digits}}, {{text}}, {{id}}, {{report}}, {{language}} and {{secret}}; \
         a brace of your own is written twice"
    )]
    Placeholder,
    /// A placeholder in the host of an address, or none behind it.
    #[error("address begins with a scheme, a host and a slash, without placeholders")]
    Host,
    /// No address, or one that is not asked.
    #[error("address is https://…, or http://… on this machine, without a user in it")]
    Address,
    /// Another method.
    #[error("method is POST, PUT or GET")]
    Method,
    /// Two bodies, or one where none belongs.
    #[error("a request has form or json, and one by GET has neither")]
    Body,
    /// No JSON.
    #[error("json is not JSON")]
    Json,
    /// A header that is no header, or ours, or would hold a message.
    #[error(
        "headers have a name and one line of text, without {{text}}; those of the connection and of the \
         body are not set"
    )]
    Header,
    /// No status of success.
    #[error("expects lists statuses from 200 to 299")]
    Expects,
    /// `{secret}` without a file, or a file without it.
    #[error("{{secret}} in the description and the file in secret belong together")]
    Secret,
}

/// What a placeholder stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The number with its `+`.
    To,
    /// The number without it.
    Digits,
    /// What is said.
    Text,
    /// The same in every try.
    Id,
    /// Where it is reported on.
    Report,
    /// The locale of what is said.
    Language,
    /// What the provider knows us by.
    Secret,
}

/// A text with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Place(Place),
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// Errors: [`Unfit::Placeholder`].
    pub(super) fn parse(text: &str) -> Result<Self, Unfit> {
        let (mut parts, mut plain, mut rest) = (Vec::new(), String::new(), text);
        while let Some(at) = rest.find(['{', '}']) {
            let (before, brace) = rest.split_at(at);
            plain.push_str(before);
            if let Some(after) = brace.strip_prefix("{{").or_else(|| brace.strip_prefix("}}")) {
                plain.push_str(brace.get(..1).unwrap_or_default());
                rest = after;
                continue;
            }
            let inside = brace.strip_prefix('{').and_then(|inside| inside.split_once('}'));
            let (name, after) = inside.ok_or(Unfit::Placeholder)?;
            parts.push(Part::Text(std::mem::take(&mut plain)));
            parts.push(Part::Place(place(name)?));
            rest = after;
        }
        plain.push_str(rest);
        parts.push(Part::Text(plain));
        Ok(Self(parts))
    }

    /// The text with what each placeholder stands for.
    pub(super) fn fill(&self, value: impl Fn(Place) -> String) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Place(place) => value(*place),
        };
        self.0.iter().map(part).collect()
    }

    /// Whether the placeholder is in it.
    pub(super) fn has(&self, place: Place) -> bool {
        self.0.contains(&Part::Place(place))
    }
}

fn place(name: &str) -> Result<Place, Unfit> {
    Ok(match name {
        "to" => Place::To,
        "digits" => Place::Digits,
        "text" => Place::Text,
        "id" => Place::Id,
        "report" => Place::Report,
        "language" => Place::Language,
        "secret" => Place::Secret,
        _ => return Err(Unfit::Placeholder),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn braces_of_ones_own_are_written_twice() {
        let pattern = Pattern::parse("{{{to}}} a }} {{b").unwrap();
        assert_eq!(pattern.fill(|_| "+31".to_owned()), "{+31} a } {b");
        for text in ["{", "}", "{to", "to}", "{ to }", "{TO}", "{}", "{to}}", "a{b}c"] {
            assert_eq!(Pattern::parse(text), Err(Unfit::Placeholder), "{text}");
        }
    }

    proptest! {
        #[test]
        fn reading_a_pattern_never_panics(text in "\\PC{0,40}|[{}a-z]{0,30}|(\\{to\\}|\\{text\\}|[{}]|a){0,12}") {
            if let Ok(pattern) = Pattern::parse(&text) {
                let _ = pattern.fill(|_| "{to}".to_owned());
            }
        }

        #[test]
        fn what_stands_for_a_placeholder_is_not_read_again(value in "\\PC{0,30}") {
            let filled = Pattern::parse("a{text}b").unwrap().fill(|_| value.clone());
            prop_assert_eq!(filled, format!("a{value}b"));
        }
    }
}
