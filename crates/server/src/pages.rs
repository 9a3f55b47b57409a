//! Pages: the guest's doors rendered on the server, and the single-page app's document with its first data.

use axum::response::{IntoResponse, Redirect, Response};
use http::{HeaderValue, header};

pub(crate) mod document;
pub(crate) mod guest;
pub(crate) mod hand_over;
pub(crate) mod invite;
pub(crate) mod leaving;
pub(crate) mod media;
mod render;
pub(crate) mod sign_in;
mod trustworthy;
mod visitor;

pub(crate) use render::Page;
pub(crate) use trustworthy::Trustworthy;

/// Leads on to another page. Nobody keeps the answer: what it says was true once.
pub(crate) fn see_other(to: &str) -> Response {
    let mut answer = Redirect::to(to).into_response();
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    answer
}
