//! What an invite's link shows and what its form answers, by the state it is in (access.md 4, table, 3 and 4).

use serde_json::json;
use testkit::store::ToValue;
use testkit::{Browser, Entry, Kind, Site, now_ms};

use crate::invite_devices::{ANNA, House, form, lock, reference};
use crate::{PROGRAM, on_both};

on_both!(
    used_up_and_locked_are_told_by_the_form_alone,
    a_code_that_cannot_be_mailed_leaves_the_owner,
    lobby_always_asks_the_seats_browser_once_in_a_session,
);

fn used_up_and_locked_are_told_by_the_form_alone(kind: Kind) {
    let mut house = House::open(kind);
    let (used, locked) =
        (house.owner.make_invite(ANNA, &json!({})), house.owner.make_invite("leo@example.org", &json!({})));
    let (mut first, _) = house.first_device(&used);
    let mut away = Browser::at(house.last());
    lock(&mut away, &locked);
    for (invite, right) in [(&used, ANNA), (&locked, "leo@example.org")] {
        let opened = away.get(&format!("/i/{}", invite.token)).expect("an answer");
        assert_eq!(opened.status, 200);
        assert!(opened.text().contains("data-page=\"lobby\""), "{}", opened.text());
        let answers = [right, "eve@example.org", "no address"].map(|email| {
            let fields = [("email", email), ("form_key", &*form(ANNA).form_key)];
            let answer = away.send_form(&format!("/i/{}/enter", invite.token), &fields).expect("an answer");
            let page = answer.text().replace("&#x2f;", "/");
            for way in ["/code", "/ask"] {
                let is_offered = page.contains(&format!("action=\"/i/{}{way}\"", invite.token));
                assert_eq!(is_offered, way == "/ask", "without mail the owner is left: {page}");
            }
            (answer.status, answer.body.len())
        });
        assert_eq!(answers[0].0, 404);
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    }
    // Locks hit entries, never a browser that holds the seat.
    lock(&mut Browser::at(&house.servers[0]), &house.owner.make_invite(ANNA, &json!({})));
    assert_eq!(first.get(&format!("/i/{}", used.token)).expect("an answer").status, 303);
    assert!(first.opens_media(house.owner.item));
}

fn a_code_that_cannot_be_mailed_leaves_the_owner(kind: Kind) {
    let mut house = House::with_mail(kind);
    let invite = house.owner.make_invite(ANNA, &json!({ "proves_by_code": true }));
    house.servers.clear();
    // The same site, by now without a mail server.
    house.servers = house.site.start_all(kind);
    house.owner = house.site.owner(&house.servers[0], house.owner.item);
    let mut anna = Browser::at(house.last());
    let opened = anna.get(&format!("/i/{}", invite.token)).expect("an answer");
    assert_eq!(opened.status, 200);
    let page = opened.text();
    assert!(page.contains("data-page=\"lobby\"") && page.contains("cannot send one at the moment"), "{page}");
    assert!(!page.contains("name=\"email\""), "nothing typed would open it: {page}");
    let key = form(ANNA).form_key;
    let send = |browser: &mut Browser, what: &str, email: &str| {
        let fields = [("email", email), ("form_key", &*key)];
        browser.send_form(&format!("/i/{}/{what}", invite.token), &fields).expect("an answer")
    };
    let answers = [ANNA, "eve@example.org"].map(|email| {
        let answer = send(&mut anna, "enter", email);
        (answer.status, answer.body.len())
    });
    assert_eq!((answers[0].0, answers[0]), (404, answers[1]));
    let asked = send(&mut anna, "ask", "");
    assert_eq!(asked.status, 200);
    let path = format!("/api/items/{}/invites/{}/devices", house.owner.item, invite.id);
    let word = json!({ "move": reference(&asked) });
    let allowed = house.owner.browser.send_json("POST", &path, &word).expect("an answer");
    assert_eq!(allowed.status, 200, "{}", allowed.text());
    assert_eq!(send(&mut anna, "wait", "").status, 303);
    assert!(anna.opens_media(house.owner.item));
    let more = house.owner.ask_for_invite("ben@example.org", &json!({ "proves_by_code": true }));
    assert_eq!(more.status, 422, "{}", more.text());
    assert!(more.text().contains("mail_off"), "{}", more.text());
}

/// Nothing was heard of the person for this long.
fn away_for(site: &Site, minutes: i64) {
    let at = now_ms() - minutes * 60_000;
    let values = vec![at.to_value(), at.to_value()];
    site.rows().run("UPDATE invite_seat SET proved_ms = $1, seen_ms = $2", values);
}

fn lobby_always_asks_the_seats_browser_once_in_a_session(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    site.rows().run("INSERT INTO site_setting (key, value) VALUES ('media.lobby', 'always')", vec![]);
    let mut house = House::of(site, kind);
    let invite = house.owner.make_invite(ANNA, &json!({}));
    let (mut anna, _) = house.first_device(&invite);
    let path = format!("/i/{}", invite.token);
    assert_eq!(anna.get(&path).expect("an answer").status, 303, "she has just passed it");
    away_for(&house.site, 31);
    assert_eq!(anna.get(&path).expect("an answer").status, 200);
    for _ in 0..6 {
        let wrong = anna.enter_invite(&invite.token, &form("eve@example.org"));
        assert!(matches!(wrong, Ok(Entry::Wrong)), "no lock stands before the seat's browser");
    }
    assert!(anna.opens_media(house.owner.item), "the lobby stands at the link");
    away_for(&house.site, 31);
    assert!(matches!(anna.enter_invite(&invite.token, &form(ANNA)), Ok(Entry::In { .. })));
    assert_eq!(anna.get(&path).expect("an answer").status, 303, "once in a session");
    away_for(&house.site, 29);
    assert_eq!(anna.get(&path).expect("an answer").status, 303, "the session goes on");
    away_for(&house.site, 31);
    assert_eq!(anna.get(&path).expect("an answer").status, 200);
    assert_eq!(house.uses(), 1);
}
