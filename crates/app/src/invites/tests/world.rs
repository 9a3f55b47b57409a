//! A small site in process: an app beside no server, so that its policy is what a test says.

use std::sync::Arc;

use domain::{ItemFacts, ItemId, ItemKind, ItemState, LinkId, MarkTarget, MemberId, SitePolicy, Span};
use store::account::{self, NewMember};
use store::item::{self, NewItem};
use store::{Conn, Engine, StoreError, ToValue, Value, invite_seat, lobby, log, mark};

use super::super::*;
use crate::Config;
use crate::test_site::{fresh_schema, outside};

pub(crate) struct World {
    pub(crate) app: App,
    pub(crate) engine: &'static str,
    pub(crate) owner: Caller,
    pub(crate) item: ItemId,
    _folder: tempfile::TempDir,
}

pub(crate) fn mail_server() -> ::mail::Settings {
    ::mail::Settings {
        host: "localhost".into(),
        // Nothing listens: no worker runs beside no server, so nobody calls.
        port: 9,
        tls: ::mail::Tls::None,
        sign_in: None,
        authority: None,
        from: domain::Email::new("site@site.example").expect("an address"),
        from_name: "Site".into(),
        timeouts: ::mail::Timeouts::default(),
    }
}

/// The same, on a site that knows a mail server.
pub(crate) async fn both_with_mail(kind: ItemKind) -> Vec<World> {
    worlds(kind, Some(mail_server())).await
}

/// One world on each engine, with an item of this kind.
pub(crate) async fn both(kind: ItemKind) -> Vec<World> {
    worlds(kind, None).await
}

async fn worlds(kind: ItemKind, mail: Option<::mail::Settings>) -> Vec<World> {
    let (lite, pg) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let file = Engine::Sqlite { file: lite.path().join("anteroom.sqlite3") };
    vec![
        World::new("sqlite", file, lite, kind, mail.clone()).await,
        World::new("postgres", fresh_schema().await, pg, kind, mail).await,
    ]
}

/// The code of the first wrong field.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    match result {
        Err(Error::Invalid(fields)) => fields[0].code,
        other => panic!("a wrong field was expected, not {other:?}"),
    }
}

impl World {
    async fn new(
        engine: &'static str,
        rows: Engine,
        folder: tempfile::TempDir,
        kind: ItemKind,
        mail: Option<::mail::Settings>,
    ) -> Self {
        let config = Config { engine: rows, mail, ..Config::for_folder(folder.path().to_owned()) };
        let app = App::open_beside(config, outside(Arc::default())).await.expect("the app opens");
        let nobody = Caller::default();
        let item = ItemId::from_bytes([0; 16]);
        let mut world = Self { app, engine, owner: nobody, item, _folder: folder };
        world.owner = world.member("owner@members.example", "private_only").await;
        world.item = world.one_more_item(kind).await;
        world
    }

    /// Runs one statement.
    pub(crate) async fn run(&self, sql: &'static str, values: Vec<Value>) {
        let done: Result<_, StoreError> =
            self.app.inner.store.write(async move |conn: &mut Conn| conn.execute(sql, &values).await).await;
        done.expect("it runs");
    }

    pub(crate) fn set_policy(&self, change: impl FnOnce(&mut SitePolicy)) {
        let mut held = self.app.inner.policy.write().expect("the policy");
        let mut policy = SitePolicy::clone(&held);
        change(&mut policy);
        *held = policy.into();
    }

