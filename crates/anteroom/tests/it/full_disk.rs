//! Uploads stop at the floor and leave everything else working; and when the disk is full all the same, doors can be
//! closed and what fills it can be deleted.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use testkit::{Browser, Entry, EntryForm, Kind, Owner, Server, Site, wait_for};

use crate::small_disk::{SmallDisk, free_bytes};
use crate::{PROGRAM, on_both};

/// The reserve, the floor, and room for one upload and a half.
const DISK_MEBIBYTES: u32 = 124;
const FLOOR: u64 = 20 << 20;
const UPLOAD: u64 = 24 << 20;
const PIECE: u64 = 4 << 20;
/// Six times what is free for them, as many as come at once.
const UPLOADS: usize = 10;

on_both!(
    uploads_of_six_times_the_room_leave_everything_else_working,
    on_a_full_disk_doors_close_and_uploads_are_deleted,
);

/// A site on a small disk.
struct Cramped {
    disk: SmallDisk,
    site: Site,
    server: Server,
    owner: Owner,
}

impl Cramped {
    fn open(kind: Kind) -> Option<Self> {
        let disk = SmallDisk::mount(DISK_MEBIBYTES)?;
        let site = Site::in_folder(PROGRAM, kind, &disk.data());
        let start = site.prepare().with("disk_floor_bytes", &FLOOR.to_string());
        let server = start.flag("--listen", "127.0.0.1:0").run().expect("the server starts");
        let owner = site.shared_item(&server, "A film");
        Some(Self { disk, site, server, owner })
    }

    fn begin_upload(&mut self, bytes: u64) -> testkit::Answer {
        begin(&mut self.owner.browser, bytes)
    }

    /// Everything but uploading, as it must go on.
    fn check_working(&mut self) {
        let link = self.owner.make_link("Friends", None);
        let mut guest = Browser::at(&self.server);
        let entry = guest.enter(&link.token, &EntryForm::of("Gina Guest")).expect("the door answers");
        assert!(matches!(entry, Entry::In { .. }), "{entry:?}");
        let viewing = guest.open(self.owner.item).expect("a viewing");
        assert_eq!(guest.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 200);
        let closed = self.owner.switch(false, "now");
        assert_eq!((closed.status, closed.json()["closed"]["confirmed"].as_bool()), (200, Some(true)));
        assert_eq!(guest.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 404);
        assert_eq!(self.owner.switch(true, "finish").status, 200);
        assert_eq!(self.owner.delete_link(&link, "now").status, 200);
        let body = json!({ "email": "nobody@example.org", "password": "no matter which one" });
        let signed_in = Browser::at(&self.server).send_json("POST", "/api/sign-in", &body);
        assert_eq!(signed_in.expect("an answer").status, 401, "somebody looked");
    }
}

fn origin(browser: &Browser) -> String {
    format!("http://{}", browser.to())
}

fn begin(browser: &mut Browser, bytes: u64) -> testkit::Answer {
    let (origin, length) = (origin(browser), bytes.to_string());
    let headers = [("origin", &*origin), ("tus-resumable", "1.0.0"), ("upload-length", &length)];
    browser.send_raw("POST", "/api/uploads", &headers, &[]).expect("an answer")
}

fn delete(browser: &mut Browser, upload: &str) -> u16 {
    let origin = origin(browser);
    let headers = [("origin", &*origin), ("tus-resumable", "1.0.0")];
    browser.send_raw("DELETE", upload, &headers, &[]).expect("an answer").status
}

/// Sends piece after piece until all is there or one is refused; answers the last status, 0 when it was lost.
fn send(browser: &mut Browser, upload: &str, bytes: u64) -> u16 {
    let (origin, body) = (origin(browser), vec![7; PIECE as usize]);
    let mut status = 0;
    for offset in (0..bytes).step_by(PIECE as usize) {
        let offset = offset.to_string();
        let headers = [
            ("origin", &*origin),
            ("tus-resumable", "1.0.0"),
            ("content-type", "application/offset+octet-stream"),
            ("upload-offset", &offset),
        ];
        status = browser.send_raw("PATCH", upload, &headers, &body).map_or(0, |answer| answer.status);
        if status != 204 {
            return status;
        }
    }
    status
}

fn uploads_of_six_times_the_room_leave_everything_else_working(kind: Kind) {
    let Some(mut cramped) = Cramped::open(kind) else { return };
    // One byte of each, so that the announcement itself was in order: the room is asked for with the first piece.
    let begun: Vec<String> = (0..UPLOADS)
        .filter_map(|_| cramped.begin_upload(UPLOAD).header("location").map(str::to_owned))
        .collect();
    assert_eq!(begun.len(), UPLOADS, "announcing takes nothing");
    let (is_over, least) = (AtomicBool::new(false), AtomicU64::new(u64::MAX));
    let folder = cramped.disk.data();
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                least.fetch_min(free_bytes(&folder), Ordering::Relaxed);
                testkit::pause(Duration::from_millis(1));
            }
        });
        let senders: Vec<_> = begun
            .iter()
            .map(|upload| {
                let mut browser = cramped.owner.browser.copy();
                scope.spawn(move || send(&mut browser, upload, UPLOAD))
            })
            .collect();
        cramped.check_working();
        let statuses = senders.into_iter().map(|sender| sender.join().expect("no panic")).collect();
        is_over.store(true, Ordering::Relaxed);
        watch.join().expect("no panic");
        statuses
    });
    let least = least.into_inner();
    assert!(least >= FLOOR, "the floor held: {least} bytes were free at the least");
    assert!(statuses.contains(&204), "one fits: {statuses:?}");
    assert!(statuses.iter().all(|status| [204, 507, 0].contains(status)), "{statuses:?}");
    assert!(statuses.iter().filter(|status| **status == 204).count() < 2, "no two do: {statuses:?}");
    assert_eq!(cramped.begin_upload(UPLOAD).status, 507, "the next one is told before it begins");
    cramped.check_working();
    for (upload, _) in begun.iter().zip(&statuses).filter(|(_, status)| **status != 204) {
        assert_eq!(delete(&mut cramped.owner.browser, upload), 204);
    }
    let address: SocketAddr = cramped.server.address();
    assert_eq!(Browser::at_address(address).get("/readyz").expect("an answer").status, 204);
}

fn on_a_full_disk_doors_close_and_uploads_are_deleted(kind: Kind) {
    let Some(mut cramped) = Cramped::open(kind) else { return };
    let begun = cramped.begin_upload(UPLOAD);
    let upload = begun.header("location").expect("an address").to_owned();
    assert_eq!(send(&mut cramped.owner.browser, &upload, PIECE), 204);
    cramped.disk.fill_but(0);
    cramped.check_working();
    assert_eq!(cramped.begin_upload(1).status, 507, "what the reserve gave is not for uploads");
    let free = cramped.disk.free_bytes();
    assert_eq!(delete(&mut cramped.owner.browser, &upload), 204);
    assert!(cramped.disk.free_bytes() >= free + PIECE - (1 << 20), "and its room is there at once");
    cramped.disk.clear();
    assert_eq!(cramped.begin_upload(1).status, 201, "and uploads go on without a restart");
    let reserve = cramped.site.data().join("reserve");
    wait_for("the reserve to be made again", Duration::from_secs(5), || {
        std::fs::metadata(&reserve).ok().filter(|file| file.len() == 64 << 20)
    });
}
