//! The contract between a page and the extension (that of web-eid.js), asked by pages in real
//! Chromium, with the agent and with programs that only claim to be it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;
use tests::browser::{Browser, Options};
use tests::pinentry::{Answer, SCRIPT, Script};
use tests::program::{Program, built, workspace};
use tests::world::World;

const NONCE: &str = "5HjEnloLD+TreMRn96Aa/ReoXif/lQkrQFWHZMRxT+Y=";

/// Asks the extension once and gives everything it said, the answer last.
const ASK: &str = "const [request, done] = arguments; const said = [];
    addEventListener('message', function hear({ source, data }) {
        if (source !== window || data.action === request.action) return;
        said.push(data);
        if (!/-(success|failure)$/.test(data.action)) return;
        removeEventListener('message', hear);
        done(said);
    });
    postMessage(request, '*');";

/// A page that asks by itself and tells its parent what came.
const ASKER: &str = "<!doctype html><title>frame</title><script>
    const request = { action: 'web-eid:authenticate', libraryVersion: '2.0.0',
        challengeNonce: '5HjEnloLD+TreMRn96Aa/ReoXif/lQkrQFWHZMRxT+Y=', options: { lang: 'nl' } };
    addEventListener('message', ({ source, data }) => {
        if (source === window && /-(success|failure)$/.test(data.action)) parent.postMessage({ answer: data }, '*');
    });
    addEventListener('load', () => setTimeout(() => postMessage(request, '*')));
</script>";

/// A pinentry that writes down its process and never answers a question.
const DEAF: &str = "#!/bin/sh\necho OK\nwhile read -r word rest; do\n\
    case $word in GETPIN|CONFIRM|MESSAGE) echo $$ > \"$0.pid\"; cat;; *) echo OK;; esac\ndone\n";

/// Chromium with the extension, and a person's home with an agent's configuration.
struct Desk {
    home: TempDir,
    browser: Browser,
}

impl Desk {
    /// `pinentry` is a script; a world gives the card reader.
    fn new(pinentry: Pinentry<'_>, world: Option<&World>) -> Self {
        let home = TempDir::new().expect("a temporary folder");
        let mut environment = vec![
            ("XDG_CONFIG_HOME", home.path().to_owned()),
            ("XDG_RUNTIME_DIR", home.path().to_owned()),
        ];
        let program = match pinentry {
            Pinentry::Deaf => program(&home.path().join("pinentry"), DEAF),
            Pinentry::Scripted(script) => {
                environment.push((SCRIPT, script.path()));
                built("scripted_pinentry")
            }
        };
        if world.is_none() {
            environment.push(("PCSCLITE_CSOCK_NAME", home.path().join("no-service")));
        }
        let folder = home.path().join("sleutelbos");
        std::fs::create_dir(&folder).expect("the configuration's folder");
        let config = format!("development = true\n[pinentry]\nprogram = {program:?}\n");
        std::fs::write(folder.join("agent.toml"), config).expect("the configuration");
        let profile = home.path().join("profile");
        let install = Program::ours("sleutelbos-agent").arg("install").arg("--user-data-dir");
        let _ = install.arg(&profile).run().good();
        let extension = workspace().join("agent/extension");
        let options = Options {
            world,
            extension: Some(&extension),
            environment,
            profile: Some(&profile),
            ..Options::default()
        };
        let browser = Browser::start(&options);
        Self { home, browser }
    }

    /// What the extension says to a request, in order.
    fn ask(&self, action: &str, more: &Value) -> Vec<Value> {
        let mut request = json!({"action": format!("web-eid:{action}"), "libraryVersion": "2.0.0"});
        merge(&mut request, more);
        let said = self.browser.script_async(ASK, vec![request]);
        let said = said.as_array().expect("a list").clone();
        let acknowledged = json!({"action": format!("web-eid:{action}-ack")});
        assert_eq!(said.first(), Some(&acknowledged), "first of all");
        said
    }

