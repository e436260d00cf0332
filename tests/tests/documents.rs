//! What the documents name is there: files, links, decisions, and the code's own words.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use tests::program::Program;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a workspace around tests").to_owned()
}

/// The folders at the top that a path in a document begins with.
const TOP: &[&str] =
    &["agent", "bench", "docs", "firmware-sim", "server", "tests", "tools", "wire"];

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

/// The rows of every table in `text` below their heads, as cells.
fn rows(text: &str) -> Vec<Vec<&str>> {
    let lines = text.lines().filter(|line| line.starts_with('|'));
    let rows = lines.filter(|line| !line.starts_with("|---") && !line.starts_with("| code |"));
    rows.map(|line| line.trim_matches('|').split('|').map(str::trim).collect()).collect()
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

/// The last column of the tables in `docs/threats.md` that say by what a chain or an attack is held names
/// tests that are there, or says that there is none yet; an attack has one in any case, and each test of
/// `tests/tests/flows/attacks.rs` is among them.
#[test]
fn every_chain_and_attack_of_the_threats_is_held_by_tests_that_are_there() {
    let sources: String = files(&[".rs"]).iter().map(|path| read(path)).collect();
    let threats = read(Path::new("docs/threats.md"));
    let (chains, attacks) = threats.split_once("## Attacks").expect("both tables");
    let chains: Vec<_> =
        rows(chains).into_iter().filter(|row| row[0].parse::<u32>().is_ok()).collect();
    let attacks: Vec<_> =
        rows(attacks).into_iter().skip_while(|row| row[0] != "attack").skip(1).collect();
    assert!(chains.len() > 10 && attacks.len() > 20, "{} and {}", chains.len(), attacks.len());
    let mut named = BTreeSet::new();
    for row in chains.iter().chain(&attacks) {
        let held = row.last().expect("a last column");
        let tests = quoted(held);
        let chain = row[0].parse::<u32>().is_ok();
        assert!((chain && *held == "not yet") || !tests.is_empty(), "{}: {held:?}", row[0]);
        for test in tests.into_iter().filter(|name| !name.contains('/')) {
            assert!(sources.contains(&format!("fn {test}(")), "{}: {test}", row[0]);
            named.insert(test);
        }
    }
    let walked = read(Path::new("tests/tests/flows/attacks.rs"));
    for name in walked.split("#[test]\nfn ").skip(1).filter_map(|rest| rest.split('(').next()) {
        assert!(named.contains(name), "docs/threats.md does not name {name}");
    }
}

/// The table at the end of `docs/flows.md` names every row and only tests that are there; a row of which
/// nothing is there has no test, and a test in `tests/tests/flows` is named after a row that it walks.
#[test]
fn every_row_of_the_flows_says_where_it_stands() {
    let sources: String = files(&[".rs"]).iter().map(|path| read(path)).collect();
    let flows = read(Path::new("docs/flows.md"));
    let (text, table) = flows.split_once("## Where each row stands").expect("a table");
    let stands = rows(table);
    let told = |id: &str| {
        let of = |row: &&Vec<&str>| match row[0].split_once(" to ") {
            Some((first, last)) => id[..1] == first[..1] && (first..=last).contains(&id),
            None => row[0].split(", ").any(|known| known == id),
        };
        stands.iter().find(of).map(|row| row[1])
    };
    let ids = between(text, "- ", " ").into_iter().filter(|id| {
        let (letter, number) = id.split_at(usize::from(!id.is_empty()));
        letter.bytes().all(|b| b.is_ascii_uppercase())
            && number.starts_with(|c: char| c.is_ascii_digit())
    });
    let ids: BTreeSet<_> = ids.collect();
    assert!(ids.len() > 45, "{} rows", ids.len());
    for id in &ids {
        assert!(told(id).is_some(), "{id} is not in the table");
    }
    for row in stands.iter().filter(|row| row[0] != "row") {
        assert!(["whole", "part", "not yet"].contains(&row[1]), "{row:?}");
        assert!(row[1] == "not yet" || !row[2].is_empty(), "{row:?}");
        for test in quoted(row[2]).into_iter().filter(|name| name.contains('_')) {
            assert!(sources.contains(&format!("fn {test}(")), "{}: {test}", row[0]);
        }
    }
    let walks =
        |path: &PathBuf| path.starts_with("tests/tests/flows") && !path.ends_with("attacks.rs");
    for path in files(&[".rs"]).into_iter().filter(walks) {
        let text = read(&path);
        for name in text.split("#[test]\nfn ").skip(1).filter_map(|rest| rest.split('(').next()) {
            let id = upper_first(name.split('_').next().unwrap_or_default());
            assert!(told(&id).is_some_and(|stands| stands != "not yet"), "{name}: row {id}");
        }
    }
}

/// `c5b` as `C5b`.
fn upper_first(text: &str) -> String {
    let (first, rest) = text.split_at(usize::from(!text.is_empty()));
    first.to_uppercase() + rest
}

/// The first column of the glossary has words of the code: each is written there as one name.
#[test]
fn every_word_of_the_glossary_is_one_of_the_code() {
    let sources: Vec<_> =
        files(&[".rs"]).into_iter().filter(|path| !path.starts_with("tests")).collect();
    let code: String = sources.iter().map(|path| read(path)).collect::<String>().to_lowercase();
    let letters = |c: char| c.is_ascii_lowercase();
    let words: BTreeSet<&str> = code.split(|c: char| !letters(c) && c != '_').collect();
    let glossary = read(Path::new("docs/glossary.md"));
    let listed = rows(&glossary);
    assert!(listed.len() > 40, "{} rows", listed.len());
    for row in listed {
        for word in row[0].split(", ") {
            let word = word.to_lowercase();
            let (joined, parted) = (word.replace(' ', ""), word.replace(' ', "_"));
            let is_known = words.contains(joined.as_str()) || words.contains(parted.as_str());
            assert!(is_known, "no code has the word {word:?}");
        }
    }
}

/// The commands in a document, each as its words: what stands in a block of `sh`, a line that ends in
/// `\\` with the next one, or between backquotes.
fn commands<'a>(text: &'a str, program: &str) -> Vec<Vec<&'a str>> {
    let mut found = Vec::new();
    let mut blocks = text.split("```sh");
    blocks.next();
    for block in blocks.filter_map(|rest| rest.split_once("```")) {
        let mut words: Vec<&str> = Vec::new();
        for line in block.0.lines() {
            let line = line.split(" #").next().unwrap_or_default();
            let line =
                line.split_once("$(").map_or(line, |(_, inside)| inside.trim_end_matches(')'));
            words.extend(line.split_whitespace().filter(|word| *word != "\\"));
            if !line.ends_with('\\') {
                found.push(std::mem::take(&mut words));
            }
        }
    }
    found.extend(quoted(text).into_iter().map(|text| text.split_whitespace().collect()));
    found.retain(|words| words.len() > 1 && words.first() == Some(&program));
    found
}

