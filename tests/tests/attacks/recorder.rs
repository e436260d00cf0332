//! A wire between people and their server that remembers every byte.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

/// Stands before a server and hears both sides.
pub(crate) struct Recorder {
    /// Where people reach it.
    pub(crate) port: u16,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Recorder {
    /// Before the server on this port of the loopback address.
    pub(crate) fn before(server: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = listener.local_addr().expect("a bound address").port();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let keeps = Arc::clone(&heard);
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(("127.0.0.1", server)) else { continue };
                carry(&client, &server, &keeps);
                carry(&server, &client, &keeps);
            }
        });
        Self { port, heard }
    }

    /// Everything that was said, each side of each connection for itself.
    pub(crate) fn heard(&self) -> Vec<String> {
        let heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.iter().map(|said| String::from_utf8_lossy(said).into_owned()).collect()
    }
}

/// Carries what one side says to the other until it stops.
fn carry(from: &TcpStream, to: &TcpStream, heard: &Arc<Mutex<Vec<Vec<u8>>>>) {
    let (mut from, mut to) =
        (from.try_clone().expect("a socket"), to.try_clone().expect("a socket"));
    let heard = Arc::clone(heard);
    let index = {
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push(Vec::new());
        heard.len() - 1
    };
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(length) = from.read(&mut bytes) {
            let said = bytes.get(..length).unwrap_or_default();
            // Kept before it is handed on: who has the answer finds it here.
            let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(kept) = heard.get_mut(index) {
                kept.extend(said);
            }
            drop(heard);
            if said.is_empty() || to.write_all(said).is_err() {
                break;
            }
        }
        drop(to.shutdown(Shutdown::Write));
    });
}
