//! Worlds as a user sees them: real programs in them, signals from outside, several at once.

mod devices;
mod examples;
mod ground;
mod life;
mod refused;
