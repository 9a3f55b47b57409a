//! What a reviewer tried on purpose: to raise oneself, to act on what one no longer is, to be quicker than a lock.

use std::net::IpAddr;
use std::time::Duration;

use app::domain::{Instant, ItemId, Reason, SiteRole};
use app::invite_door::{InviteEntered, TypedLobby};
use app::invites::{TypedInvite, TypedTerms};
use app::leaving::KeyChange;
use app::mail::Language;
use app::members::AddedMember;
use app::store::{Conn, StoreError, Value};
use app::{BrowserKey, Caller, Credentials, Error};
use serde_json::{Value as Json, json};
use tokio::sync::oneshot;

use crate::cast::{Cast, Person};
use crate::props::published;
use crate::site::{EARLIER, Site};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7));
const ANNA: &str = "anna@guests.example";

struct World {
    site: Site,
    cast: Cast,
    item: ItemId,
}

impl World {
    async fn new(site: Site) -> Self {
        // PostgreSQL's clock is the wall's.
        site.clock.advance(EARLIER);
        let cast = Cast::new(&site).await;
        let item = published(&site, &cast.owner, "own").await;
        Self { site, cast, item }
    }

    async fn both() -> [Self; 2] {
        [Self::new(Site::sqlite().await).await, Self::new(Site::postgres().await).await]
    }

    async fn sql(&self, sql: &'static str, values: Vec<Value>) {
        let done: Result<_, StoreError> =
            self.site.store.write(async move |conn: &mut Conn| conn.execute(sql, &values).await).await;
        done.expect("it runs");
    }

    async fn number(&self, sql: &'static str) -> i64 {
        let read: Result<_, StoreError> =
            self.site.store.read(async move |conn: &mut Conn| conn.value(sql, &[]).await).await;
        read.expect("readable")
    }

    /// Anna's invite for two devices; the secret of its URL.
    async fn invited(&self) -> String {
        let terms = TypedTerms { role: "viewer".into(), ..TypedTerms::default() };
        let (first_name, last_name) = ("Anna".into(), "Levi".into());
        let typed = TypedInvite { email: ANNA.into(), first_name, last_name, terms };
        let owner = self.cast.owner.caller(&self.site).await;
        let made = self.site.app.make_invite(&owner, self.item, typed).await.expect("an invite");
        self.sql("UPDATE invite SET max_uses = 2", vec![]).await;
        made.url.rsplit('/').next().expect("a path").to_owned()
    }

    fn form_key(&self) -> String {
        self.site.app.new_form_key().to_text()
    }

    /// Enters on a device that has no key yet.
    async fn enter(&self, token: &str) -> Result<Caller, Error> {
        let typed = TypedLobby { email: ANNA.into(), form_key: self.form_key() };
        let (nobody, english) = (Caller::default(), Language::English);
        match self.site.app.enter_invite(&nobody, HERE, token, &typed, english).await? {
            InviteEntered::In { keys: KeyChange { given: Some((key, _)), .. }, .. } => {
                Ok(self.browser(key).await)
            }
            other => panic!("a new device gets a key, not {other:?}"),
        }
    }

    async fn browser(&self, key: BrowserKey) -> Caller {
        let credentials = Credentials { keys: vec![key], ..Credentials::default() };
        self.site.app.know(credentials).await.expect("a browser")
    }

    /// The secret of a one-time URL that a device shows.
    async fn shown(&self, by: &Caller) -> String {
        let offered = self.site.app.offer_seat(by, self.item).await.expect("a URL");
        offered.url.rsplit('/').next().expect("a path").to_owned()
    }
}

fn id(bytes: &[u8; 16]) -> Value {
    Value::Blob(bytes.to_vec())
}

