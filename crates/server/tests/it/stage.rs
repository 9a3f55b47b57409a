//! One item with everything that can hang on it: links, guests in every state, an upload, work to cancel and to
//! retry. Every text and byte of it carries a mark, so that an answer which leaks it can be recognised.
//!
//! The files are written by hand: what is tested here is who gets them, not how they are made.

use app::domain::{GroupId, ItemId, LinkId, MemberId, PasskeyId, SeatId, Span, TokenId, UploadId};
use app::guest_access::TypedLink;
use app::guest_door::{Entered, TypedEntry};
use app::invites::{TypedInvite, TypedTerms};
use app::leaving::KeyChange;
use app::people::PeopleQuery;
use app::store::account_link::{self, NewLink};
use app::store::group as store_group;
use app::store::passkey::NewPasskey;
use app::store::{Conn, StoreError, Value, lobby};
use app::{Caller, Refusal, Secret};

use crate::cast::{Cast, Key, Person};
use crate::props::{MARK, published, unfinished};
use crate::site::{EARLIER, Site};

/// The address that the stage's invite was made to.
pub(crate) const INVITED: &str = "ina@guests.example";
/// The address of the invitee who is inside.
pub(crate) const INSIDE: &str = "ines@inside.example";
/// The reference of a device that waits to be let in by it.
pub(crate) const WAITING: &str = "QRSTUV";

/// A guest of the stage's item, with an open page.
pub(crate) struct Guest {
    pub(crate) key: Key,
    pub(crate) viewing: String,
}

pub(crate) struct Stage {
    pub(crate) item: ItemId,
    pub(crate) link: LinkId,
    /// The secret in the link's URL.
    pub(crate) link_token: String,
    /// An invite that nobody used yet, with a device that waits.
    pub(crate) invite: LinkId,
    /// The secret in its URL.
    pub(crate) invite_token: String,
    /// Inside by another invite.
    pub(crate) invitee: Guest,
    /// The secret of the one-time URL that the invitee's device shows.
    pub(crate) hand_over: String,
    pub(crate) guest: Guest,
    /// Whose viewing was ended now, with the link that they came through.
    pub(crate) ended: Guest,
    /// Whose last ticket ran out minutes ago.
    pub(crate) late: Guest,
    pub(crate) upload: UploadId,
    /// An item of the same owner that waits for a worker.
    pub(crate) queued: ItemId,
    /// One that did not become playable.
    pub(crate) failed: ItemId,
    /// An API token that can be deleted.
    pub(crate) api_token: TokenId,
    /// A passkey that can be deleted.
    pub(crate) passkey: PasskeyId,
    /// The guest's seat.
    pub(crate) person: SeatId,
    /// The one-time link of the newest stage.
    pub(crate) setup: String,
    /// Who sees the item beside its owner.
    pub(crate) collaborator: MemberId,
    /// Whom anything may happen to.
    pub(crate) spare: MemberId,
    /// A group of nobody.
    pub(crate) group: GroupId,
    /// The newest one-time link of the spare member.
    pub(crate) account_link: String,
    /// A reference that a guest of this link was shown.
    pub(crate) reference: String,
}

/// Gives a member a right at an item.
pub(crate) async fn give_right(site: &Site, item: ItemId, to: &Person, right: &'static str) {
    const GIVE: &str = "INSERT INTO item_right (item_id, member_id, item_right) VALUES ($1, $2, $3)";
    let member = to.id;
    let given: Result<_, StoreError> = site
        .store
        .write(async move |conn: &mut Conn| {
            let values = [
                Value::Blob(item.as_bytes().to_vec()),
                Value::Blob(member.as_bytes().to_vec()),
                Value::Text(right.into()),
            ];
            conn.execute(GIVE, &values).await
        })
        .await;
    given.expect("a right can be given");
}

/// An invite made by its owner, with a device that waits; answers its id and the secret of its URL.
async fn invite(site: &Site, owner: &Caller, item: ItemId, side: &str) -> (LinkId, String) {
    let terms = TypedTerms { role: "viewer".into(), minutes: Some(60), ..TypedTerms::default() };
    let (first_name, last_name) = ("Ina".into(), format!("{MARK}-{side}"));
    let typed = TypedInvite { email: INVITED.into(), first_name, last_name, terms };
    let made = site.app.make_invite(owner, item, typed).await.expect("an invite");
    let (id, now) = (made.invite.row.invite.facts.id, site.clock.now());
    let (row, key): ([u8; 16], [u8; 32]) = (site.app.random(), site.app.random());
    // Several come to the first stage, and a new site's policy leaves an invite but one device.
    const WIDEN: &str = "UPDATE invite SET max_uses = 9 WHERE id = $1";
    let asked: Result<_, StoreError> = site
        .store
        .write(async move |conn: &mut Conn| {
            conn.execute(WIDEN, &[Value::Blob(id.as_bytes().to_vec())]).await?;
            lobby::ask(conn, row, id, key, WAITING, now, now.plus(Span::from_hours(1))).await
        })
        .await;
    asked.expect("a device can ask");
    (id, made.url.rsplit('/').next().expect("a URL with a path").to_owned())
}

