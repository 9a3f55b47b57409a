//! kill -9 in the middle of a job: somebody finishes it, and nothing is ever published by half. The moments are told by
//! what lies in the folders, never by the clock.

use std::path::{Path, PathBuf};
use std::time::Duration;

use testkit::domain::ItemId;
use testkit::rounds::Rounds;
use testkit::store::ToValue;
use testkit::{Browser, Entry, EntryForm, Kind, Server, Site, program, shout, wait_for};

use crate::{PROGRAM, on_both};

/// Longer than the lease of a dead process and a whole conversion on a busy machine.
const READY_WITHIN: Duration = Duration::from_secs(180);
const MOMENT_WITHIN: Duration = Duration::from_secs(60);
/// The kernel ends children with their server; this is for reaping them.
const GONE_WITHIN: Duration = Duration::from_secs(10);
/// A moment that was over when the signal came is waited for again, so often.
const MISSES_MOST: usize = 5;

/// When the server dies. What needs no luck comes first: PostgreSQL takes the first alone on most runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Moved into place, its row not yet written.
    Renamed,
    /// Half of the segments are there.
    Middle,
    /// The work folder is there and nothing in it.
    Probing,
    /// The first segment is there.
    Early,
    /// Everything is there and is being checked and flushed.
    Sealing,
}

const MOMENTS: [Moment; 5] =
    [Moment::Renamed, Moment::Middle, Moment::Probing, Moment::Early, Moment::Sealing];

on_both!(killed_at_work);

fn killed_at_work(kind: Kind) {
    let rounds = Rounds::now().job_kills;
    // Another process takes over when a lease runs out, which is waiting and nothing else.
    let rounds = if kind == Kind::Sqlite { rounds } else { rounds / MOMENTS.len() };
    let site = Site::fresh(PROGRAM, kind);
    let film = film(site.data());
    let mut server = site.start();
    let (mut kills, mut misses) = (0, 0);
    while kills < rounds {
        let moment = MOMENTS[kills % MOMENTS.len()];
        let item = upload(&site, &server, &film);
        kill_at(moment, kind, &site, item, server);
        wait_for("the converter to end with its server", GONE_WITHIN, || {
            converters(site.data()).is_empty().then_some(())
        });
        let late = state(&site, item) == "ready";
        check_not_by_half(&site, item);
        server = site.start();
        check_finished(&site, &server, item);
        if late {
            misses += 1;
            assert!(misses <= MISSES_MOST, "{moment:?} was always over when the signal came");
        } else {
            kills += 1;
        }
    }
    shout(&format!("{kind:?}: {kills} kills at work, {misses} came too late"));
}

/// Ten segments, made by ffmpeg.
fn film(data: &Path) -> Vec<u8> {
    let file = data.with_file_name("film.mp4");
    let words = "-v error -nostdin -f lavfi -i testsrc2=s=426x240:r=25:d=20 -f lavfi -i sine=440:d=20 \
                 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac";
    let status = program("ffmpeg").args(words.split_whitespace()).arg(&file).status();
    assert!(
        status.is_ok_and(|status| status.success()),
        "these tests need ffmpeg (Debian: apt install ffmpeg)"
    );
    std::fs::read(file).expect("a film")
}

/// The whole film in one request.
fn upload(site: &Site, server: &Server, film: &[u8]) -> ItemId {
    let origin = format!("http://{}", server.address());
    let length = film.len().to_string();
    let headers = [
        ("origin", origin.as_str()),
        ("tus-resumable", "1.0.0"),
        ("upload-length", &length),
        ("upload-metadata", "filename ZmlsbS5tcDQ="),
        ("content-type", "application/offset+octet-stream"),
    ];
    let answer =
        site.owner_browser(server).send_raw("POST", "/api/uploads", &headers, film).expect("an upload");
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.header("anteroom-item").and_then(|id| id.parse().ok()).expect("an item")
}

fn kill_at(moment: Moment, kind: Kind, site: &Site, item: ItemId, server: Server) {
    let work = site.data().join("work");
    // A moment can pass between two glances: what is published has had all of them, and counts as a miss.
    let wait = |what: &str, is_there: &dyn Fn() -> bool| {
        wait_for(what, MOMENT_WITHIN, || {
            (is_there() || !names(&published(site, item)).is_empty()).then_some(())
        });
    };
    let has = |name: &'static str| names(&work).iter().any(|job| work.join(job).join(name).exists());
    match moment {
        Moment::Probing => wait("a work folder", &|| !names(&work).is_empty()),
        Moment::Early => wait("the first segment", &|| has("v0-00001.m4s")),
        Moment::Middle => wait("half of the segments", &|| has("v0-00005.m4s")),
        Moment::Sealing => wait("the master playlist", &|| has("master.m3u8")),
        Moment::Renamed => {
            wait("the first segment", &|| has("v0-00001.m4s"));
            // The job can now do all but the commit.
            let rows = site.rows();
            let standing = match kind {
                Kind::Sqlite => rows.stand_in_the_way(),
                Kind::Postgres => rows.stand_with("LOCK TABLE job IN EXCLUSIVE MODE"),
            };
            wait("the published folder", &|| !names(&published(site, item)).is_empty());
            server.kill();
            drop(standing);
            // Its row was not written, or the caller sees that it was and counts a miss.
            return;
        }
    }
    server.kill();
}

