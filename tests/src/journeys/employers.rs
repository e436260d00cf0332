//! C11: one person, several employers, with one key in the hand or one card in the reader: at a terminal, from
//! a script, in windows, on the pages without a script and in Chromium.

use serde_json::{Value, json};

use super::cards;
use super::pages::Choice;
use crate::browser::{Browser, Options};
use crate::client::{CHALLENGE, Client};
use crate::forms::{self, Page};
use crate::native::{EXTENSION, converse};
use crate::pinentry::{Answer, Script};
use crate::program::{Output, workspace};
use crate::stage::{CARD_PIN, Person, PinEntry, SUBSCRIBER, Stage};
use crate::terminal::Terminal;
use crate::world::World;

/// The two employers, and their AGB codes.
const BY: [&str; 2] = ["--operator", "Test Beheer"];
const DAY: &str = "FAKE Huisartsenpraktijk";
const NIGHT: &str = "FAKE Dokterspost";
const DAY_CODE: &str = "01000001";
const NIGHT_CODE: &str = "01000002";
const KEY_PIN: &str = "123456";

fn secret(text: &str) -> Answer {
    Answer::Secret(text.to_owned())
}

/// Somebody who works for both, with one address and one password.
fn two_employers(stage: &Stage) -> Person {
    let person = stage.newcomer("Test Waarnemer");
    let _ = stage.employ(&person, DAY, &["--agb", DAY_CODE]);
    let _ = stage.employ(&person, NIGHT, &["--agb", NIGHT_CODE]);
    person
}

/// The holder of the card of the simulator, who works for two organisations of one subscriber; the card is
/// linked at both.
fn two_with_a_card(stage: &Stage) -> Person {
    let person = stage.newcomer("Test Arts");
    let link = |who: &str| {
        let link = stage
            .sleutelbos(&["account", "link-card", "--username", who])
            .args(BY)
            .arg("--certificate");
        let _ = link.arg(stage.pki().join("cards/z/authenticiteit.pem")).run().good();
    };
    let _ = stage.employ(&person, DAY, &["--agb", DAY_CODE, "--ura", SUBSCRIBER]);
    link(&person.username);
    let number = stage.employ(&person, NIGHT, &["--agb", NIGHT_CODE]);
    let shared = ["account", "ura", "--username", &number, "--shared", SUBSCRIBER];
    let _ = stage.sleutelbos(&shared).args(BY).run().good();
    link(&number);
    // Where the card is not linked, it is no choice.
    let _ = stage.employ(&person, "FAKE Thuiszorg", &["--agb", "01000003"]);
    person
}

/// The agent in a world, whose pinentry has these answers, and which prints JSON.
fn agent(stage: &Stage, world: &World, answers: &[Answer], arguments: &[&str]) -> Output {
    let script = Script::new(answers);
    let agent = stage.agent(&script).env("DISPLAY", "").env("WAYLAND_DISPLAY", "");
    world.run(agent.arg("--json").args(arguments))
}

/// The agent at a terminal, in that world; it prints JSON at the end.
fn at_a_terminal(stage: &Stage, world: &World, arguments: &[&str]) -> Terminal {
    let agent = stage.agent(&Script::new(&[])).arg("--json").args(arguments);
    Terminal::start(world.enter(agent))
}

/// The JSON in the last line.
fn last(said: &str) -> Value {
    let line = said.trim().lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|_| panic!("no JSON: {said}"))
}

/// The text at a place in it.
fn text(said: &Value, place: &str) -> String {
    let found = said.pointer(place).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no {place}: {said}")).to_owned()
}

/// Where a log-in led.
fn employer(said: &str) -> String {
    text(&last(said), "/account/organisation")
}

/// How strong it was.
fn level(said: &str) -> String {
    text(&last(said), "/level")
}

/// What an error says, for programs.
fn refusal(output: &Output) -> (String, Vec<String>) {
    assert_eq!(output.code, 1, "{}", output.all());
    let said = last(&output.stdout);
    let names = said.pointer("/error/organisations").and_then(Value::as_array);
    let name = |one: &Value| text(one, "/name");
    let names = names.map(|all| all.iter().map(name).collect()).unwrap_or_default();
    (text(&said, "/error/code"), names)
}

