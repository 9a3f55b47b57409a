//! One whole site in process: app, router, clock, database and data folder.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use app::domain::{Instant, Span};
use app::sign_in::{Client, ProviderSettings};
use app::store::{Blobs, Engine, Store};
use app::{App, Config, Outside};
use axum::Router;
use axum::body::Body;
use http::{Request, header};
use tempfile::TempDir;
use tower::ServiceExt;

use crate::answer::Answer;
use crate::cast::Key;
use crate::engines;

/// The name under which browsers know the site.
pub(crate) const HOST: &str = "localhost:8080";
pub(crate) const ORIGIN: &str = "http://localhost:8080";

/// Longer than a ticket and its grace, shorter than the step that makes a node doubt its clock.
pub(crate) const EARLIER: Span = Span::from_minutes(4);

/// The wall clock moved by an offset that a test can change.
#[derive(Clone, Default)]
pub(crate) struct Clock(Arc<AtomicI64>);

impl Clock {
    pub(crate) fn now(&self) -> Instant {
        #[expect(clippy::disallowed_methods, reason = "tests stand at the edge, where the clock comes in")]
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        Instant::from_ms(since.as_millis() as i64 + self.0.load(Ordering::Relaxed))
    }

    /// Later from now on.
    pub(crate) fn advance(&self, span: Span) {
        self.0.fetch_add(span.as_ms(), Ordering::Relaxed);
    }

    /// Earlier; only before the first request, because a site's clock never steps back.
    fn begin_earlier(&self, span: Span) {
        self.0.fetch_sub(span.as_ms(), Ordering::Relaxed);
    }
}

/// Bytes that follow from a counter (splitmix64): the same in each run, different at each call.
fn fill(counter: &AtomicU64, bytes: &mut [u8]) {
    for piece in bytes.chunks_mut(8) {
        let mut word = counter.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        let word = (word ^ word >> 31).to_be_bytes();
        piece.copy_from_slice(&word[..piece.len()]);
    }
}

pub(crate) struct Site {
    pub(crate) app: App,
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) router: Router,
    pub(crate) clock: Clock,
    pub(crate) engine: &'static str,
    folder: TempDir,
}

/// A provider that nobody reaches: nothing listens there.
fn provider() -> ProviderSettings {
    ProviderSettings {
        name: "school".into(),
        label: "School".into(),
        client: Client {
            issuer: "http://127.0.0.1:9".into(),
            client_id: "anteroom".into(),
            client_secret: None,
            scopes: Vec::new(),
            groups_claim: None,
        },
        trusted_domains: Vec::new(),
        assume_email_verified: false,
        groups: BTreeMap::new(),
        roles: BTreeMap::new(),
        create_members: false,
    }
}

impl Site {
    pub(crate) async fn sqlite() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = engines::sqlite(folder.path());
        Self::open("sqlite", engine, folder, None).await
    }

    /// A site that can send mail, to a server that never answers.
    pub(crate) async fn sqlite_with_mail() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let engine = engines::sqlite(folder.path());
        let mail = app::mail::Settings::new("127.0.0.1", app::mail::Tls::None, "site@members.example");
        Self::open("sqlite", engine, folder, Some(mail.expect("settings"))).await
    }

    pub(crate) async fn postgres() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self::open("postgres", engines::postgres().await, folder, None).await
    }

    async fn open(
        name: &'static str,
        engine: Engine,
        folder: TempDir,
        mail: Option<app::mail::Settings>,
    ) -> Self {
        let clock = Clock::default();
        // Tickets that are to be old by now are made before `clock.advance`. PostgreSQL's own clock is the wall's,
        // so the site's must reach it, not pass it.
        clock.begin_earlier(EARLIER);
        let (ticks, counter) = (clock.clone(), AtomicU64::new(1));
        let outside = Outside::new(move || ticks.now(), move |bytes| fill(&counter, bytes));
        let config = Config {
            engine: engine.clone(),
            public_url: ORIGIN.into(),
            disk_floor_bytes: 0,
            upload_max_bytes: 1 << 20,
            // Nothing is transcoded here: items are published by hand.
            jobs_at_once: 0,
            mail,
            oidc: vec![provider()],
            ..Config::for_folder(folder.path().to_owned())
        };
        let app = App::open(config, outside.clone()).await.expect("the app opens");
        let store = Store::open(&engine, outside.clock()).await.expect("the database opens");
        let blobs = Blobs::open(folder.path()).expect("the folder opens");
        let router = server::router(app.clone(), server::Settings::default());
        Self { app, store, blobs, router, clock, engine: name, folder }
    }

    /// The file of the rows, where it is one.
    pub(crate) fn sqlite_file(&self) -> Option<std::path::PathBuf> {
        (self.engine == "sqlite").then(|| self.folder.path().join("anteroom.sqlite3"))
    }

    /// Sends a request as it is.
    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let Ok(response) = self.router.clone().oneshot(request).await;
        Answer::read(response).await
    }

    /// Waits for a fact that is certain to come.
    pub(crate) async fn until(&self, what: &str, is_so: impl AsyncFn() -> bool) {
        let wait = async {
            while !is_so().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(20), wait).await;
        assert!(waited.is_ok(), "waited too long until {what}");
    }

    /// A GET by somebody.
    pub(crate) async fn get(&self, key: &Key, url: &str) -> Answer {
        self.send(key.request("GET", url).body(Body::empty()).expect("a request")).await
    }

    /// A request with a JSON body by somebody's own page.
    pub(crate) async fn json(&self, key: &Key, method: &str, url: &str, body: serde_json::Value) -> Answer {
        let request = key.request(method, url).header(header::CONTENT_TYPE, "application/json");
        self.send(request.body(Body::from(body.to_string())).expect("a request")).await
    }

    /// A form sent by somebody's own page.
    pub(crate) async fn form(&self, key: &Key, url: &str, fields: &[(&str, &str)]) -> Answer {
        let request =
            key.request("POST", url).header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(encoded(fields))).expect("a request")).await
    }
}

/// A form body.
pub(crate) fn encoded(fields: &[(&str, &str)]) -> String {
    let escape = |text: &str| text.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>();
    let pairs = fields.iter().map(|(name, value)| format!("{name}={}", escape(value)));
    pairs.collect::<Vec<_>>().join("&")
}
