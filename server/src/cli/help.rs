//! What `--help` says, in Dutch: the English text stands with each command, its translation in a table.

mod dutch;

use clap::builder::{Resettable, StyledStr};
use clap::error::ErrorKind;
use clap::{Arg, Command, CommandFactory as _, Error};
use std::ffi::OsString;

use super::Cli;

/// What the library would print for these arguments, in Dutch; nothing where they ask for no help.
pub(super) fn dutch(arguments: impl IntoIterator<Item = OsString>) -> Option<Error> {
    let asked = [ErrorKind::DisplayHelp, ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand];
    let error = command().try_get_matches_from(arguments).err()?;
    asked.contains(&error.kind()).then_some(error)
}

/// The command line with Dutch texts.
fn command() -> Command {
    let mut command = Cli::command();
    // So that what the library adds is there.
    command.build();
    translated(command)
}

fn translated(command: Command) -> Command {
    let (about, long_about) = (command.get_about().map(text), command.get_long_about().map(text));
    let command = command
        .about(Resettable::from(about))
        .long_about(Resettable::from(long_about))
        .help_template("{about-with-newline}\nGebruik: {usage}\n\n{all-args}")
        .subcommand_help_heading("Opdrachten")
        .mut_args(argument);
    command.mut_subcommands(translated)
}

fn argument(argument: Arg) -> Arg {
    let heading = if argument.is_positional() { "Argumenten" } else { "Opties" };
    let usual: Vec<_> = argument
        .get_default_values()
        .iter()
        .map(|value| value.to_string_lossy().into_owned())
        .collect();
    let usual = match usual.is_empty() || !argument.get_action().takes_values() {
        true => String::new(),
        false => format!(" [standaard: {}]", usual.join(" ")),
    };
    let of = |help: &StyledStr| StyledStr::from(format!("{}{usual}", text(help)));
    let (help, long_help) = (argument.get_help().map(of), argument.get_long_help().map(of));
    let (help, long_help) = (Resettable::from(help), Resettable::from(long_help));
    argument.help(help).long_help(long_help).help_heading(heading).hide_default_value(true)
}

/// A text in Dutch, paragraph by paragraph; one without a translation stays.
fn text(english: &StyledStr) -> StyledStr {
    let english = english.to_string();
    let paragraphs =
        english.split("\n\n").map(|paragraph| dutch::of(paragraph).unwrap_or(paragraph));
    StyledStr::from(paragraphs.collect::<Vec<_>>().join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every text of the command line, in English, paragraph by paragraph.
    fn texts(command: &Command, seen: &mut BTreeSet<String>) {
        let of_arguments = command
            .get_arguments()
            .flat_map(|argument| [argument.get_help(), argument.get_long_help()]);
        let own = [command.get_about(), command.get_long_about()];
        for text in own.into_iter().chain(of_arguments).flatten() {
            seen.extend(text.to_string().split("\n\n").map(str::to_owned));
        }
        command.get_subcommands().for_each(|below| texts(below, seen));
    }

    #[test]
    fn each_text_has_a_translation_and_each_translation_a_text() {
        let mut command = Cli::command();
        command.build();
        let mut seen = BTreeSet::new();
        texts(&command, &mut seen);
        assert!(seen.len() > 80, "{}", seen.len());
        let missing: Vec<_> = seen.iter().filter(|text| dutch::of(text).is_none()).collect();
        assert!(missing.is_empty(), "{missing:#?}");
        let known: BTreeSet<_> =
            dutch::TEXTS.iter().map(|(english, _)| (*english).to_owned()).collect();
        let idle: Vec<_> = known.difference(&seen).collect();
        assert!(idle.is_empty(), "{idle:#?}");
        assert_eq!(known.len(), dutch::TEXTS.len(), "one is there twice");
    }

    fn shown(arguments: &str) -> String {
        let words = std::iter::once("sleutelbos").chain(arguments.split_whitespace());
        let error = dutch(words.map(OsString::from));
        error.unwrap_or_else(|| panic!("{arguments} asks for help")).to_string()
    }

    #[test]
    fn help_is_dutch_to_its_headings() {
        for arguments in
            ["--help", "-h", "", "help", "account", "account create --help", "help audit"]
        {
            let shown = shown(arguments);
            assert!(shown.contains("Gebruik: sleutelbos"), "{arguments}: {shown}");
            for english in ["Usage", "Commands:", "Options:", "Arguments:", "Print", "[default"] {
                assert!(!shown.contains(english), "{arguments}, {english}: {shown}");
            }
        }
        let create = shown("account create --help");
        let create = create.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(create.contains("[standaard: substantial]"), "{create}");
        assert!(create.contains("Het gebruikersnummer gaat per e-mail"), "{create}");
    }

    #[test]
    fn what_asks_for_no_help_gets_none() {
        for arguments in ["serve", "check --confg x", "account factors", "--version"] {
            let words = std::iter::once("sleutelbos").chain(arguments.split_whitespace());
            assert!(dutch(words.map(OsString::from)).is_none(), "{arguments}");
        }
    }
}
