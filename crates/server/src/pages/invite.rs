//! The invite door's pages: lobby, code, waiting, denied. GET changes nothing and sets no cookie, whoever asks; forms
//! alone bind a browser.

use app::domain::{Reason, SeatHold};
use app::guest_door::DoorPlate;
use app::invite_door::{InviteEntered, InviteOpened, TypedLobby};
use app::mail::Language as MailLanguage;
use app::{Error, LinkToken, Refusal};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use http::{StatusCode, header};
use minijinja::{Value, context};
use serde::Deserialize;

use super::guest::{not_ready, see_other};
use super::{Page, Trustworthy};
use crate::cookies;
use crate::language::Language;
use crate::state::AppState;
use crate::who::{From, Who};

/// The fields of the lobby's form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct LobbyForm {
    pub(super) email: String,
    pub(super) form_key: String,
    code: String,
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
        Ok(InviteOpened::AskOwner(plate)) => ask_owner(&state, &page, &token, &plate),
        Ok(InviteOpened::NotReady(plate)) => not_ready(&page, &plate.title),
        Err(error) => denied(&state, &page, &token, error),
    }
}

/// The lobby of an invite that asks for a code where none can be mailed by now: the owner is left.
fn ask_owner(state: &AppState, page: &Page, token: &str, plate: &DoorPlate) -> Response {
    let form = context! { base => format!("/i/{token}"), form_key => state.app.new_form_key().to_text() };
    let values = context! { form => form, asks_owner => true, item => item(plate) };
    page.show(StatusCode::OK, "lobby.html", values)
}

/// The denied page: the same parts for every cause, unknown links too.
fn denied(state: &AppState, page: &Page, token: &str, error: Error) -> Response {
    // What is no token is not written into the page.
    let shown = LinkToken::from_text(token).map_or("A".repeat(27), LinkToken::to_text);
    let offers = context! {
        form => context! { base => format!("/i/{shown}"), form_key => state.app.new_form_key().to_text() },
        mails => state.app.mail_is_on(),
    };
    page.refuse_with("invite", error, offers)
}

pub(super) fn in_mail(language: Language) -> MailLanguage {
    match language {
        Language::English => MailLanguage::English,
        Language::Hebrew => MailLanguage::Hebrew,
    }
}

/// A program is no invited person.
fn refuse_programs(who: &Who) -> Result<(), Error> {
    match who.caller.token {
        Some(_) => Err(Error::Refused(Refusal { reason: Reason::ScopeMissing, link: None })),
        None => Ok(()),
    }
}

/// On to the item's page, with the browser's key if it has none yet.
pub(super) fn go_in(item: app::domain::ItemId, key: Option<app::BrowserKey>) -> Response {
    let mut answer = see_other(&format!("/media/{item}"));
    if let Some(key) = key {
        answer.headers_mut().append(header::SET_COOKIE, cookies::set_key(key, SeatHold::Own));
    }
    answer
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
    if let Err(error) = refuse_programs(&who) {
        return denied(&state, &page, &token, error);
    }
    let typed = TypedLobby { email: form.email.clone(), form_key: form.form_key.clone() };
    let language = in_mail(page.language);
    match state.app.enter_invite(&who.caller, who.lasting_key, from, &token, &typed, language).await {
        Ok(InviteEntered::In { item, key }) => go_in(item, key),
        Ok(InviteEntered::TypeCode) => code_page(&page, StatusCode::OK, &token, &form.form_key, None),
        Ok(InviteEntered::NotReady | InviteEntered::Waits) => see_other(&format!("/i/{token}")),
        Err(error) => again(&state, &page, &who, from, &token, &form, error).await,
    }
}

/// `POST /i/{token}/code`: mails a code, if the typed address is the invited one. The answer never tells.
pub(crate) async fn ask_code(
    State(state): State<AppState>,
    Path(token): Path<String>,
    From(from): From,
    page: Page,
    who: Who,
    Form(form): Form<LobbyForm>,
) -> Response {
    if let Err(error) = refuse_programs(&who) {
        return denied(&state, &page, &token, error);
    }
    let typed = TypedLobby { email: form.email.clone(), form_key: form.form_key.clone() };
    let how = (from, in_mail(page.language));
    match state.app.ask_for_code(&who.caller, who.lasting_key, how, &token, &typed).await {
        Ok(()) => code_page(&page, StatusCode::OK, &token, &form.form_key, None),
        Err(error) => denied(&state, &page, &token, error),
    }
}

