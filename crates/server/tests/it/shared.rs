//! How members find what they may see: their own items in order, those that others share with them, and the way back
//! from a page that is not theirs.

use app::domain::ItemId;
use serde_json::{Value as Json, json};

use crate::cast::{Cast, Key, Person};
use crate::props::published;
use crate::site::{EARLIER, Site};
use crate::stage::{enter, link, unlimited};

struct World {
    site: Site,
    cast: Cast,
    items: Vec<ItemId>,
}

impl World {
    /// An owner with three items, oldest first.
    async fn new(site: Site) -> Self {
        site.clock.advance(EARLIER);
        let cast = Cast::new(&site).await;
        let mut items = Vec::new();
        for side in ["own-b", "own-c", "own-a"] {
            site.clock.advance(EARLIER);
            items.push(published(&site, &cast.owner, side).await);
        }
        Self { site, cast, items }
    }

    async fn list(&self, key: &Key, query: &str) -> Json {
        let answer = self.site.get(key, &format!("/api/items?{query}")).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    async fn titles(&self, key: &Key, query: &str) -> Vec<String> {
        let listed = self.list(key, query).await;
        let title = |item: &Json| item["title"].as_str().unwrap_or_default().replace("Title zqmark-own-", "");
        listed["items"].as_array().expect("items").iter().map(title).collect()
    }

    async fn give(&self, item: ItemId, to: &Person, right: Json) {
        let url = format!("/api/items/{item}/rights/{}", to.id);
        let given = self.site.json(&self.cast.owner.key, "PUT", &url, right).await;
        assert_eq!(given.status, 200, "{}", given.text());
    }
}

async fn both(check: impl AsyncFn(World)) {
    check(World::new(Site::sqlite().await).await).await;
    check(World::new(Site::postgres().await).await).await;
}

#[tokio::test]
async fn whoever_was_given_a_right_finds_what_is_shared_with_them() {
    both(async |world: World| {
        let (mia, owner) = (&world.cast.member, &world.cast.owner);
        assert_eq!(world.list(&mia.key, "whose=shared").await["total"], 0);
        world.give(world.items[0], mia, json!({ "right": "co_editor" })).await;
        world.give(world.items[1], mia, json!({ "right": "co_viewer" })).await;
        assert_eq!(world.titles(&mia.key, "whose=shared").await, ["c", "b"]);
        assert_eq!(world.titles(&mia.key, "whose=shared&q=OWN-B").await, ["b"]);
        assert_eq!(world.list(&mia.key, "").await["total"], 0, "they own none");
        assert_eq!(
            world.list(&owner.key, "whose=shared").await["total"],
            0,
            "one's own are not shared with one"
        );
        let listed = world.list(&mia.key, "whose=shared&sort=oldest").await;
        let (edits, watches) = (&listed["items"][0], &listed["items"][1]);
        assert_eq!((&edits["right"], &watches["right"]), (&json!("co_editor"), &json!("co_viewer")));
        assert_eq!(edits["owner_name"], "Olivia zqmark-own");
        let may =
            |item: &Json, what: &str| item["capabilities"].as_array().expect("a list").contains(&json!(what));
        assert!(may(edits, "edit") && !may(watches, "edit") && !may(edits, "delete"));
        assert_eq!(world.site.get(&mia.key, "/shared").await.status, 200);
        let url = format!("/api/items/{}/rights/{}", world.items[0], mia.id);
        world.site.json(&owner.key, "DELETE", &url, Json::Null).await;
        assert_eq!(world.titles(&mia.key, "whose=shared").await, ["c"], "taken away");
    })
    .await;
}

#[tokio::test]
async fn a_lent_right_shares_as_long_as_it_holds() {
    let world = World::new(Site::sqlite().await).await;
    let mia = &world.cast.member;
    world.give(world.items[0], mia, json!({ "right": "co_editor", "minutes": 10 })).await;
    world.give(world.items[1], mia, json!({ "right": "co_viewer" })).await;
    world.give(world.items[1], mia, json!({ "right": "co_editor", "minutes": 10 })).await;
    assert_eq!(world.titles(&mia.key, "whose=shared").await, ["c", "b"]);
    world.site.clock.advance(app::domain::Span::from_minutes(11));
    let listed = world.list(&mia.key, "whose=shared").await;
    assert_eq!(
        (&listed["total"], &listed["items"][0]["right"]),
        (&json!(1), &json!("co_viewer")),
        "{listed}"
    );
}

#[tokio::test]
async fn a_list_says_how_many_there_are_and_goes_on_in_its_order() {
    both(async |world: World| {
        let key = &world.cast.owner.key;
        for (sort, order) in
            [("newest", ["a", "c", "b"]), ("oldest", ["b", "c", "a"]), ("title", ["a", "b", "c"])]
        {
            let mut found = Vec::new();
            let mut query = format!("sort={sort}&limit=1&q=own");
            for _ in 0..3 {
                found.extend(world.titles(key, &query).await);
                let page = world.list(key, &query).await;
                assert_eq!(page["total"], 3);
                query = format!(
                    "sort={sort}&limit=1&q=own&cursor={}",
                    page["next_cursor"].as_str().expect("a cursor")
                );
            }
            assert_eq!(found, order, "{sort}");
            assert!(world.titles(key, &query).await.is_empty(), "{sort}: and no more");
        }
        for (query, field) in [("sort=length", "sort"), ("whose=anybodys", "whose")] {
            let refused = world.site.get(key, &format!("/api/items?{query}")).await;
            assert_eq!((refused.status.as_u16(), &refused.json()["fields"][field].is_string()), (422, &true));
        }
    })
    .await;
}

#[tokio::test]
async fn signs_of_the_ways_in_are_for_those_who_manage_them() {
    let world = World::new(Site::sqlite().await).await;
    let (item, owner) = (world.items[0], &world.cast.owner);
    let url = format!("/api/items/{item}");
    world.site.json(&owner.key, "PUT", &format!("{url}/guest-access"), json!({ "enabled": true })).await;
    world.site.json(&owner.key, "POST", &format!("{url}/guest-links"), json!({ "name": "Parents" })).await;
    let person = json!({ "email": "anna@guests.example", "first_name": "Anna", "last_name": "Levi", "role": "viewer" });
    let made = world.site.json(&owner.key, "POST", &format!("{url}/invites"), person).await;
    assert_eq!(made.status, 201);
    let signs =
        |item: &Json| [item["guest_links"].clone(), item["invites"].clone(), item["guest_access"].clone()];
    let card = world.list(&owner.key, "q=own-b").await["items"][0].clone();
    assert_eq!(signs(&card), [json!(1), json!(1), json!(true)]);
    assert_eq!(signs(&world.site.get(&owner.key, &url).await.json()), signs(&card), "the page says the same");
    world.give(item, &world.cast.member, json!({ "right": "co_viewer" })).await;
    let card = world.list(&world.cast.member.key, "whose=shared").await["items"][0].clone();
    assert_eq!(signs(&card), [json!(0), json!(0), json!(false)]);
    let id = made.json()["invite"]["id"].as_str().expect("an id").to_owned();
    world.site.json(&owner.key, "DELETE", &format!("{url}/invites/{id}"), Json::Null).await;
    assert_eq!(world.site.get(&owner.key, &url).await.json()["invites"], 0, "a revoked one is no way in");
}

#[tokio::test]
async fn a_member_without_a_right_is_not_asked_to_sign_in() {
    let world = World::new(Site::sqlite().await).await;
    let mia = &world.cast.member.key;
    for path in [format!("/media/{}", world.items[0]), "/media/nothing".to_owned()] {
        let answer = world.site.get(mia, &path).await;
        assert_eq!(answer.status, 404, "{path}");
        let text = answer.text();
        assert!(text.contains(r#""kind":"lost""#) && !text.contains("zqmark"), "{path}: {text}");
    }
}

#[tokio::test]
async fn a_denied_page_leads_whoever_is_signed_in_back_to_their_own() {
    let world = World::new(Site::sqlite().await).await;
    for path in ["/g/AAAAAAAAAAAAAAAAAAAAAAAAAAA", "/i/AAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let stranger = world.site.get(&Key::nobody(), path).await.text();
        assert!(stranger.contains(r#"href="/sign-in""#), "{path}");
        let member = world.site.get(&world.cast.member.key, path).await.text();
        assert!(!member.contains("/sign-in") && member.contains(r#"<a href="/">"#), "{path}: {member}");
    }
}

/// Whoever is inside can be ended now, whatever became of the door they came by.
#[tokio::test]
async fn those_who_finish_can_still_be_ended_now() {
    for closed_by in ["deleting the link", "switching off"] {
        let world = World::new(Site::sqlite().await).await;
        let (item, owner) = (world.items[0], &world.cast.owner);
        let access = format!("/api/items/{item}/guest-access");
        world.site.json(&owner.key, "PUT", &access, json!({ "enabled": true })).await;
        let (id, token) = link(&world.site, &owner.caller(&world.site).await, item, unlimited("own")).await;
        let guest = enter(&world.site, &token, "Gila").await;
        crate::stage::open_page(&world.site, &guest, item).await;
        let door = format!("/api/items/{item}/guest-links/{id}");
        let (finish, now) = match closed_by {
            "switching off" => {
                let off = |mode: &str| json!({ "enabled": false, "closing": { "mode": mode } });
                let finish = world.site.json(&owner.key, "PUT", &access, off("finish")).await;
                (finish, world.site.json(&owner.key, "PUT", &access, off("now")).await)
            }
            _ => {
                let finish = world.site.json(&owner.key, "DELETE", &door, Json::Null).await;
                let again = world.site.json(&owner.key, "DELETE", &door, Json::Null).await;
                assert_eq!(again.status, 404, "it is deleted, and that said nothing new");
                let url = format!("{door}?closing=now");
                (finish, world.site.json(&owner.key, "DELETE", &url, Json::Null).await)
            }
        };
        let seen = finish.json()["guest_access"].clone();
        assert_eq!(seen["inside"], 1, "{closed_by}: {seen}");
        if closed_by == "deleting the link" {
            assert_eq!(seen["finishing"][0]["inside"], 1, "{seen}");
        }
        assert_eq!(now.status, 200, "{closed_by}: {}", now.text());
        assert_eq!(now.json()["closed"]["ended_viewings"], 1, "{closed_by}");
        assert_eq!(now.json()["guest_access"]["inside"], 0, "{closed_by}");
        let activity = world.site.get(&owner.key, &format!("/api/items/{item}/activity")).await.json();
        assert_eq!(activity["entries"][0]["what"], "guests_ended", "{closed_by}: {activity}");
    }
}
