//! What stands around each page.

use super::typeset::Typeset;
use crate::text::Text;

/// What the frame around each page shows.
pub(super) struct Frame {
    /// The texts.
    pub(super) t: Text,
    /// The token for the page's forms.
    pub(super) csrf: String,
    /// The address that shows this page again, for the language switch.
    pub(super) path: String,
    /// Who is logged in.
    pub(super) person: Option<Person>,
}

impl Frame {
    /// The address that shows this page in the other language.
    pub(super) fn switch(&self) -> String {
        let sign = if self.path.contains('?') { '&' } else { '?' };
        format!("{}{sign}lang={}", self.path, self.t.other().tag())
    }

    /// An e-mail address, as a narrow screen shows it.
    pub(super) fn address(&self, text: &str) -> Typeset {
        Typeset::address(text)
    }

    /// A heading, as a narrow screen shows it.
    pub(super) fn heading(&self, text: &str) -> Typeset {
        Typeset::heading(text)
    }
}

/// Who is logged in, as the top right shows it.
#[derive(Clone)]
pub(super) struct Person {
    /// Name.
    pub(super) name: String,
    /// User number, in groups.
    pub(super) number: String,
    /// Organisation.
    pub(super) organisation: String,
    /// The link to the Berichtenbox, for who may see it.
    pub(super) inbox: Option<String>,
}
