//! The tokens of guest links and invites are kept nowhere but under the site's key: no log line at trace level and no
//! raw file of the data folder or the database has one, in any spelling (T2), mailed or not.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use testkit::{
    Browser, Cluster, Entry, EntryForm, Kind, LinkToken, PageSocket, Server, Site, SmtpPeer, wait_for,
};

use crate::PROGRAM;

/// Longer than two looks at the mail queue, on a busy machine.
const SOON: Duration = Duration::from_secs(90);

/// The spellings in which a token could lie around.
fn spellings(token: &str) -> Vec<(&'static str, Vec<u8>)> {
    let raw = LinkToken::from_text(token).expect("a token").as_bytes().to_vec();
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let escaped = token.replace('-', "%2D").replace('_', "%5F");
    vec![
        ("as in the URL", token.as_bytes().to_vec()),
        ("percent-encoded", escaped.into_bytes()),
        ("as base64 with + and /", token.replace('-', "+").replace('_', "/").into_bytes()),
        ("as base64 of its text", base64_of(token.as_bytes()).into_bytes()),
        ("as bytes", raw.clone()),
        ("as hex", hex(&raw).into_bytes()),
        ("as upper-case hex", hex(&raw).to_uppercase().into_bytes()),
        ("as a list of numbers", format!("{raw:?}").into_bytes()),
    ]
}

/// Without the last group, whose letters would depend on what stands behind the token.
fn base64_of(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let groups = bytes.chunks_exact(3).map(|group| u32::from_be_bytes([0, group[0], group[1], group[2]]));
    groups
        .flat_map(|bits| [18, 12, 6, 0].map(|shift| LETTERS[(bits >> shift & 63) as usize] as char))
        .collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}

/// Answers how many files were looked into.
fn search(folders: &[&Path], tokens: &[String]) -> usize {
    let files: Vec<_> = folders.iter().flat_map(|folder| files_below(folder)).collect();
    let spellings: Vec<_> = tokens.iter().flat_map(|token| spellings(token)).collect();
    for file in &files {
        // Some files of a running database come and go.
        let Ok(bytes) = std::fs::read(file) else { continue };
        for (how, needle) in &spellings {
            assert!(!holds(&bytes, needle), "a token stands in {} {how}", file.display());
        }
    }
    files.len()
}

/// Everything that a link is used for. Answers its token.
fn live_through(site: &Site, server: &Server) -> String {
    let mut owner = site.shared_item(server, "A film");
    let link = owner.make_link("Friends", Some(1));
    assert_eq!(owner.reveal(&link).status, 200);
    let mut guest = Browser::at(server);
    assert_eq!(guest.get(&format!("/g/{}", link.token)).expect("an answer").status, 200);
    guest.send_bare("POST", &format!("/g/{}/opened", link.token)).expect("an answer");
    let form = EntryForm::of("Greta Guest");
    let wrong = form.with_person("Greta Guest", "no address");
    assert!(matches!(guest.enter(&link.token, &wrong), Ok(Entry::Wrong)));
    assert!(matches!(guest.enter(&link.token, &form), Ok(Entry::In { .. })));
    let viewing = guest.open(owner.item).expect("a viewing");
    let socket = PageSocket::open(&guest, &viewing).expect("a socket");
    assert_eq!(guest.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 200);
    assert_eq!(guest.renew(&viewing).expect("an answer").status, 204);
    let mut late = Browser::at(server);
    assert_eq!(late.enter(&link.token, &EntryForm::of("Lara Late")).expect("an answer"), Entry::Denied);
    let path = format!("/g/{}/no-such-page?token={}", link.token, link.token);
    assert_eq!(late.get(&path).expect("an answer").status, 404);
    assert_eq!(late.send_bare("DELETE", &format!("/g/{}", link.token)).expect("an answer").status, 405);
    owner.switch(false, "now");
    assert_eq!(late.get(&format!("/g/{}", link.token)).expect("an answer").status, 404);
    drop(socket);
    link.token
}

