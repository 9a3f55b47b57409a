//! "Not you?": asks first and says what it means, lets the browser leave its seat, and for a moment take it back. The
//! media page asks in a dialog of its own; these pages are for whoever has no script, and for what comes after.

use app::Error;
use app::items::Opened;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use minijinja::context;
use serde::Deserialize;

use super::see_other;
use super::visitor::go_in;
use super::{Page, media};
use crate::cookies;
use crate::state::AppState;
use crate::who::Who;

/// `GET /media/{item}/not-me`: what leaving would mean; changes nothing.
pub(crate) async fn ask(
    State(state): State<AppState>,
    Path(id): Path<String>,
    page: Page,
    who: Who,
) -> Response {
    let Ok(item) = id.parse() else { return media::refuse(&page, &who, &id, Error::NotFound) };
    let found = match state.app.open_item(&who.caller, item).await {
        Ok(Opened::Page(found)) => found,
        Ok(Opened::NotReady { .. }) => return see_other(&format!("/media/{item}")),
        Err(error) => return media::refuse(&page, &who, &id, error),
    };
    let (Some(name), Some(seat)) = (&found.seat_name, &found.seat) else {
        return see_other(&format!("/media/{item}"));
    };
    let item = context! { id => item.to_string(), title => &found.card.item.title };
    let values = context! { item, name, door => seat.door, coming_back => seat.coming_back.code() };
    page.show(StatusCode::OK, "not_me.html", values)
}

/// `POST /media/{item}/not-me`: frees the browser from its seat.
pub(crate) async fn leave(
    State(state): State<AppState>,
    Path(item): Path<String>,
    page: Page,
    who: Who,
) -> Response {
    let Ok(item) = item.parse() else { return page.refuse("page", Error::NotFound) };
    match state.app.leave_seat(&who.caller, item).await {
        Ok(left) => {
            let mut answer = see_other("/left");
            let keys = app::leaving::KeyChange { given: None, gone: left.gone };
            let half = left.take_back.as_deref().map(cookies::set_left);
            for cookie in who.held.changed(&keys).into_iter().chain(half) {
                answer.headers_mut().append(header::SET_COOKIE, cookie);
            }
            answer
        }
        Err(error) => page.refuse("page", error),
    }
}

/// `GET /left`: how to come back, and for a moment the way straight back.
pub(crate) async fn left(State(state): State<AppState>, page: Page, headers: HeaderMap) -> Response {
    let take_back = state.app.page_half(cookies::left(&headers));
    page.show(StatusCode::OK, "left.html", context! { take_back })
}

/// What the page of whoever left sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct TakeBackForm {
    take_back: String,
}

/// `POST /left`: back to the seat that this browser left a moment ago.
pub(crate) async fn take_back(
    State(state): State<AppState>,
    page: Page,
    who: Who,
    headers: HeaderMap,
    Form(form): Form<TakeBackForm>,
) -> Response {
    let back = state.app.take_back_seat(&who.caller, cookies::left(&headers), &form.take_back).await;
    let mut answer = match back {
        Ok(back) => go_in(back.item, who.held, &back.keys),
        Err(Error::NotFound) => {
            page.show(StatusCode::NOT_FOUND, "left.html", context! { is_too_late => true })
        }
        Err(error) => return page.refuse("page", error),
    };
    answer.headers_mut().append(header::SET_COOKIE, cookies::clear_left());
    answer
}
