//! Secrets in what is written down: whole flows of the real programs, with the log at its most
//! talkative, and then every log, answer, database and file is searched for every secret there was.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::process::Stdio;

use serde_json::{Value, json};
use tests::pinentry::{Answer, SCRIPT, Script};
use tests::program::Program;
use tests::stage::{CARD_PIN, PinEntry, SUBSCRIBER, agent_config, free_port, uzi_table};
use tests::world::World;

use crate::house::House;
use crate::leaks_roads::{Secrets, walked};
use crate::recorder::Recorder;
use tests::client::{Client, VERIFIER};
use tests::exchange::{Exchange, Provider, TOKEN};
use tests::soft_key::SoftKey;

const NAME: &str = "test.arts@praktijk.example";
const OTHER: &str = "test.verpleegkundige@praktijk.example";
const PASSWORD: &str = "kanarie zingt zacht 8412";
const WRONG_PASSWORD: &str = "kanarie zingt vals 5193";
const MISPLACED_PASSWORD: &str = "kanarie op de verkeerde plaats 6027";
const KEY_PIN: &str = "kanarie-7364";
const WRONG_KEY_PIN: &str = "kanarie-2250";
const WRONG_CARD_PIN: &str = "739251";
/// What one person is sent here within minutes, and operators who are all whoever runs the test.
const MORE: &str = "[phone]\nsends_in_10_minutes = 9\n[operators]\nusers = \"shared\"\n";

/// A server behind a recorder, a world with a key and a card, and all that their programs said.
struct Scene {
    house: House,
    recorder: Recorder,
    said: BTreeMap<String, String>,
    met: Secrets,
}

#[test]
fn no_secret_is_written_down() {
    let listen = free_port();
    let recorder = Recorder::before(listen);
    let pki = tempfile::tempdir().expect("a temporary folder");
    let made = Program::ours("firmware-sim").arg("pki").arg(pki.path()).run().good();
    let exchange = Exchange::open();
    let (uzi, phones) = (uzi_table(pki.path()), exchange.config(Provider::Twilio));
    let house =
        House::reached_at(recorder.port, listen, &format!("log = \"trace\"\n{uzi}{phones}{MORE}"));
    std::fs::write(house.file("token"), TOKEN).expect("a token");
    let (said, met) = (BTreeMap::new(), Secrets::default());
    let mut scene = Scene { house, recorder, said, met };
    scene.keep("firmware-sim pki", made);
    scene.people();
    let server = scene.house.start();
    let world = World::start(&[
        "--key",
        &format!("fido2:{KEY_PIN}"),
        "--card",
        "z",
        "--pki",
        &pki.path().to_string_lossy(),
    ]);
    scene.keys(&world);
    scene.cards(&world, pki.path());
    scene.pages();
    scene.api();
    scene.roads(&exchange);
    scene.files(&["sleutelbos.sqlite", "sleutelbos.sqlite-wal", "name.key"]);
    drop(server);
    scene.keep("the world", world.end());
    let log = std::fs::read_to_string(scene.house.file("server.log")).expect("the log");
    assert!(log.contains("TRACE"), "the log is at its most talkative");
    scene.keep("the server's log", without_times(&log));
    scene.files(&["sleutelbos.sqlite", "name.key", "migrate.lock"]);
    let rows = scene.house.rows();
    let events = rows.get("audit").and_then(Value::as_array).map_or(0, Vec::len);
    assert!(events > 20, "the flows left {events} events");
    scene.keep("the database", rows.to_string());
    scene.search();
}

impl Scene {
    fn keep(&mut self, whose: &str, words: String) {
        self.said.entry(whose.to_owned()).or_default().push_str(&words);
    }

    /// Files of the data folder, which must be there.
    fn files(&mut self, names: &[&str]) {
        for name in names {
            let bytes = std::fs::read(self.house.file("data").join(name)).expect(name);
            self.keep(name, String::from_utf8_lossy(&bytes).into_owned());
        }
    }

    fn client(&self) -> Client {
        self.house.client()
    }

    /// Two accounts, one in the organisation that the card names.
    fn people(&mut self) {
        for (name, ura) in [(NAME, Some(SUBSCRIBER)), (OTHER, None)] {
            let create =
                self.house.sleutelbos(&["account", "create", "--password", "--vouch", "high"]);
            let create = create.args(["--organisation", &format!("Praktijk van {name}")]);
            let create = create.args(["--username", name, "--name", "Test Arts"]);
            let create = create.args(ura.iter().flat_map(|ura| ["--ura", ura]));
            let created = create.input(format!("{PASSWORD}\n")).run();
            assert_eq!(created.code, 0, "{}", created.all());
            self.keep("account create", created.all());
        }
    }