/// One key, enrolled at both employers through the agent, which is told at which; the key logs in at the one
/// that is named.
fn key_at_both(stage: &Stage, world: &World, person: &Person) {
    let user = ["--user", person.username.as_str()];
    for (code, name) in [(DAY_CODE, DAY), (NIGHT_CODE, NIGHT)] {
        let arguments = [&["enrol"], &user[..], &["--organisation", code]].concat();
        let _ = agent(stage, world, &[secret(&person.password)], &arguments).good();
        let arguments = [&["login"], &user[..], &["--organisation", name]].concat();
        let said = agent(stage, world, &[secret(&person.password)], &arguments).good();
        assert_eq!((employer(&said).as_str(), level(&said).as_str()), (name, "substantial"));
    }
}

/// At a terminal: the password, a number that is not there, the number, and then the key of that account.
#[must_use]
pub fn asked_at_a_terminal() -> String {
    let stage = &Stage::with(PinEntry::System);
    let person = two_employers(stage);
    let world = World::start(&["--key", "fido2", "--seed", "21"]);
    let user = ["--user", person.username.as_str()];
    let enrol = |number: &str| {
        let enrol = at_a_terminal(stage, &world, &[&["enrol"], &user[..]].concat());
        enrol.answer("Wachtwoord: ", &person.password).answer("Nummer: ", number).end()
    };
    for number in ["1", "2"] {
        let (code, said) = enrol(number);
        assert_eq!(code, 0, "{said}");
    }
    let login = || at_a_terminal(stage, &world, &[&["login"], &user[..]].concat());
    let asked = login().answer("Wachtwoord: ", &person.password);
    let asked = asked.answer("Nummer: ", "3").answer("Nummer: ", "Dokterspost");
    let (code, said) = asked.answer("Nummer: ", "1").end();
    assert_eq!((code, employer(&said).as_str()), (0, NIGHT), "{said}");
    for words in [
        "Bij welke wilt u inloggen?",
        "  1  FAKE Dokterspost (AGB-code 01000002)\n  2  FAKE Huisartsenpraktijk (AGB-code 01000001)\n",
        "Typ een nummer van 1 tot en met 2.",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains(&person.password), "{said}");
    let shown = said;
    let (code, said) =
        login().answer("Wachtwoord: ", &person.password).answer("Nummer: ", "2").end();
    assert_eq!((code, employer(&said).as_str()), (0, DAY), "{said}");

    // Ctrl-D and Ctrl-C choose nothing, and say so.
    let before = stage.written_down().0;
    for (key, error) in [("\u{4}", "organisation_unchosen"), ("\u{3}", "stopped")] {
        let gone = login().answer("Wachtwoord: ", &person.password).press("Nummer: ", key);
        let (code, said) = gone.end();
        assert!(code == 1 && said.contains(error), "{code} {said}");
    }
    assert_eq!(stage.written_down().0, before, "no session");
    shown.lines().take(8).collect::<Vec<_>>().join("\n")
}

/// At a terminal: the card, its PIN, and the employer, among those alone where it is linked.
#[must_use]
pub fn card_at_a_terminal() -> String {
    let stage = &Stage::with(PinEntry::System);
    let _ = two_with_a_card(stage);
    let world = cards::world(stage, "z");
    for (number, name) in [("1", NIGHT), ("2", DAY)] {
        let login = at_a_terminal(stage, &world, &["login", "--card", "--lang", "en"]);
        let (code, said) = login.answer("Card PIN: ", CARD_PIN).answer("Number: ", number).end();
        assert_eq!((code, employer(&said).as_str(), level(&said).as_str()), (0, name, "high"));
        assert!(!said.contains("Thuiszorg"), "{said}");
    }
    for (code, name) in [(DAY_CODE, DAY), (NIGHT_CODE, NIGHT)] {
        let login = ["login", "--card", "--organisation", code];
        let (code, said) =
            at_a_terminal(stage, &world, &login).answer("Pincode van uw pas: ", CARD_PIN).end();
        assert_eq!((code, employer(&said).as_str()), (0, name), "{said}");
    }
    let wrong = ["login", "--card", "--organisation", "01000003"];
    let (code, said) =
        at_a_terminal(stage, &world, &wrong).answer("Pincode van uw pas: ", CARD_PIN).end();
    assert!(code == 1 && said.contains("organisation_unknown"), "{said}");
    "the card logs in at the employer that its holder chose".to_owned()
}

