//! For machines that watch the machine.

use axum::extract::State;
use http::StatusCode;

use crate::error::ApiError;
use crate::state::AppState;

/// The process lives.
pub(crate) async fn alive() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The process can do its work: the database answers.
pub(crate) async fn ready(State(state): State<AppState>) -> Result<StatusCode, ApiError> {
    state.app.check_ready().await?;
    Ok(StatusCode::NO_CONTENT)
}
