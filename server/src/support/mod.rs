//! Support: what an operator does for somebody who called. It is confirmed before, by calling the number back
//! that is registered, or by a link to the address that is; nothing else that anybody says counts (ADR 0047).
//!
//! [`rules`] decides, `store` keeps the cases, [`run`] carries them out; [`removal`] what
//! takes away something to log in with.

pub mod removal;
pub mod rules; // pure
pub mod run;
mod store; // SQL
#[cfg(test)]
mod tests;
