//! `sleutelbos letters`: letters with a PIN, for the print service.

use super::language::Language;
use super::moment::shown;
use super::{Failure, Setting, operator, words};
use crate::app::App;
use crate::letters::run::{self, Entry, Exported, Standing};
use crate::operator::Operator;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

/// Letters with a PIN.
#[derive(clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// List the letters that wait for the print service, and those that are on their way
    List(List),
    /// Take the letters that wait to a folder, each once, for the print service
    ///
    /// Each is a PDF that the print service decrypts with age. From then on its PIN works, and here it
    /// is gone. Whoever had a letter written does not export it: give your own name. Where this
    /// was broken off, the same command with the same folder goes on.
    Export(Export),
}

#[derive(clap::Args)]
struct List {
    #[command(flatten)]
    setting: Setting,
}

#[derive(clap::Args)]
struct Export {
    #[command(flatten)]
    setting: Setting,
    /// Your own name, which is recorded
    #[arg(long, value_name = "NAME", value_parser = operator::named)]
    operator: Operator,
    /// The folder; it is made where it is missing
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

pub(super) async fn run(args: &Args) -> Result<ExitCode, Failure> {
    let language = Language::of_the_terminal();
    match &args.command {
        Command::List(list) => show(list, language).await,
        Command::Export(export) => take(export, language).await,
    }
}

async fn show(list: &List, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(list.setting.read()?).await?;
    let entries = run::list(&app).await;
    app.db.close().await;
    let entries = entries.map_err(|error| words::letters(error, language))?;
    let mut out = std::io::stdout().lock();
    if entries.is_empty() {
        writeln!(out, "{}", language.pick("Er zijn geen brieven.", "There are no letters."))?;
    }
    for entry in entries {
        writeln!(out, "{}  {}", entry.id, described(&entry, language))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn described(entry: &Entry, language: Language) -> String {
    let Entry { organisation, name, .. } = entry;
    let (written, until) = (shown(entry.written), shown(entry.until));
    let starter = match &entry.started_by {
        Some(operator) => language.pick(format!(" door {operator}"), format!(" by {operator}")),
        None => String::new(),
    };
    let standing = match &entry.standing {
        Standing::Waiting => language.pick("wacht".to_owned(), "waits".to_owned()),
        Standing::Exported(at, by) => language.pick(
            format!("opgehaald {} door {by}", shown(*at)),
            format!("exported {} by {by}", shown(*at)),
        ),
    };
    language.pick(
        format!(
            "{organisation}, {name}: gemaakt {written}{starter}, {standing}, geldig tot {until}"
        ),
        format!(
            "{organisation}, {name}: written {written}{starter}, {standing}, good until {until}"
        ),
    )
}

async fn take(export: &Export, language: Language) -> Result<ExitCode, Failure> {
    let app = App::open(export.setting.read()?).await?;
    let exported = run::export(&app, &export.operator, &export.folder).await;
    app.db.close().await;
    let exported = exported.map_err(|error| words::letters(error, language))?;
    let mut out = std::io::stdout().lock();
    for file in &exported.files {
        writeln!(out, "{}", file.display())?;
    }
    for line in summary(&exported, language) {
        writeln!(std::io::stderr().lock(), "{line}")?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What an export came to: its files stand on standard output, so this does not.
fn summary(exported: &Exported, language: Language) -> Vec<String> {
    let Exported { files, finished, own, copies } = exported;
    let count = files.len();
    let mut lines = vec![match count {
        0 if *own == 0 => language.pick("Er wacht geen brief.", "No letter waits.").to_owned(),
        0 => language.pick("Voor u wacht er geen brief.", "No letter waits for you.").to_owned(),
        _ => language.pick(
            format!("Brieven in de map: {count}. Hun pincodes werken vanaf nu."),
            format!("Letters in the folder: {count}. Their PINs work from now on."),
        ),
    }];
    if *finished > 0 {
        lines.push(language.pick(
            format!("Daarvan waren er {finished} eerder opgehaald en nog niet af."),
            format!("Of these, {finished} were taken before and not finished."),
        ));
    }
    if *own > 0 {
        lines.push(language.pick(
            format!("Brieven die u zelf liet maken en die een ander ophaalt: {own}."),
            format!("Letters that you had written, for another operator to export: {own}."),
        ));
    }
    if *copies {
        lines.push(words::copies(language).to_owned());
    }
    lines
}
