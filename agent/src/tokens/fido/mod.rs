//! Security keys: the ceremonies of CTAP2 and U2F, in host code of our own.
//!
//! A [`link::Link`] reaches one key; [`ceremony`] runs a registration or an authentication over
//! it and gives what a WebAuthn server takes.

pub mod ceremony;
mod ctap2;
pub mod error;
pub mod hid;
pub mod link;
pub mod manage;
pub mod nfc;
mod pin;
pub mod preflight;
#[cfg(test)]
mod script;
pub mod select;
mod u2f;
pub mod watch;
pub mod worker;
