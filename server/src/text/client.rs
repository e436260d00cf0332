//! Which browser or program a session belongs to, in words a person recognises.

use super::Text;
use fluent_bundle::FluentArgs;

/// The first match counts: each of these also says it is the ones below it.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: &[(&str, &str)] = &[
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
];

/// What our own agent calls itself.
const AGENT: &str = "sleutelbos-agent";

/// A `User-Agent` in words.
pub(crate) fn words(text: Text, client: &str) -> String {
    if client.starts_with(AGENT) {
        return text.of("session-agent");
    }
    let find = |table: &[(&str, &'static str)]| {
        table.iter().find(|(mark, _)| client.contains(mark)).map(|(_, name)| *name)
    };
    match (find(BROWSERS), find(SYSTEMS)) {
        (Some(browser), Some(system)) => {
            let args = FluentArgs::from_iter([("browser", browser), ("system", system)]);
            text.filled("session-browser", &args)
        }
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => text.of("session-unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    #[test]
    fn a_browser_is_called_what_people_call_it() {
        let text = Text::new(Language::Dutch);
        let cases = [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
                "Edge op Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36",
                "Chrome op Linux",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1",
                "Safari op iPhone",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 14.0; rv:130.0) Gecko/20100101 Firefox/130.0",
                "Firefox op macOS",
            ),
            ("sleutelbos-agent/0.1.0", "Sleutelbos-agent"),
            ("", "Onbekende browser"),
        ];
        for (client, name) in cases {
            assert_eq!(words(text, client), name);
        }
    }
}
