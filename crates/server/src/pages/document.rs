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
    let head = parts_ahead(state, &document, &first);
    let html = document
        .replacen("</head>", &format!("{head}</head>"), 1)
        .replacen(EMPTY, &block, 1)
        .replacen(r#"lang="en" dir="ltr""#, &format!(r#"lang="{}" dir="{}""#, first.lang, first.dir), 1)
        .replacen(">needs-script<", &format!(">{}<", say("page.app.needs_script")), 1)
        .replacen(">unstarted<", &format!(">{}<", say("page.app.unstarted")), 1);
    (status, Html(html)).into_response()
}

/// Links to what the page will ask for first, so that all of it is under way before the first script runs.
fn parts_ahead(state: &AppState, document: &str, first: &FirstData) -> String {
    let words = |area| format!("virtual:words/{area}/{}", first.lang);
    let (first_words, rest) = (words("page"), words("rest"));
    let mut sources = vec!["src/start.ts", &*first_words];
    if first.me.is_some() {
        sources.push("src/routes/member.ts");
    }
    sources.extend(own_part(&first.page));
    if sources.len() > 2 {
        sources.push(&rest);
    }
    let (styles, scripts) = state.manifest.files(&sources);
    let styles = styles.into_iter().map(|file| (file, r#"rel="stylesheet""#));
    let scripts = scripts.into_iter().map(|file| (file, r#"rel="modulepreload""#));
    let links = styles.chain(scripts).filter(|(file, _)| !document.contains(file));
    links.map(|(file, how)| format!("<link {how} crossorigin href=\"/{file}\">\n")).collect()
}

/// The part of the app that this page shows, when it is one that comes later.
fn own_part(page: &PageData) -> Option<&'static str> {
    Some(match page {
        PageData::Media { .. } => return None,
        PageData::MyMedia { .. } => "src/routes/my-media/MyMediaPage.svelte",
        PageData::SignIn => "src/routes/entry/SignIn.svelte",
        PageData::Setup => "src/routes/entry/SetUp.svelte",
        PageData::Tokens => "src/routes/tokens/TokensPage.svelte",
        PageData::Account => "src/routes/account/AccountPage.svelte",
        PageData::AccountLink { .. } => "src/routes/account/AccountLink.svelte",
        PageData::Members => "src/routes/members/MembersPage.svelte",
        PageData::Groups => "src/routes/members/GroupsPage.svelte",
        // The site's settings and its mail are two pages with the same data: none.
        PageData::Settings => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assets::Manifest;

    #[test]
    fn every_part_that_is_named_is_in_the_build() {
        let built = Manifest::load();
        // Checks of this crate alone run without a front end.
        if built.url("src/start.ts").is_none() {
            return;
        }
        let items = protocol::ItemPage { items: Vec::new(), next_cursor: None };
        let link = PageData::AccountLink { name: String::new(), email: String::new() };
        let pages = [
            PageData::MyMedia { items },
            PageData::SignIn,
            PageData::Setup,
            PageData::Tokens,
            PageData::Account,
            link,
            PageData::Members,
            PageData::Groups,
        ];
        let own = pages.iter().map(|page| own_part(page).expect("a part of its own"));
        for source in own.chain(["src/routes/member.ts", "virtual:words/page/he", "virtual:words/rest/en"]) {
            assert!(built.url(source).is_some(), "{source}");
        }
    }
}
