//! Members as administrators manage them, and what that does to sessions, pages and one-time links.

use app::domain::{MemberId, SiteRole};
use serde_json::{Value as Json, json};

use crate::answer::Answer;
use crate::cast::{Cast, Key, Person};
use crate::site::{EARLIER, Site};
use crate::stage::passkey;

const NEW_PASSWORD: &str = "a horse of another colour";

struct World {
    site: Site,
    cast: Cast,
}

impl World {
    async fn new(site: Site) -> Self {
        // PostgreSQL's clock is the wall's.
        site.clock.advance(EARLIER);
        let cast = Cast::new(&site).await;
        Self { site, cast }
    }

    async fn ask(&self, method: &str, url: &str, body: Json) -> Answer {
        self.site.json(&self.cast.administrator.key, method, url, body).await
    }

    async fn invite(&self, email: &str) -> (String, String) {
        let body = json!({ "email": email, "name": "Nina New", "role": "private_only" });
        let made = self.ask("POST", "/api/members", body).await;
        assert_eq!(made.status, 201, "{}", made.text());
        let (id, url) = (made.json()["id"].clone(), made.json()["link"]["url"].clone());
        let token = url.as_str().and_then(|url| url.rsplit('/').next()).expect("a link").to_owned();
        (id.as_str().expect("an id").to_owned(), token)
    }

    async fn use_link(&self, token: &str) -> Answer {
        let body = json!({ "token": token, "password": NEW_PASSWORD });
        self.site.json(&Key::nobody(), "POST", "/api/account-link", body).await
    }

    async fn sign_in(&self, email: &str, password: &str) -> Answer {
        let body = json!({ "email": email, "password": password });
        self.site.json(&Key::nobody(), "POST", "/api/sign-in", body).await
    }

    async fn change(&self, id: &str, body: Json) -> Answer {
        self.ask("PATCH", &format!("/api/members/{id}"), body).await
    }
}

fn key(answer: &Answer) -> Key {
    Key { cookies: answer.cookies(), bearer: None }
}

async fn both(check: impl AsyncFn(World)) {
    check(World::new(Site::sqlite().await).await).await;
    check(World::new(Site::postgres().await).await).await;
}

