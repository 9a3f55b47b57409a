//! The invite door's pages: lobby, code, waiting, denied. GET changes nothing and sets no cookie, whoever asks; forms
//! alone bind a browser.

use app::Error;
use app::domain::Reason;
use app::guest_door::DoorPlate;
use app::invite_door::{InviteEntered, InviteOpened, TypedLobby};
use app::leaving::KeyChange;
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use minijinja::context;

use super::Trustworthy;
use super::guest::{item, not_ready};
use super::see_other;
use super::visitor::{LobbyForm, Visitor};
use crate::state::AppState;

/// `GET /i/{token}`.
pub(crate) async fn open(_: Trustworthy, at: Visitor) -> Response {
    shown(&at, StatusCode::OK, None).await
}

/// The page for whoever opens the invite now. A form that was refused is shown once more with what was typed, also to
/// whom a press would let in.
async fn shown(at: &Visitor, status: StatusCode, refused: Option<(&LobbyForm, &str)>) -> Response {
    match (at.app().open_invite_link(&at.caller, at.from, &at.token).await, refused) {
        (Ok(InviteOpened::In(item)), _) => at.go_in(item, &KeyChange::default()),
        (
            Ok(InviteOpened::Lobby { plate, .. } | InviteOpened::EnterDirectly { plate, .. }),
            Some((form, wrong)),
        ) => lobby(at, status, &plate, &form.email, Some(wrong)),
        (Ok(InviteOpened::Lobby { plate, known }), None) => {
            lobby(at, status, &plate, &known.unwrap_or_default(), None)
        }
        (Ok(InviteOpened::EnterDirectly { plate, name }), None) => {
            let form = context! { action => action(at), form_key => at.new_form_key() };
            let values = context! { form, member => context! { name }, item => item(&plate) };
            at.show(status, "straight_in.html", values)
        }
        (Ok(InviteOpened::AskOwner(plate)), _) => ask_owner(at, &plate),
        (Ok(InviteOpened::NotReady(plate)), _) => not_ready(&at.page, &plate.title),
        (Err(error), _) => at.denied(error),
    }
}

/// The lobby of an invite that asks for a code where none can be mailed by now: the owner is left.
fn ask_owner(at: &Visitor, plate: &DoorPlate) -> Response {
    let form = context! { base => at.base(), form_key => at.new_form_key() };
    let values = context! { form, asks_owner => true, item => item(plate) };
    at.show(StatusCode::OK, "lobby.html", values)
}

fn typed(form: &LobbyForm) -> TypedLobby {
    TypedLobby { email: form.email.clone(), form_key: form.form_key.clone() }
}

/// `POST /i/{token}/enter`.
pub(crate) async fn enter(at: Visitor, Form(form): Form<LobbyForm>) -> Response {
    let (typed, language) = (typed(&form), at.page.language.in_mail());
    match at.app().enter_invite(&at.caller, at.from, &at.token, &typed, language).await {
        Ok(InviteEntered::In { item, keys }) => at.go_in(item, &keys),
        Ok(InviteEntered::TypeCode) => code_page(&at, StatusCode::OK, &form, None),
        Ok(InviteEntered::NotReady | InviteEntered::Waits) => see_other(&at.base()),
        Err(error) => again(&at, &form, error).await,
    }
}

/// `POST /i/{token}/code`: mails a code, if the typed address is the invited one. The answer never tells.
pub(crate) async fn ask_code(at: Visitor, Form(form): Form<LobbyForm>) -> Response {
    let how = (at.from, at.page.language.in_mail());
    match at.app().ask_for_code(&at.caller, how, &at.token, &typed(&form)).await {
        Ok(()) => code_page(&at, StatusCode::OK, &form, None),
        Err(error) => at.denied(error),
    }
}

/// `POST /i/{token}/prove`: the form with the code.
pub(crate) async fn prove(at: Visitor, Form(form): Form<LobbyForm>) -> Response {
    let shown = (&*form.form_key, &*form.code);
    let wrong = || code_page(&at, StatusCode::UNPROCESSABLE_ENTITY, &form, Some("code_did_not_open"));
    match at.app().enter_by_code(&at.caller, at.from, &at.token, shown).await {
        Ok(InviteEntered::In { item, keys }) => at.go_in(item, &keys),
        Ok(_) => see_other(&at.base()),
        Err(Error::Invalid(_)) => wrong(),
        // Nobody was mailed a code for a link that is none.
        Err(Error::Refused(refusal)) if refusal.reason == Reason::UnknownLink => wrong(),
        Err(error) => at.denied(error),
    }
}

fn code_page(at: &Visitor, status: StatusCode, form: &LobbyForm, wrong: Option<&str>) -> Response {
    let form = context! { base => at.base(), form_key => &form.form_key, error => wrong };
    at.show(status, "code.html", context! { form })
}

/// `POST /i/{token}/ask`: the device asks the owner to be let in, and waits.
pub(crate) async fn ask(at: Visitor, Form(form): Form<LobbyForm>) -> Response {
    match at.app().ask_for_device(&at.caller, at.from, &at.token, &form.form_key).await {
        Ok(asked) => at.waiting(&form, &asked.reference),
        Err(error) => at.denied(error),
    }
}

/// `POST /i/{token}/wait`: goes in if the device may by now, else goes on waiting.
pub(crate) async fn wait(at: Visitor, Form(form): Form<LobbyForm>) -> Response {
    match at.app().enter_by_leave(&at.caller, at.from, &at.token, &form.form_key).await {
        Ok(InviteEntered::In { item, keys }) => at.go_in(item, &keys),
        Ok(InviteEntered::NotReady) => see_other(&at.base()),
        Ok(_) => at.still_waiting(&form),
        Err(error) => at.denied(error),
    }
}

/// The lobby once more, with what was typed and the one sentence that fits every failure; or the denied page.
async fn again(at: &Visitor, form: &LobbyForm, error: Error) -> Response {
    let reason = if let Error::Refused(refusal) = &error { Some(refusal.reason) } else { None };
    match reason {
        Some(Reason::EmailMismatch) => {
            shown(at, StatusCode::UNPROCESSABLE_ENTITY, Some((form, "address_did_not_open"))).await
        }
        Some(Reason::StaleForm) => shown(at, StatusCode::CONFLICT, Some((form, "stale_form"))).await,
        _ => at.denied(error),
    }
}

fn lobby(at: &Visitor, status: StatusCode, plate: &DoorPlate, email: &str, wrong: Option<&str>) -> Response {
    let form = context! {
        action => action(at),
        form_key => at.new_form_key(),
        email => email,
        error => wrong,
    };
    let retention_days = at.app().policy().retention_days;
    at.show(status, "lobby.html", context! { form, item => item(plate), retention_days })
}

fn action(at: &Visitor) -> String {
    format!("{}/enter", at.base())
}

/// `POST /i/{token}/opened`: the visible page's own script says so, once.
pub(crate) async fn opened(State(state): State<AppState>, Path(token): Path<String>) -> StatusCode {
    state.app.note_invite_opened(&token).await;
    StatusCode::NO_CONTENT
}
