//! Programs that stand in for ffmpeg and fail in ways that the real one cannot be made to fail in.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use media::{CancellationToken, Failure, Limits, Plan, Settings, Tools};

use crate::source;
use crate::work::tools;

/// The real tools with `ffmpeg` replaced by a shell script of this body.
pub(crate) fn with_script(folder: &Path, body: &str) -> Tools {
    let script = folder.join("stand-in");
    fs::write(&script, format!("#!/bin/bash\nexec 3>&-\n{body}\n")).expect("written");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("made executable");
    let mut tools = tools();
    tools.ffmpeg = script;
    tools
}

/// A plan for a short film; its work folder is `folder/out`.
pub(crate) async fn planned(folder: &Path, seconds: &str) -> Plan {
    let film = source::ordinary(folder, seconds);
    let facts = media::probe(&tools(), &Limits::default(), &film).await.expect("probed");
    let out = folder.join("out");
    fs::create_dir(&out).expect("a folder");
    media::plan(&facts, &film, &out, &Settings::default()).expect("planned")
}

async fn fails(body: &str, limits: Limits) -> Failure {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = planned(folder.path(), "1").await;
    let tools = with_script(folder.path(), body);
    let never = CancellationToken::new();
    media::run(&tools, &limits, &plan, &never, |_| ()).await.expect_err("the stand-in fails")
}

#[tokio::test]
async fn its_last_words_are_kept_for_the_log_and_bounded() {
    let failure = fails("for n in {1..4000}; do echo line $n >&2; done; exit 1", Limits::default()).await;
    let log = failure.log().expect("a log");
    assert_eq!(failure.code(), "ffmpeg_failed");
    assert!(log.ends_with("line 4000") && log.len() < 20_000 && failure.may_retry(), "{} bytes", log.len());
}

#[tokio::test]
async fn a_hang_is_ended() {
    let limits = Limits { stall_time: std::time::Duration::from_secs(1), ..Limits::default() };
    assert_eq!(fails("exec sleep 600", limits).await.code(), "timed_out");
}

#[tokio::test]
async fn time_is_bounded_even_when_it_moves() {
    let body = "n=0; while true; do n=$((n+1)); echo out_time_us=$n; echo progress=continue; done";
    let limits = Limits {
        run_time_base: std::time::Duration::from_millis(700),
        run_time_factor: 0,
        ..Limits::default()
    };
    assert_eq!(fails(body, limits).await.code(), "timed_out");
}

#[tokio::test]
async fn a_film_longer_than_it_says_is_ended() {
    let body = "echo out_time_us=7200000000; echo progress=continue; exec sleep 600";
    let limits = Limits { max_duration_ms: 60_000, ..Limits::default() };
    assert_eq!(fails(body, limits).await.code(), "too_long");
}

#[tokio::test]
async fn words_and_signals_become_causes() {
    let code = async |body| fails(body, Limits::default()).await.code();
    assert_eq!(
        code("echo 'av_interleaved_write_frame(): No space left on device' >&2; exit 1").await,
        "disk_full"
    );
    assert_eq!(code("kill -XFSZ $$").await, "disk_full");
    assert_eq!(code("kill -XCPU $$").await, "timed_out");
    assert_eq!(code("kill -SEGV $$").await, "ffmpeg_failed");
    assert_eq!(code("exit 69").await, "truncated");
    assert_eq!(code("exit 0").await, "truncated", "no picture came out");
}

#[tokio::test]
async fn a_tool_that_went_away_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let plan = planned(folder.path(), "1").await;
    let tools = with_script(folder.path(), "exit 0");
    fs::remove_file(&tools.ffmpeg).expect("removed");
    let failure = media::run(&tools, &Limits::default(), &plan, &CancellationToken::new(), |_| ()).await;
    assert_eq!(failure.expect_err("gone").code(), "ffmpeg_missing");
}
