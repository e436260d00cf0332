//! `native-host`: what a browser starts to log a person in on a page with a card.
//!
//! The browser gives the extension's address as the only argument, so that is taken too. A browser
//! in a snap or flatpak has the desktop portal start this program, without any argument. Behind
//! `native-host`, what a browser adds is passed over.

use std::ffi::{OsStr, OsString};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::ExitCode;
use std::time::Duration;

use rustix::fs::{FileType, fstat};
use wire::web_eid::{Failure as Refusal, Token, code};

use super::manifest::EXTENSIONS;
use super::turn::{self, Ended, Turn};
use super::{Context, Failure, prompt};
use crate::broker::card::Error;
use crate::cancel::Cancel;
use crate::channels::native::{Wish, converse, failure, until_unread};
use crate::clock::{self, Deadline};
use crate::config::Config;
use crate::consent::pinentry::{Limit, Pinentry};
use crate::consent::{self, Prompt};
use crate::desk::card::{self, Missing, Request};
use crate::lang::Say;
use crate::lang::login::{NoLock, NoSystem};
use crate::language::Language;
use crate::origin::Development;
use crate::tokens::card::inserted::Via;
use crate::tokens::card::pkcs11::modules;

/// Whether a browser started this process, seen by its arguments, or by the `streams` where there
/// are none.
///
/// Errors: as [`allowed`].
pub(crate) fn started_by_browser(
    arguments: &[OsString],
    streams: impl FnOnce() -> Streams,
) -> Result<bool, String> {
    let Some(argument) = arguments.get(1) else { return Ok(streams() == Streams::Piped) };
    allowed(argument).map(|who| who == Who::Extension)
}

/// Who an argument of the browser says it is from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    /// One of [`EXTENSIONS`].
    Extension,
    /// It names no Chromium extension.
    Unsaid,
}

/// Looks at the address of an extension.
///
/// Errors: it is none of [`EXTENSIONS`].
fn allowed(argument: &OsStr) -> Result<Who, String> {
    let address = argument.to_str();
    let Some(extension) = address.and_then(|text| text.strip_prefix("chrome-extension://")) else {
        return Ok(Who::Unsaid);
    };
    let id = extension.strip_suffix('/').unwrap_or(extension);
    if EXTENSIONS.contains(&id) {
        Ok(Who::Extension)
    } else {
        Err(format!("extension {id:?} is not ours"))
    }
}

/// What a browser adds where its manifest leads to a program that calls `native-host`.
#[derive(clap::Args, Default)]
pub(crate) struct Args {
    /// The address of the extension; or the manifest and the extension's id, as Firefox has it
    #[arg(hide = true, num_args = 0..=2)]
    browser: Vec<OsString>,
    /// The window that asks, on Windows
    #[arg(long, hide = true)]
    parent_window: Option<OsString>,
}

/// What standard input and output are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Streams {
    /// Both are pipes or sockets, as a program has them that speaks to this one.
    Piped,
    /// One is a terminal, a file or nothing.
    Other,
}

impl Streams {
    /// Those of this process.
    pub(crate) fn of_process() -> Self {
        let (input, output) = (std::io::stdin(), std::io::stdout());
        if is_pipe(input.as_fd()) && is_pipe(output.as_fd()) { Self::Piped } else { Self::Other }
    }
}

fn is_pipe(stream: BorrowedFd<'_>) -> bool {
    let kind = fstat(stream).map(|stat| FileType::from_raw_mode(stat.st_mode));
    matches!(kind, Ok(FileType::Fifo | FileType::Socket))
}

