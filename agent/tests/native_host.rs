//! The program itself, as a browser starts it: what it answers and what it leaves behind.

use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

const EXTENSION: &str = "chrome-extension://gdcanlljncladfainbijcmgeopecgbfg/";
const NONCE: &str = "5HjEnloLD+TreMRn96Aa/ReoXif/lQkrQFWHZMRxT+Y=";

/// A pinentry that writes down its process and never answers a question.
const DEAF: &str = "#!/bin/sh\necho OK\nwhile read -r word rest; do\n\
    case $word in GETPIN|CONFIRM|MESSAGE) echo $$ > \"$0.pid\"; cat;; *) echo OK;; esac\ndone\n";
/// One that has started a helper, and never answers either.
const HELPED: &str = "#!/bin/sh\necho OK\nwhile read -r word rest; do\n\
    case $word in GETPIN|CONFIRM|MESSAGE) cat /dev/zero >/dev/null & \
    printf '%s\\n%s\\n' $! $$ > \"$0.pid\"; wait;; *) echo OK;; esac\ndone\n";
/// One whose every question is turned down.
const NO: &str = "#!/bin/sh\necho OK\nwhile read -r word rest; do\n\
    case $word in GETPIN|CONFIRM|MESSAGE) echo >> \"$0.pid\"; echo ERR 83886179 canceled;;\n\
    *) echo OK;; esac\ndone\n";

/// A person's home without a smartcard service, so that the first thing shown is a message.
struct Home(TempDir);

impl Home {
    fn new(pinentry: &str) -> Self {
        let home = Self(tempfile::tempdir().expect("a temporary folder"));
        let program = home.pinentry();
        std::fs::write(&program, pinentry).expect("the pinentry");
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o700))
            .expect("its mode");
        std::fs::create_dir(home.0.path().join("sleutelbos")).expect("a folder");
        let config = format!("[pinentry]\nprogram = '{}'\n", program.display());
        std::fs::write(home.0.path().join("sleutelbos/agent.toml"), config)
            .expect("the configuration");
        home
    }

    fn pinentry(&self) -> PathBuf {
        self.0.path().join("pinentry")
    }

    /// What the pinentry wrote down.
    fn window(&self) -> Option<String> {
        std::fs::read_to_string(self.0.path().join("pinentry.pid")).ok()
    }

    fn start(&self, arguments: &[&str]) -> (Child, ChildStdin) {
        let mut child = Command::new(env!("CARGO_BIN_EXE_sleutelbos-agent"))
            .args(arguments)
            .env("HOME", self.0.path())
            .env_remove("XDG_CACHE_HOME")
            .env("XDG_CONFIG_HOME", self.0.path())
            .env("XDG_RUNTIME_DIR", self.0.path())
            .env("PCSCLITE_CSOCK_NAME", self.0.path().join("no-service"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the agent starts");
        let input = child.stdin.take().expect("a pipe");
        (child, input)
    }

    /// Sends one request, reads all that comes, and only then closes the channel.
    fn ask_and_wait(&self, request: &Value) -> Vec<Value> {
        let (mut child, mut input) = self.start(&[EXTENSION]);
        input.write_all(&frame(request)).expect("the request is taken");
        let mut said = Vec::new();
        child.stdout.take().expect("a pipe").read_to_end(&mut said).expect("what it said");
        drop(input);
        child.wait().expect("it ends");
        frames(&said)
    }

    /// Sends one request, closes the channel at once, and reads all that comes.
    fn ask_and_close(&self, request: &Value) -> Vec<Value> {
        self.ask_with(&[EXTENSION], request)
    }

    /// The same of an agent with these arguments.
    fn ask_with(&self, arguments: &[&str], request: &Value) -> Vec<Value> {
        let (child, mut input) = self.start(arguments);
        // Who is not started by a browser of ours ends without reading; what it then says is nothing.
        let _ = input.write_all(&frame(request));
        drop(input);
        frames(&child.wait_with_output().expect("what it said").stdout)
    }
}

fn frame(request: &Value) -> Vec<u8> {
    let json = request.to_string();
    let length = u32::try_from(json.len()).expect("a short request");
    [&length.to_ne_bytes()[..], json.as_bytes()].concat()
}

fn frames(mut bytes: &[u8]) -> Vec<Value> {
    let mut frames = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let (json, rest) = rest.split_at(u32::from_ne_bytes(*length) as usize);
        frames.push(serde_json::from_slice(json).expect("JSON"));
        bytes = rest;
    }
    frames
}

