//! Bad input (quality.md B2, W3): the right 4xx with our own error body, never a 500, and what people type stays
//! text.

use axum::body::Body;
use http::header;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::cast::Key;
use crate::holder::Holder;
use crate::matrix::{World, all_cases};
use crate::site::Site;

const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</title><svg onload=alert(1)>",
    "{{ 7 * 7 }}",
    "{% include 'left.html' %}",
    "' OR 1=1 --",
    "=HYPERLINK(\"http://evil.example\")",
    "&lt;b&gt;",
    "a\\u003cb",
    "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467} family",
    "\u{5e9}\u{5e8}\u{5d4} \u{5dc}\u{5d5}\u{5d9}",
];

/// Names that must be refused, with the code beside the field.
const REFUSED_NAMES: &[(&str, &str)] = &[
    ("", "name_required"),
    (" \u{a0}\t ", "name_required"),
    ("An\u{0}na", "name_control"),
    ("An\nna", "name_control"),
    ("An\u{1b}[31mna", "name_control"),
    ("An\u{2028}na", "name_control"),
    ("\u{200d}", "name_required"),
    ("\u{ad}", "name_required"),
    ("\u{3164}\u{2800}", "name_required"),
    ("\u{202e}\u{2066}", "name_required"),
    ("An\u{85}na", "name_control"),
];

const REFUSED_EMAILS: &[(&str, &str)] = &[
    ("", "email_required"),
    ("nora", "email_invalid"),
    ("nora@", "email_invalid"),
    ("@guests.example", "email_invalid"),
    ("nora@localhost", "email_invalid"),
    ("no ra@guests.example", "email_invalid"),
    ("<nora@guests.example>", "email_invalid"),
    ("nora@guests.example\r\nBcc: all@guests.example", "email_invalid"),
    ("nora@guests..example", "email_invalid"),
    ("no\u{202e}ra@guests.example", "email_invalid"),
    ("nora@\u{0}guests.example", "email_invalid"),
];

/// Ours: a code, a sentence, the request's id.
fn is_our_error(answer: &Answer) -> bool {
    let body = answer.json();
    body["code"].is_string()
        && body["message"].is_string()
        && body["request_id"].as_str().is_some_and(|id| !id.is_empty())
}

async fn entry(world: &World, name: &str, email: &str) -> Answer {
    let form_key = world.site.app.new_form_key().to_text();
    let url = format!("/g/{}/enter", world.stage.link_token);
    world.site.form(&Key::nobody(), &url, &[("name", name), ("email", email), ("form_key", &form_key)]).await
}

#[tokio::test]
async fn w3_hostile_names_and_titles_are_text_on_every_page() {
    let world = World::new(Site::sqlite().await).await;
    let (owner, item) = (&world.cast.owner.key, world.stage.item);
    for text in HOSTILE {
        let change = json!({ "title": text, "description": text });
        let changed = world.site.json(owner, "PATCH", &format!("/api/items/{item}"), change).await;
        assert_eq!((changed.status.as_u16(), changed.json()["title"].as_str()), (200, Some(*text)));
        // A wrong address brings the form back with the name in it.
        let again = entry(&world, text, "no address").await;
        assert_eq!(again.status, 422, "{text}");
        let link = world.site.get(&Key::nobody(), &format!("/g/{}", world.stage.link_token)).await;
        let page = world.site.get(owner, &format!("/media/{item}")).await;
        for (what, answer) in [("form", again), ("entry page", link), ("media page", page)] {
            let html = answer.text();
            assert!(!html.contains("<script>alert") && !html.contains("<img src=x"), "{what}: {html}");
            assert!(!html.contains("<svg onload") && !html.contains(">49<"), "{what}: {html}");
        }
    }
}

#[tokio::test]
async fn bad_names_and_addresses_come_back_with_what_is_wrong() {
    let world = World::new(Site::sqlite().await).await;
    let uses = async || {
        let url = format!("/api/items/{}/guest-access", world.stage.item);
        world.site.get(&world.cast.owner.key, &url).await.json()["links"][0]["uses"].clone()
    };
    let before = uses().await;
    let long_name = "n".repeat(81);
    let long_email = format!("{}@guests.example", "n".repeat(250));
    let names = REFUSED_NAMES.iter().copied().chain([(&*long_name, "name_too_long")]);
    for (name, code) in names {
        let answer = entry(&world, name, "nora@guests.example").await;
        assert_eq!(answer.status, 422, "{name:?}");
        assert!(answer.text().contains("aria-invalid=\"true\""), "{code} {name:?}: {}", answer.text());
    }
    for (email, _) in REFUSED_EMAILS.iter().copied().chain([(&*long_email, "email_too_long")]) {
        assert_eq!(entry(&world, "Nora", email).await.status, 422, "{email:?}");
    }
    assert_eq!(uses().await, before, "a refused form spends no use");
    assert_eq!(entry(&world, &"n".repeat(80), "nora@guests.example").await.status, 303);
}

