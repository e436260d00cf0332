//! The hardware: security keys and smartcards. Nothing here asks a person or calls a server.

pub mod card;
pub mod fido;