fn authenticate() -> Value {
    let arguments = json!({"challengeNonce": NONCE, "origin": "https://zorgportaal.example"});
    json!({"command": "authenticate", "arguments": arguments})
}

/// Waits for what comes about in another process.
fn until<T>(mut come: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(thing) = come() {
            return thing;
        }
        assert!(Instant::now() < end, "it does not come about");
        std::thread::yield_now();
    }
}

fn runs(id: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{}/stat", id.trim()));
    status.is_ok_and(|status| !status.contains(") Z "))
}

#[test]
fn an_answer_is_given_though_the_channel_closes_right_after_the_request() {
    let home = Home::new(DEAF);
    for _ in 0..20 {
        let quit = home.ask_and_close(&json!({"command": "quit", "arguments": {}}));
        assert_eq!(quit.get(1), Some(&json!({})), "{quit:?}");
        let bad = home.ask_and_close(&json!({"command": "sign", "arguments": {}}));
        assert_eq!(bad[1]["error"]["code"], "ERR_WEBEID_NATIVE_FATAL", "{bad:?}");
    }
}

/// A program with one question writes it, closes its end and reads the answer.
#[test]
fn a_person_is_asked_though_the_channel_closes_right_after_the_request() {
    let home = Home::new(NO);
    let said = home.ask_and_close(&authenticate());
    let told = "there is no token; the person was told why";
    assert_eq!(said[1]["error"]["message"], told, "{said:?}");
    assert_eq!(home.window().as_deref(), Some("\n"), "one window");
}

/// Where a manifest leads to a script that calls `native-host`, the browser's arguments follow.
#[test]
fn the_word_may_stand_before_what_a_browser_adds() {
    let home = Home::new(DEAF);
    let quit = json!({"command": "quit", "arguments": {}});
    let manifest = "/usr/lib/mozilla/native-messaging-hosts/eu.webeid.json";
    let firefox = [manifest, "{e68418bc-f2b0-4459-a9ea-3e72b6751b07}"];
    for added in [&[EXTENSION][..], &[EXTENSION, "--parent-window=0"], &firefox, &[]] {
        let arguments = [&["native-host"], added].concat();
        assert_eq!(home.ask_with(&arguments, &quit).get(1), Some(&json!({})), "{added:?}");
    }
    let other = "chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh/";
    assert!(home.ask_with(&["native-host", other], &quit).is_empty(), "it is not ours");
}

/// A browser in a snap or flatpak has the desktop portal start its hosts: no argument says so.
#[test]
fn a_portal_that_gives_no_argument_is_served() {
    let home = Home::new(DEAF);
    let (child, mut input) = home.start(&[]);
    input.write_all(&frame(&json!({"command": "quit", "arguments": {}}))).unwrap();
    drop(input);
    let said = frames(&child.wait_with_output().unwrap().stdout);
    assert!(said[0]["version"].is_string(), "{said:?}");
    assert_eq!(said.get(1), Some(&json!({})));
}

#[test]
fn who_starts_it_without_pipes_reads_how_it_is_used() {
    let agent = |input: Stdio| {
        let mut agent = Command::new(env!("CARGO_BIN_EXE_sleutelbos-agent"));
        agent.stdin(input).output().unwrap()
    };
    let said = agent(Stdio::null());
    assert_eq!(said.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&said.stderr).contains("Usage: sleutelbos-agent"));
}

/// Nothing in the environment asks for English, so a person reads Dutch.
#[test]
fn who_types_something_wrong_reads_what_to_type() {
    let agent = |language: &str| {
        let mut agent = Command::new(env!("CARGO_BIN_EXE_sleutelbos-agent"));
        agent.env_remove("LC_ALL").env_remove("LC_MESSAGES").env("LANG", language);
        let said = agent.args(["login", "--usr", "x"]).stdin(Stdio::null()).output().unwrap();
        assert_eq!(said.status.code(), Some(2));
        assert!(said.stdout.is_empty());
        String::from_utf8_lossy(&said.stderr).into_owned()
    };
    let dutch = agent("nl_NL.UTF-8");
    assert!(dutch.contains("de optie --usr bestaat hier niet. Bedoelt u --user?"), "{dutch}");
    assert!(agent("en_GB.UTF-8").starts_with("error: unexpected argument '--usr'"));
}