    /// A member "First The Person", as a caller.
    pub(crate) async fn member(&self, email: &'static str, role: &'static str) -> Caller {
        let (now, id) = (self.app.now(), MemberId::new(self.app.now(), self.app.random()));
        let first = email.split('@').next().expect("a local part");
        let name = format!("{}{} The Person", first[..1].to_uppercase(), &first[1..]);
        let made: Result<_, StoreError> = self
            .app
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let role = role.parse().expect("a role");
                account::insert(conn, &NewMember { id, email, name: &name, role, password_hash: "-", now })
                    .await?;
                account::find(conn, id).await
            })
            .await;
        let member = made.expect("a member can be made");
        self.run(
            "INSERT INTO member_address (email, member_id, created_ms) VALUES ($1, $2, $3) ON CONFLICT (email) DO NOTHING",
            vec![email.to_value(), id.to_value(), now.to_value()],
        )
        .await;
        Caller { member, ..Caller::default() }
    }

    pub(crate) async fn disable(&self, caller: &Caller) {
        let id = caller.member_facts().expect("a member").id;
        let sql = "UPDATE member SET disabled_ms = $1 WHERE id = $2";
        self.run(sql, vec![self.app.now().to_value(), id.to_value()]).await;
    }

    pub(crate) async fn give_right(&self, caller: &Caller, right: &'static str) {
        let id = caller.member_facts().expect("a member").id;
        let sql = "INSERT INTO item_right (item_id, member_id, item_right) VALUES ($1, $2, $3)";
        self.run(sql, vec![self.item.to_value(), id.to_value(), right.to_value()]).await;
    }

    /// Puts a member into a new group.
    pub(crate) async fn group_of(&self, caller: &Caller) -> domain::GroupId {
        let (now, id) = (self.app.now(), domain::GroupId::new(self.app.now(), self.app.random()));
        let member = caller.member_facts().expect("a member").id;
        let sql = "INSERT INTO member_group (id, name, created_ms) VALUES ($1, $2, $3)";
        self.run(sql, vec![id.to_value(), "Teachers".to_value(), now.to_value()]).await;
        let sql = "INSERT INTO group_member (group_id, member_id, source) VALUES ($1, $2, 'site')";
        self.run(sql, vec![id.to_value(), member.to_value()]).await;
        id
    }

    pub(crate) async fn one_more_item(&self, kind: ItemKind) -> ItemId {
        let (now, id) = (self.app.now(), ItemId::new(self.app.now(), self.app.random()));
        let owner = self.owner.member_facts().expect("an owner").id;
        let made: Result<_, StoreError> = self
            .app
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let facts = ItemFacts { state: ItemState::Ready, ..ItemFacts::new(id, kind) };
                item::insert(conn, &NewItem { facts: &facts, owner, title: "Lecture", size_bytes: 9, now })
                    .await
            })
            .await;
        made.expect("an item can be made");
        id
    }

    pub(crate) fn typed(&self, email: &str) -> TypedInvite {
        TypedInvite {
            email: email.to_owned(),
            first_name: " Anna ".into(),
            last_name: "Klein".into(),
            terms: TypedTerms { role: "viewer".into(), ..TypedTerms::default() },
        }
    }

    pub(crate) async fn make(&self, caller: &Caller, typed: TypedInvite) -> Result<MadeInvite, Error> {
        self.app.make_invite(caller, self.item, typed).await
    }

    /// A viewer's invite by the owner, all else as the policy says.
    pub(crate) async fn invite(&self, email: &str) -> Result<MadeInvite, Error> {
        self.make(&self.owner, self.typed(email)).await
    }

    pub(crate) async fn list(&self, text: &str) -> InvitePage {
        let query = InviteQuery { text: text.into(), limit: 100, before: None };
        self.app.list_invites(&self.owner, self.item, query).await.expect("a page")
    }

    async fn entries(&self) -> Vec<log::Activity> {
        let item = self.item;
        let read: Result<_, StoreError> = self
            .app
            .inner
            .store
            .read(async move |conn: &mut Conn| log::list(conn, item, None, 100).await)
            .await;
        let mut entries = read.expect("readable");
        entries.reverse();
        entries
    }

    /// What happened, oldest first.
    pub(crate) async fn activity(&self) -> Vec<String> {
        self.entries().await.into_iter().map(|entry| entry.what).collect()
    }

    pub(crate) async fn details(&self, what: &str) -> Vec<String> {
        let entries = self.entries().await.into_iter();
        entries.filter(|entry| entry.what == what).map(|entry| entry.detail).collect()
    }

    pub(crate) async fn marks(&self) -> Vec<MarkTarget> {
        let read: Result<_, StoreError> =
            self.app.inner.store.read(async |conn: &mut Conn| mark::list_since(conn, 0).await).await;
        read.expect("readable").into_iter().map(|mark| mark.target).collect()
    }

    pub(crate) async fn seat_name(&self, email: &'static str) -> Option<String> {
        let item = self.item;
        let read: Result<_, StoreError> = self
            .app
            .inner
            .store
            .read(async move |conn: &mut Conn| conn.ask(invite_seat::of_person(item, email)).await)
            .await;
        read.expect("readable").map(|seat| seat.full_name())
    }

    /// A device asks for the seat.
    pub(crate) async fn ask(&self, invite: LinkId, reference: &'static str) {
        let (now, key, id): (_, [u8; 32], [u8; 16]) = (self.app.now(), self.app.random(), self.app.random());
        let asked: Result<_, StoreError> = self
            .app
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                lobby::ask(conn, id, invite, key, reference, now, now.plus(Span::from_hours(1))).await
            })
            .await;
        asked.expect("it can ask");
    }

    /// Every move that was allowed is made.
    pub(crate) async fn settle_moves(&self) {
        let sql = "UPDATE seat_move SET done_ms = $1 WHERE allowed_ms IS NOT NULL";
        self.run(sql, vec![self.app.now().to_value()]).await;
    }

    /// An invite's time is over.
    pub(crate) async fn run_out(&self, invite: LinkId) {
        let sql = "UPDATE invite SET end_ms = $1 WHERE id = $2";
        self.run(sql, vec![self.app.now().to_value(), invite.to_value()]).await;
    }

    /// How many mails about an invite were queued.
    pub(crate) async fn queued(&self, invite: LinkId) -> i64 {
        const COUNT: &str = "SELECT COUNT(*) FROM mail WHERE about_id = $1 AND purpose = 'invite'";
        let read: Result<_, StoreError> = self
            .app
            .inner
            .store
            .read(async move |conn: &mut Conn| conn.value(COUNT, &[invite.to_value()]).await)
            .await;
        read.expect("readable")
    }

    /// Every mail has come to this.
    pub(crate) async fn settle_mail(&self, state: &'static str) {
        self.run("UPDATE mail SET state = $1", vec![state.to_value()]).await;
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        let store = &self.app.inner.store;
        let read: Result<_, StoreError> =
            store.read(async move |conn: &mut Conn| conn.value(sql, &[]).await).await;
        read.expect("readable")
    }

    /// Mail that is due, as a worker takes it.
    pub(crate) async fn claim_mails(&self) -> Vec<store::mail::Claimed> {
        let mut claimed = Vec::new();
        loop {
            let process = domain::ProcessId::new(self.app.now(), self.app.random());
            let next: Result<_, StoreError> = self
                .app
                .inner
                .store
                .write(async move |conn: &mut Conn| {
                    store::mail::claim(conn, process, Span::from_minutes(1)).await
                })
                .await;
            match next.expect("the queue answers") {
                Some(next) => claimed.push(next),
                None => return claimed,
            }
        }
    }
}
