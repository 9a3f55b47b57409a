//! The API's description, generated from the code: OpenAPI 3.1 and a page that people can read.

mod document;
mod example;
mod reference;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use utoipa::OpenApi;

use crate::guard::RouteEntry;
use crate::pages::Page;
use crate::routes::{
    account, activity, groups, guest_access, hand_over, invites, items, mail, members, people, policy,
    rights, sign_in, tokens, uploads, viewings,
};
use crate::state::AppState;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Anteroom",
        description = "Share one media item with people who have no account. Instants are milliseconds since 1970, UTC; \
            lists page by `cursor`. Every answer with a status of 400 or more has one body, `ErrorBody`."
    ),
    paths(
        account::show,
        account::show_site,
        account::sign_in,
        account::sign_out,
        account::set_up,
        account::use_link,
        account::show_own,
        account::change_own,
        account::change_password,
        account::list_sessions,
        account::end_other_sessions,
        account::end_session,
        account::add_address,
        account::prove_address,
        account::remove_address,
        members::list,
        members::create,
        members::import::bulk,
        members::show,
        members::change,
        members::reset,
        members::list_sessions,
        members::end_sessions,
        members::set_address,
        groups::list,
        groups::create,
        groups::rename,
        groups::delete,
        groups::join,
        groups::leave,
        items::list,
        items::show,
        items::change,
        items::delete,
        items::cancel,
        items::retry,
        items::poster,
        guest_access::show,
        guest_access::switch,
        guest_access::create,
        guest_access::change,
        guest_access::delete,
        guest_access::reveal,
        guest_access::qr,
        invites::list,
        invites::create,
        invites::bulk,
        invites::change,
        invites::revoke,
        invites::reveal,
        invites::qr,
        invites::replace,
        invites::send,
        invites::allow,
        invites::decline,
        invites::find,
        rights::list,
        rights::add,
        rights::give,
        rights::take,
        rights::transfer,
        activity::list,
        activity::doors,
        activity::explain,
        people::list,
        people::export,
        people::act,
        people::find_address,
        people::export_address,
        people::erase_address,
        mail::list,
        mail::tested,
        mail::templates,
        mail::show,
        mail::save,
        mail::reset,
        mail::preview,
        mail::test,
        policy::show,
        policy::change,
        policy::log,
        sign_in::list,
        sign_in::begin,
        sign_in::finish,
        sign_in::delete,
        sign_in::begin_sign_in,
        sign_in::finish_sign_in,
        sign_in::begin_oidc,
        tokens::list,
        tokens::create,
        tokens::delete,
        uploads::describe,
        uploads::create,
        uploads::stand,
        uploads::append,
        uploads::terminate,
        viewings::open,
        viewings::renew,
        viewings::leave,
        hand_over::offer,
        hand_over::answer,
    ),
    components(schemas(
        protocol::code::ActivityKind,
        protocol::FirstData,
        protocol::FromPage,
        protocol::ToPage
    ))
)]
struct Api;

/// What the code says of itself, and what its routes' guards ask.
pub(crate) fn describe(table: &[RouteEntry]) -> serde_json::Value {
    let mut api = serde_json::to_value(Api::openapi()).unwrap_or_default();
    document::complete(&mut api, table);
    api
}

/// The OpenAPI document, as JSON with two spaces of indent and a last line break.
pub(crate) fn text_of(described: &serde_json::Value) -> String {
    let mut text = serde_json::to_string_pretty(described).unwrap_or_default();
    text.push('\n');
    text
}

/// `GET /api/openapi.json`.
pub(crate) async fn document(State(state): State<AppState>) -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, text_of(&state.api)).into_response()
}

/// `GET /api`: the same for reading.
pub(crate) async fn page(page: Page, State(state): State<AppState>) -> Response {
    let reference = reference::of(&state.api, &state.app.config().public_url);
    page.show(http::StatusCode::OK, "api.html", reference)
}
