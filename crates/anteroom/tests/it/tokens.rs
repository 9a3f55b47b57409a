//! What opens something is kept nowhere but under the site's key (T2, T3): the tokens of guest links, invites and
//! hand-overs, browser keys, sessions, mailed codes, one-time links, passwords. No log line at trace level, no raw file
//! of the data folder or the database, and no backup has one in any spelling, mailed or not.

use std::io::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use testkit::store::{Engine, Value};
use testkit::{
    Answer, Browser, Cluster, Entry, EntryForm, InviteLink, Kind, Owner, PageSocket, Secrets, Server, Site,
    SmtpPeer, program, random, wait_for,
};

use crate::PROGRAM;

/// Longer than two looks at the mail queue, on a busy machine.
const SOON: Duration = Duration::from_secs(90);
const PASSWORD: &str = "mended-Harbour_wall at noon";
const NEW_PASSWORD: &str = "nineteen-Copper_kettles";
const ADMINISTRATOR: &str = "ada@example.org";
const ANNA: &str = "anna@example.org";

/// A site at trace level with everything in use, and what must not be found of it.
struct House {
    site: Site,
    server: Server,
    peer: SmtpPeer,
    secrets: Secrets,
    letters: usize,
}

impl House {
    fn open(site: Site) -> Self {
        let peer = SmtpPeer::start();
        const TEMPLATE: &str = "INSERT INTO site_setting (key, value) VALUES ('invite_template', 'invite')";
        site.rows().run(TEMPLATE, vec![]);
        let start = site.prepare().flag("--listen", "127.0.0.1:0").with("log", "trace");
        let start = start.with("mail_host", "127.0.0.1").with("mail_tls", "none");
        let start =
            start.with("mail_port", &peer.port().to_string()).with("mail_from", "anteroom@example.org");
        let server = start.run().unwrap_or_else(|ended| panic!("the server did not start: {ended:?}"));
        Self { site, server, peer, secrets: Secrets::default(), letters: 0 }
    }

    /// Everything that there is to use, by the one person after the other.
    fn live(&mut self) {
        self.guest_link();
        self.accounts();
        let mut owner = self.site.shared_item(&self.server, "A film by mail");
        self.mailed_invites(&mut owner);
        self.code(&mut owner);
        self.hand_over(&mut owner);
        self.keep_cookies("the owner's", &owner.browser);
        self.unsent_invites(&mut owner);
        const KEPT: &str =
            "SELECT COUNT(*) FROM mail WHERE state IN ('sent', 'failed') AND message_sealed IS NOT NULL";
        assert_eq!(self.site.rows().number(KEPT, vec![]), 0, "no message stays behind its sending");
        assert!(self.secrets.count() > 30, "{} secrets", self.secrets.count());
    }

    /// Keys, sessions and tickets that a browser was given.
    fn keep_cookies(&mut self, whose: &str, browser: &Browser) {
        let mut count = 0;
        for (name, value) in browser.cookies() {
            // A ticket begins with ids, which are no secrets.
            if name == testkit::browser::TICKET_COOKIE {
                self.secrets.add_whole(&format!("{whose} {name}"), value);
            } else {
                self.secrets.add(&format!("{whose} {name}"), value);
            }
            count += 1;
        }
        assert!(count > 0, "{whose} browser has cookies");
    }

    fn form(&mut self, name: &str, email: &str) -> EntryForm {
        let form = EntryForm { email: email.into(), ..EntryForm::of(name) };
        self.secrets.add("a form key", &form.form_key);
        form
    }

    /// The next letter that the mail server took.
    fn letter(&mut self) -> String {
        self.letters += 1;
        self.peer.message(self.letters).to_string()
    }

