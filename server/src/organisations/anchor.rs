//! What an organisation is held by, pure: its own anchors, and how one is planned.

use crate::clock::Time;

/// An anchor of an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Its registered e-mail address.
    Email,
    /// Its postal address.
    Address,
    /// The telephone number at which an operator calls it back.
    Telephone,
    /// Its main contact person.
    MainContact,
}

impl Anchor {
    /// Each.
    pub const ALL: [Self; 4] = [Self::Email, Self::Address, Self::Telephone, Self::MainContact];

    /// `email`, `address`, `telephone` or `main_contact`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Address => "address",
            Self::Telephone => "telephone",
            Self::MainContact => "main_contact",
        }
    }

    /// How a change of it is proven at the new place.
    pub const fn proof(self) -> Proof {
        match self {
            Self::Email => Proof::Link,
            Self::MainContact => Proof::LogIn,
            Self::Address | Self::Telephone => Proof::None,
        }
    }

    /// Reads what [`Anchor::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|anchor| anchor.as_str() == text)
    }
}

/// What shows that the new place of an anchor is there, before a change of it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Somebody uses the link that is mailed there.
    Link,
    /// Whoever it is to be logs in with a second factor meanwhile.
    LogIn,
    /// Nothing: the extract says it.
    None,
}

/// A change that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Of what.
    pub anchor: Anchor,
    /// What it will be, as it is kept.
    pub value: String,
    /// The same as people read it.
    pub shown: String,
    /// Since when it waits.
    pub planned_at: Time,
    /// When it holds.
    pub starts_at: Time,
    /// When it was proven at the new place.
    pub proven_at: Option<Time>,
}

impl Planned {
    /// Whether it waits to be proven at the new place, and does not hold without that.
    pub const fn is_unproven(&self) -> bool {
        match self.anchor.proof() {
            Proof::Link | Proof::LogIn => self.proven_at.is_none(),
            Proof::None => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_anchor_is_read_back_and_nothing_else_is_one(text in "\\PC{0,12}") {
            for anchor in Anchor::ALL {
                prop_assert_eq!(Anchor::parse(anchor.as_str()), Some(anchor));
            }
            let known = Anchor::ALL.iter().any(|anchor| anchor.as_str() == text);
            prop_assert_eq!(Anchor::parse(&text).is_some(), known);
        }
    }
}