#[tokio::test]
async fn numbers_out_of_range_name_their_field() {
    let world = World::new(Site::sqlite().await).await;
    let (owner, item) = (&world.cast.owner.key, world.stage.item);
    let links = format!("/api/items/{item}/guest-links");
    let link = format!("{links}/{}", world.stage.link);
    let access = format!("/api/items/{item}/guest-access");
    let now = world.site.clock.now().as_ms();
    for (method, url, body, field) in [
        ("POST", &links, json!({ "name": "x", "max_uses": 0 }), "max_uses"),
        ("POST", &links, json!({ "name": "x", "max_uses": -1 }), "max_uses"),
        ("POST", &links, json!({ "name": "x", "max_uses": 1_000_001 }), "max_uses"),
        ("POST", &links, json!({ "name": "x", "max_uses": i64::MAX }), "max_uses"),
        ("POST", &links, json!({ "name": "x", "days": 0 }), "days"),
        ("POST", &links, json!({ "name": "x", "days": 3_651 }), "days"),
        ("POST", &links, json!({ "name": "x", "days": i64::MIN }), "days"),
        ("POST", &links, json!({ "name": " " }), "name"),
        ("POST", &links, json!({ "name": "x".repeat(81) }), "name"),
        ("POST", &links, json!({ "name": "x\u{7}y" }), "name"),
        ("PATCH", &link, json!({ "extend_days": 0 }), "extend_days"),
        ("PATCH", &link, json!({ "extend_days": 3_651 }), "extend_days"),
        ("PATCH", &link, json!({ "max_uses": 0 }), "max_uses"),
        (
            "PUT",
            &access,
            json!({ "enabled": false, "closing": { "mode": "until", "until_ms": now } }),
            "until_ms",
        ),
        (
            "PUT",
            &access,
            json!({ "enabled": false, "closing": { "mode": "until", "until_ms": i64::MAX } }),
            "until_ms",
        ),
        (
            "PUT",
            &access,
            json!({ "enabled": false, "closing": { "mode": "until", "until_ms": i64::MIN } }),
            "until_ms",
        ),
        ("PATCH", &format!("/api/items/{item}"), json!({ "title": "  " }), "title"),
        ("PATCH", &format!("/api/items/{item}"), json!({ "title": "x".repeat(201) }), "title"),
        ("PATCH", &format!("/api/items/{item}"), json!({ "description": "x".repeat(5_001) }), "description"),
        ("POST", &"/api/tokens".to_owned(), json!({ "name": "x", "scopes": [] }), "scopes"),
        ("POST", &"/api/tokens".to_owned(), json!({ "name": "x", "scopes": ["everything"] }), "scopes"),
        (
            "POST",
            &"/api/tokens".to_owned(),
            json!({ "name": "x", "scopes": ["uploads"], "days": 3_651 }),
            "days",
        ),
        ("POST", &"/api/tokens".to_owned(), json!({ "name": "", "scopes": ["uploads"] }), "name"),
    ] {
        let answer = world.site.json(owner, method, url, body.clone()).await;
        assert_eq!(answer.status, 422, "{method} {url} {body}: {}", answer.text());
        assert!(
            is_our_error(&answer) && answer.json()["fields"][field].is_string(),
            "{body}: {}",
            answer.text()
        );
    }
}

