//! Refusals (access.md 5): one page for every cause, a reference that only the item's owner can read.

use app::domain::{Closing, ItemId, Reason};
use app::guest_access::{TypedChange, TypedLink};
use app::store::{Conn, StoreError, item, setting};

use crate::answer::Answer;
use crate::cast::{Cast, Key, Person};
use crate::props::published;
use crate::site::{EARLIER, Site};
use crate::stage::{enter, give_right, link, unlimited};

/// Everybody, with the site's clock where PostgreSQL's is.
async fn cast_of(site: &Site) -> Cast {
    site.clock.advance(EARLIER);
    Cast::new(site).await
}

/// A link that does not open, and why.
struct Shut {
    cause: Reason,
    item: ItemId,
    token: String,
}

/// One item with guest access on and a link in it.
async fn shared(site: &Site, cast: &Cast, typed: TypedLink) -> (ItemId, app::domain::LinkId, String) {
    shared_by(site, &cast.owner, typed).await
}

async fn shared_by(site: &Site, owner: &Person, typed: TypedLink) -> (ItemId, app::domain::LinkId, String) {
    let item = published(site, owner, "own").await;
    let caller = owner.caller(site).await;
    site.app.switch_guest_access(&caller, item, true, Closing::Finish).await.expect("on");
    let (id, token) = link(site, &caller, item, typed).await;
    (item, id, token)
}

/// Every cause that the guest door has today, each at an item of its own.
async fn shut_links(site: &Site, cast: &Cast) -> Vec<Shut> {
    let caller = cast.owner.caller(site).await;
    let mut shut = Vec::new();
    let (item, _, token) = shared(site, cast, unlimited("own")).await;
    site.app.switch_guest_access(&caller, item, false, Closing::Finish).await.expect("off");
    shut.push(Shut { cause: Reason::GuestAccessOff, item, token });
    let (item, id, token) = shared(site, cast, unlimited("own")).await;
    site.app.delete_guest_link(&caller, item, id, Closing::Finish).await.expect("deleted");
    shut.push(Shut { cause: Reason::LinkDeleted, item, token });
    let one = TypedLink { name: "One zqmark-own".into(), max_uses: Some(1), days: None };
    let (item, _, token) = shared(site, cast, one).await;
    enter(site, &token, "Una").await;
    shut.push(Shut { cause: Reason::UsedUp, item, token });
    let (item, _, token) = shared(site, cast, unlimited("own")).await;
    let gone: Result<_, StoreError> = site
        .store
        .write(async move |conn: &mut Conn| {
            item::set_state(conn, item, app::domain::ItemState::Failed, None).await
        })
        .await;
    gone.expect("an item can fail");
    shut.push(Shut { cause: Reason::ItemGone, item, token });
    let (item, id, token) = shared(site, cast, unlimited("own")).await;
    end_now(site, id).await;
    shut.push(Shut { cause: Reason::Expired, item, token });
    shut
}

/// Lets a link's time be over, without waiting a day.
async fn end_now(site: &Site, id: app::domain::LinkId) {
    const END: &str = "UPDATE guest_link SET end_ms = created_ms + 1 WHERE id = $1";
    let blob = app::store::Value::Blob(id.as_bytes().to_vec());
    let ended: Result<_, StoreError> =
        site.store.write(async move |conn: &mut Conn| conn.execute(END, &[blob]).await).await;
    assert_eq!(ended.expect("a link can end"), 1);
}

/// The reference on a denied page.
fn reference(answer: &Answer) -> String {
    let text = answer.text();
    let at = text.find("data-copy=\"").expect("a reference") + "data-copy=\"".len();
    text[at..].split('"').next().expect("a quoted reference").to_owned()
}

/// The page without what may differ: the reference, and the URL that the visitor typed.
fn body_of(answer: &Answer, token: &str) -> String {
    answer.text().replace(&reference(answer), "REFERENCE").replace(token, "TOKEN")
}

async fn send_form(site: &Site, token: &str) -> Answer {
    let form_key = site.app.new_form_key().to_text();
    let fields = [("name", "Nora"), ("email", "nora@guests.example"), ("form_key", &*form_key)];
    site.form(&Key::nobody(), &format!("/g/{token}/enter"), &fields).await
}

