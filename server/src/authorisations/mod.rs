//! Authorisations: what people may do in the services behind this server. Whoever runs those names each in
//! the configuration; a contact person decides which of them a colleague has.
//!
//! What is kept of an account are ids. One that the configuration names no more stays kept and counts for
//! nothing: named again, it counts again (`docs/adr/0049-authorisations-are-named-by-the-operator.md`).

mod rules; // pure
pub mod run;
pub(crate) mod store; // SQL
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use rules::{Change, change};

use crate::label;
use crate::text::Language;
use std::collections::BTreeSet;
use std::fmt;

/// By what an authorisation is kept and told to applications.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id(String);

impl Id {
    /// Reads an id: 1 to 40 small letters, digits and dashes between them.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=LONGEST_ID).contains(&text.len())
            && text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-'))
            && !text.starts_with('-')
            && !text.ends_with('-');
        fits.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Words in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    nl: String,
    en: String,
}

impl Words {
    /// The words, each one line of at most `most` letters that can be seen.
    pub fn parse((nl, en): (&str, &str), most: usize) -> Option<Self> {
        Some(Self { nl: label::parse(nl, most)?, en: label::parse(en, most)? })
    }

    /// Those of this language.
    pub fn of(&self, language: Language) -> &str {
        match language {
            Language::Dutch => &self.nl,
            Language::English => &self.en,
        }
    }
}

/// Something that people may do, or may not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authorisation {
    /// Its id.
    pub id: Id,
    /// What people call it.
    pub name: Words,
    /// What it lets somebody do, in one sentence.
    pub sentence: Words,
}

/// Every authorisation that is configured, in the order of the configuration.
#[derive(Clone, Debug, Default)]
pub struct Catalogue(Vec<Authorisation>);

/// Two authorisations have one id, or there are too many.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// This id stands there twice.
    #[error("authorisations: the id {0:?} stands there twice")]
    Twice(String),
    /// More than a page can show.
    #[error("authorisations: there are more than {MOST}")]
    TooMany,
}

/// An id that no authorisation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such authorisation")]
pub struct Unknown;

impl Catalogue {
    /// A catalogue of these.
    ///
    /// Errors: [`Unfit`].
    pub fn new(all: Vec<Authorisation>) -> Result<Self, Unfit> {
        let mut ids = BTreeSet::new();
        for one in &all {
            if !ids.insert(&one.id) {
                return Err(Unfit::Twice(one.id.to_string()));
            }
        }
        if all.len() > MOST { Err(Unfit::TooMany) } else { Ok(Self(all)) }
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every one.
    pub fn all(&self) -> &[Authorisation] {
        &self.0
    }

    /// The authorisation with this id.
    pub fn find(&self, id: &Id) -> Option<&Authorisation> {
        self.0.iter().find(|one| one.id == *id)
    }

    /// Those that are among `kept`.
    pub fn active(&self, kept: &BTreeSet<Id>) -> Vec<&Authorisation> {
        self.0.iter().filter(|one| kept.contains(&one.id)).collect()
    }

    /// The ids that a form named, of which each is one of ours.
    ///
    /// Errors: [`Unknown`].
    pub fn read<'a>(
        &self,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<BTreeSet<Id>, Unknown> {
        let known = |text: &str| Id::parse(text).filter(|id| self.find(id).is_some());
        texts.into_iter().map(|text| known(text).ok_or(Unknown)).collect()
    }
}

/// Characters of an id, at most.
const LONGEST_ID: usize = 40;
/// Letters of a name, at most.
pub const LONGEST_NAME: usize = 60;
/// Letters of a sentence, at most.
pub const LONGEST_SENTENCE: usize = 200;
/// Authorisations that a page can show.
const MOST: usize = 50;
