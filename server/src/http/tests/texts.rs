//! The pages' texts: the same in both languages, each used, and none in a template.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use fluent_syntax::ast::{Entry, Pattern};
use fluent_syntax::serializer::serialize;

use crate::http::error::Code;

const FILES: [&str; 2] = ["nl", "en"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The variables that a pattern names, as text with their `$`.
fn variables(pattern: Pattern<String>) -> BTreeSet<String> {
    let entry = Entry::Message(fluent_syntax::ast::Message {
        id: fluent_syntax::ast::Identifier { name: "x".to_owned() },
        value: Some(pattern),
        attributes: Vec::new(),
        comment: None,
    });
    let text = serialize(&fluent_syntax::ast::Resource { body: vec![entry] });
    text.split('$')
        .skip(1)
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect()
}

/// Each key (`message` or `message.attribute`) of a locale file, with its variables.
fn keys(file: &str) -> BTreeMap<String, BTreeSet<String>> {
    let path = root().join("locales").join(format!("{file}.ftl"));
    let source = std::fs::read_to_string(path).unwrap();
    let resource = fluent_syntax::parser::parse(source).expect("the file parses whole");
    let mut keys = BTreeMap::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let name = message.id.name;
        if let Some(value) = message.value {
            assert!(keys.insert(name.clone(), variables(value)).is_none(), "{file}: {name} twice");
        }
        for attribute in message.attributes {
            let key = format!("{name}.{}", attribute.id.name);
            assert!(keys.insert(key.clone(), variables(attribute.value)).is_none(), "{key} twice");
        }
    }
    keys
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "no .{extension} in {folder}");
    found
}

/// The sources that may name a key: templates, and who speaks to people, without their tests.
fn sources() -> Vec<(PathBuf, String)> {
    let mut all = files("templates", "html");
    for folder in ["src/http", "src/text", "src/delivery", "src/letters"] {
        let is_test =
            |path: &PathBuf| path.iter().any(|part| part == "tests" || part == "tests.rs");
        all.extend(files(folder, "rs").into_iter().filter(|path| !is_test(path)));
    }
    all.into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

/// The string literals of a source.
fn literals(source: &str) -> impl Iterator<Item = &str> {
    source.split('"').skip(1)
}

#[test]
fn both_languages_have_the_same_keys_and_variables() {
    let [dutch, english] = FILES.map(keys);
    for (key, variables) in &dutch {
        assert_eq!(Some(variables), english.get(key), "en.ftl: {key}");
    }
    for key in english.keys() {
        assert!(dutch.contains_key(key), "nl.ftl lacks {key}");
    }
}

#[test]
fn every_key_that_a_page_names_exists() {
    let keys = keys("nl");
    let mut seen = 0;
    for (path, source) in sources() {
        for call in [".of(\"", ".detail(\"", ".with(\"", ".filled(\""] {
            for rest in source.split(call).skip(1) {
                let key = rest.split('"').next().unwrap();
                let key =
                    if call == ".detail(\"" { format!("{key}.detail") } else { key.to_owned() };
                assert!(keys.contains_key(&key), "{}: {key}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 50, "only {seen} keys found: the search is broken");
}

#[test]
fn every_error_code_has_a_text_in_both_languages() {
    for file in FILES {
        let keys = keys(file);
        for code in Code::ALL {
            let key = code.text_key();
            assert!(keys.contains_key(&key), "{file}.ftl lacks {key}");
            assert!(keys.contains_key(&format!("{key}.detail")), "{file}.ftl lacks {key}.detail");
        }
    }
}

#[test]
fn no_text_is_left_over() {
    let sources = sources();
    let codes: BTreeSet<String> = Code::ALL.iter().map(|code| code.text_key()).collect();
    for key in keys("nl").into_keys() {
        let message = key.split('.').next().unwrap();
        let used = codes.contains(message)
            || sources
                .iter()
                .any(|(_, source)| literals(source).any(|text| text == key || text == message));
        assert!(used, "nobody uses {key}");
    }
}

/// What stands between the tags and expressions of a template, and in attributes people hear.
fn literal_text(template: &str) -> Vec<String> {
    let mut text = template.to_owned();
    for (open, close) in
        [("{#", "#}"), ("{%", "%}"), ("{{", "}}"), ("<!--", "-->"), ("<style>", "</style>")]
    {
        while let Some(start) = text.find(open) {
            let end = text[start..].find(close).expect("closed") + start + close.len();
            text.replace_range(start..end, "");
        }
    }
    let mut found = Vec::new();
    for attribute in ["alt=\"", "aria-label=\"", "title=\"", "placeholder=\"", "data-again=\""] {
        found
            .extend(text.split(attribute).skip(1).map(|r| r.split('"').next().unwrap().to_owned()));
    }
    while let Some(start) = text.find('<') {
        let end = text[start..].find('>').expect("closed") + start + 1;
        text.replace_range(start..end, " ");
    }
    found.push(text);
    found.retain(|text| text.chars().any(char::is_alphabetic));
    found
}

#[test]
fn templates_hold_no_text_of_their_own() {
    assert_eq!(literal_text("<p alt=\"{{ x }}\">{% if y %}{{ z }}{% endif %}</p>").len(), 0);
    assert_eq!(literal_text("<p alt=\"Foto\">Hallo</p>").len(), 2);
    for path in files("templates", "html") {
        let template = std::fs::read_to_string(&path).unwrap();
        assert_eq!(literal_text(&template), Vec::<String>::new(), "{}", path.display());
    }
}

#[test]
fn templates_have_no_inline_script_or_style() {
    // A message is read elsewhere, where no style sheet of ours is.
    let is_page = |path: &PathBuf| !path.iter().any(|part| part == "mail");
    for path in files("templates", "html").into_iter().filter(is_page) {
        let template = std::fs::read_to_string(&path).unwrap();
        for forbidden in
            ["style=\"", "<style", "onclick", "onload", "javascript:", "http://", "https://"]
        {
            assert!(!template.contains(forbidden), "{}: {forbidden}", path.display());
        }
        for script in template.split("<script").skip(1) {
            assert!(script.contains("></script>"), "{}: inline script", path.display());
        }
    }
}

#[test]
fn the_style_sheet_holds_just_the_components_in_use() {
    let build = std::fs::read_to_string(root().join("design/build.mjs")).unwrap();
    let list = build.split("COMPONENTS = [").nth(1).unwrap().split(']').next().unwrap();
    let listed: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    let templates: String = files("templates", "html")
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let class = |name: &str| templates.contains(&format!("utrecht-{name}"));
    for name in &listed {
        assert!(class(name), "no template uses {name}");
    }
    for used in templates.split("utrecht-").skip(1) {
        let name: String =
            used.chars().take_while(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect();
        let base = name.split("--").next().unwrap().split("__").next().unwrap();
        assert!(listed.contains(base), "the style sheet lacks {base}");
    }
}
