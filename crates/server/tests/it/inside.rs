//! Who is inside: one number everywhere, and whoever is can always be put out.

use serde_json::{Value as Json, json};

use crate::cast::Cast;
use crate::props::published;
use crate::site::{EARLIER, Site};
use crate::stage::{enter, link, open_page, unlimited};

/// Walk A1.4: behind a deleted link somebody finishes.
#[tokio::test]
async fn who_finishes_behind_a_deleted_link_is_counted_and_can_be_put_out() {
    for site in [Site::sqlite().await, Site::postgres().await] {
        site.clock.advance(EARLIER);
        let cast = Cast::new(&site).await;
        let (item, owner) = (published(&site, &cast.owner, "own").await, &cast.owner.key);
        let caller = cast.owner.caller(&site).await;
        site.app.switch_guest_access(&caller, item, true, app::domain::Closing::Finish).await.expect("on");
        let (id, token) = link(&site, &caller, item, unlimited("own")).await;
        let guest = open_page(&site, &enter(&site, &token, "Gita Guest").await, item).await;
        let (access, one) =
            (format!("/api/items/{item}/guest-access"), format!("/api/items/{item}/guest-links/{id}"));
        let media = format!("/m/{}/master.m3u8", guest.viewing);
        let deleted = site.json(owner, "DELETE", &format!("{one}?closing=finish"), Json::Null).await;
        assert_eq!(deleted.status, 200, "{}", deleted.text());
        let told = deleted.json()["guest_access"].clone();
        assert_eq!(
            (&told["inside"], &told["finishing"][0]["inside"]),
            (&json!(1), &json!(1)),
            "{}",
            site.engine
        );
        let card = site.get(owner, "/api/items").await.json();
        assert_eq!(card["items"][0]["inside"], 1, "{}", site.engine);
        assert_eq!(
            site.get(owner, &format!("/api/items/{item}")).await.json()["inside"],
            1,
            "{}",
            site.engine
        );
        assert_eq!(site.get(&guest.key, &media).await.status, 200, "{}: finishing", site.engine);
        let now = site.json(owner, "DELETE", &format!("{one}?closing=now"), Json::Null).await;
        assert_eq!(now.json()["closed"]["ended_viewings"], 1, "{}: {}", site.engine, now.text());
        assert_ne!(site.get(&guest.key, &media).await.status, 200, "{}", site.engine);
        let told = site.get(owner, &access).await.json();
        assert_eq!((&told["inside"], &told["finishing"]), (&json!(0), &json!([])), "{}", site.engine);
        let foreign = format!("/api/items/{item}/guest-links/{item}?closing=now");
        assert_eq!(site.json(owner, "DELETE", &foreign, Json::Null).await.status, 404);
    }
}

/// And once guest access is off.
#[tokio::test]
async fn who_finishes_after_the_switch_can_be_put_out() {
    let site = Site::sqlite().await;
    site.clock.advance(EARLIER);
    let cast = Cast::new(&site).await;
    let (item, owner) = (published(&site, &cast.owner, "own").await, &cast.owner.key);
    let caller = cast.owner.caller(&site).await;
    site.app.switch_guest_access(&caller, item, true, app::domain::Closing::Finish).await.expect("on");
    let (_, token) = link(&site, &caller, item, unlimited("own")).await;
    open_page(&site, &enter(&site, &token, "Gita Guest").await, item).await;
    let access = format!("/api/items/{item}/guest-access");
    let off = json!({ "enabled": false, "closing": { "mode": "finish" } });
    let told = site.json(owner, "PUT", &access, off).await.json();
    assert_eq!(told["guest_access"]["inside"], 1);
    let now = json!({ "enabled": false, "closing": { "mode": "now" } });
    let told = site.json(owner, "PUT", &access, now).await.json();
    assert_eq!((&told["guest_access"]["inside"], &told["closed"]["ended_viewings"]), (&json!(0), &json!(1)));
}
