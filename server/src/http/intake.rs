//! What every request must be before anything else looks at it: addressed to this server, and whole.
//!
//! A body is read before anybody answers, so that the connection can be used again whatever the
//! answer is; where it is not read to its end, the answer says that the connection closes.

use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderValue, Version, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::error::{Code, Error};
use super::guard::Site;

/// Nothing that is sent to us is larger, in bytes.
const BODY: usize = 64 * 1024;
/// So much of a body that is too large is read and thrown away, and for so long: who has sent it
/// whole then reads the answer, and not that the connection broke.
const THROWN_AWAY: usize = 1024 * 1024;
const LINGER: Duration = Duration::from_secs(1);

/// Lets in what is addressed to this server, with its body in memory.
pub(super) async fn take_in(
    State(site): State<Arc<Site>>,
    request: Request,
    next: Next,
) -> Response {
    let whole = match addressed(&site, &request) {
        Ok(()) => read(request).await,
        Err(error) => Err(error),
    };
    match whole {
        Ok(request) => next.run(request).await,
        Err(error) => {
            const CLOSE: HeaderValue = HeaderValue::from_static("close");
            ([(header::CONNECTION, CLOSE)], error).into_response()
        }
    }
}

/// A request names one host, and that is ours: another name that leads here is somebody else's, who
/// would have our pages in its own. Loopback names lead nowhere else, and a proxy on this machine
/// may use one.
fn addressed(site: &Site, request: &Request) -> Result<(), Error> {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let named = match (hosts.next(), hosts.next()) {
        (Some(host), None) => host.to_str().map_err(|_| Code::BadRequest)?,
        (None, None) if request.version() == Version::HTTP_10 => return Ok(()),
        (None, None) | (_, Some(_)) => return Err(Code::BadRequest.into()),
    };
    let named: Authority = named.parse().map_err(|_| Code::BadRequest)?;
    // A target that is a whole address counts before the header.
    let host = request.uri().authority().unwrap_or(&named).host();
    let host = host.strip_suffix('.').unwrap_or(host);
    if host.eq_ignore_ascii_case(site.host()) || is_loopback(host) {
        Ok(())
    } else {
        Err(Code::Misdirected.into())
    }
}

fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.eq_ignore_ascii_case("localhost")
        || bare.parse().is_ok_and(|address: IpAddr| address.to_canonical().is_loopback())
}

/// The same request with its body in memory.
async fn read(request: Request) -> Result<Request, Error> {
    let expects = request.headers().contains_key(header::EXPECT);
    let (parts, mut body) = request.into_parts();
    let announced = usize::try_from(body.size_hint().lower()).unwrap_or(usize::MAX);
    if announced > BODY {
        if announced <= THROWN_AWAY && !expects {
            let _ = tokio::time::timeout(LINGER, content(&mut body, THROWN_AWAY)).await;
        }
        return Err(Code::TooLarge.into());
    }
    let content = content(&mut body, BODY).await?;
    Ok(Request::from_parts(parts, Body::from(content)))
}

/// All of `body`, which has so many bytes at most.
async fn content(body: &mut Body, most: usize) -> Result<Vec<u8>, Error> {
    let mut content = Vec::new();
    while let Some(frame) = poll_fn(|cx| Pin::new(&mut *body).poll_frame(cx)).await {
        let frame = frame.map_err(|_| Code::BadRequest)?;
        let Some(part) = frame.data_ref() else { continue };
        if content.len() + part.len() > most {
            return Err(Code::TooLarge.into());
        }
        content.extend_from_slice(part);
    }
    Ok(content)
}

#[cfg(test)]
mod tests;
