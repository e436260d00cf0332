//! Table `[uzi]`: whose cards are believed, and which of them are let in.

use crate::uzi::admission::{Admission, Roles, Subscribers};
use crate::uzi::issue;
use crate::uzi::lists::{NoPlace, Place};
use crate::uzi::roles::{NoPattern, Pattern};
use serde::Deserialize;
use std::path::{Path, PathBuf};
use wire::uzi::{Kind, Subscriber};

/// Whose cards are believed, and which of them are let in.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(try_from = "Keys")]
pub struct Uzi {
    /// Whether real cards are believed, or TEST cards; never both.
    pub environment: Environment,
    /// A folder of authorities and their `trust.toml`. Default: the published ones.
    pub trust: Option<PathBuf>,
    /// Where revocation lists lie.
    pub revocation_lists: Vec<Place>,
    /// Which card types, roles and organisations are let in.
    pub admission: Admission,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Keys {
    /// `production` or `test`: whose cards are believed. Default: `production`.
    environment: Environment,
    /// A folder of authorities and their `trust.toml`. Default: the published ones.
    trust: Option<PathBuf>,
    /// Files (DER or PEM) and http addresses of revocation lists, one for each authority, the
    /// root's too. Default: with the published authorities their own addresses, else none.
    revocation_lists: Vec<String>,
    /// Card types that are let in: Z, N, M. Default: Z and N.
    types: Option<Vec<String>>,
    /// Roles of type Z that are let in, such as `01.015`, or `01.*` for every specialism of a
    /// title. Default: every known role.
    roles: Option<Vec<String>>,
    /// Subscriber numbers (URA) that are let in. Default: any.
    subscribers: Option<Vec<String>>,
}

/// Which published authorities.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// Those of real cards.
    #[default]
    Production,
    /// Those of the register's TEST cards.
    Test,
}

impl From<Environment> for issue::Environment {
    fn from(environment: Environment) -> Self {
        match environment {
            Environment::Production => Self::Production,
            Environment::Test => Self::Test,
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Unfit {
    #[error(transparent)]
    Place(#[from] NoPlace),
    #[error(transparent)]
    Role(#[from] NoPattern),
    #[error("types: {0:?} is none of Z, N and M")]
    Type(String),
    #[error("subscribers: {0:?} is not a number of 8 digits")]
    Subscriber(String),
    #[error("{0} is empty: nobody with a card would get in; leave it out, or name who does")]
    Nobody(&'static str),
}

impl TryFrom<Keys> for Uzi {
    type Error = Unfit;

    fn try_from(keys: Keys) -> Result<Self, Unfit> {
        let empty = |keys: &Option<Vec<String>>| keys.as_ref().is_some_and(Vec::is_empty);
        let all =
            [("types", &keys.types), ("roles", &keys.roles), ("subscribers", &keys.subscribers)];
        if let Some((name, _)) = all.into_iter().find(|(_, named)| empty(named)) {
            return Err(Unfit::Nobody(name));
        }
        let mut admission = Admission::default();
        if let Some(types) = keys.types {
            admission.kinds = types.into_iter().map(kind).collect::<Result<_, _>>()?;
        }
        if let Some(roles) = keys.roles {
            let patterns = roles.iter().map(|role| Pattern::parse(role));
            admission.roles = Roles::Only(patterns.collect::<Result<_, _>>()?);
        }
        if let Some(numbers) = keys.subscribers {
            let numbers = numbers.into_iter().map(subscriber);
            admission.subscribers = Subscribers::Only(numbers.collect::<Result<_, _>>()?);
        }
        let lists = keys.revocation_lists.iter().map(|text| Place::parse(text));
        let revocation_lists = lists.collect::<Result<Vec<_>, _>>()?;
        let Keys { environment, trust, .. } = keys;
        Ok(Self { environment, trust, revocation_lists, admission })
    }
}

fn kind(letter: String) -> Result<Kind, Unfit> {
    match Kind::from_letter(&letter) {
        Some(kind) if kind != Kind::Server => Ok(kind),
        Some(_) | None => Err(Unfit::Type(letter)),
    }
}

fn subscriber(number: String) -> Result<Subscriber, Unfit> {
    Subscriber::parse(&number).ok_or(Unfit::Subscriber(number))
}

impl Uzi {
    /// The same, with relative paths taken from `folder`.
    pub(super) fn within(self, folder: &Path) -> Self {
        let place = |place| match place {
            Place::File(path) => Place::File(folder.join(path)),
            Place::Address(url) => Place::Address(url),
        };
        Self {
            trust: self.trust.map(|path| folder.join(path)),
            revocation_lists: self.revocation_lists.into_iter().map(place).collect(),
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Uzi, String> {
        toml::from_str::<Uzi>(text).map_err(|error| error.to_string())
    }

    #[test]
    fn without_keys_every_named_card_of_production_is_let_in() {
        let uzi = parsed("").expect("defaults");
        assert_eq!(uzi.environment, Environment::Production);
        assert_eq!(uzi.admission, Admission::default());
        assert_eq!((uzi.trust, uzi.revocation_lists), (None, Vec::new()));
    }

    #[test]
    fn what_is_set_is_used_and_paths_are_taken_from_the_files_folder() {
        let text = r#"
            environment = "test"
            trust = "trust"
            revocation_lists = ["a.crl", "/srv/b.crl", "http://crl.example/c.crl"]
            types = ["Z"]
            roles = ["01.015", "30.*"]
            subscribers = ["90000001"]
        "#;
        let uzi = parsed(text).expect("sound").within(Path::new("/etc/x"));
        assert_eq!(uzi.trust.as_deref(), Some(Path::new("/etc/x/trust")));
        let lists: Vec<_> = uzi.revocation_lists.iter().map(ToString::to_string).collect();
        assert_eq!(lists, ["/etc/x/a.crl", "/srv/b.crl", "http://crl.example/c.crl"]);
        assert_eq!(uzi.admission.kinds, [Kind::CareProvider]);
        let Roles::Only(roles) = &uzi.admission.roles else { panic!("roles were set") };
        assert_eq!(roles.len(), 2);
        assert!(matches!(&uzi.admission.subscribers, Subscribers::Only(set) if set.len() == 1));
    }

    #[test]
    fn each_wrong_value_is_named() {
        for (text, named) in [
            ("environment = \"both\"", "both"),
            ("revocation_lists = [\"ftp://x/y\"]", "ftp://x/y"),
            ("types = [\"S\"]", "S"),
            ("types = [\"z\"]", "z"),
            ("roles = [\"huisarts\"]", "huisarts"),
            ("subscribers = [\"123\"]", "123"),
            ("types = []", "types is empty"),
            ("roles = []", "roles is empty"),
            ("subscribers = []", "subscribers is empty"),
            ("crl = []", "crl"),
        ] {
            let error = parsed(text).expect_err(text);
            assert!(error.contains(named), "{text}: {error}");
        }
    }
}
