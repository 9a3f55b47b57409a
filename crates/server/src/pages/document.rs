//! The single-page app's document: as it was built, with the first data inside, so that the first picture needs
//! no second request. The media page is drawn before that already, as far as it is known here: whose site, a stage of
//! the film's shape, the title.

use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use minijinja::{HtmlEscape, context};
use protocol::{AsKind, Direction, FirstData, ItemView, PageData};

use super::Page;
use crate::state::AppState;
use crate::who::Who;
use crate::{assets, routes};

const EMPTY: &str = r#"<script type="application/json" id="first-data">null</script>"#;
const NO_APP: &str = r#"<div id="app"></div>"#;
const TITLE: &str = "<title>Anteroom</title>";
const NO_SCRIPT: &str = r#"<noscript><p class="bare">needs-script</p></noscript>"#;

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
        dir: if page.language.direction() == "rtl" { Direction::Rtl } else { Direction::Ltr },
    };
    // Inside a script element only "<" could end the block or open another one.
    let json = serde_json::to_string(&first).unwrap_or_else(|_| "null".into()).replace('<', "\\u003c");
    let block = format!(r#"<script type="application/json" id="first-data">{json}</script>"#);
    let say = |key| page.language.say(key, &[]);
    let head = parts_ahead(state, &document, &first);
    let (drawn, title) = match &first.page {
        PageData::Media { item } => (drawn(state, page, item), Some(&item.card.title)),
        _ => (String::new(), None),
    };
    // What is drawn says by itself that it needs script.
    let document = if drawn.is_empty() { document } else { document.replacen(NO_SCRIPT, "", 1) };
    let site = &state.app.config().site_name;
    let title = title.map_or(site.clone(), |title| format!("{title} · {site}"));
    let html = document
        .replacen("</head>", &format!("{head}</head>"), 1)
        .replacen(TITLE, &format!("<title>{}</title>", HtmlEscape(&title)), 1)
        .replacen(EMPTY, &block, 1)
        .replacen(
            r#"lang="en" dir="ltr""#,
            &format!(r#"lang="{}" dir="{}""#, first.lang, page.language.direction()),
            1,
        )
        .replacen(">needs-script<", &format!(">{}<", say("page.app.needs_script")), 1)
        .replacen(">unstarted<", &format!(">{}<", say("page.app.unstarted")), 1)
        .replacen(NO_APP, &format!(r#"<div id="app">{drawn}</div>"#), 1);
    (status, Html(html)).into_response()
}

/// What stands in the app's place until the app does. Neither a film strip nor a tower, as in the player.
fn drawn(state: &AppState, page: &Page, item: &ItemView) -> String {
    let (across, down) = (item.card.width.unwrap_or(16), item.card.height.unwrap_or(9));
    let (across, down) = if across > 0 && down > 0 { (across, down) } else { (16, 9) };
    let across = (across * 1_000 / down).clamp(800, 2_400);
    // Whoever has no script leaves their seat all the same.
    let sits = matches!(item.seen_as.kind, AsKind::Guest | AsKind::Invitee);
    let values = context! {
        lang => page.language.code(),
        leave => sits.then(|| format!("/media/{}/not-me", item.card.id)),
        site => context! { name => &state.app.config().site_name },
        item => context! { title => &item.card.title, width => across, height => 1_000, is_wide => across > 1_777 },
    };
    state.renderer.render("drawn.html", values).unwrap_or_else(|error| {
        tracing::error!(%error, "the media page could not be drawn");
        String::new()
    })
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
        PageData::Media { .. } | PageData::Lost => return None,
        PageData::MyMedia { .. } | PageData::Shared { .. } => "src/routes/my-media/MyMediaPage.svelte",
        PageData::SignIn => "src/routes/entry/SignIn.svelte",
        PageData::Setup => "src/routes/entry/SetUp.svelte",
        PageData::Tokens => "src/routes/tokens/TokensPage.svelte",
        PageData::Account => "src/routes/account/AccountPage.svelte",
        PageData::AccountLink { .. } => "src/routes/account/AccountLink.svelte",
        PageData::Members => "src/routes/members/MembersPage.svelte",
        PageData::Groups => "src/routes/members/GroupsPage.svelte",
        PageData::People => "src/routes/people/PeoplePage.svelte",
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
        let items = protocol::ItemPage { items: Vec::new(), total: 0, next_cursor: None };
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
            PageData::People,
        ];
        let own = pages.iter().map(|page| own_part(page).expect("a part of its own"));
        for source in own.chain(["src/routes/member.ts", "virtual:words/page/he", "virtual:words/rest/en"]) {
            assert!(built.url(source).is_some(), "{source}");
        }
    }
}
