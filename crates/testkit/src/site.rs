//! One site: a data folder, a database, an owner who is signed in, and items that play without ever having been
//! encoded. Its servers come and go.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use app::Secret;
use app::domain::{Instant, ItemFacts, ItemId, ItemKind, MemberId, SiteRole, Span};
use app::store::account::NewMember;
use app::store::item::{NewItem, Publication, Rendition};
use app::store::{Blobs, Conn, Engine, MediaVersion, account, item};
use tempfile::TempDir;

use crate::browser::SESSION_COOKIE;
use crate::machine::{now_ms, random};
use crate::postgres::Schema;
use crate::{Browser, Cluster, Kind, Owner, Rows, Server, Start, raw};

/// Bytes of the one segment of an item; enough to need more than one read.
const SEGMENT_BYTES: usize = 200_000;
const MASTER: &str = "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=800000,RESOLUTION=640x360\nv0.m3u8\n";
const PLAYLIST: &str = "#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:4.0,\nv0-00001.m4s\n#EXT-X-ENDLIST\n";

/// A site under test.
pub struct Site {
    program: PathBuf,
    data: PathBuf,
    engine: Engine,
    owner: MemberId,
    session: Secret,
    started: AtomicU32,
    _schema: Option<Schema>,
    folder: TempDir,
}

impl Site {
    /// An empty site with its owner. `program` is the binary under test.
    ///
    /// # Panics
    /// When the database cannot be had.
    pub fn fresh(program: &str, kind: Kind) -> Self {
        let (folder, data, engine, schema) = place(kind);
        Self::of(program, folder, data, engine, schema)
    }

    /// A site that another version left behind: what `sql` says is run on an empty database, and nothing else, so
    /// that the schema is the one that it brings.
    ///
    /// # Panics
    /// When the database does not take it.
    pub fn left_behind(program: &str, kind: Kind, sql: &str, owner: MemberId, session: Secret) -> Self {
        let (folder, data, engine, schema) = place(kind);
        std::fs::create_dir_all(&data).expect("a data folder");
        raw::run(&engine, sql);
        let started = AtomicU32::new(0);
        Self { program: program.into(), data, engine, owner, session, started, _schema: schema, folder }
    }

    /// A site on a PostgreSQL server of its own.
    pub fn on(program: &str, cluster: &Cluster) -> Self {
        let folder = tempfile::Builder::new().prefix("anteroom-site-").tempdir().expect("a folder");
        let data = folder.path().join("data");
        Self::of(program, folder, data, Engine::Postgres { url: cluster.url() }, None)
    }

    /// A site whose data folder is given: a small disk, for one.
    pub fn in_folder(program: &str, kind: Kind, data: &Path) -> Self {
        let (folder, _, engine, schema) = place(kind);
        let engine = match engine {
            Engine::Sqlite { .. } => Engine::Sqlite { file: data.join("anteroom.sqlite3") },
            postgres => postgres,
        };
        Self::of(program, folder, data.to_owned(), engine, schema)
    }

    fn of(program: &str, folder: TempDir, data: PathBuf, engine: Engine, schema: Option<Schema>) -> Self {
        std::fs::create_dir_all(&data).expect("a data folder");
        let now = Instant::from_ms(now_ms());
        let (owner, session) = (MemberId::new(now, random()), Secret::from_random(random()));
        Rows::open(&engine).write(async move |conn: &mut Conn| {
            let new = NewMember {
                id: owner,
                email: "olivia@example.org",
                name: "Olivia Owner",
                role: SiteRole::PrivateOnly,
                // Nobody signs in with it: the session below is there already.
                password_hash: "none",
                now,
            };
            account::insert(conn, &new).await?;
            account::open_session(conn, session.hash(), owner, now, now.plus(Span::from_days(1))).await
        });
        let started = AtomicU32::new(0);
        Self { program: program.into(), data, engine, owner, session, started, _schema: schema, folder }
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Where its rows are kept.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Backs up the rows of a site on SQLite into a file, beside its servers.
    ///
    /// # Panics
    /// When SQLite does not.
    pub fn back_up(&self, file: &Path) {
        raw::run(&self.engine, &format!("VACUUM INTO '{}'", file.display()));
    }

    /// The rows, on connections of their own.
    pub fn rows(&self) -> Rows {
        Rows::open(&self.engine)
    }

    /// How a server of this site is started, on a port that the system chooses.
    pub fn prepare(&self) -> Start {
        let number = self.started.fetch_add(1, Ordering::Relaxed);
        let start = Start {
            program: self.program.clone(),
            data: self.data.clone(),
            log: self.folder.path().join(format!("log-{number}")),
            flags: Vec::new(),
            settings: Vec::new(),
        };
        let start = start.with("log", "warn,app=info");
        match &self.engine {
            Engine::Sqlite { .. } => start,
            Engine::Postgres { url } => start.with("database", url),
        }
    }

    /// Starts a server.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(&self) -> Server {
        let started = self.prepare().flag("--listen", "127.0.0.1:0").run();
        started.unwrap_or_else(|ended| panic!("the server did not start: {ended:?}"))
    }

