//! `native-host`: what a browser starts to log a person in on a page with a card.
//!
//! The browser gives the extension's address as the only argument, so that is taken too.

use std::ffi::OsString;
use std::fs::File;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use wire::web_eid::{Failure as Refusal, Token, code};

use super::desk::{self, Missing, Request};
use super::{Context, Failure};
use crate::broker::card::Error;
use crate::channels::native::{Wish, converse, failure};
use crate::config::Config;
use crate::consent::Prompt;
use crate::consent::pinentry::Pinentry;
use crate::lang::{Language, Say};
use crate::origin::Development;
use crate::tokens::card::inserted::Via;
use crate::tokens::card::pkcs11::modules;

/// The extensions that may speak to this program: ours, then Web eID's for Chrome and for Edge.
pub(crate) const EXTENSIONS: [&str; 3] = [
    super::install::EXTENSION_ID,
    "ncibgoaomkmdpilpocfeponihegamlic",
    "gnmckgbandlkacikdndelhfghdejfido",
];

/// Whether a browser started this process, seen by its arguments.
///
/// Errors: an extension that is none of [`EXTENSIONS`].
pub(crate) fn started_by_browser(arguments: &[OsString]) -> Result<bool, String> {
    let address = arguments.get(1).and_then(|argument| argument.to_str());
    let Some(extension) = address.and_then(|text| text.strip_prefix("chrome-extension://")) else {
        return Ok(false);
    };
    let id = extension.strip_suffix('/').unwrap_or(extension);
    if EXTENSIONS.contains(&id) { Ok(true) } else { Err(format!("extension {id:?} is not ours")) }
}

/// Holds one conversation with the browser.
pub(crate) fn run(context: &Context) -> Result<ExitCode, Failure> {
    // A page must not learn how this computer is configured; the log may.
    let config = context.config();
    let development = config.as_ref().map_or(Development::Off, |config| config.development);
    // A browser that went away ends this process: the window closes with it.
    let gone = || std::process::exit(0);
    let done =
        converse(
            std::io::stdin(),
            &mut std::io::stdout(),
            development,
            gone,
            |wish| match &config {
                Ok(config) => authenticate(context, config, wish),
                Err(problem) => {
                    context.tell(&problem.text);
                    Err(failure(code::NATIVE_FATAL, "the application's configuration is not valid"))
                }
            },
        );
    Ok(match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            context.tell(&error.to_string());
            ExitCode::FAILURE
        }
    })
}

fn authenticate(context: &Context, config: &Config, wish: &Wish) -> Result<Token, Refusal> {
    let fatal = |error: &dyn Say| {
        let text = error.say(Language::English);
        context.tell(&text);
        failure(code::NATIVE_FATAL, text)
    };
    let _turn = turn()?;
    let language = wish.lang.as_deref().map_or(context.language, Language::of_locale);
    let mut prompt =
        Pinentry::new(config.pinentry.program.clone(), PERSON).map_err(|error| fatal(&error))?;
    let request = Request {
        origin: &wish.origin,
        nonce: &wish.nonce,
        via: Via::Auto,
        modules: modules::present(&config.card.modules),
        language,
        missing: Missing::Window,
        tell: &|text| context.tell(text),
    };
    desk::authenticate(&request, &mut prompt).map_err(|error| match error {
        Error::Declined => failure(code::USER_CANCELLED, "the person stopped"),
        Error::Blocked | Error::Expired(_) | Error::NotYet(_) => {
            // The page learns a code; the remedy is for the person, who sees it here.
            let _ = prompt.tell(&error.say(language));
            fatal(&error)
        }
        Error::Card(_) => fatal(&error),
    })
}

/// The right to show a window: one a person at a time, given back when the process ends.
fn turn() -> Result<File, Refusal> {
    let unavailable = |why: String| failure(code::NATIVE_FATAL, format!("lock file: {why}"));
    let path = lock_path().ok_or_else(|| unavailable("no folder of one's own".to_owned()))?;
    let opened = std::fs::create_dir_all(path.parent().unwrap_or(&path))
        .and_then(|()| File::options().create(true).truncate(false).write(true).open(&path));
    let file = opened.map_err(|error| unavailable(error.to_string()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            Err(failure(code::ACTION_PENDING, "another log-in waits for the person"))
        }
        Err(std::fs::TryLockError::Error(error)) => Err(unavailable(error.to_string())),
    }
}

/// In the session's own folder where there is one, else in the person's cache.
fn lock_path() -> Option<PathBuf> {
    let folder = |name| std::env::var_os(name).map(PathBuf::from).filter(|p| p.is_absolute());
    let cache = || folder("HOME").map(|home| home.join(".cache"));
    let base = folder("XDG_RUNTIME_DIR").or_else(|| folder("XDG_CACHE_HOME")).or_else(cache)?;
    Some(base.join("sleutelbos").join("window.lock"))
}

/// How long a window waits for the person; the extension waits two minutes.
const PERSON: Duration = Duration::from_secs(110);

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str]) -> Result<bool, String> {
        let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
        started_by_browser(&arguments)
    }

    #[test]
    fn a_browser_is_known_by_the_extension_it_names() {
        for id in EXTENSIONS {
            assert_eq!(check(&["agent", &format!("chrome-extension://{id}/")]), Ok(true));
        }
        assert_eq!(check(&["agent"]), Ok(false));
        assert_eq!(check(&["agent", "doctor"]), Ok(false));
        assert!(check(&["agent", "chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh/"]).is_err());
        assert!(check(&["agent", "chrome-extension://"]).is_err());
    }
}
