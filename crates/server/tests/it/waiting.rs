//! Devices that wait for the owner's word: let in, turned away, and gone.

use app::domain::Span;
use serde_json::{Value as Json, json};

use crate::answer::Answer;
use crate::cast::Key;
use crate::matrix::World;
use crate::site::Site;

const ANNA: &str = "anna@guests.example";

/// An invite whose only device is in, and another device that asked for leave.
struct Waiting {
    world: World,
    invites: String,
    id: String,
    token: String,
    form_key: String,
    reference: String,
}

impl Waiting {
    async fn new(site: Site) -> Self {
        let world = World::new(site).await;
        let invites = format!("/api/items/{}/invites", world.stage.item);
        let person = json!({ "email": ANNA, "first_name": "Anna", "last_name": "Levi", "role": "viewer" });
        let made = world.site.json(&world.cast.owner.key, "POST", &invites, person).await.json();
        let token = made["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a URL").to_owned();
        let id = made["invite"]["id"].as_str().expect("an id").to_owned();
        let first = world.site.app.new_form_key().to_text();
        let fields = [("email", ANNA), ("form_key", &*first)];
        let entered = world.site.form(&Key::nobody(), &format!("/i/{token}/enter"), &fields).await;
        assert_eq!(entered.status, 303, "{}", entered.text());
        let form_key = world.site.app.new_form_key().to_text();
        let mut waiting = Self { world, invites, id, token, form_key, reference: String::new() };
        waiting.send("ask").await;
        waiting.reference = waiting.listed().await[0]["reference"].as_str().expect("a reference").to_owned();
        waiting
    }

    async fn send(&self, what: &str) -> Answer {
        let url = format!("/i/{}/{what}", self.token);
        self.world.site.form(&Key::nobody(), &url, &[("form_key", &self.form_key)]).await
    }

    /// Those who wait at this invite, as the owner's list of the whole item says it.
    async fn listed(&self) -> Vec<Json> {
        let all =
            self.world.site.get(&self.world.cast.owner.key, &format!("{}?q=nobody", self.invites)).await;
        let all = all.json()["waiting"].as_array().cloned().expect("a list");
        all.into_iter().filter(|one| one["invite"] == self.id.as_str()).collect()
    }

    async fn owner(&self, method: &str, path: &str, body: Json) -> Answer {
        let url = format!("{}/{}/devices{path}", self.invites, self.id);
        self.world.site.json(&self.world.cast.owner.key, method, &url, body).await
    }

    async fn card(&self) -> Json {
        let url = format!("/api/items/{}", self.world.stage.item);
        self.world.site.get(&self.world.cast.owner.key, &url).await.json()
    }
}

#[tokio::test]
async fn a_waiting_device_is_seen_from_every_page_and_can_be_turned_away() {
    for site in [Site::sqlite().await, Site::postgres().await] {
        let waiting = Waiting::new(site).await;
        let listed = waiting.listed().await;
        assert_eq!((&listed[0]["first_name"], &listed[0]["email"]), (&json!("Anna"), &json!(ANNA)));
        let on_the_stage = waiting.card().await["waiting"].as_i64().expect("a count") - 1;
        assert_eq!(waiting.send("wait").await.status, 200, "nobody has said a word yet");
        let declined = waiting.owner("DELETE", &format!("/{}", waiting.reference), Json::Null).await;
        assert_eq!(declined.status, 200, "{}", declined.text());
        assert!(waiting.listed().await.is_empty());
        assert_eq!(waiting.card().await["waiting"], on_the_stage);
        assert_eq!(waiting.send("wait").await.status, 404, "the device is told");
        let again = waiting.owner("DELETE", &format!("/{}", waiting.reference), Json::Null).await;
        assert_eq!(again.status, 404);
        let late = waiting.owner("POST", "", json!({ "move": waiting.reference })).await;
        assert_eq!(late.status, 404, "who was turned away is not let in by that");
        let url = format!("/api/items/{}/activity", waiting.world.stage.item);
        let activity = waiting.world.site.get(&waiting.world.cast.owner.key, &url).await.text();
        assert!(activity.contains("invite_device_declined"), "{activity}");
    }
}

#[tokio::test]
async fn a_device_that_is_heard_of_no_more_leaves_the_list_and_asks_anew_when_it_is_back() {
    let waiting = Waiting::new(Site::sqlite().await).await;
    let clock = &waiting.world.site.clock;
    for _ in 0..3 {
        clock.advance(Span::from_minutes(10));
        assert_eq!(waiting.send("wait").await.status, 200);
    }
    assert_eq!(waiting.listed().await.len(), 1, "it was heard of all the time");
    clock.advance(Span::from_minutes(16));
    assert!(waiting.listed().await.is_empty(), "it left");
    assert_eq!(waiting.send("wait").await.status, 200);
    assert_eq!(waiting.listed().await.len(), 1, "it is back");
    assert_eq!(waiting.owner("POST", "", json!({ "move": waiting.reference })).await.status, 200);
    clock.advance(Span::from_hours(20));
    assert_eq!(waiting.send("wait").await.status, 303, "leave is good for a phone that sleeps");
}

#[tokio::test]
async fn nobody_waits_at_an_invite_that_is_over() {
    let waiting = Waiting::new(Site::sqlite().await).await;
    let url = format!("{}/{}", waiting.invites, waiting.id);
    waiting.world.site.json(&waiting.world.cast.owner.key, "DELETE", &url, Json::Null).await;
    assert!(waiting.listed().await.is_empty());
}