    /// The agent as this scene's person has it, who answers so.
    fn agent(&self, script: &Script) -> Program {
        let home = self.house.file("agent");
        std::fs::create_dir_all(home.join("sleutelbos")).expect("a folder");
        let config = agent_config(&self.house.origin(), PinEntry::Scripted);
        std::fs::write(home.join("sleutelbos/agent.toml"), config).expect("a file");
        Program::ours("sleutelbos-agent")
            .env("XDG_CONFIG_HOME", &home)
            .env("XDG_RUNTIME_DIR", &home)
            .env(SCRIPT, script.path())
    }

    fn run(&mut self, world: &World, arguments: &[&str], secrets: &[&str], code: i32) {
        let answers: Vec<_> = secrets.iter().map(|s| Answer::Secret((*s).to_owned())).collect();
        let script = Script::new(&answers);
        let output = world.run(self.agent(&script).args(arguments));
        assert_eq!(output.code, code, "{arguments:?}: {}", output.all());
        self.keep("the agent", output.stderr);
        // The one-time code is what this is asked for.
        if !arguments.contains(&"--code-challenge") {
            self.keep("the agent", output.stdout);
        }
        self.keep("the agent's windows", script.shown());
    }

    /// A key with a PIN: enrolled, used, mistyped.
    fn keys(&mut self, world: &World) {
        let user = ["--user", NAME];
        let with = |more: &[&'static str]| [more, &user].concat();
        self.run(world, &with(&["--json", "enrol", "--passkey"]), &[PASSWORD, KEY_PIN], 0);
        self.run(world, &with(&["login"]), &[WRONG_PASSWORD], 1);
        self.run(world, &["--json", "login"], &[WRONG_KEY_PIN, KEY_PIN], 0);
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        self.run(world, &["login", "--code-challenge", challenge], &[KEY_PIN], 0);
        self.run(world, &["--json", "keys", "list"], &[], 0);
    }

    /// A card: linked by an operator, used, mistyped, and asked by a page.
    fn cards(&mut self, world: &World, pki: &Path) {
        let link = self.house.sleutelbos(&["account", "link-card", "--username", NAME]);
        let link = link.args(["--operator", "Test Beheer", "--certificate"]);
        let linked = link.arg(pki.join("cards/z/authenticiteit.pem")).run();
        assert_eq!(linked.code, 0, "{}", linked.all());
        self.keep("account link-card", linked.all());
        self.run(world, &["--json", "login", "--card"], &[WRONG_CARD_PIN, CARD_PIN], 0);
        self.run(world, &["--json", "doctor"], &[], 0);
        let script = Script::new(&[Answer::Secret(CARD_PIN.to_owned())]);
        let log = self.house.file("native-host.log");
        let host = world.enter(self.agent(&script));
        let mut host = host.arg("chrome-extension://gdcanlljncladfainbijcmgeopecgbfg/").command();
        host.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = host.stderr(File::create(&log).expect("a log")).spawn().expect("it starts");
        let nonce = "5HjEnloLD+TreMRn96Aa/ReoXif/lQkrQFWHZMRxT+Y=";
        let origin = self.house.origin();
        let arguments = json!({"challengeNonce": nonce, "origin": origin, "lang": "nl"});
        let request = json!({"command": "authenticate", "arguments": arguments}).to_string();
        let length = u32::try_from(request.len()).expect("a short request");
        let mut input = child.stdin.take().expect("it was piped");
        input.write_all(&length.to_ne_bytes()).expect("it reads");
        input.write_all(request.as_bytes()).expect("it reads");
        let mut answer = Vec::new();
        child.stdout.take().expect("it was piped").read_to_end(&mut answer).expect("an answer");
        drop(input);
        assert!(child.wait().expect("it ends").success());
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.contains("web-eid:1.0"), "{answer}");
        self.keep("the native host", answer);
        self.keep("the native host", std::fs::read_to_string(log).expect("its log"));
        self.keep("the agent's windows", script.shown());
    }

