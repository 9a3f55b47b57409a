//! Who came (finding A1.1 of the walk): the owner reads names and addresses, takes them away, puts people out and lets
//! them back; nobody else does, and what is erased is in no list.

mod putting_out;
mod world;

use app::store::{Conn, StoreError, Value};
use serde_json::{Value as Json, json};

use crate::cast::Key;
use crate::site::encoded;
use crate::stage::give_right;

use world::World;

#[tokio::test]
async fn the_owner_reads_who_came() {
    for world in World::both().await {
        let noa = world.guest("Noa Bar", "noa@guests.example").await;
        world.guest("Ben", "ben@guests.example").await;
        let path = world.invite("yael@guests.example").await;
        assert_eq!(world.send_lobby(&Key::nobody(), &path, "yael@guests.example").await.status, 303);

        let list = world.list("").await;
        assert_eq!((&list["total"], &list["inside"]), (&json!(3), &json!(2)), "{list}");
        assert_eq!(world.names("").await, ["Yael Stern", "Ben", "Noa Bar"], "who entered last first");
        let noa_row = &list["people"][2];
        assert_eq!(noa_row["email"], "noa@guests.example");
        assert_eq!((&noa_row["kind"], &noa_row["inside"]), (&json!("guest"), &json!(true)));
        assert_eq!(noa_row["link"]["id"], world.link.to_string());
        assert_eq!(noa_row["device"], json!({ "kind": "phone", "browser": "safari" }));
        assert!(noa_row["entered_ms"].is_i64() && noa_row["seen_ms"].is_i64());
        let yael = &list["people"][0];
        assert_eq!((&yael["kind"], &yael["role"]), (&json!("invitee"), &json!("viewer")));
        assert_eq!((&yael["email"], &yael["proof"]), (&json!("yael@guests.example"), &json!("address")));
        assert_eq!(yael["inside"], false, "entered, and has no page open");

        for (query, names) in [
            ("?q=noa", vec!["Noa Bar"]),
            ("?q=BEN@guests", vec!["Ben"]),
            ("?q=%25", vec![]),
            ("?by=invites", vec!["Yael Stern"]),
            ("?inside=true", vec!["Ben", "Noa Bar"]),
            ("?inside=true&q=noa", vec!["Noa Bar"]),
            (&*format!("?by={}", world.link), vec!["Ben", "Noa Bar"]),
        ] {
            assert_eq!(world.names(query).await, names, "{query}");
        }
        // Page by page, everybody once.
        let (mut seen, mut query) = (Vec::new(), "?limit=1".to_owned());
        loop {
            let page = world.list(&query).await;
            seen.push(page["people"][0]["name"].as_str().unwrap_or("nobody").to_owned());
            let Some(next) = page["next_cursor"].as_str() else { break };
            query = format!("?limit=1&cursor={next}");
        }
        assert_eq!(seen[..3], ["Yael Stern", "Ben", "Noa Bar"]);
        // Who leaves is inside no more.
        world.site.json(&noa.key, "POST", &format!("/m/{}/leave", noa.viewing), Json::Null).await;
        assert_eq!(world.list("").await["inside"], 1);
        if world.site.engine == "sqlite" {
            assert_eq!(world.names("?inside=true").await, ["Ben"]);
        }
        assert_eq!(world.get(&world.cast.owner.key, "?cursor=rubbish").await.status, 404);
        assert_eq!(world.get(&world.cast.owner.key, "?by=rubbish").await.status, 404);
    }
}

/// Names in any script are found as they are written.
#[tokio::test]
async fn every_name_is_found() {
    for world in World::both().await {
        for (name, typed) in
            [("Ömer Çelik", "Ömer"), ("\u{5e0}\u{5d5}\u{5e2}\u{5d4}", "\u{5e0}\u{5d5}"), ("O'Brien", "o'b")]
        {
            world.guest(name, "somebody@guests.example").await;
            let query = format!("?{}", encoded(&[("q", typed)]));
            assert_eq!(world.names(&query).await, [name]);
        }
    }
}

