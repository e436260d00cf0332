//! Command sets, one file each.

pub(super) mod myeid;
