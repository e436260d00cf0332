//! An UZI card in software: what page, extension, agent and card answer together, so that each answer can
//! be sent again, late or twice. openssl signs with the key of a simulated card.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use sleutelbos_server::uzi::certificate::Certificate;
use wire::web_eid::{Algorithm, signed};

use crate::client::Answer;
use crate::forms::{Browser, Page};
use crate::program::Program;

/// A card of a folder that `firmware-sim pki` made.
#[derive(Debug, Clone)]
pub struct SoftCard {
    /// Its certificate and its key, without `.pem` and `.key.pem`.
    stem: PathBuf,
}

/// What was signed on a page, to be sent from it.
#[derive(Debug)]
pub struct Signed {
    page: Page,
    body: Value,
}

impl SoftCard {
    /// The card whose files in `pki` begin with `name`, such as `cards/z/authenticiteit`.
    #[must_use]
    pub fn of(pki: &Path, name: &str) -> Self {
        Self { stem: pki.join(name) }
    }

    /// The authentication token over `nonce` for a page of `origin`; `options` are those of `openssl dgst -sign`
    /// for this algorithm.
    ///
    /// # Panics
    /// Where the card has no files, or openssl does not sign.
    #[must_use]
    pub fn token(
        &self,
        (algorithm, options): (Algorithm, &[&str]),
        origin: &str,
        nonce: &str,
    ) -> Value {
        let content = std::fs::read(self.stem.with_extension("pem")).expect("a certificate");
        let certificate = Certificate::from_file_content(&content).expect("a certificate");
        let folder = tempfile::tempdir().expect("a temporary folder");
        let signature = folder.path().join("signature");
        let _ = Program::stranger("openssl", "openssl")
            .args(["dgst", "-sign"])
            .arg(self.stem.with_extension("key.pem"))
            .args(options)
            .arg("-out")
            .arg(&signature)
            .input(signed(algorithm, origin, nonce))
            .run()
            .good();
        json!({
            "unverifiedCertificate": BASE64_STANDARD.encode(certificate.der()),
            "algorithm": algorithm.name(),
            "signature": BASE64_STANDARD.encode(std::fs::read(&signature).expect("a signature")),
            "format": "web-eid:1.0",
            "appVersion": "2.0.0",
        })
    }

    /// Signs what the page at `path` asks of a card, at a server of `origin`.
    ///
    /// # Panics
    /// Where that page asks nothing of a card.
    #[must_use]
    pub fn signs(&self, browser: &mut Browser, path: &str, origin: &str) -> Signed {
        let page = browser.open(path);
        let says = |name| page.attribute("[data-card]", name);
        let kind = json!({ "kind": says("data-kind") });
        let nonce = browser.script(&page, says("data-challenge"), &kind).text("nonce");
        let token = self.token((Algorithm::Rs256, &["-sha256"]), origin, &nonce);
        let body = json!({ "auth_token": token, "then": says("data-then") });
        Signed { page, body }
    }
}

impl Signed {
    /// Sends it, as the page's script does; it can be sent again.
    #[must_use]
    pub fn send(&self, browser: &mut Browser) -> Answer {
        let path = self.page.attribute("[data-card]", "data-finish");
        browser.script(&self.page, path, &self.body)
    }
}