    fn guest_link(&mut self) {
        let mut owner = self.site.shared_item(&self.server, "A film");
        let link = owner.make_link("Friends", Some(1));
        self.secrets.add("a link's token", &link.token);
        assert_eq!(owner.reveal(&link).status, 200);
        let mut guest = Browser::at(&self.server);
        assert_eq!(get(&mut guest, &format!("/g/{}", link.token)).status, 200);
        guest.send_bare("POST", &format!("/g/{}/opened", link.token)).expect("an answer");
        let form = self.form("Greta Guest", "greta@example.org");
        let wrong = form.with_person("Greta Guest", "no address");
        assert!(matches!(guest.enter(&link.token, &wrong), Ok(Entry::Wrong)));
        assert!(matches!(guest.enter(&link.token, &form), Ok(Entry::In { .. })));
        let viewing = guest.open(owner.item).expect("a viewing");
        let socket = PageSocket::open(&guest, &viewing).expect("a socket");
        assert_eq!(guest.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 200);
        self.keep_cookies("the guest's", &guest);
        assert_eq!(guest.renew(&viewing).expect("an answer").status, 204);
        self.keep_cookies("the guest's renewed", &guest);
        let mut late = Browser::at(&self.server);
        let form = self.form("Lara Late", "lara@example.org");
        assert_eq!(late.enter(&link.token, &form).expect("an answer"), Entry::Denied);
        let path = format!("/g/{}/no-such-page?token={}", link.token, link.token);
        // What stands behind a link is taken for something that a mail program hung on it.
        assert_eq!(get(&mut late, &path).status, 303);
        assert_eq!(late.send_bare("DELETE", &format!("/g/{}", link.token)).expect("an answer").status, 405);
        owner.switch(false, "now");
        assert_eq!(get(&mut late, &format!("/g/{}", link.token)).status, 404);
        drop(socket);
    }

    /// An administrator by the command line; a member by mail; a program's token; a sign-in that is not finished.
    fn accounts(&mut self) {
        create_administrator(&self.site);
        let mut ada = Browser::at(&self.server);
        let sign_in = |browser: &mut Browser, email: &str, password: &str| {
            let body = json!({ "email": email, "password": password });
            browser.send_json("POST", "/api/sign-in", &body).expect("an answer").status
        };
        self.secrets.add("a password", PASSWORD);
        self.secrets.add("a mistyped password", &PASSWORD.replace("noon", "dusk"));
        assert_eq!(sign_in(&mut ada, ADMINISTRATOR, &PASSWORD.replace("noon", "dusk")), 401);
        assert_eq!(sign_in(&mut ada, ADMINISTRATOR, PASSWORD), 200);
        let body = json!({ "name": "Script", "scopes": ["items:read"] });
        let made = ada.send_json("POST", "/api/tokens", &body).expect("an answer");
        assert_eq!(made.status, 201, "{}", made.text());
        self.secrets.add("an API token", made.json()["token"].as_str().expect("a token"));
        self.keep_cookies("the administrator's", &ada);

        let body = json!({ "name": "Nora New", "email": "nora@example.org", "role": "viewer" });
        let made = ada.send_json("POST", "/api/members", &body).expect("an answer");
        assert_eq!((made.status, &made.json()["link"]["mailed"]), (201, &json!(true)), "{}", made.text());
        let letter = self.letter();
        let link = after(&letter, "/account/", 43);
        self.secrets.add("a one-time link", &link);
        let mut nora = Browser::at(&self.server);
        assert_eq!(get(&mut nora, &format!("/account/{link}")).status, 200);
        let body = json!({ "token": link, "password": NEW_PASSWORD });
        assert_eq!(nora.send_json("POST", "/api/account-link", &body).expect("an answer").status, 200);
        self.secrets.add("a new password", NEW_PASSWORD);
        self.keep_cookies("the new member's", &nora);
        assert_eq!(get(&mut nora, &format!("/account/{link}")).status, 404, "once");

        let mut nobody = Browser::at(&self.server);
        let begun = nobody.send_json("POST", "/api/sign-in/passkey", &json!({})).expect("an answer");
        assert_eq!(begun.status, 200, "{}", begun.text());
        self.keep_cookies("the unfinished sign-in's", &nobody);
    }

    fn invite(&mut self, owner: &mut Owner, email: &str, more: &serde_json::Value) -> InviteLink {
        let invite = owner.make_invite(email, more);
        self.secrets.add("an invite's token", &invite.token);
        invite
    }

    fn mailed_invites(&mut self, owner: &mut Owner) {
        let invite = self.invite(owner, ANNA, &json!({ "send_mail": true }));
        assert!(self.letter().contains(&invite.token), "the mail has the link");
        let path = format!("/i/{}", invite.token);
        let mut anna = Browser::at(&self.server);
        assert_eq!(get(&mut anna, &path).status, 200);
        assert_eq!(anna.send_bare("POST", &format!("{path}/opened")).expect("an answer").status, 204);
        let form = self.form("x", "anna@example.net");
        assert!(matches!(anna.enter_invite(&invite.token, &form), Ok(Entry::Wrong)));
        let form = self.form("x", ANNA);
        assert!(matches!(anna.enter_invite(&invite.token, &form), Ok(Entry::In { .. })));
        anna.open(owner.item).expect("a viewing");
        self.keep_cookies("the invitee's", &anna);
        // The link again, and another in its place.
        let base = format!("/api/items/{}/invites/{}", owner.item, invite.id);
        for (what, status) in [("reveal", 200), ("qr", 200), ("token", 200)] {
            let answer = owner.browser.send_bare("POST", &format!("{base}/{what}")).expect("an answer");
            assert_eq!(answer.status, status, "{what}: {}", answer.text());
            if what == "token" {
                let url = answer.json()["url"].as_str().expect("a URL").to_owned();
                self.secrets.add("an invite's new token", &after(&url, "/i/", 27));
            }
        }
        assert_eq!(get(&mut Browser::at(&self.server), &path).status, 404, "the old link is dead");
    }

