//! What keeps a command from opening the server's parts, in the language of the terminal: what, why,
//! and then what to do. What is wrong inside a file stays in the words of whoever reads it.

use std::error::Error;
use std::path::Path;

use super::language::Language;
use super::words::{dutch_cause, dutch_trust};
use crate::app;
use crate::causes::causes;
use crate::config;
use crate::delivery::email;
use crate::sealed;
use crate::storage;
use crate::uzi::issue::Environment;

/// An error of any command, with its causes.
pub(super) fn told(error: &(dyn Error + 'static), language: Language) -> String {
    let told = if let Some(error) = error.downcast_ref::<config::Error>() {
        Some(configuration(error, language))
    } else if let Some(error) = error.downcast_ref::<storage::Error>() {
        database(error, language)
    } else if let Some(error) = error.downcast_ref::<app::Error>() {
        part(error, language)
    } else if let Some(error) = error.downcast_ref::<sealed::Error>() {
        sealing(error, language)
    } else {
        None
    };
    told.unwrap_or_else(|| causes(error)).trim_end().to_owned()
}

fn configuration(error: &config::Error, language: Language) -> String {
    match error {
        config::Error::Read { path, source } => unreadable(path, source, language),
        config::Error::Content { path, source } => {
            let (path, fault) = (path.display(), source.to_string());
            let fault = fault.trim_end();
            language.pick(
                format!("{path} klopt niet: {fault}\nElke instelling staat uitgelegd in docs/configuration.md."),
                format!("{path} is not right: {fault}\nEvery setting is explained in docs/configuration.md."),
            )
        }
    }
}

fn unreadable(path: &Path, source: &std::io::Error, language: Language) -> String {
    let path = path.display();
    language.pick(
        format!("{path} is niet te lezen: {}. Kijk na of de naam klopt", dutch_cause(source)),
        format!("cannot read {path}: {source}. Check its name"),
    )
}

fn database(error: &storage::Error, language: Language) -> Option<String> {
    Some(match error {
        storage::Error::Folder { path, source } => {
            let path = path.display();
            language.pick(
                format!(
                    "{path} is niet te gebruiken: {}. Kijk na of deze gebruiker daar mag schrijven",
                    dutch_cause(source)
                ),
                format!("cannot use {path}: {source}. Check that this user may write there"),
            )
        }
        storage::Error::Open(source) => {
            let cause = causes(source);
            language.pick(
                format!(
                    "de database gaat niet open: {cause}. Kijk na of de databaseserver draait en of \
                     [storage] in de configuratie klopt"
                ),
                format!(
                    "cannot open the database: {cause}. Check that the database server runs, and \
                     [storage] in the configuration"
                ),
            )
        }
        storage::Error::File { path, source } => unopened(path, source, language),
        storage::Error::Newer if language == Language::Dutch => {
            "de database is gebruikt door een nieuwere Sleutelbos: gebruik die versie, of een \
             reservekopie"
                .to_owned()
        }
        storage::Error::Changed { version } if language == Language::Dutch => format!(
            "stap {version} van de database is niet die van deze versie: gebruik de versie die haar \
             maakte, of een reservekopie"
        ),
        storage::Error::Address if language == Language::Dutch => {
            "in het bestand van [storage] postgres hoort één adres: postgres://gebruiker@host/naam"
                .to_owned()
        }
        storage::Error::Newer
        | storage::Error::Changed { .. }
        | storage::Error::Address
        | storage::Error::Migrate(_)
        | storage::Error::Statement(_)
        | storage::Error::InPlace(_)
        | storage::Error::Crowded
        | storage::Error::Closed
        | storage::Error::Disk(_)
        | storage::Error::Inconsistent { .. } => return None,
    })
}

fn unopened(path: &Path, source: &dyn Error, language: Language) -> String {
    let path = path.display();
    language.pick(
        format!(
            "{path} gaat niet open: {source}. Kijk na of dat de database van Sleutelbos is, of gebruik een \
             reservekopie"
        ),
        format!(
            "cannot open {path}: {source}. Check that it is the database of Sleutelbos, or use a back-up"
        ),
    )
}

fn part(error: &app::Error, language: Language) -> Option<String> {
    if let app::Error::Storage(error) = error {
        return database(error, language);
    }
    if language == Language::English {
        return None;
    }
    Some(match error {
        app::Error::Trust(source) => {
            format!("de uitgevers in [uzi] trust zijn niet te gebruiken: {}", dutch_trust(source))
        }
        app::Error::Environment { found } => {
            let (found, named) = match found {
                Environment::Test => ("TEST", "test"),
                Environment::Production => ("productie", "production"),
            };
            format!(
                "de uitgevers in [uzi] trust zijn die van {found}: zet in [uzi] environment = \"{named}\""
            )
        }
        app::Error::Sealing(error) => return sealing(error, language),
        app::Error::Key { path, source } => {
            key(path, source, "verkeerde pogingen bij onbekende namen tellen dan opnieuw")
        }
        app::Error::Pepper { path, source } => {
            key(path, source, "pincodes van daarvoor werken dan niet meer")
        }
        app::Error::AuditKey { path, source } => key(
            path,
            source,
            "wat met het oude is getekend, controleert u dan met de openbare helft ervan: \
             sleutelbos audit verify --key",
        ),
        app::Error::Roots { path, source } => format!(
            "de merken in [keys] attestation zijn niet te gebruiken: {}",
            unreadable(path, source, language)
        ),
        app::Error::Makers { path, source } => format!(
            "de merken in [keys] attestation zijn niet te gebruiken: {}: {source}",
            path.display()
        ),
        app::Error::Delivery(email::Error::Read { path, source }) => {
            format!("[delivery] is niet te gebruiken: {}", unreadable(path, source, language))
        }
        app::Error::Delivery(email::Error::Authorities { path }) => format!(
            "[delivery] is niet te gebruiken: in {} staat geen certificaat van een uitgever in PEM",
            path.display()
        ),
        app::Error::Delivery(email::Error::Tls) => {
            "[delivery] is niet te gebruiken: kijk de naam van de mailserver na".to_owned()
        }
        app::Error::Storage(_) | app::Error::Keys(_) => return None,
    })
}

/// What is wrong with the file of one key, and what a new one means.
fn key(path: &Path, source: &std::io::Error, then: &str) -> String {
    format!(
        "{} is niet te lezen of te maken ({}): het hoort een bestand van 32 bytes te zijn, alleen voor \
         deze gebruiker; zet het terug uit een reservekopie, of verwijder het, dan wordt er een nieuw \
         gemaakt ({then})",
        path.display(),
        dutch_cause(source)
    )
}

/// What is wrong with the ring of keys.
pub(super) fn sealing(error: &sealed::Error, language: Language) -> Option<String> {
    if let sealed::Error::Storage(error) = error {
        return database(error, language);
    }
    if language == Language::English {
        return None;
    }
    Some(match error {
        sealed::Error::File { path, source } => format!(
            "{} is niet te lezen of te maken ({}): het hoort alleen voor deze gebruiker te zijn; zet het \
             terug uit een reservekopie van de sleutels",
            path.display(),
            dutch_cause(source)
        ),
        sealed::Error::Damaged { path } => format!(
            "in {} staat niet de sleutel die de naam zegt: zet het bestand terug uit een reservekopie van \
             de sleutels",
            path.display()
        ),
        sealed::Error::Lost { path } => format!(
            "{} ontbreekt, en in de database staat wat ermee is verzegeld: zet het bestand terug uit een \
             reservekopie van de sleutels; er wordt geen nieuwe sleutel voor in de plaats gemaakt",
            path.display()
        ),
        sealed::Error::Full => "de sleutelring heeft 9999 sleutels gehad".to_owned(),
        sealed::Error::Used(id) => format!(
            "{id} is in gebruik: verzegel eerst alles opnieuw met 'sleutelbos sealing rotate', en wacht \
             daarna een minuut"
        ),
        sealed::Error::Storage(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::storage::{Db, Location};

    fn both(error: &(dyn Error + 'static)) -> [String; 2] {
        [told(error, Language::Dutch), told(error, Language::English)]
    }

    #[test]
    fn a_wrong_configuration_is_told_with_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("sleutelbos.toml");
        let error = |content: Option<&str>| {
            if let Some(content) = content {
                std::fs::write(&file, content).unwrap();
            }
            both(&Config::read(Some(&file)).map(drop).unwrap_err())
        };
        let [dutch, english] = error(None);
        assert!(dutch.ends_with("is niet te lezen: het bestaat niet. Kijk na of de naam klopt"));
        assert!(english.ends_with("(os error 2). Check its name"), "{english}");
        for told in error(Some("[server]\nlisen = \"x\"\n")) {
            assert!(told.contains("unknown field `lisen`"), "{told}");
            assert!(told.ends_with("docs/configuration.md."), "{told}");
            assert!(!told.contains("\n\n"), "{told}");
        }
    }

    #[tokio::test]
    async fn a_database_that_is_away_is_told_before_the_remedy() {
        let address = "postgres://nobody@127.0.0.1:1/none".to_owned();
        let away = Db::open(&Location::Postgres(crate::secret::Secret::new(address))).await;
        let [dutch, english] = both(&app::Error::Storage(away.map(drop).unwrap_err()));
        assert!(dutch.contains("(os error 111). Kijk na of de databaseserver draait"), "{dutch}");
        assert!(english.contains("(os error 111). Check that the database server"), "{english}");
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        std::fs::write(&file, "").unwrap();
        let no_folder = Db::open(&Location::Sqlite(file)).await.map(drop).unwrap_err();
        let [dutch, english] = both(&no_folder);
        assert!(dutch.ends_with("Kijk na of deze gebruiker daar mag schrijven"), "{dutch}");
        assert!(english.ends_with("Check that this user may write there"), "{english}");
    }

    #[test]
    fn other_errors_keep_their_own_words() {
        let error = std::io::Error::other("something else");
        assert_eq!(both(&error), ["something else", "something else"]);
    }
}
