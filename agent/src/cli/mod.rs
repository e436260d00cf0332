//! The command line: one file a command, each with its `Args` and a `run` that gives an exit code.

mod browsers;
mod card;
mod device;
mod doctor;
mod enrol;
mod install;
mod keys;
mod login;
mod manifest;
mod native_host;
mod prompt;
mod turn;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use native_host::Streams;
use serde_json::json;

use crate::config::{self, Config};
use crate::consent::guard;
use crate::lang::{Say, usage};
use crate::language::Language;
use crate::server::choice::Organisation;
use crate::tokens::card::pkcs11;
use crate::tokens::fido::manage;

/// Speaks to security keys and smartcards for pages and desktop applications.
#[derive(Parser)]
#[command(name = "sleutelbos-agent", version, about, after_help = EXIT_CODES)]
struct Cli {
    /// Configuration file [default: sleutelbos/agent.toml in the XDG configuration folder]
    #[arg(long, global = true, value_name = "FILE", help_heading = EVERYWHERE)]
    config: Option<PathBuf>,
    /// Language of what is shown [default: that of the locale]
    #[arg(long, global = true, value_name = "LANGUAGE", help_heading = EVERYWHERE)]
    lang: Option<Language>,
    /// Print the result as one line of JSON
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

const EVERYWHERE: &str = "Options of every command";
const EXIT_CODES: &str = "\
Exit codes: 0 done; 1 not done, with the reason on standard error, or for doctor something to put
right; 2 the command was not understood.";

#[derive(clap::Subcommand)]
enum Command {
    /// Link a security key or UZI card to an account
    Enrol(enrol::Args),
    /// Log in with a security key or UZI card
    Login(login::Args),
    /// Care for security keys
    Keys(keys::Args),
    /// Look at everything a log-in needs and say what is wrong
    ///
    /// Spends no try of a PIN, asks for none and changes nothing. The exit code is 1 where something
    /// must be put right.
    Doctor(doctor::Args),
    /// Tell this person's browsers where the agent is
    ///
    /// Writes a file into the profile folder of each browser that is there. The file of another
    /// program is left alone and makes the exit code 1.
    Install(install::Args),
    /// Log a person in on a page; started by the browser
    NativeHost(native_host::Args),
    /// Described in `tokens::card::pkcs11`; not for people
    #[command(name = pkcs11::WORKER_COMMAND, hide = true)]
    CardWorker,
    /// Described in `consent::guard`; not for people
    #[command(name = guard::COMMAND, hide = true)]
    WindowGuard {
        /// The program that shows the window
        program: PathBuf,
    },
    /// Described in `tokens::fido::manage`; not for people
    #[command(name = manage::WORKER_COMMAND, hide = true)]
    KeysWorker,
}

impl Cli {
    /// A command without any setting.
    fn of(command: Command) -> Self {
        Self { config: None, lang: None, json: false, command }
    }
}

/// Reads the arguments of this process and does what they ask.
#[must_use]
pub fn run() -> ExitCode {
    let arguments: Vec<_> = std::env::args_os().collect();
    let cli = match native_host::started_by_browser(&arguments, Streams::of_process) {
        Ok(true) => Cli::of(Command::NativeHost(native_host::Args::default())),
        Ok(false) => match Cli::try_parse_from(&arguments) {
            Ok(cli) => cli,
            Err(error) => return not_understood(&error, language_asked(&arguments)),
        },
        Err(reason) => {
            let _ = writeln!(std::io::stderr().lock(), "{reason}");
            return ExitCode::FAILURE;
        }
    };
    let context = Context {
        language: cli.lang.unwrap_or_else(language_of_environment),
        format: if cli.json { Format::Json } else { Format::Plain },
        config: cli.config,
    };
    let done = match cli.command {
        Command::Enrol(args) => enrol::run(&context, &args),
        Command::Login(args) => login::run(&context, &args),
        Command::Keys(args) => keys::run(&context, &args),
        Command::KeysWorker => Ok(keys::work()),
        Command::Doctor(args) => doctor::run(&context, &args),
        Command::Install(args) => install::run(&context, &args),
        Command::NativeHost(args) => native_host::run(&context, &args),
        Command::WindowGuard { program } => Ok(match guard::run(&program) {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        }),
        Command::CardWorker => Ok(match pkcs11::worker::run() {
            Ok(()) => ExitCode::SUCCESS,
            Err(_) => ExitCode::FAILURE,
        }),
    };
    done.unwrap_or_else(|failure| context.fail(&failure))
}

/// Tells what is wrong with the arguments, or prints the help that was asked for.
fn not_understood(error: &clap::Error, language: Language) -> ExitCode {
    let told = match language {
        Language::Dutch => usage::dutch(error),
        Language::English => None,
    };
    // A standard error that went away leaves nothing to do.
    let _ = match told {
        Some(text) => writeln!(std::io::stderr().lock(), "{text}"),
        None => error.print(),
    };
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The language of arguments that were not understood as a whole.
fn language_asked(arguments: &[OsString]) -> Language {
    let after = |pair: &[OsString]| match pair {
        [name, value] if name == "--lang" => value.to_str().map(str::to_owned),
        _ => None,
    };
    let joined = |one: &OsString| one.to_str()?.strip_prefix("--lang=").map(str::to_owned);
    let asked = arguments.windows(2).find_map(after).or_else(|| arguments.iter().find_map(joined));
    let asked = asked.and_then(|tag| Language::from_str(&tag, true).ok());
    asked.unwrap_or_else(language_of_environment)
}

/// What every command knows of how it was called.
pub(crate) struct Context {
    /// What people read.
    pub(crate) language: Language,
    /// What standard output carries.
    pub(crate) format: Format,
    config: Option<PathBuf>,
}

/// What standard output carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// Sentences.
    Plain,
    /// One line of JSON.
    Json,
}

/// A command that did not do what was asked: what a person is told and what a program matches.
#[derive(Debug)]
pub(crate) struct Failure {
    code: String,
    text: String,
    organisations: Vec<Organisation>,
}

impl Failure {
    /// From what can say itself.
    pub(crate) fn of(what: &impl Say, language: Language) -> Self {
        Self {
            code: what.exact_code().to_owned(),
            text: what.say(language),
            organisations: what.organisations().to_vec(),
        }
    }
}

impl Context {
    /// The configuration.
    ///
    /// Errors: the file is not there though named, or not valid.
    pub(crate) fn config(&self) -> Result<Config, Failure> {
        let read = match &self.config {
            Some(path) => Config::read(path),
            None => self.config_path().and_then(|path| Config::read_or_default(&path)),
        };
        read.map_err(|error| Failure::of(&error, self.language))
    }

