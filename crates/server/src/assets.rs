//! The built front end, embedded. Hashed files are immutable for a year.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use rust_embed::RustEmbed;
use serde::Deserialize;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Dist;

/// One source file's outcome in the build.
#[derive(Deserialize)]
struct Built {
    file: String,
}

/// The hashed names of the build.
#[derive(Default)]
pub(crate) struct Manifest(HashMap<String, Built>);

impl Manifest {
    /// Reads the build's own list; empty when the front end was not built.
    pub(crate) fn load() -> Self {
        let list = Dist::get(".vite/manifest.json").map(|file| serde_json::from_slice(&file.data));
        match list {
            Some(Ok(list)) => Self(list),
            Some(Err(error)) => {
                tracing::error!(%error, "the front end's manifest cannot be read");
                Self::default()
            }
            None => {
                tracing::error!("the front end was not built into this program: run `npm run build` in web/");
                Self::default()
            }
        }
    }

    /// The URL of a source file's outcome.
    pub(crate) fn url(&self, source: &str) -> Option<String> {
        self.0.get(source).map(|built| format!("/{}", built.file))
    }
}

/// The single-page app's document as it was built.
pub(crate) fn document() -> Option<String> {
    Dist::get("index.html").and_then(|file| String::from_utf8(file.data.into_owned()).ok())
}

/// A hashed file.
pub(crate) async fn show(Path(file): Path<String>) -> Response {
    serve(&format!("assets/{file}"), "public, max-age=31536000, immutable")
}

/// The icon.
pub(crate) async fn icon() -> Response {
    serve("favicon.svg", "public, max-age=86400")
}

fn serve(path: &str, caching: &'static str) -> Response {
    let Some(file) = Dist::get(path) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let mut response = file.data.into_owned().into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(kind.as_ref()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}
