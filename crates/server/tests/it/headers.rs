//! What every answer carries (quality.md W1), and that nothing unsafe is taken from foreign pages (W2).

use axum::body::Body;
use http::{Request, header};

use crate::answer::Answer;
use crate::cast::Key;
use crate::holder::Holder;
use crate::matrix::{World, all_cases};
use crate::rows::Rows;
use crate::site::{HOST, ORIGIN, Site};
use crate::stage::Stage;

fn missing(answer: &Answer, may_cache: bool) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut expect = |name: &str, good: bool| {
        if !good {
            wrong.push(format!("{name}: {:?}", answer.header(name)));
        }
    };
    let policy = answer.header("content-security-policy");
    expect("content-security-policy", policy.starts_with("default-src 'none'"));
    expect("content-security-policy", !policy.contains("unsafe"));
    expect(
        "content-security-policy",
        policy.contains("frame-ancestors 'none'") && policy.contains("base-uri 'none'"),
    );
    expect("content-security-policy", !policy.contains('*') && !policy.contains("http"));
    expect("x-content-type-options", answer.header("x-content-type-options") == "nosniff");
    expect("referrer-policy", answer.header("referrer-policy") == "no-referrer");
    expect("cross-origin-opener-policy", answer.header("cross-origin-opener-policy") == "same-origin");
    expect("access-control-allow-origin", !answer.headers.contains_key("access-control-allow-origin"));
    let caching = answer.header("cache-control");
    expect("cache-control", may_cache || caching.contains("no-store"));
    wrong
}

