//! Every address of this server, in one table.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};
use tower_http::timeout::TimeoutLayer;

use super::context::{Context, Shared};
use super::guard::Site;
use super::pages::{account, card, enrol, help, login};
use super::{api, assets, budget, guard, intake, render};
use crate::app::App;

/// How long a request may take, body included.
const REQUEST: Duration = Duration::from_secs(30);

/// The whole HTTP surface.
pub fn router(app: Arc<App>) -> Router {
    let site = Arc::new(Site::new(&app.config.server.origin));
    let shared = Shared { app, site: site.clone() };
    // What anybody may post, who has proven nothing, is held to a budget.
    let charged = from_fn_with_state(shared.clone(), budget::charge);
    pages()
        .merge(log_in().route_layer(charged.clone()))
        .layer(from_fn_with_state(site.clone(), guard::language))
        .layer(from_fn_with_state(site.clone(), guard::forms))
        .merge(api::routes())
        .merge(api::log_in().route_layer(charged))
        .route("/static/{file}", get(assets::asset))
        .layer(from_fn_with_state(site.clone(), intake::take_in))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST))
        .layer(from_fn_with_state(site.clone(), render::render))
        .layer(from_fn_with_state(site.clone(), guard::headers))
        .with_state(shared)
}

/// What people open: cookies, forms, a token in each.
fn pages() -> Router<Shared> {
    Router::new()
        .route("/", get(home))
        .route("/help", get(help::page))
        .route("/login/check", get(login::check))
        .route("/login/check/card", get(card::check))
        .route("/login/passkey", get(login::passkey))
        .route("/login/cancel", post(login::cancel))
        .route("/login/another", post(login::another))
        .route("/confirm", get(login::confirm))
        .route("/confirm/card", get(card::confirm))
        .route("/logout", post(account::log_out))
        .route("/logged-out", get(account::logged_out))
        .route("/enrol", get(enrol::choice))
        .route("/enrol/security-key", get(enrol::security_key))
        .route("/enrol/passkey", get(enrol::passkey))
        .route("/enrol/webauthn/options", post(enrol::options))
        .route("/enrol/webauthn", post(enrol::finish))
        .route("/enrol/card", get(card::link).post(card::finish_link))
        .route("/enrol/card/challenge", post(card::challenge_link))
        .route("/account", get(account::page))
        .route("/account/factors/{id}/remove", get(account::ask_remove).post(account::remove))
        .route("/account/factors/{id}/try", get(account::try_out))
        .route("/account/factors/{id}/upgrade", get(account::upgrade))
        .route("/account/sessions/{id}/end", post(account::end))
}

/// Where people log in: each of these POSTs writes, whoever sends it.
fn log_in() -> Router<Shared> {
    Router::new()
        .route("/login", get(login::form).post(login::password))
        .route("/login/webauthn/options", post(login::options))
        .route("/login/webauthn", post(login::finish))
        .route("/login/card", get(card::log_in).post(card::finish))
        .route("/login/card/challenge", post(card::challenge))
}

/// `GET /`: where this person belongs.
async fn home(context: Context) -> Redirect {
    Redirect::to(context.home().unwrap_or("/login"))
}
