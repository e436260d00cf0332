//! The agent: speaks to security keys and smartcards for pages and desktop applications.
//!
//! `cli` -> `broker` -> {`consent`, `tokens`, `server`} -> `wire`; those three never name each
//! other, so that a key can be driven without a window and a window shown without a key.

pub mod broker;
pub mod cancel;
pub mod channels;
pub mod cli;
pub mod clock;
pub mod config;
pub mod consent;
pub mod lang;
pub mod origin;
pub mod secret;
pub mod server;
pub mod sound;
pub mod tokens;
pub mod webauthn;