#[tokio::test]
async fn nobody_else_reads_who_came() {
    for world in World::both().await {
        world.guest("Noa Secret", "noa@guests.example").await;
        let path = world.invite("yael@guests.example").await;
        world.send_lobby(&Key::nobody(), &path, "yael@guests.example").await;
        world.act("Noa Secret", "end").await;
        let cast = &world.cast;
        for right in ["co_owner", "co_editor", "co_publisher"] {
            give_right(&world.site, world.item, &cast.member, right).await;
            assert_eq!(world.get(&cast.member.key, "").await.status, 200, "{right}");
            const TAKE: &str = "DELETE FROM item_right WHERE item_right = $1";
            let values = [Value::Text(right.into())];
            let taken: Result<_, StoreError> =
                world.site.store.write(async move |conn: &mut Conn| conn.execute(TAKE, &values).await).await;
            taken.expect("taken");
        }
        for (who, key) in [("co-viewer", &cast.co_viewer.key), ("administrator", &cast.administrator.key)] {
            for answer in [
                world.get(key, "").await,
                world.post(key, &format!("{}/export", world.url), json!({})).await,
                world.site.get(key, &format!("/media/{}/people", world.item)).await,
            ] {
                assert_eq!(answer.status, 404, "{who}");
            }
        }
        // An administrator reads the activity, without the names of those who came.
        let rows = world.activity(&cast.administrator.key).await;
        let ended =
            rows.as_array().expect("rows").iter().find(|row| row["what"] == "person_ended").expect("a row");
        assert_eq!(ended["person"]["name"], "");
        // A program with another scope reads neither names nor addresses, wherever they stand.
        let read = cast.token(app::domain::Scope::ItemsRead);
        assert_eq!(world.get(read, "").await.code(), "scope_missing");
        for path in ["activity", "activity/doors", "activity?kind=entered"] {
            let answer = world.site.get(read, &format!("/api/items/{}/{path}", world.item)).await;
            assert_eq!(answer.status, 200);
            for secret in ["Noa Secret", "noa@", "Yael", "yael@"] {
                assert!(!answer.text().contains(secret), "{path} tells {secret}: {}", answer.text());
            }
        }
        assert_eq!(world.get(cast.token(app::domain::Scope::People), "").await.status, 200);
    }
}

#[tokio::test]
async fn the_list_is_taken_away_as_a_file_that_computes_nothing() {
    for world in World::both().await {
        world.guest("=HYPERLINK(\"http://evil.example\")", "plus+me@guests.example").await;
        world.guest("@Sum, \"quoted\"", "=cmd@guests.example").await;
        world.guest("\u{5e0}\u{5d5}\u{5e2}\u{5d4}", "noa@guests.example").await;
        let url = format!("{}/export", world.url);
        let file = world.post(&world.cast.owner.key, &url, json!({})).await;
        assert_eq!((file.status.as_u16(), file.header("content-type")), (200, "text/csv; charset=utf-8"));
        assert!(file.header("content-disposition").starts_with("attachment"));
        let text = file.text();
        assert!(text.starts_with('\u{feff}'), "the mark by which Excel knows UTF-8");
        let lines: Vec<_> = text.trim_start_matches('\u{feff}').split("\r\n").collect();
        assert!(lines[0].starts_with("name,email,came by,entered (UTC)"), "{}", lines[0]);
        assert!(lines[1].starts_with("\u{5e0}\u{5d5}\u{5e2}\u{5d4},noa@guests.example,"));
        assert!(lines[2].starts_with("\"'@Sum, \"\"quoted\"\"\",'=cmd@guests.example,"), "{}", lines[2]);
        assert!(lines[3].starts_with("\"'=HYPERLINK(\"\"http://evil.example\"\")\",plus+me@guests.example,"));
        assert!(lines[3].contains("phone safari"));
        let narrow = json!({ "format": "json", "q": "noa" });
        let found = world.post(&world.cast.owner.key, &url, narrow).await.json();
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
        assert_eq!((&found[0]["email"], &found[0]["kind"]), (&json!("noa@guests.example"), &json!("guest")));
        assert_eq!(world.post(&world.cast.owner.key, &url, json!({ "format": "pdf" })).await.status, 422);
        let rows = world.activity(&world.cast.owner.key).await;
        let rows = rows.as_array().expect("rows").iter().filter(|row| row["what"] == "people_exported");
        let details: Vec<_> = rows.map(|row| row["detail"].clone()).collect();
        assert_eq!(
            details,
            ["rows: 1; format: json", "rows: 3; format: csv"],
            "who took what away is written down"
        );
    }
}

