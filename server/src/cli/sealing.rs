//! `sleutelbos sealing`: the keys that seal the secrets in the database.

use super::language::Language;
use super::{Failure, Setting};
use crate::app::App;
use crate::causes::causes;
use crate::sealed::run::{self, Begun, Rotation};
use crate::sealed::{Found, KeyId, Unreadable, Use};
use std::io::Write as _;
use std::process::ExitCode;

/// The keys that seal the secrets in the database.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the keys, and how many values are sealed with each
    List(Setting),
    /// Make a key that seals nothing yet, to copy to every server of one database
    ///
    /// With one server 'rotate' alone is enough.
    Prepare(Setting),
    /// Seal everything anew with a new key, the prepared one where there is one
    ///
    /// Servers may go on meanwhile. Ended half-way, the same command goes on; the old key stays.
    Rotate(Setting),
    /// Remove an old key with which nothing is sealed any more
    ///
    /// A back-up of the database from before the rotation opens no more without it.
    Remove(Remove),
}

#[derive(clap::Args)]
struct Remove {
    #[command(flatten)]
    setting: Setting,
    /// Which one: its id, as 'sealing list' shows it
    #[arg(value_name = "KEY", value_parser = key)]
    key: KeyId,
}

fn key(text: &str) -> Result<KeyId, &'static str> {
    KeyId::parse(text).ok_or("a key is written such as 0001-89abcdef")
}

pub(super) async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let language = Language::of_the_terminal();
    match &args.command {
        Command::List(setting) => list(setting, language).await,
        Command::Prepare(setting) => prepare(setting, language).await,
        Command::Rotate(setting) => rotate(setting, language).await,
        Command::Remove(args) => remove(&args.setting, args.key, language).await,
    }
}

async fn list(setting: &Setting, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(setting.read()?).await?;
    let (files, standing) = (app.sealing.files()?, run::named(&app).await?);
    let missing = app.sealing.missing(&standing);
    let newest = app.sealing.sealing();
    app.db.close().await;
    let mut out = std::io::stdout().lock();
    for Found { id, role, .. } in files {
        let role = match role {
            Use::Prepared => language.pick("klaargezet", "prepared"),
            Use::Sealing if id == newest => language.pick("verzegelt", "seals"),
            Use::Sealing => language.pick("opent", "opens"),
        };
        let values = standing.get(&id).copied().unwrap_or_default();
        let values = language.pick(format!("waarden: {values}"), format!("values: {values}"));
        writeln!(out, "{id}  {role:<10}  {values}")?;
    }
    for gone in &missing {
        let (path, values) = (gone.path.display(), gone.values);
        let text = language.pick(
            format!("{path} ontbreekt (waarden: {values}): zet het terug uit een reservekopie van de sleutels"),
            format!("{path} is missing (values: {values}): put it back from a back-up of the keys"),
        );
        writeln!(out, "{text}")?;
    }
    Ok(if missing.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn prepare(setting: &Setting, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(setting.read()?).await?;
    let found = run::prepare(&app).await?;
    app.db.close().await;
    let path = found.path.display();
    let text = language.pick(
        format!("Klaargezet: {path}\nKopieer dit bestand naar de map sealing van elke andere server, en geef daarna op elke server 'sleutelbos sealing rotate'."),
        format!("Prepared: {path}\nCopy this file to the folder sealing of every other server, and then run 'sleutelbos sealing rotate' on each."),
    );
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

async fn rotate(setting: &Setting, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(setting.read()?).await?;
    let rotated = run::rotate(&app).await;
    app.db.close().await;
    let Rotation { key, begun, resealed } = rotated?;
    let values = resealed.values;
    let mut text = match begun {
        Begun::Now => language.pick(
            format!("{key} verzegelt nu. Opnieuw verzegeld: {values}."),
            format!("{key} seals now. Sealed anew: {values}."),
        ),
        Begun::Before => language.pick(
            format!("De rotatie naar {key} was niet af en is het nu. Opnieuw verzegeld: {values}."),
            format!("The rotation to {key} was not finished and is now. Sealed anew: {values}."),
        ),
    };
    text.push_str(language.pick(
        "\nMaak een reservekopie van de sleutels. Bewaar de oude zolang er reservekopieën van de database zijn die hem nodig hebben.",
        "\nMake a back-up of the keys. Keep the old one as long as there are back-ups of the database that need it.",
    ));
    writeln!(std::io::stdout().lock(), "{text}")?;
    let mut err = std::io::stderr().lock();
    for error in &resealed.unreadable {
        writeln!(err, "sleutelbos: {}", unreadable(error, language))?;
    }
    Ok(if resealed.unreadable.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn remove(setting: &Setting, key: KeyId, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(setting.read()?).await?;
    let removed = run::remove(&app, key).await;
    app.db.close().await;
    let Some(found) = removed? else {
        let text = language.pick(
            format!("{key} is er niet: kijk met 'sleutelbos sealing list' welke er zijn"),
            format!("there is no {key}: look with 'sleutelbos sealing list' which there are"),
        );
        return Err(text.into());
    };
    let path = found.path.display();
    let text = language.pick(format!("{path} is verwijderd."), format!("{path} is removed."));
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

/// Why a sealed value does not open.
fn unreadable(error: &Unreadable, language: Language) -> String {
    match (language, error) {
        (Language::English, error) => causes(error),
        (Language::Dutch, Unreadable::NoKey { path, place }) => format!(
            "{} ontbreekt, en {place} is ermee verzegeld: zet het terug uit een reservekopie van de \
             sleutels, of kopieer het van de andere servers",
            path.display()
        ),
        (Language::Dutch, Unreadable::Content { place }) => format!(
            "een waarde van {place} gaat niet open: zij is veranderd, of hierheen verplaatst vanuit een andere rij"
        ),
    }
}