    /// The code of the failure that answers a request, and what else it says.
    fn check(&self, action: &str, more: &Value, code: &str) -> Value {
        let said = self.ask(action, more);
        let last = said.last().expect("an answer").clone();
        let member = |path: &str| last.pointer(path).and_then(Value::as_str).unwrap_or_default();
        assert_eq!(member("/action"), format!("web-eid:{action}-failure"), "{last}");
        assert_eq!(member("/error/code"), format!("ERR_WEBEID_{code}"), "{last}");
        assert!(["/error/name", "/error/message"].iter().all(|m| !member(m).is_empty()), "{last}");
        last.get("error").expect("an error").clone()
    }

    /// Begins a request whose answer is kept in the page.
    fn begin(&self) {
        let request = json!({"action": "web-eid:authenticate", "libraryVersion": "2.0.0",
            "challengeNonce": NONCE, "options": {"lang": "nl"}});
        let _ = self.browser.script("postMessage(arguments[0], '*')", vec![request]);
    }

    /// The process of the window that is open, once it is.
    fn window(&self) -> String {
        until("a window", || self.window_now())
    }

    fn window_now(&self) -> Option<String> {
        let path = self.home.path().join("pinentry.pid");
        let pid = std::fs::read_to_string(&path).ok().filter(|pid| pid.ends_with('\n'))?;
        std::fs::remove_file(path).expect("it was written once");
        Some(pid.trim().to_owned())
    }

    /// Puts another program in the place of the agent; `None` takes the agent away.
    fn replace_agent(&self, script: Option<&str>) {
        let folder = self.home.path().join("profile/NativeMessagingHosts");
        let path = folder.join("nl.sleutelbos.agent.json");
        let Some(script) = script else {
            return std::fs::remove_file(path).expect("the manifest goes");
        };
        let host = program(&self.home.path().join("host"), script);
        let text = std::fs::read_to_string(&path).expect("the manifest");
        let mut manifest: Value = serde_json::from_str(&text).expect("JSON");
        merge(&mut manifest, &json!({ "path": host }));
        std::fs::write(path, manifest.to_string()).expect("the manifest is written");
    }
}

enum Pinentry<'a> {
    Deaf,
    Scripted(&'a Script),
}

fn program(path: &Path, text: &str) -> PathBuf {
    // Written aside and moved, so that one that runs is not written to.
    let aside = path.with_extension("new");
    std::fs::write(&aside, text).expect("a program");
    let mode = std::fs::Permissions::from_mode(0o700);
    std::fs::set_permissions(&aside, mode).expect("its mode");
    std::fs::rename(&aside, path).expect("its place");
    path.to_owned()
}

fn merge(into: &mut Value, more: &Value) {
    let more = more.as_object().expect("an object").clone();
    into.as_object_mut().expect("an object").extend(more);
}

/// Waits for what comes about in another process.
fn until<T>(what: &str, mut come: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        if let Some(thing) = come() {
            return thing;
        }
        assert!(Instant::now() < end, "{what} does not come");
        std::thread::yield_now();
    }
}

fn runs(pid: &str) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{pid}/stat"));
    status.is_ok_and(|status| !status.contains(") Z "))
}

/// Pages at an origin of this computer: `/` is empty, `/asker` asks.
fn site() -> String {
    let listener = TcpListener::bind("localhost:0").expect("a port");
    let port = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap_or(0);
            let asks = request.get(..length).is_some_and(|text| text.starts_with(b"GET /asker"));
            let page = if asks { ASKER } else { "<!doctype html><title>page</title>" };
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n";
            let length = page.len();
            let answer = format!("{head}content-length: {length}\r\n\r\n{page}");
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    format!("http://localhost:{port}")
}

fn authenticate() -> Value {
    json!({"challengeNonce": NONCE, "options": {"lang": "nl"}})
}

