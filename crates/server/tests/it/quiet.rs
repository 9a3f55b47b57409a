//! GET and HEAD change nothing (access.md 3.1): whoever previews, prefetches or scans leaves no row and gets no
//! cookie. What they read of an invite is the item's title, which the lobby shows to everybody who has the URL anyway,
//! and nothing of the invited person (4.4); of an invite that is over, nothing.

use app::invites::{TypedInvite, TypedTerms};
use app::store::{Conn, StoreError, Value};
use axum::body::Body;
use http::header;

use crate::answer::Answer;
use crate::cast::Key;
use crate::holder::Holder;
use crate::matrix::{World, all_cases};
use crate::rows::Rows;
use crate::site::Site;

/// Headers of scanners, link previews and prefetchers, as they were seen in the wild.
const ROBOTS: &[&[(&str, &str)]] = &[
    &[("user-agent", "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)")],
    &[("user-agent", "Slackbot 1.0 (+https://api.slack.com/robots)")],
    &[("user-agent", "TelegramBot (like TwitterBot)")],
    &[("user-agent", "WhatsApp/2.23.20.0")],
    &[("user-agent", "WhatsApp/2.2336.9 N")],
    &[("user-agent", "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)")],
    &[("user-agent", "Twitterbot/1.0")],
    &[("user-agent", "LinkedInBot/1.0 (compatible; Mozilla/5.0; +http://www.linkedin.com)")],
    &[("user-agent", "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)")],
    &[("user-agent", "SkypeUriPreview Preview/0.5 skype-url-preview@microsoft.com")],
    &[("user-agent", "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5")],
    &[("user-agent", "Microsoft Office/16.0 (Microsoft Outlook 16.0.17126; Pro)")],
    &[("user-agent", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) SafeLinks")],
    &[("user-agent", "Mozilla/5.0 (compatible; BarracudaCentral/1.0)")],
    &[("user-agent", "Barracuda Sentinel (EE)")],
    &[("user-agent", "Mozilla/5.0 (compatible; MimecastURLProtect)")],
    &[("user-agent", "Proofpoint URL Defense")],
    &[("user-agent", "Mozilla/5.0 (compatible; Cisco Secure Email; URL scanner)")],
    &[("user-agent", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")],
    &[("user-agent", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)")],
    &[("user-agent", "Google-PageRenderer Google (+https://developers.google.com/+/web/snippet/)")],
    &[("user-agent", "Mozilla/5.0 (compatible; GoogleDocs; apps-spreadsheets)")],
    &[("user-agent", "Mozilla/5.0 (Macintosh) AppleWebKit/601.2.4 (KHTML, like Gecko) (Applebot/0.1)")],
    &[("user-agent", "Iframely/1.3.1 (+https://iframely.com/docs/about)")],
    &[("user-agent", "Mattermost-Bot/1.1")],
    &[("user-agent", "Rocket.Chat/6.5 (preview)")],
    &[("user-agent", "Synapse (bot; +https://github.com/matrix-org/synapse)")],
    &[("user-agent", "curl/8.5.0"), ("accept", "*/*")],
    &[("user-agent", "Mozilla/5.0 Chrome/126"), ("purpose", "prefetch")],
    &[("user-agent", "Mozilla/5.0 Chrome/126"), ("sec-purpose", "prefetch")],
    &[("user-agent", "Mozilla/5.0 Chrome/126"), ("sec-purpose", "prefetch;prerender")],
    &[("user-agent", "Mozilla/5.0 Firefox/127"), ("x-moz", "prefetch")],
    &[("user-agent", "Mozilla/5.0 Safari/605"), ("x-purpose", "preview")],
];

/// With a browser's keys too: its own prefetcher carries them.
const BROWSERS: [Holder; 6] =
    [Holder::Nobody, Holder::Guest, Holder::Invitee, Holder::LateGuest, Holder::EndedGuest, Holder::Owner];

/// Letters that stand in no page but by this person's name or address.
const PERSON: [&str; 3] = ["quentin", "zimmerling", "previews.example"];

/// What comes behind a door's URL in every state that it can be in; `true`: it still opens.
struct Urls(Vec<(&'static str, String, bool)>);

impl Urls {
    async fn of(world: &World) -> Self {
        let fresh = invited(world, "fresh").await;
        let (over, revoked) = (invited(world, "over").await, invited(world, "revoked").await);
        let used = invited(world, "used").await;
        for (sql, (id, _)) in [
            ("UPDATE invite SET end_ms = created_ms + 1 WHERE id = $1", &over),
            ("UPDATE invite SET revoked_ms = created_ms WHERE id = $1", &revoked),
        ] {
            let id = Value::Blob(id.as_bytes().to_vec());
            let done: Result<_, StoreError> =
                world.site.store.write(async move |conn: &mut Conn| conn.execute(sql, &[id]).await).await;
            assert_eq!(done.expect("an invite can be over"), 1);
        }
        let form_key = world.site.app.new_form_key().to_text();
        let fields = [("email", "quentin.used@previews.example"), ("form_key", &*form_key)];
        let entered = world.site.form(&Key::nobody(), &format!("/i/{}/enter", used.1), &fields).await;
        assert_eq!(entered.status, 303, "{}", entered.text());
        let (unknown, stage) = (app::LinkToken::from_random([7; 20]).to_text(), &world.stage);
        Self(vec![
            ("fresh", format!("/i/{}", fresh.1), true),
            ("used up", format!("/i/{}", used.1), true),
            ("over", format!("/i/{}", over.1), false),
            ("revoked", format!("/i/{}", revoked.1), false),
            ("unknown", format!("/i/{unknown}"), false),
            ("unknown", format!("/g/{unknown}"), false),
            ("none", "/i/no-token".to_owned(), false),
            ("none", "/move/no-token".to_owned(), false),
            ("none", "/account/no-token".to_owned(), false),
            ("shown by a device", format!("/move/{}", stage.hand_over), false),
        ])
    }
}

/// Somebody invited to the stage's item: the invite and the secret of its URL.
async fn invited(world: &World, number: &str) -> (app::domain::LinkId, String) {
    let terms = TypedTerms { role: "viewer".into(), minutes: Some(60), ..TypedTerms::default() };
    let email = format!("quentin.{number}@previews.example");
    let typed = TypedInvite { email, first_name: "Quentin".into(), last_name: "Zimmerling".into(), terms };
    let owner = world.cast.owner.caller(&world.site).await;
    let made = world.site.app.make_invite(&owner, world.stage.item, typed).await.expect("an invite");
    let token = made.url.rsplit('/').next().expect("a URL with a path").to_owned();
    (made.invite.row.invite.facts.id, token)
}

async fn ask(world: &World, method: &str, url: &str, key: &Key, robot: &[(&str, &str)]) -> Answer {
    let request = key.bare(method, url);
    let request = robot.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let answer = world.site.send(request.body(Body::empty()).expect("a request")).await;
    let what = format!("{method} {url} with {robot:?}");
    assert!(!answer.headers.contains_key(header::SET_COOKIE), "{what} set a cookie");
    assert!(!answer.status.is_server_error(), "{what}: {}", answer.status);
    assert!(method == "GET" || answer.body.is_empty(), "{what} has a body");
    answer
}

async fn nothing_changes(site: Site) {
    let world = World::new(site).await;
    let states = Urls::of(&world).await;
    world.site.app.close().await;
    let before = Rows::of(&world.site.store).await;
    for case in all_cases().iter().filter(|case| matches!(case.method, "GET" | "HEAD")) {
        for (number, robot) in ROBOTS.iter().enumerate() {
            // Each robot comes as a stranger; in turn also with each browser's keys.
            for holder in [Holder::Nobody, BROWSERS[number % BROWSERS.len()]] {
                let key = holder.key(&world.cast, &world.stage, &world.foreign);
                for method in ["GET", "HEAD"] {
                    ask(&world, method, &case.url(&world.stage, holder), &key, robot).await;
                }
            }
        }
        let after = Rows::of(&world.site.store).await;
        before.assert_same(&after, &format!("reading {}", case.path));
    }
    for (what, url, _) in &states.0 {
        for robot in ROBOTS {
            for method in ["GET", "HEAD"] {
                ask(&world, method, url, &Key::nobody(), robot).await;
            }
        }
        let after = Rows::of(&world.site.store).await;
        before.assert_same(&after, &format!("reading {url}, {what}"));
    }
    // Nor did anything wait in memory to be written later.
    world.site.app.close().await;
    before.assert_same(&Rows::of(&world.site.store).await, "a later flush of what was read");
}

/// Everything that a preview is made of, and the words that would be taken where there is none.
fn shown(page: &str) -> Vec<&str> {
    let metas = page.split("<meta ").skip(1).filter_map(|rest| rest.split('>').next());
    let metas = metas.filter(|meta| !meta.starts_with("charset"));
    metas
        .filter(|meta| ["og:", "twitter:", "\"description\""].iter().any(|word| meta.contains(word)))
        .collect()
}

#[tokio::test]
async fn a_preview_of_an_invite_shows_the_title_and_nobody() {
    let world = World::new(Site::sqlite().await).await;
    let title = "Title zqmark-own";
    for (what, url, opens) in Urls::of(&world).await.0 {
        for robot in ROBOTS {
            let page = ask(&world, "GET", &url, &Key::nobody(), robot).await.text();
            let (lower, shown) = (page.to_lowercase(), shown(&page));
            for word in PERSON {
                assert!(!lower.contains(word), "{what}: {word} stands in the page for {robot:?}: {page}");
            }
            assert!(!lower.contains("about zqmark"), "{what}: the description is for whoever is inside");
            if opens {
                let only = format!("property=\"og:title\" content=\"{title}\"");
                assert!(shown.iter().all(|meta| **meta == *only), "{what}: {shown:?}");
                assert!(what != "fresh" || shown.len() == 1, "an open invite has a title: {page}");
            } else {
                assert!(shown.is_empty(), "{what}: {shown:?}");
                assert!(!lower.contains("zqmark"), "{what}: nothing of the item is left: {page}");
            }
        }
    }
}

#[tokio::test]
async fn reading_changes_nothing_on_sqlite() {
    nothing_changes(Site::sqlite().await).await;
}

#[tokio::test]
async fn reading_changes_nothing_on_postgres() {
    nothing_changes(Site::postgres().await).await;
}