/// From a script: an employer that is named, one that is not there, a name that two have, one at which this is
/// not the password, and none named where nobody can be asked.
#[must_use]
pub fn named_by_a_script(stage: &Stage) -> String {
    let person = two_employers(stage);
    let world = World::start(&["--key", "u2f", "--seed", "22"]);
    key_at_both(stage, &world, &person);
    let login = |password: &str, more: &[&str]| {
        let login = [&["login", "--user", &person.username], more].concat();
        agent(stage, &world, &[secret(password)], &login)
    };
    let before = stage.written_down().0;
    let unknown = login(&person.password, &["--organisation", "FAKE"]);
    let offered = [NIGHT, DAY].map(str::to_owned).to_vec();
    assert_eq!(refusal(&unknown), ("organisation_unknown".to_owned(), offered.clone()));
    assert!(
        unknown.stderr.contains("\n  --organisation 01000002  FAKE Dokterspost"),
        "{}",
        unknown.stderr
    );
    let needed = login(&person.password, &[]);
    assert_eq!(refusal(&needed), ("organisation_needed".to_owned(), offered));
    assert!(needed.stderr.contains("--organisation 01000001"), "{}", needed.stderr);
    let _ = stage.employ(&person, NIGHT, &["--agb", "01000004"]);
    let ambiguous = login(&person.password, &["--organisation", NIGHT]);
    let both = [NIGHT, NIGHT].map(str::to_owned).to_vec();
    assert_eq!(refusal(&ambiguous), ("organisation_ambiguous".to_owned(), both));
    assert_eq!(stage.written_down().0, before, "no session");

    // The password of a third employer fits there alone, so nothing is asked; that is not where the script goes.
    let other = Person { password: "nachtdienst om kwart voor zeven".to_owned(), ..person.clone() };
    let _ = stage.employ(&other, "FAKE Thuiszorg", &["--agb", "01000003"]);
    let enrol = ["enrol", "--user", &person.username, "--organisation"];
    let enrolled = [&enrol[..], &["01000003"]].concat();
    let _ = agent(stage, &world, &[secret(&other.password)], &enrolled).good();
    let elsewhere = login(&other.password, &["--organisation", DAY_CODE]);
    assert_eq!(refusal(&elsewhere).0, "organisation_elsewhere", "{}", elsewhere.all());
    assert!(elsewhere.stderr.contains("bij FAKE Thuiszorg"), "{}", elsewhere.stderr);
    let said = login(&other.password, &["--organisation", "fake thuiszorg"]).good();
    assert_eq!(employer(&said), "FAKE Thuiszorg");

    // An application gets the code of the account that was chosen.
    let challenge = ["--organisation", NIGHT_CODE, "--code-challenge", CHALLENGE];
    let said = last(&login(&person.password, &challenge).good());
    let client = Client { port: stage.port() };
    let opened = client.redeem(&text(&said, "/code")).expect("an answer").good();
    assert_eq!(text(&opened, "/account/organisation"), NIGHT);
    assert_eq!(text(&opened, "/account/agb"), NIGHT_CODE);
    needed.stderr.trim().to_owned()
}

/// At the command line: what goes with what.
#[must_use]
pub fn misused(stage: &Stage) -> String {
    let said = |arguments: &[&str]| {
        let output = stage.agent(&Script::new(&[])).args(arguments).run();
        assert_eq!(output.code, 2, "{}", output.all());
        output.stderr
    };
    let passkey = said(&["login", "--organisation", DAY]);
    assert!(passkey.contains("--user") && passkey.contains("--card"), "{passkey}");
    let empty = said(&["login", "--card", "--organisation", " "]);
    assert!(empty.contains("Geef de AGB-code of de hele naam van een organisatie."), "{empty}");
    format!("{passkey}\n{empty}")
}

