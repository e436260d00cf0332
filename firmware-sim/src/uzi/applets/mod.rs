//! Command sets, one file each.

pub(super) mod isoapplet;
pub(super) mod myeid;
