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
use super::error::PASSWORD_AGAIN;
use super::guard::Site;
use super::pages::{
    access, account, activate, again, anew, anew_card, app, authorisations, card, card_by_pin,
    choice, details, email, enrol, enrol_phone, forgotten, help, inbox, login, newcomer, people,
    phone, recovery, registered, role, settings, support, ways_back,
};
use super::sse::Streams;
use super::{api, assets, budget, callbacks, guard, intake, render};
use crate::app::App;

/// How long a request may take, body included.
const REQUEST: Duration = Duration::from_secs(30);

/// Style sheets, scripts and drawings.
const ASSETS: &str = "/static/{file}";

/// The whole HTTP surface.
pub fn router(app: Arc<App>) -> Router {
    let site = Arc::new(Site::new(&app.config.server.origin, app.config.spans()));
    let shared = Shared { app, site: site.clone(), streams: Streams::default() };
    // What anybody may post, who has proven nothing, is held to a budget.
    let charged = from_fn_with_state(shared.clone(), budget::charge);
    let held = from_fn_with_state(shared.clone(), budget::charge_asking);
    router_of(pages())
        .merge(router_of(managing()))
        .merge(router_of(log_in()).route_layer(charged.clone()))
        .merge(router_of(asking()).route_layer(held).route_layer(charged.clone()))
        .layer(from_fn_with_state(site.clone(), guard::language))
        .layer(from_fn_with_state(site.clone(), guard::forms))
        .merge(router_of(api::routes()))
        .merge(router_of(api::log_in()).route_layer(charged))
        .merge(router_of(callbacks::routes()))
        .route(ASSETS, get(assets::asset))
        .layer(from_fn_with_state(site.clone(), intake::take_in))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST))
        .layer(from_fn_with_state(site.clone(), render::render))
        .layer(from_fn_with_state(site.clone(), guard::headers))
        .with_state(shared)
}

/// The path of every address that the router answers, with its parameters in braces.
#[must_use]
pub fn addresses() -> Vec<&'static str> {
    let ours = [pages(), managing(), log_in(), asking()];
    let others = [api::routes(), api::log_in(), callbacks::routes()];
    let paths = ours.into_iter().chain(others).flatten().map(|(path, _)| path);
    paths.chain([ASSETS]).collect()
}

fn router_of(table: Table) -> Router<Shared> {
    table.into_iter().fold(Router::new(), |router, (path, answers)| router.route(path, answers))
}

/// What only says something.
fn telling() -> Table {
    vec![
        ("/", get(home)),
        ("/help", get(help::page)),
        ("/help/recovery", get(help::recovery)),
        ("/help/remember", get(help::remember)),
        ("/activate/pin/asked", get(forgotten::asked)),
        ("/activate/pin/made", get(forgotten::made)),
    ]
}

/// What people open: cookies, forms, a token in each.
pub(super) fn pages() -> Table {
    let mut pages = telling();
    pages.extend([
        ("/login/check", get(login::check)),
        ("/login/check/card", get(card::check)),
        ("/login/email/open", get(email::open)),
        ("/login/passkey", get(login::passkey)),
        ("/login/cancel", post(login::cancel)),
        ("/confirm", get(login::confirm)),
        ("/confirm/card", get(card::confirm)),
        ("/confirm/app", get(app::confirm).post(app::finish_confirm)),
        ("/confirm/sms", get(phone::confirm_sms).post(phone::finish_confirm_sms)),
        ("/confirm/sms/send", post(phone::send_confirm_sms)),
        ("/confirm/call", get(phone::confirm_call).post(phone::finish_confirm_call)),
        ("/confirm/call/send", post(phone::send_confirm_call)),
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
        ("/enrol/sms", get(enrol_phone::sms).post(enrol_phone::send_sms)),
        ("/enrol/sms/send", post(enrol_phone::again_sms)),
        ("/enrol/sms/code", post(enrol_phone::finish_sms)),
        ("/enrol/sms/other", post(enrol_phone::other_sms)),
        ("/enrol/call", get(enrol_phone::call).post(enrol_phone::send_call)),
        ("/enrol/call/send", post(enrol_phone::again_call)),
        ("/enrol/call/code", post(enrol_phone::finish_call)),
        ("/enrol/call/other", post(enrol_phone::other_call)),
        ("/enrol/call/events", get(enrol_phone::events)),
        ("/enrol/card", get(card::link).post(card::finish_link)),
        ("/enrol/card/challenge", post(card::challenge_link)),
        ("/enrol/recovery", get(recovery::offer).post(recovery::make)),
        ("/enrol/recovery/download", post(recovery::download)),
        ("/enrol/recovery/confirm", get(recovery::ask).post(recovery::confirm)),
        ("/account", get(account::page)),
        ("/account/factors/{id}/remove", get(account::ask_remove).post(account::remove)),
        ("/account/factors/{id}/try", get(account::try_out)),
        ("/account/factors/{id}/upgrade", get(account::upgrade)),
        ("/account/numbers/{id}/main", post(enrol_phone::set_main)),
        ("/account/sessions/{id}/end", post(account::end)),
        ("/account/details", get(details::page)),
        ("/account/details/email", get(details::ask_login).post(details::begin_login)),
        ("/account/details/backup-email", get(details::ask_backup).post(details::begin_backup)),
        ("/account/details/backup-email/remove", get(details::ask_remove).post(details::remove)),
        ("/account/details/code", get(details::ask_code).post(details::finish)),
        ("/inbox", get(inbox::list)),
        ("/inbox/{id}", get(inbox::message)),
        ("/inbox/{id}/secret", post(inbox::secret)),
        ("/enrol/skip", post(enrol::skip)),
        ("/enrol/keep", get(anew::list).post(anew::done)),
        ("/enrol/keep/{id}", get(anew::prove).post(anew::type_code)),
    ]);
    pages
}

