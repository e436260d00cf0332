//! The edges of ARCHITECTURE.md, held by reading manifests and sources.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace around tests").to_owned()
}

/// Every Rust file of a crate's `src`, as (path below `src`, text without comments).
fn sources(member: &str) -> Vec<(String, String)> {
    let src = root().join(member).join("src");
    let mut found = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a source folder") {
            let path = entry.expect("a folder entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).expect("UTF-8 source");
                let name =
                    path.strip_prefix(&src).expect("below src").to_string_lossy().into_owned();
                found.push((name, code(&text)));
            }
        }
    }
    assert!(!found.is_empty(), "{member} has sources");
    found
}

/// The lines of a source without comments and without what stands between quotation marks.
fn code(text: &str) -> String {
    let kept = text.lines().filter(|line| !line.trim_start().starts_with("//"));
    kept.map(unquoted).collect::<Vec<_>>().join("\n")
}

/// A line without its string literals; one that goes on in the next line counts to the line's end.
fn unquoted(line: &str) -> String {
    let line = line.replace("\\\"", "").replace("'\"'", "");
    line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")
}

/// Fails with each place where `word` stands outside the files that `may` names it.
fn only_in(member: &str, word: &str, may: impl Fn(&str) -> bool) {
    let found: Vec<String> = sources(member)
        .into_iter()
        .filter(|(name, _)| !may(name))
        .flat_map(|(name, text)| {
            let hits = text.lines().filter(|line| names(line, word)).map(str::trim);
            hits.map(|line| format!("{member}/src/{name}: {line}")).collect::<Vec<_>>()
        })
        .collect();
    assert!(found.is_empty(), "`{word}` does not belong here:\n{}", found.join("\n"));
}

/// True where `word` stands in `line` and is not a part of a longer identifier.
fn names(line: &str, word: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|s| s.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|s| s.chars().next());
        !before.is_some_and(inside) && !after.is_some_and(inside)
    })
}

fn clock(name: &str) -> bool {
    name.ends_with("clock.rs")
}

#[test]
fn crates_depend_only_downwards() {
    let ours = ["wire", "sleutelbos-server", "sleutelbos-agent", "firmware-sim"];
    for (member, allowed) in [
        ("wire", &[][..]),
        ("server", &["wire"]),
        ("agent", &["wire"]),
        ("firmware-sim", &["wire"]),
    ] {
        let text =
            std::fs::read_to_string(root().join(member).join("Cargo.toml")).expect("manifest");
        let manifest: toml::Table = text.parse().expect("TOML");
        let named: BTreeSet<&str> = ["dependencies", "dev-dependencies", "build-dependencies"]
            .into_iter()
            .filter_map(|table| manifest.get(table)?.as_table())
            .flat_map(|table| table.keys().map(String::as_str))
            .filter(|name| ours.contains(name))
            .collect();
        assert_eq!(named, allowed.iter().copied().collect(), "{member}");
    }
}

#[test]
fn a_word_is_found_whole_and_comments_do_not_count() {
    assert!(names("use sqlx::Row;", "sqlx"));
    assert!(!names("let my_sqlx = 1;", "sqlx"));
    assert_eq!(code("// sqlx\nfn f() {}"), "fn f() {}");
    assert_eq!(code(r#"f("sqlx \" sqlx", 1)"#), r#"f("", 1)"#);
}

#[test]
fn server_and_agent_never_name_the_simulator_or_each_other() {
    for member in ["server", "agent", "wire"] {
        only_in(member, "firmware_sim", |_| false);
    }
    only_in("server", "sleutelbos_agent", |_| false);
    only_in("agent", "sleutelbos_server", |_| false);
}

#[test]
fn only_http_names_axum() {
    only_in("server", "axum", |name| name.starts_with("http"));
    only_in("server", "axum_server", |name| name.starts_with("http"));
}

#[test]
fn only_storage_and_stores_name_sqlx() {
    only_in("server", "sqlx", |name| name.starts_with("storage") || name.ends_with("store.rs"));
}

#[test]
fn domains_never_name_http() {
    let joins = |name: &str| {
        name.starts_with("http") || name.starts_with("cli") || name == "main.rs" || name == "app.rs"
    };
    only_in("server", "crate::http", joins);
}

#[test]
fn only_the_clock_reads_the_time() {
    for member in ["server", "agent", "firmware-sim", "wire"] {
        for word in ["SystemTime::now", "Timestamp::now", "Zoned::now"] {
            only_in(member, word, clock);
        }
    }
}

/// Deadlines of real input and output may count on the monotonic clock; decisions may not.
#[test]
fn decisions_take_time_as_an_argument() {
    for member in ["server", "wire"] {
        only_in(member, "Instant::now", clock);
    }
    let devices = ["fido/", "uzi/", "pki/", "device.rs"];
    only_in("firmware-sim", "Instant::now", |name| !devices.iter().any(|d| name.starts_with(d)));
}

#[test]
fn wire_does_no_input_or_output() {
    for word in ["std::fs", "std::net", "std::io", "std::process", "std::env", "std::thread"] {
        let tests = |name: &str| name == "uzi/certificate.rs"; // its tests read the samples
        only_in("wire", word, tests);
    }
}

#[test]
fn the_agents_leaves_never_name_each_other() {
    for (leaf, others) in [
        ("tokens", ["crate::channels", "crate::server"]),
        ("channels", ["crate::tokens", "crate::server"]),
        ("server", ["crate::tokens", "crate::channels"]),
        ("consent", ["crate::tokens", "crate::channels"]),
    ] {
        for other in others {
            only_in("agent", other, |name| !name.starts_with(leaf));
        }
    }
}

#[test]
fn unsafe_code_stands_in_one_module() {
    for member in ["wire", "server", "agent"] {
        only_in(member, "unsafe", |_| false);
    }
    let ffi = |name: &str| {
        name.starts_with("world/") && name.contains("ffi")
            || name == "world/umockdev.rs"
            || name == "world/sys.rs"
    };
    only_in("firmware-sim", "unsafe", ffi);
}
