//! Simulated security keys and smartcards that unmodified software sees.

pub mod clock;
pub mod control;
pub mod device;
pub mod env;
pub mod fido;
pub mod pki;
pub mod secret;
pub mod trace;
pub mod transport;
pub mod uzi;
pub mod world;
