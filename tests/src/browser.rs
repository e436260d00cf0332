//! Real Chromium, headless, driven through ChromeDriver.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fantoccini::elements::Element;
use fantoccini::wd::{WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator};
use http::Method;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::program::{Background, Program, axe, trail};
use crate::world::World;

/// How long a page may take to show what is waited for.
const PATIENCE: Duration = Duration::from_secs(20);

/// How long the browser may take over one command; a page that hangs must not hang the test.
const COMMAND: Duration = Duration::from_secs(60);

/// A browser that ends when this goes.
#[derive(Debug)]
pub struct Browser {
    runtime: tokio::runtime::Runtime,
    client: Client,
    authenticators: RefCell<Vec<String>>,
    _driver: Background,
    _profile: tempfile::TempDir,
}

/// What a browser is started with.
#[derive(Debug, Default)]
pub struct Options<'a> {
    /// The world whose devices it sees.
    pub world: Option<&'a World>,
    /// An unpacked extension.
    pub extension: Option<&'a Path>,
    /// Environment variables that programs it starts inherit.
    pub environment: Vec<(&'a str, PathBuf)>,
    /// A profile folder that was prepared; an empty one by default.
    pub profile: Option<&'a Path>,
    /// The person's language; Dutch by default.
    pub language: Option<&'a str>,
}

impl Options<'_> {
    fn language(&self) -> &str {
        self.language.unwrap_or("nl")
    }
}

impl Browser {
    /// Starts Chromium.
    ///
    /// # Panics
    /// Where Chromium or ChromeDriver is missing or does not start.
    #[must_use]
    pub fn start(options: &Options<'_>) -> Self {
        let empty = tempfile::tempdir().expect("a temporary folder");
        let profile = options.profile.unwrap_or(empty.path());
        let chromium = Program::stranger("chromium", "chromium").path().to_owned();
        let mut driver = Program::stranger("chromedriver", "chromium-driver").arg("--port=0");
        if let Some(world) = options.world {
            driver = world.enter(driver);
        }
        for (name, value) in &options.environment {
            driver = driver.env(name, value);
        }
        let (driver, port) = driver.start(|line| {
            let port = line.split_once("started successfully on port ")?.1;
            Some(port.trim_end_matches('.').to_owned())
        });
        let mut capabilities = serde_json::Map::new();
        capabilities.insert(
            "goog:chromeOptions".to_owned(),
            json!({
                "binary": chromium,
                "args": arguments(profile, options),
                "prefs": {"intl.accept_languages": options.language()},
            }),
        );
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a tokio runtime");
        let address = format!("http://127.0.0.1:{port}");
        let mut builder = ClientBuilder::new(HttpConnector::new());
        let session = builder.capabilities(capabilities).connect(&address);
        let client = runtime
            .block_on(async { tokio::time::timeout(COMMAND, session).await })
            .expect("ChromeDriver answers within a minute")
            .expect("ChromeDriver opens a session");
        Self {
            runtime,
            client,
            authenticators: RefCell::default(),
            _driver: driver,
            _profile: empty,
        }
    }

    /// Waits for one command, a minute at most.
    fn drive<T>(&self, what: &str, command: impl Future<Output = T>) -> T {
        trail(&format!("browser: {what}"));
        let limited = async { tokio::time::timeout(COMMAND, command).await };
        let answer = self.runtime.block_on(limited);
        answer.unwrap_or_else(|_| panic!("Chromium did not answer within a minute: {what}"))
    }

    /// Opens an address.
    ///
    /// # Panics
    /// Where it cannot be opened.
    pub fn open(&self, address: &str) {
        self.drive(address, self.client.goto(address)).expect(address);
    }

    /// Forgets every cookie of the page that is shown, as another browser has none of them.
    ///
    /// # Panics
    /// Where Chromium refuses.
    pub fn forget_cookies(&self) {
        self.drive("forget cookies", self.client.delete_all_cookies()).expect("no cookies");
    }

    /// Waits until an element is there.
    ///
    /// # Panics
    /// With the page's text, where it does not come.
    #[must_use]
    pub fn element(&self, css: &str) -> Element {
        let search = async {
            loop {
                let wait = self.client.wait().at_most(PATIENCE);
                match wait.for_element(Locator::Css(css)).await {
                    // the page went while it was searched; the next one is searched as well
                    Err(error) if error.to_string().contains("aborted by navigation") => {}
                    found => return found,
                }
            }
        };
        let found = self.drive(css, search);
        found.unwrap_or_else(|error| panic!("no {css} on the page ({error}):\n{}", self.text()))
    }

