//! Associated data: what a sealed value is bound to beside its key.

use super::Record;

/// The table, column and row of `record`, each behind its length, so that no two records have the same.
pub(super) fn data(record: &Record<'_>) -> Vec<u8> {
    let Record { place, row } = record;
    let parts = ["sleutelbos sealed 1", place.table, place.column, row];
    let lengths_first =
        |part: &&str| [&(part.len() as u64).to_be_bytes(), part.as_bytes()].concat();
    parts.iter().flat_map(lengths_first).collect()
}
