//! The edges of ARCHITECTURE.md, held by reading manifests and sources.

use std::collections::{BTreeMap, BTreeSet};
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
fn only_storage_names_the_databases() {
    only_in("server", "sqlx", |name| name.starts_with("storage") || name.ends_with("store.rs"));
    only_in("server", "rusqlite", |name| name.starts_with("storage"));
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
    ("web", &["origin"]),
    ("server_time", &["origin", "web"]),
    ("webauthn", &["origin"]),
    ("config", &["origin", "sound"]),
    ("channels", &["origin"]),
    ("consent", &["cancel", "clock", "secret", "sound"]),
    ("server", &["origin", "secret", "web", "webauthn"]),
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

/// What each of the simulator's modules names of the others, which stand before it: `cli` -> `world`
/// -> {`control`, `transport`} and, beside them, the devices, which know nothing of where they run.
const FIRMWARE_SIM: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("secret", &[]),
    ("env", &[]),
    ("device", &[]),
    ("pki", &["env"]),
    ("fido", &["device", "env", "secret"]),
    ("uzi", &["device", "env", "pki"]),
    ("transport", &["device"]),
    // What happened to a device, and USB's words for it.
    ("trace", &["device", "transport"]),
    // What is asked of a world, and what it answers.
    ("control", &[]),
    ("world", &["control", "device", "transport"]),
    ("cli", &["clock", "control", "env", "fido", "pki", "trace", "transport", "uzi", "world"]),
];

/// Fails where a module of `member` names what its table does not allow, where the table allows what
/// is not there, and where it holds a circle: each module names only what stands above it.
fn check_modules(member: &str, library: &str, table: &[(&str, &[&str])]) {
    let modules: Vec<&str> = table.iter().map(|(module, _)| *module).collect();
    for (place, (module, allowed)) in table.iter().enumerate() {
        let above = modules.get(..place).unwrap_or_default();
        let strays: Vec<_> = allowed.iter().filter(|name| !above.contains(name)).collect();
        assert!(strays.is_empty(), "{member}: {module} names {strays:?}, which stand below it");
    }
    let mut wrong = Vec::new();
    let mut unused: BTreeSet<(&str, &str)> = table
        .iter()
        .flat_map(|(module, allowed)| allowed.iter().map(|other| (*module, *other)))
        .collect();
    for (name, text) in sources(member) {
        let own = name.split(['/', '.']).next().unwrap_or_default().to_owned();
        if own == "lib" || own == "main" {
            continue;
        }
        let rule = table.iter().find(|(module, _)| *module == own);
        let Some((_, allowed)) = rule else { panic!("{member}/src/{name} has no rule") };
        // A command line beside the library names it as the crate that it is.
        let text = text.replace(&format!("{library}::"), "crate::");
        let named = named_modules(&text, depth(&name), &modules);
        unused.retain(|(module, other)| *module != own || !named.contains(*other));
        let fits = |other: &String| *other == own || allowed.contains(&other.as_str());
        wrong.extend(named.into_iter().filter(|n| !fits(n)).map(|n| format!("{name}: {n}")));
    }
    assert!(wrong.is_empty(), "{member}: these edges do not belong there:\n{}", wrong.join("\n"));
    assert!(unused.is_empty(), "{member}: these edges are allowed and not there: {unused:?}");
}

#[test]
fn the_agents_modules_name_only_what_stands_below_them() {
    check_modules("agent", "sleutelbos_agent", AGENT);
}

