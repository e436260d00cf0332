//! Usage errors: what was typed wrong and what to type instead, in the language of the terminal.
//! English is the text of the library that reads the arguments.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::help;
use super::language::Language;

/// Tells what is wrong with the arguments, or prints the help that was asked for.
pub(super) fn tell(error: &Error, language: Language) -> ExitCode {
    let (told, helps) = match language {
        Language::Dutch => (dutch(error), help::dutch(std::env::args_os())),
        Language::English => (None, None),
    };
    // Nothing is left to do where even standard error is gone.
    let _ = match told {
        Some(text) => writeln!(std::io::stderr().lock(), "{text}"),
        None => helps.as_ref().unwrap_or(error).print(),
    };
    u8::try_from(error.exit_code()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The error in Dutch; nothing for help, a version, and what nobody can type by mistake.
fn dutch(error: &Error) -> Option<String> {
    let word = |kind| texts(error, kind).into_iter().next().unwrap_or_default();
    let argument = word(ContextKind::InvalidArg);
    let (what, hint) = match error.kind() {
        ErrorKind::UnknownArgument => {
            let meant = word(ContextKind::SuggestedArg);
            (format!("{argument} is hier niet bekend"), suggestion(&meant))
        }
        ErrorKind::InvalidSubcommand => {
            let command = word(ContextKind::InvalidSubcommand);
            let meant = word(ContextKind::SuggestedSubcommand);
            (format!("de opdracht {command} bestaat niet"), suggestion(&meant))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = word(ContextKind::InvalidValue);
            let what = match value.is_empty() {
                true => format!("achter {argument} ontbreekt een waarde"),
                false => format!("{value:?} past niet bij {argument}"),
            };
            (what, form(&argument).map(|form| format!("Geef {form}.")))
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = texts(error, ContextKind::InvalidArg).join(" ");
            (format!("er ontbreekt: {missing}"), Some("Vul de opdracht daarmee aan.".to_owned()))
        }
        ErrorKind::ArgumentConflict => {
            let other = texts(error, ContextKind::PriorArg).join(" ");
            match other == argument || other.is_empty() {
                true => (format!("{argument} staat er meer dan één keer"), remove()),
                false => (format!("{argument} en {other} gaan niet samen"), remove()),
            }
        }
        ErrorKind::InvalidUtf8 => ("de opdracht bevat tekens die geen UTF-8 zijn".to_owned(), None),
        ErrorKind::NoEquals
        | ErrorKind::TooManyValues
        | ErrorKind::TooFewValues
        | ErrorKind::WrongNumberOfValues
        | ErrorKind::MissingSubcommand
        | ErrorKind::DisplayHelp
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
        | ErrorKind::DisplayVersion
        | ErrorKind::Io
        | ErrorKind::Format
        | _ => return None,
    };
    let hint = hint.map(|hint| format!(" {hint}")).unwrap_or_default();
    let usage = texts(error, ContextKind::Usage).join("\n");
    let usage = usage.trim().replace("Usage:", "Gebruik:");
    let usage = if usage.is_empty() { usage } else { format!("\n{usage}") };
    Some(format!(
        "sleutelbos: {what}.{hint}{usage}\nMeer uitleg geeft dezelfde opdracht met --help."
    ))
}

fn remove() -> Option<String> {
    Some("Laat er een weg.".to_owned())
}

fn suggestion(meant: &str) -> Option<String> {
    (!meant.is_empty()).then(|| format!("Bedoelt u {meant}?"))
}

/// What belongs behind an argument, where something of a fixed form does.
fn form(argument: &str) -> Option<&'static str> {
    let name = argument.split_whitespace().next().unwrap_or_default();
    Some(match name {
        "--username" | "--account" => "een e-mailadres, zoals arts@praktijk.example",
        "--email" | "--organisation-email" => "een e-mailadres, zoals praktijk@praktijk.example",
        "--address" | "--organisation-address" => {
            "een postadres in Nederland, zoals 'Dorpsstraat 1, 1234 AB Voorbeelddorp'"
        }
        "--agb" | "--kvk" | "--ura" | "<URA>" => "een nummer van 8 cijfers",
        "--number" => "een gebruikersnummer van 14 cijfers",
        "--telephone" => "een telefoonnummer in Nederland, zoals '030 123 45 67'",
        "<WHAT>" => "pin, unblock of factor",
        "--extract" => "een dag, zoals 2026-11-20",
        "--vouch" => "low of substantial, bij 'account create' ook high",
        "--at" | "--since" | "--until" | "--before" => {
            "een moment dat bestaat, zoals 2025-01-01T00:00:00Z of 2025-01-01T01:00:00+01:00"
        }
        "--key" => {
            "een openbare sleutel van 43 tekens, zoals 'sleutelbos audit checkpoint' hem noemt"
        }
        "--operator" => "uw eigen naam, van 1 tot 60 tekens",
        "<DIR>" => "de naam van een map",
        "--config" | "--certificate" | "--crl" | "--checkpoint" | "--file" | "<FILE>" => {
            "de naam van een bestand"
        }
        "--trust" => "de naam van een map",
        "<KEY>" => "een sleutel zoals sealing list die toont, bijvoorbeeld 0001-89abcdef",
        "<ID>" => "een kenmerk van 32 tekens, zoals de lijst het toont",
        _ => return None,
    })
}

/// The words of the library's error of one kind.
fn texts(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Cli;
    use super::dutch;
    use clap::Parser as _;

    fn told(arguments: &str) -> String {
        let words = std::iter::once("sleutelbos").chain(arguments.split_whitespace());
        let words = words.map(|word| if word == "''" { "" } else { word });
        let Err(error) = Cli::try_parse_from(words) else { panic!("{arguments} is taken") };
        assert_eq!(error.exit_code(), 2, "{arguments}");
        dutch(&error).unwrap_or_else(|| panic!("no Dutch for {arguments}: {error}"))
    }

    #[test]
    fn each_mistake_is_named_in_dutch_with_what_to_type() {
        for (arguments, words) in [
            ("serve --confg x", "--confg is hier niet bekend. Bedoelt u --config?"),
            ("check extra", "extra is hier niet bekend"),
            ("serv", "de opdracht serv bestaat niet. Bedoelt u serve?"),
            ("check --config", "achter --config <FILE> ontbreekt een waarde. Geef de naam"),
            ("uzi verify x --trust ''", "achter --trust <DIR> ontbreekt een waarde. Geef de naam"),
            (
                "uzi verify x --at gisteren",
                "\"gisteren\" past niet bij --at <RFC3339>. Geef een moment",
            ),
            (
                "account factors --username arts",
                "\"arts\" past niet bij --username <E-MAIL>. Geef een e-m",
            ),
            (
                "account ura --username a@b.example 1",
                "\"1\" past niet bij <URA>. Geef een nummer van 8",
            ),
            (
                "organisation registered --username a@b.example --email x",
                "\"x\" past niet bij --email <E-MAIL>. Geef een e-mailadres, zoals praktijk@",
            ),
            (
                "organisation registered --username a@b.example --address Dorpsstraat",
                "\"Dorpsstraat\" past niet bij --address <ADDRESS>. Geef een postadres in Nederland",
            ),
            (
                "organisation registered --username a@b.example --extract gisteren",
                "\"gisteren\" past niet bij --extract <DAY>. Geef een dag, zoals 2026-11-20",
            ),
            ("account factors", "er ontbreekt: --username <E-MAIL>. Vul"),
            (
                "support open pin --agb 1 --number 2 --operator x",
                "\"1\" past niet bij --agb <AGB>. Geef een nummer van 8",
            ),
            (
                "support open pin --agb 01012345 --number 2 --operator x",
                "\"2\" past niet bij --number <NUMBER>. Geef een gebruikersnummer van 14 cijfers",
            ),
            (
                "support open alles --agb 01012345 --number 2 --operator x",
                "\"alles\" past niet bij <WHAT>. Geef pin, unblock of factor",
            ),
            ("uzi verify x --trust a --trust b", "--trust <DIR> staat er meer dan één keer. Laat"),
            ("letters export map", "er ontbreekt: --operator <NAME>. Vul"),
            ("letters export --operator x", "er ontbreekt: <DIR>. Vul"),
            ("letters export --operator '' map", "achter --operator <NAME> ontbreekt"),
            ("audit verify --key x", "\"x\" past niet bij --key <KEY>. Geef een openbare sleutel"),
            ("audit export --since gisteren", "past niet bij --since <RFC3339>. Geef een moment"),
            ("uzi verify x --crl a --without-revocation", "gaan niet samen. Laat er een weg."),
        ] {
            let told = told(arguments);
            assert!(told.contains(words), "{arguments}: {told}");
            assert!(told.ends_with("--help."), "{told}");
            let english = ["error:", "Usage:", "argument", "value", "tip:"];
            let stray = english.iter().find(|word| told.contains(*word));
            assert!(stray.is_none(), "{arguments}: {told}");
        }
    }

    /// Nobody gives a PIN to an operator to type (flows A7).
    #[test]
    fn no_command_takes_a_pin() {
        fn walk(command: &clap::Command, seen: &mut u32) {
            for argument in command.get_arguments() {
                *seen += 1;
                let name = argument.get_id().as_str();
                assert!(!name.contains("pin") && !name.contains("secret"), "{name}");
                let takes = argument.get_action().takes_values();
                assert!(!(name == "password" && takes), "a password is no argument either");
            }
            command.get_subcommands().for_each(|below| walk(below, seen));
        }
        let mut seen = 0;
        walk(&<Cli as clap::CommandFactory>::command(), &mut seen);
        assert!(seen > 40, "{seen} arguments");
    }

    #[test]
    fn help_and_version_are_no_mistakes() {
        for arguments in ["--help", "--version", "account", "account create --help"] {
            let words = std::iter::once("sleutelbos").chain(arguments.split_whitespace());
            let Err(error) = Cli::try_parse_from(words) else { panic!("{arguments} is taken") };
            assert_eq!(dutch(&error), None, "{arguments}");
        }
    }
}
