//! The database is locked, full or gone: entry says "try again in a moment", those inside watch on, and nobody has to
//! restart anything (O1).

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use testkit::{
    Browser, Cluster, Entry, EntryForm, GuestLink, Kind, Owner, Server, Site, Viewing, moment, program,
    shout, wait_for,
};

use crate::PROGRAM;
use crate::small_disk::SmallDisk;

/// Longer than the server waits for a lock or for an answer.
const GIVES_UP_WITHIN: Duration = Duration::from_secs(15);
/// A renewal must be there well before the ticket of a minute ends.
const RENEWS_WITHIN: Duration = Duration::from_secs(10);

/// A site with one guest inside.
struct Stage {
    server: Server,
    owner: Owner,
    link: GuestLink,
    inside: Browser,
    viewing: Viewing,
}

impl Stage {
    fn of(site: &Site) -> Self {
        let server = site.start();
        let mut owner = site.shared_item(&server, "A film");
        let link = owner.make_link("Friends", None);
        let mut inside = Browser::at(&server);
        let entry = inside.enter(&link.token, &EntryForm::of("Ida Inside")).expect("the door answers");
        assert!(matches!(entry, Entry::In { .. }), "{entry:?}");
        let viewing = inside.open(owner.item).expect("a viewing");
        Self { server, owner, link, inside, viewing }
    }

    fn enter(&self, form: &EntryForm) -> Entry {
        Browser::at(&self.server).enter(&self.link.token, form).expect("the door answers")
    }

    /// Tries until the door says that it is busy; answers the form that it said it to.
    fn find_busy(&self) -> EntryForm {
        let begun = moment();
        let form = wait_for("the door to be busy", GIVES_UP_WITHIN * 2, || {
            let form = EntryForm::of("Bella Busy");
            match self.enter(&form) {
                Entry::Busy => Some(form),
                Entry::In { .. } => None,
                other => panic!("neither in nor busy: {other:?}"),
            }
        });
        shout(&format!("busy after {:?}", begun.elapsed()));
        form
    }

    fn check_watching_on(&mut self) {
        for file in ["v0.m3u8", "v0-00001.m4s"] {
            let answer = self.inside.fetch(&self.viewing, file).expect("media answers");
            assert_eq!(answer.status, 200, "{file} while the database is out");
        }
        let begun = moment();
        let renewal = self.inside.renew(&self.viewing).expect("a renewal is answered");
        assert_eq!(renewal.status, 204, "a renewal while the database is out: {}", renewal.text());
        assert!(begun.elapsed() < RENEWS_WITHIN, "the renewal took {:?}", begun.elapsed());
    }

    /// The form that was turned away works by itself once the database is back.
    fn check_recovered(&mut self, site: &Site, form: &EntryForm) {
        let entry = wait_for("the door to open again", GIVES_UP_WITHIN, || {
            Some(self.enter(form)).filter(|entry| *entry != Entry::Busy)
        });
        let Entry::In { key: Some(key) } = entry else { panic!("in: {entry:?}") };
        assert_eq!(self.enter(form), Entry::In { key: Some(key) }, "the same form, the same seat");
        let rows = site.rows();
        rows.check_counts();
        assert!(self.inside.opens_media(self.owner.item), "those inside may also load the page again");
        assert_eq!(self.inside.renew(&self.viewing).expect("an answer").status, 204);
    }
}

#[test]
fn a_locked_sqlite_turns_nobody_out() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let mut stage = Stage::of(&site);
    let rows = site.rows();
    let standing = rows.stand_in_the_way();
    let form = stage.find_busy();
    stage.check_watching_on();
    let answer = stage.owner.switch(false, "finish");
    assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"), "the owner is told, too");
    assert!(answer.header("retry-after").is_some());
    drop(standing);
    stage.check_recovered(&site, &form);
}

#[test]
fn a_sqlite_that_cannot_grow_turns_nobody_out() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let mut stage = Stage::of(&site);
    stage.server.limit_files(Some(32_768));
    let form = stage.find_busy();
    stage.check_watching_on();
    stage.server.limit_files(None);
    stage.check_recovered(&site, &form);
}

/// Makes a file immutable, or ordinary again; answers whether it worked.
fn set_immutable(file: &Path, is: bool) -> bool {
    let status = program("chattr").arg(if is { "+i" } else { "-i" }).arg(file).status();
    status.is_ok_and(|status| status.success())
}

/// Whether a file that is open for writing can be made read-only here: it needs root and, for one, ext4.
fn can_be_read_only(folder: &Path) -> bool {
    let probe = folder.join("probe");
    let mut open = std::fs::File::create(&probe).expect("a file");
    let refuses = set_immutable(&probe, true) && open.write_all(b"x").is_err();
    set_immutable(&probe, false);
    refuses
}

#[test]
fn a_read_only_sqlite_turns_nobody_out() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    if !can_be_read_only(site.data()) {
        shout("not shown: only root on ext4 can make an open database read-only (chattr +i)");
        return;
    }
    let mut stage = Stage::of(&site);
    let files = ["anteroom.sqlite3", "anteroom.sqlite3-wal"].map(|name| site.data().join(name));
    assert!(files.iter().all(|file| set_immutable(file, true)));
    let form = stage.find_busy();
    stage.check_watching_on();
    assert!(files.iter().all(|file| set_immutable(file, false)));
    stage.check_recovered(&site, &form);
}

#[test]
fn a_read_only_postgresql_turns_nobody_out() {
    let mut cluster = Cluster::start();
    let site = Site::on(PROGRAM, &cluster);
    let mut stage = Stage::of(&site);
    // As after a failover, when the server that is asked is the copy.
    let sign = cluster.data().join("standby.signal");
    cluster.stop_service();
    std::fs::write(&sign, []).expect("written");
    cluster.resume_service();
    let form = stage.find_busy();
    stage.check_watching_on();
    let answer = stage.owner.switch(false, "finish");
    assert_eq!((answer.status, answer.code().as_str()), (503, "unavailable"), "the owner is told, too");
    cluster.stop_service();
    std::fs::remove_file(&sign).expect("it goes");
    cluster.resume_service();
    stage.check_recovered(&site, &form);
}

#[test]
fn a_full_disk_turns_nobody_out() {
    // Too small for a reserve.
    let Some(disk) = SmallDisk::mount(12) else { return };
    let site = Site::in_folder(PROGRAM, Kind::Sqlite, &disk.data());
    let mut stage = Stage::of(&site);
    disk.fill_but(0);
    let form = stage.find_busy();
    stage.check_watching_on();
    disk.clear();
    stage.check_recovered(&site, &form);
}

#[test]
fn a_stopped_postgresql_turns_nobody_out() {
    let mut cluster = Cluster::start();
    let site = Site::on(PROGRAM, &cluster);
    let mut stage = Stage::of(&site);
    cluster.stop_service();
    let form = stage.find_busy();
    stage.check_watching_on();
    let ready = Browser::at(&stage.server).get("/readyz").expect("an answer");
    assert_eq!(ready.status, 503, "and the process says that it is not ready");
    cluster.resume_service();
    stage.check_recovered(&site, &form);
}
#[test]
fn a_postgresql_that_no_longer_answers_turns_nobody_out() {
    let cluster = Cluster::start();
    let site = Site::on(PROGRAM, &cluster);
    let mut stage = Stage::of(&site);
    cluster.freeze();
    stage.check_watching_on();
    let form = stage.find_busy();
    cluster.thaw();
    stage.check_recovered(&site, &form);
}
