//! The world's side: listens on a Unix socket that only its user can reach.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;

use super::{LINE, Request, Response};

/// Answers requests by `answer` on a socket at `path`, on a thread a connection, until the process
/// ends.
///
/// Errors: the system's, when the socket cannot be made.
pub fn listen(
    path: &Path,
    answer: impl Fn(&Request) -> Response + Send + Sync + 'static,
) -> io::Result<()> {
    let listener = UnixListener::bind(path)?;
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            // a client that goes away early has nobody to be told
            thread::spawn(move || drop(converse(&stream, &*answer)));
        }
    });
    Ok(())
}

fn converse(stream: &UnixStream, answer: &impl Fn(&Request) -> Response) -> io::Result<()> {
    let mut lines = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if lines.by_ref().take(LINE).read_line(&mut line)? == 0 {
            return Ok(());
        }
        let response = match serde_json::from_str(&line) {
            Ok(request) => answer(&request),
            Err(error) => Response::Refused { reason: format!("not a request: {error}") },
        };
        let mut line = serde_json::to_vec(&response)?;
        line.push(b'\n');
        (&*stream).write_all(&line)?;
    }
}