    fn code(&mut self, owner: &mut Owner) {
        let invite = self.invite(owner, "cora@example.org", &json!({ "proves_by_code": true }));
        let mut cora = Browser::at(&self.server);
        let form = self.form("x", "cora@example.org");
        let fields = [("email", &*form.email), ("form_key", &*form.form_key)];
        let asked = cora.send_form(&format!("/i/{}/enter", invite.token), &fields).expect("an answer");
        assert_eq!(asked.status, 200, "{}", asked.text());
        let letter = self.letter();
        let code = letter.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 8);
        let code = code.unwrap_or_else(|| panic!("no code in {letter}")).to_owned();
        self.secrets.add("a mailed code", &code);
        let path = format!("/i/{}/prove", invite.token);
        let wrong = [("code", "no code"), ("form_key", &*form.form_key)];
        assert_eq!(cora.send_form(&path, &wrong).expect("an answer").status, 422);
        let right = [("code", &*code), ("form_key", &*form.form_key)];
        assert_eq!(cora.send_form(&path, &right).expect("an answer").status, 303);
        self.keep_cookies("the invitee's by code", &cora);
    }

    fn hand_over(&mut self, owner: &mut Owner) {
        let invite = self.invite(owner, "hana@example.org", &json!({}));
        let (mut first, mut second) = (Browser::at(&self.server), Browser::at(&self.server));
        let form = self.form("x", "hana@example.org");
        assert!(matches!(first.enter_invite(&invite.token, &form), Ok(Entry::In { .. })));
        let path = format!("/api/items/{}/hand-over", owner.item);
        let offered = first.send_bare("POST", &path).expect("an answer").json();
        let token = after(offered["url"].as_str().expect("a URL"), "/move/", 27);
        self.secrets.add("a hand-over's token", &token);
        let form = self.form("x", "hana@example.org");
        let fields = [("email", &*form.email), ("form_key", &*form.form_key)];
        assert_eq!(get(&mut second, &format!("/move/{token}")).status, 200);
        let asked = second.send_form(&format!("/move/{token}/enter"), &fields).expect("an answer");
        assert_eq!(asked.status, 200, "{}", asked.text());
        let item = get(&mut first, &format!("/api/items/{}", owner.item)).json();
        let word = json!({ "reference": item["as"]["hand_over"], "allow": true });
        let said = first.send_json("POST", &format!("{path}/answer"), &word).expect("an answer");
        assert_eq!(said.status, 204, "{}", said.text());
        let entered = second.send_form(&format!("/move/{token}/wait"), &fields).expect("an answer");
        assert_eq!(entered.status, 303, "{}", entered.text());
        self.keep_cookies("the first device's", &first);
        self.keep_cookies("the second device's", &second);
    }

    /// Refused for good, and waiting to be tried again.
    fn unsent_invites(&mut self, owner: &mut Owner) {
        let rows = self.site.rows();
        for (mode, email, settled) in [
            ("refuse", "ben@example.org", "SELECT COUNT(*) FROM mail WHERE state = 'failed'"),
            (
                "later",
                "cleo@example.org",
                "SELECT COUNT(*) FROM mail WHERE state = 'waiting' AND attempts = 1",
            ),
        ] {
            self.peer.behave(mode);
            self.invite(owner, email, &json!({ "send_mail": true }));
            wait_for("the mail server's answer", SOON, || (rows.number(settled, vec![]) > 0).then_some(()));
        }
        let sent = "SELECT COUNT(*) FROM mail WHERE state = 'sent'";
        let all = self.letters as i64;
        wait_for("every mail to be settled", SOON, || (rows.number(sent, vec![]) == all).then_some(()));
    }

    fn check_log(&self) {
        let log = std::fs::read(self.server.log_file()).expect("a log");
        let text = String::from_utf8_lossy(&log);
        for said in ["/g/{token}", "/i/{token}/enter", "/move/{token}", "/account/{token}", "mail sent"] {
            assert!(text.contains(said), "everything is logged, by the pattern of its route: {said}");
        }
        assert_eq!(self.secrets.search().find(&log), None, "in the log");
    }

    /// Looks through folders. Then somebody careless writes tokens down, and they must be found.
    fn check_files(&self, folders: &[&Path], most: usize) {
        let search = self.secrets.search();
        let looked = search.look_below(folders).unwrap_or_else(|found| panic!("{found}"));
        assert!(looked > most, "{looked} files");
    }

    /// A careless row, of which `text` says how it is made; answers what must be looked for then.
    fn leak(&self, text: &str) -> Secrets {
        const CARELESS: &str =
            "INSERT INTO site_log (id, actor, what, detail, at_ms) VALUES ($1, 'x', 'x', $2, 0)";
        let row = Value::Blob(random::<16>().to_vec());
        self.site.rows().run(CARELESS, vec![row, Value::Text(text.into())]);
        let mut planted = self.secrets.clone();
        planted.add("a planted token", text);
        planted
    }
}

