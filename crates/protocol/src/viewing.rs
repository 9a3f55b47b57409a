//! Viewings.

use crate::code::EndReason;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Opening a viewing: at every document load.
#[derive(Debug, Deserialize, ToSchema)]
pub struct OpenViewing {
    /// The item on the page.
    pub item: String,
}

/// An opened viewing. Its ticket comes as a cookie.
#[derive(Debug, Serialize, ToSchema)]
pub struct Viewing {
    /// Id, part of every media URL.
    pub viewing: String,
    /// The master playlist.
    pub media_url: String,
    /// The poster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poster_url: Option<String>,
    /// How often to renew.
    pub renew_every_ms: i64,
    /// The page's socket.
    pub socket_url: String,
}

/// Why a viewing is not renewed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ViewingEnded {
    /// Always `ended`.
    pub code: &'static str,
    /// Why it is over.
    pub reason: EndReason,
}
