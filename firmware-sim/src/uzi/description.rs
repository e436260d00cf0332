//! A card in words: one of the known cards by its name, or a TOML file that says how it differs.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::{fmt, fs};

use serde::Deserialize;

use super::card::{Commands, Health, Settings};
use super::chip::Paddings;
use super::choice::{Choice, UnknownCard};
use super::pin::{self, Code, Life};
use crate::pki::{Holder, KeyBits, Named, Pass};

/// What is on a card, and how it behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Description {
    /// The card it begins from.
    pub choice: Choice,
    /// Who holds it in that one's place, and with what keys.
    pub own: Option<Own>,
    /// How it behaves.
    pub settings: Settings,
}

/// A card that is issued anew, by the authorities of the card it begins from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// Who holds it.
    pub holder: Holder,
    /// How long its keys are.
    pub bits: KeyBits,
}

/// Why a text describes no card.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name of none.
    #[error("{0}; a file's name ends in .toml")]
    Name(UnknownCard),
    /// The file cannot be read. The cause is told too: a mistake in the arguments is told in one line.
    #[error("{path} could not be read: {source}")]
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
    key_bits: Option<u16>,
    holder: Option<HolderTable>,
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

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
struct HolderTable {
    given_names: Option<String>,
    surname: Option<String>,
    function: Option<String>,
    number: Option<String>,
    subscriber: Option<String>,
    organisation: Option<String>,
    role: Option<String>,
    title: Option<String>,
    agb: Option<String>,
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
        Self { choice, own: None, settings: Settings::default() }
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
        let bits = bits(self.key_bits, choice)?;
        if (settings.commands, bits) == (Commands::IsoApplet, KeyBits::B3072) {
            return Err(wrong(
                "commands",
                "'isoapplet' takes keys of 2048 bits: write key_bits = 2048",
            ));
        }
        let own = match self.holder {
            None if self.key_bits.is_none() => None,
            table => {
                let holder = table.unwrap_or_default().check(choice.pass())?;
                Some(Own { holder, bits })
            }
        };
        Ok(Description { choice, own, settings })
    }
}

impl HolderTable {
    /// The holder that the table names; what it leaves out is as on the usual card of this type.
    fn check(self, pass: Pass) -> Result<Holder, Wrong> {
        let usual = Holder::of(pass);
        self.fits(pass)?;
        let named = match usual.named {
            Named::Person { given, surname } => {
                let given = text("holder.given_names", self.given_names, &given, Some("Test"))?;
                let surname = text("holder.surname", self.surname, &surname, None)?;
                if given.chars().count() + surname.chars().count() >= LONGEST_NAME {
                    let words = "and holder.given_names together must have less than 64 characters";
                    return Err(wrong("holder.surname", words));
                }
                Named::Person { given, surname }
            }
            Named::Function(name) => {
                Named::Function(text("holder.function", self.function, &name, Some("Test"))?)
            }
        };
        let title = match (self.title, usual.title) {
            (None, usual) => usual,
            (Some(title), _) => Some(text("holder.title", Some(title), "", None)?),
        };
        Ok(Holder {
            number: digits("holder.number", self.number, &usual.number, 9)?,
            subscriber: digits("holder.subscriber", self.subscriber, &usual.subscriber, 8)?,
            organisation: text(
                "holder.organisation",
                self.organisation,
                &usual.organisation,
                Some("FAKE"),
            )?,
            role: role(self.role, &usual.role)?,
            agb: digits("holder.agb", self.agb, &usual.agb, 8)?,
            title,
            named,
            ..Holder::of(pass)
        })
    }

