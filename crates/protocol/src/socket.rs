//! Messages of the sockets: `/m/{viewing}/socket` of a page with a viewing, `/api/socket` of a member's pages.

use crate::code::{EndReason, News};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// From the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToPage {
    /// Nothing happened, and the line is good.
    Alive,
    /// The viewing is over.
    Ended {
        /// Why it is over.
        reason: EndReason,
    },
    /// Something about an item changed; the page fetches what it shows of it.
    Changed {
        /// Which.
        item: String,
        /// What of it changed.
        what: News,
        /// With `progress`.
        #[serde(skip_serializing_if = "Option::is_none")]
        percent: Option<u8>,
    },
}

/// From a member's page.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromPage {
    /// The items whose changes the page wants to hear of, in place of those before.
    Watch {
        /// Up to 100 ids.
        items: Vec<String>,
    },
}
