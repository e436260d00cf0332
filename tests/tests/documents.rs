//! What the documents name is there: files, links, decisions.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace around tests").to_owned()
}

/// The folders at the top that a path in a document begins with.
const TOP: &[&str] = &["agent", "docs", "firmware-sim", "server", "tests", "tools", "wire"];

/// Every file of the project with one of these endings, as a path below its root; what is built or
/// installed is none of it.
fn files(endings: &[&str]) -> Vec<PathBuf> {
    const BUILT: &[&str] = &["target", "node_modules", ".git"];
    let (root, mut found) = (root(), Vec::new());
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("a folder entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if path.is_dir() && !BUILT.contains(&name.as_str()) {
                folders.push(path);
            } else if endings.iter().any(|ending| name.ends_with(ending)) {
                found.push(path.strip_prefix(&root).expect("below the root").to_owned());
            }
        }
    }
    assert!(!found.is_empty(), "no file ends in {endings:?}");
    found.sort();
    found
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(root().join(path)).expect("a text in UTF-8")
}

/// What stands between `open` and `close` in each line of `text`.
fn between<'a>(text: &'a str, open: &'a str, close: &'a str) -> Vec<&'a str> {
    let found = text.lines().flat_map(|line| line.split(open).skip(1));
    found.filter_map(|rest| Some(rest.split_once(close)?.0)).collect()
}

/// What stands between single backquotes in the lines of `text` outside blocks of code.
fn quoted(text: &str) -> Vec<&str> {
    let outside = text.split("```").step_by(2);
    outside.flat_map(str::lines).flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

/// Whether `path` below the root is there; its last part may hold one `*`.
fn is_there(path: &str) -> bool {
    let Some((before, after)) = path.split_once('*') else { return root().join(path).exists() };
    let (folder, begin) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = std::fs::read_dir(root().join(folder)) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        name.starts_with(begin) && name.ends_with(after)
    })
}

#[test]
fn what_is_looked_for_is_found() {
    assert_eq!(between("a [b](c) [d](e)\n](f", "](", ")"), ["c", "e"]);
    assert_eq!(quoted("a `b` c `d`\n```\n`e`\n```\n`f`"), ["b", "d", "f"]);
    assert!(is_there("docs/adr/0001*.md") && is_there("wire/src"));
    assert!(!is_there("docs/adr/0001*.txt") && !is_there("wire/source"));
}

#[test]
fn every_link_leads_to_a_file() {
    let mut broken = Vec::new();
    for document in files(&[".md"]) {
        let (text, folder) = (read(&document), document.parent().unwrap_or(Path::new("")));
        for link in between(&text, "](", ")") {
            let path = link.split('#').next().unwrap_or_default();
            if !link.contains("://") && !root().join(folder).join(path).exists() {
                broken.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(broken.is_empty(), "links that lead nowhere:\n{}", broken.join("\n"));
}

/// Paths that a document names in somebody else's repository.
const ELSEWHERE: &[&str] = &["tests/certs-with-pki/real/expired_1"];

#[test]
fn every_path_that_a_document_names_is_there() {
    let (mut named, mut gone) = (0, Vec::new());
    for document in files(&[".md"]) {
        let text = read(&document);
        for path in quoted(&text) {
            let Some((top, _)) = path.split_once('/') else { continue };
            let plain = path.chars().all(|c| c.is_ascii_alphanumeric() || "/._-*".contains(c));
            if TOP.contains(&top) && plain && !ELSEWHERE.contains(&path) {
                named += 1;
                if !is_there(path) {
                    gone.push(format!("{}: {path}", document.display()));
                }
            }
        }
    }
    assert!(named > 50, "only {named} paths were looked for");
    assert!(gone.is_empty(), "paths that are not there:\n{}", gone.join("\n"));
}

/// A decision without a row in `docs/adr/README.md`, a row without a decision, another title, or a
/// decision without a status.
#[test]
fn the_list_of_decisions_is_that_of_their_files() {
    let mut decided = Vec::new();
    for path in files(&[".md"]) {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !path.starts_with("docs/adr") || name == "README.md" {
            continue;
        }
        let text = read(&path);
        let mut lines = text.lines();
        let head = lines.next().and_then(|line| line.strip_prefix("# ")).unwrap_or_default();
        let (number, title) = head.split_once(' ').unwrap_or_default();
        assert!(name.starts_with(number) && number.len() == 4, "{name}: its title is {head:?}");
        let status = lines.nth(1).unwrap_or_default();
        assert!(status.starts_with("Status: accepted, "), "{name}: its status is {status:?}");
        decided.push(format!("| [{number}]({name}) | {title} |"));
    }
    let readme = read(Path::new("docs/adr/README.md"));
    let listed: Vec<_> = readme.lines().filter(|line| line.starts_with("| [")).collect();
    assert_eq!(listed, decided, "docs/adr/README.md");
}
