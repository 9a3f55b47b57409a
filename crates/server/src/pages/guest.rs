//! The guest door's pages. GET changes nothing and sets no cookie, whoever asks; the form's POST alone makes a
//! seat.

use std::collections::BTreeMap;

use app::domain::{Reason, Span};
use app::guest_door::{DoorPlate, Entered, LinkOpened, TypedEntry};
use app::{Error, FieldError, Refusal};
use axum::Form;
use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;
use minijinja::{Value, context};
use serde::Deserialize;

use super::see_other;
use super::visitor::go_in;
use super::{Page, Trustworthy};
use crate::state::AppState;
use crate::who::Who;

/// The fields of the entry form.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct EntryForm {
    name: String,
    email: String,
    form_key: String,
    shared: String,
    #[serde(rename = "as")]
    seen_as: String,
}

/// `GET /g/{token}`.
pub(crate) async fn open(
    _: Trustworthy,
    State(state): State<AppState>,
    Path(token): Path<String>,
    page: Page,
    who: Who,
) -> Response {
    match state.app.open_guest_link(&who.caller, &token).await {
        Ok(LinkOpened::In(item)) => see_other(&format!("/media/{item}")),
        Ok(LinkOpened::Preview(item)) => see_other(&format!("/media/{item}?preview")),
        Ok(LinkOpened::Enter { plate, known }) => {
            let (name, email) = known.clone().unwrap_or_default();
            let typed = EntryForm { name, email, ..EntryForm::default() };
            let member = known.map(|(_, email)| email);
            entry_page(&state, &page, StatusCode::OK, &token, &plate, &typed, &[], member)
        }
        Ok(LinkOpened::ContinueAs { plate, name }) => {
            let values = context! {
                form => context! { action => action(&token), form_key => state.app.new_form_key().to_text() },
                seat => context! { name => name },
                item => item(&plate),
            };
            page.show(StatusCode::OK, "continue.html", values)
        }
        Ok(LinkOpened::NotReady(plate)) => not_ready(&page, &plate.title),
        Err(error) => page.refuse("guest", error),
    }
}

/// `POST /g/{token}/enter`.
pub(crate) async fn enter(
    State(state): State<AppState>,
    Path(token): Path<String>,
    page: Page,
    who: Who,
    Form(form): Form<EntryForm>,
) -> Response {
    if who.caller.token.is_some() {
        // The link is no door for programs; the door itself sees forms, not who sends them.
        return page.refuse("guest", Error::Refused(Refusal { reason: Reason::ScopeMissing, link: None }));
    }
    if form.seen_as == "other" && form.name.is_empty() && form.email.is_empty() {
        return show_form(&state, &page, &who, &token, &EntryForm::default(), StatusCode::OK, &[]).await;
    }
    let typed = TypedEntry {
        name: form.name.clone(),
        email: form.email.clone(),
        form_key: form.form_key.clone(),
        shared: !form.shared.is_empty(),
        continues: form.seen_as == "me",
    };
    match state.app.enter(&who.caller, &token, &typed).await {
        Ok(Entered::In { item, keys }) => go_in(item, who.held, &keys),
        Ok(Entered::NotReady) => see_other(&format!("/g/{token}")),
        Err(error) => again(&state, &page, &who, &token, &form, error).await,
    }
}

/// The form once more, with what was typed and what is wrong; or the page for what cannot be mended.
async fn again(
    state: &AppState,
    page: &Page,
    who: &Who,
    token: &str,
    form: &EntryForm,
    error: Error,
) -> Response {
    let (status, wrong) = match &error {
        Error::Invalid(wrong) => (StatusCode::UNPROCESSABLE_ENTITY, wrong.clone()),
        Error::Refused(refusal) if refusal.reason == Reason::StaleForm => {
            (StatusCode::CONFLICT, vec![FieldError { field: "form", code: "stale_form" }])
        }
        _ => return page.refuse("guest", error),
    };
    show_form(state, page, who, token, form, status, &wrong).await
}

/// The form, if the link is open by now, whoever sits in this browser.
async fn show_form(
    state: &AppState,
    page: &Page,
    who: &Who,
    token: &str,
    form: &EntryForm,
    status: StatusCode,
    wrong: &[FieldError],
) -> Response {
    match state.app.open_guest_link(&who.caller, token).await {
        Ok(LinkOpened::Enter { plate, .. } | LinkOpened::ContinueAs { plate, .. }) => {
            entry_page(state, page, status, token, &plate, form, wrong, None)
        }
        Ok(LinkOpened::In(_)) => match state.app.get_door_plate(&who.caller, token).await {
            Ok(plate) => entry_page(state, page, status, token, &plate, form, wrong, None),
            Err(error) => page.refuse("guest", error),
        },
        Ok(LinkOpened::Preview(item)) => see_other(&format!("/media/{item}")),
        Ok(LinkOpened::NotReady(plate)) => not_ready(page, &plate.title),
        Err(error) => page.refuse("guest", error),
    }
}

#[expect(clippy::too_many_arguments, reason = "one call for the one form in all of its states")]
fn entry_page(
    state: &AppState,
    page: &Page,
    status: StatusCode,
    token: &str,
    plate: &DoorPlate,
    typed: &EntryForm,
    wrong: &[FieldError],
    member_email: Option<String>,
) -> Response {
    let errors: BTreeMap<&str, &str> = wrong.iter().map(|error| (error.field, error.code)).collect();
    // A stale form needs a fresh key; a form with a wrong field has not been used and keeps its own.
    let keep =
        status == StatusCode::UNPROCESSABLE_ENTITY && app::FormKey::from_text(&typed.form_key).is_some();
    let form_key = if keep { typed.form_key.clone() } else { state.app.new_form_key().to_text() };
    let values = context! {
        form => context! {
            action => action(token),
            form_key => form_key,
            name => &typed.name,
            email => &typed.email,
            shared => !typed.shared.is_empty(),
            errors => errors,
        },
        item => item(plate),
        retention_days => state.app.policy().retention_days,
        member_email => member_email,
    };
    page.show(status, "entry.html", values)
}

fn action(token: &str) -> String {
    format!("/g/{token}/enter")
}

/// What a door shows of the item behind it.
pub(super) fn item(plate: &DoorPlate) -> Value {
    let length = plate.duration.map(clock);
    context! { title => &plate.title, owner_name => &plate.owner_name, kind => plate.kind.code(), length }
}

/// As a player's clock shows it.
fn clock(length: Span) -> String {
    let seconds = (length.as_ms() + 500) / 1_000;
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

pub(crate) fn not_ready(page: &Page, title: &str) -> Response {
    page.show(StatusCode::OK, "not_ready.html", context! { item => context! { title => title } })
}

/// `POST /g/{token}/opened`: the visible page's own script says so, once.
pub(crate) async fn opened(State(state): State<AppState>, Path(token): Path<String>) -> StatusCode {
    state.app.note_opened(&token).await;
    StatusCode::NO_CONTENT
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_written_as_on_a_clock() {
        let shown = |ms| clock(Span::from_ms(ms));
        assert_eq!(
            [shown(0), shown(9_400), shown(149_960), shown(3_725_000)],
            ["0:00", "0:09", "2:30", "1:02:05"]
        );
    }
}
