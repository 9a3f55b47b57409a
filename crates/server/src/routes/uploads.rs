//! Resumable uploads: tus 1.0 with creation, creation-with-upload, expiration, termination and checksum.

use std::time::Duration;

use app::Error;
use app::uploads::{Checksum, Received, Standing, TypedUpload};
use axum::body::Body;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use http_body_util::BodyExt;

use super::id;
use crate::error::ApiError;
use crate::state::AppState;
use crate::who::Who;

const TUS_RESUMABLE: HeaderName = HeaderName::from_static("tus-resumable");
const TUS_VERSION: &str = "1.0.0";
const EXTENSIONS: &str = "creation,creation-with-upload,expiration,termination,checksum";
/// A sender that brings nothing for this long is gone; what came counts.
const SILENCE: Duration = Duration::from_secs(60);
const PIECE: &str = "application/offset+octet-stream";

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name).and_then(|value| value.parse().ok())
}

fn bad(code: &'static str, message: &str) -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, code, message)
}

/// Every request but OPTIONS names the protocol's version.
fn check_version(headers: &HeaderMap) -> Result<(), ApiError> {
    if text(headers, "tus-resumable") == Some(TUS_VERSION) {
        return Ok(());
    }
    Err(ApiError::new(StatusCode::PRECONDITION_FAILED, "tus_version", "Send Tus-Resumable: 1.0.0."))
}

fn checksum(headers: &HeaderMap) -> Result<Option<Checksum>, ApiError> {
    let Some(value) = text(headers, "upload-checksum") else { return Ok(None) };
    let read = Checksum::from_text(value);
    read.map(Some)
        .ok_or_else(|| bad("checksum_unknown", "Upload-Checksum must be sha1 or sha256 and a base64 digest."))
}

fn with_tus(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(TUS_RESUMABLE, HeaderValue::from_static(TUS_VERSION));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn standing_headers(standing: &Standing) -> [(HeaderName, HeaderValue); 3] {
    let item = HeaderValue::from_str(&standing.item.to_string()).unwrap_or(HeaderValue::from_static(""));
    let expires = HeaderValue::from_str(&http_date(standing.expires_at.as_ms()));
    [
        (HeaderName::from_static("upload-offset"), HeaderValue::from(standing.offset_bytes)),
        (HeaderName::from_static("upload-expires"), expires.unwrap_or(HeaderValue::from_static(""))),
        (HeaderName::from_static("anteroom-item"), item),
    ]
}

/// An instant as RFC 9110 writes dates.
fn http_date(ms: i64) -> String {
    let since = Duration::from_millis(ms.max(0) as u64);
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + since)
}

/// What the server can do.
#[utoipa::path(options, path = "/api/uploads", tag = "uploads", responses((status = 204)))]
pub(crate) async fn describe(State(state): State<AppState>) -> Response {
    let most = HeaderValue::from(state.app.config().upload_max_bytes);
    let mut response = StatusCode::NO_CONTENT.into_response();
    let headers = response.headers_mut();
    headers.insert("tus-version", HeaderValue::from_static(TUS_VERSION));
    headers.insert("tus-extension", HeaderValue::from_static(EXTENSIONS));
    headers.insert("tus-max-size", most);
    headers.insert("tus-checksum-algorithm", HeaderValue::from_static("sha1,sha256"));
    with_tus(response)
}

/// Begins an upload. `Upload-Length` is required; `Upload-Metadata` may carry `filename` and `title`. With a body
/// it is the first piece.
#[utoipa::path(post, path = "/api/uploads", tag = "uploads",
    responses((status = 201), (status = 413, body = protocol::ErrorBody), (status = 507, body = protocol::ErrorBody)))]
pub(crate) async fn create(
    State(state): State<AppState>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    check_version(&headers)?;
    let size_bytes = number(&headers, "upload-length")
        .ok_or_else(|| bad("length_required", "Upload-Length must say how many bytes will come."))?;
    let metadata = text(&headers, "upload-metadata").unwrap_or_default();
    let file_name = metadata_value(metadata, "filename").unwrap_or_default();
    let title = metadata_value(metadata, "title").filter(|title| !title.trim().is_empty());
    let mut standing =
        state.app.begin_upload(&who.caller, TypedUpload { size_bytes, file_name, title }).await?;
    let with_upload = text(&headers, header::CONTENT_TYPE.as_str()) == Some(PIECE);
    if with_upload {
        standing = receive(&state, &who, standing.id, 0, checksum(&headers)?, body).await?.standing;
    }
    let location = HeaderValue::from_str(&format!("/api/uploads/{}", standing.id));
    let mut response = (StatusCode::CREATED, standing_headers(&standing)).into_response();
    response.headers_mut().insert(header::LOCATION, location.unwrap_or(HeaderValue::from_static("/")));
    Ok(with_tus(response))
}

