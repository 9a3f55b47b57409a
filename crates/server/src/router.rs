//! Every route of Anteroom, with what guards it.

use std::time::Duration;

use app::App;
use app::domain::access::Action;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};

use crate::guard::Guard::{Decides, Open, Ticket};
use crate::guard::{RouteEntry, Routes};
use crate::pages::sign_in as oidc;
use crate::pages::{guest, hand_over as hand_over_pages, invite, leaving, media as spa};
use crate::routes::{
    account, activity, groups, guest_access, hand_over, health, invites, items, media, members, policy,
    rights, sign_in, tokens, uploads, viewings,
};
use crate::sockets::{member, page};
use crate::state::{AppState, Settings};
use crate::{api, assets, security};

/// An answer must be on its way within this. Ending now waits two seconds for other processes.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Bytes of a body, uploads aside.
const BODY_MOST: usize = 64 * 1_024;
/// Bytes of a sheet of people: 10,000 rows.
const SHEET_MOST: usize = 2 * 1_024 * 1_024;

/// Bytes of a mail template: text and HTML of 100,000 each, escaped.
const TEMPLATE_MOST: usize = 512 * 1_024;

fn routes() -> Routes {
    let routes = pages(Routes::new());
    let routes = doors(routes);
    let routes = mailing(owners(routes));
    let routes = people(inviting(routes));
    let routes = accounts(routes).within(ANSWER_WITHIN);
    // Uploads take as long as they take; what bounds them is silence.
    uploading(routes)
}

fn pages(routes: Routes) -> Routes {
    routes
        .get("/", Decides(Action::ListOwnItems), spa::own)
        .get("/media", Decides(Action::ListOwnItems), spa::own)
        .get("/shared", Decides(Action::ListOwnItems), spa::shared)
        .get("/media/{item}", Decides(Action::OpenItem), spa::item)
        .get("/tokens", Decides(Action::ManageOwnTokens), spa::tokens)
        .get("/settings", Decides(Action::ManageSite), spa::settings)
        .get("/account", Decides(Action::ManageOwnAccount), spa::account)
        .get("/account/{token}", Open("the one-time secret is the guard"), spa::account_link)
        .get("/members", Decides(Action::ManageMembers), spa::members)
        .get("/groups", Decides(Action::ManageMembers), spa::groups)
        .get("/sign-in", Open("asks for a sign-in"), spa::sign_in)
        .get("/sign-in/oidc/{provider}/callback", Open("a form around what a provider sent"), oidc::callback)
        .get("/setup/{token}", Open("the one-time secret is the guard"), spa::setup)
        .get("/left", Open("says goodbye"), leaving::left)
        .post("/left", Open("both halves of a one-time secret are the guard"), leaving::take_back)
        .get("/assets/{file}", Open("the built front end, the same for everybody"), assets::show)
        .get("/favicon.svg", Open("an icon"), assets::icon)
        .get("/healthz", Open("says that the process lives"), health::alive)
        .get("/readyz", Open("says that the database answers"), health::ready)
        .get("/api", Open("the API's description"), api::page)
        .get("/api/openapi.json", Open("the API's description"), api::document)
        .get("/api/site", Open("the site's name and limits"), account::show_site)
}

