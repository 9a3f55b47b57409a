//! Sockets: one small one per page.

pub(crate) mod member;
pub(crate) mod page;

use std::time::Duration;

use app::domain::EndReason;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade};
use protocol::ToPage;

/// How often a silent line says that it lives.
pub(crate) const ALIVE_EVERY: Duration = Duration::from_secs(20);
/// Close codes, from the range that is ours to give.
const ENDED: u16 = 4401;
/// Bytes of one message from a page. A list of watched items fits.
const MESSAGE_MOST: usize = 8 * 1_024;

/// Small buffers: thousands of these lines are open at once.
pub(crate) fn small(upgrade: WebSocketUpgrade) -> WebSocketUpgrade {
    upgrade
        .max_message_size(MESSAGE_MOST)
        .max_frame_size(MESSAGE_MOST)
        .read_buffer_size(4 * 1_024)
        .write_buffer_size(0)
}

/// Sends a message; false when the line is gone.
pub(crate) async fn send(socket: &mut WebSocket, message: &ToPage) -> bool {
    let Ok(text) = serde_json::to_string(message) else { return false };
    socket.send(Message::Text(Utf8Bytes::from(text))).await.is_ok()
}

/// The reason goes as a message first: browsers hide close reasons.
pub(crate) async fn end(mut socket: WebSocket, reason: EndReason) {
    if send(&mut socket, &ToPage::Ended { reason: reason.into() }).await {
        let close = CloseFrame { code: ENDED, reason: reason.code().into() };
        let _ = socket.send(Message::Close(Some(close))).await;
    }
}
