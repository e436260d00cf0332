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
    for member in ["server", "agent", "wire"] {
        only_in(member, "Instant::now", clock);
    }
    // What the agent's ceremonies decide, they decide without a clock, a window or a wait.
    for word in ["Deadline", "Cancel", "std::thread", "std::process", "std::os"] {
        only_in("agent", word, |name| !name.starts_with("broker"));
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

/// What each of the agent's modules names of the others, which stand before it: `cli` -> `desk` ->
/// `lang` -> `broker` -> {`consent`, `tokens`, `server`}.
const AGENT: &[(&str, &[&str])] = &[
    ("cancel", &[]),
    ("clock", &[]),
    ("language", &[]),
    ("secret", &[]),
    ("origin", &[]),
    ("sound", &[]),
    ("server_time", &["origin"]),
    ("webauthn", &["origin"]),
    ("config", &["origin", "sound"]),
    ("channels", &["origin"]),
    ("consent", &["cancel", "clock", "secret", "sound"]),
    ("server", &["origin", "secret", "webauthn"]),
    ("tokens", &["cancel", "clock", "origin", "secret", "sound", "webauthn"]),
    ("broker", &["consent", "secret", "server", "tokens", "webauthn"]),
    ("lang", &["broker", "config", "consent", "language", "origin", "server", "tokens"]),
    (
        "desk",
        &[
            "broker", "cancel", "clock", "config", "consent", "lang", "language", "origin",
            "secret", "server", "tokens",
        ],
    ),
    (
        "cli",
        &[
            "broker",
            "cancel",
            "channels",
            "clock",
            "config",
            "consent",
            "desk",
            "lang",
            "language",
            "origin",
            "secret",
            "server",
            "server_time",
            "sound",
            "tokens",
        ],
    ),
];

#[test]
fn the_agents_modules_name_only_what_stands_below_them() {
    let modules: Vec<&str> = AGENT.iter().map(|(module, _)| *module).collect();
    let mut wrong = Vec::new();
    let mut unused: BTreeSet<(&str, &str)> = AGENT
        .iter()
        .flat_map(|(module, allowed)| allowed.iter().map(|other| (*module, *other)))
        .collect();
    for (name, text) in sources("agent") {
        let own = name.split(['/', '.']).next().unwrap_or_default().to_owned();
        if own == "lib" || own == "main" {
            continue;
        }
        let rule = AGENT.iter().find(|(module, _)| *module == own);
        let Some((_, allowed)) = rule else { panic!("agent/src/{name} has no rule") };
        let named = named_modules(&text, depth(&name), &modules);
        unused.retain(|(module, other)| *module != own || !named.contains(*other));
        let fits = |other: &String| *other == own || allowed.contains(&other.as_str());
        wrong.extend(named.into_iter().filter(|n| !fits(n)).map(|n| format!("{name}: {n}")));
    }
    assert!(wrong.is_empty(), "these edges do not belong there:\n{}", wrong.join("\n"));
    assert!(unused.is_empty(), "these edges are allowed and not there: {unused:?}");
}

#[test]
fn the_agents_modules_form_no_circle() {
    for (at, (module, allowed)) in AGENT.iter().enumerate() {
        for other in *allowed {
            let place = AGENT.iter().position(|(name, _)| name == other);
            assert!(place.is_some_and(|place| place < at), "{module} names {other}");
        }
    }
}

/// How many times `super::` leads from the file at `name` to the crate's root.
fn depth(name: &str) -> usize {
    name.trim_end_matches("/mod.rs").split('/').count()
}

/// The modules of the crate's root that `text` names: by `crate::`, in a group of it, or by as
/// many `super::` as lead there.
fn named_modules(text: &str, depth: usize, modules: &[&str]) -> BTreeSet<String> {
    let bare: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let bare = bare.replace(" ::", "::").replace(":: ", "::");
    let mut named = BTreeSet::new();
    let supers = "super::".repeat(depth);
    for (root, strict) in [("crate::", true), (supers.as_str(), false)] {
        for (at, _) in bare.match_indices(root) {
            let before = bare.get(..at).unwrap_or_default();
            let rest = bare.get(at + root.len()..).unwrap_or_default();
            // A part of a longer word or a longer way.
            if before.ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':') {
                continue;
            }
            let found = heads(rest).into_iter();
            named.extend(found.filter(|head| strict || modules.contains(&head.as_str())));
        }
    }
    // What is no module of the root is an item of `lib.rs` or a macro's `$crate`.
    named.retain(|name| modules.contains(&name.as_str()) || name == "*");
    named
}

/// The first words of a path, or of each path in the group that it begins with.
fn heads(path: &str) -> Vec<String> {
    let word = |text: &str| -> String {
        let text = text.trim_start().trim_start_matches("r#");
        text.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '*')).collect()
    };
    let Some(group) = path.strip_prefix('{') else { return vec![word(path)] };
    let mut heads = vec![word(group)];
    let mut open = 0_u32;
    for (at, c) in group.char_indices() {
        match c {
            '{' => open += 1,
            '}' if open == 0 => break,
            '}' => open -= 1,
            ',' if open == 0 => heads.push(word(group.get(at + 1..).unwrap_or_default())),
            _ => {}
        }
    }
    heads
}

#[test]
fn a_module_is_found_in_groups_and_by_any_way_to_the_root() {
    let find = |text: &str, depth| -> Vec<String> {
        named_modules(text, depth, &["server", "tokens", "lang"]).into_iter().collect()
    };
    assert_eq!(find("use crate::server::Client;", 1), ["server"]);
    assert_eq!(find("use crate::{tokens::{card, fido}, lang,\n  server};", 1).len(), 3);
    assert_eq!(find("use crate::{self as own, tokens as t};", 1), ["tokens"]);
    assert_eq!(find("let x = crate :: lang::pick();", 1), ["lang"]);
    assert_eq!(find("use super::{lang, other};", 1), ["lang"]);
    assert_eq!(find("use super::super::lang;", 2), ["lang"]);
    assert_eq!(find("use crate::*;", 1), ["*"]);
    assert!(find("use super::lang; use super::super::super::lang;", 2).is_empty());
    assert!(find("use other_crate::lang; use super::card;", 1).is_empty());
    assert_eq!([depth("server.rs"), depth("consent/mod.rs"), depth("cli/desk.rs")], [1, 1, 2]);
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
