//! Every statement of every `store.rs`, prepared on both engines against the migrated tables.

use super::testing::both;
use super::{Error, Running, Tx};
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
            let prepared = match &mut tx.running {
                Running::Sqlite(tx) => {
                    tx.connection.prepare(statement).map(drop).map_err(Error::from)
                }
                Running::Postgres(tx) => {
                    let sql = AssertSqlSafe(statement.clone()).into_sql_str();
                    (&mut **tx).prepare(sql).await.map(drop).map_err(Error::from)
                }
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
        (1..=30).rev().fold(statement.to_owned(), |text, n| text.replace(&format!("${n}"), "'25'"))
    };
    let statement = literal(statement);
    match &mut tx.running {
        Running::Sqlite(tx) => {
            let explain = format!("EXPLAIN QUERY PLAN {statement}");
            let mut explained = tx.connection.prepare(&explain).unwrap();
            let rows = explained.query_map([], |row| row.get::<_, String>(3)).unwrap();
            rows.map(Result::unwrap).collect::<Vec<_>>().join("\n")
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

/// The statements that go through a whole table or index on SQLite: the folder of the store, the table as
/// the statement calls it, and how the statement begins. Every other one is carried out by an index that
/// leads to what it is about, so that it costs the same with a thousand accounts and with a million.
const WHOLE: &[(&str, &str, &str)] = &[
    // The first rows of a table or index, and no more.
    ("audit", "audit_waiting", "SELECT 1 FROM audit_waiting LIMIT 1"),
    ("factors", "card", "SELECT 1 FROM card LIMIT 1"),
    ("support", "support_case", "SELECT id, account_id, purpose"),
    // An index of what is left to do: it is empty but for a moment after an upgrade.
    (
        "accounts",
        "account",
        "SELECT id, organisation_id, number, username, name, role, vouched FROM account WHERE sorted",
    ),
    // Events that wait for their place in the chain: those of the last seconds, by time.
    ("audit", "w", "SELECT a.id, a.at, a.account_id, a.event FROM audit_waiting w"),
    ("audit", "w", "SELECT COUNT(*), MIN(a.at) FROM audit_waiting w"),
    ("audit", "w", "SELECT w.event_id"),
    // What an operator asks for at the command line is all there is.
    ("audit", "a", "SELECT a.id FROM audit a WHERE NOT EXISTS"),
    ("authorisations", "authorisation", "SELECT id, COUNT(*)"),
    ("delivery", "outbox", "SELECT id, kind, content"),
    ("letters", "letter", "SELECT id, pin_id"),
    ("letters", "l", "SELECT COUNT(*), MIN(l.written_at)"),
    // Once an hour, what lives for a minute, or what few have at a time.
    ("access", "access_code", "DELETE FROM access_code WHERE account_id IN"),
    ("factors/email", "email_link", "DELETE FROM email_link WHERE owner IN"),
    ("factors/email", "email_change", "DELETE FROM email_change WHERE account_id IN"),
    ("factors/email", "former_email", "DELETE FROM former_email WHERE id IN"),
    ("factors/phone", "phone_draft", "DELETE FROM phone_draft WHERE session_id IN"),
    ("factors/sent", "sent_code", "DELETE FROM sent_code WHERE owner IN"),
    ("factors/totp", "totp_draft", "DELETE FROM totp_draft WHERE session_id IN"),
    ("letters", "l", "DELETE FROM letter WHERE id IN"),
    ("letters", "l", "DELETE FROM letter_sheet WHERE letter_id IN"),
    ("lockout/codes", "code_try", "DELETE FROM code_try WHERE id IN"),
    ("login", "login_code", "DELETE FROM login_code WHERE code_hash IN"),
    ("organisations", "organisation_change", "SELECT DISTINCT organisation_id"),
    // Once, after a back-up was put back: all there is.
    ("restored", "access_code", "DELETE FROM access_code"),
    ("restored", "email_change", "DELETE FROM email_change"),
    ("restored", "email_link", "DELETE FROM email_link"),
    ("restored", "letter_sheet", "DELETE FROM letter_sheet"),
    ("restored", "message_secret", "DELETE FROM message_secret"),
    ("restored", "organisation_change", "DELETE FROM organisation_change"),
    ("restored", "recovery_code", "DELETE FROM recovery_code"),
    ("restored", "sent_code", "DELETE FROM sent_code"),
    ("restored", "factor_reset", "UPDATE factor_reset"),
    ("restored", "login_code", "UPDATE login_code SET spent_at = $1 WHERE spent_at IS NULL"),
    ("restored", "pin", "UPDATE pin SET ended_at = $1 WHERE ended_at IS NULL"),
    ("restored", "session", "UPDATE session SET ended_at = $1 WHERE ended_at IS NULL"),
    ("restored", "support_case", "UPDATE support_case SET link_hash = NULL"),
    // Secrets that nobody asked for yet, when somebody becomes a contact person before activating.
    (
        "inbox",
        "s",
        "DELETE FROM message_secret WHERE message_id IN (SELECT s.message_id FROM message_secret s CROSS",
    ),
    // Of tests.
    ("accounts", "account", "UPDATE account SET number = NULL"),
    ("accounts", "account", "UPDATE account SET ended_at = 1"),
    ("audit", "a", "SELECT a.at, a.event, p.content"),
    ("inbox", "message_secret", "SELECT sealed FROM message_secret ORDER BY"),
    ("organisations", "organisation", "SELECT COUNT(*) FROM organisation"),
];

/// What is removed by its time alone may be as much as there is: a limit says how much of it at once.
#[test]
fn what_is_removed_by_its_time_is_removed_in_batches() {
    let mut files = vec![];
    stores(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    let mut limited = 0;
    for path in files {
        for statement in statements(&std::fs::read_to_string(&path).unwrap()) {
            let by_time = statement.starts_with("DELETE FROM") && statement.contains(" <");
            // One that names whose it is removes that.
            if !by_time || statement.contains(" = $") || statement.contains("seq <= $") {
                continue;
            }
            assert!(statement.contains(" LIMIT "), "{}: {statement}", path.display());
            limited += 1;
        }
    }
    assert!(limited >= 20, "only {limited} such statements were found");
}

/// What a plan of SQLite goes through from one end to the other, an index that it makes for it too.
fn scanned(plan: &str) -> Vec<&str> {
    let scans = plan.lines().filter_map(|line| line.strip_prefix("SCAN "));
    let makes = plan.lines().filter(|line| line.contains(" AUTOMATIC "));
    let makes = makes.filter_map(|line| line.strip_prefix("SEARCH "));
    scans.chain(makes).filter_map(|what| what.split_whitespace().next()).collect()
}

#[test]
fn a_scan_is_told_from_a_search() {
    let plan = "SEARCH s USING INDEX session_token (token_hash=?)\nLIST SUBQUERY 1\n\
                SCAN account USING INDEX account_domain\nSCAN w\n\
                SEARCH p USING AUTOMATIC COVERING INDEX (id=?)";
    assert_eq!(scanned(plan), ["account", "w", "p"]);
}

#[tokio::test]
async fn no_statement_goes_through_a_whole_table_but_those_that_are_named() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![];
    stores(&src, &mut files);
    let check = async |db: super::Db| {
        let mut tx = db.write().await.unwrap();
        let (mut unnamed, mut idle) = (vec![], WHOLE.to_vec());
        for path in &files {
            let room = path.parent().and_then(|room| room.strip_prefix(&src).ok()).unwrap();
            for statement in statements(&std::fs::read_to_string(path).unwrap()) {
                let plan = plan(&mut tx, &statement).await;
                for table in scanned(&plan) {
                    let is = |row: &&(&str, &str, &str)| {
                        Path::new(row.0) == room && row.1 == table && statement.starts_with(row.2)
                    };
                    match WHOLE.iter().find(is) {
                        Some(named) => idle.retain(|row| row != named),
                        None => unnamed.push(format!("{}: {table}: {statement}", room.display())),
                    }
                }
            }
        }
        assert!(unnamed.is_empty(), "{}", unnamed.join("\n"));
        assert!(idle.is_empty(), "named, and no statement needs it: {idle:?}");
    };
    super::testing::on_sqlite(&check).await;
}
