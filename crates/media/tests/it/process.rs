//! The walls around the children, and that none outlives its purpose.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use media::{CancellationToken, Confinement, Failure, Limits, Plan, Settings};

use crate::source;
use crate::stand_in::{planned, with_script};
use crate::watch::Watch;
use crate::work::tools;

/// Numbers of the processes that have `words` in their command line.
fn running(words: &str) -> Vec<u32> {
    let entries = fs::read_dir("/proc").expect("proc").flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id: &u32| fs::read(format!("/proc/{id}/cmdline")).is_ok_and(|line| names(&line, words)))
        .collect()
}

fn names(line: &[u8], words: &str) -> bool {
    String::from_utf8_lossy(line).contains(words)
}

/// Waits until `fact` holds; fails after a minute.
async fn until(what: &str, mut fact: impl FnMut() -> bool) {
    for _ in 0..6000 {
        if fact() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it never happened: {what}");
}

/// A plan that takes long: a short film with the slowest preset.
async fn slow_plan(folder: &Path) -> Plan {
    let film = source::ordinary(folder, "30");
    let facts = media::probe(&tools(), &Limits::default(), &film).await.expect("probed");
    let out = folder.join("out");
    fs::create_dir(&out).expect("a folder");
    let settings = Settings { preset: "placebo".into(), quality: 1, ..Settings::default() };
    media::plan(&facts, &film, &out, &settings).expect("planned")
}

#[tokio::test]
async fn cancelling_in_the_middle_leaves_no_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let (plan, cancel) = (slow_plan(folder.path()).await, CancellationToken::new());
    let mark = folder.path().to_str().expect("text");
    let seen = AtomicUsize::new(0);
    let on_progress = |progress: media::Progress| {
        if progress.percent_milli > 0 {
            seen.store(running(mark).len(), Ordering::Relaxed);
            cancel.cancel();
        }
    };
    let result = media::run(&tools(), &Limits::default(), &plan, &cancel, on_progress).await;
    assert_eq!(result, Err(Failure::Cancelled));
    assert_eq!(seen.into_inner(), 2, "ffmpeg was running while it was cancelled, once for either half");
    assert_eq!(running(mark), [0_u32; 0], "and is gone when the answer comes");
}

#[tokio::test]
async fn dropping_the_run_leaves_no_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = slow_plan(folder.path()).await;
    let mark = folder.path().to_str().expect("text").to_owned();
    let task = tokio::spawn(async move {
        let never = CancellationToken::new();
        media::run(&tools(), &Limits::default(), &plan, &never, |_| ()).await
    });
    until("ffmpeg starts", || !running(&mark).is_empty()).await;
    task.abort();
    until("ffmpeg is gone", || running(&mark).is_empty()).await;
}

