//! GET and HEAD change nothing (access.md 3.1): whoever previews, prefetches or scans leaves no row and gets no
//! cookie.

use axum::body::Body;
use http::header;

use crate::cases::Holder;
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

async fn nothing_changes(site: Site) {
    let world = World::new(site).await;
    world.site.app.close().await;
    let before = Rows::of(&world.site.store).await;
    for case in all_cases().iter().filter(|case| case.method == "GET") {
        for (number, robot) in ROBOTS.iter().enumerate() {
            // Each robot comes as a stranger; in turn also with each browser's keys.
            for holder in [Holder::Nobody, BROWSERS[number % BROWSERS.len()]] {
                let key = holder.key(&world.cast, &world.stage, &world.foreign);
                for method in ["GET", "HEAD"] {
                    let request = key.bare(method, &case.url(&world.stage, holder));
                    let request =
                        robot.iter().fold(request, |request, (name, value)| request.header(*name, *value));
                    let answer = world.site.send(request.body(Body::empty()).expect("a request")).await;
                    let what = format!("{method} {} by {holder:?} with {robot:?}", case.path);
                    assert!(!answer.headers.contains_key(header::SET_COOKIE), "{what} set a cookie");
                    assert!(!answer.status.is_server_error(), "{what}: {}", answer.status);
                    assert!(method == "GET" || answer.body.is_empty(), "{what} has a body");
                }
            }
        }
        let after = Rows::of(&world.site.store).await;
        before.assert_same(&after, &format!("reading {}", case.path));
    }
    // Nor did anything wait in memory to be written later.
    world.site.app.close().await;
    before.assert_same(&Rows::of(&world.site.store).await, "a later flush of what was read");
}

#[tokio::test]
async fn reading_changes_nothing_on_sqlite() {
    nothing_changes(Site::sqlite().await).await;
}

#[tokio::test]
async fn reading_changes_nothing_on_postgres() {
    nothing_changes(Site::postgres().await).await;
}
