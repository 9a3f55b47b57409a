//! Media bytes of one viewing, by its ticket: the way through hyper. The shorter way is `lane.rs`; a test holds
//! their answers equal.

use std::io::{self, IoSliceMut};
use std::sync::Arc;

use app::App;
use app::domain::ViewingId;
use app::viewing::MediaPass;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use rustix::io::{ReadWriteFlags, preadv2};

use super::id;
use crate::cookies;
use crate::error::ApiError;
use crate::lines::OnLine;
use crate::media_answer::{self, MediaAnswer, MediaFile};
use crate::state::AppState;

/// Bytes read at once. More costs fewer hops to the reading threads, fewer bounds what a slow reader holds.
const PIECE: usize = 128 * 1_024;

/// `GET /m/{viewing}/{file}`.
pub(crate) async fn show(
    State(state): State<AppState>,
    Path((viewing, file)): Path<(String, String)>,
    OnLine(line): OnLine,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let viewing: ViewingId = id(&viewing)?;
    let refused = || ApiError::new(StatusCode::NOT_FOUND, "ended", "This viewing does not open this.");
    let pass =
        state.app.pass_media(viewing, &file, cookies::ticket(&headers).as_bytes()).ok_or_else(refused)?;
    if let Some(line) = line {
        line.will_send(&pass);
    }
    let range = headers.get(header::RANGE).filter(|_| !headers.contains_key(header::IF_RANGE));
    let range = range.and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    let path = state.app.media_path(&pass);
    let file = tokio::task::spawn_blocking(move || MediaFile::open(&path)).await;
    let file = file.ok().flatten().ok_or_else(ApiError::not_found)?;
    Ok(respond(&state.app, pass, MediaAnswer::new(Arc::new(file), range.as_deref())))
}

fn respond(app: &App, pass: MediaPass, answer: MediaAnswer) -> Response {
    let (status, content_type, content_range) =
        (answer.status, answer.file.content_type, answer.content_range.clone());
    let length = answer.bytes.len();
    let body = Body::from_stream(pieces(app.clone(), pass, answer));
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    for (name, value) in media_answer::ALWAYS {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    if let Some(range) = content_range.and_then(|range| HeaderValue::try_from(range).ok()) {
        headers.insert(HeaderName::from_static("content-range"), range);
    }
    response
}

struct Reading {
    app: App,
    pass: MediaPass,
    answer: MediaAnswer,
}

/// The bytes, piece by piece; ends in an error, which breaks the connection, when the viewing is ended meanwhile.
fn pieces(
    app: App,
    pass: MediaPass,
    answer: MediaAnswer,
) -> impl futures_util::Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(Reading { app, pass, answer }, |mut reading| async {
        if reading.answer.bytes.len() == 0 {
            return Ok(None);
        }
        let piece = reading.next().await?;
        Ok(Some((piece, reading)))
    })
}

impl Reading {
    async fn next(&mut self) -> io::Result<Bytes> {
        if !self.app.is_still_good(&self.pass) {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        let (file, at) = (self.answer.file.clone(), self.answer.bytes.from);
        let most = usize::try_from(self.answer.bytes.len()).unwrap_or(PIECE).min(PIECE);
        let piece = match read_cached(&file, at, most) {
            Some(piece) => piece,
            None => tokio::task::spawn_blocking(move || read(&file, at, most)).await??,
        };
        if piece.is_empty() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.answer.bytes.from += piece.len() as u64;
        Ok(piece.into())
    }
}

/// What the kernel has in memory, without waiting for a disk; none when it has nothing, or cannot tell.
fn read_cached(file: &MediaFile, at: u64, most: usize) -> Option<Vec<u8>> {
    let mut piece = vec![0; most];
    let count = preadv2(&file.file, &mut [IoSliceMut::new(&mut piece)], at, ReadWriteFlags::NOWAIT).ok()?;
    piece.truncate(count);
    Some(piece)
}

fn read(file: &MediaFile, at: u64, most: usize) -> io::Result<Vec<u8>> {
    let mut piece = vec![0; most];
    let count = rustix::io::pread(&file.file, &mut piece[..], at)?;
    piece.truncate(count);
    Ok(piece)
}