/// Not a test by itself: the next one starts it in a process of its own, which it then kills.
#[tokio::test]
#[ignore = "started by a_killed_server_leaves_no_process"]
async fn server_to_be_killed() {
    let mut folder = String::new();
    std::io::stdin().read_line(&mut folder).expect("a folder");
    let plan = slow_plan(Path::new(folder.trim())).await;
    let never = CancellationToken::new();
    let result = media::run(&tools(), &Limits::default(), &plan, &never, |_| ()).await;
    panic!("it was not killed in time: {result:?}");
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a server of its own that can be killed")]
async fn a_killed_server_leaves_no_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let mark = folder.path().join("out").to_str().expect("text").to_owned();
    let mut server = Command::new(std::env::current_exe().expect("this program"))
        .args(["--ignored", "--exact", "process::server_to_be_killed"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("started");
    let mut words = server.stdin.take().expect("stdin");
    writeln!(words, "{}", folder.path().display()).expect("told");
    let film = folder.path().join("ordinary.mp4").to_str().expect("text").to_owned();
    until("the encode runs", || fs::exists(format!("{mark}/v0-00001.m4s")).expect("readable")).await;
    assert!(!running(&film).is_empty());
    server.kill().expect("killed");
    server.wait().expect("ended");
    until("ffmpeg is gone", || running(&film).is_empty()).await;
}

#[tokio::test]
async fn the_walls_are_what_they_say() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = planned(folder.path(), "1").await;
    let watch = Watch::new(folder.path());
    let body = format!(
        "env | sort > env.txt; ulimit -a > limits.txt; pwd > folder.txt; readlink /proc/self/ns/net > net.txt\n\
         grep -E 'NoNewPrivs|CapEff' /proc/self/status > rights.txt; nice > nice.txt; readlink /proc/self/fd/0 > in.txt\n\
         (exec 9<>/dev/tcp/127.0.0.1/{}) 2> /dev/null && echo yes > called.txt; exit 1",
        watch.port.port()
    );
    let tools = with_script(folder.path(), &body);
    let limits = Limits { memory_bytes: 8 << 30, open_files: 99, ..Limits::default() };
    let failure = media::run(&tools, &limits, &plan, &CancellationToken::new(), |_| ()).await;
    assert_eq!(failure.expect_err("the script ends with 1").code(), "ffmpeg_failed");

    let read =
        |name: &str| fs::read_to_string(plan.work_dir.join(name)).unwrap_or_default().trim().to_owned();
    let environment = read("env.txt");
    let allowed = ["LC_ALL=C", "PWD=", "SHLVL=", "_="];
    assert!(
        environment.lines().all(|line| allowed.iter().any(|start| line.starts_with(start))),
        "{environment}"
    );
    assert_eq!(read("folder.txt"), plan.work_dir.to_str().expect("text"));
    let niceness = (rustix::process::getpriority_process(None).expect("own niceness") + 10).min(19);
    assert_eq!((read("in.txt").as_str(), read("nice.txt")), ("/dev/null", niceness.to_string()));
    let limit = |name: &str| {
        let all = read("limits.txt");
        let line = all.lines().find(|line| line.starts_with(name)).expect("a limit").to_owned();
        line.rsplit(' ').next().expect("a value").to_owned()
    };
    assert_eq!(limit("open files"), "99");
    assert_eq!(limit("virtual memory"), (8_u64 << 20).to_string());
    assert_eq!((limit("core file size"), limit("max user processes")), ("0".into(), "1024".into()));
    assert!(read("rights.txt").contains("NoNewPrivs:\t1"), "{}", read("rights.txt"));

    if tools.confinement() == Confinement::ArgumentsOnly {
        assert_eq!(
            read("called.txt"),
            "yes",
            "the report says that there is a network, so there must be one"
        );
        return;
    }
    let own = fs::read_link("/proc/self/ns/net").expect("a namespace");
    assert_ne!(read("net.txt"), own.to_str().expect("text"));
    assert!(read("called.txt").is_empty() && !watch.was_called(), "the child has no network");
    if tools.confinement() == Confinement::UserAndNetwork {
        assert!(read("rights.txt").contains("CapEff:\t0000000000000000"), "{}", read("rights.txt"));
    }
}

/// A file bound far too low stands for a full disk; half a segment must never be published.
#[tokio::test]
async fn no_room_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = planned(folder.path(), "4").await;
    let limits = Limits { file_bytes: 30_000, ..Limits::default() };
    let failure = media::run(&tools(), &limits, &plan, &CancellationToken::new(), |_| ()).await;
    assert_eq!(failure.expect_err("no room").code(), "disk_full");
}

/// ffmpeg reports success when the disk under a segment is full: the check afterwards must not.
#[tokio::test]
async fn a_segment_that_could_not_be_written_is_noticed() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = planned(folder.path(), "5").await;
    std::os::unix::fs::symlink("/dev/full", plan.work_dir.join("v0-00002.m4s")).expect("linked");
    let ran = media::run(&tools(), &Limits::default(), &plan, &CancellationToken::new(), |_| ()).await;
    let verdict = ran.and_then(|()| media::verify(&plan.work_dir, &plan).map(|_| ()));
    assert_eq!(verdict.expect_err("not whole").code(), "ffmpeg_failed");
}

#[tokio::test]
async fn what_is_damaged_after_the_run_is_not_published() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = planned(folder.path(), "5").await;
    media::run(&tools(), &Limits::default(), &plan, &CancellationToken::new(), |_| ()).await.expect("ran");
    media::verify(&plan.work_dir, &plan).expect("whole");
    for name in ["v0-00002.m4s", "v0-init.mp4", "a0-00001.m4s", "poster-480.jpg", "master.m3u8", "v0.m3u8"] {
        let file = plan.work_dir.join(name);
        let whole = fs::read(&file).expect("there");
        fs::write(&file, if name.ends_with("m4s") { &whole[..whole.len() - 1] } else { &[] }).expect("cut");
        assert_eq!(media::verify(&plan.work_dir, &plan).expect_err(name).code(), "ffmpeg_failed");
        fs::write(&file, &whole).expect("mended");
    }
    let longer = Plan { duration_ms: 9_000, ..plan.clone() };
    assert_eq!(media::verify(&plan.work_dir, &longer), Err(Failure::Truncated));
    let shorter = Plan { duration_ms: 4_000, ..plan.clone() };
    assert_eq!(media::verify(&plan.work_dir, &shorter).expect_err("late").code(), "ffmpeg_failed");
}