    /// Waits for an element and clicks it.
    ///
    /// # Panics
    /// Where it does not come or cannot be clicked.
    pub fn click(&self, css: &str) {
        let element = self.element(css);
        self.drive(css, element.click()).expect(css);
    }

    /// Types where the focus is.
    ///
    /// # Panics
    /// Where nothing has the focus.
    pub fn keys(&self, text: &str) {
        let focused = self.drive("the focus", self.client.active_element()).expect("a focus");
        self.drive("keys", focused.send_keys(text)).expect("an element takes keys");
    }

    /// Waits for a field and types into it.
    ///
    /// # Panics
    /// Where it does not come or takes no text.
    pub fn fill(&self, css: &str, text: &str) {
        let element = self.element(css);
        self.drive(css, element.clear()).expect(css);
        self.drive(css, element.send_keys(text)).expect(css);
    }

    /// The text that a person reads now.
    #[must_use]
    pub fn text(&self) -> String {
        let body = self.drive("the page", self.client.find(Locator::Css("body")));
        body.and_then(|body| self.drive("its text", body.text())).unwrap_or_default()
    }

    /// The address of the page.
    ///
    /// # Panics
    /// Where the browser has gone.
    #[must_use]
    pub fn address(&self) -> String {
        self.drive("the address", self.client.current_url()).expect("an address").to_string()
    }

    /// Runs JavaScript and gives what it returns.
    ///
    /// # Panics
    /// Where it throws.
    #[must_use]
    pub fn script(&self, javascript: &str, arguments: Vec<Value>) -> Value {
        self.drive(javascript, self.client.execute(javascript, arguments)).expect(javascript)
    }

    /// Runs JavaScript that calls its last argument when it is done.
    ///
    /// # Panics
    /// Where it throws or takes too long.
    #[must_use]
    pub fn script_async(&self, javascript: &str, arguments: Vec<Value>) -> Value {
        self.drive(javascript, self.client.execute_async(javascript, arguments)).expect(javascript)
    }

    /// The tab that is shown.
    ///
    /// # Panics
    /// Where the browser has gone.
    #[must_use]
    pub fn tab(&self) -> WindowHandle {
        self.drive("the tab", self.client.window()).expect("a tab")
    }

    /// Opens another tab and shows it.
    ///
    /// # Panics
    /// Where the browser refuses.
    pub fn open_tab(&self) {
        let tab = self.drive("a new tab", self.client.new_window(true)).expect("a new tab");
        self.go_to_tab(&tab.handle);
    }

    /// Shows a tab.
    ///
    /// # Panics
    /// Where it has gone.
    pub fn go_to_tab(&self, tab: &WindowHandle) {
        let switch = self.client.switch_to_window(tab.clone());
        self.drive("another tab", switch).expect("a tab that is there");
    }

    /// Closes the tab that is shown; [`Browser::go_to_tab`] must follow.
    ///
    /// # Panics
    /// Where the browser refuses.
    pub fn close_tab(&self) {
        self.drive("closing a tab", self.client.close_window()).expect("a tab closes");
    }

    /// Adds a WebDriver virtual authenticator: a passkey of the browser's own making.
    ///
    /// # Panics
    /// Where the browser refuses.
    pub fn add_virtual_authenticator(&self) {
        let parameters = json!({
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true,
        });
        let id = self.extension("webauthn/authenticator", parameters);
        self.authenticators.borrow_mut().extend(id.as_str().map(str::to_owned));
    }

    /// Adds a WebDriver virtual authenticator that is a key in a USB port, with a PIN.
    ///
    /// # Panics
    /// Where the browser refuses.
    pub fn add_virtual_key(&self) {
        let parameters = json!({
            "protocol": "ctap2", "transport": "usb", "hasResidentKey": true,
            "hasUserVerification": true, "isUserVerified": true,
        });
        let id = self.extension("webauthn/authenticator", parameters);
        self.authenticators.borrow_mut().extend(id.as_str().map(str::to_owned));
    }

    /// Whether the virtual authenticators recognise their owner from now on.
    ///
    /// # Panics
    /// Where there is none, or the browser refuses.
    pub fn set_user_verified(&self, verified: bool) {
        let all = self.authenticators.borrow();
        assert!(!all.is_empty(), "there is a virtual authenticator");
        for id in all.iter() {
            let path = format!("webauthn/authenticator/{id}/uv");
            let _ = self.extension(&path, json!({"isUserVerified": verified}));
        }
    }