fn doors(routes: Routes) -> Routes {
    routes
        .get("/g/{token}", Decides(Action::OpenGuestLink), guest::open)
        .post("/g/{token}/enter", Decides(Action::EnterGuestLink), guest::enter)
        .post("/g/{token}/opened", Open("counts, and tells nobody whether there is a link"), guest::opened)
        .get("/i/{token}", Decides(Action::OpenInviteLink), invite::open)
        .post("/i/{token}/enter", Decides(Action::EnterInviteLink), invite::enter)
        .post("/i/{token}/opened", Open("counts, and tells nobody whether there is a link"), invite::opened)
        .post("/i/{token}/code", Decides(Action::EnterInviteLink), invite::ask_code)
        .post("/i/{token}/prove", Decides(Action::EnterInviteLink), invite::prove)
        .post("/i/{token}/ask", Decides(Action::OpenInviteLink), invite::ask)
        .post("/i/{token}/wait", Decides(Action::EnterInviteLink), invite::wait)
        .get("/move/{token}", Decides(Action::OpenInviteLink), hand_over_pages::open)
        .post("/move/{token}/enter", Decides(Action::OpenInviteLink), hand_over_pages::enter)
        .post("/move/{token}/wait", Decides(Action::EnterInviteLink), hand_over_pages::wait)
        .post("/api/items/{item}/hand-over", Decides(Action::OpenItem), hand_over::offer)
        .post("/api/items/{item}/hand-over/answer", Decides(Action::OpenItem), hand_over::answer)
        .get("/media/{item}/not-me", Decides(Action::OpenItem), leaving::ask)
        .post("/media/{item}/not-me", Open("gives up what the browser's own key holds"), leaving::leave)
        .post("/api/viewings", Decides(Action::OpenViewing), viewings::open)
        .post("/m/{viewing}/renew", Decides(Action::RenewViewing), viewings::renew)
        .post("/m/{viewing}/leave", Ticket, viewings::leave)
        .get("/m/{viewing}/socket", Ticket, page::open)
        .get("/m/{viewing}/{file}", Ticket, media::show)
        .post("/api/sign-in", Open("asks for address and password"), account::sign_in)
        .post("/api/sign-in/passkey", Open("a question to whoever has a passkey"), sign_in::begin_sign_in)
        .post("/api/sign-in/passkey/finish", Open("asks for a passkey"), sign_in::finish_sign_in)
        .post("/api/sign-in/oidc/{provider}", Open("says where a provider is"), sign_in::begin_oidc)
        .post("/sign-in/oidc/{provider}/finish", Open("a provider vouches"), oidc::finish)
        .post("/api/sign-out", Open("gives up what the cookie holds"), account::sign_out)
        .post("/api/account-link", Open("the one-time secret is the guard"), account::use_link)
        .post("/api/setup", Open("the one-time secret is the guard"), account::set_up)
}

fn owners(routes: Routes) -> Routes {
    routes
        .get("/api/me", Decides(Action::ListOwnItems), account::show)
        .get("/api/socket", Decides(Action::ListOwnItems), member::open)
        .get("/api/items", Decides(Action::ListOwnItems), items::list)
        .get("/api/items/{item}", Decides(Action::OpenItem), items::show)
        .patch("/api/items/{item}", Decides(Action::EditItem), items::change)
        .delete("/api/items/{item}", Decides(Action::DeleteItem), items::delete)
        .get("/api/items/{item}/poster", Decides(Action::OpenItem), items::poster)
        .post("/api/items/{item}/processing/cancel", Decides(Action::CancelProcessing), items::cancel)
        .post("/api/items/{item}/processing/retry", Decides(Action::EditItem), items::retry)
        .get("/api/items/{item}/guest-access", Decides(Action::ManageGuestAccess), guest_access::show)
        .put("/api/items/{item}/guest-access", Decides(Action::ManageGuestAccess), guest_access::switch)
        .post("/api/items/{item}/guest-links", Decides(Action::MakeGuestLink), guest_access::create)
        .patch("/api/items/{item}/guest-links/{link}", Decides(Action::ShareWithGuests), guest_access::change)
        .delete(
            "/api/items/{item}/guest-links/{link}",
            Decides(Action::ManageGuestAccess),
            guest_access::delete,
        )
        .post(
            "/api/items/{item}/guest-links/{link}/reveal",
            Decides(Action::ManageGuestAccess),
            guest_access::reveal,
        )
        .post("/api/items/{item}/guest-links/{link}/qr", Decides(Action::ManageGuestAccess), guest_access::qr)
        .get("/api/items/{item}/activity", Decides(Action::SeeActivity), activity::list)
        .get("/api/items/{item}/activity/doors", Decides(Action::SeeActivity), activity::doors)
        .post("/api/items/{item}/refusals/lookup", Decides(Action::SeeActivity), activity::explain)
        .get("/api/items/{item}/rights", Decides(Action::ManageRights), rights::list)
        .post("/api/items/{item}/rights", Decides(Action::ManageRights), rights::add)
        .put("/api/items/{item}/rights/{member}", Decides(Action::ManageRights), rights::give)
        .delete("/api/items/{item}/rights/{member}", Decides(Action::ManageRights), rights::take)
        .post("/api/items/{item}/transfer", Decides(Action::TransferItem), rights::transfer)
        .get("/api/site/policy", Decides(Action::ManageSite), policy::show)
        .patch("/api/site/policy", Decides(Action::ManageSite), policy::change)
        .get("/api/site/log", Decides(Action::ManageSite), policy::log)
        .get("/api/passkeys", Decides(Action::ManageOwnAccount), sign_in::list)
        .post("/api/passkeys/begin", Decides(Action::ManageOwnAccount), sign_in::begin)
        .post("/api/passkeys", Decides(Action::ManageOwnAccount), sign_in::finish)
        .delete("/api/passkeys/{passkey}", Decides(Action::ManageOwnAccount), sign_in::delete)
        .get("/api/tokens", Decides(Action::ManageOwnTokens), tokens::list)
        .post("/api/tokens", Decides(Action::ManageOwnTokens), tokens::create)
        .delete("/api/tokens/{token}", Decides(Action::ManageOwnTokens), tokens::delete)
}

