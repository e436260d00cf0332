//! Steps 10 to 12: which cards this server lets in. The defaults let in every named person with a
//! known role, of any organisation.

use std::collections::BTreeSet;

use wire::uzi::{Identity, Kind, Subscriber};

use super::refusal::Refusal;
use super::roles::{self, Pattern};

/// Which card types, roles and organisations are let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// Card types. Default: Z and N. S never lets a person in, whatever stands here.
    pub kinds: Vec<Kind>,
    /// Roles of type Z. Default: the known ones.
    pub roles: Roles,
    /// Organisations by subscriber number (URA). Default: any.
    pub subscribers: Subscribers,
}

/// Which roles are let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roles {
    /// Those in `roles.toml`.
    Known,
    /// Those that fit a pattern, known or not: whoever writes them knows them.
    Only(Vec<Pattern>),
}

/// Which organisations are let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subscribers {
    /// All of them.
    Any,
    /// Those with one of these numbers.
    Only(BTreeSet<Subscriber>),
}

impl Default for Admission {
    fn default() -> Self {
        Self {
            kinds: vec![Kind::CareProvider, Kind::NamedEmployee],
            roles: Roles::Known,
            subscribers: Subscribers::Any,
        }
    }
}

impl Admission {
    /// Runs steps 10 to 12.
    pub fn check(&self, identity: &Identity) -> Result<(), Refusal> {
        if identity.kind == Kind::Server || !self.kinds.contains(&identity.kind) {
            return Err(Refusal::Type(identity.kind));
        }
        if identity.kind == Kind::CareProvider {
            self.check_role(&identity.role.to_string())?;
        }
        match &self.subscribers {
            Subscribers::Only(numbers) if !numbers.contains(&identity.subscriber) => {
                Err(Refusal::Subscriber(identity.subscriber.to_string()))
            }
            Subscribers::Any | Subscribers::Only(_) => Ok(()),
        }
    }

    fn check_role(&self, role: &str) -> Result<(), Refusal> {
        match &self.roles {
            Roles::Only(patterns) if patterns.iter().any(|pattern| pattern.fits(role)) => Ok(()),
            Roles::Known if roles::name(role).is_some() => Ok(()),
            Roles::Only(_) if roles::name(role).is_some() => Err(Refusal::Role(role.to_owned())),
            Roles::Known | Roles::Only(_) => Err(Refusal::UnknownRole(role.to_owned())),
        }
    }
}
