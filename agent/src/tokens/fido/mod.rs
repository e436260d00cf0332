//! Security keys: the ceremonies of CTAP2 and U2F, in host code of our own.

pub mod hid;
pub mod manage;
pub mod worker;
