//! `sleutelbos check`: whether the server would start, changing nothing.

use super::language::Language;
use super::{Failure, Setting, causes};
use crate::app;
use crate::config::Config;
use crate::storage::{Db, Found};
use std::io::Write;
use std::process::ExitCode;

pub(super) async fn run(setting: &Setting) -> Result<ExitCode, Failure> {
    let language = Language::of_the_terminal();
    let mut out = std::io::stdout().lock();
    let config = match setting.read() {
        Ok(config) => config,
        Err(error) => {
            let label = language.pick("configuratie", "configuration");
            line(&mut out, label, Err(causes(&error)))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let well = report(&mut out, language, &config, Db::inspect(&config.storage).await)?;
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn report(
    out: &mut impl Write,
    language: Language,
    config: &Config,
    database: Result<Found, crate::storage::Error>,
) -> std::io::Result<bool> {
    let origin = config.server.origin.to_string();
    let configuration = line(out, language.pick("configuratie", "configuration"), Ok(origin))?;
    let database = database.map_err(|error| causes(&error)).map(|found| match found {
        Found::Nothing => language
            .pick(
                "nog leeg; wordt gemaakt bij de eerste start",
                "not there yet; made at first start",
            )
            .to_owned(),
        Found::Current => language.pick("bij de tijd", "up to date").to_owned(),
        Found::Behind { migrations } => language.pick(
            format!("wordt bijgewerkt bij de start (stappen: {migrations})"),
            format!("brought up to date at start (steps: {migrations})"),
        ),
    });
    let database = line(out, "database", database)?;
    let trust = app::cards(config).map_err(|error| causes(&error)).map(|cards| {
        let trust = cards.trust();
        let (anchors, issuers) = (trust.anchors().len(), trust.pool().len());
        language.pick(
            format!("{anchors} stamcertificaten, {issuers} daaronder"),
            format!("{anchors} root certificates, {issuers} below them"),
        )
    });
    let trust = line(out, language.pick("uzi-vertrouwen", "uzi trust"), trust)?;
    Ok(configuration && database && trust)
}

/// One line; whether it was well.
fn line(
    out: &mut impl Write,
    label: &str,
    result: Result<String, String>,
) -> std::io::Result<bool> {
    match result {
        Ok(text) => writeln!(out, "ok    {label}: {text}").map(|()| true),
        Err(text) => writeln!(out, "FAIL  {label}: {text}").map(|()| false),
    }
}
