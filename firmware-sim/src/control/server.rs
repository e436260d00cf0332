//! The world's side: listens on a Unix socket that only its user can reach.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::{LINE, Request, Response};
use crate::world::bench::Bench;

/// Serves `bench` on a socket at `path`, on a thread a connection, until the process ends.
///
/// Errors: the system's, when the socket cannot be made.
pub fn listen(path: &Path, bench: Arc<Mutex<Bench>>) -> io::Result<()> {
    let listener = UnixListener::bind(path)?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let bench = Arc::clone(&bench);
            // a client that goes away early has nobody to be told
            thread::spawn(move || drop(converse(&stream, &bench)));
        }
    });
    Ok(())
}

fn converse(stream: &UnixStream, bench: &Mutex<Bench>) -> io::Result<()> {
    let mut lines = BufReader::new(stream);
    loop {
        let mut line = String::new();
        if lines.by_ref().take(LINE).read_line(&mut line)? == 0 {
            return Ok(());
        }
        let response = match serde_json::from_str(&line) {
            Ok(request) => answer(&request, bench),
            Err(error) => Response::Refused { reason: format!("not a request: {error}") },
        };
        let mut line = serde_json::to_vec(&response)?;
        line.push(b'\n');
        (&*stream).write_all(&line)?;
    }
}

fn answer(request: &Request, bench: &Mutex<Bench>) -> Response {
    let mut bench = bench.lock().unwrap_or_else(PoisonError::into_inner);
    let outcome = match *request {
        Request::Status => bench.status().map(Response::Status),
        Request::Insert { device } => bench.insert(device).map(|()| Response::Done),
        Request::Remove { device, at_apdu: None } => bench.remove(device).map(|()| Response::Done),
        Request::Remove { device, at_apdu: Some(nth) } => {
            bench.remove_at(device, nth.get()).map(|()| Response::Done)
        }
    };
    outcome.unwrap_or_else(|error| Response::Refused { reason: reason(&error) })
}

/// The error with its causes, in one sentence.
fn reason(error: &dyn std::error::Error) -> String {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        reason = format!("{reason}: {deeper}");
        cause = deeper.source();
    }
    reason
}
