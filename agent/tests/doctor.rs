//! `doctor`, run as a person runs it, on a computer without readers and keys.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A person's home, and nothing of the computer it stands on but its programs.
struct Home(TempDir);

impl Home {
    fn new() -> Self {
        let home = Self(tempfile::tempdir().expect("a temporary folder"));
        let pinentry = home.file("pinentry-test", "#!/bin/sh\n");
        std::fs::set_permissions(&pinentry, std::fs::Permissions::from_mode(0o700))
            .expect("its mode");
        home.config("");
        home
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, text: &str) -> std::path::PathBuf {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path
    }

    /// The configuration, with these lines before its tables.
    fn config(&self, lines: &str) {
        let pinentry = self.path().join("pinentry-test");
        let text = format!("{lines}\n[pinentry]\nprogram = '{}'\n", pinentry.display());
        self.file(".config/sleutelbos/agent.toml", &text);
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_sleutelbos-agent"))
            .args(arguments)
            .env_clear()
            .env("HOME", self.path())
            .env("DISPLAY", ":0")
            .env("PCSCLITE_CSOCK_NAME", self.path().join("no-service"))
            .output()
            .expect("the agent runs")
    }

    fn findings(&self) -> Value {
        let output = self.run(&["doctor", "--json", "--lang", "nl"]);
        let said: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let is_sound = said.get("sound") == Some(&Value::Bool(true));
        let code = if is_sound { 0 } else { 1 };
        assert_eq!(output.status.code(), Some(code), "{said}");
        said.get("findings").expect("findings").clone()
    }

    fn install(&self) {
        assert!(self.run(&["install"]).status.success());
    }
}

/// The state and the text of each finding with this code.
fn all<'a>(findings: &'a Value, code: &str) -> Vec<(&'a str, &'a str)> {
    let findings = findings.as_array().expect("a list").iter();
    let text = |finding: &'a Value, name| finding.get(name).and_then(Value::as_str).expect("text");
    let those = findings.filter(|finding| text(finding, "code") == code);
    those.map(|finding| (text(finding, "state"), text(finding, "text"))).collect()
}

fn check(home: &Home, code: &str, state: &str, words: &str) {
    let findings = home.findings();
    let found = all(&findings, code);
    let [(is, text)] = found[..] else { panic!("{code} once: {findings}") };
    assert_eq!(is, state, "{text}");
    assert!(text.contains(words), "{text}");
}

#[test]
fn the_first_line_says_which_agent_it_is_and_the_last_what_to_do() {
    let home = Home::new();
    let said = home.run(&["doctor", "--lang", "en"]);
    let text = String::from_utf8(said.stdout).unwrap();
    let lines: Vec<_> = text.lines().collect();
    assert!(lines[0].contains(env!("CARGO_PKG_VERSION")), "{text}");
    assert_eq!(lines.last(), Some(&"1 problem: put it right first, then run this again."));
    assert_eq!(said.status.code(), Some(1));
}

#[test]
fn a_missing_service_is_a_problem_with_its_remedy() {
    check(&Home::new(), "no_service", "problem", "Start de dienst 'pcscd'");
}

