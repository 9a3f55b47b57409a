//! The pages behind a one-time URL that the first device showed: type the invited address, then wait for its word.

use app::domain::Reason;
use app::invite_door::InviteEntered;
use app::{Error, Refusal};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use minijinja::context;

use super::guest::see_other;
use super::invite::{LobbyForm, go_in, waiting};
use super::{Page, Trustworthy};
use crate::state::AppState;
use crate::who::{From, Who};

/// `GET /move/{token}`.
pub(crate) async fn open(
    _: Trustworthy,
    State(state): State<AppState>,
    Path(token): Path<String>,
    page: Page,
    who: Who,
) -> Response {
    let refused = Error::Refused(Refusal { reason: Reason::ScopeMissing, link: None });
    let opened = match who.caller.token {
        Some(_) => Err(refused),
        None => state.app.open_hand_over(&token).await,
    };
    match opened {
        Ok(()) => form_page(&state, &page, StatusCode::OK, &token, "", None),
        Err(error) => page.refuse("move", error),
    }
}

/// `POST /move/{token}/enter`: the invited address; then the first device is asked.
pub(crate) async fn enter(
    State(state): State<AppState>,
    Path(token): Path<String>,
    From(from): From,
    page: Page,
    who: Who,
    Form(form): Form<LobbyForm>,
) -> Response {
    if who.caller.token.is_some() {
        return page.refuse("move", Error::Refused(Refusal { reason: Reason::ScopeMissing, link: None }));
    }
    let typed = (&*form.email, &*form.form_key);
    match state.app.take_hand_over(who.lasting_key, from, &token, typed).await {
        Ok(asked) => waiting(&page, "device", &format!("/move/{token}"), &form.form_key, &asked.reference),
        Err(Error::Refused(refusal)) if refusal.reason == Reason::EmailMismatch => {
            let wrong = Some("address_did_not_open");
            form_page(&state, &page, StatusCode::UNPROCESSABLE_ENTITY, &token, &form.email, wrong)
        }
        Err(error) => page.refuse("move", error),
    }
}

/// `POST /move/{token}/wait`.
pub(crate) async fn wait(
    State(state): State<AppState>,
    Path(token): Path<String>,
    From(from): From,
    page: Page,
    who: Who,
    Form(form): Form<LobbyForm>,
) -> Response {
    if who.caller.token.is_some() {
        return page.refuse("move", Error::Refused(Refusal { reason: Reason::ScopeMissing, link: None }));
    }
    let key = who.lasting_key;
    match state.app.finish_hand_over(&who.caller, key, from, &token, &form.form_key).await {
        Ok(InviteEntered::In { item, key }) => go_in(item, key),
        Ok(InviteEntered::Waits) => match state.app.get_asked(key, &form.form_key) {
            Ok(asked) => {
                waiting(&page, "device", &format!("/move/{token}"), &form.form_key, &asked.reference)
            }
            Err(error) => page.refuse("move", error),
        },
        Ok(_) => see_other(&format!("/move/{token}")),
        Err(error) => page.refuse("move", error),
    }
}

fn form_page(
    state: &AppState,
    page: &Page,
    status: StatusCode,
    token: &str,
    email: &str,
    wrong: Option<&str>,
) -> Response {
    let form = context! {
        action => format!("/move/{token}/enter"),
        form_key => state.app.new_form_key().to_text(),
        email => email,
        error => wrong,
    };
    page.show(status, "move.html", context! { form => form })
}