/// Bodies that are no good for any route that takes JSON.
fn bad_bodies() -> Vec<(&'static str, Vec<u8>, &'static str, &'static [u16])> {
    let deep = [vec![b'['; 30_000], vec![b']'; 30_000]].concat();
    let huge = format!(r#"{{"name":"{}"}}"#, "x".repeat(3 << 20)).into_bytes();
    vec![
        ("nothing", Vec::new(), "application/json", &[400, 415]),
        ("no JSON", b"name=x".to_vec(), "application/json", &[400]),
        ("half of it", br#"{"name": "x"#.to_vec(), "application/json", &[400]),
        ("a list", b"[]".to_vec(), "application/json", &[400]),
        ("deep", deep, "application/json", &[400]),
        ("3 MB", huge, "application/json", &[413]),
        ("bad UTF-8", b"{\"name\": \"\xff\xfe\"}".to_vec(), "application/json", &[400]),
        ("a lone surrogate", br#"{"name": "\ud800"}"#.to_vec(), "application/json", &[400]),
        (
            "wrong types",
            br#"{"name":{},"item":[],"enabled":"x","email":1,"token":[],"title":7,"reference":1}"#.to_vec(),
            "application/json",
            &[400],
        ),
        ("a form", b"name=x".to_vec(), "application/x-www-form-urlencoded", &[415]),
        ("plain text", b"{}".to_vec(), "text/plain", &[415]),
    ]
}

#[tokio::test]
async fn b2_bad_bodies_get_the_right_4xx_on_every_route_that_takes_json() {
    let world = World::new(Site::sqlite().await).await;
    let mut wrong = Vec::new();
    for case in all_cases() {
        let sent = case.sent(&world.site, &world.cast, &world.stage);
        if !matches!(sent, crate::sent::Sent::Json(_)) {
            continue;
        }
        for (what, body, kind, expected) in bad_bodies() {
            let who = if case.good.contains(&Holder::Owner) { Holder::Owner } else { Holder::Administrator };
            let key = who.key(&world.cast, &world.stage, &world.foreign);
            let request = key.request(case.method, &case.url(&world.stage, who));
            let request =
                request.header(header::CONTENT_TYPE, kind).body(Body::from(body)).expect("a request");
            let answer = world.site.send(request).await;
            if !expected.contains(&answer.status.as_u16()) || !is_our_error(&answer) {
                wrong.push(format!(
                    "{} {} with {what}: {} {:.200}",
                    case.method,
                    case.path,
                    answer.status,
                    answer.text()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A field that nobody knows is a misspelt one: `max_use` must not make an unlimited link.
#[tokio::test]
async fn unknown_fields_are_refused() {
    let world = World::new(Site::sqlite().await).await;
    let stage = &world.stage;
    for case in all_cases() {
        let crate::sent::Sent::Json(mut body) = case.sent(&world.site, &world.cast, stage) else { continue };
        body["max_use"] = Value::from(5);
        let url = case.url(stage, Holder::Owner);
        let answer = world.site.json(&world.cast.owner.key, case.method, &url, body).await;
        assert_eq!(answer.status, 400, "{} {}: {}", case.method, case.path, answer.text());
        assert!(is_our_error(&answer) && answer.text().contains("max_use"), "{}", answer.text());
    }
}

#[tokio::test]
async fn b2_bad_paths_and_queries_get_our_own_errors() {
    let world = World::new(Site::sqlite().await).await;
    let item = world.stage.item;
    let mut wrong = Vec::new();
    for (url, expected) in [
        ("/api/items/%ff".to_owned(), &[400, 404][..]),
        ("/api/items/..%2f..%2fkeys".to_owned(), &[404]),
        (format!("/api/items/{}", "x".repeat(5_000)), &[404]),
        ("/api/items?limit=many".to_owned(), &[400]),
        ("/api/items?limit=-5".to_owned(), &[200]),
        ("/api/items?limit=99999999999999999999".to_owned(), &[400]),
        ("/api/items?cursor=rubbish".to_owned(), &[200, 400, 404]),
        ("/api/items?q=%25%5f%27%22%5c".to_owned(), &[200]),
        ("/api/items?q=%ff".to_owned(), &[200, 400]),
        (format!("/api/items/{item}/activity?cursor=rubbish"), &[400, 404]),
        ("/g/%ff%fe".to_owned(), &[400, 404]),
        ("/g/%00".to_owned(), &[404]),
        (format!("/g/{}", "A".repeat(5_000)), &[404]),
        ("/media/%ff".to_owned(), &[400, 404]),
        ("/m/%ff/master.m3u8".to_owned(), &[400, 404]),
        ("/setup/%00".to_owned(), &[404]),
    ] {
        let answer = world.site.get(&world.cast.owner.key, &url).await;
        let readable = answer.header("content-type").starts_with("text/html") || is_our_error(&answer);
        if !expected.contains(&answer.status.as_u16()) || answer.status != 200 && !readable {
            wrong.push(format!("{url:.60}: {} {:.120}", answer.status, answer.text()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn b2_bad_forms_at_the_guest_door_get_a_4xx_and_spend_nothing() {
    let world = World::new(Site::sqlite().await).await;
    let url = format!("/g/{}/enter", world.stage.link_token);
    let kind = "application/x-www-form-urlencoded";
    let huge = format!("name={}", "x".repeat(1 << 20)).into_bytes();
    let before = crate::rows::Rows::of(&world.site.store).await;
    for (what, body, kind, expected) in [
        ("nothing", Vec::new(), kind, &[409, 422][..]),
        ("bad UTF-8", b"name=%ff%fe&email=nora%40guests.example&form_key=x".to_vec(), kind, &[400, 409, 422]),
        ("no form key", b"name=Nora&email=nora%40guests.example".to_vec(), kind, &[409]),
        ("a wrong form key", b"name=Nora&email=nora%40guests.example&form_key=AAAA".to_vec(), kind, &[409]),
        (
            "a field twice",
            b"name=Nora&name=Nina&email=nora%40guests.example".to_vec(),
            kind,
            &[400, 409, 422],
        ),
        ("1 MB", huge, kind, &[413]),
        ("JSON", b"{}".to_vec(), "application/json", &[415]),
        ("several parts", b"--x".to_vec(), "multipart/form-data; boundary=x", &[415]),
    ] {
        let request = Key::nobody().request("POST", &url).header(header::CONTENT_TYPE, kind);
        let answer = world.site.send(request.body(Body::from(body)).expect("a request")).await;
        assert!(
            expected.contains(&answer.status.as_u16()),
            "{what}: {} {:.200}",
            answer.status,
            answer.text()
        );
        assert!(answer.cookies().is_empty(), "{what}");
    }
    before.assert_same(&crate::rows::Rows::of(&world.site.store).await, "bad forms");
}

#[tokio::test]
async fn b2_bad_uploads_get_the_right_4xx() {
    let world = World::new(Site::sqlite().await).await;
    let owner = &world.cast.owner.key;
    let upload = format!("/api/uploads/{}", world.stage.upload);
    let piece = ("content-type", "application/offset+octet-stream");
    let too_large = (2_u64 << 20).to_string();
    let tus = ("tus-resumable", "1.0.0");
    let long = ("upload-metadata", format!("filename {}", "QUFB".repeat(2_000)));
    for (method, url, headers, status) in [
        ("POST", "/api/uploads", vec![("upload-length", "8")], 412),
        ("POST", "/api/uploads", vec![("tus-resumable", "0.2.2"), ("upload-length", "8")], 412),
        ("POST", "/api/uploads", vec![tus], 400),
        ("POST", "/api/uploads", vec![tus, ("upload-length", "-8")], 400),
        ("POST", "/api/uploads", vec![tus, ("upload-length", "many")], 400),
        ("POST", "/api/uploads", vec![tus, ("upload-length", "0")], 422),
        ("POST", "/api/uploads", vec![tus, ("upload-length", &too_large)], 413),
        ("POST", "/api/uploads", vec![tus, ("upload-length", "18446744073709551615")], 413),
        ("POST", "/api/uploads", vec![tus, ("upload-length", "8"), ("upload-metadata", "title !!!")], 201),
        ("POST", "/api/uploads", vec![tus, ("upload-length", "8"), (long.0, &long.1)], 201),
        ("PATCH", &upload, vec![tus, ("upload-offset", "0")], 415),
        ("PATCH", &upload, vec![tus, piece], 400),
        ("PATCH", &upload, vec![tus, piece, ("upload-offset", "7")], 409),
        ("PATCH", &upload, vec![tus, piece, ("upload-offset", "0"), ("upload-checksum", "md5 AAAA")], 400),
        ("PATCH", &upload, vec![tus, piece, ("upload-offset", "0"), ("upload-checksum", "rubbish")], 400),
        ("HEAD", "/api/uploads/rubbish", vec![tus], 404),
        ("DELETE", &upload, vec![], 412),
    ] {
        let request = headers
            .iter()
            .fold(owner.request(method, url), |request, (name, value)| request.header(*name, *value));
        let answer = world.site.send(request.body(Body::empty()).expect("a request")).await;
        assert_eq!(answer.status, status, "{method} {url} {headers:?}: {}", answer.text());
        assert!(status == 201 || method == "HEAD" || is_our_error(&answer), "{headers:?}: {}", answer.text());
    }
}

/// As long as the server waits for a body, and then some.
const BODY_AWAITED: std::time::Duration = std::time::Duration::from_secs(120);

#[tokio::test]
async fn a_body_that_never_comes_is_answered_in_our_words() {
    let site = Site::sqlite().await;
    let body = Body::from_stream(futures_util::stream::pending::<Result<Vec<u8>, std::io::Error>>());
    let request = Key::nobody()
        .request("POST", "/api/sign-in")
        .header(header::CONTENT_TYPE, "application/json")
        .body(body)
        .expect("a request");
    let answer = tokio::time::timeout(BODY_AWAITED, site.send(request)).await.expect("an answer in time");
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (408, "timed_out"), "{}", answer.text());
    assert!(is_our_error(&answer));
}