/// Where an upload stands: what is flushed to disk.
#[utoipa::path(head, path = "/api/uploads/{upload}", tag = "uploads",
    responses((status = 200), (status = 404), (status = 410)))]
pub(crate) async fn stand(
    State(state): State<AppState>,
    Path(upload): Path<String>,
    who: Who,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    check_version(&headers)?;
    let standing = state.app.get_upload(&who.caller, id(&upload)?).await?;
    let mut response = (StatusCode::OK, standing_headers(&standing)).into_response();
    response.headers_mut().insert("upload-length", HeaderValue::from(standing.size_bytes));
    Ok(with_tus(response))
}

/// Takes in a piece at `Upload-Offset`.
#[utoipa::path(patch, path = "/api/uploads/{upload}", tag = "uploads",
    responses((status = 204), (status = 409, body = protocol::ErrorBody), (status = 423, body = protocol::ErrorBody), (status = 460, body = protocol::ErrorBody)))]
pub(crate) async fn append(
    State(state): State<AppState>,
    Path(upload): Path<String>,
    who: Who,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, ApiError> {
    check_version(&headers)?;
    if text(&headers, header::CONTENT_TYPE.as_str()) != Some(PIECE) {
        let message = "The content type of a piece is application/offset+octet-stream.";
        return Err(ApiError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "bad_body", message));
    }
    let offset = number(&headers, "upload-offset")
        .ok_or_else(|| bad("offset_required", "Upload-Offset must say where the piece begins."))?;
    let received = receive(&state, &who, id(&upload)?, offset, checksum(&headers)?, body).await?;
    Ok(with_tus((StatusCode::NO_CONTENT, standing_headers(&received.standing)).into_response()))
}

/// Gives up an upload.
#[utoipa::path(delete, path = "/api/uploads/{upload}", tag = "uploads", responses((status = 204)))]
pub(crate) async fn terminate(
    State(state): State<AppState>,
    Path(upload): Path<String>,
    who: Who,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    check_version(&headers)?;
    state.app.end_upload(&who.caller, id(&upload)?).await?;
    Ok(with_tus(StatusCode::NO_CONTENT.into_response()))
}

/// Takes in a body. Runs as a task of its own: when the sender goes away the handler goes too, but what came is
/// still flushed and counted.
async fn receive(
    state: &AppState,
    who: &Who,
    upload: app::domain::UploadId,
    offset: u64,
    checksum: Option<Checksum>,
    mut body: Body,
) -> Result<Received, ApiError> {
    let mut intake = state.app.take_in(&who.caller, upload, offset, checksum.as_ref()).await?;
    let task = tokio::spawn(async move {
        while let Ok(Some(frame)) = tokio::time::timeout(SILENCE, body.frame()).await {
            match frame.map(http_body::Frame::into_data) {
                Ok(Ok(bytes)) => intake.write(bytes).await?,
                // Trailers, or a sender that went away: what came counts.
                Ok(Err(_)) => {}
                Err(_) => break,
            }
        }
        intake.end().await
    });
    let received = task.await.map_err(|e| Error::Bug(e.to_string()))?;
    Ok(received?)
}

/// A value of `Upload-Metadata`: `key base64,key base64`.
fn metadata_value(metadata: &str, key: &str) -> Option<String> {
    let pairs = metadata.split(',').filter_map(|pair| pair.trim().split_once(' '));
    let encoded = pairs.into_iter().find(|(found, _)| *found == key)?.1;
    let bytes = decode(encoded)?;
    String::from_utf8(bytes).ok()
}

fn decode(encoded: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read_by_key() {
        let metadata = "filename ZmlsbS5tcDQ=, title RmllbGQgdHJpcA==,empty";
        assert_eq!(metadata_value(metadata, "filename").as_deref(), Some("film.mp4"));
        assert_eq!(metadata_value(metadata, "title").as_deref(), Some("Field trip"));
        assert_eq!(metadata_value(metadata, "empty"), None);
        assert_eq!(metadata_value("filename !!!", "filename"), None);
    }
}
