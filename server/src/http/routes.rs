//! Every address of this server, in one table.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::response::Redirect;
use axum::routing::{get, post};
use tower_http::timeout::TimeoutLayer;

use super::context::{Context, Shared, Table};
use super::guard::Site;
use super::pages::{
    account, activate, anew, app, card, enrol, help, inbox, login, people, recovery, settings,
};
use super::{api, assets, budget, callbacks, guard, intake, render};
use crate::app::App;

/// How long a request may take, body included.
const REQUEST: Duration = Duration::from_secs(30);

/// The whole HTTP surface.
pub fn router(app: Arc<App>) -> Router {
    let site = Arc::new(Site::new(&app.config.server.origin));
    let shared = Shared { app, site: site.clone() };
    // What anybody may post, who has proven nothing, is held to a budget.
    let charged = from_fn_with_state(shared.clone(), budget::charge);
    router_of(pages())
        .merge(router_of(log_in()).route_layer(charged.clone()))
        .layer(from_fn_with_state(site.clone(), guard::language))
        .layer(from_fn_with_state(site.clone(), guard::forms))
        .merge(router_of(api::routes()))
        .merge(router_of(api::log_in()).route_layer(charged))
        .merge(router_of(callbacks::routes()))
        .route("/static/{file}", get(assets::asset))
        .layer(from_fn_with_state(site.clone(), intake::take_in))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST))
        .layer(from_fn_with_state(site.clone(), render::render))
        .layer(from_fn_with_state(site.clone(), guard::headers))
        .with_state(shared)
}

fn router_of(table: Table) -> Router<Shared> {
    table.into_iter().fold(Router::new(), |router, (path, answers)| router.route(path, answers))
}

/// What people open: cookies, forms, a token in each.
pub(super) fn pages() -> Table {
    vec![
        ("/", get(home)),
        ("/help", get(help::page)),
        ("/help/recovery", get(help::recovery)),
        ("/help/remember", get(help::remember)),
        ("/login/check", get(login::check)),
        ("/login/check/card", get(card::check)),
        ("/login/passkey", get(login::passkey)),
        ("/login/cancel", post(login::cancel)),
        ("/confirm", get(login::confirm)),
        ("/confirm/card", get(card::confirm)),
        ("/confirm/app", get(app::confirm).post(app::finish_confirm)),
        ("/logout", post(account::log_out)),
        ("/logged-out", get(account::logged_out)),
        ("/enrol", get(enrol::begin)),
        ("/enrol/choose", get(enrol::choice)),
        ("/enrol/prove", get(enrol::prove)),
        ("/enrol/security-key", get(enrol::security_key)),
        ("/enrol/passkey", get(enrol::passkey)),
        ("/enrol/webauthn/options", post(enrol::options)),
        ("/enrol/webauthn", post(enrol::finish)),
        ("/enrol/app", get(app::enrol).post(app::finish_enrol)),
        ("/enrol/card", get(card::link).post(card::finish_link)),
        ("/enrol/card/challenge", post(card::challenge_link)),
        ("/enrol/recovery", get(recovery::offer).post(recovery::make)),
        ("/enrol/recovery/download", post(recovery::download)),
        ("/enrol/recovery/confirm", get(recovery::ask).post(recovery::confirm)),
        ("/account", get(account::page)),
        ("/account/factors/{id}/remove", get(account::ask_remove).post(account::remove)),
        ("/account/factors/{id}/try", get(account::try_out)),
        ("/account/factors/{id}/upgrade", get(account::upgrade)),
        ("/account/sessions/{id}/end", post(account::end)),
        ("/inbox", get(inbox::list)),
        ("/inbox/{id}", get(inbox::message)),
        ("/inbox/{id}/secret", post(inbox::secret)),
        ("/enrol/skip", post(enrol::skip)),
        ("/enrol/keep", get(anew::list).post(anew::done)),
        ("/enrol/keep/{id}", get(anew::prove).post(anew::type_code)),
        ("/people", get(people::list)),
        ("/people/{id}", get(people::person)),
        ("/people/{id}/unblock", post(people::unblock)),
        ("/people/{id}/rename", get(people::ask_rename).post(people::rename)),
        ("/people/{id}/role", get(people::ask_role).post(people::appoint)),
        ("/people/{id}/end", get(people::ask_end).post(people::end)),
        ("/settings", get(settings::page).post(settings::save)),
        ("/settings/second-factor", get(settings::ask_unforce).post(settings::unforce)),
    ]
}

/// Where people log in: each of these POSTs writes, whoever sends it.
pub(super) fn log_in() -> Table {
    vec![
        ("/login", get(login::form).post(login::password)),
        ("/login/webauthn/options", post(login::options)),
        ("/login/webauthn", post(login::finish)),
        ("/login/card", get(card::log_in).post(card::finish)),
        ("/login/card/challenge", post(card::challenge)),
        ("/login/check/app", get(app::check).post(app::finish_check)),
        ("/login/another", post(login::another)),
        ("/activate", get(activate::form).post(activate::choose)),
        ("/login/recovery", get(recovery::form).post(recovery::finish)),
        ("/login/anew", get(anew::form).post(anew::begin)),
    ]
}

/// `GET /`: where this person belongs.
async fn home(context: Context) -> Redirect {
    Redirect::to(context.home().unwrap_or("/login"))
}
