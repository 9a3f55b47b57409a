//! For tests of members and their accounts: a small site on each engine, beside no server, with a clock that a test
//! moves and mail that nobody takes away.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, Ordering};

use domain::{Instant, MemberId, SiteRole, Span};
use store::{Conn, Engine, StoreError, Value};

use crate::accounts::{TypedMember, Visitor, open_session};
use crate::{App, Caller, Config, Credentials, Error, Outside, Secret};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Where everybody is.
pub(crate) const HERE: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7));
pub(crate) const PASSWORD: &str = "quiet harbour at noon";

/// A site.
pub(crate) struct TestSite {
    pub(crate) app: App,
    pub(crate) is_sqlite: bool,
    later_ms: Arc<AtomicI64>,
    _folder: tempfile::TempDir,
}

/// Somebody signed in.
pub(crate) struct SignedIn {
    pub(crate) id: MemberId,
    pub(crate) caller: Caller,
    pub(crate) session: Secret,
}

/// The wall's clock and so much later, and bytes that are never the same twice.
pub(crate) fn outside(later_ms: Arc<AtomicI64>) -> Outside {
    let counter = AtomicU64::new(u64::from(NEXT.fetch_add(1, Ordering::Relaxed)) << 32);
    #[expect(clippy::disallowed_methods, reason = "tests stand at the edge, where the clock comes in")]
    let now = move || {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        Instant::from_ms(since.as_millis() as i64 + later_ms.load(Ordering::Relaxed))
    };
    Outside::new(now, move |bytes| {
        for piece in bytes.chunks_mut(8) {
            let mut word = counter.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
            word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let word = (word ^ word >> 27).to_be_bytes();
            piece.copy_from_slice(&word[..piece.len()]);
        }
    })
}

/// A schema of its own on the test server.
pub(crate) async fn fresh_schema() -> Engine {
    #[expect(clippy::disallowed_methods, reason = "the test server's address comes from the environment")]
    let url = std::env::var("ANTEROOM_TEST_POSTGRES").expect("ANTEROOM_TEST_POSTGRES names the test server");
    let name = format!("mem{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let (client, connection) =
        tokio_postgres::connect(&url, tokio_postgres::NoTls).await.expect("the test server answers");
    tokio::spawn(connection);
    client.batch_execute(&format!("CREATE SCHEMA {name}")).await.expect("a schema");
    let joint = if url.contains('?') { '&' } else { '?' };
    Engine::Postgres { url: format!("{url}{joint}options=-c%20search_path%3D{name}") }
}

impl TestSite {
    /// One on each engine; with mail: to a server that does not exist.
    pub(crate) async fn both(mail: bool) -> Vec<Self> {
        let (lite, pg) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let file = Engine::Sqlite { file: lite.path().join("anteroom.sqlite3") };
        vec![Self::open(file, lite, mail).await, Self::open(fresh_schema().await, pg, mail).await]
    }

    async fn open(engine: Engine, folder: tempfile::TempDir, mail: bool) -> Self {
        let (later_ms, is_sqlite) = (Arc::<AtomicI64>::default(), matches!(engine, Engine::Sqlite { .. }));
        let settings = ::mail::Settings::new("127.0.0.1", ::mail::Tls::None, "site@site.example");
        let mail = mail.then(|| settings.expect("settings"));
        let config = Config { engine, mail, ..Config::for_folder(folder.path().to_owned()) };
        let app = App::open_beside(config, outside(later_ms.clone())).await.expect("the app opens");
        Self { app, is_sqlite, later_ms, _folder: folder }
    }

    /// Later from now on; PostgreSQL's own clock is the wall's, so only on SQLite.
    pub(crate) fn advance(&self, span: Span) {
        self.later_ms.fetch_add(span.as_ms(), Ordering::Relaxed);
    }

    /// A member who signed in.
    pub(crate) async fn member(&self, email: &str, role: SiteRole) -> SignedIn {
        let typed = TypedMember { email: email.into(), name: "Some Body".into(), password: PASSWORD.into() };
        let id = self.app.create_member(typed, role).await.expect("a member").facts.id;
        self.sign_in(id).await
    }

    /// The same member at one more place.
    pub(crate) async fn sign_in(&self, id: MemberId) -> SignedIn {
        let (session, visitor) = (Secret::from_random(self.app.random()), Visitor::at(HERE));
        let opened: Result<_, StoreError> = self
            .app
            .inner
            .store
            .write(async move |conn: &mut Conn| open_session(conn, session, id, &visitor, "password").await)
            .await;
        opened.expect("signed in");
        SignedIn { id, caller: self.caller(session).await, session }
    }

    pub(crate) async fn caller(&self, session: Secret) -> Caller {
        let credentials = Credentials { session: Some(session), ..Credentials::default() };
        self.app.know(credentials).await.expect("known")
    }

    pub(crate) async fn number(&self, sql: &'static str, values: Vec<Value>) -> i64 {
        let store = &self.app.inner.store;
        let read: Result<i64, StoreError> =
            store.read(async move |conn: &mut Conn| conn.value(sql, &values).await).await;
        read.expect("a number")
    }

    /// The messages that wait, oldest first: to whom, and the whole text.
    pub(crate) async fn letters(&self) -> Vec<(String, String)> {
        let sql = "SELECT id, email, message_sealed FROM mail ORDER BY id";
        let store = &self.app.inner.store;
        let rows: Result<_, StoreError> =
            store.read(async move |conn: &mut Conn| conn.query(sql, &[]).await).await;
        let letter = |mut row: store::Row| {
            let (id, email): ([u8; 16], String) = (row.take().expect("an id"), row.take().expect("a text"));
            let sealed: Vec<u8> = row.take().expect("bytes");
            let message = self.app.inner.keys.open_bytes("mail", &sealed, &id).expect("ours");
            (email, String::from_utf8(message).expect("text"))
        };
        rows.expect("rows").into_iter().map(letter).collect()
    }
}

/// The code of the first wrong field.
pub(crate) fn code<T: std::fmt::Debug>(result: Result<T, Error>) -> &'static str {
    match result {
        Err(Error::Invalid(fields)) => fields[0].code,
        other => panic!("a wrong field was expected, not {other:?}"),
    }
}
