//! Rights at an item: given, lent, taken, handed over; and what the pages of whoever holds them are told.

use app::domain::SiteRole;
use app::store::{Conn, StoreError};
use serde_json::{Value as Json, json};

use crate::answer::Answer;
use crate::cast::{Cast, Key, Person};
use crate::props::published;
use crate::site::{EARLIER, Site};

struct World {
    site: Site,
    cast: Cast,
    url: String,
    item: app::domain::ItemId,
}

impl World {
    async fn new(site: Site) -> Self {
        // PostgreSQL's clock is the wall's.
        site.clock.advance(EARLIER);
        let cast = Cast::new(&site).await;
        let item = published(&site, &cast.owner, "own").await;
        let url = format!("/api/items/{item}");
        Self { site, cast, url, item }
    }

    async fn put(&self, by: &Key, to: &Person, body: Json) -> Answer {
        self.site.json(by, "PUT", &format!("{}/rights/{}", self.url, to.id), body).await
    }

    async fn give(&self, to: &Person, body: Json) -> Answer {
        self.put(&self.cast.owner.key, to, body).await
    }

    async fn take(&self, from: &Person) -> u16 {
        let url = format!("{}/rights/{}", self.url, from.id);
        self.site.json(&self.cast.owner.key, "DELETE", &url, Json::Null).await.status.as_u16()
    }

    /// What somebody is told of their powers; none when the page is not theirs.
    async fn powers(&self, of: &Person) -> Option<Json> {
        let answer = self.site.get(&of.key, &self.url).await;
        (answer.status == 200).then(|| answer.json())
    }

    async fn may_edit(&self, of: &Person) -> bool {
        let listed = self.powers(of).await.is_some_and(|item| {
            item["capabilities"].as_array().is_some_and(|all| all.contains(&json!("edit")))
        });
        let tried = self.site.json(&of.key, "PATCH", &self.url, json!({ "description": "mine" })).await;
        assert_eq!(tried.status == 200, listed, "what is listed is what is allowed");
        listed
    }

    /// Lets a lent right's time run out, as the database sees it.
    async fn let_time_pass(&self) {
        const EARLIER: &str =
            "UPDATE item_right SET until_ms = until_ms - 3600000 WHERE until_ms IS NOT NULL";
        let done: Result<_, StoreError> =
            self.site.store.write(async move |conn: &mut Conn| conn.execute(EARLIER, &[]).await).await;
        done.expect("time passes");
    }

    async fn activity(&self) -> Vec<String> {
        let answer = self.site.get(&self.cast.owner.key, &format!("{}/activity", self.url)).await;
        let body = answer.json();
        let entries = body["entries"].as_array().cloned().unwrap_or_default();
        entries.iter().rev().filter_map(|entry| entry["what"].as_str().map(str::to_owned)).collect()
    }
}

async fn both(check: impl AsyncFn(World)) {
    check(World::new(Site::sqlite().await).await).await;
    check(World::new(Site::postgres().await).await).await;
}

#[tokio::test]
async fn a_right_holds_at_once_and_is_gone_at_once() {
    both(async |world: World| {
        let mia = &world.cast.member;
        assert!(world.powers(mia).await.is_none());
        assert_eq!(world.give(mia, json!({ "right": "co_editor" })).await.status, 200);
        assert!(world.may_edit(mia).await);
        assert_eq!(world.give(mia, json!({ "right": "co_viewer" })).await.status, 200);
        assert!(!world.may_edit(mia).await);
        assert_eq!(world.take(mia).await, 204);
        assert!(world.powers(mia).await.is_none());
        assert_eq!(world.take(mia).await, 404);
        assert_eq!(world.activity().await, ["right_given", "right_given", "right_taken"]);
    })
    .await;
}

#[tokio::test]
async fn a_lent_right_falls_back_to_what_was_before_it() {
    both(async |world: World| {
        let (mia, vera) = (&world.cast.member, &world.cast.viewer);
        world.give(mia, json!({ "right": "co_viewer" })).await;
        // Lent twice over: it falls back to the right that was given, not to the one lent before.
        world.give(mia, json!({ "right": "co_editor", "minutes": 30 })).await;
        let listed = world.give(mia, json!({ "right": "co_owner", "minutes": 10 })).await.json();
        let row = listed["holders"].as_array().expect("a list")[1].clone();
        assert_eq!((&row["right"], &row["base_right"]), (&json!("co_owner"), &json!("co_viewer")));
        world.give(vera, json!({ "right": "co_editor", "minutes": 10 })).await;
        assert!(world.may_edit(mia).await && world.may_edit(vera).await);
        let item = world.powers(mia).await.expect("a page");
        let left = item["as"]["right_left_ms"].as_i64().expect("a time");
        assert!((1..=600_000).contains(&left), "{left}");
        world.let_time_pass().await;
        assert!(!world.may_edit(mia).await);
        assert_eq!(world.powers(mia).await.expect("a page")["as"]["right"], "co_viewer");
        assert!(world.powers(vera).await.is_none(), "to nothing");
        let listed = world.site.get(&world.cast.owner.key, &format!("{}/rights", world.url)).await.json();
        assert_eq!(listed["holders"].as_array().map(Vec::len), Some(2), "{listed}");
    })
    .await;
}

