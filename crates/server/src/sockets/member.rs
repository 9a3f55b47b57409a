//! The socket of a member's page: changes at the items it shows, and that they are signed out. Each watched item is
//! decided when it is named.

use std::collections::HashSet;

use app::accounts::SessionWatch;
use app::domain::access::Action;
use app::domain::{EndReason, ItemId, News};
use app::{Caller, Change};
use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use protocol::{FromPage, ToPage};
use tokio::sync::broadcast::error::RecvError;

use super::{ALIVE_EVERY, end, send, small};
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

/// Items one page may watch.
const WATCHED_MOST: usize = 100;

/// `GET /api/socket`.
pub(crate) async fn open(
    State(state): State<AppState>,
    who: Who,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    if !state.origins.is_own(&headers) {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "foreign_origin",
            "Only our own pages open this socket.",
        ));
    }
    state.app.decide_on_site(&who.caller, Action::ListOwnItems)?;
    let upgrade = upgrade.map_err(|e| ApiError::new(e.status(), "bad_socket", e.body_text()))?;
    let watch = state.app.watch_session(&who.caller).await?;
    Ok(small(upgrade).on_upgrade(move |socket| talk(socket, state, who.caller, watch)))
}

async fn talk(mut socket: WebSocket, state: AppState, caller: Caller, mut session: SessionWatch) {
    let mut alive = tokio::time::interval(ALIVE_EVERY);
    let mut changes = state.app.changes();
    let mut watched: HashSet<ItemId> = HashSet::new();
    loop {
        tokio::select! {
            change = changes.recv() => {
                let told = match change {
                    Ok(change) if watched.contains(&change.item) => send(&mut socket, &changed(&change)).await,
                    Ok(_) => true,
                    // Too many at once: whatever is watched is fetched anew.
                    Err(RecvError::Lagged(_)) => tell_all(&mut socket, &watched).await,
                    Err(RecvError::Closed) => false,
                };
                if !told { return }
            }
            _ = alive.tick() => {
                session.hear();
                if !send(&mut socket, &ToPage::Alive).await { return }
            }
            () = session.over() => return end(socket, EndReason::SignedOut).await,
            came = socket.recv() => match came {
                Some(Ok(Message::Text(text))) => {
                    let Ok(FromPage::Watch { items }) = serde_json::from_str(&text) else { return };
                    watched = state.app.keep_visible(&caller, ids(&items)).await;
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                Some(Ok(_)) => {}
            },
        }
    }
}

fn ids(items: &[String]) -> Vec<ItemId> {
    items.iter().take(WATCHED_MOST).filter_map(|text| text.parse().ok()).collect()
}

fn changed(change: &Change) -> ToPage {
    ToPage::Changed { item: change.item.to_string(), what: change.what.into(), percent: change.percent }
}

async fn tell_all(socket: &mut WebSocket, watched: &HashSet<ItemId>) -> bool {
    for item in watched {
        let message = ToPage::Changed { item: item.to_string(), what: News::State.into(), percent: None };
        if !send(socket, &message).await {
            return false;
        }
    }
    true
}
