//! Holds whoever has proven nothing to the budget: 429 with the time to wait.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::context::Shared;
use super::error::{Code, Error};
use crate::budget::{Source, Spent};

/// Takes each POST from the budget of whoever sent it, before the database is read or written. Its
/// body is in memory by then (`intake`).
pub(super) async fn charge(State(shared): State<Shared>, request: Request, next: Next) -> Response {
    if request.method() == Method::POST {
        let (app, source) = (&shared.app, source(&shared, &request));
        if let Err(spent) = app.budget.charge(source, app.clock.now()) {
            return refused(spent);
        }
    }
    next.run(request).await
}

/// The same for what asks other people for something.
pub(super) async fn charge_asking(
    State(shared): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    if request.method() == Method::POST {
        let (app, source) = (&shared.app, source(&shared, &request));
        if let Err(spent) = app.budget.charge_asking(source, app.clock.now()) {
            return refused(spent);
        }
    }
    next.run(request).await
}

/// Whose request it is.
fn source(shared: &Shared, request: &Request) -> Source {
    match request.extensions().get::<ConnectInfo<SocketAddr>>() {
        Some(ConnectInfo(peer)) => {
            shared.app.budget.source(peer.ip(), forwarded(request.headers()))
        }
        None => Source::ThisMachine, // no socket: a router that is called by this process
    }
}

fn refused(spent: Spent) -> Response {
    let seconds = spent.wait.as_millis().div_ceil(1_000);
    let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
    Error::new(Code::TooMany).retry_after(seconds).into_response()
}

fn forwarded(headers: &HeaderMap) -> impl DoubleEndedIterator<Item = &str> {
    const FORWARDED: HeaderName = HeaderName::from_static("x-forwarded-for");
    // One that is no text names nobody, but stands in its place.
    headers.get_all(FORWARDED).into_iter().map(|value| value.to_str().unwrap_or(""))
}

#[cfg(test)]
mod tests;
