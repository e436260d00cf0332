//! `sleutelbos outbox`: messages that wait, and those that could not be delivered.

use super::language::Language;
use super::moment::shown;
use super::{Failure, Setting, words};
use crate::app::App;
use crate::delivery::run::{self, Entry};
use crate::id::PostId;
use std::io::Write as _;
use std::process::ExitCode;

/// Messages that could not be delivered.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the messages that were given up
    ///
    /// Each with its id, what it is about, to which address it goes, since when, how often it was
    /// tried and why that failed. What it says is not shown.
    List(List),
    /// Try a message that was given up again
    Retry(One),
    /// Remove a message that was given up: nobody gets it any more
    Drop(One),
}

#[derive(clap::Args)]
struct List {
    #[command(flatten)]
    setting: Setting,
    /// Those that still wait for their turn or for another try too
    #[arg(long)]
    waiting: bool,
}

#[derive(clap::Args)]
struct One {
    #[command(flatten)]
    setting: Setting,
    /// Which one: its id, as 'outbox list' shows it
    #[arg(value_name = "ID", value_parser = PostId::parse)]
    message: PostId,
}

pub(super) async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let language = Language::of_the_terminal();
    match &args.command {
        Command::List(list) => show(list, language).await,
        Command::Retry(one) => {
            let app = App::open(one.setting.read()?).await?;
            let done = run::retry(&app, &one.message).await;
            let text = language.pick(
                "Het bericht wordt opnieuw geprobeerd door de server, binnen een minuut.",
                "The server tries the message again, within a minute.",
            );
            tell(&app, done, text, language).await
        }
        Command::Drop(one) => {
            let app = App::open(one.setting.read()?).await?;
            let done = run::drop_message(&app, &one.message).await;
            let text = language.pick("Het bericht is verwijderd.", "The message is removed.");
            tell(&app, done, text, language).await
        }
    }
}

async fn tell(
    app: &App,
    done: Result<(), run::Error>,
    text: &str,
    language: Language,
) -> Result<ExitCode, Failure> {
    app.db.close().await;
    done.map_err(|error| words::outbox(error, language))?;
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

async fn show(list: &List, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(list.setting.read()?).await?;
    let entries = run::list(&app).await;
    app.db.close().await;
    let shown = |entry: &Entry| list.waiting || entry.due.is_none();
    let entries: Vec<_> = entries?.into_iter().filter(shown).collect();
    let mut out = std::io::stdout().lock();
    if entries.is_empty() {
        let none = match list.waiting {
            true => language.pick("Er wacht niets.", "Nothing waits."),
            false => language.pick("Er is niets opgegeven.", "Nothing was given up."),
        };
        writeln!(out, "{none}")?;
    }
    for entry in entries {
        writeln!(out, "{}  {}", entry.id, described(&entry, language))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn described(entry: &Entry, language: Language) -> String {
    let Entry { kind, created, tries, .. } = entry;
    let to = match &entry.to {
        Some(to) => language.pick(format!(" aan {to}"), format!(" to {to}")),
        None => String::new(),
    };
    let state = match entry.due {
        None => language.pick("opgegeven".to_owned(), "given up".to_owned()),
        Some(due) => {
            let due = shown(due);
            language.pick(format!("weer vanaf {due}"), format!("next from {due}"))
        }
    };
    let failure = match entry.failure {
        None => String::new(),
        Some(failure) => format!(": {}", words::undelivered(failure, language)),
    };
    let tried = language.pick("pogingen", "tries");
    let (since, created) = (language.pick("sinds", "since"), shown(*created));
    format!("{kind}{to}, {since} {created}, {tried}: {tries}, {state}{failure}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;
    use crate::delivery::Failure as Undelivered;

    #[test]
    fn a_message_that_was_given_up_is_described_with_why() {
        let entry = |failure| Entry {
            id: PostId::parse("00112233445566778899aabbccddeeff").unwrap(),
            kind: "password_blocked".to_owned(),
            to: Some("test.arts@voorbeeld.nl".to_owned()),
            created: Time::from_millis(1_735_689_600_000),
            due: None,
            tries: 2,
            failure: Some(failure),
        };
        let rejected = entry(Undelivered::Rejected(Some(550)));
        assert_eq!(
            described(&rejected, Language::English),
            "password_blocked to test.arts@voorbeeld.nl, since 2025-01-01 00:00 UTC, tries: 2, given \
             up: the mail server refused the message or its address for good (550)"
        );
        assert_eq!(
            described(&rejected, Language::Dutch),
            "password_blocked aan test.arts@voorbeeld.nl, sinds 2025-01-01 00:00 UTC, pogingen: 2, \
             opgegeven: de mailserver weigerde het bericht of het adres voorgoed (550)"
        );
        let waits = Entry { due: Some(Time::from_millis(1_735_689_615_000)), ..rejected };
        let waits = described(&waits, Language::Dutch);
        assert!(waits.contains("weer vanaf 2025-01-01 00:00 UTC: de mailserver"), "{waits}");
    }
}
