//! An invitee's devices on the real binary: the owner's leave, a mailed code, the hand-over, leaving (access.md 4.2).

use std::time::Duration;

use serde_json::json;
use testkit::{
    Answer, Browser, Entry, EntryForm, InviteLink, Kind, Owner, Server, Site, SmtpPeer, Viewing, wait_for,
};

use crate::{PROGRAM, on_both};

pub(crate) const ANNA: &str = "anna@example.org";
/// The promise of access.md 4.2 for "moved".
const PROMISE: Duration = Duration::from_secs(2);

on_both!(
    the_owner_lets_a_waiting_device_in,
    a_mailed_code_takes_the_seat_back,
    a_code_outranks_an_address_at_any_time_and_is_no_move,
    a_code_opens_a_locked_lobby_and_is_no_good_after_five_tries,
    an_invite_that_asks_for_a_code_answers_every_address_alike,
    the_first_device_hands_its_seat_over,
    leaving_frees_the_browser,
    the_denied_page_is_one_for_every_cause
);

/// A site with one invite, and its person on the first device.
pub(crate) struct House {
    pub(crate) site: Site,
    pub(crate) servers: Vec<Server>,
    pub(crate) owner: Owner,
    pub(crate) peer: Option<SmtpPeer>,
}

impl House {
    pub(crate) fn open(kind: Kind) -> Self {
        Self::of(Site::fresh(PROGRAM, kind), kind)
    }

    /// With a site whose policy is written already.
    pub(crate) fn of(site: Site, kind: Kind) -> Self {
        let servers = site.start_all(kind);
        let owner = site.shared_item(&servers[0], "A lecture for one");
        Self { site, servers, owner, peer: None }
    }

    pub(crate) fn with_mail(kind: Kind) -> Self {
        let (site, peer) = (Site::fresh(PROGRAM, kind), SmtpPeer::start());
        site.rows().run("INSERT INTO site_setting (key, value) VALUES ('invite_template', 'invite')", vec![]);
        let start = || {
            let start = site.prepare().with("mail_host", "127.0.0.1").with("mail_tls", "none");
            let start = start.with("mail_port", &peer.port().to_string());
            let start = start.with("mail_from", "anteroom@example.org").flag("--listen", "127.0.0.1:0");
            start.run().expect("the server starts")
        };
        let servers: Vec<_> = (0..kind.processes()).map(|_| start()).collect();
        let owner = site.shared_item(&servers[0], "A lecture for one");
        Self { site, servers, owner, peer: Some(peer) }
    }

    pub(crate) fn last(&self) -> &Server {
        &self.servers[self.servers.len() - 1]
    }

    pub(crate) fn first_device(&self, invite: &InviteLink) -> (Browser, Viewing) {
        let mut browser = Browser::at(&self.servers[0]);
        assert!(matches!(browser.enter_invite(&invite.token, &form(ANNA)), Ok(Entry::In { .. })));
        let viewing = browser.open(self.owner.item).expect("a viewing");
        (browser, viewing)
    }

    pub(crate) fn uses(&self) -> i64 {
        self.site.rows().number("SELECT CAST(SUM(uses) AS BIGINT) FROM invite", vec![])
    }

    /// The code in a mail, counted from 1.
    fn code(&self, number: usize) -> String {
        let message = self.peer.as_ref().expect("a mail server").message(number).to_string();
        let digits = message.split(|c: char| !c.is_ascii_digit()).find(|word| word.len() == 8);
        digits.unwrap_or_else(|| panic!("no code in {message}")).to_owned()
    }
}

/// Types wrong addresses until entry pauses; the answer to the sixth says so.
pub(crate) fn lock(browser: &mut Browser, invite: &InviteLink) {
    for _ in 0..5 {
        assert!(matches!(browser.enter_invite(&invite.token, &form("nina@example.net")), Ok(Entry::Wrong)));
    }
    assert!(matches!(browser.enter_invite(&invite.token, &form("nina@example.net")), Ok(Entry::Denied)));
}

