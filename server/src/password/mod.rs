//! Passwords: how they are chosen, kept and checked.

mod desks;
mod hasher;
mod memory;
pub mod policy;
pub(crate) mod store;
#[cfg(test)]
pub(crate) mod testing;

pub use hasher::{Admitted, Busy, Checked, Cost, Hash, Hasher};
