//! Handlers of the API: parse, call, shape. One file per noun.

pub(crate) mod account;
pub(crate) mod activity;
mod closing;
pub(crate) mod groups;
pub(crate) mod guest_access;
pub(crate) mod hand_over;
pub(crate) mod health;
pub(crate) mod invites;
pub(crate) mod items;
pub(crate) mod mail;
pub(crate) mod media;
pub(crate) mod members;
pub(crate) mod people;
pub(crate) mod policy;
pub(crate) mod rights;
mod sheet;
pub(crate) mod sign_in;
pub(crate) mod tokens;
pub(crate) mod uploads;
pub(crate) mod viewings;

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use http::StatusCode;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::error::ApiError;
use crate::state::AppState;

/// A JSON body; a bad one gets our own error with a sentence that says where.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<AppState> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, ApiError> {
        let Json(raw) =
            Json::<Box<RawValue>>::from_request(request, state).await.map_err(|e| bad_body(&e))?;
        // A body whose fields are all optional would be read from an empty list too.
        if !raw.get().trim_start().starts_with('{') {
            return Err(ApiError::new(StatusCode::BAD_REQUEST, "bad_body", "Send a JSON object."));
        }
        let mut unknown = None;
        let mut json = serde_json::Deserializer::from_str(raw.get());
        let read = serde_ignored::deserialize(&mut json, |field| unknown = Some(field.to_string()));
        // A misspelt field would be a wish that silently does not count, such as a limit of clicks.
        let text = match (read, unknown) {
            (Ok(body), None) => return Ok(Self(body)),
            (Ok(_), Some(field)) => format!("There is no field {field:?}."),
            (Err(error), _) => error.to_string(),
        };
        Err(ApiError::new(StatusCode::BAD_REQUEST, "bad_body", text))
    }
}

fn bad_body(rejection: &JsonRejection) -> ApiError {
    let status = match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => StatusCode::PAYLOAD_TOO_LARGE,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        _ => StatusCode::BAD_REQUEST,
    };
    ApiError::new(status, "bad_body", rejection.body_text())
}

/// An id of a path; anything else is nothing.
pub(crate) fn id<T: std::str::FromStr>(text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ApiError::not_found())
}
