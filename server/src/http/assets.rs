//! The files of `static/`, compiled in.

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use super::error::{Code, Error};

/// A file: name, type, content.
type Asset = (&'static str, &'static str, &'static [u8]);

const SCRIPT: &str = "text/javascript; charset=utf-8";

const ASSETS: &[Asset] = &[
    ("sleutelbos.css", "text/css; charset=utf-8", include_bytes!("../../static/sleutelbos.css")),
    (
        "sleutelbos.css.LICENSE.md",
        "text/plain; charset=utf-8",
        include_bytes!("../../static/sleutelbos.css.LICENSE.md"),
    ),
    ("icon.svg", "image/svg+xml", include_bytes!("../../static/icon.svg")),
    ("page.js", SCRIPT, include_bytes!("../../static/page.js")),
    ("live.js", SCRIPT, include_bytes!("../../static/live.js")),
    ("webauthn.js", SCRIPT, include_bytes!("../../static/webauthn.js")),
    ("web-eid.js", SCRIPT, include_bytes!("../../static/web-eid.js")),
];

/// `GET /static/{file}`: the browser asks again each time, and mostly hears that nothing changed.
pub(super) async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Error> {
    let Some((_, kind, content)) = ASSETS.iter().find(|(name, ..)| *name == file) else {
        return Err(Code::NotFound.into());
    };
    let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(content)));
    let fresh = [(header::ETAG, tag.as_str()), (header::CACHE_CONTROL, "no-cache")];
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known == tag.as_str()) {
        return Ok((StatusCode::NOT_MODIFIED, fresh).into_response());
    }
    Ok((fresh, [(header::CONTENT_TYPE, *kind)], *content).into_response())
}
