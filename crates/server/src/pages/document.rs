//! The single-page app's document: as it was built, with the first data inside, so that the first picture needs
//! no second request.

use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use protocol::{FirstData, PageData};

use super::Page;
use crate::state::AppState;
use crate::who::Who;
use crate::{assets, routes};

const EMPTY: &str = r#"<script type="application/json" id="first-data">null</script>"#;

/// The document for one page.
pub(crate) fn show(state: &AppState, page: &Page, who: &Who, status: StatusCode, data: PageData) -> Response {
    let Some(document) = assets::document() else {
        let text = "The front end was not built into this program.";
        return (StatusCode::INTERNAL_SERVER_ERROR, text).into_response();
    };
    let first = FirstData {
        me: who.caller.member.as_ref().map(routes::account::me),
        site: routes::account::site(state),
        page: data,
        lang: page.language.code(),
        dir: page.language.direction(),
    };
    // Inside a script element only "<" could end the block or open another one.
    let json = serde_json::to_string(&first).unwrap_or_else(|_| "null".into()).replace('<', "\\u003c");
    let block = format!(r#"<script type="application/json" id="first-data">{json}</script>"#);
    let say = |key| page.language.say(key, &[]);
    let html = document
        .replacen(EMPTY, &block, 1)
        .replacen(r#"lang="en" dir="ltr""#, &format!(r#"lang="{}" dir="{}""#, first.lang, first.dir), 1)
        .replacen(">needs-script<", &format!(">{}<", say("page.app.needs_script")), 1)
        .replacen(">unstarted<", &format!(">{}<", say("page.app.unstarted")), 1);
    (status, Html(html)).into_response()
}
