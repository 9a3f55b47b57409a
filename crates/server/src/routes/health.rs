//! For machines that watch the machine.

use app::Error;
use axum::extract::State;
use http::StatusCode;

use crate::error::ApiError;
use crate::state::AppState;

/// The process lives.
pub(crate) async fn alive() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The process can do its work: the database answers, and the clock can be trusted. If not, the answer says why; it names
/// no person and no secret.
pub(crate) async fn ready(State(state): State<AppState>) -> Result<StatusCode, ApiError> {
    match state.app.check_ready().await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(Error::Unavailable(cause)) => Err(ApiError::not_ready(cause)),
        Err(error) => Err(error.into()),
    }
}
