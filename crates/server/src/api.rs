//! The API's description, generated from the code: OpenAPI 3.1 and a page that people can read.

use axum::response::{IntoResponse, Response};
use http::header;
use minijinja::{Value, context};
use utoipa::OpenApi;

use crate::pages::Page;
use crate::routes::{
    account, activity, groups, guest_access, hand_over, invites, items, mail, members, policy, rights,
    sign_in, tokens, uploads, viewings,
};

#[derive(OpenApi)]
#[openapi(
    info(title = "Anteroom", description = "Share one media item with people who have no account."),
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
        invites::find,
        rights::list,
        rights::add,
        rights::give,
        rights::take,
        rights::transfer,
        activity::list,
        activity::doors,
        activity::explain,
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
    )
)]
struct Api;

/// The OpenAPI document, as JSON with two spaces of indent and a last line break.
pub fn openapi() -> String {
    let mut text = Api::openapi().to_pretty_json().unwrap_or_default();
    text.push('\n');
    text
}

/// `GET /api/openapi.json`.
pub(crate) async fn document() -> Response {
    let headers =
        [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, openapi()).into_response()
}

/// `GET /api`: the same for reading.
pub(crate) async fn page(page: Page) -> Response {
    let api: serde_json::Value = serde_json::from_str(&openapi()).unwrap_or_default();
    let paths = api["paths"].as_object().into_iter().flatten();
    let operations: Vec<Value> = paths
        .flat_map(|(path, methods)| methods.as_object().into_iter().flatten().map(move |(m, o)| (path, m, o)))
        .map(|(path, method, operation)| {
            let says = |key: &str| operation[key].as_str().unwrap_or_default().to_owned();
            context! {
                path => path,
                method => method.to_uppercase(),
                group => operation["tags"][0].as_str(),
                summary => says("summary"),
                description => says("description"),
            }
        })
        .collect();
    page.show(http::StatusCode::OK, "api.html", context! { operations => operations })
}
