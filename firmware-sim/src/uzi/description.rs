//! A card in words: one of the known cards by its name, or a TOML file that says how it differs.

use std::path::{Path, PathBuf};
use std::{fmt, fs};

use serde::Deserialize;

use super::card::{Commands, Health, Settings};
use super::chip::Paddings;
use super::choice::{Choice, UnknownCard};
use super::pin::{self, Code, Life};

/// What is on a card, and how it behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The card it begins from.
    pub choice: Choice,
    /// How it behaves.
    pub settings: Settings,
}

/// Why a text describes no card.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name of none.
    #[error("{0}; a file's name ends in .toml")]
    Name(UnknownCard),
    /// The file cannot be read.
    #[error("{path} could not be read")]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no TOML, or has a key or a value that there is none of.
    #[error("{path} line {line}: {words}")]
    Toml {
        /// Which.
        path: PathBuf,
        /// Which line, counted from 1.
        line: usize,
        /// What is wrong with it.
        words: String,
    },
    /// A value that no card has.
    #[error("{path}: {wrong}")]
    Value {
        /// Which.
        path: PathBuf,
        /// What is wrong, and what would be right.
        wrong: Wrong,
    },
}

/// A value that no card has; its text says which key it is of and what would be right.
#[derive(Debug, PartialEq, Eq)]
pub struct Wrong {
    key: String,
    words: String,
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.key, self.words)
    }
}

