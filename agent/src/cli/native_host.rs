//! `native-host`: what a browser starts to log a person in on a page with a card.
//!
//! The browser gives the extension's address as the only argument, so that is taken too.

use std::error::Error as _;
use std::ffi::OsString;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use wire::web_eid::{Failure as Refusal, Token, code};

use super::desk::{self, Missing, Request};
use super::turn::{self, Turn};
use super::{Context, Failure};
use crate::broker::card::Error;
use crate::cancel::Cancel;
use crate::channels::native::{Wish, converse, failure};
use crate::clock;
use crate::config::Config;
use crate::consent::pinentry::{Limit, Pinentry};
use crate::consent::{self, Prompt};
use crate::lang::login::NoSystem;
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
    let failed = |error| Failure::of(&NoSystem(error), context.language);
    let cancel = Cancel::on_signals().map_err(failed)?;
    // A page must not learn how this computer is configured; the log may.
    let config = context.config();
    let development = config.as_ref().map_or(Development::Off, |config| config.development);
    // A browser that goes away calls off what runs, and with it the window; an answer that needs
    // nobody is still given.
    let wisher = cancel.wisher().map_err(failed)?;
    let gone = || wisher.wish();
    let authenticate = |wish: &Wish| match &config {
        Ok(config) => authenticate(context, config, &cancel, wish),
        Err(problem) => {
            context.tell(&problem.text);
            Err(failure(code::NATIVE_FATAL, TOLD))
        }
    };
    let done = converse(std::io::stdin(), &mut std::io::stdout(), development, gone, authenticate);
    Ok(match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            context.tell(&error.to_string());
            ExitCode::FAILURE
        }
    })
}

fn authenticate(
    context: &Context,
    config: &Config,
    cancel: &Cancel,
    wish: &Wish,
) -> Result<Token, Refusal> {
    let _guard = cancel.guard();
    let origin = wish.origin.as_str();
    let turn = Turn::take(origin, clock::now()).map_err(|error| match error {
        turn::Error::Taken | turn::Error::TooSoon => {
            failure(code::ACTION_PENDING, error.to_string())
        }
        turn::Error::NoFolder | turn::Error::File(_) => {
            context.tell(&format!(
                "{error}: {}",
                error.source().map(ToString::to_string).unwrap_or_default()
            ));
            failure(code::NATIVE_FATAL, TOLD)
        }
    })?;
    let language = wish.lang.as_deref().map_or(context.language, Language::of_locale);
    let limit = Limit::Until(Instant::now() + PERSON);
    let prompt = Pinentry::new(config.pinentry.program.clone(), limit, cancel);
    let done = prompt.map_err(Error::from).and_then(|mut prompt| {
        let request = Request {
            origin: &wish.origin,
            nonce: &wish.nonce,
            via: Via::Auto,
            modules: modules::present(&config.card.modules),
            language,
            missing: Missing::Window,
            tell: &|text| context.tell(text),
        };
        desk::authenticate(&request, &mut prompt).inspect_err(|error| {
            // What is the matter with the card is for the person and not for the page.
            if !matches!(error, Error::Declined | Error::Consent(_)) {
                let _ = prompt.tell(&error.say(language));
            }
        })
    });
    turn.end(origin, matches!(done, Err(Error::Declined)), clock::now());
    done.map_err(|error| {
        context.tell(&error.say(Language::English));
        for_page(&error)
    })
}

/// What a page learns: whether asking again is of use, and nothing about card or computer.
fn for_page(error: &Error) -> Refusal {
    match error {
        Error::Declined | Error::Consent(consent::Error::Stopped) => {
            failure(code::USER_CANCELLED, "the person stopped")
        }
        Error::Consent(consent::Error::Timeout) => {
            failure(code::USER_TIMEOUT, "the person did not answer in time")
        }
        Error::Blocked
        | Error::Expired(_)
        | Error::NotYet(_)
        | Error::Card(_)
        | Error::Consent(
            consent::Error::NoPinentry
            | consent::Error::Unsound(_)
            | consent::Error::Pinentry(_)
            | consent::Error::Terminal(_),
        ) => failure(code::NATIVE_FATAL, TOLD),
    }
}

/// What every page reads where no token came about.
const TOLD: &str = "there is no token; the person was told why";
/// How long all windows of one request wait for the person together. The extension gives up before
/// that, and closes the channel.
const PERSON: Duration = Duration::from_secs(10 * 60);

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
