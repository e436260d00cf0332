//! The agent: speaks to security keys and smartcards for pages and desktop applications.
//!
//! `cli` -> `desk` -> `lang` -> `broker` -> {`consent`, `tokens`, `server`} -> `wire`; those three never
//! name each other, so that a key can be driven without a window and a window shown without a key.
//! `broker` decides and does nothing; `desk` does what it asks and decides nothing.

pub mod broker;
pub mod cancel;
pub mod channels;
pub mod cli;
pub mod clock;
pub mod config;
pub mod consent;
mod desk;
pub mod lang;
pub mod language;
pub mod origin;
pub mod secret;
pub mod server;
pub mod server_time;
pub mod sound;
pub mod tokens;
pub mod web;
pub mod webauthn;
