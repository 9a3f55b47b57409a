//! An item with its door open, its owner, and people who come.

use app::domain::{ItemId, LinkId};
use app::store::{Conn, StoreError};
use axum::body::Body;
use http::header;
use serde_json::{Value as Json, json};

use crate::answer::Answer;
use crate::cast::{Cast, Key};
use crate::props::published;
use crate::site::{EARLIER, Site, encoded};
use crate::stage::{Guest, give_right, link, open_page, unlimited};

const PHONE: &str =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/605";

pub(super) struct World {
    pub(super) site: Site,
    pub(super) cast: Cast,
    pub(super) item: ItemId,
    pub(super) link: LinkId,
    pub(super) token: String,
    pub(super) url: String,
}

impl World {
    async fn new(site: Site) -> Self {
        // PostgreSQL's clock is the wall's.
        site.clock.advance(EARLIER);
        let cast = Cast::new(&site).await;
        let item = published(&site, &cast.owner, "own").await;
        give_right(&site, item, &cast.co_viewer, "co_viewer").await;
        let owner = cast.owner.caller(&site).await;
        let finish = app::domain::Closing::Finish;
        site.app.switch_guest_access(&owner, item, true, finish).await.expect("guest access is on");
        let (link, token) = link(&site, &owner, item, unlimited("own")).await;
        let url = format!("/api/items/{item}/people");
        Self { site, cast, item, link, token, url }
    }

    pub(super) async fn both() -> [Self; 2] {
        [Self::new(Site::sqlite().await).await, Self::new(Site::postgres().await).await]
    }

    /// The entry form, sent from a phone.
    pub(super) async fn send_form(&self, key: &Key, name: &str, email: &str) -> Answer {
        let form_key = self.site.app.new_form_key().to_text();
        let fields = [("name", name), ("email", email), ("form_key", &*form_key)];
        let request = key
            .request("POST", &format!("/g/{}/enter", self.token))
            .header(header::USER_AGENT, PHONE)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.site.send(request.body(Body::from(encoded(&fields))).expect("a request")).await
    }

    pub(super) async fn guest(&self, name: &str, email: &str) -> Guest {
        let entered = self.send_form(&Key::nobody(), name, email).await;
        assert_eq!(entered.status, 303, "{}", entered.text());
        open_page(&self.site, &Key { cookies: entered.cookies(), bearer: None }, self.item).await
    }

    pub(super) async fn get(&self, key: &Key, query: &str) -> Answer {
        self.site.get(key, &format!("{}{query}", self.url)).await
    }

    pub(super) async fn list(&self, query: &str) -> Json {
        let answer = self.get(&self.cast.owner.key, query).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub(super) async fn names(&self, query: &str) -> Vec<String> {
        let list = self.list(query).await;
        let people = list["people"].as_array().expect("people").iter();
        people.map(|person| person["name"].as_str().expect("a name").to_owned()).collect()
    }

    pub(super) async fn act(&self, name: &str, act: &str) -> Json {
        let list = self.list("").await;
        let people = list["people"].as_array().expect("people").clone();
        let one = people.iter().find(|person| person["name"] == name).expect("somebody of that name");
        let url = format!("{}/{}/{act}", self.url, one["id"].as_str().expect("an id"));
        let answer = self.site.json(&self.cast.owner.key, "POST", &url, Json::Null).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json()
    }

    pub(super) async fn post(&self, key: &Key, url: &str, body: Json) -> Answer {
        self.site.json(key, "POST", url, body).await
    }

    /// The invite of a person for one device; the path of its URL.
    pub(super) async fn invite(&self, email: &str) -> String {
        let body = json!({ "email": email, "first_name": "Yael", "last_name": "Stern", "role": "viewer" });
        let made = self.post(&self.cast.owner.key, &format!("/api/items/{}/invites", self.item), body).await;
        let url = made.json()["url"].as_str().expect("a URL").to_owned();
        url.strip_prefix(crate::site::ORIGIN).expect("of this site").to_owned()
    }

    pub(super) async fn send_lobby(&self, key: &Key, path: &str, email: &str) -> Answer {
        let form_key = self.site.app.new_form_key().to_text();
        self.site.form(key, &format!("{path}/enter"), &[("email", email), ("form_key", &form_key)]).await
    }

    pub(super) async fn activity(&self, key: &Key) -> Json {
        self.site.get(key, &format!("/api/items/{}/activity", self.item)).await.json()["entries"].clone()
    }

    /// Searches the raw files, where there are any.
    pub(super) fn holds_no(&self, text: &str) {
        let Some(file) = self.site.sqlite_file() else { return };
        for name in [file.clone(), file.with_extension("sqlite3-wal")] {
            let bytes = std::fs::read(&name).unwrap_or_default();
            let is_there = bytes.windows(text.len()).any(|window| window == text.as_bytes());
            assert!(!is_there, "{text} is still in {}", name.display());
        }
    }

    pub(super) async fn number(&self, sql: &'static str) -> i64 {
        let read: Result<_, StoreError> =
            self.site.store.read(async move |conn: &mut Conn| conn.value(sql, &[]).await).await;
        read.expect("readable")
    }
}