async fn one_page_for_every_cause(site: Site) {
    let cast = cast_of(&site).await;
    let shut = shut_links(&site, &cast).await;
    let unknown = app::LinkToken::from_random([7; 20]).to_text();
    let first = site.get(&Key::nobody(), &format!("/g/{unknown}")).await;
    let tokens = shut.iter().map(|shut| shut.token.as_str()).chain([unknown.as_str()]);
    for token in tokens {
        let other = [("as", "other"), ("name", ""), ("email", "")];
        let by_form = site.form(&Key::nobody(), &format!("/g/{token}/enter"), &other).await;
        for answer in
            [site.get(&Key::nobody(), &format!("/g/{token}")).await, send_form(&site, token).await, by_form]
        {
            assert_eq!(answer.status, 404, "{}", answer.text());
            assert_eq!(answer.header("cache-control"), "no-store");
            assert!(answer.cookies().is_empty());
            assert!(!answer.text().contains("zqmark"), "{}", answer.text());
            assert_eq!(body_of(&answer, token), body_of(&first, &unknown));
            assert_eq!(reference(&answer).len(), 11);
        }
    }
}

#[tokio::test]
async fn every_cause_shows_the_same_page_on_sqlite() {
    one_page_for_every_cause(Site::sqlite().await).await;
}

#[tokio::test]
async fn every_cause_shows_the_same_page_on_postgres() {
    one_page_for_every_cause(Site::postgres().await).await;
}

#[tokio::test]
async fn references_tell_the_owner_the_exact_cause_and_nobody_else() {
    let site = Site::sqlite().await;
    let cast = cast_of(&site).await;
    // With a link of its own, so that there is something to mistake it for.
    let (foreign, _, _) = shared_by(&site, &cast.other_owner, unlimited("other")).await;
    let (sibling, _, _) = shared(&site, &cast, unlimited("own")).await;
    for shut in shut_links(&site, &cast).await {
        give_right(&site, shut.item, &cast.co_viewer, "co_viewer").await;
        for answer in [
            site.get(&Key::nobody(), &format!("/g/{}", shut.token)).await,
            send_form(&site, &shut.token).await,
        ] {
            let body = serde_json::json!({ "reference": reference(&answer).to_lowercase() });
            let lookup = async |key: &Key, item: ItemId| {
                site.json(key, "POST", &format!("/api/items/{item}/refusals/lookup"), body.clone()).await
            };
            let told = lookup(&cast.owner.key, shut.item).await;
            assert_eq!((told.status.as_u16(), told.json()["cause"].as_str()), (200, Some(shut.cause.code())));
            assert!(told.json()["link"].as_str().is_some_and(|name| name.contains("zqmark-own")));
            let minute = told.json()["at_ms"].as_i64().expect("a minute");
            assert!((site.clock.now().as_ms() - minute) < 180_000);
            for (key, item) in [
                (&cast.other_owner.key, foreign),
                (&cast.other_owner.key, shut.item),
                (&cast.co_viewer.key, shut.item),
                (&cast.owner.key, foreign),
                (&cast.owner.key, sibling),
            ] {
                let refused = lookup(key, item).await;
                assert_eq!(refused.status, 404, "{}", refused.text());
                assert!(!refused.text().contains(shut.cause.code()));
            }
        }
    }
}

#[tokio::test]
async fn a_reference_without_a_link_is_explained_without_one() {
    let site = Site::sqlite().await;
    let cast = cast_of(&site).await;
    let (item, _, _) = shared(&site, &cast, unlimited("own")).await;
    let unknown = app::LinkToken::from_random([7; 20]).to_text();
    let shown = reference(&site.get(&Key::nobody(), &format!("/g/{unknown}")).await);
    let body = serde_json::json!({ "reference": shown });
    let path = format!("/api/items/{item}/refusals/lookup");
    let told = site.json(&cast.owner.key, "POST", &path, body.clone()).await;
    assert_eq!((told.status.as_u16(), told.json()["cause"].as_str()), (200, Some("unknown_link")));
    assert!(told.json().get("link").is_none(), "{}", told.text());
    assert_eq!(site.json(&cast.other_owner.key, "POST", &path, body).await.status, 404);
}

#[tokio::test]
async fn a_module_that_is_off_shows_the_same_page() {
    // Only PostgreSQL's processes read settings that somebody else wrote.
    let site = Site::postgres().await;
    let cast = cast_of(&site).await;
    let (item, _, token) = shared(&site, &cast, unlimited("own")).await;
    let off: Result<_, StoreError> =
        site.store.write(async |conn: &mut Conn| setting::put(conn, "enabled", "false").await).await;
    off.expect("a setting can be stored");
    site.until("the policy is read anew", async || !site.app.policy().enabled).await;
    let unknown = app::LinkToken::from_random([7; 20]).to_text();
    let first = site.get(&Key::nobody(), &format!("/g/{unknown}")).await;
    let answer = site.get(&Key::nobody(), &format!("/g/{token}")).await;
    assert_eq!(answer.status, 404);
    assert_eq!(body_of(&answer, &token), body_of(&first, &unknown));
    let body = serde_json::json!({ "reference": reference(&answer) });
    let told = site.json(&cast.owner.key, "POST", &format!("/api/items/{item}/refusals/lookup"), body).await;
    assert_eq!(told.json()["cause"], "module_off");
}

