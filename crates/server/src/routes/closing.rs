//! What both doors have in common for their owner: how one closes, and its URL as a QR code.

use app::domain::{Closing, Instant};
use app::guest_access::{Closed as AppClosed, Obeyed};
use axum::response::{IntoResponse, Response};
use http::header;
use protocol::Closed;
use serde::Deserialize;

use crate::error::ApiError;

/// How a deleted link or a revoked invite closes.
#[derive(Default, Deserialize, utoipa::IntoParams)]
#[serde(default)]
pub(crate) struct ClosingQuery {
    /// `finish` (default), `until` or `now`.
    closing: String,
    /// With `until`.
    until_ms: Option<i64>,
}

impl ClosingQuery {
    pub(super) fn read(&self) -> Result<Closing, ApiError> {
        match (self.closing.as_str(), self.until_ms) {
            ("" | "finish", _) => Ok(Closing::Finish),
            ("now", _) => Ok(Closing::Now),
            ("until", Some(until_ms)) => Ok(Closing::Until(Instant::from_ms(until_ms))),
            _ => Err(app::Error::invalid("closing", "closing_unknown").into()),
        }
    }
}

/// What closing came to.
pub(crate) fn closed(closed: AppClosed) -> Closed {
    let at_latest_seconds = match closed.obeyed {
        Obeyed::Everywhere => None,
        Obeyed::WithinSeconds(seconds) => Some(seconds),
    };
    Closed {
        ended_viewings: closed.ended_viewings,
        confirmed: at_latest_seconds.is_none(),
        at_latest_seconds,
    }
}

/// A URL as a picture.
pub(super) fn qr_code(url: String) -> Result<Response, ApiError> {
    let code = qrcode::QrCode::new(url).map_err(|e| app::Error::Bug(e.to_string()))?;
    let svg = code.render::<qrcode::render::svg::Color<'_>>().min_dimensions(240, 240).build();
    Ok(([(header::CONTENT_TYPE, "image/svg+xml")], svg).into_response())
}