    /// Refuses what holders of this type have not.
    fn fits(&self, pass: Pass) -> Result<(), Wrong> {
        let of_persons = "is for cards that name a person: z and n";
        let of_providers = "is for care providers: card z";
        let strays = [
            (self.given_names.is_some(), pass == Pass::M, "given_names", of_persons),
            (self.surname.is_some(), pass == Pass::M, "surname", of_persons),
            (
                self.function.is_some(),
                pass != Pass::M,
                "function",
                "is for card m, which names no person",
            ),
            (self.role.is_some(), pass != Pass::Z, "role", of_providers),
            (self.title.is_some(), pass != Pass::Z, "title", of_providers),
        ];
        match strays.iter().find(|(given, stray, _, _)| *given && *stray) {
            Some((_, _, key, words)) => Err(wrong(&format!("holder.{key}"), words)),
            None => Ok(()),
        }
    }
}

fn wrong(key: &str, words: &str) -> Wrong {
    Wrong { key: key.to_owned(), words: words.to_owned() }
}

fn bits(given: Option<u16>, choice: Choice) -> Result<KeyBits, Wrong> {
    match given {
        None => Ok(choice.key_bits()),
        Some(2048) => Ok(KeyBits::B2048),
        Some(3072) => Ok(KeyBits::B3072),
        Some(_) => Err(wrong("key_bits", "must be 2048 or 3072")),
    }
}

/// A name in a certificate. `mark` is the word by which everybody sees that it is none in truth.
fn text(
    key: &str,
    given: Option<String>,
    usual: &str,
    mark: Option<&str>,
) -> Result<Cow<'static, str>, Wrong> {
    let text = given.unwrap_or_else(|| usual.to_owned());
    let marked = mark.is_none_or(|mark| text.split(' ').next() == Some(mark));
    if !marked {
        let words = format!(
            "must begin with the word {}, so that nobody is misled",
            mark.unwrap_or_default()
        );
        return Err(wrong(key, &words));
    }
    let fits = (1..=LONGEST_NAME).contains(&text.chars().count());
    if !fits || text.trim() != text || text.chars().any(char::is_control) {
        let words = "must have 1 to 64 characters, without spaces at its ends";
        return Err(wrong(key, words));
    }
    Ok(text.into())
}

fn digits(
    key: &str,
    given: Option<String>,
    usual: &str,
    count: usize,
) -> Result<Cow<'static, str>, Wrong> {
    let text = given.unwrap_or_else(|| usual.to_owned());
    if text.len() != count || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong(key, &format!("must have {count} digits, in quotation marks")));
    }
    Ok(text.into())
}

/// A role of a care provider: title 00 is that of the others.
fn role(given: Option<String>, usual: &str) -> Result<Cow<'static, str>, Wrong> {
    let Some(text) = given else { return Ok(usual.to_owned().into()) };
    let number =
        |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let fits = text.split_once('.').is_some_and(|(title, specialism)| {
        number(title, 2) && number(specialism, 3) && title != "00"
    });
    if fits {
        Ok(text.into())
    } else {
        Err(wrong("holder.role", "must be a title and a specialism such as 01.015; no title is 00"))
    }
}

