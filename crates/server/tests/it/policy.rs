//! Each setting of the site's policy shows its effect at the doors, changed by an administrator over HTTP, on both
//! engines. `docs/policy.md` names the test of each setting; `table.rs` holds it against this file.

mod activity;
mod doors;
mod makers;
mod table;

use app::domain::{Closing, ItemId, LinkId, MemberId};
use app::store::{Conn, StoreError, Value};
use serde_json::{Value as Json, json};

use crate::answer::Answer;
use crate::cast::{Cast, Key};
use crate::props::published;
use crate::site::{EARLIER, Site};
use crate::stage::{enter, link, open_page, unlimited};

const INVITED: &str = "ina@invited.example";

/// A site with an item behind both doors.
struct House {
    site: Site,
    cast: Cast,
    item: ItemId,
    link: LinkId,
    /// The paths of the doors.
    guest_door: String,
    invite_door: String,
}

async fn both() -> [House; 2] {
    [House::new(Site::sqlite().await).await, House::new(Site::postgres().await).await]
}

impl House {
    async fn new(site: Site) -> Self {
        site.clock.advance(EARLIER);
        let cast = Cast::new(&site).await;
        let item = published(&site, &cast.owner, "own").await;
        let caller = cast.owner.caller(&site).await;
        site.app.switch_guest_access(&caller, item, true, Closing::Finish).await.expect("on");
        let (link, token) = link(&site, &caller, item, unlimited("own")).await;
        let mut house =
            Self { site, cast, item, link, guest_door: format!("/g/{token}"), invite_door: String::new() };
        house.invite_door = house.invited(INVITED).await;
        house
    }

    /// The path of a new invite.
    async fn invited(&self, email: &str) -> String {
        let made = self.invite(json!({ "email": email })).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let body = made.json();
        let token = body["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a URL");
        format!("/i/{token}")
    }

    /// Asks for an invite with these fields.
    async fn invite(&self, fields: Json) -> Answer {
        let mut body = json!({ "first_name": "Ina", "last_name": "Levi", "role": "viewer" });
        body.as_object_mut().expect("an object").extend(fields.as_object().expect("an object").clone());
        self.own("POST", "invites", body).await
    }

    async fn own(&self, method: &str, path: &str, body: Json) -> Answer {
        let url = format!("/api/items/{}/{path}", self.item);
        let url = url.trim_end_matches('/');
        self.site.json(&self.cast.owner.key, method, url, body).await
    }

    /// Asks for a change of the policy.
    async fn ask(&self, change: Json) -> Answer {
        self.site.json(&self.cast.administrator.key, "PATCH", "/api/site/policy", change).await
    }

    async fn set(&self, change: Json) -> Json {
        let answer = self.ask(change.clone()).await;
        assert_eq!(answer.status, 200, "{change}: {}", answer.text());
        answer.json()
    }

    /// The code beside a field that is refused.
    async fn wrong(&self, change: Json, field: &str) -> String {
        let answer = self.ask(change.clone()).await;
        assert_eq!(answer.status, 422, "{change}: {}", answer.text());
        answer.json()["fields"][field].as_str().unwrap_or_default().to_owned()
    }

    async fn open(&self, key: &Key, path: &str) -> u16 {
        self.site.get(key, path).await.status.as_u16()
    }

    /// A guest with a page open.
    async fn guest(&self, name: &str) -> (Key, String) {
        let token = self.guest_door.rsplit('/').next().expect("a token");
        let inside = open_page(&self.site, &enter(&self.site, token, name).await, self.item).await;
        (inside.key, inside.viewing)
    }

    /// Sends the lobby's form; the browser's key when it lets in.
    async fn lobby(&self, path: &str, email: &str) -> Result<Key, u16> {
        let form_key = self.site.app.new_form_key().to_text();
        let fields = [("email", email), ("form_key", &*form_key)];
        let answer = self.site.form(&Key::nobody(), &format!("{path}/enter"), &fields).await;
        if answer.status != 303 {
            return Err(answer.status.as_u16());
        }
        let cookies = answer.cookies();
        Ok(Key {
            cookies: cookies.into_iter().filter(|cookie| cookie.contains("-key=")).collect(),
            bearer: None,
        })
    }

    /// An invitee with a page open.
    async fn invitee(&self) -> (Key, String) {
        let key = self.lobby(&self.invite_door, INVITED).await.expect("the invited address opens");
        let inside = open_page(&self.site, &key, self.item).await;
        (inside.key, inside.viewing)
    }

    /// The same by an invite of their own, so that several come.
    async fn invitee_again(&self) -> (Key, String) {
        let email = format!("n{}@invited.example", self.site.clock.now().as_ms());
        let path = self.invited(&email).await;
        let key = self.lobby(&path, &email).await.expect("the invited address opens");
        let inside = open_page(&self.site, &key, self.item).await;
        (inside.key, inside.viewing)
    }

    /// Whether a viewing goes on.
    async fn goes_on(&self, (key, viewing): &(Key, String)) -> bool {
        self.site.json(key, "POST", &format!("/m/{viewing}/renew"), json!({})).await.status == 204
    }

    async fn sql(&self, sql: &'static str, values: Vec<Value>) {
        let done: Result<_, StoreError> =
            self.site.store.write(async move |conn: &mut Conn| conn.execute(sql, &values).await).await;
        done.expect("it runs");
    }

    /// Makes the item one of another kind, which this release cannot make yet.
    async fn become_kind(&self, kind: &str) {
        let values = vec![Value::Text(kind.into()), blob(self.item.as_bytes())];
        self.sql("UPDATE item SET kind = $1 WHERE id = $2", values).await;
    }