fn get(browser: &mut Browser, path: &str) -> Answer {
    browser.get(path).expect("an answer")
}

/// So many letters behind the first `mark`.
fn after(text: &str, mark: &str, letters: usize) -> String {
    let at = text.find(mark).unwrap_or_else(|| panic!("no {mark} in {text}")) + mark.len();
    text[at..at + letters].to_owned()
}

fn create_administrator(site: &Site) {
    let mut command = program(PROGRAM);
    command.args(["member", "create", "--email", ADMINISTRATOR, "--name", "Ada Admin"]);
    command.args(["--role", "site_administrator", "--password-stdin", "--data"]).arg(site.data());
    if let Engine::Postgres { url } = site.engine() {
        command.env("ANTEROOM_DATABASE", url);
    }
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("the command starts");
    writeln!(child.stdin.take().expect("its input"), "{PASSWORD}").expect("it reads the password");
    assert!(child.wait().expect("the command ends").success());
}

fn planted() -> String {
    testkit::LinkToken::from_random(random()).to_text()
}

#[test]
fn the_token_is_in_no_file_of_sqlite_and_no_log() {
    let mut house = House::open(Site::fresh(PROGRAM, Kind::Sqlite));
    house.live();
    house.check_log();
    let data = house.site.data().to_owned();
    assert!(data.join("anteroom.sqlite3-wal").is_file(), "the write-ahead log is looked into, too");
    house.check_files(&[&data], 3);
    let backups = tempfile::tempdir().expect("a folder");
    house.site.back_up(&backups.path().join("backup"));
    house.check_files(&[backups.path()], 0);
    house.server.kill();
    let search = house.secrets.search();
    assert!(search.look_below(&[&data]).is_ok_and(|looked| looked > 3), "and after a crash");
}

#[test]
fn a_planted_token_is_found_in_files_of_sqlite() {
    let house = House::open(Site::fresh(PROGRAM, Kind::Sqlite));
    let backups = tempfile::tempdir().expect("a folder");
    let search = house.leak(&planted()).search();
    house.site.back_up(&backups.path().join("backup"));
    for folder in [house.site.data(), backups.path()] {
        assert!(search.look_below(&[folder]).is_err_and(|found| found.contains("a planted token")));
    }
}

#[test]
fn the_token_is_in_no_file_of_postgresql_and_no_log() {
    // Every statement with its values, as somebody looking for a fault would set it.
    let mut cluster = Cluster::start_with(&["log_statement=all"]);
    let mut house = House::open(Site::on(PROGRAM, &cluster));
    house.live();
    house.check_log();
    let (data, files) = (cluster.data(), house.site.data().to_owned());
    let dump = cluster.dump();
    let search = house.secrets.search();
    for (what, bytes, word) in [("dump", dump, "COPY "), ("log", cluster.log(), "INSERT INTO invite ")] {
        assert!(String::from_utf8_lossy(&bytes).contains(word), "the {what} has everything");
        assert_eq!(search.find(&bytes), None, "in the {what} of the database");
    }
    let looked = search.look_below(&[&data, &files]).unwrap_or_else(|found| panic!("{found}"));
    assert!(looked > 500, "with its own write-ahead log");
    let leaky = house.leak(&planted()).search();
    let is_found = |found: Option<String>| found.is_some_and(|found| found.starts_with("a planted token"));
    assert!(is_found(leaky.find(&cluster.dump())) && is_found(leaky.find(&cluster.log())));
    cluster.stop_service();
    assert_eq!(search.look_below(&[&data]).map(|looked| looked > 500), Ok(true), "and at rest");
    let found = leaky.look_below(&[&data]);
    assert!(found.as_ref().is_err_and(|found| found.contains("a planted token")), "{found:?}");
}
