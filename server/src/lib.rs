//! Sleutelbos, the server: who logs in, how strongly, and what is remembered of it.
//!
//! `app` joins the parts; the domains below it decide purely and act through `storage`.

pub mod access;
pub mod accounts;
pub mod activation;
pub mod administration;
pub mod app;
pub mod audit;
pub mod authorisations;
mod batches;
pub mod budget;
mod causes;
mod challenges;
pub mod cli;
pub mod clock;
pub mod config;
pub mod delivery;
mod digits;
pub mod enrolment;
pub mod factors;
pub mod http;
pub mod id;
pub mod inbox;
mod key_file;
mod label;
pub mod letters;
pub mod lockout;
pub mod login;
pub mod management;
pub mod operator;
pub mod organisations;
pub mod password;
pub mod pin;
pub mod random;
pub mod recovery;
pub mod reset;
pub mod restored;
pub mod sealed;
pub mod secret;
pub mod sessions;
pub mod storage;
pub mod support;
pub mod text;
pub mod uzi;
pub mod waiver;
