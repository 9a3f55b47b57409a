//! Pages of the single-page app: who may see which, and what they are given first.

use app::Error;
use app::domain::access::Action;
use app::items::Opened;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use protocol::PageData;

use super::guest::not_ready;
use super::see_other;
use super::{Page, Trustworthy, document};
use crate::routes::items;
use crate::state::AppState;
use crate::who::Who;

/// Characters of an item's id.
const ID_CHARS: usize = 26;

/// `GET /media/{item}`: the one media page. Every load is decided anew.
pub(crate) async fn item(
    State(state): State<AppState>,
    Path(id): Path<String>,
    page: Page,
    who: Who,
) -> Response {
    let is_member = who.caller.member.is_some() && who.caller.token.is_none();
    let Ok(item) = id.parse() else {
        return if is_member {
            lost(&state, &page, &who)
        // With something behind it, it may be meant all the same: then nobody has to sign in first.
        } else if id.len() > ID_CHARS {
            page.refuse("page", Error::NotFound)
        } else {
            refuse(&page, &who, &id, Error::NotFound)
        };
    };
    match state.app.open_item(&who.caller, item).await {
        Ok(Opened::Page(found)) => {
            let view = items::view(&state, &found);
            let item = Box::new(if page.has_query("preview") { items::as_guests_see(view) } else { view });
            document::show(&state, &page, &who, StatusCode::OK, PageData::Media { item })
        }
        Ok(Opened::NotReady { title }) => not_ready(&page, &title),
        Err(Error::NotFound) if is_member => lost(&state, &page, &who),
        Err(error) => refuse(&page, &who, &id, error),
    }
}

/// `GET /media/{item}/people`: who came.
pub(crate) async fn people(
    State(state): State<AppState>,
    Path(id): Path<String>,
    page: Page,
    who: Who,
) -> Response {
    let Ok(item) = id.parse() else { return page.refuse("page", Error::NotFound) };
    match state.app.may_see_people(&who.caller, item).await {
        Ok(()) => document::show(&state, &page, &who, StatusCode::OK, PageData::People),
        Err(Error::NotFound | Error::SignInFirst) if who.caller.member.is_none() => {
            see_other(&format!("/sign-in?next=/media/{}/people", safe(&id)))
        }
        Err(error) => page.refuse("page", error),
    }
}

/// A member who may not see a page still is where they belong: with the way to their own.
fn lost(state: &AppState, page: &Page, who: &Who) -> Response {
    document::show(state, page, who, StatusCode::NOT_FOUND, PageData::Lost)
}

/// A member is told "not found"; everybody else is asked to sign in, whatever is or is not there. A guest of another
/// item is nobody here.
pub(super) fn refuse(page: &Page, who: &Who, id: &str, error: Error) -> Response {
    match error {
        Error::NotFound | Error::SignInFirst if who.caller.member.is_none() => {
            let wanted = if page.has_query("activity") { "%3Factivity" } else { "" };
            see_other(&format!("/sign-in?next=/media/{}{wanted}", safe(id)))
        }
        error => page.refuse("page", error),
    }
}

/// Only the letters of ids go into a redirect.
fn safe(id: &str) -> String {
    id.chars().filter(char::is_ascii_alphanumeric).take(ID_CHARS).collect()
}

/// `GET /` and `GET /media`: My Media.
pub(crate) async fn own(State(state): State<AppState>, page: Page, who: Who) -> Response {
    match items::first_page(&state, &who).await {
        Ok(items) => document::show(&state, &page, &who, StatusCode::OK, PageData::MyMedia { items }),
        Err(Error::SignInFirst) => see_other("/sign-in"),
        Err(error) => page.refuse("page", error),
    }
}

/// `GET /shared`: what others share with the member.
pub(crate) async fn shared(State(state): State<AppState>, page: Page, who: Who) -> Response {
    match items::first_shared(&state, &who).await {
        Ok(items) => document::show(&state, &page, &who, StatusCode::OK, PageData::Shared { items }),
        Err(Error::SignInFirst) => see_other("/sign-in?next=/shared"),
        Err(error) => page.refuse("page", error),
    }
}

/// `GET /sign-in`.
pub(crate) async fn sign_in(_: Trustworthy, State(state): State<AppState>, page: Page, who: Who) -> Response {
    if who.caller.member.is_some() {
        return see_other("/media");
    }
    document::show(&state, &page, &who, StatusCode::OK, PageData::SignIn)
}

/// `GET /setup/{token}`: the first administrator.
pub(crate) async fn setup(
    _: Trustworthy,
    State(state): State<AppState>,
    Path(token): Path<String>,
    page: Page,
    who: Who,
) -> Response {
    let secret = app::Secret::from_text(&token);
    let known = match secret {
        Some(secret) => state.app.knows_setup(secret).await,
        None => Ok(false),
    };
    match known {
        Ok(true) => document::show(&state, &page, &who, StatusCode::OK, PageData::Setup),
        Ok(false) => page.refuse("page", Error::NotFound),
        Err(error) => page.refuse("page", error),
    }
}

/// `GET /settings`: the site's settings, for administrators.
pub(crate) async fn settings(State(state): State<AppState>, page: Page, who: Who) -> Response {
    by_action(&state, &page, &who, Action::ManageSite, ("/settings", PageData::Settings))
}

/// `GET /settings/mail`: the site's mail, for administrators.
pub(crate) async fn mail(State(state): State<AppState>, page: Page, who: Who) -> Response {
    by_action(&state, &page, &who, Action::ManageSite, ("/settings/mail", PageData::Settings))
}

/// `GET /tokens`: the member's API tokens.
pub(crate) async fn tokens(State(state): State<AppState>, page: Page, who: Who) -> Response {
    by_action(&state, &page, &who, Action::ManageOwnTokens, ("/tokens", PageData::Tokens))
}

/// `GET /account`: the member's own account.
pub(crate) async fn account(State(state): State<AppState>, page: Page, who: Who) -> Response {
    by_action(&state, &page, &who, Action::ManageOwnAccount, ("/account", PageData::Account))
}

/// `GET /members`, for site administrators.
pub(crate) async fn members(State(state): State<AppState>, page: Page, who: Who) -> Response {
    by_action(&state, &page, &who, Action::ManageMembers, ("/members", PageData::Members))
}

/// `GET /groups`, for site administrators.
pub(crate) async fn groups(State(state): State<AppState>, page: Page, who: Who) -> Response {
    by_action(&state, &page, &who, Action::ManageMembers, ("/groups", PageData::Groups))
}

fn by_action(
    state: &AppState,
    page: &Page,
    who: &Who,
    action: Action,
    (path, data): (&'static str, PageData),
) -> Response {
    match state.app.decide_on_site(&who.caller, action) {
        Ok(_) => document::show(state, page, who, StatusCode::OK, data),
        Err(Error::SignInFirst) => see_other(&format!("/sign-in?next={path}")),
        Err(error) => page.refuse("page", error),
    }
}

/// `GET /account/{token}`: a password by a one-time link. Opening it spends nothing.
pub(crate) async fn account_link(
    _: Trustworthy,
    State(state): State<AppState>,
    Path(token): Path<String>,
    page: Page,
    who: Who,
) -> Response {
    let Some(secret) = app::Secret::from_text(&token) else { return page.refuse("page", Error::NotFound) };
    match state.app.read_account_link(secret).await {
        Ok((name, email)) => {
            document::show(&state, &page, &who, StatusCode::OK, PageData::AccountLink { name, email })
        }
        Err(Error::Conflict(_)) => page.refuse("page", Error::NotFound),
        Err(error) => page.refuse("page", error),
    }
}