    /// Starts as many servers as the engine allows for one site.
    pub fn start_all(&self, kind: Kind) -> Vec<Server> {
        (0..kind.processes()).map(|_| self.start()).collect()
    }

    /// An item of the owner that is ready to play, guest access off.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn ready_item(&self, title: &'static str) -> ItemId {
        let (now, owner) = (Instant::from_ms(now_ms()), self.owner);
        let id = ItemId::new(now, random());
        self.put_media(id);
        self.rows().write(async move |conn: &mut Conn| {
            let facts = ItemFacts::new(id, ItemKind::Video);
            item::insert(conn, &NewItem { facts: &facts, owner, title, size_bytes: 1, now }).await?;
            let rendition = Rendition { name: "v0".into(), width: 640, height: 360, bandwidth: 800_000 };
            let made = Publication {
                kind: ItemKind::Video,
                duration: Span::from_secs(4),
                width: Some(640),
                height: Some(360),
                version: 1,
                renditions: vec![rendition],
            };
            item::publish(conn, id, &made).await.map(drop)
        });
        id
    }

    /// Gives the site keys that another version made.
    ///
    /// # Panics
    /// When they cannot be written.
    pub fn put_keys(&self, text: &str) {
        let file = self.data.join("keys");
        std::fs::write(&file, text).expect("a key file");
        std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600)).expect("for one user alone");
    }

    /// Puts the files of an item's first version where they belong.
    ///
    /// # Panics
    /// When they cannot be written.
    pub fn put_media(&self, item: ItemId) {
        let media = Blobs::open(&self.data).expect("folders").media_path(MediaVersion { item, version: 1 });
        std::fs::create_dir_all(&media).expect("a media folder");
        for (name, bytes) in [
            ("master.m3u8", MASTER.as_bytes()),
            ("v0.m3u8", PLAYLIST.as_bytes()),
            ("v0-00001.m4s", &[7; SEGMENT_BYTES][..]),
        ] {
            std::fs::write(media.join(name), bytes).expect("a media file");
        }
    }

    /// The owner's browser, at a server.
    pub fn owner_browser(&self, server: &Server) -> Browser {
        let mut browser = Browser::at(server);
        browser.put_cookie(SESSION_COOKIE, &self.session.to_text());
        browser
    }

    /// The owner of an item, at a server.
    pub fn owner(&self, server: &Server, item: ItemId) -> Owner {
        Owner { browser: self.owner_browser(server), item }
    }

    /// A ready item with guest access on, and its owner at a server.
    ///
    /// # Panics
    /// When guest access cannot be switched on.
    pub fn shared_item(&self, server: &Server, title: &'static str) -> Owner {
        let mut owner = self.owner(server, self.ready_item(title));
        let answer = owner.switch(true, "finish");
        assert_eq!(answer.status, 200, "guest access goes on: {}", answer.text());
        owner
    }
}

/// A folder for a site, and a database that is still empty.
fn place(kind: Kind) -> (TempDir, PathBuf, Engine, Option<Schema>) {
    let folder = tempfile::Builder::new().prefix("anteroom-site-").tempdir().expect("a folder");
    let data = folder.path().join("data");
    let schema = (kind == Kind::Postgres).then(Schema::fresh);
    let engine = match &schema {
        Some(schema) => Engine::Postgres { url: schema.url() },
        None => Engine::Sqlite { file: data.join("anteroom.sqlite3") },
    };
    (folder, data, engine, schema)
}
