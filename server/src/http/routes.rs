//! Every address of this server, in one table.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::get;
use tower_http::timeout::TimeoutLayer;

use super::guard::{BODY, Site};
use super::pages::{help, login};
use super::{assets, error, guard};

/// How long a request may take, body included.
const REQUEST: Duration = Duration::from_secs(30);

/// The whole HTTP surface of the server that is reached at `site`.
pub fn router(site: Site) -> Router {
    let site = Arc::new(site);
    pages(&site)
        .layer(from_fn_with_state(site.clone(), guard::forms))
        .route("/static/{file}", get(assets::asset))
        .layer(DefaultBodyLimit::max(BODY))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST))
        .layer(from_fn_with_state(site.clone(), error::render))
        .layer(from_fn_with_state(site.clone(), guard::headers))
        .with_state(site)
}

/// What people open: cookies, forms, a token in each.
fn pages(site: &Arc<Site>) -> Router<Arc<Site>> {
    Router::new()
        .route("/login", get(login::form))
        .route("/login/passkey", get(login::passkey))
        .route("/login/card", get(login::card))
        .route("/help", get(help::page))
        .layer(from_fn_with_state(site.clone(), guard::language))
}
