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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Time;
    use crate::factors::Evidence;
    use crate::factors::testing;
    use crate::id::AccountId;

    /// A key that works after the password.
    fn key() -> Factor {
        let added = Time::from_millis(1_735_689_600_000);
        let account = AccountId::parse("ffeeddccbbaa99887766554433221100").unwrap();
        let key = (Kind::SecurityKey, Evidence::Touch);
        Factor {
            id: FactorId::parse("00112233445566778899aabbccddeeff").unwrap(),
            name: "Sleutel aan de bos".to_owned(),
            proven_at: Some(added),
            used_at: Some(added),
            ..testing::factor(&account, key, added)
        }
    }

    fn check(factor: &Factor, dutch: &str, english: &str) {
        assert_eq!(described(factor, Language::Dutch), dutch);
        assert_eq!(described(factor, Language::English), english);
    }

    #[test]
    fn a_factor_is_described_with_its_name_its_day_and_whether_it_works() {
        check(
            &key(),
            "beveiligingssleutel 'Sleutel aan de bos', toegevoegd op 2025-01-01, na het wachtwoord",
            "security key 'Sleutel aan de bos', added on 2025-01-01, after the password",
        );
        let alone = Factor { discoverable: true, evidence: Evidence::VerifiedDevice, ..key() };
        check(
            &alone,
            "beveiligingssleutel 'Sleutel aan de bos', toegevoegd op 2025-01-01, ook zonder wachtwoord",
            "security key 'Sleutel aan de bos', added on 2025-01-01, also without a password",
        );
        let copied = Factor { cloned_at: Some(Time::from_millis(1)), ..alone };
        check(
            &copied,
            "beveiligingssleutel 'Sleutel aan de bos', toegevoegd op 2025-01-01, \
             uitgeschakeld: lijkt gekopieerd",
            "security key 'Sleutel aan de bos', added on 2025-01-01, \
             switched off: seems to be copied",
        );
        let suspended = Factor { suspended_at: Some(Time::from_millis(1)), ..key() };
        check(
            &suspended,
            "beveiligingssleutel 'Sleutel aan de bos', toegevoegd op 2025-01-01, \
             buiten gebruik: er wordt iets anders ingesteld",
            "security key 'Sleutel aan de bos', added on 2025-01-01, \
             out of use: others are set up in its place",
        );
    }

    #[test]
    fn each_kind_has_its_word_and_what_never_proved_itself_says_so() {
        let (after, also) = (
            ("na het wachtwoord", "after the password"),
            ("ook zonder wachtwoord", "also without a password"),
        );
        for (kind, dutch, english, state) in [
            (Kind::SecurityKey, "beveiligingssleutel", "security key", after),
            (Kind::Passkey, "passkey", "passkey", after),
            (Kind::Card, "UZI-pas", "UZI card", also),
            (Kind::App, "authenticator-app", "authenticator app", after),
            (Kind::Sms, "sms-code", "text message", after),
            (Kind::Call, "telefoongesprek", "phone call", after),
        ] {
            let factor = Factor { kind, name: String::new(), proven_at: None, ..key() };
            check(
                &factor,
                &format!("{dutch}, toegevoegd op 2025-01-01, {}, nog nooit gebruikt", state.0),
                &format!("{english}, added on 2025-01-01, {}, never used", state.1),
            );
        }
    }
}