/// Holds one conversation with the browser.
pub(crate) fn run(context: &Context, args: &Args) -> Result<ExitCode, Failure> {
    if let Some(Err(reason)) = args.browser.first().map(|argument| allowed(argument)) {
        context.tell(&reason);
        return Ok(ExitCode::FAILURE);
    }
    let failed = |error| Failure::of(&NoSystem(error), context.language);
    let cancel = Cancel::on_signals().map_err(failed)?;
    // A page must not learn how this computer is configured; the log may.
    let config = context.config();
    let development = config.as_ref().map_or(Development::Off, |config| config.development);
    // A browser that goes away calls off what runs, and with it the window.
    let wisher = cancel.wisher().map_err(failed)?;
    std::thread::spawn(move || {
        until_unread(std::io::stdout());
        wisher.wish();
    });
    let authenticate = |wish: &Wish| authenticate(context, &config, &cancel, wish);
    let done = converse(std::io::stdin(), &mut std::io::stdout(), development, authenticate);
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
    config: &Result<Config, Failure>,
    cancel: &Cancel,
    wish: &Wish,
) -> Result<Token, Refusal> {
    let _guard = cancel.guard();
    let origin = wish.origin.as_str();
    let turn = Turn::take(origin, clock::now()).map_err(|error| no_turn(context, &error))?;
    let config = match config {
        Ok(config) => config,
        Err(problem) => {
            context.tell(&problem.text);
            // Without its configuration the agent knows the system's own window only.
            let window =
                Pinentry::new(None, prompt::guard, Limit::Until(Deadline::after(PERSON)), cancel);
            let told = window.and_then(|mut window| window.tell(&problem.text));
            // A page that asks again and again gets no window each time.
            turn.end(origin, Ended::Declined, clock::now());
            return Err(failure(code::NATIVE_FATAL, if told.is_ok() { TOLD } else { UNTOLD }));
        }
    };
    let language = wish.lang.as_deref().map_or(context.language, Language::of_locale);
    let limit = Limit::Until(Deadline::after(PERSON));
    let prompt = Pinentry::new(config.pinentry.program.clone(), prompt::guard, limit, cancel);
    let mut reason = UNTOLD;
    let done = prompt.map_err(Error::from).and_then(|mut prompt| {
        let request = Request {
            origin: &wish.origin,
            nonce: &wish.nonce,
            via: Via::Auto,
            modules: modules::present(&config.card.modules),
            pad: card::pad(config.card.pin_pad),
            language,
            missing: Missing::Window,
            tell: &|text| context.tell(text),
        };
        card::authenticate(&request, &mut prompt).inspect_err(|error| {
            // What is the matter with the card is for the person and not for the page.
            let is_for_window = !matches!(error, Error::Declined | Error::Consent(_));
            if is_for_window && prompt.tell(&error.say(language)).is_ok() {
                reason = TOLD;
            }
        })
    });
    let is_declined = matches!(done, Err(Error::Declined));
    turn.end(origin, if is_declined { Ended::Declined } else { Ended::Otherwise }, clock::now());
    done.map_err(|error| {
        context.tell(&error.say(language));
        for_page(&error, reason)
    })
}

/// What a page learns that gets no turn.
fn no_turn(context: &Context, error: &turn::Error) -> Refusal {
    match error {
        turn::Error::Taken | turn::Error::TooSoon => {
            failure(code::ACTION_PENDING, error.to_string())
        }
        // Without the lock a page could open any number of windows, so there is none.
        turn::Error::NoFolder | turn::Error::File { .. } => {
            context.tell(&NoLock(error.to_string()).say(context.language));
            failure(code::NATIVE_FATAL, UNTOLD)
        }
    }
}

/// What a page learns: whether asking again is of use and whether the person knows why, and nothing
/// about card or computer.
fn for_page(error: &Error, reason: &str) -> Refusal {
    match error {
        Error::Declined | Error::Consent(consent::Error::Stopped) => {
            failure(code::USER_CANCELLED, "the person stopped")
        }
        Error::Consent(consent::Error::Timeout) => {
            failure(code::USER_TIMEOUT, "the person did not answer in time")
        }
        Error::Blocked
        | Error::Unfit { .. }
        | Error::TooOften
        | Error::Expired(_)
        | Error::NotYet(_)
        | Error::Card(_)
        | Error::Consent(
            consent::Error::NoPinentry
            | consent::Error::Unsound(_)
            | consent::Error::Pinentry(_)
            | consent::Error::Terminal(_),
        ) => failure(code::NATIVE_FATAL, reason),
    }
}

/// What every page reads where no token came about, once the person was told.
const TOLD: &str = "there is no token; the person was told why";
/// What it reads where no window could be shown.
const UNTOLD: &str =
    "there is no token, and no window to say why; the person can ask 'sleutelbos-agent doctor'";
/// How long all windows of one request wait for the person together. The extension gives up before
/// that, and closes the channel.
const PERSON: Duration = Duration::from_secs(10 * 60);

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], streams: Streams) -> Result<bool, String> {
        let arguments: Vec<_> = arguments.iter().map(OsString::from).collect();
        started_by_browser(&arguments, || streams)
    }

    #[test]
    fn a_browser_is_known_by_the_extension_it_names() {
        for streams in [Streams::Piped, Streams::Other] {
            for id in EXTENSIONS {
                let address = format!("chrome-extension://{id}/");
                assert_eq!(check(&["agent", &address], streams), Ok(true));
            }
            assert_eq!(check(&["agent", "doctor"], streams), Ok(false));
            let other = "chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh/";
            assert!(check(&["agent", other], streams).is_err());
            assert!(check(&["agent", "chrome-extension://"], streams).is_err());
        }
    }

    #[test]
    fn a_portal_is_known_by_its_pipes_where_nothing_is_said() {
        assert_eq!(check(&["agent"], Streams::Piped), Ok(true));
        assert_eq!(check(&["agent"], Streams::Other), Ok(false));
        assert_eq!(check(&[], Streams::Other), Ok(false));
    }
}