#[tokio::test]
async fn seat_holders_meet_the_same_page_at_the_item() {
    let site = Site::sqlite().await;
    let cast = cast_of(&site).await;
    let (item, id, token) = shared(&site, &cast, unlimited("own")).await;
    let guest = enter(&site, &token, "Gus").await;
    let url = format!("/media/{item}");
    assert_eq!(site.get(&guest, &url).await.status, 200);
    end_now(&site, id).await;
    let denied = site.get(&guest, &url).await;
    assert_eq!(denied.status, 404);
    assert_eq!(reference(&denied).len(), 11);
    let api = site.get(&guest, &format!("/api/items/{item}")).await;
    assert_eq!((api.status.as_u16(), api.code().as_str()), (404, "denied"));
    assert!(!api.text().contains("expired"), "{}", api.text());
}

#[tokio::test]
async fn a_guest_of_another_item_is_a_stranger() {
    let site = Site::sqlite().await;
    let cast = cast_of(&site).await;
    let (_, _, token) = shared(&site, &cast, unlimited("own")).await;
    let guest = enter(&site, &token, "Gus").await;
    let foreign = published(&site, &cast.other_owner, "other").await;
    let never = ItemId::from_bytes([0x55; 16]);
    for path in [
        format!("/media/{foreign}"),
        format!("/media/{never}"),
        "/media/nonsense".to_owned(),
        "/media".to_owned(),
        "/tokens".to_owned(),
        "/nowhere".to_owned(),
        format!("/api/items/{foreign}"),
        format!("/api/items/{never}"),
    ] {
        let [as_guest, as_stranger] = [site.get(&guest, &path).await, site.get(&Key::nobody(), &path).await];
        assert_eq!(as_guest.status, as_stranger.status, "{path}");
        assert_eq!(as_guest.headers.get("location"), as_stranger.headers.get("location"), "{path}");
        assert_ne!(as_guest.status, 200, "{path}");
    }
}

#[tokio::test]
async fn api_refusals_differ_in_reference_and_request_id_alone() {
    let site = Site::sqlite().await;
    let cast = cast_of(&site).await;
    let mut bodies = Vec::new();
    for closing in ["off", "deleted", "expired"] {
        let (item, id, token) = shared(&site, &cast, unlimited("own")).await;
        let guest = enter(&site, &token, "Gus").await;
        let caller = cast.owner.caller(&site).await;
        match closing {
            "off" => {
                drop(site.app.switch_guest_access(&caller, item, false, Closing::Finish).await.expect("off"))
            }
            "deleted" => {
                drop(site.app.delete_guest_link(&caller, item, id, Closing::Finish).await.expect("deleted"))
            }
            _ => end_now(&site, id).await,
        }
        let answer =
            site.json(&guest, "POST", "/api/viewings", serde_json::json!({ "item": item.to_string() })).await;
        let mut body = answer.json();
        assert_eq!(answer.status, 404, "{closing}");
        for name in ["reference", "request_id"] {
            assert!(body[name].is_string(), "{closing}: {body}");
            body[name] = "-".into();
        }
        bodies.push((answer.body.len(), body));
    }
    assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]), "{bodies:#?}");
}

/// A refused form is one row per link, cause and minute, and refused forms of an unknown link are none.
#[tokio::test]
async fn refused_forms_are_counted_by_link_cause_and_minute() {
    let site = Site::sqlite().await;
    let cast = cast_of(&site).await;
    let one = TypedLink { name: "One".into(), max_uses: Some(1), days: None };
    let (item, id, token) = shared(&site, &cast, one).await;
    enter(&site, &token, "Una").await;
    for _ in 0..3 {
        assert_eq!(send_form(&site, &token).await.status, 404);
        site.get(&Key::nobody(), &format!("/g/{token}")).await;
    }
    let url = format!("/api/items/{item}/activity?kind=refused");
    let activity = site.get(&cast.owner.key, &url).await.json();
    let refusals = activity["entries"].as_array().expect("refusals");
    let counted: i64 = refusals.iter().filter_map(|row| row["count"].as_i64()).sum();
    assert!(refusals.iter().all(|row| row["cause"] == "used_up"), "{refusals:?}");
    assert!(counted == 3 && refusals.len() <= 2, "{refusals:?}");
    // Raising the limit opens the door for who waits before it.
    let change = TypedChange { max_uses: Some(Some(2)), ..TypedChange::default() };
    let caller = cast.owner.caller(&site).await;
    site.app.change_guest_link(&caller, item, id, change).await.expect("a limit can be raised");
    assert_eq!(send_form(&site, &token).await.status, 303);
}