    /// Gives a member a verified address.
    async fn verify(&self, member: MemberId, email: &str) {
        let now = Value::Int(self.site.clock.now().as_ms());
        let values = vec![Value::Text(email.into()), blob(member.as_bytes()), now.clone(), now];
        let sql = "INSERT INTO member_address (email, member_id, created_ms, verified_ms, verified_by)
            VALUES ($1, $2, $3, $4, 'code')";
        self.sql(sql, values).await;
    }

    async fn log(&self) -> Vec<String> {
        let answer = self.site.get(&self.cast.administrator.key, "/api/site/log").await.json();
        let entries = answer["entries"].as_array().expect("entries").clone();
        entries.iter().map(|entry| entry["detail"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

fn blob(bytes: &[u8; 16]) -> Value {
    Value::Blob(bytes.to_vec())
}

#[tokio::test]
async fn every_change_is_logged_once_and_only_what_changed() {
    for house in both().await {
        let before = house.log().await.len();
        house.set(json!({ "retention_days": 30, "invite_minutes": 1_440 })).await;
        house.set(json!({ "retention_days": 30 })).await;
        house.set(json!({ "blocked_domains": ["Bücher.example"], "invite_uses": -1 })).await;
        let log = house.log().await;
        assert_eq!(log.len() - before, 3, "{log:?}");
        assert!(log.contains(&"retention_days: 365 -> 30".to_owned()), "{log:?}");
        assert!(log.contains(&"blocked_domains: none -> xn--bcher-kva.example".to_owned()), "{log:?}");
        assert!(log.contains(&"invite_uses: 1 -> -1".to_owned()), "{log:?}");
    }
}

#[tokio::test]
async fn nothing_changes_when_one_field_is_wrong() {
    for house in both().await {
        let before = house.site.get(&house.cast.administrator.key, "/api/site/policy").await.json();
        for (change, field, code) in [
            (json!({ "invite_minutes": 4 }), "invite_minutes", "invite_minutes_range"),
            (json!({ "invite_minutes": 5_256_001 }), "invite_minutes", "invite_minutes_range"),
            (json!({ "invite_uses": 0 }), "invite_uses", "invite_uses_range"),
            (json!({ "invite_uses": 1_001 }), "invite_uses", "invite_uses_range"),
            (json!({ "guest_links_per_item": 4 }), "guest_links_per_item", "links_per_item_range"),
            (json!({ "guest_links_per_item": 0 }), "guest_links_per_item", "links_per_item_range"),
            (json!({ "retention_days": 0 }), "retention_days", "retention_range"),
            (json!({ "retention_days": 3_651 }), "retention_days", "retention_range"),
            (json!({ "blocked_domains": ["anna@bad.example"] }), "blocked_domains", "domain_is_address"),
            (json!({ "allowed_domains": ["bad"] }), "allowed_domains", "domain_invalid"),
            (json!({ "invite_template": "poem" }), "invite_template", "template_unknown"),
            (json!({ "invites_by": { "from": "king" } }), "invites_by", "site_role_unknown"),
            (json!({ "invites_by": {} }), "invites_by", "names_required"),
            (json!({ "guest_links_by": { "members": ["x"] } }), "guest_links_by", "member_unknown"),
            (json!({ "guest_links_by": { "groups": ["x"] } }), "guest_links_by", "group_unknown"),
            (json!({ "doors": [{ "class": "cinema" }] }), "doors", "class_unknown"),
            (
                json!({ "doors": [{ "class": "room", "lobby": { "mode": "x" } }] }),
                "room.lobby",
                "lobby_unknown",
            ),
        ] {
            let mut change = change;
            change["domains_for_guests"] = true.into();
            assert_eq!(house.wrong(change.clone(), field).await, code, "{change}");
        }
        let after = house.site.get(&house.cast.administrator.key, "/api/site/policy").await.json();
        assert_eq!(before, after);
    }
}

#[tokio::test]
async fn another_process_knows_the_policy_within_two_seconds() {
    let engine = crate::engines::postgres().await;
    let mut apps = Vec::new();
    // Processes of one site share its folder, and with it the key.
    let folder = tempfile::tempdir().expect("a folder");
    for at in 0..2_u64 {
        let counter = std::sync::atomic::AtomicU64::new(at << 40);
        let clock = crate::site::Clock::default();
        let outside = app::Outside::new(
            move || clock.now(),
            move |bytes| {
                let next = counter.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + (at << 40) + 1;
                for (to, from) in bytes.iter_mut().zip(next.to_le_bytes().into_iter().cycle()) {
                    *to = from;
                }
            },
        );
        let config = app::Config {
            engine: engine.clone(),
            jobs_at_once: 0,
            ..app::Config::for_folder(folder.path().to_owned())
        };
        apps.push(app::App::open(config, outside).await.expect("the app opens"));
    }
    let typed = app::accounts::TypedMember {
        email: "ada@members.example".into(),
        name: "Ada".into(),
        password: crate::cast::PASSWORD.into(),
    };
    let role = app::domain::SiteRole::SiteAdministrator;
    let member = apps[0].create_member(typed, role).await.expect("an administrator");
    let caller = app::Caller { member: Some(member), ..app::Caller::default() };
    let change = app::policy::TypedPolicy { retention_days: Some(7), ..Default::default() };
    apps[0].change_policy(&caller, change).await.expect("changed");
    let known = async {
        while apps[1].policy().retention_days != 7 {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    };
    let within = tokio::time::timeout(std::time::Duration::from_secs(20), known).await;
    within.expect("the other process reads the policy anew");
}