pub(crate) fn form(email: &str) -> EntryForm {
    EntryForm { email: email.into(), ..EntryForm::of("x") }
}

fn assert_moved(first: &mut Browser, viewing: &Viewing, second: &mut Browser, owner: &Owner) {
    assert!(second.opens_media(owner.item), "the seat is on the second device");
    wait_for("the first device is told (I8)", PROMISE, || {
        let answer = first.fetch(viewing, "v0-00001.m4s").expect("an answer");
        (answer.status != 200).then_some(())
    });
    assert!(!first.opens_media(owner.item));
}

pub(crate) fn reference(answer: &Answer) -> String {
    let text = answer.text();
    let (_, rest) = text
        .split_once("class=\"code\" dir=\"ltr\" translate=\"no\">")
        .unwrap_or_else(|| panic!("no reference: {text}"));
    rest.split('<').next().unwrap_or_default().to_owned()
}

fn the_owner_lets_a_waiting_device_in(kind: Kind) {
    let mut house = House::open(kind);
    let invite = house.owner.make_invite(ANNA, &json!({}));
    let (mut first, viewing) = house.first_device(&invite);
    let (mut second, key) = (Browser::at(house.last()), form(ANNA).form_key);
    let send = |browser: &mut Browser, what: &str| {
        let path = format!("/i/{}/{what}", invite.token);
        browser.send_form(&path, &[("form_key", &key)]).expect("an answer")
    };
    assert_eq!(send(&mut second, "wait").status, 200, "who has not asked is not let in");
    let asked = send(&mut second, "ask");
    assert_eq!(asked.status, 200);
    let reference = reference(&asked);
    assert_eq!(send(&mut second, "wait").status, 200, "nobody has let it in yet");
    assert!(!second.opens_media(house.owner.item));
    let path = format!("/api/items/{}/invites/{}/devices", house.owner.item, invite.id);
    let allowed = house.owner.browser.send_json("POST", &path, &json!({ "move": reference }));
    assert_eq!(allowed.expect("an answer").status, 200);
    let entered = send(&mut second, "wait");
    assert_eq!(entered.status, 303, "{}", entered.text());
    assert_moved(&mut first, &viewing, &mut second, &house.owner);
    assert_eq!(house.uses(), 1, "a move spends no use");
    let thief = send(&mut Browser::at(house.last()), "wait");
    assert_eq!(thief.status, 303, "the same form is the same device: {}", thief.text());
}

fn a_mailed_code_takes_the_seat_back(kind: Kind) {
    let mut house = House::with_mail(kind);
    let invite = house.owner.make_invite(ANNA, &json!({}));
    let (mut first, viewing) = house.first_device(&invite);
    let (mut second, key) = (Browser::at(house.last()), form(ANNA).form_key);
    let ask = |browser: &mut Browser, email: &str| {
        let path = format!("/i/{}/code", invite.token);
        browser.send_form(&path, &[("email", email), ("form_key", &key)]).expect("an answer")
    };
    let prove = |browser: &mut Browser, key: &str, code: &str| {
        let path = format!("/i/{}/prove", invite.token);
        browser.send_form(&path, &[("code", code), ("form_key", key)]).expect("an answer")
    };
    let wrong = ask(&mut second, "anna@example.net");
    let right = ask(&mut second, ANNA);
    assert_eq!((wrong.status, wrong.body), (right.status, right.body.clone()), "the answer never tells");
    assert_eq!(right.status, 200);
    let code = house.code(1);
    assert_eq!(prove(&mut second, &key, "00000000").status, 422);
    let mut thief = Browser::at(house.last());
    assert_eq!(prove(&mut thief, &form(ANNA).form_key, &code).status, 422, "only for the browser that asked");
    let entered = prove(&mut second, &key, &code);
    assert_eq!(entered.status, 303, "{}", entered.text());
    assert_moved(&mut first, &viewing, &mut second, &house.owner);
    assert_eq!(house.uses(), 1);
    assert_eq!(house.peer.as_ref().expect("a peer").count(), 1, "the wrong address got nothing");
}