#[test]
fn a_browser_is_told_by_what_its_manifest_leads_to() {
    let home = Home::new();
    check(&home, "no_browser", "note", "Start de browser een keer");
    home.file(".config/chromium/Local State", "{}");
    check(&home, "browser_not_connected", "problem", "sleutelbos-agent install");
    home.install();
    check(&home, "browser_connected", "fine", "Chromium");
    check(&home, "extension_not_seen", "note", "Zet de extensie in deze browser aan");
    home.file(".config/chromium/Default/Preferences", "{}");
    home.file(
        ".config/chromium/Default/Extensions/gdcanlljncladfainbijcmgeopecgbfg/1/manifest.json",
        "{}",
    );
    assert!(all(&home.findings(), "extension_not_seen").is_empty());
    let host = ".config/chromium/NativeMessagingHosts/nl.sleutelbos.agent.json";
    let manifest = std::fs::read_to_string(home.path().join(host)).unwrap();
    home.file(host, &manifest.replace("\"path\": \"", "\"path\": \"/opt/old"));
    check(&home, "browser_leads_elsewhere", "problem", "een andere plaats");
    home.file(host, r#"{"name":"nl.sleutelbos.agent","path":"/usr/bin/other"}"#);
    check(&home, "browser_foreign", "problem", "een ander programma");
    let web_eid = ".config/chromium/NativeMessagingHosts/eu.webeid.json";
    home.file(web_eid, r#"{"name":"eu.webeid","path":"/usr/bin/web-eid"}"#);
    check(&home, "web_eid_taken", "note", "Web eID");
}

#[test]
fn a_browser_in_a_snap_is_named_as_one() {
    let home = Home::new();
    home.file("snap/chromium/common/chromium/Local State", "{}");
    check(&home, "browser_confined", "note", "als snap");
    home.install();
    check(&home, "browser_confined", "note", "gewoon pakket");
}

#[test]
fn a_window_that_cannot_be_shown_is_told() {
    let home = Home::new();
    home.file(".config/sleutelbos/agent.toml", "[pinentry]\nprogram = '/nowhere/pinentry'\n");
    check(&home, "no_pinentry", "problem", "pinentry");
    let open = home.file("open", "#!/bin/sh\n");
    std::fs::set_permissions(&open, std::fs::Permissions::from_mode(0o777)).unwrap();
    let config = format!("[pinentry]\nprogram = '{}'\n", open.display());
    home.file(".config/sleutelbos/agent.toml", &config);
    check(&home, "pinentry_unsound", "problem", "anderen op deze computer");
    let curses = home.file("pinentry-curses", "#!/bin/sh\n");
    std::fs::set_permissions(&curses, std::fs::Permissions::from_mode(0o700)).unwrap();
    let config = format!("[pinentry]\nprogram = '{}'\n", curses.display());
    home.file(".config/sleutelbos/agent.toml", &config);
    check(&home, "no_window", "problem", "pinentry-gnome3");
}

#[test]
fn files_that_others_can_write_are_told_and_not_used() {
    let home = Home::new();
    let open = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let module = home.file("module.so", "");
    home.config(&format!("card.modules = ['{}', '/nowhere/module.so']", module.display()));
    check(&home, "module_missing", "problem", "/nowhere/module.so");
    assert!(all(&home.findings(), "module_unsound").is_empty());
    open(&module, 0o666);
    check(&home, "module_unsound", "problem", "niet geladen");
    home.file(".config/chromium/Local State", "{}");
    home.install();
    let manifest =
        home.path().join(".config/chromium/NativeMessagingHosts/nl.sleutelbos.agent.json");
    assert!(all(&home.findings(), "manifest_unsound").is_empty());
    open(&manifest, 0o666);
    check(&home, "manifest_unsound", "problem", "sleutelbos-agent install");
    let config = home.path().join(".config/sleutelbos/agent.toml");
    open(&config, 0o666);
    check(&home, "config", "problem", "chmod go-w");
    let login = home.run(&["login", "--json"]);
    let said: Value = serde_json::from_slice(&login.stdout).unwrap();
    assert_eq!(said["error"]["code"], "config_unsound");
    assert_eq!(login.status.code(), Some(1));
}

#[test]
fn only_the_servers_of_the_configuration_are_spoken_to() {
    let home = Home::new();
    home.config("servers = ['https://inlog.praktijk.example']");
    for command in [&["login"][..], &["enrol", "--user", "test"]] {
        let other = [command, &["--json", "--server", "https://elders.example"]].concat();
        let refused = home.run(&other);
        let said: Value = serde_json::from_slice(&refused.stdout).unwrap();
        assert_eq!(said["error"]["code"], "server_not_configured", "{said}");
        assert_eq!(refused.status.code(), Some(1));
    }
}

#[test]
fn a_configuration_with_a_mistake_is_named_and_the_rest_still_looked_at() {
    let home = Home::new();
    home.file(".config/sleutelbos/agent.toml", "sevrers = []\n");
    check(&home, "config", "problem", "sevrers");
    check(&home, "no_service", "problem", "pcscd");
}

/// What a server of ours says to who is not logged in.
const OURS: &str = "401 Unauthorized\r\ncontent-type: application/problem+json";

/// A server that answers every request with this status and date.
fn server(status: &'static str, date: &'static str) -> u16 {
    let listener = TcpListener::bind("localhost:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let _ = stream.read(&mut [0; 1024]);
            let answer = format!(
                "HTTP/1.1 {status}\r\ndate: {date}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            );
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    port
}

#[test]
fn a_clock_is_held_against_the_servers() {
    let home = Home::new();
    check(&home, "no_server", "note", "Zet 'servers'");
    let local = |port: u16| {
        home.config(&format!("servers = ['http://localhost:{port}']\ndevelopment = true"));
    };
    local(server(OURS, "Sun, 06 Nov 1994 08:49:37 GMT"));
    check(&home, "clock_wrong", "problem", "seconden voor");
    check(&home, "development", "note", "development = false");
    local(server(OURS, "Thu, 06 Nov 2194 08:49:37 GMT"));
    check(&home, "clock_wrong", "problem", "seconden achter");
    local(server(OURS, "about noon"));
    check(&home, "clock_unknown", "note", "niet vergeleken");
    for status in ["200 OK", "501 Unsupported method", "401 Unauthorized", "302 Found"] {
        local(server(status, "Sun, 06 Nov 1994 08:49:37 GMT"));
        check(&home, "server_not_ours", "problem", "Controleer het adres");
        assert!(all(&home.findings(), "clock_wrong").is_empty(), "whose clock is that?");
    }
    let gone = TcpListener::bind("localhost:0").unwrap().local_addr().unwrap().port();
    local(gone);
    check(&home, "server_unreachable", "problem", "netwerkverbinding");
}
