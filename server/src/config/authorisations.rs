//! Tables `[[authorisations]]`: what people may do in the services behind this server.

use crate::authorisations::{
    Authorisation, Catalogue, Id, LONGEST_NAME, LONGEST_SENTENCE, Unfit as Wrong, Words,
};
use serde::Deserialize;

/// The tables as they are written.
#[derive(Debug, Default, Deserialize)]
#[serde(try_from = "Vec<Entry>")]
pub(super) struct Table(Catalogue);

impl From<Table> for Catalogue {
    fn from(table: Table) -> Self {
        table.0
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    /// By what it is kept and told to applications.
    id: String,
    /// What people call it.
    name: Both,
    /// What it lets somebody do, in one sentence.
    sentence: Both,
}

/// A text in both languages.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    nl: String,
    en: String,
}

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error("authorisations: the id {0:?} is not 1 to 40 small letters, digits and dashes")]
    Id(String),
    #[error("authorisations: the name of {0:?} has 1 to {LONGEST_NAME} letters in each language")]
    Name(String),
    #[error(
        "authorisations: the sentence of {0:?} has 1 to {LONGEST_SENTENCE} letters in each language"
    )]
    Sentence(String),
    #[error(transparent)]
    Catalogue(#[from] Wrong),
}

impl TryFrom<Vec<Entry>> for Table {
    type Error = Unfit;

    fn try_from(entries: Vec<Entry>) -> Result<Self, Unfit> {
        let all: Result<_, Unfit> = entries.into_iter().map(authorisation).collect();
        Ok(Self(Catalogue::new(all?)?))
    }
}

fn authorisation(Entry { id, name, sentence }: Entry) -> Result<Authorisation, Unfit> {
    let words = |both: &Both, most| Words::parse((&both.nl, &both.en), most);
    Ok(Authorisation {
        name: words(&name, LONGEST_NAME).ok_or_else(|| Unfit::Name(id.clone()))?,
        sentence: words(&sentence, LONGEST_SENTENCE).ok_or_else(|| Unfit::Sentence(id.clone()))?,
        id: Id::parse(&id).ok_or(Unfit::Id(id))?,
    })
}