/// Where there is no terminal and a window can be seen, as for an application on a desktop: the windows ask of
/// one employer after the other.
#[must_use]
pub fn asked_in_windows(stage: &Stage) -> String {
    let person = two_employers(stage);
    let world = World::start(&["--key", "fido2", "--seed", "23"]);
    key_at_both(stage, &world, &person);
    let ask = |answers: &[Answer]| {
        let script = Script::new(answers);
        let login = ["--json", "login", "--user", &person.username];
        let said = world.run(stage.agent(&script).env("DISPLAY", ":77").args(login));
        (said, script.shown())
    };
    let (said, shown) = ask(&[secret(&person.password), Answer::Cancel, Answer::Yes]);
    assert_eq!(employer(&said.good()), DAY);
    for words in ["Bij welke wilt u inloggen?", "FAKE Dokterspost (AGB-code 01000002)"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    let (none, _) = ask(&[secret(&person.password), Answer::Cancel, Answer::Cancel]);
    assert_eq!(refusal(&none).0, "organisation_unchosen");
    shown
}

/// One key with a passkey for each employer: it is the key that is asked, and its owner reads which is whose.
#[must_use]
pub fn passkeys_of_one_key() -> String {
    let stage = &Stage::with(PinEntry::System);
    let person = two_employers(stage);
    let world = World::start(&["--key", &format!("fido2:{KEY_PIN}"), "--seed", "24"]);
    for code in [DAY_CODE, NIGHT_CODE] {
        let enrol = ["enrol", "--passkey", "--user", &person.username, "--organisation", code];
        let enrol = at_a_terminal(stage, &world, &enrol);
        let (code, said) =
            enrol.answer("Wachtwoord: ", &person.password).answer("Pincode: ", KEY_PIN).end();
        assert_eq!(code, 0, "{said}");
    }
    let mut screen = String::new();
    for name in [NIGHT, DAY] {
        let login = || at_a_terminal(stage, &world, &["login"]).answer("Pincode: ", KEY_PIN);
        let (_, said) = login().press("Nummer: ", "\u{4}").end();
        let wanted = format!("Test Waarnemer ({name})");
        let line = said.lines().find(|line| line.contains(&wanted));
        let number = line.and_then(|line| line.split_whitespace().next());
        let number = number.unwrap_or_else(|| panic!("no {wanted}: {said}")).to_owned();
        let (code, said) = login().answer("Nummer: ", &number).end();
        assert_eq!((code, employer(&said).as_str(), level(&said).as_str()), (0, name, "high"));
        screen = said;
    }
    screen
}

/// One key in a computer: enrolled at one employer in Chromium and at the other by the agent, and used at both
/// by both.
#[must_use]
pub fn key_in_chromium_and_agent(stage: &Stage) -> String {
    let person = two_employers(stage);
    let world = World::start(&["--key", "fido2", "--seed", "25"]);
    let browser = Browser::start(&Options { world: Some(&world), ..Options::default() });
    browser.type_password(stage, &person);
    browser.choose_employer(DAY);
    browser.enrol_first(Choice::SecurityKey, "sleutel aan de bos");
    let enrol = ["enrol", "--user", &person.username, "--organisation", NIGHT];
    let _ = agent(stage, &world, &[secret(&person.password)], &enrol).good();
    for name in [DAY, NIGHT] {
        browser.type_password(stage, &person);
        browser.choose_employer(name);
        let (level, factors) = browser.account_here();
        assert_eq!((level.as_str(), factors), ("substantial", vec!["security_key".to_owned()]));
        assert!(browser.text().contains(name), "{}", browser.text());
        browser.log_out();
        let login = ["login", "--user", &person.username, "--organisation", name];
        let said = agent(stage, &world, &[secret(&person.password)], &login).good();
        assert_eq!(employer(&said), name);
    }
    "one key, two employers, Chromium and the agent".to_owned()
}

/// Page, extension, agent, reader and card; then the employer. Pictures of the question are taken.
#[must_use]
pub fn card_in_chromium(stage: &Stage) -> String {
    let _ = two_with_a_card(stage);
    let world = cards::world(stage, "z");
    let script = Script::new(&[secret(CARD_PIN), secret(CARD_PIN)]);
    let (browser, _profile) = cards::browser(stage, &world, &script);
    let pictures = workspace().join("target/pictures/nl");
    std::fs::create_dir_all(&pictures).expect("the target folder can be written to");
    for name in [NIGHT, DAY] {
        browser.open(&format!("{}/login", stage.origin()));
        browser.click("#to-card");
        let _ = browser.element("#choice-form");
        let words = browser.words("#organisations");
        assert!(words.contains(DAY) && words.contains(NIGHT), "{words}");
        assert!(!words.contains("Thuiszorg"), "where the card is not linked: {words}");
        browser.picture(1280, &pictures.join("login-organisation-card-1280.png"));
        browser.picture(320, &pictures.join("login-organisation-card-320.png"));
        assert_eq!(browser.barriers(), Vec::<String>::new());
        browser.choose_employer(name);
        let (level, factors) = browser.account_here();
        assert_eq!((level.as_str(), factors), ("high", vec!["card".to_owned()]));
        assert!(browser.text().contains(name), "{}", browser.text());
        browser.log_out();
    }
    "the card, then the employer: high at both".to_owned()
}

/// The pages as a browser without scripts gets them, with what a card signed: what is offered, what is refused,
/// and that it is chosen once.
#[must_use]
pub fn card_over_the_pages(stage: &Stage) -> String {
    let _ = two_with_a_card(stage);
    let stranger = stage.person("Test Vreemde", None);
    let world = cards::world(stage, "z");
    let mut browser = forms::Browser::new(Client { port: stage.port() });
    let page = signed(stage, &world, &mut browser);
    assert_eq!(page.path, "/login/organisation", "{}", page.text());
    let shown = page.of("#organisations").expect("the choices");
    assert!(
        shown.contains(NIGHT) && shown.contains(DAY) && !shown.contains("Thuiszorg"),
        "{shown}"
    );
    assert!(!shown.contains(&stranger.name), "{shown}");
    for inside in ["/account", "/login/check", "/enrol"] {
        assert_eq!(browser.open(inside).path, "/login", "nothing is chosen yet");
    }
    let page = browser.open("/login/organisation");
    let none = browser.submit(&page.form("#choice-form"));
    assert_eq!((none.status, none.has("#organisations-error")), (422, true), "{}", none.text());
    // Attack: an organisation at which the card is not linked, and what is no id.
    for foreign in ["0123456789abcdef0123456789abcdef", "x"] {
        let refused = browser.submit(&page.form("#choice-form").with("organisation", foreign));
        assert_eq!(refused.code(), Some("no_such_choice"), "{}", refused.text());
    }
    let mut thief = browser.clone();
    let chosen = browser.submit(&choice(&page, NIGHT));
    assert_eq!(chosen.path, "/account");
    assert!(chosen.text().contains(NIGHT), "{}", chosen.text());
    // Attack: the same proof, for the other employer, by whoever took the cookies before.
    let replayed = thief.submit(&choice(&page, DAY));
    assert_eq!(replayed.code(), Some("login_expired"), "{}", replayed.text());
    let page = signed(stage, &world, &mut browser);
    assert!(browser.submit(&choice(&page, DAY)).text().contains(DAY));
    shown
}

/// The page after a card signed what the page at `/login/card` asked.
fn signed(stage: &Stage, world: &World, browser: &mut forms::Browser) -> Page {
    let page = browser.open("/login/card");
    let asked = browser.script(&page, "/login/card/challenge", &json!({ "kind": "alone" }));
    let script = Script::new(&[secret(CARD_PIN)]);
    let host = world.enter(stage.agent(&script).arg(EXTENSION)).command();
    let arguments =
        json!({"challengeNonce": asked.text("nonce"), "origin": stage.origin(), "lang": "nl"});
    let token = converse(host, &json!({"command": "authenticate", "arguments": arguments}));
    let answer = browser.script(&page, "/login/card", &json!({"auth_token": token, "then": ""}));
    browser.open(&answer.text("next"))
}

/// The form of the choice with the employer of this name.
fn choice(page: &Page, name: &str) -> forms::Form {
    page.form("#choice-form").with("organisation", page.labelled(name))
}

impl Browser {
    /// Chooses the employer of this name, on the page that asks.
    pub fn choose_employer(&self, name: &str) {
        let _ = self.element("#choice-form");
        let script = "for (const label of document.querySelectorAll('#organisations label')) {\
                        if (label.textContent.includes(arguments[0])) { label.click(); } }";
        let _ = self.script(script, vec![name.into()]);
        self.click("#choice-button");
    }
}
