//! `sleutelbos account factors` and `remove-factor`: what a user logs in with, for the operator.

use crate::accounts::who::Who;
use crate::app::App;
use crate::cli::language::Language;
use crate::cli::{Failure, Setting, words};
use crate::enrolment::run;
use crate::factors::{Factor, Kind, Level};
use crate::id::{CaseId, FactorId};
use crate::operator::Operator;
use crate::support::removal;
use std::io::Write as _;
use std::process::ExitCode;

pub(super) async fn list(
    setting: &Setting,
    username: &Who,
    language: Language,
) -> Result<ExitCode, Failure> {
    let app = App::open(setting.read()?).await?;
    let found = run::factors_of(&app, username).await;
    app.db.close().await;
    let found = found.map_err(|error| words::enrolment(error, language))?;
    let mut out = std::io::stdout().lock();
    if found.is_empty() {
        let nothing = language.pick(
            format!("{username} heeft alleen een wachtwoord."),
            format!("{username} has a password only."),
        );
        writeln!(out, "{nothing}")?;
    }
    for factor in found {
        writeln!(out, "{}  {}", factor.id, described(&factor, language))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn remove(
    setting: &Setting,
    (case, factors): (&CaseId, &[FactorId]),
    (vouch, operator): (Level, &Operator),
    language: Language,
) -> Result<ExitCode, Failure> {
    let app = App::open(setting.read()?).await?;
    let removed = removal::remove(&app, case, factors, vouch, operator).await;
    app.db.close().await;
    let removed = removed.map_err(|error| words::support(error, language))?;
    let what: Vec<_> = removed.factors.iter().map(|factor| described(factor, language)).collect();
    let what = what.join("; ");
    let text = match removed.opens.map(Level::as_str) {
        None => language.pick(
            format!("Weggehaald: {what}. Alle sessies zijn beëindigd."),
            format!("Taken away: {what}. All sessions have ended."),
        ),
        Some(level) => language.pick(
            format!(
                "Weggehaald: {what}. Alle sessies zijn beëindigd. Bij de volgende inlog met wachtwoord \
                 wordt een nieuwe sleutel toegevoegd, met hoogstens niveau {level}."
            ),
            format!(
                "Taken away: {what}. All sessions have ended. The next log-in with the password adds a \
                 new key, which gives level {level} at most."
            ),
        ),
    };
    writeln!(std::io::stdout().lock(), "{text}")?;
    Ok(ExitCode::SUCCESS)
}

/// What it is, what its owner calls it, since when, and whether it works.
fn described(factor: &Factor, language: Language) -> String {
    let kind = match factor.kind {
        Kind::SecurityKey => language.pick("beveiligingssleutel", "security key"),
        Kind::Passkey => "passkey",
        Kind::Card => language.pick("UZI-pas", "UZI card"),
        Kind::App => language.pick("authenticator-app", "authenticator app"),
        Kind::Sms => language.pick("sms-code", "text message"),
        Kind::Call => language.pick("telefoongesprek", "phone call"),
    };
    let name = if factor.name.is_empty() { String::new() } else { format!(" '{}'", factor.name) };
    let state = if factor.cloned_at.is_some() {
        language.pick("uitgeschakeld: lijkt gekopieerd", "switched off: seems to be copied")
    } else if factor.is_suspended() {
        language.pick(
            "buiten gebruik: er wordt iets anders ingesteld",
            "out of use: others are set up in its place",
        )
    } else if factor.works_alone() {
        language.pick("ook zonder wachtwoord", "also without a password")
    } else {
        language.pick("na het wachtwoord", "after the password")
    };
    let used = match factor.proven_at {
        Some(_) => "",
        None => language.pick(", nog nooit gebruikt", ", never used"),
    };
    let added = factor.created_at.to_string();
    let day = added.split('T').next().unwrap_or_default();
    let since = language.pick("toegevoegd op", "added on");
    format!("{kind}{name}, {since} {day}, {state}{used}")
}
