//! A member's API tokens.

use app::domain::{Instant, Scope, Scopes};
use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use protocol::{NewToken, NewTokenAnswer, Token, Tokens};

use super::{Body, id};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

fn token(token: app::tokens::ApiToken) -> Token {
    Token {
        id: token.id.to_string(),
        name: token.name,
        scopes: token.scopes.iter().map(|scope| scope.code().into()).collect(),
        created_ms: token.created_at.as_ms(),
        end_ms: token.expires_at.map(Instant::as_ms),
    }
}

/// The member's API tokens.
#[utoipa::path(get, path = "/api/tokens", tag = "tokens", responses((status = 200, body = Tokens)))]
pub(crate) async fn list(State(state): State<AppState>, who: Who) -> Result<Json<Tokens>, ApiError> {
    let tokens = state.app.list_tokens(&who.caller).await?;
    let scopes = Scope::ALL.iter().copied().map(Into::into).collect();
    Ok(Json(Tokens { tokens: tokens.into_iter().map(token).collect(), scopes }))
}

/// Makes an API token. Its secret is answered this once.
#[utoipa::path(post, path = "/api/tokens", tag = "tokens", request_body = NewToken,
    responses((status = 201, body = NewTokenAnswer), (status = 422, body = protocol::ErrorBody)))]
pub(crate) async fn create(
    State(state): State<AppState>,
    who: Who,
    Body(typed): Body<NewToken>,
) -> Result<(StatusCode, Json<NewTokenAnswer>), ApiError> {
    let scopes = Scopes::from_text(&typed.scopes.join(" "));
    let scopes = scopes.map_err(|_| app::Error::invalid("scopes", "scope_unknown"))?;
    let (secret, made) = state.app.make_token(&who.caller, &typed.name, scopes, typed.days).await?;
    Ok((StatusCode::CREATED, Json(NewTokenAnswer { token: secret.to_text(), made: token(made) })))
}

/// Ends an API token at once.
#[utoipa::path(delete, path = "/api/tokens/{token}", tag = "tokens", responses((status = 204)))]
pub(crate) async fn delete(
    State(state): State<AppState>,
    Path(asked): Path<String>,
    who: Who,
) -> Result<StatusCode, ApiError> {
    state.app.delete_token(&who.caller, id(&asked)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
