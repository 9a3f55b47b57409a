//! Starting: what cannot work is said in one sentence that names the thing and the remedy.

use std::io::Write;
use std::process::{Output, Stdio};
use std::time::Duration;

use testkit::{Browser, Kind, Site, program, wait_for};

use crate::PROGRAM;

fn refused(start: &testkit::Start) -> String {
    match start.run() {
        Ok(_) => panic!("the server started"),
        Err(ended) => {
            assert!(!ended.status.success());
            assert!(!ended.complaint.contains("panicked"), "{}", ended.complaint);
            ended.complaint
        }
    }
}

fn check_says(complaint: &str, words: &[&str]) {
    for word in words {
        assert!(complaint.contains(word), "{word:?} is missing in: {complaint}");
    }
}

#[test]
fn a_second_server_on_one_sqlite_folder_is_refused() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let first = site.start();
    let complaint = refused(&site.prepare().flag("--listen", "127.0.0.1:0"));
    let folder = site.data().display().to_string();
    check_says(&complaint, &["another Anteroom is running on the data folder", &folder, "stop it first"]);
    assert_eq!(Browser::at(&first).get("/readyz").expect("an answer").status, 204, "the first goes on");
    first.kill();
    site.start();
}

#[test]
fn a_taken_port_is_named() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let complaint = refused(&site.prepare().flag("--listen", &address));
    check_says(&complaint, &[&address, "taken", "--listen"]);
}

#[test]
fn a_bad_setting_is_named_with_its_value_and_what_is_allowed() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    for (key, value, allowed) in [
        ("upload_max_bytes", "0", "from 1 to"),
        ("upload_max_bytes", "-5", "a number of bytes"),
        ("upload_max_bytes", "10 GX", "\"10 GiB\""),
        ("disk_floor_bytes", "some", "a number of bytes"),
        ("jobs_at_once", "many", "a whole number"),
        ("jobs_at_once", "65", "from 0 to 64"),
        // Whose value is not shown: a password may stand in it.
        ("database", "\"\"", "\"sqlite\" or begin with \"postgres://"),
        ("trusted_proxies", "[\"10.0.0.0/99\"]", "10.0.0.0/8"),
        ("log", "loud", "error, warn, info, debug or trace"),
        ("log", "info,loud", "error, warn, info, debug or trace"),
        ("log", "loud=very", "error, warn, info, debug or trace"),
        ("public_url", "media.example.org", "https://media.example.org"),
        ("public_url", "https://media example.org", "https://media.example.org"),
        ("public_url", "https://media.example.org?x", "https://media.example.org"),
        ("public_url", "https://media.example.org:99999", "https://media.example.org"),
        ("site_name", "\"\"", "from 1 to 80"),
    ] {
        let complaint = refused(&site.prepare().flag("--listen", "127.0.0.1:0").with(key, value));
        let shown = value.trim_matches(['[', ']', '"']);
        check_says(&complaint, &[key, shown, allowed]);
    }
}

#[test]
fn a_variable_that_is_no_setting_is_named() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    for (key, named) in
        [("site_nam", "ANTEROOM_SITE_NAM"), ("upload_max", "ANTEROOM_UPLOAD_MAX"), ("bind", "ANTEROOM_BIND")]
    {
        let complaint = refused(&site.prepare().flag("--listen", "127.0.0.1:0").with(key, "x"));
        check_says(&complaint, &[named, "in the environment", "SITE_NAME", "UPLOAD_MAX_BYTES", "DATA"]);
    }
    // What others say to each other is not ours to judge.
    let running = site
        .prepare()
        .with("test_postgres", "x")
        .with("bin", "x")
        .with("service_port_http", "80")
        .with("port", "tcp://10.0.0.1:80")
        .with("port_80_tcp", "tcp://10.0.0.1:80")
        .run();
    assert!(running.is_ok(), "it starts");
}

#[test]
fn a_bad_settings_file_is_named_with_its_key() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let file = site.data().join("anteroom.toml");
    for (text, words) in [
        ("upload_max_byte = 5\n", ["upload_max_byte", "upload_max_bytes", "anteroom.toml"]),
        ("jobs_at_once = \"two\"\n", ["jobs_at_once", "two", "anteroom.toml"]),
        ("jobs_at_once = \n", ["jobs_at_once", "1", "anteroom.toml"]),
    ] {
        std::fs::write(&file, text).expect("a settings file");
        check_says(&refused(&site.prepare().flag("--listen", "127.0.0.1:0")), &words);
    }
    std::fs::remove_file(&file).expect("it goes");
    let absent = site.data().join("elsewhere.toml").display().to_string();
    check_says(&refused(&site.prepare().flag("--config", &absent)), &[&absent, "not there"]);
}