fn published(site: &Site, item: ItemId) -> PathBuf {
    site.data().join("media").join(item.to_string())
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn state(site: &Site, item: ItemId) -> &'static str {
    let rows = site.rows();
    let is = |state: &'static str| {
        let sql = "SELECT COUNT(*) FROM item WHERE id = $1 AND state = $2";
        rows.number(sql, vec![item.to_value(), state.to_value()]) == 1
    };
    let states = ["uploading", "queued", "processing", "ready", "failed", "cancelled"];
    states.into_iter().find(|state| is(state)).expect("an item with a state")
}

/// Converters that have this folder on their command line.
fn converters(data: &Path) -> Vec<String> {
    let mark = data.to_string_lossy().into_owned();
    let lines = names(Path::new("/proc")).into_iter().filter(|name| name.parse::<u32>().is_ok());
    let lines = lines.filter_map(|id| std::fs::read(format!("/proc/{id}/cmdline")).ok());
    lines
        .map(|line| String::from_utf8_lossy(&line).into_owned())
        .filter(|line| line.contains(&mark) && line.contains("/ff"))
        .collect()
}

/// Whatever stands in the published place is whole, row or not.
fn check_not_by_half(site: &Site, item: ItemId) {
    for version in names(&published(site, item)) {
        let folder = published(site, item).join(version);
        for playlist in names(&folder).iter().filter(|name| name.ends_with(".m3u8")) {
            let text = std::fs::read_to_string(folder.join(playlist)).expect("a playlist");
            assert!(playlist == "master.m3u8" || text.contains("#EXT-X-ENDLIST"), "{playlist} has no end");
            for name in named_in(&text) {
                assert!(folder.join(name).metadata().is_ok_and(|file| file.len() > 0), "{name} is missing");
            }
        }
        assert!(folder.join("master.m3u8").is_file() && folder.join("poster.jpg").is_file());
    }
}

/// The files that a playlist names.
fn named_in(playlist: &str) -> impl Iterator<Item = &str> {
    playlist.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The job came to its end by itself, left nothing lying about, and a guest can watch all of it.
fn check_finished(site: &Site, server: &Server, item: ItemId) {
    wait_for("the job to be finished", READY_WITHIN, || match state(site, item) {
        "ready" => Some(()),
        "failed" => panic!("it failed: {}", server.log()),
        _ => None,
    });
    assert_eq!(names(&published(site, item)), ["1"], "one version is published");
    check_not_by_half(site, item);
    wait_for("the work folder to be empty", GONE_WITHIN, || {
        names(&site.data().join("work")).is_empty().then_some(())
    });
    wait_for("the converter to be gone", GONE_WITHIN, || converters(site.data()).is_empty().then_some(()));

    let mut owner = site.owner(server, item);
    assert_eq!(owner.switch(true, "finish").status, 200);
    let link = owner.make_link("Friends", None);
    let mut guest = Browser::at(server);
    let entry = guest.enter(&link.token, &EntryForm::of("Gita Guest")).expect("the door answers");
    assert!(matches!(entry, Entry::In { .. }), "{entry:?}");
    let viewing = guest.open(item).expect("a viewing");
    let mut fetch = |name: &str| {
        let answer = guest.fetch(&viewing, name).expect("media answers");
        assert_eq!(answer.status, 200, "{name}");
        answer.text()
    };
    for playlist in named_in(&fetch("master.m3u8")) {
        let segments = fetch(playlist);
        assert_eq!(named_in(&segments).count(), 10, "{playlist}: twenty seconds in pieces of two");
        for segment in named_in(&segments) {
            fetch(segment);
        }
    }
}

/// A job that is cancelled after a process took it and before it was begun leaves its item cancelled, not in a state
/// that nobody can end.
#[test]
fn a_job_that_is_cancelled_before_it_begins_stays_cancelled() {
    let site = Site::fresh(PROGRAM, Kind::Postgres);
    let idle = site.prepare().flag("--listen", "127.0.0.1:0").with("jobs_at_once", "0");
    let idle = idle.run().unwrap_or_else(|ended| panic!("it starts: {ended:?}"));
    let item = upload(&site, &idle, &film(site.data()));
    let (rows, other) = (site.rows(), site.rows());
    // Whoever takes the job now waits for the item's row before it can say that it has begun.
    let standing = rows.stand_with("UPDATE item SET state = 'cancelled' WHERE state = 'queued'");
    let worker = site.start();
    wait_for("the job to be taken", MOMENT_WITHIN, || {
        (other.number("SELECT COUNT(*) FROM job WHERE state = 'running'", vec![]) == 1).then_some(())
    });
    assert_eq!(other.run("UPDATE job SET state = 'cancelled', lease_until_ms = NULL", vec![]), 1);
    drop(standing);

    let mut owner = site.owner_browser(&worker);
    let retry = format!("/api/items/{item}/processing/retry");
    let answer = wait_for("the item to be cancelled", MOMENT_WITHIN, || {
        let answer = owner.send_bare("POST", &retry).expect("an answer");
        (answer.status == 200).then_some(answer)
    });
    assert_eq!(answer.json()["state"], "queued");
    check_finished(&site, &worker, item);
}
