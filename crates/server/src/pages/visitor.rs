//! Whoever stands at a door for one person: an invite's, or a one-time URL's that the first device shows. What each
//! request there brings along, and the pages that both doors answer with.

use std::net::IpAddr;

use app::domain::{ItemId, Reason};
use app::leaving::KeyChange;
use app::{App, Caller, Error, LinkToken, Refusal};
use axum::extract::{FromRequestParts, Path};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{StatusCode, header};
use minijinja::{Value, context};
use serde::Deserialize;

use super::Page;
use super::see_other;
use crate::cookies::HeldKeys;
use crate::state::AppState;
use crate::who::{From, Who};

/// The fields of the forms at these doors.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct LobbyForm {
    pub(super) email: String,
    pub(super) form_key: String,
    pub(super) code: String,
}

/// Which of the two doors.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Door {
    Invite,
    Move,
}

/// Somebody with a browser; a program is no invited person and gets the denied page.
pub(crate) struct Visitor {
    state: AppState,
    door: Door,
    pub(super) token: String,
    pub(super) from: IpAddr,
    pub(super) page: Page,
    pub(super) caller: Caller,
    /// The keys in the browser's cookies.
    held: HeldKeys,
}

impl FromRequestParts<AppState> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let door = if parts.uri.path().starts_with("/move/") { Door::Move } else { Door::Invite };
        let Path(typed): Path<String> =
            Path::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        // What is no token is not looked at again, nor written into a page: one that nobody has takes its place.
        let token = LinkToken::from_text(&typed).map_or_else(|| "A".repeat(27), LinkToken::to_text);
        let Ok(From(from)) = From::from_request_parts(parts, state).await;
        let Ok(page) = Page::from_request_parts(parts, state).await;
        let who = Who::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let Who { caller, held } = who;
        let visitor = Self { state: state.clone(), door, token, from, page, caller, held };
        match visitor.caller.token {
            None => Ok(visitor),
            Some(_) => {
                let refusal = Refusal { reason: Reason::ScopeMissing, link: None };
                Err(visitor.denied(Error::Refused(refusal)))
            }
        }
    }
}

impl Visitor {
    pub(super) fn app(&self) -> &App {
        &self.state.app
    }

    /// In: on to the item's page.
    pub(super) fn go_in(&self, item: ItemId, keys: &KeyChange) -> Response {
        go_in(item, self.held.clone(), keys)
    }

    /// The path of the page that the forms belong to.
    pub(super) fn base(&self) -> String {
        match self.door {
            Door::Invite => format!("/i/{}", self.token),
            Door::Move => format!("/move/{}", self.token),
        }
    }

    pub(super) fn new_form_key(&self) -> String {
        self.app().new_form_key().to_text()
    }

    /// A page with a form of this door in it.
    pub(super) fn show(&self, status: StatusCode, template: &str, values: Value) -> Response {
        self.page.show(status, template, values)
    }

    /// The denied page: at an invite's door the same parts for every cause, unknown links too.
    pub(super) fn denied(&self, error: Error) -> Response {
        if self.door == Door::Move {
            return self.page.refuse("move", error);
        }
        let form = context! { base => self.base(), form_key => self.new_form_key() };
        let offers = context! { form => form, mails => self.app().mail_is_on() };
        self.page.refuse_with("invite", error, offers)
    }

    /// The page of a device that waits for leave: the owner's, or the first device's.
    pub(super) fn waiting(&self, form: &LobbyForm, reference: &str) -> Response {
        let whose = if self.door == Door::Move { "device" } else { "owner" };
        let form = context! { base => self.base(), form_key => &form.form_key };
        self.show(StatusCode::OK, "waiting.html", context! { whose, form, reference })
    }

    /// The same again, for a device whose leave has not come yet.
    pub(super) fn still_waiting(&self, form: &LobbyForm) -> Response {
        match self.app().get_asked(&self.token, &form.form_key) {
            Ok(asked) => self.waiting(form, &asked.reference),
            Err(error) => self.denied(error),
        }
    }
}

/// On to the item's page, with what changed about the browser's keys.
pub(super) fn go_in(item: ItemId, held: HeldKeys, keys: &KeyChange) -> Response {
    let mut answer = see_other(&format!("/media/{item}"));
    for cookie in held.changed(keys) {
        answer.headers_mut().append(header::SET_COOKIE, cookie);
    }
    answer
}
