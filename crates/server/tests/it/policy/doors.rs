//! What settings do to whoever opens a link: the module, the door table, the domains.

use app::store::Value;
use serde_json::json;

use super::{INVITED, blob, both};
use crate::cast::Key;

#[tokio::test]
async fn enabled_off_puts_everybody_out_and_on_revives() {
    for house in both().await {
        let (guest, invitee) = (house.guest("Gus").await, house.invitee().await);
        assert!(house.goes_on(&guest).await && house.goes_on(&invitee).await);
        let shown = house.site.get(&house.cast.administrator.key, "/api/site/policy").await.json();
        let inside = shown["inside"].as_array().expect("who is inside");
        let viewings: i64 = inside.iter().filter_map(|row| row["viewings"].as_i64()).sum();
        assert_eq!(viewings, 2, "the confirmation says how many end");
        let answer = house.set(json!({ "enabled": false })).await;
        assert_eq!(answer["closed"]["ended_viewings"], 2);
        assert_eq!(answer["closed"]["confirmed"], true);
        for viewing in [&guest, &invitee] {
            assert!(!house.goes_on(viewing).await);
        }
        for door in [&house.guest_door, &house.invite_door] {
            assert_eq!(house.open(&Key::nobody(), door).await, 404);
        }
        assert_ne!(house.own("POST", "guest-links", json!({ "name": "One more" })).await.status, 201);
        assert_eq!(house.own("GET", "", json!(null)).await.json()["shares"], false, "no entries in menus");
        assert_ne!(house.invite(json!({ "email": "x@y.example" })).await.status, 201);
        house.set(json!({ "enabled": true })).await;
        assert_eq!(house.own("GET", "", json!(null)).await.json()["shares"], true);
        assert_eq!(house.open(&Key::nobody(), &house.guest_door).await, 200);
        // The invite's one use is spent; on its own device it leads in.
        assert_eq!(house.open(&invitee.0, &house.invite_door).await, 303);
    }
}

#[tokio::test]
async fn media_page_and_module_need_each_other() {
    for house in both().await {
        let needs = house.wrong(json!({ "media_page": false }), "media_page").await;
        assert_eq!(needs, "module_needs_media_page");
        house.set(json!({ "enabled": false })).await;
        house.set(json!({ "media_page": false })).await;
        assert_eq!(house.wrong(json!({ "enabled": true }), "enabled").await, "media_page_is_off");
        assert_eq!(house.open(&Key::nobody(), &house.guest_door).await, 404);
        house.set(json!({ "enabled": true, "media_page": true })).await;
        assert_eq!(house.open(&Key::nobody(), &house.guest_door).await, 200);
    }
}

/// Each class, by a kind of it.
const CLASSES: [(&str, &str); 3] = [("media", "video"), ("live", "live_event"), ("room", "room")];

#[tokio::test]
async fn guest_links_allowed_shuts_one_door_of_one_class() {
    for house in both().await {
        for (class, kind) in CLASSES {
            house.become_kind(kind).await;
            let (guest, invitee) = (house.guest("Gus").await, house.invitee_again().await);
            let other = if class == "media" { "live" } else { "media" };
            house.set(json!({ "doors": [{ "class": other, "guest_links_allowed": false }] })).await;
            assert!(house.goes_on(&guest).await, "{class}: another class");
            let answer =
                house.set(json!({ "doors": [{ "class": class, "guest_links_allowed": false }] })).await;
            assert_eq!(answer["closed"]["ended_viewings"], 1, "{class}");
            assert!(!house.goes_on(&guest).await, "{class}");
            assert!(house.goes_on(&invitee).await, "{class}: the other door");
            assert_eq!(house.open(&Key::nobody(), &house.guest_door).await, 404, "{class}");
            assert_eq!(house.open(&Key::nobody(), &house.invite_door).await, 200, "{class}");
            let on = |class| json!({ "class": class, "guest_links_allowed": true });
            house.set(json!({ "doors": [on(class), on(other)] })).await;
            assert_eq!(house.open(&Key::nobody(), &house.guest_door).await, 200, "{class}");
        }
    }
}