#[test]
fn every_command_that_is_shown_is_one_of_the_program() {
    for (program, least) in [("sleutelbos", 12), ("sleutelbos-agent", 8), ("firmware-sim", 8)] {
        let mut seen = 0;
        for document in files(&[".md"]) {
            let text = read(&document);
            for words in commands(&text, program) {
                let shown = format!("{}: {}", document.display(), words.join(" "));
                let ours = words.into_iter().skip(1).take_while(|word| *word != "--");
                let (mut names, mut options) = (Vec::new(), Vec::new());
                for word in ours {
                    let word = word.trim_matches(['[', ']', ',', ';']);
                    let is_name = word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                    if word.starts_with("--") {
                        options.push(word.split('=').next().unwrap_or(word));
                    } else if is_name && options.is_empty() {
                        names.push(word);
                    }
                }
                names.push("--help");
                let help = Program::ours(program).args(&names).run();
                assert_eq!(help.code, 0, "{shown}: {}", help.stderr);
                for option in options {
                    assert!(help.stdout.contains(option), "{shown}: {option}");
                }
                seen += 1;
            }
        }
        assert!(seen >= least, "{program}: {seen} commands");
    }
}

/// The names of the events that the audit knows.
fn events(source: &str) -> Vec<&str> {
    let (_, rest) = source.split_once("pub enum Event {").expect("the events");
    let (all, _) = rest.split_once("\n}").expect("their end");
    let lines = all.lines().filter_map(|line| line.strip_prefix("    "));
    let names = lines.filter(|line| line.starts_with(char::is_uppercase));
    names.filter_map(|line| line.split([' ', ',']).next()).collect()
}

/// `OfTwoWords` as `of_two_words`.
fn snake(name: &str) -> String {
    let mut snake = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// The words of small letters in a text, as names of events are.
fn words(text: &str) -> BTreeSet<&str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).collect()
}

/// An event that no test names could be left out unnoticed.
#[test]
fn every_event_of_the_audit_is_named_by_a_test_and_by_the_page_for_operators() {
    let source = read(Path::new("server/src/audit/mod.rs"));
    let names = events(&source);
    assert!(names.contains(&"WaiverEnded") && names.len() > 90, "{names:?}");
    let mut tests = String::new();
    for path in files(&[".rs"]) {
        let text = read(&path);
        let whole =
            path.to_string_lossy().ends_with("tests.rs") || path.iter().any(|part| part == "tests");
        let inner = || text.split_once("\nmod tests {").map(|(_, rest)| rest);
        tests.push_str(if whole { &text } else { inner().unwrap_or_default() });
    }
    let (tests, page) = (words(&tests), read(Path::new("docs/operator.md")));
    let page = quoted(&page);
    for name in names {
        let word = snake(name);
        assert!(tests.contains(name) || tests.contains(&*word), "{name}: no test");
        assert!(page.contains(&&*word), "{name}: docs/operator.md");
    }
}
