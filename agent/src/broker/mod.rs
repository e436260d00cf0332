//! What can happen while a person logs in, and what is done about it: one pure step a ceremony,
//! and a loop that carries out what the step asks.

pub mod card;
pub mod choice;
pub mod key;
pub mod web_eid;
