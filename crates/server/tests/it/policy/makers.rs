//! What settings do to whoever makes links and invites.

use app::store::Value;
use serde_json::{Value as Json, json};

use super::{House, blob, both};
use crate::site::Site;

/// A permission in each of its forms, and whether it includes the owner.
async fn permissions(house: &House) -> Vec<(Json, bool)> {
    let (owner, other) = (house.cast.owner.id.to_string(), house.cast.other_owner.id.to_string());
    let group = app::domain::GroupId::new(house.site.clock.now(), house.site.app.random());
    let now = Value::Int(house.site.clock.now().as_ms());
    let values = vec![blob(group.as_bytes()), Value::Text("Teachers".into()), now];
    house.sql("INSERT INTO member_group (id, name, created_ms) VALUES ($1, $2, $3)", values).await;
    let values = vec![blob(group.as_bytes()), blob(house.cast.owner.id.as_bytes())];
    house.sql("INSERT INTO group_member (group_id, member_id, source) VALUES ($1, $2, 'site')", values).await;
    vec![
        (json!({ "from": "viewer" }), true),
        (json!({ "from": "private_only" }), true),
        (json!({ "from": "admin" }), false),
        (json!({ "members": [owner] }), true),
        (json!({ "members": [other] }), false),
        (json!({ "groups": [group.to_string()] }), true),
    ]
}

#[tokio::test]
async fn guest_links_by_says_who_makes_them() {
    for house in both().await {
        for (permission, may) in permissions(&house).await {
            house.set(json!({ "guest_links_by": permission })).await;
            let made = house.own("POST", "guest-links", json!({ "name": "Class" })).await;
            if may {
                assert_eq!(made.status, 201, "{permission}: {}", made.text());
                let id = made.json()["link"]["id"].as_str().expect("an id").to_owned();
                // Whoever lost it still deletes.
                house.set(json!({ "guest_links_by": { "from": "site_administrator" } })).await;
                assert_eq!(house.own("DELETE", &format!("guest-links/{id}"), Json::Null).await.status, 200);
            } else {
                assert_eq!(made.code(), "policy_refused", "{permission}");
            }
        }
    }
}

#[tokio::test]
async fn invites_by_says_who_invites() {
    for house in both().await {
        for (permission, may) in permissions(&house).await {
            house.set(json!({ "invites_by": permission })).await;
            let made = house.invite(json!({ "email": "ben@invited.example" })).await;
            let code = made.code();
            assert_eq!(made.status == 201, may, "{permission}: {}", made.text());
            assert!(may || code == "policy_refused", "{permission}: {code}");
        }
    }
}

#[tokio::test]
async fn a_group_that_settings_name_is_not_deleted() {
    for house in both().await {
        let ask = async |method: &str, path: &str, body: Json| {
            house.site.json(&house.cast.administrator.key, method, path, body).await
        };
        let group = ask("POST", "/api/groups", json!({ "name": "Teachers" })).await.json()["id"].clone();
        let path = format!("/api/groups/{}", group.as_str().expect("an id"));
        for setting in ["invites_by", "guest_links_by"] {
            house.set(json!({ setting: { "groups": [group] } })).await;
            let refused = ask("DELETE", &path, Json::Null).await;
            assert_eq!((refused.status.as_u16(), &*refused.code()), (409, "group_named"), "{setting}");
            house.set(json!({ setting: { "from": "private_only" } })).await;
        }
        assert_eq!(ask("DELETE", &path, Json::Null).await.status, 204);
        // A site where it was deleted nevertheless: what is shown can be sent back.
        let gone = app::domain::GroupId::new(house.site.clock.now(), house.site.app.random());
        let owner = house.cast.owner.id;
        let value = Value::Text(format!("named m:{owner} g:{gone}"));
        let sql = "INSERT INTO site_setting (key, value) VALUES ('invites_by', $1)
            ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        house.sql(sql, vec![value]).await;
        house.set(json!({ "invite_minutes": 90 })).await;
        let shown = ask("GET", "/api/site/policy", Json::Null).await.json()["invites_by"].clone();
        assert_eq!(shown, json!({ "members": [owner.to_string()], "groups": [] }));
        house.set(json!({ "invites_by": shown })).await;
    }
}

#[tokio::test]
async fn guest_links_per_item_bounds_them() {
    for house in both().await {
        for most in [1, 2, 3] {
            house.set(json!({ "guest_links_per_item": most })).await;
            let made = house.own("POST", "guest-links", json!({ "name": "Class" })).await;
            // One stands from the beginning.
            if most == 1 {
                assert_eq!(made.code(), "too_many_links");
            } else {
                assert_eq!(made.status, 201, "{}", made.text());
                let over = house.own("POST", "guest-links", json!({ "name": "Class" })).await;
                assert_eq!(over.code(), "too_many_links");
            }
        }
    }
}

#[tokio::test]
async fn invite_minutes_bounds_the_duration() {
    for house in both().await {
        house.set(json!({ "invite_minutes": 60 })).await;
        let made = house.invite(json!({ "email": "ben@invited.example" })).await.json();
        let invite = &made["invite"];
        let lasts = invite["end_ms"].as_i64().unwrap_or(0) - invite["created_ms"].as_i64().unwrap_or(0);
        assert_eq!(lasts, 60 * 60_000, "{invite}");
        let over = house.invite(json!({ "email": "ben@invited.example", "minutes": 61 })).await;
        assert_eq!(over.json()["fields"]["minutes"], "minutes_over_policy");
    }
}

#[tokio::test]
async fn invite_uses_bounds_the_devices() {
    for house in both().await {
        house.set(json!({ "invite_uses": 2 })).await;
        let path = house.invited("ben@invited.example").await;
        for opens in [true, true, false] {
            assert_eq!(house.lobby(&path, "ben@invited.example").await.is_ok(), opens);
        }
        let over = house.invite(json!({ "email": "ben@invited.example", "max_uses": 3 })).await;
        assert_eq!(over.json()["fields"]["max_uses"], "uses_over_policy");
        house.set(json!({ "invite_uses": -1 })).await;
        let many = house.invite(json!({ "email": "ben@invited.example", "max_uses": 7 })).await;
        assert_eq!(many.status, 201, "{}", many.text());
    }
}

#[tokio::test]
async fn invite_template_shows_the_mail_box() {
    let house = House::new(Site::sqlite_with_mail().await).await;
    let mails = async || {
        let list = house.own("GET", "invites", Json::Null).await.json();
        list["policy"]["mail"].as_bool().expect("yes or no")
    };
    let send = json!({ "email": "ben@invited.example", "send_mail": true });
    assert!(!mails().await, "a new site has no template");
    assert_eq!(house.invite(send.clone()).await.code(), "mail_off");
    house.set(json!({ "invite_template": "invite" })).await;
    assert!(mails().await);
    assert_eq!(house.invite(send.clone()).await.status, 201);
    house.set(json!({ "invite_template": null })).await;
    assert!(!mails().await);
    assert_eq!(house.invite(send).await.code(), "mail_off");
}
