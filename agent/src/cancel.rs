//! Ctrl-C: ends a ceremony, so that the key stops blinking, and otherwise the program.

use std::io::Write;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use signal_hook::consts::{SIGINT, SIGTERM};

/// Where a wish to stop arrives: something to wait on together with other events.
#[derive(Debug)]
pub struct Cancel {
    wish: UnixStream,
    /// Keeps the other end open where no signal does.
    sender: UnixStream,
    ends_program: Arc<AtomicBool>,
}

/// What a wait ended with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// The time is over.
    Out,
    /// What was waited for is there.
    Ready,
    /// A wish to stop is there.
    Cancelled,
}

impl Cancel {
    /// Listens for SIGINT and SIGTERM. They end the program outside of [`Cancel::guard`].
    ///
    /// Errors: the system has no descriptor left, or refuses the handler.
    pub fn on_signals() -> std::io::Result<Self> {
        let (wish, sender) = UnixStream::pair()?;
        let ends_program = Arc::new(AtomicBool::new(true));
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register_conditional_default(signal, Arc::clone(&ends_program))?;
            signal_hook::low_level::pipe::register(signal, sender.try_clone()?)?;
        }
        Ok(Self { wish, sender, ends_program })
    }

    /// Makes the signals a wish until the guard is dropped.
    #[must_use]
    pub fn guard(&self) -> Guard {
        let before = self.ends_program.swap(false, Ordering::SeqCst);
        Guard { ends_program: Arc::clone(&self.ends_program), before }
    }

    /// Something by which another thread can wish to stop.
    ///
    /// Errors: the system has no descriptor left.
    pub fn wisher(&self) -> std::io::Result<Wisher> {
        self.sender.try_clone().map(Wisher)
    }

    /// True where a wish to stop is there.
    #[must_use]
    pub fn is_wished(&self) -> bool {
        self.wait(Duration::ZERO) == Waited::Cancelled
    }

    /// Lets `time` pass, or less where a wish to stop comes.
    #[must_use]
    pub fn wait(&self, time: Duration) -> Waited {
        wait(&mut [PollFd::new(&self.wish, PollFlags::IN)], time)
    }

    /// Waits until `other` can be read, a wish to stop comes, or `time` is over.
    #[must_use]
    pub fn wait_for(&self, other: BorrowedFd<'_>, time: Duration) -> Waited {
        let wish = PollFd::new(&self.wish, PollFlags::IN);
        wait(&mut [wish, PollFd::from_borrowed_fd(other, PollFlags::IN)], time)
    }

    /// The same for whichever of two is there first.
    #[must_use]
    pub fn wait_for_either(
        &self,
        one: BorrowedFd<'_>,
        other: BorrowedFd<'_>,
        time: Duration,
    ) -> Waited {
        let wish = PollFd::new(&self.wish, PollFlags::IN);
        let watch = |fd| PollFd::from_borrowed_fd(fd, PollFlags::IN);
        wait(&mut [wish, watch(one), watch(other)], time)
    }
}

impl AsFd for Cancel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.wish.as_fd()
    }
}

/// While it lives, signals are wishes to stop.
#[derive(Debug)]
pub struct Guard {
    ends_program: Arc<AtomicBool>,
    /// What another guard, that lives longer, set.
    before: bool,
}

impl Drop for Guard {
    fn drop(&mut self) {
        self.ends_program.store(self.before, Ordering::SeqCst);
    }
}

/// Wishes to stop.
#[derive(Debug)]
pub struct Wisher(UnixStream);

impl Wisher {
    /// Wishes it; where nothing listens any more, nothing is lost.
    pub fn wish(mut self) {
        let _ = self.0.write_all(b"x");
    }
}

/// The first descriptor is the wish.
fn wait(fds: &mut [PollFd<'_>], time: Duration) -> Waited {
    let limit = Timespec::try_from(time).ok();
    // An interrupted wait counts as over: every caller looks at its own deadline.
    if poll(fds, limit.as_ref()).is_err() {
        return Waited::Out;
    }
    let ready = |fd: &PollFd<'_>| !fd.revents().is_empty();
    match fds {
        [wish, ..] if ready(wish) => Waited::Cancelled,
        [_, others @ ..] if others.iter().any(ready) => Waited::Ready,
        _ => Waited::Out,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (Cancel, UnixStream) {
        let (wish, sender) = UnixStream::pair().unwrap();
        let ends_program = Arc::new(AtomicBool::new(true));
        let other = sender.try_clone().unwrap();
        (Cancel { wish, sender, ends_program }, other)
    }

    #[test]
    fn a_wish_is_seen_before_anything_else() {
        let (cancel, mut sender) = pair();
        let (event, mut source) = UnixStream::pair().unwrap();
        assert!(!cancel.is_wished());
        assert_eq!(cancel.wait_for(event.as_fd(), Duration::ZERO), Waited::Out);
        source.write_all(b"x").unwrap();
        assert_eq!(cancel.wait_for(event.as_fd(), Duration::from_secs(60)), Waited::Ready);
        sender.write_all(b"x").unwrap();
        assert_eq!(cancel.wait_for(event.as_fd(), Duration::from_secs(60)), Waited::Cancelled);
        assert!(cancel.is_wished());
    }

    #[test]
    fn a_guard_keeps_signals_from_ending_the_program_only_while_it_lives() {
        let (cancel, _sender) = pair();
        let guard = cancel.guard();
        assert!(!cancel.ends_program.load(Ordering::SeqCst));
        drop(cancel.guard());
        assert!(!cancel.ends_program.load(Ordering::SeqCst), "the outer guard still lives");
        drop(guard);
        assert!(cancel.ends_program.load(Ordering::SeqCst));
    }
}
