//! Holds whoever has proven nothing to the budget: 429 with the time to wait.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::context::Shared;
use super::error::{Code, Error};
use crate::budget::Source;

/// Takes each POST from the budget of whoever sent it, before the database is read or written. Its
/// body is in memory by then (`intake`).
pub(super) async fn charge(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if request.method() == Method::POST {
        let app = &shared.app;
        let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
        let source = match peer {
            Some(ConnectInfo(peer)) => app.budget.source(peer.ip(), forwarded(request.headers())),
            None => Source::ThisMachine, // no socket: a router that is called by this process
        };
        if let Err(spent) = app.budget.charge(source, app.clock.now()) {
            let seconds = spent.wait.as_millis().div_ceil(1_000);
            let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
            return Error::new(Code::TooMany).retry_after(seconds).into_response();
        }
    }
    next.run(request).await
}

fn forwarded(headers: &HeaderMap) -> impl DoubleEndedIterator<Item = &str> {
    const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
    // One that is no text names nobody, but stands in its place.
    headers.get_all(FORWARDED).into_iter().map(|value| value.to_str().unwrap_or(""))
}

#[cfg(test)]
mod tests;