    /// The pages, as a browser asks them: a wrong password, the right one, a key that is none.
    fn pages(&mut self) {
        let client = self.client();
        let ask = |method: &str, path: &str, cookies: &str, more: &str, body: &str| {
            let origin = self.house.origin();
            let head = format!("Cookie: {cookies}\r\nOrigin: {origin}\r\n{more}");
            client.ask(method, path, &head, body).expect("an answer")
        };
        let form = ask("GET", "/login", "", "", "");
        let visit = form.cookies().join("; ");
        let csrf = between(&form.body, "name=\"csrf\" value=\"").next().expect("a token");
        let typed = |password: &str| {
            let fields = [("csrf", csrf), ("username", OTHER), ("password", password)];
            let body =
                url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
            ask(
                "POST",
                "/login",
                &visit,
                "Content-Type: application/x-www-form-urlencoded\r\n",
                &body,
            )
        };
        assert_eq!(typed(WRONG_PASSWORD).status, 401);
        let entered = typed(PASSWORD);
        assert_eq!(entered.status, 303, "{}", entered.body);
        let cookies = entered.cookies().join("; ");
        let page = ask("GET", "/enrol/passkey", &cookies, "", "");
        let csrf = between(&page.body, "data-csrf=\"").next().expect("a token").to_owned();
        let head = format!("X-CSRF-Token: {csrf}\r\nContent-Type: application/json\r\n");
        let asked =
            ask("POST", "/enrol/webauthn/options", &cookies, &head, r#"{"kind":"passkey"}"#);
        let mut key = SoftKey::new(0, "http://elsewhere.example");
        let body = json!({"credential": key.create(&asked.options()), "name": "sleutel"});
        let refused = ask("POST", "/enrol/webauthn", &cookies, &head, &body.to_string());
        assert!((400..500).contains(&refused.status), "{}", refused.body);
        let broken = format!("{{\"kind\": \"{MISPLACED_PASSWORD}\"");
        let refused = ask("POST", "/login/webauthn/options", &cookies, &head, &broken);
        assert!((400..500).contains(&refused.status), "{}", refused.body);
        let answers = [&form, &entered, &page, &asked, &refused].map(|answer| answer.body.clone());
        // Pages hold the token of their forms, and no other secret.
        let answers = answers.concat().replace(&csrf, "").replace(form_token(&form.body), "");
        self.keep("the pages", answers);
    }

    /// The API: bodies that are no such thing, a key, a code, a session that ends.
    fn api(&mut self) {
        let client = self.client();
        let post = |path: &str, bearer: &str, body: &Value| {
            client.post(path, bearer, body).expect("an answer")
        };
        let attempt = client.attempt().expect("an answer");
        for body in [
            json!({"username": OTHER, "password": [MISPLACED_PASSWORD]}),
            json!({"username": {"password": MISPLACED_PASSWORD}}),
            json!([MISPLACED_PASSWORD]),
        ] {
            let refused = post("login/password", &attempt, &body);
            assert_eq!(refused.status, 400, "{}", refused.body);
            self.keep("refusals", refused.body);
        }
        let wrong = client.password(&attempt, OTHER, WRONG_PASSWORD).expect("an answer");
        assert_eq!(wrong.status, 401);
        self.keep("refusals", wrong.body);
        let right = client.password(&attempt, OTHER, PASSWORD).expect("an answer");
        let session = client.redeem(&right.text("code")).expect("an answer").text("session");
        let asked = post("enrolment/webauthn/options", &session, &json!({"kind": "passkey"}));
        let mut key = SoftKey::new(1, &self.house.origin());
        let body = json!({"credential": key.create(&asked.options()), "name": "sleutel"});
        let _ = post("enrolment/webauthn", &session, &body).good();
        let attempt = client.attempt().expect("an answer");
        let asked = post("login/webauthn/options", &attempt, &json!({}));
        let body = json!({"credential": key.get(&asked.options())});
        let code = post("login/webauthn", &attempt, &body).text("code");
        let again = post("login/webauthn", &attempt, &body);
        self.keep("refusals", again.body);
        let wrong = json!({"code": code, "code_verifier": "w".repeat(43)});
        let refused = post("login/code", "", &wrong);
        assert_eq!(refused.status, 401, "{}", refused.body);
        self.keep("refusals", refused.body);
        let out = post("logout", &session, &json!({}));
        assert_eq!(out.status, 204, "{}", out.body);
    }

    /// The roads by which people come in and back in.
    fn roads(&mut self, exchange: &Exchange) {
        let (met, said) = walked(&self.house, exchange);
        self.met = met;
        self.keep("the command line", said);
    }

    /// Every secret of this scene, with what it is.
    fn secrets(&self) -> BTreeMap<String, &'static str> {
        let known = [
            (PASSWORD, "the password"),
            (WRONG_PASSWORD, "a mistyped password"),
            (MISPLACED_PASSWORD, "a password in another field"),
            (KEY_PIN, "the key's PIN"),
            (WRONG_KEY_PIN, "a mistyped PIN of the key"),
            (CARD_PIN, "the card's PIN"),
            (WRONG_CARD_PIN, "a mistyped PIN of the card"),
            (VERIFIER, "a PKCE verifier"),
        ];
        let mut secrets = self.met.0.clone();
        secrets.extend(known.map(|(text, what)| (text.to_owned(), what)));
        let marks = [
            ("\"attempt\":\"", "an attempt's bearer", 5),
            ("\"code\":\"", "a one-time code", 4),
            ("\"code_verifier\":\"", "a PKCE verifier", 4),
            ("\"session\":\"", "a session's bearer", 3),
            ("Bearer ", "a bearer", 8),
            ("session=", "a session's cookie", 8),
            ("attempt=", "a log-in's cookie", 6),
            ("anew=", "the cookie of setting up anew", 2),
            ("/callbacks/twilio/", "the ticket of a sending", 5),
            ("link=", "a link", 2),
            ("visit=", "the cookie behind a form", 2),
            ("name=\"csrf\" value=\"", "a form's token", 1),
            ("data-csrf=\"", "a script's token", 1),
        ];
        for (mark, what, least) in marks {
            let mut found = 0;
            for said in self.recorder.heard() {
                for value in between(&said, mark).filter(|value| value.len() >= 32) {
                    found += 1;
                    secrets.insert(value.to_owned(), what);
                }
            }
            assert!(found >= least, "{what} was seen {found} times");
        }
        secrets
    }