/// What contact persons open, to manage their organisation.
pub(super) fn managing() -> Table {
    vec![
        ("/people", get(people::list)),
        ("/people/add", get(newcomer::ask).post(newcomer::add)),
        ("/people/{id}", get(people::person)),
        ("/people/{id}/added", get(newcomer::added)),
        ("/people/{id}/pin-made", get(newcomer::pin_made)),
        ("/people/{id}/number", get(ways_back::ask_number).post(ways_back::send_number)),
        ("/people/{id}/pin", get(ways_back::ask_pin).post(ways_back::make_pin)),
        ("/people/{id}/pin/decline", post(forgotten::decline)),
        ("/people/{id}/access", get(access::ask).post(access::give)),
        ("/people/{id}/access/end", post(access::end)),
        ("/people/{id}/waiver", get(ways_back::ask_waiver).post(ways_back::waive)),
        ("/people/{id}/waiver/end", post(ways_back::end_waiver)),
        ("/people/{id}/unblock", post(people::unblock)),
        ("/people/{id}/rename", get(people::ask_rename).post(people::rename)),
        ("/people/{id}/authorisations", get(authorisations::ask).post(authorisations::save)),
        ("/people/{id}/role", get(role::ask).post(role::appoint)),
        ("/people/{id}/end", get(people::ask_end).post(people::end)),
        ("/settings", get(settings::page).post(settings::save)),
        ("/settings/registered/stop", post(settings::stop)),
        ("/settings/second-factor", get(settings::ask_unforce).post(settings::unforce)),
    ]
}

/// Where people log in: each of these POSTs writes, whoever sends it.
pub(super) fn log_in() -> Table {
    vec![
        ("/login", get(login::form).post(login::password)),
        (PASSWORD_AGAIN, get(again::form).post(again::give)),
        ("/login/webauthn/options", post(login::options)),
        ("/login/webauthn", post(login::finish)),
        ("/login/card", get(card::log_in).post(card::finish)),
        ("/login/card/challenge", post(card::challenge)),
        ("/login/organisation", get(choice::form).post(choice::choose)),
        ("/login/check/app", get(app::check).post(app::finish_check)),
        ("/login/check/sms", get(phone::check_sms).post(phone::finish_sms)),
        ("/login/check/sms/send", post(phone::send_sms)),
        ("/login/check/call", get(phone::check_call).post(phone::finish_call)),
        ("/login/check/call/send", post(phone::send_call)),
        ("/login/check/call/events", get(phone::events)),
        ("/login/another", post(login::another)),
        ("/activate", get(activate::form).post(activate::choose)),
        ("/activate/card", get(card_by_pin::form).post(card_by_pin::begin)),
        ("/activate/card/read", get(card_by_pin::read).post(card_by_pin::finish)),
        ("/activate/card/challenge", post(card_by_pin::challenge)),
        ("/login/recovery", get(recovery::form).post(recovery::finish)),
        ("/login/anew", get(anew::form).post(anew::begin)),
        ("/login/anew/card", get(anew_card::form).post(anew_card::finish)),
        ("/login/anew/card/challenge", post(anew_card::challenge)),
        ("/login/access", get(access::form).post(access::begin)),
        ("/login/email", get(email::form).post(email::finish)),
        ("/login/email/send", post(email::send)),
        ("/support/confirm", get(support::form).post(support::answer)),
        ("/registered/confirm", get(registered::form).post(registered::answer)),
    ]
}

/// Where somebody who may have proven nothing asks other people for something: held to a budget of its own too.
pub(super) fn asking() -> Table {
    vec![("/activate/pin", get(forgotten::form).post(forgotten::ask))]
}

/// `GET /`: where this person belongs.
async fn home(context: Context) -> Redirect {
    Redirect::to(context.home().unwrap_or("/login"))
}
