//! Names that a reader could take for another's, and marks that nobody sees: at the entry page, in an item's title, in
//! invites.

use app::domain::{ItemId, MemberId};
use app::store::{Conn, StoreError, Value};
use serde_json::json;

use crate::browsers::Browser;
use crate::cast::{Cast, Key, Person};
use crate::props::published;
use crate::site::{EARLIER, Site};
use crate::stage::{link, unlimited};

struct World {
    site: Site,
    cast: Cast,
    item: ItemId,
    token: String,
}

impl World {
    async fn new(site: Site) -> Self {
        site.clock.advance(EARLIER);
        let cast = Cast::new(&site).await;
        let item = published(&site, &cast.owner, "own").await;
        let owner = cast.owner.caller(&site).await;
        site.app.switch_guest_access(&owner, item, true, app::domain::Closing::Finish).await.expect("on");
        let (_, token) = link(&site, &owner, item, unlimited("own")).await;
        Self { site, cast, item, token }
    }

    async fn sql(&self, sql: &'static str, values: Vec<Value>) {
        let done: Result<_, StoreError> =
            self.site.store.write(async move |conn: &mut Conn| conn.execute(sql, &values).await).await;
        done.expect("it runs");
    }

    async fn rename(&self, person: &Person, name: &str) {
        let id: MemberId = person.id;
        let values = vec![Value::Text(name.into()), Value::Blob(id.as_bytes().to_vec())];
        self.sql("UPDATE member SET name = $1 WHERE id = $2", values).await;
    }

    async fn enters(&self, name: &str) -> u16 {
        let mut browser = Browser::default();
        browser.enter(&self.site, &self.token, name, false).await.status.as_u16()
    }
}

/// Finding F16.
#[tokio::test]
async fn nobody_enters_under_the_name_of_who_shares_the_item() {
    for world in [World::new(Site::sqlite().await).await, World::new(Site::postgres().await).await] {
        let (owner, mia) = (&world.cast.owner, &world.cast.member);
        world.rename(owner, "Olga Owner").await;
        world.rename(mia, "Mia Partner").await;
        assert_eq!(world.enters("Mia Partner").await, 303, "{}: a namesake so far", world.site.engine);
        let caller = owner.caller(&world.site).await;
        let whom = app::rights::Whom::Member(mia.id);
        world.site.app.give_right(&caller, world.item, whom, "co_publisher", None).await.expect("given");
        for name in [
            "OIga Owner",
            "Olga Owner.",
            "Olga Owner ✓",
            "Ólga Owner",
            "olga  owner",
            "0lga Owner",
            "\u{41e}lga Owner",
            "Ol\u{200d}ga Owner",
            "Mia Partner",
            "Mía Partner!",
            "MlA PARTNER",
        ] {
            assert_eq!(world.enters(name).await, 422, "{}: {name}", world.site.engine);
        }
        world.rename(&world.cast.administrator, "Ada Admin").await;
        for name in ["Olga Owners", "Mia", "Ada Admin"] {
            assert_eq!(world.enters(name).await, 303, "{}: {name}", world.site.engine);
        }
    }
}

/// A moderator counts while they are inside.
#[tokio::test]
async fn nobody_enters_under_the_name_of_a_moderator_inside() {
    for world in [World::new(Site::sqlite().await).await, World::new(Site::postgres().await).await] {
        let typed = json!({ "email": "moe@guests.example", "first_name": "Moe", "last_name": "Leader", "role": "viewer" });
        let url = format!("/api/items/{}/invites", world.item);
        let made = world.site.json(&world.cast.owner.key, "POST", &url, typed).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let url = made.json()["url"].as_str().expect("a URL").to_owned();
        let token = url.rsplit('/').next().expect("a path").to_owned();
        let mut browser = Browser::default();
        assert_eq!(browser.enter_invite(&world.site, &token, "moe@guests.example").await.status, 303);
        world.sql("UPDATE invite SET role = 'moderator'", vec![]).await;
        assert_eq!(world.enters("Moe Leader").await, 303, "{}: not inside", world.site.engine);
        let now = Value::Int(world.site.app.now().as_ms());
        world.sql("UPDATE invite_seat SET seen_ms = $1", vec![now]).await;
        assert_eq!(world.enters("Moe Leader.").await, 422, "{}", world.site.engine);
    }
}

/// Reported row 17, finding F17.
#[tokio::test]
async fn marks_that_nobody_sees_are_dropped_wherever_text_is_typed() {
    let world = World::new(Site::sqlite().await).await;
    let (site, owner) = (&world.site, &world.cast.owner.key);
    let title = json!({ "title": "\u{202e}My\u{200f} film\u{feff}" });
    let changed = site.json(owner, "PATCH", &format!("/api/items/{}", world.item), title).await;
    assert_eq!(changed.json()["title"], "My film");
    let mut browser = Browser::default();
    let entered = browser.enter(site, &world.token, "\u{2068}An\u{202a}na First\u{200b}", false).await;
    assert_eq!(entered.status, 303, "{}", entered.text());
    assert_eq!(browser.name_at(site, world.item).await.as_deref(), Some("Anna First"));
    let typed = json!({
        "email": "\u{200b}moe@guests.example\u{2069}", "first_name": "\u{202a}Moe", "last_name": "Le\u{200e}vi", "role": "viewer",
    });
    let made = site.json(owner, "POST", &format!("/api/items/{}/invites", world.item), typed).await.json();
    let invite = &made["invite"];
    assert_eq!(
        (&invite["email"], &invite["last_name"]),
        (&json!("moe@guests.example"), &json!("Levi")),
        "{made}"
    );
    let token = made["url"].as_str().expect("a URL").rsplit('/').next().expect("a path").to_owned();
    let mut moe = Browser::default();
    assert_eq!(moe.enter_invite(site, &token, "\u{feff} moe@guests.example\u{202c}").await.status, 303);
}

/// Finding F17: a title from before titles were cleaned when typed.
#[tokio::test]
async fn marks_in_a_title_that_was_stored_before_are_shown_to_nobody() {
    for world in [World::new(Site::sqlite().await).await, World::new(Site::postgres().await).await] {
        let (site, owner) = (&world.site, &world.cast.owner.key);
        let values =
            vec![Value::Text("Lecture \u{202e}4pm.exe".into()), Value::Blob(world.item.as_bytes().to_vec())];
        world.sql("UPDATE item SET title = $1 WHERE id = $2", values).await;
        let shown = json!("Lecture 4pm.exe");
        let url = format!("/api/items/{}", world.item);
        assert_eq!(site.get(owner, &url).await.json()["title"], shown, "{}", site.engine);
        assert_eq!(site.get(owner, "/api/items").await.json()["items"][0]["title"], shown, "{}", site.engine);
        let page = site.get(&Key::nobody(), &format!("/g/{}", world.token)).await.text();
        let meta = page.split("og:title").nth(1).expect("what a preview is made of");
        assert!(meta[..80].contains("Lecture 4pm.exe") && !page.contains('\u{202e}'), "{page}");
    }
}