#[test]
fn a_database_that_does_not_answer_is_named() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    // Bound and never listened on with a reading end: nobody speaks PostgreSQL there once it is dropped.
    let free =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|bound| bound.local_addr()).expect("a port");
    let url = format!("postgres://nobody:secret-word@127.0.0.1:{}/nothing", free.port());
    let complaint = refused(&site.prepare().flag("--listen", "127.0.0.1:0").with("database", &url));
    check_says(&complaint, &["database", "not available"]);
    assert!(!complaint.contains("secret-word"), "the password stays out: {complaint}");
}

#[test]
fn a_key_file_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    site.start().kill();
    let keys = site.data().join("keys");
    std::fs::set_permissions(&keys, PermissionsExt::from_mode(0o644)).expect("the mode changes");
    let complaint = refused(&site.prepare().flag("--listen", "127.0.0.1:0"));
    check_says(&complaint, &[&keys.display().to_string(), "chmod 600"]);
}

#[test]
fn missing_ffmpeg_is_named_on_the_item() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let start = site.prepare().flag("--listen", "127.0.0.1:0").with("ffmpeg", "/nowhere/ffmpeg");
    let server = start.run().unwrap_or_else(|ended| panic!("it starts all the same: {ended:?}"));
    let mut owner = site.owner_browser(&server);
    let film = [&b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2"[..], &[0; 4_096]].concat();
    let origin = format!("http://{}", server.address());
    let headers = [
        ("origin", origin.as_str()),
        ("tus-resumable", "1.0.0"),
        ("upload-length", &film.len().to_string()),
        ("upload-metadata", "filename ZmlsbS5tcDQ="),
        ("content-type", "application/offset+octet-stream"),
    ];
    let answer = owner.send_raw("POST", "/api/uploads", &headers, &film).expect("an upload");
    assert_eq!(answer.status, 201, "{}", answer.text());
    let item = answer.header("anteroom-item").expect("an item").to_owned();
    let rows = site.rows();
    let failure = wait_for("the item to fail", Duration::from_secs(60), || {
        // Trouble of the machine is tried three times; the pauses between are not what is tested.
        rows.run("UPDATE job SET run_after_ms = 0 WHERE state = 'waiting'", vec![]);
        let view = owner.get(&format!("/api/items/{item}")).expect("an answer").json();
        (view["state"] == "failed").then(|| view["failure"]["code"].clone())
    });
    assert_eq!(failure, "ffmpeg_missing");
    check_says(&server.log(), &["/nowhere/ffmpeg", "apt install ffmpeg"]);
}

pub(crate) fn create_member(data: &std::path::Path, email: &str, role: &str) -> Output {
    let mut command = program(PROGRAM);
    command.arg("member").arg("create").arg("--data").arg(data);
    command.args(["--email", email, "--name", "Mina Member", "--role", role, "--password-stdin"]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    // A command that refuses its flags reads no password; the pipe is then closed.
    let _ = child.stdin.take().expect("its input").write_all(b"correct horse battery\n");
    child.wait_with_output().expect("the command ends")
}

#[test]
fn a_member_made_on_the_command_line_signs_in_at_the_running_server() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let server = site.start();
    let made = create_member(site.data(), "mina@example.org", "private_only");
    assert!(made.status.success(), "{made:?}");
    let mut browser = Browser::at(&server);
    let mut sign_in = |password: &str| {
        let body = serde_json::json!({ "email": "mina@example.org", "password": password });
        browser.send_json("POST", "/api/sign-in", &body).expect("an answer").status
    };
    assert_eq!(sign_in("wrong horse battery"), 401);
    assert_eq!(sign_in("correct horse battery"), 200);
    assert_eq!(browser.get("/api/me").expect("an answer").json()["email"], "mina@example.org");

    let again = create_member(site.data(), "mina@example.org", "private_only");
    let role = create_member(site.data(), "nina@example.org", "king");
    check_says(&String::from_utf8_lossy(&role.stderr), &["--role", "king", "private_only"]);
    assert!(!again.status.success() && !role.status.success());
}