/// The file as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    card: String,
    #[serde(default)]
    commands: CommandsWord,
    #[serde(default)]
    padding: PaddingWord,
    #[serde(default)]
    state: StateWord,
    pin: Option<CodeTable>,
    puk: Option<CodeTable>,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum CommandsWord {
    #[default]
    Myeid,
    Isoapplet,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum PaddingWord {
    #[default]
    Any,
    Pkcs1,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
enum StateWord {
    #[default]
    Ready,
    NotActivated,
    Dead,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CodeTable {
    value: Option<String>,
    tries: Option<u8>,
    left: Option<u8>,
}

impl Description {
    /// The card that `text` names, or that the file of this name describes, where it ends in `.toml`.
    ///
    /// Errors: [`Error`], with the key and what it may hold.
    pub fn find(text: &str) -> Result<Self, Error> {
        if !text.ends_with(".toml") {
            let choice = text.parse::<Choice>().map_err(Error::Name)?;
            return Ok(Self::from(choice));
        }
        let path = Path::new(text);
        let content = fs::read_to_string(path)
            .map_err(|source| Error::Read { path: path.to_owned(), source })?;
        Self::parse(path, &content)
    }

    /// Reads the content of the file at `path`.
    ///
    /// Errors: as for [`Description::find`].
    pub fn parse(path: &Path, content: &str) -> Result<Self, Error> {
        let file: File = toml::from_str(content).map_err(|error| {
            let before = error.span().and_then(|span| content.get(..span.start));
            let line = before.unwrap_or_default().matches('\n').count() + 1;
            let words = error.message().replace('\n', " ");
            Error::Toml { path: path.to_owned(), line, words }
        })?;
        file.check().map_err(|wrong| Error::Value { path: path.to_owned(), wrong })
    }
}

impl From<Choice> for Description {
    fn from(choice: Choice) -> Self {
        Self { choice, settings: Settings::default() }
    }
}

impl File {
    fn check(self) -> Result<Description, Wrong> {
        let choice: Choice = self.card.parse().map_err(|error: UnknownCard| {
            let words = format!("is no card: {error}");
            Wrong { key: "card".to_owned(), words }
        })?;
        let usual = Settings::default();
        let (life, health) = match self.state {
            StateWord::Ready => (Life::Activated, Health::Alive),
            StateWord::NotActivated => (Life::Letter, Health::Alive),
            StateWord::Dead => (Life::Activated, Health::Dead),
        };
        let settings = Settings {
            commands: match self.commands {
                CommandsWord::Myeid => Commands::MyEid,
                CommandsWord::Isoapplet => Commands::IsoApplet,
            },
            paddings: match self.padding {
                PaddingWord::Any => Paddings::Any,
                PaddingWord::Pkcs1 => Paddings::Pkcs1Only,
            },
            pin: code("pin", self.pin, usual.pin)?,
            puk: code("puk", self.puk, usual.puk)?,
            life,
            health,
        };
        Ok(Description { choice, settings })
    }
}

/// A code: what the table says, and the usual one for the rest.
fn code(name: &str, table: Option<CodeTable>, usual: Code) -> Result<Code, Wrong> {
    let Some(CodeTable { value, tries, left }) = table else { return Ok(usual) };
    let wrong = |key: &str, words: String| Wrong { key: format!("{name}.{key}"), words };
    let value = value.unwrap_or_else(|| usual.value.to_string());
    if !pin::fits(value.as_bytes()) {
        let (shortest, longest) = (pin::SHORTEST, pin::LONGEST);
        let words = format!("must have {shortest} to {longest} letters and digits without accents");
        return Err(wrong("value", words));
    }
    let tries = tries.unwrap_or(usual.tries);
    if !(1..=pin::MOST_TRIES).contains(&tries) {
        return Err(wrong("tries", format!("must be 1 to {}", pin::MOST_TRIES)));
    }
    let left = left.unwrap_or(tries);
    if left > tries {
        return Err(wrong("left", format!("must be 0 to {tries}, the number of tries")));
    }
    Ok(Code { left, ..Code::new(&value, tries) })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(content: &str) -> Result<Description, Error> {
        Description::parse(Path::new("card.toml"), content)
    }

    #[test]
    fn a_file_says_how_a_card_differs_from_the_usual_one() {
        let usual = Description::from(Choice::N);
        assert_eq!(parse("card = 'n'").unwrap(), usual);
        let content = "card = 'z:revoked'\ncommands = 'isoapplet'\npadding = 'pkcs1'\n\
                       state = 'not-activated'\n[pin]\nvalue = 'geheim12'\ntries = 5\nleft = 1\n\
                       [puk]\nleft = 0";
        let settings = Settings {
            commands: Commands::IsoApplet,
            paddings: Paddings::Pkcs1Only,
            pin: Code { left: 1, ..Code::new("geheim12", 5) },
            puk: Code { left: 0, ..usual.settings.puk.clone() },
            life: Life::Letter,
            health: Health::Alive,
        };
        let choice = "z:revoked".parse().unwrap();
        assert_eq!(parse(content).unwrap(), Description { choice, settings });
        let dead = parse("card = 'z'\nstate = 'dead'").unwrap();
        assert_eq!(dead.settings, Settings { health: Health::Dead, ..usual.settings });
    }

    #[test]
    fn each_wrong_value_is_named_with_what_would_be_right() {
        let check = |content: &str, expected: &str| {
            let error = parse(content).unwrap_err().to_string();
            assert!(error.starts_with("card.toml"), "{error}");
            assert!(error.contains(expected), "{error}");
        };
        check("", "line 1: missing field `card`");
        check("card = 'q'", "card is no card: no card is named \"q\"; known are: z, n,");
        check("card = 'z'\n\ncolour = 'blue'", "line 3: unknown field `colour`, expected one of");
        check("card = 'z'\npadding = 'oaep'", "line 2: unknown variant `oaep`, expected `any` or");
        check("card = 'z'\nstate = 'lost'", "expected one of `ready`, `not-activated`, `dead`");
        check("card = 'z'\ncommands = 'piv'", "expected `myeid` or `isoapplet`");
        check("card = 7", "line 1: invalid type: integer `7`, expected a string");
        check("card = 'z", "line 1: ");
        let six_to_eight = "must have 6 to 8 letters and digits without accents";
        for value in ["12345", "123456789", "12 4567", "gehéim"] {
            let content = format!("card = 'z'\npin.value = '{value}'");
            check(&content, &format!("card.toml: pin.value {six_to_eight}"));
        }
        check("card = 'z'\npuk.value = ''", &format!("card.toml: puk.value {six_to_eight}"));
        check("card = 'z'\npin.tries = 0", "card.toml: pin.tries must be 1 to 15");
        check("card = 'z'\npuk.tries = 16", "card.toml: puk.tries must be 1 to 15");
        check("card = 'z'\npin.left = 4", "pin.left must be 0 to 3, the number of tries");
        check("card = 'z'\npin.tries = -1", "line 2: invalid value: integer `-1`");
        check("card = 'z'\npin.lefft = 1", "unknown field `lefft`, expected one of `value`");
    }

    #[test]
    fn a_name_is_a_card_and_a_path_is_a_file() {
        assert_eq!(Description::find("z").unwrap(), Description::from(Choice::Z));
        let error = Description::find("x").unwrap_err().to_string();
        assert!(error.starts_with("no card is named \"x\""), "{error}");
        assert!(error.ends_with("; a file's name ends in .toml"), "{error}");
        let error = Description::find("/nowhere/card.toml").unwrap_err().to_string();
        assert_eq!(error, "/nowhere/card.toml could not be read");
    }

    proptest! {
        #[test]
        fn any_text_is_a_card_or_an_error_of_one_line(
            content in "(card = '(z|n)'\n)?((pin|puk)\\.(value|tries|left) = ('[a-z0-9]{5,9}'|[0-9]{1,3})\n){0,3}.{0,9}"
        ) {
            if let Err(error) = parse(&content) {
                prop_assert!(!error.to_string().contains('\n'), "{}", error);
            }
        }
    }
}
