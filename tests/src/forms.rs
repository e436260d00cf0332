//! What a browser does without its scripts, and what its scripts send: it keeps cookies, follows
//! redirects, fills in forms.

use std::collections::BTreeMap;

use scraper::{ElementRef, Html, Selector};
use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::client::{Answer, Client};
use crate::soft_key::SoftKey;

/// One browser; a clone has what somebody took from it.
#[derive(Debug, Clone)]
pub struct Browser {
    client: Client,
    cookies: BTreeMap<String, String>,
}

/// What it shows.
#[derive(Debug)]
pub struct Page {
    /// The status.
    pub status: u16,
    /// Where it stands, after every redirect.
    pub path: String,
    /// Its source.
    pub body: String,
    html: Html,
}

/// A form with what is filled in.
#[derive(Debug, Clone)]
pub struct Form {
    action: String,
    fields: Vec<(String, String)>,
}

impl Browser {
    /// One without cookies.
    pub fn new(client: Client) -> Self {
        Self { client, cookies: BTreeMap::new() }
    }

    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(String::as_str)
    }

    /// Sets a cookie, or takes one over from another browser.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    /// Opens an address and goes where it leads.
    pub fn open(&mut self, path: &str) -> Page {
        let answer = self.send("GET", path, "", "");
        self.arrive(path, answer)
    }

    /// Sends a form and goes where that leads.
    pub fn submit(&mut self, form: &Form) -> Page {
        let answer = self.post(&form.action, &form.fields);
        self.arrive(&form.action, answer)
    }

    /// Posts fields as a page of this server does, and stays where the answer is.
    pub fn post(&mut self, path: &str, fields: &[(String, String)]) -> Answer {
        let body = Serializer::new(String::new()).extend_pairs(fields).finish();
        let head = format!("{}Content-Type: application/x-www-form-urlencoded\r\n", self.ours());
        self.send("POST", path, &head, &body)
    }

    /// Posts what the script of `page` would.
    pub fn script(&mut self, page: &Page, path: &str, body: &Value) -> Answer {
        let token = page.attribute("[data-csrf]", "data-csrf");
        let head = format!(
            "{}Content-Type: application/json\r\nAccept: application/json\r\nX-CSRF-Token: {token}\r\n",
            self.ours()
        );
        self.send("POST", path, &head, &body.to_string())
    }

    /// Gives the password on the log-in page, logged in no longer.
    pub fn log_in(&mut self, username: &str, password: &str) -> Page {
        self.cookies.remove("session");
        let page = self.open("/login");
        let form = page.form("#login-form").with("username", username).with("password", password);
        self.submit(&form)
    }

    /// Does with `key` what the page at `path` asks, enrolling or proving; where that leads.
    pub fn touch(&mut self, path: &str, key: &mut SoftKey) -> Page {
        let done = self.touched(path, key);
        self.open(&done.text("next"))
    }

    /// The same; what the page's script is answered.
    pub fn touched(&mut self, path: &str, key: &mut SoftKey) -> Answer {
        let page = self.open(path);
        let says = |name| page.attribute("#ceremony", name);
        let (kind, factor) = (says("data-kind"), says("data-factor"));
        let asked =
            self.script(&page, says("data-options"), &json!({ "kind": kind, "factor": factor }));
        let credential = match says("data-ceremony") {
            "create" => key.create(&asked.options()),
            _ => key.get(&asked.options()),
        };
        let then = if kind == "prove" { says("data-then") } else { "" };
        let answer = json!({
            "credential": credential, "name": "Sleutel", "then": then, "factor": factor,
        });
        self.script(&page, says("data-finish"), &answer)
    }

    /// What a browser says of a request that a page of this server makes.
    fn ours(&self) -> String {
        let port = self.client.port;
        format!("Origin: http://localhost:{port}\r\nSec-Fetch-Site: same-origin\r\n")
    }

    fn arrive(&mut self, path: &str, answer: Answer) -> Page {
        let (mut path, mut answer) = (path.to_owned(), answer);
        for _ in 0..MOST_REDIRECTS {
            let Some(onward) = answer.header("location") else {
                return Page::new(path, &answer);
            };
            path = onward.to_owned();
            answer = self.send("GET", &path, "", "");
        }
        panic!("it leads round in a circle, to {path} again");
    }

    fn send(&mut self, method: &str, path: &str, head: &str, body: &str) -> Answer {
        let pairs = self.cookies.iter().map(|(name, value)| format!("{name}={value}"));
        let cookies = pairs.collect::<Vec<_>>().join("; ");
        let head = format!("{head}Accept-Language: nl\r\nCookie: {cookies}\r\n");
        let answer = self.client.ask(method, path, &head, body).expect("a whole answer");
        for (name, value) in answer.cookies().iter().filter_map(|set| set.split_once('=')) {
            if value.is_empty() {
                self.cookies.remove(name);
            } else {
                self.set_cookie(name, value);
            }
        }
        answer
    }
}

