//! Media bytes of one viewing, by its ticket: the way through hyper. The shorter way is `lane.rs`; a test holds
//! their answers equal.

use std::io::SeekFrom;

use app::App;
use app::domain::ViewingId;
use app::viewing::MediaPass;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use tokio::io::{AsyncReadExt, AsyncSeekExt};

use super::id;
use crate::cookies;
use crate::error::ApiError;
use crate::media_answer::MediaAnswer;
use crate::state::AppState;

/// Bytes read at once. More costs fewer hops to the reading threads, fewer bounds what a slow reader holds.
const PIECE: usize = 256 * 1_024;

/// `GET /m/{viewing}/{file}`.
pub(crate) async fn show(
    State(state): State<AppState>,
    Path((viewing, file)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let viewing: ViewingId = id(&viewing)?;
    let refused = || ApiError::new(StatusCode::NOT_FOUND, "ended", "This viewing does not open this.");
    let pass =
        state.app.pass_media(viewing, &file, cookies::ticket(&headers).as_bytes()).ok_or_else(refused)?;
    let range = headers.get(header::RANGE).filter(|_| !headers.contains_key(header::IF_RANGE));
    let range = range.and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    let path = pass.file.clone();
    let answer = tokio::task::spawn_blocking(move || MediaAnswer::open(&path, range.as_deref())).await;
    let answer = answer.ok().flatten().ok_or_else(ApiError::not_found)?;
    Ok(respond(&state.app, pass, answer).await)
}

async fn respond(app: &App, pass: MediaPass, answer: MediaAnswer) -> Response {
    let (status, content_type, content_range) =
        (answer.status, answer.content_type, answer.content_range.clone());
    let length = answer.bytes.len();
    let body = Body::from_stream(pieces(app.clone(), pass, answer).await);
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    if let Some(range) = content_range.and_then(|range| HeaderValue::try_from(range).ok()) {
        headers.insert(HeaderName::from_static("content-range"), range);
    }
    response
}

struct Reading {
    app: App,
    pass: MediaPass,
    file: tokio::fs::File,
    left: u64,
}

/// The bytes, piece by piece; ends in an error, which breaks the connection, when the viewing is ended meanwhile.
async fn pieces(
    app: App,
    pass: MediaPass,
    answer: MediaAnswer,
) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    let mut file = tokio::fs::File::from_std(answer.file);
    file.set_max_buf_size(PIECE);
    let begun = file.seek(SeekFrom::Start(answer.bytes.from)).await;
    let reading = begun.map(|_| Reading { app, pass, file, left: answer.bytes.len() });
    stream::unfold(reading, |reading| async {
        let mut reading = match reading {
            Ok(reading) if reading.left > 0 => reading,
            Ok(_) => return None,
            Err(error) => return Some((Err(error), ended_reading())),
        };
        match reading.next().await {
            Ok(piece) => Some((Ok(piece), Ok(reading))),
            Err(error) => {
                reading.left = 0;
                Some((Err(error), Ok(reading)))
            }
        }
    })
}

/// After an error nothing more is asked of the stream; this only gives it a shape.
fn ended_reading() -> Result<Reading, std::io::Error> {
    Err(std::io::ErrorKind::UnexpectedEof.into())
}

impl Reading {
    async fn next(&mut self) -> std::io::Result<Bytes> {
        if !self.app.is_still_good(&self.pass) {
            return Err(std::io::ErrorKind::ConnectionAborted.into());
        }
        let most = usize::try_from(self.left).unwrap_or(PIECE).min(PIECE);
        let mut piece = BytesMut::with_capacity(most);
        let read = (&mut self.file).take(most as u64).read_buf(&mut piece).await?;
        if read == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        self.left -= read as u64;
        Ok(piece.freeze())
    }
}
