//! Delivery: messages that must reach somebody, written in the transaction that makes them true.
//!
//! `run::tell` writes a row of the outbox; the `worker` of any node takes it, tries until it is
//! delivered or has lost its sense, and then leaves it for the operator. A message is delivered at
//! least once: a server that dies between a mail server's answer and its own commit sends it again,
//! with the same Message-ID (`docs/adr/0035-messages-leave-by-an-outbox.md`). Codes and calls for phones
//! go the same way, as long as they live (`docs/adr/0039-codes-leave-by-gateways.md`).

mod boxes;
pub mod email;
mod failure;
mod folder;
mod letter;
pub mod message;
pub(crate) mod numbers;
pub mod phone;
mod rules; // pure
pub mod run;
mod store; // SQL
pub mod trial;
pub mod worker;

pub use failure::Failure;

use crate::audit::{Actor, By};
use email::Mailer;
use message::{Message, Notice, Source};
use phone::gateways::{self, Gateways};
use std::sync::Arc;
use tokio::sync::Notify;

/// What brings messages to people.
#[derive(Debug)]
pub struct Delivery {
    mail: Mailer,
    /// What sends codes and makes calls.
    phone: Gateways,
    /// The language of whom none is known of.
    language: crate::text::Language,
    /// Wakes the worker of this node.
    wake: Arc<Notify>,
}

/// How messages reach people, as it is set.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How e-mail goes out.
    pub email: email::Settings,
    /// How codes go to phones.
    pub phone: gateways::Settings,
    /// The language that messages are written in.
    pub language: crate::text::Language,
}

impl Delivery {
    /// The ways that are set.
    ///
    /// Errors: [`email::Error`].
    pub fn new(settings: &Settings) -> Result<Self, email::Error> {
        Ok(Self {
            mail: Mailer::new(&settings.email)?,
            phone: Gateways::new(settings.phone.clone()),
            language: settings.language,
            wake: Arc::new(Notify::new()),
        })
    }

    /// The language of whom none is known of.
    pub(crate) const fn language(&self) -> crate::text::Language {
        self.language
    }

    /// What sends codes and makes calls, and knows who reports on them.
    pub const fn phone(&self) -> &Gateways {
        &self.phone
    }
}

/// A notice of what happened now, by who acts; `client` is what that one's browser calls itself.
pub(crate) fn notice(message: Message, by: &By, client: &str) -> Notice {
    let source = match &by.actor {
        Actor::Operator => Source::Operator,
        Actor::Clock => Source::Clock,
        Actor::ContactPerson { .. } => Source::ContactPerson,
        Actor::Owner { .. } | Actor::Visitor { .. } => Source::Client(client.to_owned()),
    };
    Notice { message, at: by.now, source }
}

/// The same, by the contact person of this name.
pub(crate) fn notice_by(message: Message, by: &By, manager: &str) -> Notice {
    Notice { message, at: by.now, source: Source::Manager(manager.to_owned()) }
}

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
