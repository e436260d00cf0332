//! What `on!` says of a statement, said to SQLite: the words are those of sqlx, so that a query is
//! written once (`docs/adr/0002-one-sql-for-two-databases.md`).
//!
//! A statement has run when the word that runs it returns; what is awaited after it is there already.

use super::pool::Open;
use rusqlite::types::{FromSql, ToSql, ToSqlOutput, Value, ValueRef};
use rusqlite::{Error, Result, Row};
use sqlx::{SqlSafeStr, SqlStr};
use std::borrow::Cow;
use std::future::{Ready, ready};
use std::marker::PhantomData;

/// A statement, and what it is given in the places of `$1`, `$2`, …
pub(crate) struct Query<'q, Output = ()> {
    sql: SqlStr,
    given: Vec<Given<'q>>,
    output: PhantomData<fn() -> Output>,
}

/// A statement whose rows are read as `Output`, a tuple of as many columns.
pub(crate) struct Columns<Output>(PhantomData<fn() -> Output>);

/// A statement whose rows have one column.
pub(crate) struct Scalar<Output>(PhantomData<fn() -> Output>);

/// What a statement did.
pub(crate) struct Done(u64);

impl Done {
    /// How many rows it added, changed or removed.
    pub(crate) const fn rows_affected(&self) -> u64 {
        self.0
    }
}

/// A statement that gives no row.
pub(crate) fn query<'q>(sql: impl SqlSafeStr) -> Query<'q> {
    Query::new(sql)
}

/// A statement that gives rows of several columns.
pub(crate) fn query_as<'q, Output>(sql: impl SqlSafeStr) -> Query<'q, Columns<Output>> {
    Query::new(sql)
}

/// A statement that gives rows of one column.
pub(crate) fn query_scalar<'q, Output>(sql: impl SqlSafeStr) -> Query<'q, Scalar<Output>> {
    Query::new(sql)
}

impl<'q, Output> Query<'q, Output> {
    fn new(sql: impl SqlSafeStr) -> Self {
        Self { sql: sql.into_sql_str(), given: Vec::new(), output: PhantomData }
    }

    /// Gives it what stands in the next place.
    pub(crate) fn bind(mut self, value: impl Into<Given<'q>>) -> Self {
        self.given.push(value.into());
        self
    }

    /// Runs it, and `read`s what it gives.
    fn run<T>(
        &self,
        open: &Open,
        read: impl FnOnce(&mut rusqlite::CachedStatement<'_>) -> Result<T>,
    ) -> Result<T> {
        let sql = self.sql.as_str();
        let mut statement = open.connection.prepare_cached(sql)?;
        let wanted = statement.parameter_count();
        if wanted != self.given.len() {
            return Err(Error::InvalidParameterCount(self.given.len(), wanted));
        }
        for place in 1..=wanted {
            let given = number(&statement, place).and_then(|number| self.given.get(number - 1));
            let given = given.ok_or(Error::InvalidParameterCount(self.given.len(), wanted))?;
            statement.raw_bind_parameter(place, given)?;
        }
        open.fuse.timed(sql, || read(&mut statement))
    }

    /// Runs it for what it changes.
    pub(crate) fn execute(self, open: &mut Open) -> Ready<Result<Done>> {
        ready(self.run(open, |statement| {
            let mut rows = statement.raw_query();
            while rows.next()?.is_some() {}
            Ok(Done(open.connection.changes()))
        }))
    }
}

impl<Output: Read> Query<'_, Output> {
    /// All its rows.
    pub(crate) fn fetch_all(self, open: &mut Open) -> Ready<Result<Vec<Output::Row>>> {
        ready(self.rows(open))
    }

    /// Its first row, if there is one.
    pub(crate) fn fetch_optional(self, open: &mut Open) -> Ready<Result<Option<Output::Row>>> {
        ready(self.rows(open).map(|rows| rows.into_iter().next()))
    }

    /// Its first row.
    ///
    /// Errors: [`Error::QueryReturnedNoRows`].
    pub(crate) fn fetch_one(self, open: &mut Open) -> Ready<Result<Output::Row>> {
        let rows = self.rows(open);
        ready(rows.and_then(|rows| rows.into_iter().next().ok_or(Error::QueryReturnedNoRows)))
    }

    /// All of them, to the end: what a statement changes is only changed then.
    fn rows(&self, open: &Open) -> Result<Vec<Output::Row>> {
        self.run(open, |statement| {
            let (mut rows, mut found) = (statement.raw_query(), Vec::new());
            while let Some(row) = rows.next()? {
                found.push(Output::read(row)?);
            }
            Ok(found)
        })
    }
}

/// The number that a statement's parameter has by its name. To SQLite `$2` is a name as any other, and
/// what is named first has the first place.
fn number(statement: &rusqlite::Statement<'_>, place: usize) -> Option<usize> {
    let number = statement.parameter_name(place)?.strip_prefix('$')?.parse().ok()?;
    (number > 0).then_some(number)
}

/// How a row is read.
pub(crate) trait Read {
    /// As what.
    type Row;
    fn read(row: &Row<'_>) -> Result<Self::Row>;
}

impl<Output: FromSql> Read for Scalar<Output> {
    type Row = Output;

    fn read(row: &Row<'_>) -> Result<Output> {
        row.get(0)
    }
}

impl<Output> Read for Columns<Output>
where
    for<'r> Output: TryFrom<&'r Row<'r>, Error = Error>,
{
    type Row = Output;

    fn read(row: &Row<'_>) -> Result<Output> {
        Output::try_from(row)
    }
}

/// What a statement is given in one place; borrowed where it can be.
pub(crate) enum Given<'q> {
    Null,
    Integer(i64),
    Text(Cow<'q, str>),
    Bytes(Cow<'q, [u8]>),
}

impl ToSql for Given<'_> {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Null => ToSqlOutput::Owned(Value::Null),
            Self::Integer(number) => ToSqlOutput::Owned(Value::Integer(*number)),
            Self::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Self::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        })
    }
}

impl<'q, T: Into<Given<'q>>> From<Option<T>> for Given<'q> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// `Given::$variant` of these types.
macro_rules! given {
    ($($variant:ident: $($type:ty),+;)+) => {
        $($(
            impl<'q> From<$type> for Given<'q> {
                fn from(value: $type) -> Self {
                    Self::$variant(value.into())
                }
            }
        )+)+
    };
}

given! {
    Integer: i64, i32, bool;
    Text: &'q str, &'q String, String, Cow<'q, str>;
    Bytes: &'q [u8], Vec<u8>;
}
