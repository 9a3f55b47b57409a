//! Resumable uploads: tus 1.0 with creation, creation-with-upload, expiration, termination and checksum.

use std::time::Duration;

use app::domain::UploadId;
use app::uploads::{Checksum, Received, Standing, TypedUpload};
use app::{App, Caller, Conflict, Error};
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
#[utoipa::path(options, path = "/api/uploads", tag = "uploads",
    responses((status = 204, headers(
        ("Tus-Version" = String, description = "Versions of the protocol."),
        ("Tus-Extension" = String, description = "Its extensions."),
        ("Tus-Max-Size" = u64, description = "Bytes of a file, at most."),
        ("Tus-Checksum-Algorithm" = String, description = "What `Upload-Checksum` may be by.")))))]
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

/// Begins an upload. With a body that is the first piece.
#[utoipa::path(post, path = "/api/uploads", tag = "uploads",
    params(("Tus-Resumable" = String, Header, description = "The protocol's version.", example = "1.0.0"),
        ("Upload-Length" = u64, Header, description = "Bytes of the whole file.", example = "1048576"),
        ("Upload-Metadata" = Option<String>, Header,
            description = "Pairs of a key and its value in base64, with commas between them: `filename`, `title`.",
            example = "filename ZmlsbS5tcDQ=,title RmllbGQgdHJpcA=="),
        ("Upload-Checksum" = Option<String>, Header, description = "Of the piece that comes along: `sha1` or `sha256`, then base64.")),
    request_body(content = Option<Vec<u8>>, content_type = "application/offset+octet-stream", description = "The first piece; may be absent."),
    responses((status = 201, headers(("Location" = String, description = "The upload's own address."), ("Upload-Offset" = u64, description = "Bytes that are on the disk."), ("Upload-Expires" = String, description = "Until when it goes on."), ("Anteroom-Item" = String, description = "The item that it becomes."))),
        (status = 412, body = protocol::ErrorBody), (status = 413, body = protocol::ErrorBody), (status = 507, body = protocol::ErrorBody)))]
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
    let checksum = checksum(&headers)?;
    let standing = state.app.begin_upload(&who.caller, TypedUpload { size_bytes, file_name, title }).await?;
    let with_upload = text(&headers, header::CONTENT_TYPE.as_str()) == Some(PIECE);
    if with_upload {
        let first = first_piece(state.app.clone(), who.caller, standing, checksum, body);
        // A task of its own, as for every piece.
        return Ok(tokio::spawn(first).await.map_err(|e| Error::Bug(e.to_string()))?);
    }
    Ok(created(&standing))
}

fn created(standing: &Standing) -> Response {
    let mut response = (StatusCode::CREATED, standing_headers(standing)).into_response();
    response.headers_mut().insert(header::LOCATION, location(standing));
    with_tus(response)
}

fn location(standing: &Standing) -> HeaderValue {
    let text = format!("/api/uploads/{}", standing.id);
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("/"))
}

fn broke_off() -> ApiError {
    bad("broke_off", "The body broke off. Nothing of the upload is kept.")
}

/// Takes in the piece that came with its upload's creation. If that is no good nothing of the upload stays: whoever sent
/// it does not know its address. If giving it up fails, too, the answer says where it is.
async fn first_piece(
    app: App,
    caller: Caller,
    standing: Standing,
    checksum: Option<Checksum>,
    body: Body,
) -> Response {
    let error = match take_in(&app, &caller, (standing.id, 0), checksum, body).await {
        Ok((received, Ending::Whole)) => return created(&received.standing),
        Ok((_, Ending::BrokeOff)) => broke_off(),
        Err(error) => error.into(),
    };
    let mut response = error.into_response();
    if app.end_upload(&caller, standing.id).await.is_err() {
        response.headers_mut().insert(header::LOCATION, location(&standing));
    }
    with_tus(response)
}

/// Where an upload stands: what is flushed to disk.
#[utoipa::path(head, path = "/api/uploads/{upload}", tag = "uploads",
    params(("Tus-Resumable" = String, Header, description = "The protocol's version.", example = "1.0.0")),
    responses((status = 200, headers(("Upload-Offset" = u64, description = "Bytes that are on the disk."), ("Upload-Expires" = String, description = "Until when it goes on."), ("Anteroom-Item" = String, description = "The item that it becomes."), ("Upload-Length" = u64, description = "Bytes of the whole file."))),
        (status = 404), (status = 410)))]
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
    params(("Tus-Resumable" = String, Header, description = "The protocol's version.", example = "1.0.0"),
        ("Upload-Offset" = u64, Header, description = "Where the piece begins: what the answer before said.", example = "0"),
        ("Upload-Checksum" = Option<String>, Header, description = "Of this piece: `sha1` or `sha256`, then base64.")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream", description = "The piece."),
    responses((status = 204, headers(("Upload-Offset" = u64, description = "Bytes that are on the disk."), ("Upload-Expires" = String, description = "Until when it goes on."), ("Anteroom-Item" = String, description = "The item that it becomes."))), (status = 409, body = protocol::ErrorBody), (status = 423, body = protocol::ErrorBody), (status = 460, body = protocol::ErrorBody)))]
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
    let (upload, checksum) = (id(&upload)?, checksum(&headers)?);
    let piece = async move { take_in(&state.app, &who.caller, (upload, offset), checksum, body).await };
    let (received, _) = tokio::spawn(piece).await.map_err(|e| Error::Bug(e.to_string()))??;
    Ok(with_tus((StatusCode::NO_CONTENT, standing_headers(&received.standing)).into_response()))
}

/// Gives up an upload.
#[utoipa::path(delete, path = "/api/uploads/{upload}", tag = "uploads", params(("Tus-Resumable" = String, Header, description = "The protocol's version.", example = "1.0.0")), responses((status = 204)))]
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

/// How a body ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// By itself, or by silence.
    Whole,
    /// With its connection.
    BrokeOff,
}

/// Takes in a body at an offset of an upload. To be run as a task of its own: when the sender goes away the handler goes
/// too, but what came is still flushed and counted.
async fn take_in(
    app: &App,
    caller: &Caller,
    (upload, offset): (UploadId, u64),
    checksum: Option<Checksum>,
    mut body: Body,
) -> Result<(Received, Ending), Error> {
    let mut intake = app.take_in(caller, upload, offset, checksum.as_ref()).await?;
    let mut given_up = std::pin::pin!(intake.given_up());
    let mut ending = Ending::Whole;
    loop {
        let frame = tokio::select! {
            biased;
            () = &mut given_up => return Err(Conflict::UploadGone.into()),
            frame = tokio::time::timeout(SILENCE, body.frame()) => frame,
        };
        match frame.map(|frame| frame.map(|frame| frame.map(http_body::Frame::into_data))) {
            Ok(Some(Ok(Ok(bytes)))) => intake.write(bytes).await?,
            // Trailers.
            Ok(Some(Ok(Err(_)))) => {}
            // A sender that went away: what came counts.
            Ok(Some(Err(_))) => {
                ending = Ending::BrokeOff;
                break;
            }
            Ok(None) | Err(_) => break,
        }
    }
    Ok((intake.end().await?, ending))
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