impl Page {
    fn new(path: String, answer: &Answer) -> Self {
        // Where a narrow screen may part an address, a reader reads on.
        let (status, body) = (answer.status, answer.body.replace("<wbr>", ""));
        Self { status, path, html: Html::parse_document(&body), body }
    }

    /// The words between its heading and its end, spaces made one.
    pub fn text(&self) -> String {
        self.of("main").expect("a main part")
    }

    /// The words of the first element that `selector` chooses.
    pub fn of(&self, selector: &str) -> Option<String> {
        let words = self.find(selector)?.text().flat_map(str::split_whitespace);
        Some(words.collect::<Vec<_>>().join(" "))
    }

    /// The code of the refusal that it shows.
    pub fn code(&self) -> Option<&str> {
        self.find("[data-code]")?.attr("data-code")
    }

    /// An attribute of the first element that `selector` chooses.
    pub fn attribute(&self, selector: &str, name: &str) -> &str {
        let value = self.find(selector).and_then(|element| element.attr(name));
        value.unwrap_or_else(|| panic!("{selector} has no {name}: {}", self.body))
    }

    /// The value of the box or button in the label with these words.
    pub fn labelled(&self, words: &str) -> &str {
        let labels = Selector::parse("label").expect("a selector");
        let input = Selector::parse("input[value]").expect("a selector");
        let mut named =
            self.html.select(&labels).filter(|one| one.text().any(|t| t.contains(words)));
        let value = named.find_map(|one| one.select(&input).next()?.attr("value"));
        value.unwrap_or_else(|| panic!("no label says {words}: {}", self.body))
    }

    /// Whether there is such an element.
    pub fn has(&self, selector: &str) -> bool {
        self.find(selector).is_some()
    }

    /// The form that `selector` chooses, with what stands in its fields.
    pub fn form(&self, selector: &str) -> Form {
        let form = self.find(selector).unwrap_or_else(|| panic!("{selector}: {}", self.body));
        let inputs = Selector::parse("input[name]").expect("a selector");
        let ticked = |input: &ElementRef<'_>| {
            let choice = matches!(input.attr("type"), Some("checkbox" | "radio"));
            !choice || input.attr("checked").is_some()
        };
        let read = |input: ElementRef<'_>| {
            let value = input.attr("value").unwrap_or_default().to_owned();
            Some((input.attr("name")?.to_owned(), value))
        };
        let fields = form.select(&inputs).filter(ticked).filter_map(read).collect();
        let action = form.attr("action").unwrap_or(&self.path).to_owned();
        Form { action, fields }
    }

    fn find(&self, selector: &str) -> Option<ElementRef<'_>> {
        let selector = Selector::parse(selector).expect("a selector");
        self.html.select(&selector).next()
    }
}

impl Form {
    /// The same, sent to another address.
    #[must_use]
    pub fn to(mut self, action: &str) -> Self {
        action.clone_into(&mut self.action);
        self
    }

    /// Leaves a box unticked.
    #[must_use]
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self
    }

    /// Ticks a further box of this name.
    #[must_use]
    pub fn and(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Fills in a field.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.fields.retain(|(known, _)| known != name);
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// Redirects that a browser follows, at most.
const MOST_REDIRECTS: usize = 8;
