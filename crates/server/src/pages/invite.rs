//! The invite door's pages: lobby, denied. GET changes nothing and sets no cookie, whoever asks; the lobby's POST
//! alone binds a browser.

use app::domain::{Reason, SeatHold};
use app::guest_door::DoorPlate;
use app::invite_door::{InviteEntered, InviteOpened, TypedLobby};
use app::{Error, Refusal};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{StatusCode, header};
use minijinja::{Value, context};
use serde::Deserialize;

use super::guest::{not_ready, see_other};
use super::{Page, Trustworthy};
use crate::cookies;
use crate::state::AppState;
use crate::who::{From, Who};

/// The fields of the lobby's form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct LobbyForm {
    email: String,
    form_key: String,
}

/// `GET /i/{token}`.
pub(crate) async fn open(
    _: Trustworthy,
    State(state): State<AppState>,
    Path(token): Path<String>,
    From(from): From,
    page: Page,
    who: Who,
) -> Response {
    match state.app.open_invite_link(&who.caller, from, &token).await {
        Ok(InviteOpened::In(item)) => see_other(&format!("/media/{item}")),
        Ok(InviteOpened::Lobby { plate, known }) => {
            lobby(&state, &page, StatusCode::OK, &token, &plate, &known.unwrap_or_default(), None)
        }
        Ok(InviteOpened::EnterDirectly { plate, name }) => {
            let values = context! {
                form => context! { action => action(&token), form_key => state.app.new_form_key().to_text() },
                member => context! { name => name },
                item => item(&plate),
            };
            page.show(StatusCode::OK, "straight_in.html", values)
        }
        Ok(InviteOpened::NotReady(plate)) => not_ready(&page, &plate.title),
        Err(error) => page.refuse("invite", error),
    }
}

/// `POST /i/{token}/enter`.
pub(crate) async fn enter(
    State(state): State<AppState>,
    Path(token): Path<String>,
    From(from): From,
    page: Page,
    who: Who,
    Form(form): Form<LobbyForm>,
) -> Response {
    if who.caller.token.is_some() {
        return page.refuse("invite", Error::Refused(Refusal { reason: Reason::ScopeMissing, link: None }));
    }
    let typed = TypedLobby { email: form.email.clone(), form_key: form.form_key.clone() };
    match state.app.enter_invite(&who.caller, who.lasting_key, from, &token, &typed).await {
        Ok(InviteEntered::In { item, key }) => {
            let mut answer = see_other(&format!("/media/{item}"));
            if let Some(key) = key {
                answer.headers_mut().append(header::SET_COOKIE, cookies::set_key(key, SeatHold::Own));
            }
            answer
        }
        Ok(InviteEntered::NotReady | InviteEntered::TypeCode) => see_other(&format!("/i/{token}")),
        Err(error) => again(&state, &page, &who, from, &token, &form, error).await,
    }
}

/// The lobby once more, with what was typed and the one sentence that fits every failure; or the denied page.
async fn again(
    state: &AppState,
    page: &Page,
    who: &Who,
    from: std::net::IpAddr,
    token: &str,
    form: &LobbyForm,
    error: Error,
) -> Response {
    let (status, wrong) = match &error {
        Error::Refused(refusal) if refusal.reason == Reason::EmailMismatch => {
            (StatusCode::UNPROCESSABLE_ENTITY, "address_did_not_open")
        }
        Error::Refused(refusal) if refusal.reason == Reason::StaleForm => {
            (StatusCode::CONFLICT, "stale_form")
        }
        _ => return page.refuse("invite", error),
    };
    match state.app.open_invite_link(&who.caller, from, token).await {
        Ok(InviteOpened::Lobby { plate, .. } | InviteOpened::EnterDirectly { plate, .. }) => {
            lobby(state, page, status, token, &plate, &form.email, Some(wrong))
        }
        Ok(InviteOpened::In(item)) => see_other(&format!("/media/{item}")),
        Ok(InviteOpened::NotReady(plate)) => not_ready(page, &plate.title),
        Err(error) => page.refuse("invite", error),
    }
}

fn lobby(
    state: &AppState,
    page: &Page,
    status: StatusCode,
    token: &str,
    plate: &DoorPlate,
    email: &str,
    wrong: Option<&str>,
) -> Response {
    let values = context! {
        form => context! {
            action => action(token),
            form_key => state.app.new_form_key().to_text(),
            email => email,
            error => wrong,
        },
        item => item(plate),
    };
    page.show(status, "lobby.html", values)
}

fn action(token: &str) -> String {
    format!("/i/{token}/enter")
}

fn item(plate: &DoorPlate) -> Value {
    context! { title => &plate.title, owner_name => &plate.owner_name, kind => plate.kind.code() }
}

/// `POST /i/{token}/opened`: the visible page's own script says so, once.
pub(crate) async fn opened(State(state): State<AppState>, Path(token): Path<String>) -> StatusCode {
    state.app.note_invite_opened(&token).await;
    StatusCode::NO_CONTENT
}
