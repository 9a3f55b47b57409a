//! The built front end, embedded. Hashed files are immutable for a year.

use std::borrow::Cow;
use std::collections::HashMap;

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use rust_embed::{EmbeddedFile, RustEmbed};
use serde::Deserialize;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
struct Dist;

/// One source file's outcome in the build.
#[derive(Deserialize)]
struct Built {
    file: String,
    /// Keys of what it needs at once.
    #[serde(default)]
    imports: Vec<String>,
    #[serde(default)]
    css: Vec<String>,
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

    /// Files that these sources became and need at once, each once: styles and scripts apart.
    pub(crate) fn files<'a>(&'a self, sources: &[&'a str]) -> (Vec<&'a str>, Vec<&'a str>) {
        let (mut seen, mut styles, mut scripts) = (Vec::new(), Vec::new(), Vec::new());
        for source in sources {
            self.gather(source, &mut seen, &mut styles, &mut scripts);
        }
        (styles, scripts)
    }

    /// What others build on comes first: among styles the later ones win.
    fn gather<'a>(
        &'a self,
        source: &'a str,
        seen: &mut Vec<&'a str>,
        styles: &mut Vec<&'a str>,
        scripts: &mut Vec<&'a str>,
    ) {
        if seen.contains(&source) {
            return;
        }
        seen.push(source);
        let Some(built) = self.0.get(source) else { return };
        for needed in &built.imports {
            self.gather(needed, seen, styles, scripts);
        }
        styles.extend(built.css.iter().map(String::as_str));
        scripts.push(&built.file);
    }
}

/// The single-page app's document as it was built.
pub(crate) fn document() -> Option<String> {
    Dist::get("index.html").and_then(|file| String::from_utf8(file.data.into_owned()).ok())
}

/// A hashed file.
pub(crate) async fn show(Path(file): Path<String>, headers: HeaderMap) -> Response {
    serve(&format!("assets/{file}"), &headers, "public, max-age=31536000, immutable")
}

/// The icon.
pub(crate) async fn icon(headers: HeaderMap) -> Response {
    serve("favicon.svg", &headers, "public, max-age=86400")
}

/// How the build packed its files beside them, the smallest first.
const PACKED: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

fn serve(path: &str, asked: &HeaderMap, caching: &'static str) -> Response {
    let Some(plain) = Dist::get(path) else { return StatusCode::NOT_FOUND.into_response() };
    let packed = PACKED.iter().find_map(|(coding, ending)| {
        let file = takes(asked, coding).then(|| Dist::get(&format!("{path}{ending}")))??;
        Some((*coding, file))
    });
    let (coding, file) = packed.map_or((None, plain), |(coding, file)| (Some(coding), file));
    let mut response = Body::from(bytes(file)).into_response();
    let headers = response.headers_mut();
    if let Ok(kind) = HeaderValue::from_str(mime_guess::from_path(path).first_or_octet_stream().as_ref()) {
        headers.insert(header::CONTENT_TYPE, kind);
    }
    if let Some(coding) = coding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
    }
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}

/// What is embedded is sent from where it lies.
fn bytes(file: EmbeddedFile) -> Bytes {
    match file.data {
        Cow::Borrowed(data) => Bytes::from_static(data),
        Cow::Owned(data) => Bytes::from(data),
    }
}

/// Whether an answer in this coding was asked for; a weight of nothing refuses it.
fn takes(asked: &HeaderMap, coding: &str) -> bool {
    let said = asked.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    said.flat_map(|value| value.split(',')).any(|one| {
        let (name, weight) = one.split_once(';').unwrap_or((one, ""));
        let refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asking(codings: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(codings))])
    }

    #[test]
    fn packed_answers_go_to_whoever_takes_them() {
        assert!(takes(&asking("gzip, deflate, br"), "br"));
        assert!(takes(&asking("GZIP;q=0.5"), "gzip"));
        assert!(!takes(&asking("gzip;q=0, br"), "gzip"));
        assert!(!takes(&asking("brotli"), "br"));
        assert!(!takes(&HeaderMap::new(), "gzip"));
    }

    #[test]
    fn what_a_part_needs_comes_before_it_and_once() {
        let list = r#"{
            "app": { "file": "app.js", "imports": ["_base", "_more"], "css": ["app.css"] },
            "_more": { "file": "more.js", "imports": ["_base"] },
            "_base": { "file": "base.js", "css": ["base.css"] },
            "words": { "file": "words.js" }
        }"#;
        let manifest = Manifest(serde_json::from_str(list).expect("a list"));
        let (styles, scripts) = manifest.files(&["app", "words", "app"]);
        assert_eq!(styles, ["base.css", "app.css"]);
        assert_eq!(scripts, ["base.js", "more.js", "app.js", "words.js"]);
    }
}