/// The seat goes to another device by the word of the one that has it.
fn hand_over(house: &House, first: &mut Browser) -> Browser {
    let path = format!("/api/items/{}/hand-over", house.owner.item);
    let offered = first.send_bare("POST", &path).expect("an answer").json();
    let url = offered["url"].as_str().expect("a URL").to_owned();
    let page = url[url.find("/move/").expect("a path")..].to_owned();
    let (mut second, key) = (Browser::at(house.last()), form(ANNA).form_key);
    let fields = [("email", ANNA), ("form_key", &*key)];
    let asked = second.send_form(&format!("{page}/enter"), &fields).expect("an answer");
    let word = json!({ "reference": reference(&asked), "allow": true });
    assert_eq!(first.send_json("POST", &format!("{path}/answer"), &word).expect("an answer").status, 204);
    second.send_form(&format!("{page}/wait"), &fields).expect("an answer");
    second
}

/// Asks for a code, which is the `number`th mail, and types it; answers the status of that.
fn type_code(house: &House, browser: &mut Browser, invite: &InviteLink, number: usize) -> u16 {
    let key = form(ANNA).form_key;
    let asked = [("email", ANNA), ("form_key", &*key)];
    let answer = browser.send_form(&format!("/i/{}/code", invite.token), &asked).expect("an answer");
    assert_eq!(answer.status, 200);
    let typed = [("code", &*house.code(number)), ("form_key", &*key)];
    browser.send_form(&format!("/i/{}/prove", invite.token), &typed).expect("an answer").status
}

/// Who only knew the address hands the seat on until no move is left: a device is no surer than the one it has the
/// seat from, so the code takes it back all the same. What a code holds moves no more today.
fn a_code_outranks_an_address_at_any_time_and_is_no_move(kind: Kind) {
    let mut house = House::with_mail(kind);
    let invite = house.owner.make_invite(ANNA, &json!({}));
    let (mut thief, _) = house.first_device(&invite);
    for _ in 0..3 {
        thief = hand_over(&house, &mut thief);
        assert!(thief.opens_media(house.owner.item));
    }
    let mut fourth = hand_over(&house, &mut thief);
    assert!(!fourth.opens_media(house.owner.item), "three moves a day");
    let (rows, taken) = (house.site.rows(), "SELECT COUNT(*) FROM activity WHERE what = 'invite_taken_back'");
    assert_eq!(rows.number(taken, vec![]), 0);
    let mut anna = Browser::at(house.last());
    assert_eq!(type_code(&house, &mut anna, &invite, 1), 303);
    assert!(anna.opens_media(house.owner.item) && !thief.opens_media(house.owner.item));
    assert_eq!(rows.number(taken, vec![]), 1, "the owner is told");
    assert_eq!(rows.number("SELECT COUNT(*) FROM invite_device WHERE moved = 1", vec![]), 3, "it is no move");
    // From what a code holds it is a move, and none is left: no code that opens nothing is mailed.
    let mut other = Browser::at(house.last());
    let asked = [("email", ANNA), ("form_key", &*form(ANNA).form_key)];
    let answer = other.send_form(&format!("/i/{}/code", invite.token), &asked).expect("an answer");
    assert_eq!(answer.status, 200);
    testkit::pause(Duration::from_secs(2));
    rows.run("UPDATE invite_device SET bound_ms = bound_ms - 86400000", vec![]);
    assert_eq!(type_code(&house, &mut other, &invite, 2), 303, "tomorrow it moves");
    assert_eq!(rows.number("SELECT COUNT(*) FROM invite_device WHERE moved = 1", vec![]), 4);
    assert_eq!((rows.number(taken, vec![]), house.uses()), (1, 1));
}

