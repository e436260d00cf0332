//! Columns by their names: what goes over many tables reads and replaces them here.

use super::{Result, Tx, on};
use sqlx::AssertSqlSafe;
use std::fmt;

/// A column of texts, and the one that names a row of its table. The names are the program's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: &'static str,
}

impl fmt::Display for Column {
    /// `table.column`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

/// How the texts of a column begin, with this many characters, and how many begin so.
pub(crate) async fn beginnings(
    tx: &mut Tx,
    Column { table, column, .. }: Column,
    characters: usize,
) -> Result<Vec<(String, i64)>> {
    let sql = || {
        AssertSqlSafe(format!(
            "SELECT substr({column}, 1, {characters}), COUNT(*) FROM {table} \
             WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY 1"
        ))
    };
    on!(tx, c => sqlx::query_as(sql()).fetch_all(c).await)
}

/// At most `most` rows after `after`, in their order, whose text does not begin with `beginning`: each
/// with its text.
pub(crate) async fn others(
    tx: &mut Tx,
    Column { table, column, row }: Column,
    beginning: &str,
    (after, most): (&str, u32),
) -> Result<Vec<(String, String)>> {
    let characters = beginning.chars().count();
    let sql = || {
        AssertSqlSafe(format!(
            "SELECT {row}, {column} FROM {table} \
             WHERE {row} > $1 AND {column} IS NOT NULL AND substr({column}, 1, {characters}) <> $2 \
             ORDER BY {row} LIMIT {most}"
        ))
    };
    on!(tx, c => sqlx::query_as(sql()).bind(after).bind(beginning).fetch_all(c).await)
}

/// Replaces the text of a row, if it is still `old`. Whether it was.
pub(crate) async fn replace(
    tx: &mut Tx,
    Column { table, column, row }: Column,
    id: &str,
    (old, new): (&str, &str),
) -> Result<bool> {
    let sql = || {
        AssertSqlSafe(format!(
            "UPDATE {table} SET {column} = $1 WHERE {row} = $2 AND {column} = $3"
        ))
    };
    let rows = on!(tx, c => sqlx::query(sql())
        .bind(new).bind(id).bind(old)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(rows == 1)
}
