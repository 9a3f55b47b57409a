//! The program as somebody meets it at a terminal: its help, its refusals, what it makes and what it leaves alone.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Output, Stdio};

use testkit::{Browser, Kind, Site, program};

use crate::PROGRAM;
use crate::start::create_member;

fn run(words: &[&str]) -> Output {
    let mut command = program(PROGRAM);
    command.args(words).stdin(Stdio::null());
    command.output().expect("it runs")
}

fn out(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn complaint(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn help_tells_defaults_variables_and_where_to_read_on() {
    let serve = out(&run(&["serve", "--help"]));
    for word in ["127.0.0.1:8080", "ANTEROOM_LISTEN", "ANTEROOM_DATA", "ANTEROOM_DATABASE", "[default: data]"]
    {
        assert!(serve.contains(word), "{word} in {serve}");
    }
    assert!(out(&run(&["--help"])).contains("docs/operating"), "where to read on");
    for words in [&["member", "create"][..], &["invite", "list"], &["openapi"], &["keys", "renew"]] {
        let help = out(&run(&[words, &["--help"]].concat()));
        assert!(!help.contains("--listen"), "{words:?} listens nowhere: {help}");
    }
    for words in
        [&["invite", "create"][..], &["invite", "change"], &["invite", "sheet"], &["member", "create"]]
    {
        let help = out(&run(&[words, &["--help"]].concat()));
        let lines: Vec<_> = help.lines().map(str::trim).collect();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("--")) {
            let has_text = line.contains("  ") || lines.get(at + 1).is_some_and(|next| !next.is_empty());
            assert!(has_text, "{words:?}: {line} says nothing");
        }
    }
    let odd = run(&["serve", "--no-such-flag"]);
    assert_eq!(odd.status.code(), Some(2));
}

#[test]
fn a_closed_pipe_ends_a_command_quietly() {
    for words in [&["openapi"][..], &["serve", "--help"], &["--help"]] {
        let mut command = program(PROGRAM);
        command.args(words).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("it starts");
        drop(child.stdout.take());
        let ended = child.wait_with_output().expect("it ends");
        assert_eq!(complaint(&ended), "", "{words:?}");
        assert!(ended.status.success(), "{words:?}: {:?}", ended.status);
    }
}

#[test]
fn no_command_but_serve_makes_a_site() {
    let folder = tempfile::tempdir().expect("a folder");
    let (wrong, empty) = (folder.path().join("wrong"), folder.path().join("empty"));
    std::fs::create_dir(&empty).expect("an empty folder");
    let item = "01JD000000000000000000000A";
    for data in [&wrong, &empty] {
        let data_text = data.display().to_string();
        for words in [
            &["invite", "list", "--item", item][..],
            &["invite", "revoke", "--item", item, "--invite", item],
            &["keys", "renew"],
        ] {
            let refused = run(&[words, &["--data", &data_text]].concat());
            let text = complaint(&refused);
            assert_eq!(refused.status.code(), Some(1), "{words:?}: {text}");
            assert!(text.contains(&data_text) && text.contains("holds no site"), "{words:?}: {text}");
        }
        let member = create_member(data, "mina@example.org", "private_only");
        assert!(!member.status.success() && complaint(&member).contains("holds no site"));
    }
    assert!(!wrong.exists(), "nothing is made");
    assert_eq!(std::fs::read_dir(&empty).expect("a folder").count(), 0);
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

#[test]
fn what_is_kept_is_for_this_user_alone() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let data = site.data();
    // As an older version left it.
    std::fs::set_permissions(data, PermissionsExt::from_mode(0o755)).expect("open to all");
    let file = data.join("anteroom.sqlite3");
    std::fs::set_permissions(&file, PermissionsExt::from_mode(0o644)).expect("open to all");
    let server = site.start();
    assert!(matches!(Browser::at(&server).get("/readyz"), Ok(answer) if answer.status == 204));
    assert_eq!(mode(data), 0o700);
    for name in ["anteroom.sqlite3", "anteroom.sqlite3-wal", "keys", "reserve", "anteroom.lock"] {
        let path = data.join(name);
        assert!(!path.exists() || mode(&path) == 0o600, "{name}: {:o}", mode(&path));
    }
    for name in ["uploads", "media", "work"] {
        assert_eq!(mode(&data.join(name)), 0o700, "{name}");
    }
}

#[test]
fn a_lost_key_is_said_at_the_start_and_accepted_by_a_command() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let server = site.start();
    let mut owner = site.shared_item(&server, "A film");
    let link = owner.make_link("Friends", None);
    let data = site.data().display().to_string();
    let running = run(&["keys", "renew", "--data", &data]);
    assert!(complaint(&running).contains("another Anteroom is running"), "{}", complaint(&running));
    assert!(out(&run(&["keys", "renew", "--help"])).contains("can no longer be copied"));
    server.kill();
    std::fs::remove_file(site.data().join("keys")).expect("lost");
    let refused =
        site.prepare().flag("--listen", "127.0.0.1:0").run().map(drop).expect_err("it does not start");
    assert!(refused.complaint.contains("anteroom keys renew"), "{}", refused.complaint);
    assert!(!site.data().join("keys").exists());
    let renewed = run(&["keys", "renew", "--data", &data]);
    assert!(
        renewed.status.success() && out(&renewed).contains("A new key was made"),
        "{}",
        complaint(&renewed)
    );
    let server = site.start();
    owner.browser.go_to(&server);
    let shown = owner.reveal(&link);
    assert_eq!((shown.status, shown.code().as_str()), (409, "sealed_before"));
    let entry = Browser::at(&server).enter(&link.token, &testkit::EntryForm::of("Gina Guest"));
    assert!(matches!(entry, Ok(testkit::Entry::In { .. })), "old links go on working: {entry:?}");
    let new = owner.make_link("Friends, again", None);
    assert_eq!(owner.reveal(&new).status, 200);
}