#[tokio::test]
async fn who_is_no_administrator_any_more_does_nothing_with_a_request_that_began_before() {
    for world in World::both().await {
        let (ada, spare) = (&world.cast.administrator, world.cast.spare.id);
        let stale = ada.caller(&world.site).await;
        world.sql("UPDATE member SET role = 'viewer' WHERE id = $1", vec![id(ada.id.as_bytes())]).await;
        let app = &world.site.app;
        let again = AddedMember {
            address_is_right: false,
            email: "back@door.example".into(),
            name: "Back".into(),
            role: "site_administrator".into(),
            password: None,
        };
        assert!(app.add_member(&stale, again, Language::English).await.is_err());
        let role = Some("site_administrator".into());
        let change = app::members::MemberChange { role, ..Default::default() };
        assert!(app.change_member(&stale, ada.id, change).await.is_err(), "nor raises themselves");
        assert!(app.reset_member(&stale, spare, Language::English).await.is_err());
        assert!(app.set_member_address(&stale, spare, "x@door.example", true).await.is_err());
        assert!(app.make_group(&stale, "Door").await.is_err());
        let policy = app::policy::TypedPolicy { retention_days: Some(1), ..Default::default() };
        assert!(app.change_policy(&stale, policy).await.is_err());
        assert_eq!(world.number("SELECT COUNT(*) FROM site_log").await, 0, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn a_closed_account_shares_nothing_with_a_request_that_began_before() {
    for world in World::both().await {
        let owner = &world.cast.owner;
        let stale = owner.caller(&world.site).await;
        world.sql("UPDATE member SET disabled_ms = 1 WHERE id = $1", vec![id(owner.id.as_bytes())]).await;
        let app = &world.site.app;
        let closing = app::domain::Closing::Finish;
        assert!(app.switch_guest_access(&stale, world.item, true, closing).await.is_err());
        let terms = TypedTerms { role: "viewer".into(), ..TypedTerms::default() };
        let typed = TypedInvite { email: ANNA.into(), first_name: "A".into(), last_name: "L".into(), terms };
        assert!(app.make_invite(&stale, world.item, typed).await.is_err());
        assert!(app.delete_item(&stale, world.item).await.is_err());
    }
}

/// The right is taken while the change waits for its turn to write.
#[tokio::test]
async fn a_right_that_is_taken_meanwhile_changes_no_title() {
    let world = World::new(Site::sqlite().await).await;
    let mia = &world.cast.member;
    let (owner, caller) = (world.cast.owner.caller(&world.site).await, mia.caller(&world.site).await);
    let whom = app::rights::Whom::Member(mia.id);
    world.site.app.give_right(&owner, world.item, whom, "co_editor", None).await.expect("given");
    let (release, released) = oneshot::channel::<()>();
    let (hold, held) = oneshot::channel::<()>();
    let holder = world.site.store.write(async move |_: &mut Conn| {
        let _ = hold.send(());
        let _ = released.await;
        Ok::<_, StoreError>(())
    });
    let meanwhile = async {
        held.await.expect("nobody else writes");
        let take = world.site.app.take_right(&owner, world.item, mia.id);
        let edit = world.site.app.edit_item(&caller, world.item, Some("Mine".into()), None);
        let after_reading = async {
            for _ in 0..8 {
                world.site.app.check_ready().await.expect("readable");
            }
            release.send(()).expect("it waits");
        };
        tokio::join!(take, edit, after_reading)
    };
    let (done, (taken, edited, ())) = tokio::join!(holder, meanwhile);
    done.and(Ok(())).expect("released");
    taken.expect("taken");
    assert!(edited.is_err(), "decided before it was its turn");
}

#[tokio::test]
async fn an_address_that_a_provider_did_not_prove_earns_no_right() {
    for world in World::both().await {
        let boss = Person::new(&world.site, "Mallory", SiteRole::Viewer).await;
        let member = boss.id;
        let linked: Result<_, StoreError> = world
            .site
            .store
            .write(async move |conn: &mut Conn| {
                let now = Instant::from_ms(1);
                app::store::oidc_identity::link(conn, "https://id.example", "7", member, now).await
            })
            .await;
        linked.expect("linked");
        let url = format!("/api/items/{}/rights", world.item);
        let body = json!({ "email": format!("{member}@members.example"), "right": "co_owner" });
        let owner = &world.cast.owner.key;
        let refused = world.site.json(owner, "POST", &url, body.clone()).await;
        assert_eq!(refused.json()["fields"]["email"], "not_a_member", "{}", refused.text());
        let prove = "UPDATE member_address SET verified_ms = 1 WHERE member_id = $1";
        world.sql(prove, vec![id(member.as_bytes())]).await;
        assert_eq!(world.site.json(owner, "POST", &url, body).await.status, 200, "proved by now");
    }
}

#[tokio::test]
async fn a_site_administrator_sees_and_revokes_but_lets_nobody_in() {
    let world = World::new(Site::sqlite_with_mail().await).await;
    world.invited().await;
    let ada = &world.cast.administrator.key;
    let list = format!("/api/items/{}/invites", world.item);
    let listed = world.site.get(ada, &list).await.json();
    let url = format!("{list}/{}", listed["invites"][0]["id"].as_str().expect("an id"));
    // The matrix holds the same for letting a waiting device in.
    let sent = world.site.json(ada, "POST", &format!("{url}/send"), Json::Null).await;
    assert_eq!((sent.status.as_u16(), &*sent.code()), (404, "not_found"));
    assert_eq!(world.site.json(ada, "POST", &format!("{url}/reveal"), Json::Null).await.status, 200);
    assert_eq!(world.site.json(ada, "DELETE", &url, Json::Null).await.status, 200);
}

#[tokio::test]
async fn a_handed_over_seat_is_not_taken_after_somebody_else_took_it() {
    for world in World::both().await {
        let (app, token) = (&world.site.app, world.invited().await);
        let first = world.enter(&token).await.expect("in");
        let shown = world.shown(&first).await;
        let form_key = world.form_key();
        let asked = app.take_hand_over(HERE, &shown, (ANNA, &form_key)).await.expect("it waits");
        app.answer_hand_over(&first, world.item, asked.reference, true).await.expect("allowed");
        // Before the second device goes in, the person takes the seat by the link itself.
        let person = world.enter(&token).await.expect("a use is left");
        let late = app.finish_hand_over(&Caller::default(), HERE, &shown, &form_key).await;
        assert!(!matches!(late, Ok(InviteEntered::In { .. })), "{}: {late:?}", world.site.engine);
        assert!(app.offer_seat(&person, world.item).await.is_ok(), "the seat is theirs");
    }
}

#[tokio::test]
async fn five_tries_at_a_handed_over_seat_are_five_however_many_come_at_once() {
    for world in World::both().await {
        let first = world.enter(&world.invited().await).await.expect("in");
        let shown = world.shown(&first).await;
        let tries = (0..40).map(|number| {
            let (app, shown, key) = (world.site.app.clone(), shown.clone(), world.form_key());
            async move {
                let email = format!("guess{number}@guests.example");
                match app.take_hand_over(HERE, &shown, (&email, &key)).await {
                    Err(Error::Refused(refusal)) => refusal.reason,
                    other => panic!("{other:?}"),
                }
            }
        });
        let reasons = futures_util::future::join_all(tries).await;
        let compared = reasons.iter().filter(|reason| **reason == Reason::EmailMismatch).count();
        assert_eq!(compared, 5, "{}", world.site.engine);
    }
}

/// PostgreSQL alone lets two write at once.
#[tokio::test]
async fn no_device_is_bound_after_the_answer_that_the_item_is_deleted() {
    let world = World::new(Site::postgres().await).await;
    let token = world.invited().await;
    let owner = world.cast.owner.caller(&world.site).await;
    let (release, released) = oneshot::channel::<()>();
    let (hold, held) = oneshot::channel::<()>();
    let item = world.item;
    // Somebody writes the same person's seat and takes long; in the end it is not kept.
    let slow = world.site.store.write(async move |conn: &mut Conn| {
        let sql = "INSERT INTO invite_seat (id, item_id, email, first_name, last_name, proof, proved_ms, created_ms)
            VALUES ($1, $2, $3, '', '', 'address', 0, 0)";
        conn.execute(sql, &[id(&[9; 16]), id(item.as_bytes()), Value::Text(ANNA.into())]).await?;
        let _ = hold.send(());
        let _ = released.await;
        Err::<(), _>(StoreError::Unavailable("given up".into()))
    });
    let meanwhile = async {
        held.await.expect("written");
        let entering = tokio::spawn({
            let (app, token, form_key) = (world.site.app.clone(), token.clone(), world.form_key());
            let typed = TypedLobby { email: ANNA.into(), form_key };
            async move { app.enter_invite(&Caller::default(), HERE, &token, &typed, Language::English).await }
        });
        // The entry has decided and waits for the seat.
        let waits = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'INSERT INTO invite_seat %'";
        world.site.until("the entry waits", async || world.number(waits).await > 0).await;
        let mut deleting = Box::pin(world.site.app.delete_item(&owner, item));
        let early = tokio::time::timeout(Duration::from_secs(2), &mut deleting).await;
        assert!(early.is_err(), "deleted, and the seat is not even written");
        release.send(()).expect("it waits");
        deleting.await.expect("deleted");
        entering.await.expect("no panic")
    };
    let (_, entered) = tokio::join!(slow, meanwhile);
    assert!(matches!(entered, Ok(InviteEntered::In { .. })), "it was first: {entered:?}");
}

#[tokio::test]
async fn a_nul_is_no_bug() {
    for world in World::both().await {
        let (owner, ada) = (&world.cast.owner.key, &world.cast.administrator.key);
        assert_eq!(world.site.get(owner, "/api/items?q=a%00").await.status, 200, "{}", world.site.engine);
        assert_eq!(world.site.get(ada, "/api/members?q=%00").await.status, 200);
        let url = format!("/api/items/{}", world.item);
        let changed = world.site.json(owner, "PATCH", &url, json!({ "description": "a\u{0}b" })).await;
        assert_eq!((changed.status.as_u16(), &changed.json()["description"]), (200, &json!("a\u{fffd}b")));
    }
}

#[tokio::test]
async fn what_a_mail_server_said_about_an_address_is_erased_with_it() {
    for world in World::both().await {
        world.invited().await;
        let said = "INSERT INTO mail (id, purpose, about_id, email, state, answer, attempts, run_after_ms, created_ms)
            SELECT id, 'invite', id, email, 'failed', '550 no ' || email, 0, 0, 0 FROM invite";
        world.sql(said, vec![]).await;
        world.sql("UPDATE invite SET end_ms = 1", vec![]).await;
        assert_eq!(world.site.app.erase_due().await.expect("erased").persons, 1);
        let left = "SELECT COUNT(*) FROM mail WHERE answer LIKE '%guests.example%'";
        assert_eq!(world.number(left).await, 0, "{}", world.site.engine);
    }
}

#[tokio::test]
async fn who_has_the_url_does_not_soon_fill_the_places_of_those_who_wait() {
    let world = World::new(Site::sqlite().await).await;
    let token = world.invited().await;
    for _ in 0..2 {
        world.enter(&token).await.expect("a use is left");
    }
    for _ in 0..51 {
        let key = world.form_key();
        let asked = world.site.app.ask_for_device(&Caller::default(), HERE, &token, &key).await;
        asked.expect("answered alike");
    }
    assert_eq!(world.number("SELECT COUNT(*) FROM seat_move WHERE kind = 'ask'").await, 50);
}
