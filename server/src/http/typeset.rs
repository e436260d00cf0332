//! Words as HTML that a narrow screen parts where a reader would.

use std::fmt::{self, Display, Formatter};

use askama::filters::{Html, HtmlSafe, escape};

/// Text that is escaped, with marks for where it may be parted.
pub(in crate::http) struct Typeset(String);

impl Typeset {
    /// An e-mail address: parted after `@` and after a point, before it is parted anywhere else.
    pub(super) fn address(text: &str) -> Self {
        Self(escaped(text).replace('@', "@<wbr>").replace('.', ".<wbr>"))
    }

    /// A heading, in which no line ends within a word that has a hyphen, such as 'e-mail'.
    pub(super) fn heading(text: &str) -> Self {
        let word = |word: &str| match word.contains('-') {
            true => format!("<span class=\"whole\">{word}</span>"),
            false => word.to_owned(),
        };
        Self(escaped(text).split(' ').map(word).collect::<Vec<_>>().join(" "))
    }
}

fn escaped(text: &str) -> String {
    let Ok(escaped) = escape(text, Html);
    escaped.to_string()
}

impl Display for Typeset {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlSafe for Typeset {}

#[cfg(test)]
mod tests {
    use super::*;
    use askama::Template;
    use proptest::prelude::*;

    #[derive(Template)]
    #[template(source = "{{ text }}", ext = "html")]
    struct Page {
        text: Typeset,
    }

    #[test]
    fn an_address_is_parted_at_its_signs_and_a_heading_between_its_words() {
        let shown = |text| Page { text }.render().unwrap();
        assert_eq!(
            shown(Typeset::address("a.b@praktijk.example")),
            "a.<wbr>b@<wbr>praktijk.<wbr>example"
        );
        assert_eq!(
            shown(Typeset::heading("Uw back-up-e-mailadres <b>")),
            "Uw <span class=\"whole\">back-up-e-mailadres</span> &#60;b&#62;"
        );
    }

    proptest! {
        /// Nothing that somebody chose becomes an element or leaves an attribute.
        #[test]
        fn what_is_set_is_what_was_written(text in "\\PC{0,40}") {
            let plain = escaped(&text);
            let address = Typeset::address(&text).to_string().replace("<wbr>", "");
            prop_assert_eq!(&address, &plain);
            let heading = Typeset::heading(&text).to_string();
            let heading = heading.replace("<span class=\"whole\">", "").replace("</span>", "");
            prop_assert_eq!(&heading, &plain);
            prop_assert!(!plain.contains(['<', '>', '"', '\'']));
        }
    }
}
