//! Answers with a page: what is around every page, and the pages for errors.

use axum::extract::FromRequestParts;
use axum::response::{Html, IntoResponse, Response};
use http::request::Parts;
use http::{Method, StatusCode, Uri};
use minijinja::{Value, context};

use crate::cookies;
use crate::error::ApiError;
use crate::language::Language;
use crate::request_id::RequestId;
use crate::state::AppState;

/// A request for a page: its language, and how to answer with one.
pub(crate) struct Page {
    state: AppState,
    pub(crate) language: Language,
    method: Method,
    uri: Uri,
    request_id: RequestId,
    /// The browser says that somebody is signed in: enough for words, and proof of nothing.
    says_signed_in: bool,
}

impl FromRequestParts<AppState> for Page {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Self::Rejection> {
        let request_id = parts.extensions.get::<RequestId>().copied().unwrap_or_default();
        Ok(Self {
            state: state.clone(),
            language: Language::of(parts.uri.query(), &parts.headers),
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            request_id,
            says_signed_in: cookies::session(&parts.headers).is_some(),
        })
    }
}

impl Page {
    /// Whether the address ends in `?name`, alone or among others.
    pub(crate) fn has_query(&self, name: &str) -> bool {
        self.uri.query().is_some_and(|query| query.split('&').any(|pair| pair == name))
    }

    /// The path under which the page can be asked for again: a form's answer belongs to the page of the form.
    fn readable_path(&self) -> String {
        let path = self.uri.path();
        let page =
            if self.method == Method::POST { path.rsplit_once('/').map(|(page, _)| page) } else { None };
        on_this_site(page.unwrap_or(path))
    }

    /// A page from a template and what stands in it.
    pub(crate) fn show(&self, status: StatusCode, template: &str, values: Value) -> Response {
        let around = context! {
            lang => self.language.code(),
            dir => self.language.direction(),
            site => context! { name => &self.state.app.config().site_name },
            other_languages => self.other_languages(),
            signed_in => self.says_signed_in,
            ..values
        };
        let page = self.state.renderer.render(template, around);
        match page {
            Ok(html) => (status, Html(html)).into_response(),
            Err(error) => {
                tracing::error!(%error, template, id = %self.request_id, "a page could not be rendered");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }

    fn other_languages(&self) -> Vec<Value> {
        let others = Language::ALL.into_iter().filter(|language| *language != self.language);
        others
            .map(|language| {
                let url = format!("{}?lang={}", self.readable_path(), language.code());
                context! { code => language.code(), name => language.own_name(), url => url }
            })
            .collect()
    }

    /// The page for an error at a door of this kind: `guest`, `invite` or `page`.
    pub(crate) fn refuse(&self, door: &str, error: app::Error) -> Response {
        self.refuse_with(door, error, context! {})
    }

    /// The same, with what a door offers to whoever is refused, whatever the cause.
    pub(crate) fn refuse_with(&self, door: &str, error: app::Error, offers: Value) -> Response {
        let refusal = if let app::Error::Refused(refusal) = &error { Some(*refusal) } else { None };
        let error = ApiError::from(error);
        match error.status() {
            StatusCode::SERVICE_UNAVAILABLE => {
                let mut page = self.show(StatusCode::SERVICE_UNAVAILABLE, "busy.html", context! {});
                if let Some(seconds) = error.into_response().headers().get(http::header::RETRY_AFTER) {
                    page.headers_mut().insert(http::header::RETRY_AFTER, seconds.clone());
                }
                page
            }
            StatusCode::INTERNAL_SERVER_ERROR => {
                tracing::error!(?error, id = %self.request_id, "a bug");
                self.show(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "broken.html",
                    context! { request_id => self.request_id.to_string() },
                )
            }
            _ => match refusal {
                Some(refusal) => {
                    let reference = self.state.app.refer(refusal);
                    let values = context! { door => door, reference => reference, ..offers };
                    self.show(StatusCode::NOT_FOUND, "denied.html", values)
                }
                None => self.show(StatusCode::NOT_FOUND, "not_found.html", context! {}),
            },
        }
    }
}

/// A path that stays one when a browser reads it as an address: what begins with two slashes, either way round, would
/// name a host, and dots would lead to another page.
fn on_this_site(path: &str) -> String {
    let is_dots = |part: &str| matches!(part.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..");
    match path.trim_start_matches(['/', '\\']) {
        path if path.split(['/', '\\']).any(is_dots) => "/".to_owned(),
        path => format!("/{path}"),
    }
}

#[cfg(test)]
mod tests {
    use super::on_this_site;

    #[test]
    fn no_path_names_a_host() {
        for (path, expected) in [
            ("/g/token", "/g/token"),
            ("/", "/"),
            ("", "/"),
            ("//evil.example/x", "/evil.example/x"),
            ("///evil.example/x", "/evil.example/x"),
            ("/\\evil.example/x", "/evil.example/x"),
            ("\\\\evil.example", "/evil.example"),
            ("/\\/evil.example", "/evil.example"),
            ("/x//evil.example", "/x//evil.example"),
            ("/i/../../api", "/"),
            ("/.//evil.example", "/"),
            ("/i/%2E./x", "/"),
            ("/i/..x", "/i/..x"),
        ] {
            assert_eq!(on_this_site(path), expected);
        }
    }
}