#[test]
fn chromium_and_the_extension_keep_the_contract_of_web_eid() {
    let desk = Desk::new(Pinentry::Deaf, None);
    desk.browser.open(&site());
    let status = desk.ask("status", &json!({}));
    let last = status.last().expect("an answer");
    assert_eq!(last["action"], "web-eid:status-success", "{last}");
    for (name, version) in [("library", "2.0.0"), ("extension", "2."), ("nativeApp", "2.")] {
        assert!(last[name].as_str().is_some_and(|v| v.starts_with(version)), "{name}: {last}");
    }
    // No page gets a signature on a hash, nor the certificate for one.
    let sign = json!({"certificate": "MAA=", "hash": "AA==", "hashFunction": "SHA-256"});
    let _ = desk.check("sign", &sign, "NATIVE_FATAL");
    let _ = desk.check("get-signing-certificate", &json!({}), "NATIVE_FATAL");
    let _ = desk.check("authenticate", &json!({}), "MISSING_PARAMETER");
    let short = json!({"challengeNonce": "AAAA"});
    let _ = desk.check("authenticate", &short, "NATIVE_INVALID_ARGUMENT");
    let long = json!({"challengeNonce": "A".repeat(9000)});
    let _ = desk.check("authenticate", &long, "NATIVE_INVALID_ARGUMENT");
    for version in [json!("two"), json!(2), json!("2.0"), Value::Null] {
        let _ = desk.check("status", &json!({"libraryVersion": version}), "VERSION_INVALID");
    }
    let error = desk.check("status", &json!({"libraryVersion": "3.0.0"}), "VERSION_MISMATCH");
    assert_eq!(error["requiresUpdate"], json!({"extension": true, "nativeApp": true}), "{error}");
    assert_eq!(error["versions"]["library"], "3.0.0", "{error}");
    let old = desk.ask("status", &json!({"libraryVersion": "v1.9.0-beta"}));
    assert_eq!(old.last().expect("an answer")["action"], "web-eid:status-success");
    // What is no action of the contract is not for the extension: only what comes after is answered.
    let unknown = "postMessage({ action: 'web-eid:dance' }, '*'); postMessage({ action: 3 }, '*');
        postMessage('web-eid:status', '*'); postMessage(null, '*');";
    let _ = desk.browser.script(unknown, vec![]);
    assert_eq!(desk.ask("status", &json!({})).len(), 2);
}

#[test]
fn chromium_is_told_what_is_the_matter_with_the_agent() {
    let desk = Desk::new(Pinentry::Deaf, None);
    desk.browser.open(&site());
    let says = |version: &str, then: &str| {
        let json = format!("{{\"version\":\"{version}\"}}");
        format!("#!/bin/sh\nprintf '\\{:03o}\\000\\000\\000{json}'\n{then}\n", json.len())
    };
    desk.replace_agent(Some(&says("1.4.0", "cat >/dev/null")));
    let error = desk.check("status", &json!({}), "VERSION_MISMATCH");
    assert_eq!(error["requiresUpdate"], json!({"extension": false, "nativeApp": true}), "{error}");
    desk.replace_agent(Some(&says("new", "cat >/dev/null")));
    let _ = desk.check("status", &json!({}), "VERSION_INVALID");
    // It ends at once, and between the request and the answer.
    desk.replace_agent(Some("#!/bin/sh\nexit 1\n"));
    let _ = desk.check("status", &json!({}), "NATIVE_UNAVAILABLE");
    desk.replace_agent(Some(&says("2.0.0", "head -c 20 >/dev/null; kill -KILL $$")));
    let _ = desk.check("authenticate", &authenticate(), "NATIVE_UNAVAILABLE");
    // Its answer is half a token.
    let token = r#"printf '\020\000\000\000{"format":"web"}'; cat >/dev/null"#;
    desk.replace_agent(Some(&says("2.0.0", token)));
    let _ = desk.check("authenticate", &authenticate(), "NATIVE_FATAL");
    desk.replace_agent(None);
    let error = desk.check("status", &json!({}), "NATIVE_UNAVAILABLE");
    assert!(error["message"].as_str().is_some_and(|text| text.contains("not there")), "{error}");
}

