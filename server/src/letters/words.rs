//! What a letter says, in its reader's language. The user number is no part of it.

use super::Purpose;
use crate::clock::Time;
use crate::organisations::PostalAddress;
use crate::text::{Text, moment};
use fluent_bundle::FluentArgs;

/// Everything that stands on a letter but its PIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// The language's tag.
    pub(super) language: &'static str,
    /// What people call the server.
    pub(super) server: String,
    /// Where the letter comes from, on one line.
    pub(super) sender: String,
    /// The lines in the window, with how many each may become.
    pub(super) address: Vec<(String, usize)>,
    pub(super) private: String,
    pub(super) date: String,
    pub(super) day: Day,
    pub(super) title: String,
    pub(super) lead: Vec<String>,
    /// What stands above the PIN.
    pub(super) pin: String,
    /// Capital, small letter, digit.
    kinds: [String; 3],
    pub(super) parts: Vec<Lines>,
    pub(super) foot: String,
}

/// Paragraphs under a heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lines {
    pub(super) title: String,
    pub(super) lines: Vec<String>,
}

/// A day of the calendar, in the Netherlands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub(super) year: u16,
    pub(super) month: u8,
    pub(super) day: u8,
}

/// Whom a letter goes to and from where.
#[derive(Clone, Debug)]
pub(super) struct Between<'a> {
    pub(super) organisation: &'a str,
    pub(super) name: &'a str,
    pub(super) address: &'a PostalAddress,
    pub(super) server: &'a str,
    pub(super) sender: Option<&'a str>,
    /// Where the password is chosen.
    pub(super) page: &'a str,
    /// The telephone number of who runs the server.
    pub(super) telephone: Option<&'a str>,
}

/// The letter for `purpose`, written `now`, whose PIN is to be used before `until`.
pub(super) fn write(
    t: Text,
    purpose: Purpose,
    between: &Between<'_>,
    (now, until): (Time, Time),
) -> Words {
    let mut args = FluentArgs::new();
    args.set("name", short(between.name));
    args.set("organisation", short(between.organisation));
    args.set("server", short(between.server));
    args.set("page", between.page.to_owned());
    args.set("until", moment::day(t, until));
    let say = |key: &str| t.filled(key, &args);
    let call = match between.telephone {
        Some(telephone) => t.with("letter-call", "telephone", telephone.replace(' ', "\u{a0}")),
        None => t.of("letter-call-operator"),
    };
    let (why, last) = match purpose {
        Purpose::First => ("letter-first", "letter-step-wizard"),
        Purpose::Renewed => ("letter-renewed", "letter-step-log-in"),
    };
    let steps = ["letter-step-page", "letter-step-fill", "letter-step-password", last];
    let PostalAddress { street, postcode, town } = between.address;
    Words {
        language: t.tag(),
        server: between.server.to_owned(),
        sender: between.sender.unwrap_or(between.server).to_owned(),
        address: vec![
            (between.organisation.to_owned(), 2),
            (t.with("letter-attention", "name", between.name.to_owned()), 1),
            (street.clone(), 2),
            (format!("{}  {}", postcode.replace(' ', "\u{a0}"), town.to_uppercase()), 2),
        ],
        private: t.of("letter-private"),
        date: moment::day(t, now),
        day: moment::calendar(now).map_or(
            Day { year: 1970, month: 1, day: 1 },
            |(year, month, day)| Day { year, month, day },
        ),
        title: say("letter-title"),
        lead: vec![say("letter-greeting"), say(why), say(&format!("{why}.number"))],
        pin: t.of("letter-pin"),
        kinds: ["letter-capital", "letter-small", "letter-digit"].map(|key| t.of(key)),
        parts: vec![
            Lines { title: t.of("letter-steps"), lines: steps.map(say).to_vec() },
            Lines { title: say("letter-until"), lines: vec![say("letter-until.detail")] },
            Lines {
                title: t.of("letter-safe"),
                lines: vec![t.of("letter-safe.detail"), format!("{} {call}", say("letter-open"))],
            },
        ],
        foot: say("letter-foot"),
    }
}

/// A name as it stands within a sentence.
fn short(name: &str) -> String {
    const MOST: usize = 50;
    match name.char_indices().nth(MOST) {
        None => name.to_owned(),
        Some((end, _)) => format!("{}…", name.get(..end).unwrap_or_default().trim_end()),
    }
}

impl Words {
    /// What `letter` of a PIN is.
    pub(super) fn kind(&self, letter: char) -> &str {
        let [capital, small, digit] = &self.kinds;
        match letter {
            '0'..='9' => digit,
            'A'..='Z' => capital,
            _ => small,
        }
    }

    /// Every text of it.
    pub(super) fn all(&self) -> impl Iterator<Item = &str> {
        let Self { server, sender, private, date, title, pin, foot, .. } = self;
        let single = [server, sender, private, date, title, pin, foot];
        let address = self.address.iter().map(|(line, _)| line);
        let parts = self.parts.iter().flat_map(|part| part.lines.iter().chain([&part.title]));
        let several = address.chain(&self.lead).chain(&self.kinds).chain(parts);
        single.into_iter().chain(several).map(String::as_str)
    }
}
