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

    /// Whether a change of it holds only once it was proven at the new place.
    pub const fn is_proven_there(self) -> bool {
        match self {
            Self::Email => true,
            Self::Address | Self::Telephone | Self::MainContact => false,
        }
    }

    /// Reads what [`Anchor::as_str`] wrote.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|anchor| anchor.as_str() == text)
    }
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
    /// When it holds.
    pub starts_at: Time,
    /// When it was proven at the new place.
    pub proven_at: Option<Time>,
}

impl Planned {
    /// Whether it waits to be proven at the new place, and does not hold without that.
    pub const fn is_unproven(&self) -> bool {
        self.anchor.is_proven_there() && self.proven_at.is_none()
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