/// X.520 gives names in a certificate 64 characters.
const LONGEST_NAME: usize = 64;

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
        assert_eq!(parse(content).unwrap(), Description { choice, own: None, settings });
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
    fn a_holder_has_what_the_file_says_and_the_rest_of_the_usual_one() {
        let own = |content: &str| parse(content).unwrap().own.unwrap();
        let content = "card = 'z:expired'\nkey_bits = 3072\n[holder]\n\
                       given_names = 'Test Ünal'\nsurname = 'van den Berg'\nnumber = '900000777'\n\
                       subscriber = '90000002'\norganisation = 'FAKE Huisartsenpost'\n\
                       role = '01.015'\ntitle = 'Huisarts'\nagb = '01000000'";
        let named = Named::Person { given: "Test Ünal".into(), surname: "van den Berg".into() };
        let holder = Holder {
            number: "900000777".into(),
            subscriber: "90000002".into(),
            organisation: "FAKE Huisartsenpost".into(),
            role: "01.015".into(),
            agb: "01000000".into(),
            title: Some("Huisarts".into()),
            named,
            ..Holder::of(Pass::Z)
        };
        assert_eq!(own(content), Own { holder, bits: KeyBits::B3072 });
        let number = "card = 'm'\nholder.function = 'Test Receptie'";
        let holder =
            Holder { named: Named::Function("Test Receptie".into()), ..Holder::of(Pass::M) };
        assert_eq!(own(number), Own { holder, bits: KeyBits::B2048 });
        let short = Own { holder: Holder::of(Pass::Z), bits: KeyBits::B2048 };
        assert_eq!(own("card = 'g4'\nkey_bits = 2048"), short);
        let g4 = Own { holder: Holder::of(Pass::Z), bits: KeyBits::B3072 };
        assert_eq!(own("card = 'g4'\nholder = {}"), g4);
    }

    #[test]
    fn a_holder_that_no_card_can_name_is_refused_with_what_would_be_right() {
        let check = |content: &str, expected: &str| {
            let error = parse(content).unwrap_err().to_string();
            assert_eq!(error, format!("card.toml: {expected}"));
        };
        let of = |card: &str, holder: &str| format!("card = '{card}'\nholder.{holder}");
        let nine = "holder.number must have 9 digits, in quotation marks";
        for number in ["90000077", "9000007770", "90000077x", "90000077é", ""] {
            check(&of("n", &format!("number = '{number}'")), nine);
        }
        check(
            &of("z", "subscriber = '1'"),
            "holder.subscriber must have 8 digits, in quotation marks",
        );
        check(&of("m", "agb = '1'"), "holder.agb must have 8 digits, in quotation marks");
        let mark = "must begin with the word Test, so that nobody is misled";
        check(&of("z", "given_names = 'Jan'"), &format!("holder.given_names {mark}"));
        check(&of("n", "given_names = 'Testa'"), &format!("holder.given_names {mark}"));
        check(&of("m", "function = 'Balie'"), &format!("holder.function {mark}"));
        check(
            &of("z", "organisation = 'Ziekenhuis'"),
            "holder.organisation must begin with the word FAKE, so that nobody is misled",
        );
        let long = "must have 1 to 64 characters, without spaces at its ends";
        check(&of("z", "surname = ''"), &format!("holder.surname {long}"));
        check(&of("z", "surname = ' A'"), &format!("holder.surname {long}"));
        check(&of("z", "title = \"a\\u0007\""), &format!("holder.title {long}"));
        check(
            &of("z", &format!("surname = '{}'", "a".repeat(60))),
            "holder.surname and holder.given_names together must have less than 64 characters",
        );
        for role in ["00.000", "1.015", "01.15", "01015", "0a.015", "01.015.1"] {
            check(
                &of("z", &format!("role = '{role}'")),
                "holder.role must be a title and a specialism such as 01.015; no title is 00",
            );
        }
        check(&of("n", "role = '01.015'"), "holder.role is for care providers: card z");
        check(&of("m", "title = 'Arts'"), "holder.title is for care providers: card z");
        let persons = "is for cards that name a person: z and n";
        check(&of("m", "surname = 'Balie'"), &format!("holder.surname {persons}"));
        check(&of("m", "given_names = 'Test'"), &format!("holder.given_names {persons}"));
        check(
            &of("z", "function = 'Test Balie'"),
            "holder.function is for card m, which names no person",
        );
        check("card = 'z'\nkey_bits = 1024", "key_bits must be 2048 or 3072");
        check(
            "card = 'g4'\ncommands = 'isoapplet'",
            "commands 'isoapplet' takes keys of 2048 bits: write key_bits = 2048",
        );
    }

    #[test]
    fn a_name_is_a_card_and_a_path_is_a_file() {
        assert_eq!(Description::find("z").unwrap(), Description::from(Choice::Z));
        let error = Description::find("x").unwrap_err().to_string();
        assert!(error.starts_with("no card is named \"x\""), "{error}");
        assert!(error.ends_with("; a file's name ends in .toml"), "{error}");
        let error = Description::find("/nowhere/card.toml").unwrap_err().to_string();
        let cause = "No such file or directory (os error 2)";
        assert_eq!(error, format!("/nowhere/card.toml could not be read: {cause}"));
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