#[tokio::test]
async fn an_address_is_found_taken_away_and_erased_by_administrators() {
    for world in World::both().await {
        let noa = world.guest("Noa", "noa@guests.example").await;
        world.guest("Ben", "ben@guests.example").await;
        let path = world.invite("noa@guests.example").await;
        let entered = world.send_lobby(&Key::nobody(), &path, "noa@guests.example").await;
        let invited = Key { cookies: entered.cookies(), bearer: None };
        let admin = &world.cast.administrator.key;
        let typed = json!({ "email": " NOA@guests.example " });
        let found = world.post(admin, "/api/people/find", typed.clone()).await.json();
        assert_eq!(found, json!({ "guest_seats": 1, "invited_items": 1, "items": 1 }));
        let file = world.post(admin, "/api/people/export", typed.clone()).await;
        assert!(
            file.text().contains("\"Noa\"") && file.text().contains("Yael") && !file.text().contains("Ben")
        );
        assert_eq!(world.post(&world.cast.owner.key, "/api/people/find", typed.clone()).await.status, 403);
        assert_eq!(world.post(admin, "/api/people/find", json!({ "email": "noa" })).await.status, 422);

        let erased = world.post(admin, "/api/people/erase", typed.clone()).await;
        assert_eq!(erased.json()["erased"], found, "{}", erased.text());
        assert_eq!(erased.json()["closed"]["ended_viewings"], 1);
        let page = format!("/media/{}", world.item);
        assert!(world.site.get(&noa.key, &page).await.is_refusal(), "who sat there is out");
        assert!(world.site.get(&invited, &page).await.is_refusal());
        assert_eq!(world.send_lobby(&Key::nobody(), &path, "noa@guests.example").await.status, 404);
        let list = world.list("").await;
        assert_eq!(list["total"], 3, "totals stay");
        assert_eq!(world.names("").await, ["", "Ben", ""]);
        assert!(list["people"][2]["email"].is_null() && list["people"][0]["email"].is_null(), "{list}");
        let none = world.post(admin, "/api/people/find", typed).await.json();
        assert_eq!(none, json!({ "guest_seats": 0, "invited_items": 0, "items": 0 }));
        world.holds_no("noa@guests.example");
        // The owner reads that it was done, by whom, and not about whom.
        let rows = world.activity(&world.cast.owner.key).await;
        for what in ["people_erased_by_address", "people_exported_by_address"] {
            let row = rows.as_array().expect("rows").iter().find(|row| row["what"] == what).expect(what);
            assert_eq!((&row["actor"], &row["detail"]), (&json!("Ada"), &json!("seats: 2")));
        }
        assert!(!rows.to_string().contains("noa@"), "{rows}");
        let log = world.site.get(admin, "/api/site/log").await.text();
        assert!(log.contains("people_erased_by_address") && !log.contains("noa@"));
    }
}

/// Quality.md P1: retention empties the list, and the activity's rows about somebody lose the name with it.
#[tokio::test]
async fn retention_empties_the_list_and_leaves_the_totals() {
    for world in World::both().await {
        world.guest("Zoe Erasable", "zoe@guests.example").await;
        world.act("Zoe Erasable", "remove").await;
        let policy = app::policy::TypedPolicy { retention_days: Some(1), ..Default::default() };
        let admin = world.cast.administrator.caller(&world.site).await;
        world.site.app.change_policy(&admin, policy).await.expect("changed");
        const END: &str = "UPDATE guest_link SET deleted_ms = 1";
        let ended: Result<_, StoreError> =
            world.site.store.write(async |conn: &mut Conn| conn.execute(END, &[]).await).await;
        ended.expect("ended");
        assert_eq!(world.site.app.erase_due().await.expect("erased").seats, 1);
        let list = world.list("").await;
        assert_eq!((&list["total"], &list["people"][0]["name"]), (&json!(1), &json!("")));
        assert!(list["people"][0]["email"].is_null() && list["people"][0]["device"].is_null(), "{list}");
        assert_eq!(world.names("?q=zoe").await, [""; 0]);
        let left = "SELECT COUNT(*) FROM seat WHERE removed_key IS NOT NULL OR key_hash IS NOT NULL";
        assert_eq!(world.number(left).await, 0, "no browser is known by it any more");
        let rows = world.activity(&world.cast.owner.key).await;
        let row =
            rows.as_array().expect("rows").iter().find(|row| row["what"] == "person_removed").expect("a row");
        assert_eq!(row["person"]["name"], "");
        for text in ["Zoe Erasable", "zoe@guests.example"] {
            world.holds_no(text);
        }
    }
}