fn a_code_opens_a_locked_lobby_and_is_no_good_after_five_tries(kind: Kind) {
    let mut house = House::with_mail(kind);
    let invite = house.owner.make_invite(ANNA, &json!({}));
    let mut anna = Browser::at(house.last());
    lock(&mut anna, &invite);
    assert!(matches!(anna.enter_invite(&invite.token, &form(ANNA)), Ok(Entry::Denied)), "locked");
    let (code_path, prove_path) = (format!("/i/{}/code", invite.token), format!("/i/{}/prove", invite.token));
    let key = form(ANNA).form_key;
    let ask = |browser: &mut Browser| {
        let answer = browser.send_form(&code_path, &[("email", ANNA), ("form_key", &key)]);
        assert_eq!(answer.expect("an answer").status, 200);
    };
    let prove = |browser: &mut Browser, code: &str| {
        browser.send_form(&prove_path, &[("code", code), ("form_key", &key)]).expect("an answer").status
    };
    ask(&mut anna);
    let first_code = house.code(1);
    for _ in 0..5 {
        assert_eq!(prove(&mut anna, "no code"), 422);
    }
    assert_eq!(prove(&mut anna, &first_code), 422, "five tries");
    ask(&mut anna);
    let code = house.code(2);
    assert_eq!(prove(&mut anna, &first_code), 422, "the newest code alone is good");
    let spaced = format!("{} {}", &code[..4], &code[4..]);
    assert_eq!(prove(&mut anna, &spaced), 303);
    assert!(anna.opens_media(house.owner.item));
    assert_eq!(house.uses(), 1, "whoever comes first spends a use, by a code too");
}

fn an_invite_that_asks_for_a_code_answers_every_address_alike(kind: Kind) {
    let mut house = House::with_mail(kind);
    let invite = house.owner.make_invite(ANNA, &json!({ "proves_by_code": true }));
    let (mut anna, key) = (Browser::at(house.last()), form(ANNA).form_key);
    let path = format!("/i/{}/enter", invite.token);
    let mut answers = ["nina@example.org", "anna@example.net", "no address", ANNA].map(|email| {
        let answer = anna.send_form(&path, &[("email", email), ("form_key", &key)]).expect("an answer");
        (answer.status, answer.text())
    });
    let right = answers[3].clone();
    assert_eq!(right.0, 200);
    assert!(answers.iter_mut().all(|answer| *answer == right), "one page for every address");
    assert!(!anna.opens_media(house.owner.item));
    let fields = [("code", &*house.code(1)), ("form_key", &*key)];
    let entered = anna.send_form(&format!("/i/{}/prove", invite.token), &fields).expect("an answer");
    assert_eq!(entered.status, 303);
    assert!(anna.opens_media(house.owner.item));
}