    /// Where the configuration is, or would be.
    ///
    /// Errors: [`config::Error::NoFolder`].
    pub(crate) fn config_path(&self) -> Result<PathBuf, config::Error> {
        let folder = |name| std::env::var_os(name).map(PathBuf::from);
        match &self.config {
            Some(path) => Ok(path.clone()),
            None => config::default_path(folder("XDG_CONFIG_HOME"), folder("HOME")),
        }
    }

    /// Prints a result: the sentence, or the JSON value on one line.
    pub(crate) fn print(&self, sentence: &str, value: &serde_json::Value) {
        let line = match self.format {
            Format::Plain => sentence.to_owned(),
            Format::Json => value.to_string(),
        };
        // A reader that went away is no failure of the command.
        let _ = writeln!(std::io::stdout().lock(), "{line}");
    }

    /// Tells a person something on the way, on standard error.
    pub(crate) fn tell(&self, sentence: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{sentence}");
    }

    fn fail(&self, failure: &Failure) -> ExitCode {
        self.tell(&failure.text);
        if self.format == Format::Json {
            let Failure { code, text, organisations } = failure;
            let error = if organisations.is_empty() {
                json!({"code": code, "message": text})
            } else {
                json!({"code": code, "message": text, "organisations": organisations})
            };
            self.print("", &json!({ "error": error }));
        }
        ExitCode::FAILURE
    }
}

fn language_of_environment() -> Language {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .map_or_else(Language::default, |locale| Language::of_locale(&locale))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    fn told(arguments: &str) -> String {
        let words = std::iter::once("sleutelbos-agent").chain(arguments.split_whitespace());
        let Err(error) = Cli::try_parse_from(words) else { panic!("understood: {arguments}") };
        assert_eq!(error.exit_code(), 2, "{arguments}");
        usage::dutch(&error).unwrap_or_default()
    }

    #[test]
    fn what_was_typed_wrong_is_said_in_dutch_with_what_to_type() {
        for (arguments, words) in [
            ("dokter", "de opdracht dokter bestaat niet. Bedoelt u doctor?"),
            ("login --usr a", "de optie --usr bestaat hier niet. Bedoelt u --user?"),
            ("login --nonsense", "de optie --nonsense bestaat hier niet.\nGebruik: "),
            ("enrol", "--user <NAME> ontbreekt. Zet dat erbij."),
            ("login --user", "na --user <NAME> ontbreekt een waarde. Geef een gebruikersnaam."),
            ("login --wait x", "de waarde 'x' past niet bij --wait <SECONDS>. Geef een aantal"),
            ("--lang fr doctor", "de waarde 'fr' past niet bij --lang <LANGUAGE>. Geef nl of en."),
            ("login --user a --card", "gaan niet samen. Laat er een weg."),
            ("login --organisation x", ": --user <NAME> of --card ontbreekt. Zet dat erbij."),
            ("login --card --organisation", "een waarde. Geef de AGB-code of de hele naam van een"),
            ("login --wait 1 --wait 2", "--wait <SECONDS> staat er meer dan een keer."),
            ("login --via direct", "--card ontbreekt. Zet dat erbij."),
        ] {
            let said = told(arguments);
            assert!(said.contains(words), "{arguments}: {said}");
            assert!(said.ends_with("Met --help leest u alle opties."), "{said}");
        }
    }

    #[test]
    fn the_language_asked_for_counts_though_the_rest_is_wrong() {
        let of = |arguments: &str| {
            let arguments: Vec<_> = arguments.split_whitespace().map(OsString::from).collect();
            language_asked(&arguments)
        };
        assert_eq!(of("a --lang en --nonsense"), Language::English);
        assert_eq!(of("a --nonsense --lang=nl"), Language::Dutch);
    }
}