    /// Has the virtual authenticator that was added last forget everything that was enrolled with it.
    ///
    /// # Panics
    /// Where there is none, or the browser refuses.
    pub fn wipe_key(&self) {
        let id = self.authenticators.borrow().last().cloned().expect("a virtual authenticator");
        let path = format!("webauthn/authenticator/{id}/credentials");
        let command = Extension { path: path.clone(), method: Method::DELETE, parameters: None };
        let _ = self.drive(&path, self.client.issue_cmd(command)).expect(&path);
    }

    /// Sends a command that only WebDriver's extensions know.
    fn extension(&self, path: &str, parameters: Value) -> Value {
        let (path, parameters) = (path.to_owned(), Some(parameters));
        let command = Extension { path: path.clone(), method: Method::POST, parameters };
        self.drive(&path, self.client.issue_cmd(command)).expect(&path)
    }

    /// Writes a picture of the whole page, as high as it is.
    ///
    /// # Panics
    /// Where the browser refuses, or the file cannot be written.
    pub fn picture(&self, width: u32, file: &Path) {
        let high = self.script("return document.documentElement.scrollHeight", vec![]);
        let high = high.as_u64().and_then(|high| u32::try_from(high).ok()).unwrap_or(640);
        self.set_viewport(width, high.max(640));
        let picture = self.drive("a picture", self.client.screenshot()).expect("a picture");
        fs::write(file, picture).expect("the folder of pictures can be written to");
    }

    /// Writes a picture of the page as it is printed.
    ///
    /// # Panics
    /// Where the browser refuses, or the file cannot be written.
    pub fn print(&self, file: &Path) {
        let print = |media: &str| {
            let parameters =
                json!({"cmd": "Emulation.setEmulatedMedia", "params": {"media": media}});
            let _ = self.extension("goog/cdp/execute", parameters);
        };
        print("print");
        self.picture(794, file);
        print("");
    }

    /// Shows the page in light or dark colours, as the person's system asks.
    ///
    /// # Panics
    /// Where the browser refuses.
    pub fn set_colours(&self, scheme: &str) {
        let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
        let parameters =
            json!({"cmd": "Emulation.setEmulatedMedia", "params": {"features": features}});
        let _ = self.extension("goog/cdp/execute", parameters);
    }

    /// What axe-core finds wrong with the page for people who see, hear or move otherwise: a rule
    /// and the elements that break it.
    ///
    /// # Panics
    /// Where axe-core is missing or cannot run.
    #[must_use]
    pub fn barriers(&self) -> Vec<String> {
        const ASK: &str = "const done = arguments[arguments.length - 1]; \
            axe.run().then(found => done(found.violations.map(rule => rule.id + ': ' \
            + rule.nodes.map(node => node.html).join(' '))), fault => done([String(fault)]))";
        let _ = self.script(&format!("{}; window.axe = axe", axe()), vec![]);
        let found = self.script_async(ASK, vec![]);
        let found = found.as_array().expect("axe-core answers").clone();
        found.iter().map(|rule| rule.as_str().unwrap_or_default().to_owned()).collect()
    }

    /// Sets the width and height of the page itself, as a small screen has them.
    ///
    /// # Panics
    /// Where the browser refuses.
    pub fn set_viewport(&self, width: u32, height: u32) {
        let parameters = json!({
            "cmd": "Emulation.setDeviceMetricsOverride",
            "params": {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false},
        });
        let _ = self.extension("goog/cdp/execute", parameters);
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        let close = self.client.clone().close();
        drop(self.runtime.block_on(async { tokio::time::timeout(COMMAND, close).await }));
    }
}

fn arguments(profile: &Path, options: &Options<'_>) -> Vec<String> {
    let mut arguments: Vec<String> = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    .map(str::to_owned)
    .to_vec();
    arguments.push(format!("--lang={}", options.language()));
    arguments.push(format!("--user-data-dir={}", profile.display()));
    arguments.push("--window-size=1280,900".to_owned());
    if let Some(extension) = options.extension {
        arguments.push(format!("--load-extension={}", extension.display()));
        arguments.push("--disable-features=DisableLoadExtensionCommandLineSwitch".to_owned());
    }
    arguments
}

/// A command of the WebDriver extensions, at a path below the session.
#[derive(Debug)]
struct Extension {
    path: String,
    method: Method,
    parameters: Option<Value>,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(
        &self,
        base: &url::Url,
        session: Option<&str>,
    ) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/{}", session.unwrap_or_default(), self.path))
    }

    fn method_and_body(&self, _: &url::Url) -> (Method, Option<String>) {
        (self.method.clone(), self.parameters.as_ref().map(Value::to_string))
    }
}
