//! The owner puts people out and lets them back.

use serde_json::{Value as Json, json};

use super::world::World;
use crate::cast::Key;

#[tokio::test]
async fn a_removed_guest_needs_a_use_and_may_be_given_the_seat_back() {
    for world in World::both().await {
        let noa = world.guest("Noa", "noa@guests.example").await;
        let page = format!("/media/{}", world.item);
        assert_eq!(world.site.get(&noa.key, &page).await.status, 200);
        let removed = world.act("Noa", "remove").await;
        assert!(removed["person"]["removed_ms"].is_i64() && removed["person"]["inside"] == false);
        assert_eq!(removed["closed"], json!({ "ended_viewings": 1, "confirmed": true }));
        // Nothing of what was open goes on, and the browser stands at the door like a stranger's.
        let renew = format!("/m/{}/renew", noa.viewing);
        assert!(world.site.json(&noa.key, "POST", &renew, Json::Null).await.is_refusal());
        assert!(world.site.get(&noa.key, &page).await.is_refusal());
        let entry = world.site.get(&noa.key, &format!("/g/{}", world.token)).await;
        assert!(entry.status == 200 && entry.text().contains("form_key"), "the form, a use");
        // Doing it again changes nothing; undo gives the seat back, not the viewing.
        world.act("Noa", "remove").await;
        let restored = world.act("Noa", "restore").await;
        assert!(restored["person"]["removed_ms"].is_null());
        assert_eq!(world.site.get(&noa.key, &page).await.status, 200);
        assert!(world.site.json(&noa.key, "POST", &renew, Json::Null).await.is_refusal());
        // Removed once more, entering spends a use.
        world.act("Noa", "remove").await;
        assert_eq!(world.send_form(&noa.key, "Noa", "noa@guests.example").await.status, 303);
        assert_eq!(world.number("SELECT CAST(SUM(uses) AS BIGINT) FROM guest_link").await, 2);
        let what: Vec<_> = world.activity(&world.cast.owner.key).await.as_array().expect("rows").clone();
        let what: Vec<_> =
            what.iter().filter(|row| row["person"].is_object()).map(|row| row["what"].clone()).collect();
        assert_eq!(
            what,
            ["person_removed", "person_restored", "person_removed"],
            "no row for what changed nothing"
        );
    }
}

#[tokio::test]
async fn a_blocked_guest_gets_the_denied_page_and_no_new_form() {
    for world in World::both().await {
        let noa = world.guest("Noa", "noa@guests.example").await;
        world.act("Noa", "block").await;
        let door = format!("/g/{}", world.token);
        assert_eq!(world.site.get(&noa.key, &door).await.status, 404);
        assert_eq!(world.site.get(&noa.key, &format!("/media/{}", world.item)).await.status, 404);
        for (name, email) in [("Noa", "noa@guests.example"), ("Somebody Else", "else@guests.example")] {
            assert_eq!(world.send_form(&noa.key, name, email).await.status, 404, "{name}");
        }
        assert_eq!(world.number("SELECT COUNT(*) FROM seat").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM refusal WHERE cause = 'blocked'").await, 1);
        // Nor by "Not you?", which frees a browser from its seat.
        world.site.form(&noa.key, &format!("/media/{}/not-me", world.item), &[]).await;
        assert_eq!(world.site.get(&noa.key, &door).await.status, 404);
        // Switching off and on undoes no block.
        let owner = world.cast.owner.caller(&world.site).await;
        for on in [false, true] {
            let finish = app::domain::Closing::Finish;
            world.site.app.switch_guest_access(&owner, world.item, on, finish).await.expect("switched");
        }
        assert_eq!(world.site.get(&noa.key, &door).await.status, 404);
        world.act("Noa", "unblock").await;
        assert_eq!(world.site.get(&noa.key, &format!("/media/{}", world.item)).await.status, 200);
        // Blocked after being removed, it is the same browser that stays out.
        world.act("Noa", "remove").await;
        world.act("Noa", "block").await;
        assert_eq!(world.site.get(&noa.key, &door).await.status, 404);
    }
}

#[tokio::test]
async fn ending_now_leaves_the_seat() {
    for world in World::both().await {
        let noa = world.guest("Noa", "noa@guests.example").await;
        assert_eq!(world.act("Noa", "end").await["closed"]["ended_viewings"], 1);
        assert_eq!(world.list("").await["inside"], 0);
        assert_eq!(world.site.get(&noa.key, &format!("/media/{}", world.item)).await.status, 200);
    }
}

/// Access.md 3.6: whoever was removed passes the lobby again, on the same device without a use.
#[tokio::test]
async fn a_removed_invitee_passes_the_lobby_again_without_a_use() {
    for world in World::both().await {
        let path = world.invite("yael@guests.example").await;
        let entered = world.send_lobby(&Key::nobody(), &path, "yael@guests.example").await;
        let yael = Key { cookies: entered.cookies(), bearer: None };
        let page = format!("/media/{}", world.item);
        assert_eq!(world.site.get(&yael, &page).await.status, 200);
        world.act("Yael Stern", "remove").await;
        assert!(world.site.get(&yael, &page).await.is_refusal());
        assert_eq!(world.site.get(&yael, &path).await.status, 200, "the lobby");
        let elsewhere = world.send_lobby(&Key::nobody(), &path, "yael@guests.example").await;
        assert_eq!(elsewhere.status, 404, "another device needs a use, and none is left");
        assert_eq!(world.send_lobby(&yael, &path, "eve@guests.example").await.status, 422);
        let back = world.send_lobby(&yael, &path, "yael@guests.example").await;
        assert_eq!(back.status, 303, "{}", back.text());
        // What it is given stands in the place of what it had.
        let key = Key { cookies: back.cookies(), bearer: None };
        assert_eq!(world.site.get(&key, &page).await.status, 200);
        assert_eq!(world.number("SELECT CAST(SUM(uses) AS BIGINT) FROM invite").await, 1);
        assert_eq!(world.number("SELECT COUNT(*) FROM invite_seat WHERE removed_ms IS NOT NULL").await, 0);
        world.act("Yael Stern", "block").await;
        assert_eq!(world.send_lobby(&key, &path, "yael@guests.example").await.status, 404);
    }
}