#[tokio::test]
async fn what_is_lent_gives_no_say_over_rights() {
    let world = World::new(Site::sqlite().await).await;
    let (mia, vera) = (&world.cast.member, &world.cast.viewer);
    world.give(mia, json!({ "right": "co_owner", "minutes": 5 })).await;
    assert!(world.may_edit(mia).await);
    assert_eq!(
        world.put(&mia.key, mia, json!({ "right": "co_owner" })).await.status,
        404,
        "to oneself, for good"
    );
    assert_eq!(world.put(&mia.key, vera, json!({ "right": "co_owner" })).await.status, 404, "to a friend");
    world.give(mia, json!({ "right": "co_owner" })).await;
    assert_eq!(world.put(&mia.key, vera, json!({ "right": "co_viewer" })).await.status, 200, "for good");
    // A co-editor shares, but gives no rights.
    world.give(mia, json!({ "right": "co_editor" })).await;
    assert_eq!(world.put(&mia.key, vera, json!({ "right": "co_editor" })).await.status, 404);
}

#[tokio::test]
async fn a_card_says_what_the_right_will_give_for_good_and_lent() {
    let world = World::new(Site::sqlite().await).await;
    let mia = &world.cast.member;
    let listed = world.site.get(&world.cast.owner.key, &format!("{}/rights", world.url)).await.json();
    let cards = listed["rights"].as_array().expect("cards");
    assert_eq!(cards.len(), 4, "{listed}");
    for card in cards {
        for (minutes, said) in [(Json::Null, "capabilities"), (json!(5), "lent_capabilities")] {
            world.take(mia).await;
            world.give(mia, json!({ "right": card["right"], "minutes": minutes })).await;
            let page = world.powers(mia).await.expect("a page");
            assert_eq!(page["capabilities"], card[said], "{} of {}", said, card["right"]);
        }
    }
}

#[tokio::test]
async fn the_owners_right_moves_only_with_the_item() {
    both(async |world: World| {
        let (owner, mia) = (&world.cast.owner, &world.cast.member);
        let conflict = world.give(owner, json!({ "right": "co_viewer" })).await;
        assert_eq!((conflict.status.as_u16(), &conflict.json()["code"]), (409, &json!("owners_right")));
        assert_eq!(world.give(mia, json!({ "right": "owner" })).await.status, 409);
        world.give(mia, json!({ "right": "co_owner" })).await;
        let take = format!("{}/rights/{}", world.url, owner.id);
        assert_eq!(world.site.json(&mia.key, "DELETE", &take, Json::Null).await.status, 409);
        let url = format!("{}/transfer", world.url);
        let to = |member: &Person| json!({ "member": member.id.to_string(), "keep": "co_owner" });
        assert_eq!(world.site.json(&mia.key, "POST", &url, to(mia)).await.status, 404, "a co-owner may not");
        // Whoever may upload nothing may own nothing.
        assert_eq!(world.site.json(&owner.key, "POST", &url, to(&world.cast.viewer)).await.status, 422);
        assert_eq!(world.site.json(&owner.key, "POST", &url, to(mia)).await.status, 204);
        assert_eq!(world.powers(mia).await.expect("a page")["as"]["right"], "owner");
        assert_eq!(world.powers(owner).await.expect("a page")["as"]["right"], "co_owner");
        let own = world.site.get(&mia.key, "/api/items").await.json();
        assert_eq!(own["items"][0]["id"], world.item.to_string());
    })
    .await;
}

#[tokio::test]
async fn addresses_that_are_nobodys_are_said_and_counted() {
    let world = World::new(Site::sqlite().await).await;
    let url = format!("{}/rights", world.url);
    let owner = &world.cast.owner.key;
    let ask = async |email: &str| {
        world.site.json(owner, "POST", &url, json!({ "email": email, "right": "co_viewer" })).await
    };
    let unknown = ask("nobody@members.example").await;
    assert_eq!(unknown.json()["fields"]["email"], "not_a_member");
    assert_eq!(ask(&format!("{}@members.example", world.cast.member.id)).await.status, 200);
    assert!(world.powers(&world.cast.member).await.is_some());
    for _ in 0..30 {
        ask("nobody@members.example").await;
    }
    assert_eq!(ask("nobody@members.example").await.status, 429);
    for (body, field) in [
        (json!({ "right": "king" }), "right"),
        (json!({ "right": "webcast_moderator" }), "right"),
        (json!({ "right": "co_viewer", "minutes": 0 }), "minutes"),
        (json!({ "right": "co_viewer", "minutes": 600_000 }), "minutes"),
    ] {
        let wrong = world.give(&world.cast.member, body.clone()).await;
        assert!(wrong.json()["fields"][field].is_string(), "{body}");
    }
}

#[tokio::test]
async fn a_change_is_told_to_open_pages() {
    let world = World::new(Site::sqlite().await).await;
    let mia = Person::new(&world.site, "Moderna", SiteRole::PrivateOnly).await;
    world.give(&mia, json!({ "right": "co_viewer" })).await;
    let mut changes = world.site.app.changes();
    world.give(&mia, json!({ "right": "co_editor" })).await;
    let change = changes.recv().await.expect("a change");
    assert_eq!((change.item, change.what), (world.item, app::domain::News::Role));
}
