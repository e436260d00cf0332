//! Every statement of every `store.rs`, prepared on both engines against the migrated tables.

use super::testing::both;
use super::{Running, Tx};
use sqlx::{AssertSqlSafe, Executor as _, SqlSafeStr as _};
use std::path::{Path, PathBuf};

fn stores(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            stores(&path, found);
        } else if path.file_name().is_some_and(|name| name == "store.rs") {
            found.push(path);
        }
    }
}

/// The statements in a source: what stands between the quotes after `const SQL: &str =`.
fn statements(source: &str) -> Vec<String> {
    source
        .split("const SQL: &str =")
        .skip(1)
        .map(|rest| {
            let (text, _) = rest.split_once("\";").expect("a statement is one literal");
            let text = text.trim_start().strip_prefix('"').expect("it begins with a quote");
            text.split("\\\n").map(str::trim_start).collect()
        })
        .collect()
}

#[test]
fn a_statement_over_several_lines_is_read_as_one() {
    let source = "const SQL: &str = \"SELECT 1 \\\n      FROM x\";\nconst SQL: &str =\n  \"B\";";
    assert_eq!(statements(source), ["SELECT 1 FROM x", "B"]);
}

#[tokio::test]
async fn every_statement_is_accepted_by_both_engines() {
    let mut files = vec![];
    stores(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut all = vec![];
    for path in files {
        let source = std::fs::read_to_string(&path).unwrap();
        let found = statements(&source);
        let written = source.matches("sqlx::query").count();
        assert_eq!(found.len(), written, "{}: a query without its own SQL", path.display());
        all.extend(found.into_iter().map(|statement| (path.clone(), statement)));
    }
    assert!(all.len() >= 40, "only {} statements were found", all.len());
    both(async |db| {
        let mut tx = db.write().await.unwrap();
        for (path, statement) in &all {
            let sql = AssertSqlSafe(statement.clone()).into_sql_str();
            let prepared = match &mut tx.running {
                Running::Sqlite(tx) => (&mut **tx).prepare(sql).await.map(drop),
                Running::Postgres(tx) => (&mut **tx).prepare(sql).await.map(drop),
            };
            if let Err(error) = prepared {
                panic!("{}: {statement}: {error}", path.display());
            }
        }
    })
    .await;
}

/// An event, its place and what was signed only ever come to it; but the operator may erase events.
#[test]
fn nothing_changes_an_audit_event_and_one_statement_removes_some() {
    let mut files = vec![];
    stores(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut removing = vec![];
    for path in files {
        for statement in statements(&std::fs::read_to_string(&path).unwrap()) {
            for table in ["audit", "audit_link", "audit_checkpoint"] {
                let words: Vec<&str> = statement.split_whitespace().collect();
                let does = |way: &[&str]| words.windows(way.len()).any(|found| found == way);
                let changes = does(&["UPDATE", table]) || statement.contains("ON CONFLICT (id)");
                assert!(!changes, "{}: {statement}", path.display());
                if does(&["DELETE", "FROM", table]) {
                    removing.push(statement.clone());
                }
            }
        }
    }
    let [one] = removing.as_slice() else { panic!("{removing:?}") };
    assert!(one.starts_with("DELETE FROM audit WHERE event NOT LIKE"), "{one}");
}

/// How an engine would carry out a statement, in its own words.
async fn plan(tx: &mut Tx, statement: &str) -> String {
    let literal = |statement: &str| {
        // The last number first, or $1 would be found in $12.
        (1..=12).rev().fold(statement.to_owned(), |text, n| text.replace(&format!("${n}"), "'25'"))
    };
    let statement = literal(statement);
    match &mut tx.running {
        Running::Sqlite(tx) => {
            let sql = AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}")).into_sql_str();
            let rows: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(sql).fetch_all(&mut **tx).await.unwrap();
            rows.into_iter().map(|row| row.3).collect::<Vec<_>>().join("\n")
        }
        Running::Postgres(tx) => {
            // Tables without rows are read whole by themselves; the question is whether they need be.
            for road in ["seqscan", "sort", "hashjoin", "mergejoin", "bitmapscan"] {
                let off = AssertSqlSafe(format!("SET LOCAL enable_{road} = off")).into_sql_str();
                sqlx::raw_sql(off).execute(&mut **tx).await.unwrap();
            }
            let sql = AssertSqlSafe(format!("EXPLAIN {statement}")).into_sql_str();
            let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut **tx).await.unwrap();
            rows.join("\n")
        }
    }
}

/// With a million accounts a page of the list, a search, and a name that nobody has cost as much as with
/// ten: an index finds where to begin, and gives the rows in their order.
#[tokio::test]
async fn colleagues_are_found_and_sorted_by_an_index() {
    const LISTS: [(&str, &str, &str); 4] = [
        ("administration/store.rs", "(sorted, id) >", "account_listed"),
        ("administration/store.rs", "(sorted, id) <", "account_listed"),
        ("administration/store.rs", "FROM account_word w", "account_word"),
        ("accounts/store.rs", "rtrim(username", "account_domain"),
    ];
    both(async |db| {
        let mut tx = db.read().await.unwrap();
        for (file, mark, index) in LISTS {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(file);
            let all = statements(&std::fs::read_to_string(path).unwrap());
            let statement = all.iter().find(|sql| sql.contains(mark)).expect("it is there");
            let plan = plan(&mut tx, statement).await;
            assert!(plan.contains(index), "{mark}: {plan}");
            for slow in ["SCAN ", "Seq Scan", "TEMP B-TREE", "Sort"] {
                assert!(!plan.contains(slow), "{mark}, {slow}: {plan}");
            }
        }
    })
    .await;
}