/// An invitee with an open page, and the secret of a one-time URL for another device.
async fn invitee(site: &Site, owner: &Caller, item: ItemId, side: &str) -> (Guest, String) {
    let terms = TypedTerms { role: "viewer".into(), minutes: Some(60), ..TypedTerms::default() };
    let (first_name, last_name) = ("Ines".into(), format!("{MARK}-{side}"));
    let typed = TypedInvite { email: INSIDE.into(), first_name, last_name, terms };
    let made = site.app.make_invite(owner, item, typed).await.expect("an invite");
    let token = made.url.rsplit('/').next().expect("a URL with a path").to_owned();
    let form_key = site.app.new_form_key().to_text();
    let fields = [("email", INSIDE), ("form_key", &*form_key)];
    let entered = site.form(&Key::nobody(), &format!("/i/{token}/enter"), &fields).await;
    let key = Key { cookies: entered.cookies(), bearer: None };
    let guest = open_page(site, &key, item).await;
    let url = format!("/api/items/{item}/hand-over");
    let offered = site.json(&key, "POST", &url, serde_json::Value::Null).await;
    let shown = offered.json()["url"].as_str().expect("a URL").to_owned();
    // Longer than a minute, so that everybody can try it.
    const LATER: &str = "UPDATE seat_move SET expires_ms = expires_ms + 3600000 WHERE kind = 'qr'";
    let later: Result<_, StoreError> =
        site.store.write(async move |conn: &mut Conn| conn.execute(LATER, &[]).await).await;
    later.expect("a minute can last");
    (guest, shown.rsplit('/').next().expect("a URL with a path").to_owned())
}

/// A link made by its owner; answers its id and the secret of its URL.
pub(crate) async fn link(site: &Site, owner: &Caller, item: ItemId, typed: TypedLink) -> (LinkId, String) {
    let (link, url) = site.app.make_guest_link(owner, item, typed).await.expect("a link");
    (link.facts.id, url.rsplit('/').next().expect("a URL with a path").to_owned())
}

pub(crate) fn unlimited(side: &str) -> TypedLink {
    TypedLink { name: format!("Link {MARK}-{side}"), max_uses: None, days: None }
}

/// Enters through a link; answers the browser's key.
pub(crate) async fn enter(site: &Site, token: &str, name: &str) -> Key {
    let typed = TypedEntry {
        name: name.into(),
        email: format!("{}@guests.example", name.replace(' ', ".").to_lowercase()),
        form_key: site.app.new_form_key().to_text(),
        ..TypedEntry::default()
    };
    match site.app.enter(&Caller::default(), token, &typed).await.expect("a seat") {
        Entered::In { keys: KeyChange { given: Some((key, _)), .. }, .. } => {
            Key { cookies: vec![format!("__Host-anteroom-key={}", key.to_text())], bearer: None }
        }
        other => panic!("a new guest gets a key, not {other:?}"),
    }
}

/// Opens a page of the item in a guest's browser.
pub(crate) async fn open_page(site: &Site, key: &Key, item: ItemId) -> Guest {
    let opened =
        site.json(key, "POST", "/api/viewings", serde_json::json!({ "item": item.to_string() })).await;
    assert_eq!(opened.status, 201, "{}", opened.text());
    let viewing = opened.json()["viewing"].as_str().expect("a viewing").to_owned();
    let mut key = key.clone();
    key.cookies.extend(opened.cookies());
    Guest { key, viewing }
}

/// A passkey of somebody, as far as deleting it goes.
pub(crate) async fn passkey(site: &Site, member: MemberId) -> PasskeyId {
    let now = site.clock.now();
    let id = PasskeyId::new(now, site.app.random());
    let passkey = app::sign_in::Passkey { id, name: "Phone".into(), created_at: now, used_at: None };
    let kept: Result<bool, StoreError> = site
        .store
        .write(async move |conn: &mut Conn| {
            let new = NewPasskey { passkey: &passkey, credential_id: id.as_bytes(), credential: "{}" };
            // One at a time: stages are built again and again, and a member has few passkeys.
            for old in app::store::passkey::list(conn, member).await? {
                app::store::passkey::delete(conn, member, old.id).await?;
            }
            app::store::passkey::insert(conn, member, &new, 1).await
        })
        .await;
    assert!(kept.expect("a passkey"));
    id
}

/// The seat of whoever entered last.
pub(crate) async fn newest_person(site: &Site, owner: &Caller, item: ItemId) -> SeatId {
    let page = site.app.list_people(owner, item, PeopleQuery::default()).await.expect("who came");
    page.people.first().expect("somebody came").row.seat
}

