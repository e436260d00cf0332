//! Desks: the threads on which passwords are hashed, so many and no more, each with memory of its own.
//!
//! They give way to everything else the server does: hashing takes all there is of a processor, and who
//! only opens a page should not notice that a thousand people log in.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::memory::Memory;

type Work = Box<dyn FnOnce(&mut Memory) + Send>;

/// The desks of a server; their threads end with the last clone.
#[derive(Clone, Debug)]
pub(super) struct Desks(Sender<Work>);

impl Desks {
    /// So many of them.
    ///
    /// # Panics
    /// Where the system starts no thread.
    pub(super) fn new(count: usize) -> Self {
        let (work, waiting) = channel();
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..count {
            let waiting = Arc::clone(&waiting);
            let thread = std::thread::Builder::new().name("password".to_owned());
            thread.spawn(move || sit(&waiting)).expect("the system starts a few threads");
        }
        Self(work)
    }

    /// Has `work` done at the desk that is free next. Once asked for it is done to its end, also where
    /// whoever asked goes away.
    pub(super) async fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Memory) -> T + Send + 'static,
    ) -> T {
        let (done, result) = oneshot::channel();
        let work: Work = Box::new(move |memory| drop(done.send(work(memory))));
        self.0.send(work).expect("a desk waits as long as this is there");
        result.await.expect("hashing a password does not panic")
    }
}

/// Does one work after the other.
fn sit(waiting: &Mutex<Receiver<Work>>) {
    give_way();
    let mut memory = Memory::default();
    loop {
        // In a statement of its own: the others take theirs while this one is done.
        let work = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(work) = work else { return };
        work(&mut memory);
    }
}

/// Lets every other thread go first.
fn give_way() {
    // On Linux this is of one thread; elsewhere it would be of the whole program.
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::nice(10) {
        tracing::debug!(%error, "hashing does not give way");
    }
}
