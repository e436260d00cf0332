//! Simulated security keys and smartcards that unmodified software sees.

pub mod device;
