//! The owner's side of invites over HTTP: what the bodies say, and what is refused how.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::cast::Key;
use crate::matrix::World;
use crate::site::Site;

struct Owner {
    world: World,
    invites: String,
}

impl Owner {
    async fn new(site: Site) -> Self {
        let world = World::new(site).await;
        let invites = format!("/api/items/{}/invites", world.stage.item);
        Self { world, invites }
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> Answer {
        let url = format!("{}{path}", self.invites);
        self.world.site.json(&self.world.cast.owner.key, method, &url, body).await
    }

    async fn list(&self) -> Value {
        self.world.site.get(&self.world.cast.owner.key, &self.invites).await.json()
    }

    /// What a stranger gets who opens an invite's URL.
    async fn opened(&self, url: &Value) -> u16 {
        let path = url.as_str().expect("a URL").strip_prefix(crate::site::ORIGIN).expect("of this site");
        self.world.site.get(&Key::nobody(), path).await.status.as_u16()
    }
}

fn anna() -> Value {
    json!({ "email": "Anna@Guests.example", "first_name": "Anna", "last_name": "Levi", "role": "viewer" })
}

#[tokio::test]
async fn the_list_says_what_an_owner_needs() {
    for site in [Site::sqlite().await, Site::postgres().await] {
        let owner = Owner::new(site).await;
        let made = owner.send("POST", "", anna()).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let list = owner.list().await;
        assert_eq!((&list["total"], &list["may_invite"]), (&json!(3), &json!(true)));
        assert_eq!(list["policy"], json!({ "minutes_most": 1_440, "uses_most": 1, "mail": false }));
        assert_eq!(list["roles"][0]["role"], "viewer");
        let capabilities = list["roles"][0]["capabilities"].as_array().expect("capabilities");
        assert!(capabilities.contains(&json!("watch")) && list["roles"].as_array().map(Vec::len) == Some(1));
        let (anna, ina) = (&list["invites"][0], &list["invites"][1]);
        assert_eq!(*anna, made.json()["invite"]);
        for (field, value) in [
            ("email", json!("anna@guests.example")),
            ("state", json!("created")),
            ("role_now", json!("viewer")),
            ("uses", json!(0)),
            ("max_uses", json!(1)),
            ("bound", json!(false)),
            ("inside", json!(false)),
            ("proves_by_code", json!(false)),
            ("waiting", json!([])),
            ("made_by", json!("Olivia zqmark-own")),
        ] {
            assert_eq!(anna[field], value, "{field}");
        }
        assert_eq!(ina["waiting"][0]["reference"], crate::stage::WAITING);
        let query = format!("{}?limit=1&q=guests", owner.invites);
        let first = owner.world.site.get(&owner.world.cast.owner.key, &query).await.json();
        let cursor = first["next_cursor"].as_str().expect("a cursor");
        let second = format!("{query}&cursor={cursor}");
        let second = owner.world.site.get(&owner.world.cast.owner.key, &second).await.json();
        assert_eq!((&first["invites"][0], &second["invites"][0]), (anna, ina));
    }
}

#[tokio::test]
async fn a_new_link_and_a_revoked_invite_are_dead_with_the_answer() {
    let owner = Owner::new(Site::sqlite().await).await;
    let made = owner.send("POST", "", anna()).await.json();
    let path = format!("/{}", made["invite"]["id"].as_str().expect("an id"));
    assert_eq!(owner.opened(&made["url"]).await, 200);
    let again = owner.send("POST", &format!("{path}/token"), Value::Null).await.json();
    assert_eq!((owner.opened(&made["url"]).await, owner.opened(&again["url"]).await), (404, 200));
    let revoked = owner.send("DELETE", &format!("{path}?closing=now"), Value::Null).await;
    assert_eq!((revoked.status.as_u16(), &revoked.json()["closed"]["confirmed"]), (200, &json!(true)));
    assert_eq!(revoked.json()["invite"]["state"], "revoked");
    assert_eq!(owner.opened(&again["url"]).await, 404);
    let copied = owner.send("POST", &format!("{path}/reveal"), Value::Null).await;
    assert_eq!((copied.status.as_u16(), &*copied.code()), (409, "invite_over"));
    let wrong = owner.send("DELETE", &format!("{path}?closing=later"), Value::Null).await;
    assert_eq!(wrong.status, 422);
}

#[tokio::test]
async fn null_and_absent_are_told_apart() {
    let owner = Owner::new(Site::sqlite().await).await;
    for (uses, field) in [(Value::Null, "max_uses"), (json!(-1), "max_uses"), (json!(2), "max_uses")] {
        let mut body = anna();
        body["max_uses"] = uses;
        let refused = owner.send("POST", "", body).await;
        assert_eq!(refused.json()["fields"][field], "uses_over_policy", "{}", refused.text());
    }
    let made = owner.send("POST", "", anna()).await.json();
    let path = format!("/{}", made["invite"]["id"].as_str().expect("an id"));
    let nothing = owner.send("PATCH", &path, json!({})).await.json();
    assert_eq!(nothing, made["invite"], "absent: stays");
    let refused = owner.send("PATCH", &path, json!({ "max_uses": null })).await;
    assert_eq!(refused.json()["fields"]["max_uses"], "uses_over_policy");
    let back = owner.send("PATCH", &path, json!({ "lend": null })).await;
    assert_eq!(back.status, 200);
    let role = owner.send("PATCH", &path, json!({ "role": "moderator" })).await;
    assert_eq!(role.json()["fields"]["role"], "role_not_for_kind");
}

#[tokio::test]
async fn a_sheet_is_tried_then_made_whole() {
    let owner = Owner::new(Site::sqlite().await).await;
    let text = "e-mail;first;last\r\nben@guests.example;Ben;Katz\r\ncy@guests.example;=1+1;Katz\r\n";
    let body = |text: &str, dry_run: bool| json!({ "text": text, "role": "viewer", "dry_run": dry_run });
    let bad = json!([{ "row": 3, "field": "first_name", "code": "name_formula" }]);
    let tried = owner.send("POST", "/bulk", body(text, true)).await;
    assert_eq!((tried.status.as_u16(), &tried.json()["bad_rows"]), (200, &bad));
    assert_eq!(tried.json()["preview"][0]["email"], "ben@guests.example");
    let refused = owner.send("POST", "/bulk", body(text, false)).await;
    assert_eq!((refused.status.as_u16(), &*refused.code()), (422, "bad_rows"));
    assert_eq!((&refused.json()["bad_rows"], &owner.list().await["total"]), (&bad, &json!(2)));
    let made = owner.send("POST", "/bulk", body(&text.replace('=', ""), false)).await;
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(owner.opened(&made.json()["created"][1]["url"]).await, 200);
    // A sheet may be as large as 10,000 rows are.
    let large: String =
        (0..10_000).map(|n| format!("pupil{n}@{}.example;Pupil;{n}\n", "x".repeat(50))).collect();
    let tried = owner.send("POST", "/bulk", body(&large, true)).await;
    assert_eq!(tried.json()["good"], 10_000, "{:.300}", tried.text());
}

#[tokio::test]
async fn who_types_too_fast_waits() {
    let owner = Owner::new(Site::sqlite().await).await;
    let everybody = json!({ "type_ahead": "everybody" });
    let administrator = &owner.world.cast.administrator.key;
    let set = owner.world.site.json(administrator, "PATCH", "/api/site/policy", everybody).await;
    assert_eq!(set.status, 200, "{}", set.text());
    let find = async || owner.world.site.get(&owner.world.cast.owner.key, "/api/members/find?q=otto").await;
    let found = find().await.json();
    assert_eq!(found["members"][0]["first_name"], "Otto", "{found}");
    let mut answers = 1;
    let refused = loop {
        let answer = find().await;
        if answer.status != 200 {
            break answer;
        }
        answers += 1;
        assert!(answers < 100, "never refused");
    };
    assert_eq!((refused.status.as_u16(), &*refused.code()), (429, "too_many_requests"));
    assert!(matches!(refused.header("retry-after"), "1" | "2"), "{}", refused.header("retry-after"));
    assert!(answers >= 30, "{answers}");
}