fn inviting(routes: Routes) -> Routes {
    use invites as i;
    const SEE: crate::guard::Guard = Decides(Action::ManageInvites);
    const MAKE: crate::guard::Guard = Decides(Action::Invite);
    const ADMIT: crate::guard::Guard = Decides(Action::LetIn);
    routes
        .get("/api/items/{item}/invites", SEE, i::list)
        .post("/api/items/{item}/invites", MAKE, i::create)
        .post_large("/api/items/{item}/invites/bulk", MAKE, SHEET_MOST, i::bulk)
        // What only lowers needs no leave of the site's policy; the use case asks for it when something rises.
        .patch("/api/items/{item}/invites/{invite}", SEE, i::change)
        .delete("/api/items/{item}/invites/{invite}", SEE, i::revoke)
        .post("/api/items/{item}/invites/{invite}/reveal", SEE, i::reveal)
        .post("/api/items/{item}/invites/{invite}/qr", SEE, i::qr)
        .post("/api/items/{item}/invites/{invite}/token", MAKE, i::replace)
        .post("/api/items/{item}/invites/{invite}/send", ADMIT, i::send)
        .post("/api/items/{item}/invites/{invite}/devices", ADMIT, i::allow)
        .delete("/api/items/{item}/invites/{invite}/devices/{device}", ADMIT, i::decline)
        .get("/api/members/find", Decides(Action::FindMembers), i::find)
}

fn people(routes: Routes) -> Routes {
    use crate::routes::people as p;
    const SEE: crate::guard::Guard = Decides(Action::SeePeople);
    const ERASE: crate::guard::Guard = Decides(Action::ErasePeople);
    routes
        .get("/media/{item}/people", SEE, spa::people)
        .get("/api/items/{item}/people", SEE, p::list)
        // A file to take away leaves a row: it is no GET.
        .post("/api/items/{item}/people/export", SEE, p::export)
        .post("/api/items/{item}/people/{person}/{act}", Decides(Action::RemovePeople), p::act)
        .post("/api/people/find", ERASE, p::find_address)
        .post("/api/people/export", ERASE, p::export_address)
        .post("/api/people/erase", ERASE, p::erase_address)
}

