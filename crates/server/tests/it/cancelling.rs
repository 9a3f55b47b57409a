//! Stopping the work on an item: by who may edit it, and by site administrators for the sake of those who wait
//! (finding F17). Who else is refused is in the matrix.

use app::domain::ItemId;
use app::{Secret, domain::TokenId};
use serde_json::{Value as Json, json};

use crate::cast::{Cast, Key};
use crate::props::unfinished;
use crate::site::{EARLIER, Site};

struct World {
    site: Site,
    cast: Cast,
    queued: ItemId,
}

impl World {
    async fn new(site: Site) -> Self {
        site.clock.advance(EARLIER);
        let cast = Cast::new(&site).await;
        let token = TokenId::new(site.clock.now(), site.app.random());
        let setup = Secret::from_random(site.app.random());
        let (_, queued, _) = unfinished(&site, &cast.owner, "own", token, setup).await;
        Self { site, cast, queued }
    }

    async fn item(&self, key: &Key) -> Json {
        self.site.get(key, &format!("/api/items/{}", self.queued)).await.json()
    }

    async fn work(&self, key: &Key, what: &str) -> (u16, Json) {
        let url = format!("/api/items/{}/processing/{what}", self.queued);
        let answer = self.site.json(key, "POST", &url, Json::Null).await;
        (answer.status.as_u16(), answer.json()["state"].clone())
    }

    /// Who cancelled, the last one first, as the owner reads it.
    async fn told(&self) -> Vec<Json> {
        let url = format!("/api/items/{}/activity", self.queued);
        let page = self.site.get(&self.cast.owner.key, &url).await.json();
        let lines = page["entries"].as_array().expect("lines").iter();
        lines
            .filter(|line| line["what"] == "processing_cancelled")
            .map(|line| line["actor"].clone())
            .collect()
    }
}

#[tokio::test]
async fn a_site_administrator_stops_anybodys_processing_and_the_owner_reads_of_it() {
    for world in [World::new(Site::sqlite().await).await, World::new(Site::postgres().await).await] {
        let (owner, ada) = (&world.cast.owner.key, &world.cast.administrator.key);
        let seen = world.item(ada).await;
        let may = |seen: &Json, what: &str| {
            seen["capabilities"].as_array().is_some_and(|all| all.contains(&json!(what)))
        };
        assert!(may(&seen, "cancel_processing") && !may(&seen, "edit"), "{seen}");
        assert!(may(&world.item(owner).await, "cancel_processing"));
        assert_eq!(world.work(ada, "cancel").await, (200, json!("cancelled")), "{}", world.site.engine);
        assert_eq!(world.told().await, [json!("Ada")], "{}", world.site.engine);
        assert_eq!(world.work(ada, "cancel").await.0, 409, "there is nothing to stop");
        assert_eq!(world.work(ada, "retry").await.0, 404, "which is for who may edit");
    }
}

#[tokio::test]
async fn an_owner_stops_their_own() {
    let world = World::new(Site::sqlite().await).await;
    let owner = &world.cast.owner.key;
    assert_eq!(world.work(owner, "cancel").await, (200, json!("cancelled")));
    assert_eq!(world.told().await, [json!("Olivia zqmark-own")]);
}
