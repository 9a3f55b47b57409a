//! One HTTP answer, read whole.

use axum::body::Body;
use http::{HeaderMap, Response, StatusCode, header};
use http_body_util::BodyExt;

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) async fn read(response: Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let body = body.collect().await.expect("a body that ends").to_bytes().to_vec();
        Self { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The code of an error's body; empty for anything else.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// `name=value` of every cookie that is set; cookies that are taken away are not.
    pub(crate) fn cookies(&self) -> Vec<String> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
        let set = lines.filter(|line| !line.contains("Max-Age=0"));
        set.map(|line| line.split(';').next().unwrap_or_default().to_owned()).collect()
    }

    /// Refused, in any of the ways that a refusal may look.
    pub(crate) fn is_refusal(&self) -> bool {
        let asks_to_sign_in =
            self.status == StatusCode::SEE_OTHER && self.header("location").starts_with("/sign-in");
        matches!(self.status.as_u16(), 401 | 403 | 404) || asks_to_sign_in
    }

    /// Everything that leaves the server, for searching.
    pub(crate) fn whole(&self) -> String {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}\n", String::from_utf8_lossy(value.as_bytes())));
        headers.collect::<String>() + &self.text()
    }
}
