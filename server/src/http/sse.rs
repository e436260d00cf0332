//! Server-sent events: a page hears the name of the state that something is in, and of each next one.
//!
//! A stream carries names of states and nothing else. It belongs to whoever's cookie asked for it, counts
//! as no use of a session, and ends with what it follows. Streams are bounded: so many in all, two for
//! each owner, ten minutes long.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::error::{Code, Error};

/// What is followed: its state now; nothing when it is over.
pub(super) trait Followed: Send + 'static {
    /// Looks at it.
    fn state(&mut self) -> impl Future<Output = Option<&'static str>> + Send;
}

/// The streams that are open. Clones share them.
#[derive(Clone, Debug, Default)]
pub(super) struct Streams(Arc<Mutex<HashMap<String, usize>>>);

/// One of them, until it is dropped.
#[derive(Debug)]
struct Place {
    streams: Streams,
    owner: String,
}

impl Streams {
    fn open(&self) -> MutexGuard<'_, HashMap<String, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, owner: &str) -> Option<Place> {
        let mut open = self.open();
        let all: usize = open.values().sum();
        let own = open.get(owner).copied().unwrap_or_default();
        if all >= ALL || own >= EACH {
            return None;
        }
        open.insert(owner.to_owned(), own + 1);
        Some(Place { streams: self.clone(), owner: owner.to_owned() })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.streams.open();
        if let Some(own) = open.get_mut(&self.owner) {
            *own -= 1;
            if *own == 0 {
                open.remove(&self.owner);
            }
        }
    }
}

/// What a stream goes on from.
struct Following<F> {
    followed: F,
    _place: Place,
    looks: u32,
    ticks: Interval,
    last: Option<&'static str>,
}

/// Follows something for `owner`, who has shown the cookie that it belongs to: an event `state` with the
/// name of its state, and of each next one; at its end `over`.
///
/// Errors: [`Code::Busy`] where as many are open as may be.
pub(super) fn follow(
    streams: &Streams,
    owner: &str,
    followed: impl Followed,
) -> Result<Response, Error> {
    let place = streams.take(owner).ok_or_else(|| Error::new(Code::Busy).retry_after(5))?;
    let mut ticks = interval(BETWEEN);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let first = Following { followed, _place: place, looks: LOOKS, ticks, last: None };
    let states = stream::unfold(Some(first), async |going| {
        let mut going = going?;
        loop {
            going.looks = going.looks.checked_sub(1)?;
            going.ticks.tick().await;
            match going.followed.state().await {
                None => return Some((event(OVER), None)),
                Some(state) if going.last == Some(state) => {}
                Some(state) => {
                    going.last = Some(state);
                    return Some((event(state), Some(going)));
                }
            }
        }
    });
    let unbuffered = [("x-accel-buffering", "no")];
    let alive = KeepAlive::new().interval(ALIVE);
    Ok((unbuffered, Sse::new(states).keep_alive(alive)).into_response())
}

#[expect(clippy::unnecessary_wraps, reason = "a stream of a response may fail; this one does not")]
fn event(state: &'static str) -> Result<Event, Infallible> {
    Ok(Event::default().event("state").data(state))
}

/// What a stream says at the end of what it follows.
const OVER: &str = "over";
/// Streams at once: far fewer than the connections of a server.
const ALL: usize = 200;
/// Streams of one owner: a page, and the one that it replaces.
const EACH: usize = 2;
/// How long it is between two looks.
const BETWEEN: Duration = Duration::from_secs(1);
/// How many looks a stream takes: ten minutes of them, as long as a code lives.
const LOOKS: u32 = 600;
/// How long a silent stream stays silent.
const ALIVE: Duration = Duration::from_secs(15);

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::to_bytes;

    /// Goes through these states, one a look, and is then over.
    struct Script(Vec<&'static str>);

    impl Followed for Script {
        async fn state(&mut self) -> Option<&'static str> {
            if self.0.is_empty() { None } else { Some(self.0.remove(0)) }
        }
    }

    async fn heard(states: &[&'static str]) -> String {
        let response = follow(&Streams::default(), "one", Script(states.to_vec())).unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let body = to_bytes(response.into_body(), 1_000_000).await.unwrap();
        let text = String::from_utf8(body.to_vec()).unwrap();
        text.replace("event: state\ndata: ", "").replace("\n\n", " ").replace(":\n", "")
    }

    #[tokio::test(start_paused = true)]
    async fn each_new_state_is_said_once_and_the_end_too() {
        let states = ["waiting", "waiting", "ringing", "answered", "answered", "right"];
        assert_eq!(heard(&states).await, "waiting ringing answered right over ");
        assert_eq!(heard(&[]).await, "over ");
    }

    #[tokio::test(start_paused = true)]
    async fn a_stream_ends_after_ten_minutes() {
        let within =
            |seconds| tokio::time::timeout(Duration::from_secs(seconds), heard(&["waiting"; 700]));
        assert!(within(598).await.is_err());
        let text = within(600).await.expect("it has ended");
        assert!(text.starts_with("waiting ") && !text.contains("over"), "{text}");
    }

    #[tokio::test(start_paused = true)]
    async fn an_owner_has_two_streams_and_a_server_two_hundred() {
        let streams = Streams::default();
        let open = |owner: &str| follow(&streams, owner, Script(vec!["waiting"]));
        let held = [open("one").unwrap(), open("one").unwrap()];
        assert_eq!(open("one").unwrap_err().code(), Code::Busy);
        let others: Vec<_> = (0..198).map(|n| open(&n.to_string()).unwrap()).collect();
        assert_eq!(open("late").unwrap_err().code(), Code::Busy);
        drop(held);
        drop(open("late").unwrap());
        drop(others);
        assert!(streams.open().is_empty(), "a stream that is dropped is open no more");
    }
}
