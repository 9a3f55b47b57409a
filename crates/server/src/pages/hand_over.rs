//! The pages behind a one-time URL that the first device showed: type the invited address, then wait for its word.

use app::Error;
use app::domain::Reason;
use app::invite_door::InviteEntered;
use axum::Form;
use axum::response::Response;
use http::StatusCode;
use minijinja::context;

use super::Trustworthy;
use super::see_other;
use super::visitor::{LobbyForm, Visitor};

/// `GET /move/{token}`.
pub(crate) async fn open(_: Trustworthy, at: Visitor) -> Response {
    match at.app().open_hand_over(&at.token).await {
        Ok(()) => form_page(&at, StatusCode::OK, "", None),
        Err(error) => at.denied(error),
    }
}

/// `POST /move/{token}/enter`: the invited address; then the first device is asked.
pub(crate) async fn enter(at: Visitor, Form(form): Form<LobbyForm>) -> Response {
    let typed = (&*form.email, &*form.form_key);
    match at.app().take_hand_over(at.from, &at.token, typed).await {
        Ok(asked) => at.waiting(&form, &asked.reference),
        Err(Error::Refused(refusal)) if refusal.reason == Reason::EmailMismatch => {
            form_page(&at, StatusCode::UNPROCESSABLE_ENTITY, &form.email, Some("address_did_not_open"))
        }
        Err(error) => at.denied(error),
    }
}

/// `POST /move/{token}/wait`.
pub(crate) async fn wait(at: Visitor, Form(form): Form<LobbyForm>) -> Response {
    match at.app().finish_hand_over(&at.caller, at.from, &at.token, &form.form_key).await {
        Ok(InviteEntered::In { item, keys }) => at.go_in(item, &keys),
        Ok(InviteEntered::Waits) => at.still_waiting(&form),
        Ok(_) => see_other(&at.base()),
        Err(error) => at.denied(error),
    }
}

fn form_page(at: &Visitor, status: StatusCode, email: &str, wrong: Option<&str>) -> Response {
    let form = context! {
        action => format!("{}/enter", at.base()),
        form_key => at.new_form_key(),
        email => email,
        error => wrong,
    };
    at.show(status, "move.html", context! { form })
}