/// Real time: the extension's clock is the browser's.
#[test]
fn chromium_gives_up_an_agent_that_says_nothing_for_five_seconds() {
    let desk = Desk::new(Pinentry::Deaf, None);
    desk.browser.open(&site());
    desk.replace_agent(Some("#!/bin/sh\necho $$ > \"$0.pid\"\nwhile read -r line; do :; done\n"));
    for (action, more) in [("status", json!({})), ("authenticate", authenticate())] {
        let asked = Instant::now();
        let error = desk.check(action, &more, "NATIVE_UNAVAILABLE");
        let said = error["message"].as_str().unwrap_or_default();
        assert!(said.contains("did not answer") && said.contains("doctor"), "{error}");
        assert!(asked.elapsed() >= Duration::from_secs(5), "{:?}", asked.elapsed());
        let pid = std::fs::read_to_string(desk.home.path().join("host.pid")).expect("it ran");
        until("its end", || (!runs(pid.trim())).then_some(()));
    }
}

#[test]
fn chromium_closes_the_window_with_the_page_that_asked() {
    let desk = Desk::new(Pinentry::Deaf, None);
    let page = site();
    desk.browser.open(&page);
    desk.begin();
    let window = desk.window();
    assert!(runs(&window));
    // A second one in this page is refused by the extension, in another tab by the agent.
    let _ = desk.check("authenticate", &authenticate(), "ACTION_PENDING");
    let first = desk.browser.tab();
    desk.browser.open_tab();
    desk.browser.open(&site());
    let _ = desk.check("authenticate", &authenticate(), "ACTION_PENDING");
    assert!(runs(&window), "the first one still waits");
    desk.browser.go_to_tab(&first);
    desk.browser.open(&format!("{page}/elsewhere"));
    until("the end of the window", || (!runs(&window)).then_some(()));
    // A tab that is closed takes its window along, too.
    let window = until("the turn of the next one", || {
        desk.begin();
        desk.window_now()
    });
    assert!(runs(&window));
    desk.browser.close_tab();
    until("the end of the window", || (!runs(&window)).then_some(()));
}

#[test]
fn chromium_waits_for_the_person_no_longer_than_the_page_says() {
    let desk = Desk::new(Pinentry::Deaf, None);
    desk.browser.open(&site());
    // One second is taken as ten, and the page's console is told.
    let mut request = authenticate();
    request["options"]["userInteractionTimeout"] = json!(1000);
    let began = Instant::now();
    let said = desk.ask("authenticate", &request);
    assert!(began.elapsed() >= Duration::from_secs(10), "{:?}", began.elapsed());
    assert_eq!(said[1]["action"], "web-eid:warning", "{said:?}");
    assert!(said[1]["warnings"][0].as_str().is_some_and(|text| text.contains("10000")), "{said:?}");
    assert_eq!(said[2]["error"]["code"], "ERR_WEBEID_USER_TIMEOUT", "{said:?}");
    let window = desk.window();
    until("the end of the window", || (!runs(&window)).then_some(()));
}

#[test]
fn chromium_names_the_frame_that_asks_and_none_in_a_sandbox() {
    let world = World::start(&["--card", "z"]);
    let script = Script::new(&[Answer::Secret("123456".to_owned())]);
    let desk = Desk::new(Pinentry::Scripted(&script), Some(&world));
    let (page, other) = (site(), site());
    desk.browser.open(&page);
    let frame = "const [address, sandbox, done] = arguments;
        addEventListener('message', function hear({ data }) {
            if (!data.answer) return;
            removeEventListener('message', hear);
            done(data.answer);
        });
        const frame = document.createElement('iframe');
        if (sandbox) frame.sandbox = sandbox;
        frame.src = address;
        document.body.append(frame);";
    let ask = |sandbox: &str| {
        let address = json!(format!("{other}/asker"));
        desk.browser.script_async(frame, vec![address, json!(sandbox)])
    };
    // What runs in a sandbox may be anybody's, whatever address it has.
    let refused = ask("allow-scripts");
    assert_eq!(refused["error"]["code"], "ERR_WEBEID_CONTEXT_INSECURE", "{refused}");
    assert_eq!(script.shown(), "", "nobody was asked");
    let token = ask("");
    assert_eq!(token["action"], "web-eid:authenticate-success", "{token}");
    assert_eq!((&token["format"], &token["algorithm"]), (&json!("web-eid:1.0"), &json!("RS256")));
    let shown = script.shown();
    assert!(shown.contains(&other) && !shown.contains(&page), "{shown}");
}
