//! The side of `firmware-sim ctl` and of tests.

use std::env;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;

use super::{LINE, Request, Response, SOCKET, Status};

/// Why a request was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No world around this program.
    #[error("{SOCKET} is not set: run this inside `firmware-sim exec … -- COMMAND`")]
    Outside,
    /// The world does not answer.
    #[error("the world does not answer; it may have ended")]
    Connection(#[from] io::Error),
    /// The answer is no answer.
    #[error("the world's answer is not understood: use the firmware-sim that started it")]
    Answer(#[from] serde_json::Error),
    /// The world says no.
    #[error("{0}")]
    Refused(String),
}

/// A connection to a world.
#[derive(Debug)]
pub struct Client(BufReader<UnixStream>);

impl Client {
    /// Connects to the world around this program.
    ///
    /// Errors: [`Error::Outside`], [`Error::Connection`].
    pub fn from_environment() -> Result<Self, Error> {
        let path = env::var_os(SOCKET).ok_or(Error::Outside)?;
        Self::connect(Path::new(&path))
    }

    /// Connects to the world whose control socket is at `path`.
    ///
    /// Errors: [`Error::Connection`].
    pub fn connect(path: &Path) -> Result<Self, Error> {
        Ok(Self(BufReader::new(UnixStream::connect(path)?)))
    }

    /// Asks, and returns when programs in the world see the change.
    ///
    /// Errors: [`Error`].
    pub fn ask(&mut self, request: &Request) -> Result<Option<Status>, Error> {
        let mut line = serde_json::to_vec(request)?;
        line.push(b'\n');
        self.0.get_mut().write_all(&line)?;
        let mut answer = String::new();
        self.0.by_ref().take(LINE).read_line(&mut answer)?;
        match serde_json::from_str(&answer)? {
            Response::Done => Ok(None),
            Response::Status(status) => Ok(Some(status)),
            Response::Refused { reason } => Err(Error::Refused(reason)),
        }
    }
}
