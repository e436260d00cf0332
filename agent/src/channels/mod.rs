//! The ways in which others ask the agent for something.

pub mod native;