/// `POST /i/{token}/prove`: the form with the code.
pub(crate) async fn prove(
    State(state): State<AppState>,
    Path(token): Path<String>,
    From(from): From,
    page: Page,
    who: Who,
    Form(form): Form<LobbyForm>,
) -> Response {
    if let Err(error) = refuse_programs(&who) {
        return denied(&state, &page, &token, error);
    }
    let shown = (&*form.form_key, &*form.code);
    match state.app.enter_by_code(&who.caller, who.lasting_key, from, &token, shown).await {
        Ok(InviteEntered::In { item, key }) => go_in(item, key),
        Ok(_) => see_other(&format!("/i/{token}")),
        Err(Error::Invalid(_)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            code_page(&page, status, &token, &form.form_key, Some("code_did_not_open"))
        }
        // Nobody was mailed a code for a link that is none.
        Err(Error::Refused(refusal)) if refusal.reason == Reason::UnknownLink => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            code_page(&page, status, &token, &form.form_key, Some("code_did_not_open"))
        }
        Err(error) => denied(&state, &page, &token, error),
    }
}

fn code_page(page: &Page, status: StatusCode, token: &str, form_key: &str, wrong: Option<&str>) -> Response {
    let base = format!("/i/{token}");
    let values = context! { form => context! { base => base, form_key => form_key, error => wrong } };
    page.show(status, "code.html", values)
}

/// `POST /i/{token}/ask`: the device asks the owner to be let in, and waits.
pub(crate) async fn ask(
    State(state): State<AppState>,
    Path(token): Path<String>,
    From(from): From,
    page: Page,
    who: Who,
    Form(form): Form<LobbyForm>,
) -> Response {
    if let Err(error) = refuse_programs(&who) {
        return denied(&state, &page, &token, error);
    }
    let key = who.lasting_key;
    match state.app.ask_for_device(&who.caller, key, from, &token, &form.form_key).await {
        Ok(asked) => waiting(&page, "owner", &format!("/i/{token}"), &form.form_key, &asked.reference),
        Err(error) => denied(&state, &page, &token, error),
    }
}

/// `POST /i/{token}/wait`: goes in if the device may by now, else goes on waiting.
pub(crate) async fn wait(
    State(state): State<AppState>,
    Path(token): Path<String>,
    From(from): From,
    page: Page,
    who: Who,
    Form(form): Form<LobbyForm>,
) -> Response {
    if let Err(error) = refuse_programs(&who) {
        return denied(&state, &page, &token, error);
    }
    let key = who.lasting_key;
    match state.app.enter_by_leave(&who.caller, key, from, &token, &form.form_key).await {
        Ok(InviteEntered::In { item, key }) => go_in(item, key),
        Ok(InviteEntered::NotReady) => see_other(&format!("/i/{token}")),
        Ok(_) => match state.app.get_asked(key, &form.form_key) {
            Ok(asked) => waiting(&page, "owner", &format!("/i/{token}"), &form.form_key, &asked.reference),
            Err(error) => denied(&state, &page, &token, error),
        },
        Err(error) => denied(&state, &page, &token, error),
    }
}

/// The page of a device that waits for leave: the owner's, or the first device's.
pub(super) fn waiting(page: &Page, whose: &str, base: &str, form_key: &str, reference: &str) -> Response {
    let form = context! { base => base, form_key => form_key };
    let values = context! { whose => whose, form => form, reference => reference };
    page.show(StatusCode::OK, "waiting.html", values)
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
        _ => return denied(state, page, token, error),
    };
    match state.app.open_invite_link(&who.caller, from, token).await {
        Ok(InviteOpened::Lobby { plate, .. } | InviteOpened::EnterDirectly { plate, .. }) => {
            lobby(state, page, status, token, &plate, &form.email, Some(wrong))
        }
        Ok(InviteOpened::In(item)) => see_other(&format!("/media/{item}")),
        Ok(InviteOpened::AskOwner(plate)) => ask_owner(state, page, token, &plate),
        Ok(InviteOpened::NotReady(plate)) => not_ready(page, &plate.title),
        Err(error) => denied(state, page, token, error),
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