#[tokio::test]
async fn a_one_time_link_works_once_and_signs_in() {
    both(async |world: World| {
        let (id, token) = world.invite("nina@new.example").await;
        assert_eq!(world.sign_in("nina@new.example", "-").await.status, 401);
        // Opening the page spends nothing.
        for _ in 0..2 {
            let page = world.site.get(&Key::nobody(), &format!("/account/{token}")).await;
            assert_eq!(page.status, 200);
        }
        let short = json!({ "token": token, "password": "short" });
        let refused = world.site.json(&Key::nobody(), "POST", "/api/account-link", short).await;
        assert_eq!(refused.json()["fields"]["password"], "password_too_short");
        let used = world.use_link(&token).await;
        assert_eq!(used.status, 200, "{}", used.text());
        assert_eq!(world.site.get(&key(&used), "/api/me").await.json()["id"], json!(id));
        let again = world.use_link(&token).await;
        assert_eq!((again.status.as_u16(), &again.json()["code"]), (409, &json!("link_spent")));
        assert_eq!(world.site.get(&Key::nobody(), &format!("/account/{token}")).await.status, 404);
        assert_eq!(world.sign_in("nina@new.example", NEW_PASSWORD).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn closing_and_resetting_end_every_session() {
    both(async |world: World| {
        let (id, token) = world.invite("nina@new.example").await;
        let session = key(&world.use_link(&token).await);
        assert_eq!(world.change(&id, json!({ "disabled": true })).await.json()["disabled"], true);
        assert_eq!(world.site.get(&session, "/api/me").await.status, 401);
        assert_eq!(world.sign_in("nina@new.example", NEW_PASSWORD).await.status, 401);
        let reset = format!("/api/members/{id}/reset");
        assert_eq!(world.ask("POST", &reset, Json::Null).await.status, 404, "closed accounts get no link");
        assert_eq!(world.change(&id, json!({ "disabled": false })).await.status, 200);
        let session = key(&world.sign_in("nina@new.example", NEW_PASSWORD).await);
        let link = world.ask("POST", &reset, Json::Null).await.json();
        assert_eq!(link["mailed"], false);
        assert_eq!(world.site.get(&session, "/api/me").await.status, 401);
        assert_eq!(world.sign_in("nina@new.example", NEW_PASSWORD).await.status, 401, "the old one is void");
        let token = link["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a link");
        assert_eq!(world.use_link(token).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn a_reset_leaves_no_other_way_in() {
    both(async |world: World| {
        let (id, token) = world.invite("nina@new.example").await;
        let session = key(&world.use_link(&token).await);
        let wish = json!({ "name": "Script", "scopes": ["items:read"] });
        let made = world.site.json(&session, "POST", "/api/tokens", wish).await.json();
        let script = Key::token(made["token"].as_str().expect("a token").to_owned());
        assert_eq!(world.site.get(&script, "/api/items").await.status, 200);
        passkey(&world.site, id.parse().expect("a member")).await;
        let passkeys = async |of: &Key| world.site.get(of, "/api/passkeys").await.json()["passkeys"].clone();
        assert_eq!(passkeys(&session).await.as_array().map(Vec::len), Some(1));

        let link = world.ask("POST", &format!("/api/members/{id}/reset"), Json::Null).await.json();
        assert_eq!(world.site.get(&script, "/api/items").await.status, 401);
        let token = link["url"].as_str().and_then(|url| url.rsplit('/').next()).expect("a link");
        let session = key(&world.use_link(token).await);
        assert_eq!(passkeys(&session).await, json!([]));
    })
    .await;
}

#[tokio::test]
async fn the_last_administrator_stays() {
    both(async |world: World| {
        let ada = world.cast.administrator.id.to_string();
        for change in [json!({ "disabled": true }), json!({ "role": "viewer" })] {
            let refused = world.change(&ada, change).await;
            assert_eq!(refused.json()["code"], "last_administrator", "{}", refused.text());
        }
        let second = Person::new(&world.site, "Adam", SiteRole::SiteAdministrator).await;
        assert_eq!(world.change(&second.id.to_string(), json!({ "disabled": true })).await.status, 200);
        let refused = world.change(&ada, json!({ "role": "viewer" })).await;
        assert_eq!(refused.status, 409, "a closed account does not count");
        assert_eq!(world.change(&second.id.to_string(), json!({ "disabled": false })).await.status, 200);
        assert_eq!(world.change(&ada, json!({ "role": "viewer" })).await.status, 200);
        assert_eq!(world.ask("GET", "/api/members", Json::Null).await.status, 403, "and lowered at once");
    })
    .await;
}

#[tokio::test]
async fn two_administrators_who_lower_each_other_leave_one() {
    let world = World::new(Site::postgres().await).await;
    let second = Person::new(&world.site, "Adam", SiteRole::SiteAdministrator).await;
    let lower = async |by: &Key, whom: MemberId| {
        let body = json!({ "role": "viewer" });
        world.site.json(by, "PATCH", &format!("/api/members/{whom}"), body).await.status.as_u16()
    };
    let ada = &world.cast.administrator;
    let (first, other) = tokio::join!(lower(&ada.key, second.id), lower(&second.key, ada.id));
    assert!([first, other].contains(&409) || [first, other].contains(&403), "{first} {other}");
    let left = async |key: &Key| world.site.get(key, "/api/members").await.status == 200;
    assert!(left(&ada.key).await || left(&second.key).await, "somebody is left");
}

#[tokio::test]
async fn addresses_belong_to_one_member_and_count_when_proved() {
    both(async |world: World| {
        let id = world.cast.member.id.to_string();
        let url = |email: &str| format!("/api/members/{id}/addresses/{email}");
        let set = async |email: &str, verified: bool| {
            world.ask("PUT", &url(email), json!({ "verified": verified })).await
        };
        let shown = set("mia@second.example", true).await.json();
        let second = |shown: &Json| {
            let all = shown["addresses"].as_array().cloned().unwrap_or_default();
            all.into_iter().find(|one| one["email"] == "mia@second.example").expect("the address")
        };
        assert_eq!(second(&shown)["verified_by"], "administrator");
        let key = &world.cast.member.key;
        let choose = async || {
            world.site.json(key, "PATCH", "/api/account", json!({ "email": "mia@second.example" })).await
        };
        set("mia@second.example", false).await;
        assert_eq!(choose().await.json()["fields"]["email"], "email_not_verified");
        set("mia@second.example", true).await;
        assert_eq!(choose().await.json()["email"], "mia@second.example");
        let taken = format!("/api/members/{}/addresses/mia@second.example", world.cast.viewer.id);
        assert_eq!(world.ask("PUT", &taken, json!({ "verified": true })).await.json()["code"], "email_taken");
        let own = "/api/account/addresses/mia@second.example";
        let kept = world.site.json(key, "DELETE", own, Json::Null).await;
        assert_eq!(kept.json()["code"], "sign_in_address");
    })
    .await;
}

#[tokio::test]
async fn a_new_password_needs_the_old_one_and_ends_other_sessions() {
    let world = World::new(Site::sqlite().await).await;
    let (email, password) = (world.cast.sign_in, crate::cast::PASSWORD);
    let (here, there) =
        (key(&world.sign_in(email, password).await), key(&world.sign_in(email, password).await));
    let change = async |old: &str, new: &str| {
        world.site.json(&here, "PUT", "/api/account/password", json!({ "old": old, "new": new })).await
    };
    assert_eq!(change("wrong horse battery", NEW_PASSWORD).await.json()["fields"]["old"], "password_wrong");
    assert_eq!(change(password, "short").await.json()["fields"]["new"], "password_too_short");
    let listed = world.site.get(&here, "/api/account/sessions").await.json();
    assert_eq!(listed["sessions"].as_array().map(Vec::len), Some(2));
    assert_eq!(change(password, NEW_PASSWORD).await.status, 204);
    assert_eq!(world.site.get(&there, "/api/me").await.status, 401);
    assert_eq!(world.site.get(&here, "/api/me").await.status, 200);
    assert_eq!(world.sign_in(email, password).await.status, 401);
}

#[tokio::test]
async fn groups_are_named_once_and_outlive_nobody() {
    both(async |world: World| {
        let made = world.ask("POST", "/api/groups", json!({ "name": "Teachers" })).await;
        assert_eq!(made.status, 201);
        let again = world.ask("POST", "/api/groups", json!({ "name": "Teachers" })).await;
        assert_eq!(again.json()["code"], "name_taken");
        let group = made.json()["id"].as_str().expect("an id").to_owned();
        let (mia, url) = (world.cast.member.id, format!("/api/groups/{group}"));
        let seat = format!("{url}/members/{mia}");
        assert_eq!(world.ask("PUT", &seat, Json::Null).await.status, 204);
        let listed = world.ask("GET", &format!("/api/members?group={group}"), Json::Null).await.json();
        assert_eq!(listed["members"].as_array().map(Vec::len), Some(1));
        assert_eq!(listed["members"][0]["groups"][0]["name"], "Teachers");
        assert_eq!(world.ask("DELETE", &url, Json::Null).await.status, 204);
        assert_eq!(world.ask("PUT", &seat, Json::Null).await.status, 404);
        assert_eq!(world.ask("GET", &format!("/api/members/{mia}"), Json::Null).await.status, 200);
    })
    .await;
}

#[tokio::test]
async fn b1_the_browser_of_a_sign_in_is_known_again_after_signing_out() {
    both(async |world: World| {
        let (email, password) = (world.cast.sign_in, crate::cast::PASSWORD);
        let signed_in = world.sign_in(email, password).await;
        let lines = signed_in.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        let known: Vec<_> = lines.filter(|line| line.starts_with("__Host-anteroom-known=")).collect();
        assert_eq!(known.len(), 1, "one cookie for the browser");
        for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(known[0].contains(attribute), "{}", known[0]);
        }
        let browser = key(&signed_in);
        let out = world.site.json(&browser, "POST", "/api/sign-out", Json::Null).await;
        assert!(
            out.cookies().iter().all(|cookie| !cookie.contains("anteroom-known")),
            "it outlasts the session"
        );
        // Somebody guesses from as many addresses as it takes; here nobody has more than one.
        let body = json!({ "email": email, "password": "a guess" });
        for _ in 0..12 {
            world.site.json(&Key::nobody(), "POST", "/api/sign-in", body.clone()).await;
        }
        assert_eq!(world.sign_in(email, password).await.status, 429, "a browser that nobody knows");
        let body = json!({ "email": email, "password": password });
        let back = world.site.json(&browser, "POST", "/api/sign-in", body).await;
        assert_eq!(back.status, 200, "{}", back.text());
    })
    .await;
}

#[tokio::test]
async fn an_address_that_an_administrator_set_counts_as_proved_unless_they_say_otherwise() {
    both(async |world: World| {
        for (more, proved) in [(None, true), (Some(true), true), (Some(false), false)] {
            let email = format!("{more:?}@new.example").replace(['(', ')'], "");
            let mut body = json!({ "email": email, "name": "Nina New", "role": "viewer" });
            if let Some(right) = more {
                body["address_is_right"] = right.into();
            }
            let made = world.ask("POST", "/api/members", body).await;
            assert_eq!(made.status, 201, "{}", made.text());
            let addresses = made.json()["addresses"].clone();
            assert_eq!(addresses[0]["verified_by"] == "administrator", proved, "{addresses}");
        }
        let sheet = |right: bool, email: &str| {
            json!({ "text": email, "names": [{ "email": email, "first_name": "Anna" }], "role": "viewer",
                "send_mail": false, "addresses_are_right": right, "dry_run": false })
        };
        for (right, email) in [(true, "a@sheet.example"), (false, "b@sheet.example")] {
            let made = world.ask("POST", "/api/members/bulk", sheet(right, email)).await;
            assert_eq!(made.status, 201, "{}", made.text());
            let id = made.json()["created"][0]["id"].as_str().expect("an id").to_owned();
            let shown = world.site.get(&world.cast.administrator.key, &format!("/api/members/{id}")).await;
            let by = shown.json()["addresses"][0]["verified_by"].clone();
            assert_eq!(by == "administrator", right, "{by}");
        }
    })
    .await;
}
