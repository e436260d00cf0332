//! Simulated security keys and smartcards that unmodified software sees.

pub mod clock;
pub mod device;
pub mod pki;