    fn search(&self) {
        let mut found = Vec::new();
        for (secret, what) in self.secrets() {
            for (whose, words) in &self.said {
                for written in forms(&secret) {
                    if stands_in(&written, words) {
                        found
                            .push(format!("{what} stands in {whose}: {}", around(&written, words)));
                    }
                }
            }
        }
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

/// A log without the time at the begin of each line: its six decimals are any code once in a while.
fn without_times(log: &str) -> String {
    let rest = |line: &str| line.split_once(' ').map_or(line, |(_, rest)| rest).to_owned();
    log.lines().map(rest).collect::<Vec<_>>().join("\n")
}

/// A secret as it is, in a form's encoding, and in the hexadecimal and the list of bytes that traces have.
fn forms(secret: &str) -> Vec<String> {
    let hexadecimal = hex::encode(secret);
    let spaced: Vec<_> = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let bytes: Vec<_> = secret.bytes().map(|byte| byte.to_string()).collect();
    vec![
        secret.to_owned(),
        secret.replace(' ', "+"),
        secret.replace(' ', "%20"),
        hexadecimal.to_uppercase(),
        spaced.join(" ").to_uppercase(),
        spaced.join(" "),
        bytes.join(", "),
        hexadecimal,
    ]
}

/// Whether a secret stands there for itself: six digits of a longer number are no PIN.
fn stands_in(secret: &str, words: &str) -> bool {
    let digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_hexdigit());
    words.match_indices(secret).any(|(at, found)| {
        let (before, rest) = words.split_at(at);
        let after = rest.get(found.len()..).and_then(|rest| rest.chars().next());
        !(digit(before.chars().next_back()) || digit(after))
    })
}

fn around<'w>(secret: &str, words: &'w str) -> &'w str {
    words.lines().find(|line| line.contains(secret)).unwrap_or("over several lines")
}

/// The values that stand behind `mark`, up to the first letter that no token has.
fn between<'t>(text: &'t str, mark: &'t str) -> impl Iterator<Item = &'t str> {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    text.match_indices(mark).filter_map(move |(at, mark)| {
        let rest = text.get(at + mark.len()..)?;
        rest.get(..rest.find(|letter| !plain(letter)).unwrap_or(rest.len()))
    })
}

fn form_token(page: &str) -> &str {
    between(page, "name=\"csrf\" value=\"").next().expect("a token")
}

#[test]
fn a_secret_is_found_in_every_form() {
    let known = "zacht 8412";
    for line in [
        "x zacht 8412",
        "p=zacht+8412&",
        "zacht%208412",
        "TX 7A 61 63 68 74 20 38 34 31 32.",
        "7a616368742038343132",
        "[122, 97, 99, 104, 116, 32, 56, 52, 49, 50]",
    ] {
        assert!(forms(known).iter().any(|form| stands_in(form, line)), "{line}");
    }
    assert!(!stands_in("123456", "at 1795123456789") && stands_in("123456", "PIN 123456."));
}
