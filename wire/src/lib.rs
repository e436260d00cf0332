//! Bytes and formats that more than one part of Sleutelbos speaks: no I/O, no clock.
//!
//! Each module is one format. A device, a host and a server meet here and nowhere else, so the
//! vectors of this crate come from specifications and from strangers' software, never from a
//! round trip through itself alone (`docs/adr/0005-what-wire-may-hold.md`).

pub mod apdu;
pub mod cbor;
pub mod ctap2;
pub mod ctaphid;
pub mod nfc;
pub mod u2f;
pub mod uzi;
pub mod web_eid;