#[tokio::test]
async fn w1_every_answer_carries_the_security_headers() {
    let world = World::new(Site::sqlite().await).await;
    let mut wrong = Vec::new();
    for case in all_cases() {
        // The built front end and the API's description are the same for all; a poster is kept by its one browser.
        let built = ["/assets/{file}", "/favicon.svg", "/api/openapi.json", "/api/items/{item}/poster"];
        for holder in [Holder::Nobody, Holder::Owner, Holder::Guest, Holder::TokenRead, Holder::WrongToken] {
            let key = holder.key(&world.cast, &world.stage, &world.foreign);
            let answer =
                world.site.send(case.request(&world.site, &world.cast, &world.stage, holder, &key)).await;
            let may_cache = built.contains(&case.path) && answer.status == 200;
            let found = missing(&answer, may_cache);
            if !found.is_empty() {
                wrong.push(format!(
                    "{} {} by {holder:?} ({}): {found:?}",
                    case.method, case.path, answer.status
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn w1_answers_without_a_route_carry_them_too() {
    let site = Site::sqlite().await;
    for (method, url, status) in [
        ("GET", "/nowhere", 404),
        ("GET", "/api/nowhere", 404),
        ("GET", "/assets/nowhere.js", 404),
        ("GET", "/api/viewings", 405),
        ("TRACE", "/", 405),
        ("GET", "/g/short", 404),
        ("GET", "/media/no-item", 303),
    ] {
        let answer = site.send(Key::nobody().bare(method, url).body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status, status, "{method} {url}");
        assert_eq!(missing(&answer, false), Vec::<String>::new(), "{method} {url}");
    }
    let answer = site.send(
        Key::nobody()
            .request("POST", "/api/sign-in")
            .header("sec-fetch-site", "cross-site")
            .body(Body::empty())
            .expect("a request"),
    );
    assert_eq!(missing(&answer.await, false), Vec::<String>::new(), "a foreign page");
}

/// T4: segments and manifests are private, and no shared cache may keep them.
#[tokio::test]
async fn t4_media_is_private_and_never_stored() {
    let world = World::new(Site::sqlite().await).await;
    let guest = &world.stage.guest;
    for file in ["master.m3u8", "v0-00000.m4s", "poster.jpg"] {
        let answer = world.site.get(&guest.key, &format!("/m/{}/{file}", guest.viewing)).await;
        assert_eq!(answer.status, 200, "{file}");
        assert_eq!(answer.header("cache-control"), "private, no-store", "{file}");
    }
    // The media folder holds more than what has a name of ours.
    for file in
        ["..%2f1%2fmaster.m3u8", "%2e%2e", ".hidden", "MASTER.m3u8", "master.m3u8%00.jpg", "nowhere.m4s"]
    {
        let answer = world.site.get(&guest.key, &format!("/m/{}/{file}", guest.viewing)).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{file}: {}", answer.status);
    }
}

/// T3: what a browser keeps of ours is bound to this host, hidden from scripts and sent to our own pages alone.
#[tokio::test]
async fn t3_cookies_are_bound_and_hidden() {
    let world = World::new(Site::sqlite().await).await;
    let stage = Stage::fresh(&world.site, &world.cast).await;
    let mut lines = Vec::new();
    for (path, holder) in [
        ("/g/{token}/enter", Holder::Nobody),
        ("/api/viewings", Holder::Guest),
        ("/m/{viewing}/renew", Holder::Guest),
        ("/m/{viewing}/leave", Holder::Guest),
        ("/api/sign-in", Holder::Nobody),
        ("/api/sign-out", Holder::Nobody),
    ] {
        let cases = all_cases();
        let case = cases.iter().find(|case| case.path == path).expect("a case");
        let key = holder.key(&world.cast, &stage, &world.foreign);
        let answer = world.site.send(case.request(&world.site, &world.cast, &stage, holder, &key)).await;
        let set = answer.headers.get_all(header::SET_COOKIE).iter();
        lines.extend(set.map(|line| (path, line.to_str().expect("letters").to_owned())));
    }
    assert!(lines.len() >= 6, "{lines:?}");
    for (path, line) in lines {
        let has = |word: &str| line.split("; ").any(|part| part == word);
        let ticket = path.contains("viewing");
        let prefix = if ticket { "__Secure-" } else { "__Host-" };
        assert!(line.starts_with(prefix), "{path}: {line}");
        assert!(has("Secure") && has("HttpOnly") && has("SameSite=Lax"), "{path}: {line}");
        assert!(!line.contains("Domain="), "{path}: {line}");
        let bound = if ticket { line.contains("; Path=/m/") } else { has("Path=/") };
        assert!(bound, "{path}: {line}");
        let lasts = line.split("; ").find_map(|part| part.strip_prefix("Max-Age=")?.parse::<i64>().ok());
        assert!(!ticket || lasts.is_some_and(|seconds| seconds <= 60), "{path}: {line}");
    }
}

/// T5: over plain http browsers would drop our cookies. Sign-in and entry say so and name the fix, without a loop.
#[tokio::test]
async fn t5_plain_http_on_a_real_name_is_explained() {
    let world = World::new(Site::sqlite().await).await;
    let link = format!("/g/{}", world.stage.link_token);
    for url in [&*link, "/sign-in", &format!("/setup/{}", world.foreign.setup)] {
        for (host, good) in [
            ("share.example.org", false),
            ("192.0.2.7:8080", false),
            ("localhost.example.org", false),
            ("evil\"><script>alert(1)</script>", false),
            ("localhost", true),
            ("127.0.0.1:9000", true),
            ("[::1]:9000", true),
        ] {
            let mut request = Key::nobody().bare("GET", url).body(Body::empty()).expect("a request");
            request.headers_mut().insert(header::HOST, host.parse().expect("a header"));
            // Only a listed proxy may say that the browser came over https, and none is listed.
            request.headers_mut().insert("x-forwarded-proto", http::HeaderValue::from_static("https"));
            let answer = world.site.send(request).await;
            assert!(!answer.headers.contains_key(header::LOCATION), "{url} at {host}: a loop");
            assert!(!answer.text().contains("<script>alert"), "{url} at {host}");
            // The site has members, so that its set-up page is no more; where browsers keep cookies it says that.
            let is_page = answer.status.is_success() || url.starts_with("/setup") && answer.status == 404;
            assert_eq!(is_page, good, "{url} at {host}: {}", answer.status);
            let name = host.split(':').next().unwrap_or_default();
            let fix = format!("https:&#x2f;&#x2f;{name}");
            assert!(
                good || host.contains('"') || answer.text().contains(&fix),
                "{url} at {host}: {}",
                answer.text()
            );
            assert!(answer.cookies().is_empty());
        }
    }
}

/// What a page of somebody else can make a browser send.
const FOREIGN: &[&[(&str, &str)]] = &[
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "http://localhost:8081")],
    &[("origin", "http://localhost:8080.evil.example")],
    &[("origin", ORIGIN), ("sec-fetch-site", "cross-site")],
    &[("origin", ORIGIN), ("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "none")],
    &[("origin", "https://evil.example"), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "no-cors")],
];

#[tokio::test]
async fn w2_foreign_pages_change_nothing() {
    let world = World::new(Site::sqlite().await).await;
    world.site.app.close().await;
    let before = Rows::of(&world.site.store).await;
    let mut wrong = Vec::new();
    for case in all_cases().iter().filter(|case| !["GET", "HEAD", "OPTIONS"].contains(&case.method)) {
        for holder in case.good.iter().chain(&[Holder::Nobody]) {
            for lie in FOREIGN {
                let key = holder.key(&world.cast, &world.stage, &world.foreign);
                let mut request = case.request(&world.site, &world.cast, &world.stage, *holder, &key);
                pretend(&mut request, lie);
                let answer = world.site.send(request).await;
                if answer.status != 403 || answer.code() != "foreign_origin" || !answer.cookies().is_empty() {
                    wrong.push(format!(
                        "{} {} by {holder:?} with {lie:?}: {}",
                        case.method, case.path, answer.status
                    ));
                }
            }
        }
    }
    wrong.extend(before.changes(&Rows::of(&world.site.store).await, "foreign pages"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A browser's cookies without a word about where the request comes from are not enough.
#[tokio::test]
async fn w2_cookies_alone_are_not_enough() {
    let world = World::new(Site::sqlite().await).await;
    let before = Rows::of(&world.site.store).await;
    let url = format!("/api/items/{}", world.stage.item);
    let request = world.cast.owner.key.bare("DELETE", &url).body(Body::empty()).expect("a request");
    assert_eq!(world.site.send(request).await.status, 403);
    before.assert_same(&Rows::of(&world.site.store).await, "cookies alone");
}

fn pretend(request: &mut Request<Body>, lie: &[(&'static str, &'static str)]) {
    let headers = request.headers_mut();
    headers.remove(header::ORIGIN);
    headers.remove("sec-fetch-site");
    for (name, value) in lie {
        headers.insert(*name, http::HeaderValue::from_static(value));
    }
    assert_eq!(headers[header::HOST], HOST);
}
