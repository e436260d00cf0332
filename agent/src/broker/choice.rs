//! One person, several employers: which of the organisations is meant by what somebody named.

use crate::consent;
use crate::server::Account;
use crate::server::choice::Organisation;

/// Why no organisation was chosen, or not the one that was named.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// None of those to choose from is called so.
    #[error("no organisation {named} to choose")]
    Unknown {
        /// What was named.
        named: String,
        /// What there is to choose.
        offered: Vec<Organisation>,
    },
    /// Several are called so.
    #[error("several organisations {named}")]
    Ambiguous {
        /// What was named.
        named: String,
        /// Those that it fits.
        fitting: Vec<Organisation>,
    },
    /// Nothing was named, and there is nobody to ask.
    #[error("nobody can be asked which organisation is meant")]
    Unasked {
        /// What there is to choose.
        offered: Vec<Organisation>,
    },
    /// The person was asked and chose none.
    #[error("no organisation was chosen")]
    Unchosen {
        /// What there was to choose.
        offered: Vec<Organisation>,
    },
    /// Nothing was asked, for there was one account, and that is at another organisation.
    #[error("the account is not at {named}")]
    Elsewhere {
        /// What was named.
        named: String,
        /// Where the account is.
        organisation: String,
    },
    /// The person could not be asked.
    #[error("consent")]
    Consent(#[from] consent::Error),
}

impl Error {
    /// The organisations that a person or program can name instead.
    #[must_use]
    pub fn organisations(&self) -> &[Organisation] {
        match self {
            Self::Unknown { offered, .. }
            | Self::Unasked { offered }
            | Self::Unchosen { offered } => offered,
            Self::Ambiguous { fitting, .. } => fitting,
            Self::Elsewhere { .. } | Self::Consent(_) => &[],
        }
    }
}

/// The one of `offered` that `named` means: its AGB code, its id on the server, or its whole name, in
/// which capitals and the width of spaces do not count. A code or id is one organisation's, so it goes
/// before a name.
///
/// Errors: [`Error::Unknown`] and [`Error::Ambiguous`].
pub fn named<'o>(named: &str, offered: &'o [Organisation]) -> Result<&'o Organisation, Error> {
    let coded = offered.iter().find(|one| has_code(named, &one.id, one.agb.as_deref()));
    if let Some(one) = coded {
        return Ok(one);
    }
    let fitting: Vec<_> = offered.iter().filter(|one| has_name(named, &one.name)).collect();
    match fitting.as_slice() {
        [one] => Ok(one),
        [] => Err(Error::Unknown { named: named.to_owned(), offered: offered.to_vec() }),
        several => {
            let fitting = several.iter().map(|one| (*one).clone()).collect();
            Err(Error::Ambiguous { named: named.to_owned(), fitting })
        }
    }
}

/// Passes an account at the organisation that was named. Where a proof holds for one account, nobody is
/// asked, and that one may be elsewhere.
///
/// Errors: [`Error::Elsewhere`].
pub fn at(named: &str, account: &Account) -> Result<(), Error> {
    let name = account.organisation.as_deref().unwrap_or_default();
    let id = account.organisation_id.as_deref().unwrap_or_default();
    if has_code(named, id, account.agb.as_deref()) || has_name(named, name) {
        return Ok(());
    }
    Err(Error::Elsewhere { named: named.to_owned(), organisation: name.to_owned() })
}

fn has_code(named: &str, id: &str, agb: Option<&str>) -> bool {
    let named: String = named.split_whitespace().collect();
    !named.is_empty() && (named == id || Some(named.as_str()) == agb)
}

fn has_name(named: &str, name: &str) -> bool {
    let plain =
        |text: &str| text.split_whitespace().map(str::to_lowercase).collect::<Vec<_>>().join(" ");
    let named = plain(named);
    !named.is_empty() && named == plain(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(id: &str, name: &str, agb: Option<&str>) -> Organisation {
        Organisation { id: id.to_owned(), name: name.to_owned(), agb: agb.map(str::to_owned) }
    }

    fn offered() -> Vec<Organisation> {
        vec![
            one("a1", "FAKE Dokterspost", Some("01000002")),
            one("b2", "FAKE Huisartsenpraktijk De Linde", Some("01000001")),
            one("c3", "FAKE Twee Onder Een Naam", None),
            one("d4", "FAKE Twee Onder Een Naam", Some("01000004")),
            one("e5", "01000002", None),
        ]
    }

    fn check(text: &str, expected: Result<&str, &str>) {
        let offered = offered();
        let found = named(text, &offered).map(|one| one.id.as_str());
        let found = found.map_err(|error| match error {
            Error::Unknown { offered, .. } => format!("unknown of {}", offered.len()),
            Error::Ambiguous { fitting, .. } => format!("{} fit", fitting.len()),
            error @ (Error::Unasked { .. }
            | Error::Unchosen { .. }
            | Error::Elsewhere { .. }
            | Error::Consent(_)) => error.to_string(),
        });
        assert_eq!(found, expected.map_err(str::to_owned), "{text:?}");
    }

    #[test]
    fn an_organisation_is_named_by_its_code_its_id_or_its_whole_name() {
        check("01000001", Ok("b2"));
        check(" 01 000001 ", Ok("b2"));
        check("c3", Ok("c3"));
        check("fake  DOKTERSPOST", Ok("a1"));
        check("FAKE Huisartsenpraktijk De Linde ", Ok("b2"));
        check("01000002", Ok("a1")); // a code goes before a name
    }

    #[test]
    fn a_part_of_a_name_a_place_in_the_list_and_nothing_are_no_organisation() {
        for text in ["Dokterspost", "FAKE", "1", "", " ", "01000003"] {
            check(text, Err("unknown of 5"));
        }
        check("FAKE Twee onder een naam", Err("2 fit"));
    }

    #[test]
    fn an_account_is_at_the_organisation_that_was_named_or_elsewhere() {
        let account = |agb: Option<&str>, id: Option<&str>| Account {
            name: "Test Arts".to_owned(),
            username: "arts".to_owned(),
            organisation: Some("FAKE Dokterspost".to_owned()),
            organisation_id: id.map(str::to_owned),
            agb: agb.map(str::to_owned),
        };
        let whole = account(Some("01000002"), Some("a1"));
        for text in ["01000002", "a1", "fake dokterspost"] {
            assert!(at(text, &whole).is_ok(), "{text}");
        }
        for text in ["01000001", "b2", "FAKE", ""] {
            assert!(matches!(at(text, &whole), Err(Error::Elsewhere { .. })), "{text}");
        }
        assert!(at("", &account(None, None)).is_err(), "what is not said is no match");
    }
}
