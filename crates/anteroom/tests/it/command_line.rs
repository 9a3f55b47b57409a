//! Invites from the command line, beside servers that run: everything that the list of invites offers, and "now" means
//! now (access.md 3.6, 4).

use std::io::Write;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use testkit::{Browser, Entry, Kind, PageSocket, moment, now_ms, program, shout};

use crate::invite_devices::{ANNA, House, form, reference};
use crate::{PROGRAM, on_both};

/// Told at the latest this long after the command: two looks of the pulse, and a loaded machine.
const TOLD_WITHIN: Duration = Duration::from_secs(10);

on_both!(
    revoked_now_is_over_when_the_command_answers,
    a_change_is_told_to_open_pages,
    the_command_line_does_what_the_list_does,
    a_sheet_is_tried_then_made_whole,
);

/// Runs `anteroom invite` with these words; standard output and error, and whether it went well.
fn command(house: &House, words: &[&str], input: &str) -> (String, String, bool) {
    let item = house.owner.item.to_string();
    run(house, &[&["invite"], words, &["--item", &item]].concat(), input)
}

/// Runs `anteroom` with these words on the house's data.
pub(crate) fn run(house: &House, words: &[&str], input: &str) -> (String, String, bool) {
    let mut command = program(PROGRAM);
    command.args(words).arg("--data").arg(house.site.data());
    if let testkit::store::Engine::Postgres { url } = house.site.engine() {
        command.args(["--database", url]);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    // One that refuses its flags reads nothing.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    let ended = child.wait_with_output().expect("the command ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (text(ended.stdout), text(ended.stderr), ended.status.success())
}

fn said(house: &House, words: &[&str]) -> String {
    let (out, complaint, went_well) = command(house, words, "");
    assert!(went_well, "{words:?}: {complaint}");
    out
}

fn complaint(house: &House, words: &[&str]) -> String {
    let (out, complaint, went_well) = command(house, words, "");
    assert!(!went_well, "{words:?}: {out}");
    complaint
}

fn create(house: &House, email: &str) -> (String, String) {
    let words = ["create", "--email", email, "--first-name", "Anna", "--last-name", "Klein"];
    let token = said(house, &words).trim().rsplit('/').next().expect("a URL").to_owned();
    let id = said(house, &["list"]).split('\t').next().expect("an id").to_owned();
    (id, token)
}

fn enters(house: &House, server: usize, token: &str, email: &str) -> (Browser, bool) {
    let mut browser = Browser::at(&house.servers[server]);
    let entered = matches!(browser.enter_invite(token, &form(email)), Ok(Entry::In { .. }));
    (browser, entered)
}

fn revoked_now_is_over_when_the_command_answers(kind: Kind) {
    let house = House::open(kind);
    for server in 0..house.servers.len() {
        let (id, token) = create(&house, ANNA);
        let (mut anna, entered) = enters(&house, server, &token, ANNA);
        assert!(entered);
        let viewing = anna.open(house.owner.item).expect("a viewing");
        let mut socket = PageSocket::open(&anna, &viewing).expect("a socket");
        assert_eq!(anna.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 200);
        let answer = said(&house, &["revoke", "--closing", "now", "--invite", &id]);
        let answered = moment();
        assert!(answer.contains("\trevoked\t") && !answer.contains("at the latest"), "{answer}");
        assert_eq!(anna.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 404);
        assert!(!anna.opens_media(house.owner.item));
        let told = std::iter::from_fn(|| socket.hear(TOLD_WITHIN).filter(|heard| heard.text.is_some()));
        let mut told = told.filter_map(|heard| heard.text);
        assert!(told.any(|text| text.contains("ended_now")), "the page says why");
        shout(&format!("{kind:?}: told {:?} after the command", answered.elapsed()));
    }
    // No command is waited for as if it were a server.
    let mut owner = house.site.owner(&house.servers[0], house.owner.item);
    let begun = moment();
    assert_eq!(owner.switch(false, "now").json()["closed"]["confirmed"], true);
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
}

fn a_change_is_told_to_open_pages(kind: Kind) {
    let house = House::open(kind);
    let last = house.servers.len() - 1;
    let words = ["--email", ANNA, "--first-name", "Anna", "--last-name", "Klein", "--minutes", "60"];
    let url = said(&house, &[&["create"], &words[..]].concat());
    let id = said(&house, &["list"]).split('\t').next().expect("an id").to_owned();
    let (mut anna, _) = enters(&house, last, url.trim().rsplit('/').next().expect("a URL"), ANNA);
    let viewing = anna.open(house.owner.item).expect("a viewing");
    let mut socket = PageSocket::open(&anna, &viewing).expect("a socket");
    while socket.hear(Duration::from_secs(4)).is_some() {}
    let changed = said(&house, &["change", "--invite", &id, "--extend-minutes", "10", "--last-name", "Katz"]);
    assert!(changed.contains("Anna Katz"), "{changed}");
    let until = moment() + TOLD_WITHIN;
    let told = std::iter::from_fn(|| socket.hear(until.checked_duration_since(moment())?));
    let mut told = told.filter_map(|heard| heard.text);
    assert!(told.any(|text| text.contains("\"role\"")), "the page looks again");
    assert_eq!(anna.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 200);
}

fn the_command_line_does_what_the_list_does(kind: Kind) {
    let mut house = House::open(kind);
    let (id, token) = create(&house, ANNA);
    let one = |what: &'static str| [what, "--invite", &id];
    assert!(said(&house, &one("url")).ends_with(&format!("/i/{token}\n")));
    let fresh = said(&house, &one("new-link")).trim().rsplit('/').next().expect("a URL").to_owned();
    assert!(!enters(&house, 0, &token, ANNA).1, "the old link is dead");
    assert!(enters(&house, 0, &fresh, ANNA).1);
    // A second device asks, is listed with its letters, and is let in by them.
    let (mut second, key) = (Browser::at(house.last()), form(ANNA).form_key);
    let mut send = |what: &str| {
        second.send_form(&format!("/i/{fresh}/{what}"), &[("form_key", &*key)]).expect("an answer")
    };
    let letters = reference(&send("ask"));
    assert!(said(&house, &["list"]).contains(&format!("waits: {letters}")));
    assert!(complaint(&house, &[&one("allow")[..], &["--waiting", "ZZZZZZ"]].concat()).contains("no such"));
    let allowed = said(&house, &[&one("allow")[..], &["--waiting", &letters]].concat());
    assert!(!allowed.contains("waits"), "{allowed}");
    assert_eq!(send("wait").status, 303);
    assert!(complaint(&house, &one("allow")).contains("--max-uses: uses over policy"));
    house.site.rows().run("INSERT INTO site_setting (key, value) VALUES ('invite_uses', '3')", vec![]);
    assert!(said(&house, &one("allow")).contains("1 of 2"));
    let lend =
        complaint(&house, &[&one("change")[..], &["--lend", "moderator", "--lend-minutes", "5"]].concat());
    assert!(lend.contains("role not for kind"), "{lend}");
    assert!(complaint(&house, &one("send")).contains("mail server"));
    let until = said(&house, &[&one("revoke")[..], &["--closing", "until", "--in-minutes", "5"]].concat());
    assert!(until.contains("revoked"));
    let cut: i64 = house.site.rows().number("SELECT cut_ms FROM invite", vec![]);
    assert!((4 * 60_000..=5 * 60_000).contains(&(cut - now_ms())), "{cut}");
    assert!(complaint(&house, &one("url")).contains("revoked or over"));
    let stranger = [&one("url")[..], &["--by", "nobody@example.org"]].concat();
    assert!(complaint(&house, &stranger).contains("no such"));
    let seen = house.owner.browser.get(&format!("/api/items/{}/activity", house.owner.item));
    let seen = seen.expect("an answer").text();
    assert!(seen.contains("invite_copied") && seen.contains("Olivia Owner (command line)"), "{seen}");
    let made = house.owner.ask_for_invite("leo@example.org", &json!({}));
    assert_eq!(made.status, 201, "{}", made.text());
}

fn a_sheet_is_tried_then_made_whole(kind: Kind) {
    let house = House::open(kind);
    let sheet = |words: &[&str], text: &str| command(&house, &[&["sheet"], words].concat(), text);
    let bad = "\u{feff}e-mail;first;last\r\nanna@example.org;Anna;Klein\r\nleo@example.org;=1+1;Levi\r\n";
    for words in [&["--dry-run"][..], &[]] {
        let (_, complaint, went_well) = sheet(words, bad);
        assert!(!went_well && complaint.contains("row 3: name formula"), "{complaint}");
    }
    assert_eq!(said(&house, &["list"]), "", "one bad row, and nobody is invited");
    let good = bad.replace('=', "");
    let (out, _, went_well) = sheet(&["--dry-run"], &good);
    assert!(went_well && out.contains("2 rows, 2 to invite, 0 invited already"), "{out}");
    let (out, complaint, went_well) = sheet(&[], &good);
    assert!(went_well, "{complaint}");
    let anna = out.lines().find(|line| line.contains(ANNA)).expect("a line for Anna");
    assert!(enters(&house, 0, anna.rsplit('/').next().expect("a URL"), ANNA).1);
    assert!(sheet(&[], &good).0.contains("0 to invite, 2 invited already"));
}