#[test]
fn the_window_goes_with_the_browser() {
    let home = Home::new(DEAF);
    let (mut agent, mut input) = home.start(&[EXTENSION]);
    input.write_all(&frame(&authenticate())).unwrap();
    let window = until(|| home.window().filter(|id| id.ends_with('\n')));
    assert!(runs(&window));
    let gone = Instant::now();
    drop((input, agent.stdout.take()));
    agent.wait().unwrap();
    until(|| (!runs(&window)).then_some(()));
    assert!(gone.elapsed() < Duration::from_secs(5), "{:?}", gone.elapsed());
}

#[test]
fn the_window_goes_with_a_signal_to_the_agent() {
    let home = Home::new(DEAF);
    let (mut agent, mut input) = home.start(&[EXTENSION]);
    input.write_all(&frame(&authenticate())).unwrap();
    let window = until(|| home.window().filter(|id| id.ends_with('\n')));
    let killed = Command::new("kill").arg(agent.id().to_string()).status();
    assert!(killed.unwrap().success());
    agent.wait().unwrap();
    until(|| (!runs(&window)).then_some(()));
}

/// Nothing in a killed agent can end its window: the guard sees it go.
#[test]
fn the_window_goes_with_an_agent_that_is_killed() {
    let home = Home::new(HELPED);
    let (mut agent, mut input) = home.start(&[EXTENSION]);
    input.write_all(&frame(&authenticate())).unwrap();
    let window = until(|| home.window().filter(|ids| ids.lines().count() == 2));
    let ids: Vec<&str> = window.lines().collect();
    assert!(ids.iter().all(|id| runs(id)), "{ids:?}");
    let killed = Instant::now();
    agent.kill().unwrap();
    agent.wait().unwrap();
    for id in ids {
        until(|| (!runs(id)).then_some(()));
    }
    assert!(killed.elapsed() < Duration::from_secs(5), "{:?}", killed.elapsed());
    drop(input); // the browser was there all the time
}

/// The guard alone, in the group of who started it: as for a window on a terminal.
#[test]
fn a_guard_passes_on_what_is_said_and_ends_its_window_with_its_input() {
    let home = Home::new(DEAF);
    let mut guard = Command::new(env!("CARGO_BIN_EXE_sleutelbos-agent"))
        .arg("window-guard")
        .arg(home.pinentry())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut input, mut output) = (guard.stdin.take().unwrap(), guard.stdout.take().unwrap());
    input.write_all(b"SETTITLE a\nGETPIN\n").unwrap();
    let mut said = [0; 6];
    output.read_exact(&mut said).unwrap();
    assert_eq!(&said, b"OK\nOK\n");
    let window = until(|| home.window().filter(|id| id.ends_with('\n')));
    assert!(runs(&window));
    drop(input);
    guard.wait().unwrap();
    until(|| (!runs(&window)).then_some(()));
    assert_eq!(output.read(&mut said).unwrap(), 0, "nobody holds the answer's pipe");
}

#[test]
fn a_page_reads_that_the_person_was_told_only_where_that_is_so() {
    let message = |home: &Home| {
        let said = home.ask_and_wait(&authenticate());
        said[1]["error"]["message"].as_str().expect("a message").to_owned()
    };
    let home = Home::new("#!/bin/sh\nexit 1\n");
    assert!(message(&home).contains("no window to say why"), "the window failed");
    let home = Home::new(NO);
    std::fs::create_dir(home.0.path().join("sleutelbos/window.lock")).expect("it is in the way");
    assert!(message(&home).contains("the person was told"), "the cache has the lock");
    assert_eq!(home.window().as_deref(), Some("\n"));
    std::fs::remove_dir_all(home.0.path().join(".cache")).expect("the cache was made");
    std::fs::write(home.0.path().join(".cache"), "").expect("this is in the way too");
    assert!(message(&home).contains("no window to say why"), "there is no lock");
    assert_eq!(home.window().as_deref(), Some("\n"), "and no other window");
}

#[test]
fn a_page_learns_nothing_about_the_card_and_the_person_learns_all() {
    let home = Home::new(NO);
    let said = home.ask_and_wait(&authenticate());
    let error = json!({"code": "ERR_WEBEID_NATIVE_FATAL",
        "message": "there is no token; the person was told why"});
    assert_eq!(said[1], json!({"error": error}));
    assert_eq!(home.window().as_deref(), Some("\n"), "one window told the person");
}
