//! Native messaging: the browser starts this program, sends one Web eID command, takes one answer.
//!
//! A frame is a length, four bytes in the machine's own order, and that many bytes of JSON.
//! Standard output carries frames and nothing else.
//! Source: web-eid-app 2.9.0 and web-eid-webextension 2.5.0, as read for this project.

use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use serde_json::{Value, json};
use wire::web_eid::{Authenticate, Command, Failure, MAX_MESSAGE, Token, code};

use crate::origin::{self, Development, Origin};

/// What this program says first: Web eID's major version, then our own.
pub const VERSION: &str = concat!("2.0.0+sleutelbos.", env!("CARGO_PKG_VERSION"));

/// A checked wish of a page to have a person authenticated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wish {
    /// Who asks.
    pub origin: Origin,
    /// The nonce, as base64 text.
    pub nonce: String,
    /// The language the page asks for.
    pub lang: Option<String>,
}

/// Why a conversation ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The browser closed the channel.
    #[error("the browser closed the channel")]
    Closed,
    /// A frame began and did not come to its end in time.
    #[error("the browser sent half a message")]
    Stalled,
    /// Reading or writing failed.
    #[error("the channel to the browser")]
    Channel(#[from] std::io::Error),
}

/// Holds one whole conversation: says the version, takes one command, gives one answer.
///
/// `authenticate` is called for a wish that keeps the rules; all else is answered here. What comes
/// after the command is not read: that the input ends says nothing, [`until_unread`] does.
/// Errors: [`Error`], where the browser cannot be answered.
pub fn converse(
    input: impl Read + Send + 'static,
    output: &mut impl Write,
    development: Development,
    authenticate: impl FnOnce(&Wish) -> Result<Token, Failure>,
) -> Result<(), Error> {
    send(output, &json!({ "version": VERSION }))?;
    let message = receive(input)?;
    let answer = match message.and_then(|json| decide(&json, development)) {
        Ok(Decision::Authenticate(wish)) => authenticate(&wish).map(|token| json!(token)),
        Ok(Decision::Quit) => Ok(json!({})),
        Err(failure) => Err(failure),
    };
    let answer = answer.unwrap_or_else(|failure| json!({ "error": failure }));
    send(output, &answer)
}

enum Decision {
    Authenticate(Wish),
    Quit,
}

/// What becomes of a message.
fn decide(json: &[u8], development: Development) -> Result<Decision, Failure> {
    let command = Command::read(json)
        .map_err(|error| failure(code::NATIVE_INVALID_ARGUMENT, error.to_string()))?;
    match command {
        Command::Authenticate(arguments) => {
            wish(arguments, development).map(Decision::Authenticate)
        }
        Command::Quit(arguments) if is_empty(&arguments) => Ok(Decision::Quit),
        Command::Quit(_) => Err(failure(code::NATIVE_INVALID_ARGUMENT, "quit takes no arguments")),
        Command::Sign(_) | Command::GetSigningCertificate(_) => Err(failure(
            code::NATIVE_FATAL,
            "this application authenticates people and signs nothing for pages",
        )),
    }
}

fn wish(arguments: Authenticate, development: Development) -> Result<Wish, Failure> {
    let refused = |error: &origin::Error| {
        let code = match error {
            origin::Error::PlainHttp | origin::Error::Localhost => code::CONTEXT_INSECURE,
            origin::Error::Syntax
            | origin::Error::Scheme
            | origin::Error::IpAddress
            | origin::Error::HostName
            | origin::Error::NotAnOrigin
            | origin::Error::TrailingDot
            | origin::Error::RpIdSyntax { .. }
            | origin::Error::RpIdForeign { .. }
            | origin::Error::RpIdPublicSuffix { .. } => code::NATIVE_INVALID_ARGUMENT,
        };
        failure(code, format!("origin {}: {error}", arguments.origin))
    };
    let origin = Origin::parse(&arguments.origin, development).map_err(|e| refused(&e))?;
    // The text itself is signed, so there is only one way to write it.
    if origin.as_str() != arguments.origin {
        return Err(refused(&origin::Error::NotAnOrigin));
    }
    Ok(Wish { origin, nonce: arguments.challenge_nonce, lang: arguments.lang })
}

fn is_empty(arguments: &Value) -> bool {
    arguments.as_object().is_some_and(serde_json::Map::is_empty)
}

/// A failure with one of the codes of [`wire::web_eid::code`].
pub fn failure(code: &str, message: impl Into<String>) -> Failure {
    Failure { code: code.to_owned(), message: message.into() }
}

fn send(output: &mut impl Write, message: &Value) -> Result<(), Error> {
    let json = message.to_string();
    let length = u32::try_from(json.len()).map_err(std::io::Error::other)?;
    output.write_all(&length.to_ne_bytes())?;
    output.write_all(json.as_bytes())?;
    Ok(output.flush()?)
}

/// Waits until nobody is left who could read what is written to `output`: a browser that goes away
/// closes both channels, a program that only has no more to say closes the input.
pub fn until_unread(output: impl AsFd) {
    // No event is asked for: an error or a hang-up is told unasked.
    let mut watched = [PollFd::new(&output, PollFlags::empty())];
    while poll(&mut watched, None) == Err(Errno::INTR) {}
}

/// What the reading thread tells.
enum Heard {
    Begun,
    Message(Result<Vec<u8>, Failure>),
    Failed(std::io::Error),
}

/// One message. A length that breaks the rules is answered, so it is a failure and no error.
fn receive(input: impl Read + Send + 'static) -> Result<Result<Vec<u8>, Failure>, Error> {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let mut input = input;
        let heard = listen(&mut input, || drop(tell.send(Heard::Begun)));
        // Nobody listens any more where the rest came too late.
        let _ = tell.send(heard);
    });
    wait(&told)
}

fn wait(told: &Receiver<Heard>) -> Result<Result<Vec<u8>, Failure>, Error> {
    let mut heard = told.recv().map_err(|_| Error::Closed)?;
    if matches!(heard, Heard::Begun) {
        heard = told.recv_timeout(STALL).map_err(|error| match error {
            RecvTimeoutError::Timeout => Error::Stalled,
            RecvTimeoutError::Disconnected => Error::Closed,
        })?;
    }
    match heard {
        Heard::Message(message) => Ok(message),
        Heard::Failed(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            Err(Error::Closed)
        }
        Heard::Failed(error) => Err(error.into()),
        Heard::Begun => Err(Error::Stalled),
    }
}

fn listen(input: &mut impl Read, begun: impl FnOnce()) -> Heard {
    let mut length = [0; 4];
    let (first, rest) = length.split_at_mut(1);
    if let Err(error) = input.read_exact(first) {
        return Heard::Failed(error);
    }
    begun();
    if let Err(error) = input.read_exact(rest) {
        return Heard::Failed(error);
    }
    let length = usize::try_from(u32::from_ne_bytes(length)).unwrap_or(usize::MAX);
    if !(SHORTEST..=MAX_MESSAGE).contains(&length) {
        let message = format!("a message has {SHORTEST} to {MAX_MESSAGE} bytes, not {length}");
        return Heard::Message(Err(failure(code::NATIVE_INVALID_ARGUMENT, message)));
    }
    let mut json = vec![0; length];
    match input.read_exact(&mut json) {
        Ok(()) => Heard::Message(Ok(json)),
        Err(error) => Heard::Failed(error),
    }
}

/// The shortest message taken, as Web eID has it.
const SHORTEST: usize = 5;
/// How long the rest of a message may take after its first byte.
const STALL: Duration = Duration::from_secs(5);

#[cfg(test)]
mod tests;
