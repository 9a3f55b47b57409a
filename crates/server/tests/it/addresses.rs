//! Addresses as they come: worn by mail programs, made to lead elsewhere, passed on by proxies.

use std::sync::atomic::{AtomicUsize, Ordering};

use axum::body::Body;

use crate::cast::Key;
use crate::holder::Holder;
use crate::matrix::World;
use crate::site::Site;

const NOBODYS: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Reported: a full stop or a slash behind a link reads as a dead link. The browser is sent to the link that was meant,
/// the same whether there is one; forms keep their own addresses.
#[tokio::test]
async fn a_worn_link_leads_to_the_one_that_was_meant() {
    let world = World::new(Site::sqlite().await).await;
    let nobody = Key::nobody();
    let (guest, item) = (&world.stage.link_token, world.stage.item);
    for clean in
        [format!("/g/{guest}"), format!("/g/{NOBODYS}"), format!("/i/{NOBODYS}"), format!("/move/{NOBODYS}")]
    {
        let there = world.site.get(&nobody, &clean).await.status;
        assert!(there == 200 || there == 404, "{clean}: {there}");
        for worn in [
            "/",
            ".",
            ")",
            ",",
            "%20",
            "%3E",
            "&gt;",
            "%E2%80%8B",
            "%22",
            "/enter",
            ".?lang=he",
            "%FF",
            "/a/b",
        ] {
            let answer = world.site.get(&nobody, &format!("{clean}{worn}")).await;
            let query = worn.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
            assert_eq!(
                (answer.status.as_u16(), answer.header("location")),
                (303, &*format!("{clean}{query}")),
                "{worn}"
            );
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{worn}");
        }
    }
    for who in [Holder::Nobody, Holder::Guest, Holder::Owner] {
        let key = who.key(&world.cast, &world.stage, &world.foreign);
        for worn in [".", "/", ")", "%20"] {
            let answer = world.site.get(&key, &format!("/media/{item}{worn}")).await;
            assert_eq!(answer.header("location"), format!("/media/{item}"), "{who:?} {worn}");
        }
    }
    let enter = format!("/g/{guest}/enter");
    let form = nobody.request("POST", &enter).header("content-type", "application/x-www-form-urlencoded");
    let answer = world.site.send(form.body(Body::from("name=&email=")).expect("a request")).await;
    assert_eq!(answer.status, 409, "the form is still the form, here without its key");
    assert_eq!(world.site.get(&nobody, "/g/short.").await.status, 404);
}

/// Attacked: a path that begins with two slashes became the address of another site in the page's language link.
#[tokio::test]
async fn no_path_becomes_the_address_of_another_site() {
    let site = Site::sqlite().await;
    for path in ["//evil.example/x", "///evil.example/x", "/\\evil.example/x", "//evil.example"] {
        for method in ["GET", "POST"] {
            let request = Key::nobody().request(method, path).header("accept", "text/html");
            let page = site.send(request.body(Body::empty()).expect("a request")).await;
            assert_eq!(page.status, 404, "{method} {path}");
            let text = page.text().replace("&#x2f;", "/").replace("&#x5c;", "\\");
            for slashes in ["\"//", "\"/\\", "=//"] {
                assert!(!text.contains(slashes), "{method} {path}: {slashes} in {text}");
            }
            assert!(text.contains("?lang=he"), "{text}");
        }
    }
}

/// Attacked: what is no token was written into the form of the answer.
#[tokio::test]
async fn what_is_no_token_is_written_nowhere() {
    let site = Site::sqlite().await;
    for door in ["i", "move"] {
        for part in ["ask", "code", "prove", "wait", "enter"] {
            for token in ["..", "%2e%2e", "..%2f..%2fapi%2fzqtyped", "zqtyped", "%22zqtyped"] {
                let request = Key::nobody().request("POST", &format!("/{door}/{token}/{part}"));
                let request = request.header("content-type", "application/x-www-form-urlencoded");
                let answer =
                    site.send(request.body(Body::from("form_key=x&email=a@b.example")).expect("one")).await;
                let text = answer.text().replace("&#x2f;", "/");
                assert!(!text.contains("/../"), "{door} {part} {token}: {text}");
                for action in text.split("action=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
                    let is_clean = action.starts_with(&format!("/{door}/{NOBODYS}/"));
                    assert!(is_clean, "{door} {part} {token}: {action}");
                }
            }
        }
    }
}

/// Attacked: who comes by a listed proxy is who that proxy says, however it writes it; tries count for them alone.
#[tokio::test]
async fn failed_tries_count_for_whoever_the_proxy_names() {
    let mut site = Site::sqlite().await;
    // In process nobody has an address, so nobody is the proxy.
    let trusted_proxies = vec!["0.0.0.0".parse().expect("a network")];
    site.router = server::router(site.app.clone(), server::Settings { trusted_proxies });
    let (site, number) = (&site, &AtomicUsize::new(0));
    let tries = async |from: &str, count: usize| {
        let mut statuses = Vec::new();
        for _ in 0..count {
            let request = Key::nobody().request("POST", "/api/sign-in").header("x-forwarded-for", from);
            // Somebody else's account each time: only addresses are counted.
            let number = number.fetch_add(1, Ordering::Relaxed);
            let body = format!(r#"{{"email":"nobody{number}@example.org","password":"wrong wrong wrong"}}"#);
            let request = request.header("content-type", "application/json").body(Body::from(body));
            statuses.push(site.send(request.expect("a request")).await.status.as_u16());
        }
        statuses
    };
    let last = tries("203.0.113.19:51234", 15).await.pop();
    assert_eq!(last, Some(429), "one address, slowed");
    assert_eq!(tries("203.0.113.19:51999", 1).await, [429], "the same one from another port");
    for from in ["198.51.100.7:4711", "[2001:db8::7]:4711", "\"[2001:db8:1::7]\""] {
        assert_eq!(tries(from, 1).await, [401], "{from} is somebody else");
    }
    // T5, with a list.
    for (proto, status) in [("https,http", 200), ("https", 200), ("http", 400)] {
        let request = Key::nobody().bare("GET", "/sign-in").header("x-forwarded-proto", proto);
        let mut request = request.body(Body::empty()).expect("a request");
        request.headers_mut().insert("host", "media.example.org".parse().expect("a host"));
        assert_eq!(site.send(request).await.status, status, "{proto}");
    }
}
