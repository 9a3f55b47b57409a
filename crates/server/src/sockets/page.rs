//! The socket of a page with a viewing: alive, ended, changed. It never carries media, and nothing that comes in
//! on it does anything.

use app::PageMessage;
use app::domain::{ItemId, ViewingId};
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use protocol::ToPage;
use tokio::sync::mpsc;

use super::{ALIVE_EVERY, end, send, small};
use crate::cookies;
use crate::error::ApiError;
use crate::routes::id;
use crate::state::AppState;

/// `GET /m/{viewing}/socket`.
pub(crate) async fn open(
    State(state): State<AppState>,
    Path(viewing): Path<String>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let viewing: ViewingId = id(&viewing)?;
    if !state.origins.is_own(&headers) {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "Only our own pages open this socket.",
        ));
    }
    // First: a GET that becomes no socket must not count as a sign of life.
    let upgrade = upgrade.map_err(|e| ApiError::new(e.status(), "bad_socket", e.body_text()))?;
    let refused = || ApiError::new(StatusCode::NOT_FOUND, "ended", "This viewing is over.");
    let (ticket, messages) =
        state.app.listen(viewing, cookies::ticket(&headers).as_bytes()).ok_or_else(refused)?;
    let item = ticket.media.item;
    Ok(small(upgrade).on_upgrade(move |socket| talk(socket, item, messages)))
}

async fn talk(mut socket: WebSocket, item: ItemId, mut messages: mpsc::Receiver<PageMessage>) {
    let mut alive = tokio::time::interval(ALIVE_EVERY);
    loop {
        let message = tokio::select! {
            message = messages.recv() => match message {
                Some(PageMessage::Changed(what)) => {
                    ToPage::Changed { item: item.to_string(), what: what.into(), percent: None }
                }
                Some(PageMessage::Ended(reason)) => return end(socket, reason).await,
                // The viewing is unknown here by now; the page asks again by renewing.
                None => return,
            },
            _ = alive.tick() => ToPage::Alive,
            came = socket.recv() => match came {
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => continue,
            },
        };
        if !send(&mut socket, &message).await {
            return;
        }
    }
}
