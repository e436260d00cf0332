//! `sleutelbos account pin-disclosed`: a PIN that somebody said.

use crate::accounts::who::Who;
use crate::activation::disclosed::{self, Next};
use crate::app::App;
use crate::cli::language::Language;
use crate::cli::{Failure, Setting, words};
use crate::operator::Operator;
use std::io::Write as _;
use std::process::ExitCode;

pub(super) async fn disclosed(
    setting: &Setting,
    (username, operator): (&Who, &Operator),
    language: Language,
) -> Result<ExitCode, Failure> {
    let app = App::open(setting.read()?).await?;
    let recorded = disclosed::record(&app, username, operator).await;
    app.db.close().await;
    let next = recorded.map_err(|error| words::disclosed(error, language))?;
    let dead = language.pick(
        format!("De pincode van {username} werkt niet meer."),
        format!("The PIN of {username} does not work any more."),
    );
    let next = match next {
        Next::Box(name) => language.pick(
            format!("Een nieuwe ligt in de Berichtenbox van {name}."),
            format!("A new one waits in the Berichtenbox of {name}."),
        ),
        Next::Letter => language.pick(
            "Een nieuwe wacht in een brief, die een andere beheerder ophaalt.".to_owned(),
            "A new one waits in a letter, which another operator exports.".to_owned(),
        ),
        Next::Later => language.pick(
            "Er is vandaag al een pincode gemaakt: een contactpersoon laat morgen een nieuwe maken.".to_owned(),
            "A PIN was made today already: a contact person has a new one made tomorrow.".to_owned(),
        ),
        Next::NoLetter(error) => {
            let why = words::letters(error, language);
            language.pick(format!("Er is geen nieuwe: {why}."), format!("There is no new one: {why}."))
        }
    };
    writeln!(std::io::stdout().lock(), "{dead} {next}")?;
    Ok(ExitCode::SUCCESS)
}
