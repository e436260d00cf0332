//! Where person, token and server meet: what the broker's ceremonies ask, done with real windows,
//! readers, keys and servers. Nothing is decided here.

pub(crate) mod card;
pub(crate) mod choice;
pub(crate) mod key;
mod person;