/// Everything that a mailed invite is used for: taken, refused for good, waiting to be tried again. Answers the tokens.
fn mail_invites(site: &Site, server: &Server, peer: &SmtpPeer) -> Vec<String> {
    let mut owner = site.shared_item(server, "A film by mail");
    let rows = site.rows();
    let mut tokens = Vec::new();
    for (mode, email, settled) in [
        ("accept", "anna@example.org", "SELECT COUNT(*) FROM mail WHERE state = 'sent'"),
        ("refuse", "ben@example.org", "SELECT COUNT(*) FROM mail WHERE state = 'failed'"),
        ("later", "cleo@example.org", "SELECT COUNT(*) FROM mail WHERE state = 'waiting' AND attempts = 1"),
    ] {
        peer.behave(mode);
        tokens.push(owner.make_invite(email, &json!({ "send_mail": true })).token);
        wait_for("the mail server's answer", SOON, || (rows.number(settled, vec![]) > 0).then_some(()));
    }
    let letter = peer.message(1).to_string();
    assert!(letter.contains(&tokens[0]), "the mail has the link");
    let mut guest = Browser::at(server);
    let mut form = EntryForm::of("Anna Klein");
    form.email = "anna@example.org".into();
    assert!(matches!(guest.enter_invite(&tokens[0], &form), Ok(Entry::In { .. })));
    tokens
}

fn start_loud(site: &Site, peer: &SmtpPeer) -> Server {
    const TEMPLATE: &str = "INSERT INTO site_setting (key, value) VALUES ('invite_template', 'invite')";
    site.rows().run(TEMPLATE, vec![]);
    let start = site.prepare().flag("--listen", "127.0.0.1:0").with("log", "trace");
    let start = start.with("mail_host", "127.0.0.1").with("mail_tls", "none");
    let start = start.with("mail_port", &peer.port().to_string()).with("mail_from", "anteroom@example.org");
    start.run().unwrap_or_else(|ended| panic!("the server did not start: {ended:?}"))
}

fn check_log(server: &Server, tokens: &[String]) {
    let log = std::fs::read(server.log_file()).expect("a log");
    assert!(holds(&log, b"/g/{token}"), "everything is logged, requests too, by the pattern of their route");
    assert!(holds(&log, b"mail sent"), "and mail");
    for (how, needle) in tokens.iter().flat_map(|token| spellings(token)) {
        assert!(!holds(&log, &needle), "a token stands in the log {how}");
    }
}

#[test]
fn the_token_is_in_no_file_of_sqlite_and_no_log() {
    let site = Site::fresh(PROGRAM, Kind::Sqlite);
    let peer = SmtpPeer::start();
    let server = start_loud(&site, &peer);
    let mut tokens = vec![live_through(&site, &server)];
    tokens.extend(mail_invites(&site, &server, &peer));
    check_log(&server, &tokens);
    assert!(site.data().join("anteroom.sqlite3-wal").is_file(), "the write-ahead log is looked into, too");
    assert!(search(&[site.data()], &tokens) > 3);
    server.kill();
    assert!(search(&[site.data()], &tokens) > 3, "and after a crash");
}

#[test]
fn the_token_is_in_no_file_of_postgresql_and_no_log() {
    let mut cluster = Cluster::start();
    let site = Site::on(PROGRAM, &cluster);
    let peer = SmtpPeer::start();
    let server = start_loud(&site, &peer);
    let mut tokens = vec![live_through(&site, &server)];
    tokens.extend(mail_invites(&site, &server, &peer));
    check_log(&server, &tokens);
    let (data, files) = (cluster.data(), site.data());
    assert!(search(&[&data, files], &tokens) > 500, "with its own write-ahead log");
    cluster.stop_service();
    search(&[&data], &tokens);
}