fn the_first_device_hands_its_seat_over(kind: Kind) {
    let mut house = House::open(kind);
    let invite = house.owner.make_invite(ANNA, &json!({}));
    let (mut first, viewing) = house.first_device(&invite);
    let item = house.owner.item;
    let path = format!("/api/items/{item}/hand-over");
    let offered = first.send_bare("POST", &path).expect("an answer");
    assert_eq!(offered.status, 201, "{}", offered.text());
    let url = offered.json()["url"].as_str().expect("a URL").to_owned();
    let page = url[url.find("/move/").expect("a path")..].to_owned();
    assert_eq!(Browser::at(house.last()).send_bare("POST", &path).expect("an answer").status, 401);
    let (mut second, key) = (Browser::at(house.last()), form(ANNA).form_key);
    assert_eq!(second.get(&page).expect("an answer").status, 200);
    let send = |browser: &mut Browser, what: &str, email: &str| {
        let fields = [("email", email), ("form_key", &*key)];
        browser.send_form(&format!("{page}/{what}"), &fields).expect("an answer")
    };
    assert_eq!(send(&mut second, "enter", "anna@example.net").status, 422);
    let asked = send(&mut second, "enter", ANNA);
    assert_eq!(asked.status, 200, "{}", asked.text());
    let reference = reference(&asked);
    assert_eq!(second.get(&page).expect("an answer").status, 404, "once");
    let other = [("email", ANNA), ("form_key", &*form(ANNA).form_key)];
    let late = Browser::at(house.last()).send_form(&format!("{page}/enter"), &other).expect("an answer");
    assert_eq!(late.status, 404, "once");
    assert_eq!(send(&mut second, "wait", "").status, 200, "the first device has not said yes");
    let seen = first.get(&format!("/api/items/{item}")).expect("an answer").json();
    assert_eq!(seen["as"]["hand_over"].as_str(), Some(&*reference));
    let word = json!({ "reference": reference, "allow": true });
    let said = first.send_json("POST", &format!("{path}/answer"), &word).expect("an answer");
    assert_eq!(said.status, 204, "{}", said.text());
    let entered = send(&mut second, "wait", "");
    assert_eq!(entered.status, 303, "{}", entered.text());
    assert_moved(&mut first, &viewing, &mut second, &house.owner);
    assert_eq!(house.uses(), 1);
}

fn leaving_frees_the_browser(kind: Kind) {
    let mut house = House::open(kind);
    let invite = house.owner.make_invite(ANNA, &json!({}));
    let (mut anna, viewing) = house.first_device(&invite);
    let left = anna.send_bare("POST", &format!("/media/{}/not-me", house.owner.item)).expect("an answer");
    assert_eq!(left.status, 303);
    assert_ne!(anna.fetch(&viewing, "v0-00001.m4s").expect("an answer").status, 200);
    assert!(!anna.opens_media(house.owner.item));
    assert!(matches!(anna.enter_invite(&invite.token, &form(ANNA)), Ok(Entry::Denied)), "its use is spent");
    assert_eq!(house.uses(), 1);
}

fn the_denied_page_is_one_for_every_cause(kind: Kind) {
    let mut house = House::open(kind);
    let unknown = testkit::LinkToken::from_random([9; 20]).to_text();
    let (revoked, used) =
        (house.owner.make_invite("ruth@example.org", &json!({})), house.owner.make_invite(ANNA, &json!({})));
    assert_eq!(house.owner.revoke(&revoked, "finish").status, 200);
    let _first = house.first_device(&used);
    let locked = house.owner.make_invite("leo@example.org", &json!({}));
    let mut browser = Browser::at(house.last());
    lock(&mut browser, &locked);
    let fresh = house.owner.make_invite("ben@example.org", &json!({}));
    let mut open = |token: &str| {
        let opened = browser.get(&format!("/i/{token}")).expect("an answer");
        (opened.status, opened.body.len())
    };
    assert_eq!(open(&unknown).0, 404);
    assert_eq!(open(&revoked.token), open(&unknown));
    let lobby = open(&fresh.token);
    assert_eq!(lobby.0, 200);
    assert_eq!([open(&used.token), open(&locked.token)], [lobby, lobby], "opening does not tell these apart");
    let sizes: Vec<_> = [&unknown, &revoked.token, &used.token, &locked.token]
        .map(|token| {
            let sent = [("email", ANNA), ("form_key", &*form(ANNA).form_key)];
            let entered = browser.send_form(&format!("/i/{token}/enter"), &sent).expect("an answer");
            let asked = browser.send_form(&format!("/i/{token}/ask"), &sent).expect("an answer");
            let waits = browser.send_form(&format!("/i/{token}/wait"), &sent).expect("an answer");
            [entered, asked, waits].map(|answer| (answer.status, answer.body.len()))
        })
        .into();
    assert_eq!(sizes[0][0].0, 404);
    assert!(sizes.iter().all(|size| *size == sizes[0]), "unknown, revoked, used, locked: {sizes:?}");
}
