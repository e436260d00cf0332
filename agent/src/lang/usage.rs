//! What was typed wrong on the command line, and what to type instead.
//!
//! English is the text of the library that reads the arguments, as is the help.

use clap::Error;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// The error in Dutch; nothing for help, a version, and what nobody can type by mistake.
#[must_use]
pub fn dutch(error: &Error) -> Option<String> {
    let word = |kind| words(error, kind).into_iter().next().unwrap_or_default();
    let argument = word(ContextKind::InvalidArg);
    let (what, remedy) = match error.kind() {
        ErrorKind::UnknownArgument => {
            let meant = word(ContextKind::SuggestedArg);
            (format!("de optie {argument} bestaat hier niet"), instead(&meant))
        }
        ErrorKind::InvalidSubcommand => {
            let command = word(ContextKind::InvalidSubcommand);
            let meant = word(ContextKind::SuggestedSubcommand);
            (format!("de opdracht {command} bestaat niet"), instead(&meant))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            let value = word(ContextKind::InvalidValue);
            let what = if value.is_empty() {
                format!("na {argument} ontbreekt een waarde")
            } else {
                format!("de waarde '{value}' past niet bij {argument}")
            };
            (what, form(&argument).map(|form| format!("Geef {form}.")).unwrap_or_default())
        }
        ErrorKind::MissingRequiredArgument => {
            let missing = words(error, ContextKind::InvalidArg).into_iter().map(plain);
            let missing = missing.collect::<Vec<_>>().join(" en ");
            (format!("{missing} ontbreekt"), "Zet dat erbij.".to_owned())
        }
        ErrorKind::ArgumentConflict => {
            let other = words(error, ContextKind::PriorArg).join(" en ");
            let what = if other.is_empty() || other == argument {
                format!("{argument} staat er meer dan een keer")
            } else {
                format!("{argument} en {other} gaan niet samen")
            };
            (what, "Laat er een weg.".to_owned())
        }
        ErrorKind::InvalidUtf8 => (
            "er staan tekens in die geen UTF-8 zijn".to_owned(),
            "Typ de opdracht opnieuw.".to_owned(),
        ),
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
    let remedy = if remedy.is_empty() { remedy } else { format!(" {remedy}") };
    let usage = words(error, ContextKind::Usage).join("\n");
    let usage = usage.trim().replace("Usage:", "Gebruik:");
    let usage = if usage.is_empty() { usage } else { format!("\n{usage}") };
    Some(format!("sleutelbos-agent: {what}.{remedy}{usage}\nMet --help leest u alle opties."))
}

/// What is missing as it is typed: of several that will do, the library writes `<--user <NAME>|--card>`.
fn plain(missing: String) -> String {
    match missing.strip_prefix("<--").and_then(|several| several.strip_suffix('>')) {
        Some(several) => format!("--{}", several.replace('|', " of ")),
        None => missing,
    }
}

fn instead(meant: &str) -> String {
    if meant.is_empty() { String::new() } else { format!("Bedoelt u {meant}?") }
}

/// What stands after an option whose values have a form.
fn form(argument: &str) -> Option<&'static str> {
    Some(match argument.split_whitespace().next().unwrap_or_default() {
        "--lang" => "nl of en",
        "--via" => "auto, direct of pkcs11",
        "--wait" => "een aantal seconden van 0 tot en met 65535",
        "--name" => "een naam van 1 tot en met 60 tekens",
        "--user" => "een gebruikersnaam",
        "--organisation" => "de AGB-code of de hele naam van een organisatie",
        "--server" => "een adres, zoals https://inlog.praktijk.example",
        "--code-challenge" => "de base64url-vorm van een SHA-256, 43 tekens",
        "--config" => "de naam van een bestand",
        "--user-data-dir" => "de naam van een map",
        _ => return None,
    })
}

/// What the library knows of one kind.
fn words(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        Some(ContextValue::StyledStr(text)) => vec![text.to_string()],
        Some(ContextValue::StyledStrs(texts)) => texts.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}
