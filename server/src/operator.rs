//! Operators: staff of whoever runs the server, by the name that they give at its command line and the user of
//! the operating system as whom they do.
//!
//! The name is typed, not proven: whoever may run the command is believed. The user is what the machine knows of
//! who logged in. Together they keep two people apart who are to do a thing together, and say afterwards who did
//! it.

use crate::label;
use std::fmt;
use std::time::Duration;

/// The name of an operator, and as whom the machine knows who gave it.
#[derive(Clone, Debug)]
pub struct Operator {
    name: String,
    user: Option<User>,
}

/// A user of the operating system.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The number.
    pub id: u32,
    /// The name, where the machine has one in its own list.
    pub name: Option<String>,
}

/// A text that names nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an operator's name has 1 to 60 characters that can be seen, without [ and ]: your own, not that of a team"
)]
pub struct Nameless;

/// What is asked of operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Whether the user of the operating system tells them apart.
    pub users: Users,
    /// How long after it was confirmed an operator may take away the last of what an account logs in with.
    pub wait: Duration,
}

/// As whom operators run the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Users {
    /// Each as a user of their own.
    Own,
    /// All as one, so that names alone tell them apart.
    Shared,
}

impl Default for Policy {
    fn default() -> Self {
        Self { users: Users::Own, wait: Duration::from_secs(72 * 60 * 60) }
    }
}

impl Operator {
    /// Reads a name, given by nobody that the machine knows.
    ///
    /// Errors: [`Nameless`].
    pub fn parse(text: &str) -> Result<Self, Nameless> {
        let name = label::parse(text, LONGEST).filter(|name| !name.contains(['[', ']']));
        name.map(|name| Self { name, user: None }).ok_or(Nameless)
    }

    /// The same, as this user of the operating system.
    #[must_use]
    pub fn running_as(self, user: Option<User>) -> Self {
        Self { user, ..self }
    }

    /// Name and user, as they are kept: `Test Beheer [1000 test]`.
    pub fn recorded(&self) -> String {
        let Some(User { id, name }) = &self.user else { return self.name.clone() };
        match name {
            Some(user) => format!("{} [{id} {user}]", self.name),
            None => format!("{} [{id}]", self.name),
        }
    }

    /// Reads what [`Operator::recorded`] wrote.
    pub fn kept(text: &str) -> Self {
        let whole = || Self { name: text.to_owned(), user: None };
        let Some((name, user)) = text.strip_suffix(']').and_then(|text| text.rsplit_once(" ["))
        else {
            return whole();
        };
        let (id, of) = match user.split_once(' ') {
            Some((id, of)) => (id, Some(of.to_owned())),
            None => (user, None),
        };
        let Ok(id) = id.parse() else { return whole() };
        Self { name: name.to_owned(), user: Some(User { id, name: of }) }
    }

    /// Whether both may be one person: their names are the same but for capitals, spaces and marks between
    /// words; or one user of the operating system gave both, where each operator has a user.
    pub fn may_be(&self, other: &Self, users: Users) -> bool {
        let ids = (self.user.as_ref().map(|user| user.id), other.user.as_ref().map(|user| user.id));
        let one_user = users == Users::Own && ids.0.is_some() && ids.0 == ids.1;
        one_user || self.folded() == other.folded()
    }

    fn folded(&self) -> String {
        let letters = self.name.chars().filter(|letter| letter.is_alphanumeric());
        let folded: String = letters.flat_map(char::to_lowercase).collect();
        if folded.is_empty() { self.name.clone() } else { folded }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.recorded())
    }
}

/// Characters in a name, at most.
const LONGEST: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn name(text: &str) -> Operator {
        Operator::parse(text).unwrap()
    }

    fn by(text: &str, id: u32) -> Operator {
        name(text).running_as(Some(User { id, name: None }))
    }

    #[test]
    fn a_name_written_otherwise_is_the_same_operator() {
        for other in ["test beheer", " Test  Beheer ", "test.beheer", "TEST-BEHEER"] {
            assert!(name("Test Beheer").may_be(&name(other), Users::Own), "{other}");
        }
        for other in ["Test Beheer 2", "Tess Beheer", "?"] {
            assert!(!name("Test Beheer").may_be(&name(other), Users::Own), "{other}");
        }
        for text in ["", " ", "\u{200b}", &"x".repeat(61), "Test [0]", "]"] {
            assert_eq!(Operator::parse(text).map(drop), Err(Nameless), "{text:?}");
        }
    }

    #[test]
    fn two_names_of_one_user_are_one_operator_unless_all_share_a_user() {
        let (one, other) = (by("Test Een", 1000), by("Test Twee", 1000));
        assert!(one.may_be(&other, Users::Own));
        assert!(!one.may_be(&other, Users::Shared));
        assert!(!one.may_be(&by("Test Twee", 1001), Users::Own));
        for users in [Users::Own, Users::Shared] {
            assert!(one.may_be(&by("test een", 1001), users), "a name is one person's");
            assert!(!one.may_be(&name("Test Twee"), users), "nobody knows as whom");
        }
    }

    #[test]
    fn what_was_kept_before_there_were_users_is_a_name() {
        for text in ["Test Beheer", "Test [beheer]", "Test [x 1]", "]"] {
            let kept = Operator::kept(text);
            assert_eq!((kept.name.as_str(), kept.user), (text, None));
        }
    }

    proptest! {
        #[test]
        fn a_name_is_read_again(text in "\\PC{0,70}", id: Option<u32>, user in "[a-z0-9_-]{1,9}") {
            if let Ok(operator) = Operator::parse(&text) {
                let again = name(&operator.name);
                prop_assert!(again.may_be(&operator, Users::Shared));
                let user = id.map(|id| User { id, name: Some(user) });
                let operator = operator.running_as(user.clone());
                let kept = Operator::kept(&operator.recorded());
                prop_assert_eq!((kept.name, kept.user), (operator.name, user));
            }
        }
    }
}