fn accounts(routes: Routes) -> Routes {
    use {account as a, groups as g, members as m};
    const OWN: crate::guard::Guard = Decides(Action::ManageOwnAccount);
    const ALL: crate::guard::Guard = Decides(Action::ManageMembers);
    routes
        .get("/api/account", OWN, a::show_own)
        .patch("/api/account", OWN, a::change_own)
        .put("/api/account/password", OWN, a::change_password)
        .get("/api/account/sessions", OWN, a::list_sessions)
        .delete("/api/account/sessions", OWN, a::end_other_sessions)
        .delete("/api/account/sessions/{session}", OWN, a::end_session)
        .post("/api/account/addresses", OWN, a::add_address)
        .post("/api/account/addresses/code", OWN, a::prove_address)
        .delete("/api/account/addresses/{email}", OWN, a::remove_address)
        .get("/api/members", ALL, m::list)
        .post("/api/members", ALL, m::create)
        .post_large("/api/members/bulk", ALL, SHEET_MOST, m::import::bulk)
        .get("/api/members/{member}", ALL, m::show)
        .patch("/api/members/{member}", ALL, m::change)
        .post("/api/members/{member}/reset", ALL, m::reset)
        .get("/api/members/{member}/sessions", ALL, m::list_sessions)
        .delete("/api/members/{member}/sessions", ALL, m::end_sessions)
        .put("/api/members/{member}/addresses/{email}", ALL, m::set_address)
        .get("/api/groups", ALL, g::list)
        .post("/api/groups", ALL, g::create)
        .patch("/api/groups/{group}", ALL, g::rename)
        .delete("/api/groups/{group}", ALL, g::delete)
        .put("/api/groups/{group}/members/{member}", ALL, g::join)
        .delete("/api/groups/{group}/members/{member}", ALL, g::leave)
}

fn mailing(routes: Routes) -> Routes {
    use crate::routes::mail as m;
    const ALL: crate::guard::Guard = Decides(Action::ManageSite);
    const ONE: &str = "/api/mail/templates/{name}/{language}";
    routes
        .get("/settings/mail", ALL, spa::mail)
        .get("/api/mail", ALL, m::list)
        .get("/api/mail/tests/{id}", ALL, m::tested)
        .get("/api/mail/templates", ALL, m::templates)
        .get(ONE, ALL, m::show)
        .put_large(ONE, ALL, TEMPLATE_MOST, m::save)
        .delete(ONE, ALL, m::reset)
        .post_large("/api/mail/templates/{name}/{language}/preview", ALL, TEMPLATE_MOST, m::preview)
        .post_large("/api/mail/templates/{name}/{language}/test", ALL, TEMPLATE_MOST, m::test)
}

fn uploading(routes: Routes) -> Routes {
    routes
        .options("/api/uploads", Open("the protocol's description"), uploads::describe)
        .post("/api/uploads", Decides(Action::Upload), uploads::create)
        .head("/api/uploads/{upload}", Decides(Action::Upload), uploads::stand)
        .patch("/api/uploads/{upload}", Decides(Action::Upload), uploads::append)
        .delete("/api/uploads/{upload}", Decides(Action::Upload), uploads::terminate)
}

/// Every route with its guard, for the matrix test and the golden files.
pub fn table() -> Vec<RouteEntry> {
    routes().table
}

/// The whole of HTTP over an open `App`.
pub fn router(app: App, settings: Settings) -> Router {
    let state = AppState::new(app, settings, || api::describe(&table()));
    // Media and pictures are compressed already; what is tiny gains nothing.
    let worth = SizeAbove::new(512)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::new("video/"))
        .and(NotForContentType::new("application/vnd.apple.mpegurl"));
    routes()
        .into_router()
        .fallback(not_found)
        .method_not_allowed_fallback(not_allowed)
        .layer(DefaultBodyLimit::max(BODY_MOST))
        .layer(middleware::from_fn_with_state(state.clone(), security::layer))
        .layer(CompressionLayer::new().compress_when(worth))
        .with_state(state)
}

async fn not_found(page: crate::pages::Page, headers: http::HeaderMap) -> axum::response::Response {
    use axum::response::IntoResponse;
    let wants_html = headers
        .get(http::header::ACCEPT)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|accept| accept.contains("text/html"));
    if wants_html {
        page.refuse("page", app::Error::NotFound)
    } else {
        crate::error::ApiError::not_found().into_response()
    }
}

async fn not_allowed() -> crate::error::ApiError {
    crate::error::ApiError::new(
        http::StatusCode::METHOD_NOT_ALLOWED,
        "method_not_allowed",
        "Not with this method.",
    )
}