#[test]
fn the_simulators_modules_name_only_what_stands_below_them() {
    check_modules("firmware-sim", "firmware_sim", FIRMWARE_SIM);
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

/// What each of the server's modules may name of the others, lowest first: parts that know one thing
/// each, then what joins them (`app`), what people do with them, and what speaks to people. A module
/// names only what stands above it in this table, so there are no circles. `run` of accounts and of
/// sessions is a layer of its own: what people are and have stands below `app`, doing stands above it.
const SERVER: &[(&str, &[&str])] = &[
    ("causes", &[]),
    ("label", &[]),
    // By what name somebody acts at the command line.
    ("operator", &["label"]),
    ("random", &[]),
    ("clock", &[]),
    ("id", &["random"]),
    ("secret", &["random"]),
    ("digits", &["random", "secret"]),
    ("storage", &["causes", "clock", "secret"]),
    // Removes what lapsed.
    ("batches", &["storage"]),
    ("key_file", &["random", "secret", "storage"]),
    ("sealed", &["causes", "clock", "key_file", "random", "secret", "storage"]),
    ("budget", &["clock"]),
    ("challenges", &["clock", "storage"]),
    ("lockout", &["clock", "id", "random", "storage"]),
    ("password", &["clock", "id", "random", "secret", "storage"]),
    ("uzi", &["label"]),
    // A card is what `uzi` believes.
    ("factors", &["batches", "clock", "id", "random", "sealed", "secret", "storage", "uzi"]),
    // Decides which kinds, cards and blocks its people have.
    ("organisations", &["clock", "factors", "id", "label", "lockout", "secret", "storage", "uzi"]),
    // Tells what happened in the words of those to whom it happened.
    (
        "audit",
        &["clock", "factors", "id", "lockout", "random", "sealed", "secret", "storage", "uzi"],
    ),
    ("accounts", &["clock", "factors", "id", "label", "password", "random", "storage"]),
    ("pin", &["accounts", "clock", "id", "password", "random", "secret", "storage"]),
    ("inbox", &["audit", "clock", "id", "sealed", "storage"]),
    ("waiver", &["accounts", "clock", "id", "password", "storage"]),
    ("sessions", &["audit", "clock", "factors", "id", "random", "secret", "storage"]),
    (
        "recovery",
        &[
            "clock", "digits", "factors", "id", "password", "random", "secret", "sessions",
            "storage",
        ],
    ),
    ("access", &["clock", "digits", "factors", "id", "password", "random", "secret", "storage"]),
    ("reset", &["clock", "factors", "id", "secret", "storage"]),
    // What people read, on pages and in messages.
    ("text", &["clock"]),
    // Named in words of both languages.
    ("authorisations", &["id", "label", "storage", "text"]),
    // What is told and how it is brought; posting and delivering it stand above `app`.
    (
        "delivery",
        &[
            "audit", "clock", "factors", "id", "label", "lockout", "random", "sealed", "secret",
            "storage", "text",
        ],
    ),
    // What a letter says, how it looks, and who can open it; writing and exporting stand above `app`.
    ("letters", &["clock", "id", "organisations", "secret", "storage", "text"]),
    // Parses into the final types of whom it configures.
    (
        "config",
        &[
            "authorisations",
            "budget",
            "delivery",
            "factors",
            "label",
            "letters",
            "lockout",
            "operator",
            "password",
            "recovery",
            "secret",
            "sessions",
            "storage",
            "text",
            "uzi",
        ],
    ),
    (
        "app",
        &[
            "accounts",
            "audit",
            "budget",
            "challenges",
            "clock",
            "config",
            "delivery",
            "factors",
            "key_file",
            "password",
            "random",
            "sealed",
            "storage",
            "uzi",
        ],
    ),
    ("sealed/run", &["app", "audit", "sealed"]),
    ("restored", &["app", "audit", "clock", "storage"]),
    ("delivery/phone/run", &["app", "clock", "delivery", "id", "sealed", "storage", "text"]),
    ("delivery/boxes", &["accounts", "audit", "delivery", "id", "inbox", "storage"]),
    (
        "delivery/run",
        &[
            "accounts",
            "app",
            "audit",
            "batches",
            "clock",
            "delivery",
            "delivery/boxes",
            "factors",
            "id",
            "lockout",
            "organisations",
            "sealed",
            "storage",
            "text",
        ],
    ),
    (
        "delivery/numbers",
        &[
            "accounts",
            "app",
            "delivery",
            "delivery/phone/run",
            "factors",
            "id",
            "organisations",
            "storage",
        ],
    ),
    (
        "authorisations/run",
        &["app", "audit", "authorisations", "delivery", "delivery/run", "id", "storage"],
    ),
    ("delivery/trial", &["app", "delivery", "delivery/run", "id", "secret", "storage"]),
    ("delivery/worker", &["app", "causes", "delivery", "delivery/run", "storage"]),
    ("sessions/run", &["app", "audit", "batches", "id", "secret", "sessions", "storage"]),
    // Who manages, one rule for all who ask.
    (
        "management",
        &["accounts", "app", "audit", "clock", "id", "organisations", "sessions", "storage"],
    ),
    (
        "reset/run",
        &[
            "app",
            "audit",
            "delivery",
            "delivery/numbers",
            "delivery/run",
            "factors",
            "id",
            "recovery",
            "reset",
            "secret",
            "sessions",
            "storage",
        ],
    ),
    (
        "accounts/run",
        &[
            "accounts",
            "app",
            "audit",
            "clock",
            "delivery",
            "delivery/run",
            "factors",
            "id",
            "label",
            "lockout",
            "operator",
            "organisations",
            "password",
            "secret",
            "sessions",
            "sessions/run",
            "storage",
            "waiver",
        ],
    ),
    (
        "login",
        &[
            "access",
            "accounts",
            "app",
            "audit",
            "batches",
            "challenges",
            "clock",
            "delivery",
            "delivery/phone/run",
            "delivery/run",
            "factors",
            "id",
            "lockout",
            "organisations",
            "password",
            "pin",
            "random",
            "recovery",
            "reset",
            "reset/run",
            "sealed",
            "secret",
            "sessions",
            "storage",
            "text",
            "uzi",
            "waiver",
        ],
    ),
    (
        "letters/run",
        &[
            "accounts",
            "app",
            "audit",
            "batches",
            "clock",
            "delivery",
            "delivery/run",
            "id",
            "letters",
            "lockout",
            "login",
            "operator",
            "organisations",
            "password",
            "pin",
            "secret",
            "storage",
            "text",
        ],
    ),
    (
        "inbox/run",
        &[
            "accounts",
            "app",
            "audit",
            "batches",
            "delivery",
            "delivery/run",
            "id",
            "lockout",
            "login",
            "management",
            "pin",
            "sealed",
            "secret",
            "sessions",
            "storage",
        ],
    ),
    (
        "recovery/run",
        &[
            "accounts",
            "app",
            "audit",
            "clock",
            "delivery",
            "delivery/run",
            "factors",
            "id",
            "lockout",
            "login",
            "password",
            "recovery",
            "sessions",
            "storage",
        ],
    ),
    (
        "enrolment",
        &[
            "accounts",
            "app",
            "audit",
            "challenges",
            "clock",
            "delivery",
            "delivery/numbers",
            "delivery/phone/run",
            "delivery/run",
            "factors",
            "id",
            "label",
            "lockout",
            "login",
            "operator",
            "organisations",
            "password",
            "recovery/run",
            "reset",
            "reset/run",
            "sealed",
            "secret",
            "sessions",
            "storage",
            "text",
            "uzi",
        ],
    ),
    (
        "accounts/anchors",
        &[
            "accounts",
            "accounts/run",
            "app",
            "audit",
            "clock",
            "delivery",
            "delivery/run",
            "enrolment",
            "id",
            "login",
            "operator",
            "organisations",
            "secret",
            "storage",
        ],
    ),
    // Another name for somebody, by an operator.
    (
        "accounts/renaming",
        &[
            "accounts",
            "accounts/run",
            "app",
            "audit",
            "delivery",
            "delivery/run",
            "login",
            "operator",
        ],
    ),
    // By whom a new address of an organisation is proven.
    (
        "accounts/anchors/proof",
        &[
            "accounts",
            "accounts/anchors",
            "app",
            "audit",
            "clock",
            "delivery",
            "delivery/run",
            "factors",
            "id",
            "organisations",
            "secret",
            "storage",
        ],
    ),
    (
        "activation",
        &[
            "accounts",
            "accounts/run",
            "app",
            "audit",
            "authorisations",
            "authorisations/run",
            "clock",
            "delivery",
            "delivery/run",
            "enrolment",
            "factors",
            "id",
            "inbox",
            "label",
            "letters",
            "letters/run",
            "lockout",
            "login",
            "management",
            "operator",
            "organisations",
            "password",
            "pin",
            "secret",
            "sessions",
            "storage",
            "uzi",
        ],
    ),
    (
        "administration",
        &[
            "access",
            "accounts",
            "accounts/anchors",
            "activation",
            "app",
            "audit",
            "authorisations",
            "authorisations/run",
            "clock",
            "delivery",
            "delivery/run",
            "enrolment",
            "factors",
            "id",
            "inbox",
            "label",
            "letters/run",
            "lockout",
            "login",
            "management",
            "organisations",
            "password",
            "pin",
            "sessions",
            "storage",
            "uzi",
            "waiver",
        ],
    ),
    // What an operator does for who called.
    (
        "support",
        &[
            "access",
            "accounts",
            "accounts/run",
            "activation",
            "app",
            "audit",
            "batches",
            "clock",
            "delivery",
            "delivery/run",
            "enrolment",
            "factors",
            "id",
            "letters/run",
            "lockout",
            "login",
            "operator",
            "organisations",
            "password",
            "secret",
            "storage",
        ],
    ),
    (
        "http",
        &[
            "access",
            "accounts",
            "accounts/anchors",
            "accounts/run",
            "activation",
            "administration",
            "app",
            "authorisations",
            "authorisations/run",
            "budget",
            "causes",
            "clock",
            "delivery",
            "enrolment",
            "factors",
            "id",
            "inbox",
            "inbox/run",
            "label",
            "letters",
            "letters/run",
            "lockout",
            "login",
            "management",
            "organisations",
            "password",
            "pin",
            "random",
            "recovery",
            "recovery/run",
            "reset",
            "secret",
            "sessions",
            "sessions/run",
            "storage",
            "support",
            "text",
            "uzi",
            "waiver",
        ],
    ),
    (
        "cli",
        &[
            "accounts",
            "accounts/anchors",
            "accounts/run",
            "activation",
            "administration",
            "app",
            "audit",
            "authorisations",
            "authorisations/run",
            "causes",
            "clock",
            "config",
            "delivery",
            "delivery/run",
            "enrolment",
            "factors",
            "http",
            "id",
            "inbox/run",
            "label",
            "letters",
            "letters/run",
            "lockout",
            "login",
            "operator",
            "organisations",
            "password",
            "restored",
            "sealed",
            "sealed/run",
            "secret",
            "sessions/run",
            "storage",
            "support",
            "uzi",
        ],
    ),
];

#[test]
fn the_servers_modules_name_only_what_stands_below_them() {
    let units: Vec<&str> = SERVER.iter().map(|(unit, _)| *unit).collect();
    for (place, (unit, allowed)) in SERVER.iter().enumerate() {
        let below = units.get(..place).unwrap_or_default();
        let strays: Vec<_> = allowed.iter().filter(|name| !below.contains(name)).collect();
        assert!(strays.is_empty(), "{unit} names {strays:?}, which do not stand above it");
    }
    let mut wrong = Vec::new();
    for (name, text) in production("server") {
        let own = unit_of(&name, &units);
        if ["lib", "main"].contains(&own.as_str()) {
            continue;
        }
        let rule = SERVER.iter().find(|(unit, _)| *unit == own);
        let Some((_, allowed)) = rule else { panic!("server/src/{name} has no rule") };
        let family = own.split('/').next().unwrap_or_default();
        for named in named_units(&text, depth(&name), &units) {
            // A layer names its own lower part, and what is declared beside it, by `super::`.
            if named != own && named != family && !allowed.contains(&named.as_str()) {
                wrong.push(format!("{name}: {named}"));
            }
        }
    }
    assert!(wrong.is_empty(), "these edges do not belong there:\n{}", wrong.join("\n"));
}

/// The sources of a crate without their tests.
fn production(member: &str) -> Vec<(String, String)> {
    let tests = ["tests", "testing", "samples", "altered", "damage"];
    let is_test =
        |name: &str| name.trim_end_matches(".rs").split('/').any(|part| tests.contains(&part));
    let sources = sources(member).into_iter().filter(|(name, _)| !is_test(name));
    sources.map(|(name, text)| (name, untested(&text).to_owned())).collect()
}

/// A source up to its first test module; tests stand last (STYLE 2).
fn untested(text: &str) -> &str {
    let opens = |at: usize| {
        let line = text.get(at..).unwrap_or_default().lines().nth(1).unwrap_or_default();
        line.contains("mod ") && line.trim_end().ends_with('{')
    };
    let first = text.match_indices("#[cfg(test)]").map(|(at, _)| at).find(|at| opens(*at));
    first.and_then(|at| text.get(..at)).unwrap_or(text)
}

/// The unit of the table that a file belongs to: a file of its own there, else the first folder.
fn unit_of(name: &str, units: &[&str]) -> String {
    let path = name.trim_end_matches(".rs");
    if units.contains(&path) { path } else { path.split('/').next().unwrap_or_default() }.to_owned()
}

/// The units that `text` names; `accounts::run` where it names that, and not `accounts` for it.
fn named_units(text: &str, depth: usize, units: &[&str]) -> BTreeSet<String> {
    let layered: Vec<&str> = units.iter().filter_map(|unit| unit.strip_suffix("/run")).collect();
    let bare: String = text.split_whitespace().collect();
    let mut named = named_modules(text, depth, units);
    for module in layered {
        let way = format!("{module}::");
        let parts: BTreeSet<String> = bare
            .match_indices(&way)
            .flat_map(|(at, _)| heads(bare.get(at + way.len()..).unwrap_or_default()))
            .collect();
        if parts.contains("run") {
            named.insert(format!("{module}/run"));
            let runs_only = parts.iter().all(|part| part == "run");
            if runs_only {
                named.remove(module);
            }
        }
    }
    named
}

#[test]
fn a_layer_is_found_in_production_code_only() {
    let units = ["sessions", "sessions/run", "login"];
    let find = |text: &str| -> Vec<String> { named_units(text, 1, &units).into_iter().collect() };
    assert_eq!(find("use crate::sessions::{Session, run};"), ["sessions", "sessions/run"]);
    assert_eq!(find("crate::sessions::run::end()"), ["sessions/run"]);
    assert_eq!(find("use crate::sessions::Session;"), ["sessions"]);
    assert_eq!(unit_of("sessions/run.rs", &units), "sessions/run");
    assert_eq!(unit_of("sessions/store.rs", &units), "sessions");
    assert_eq!(untested("a\n#[cfg(test)]\nmod tests;\nb"), "a\n#[cfg(test)]\nmod tests;\nb");
    assert_eq!(untested("a\n#[cfg(test)]\nmod tests {\n b }"), "a\n");
    assert_eq!(untested("a\n#[cfg(test)]\npub(crate) mod tests {\n b }"), "a\n");
}

/// Whoever speaks to people asks the domains; transactions and SQL are theirs.
#[test]
fn http_and_the_command_line_open_no_transaction() {
    for (name, text) in production("server") {
        if name.starts_with("http") || name.starts_with("cli") {
            for word in ["store", "db.read", "db.write", "Tx"] {
                let hits: Vec<&str> = text.lines().filter(|line| names(line, word)).collect();
                assert!(hits.is_empty(), "server/src/{name}: {hits:?}");
            }
        }
    }
}

#[test]
fn files_of_one_folder_name_each_other_in_one_direction() {
    for member in ["server", "firmware-sim"] {
        let files = production(member);
        let folders: BTreeSet<&str> =
            files.iter().filter_map(|(name, _)| Some(name.rsplit_once('/')?.0)).collect();
        for folder in folders {
            let edges = edges_within(folder, &files);
            let mut left: BTreeSet<&String> = edges.keys().collect();
            // What names nobody that is left is in order; what remains when none is, is a circle.
            while let Some(free) =
                left.iter().copied().find(|one| edges[*one].iter().all(|to| !left.contains(to)))
            {
                left.remove(free);
            }
            assert!(left.is_empty(), "a circle in {member}/src/{folder}: {left:?}");
        }
    }
}

/// The files and folders directly in `folder`, and which of the others each names.
fn edges_within(folder: &str, files: &[(String, String)]) -> BTreeMap<String, BTreeSet<String>> {
    let inside = |name: &String| Some(name.strip_prefix(folder)?.strip_prefix('/')?.to_owned());
    let head =
        |rest: &str| rest.trim_end_matches(".rs").split('/').next().unwrap_or_default().to_owned();
    let own: Vec<(String, &str, usize)> = files
        .iter()
        .filter_map(|(name, text)| {
            Some((head(&inside(name)?), text.as_str(), depth(&inside(name)?)))
        })
        .filter(|(head, _, _)| head != "mod")
        .collect();
    let modules: Vec<&str> = own.iter().map(|(head, _, _)| head.as_str()).collect();
    let mut edges: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (head, text, depth) in &own {
        let from_root = format!("crate::{}::", folder.replace('/', "::"));
        let text = text.replace(&from_root, &"super::".repeat(*depth));
        let text = text.replace("crate::", "elsewhere::");
        let mut named = named_modules(&text, *depth, &modules);
        named.remove(head);
        edges.entry(head.clone()).or_default().extend(named);
    }
    edges
}

#[test]
fn unsafe_code_stands_in_one_module_of_the_simulator_and_one_call_of_the_server() {
    for member in ["wire", "agent"] {
        only_in(member, "unsafe", |_| false);
    }
    // one call, for large pages (docs/adr/0056)
    only_in("server", "unsafe", |name| name == "password/memory.rs");
    // the library that programs preload is no part of the crate (docs/adr/0032)
    only_in("firmware-sim", "unsafe", |name| name == "world/umockdev.rs");
}
