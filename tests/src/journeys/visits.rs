//! Which of the server's pages the walks have looked at, held against its table of addresses: a page that is
//! new, and that nobody walks to, fails.

use std::collections::BTreeSet;

use sleutelbos_server::http::addresses;

use crate::browser::Browser;
use crate::client::Client;
use crate::stage::Stage;

/// What answers GET and is no page, and why.
const NO_PAGES: &[(&str, &str)] = &[
    ("/", "leads to where the person belongs"),
    ("/login/check/call/events", "a stream for the script of a page"),
    ("/enrol/call/events", "a stream for the script of a page"),
    ("/api/v1/me", "for programs"),
    ("/static/{file}", "style sheets, scripts and drawings"),
];

/// What only a walk with a phone comes to.
pub(super) const BY_PHONE: &[&str] =
    &["/login/check/sms", "/login/check/call", "/confirm/sms", "/confirm/call"];

/// What only a walk with the links comes to that an operator has mailed.
pub(super) const BY_LINK: &[&str] = &["/support/confirm", "/registered/confirm"];

/// The pages that were looked at.
#[derive(Debug, Default)]
pub(super) struct Visits(BTreeSet<&'static str>);

impl Visits {
    /// Notes the page that is shown, unless it only says that there is no such page or that something was refused.
    pub(super) fn note(&mut self, browser: &Browser) {
        const SHOWN: &str = "return [location.pathname, \
            performance.getEntriesByType('navigation')[0].responseStatus]";
        let shown = browser.script(SHOWN, vec![]);
        let path = shown.get(0).and_then(serde_json::Value::as_str).unwrap_or_default();
        if shown.get(1) == Some(&200.into()) {
            self.0.extend(address_of(path));
        }
    }

    /// Fails where one of these was not looked at.
    ///
    /// # Panics
    /// Then, and where one of them is no page of this server.
    pub(super) fn assert_all(&self, stage: &Stage, expected: &[&str]) {
        let pages = pages(stage);
        let unknown: Vec<_> = expected.iter().filter(|page| !pages.contains(*page)).collect();
        assert_eq!(unknown, Vec::<&&str>::new(), "no pages of this server");
        let missed: Vec<_> = expected.iter().filter(|page| !self.0.contains(*page)).collect();
        assert_eq!(missed, Vec::<&&str>::new(), "nobody looked at these");
    }

    /// Fails where a page of the server was not looked at that no other walk comes to.
    ///
    /// # Panics
    /// Then.
    pub(super) fn assert_every_other(&self, stage: &Stage) {
        let elsewhere = [BY_PHONE, BY_LINK].concat();
        let pages = pages(stage);
        let expected: Vec<_> = pages.into_iter().filter(|page| !elsewhere.contains(page)).collect();
        self.assert_all(stage, &expected);
    }
}

/// What the server answers a GET with, without what is no page.
///
/// # Panics
/// Where something is excused that does not answer GET.
fn pages(stage: &Stage) -> BTreeSet<&'static str> {
    let client = Client { port: stage.port() };
    let is_read = |path: &&str| {
        let path: Vec<_> = path.split('/').map(|part| filled(part).unwrap_or(part)).collect();
        let answer = client.ask("GET", &path.join("/"), "", "").expect("an answer");
        answer.status != METHOD_NOT_ALLOWED
    };
    let mut pages: BTreeSet<_> = addresses().into_iter().filter(is_read).collect();
    for (path, reason) in NO_PAGES {
        assert!(pages.remove(path), "{path} needs no excuse: {reason}");
    }
    pages
}

/// The address in the table to which a path belongs: of two, the one that says more.
fn address_of(path: &str) -> Option<&'static str> {
    let fits = |address: &&str| {
        let (path, address) = (path.split('/'), address.split('/'));
        path.clone().count() == address.clone().count()
            && address.zip(path).all(|(part, shown)| filled(part).is_some() || part == shown)
    };
    let open = |address: &&str| address.split('/').filter(|part| filled(part).is_some()).count();
    addresses().into_iter().filter(fits).min_by_key(open)
}

/// Something to fill a parameter with, where `part` is one.
fn filled(part: &str) -> Option<&'static str> {
    part.starts_with('{').then_some("0123456789abcdef0123456789abcdef")
}

/// What an address answers that has other methods only.
const METHOD_NOT_ALLOWED: u16 = 405;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_belongs_to_the_address_that_says_most() {
        assert_eq!(address_of("/people/add"), Some("/people/add"));
        assert_eq!(address_of("/people/0123"), Some("/people/{id}"));
        assert_eq!(address_of("/people/0123/pin"), Some("/people/{id}/pin"));
        assert_eq!(address_of("/nowhere"), None);
    }
}