#[tokio::test]
async fn invites_allowed_shuts_one_door_of_one_class() {
    for house in both().await {
        for (class, kind) in CLASSES {
            house.become_kind(kind).await;
            let (guest, invitee) = (house.guest("Gus").await, house.invitee_again().await);
            let answer = house.set(json!({ "doors": [{ "class": class, "invites_allowed": false }] })).await;
            assert_eq!(answer["closed"]["ended_viewings"], 1, "{class}");
            assert!(!house.goes_on(&invitee).await, "{class}");
            assert!(house.goes_on(&guest).await, "{class}: the other door");
            assert_eq!(house.open(&Key::nobody(), &house.invite_door).await, 404, "{class}");
            assert_eq!(house.invite(json!({ "email": "x@y.example" })).await.code(), "invites_off");
            house.set(json!({ "doors": [{ "class": class, "invites_allowed": true }] })).await;
            assert_eq!(house.open(&Key::nobody(), &house.invite_door).await, 200, "{class}");
        }
    }
}

#[tokio::test]
async fn lobby_is_asked_by_class_and_site_role() {
    for house in both().await {
        let member = &house.cast.member;
        house.verify(member.id, INVITED).await;
        let straight = async || {
            let page = house.site.get(&member.key, &house.invite_door).await;
            assert_eq!(page.status, 200);
            page.text().contains("straight_in") || page.text().contains("straight-in")
        };
        for (class, kind) in CLASSES {
            house.become_kind(kind).await;
            // A new site asks in rooms only.
            assert_eq!(straight().await, class != "room", "{class}");
            let lobby = async |lobby: serde_json::Value| {
                house.set(json!({ "doors": [{ "class": class, "lobby": lobby }] })).await;
            };
            lobby(json!({ "mode": "always" })).await;
            assert!(!straight().await, "{class}");
            lobby(json!({ "mode": "never" })).await;
            assert!(straight().await, "{class}");
            lobby(json!({ "mode": "roles", "roles": ["admin"] })).await;
            assert!(straight().await, "{class}: another role");
            lobby(json!({ "mode": "roles", "roles": ["viewer", "private_only"] })).await;
            assert!(!straight().await, "{class}: this role");
        }
    }
}

#[tokio::test]
async fn blocked_domains_hold_at_both_doors() {
    for house in both().await {
        let guest = async |email: &str| {
            let form_key = house.site.app.new_form_key().to_text();
            let fields = [("name", "Nora"), ("email", email), ("form_key", &*form_key)];
            let url = format!("{}/enter", house.guest_door);
            house.site.form(&Key::nobody(), &url, &fields).await.status.as_u16()
        };
        let (inside, path) = ("ina@deep.bad.example", house.invited("ina@deep.bad.example").await);
        house.set(json!({ "blocked_domains": ["bad.example"] })).await;
        // The switch for guests is off when new.
        assert_eq!(guest(inside).await, 303);
        assert_eq!(house.open(&Key::nobody(), &path).await, 404);
        assert_eq!(house.lobby(&path, inside).await.err(), Some(404));
        assert_eq!(house.invite(json!({ "email": "ben@bad.example" })).await.status, 422);
        assert_eq!(house.invite(json!({ "email": "ben@notbad.example" })).await.status, 201);
        house.set(json!({ "domains_for_guests": true })).await;
        assert_ne!(guest(inside).await, 303);
        assert_eq!(guest("nora@notbad.example").await, 303);
    }
}

#[tokio::test]
async fn domains_for_guests_makes_the_lists_hold_for_them() {
    for house in both().await {
        let guest = async |email: &str| {
            let form_key = house.site.app.new_form_key().to_text();
            let fields = [("name", "Nora"), ("email", email), ("form_key", &*form_key)];
            let url = format!("{}/enter", house.guest_door);
            house.site.form(&Key::nobody(), &url, &fields).await.status.as_u16()
        };
        house.set(json!({ "allowed_domains": ["good.example"] })).await;
        assert_eq!(guest("nora@other.example").await, 303, "off when new");
        house.set(json!({ "domains_for_guests": true })).await;
        assert_ne!(guest("nora@other.example").await, 303);
        assert_eq!(guest("nora@good.example").await, 303);
        house.set(json!({ "domains_for_guests": false })).await;
        assert_eq!(guest("nils@other.example").await, 303);
    }
}