impl Stage {
    /// A stage of `owner`, marked with `side`.
    async fn build(site: &Site, cast: &Cast, owner: &Person, side: &str) -> Self {
        let item = published(site, owner, side).await;
        give_right(site, item, &cast.co_viewer, "co_viewer").await;
        let caller = owner.caller(site).await;
        let finish = app::domain::Closing::Finish;
        site.app.switch_guest_access(&caller, item, true, finish).await.expect("guest access is on");
        let (link_id, link_token) = link(site, &caller, item, unlimited(side)).await;
        let guest =
            open_page(site, &enter(site, &link_token, &format!("Gus {MARK}-guest")).await, item).await;
        let person = newest_person(site, &caller, item).await;
        let (closed, closed_token) = link(site, &caller, item, unlimited(side)).await;
        let ended =
            open_page(site, &enter(site, &closed_token, &format!("Eva {MARK}-ended")).await, item).await;
        let now = app::domain::Closing::Now;
        site.app.delete_guest_link(&caller, item, closed, now).await.expect("a link can be deleted");
        let late = open_page(site, &enter(site, &link_token, &format!("Lea {MARK}-late")).await, item).await;
        let (invitee, hand_over) = invitee(site, &caller, item, side).await;
        let (invite, invite_token) = invite(site, &caller, item, side).await;
        let (token, setup) =
            (TokenId::new(site.clock.now(), site.app.random()), Secret::from_random(site.app.random()));
        let (upload, queued, failed) = unfinished(site, owner, side, token, setup).await;
        let passkey = passkey(site, owner.id).await;
        let (group, account_link) = accounts(site, &cast.spare).await;
        let reason = app::domain::Reason::Expired;
        let reference = site.app.refer(Refusal { reason, link: Some(link_id) });
        let (api_token, setup) = (token, setup.to_text());
        Self {
            item,
            link: link_id,
            link_token,
            invite,
            invite_token,
            invitee,
            hand_over,
            guest,
            ended,
            late,
            upload,
            queued,
            failed,
            api_token,
            passkey,
            person,
            setup,
            collaborator: cast.co_viewer.id,
            spare: cast.spare.id,
            group,
            account_link,
            reference,
        }
    }

    /// The stage that everybody comes to; made first, with a guest whose ticket ran out since.
    pub(crate) async fn first(site: &Site, cast: &Cast) -> Self {
        let stage = Self::build(site, cast, &cast.owner, "own").await;
        site.clock.advance(EARLIER);
        // The others' tickets ran out too: they come back.
        let guest = open_page(site, &seat_only(&stage.guest.key), stage.item).await;
        let invitee = open_page(site, &seat_only(&stage.invitee.key), stage.item).await;
        let caller = cast.owner.caller(site).await;
        let (closed, token) = link(site, &caller, stage.item, unlimited("own")).await;
        let ended =
            open_page(site, &enter(site, &token, &format!("Eva {MARK}-ended")).await, stage.item).await;
        let now = app::domain::Closing::Now;
        site.app.delete_guest_link(&caller, stage.item, closed, now).await.expect("a link can be deleted");
        let reference =
            site.app.refer(Refusal { reason: app::domain::Reason::Expired, link: Some(stage.link) });
        Self { guest, invitee, ended, reference, ..stage }
    }

    /// One more stage, for a request that changes or destroys it. Its late guest is not late yet.
    pub(crate) async fn fresh(site: &Site, cast: &Cast) -> Self {
        Self::build(site, cast, &cast.owner, "own").await
    }

    /// The stage of somebody else.
    pub(crate) async fn foreign(site: &Site, cast: &Cast) -> Self {
        Self::build(site, cast, &cast.other_owner, "other").await
    }
}

/// A group of nobody, and a one-time link of a member.
async fn accounts(site: &Site, spare: &Person) -> (GroupId, String) {
    let (now, member) = (site.clock.now(), spare.id);
    let (group, secret) = (GroupId::new(now, site.app.random()), Secret::from_random(site.app.random()));
    let made: Result<_, StoreError> = site
        .store
        .write(async move |conn: &mut Conn| {
            store_group::insert(conn, group, &group.to_string(), now).await?;
            let expires = now.plus(Span::from_days(1));
            let new = NewLink { member, purpose: "reset", email: None, now, expires };
            account_link::put(conn, secret.hash(), &new).await
        })
        .await;
    made.expect("a group and a link can be made");
    (group, secret.to_text())
}

/// The browser without its tickets.
pub(crate) fn seat_only(key: &Key) -> Key {
    let cookies = key.cookies.iter().filter(|cookie| cookie.starts_with("__Host-")).cloned().collect();
    Key { cookies, bearer: None }
}