#[tokio::test]
async fn allowed_domains_admit_nothing_else() {
    for house in both().await {
        house.set(json!({ "allowed_domains": ["good.example"] })).await;
        assert_eq!(house.open(&Key::nobody(), &house.invite_door).await, 404);
        assert_eq!(house.invite(json!({ "email": "ben@other.example" })).await.status, 422);
        let path = house.invited("ben@deep.good.example").await;
        assert!(house.lobby(&path, "ben@deep.good.example").await.is_ok());
        house.set(json!({ "blocked_domains": ["good.example"] })).await;
        assert_eq!(house.open(&Key::nobody(), &path).await, 404, "blocked always wins");
        house.set(json!({ "allowed_domains": [], "blocked_domains": [] })).await;
        assert_eq!(house.open(&Key::nobody(), &house.invite_door).await, 200);
    }
}

/// Everything that the database holds of a person, as text.
async fn found(house: &super::House, text: &str) -> Vec<&'static str> {
    let mut places = Vec::new();
    for (place, sql) in [
        ("seat", "SELECT COUNT(*) FROM seat WHERE name LIKE $1 OR email LIKE $2"),
        ("invite", "SELECT COUNT(*) FROM invite WHERE first_name LIKE $1 OR email LIKE $2"),
        ("invite_seat", "SELECT COUNT(*) FROM invite_seat WHERE first_name LIKE $1 OR email LIKE $2"),
        ("activity", "SELECT COUNT(*) FROM activity WHERE actor LIKE $1 OR detail LIKE $2"),
        ("mail", "SELECT COUNT(*) FROM mail WHERE email LIKE $1 OR answer LIKE $2"),
    ] {
        let pattern = Value::Text(format!("%{text}%"));
        let values = [pattern.clone(), pattern];
        let count: Result<i64, app::store::StoreError> = house
            .site
            .store
            .read(async move |conn: &mut app::store::Conn| conn.value(sql, &values).await)
            .await;
        if count.expect("countable") > 0 {
            places.push(place);
        }
    }
    places
}

#[tokio::test]
async fn retention_days_erases_who_has_no_right_left() {
    for house in both().await {
        let day = app::domain::Span::from_days(1);
        house.set(json!({ "retention_days": 10 })).await;
        house.guest("Zqguest").await;
        house.invitee().await;
        assert_eq!(found(&house, "zqguest").await, ["seat"]);
        let known = found(&house, INVITED).await;
        assert!(known.contains(&"invite") && known.contains(&"invite_seat"), "{known:?}");
        // The invite lasts a day; the link lives on.
        house.site.clock.advance(app::domain::Span::from_days(12));
        let erased = house.site.app.erase_due().await.expect("erased");
        assert_eq!((erased.seats, erased.persons), (0, 1));
        assert_eq!(found(&house, INVITED).await, [""; 0]);
        assert_eq!(found(&house, "zqguest").await, ["seat"], "never under a live right");
        let ended = Value::Int(house.site.clock.now().as_ms());
        house
            .sql(
                "UPDATE guest_link SET deleted_ms = $1 WHERE id = $2",
                vec![ended, blob(house.link.as_bytes())],
            )
            .await;
        house.site.clock.advance(day);
        assert_eq!(house.site.app.erase_due().await.expect("nothing is due").seats, 0);
        house.site.clock.advance(app::domain::Span::from_days(10));
        assert_eq!(house.site.app.erase_due().await.expect("erased").seats, 1);
        assert_eq!(found(&house, "zqguest").await, [""; 0]);
        assert_eq!(house.site.app.erase_due().await.expect("once is enough"), Default::default());
        // The totals stay.
        let uses: Result<i64, app::store::StoreError> = house
            .site
            .store
            .read(async |conn: &mut app::store::Conn| {
                conn.value("SELECT uses FROM guest_link WHERE uses > 0", &[]).await
            })
            .await;
        assert_eq!(uses.expect("countable"), 1);
        if let Some(file) = house.site.sqlite_file() {
            for name in [file.clone(), file.with_extension("sqlite3-wal")] {
                let bytes = std::fs::read(&name).unwrap_or_default();
                for text in ["Zqguest", "zqguest@", INVITED] {
                    let found = bytes.windows(text.len()).any(|window| window == text.as_bytes());
                    assert!(!found, "{text} is still in {}", name.display());
                }
            }
        }
    }
}
