//! A data folder of the first release opens: its members sign in, its links, seats and counts go on, and what its
//! administrator had set still holds. The rows, the keys and the secrets are those that the first release made.

use serde_json::json;
use testkit::{Browser, Entry, EntryForm, Kind, Owner, Secret, Server, Site, domain::ItemId};

use crate::{PROGRAM, on_both};

on_both!(
    links_and_counts_of_the_first_release_are_the_same,
    guests_of_the_first_release_sit_where_they_sat,
    new_guests_and_invitees_enter_at_an_old_item,
    settings_of_the_first_release_hold,
);

const ROWS: &str = include_str!("upgrade/first_release.sql");
/// The first migration as it was applied, with the hash that was written down beside it.
const SQLITE: (&str, &str) = (
    include_str!("../../../store/migrations/sqlite/0001_first.sql"),
    "1aaaefbf327a7846f6db3b8bc5439010a542cf911c1f81259ef8c6c56c58f905",
);
const POSTGRES: (&str, &str) = (
    include_str!("../../../store/migrations/postgres/0001_first.sql"),
    "22c2bc6333346a059bfccdec65fee364c86b4af2da283ebfd2902dea95d00973",
);
const KEYS: &str = "ct2vhx9/rmGY8QJXQivo8HlIO2DGR2Twfb/YlHAd1iQ\n";
const OWNER: &str = "01m7zf8ze78k60vjw6whd1sazg";
const ITEM: &str = "01m7zf8ztd9433413scvrymg5v";
const SESSION: &str = "5uvo8EYv_zsYlyyB9-BvWEnjosRmAT3tUjvXASf1ECA";
const KEY_OF_ANNA: &str = "AaH-9INWJ_kHheFQG-g_NdyLRc_2QjVP1uG0ycyyEUi6aAVVc0o";
const KEY_OF_SAM: &str = "AaH-9INY_02BaqoHJa1rQlwsLD1cCPBc_ovl_Q_mFkVS3Ofaejk";
/// Name, uses, limit and token of each link.
const LINKS: [(&str, i64, Option<i64>, &str); 3] = [
    ("Friends", 2, Some(5), "Zh1fd6m0AGCDDQdDMKIeaNSHmuw"),
    ("Family", 1, None, "lBhkQLffd9pI_kdGl-gDG_CQc9U"),
    ("One only", 1, Some(1), "Tac2jHi9pyXkKSZHqIOBdb-LKRI"),
];
/// Long enough for a shared computer to have let its guest go.
const HOUR_MS: i64 = 3_600_000;

fn item() -> ItemId {
    ITEM.parse().expect("an id")
}

/// What the first release left an hour ago. Nothing of today's code has touched it yet.
fn first_release(kind: Kind) -> Site {
    let (schema, hash) = if kind == Kind::Sqlite { SQLITE } else { POSTGRES };
    let rows = ROWS.replace("@NOW", &(testkit::now_ms() - HOUR_MS).to_string());
    let rows = if kind == Kind::Sqlite { rows } else { rows.replace("X'", "'\\x") };
    let applied = format!(
        "CREATE TABLE migration (name TEXT NOT NULL PRIMARY KEY, text_hash TEXT NOT NULL);
        INSERT INTO migration VALUES ('0001_first', '{hash}');"
    );
    let (owner, session) = (OWNER.parse().expect("an id"), Secret::from_text(SESSION).expect("a secret"));
    let site = Site::left_behind(PROGRAM, kind, &[schema, &applied, &rows].join("\n"), owner, session);
    site.put_keys(KEYS);
    site.put_media(item());
    site
}

fn owner_with_password(server: &Server) -> Owner {
    let mut browser = Browser::at(server);
    let typed = json!({ "email": "olivia@example.org", "password": "correct horse battery" });
    let answer = browser.send_json("POST", "/api/sign-in", &typed).expect("an answer");
    assert_eq!(answer.status, 200, "the old password is good: {}", answer.text());
    Owner { browser, item: item() }
}

fn check_links(owner: &mut Owner) {
    let shown = owner.guest_access();
    assert_eq!(shown["enabled"], true, "{shown}");
    for (link, (name, uses, most, token)) in shown["links"].as_array().expect("links").iter().zip(LINKS) {
        assert_eq!((&link["name"], &link["uses"]), (&json!(name), &json!(uses)), "{link}");
        assert_eq!(link["max_uses"].as_i64(), most, "{link}");
        let state = if most == Some(uses) { "used_up" } else { "open" };
        assert_eq!(link["state"], state, "{link}");
        assert_eq!(link["end_ms"].is_i64(), name == "Family", "{link}");
        let id = link["id"].as_str().expect("an id").to_owned();
        let told = owner.reveal(&testkit::GuestLink { id, token: token.into() }).json();
        assert!(told["url"].as_str().is_some_and(|url| url.ends_with(token)), "{name} opens by its old URL");
    }
    assert_eq!(shown["links"].as_array().map(Vec::len), Some(LINKS.len()));
}

fn links_and_counts_of_the_first_release_are_the_same(kind: Kind) {
    let site = first_release(kind);
    let server = site.start();
    check_links(&mut owner_with_password(&server));
    let mut signed_in = site.owner(&server, item());
    check_links(&mut signed_in);
    let activity = signed_in.browser.get(&format!("/api/items/{ITEM}/activity")).expect("an answer").json();
    let entries = activity["entries"].as_array().expect("a list");
    let count = |what: &str| {
        let of_it = entries.iter().filter(|entry| entry["what"] == what);
        of_it.filter_map(|entry| entry["count"].as_i64()).sum::<i64>()
    };
    let told = ["guest_access_on", "link_created", "guest_entered", "refused"].map(count);
    assert_eq!(told, [1, 3, 4, 1], "{activity}");
    assert!(entries.iter().any(|entry| entry["cause"] == "used_up"), "{activity}");
    let rows = site.rows();
    rows.check_counts();
    assert_eq!((rows.seats(item()), rows.uses(item()), rows.links(item())), (4, 4, 3));
    assert_eq!(rows.number("SELECT COUNT(*) FROM member", vec![]), 2);
    assert_eq!(rows.number("SELECT COUNT(*) FROM member_address", vec![]), 2, "each with an address");
}

fn guests_of_the_first_release_sit_where_they_sat(kind: Kind) {
    let site = first_release(kind);
    let server = site.start();
    let with_key = |key: &str| {
        let mut browser = Browser::at(&server);
        browser.put_cookie(testkit::browser::KEY_COOKIE, key);
        browser
    };
    assert!(with_key(KEY_OF_ANNA).opens_media(item()), "her own computer");
    assert!(!with_key(KEY_OF_SAM).opens_media(item()), "a shared computer forgot him long ago");
    assert!(!Browser::at(&server).opens_media(item()), "nobody without a seat");
    let rows = site.rows();
    assert_eq!(rows.seats(item()), 4, "coming back makes no seat");
    assert_eq!(rows.number("SELECT COUNT(*) FROM seat WHERE hold = 'shared'", vec![]), 1);
    assert_eq!(rows.number("SELECT COUNT(*) FROM viewing", vec![]), 2, "hers of then and of now");
    rows.check_counts();
}

fn new_guests_and_invitees_enter_at_an_old_item(kind: Kind) {
    let site = first_release(kind);
    let server = site.start();
    let enter = |token: &str, name: &str| {
        let mut browser = Browser::at(&server);
        let entry = browser.enter(token, &EntryForm::of(name)).expect("the door answers");
        (browser, entry)
    };
    let (mut nora, entry) = enter(LINKS[0].3, "Nora New");
    assert!(matches!(entry, Entry::In { .. }), "{entry:?}");
    assert!(nora.opens_media(item()));
    assert_eq!(enter(LINKS[2].3, "Lara Late").1, Entry::Denied, "used up before the upgrade");
    let mut owner = owner_with_password(&server);
    assert_eq!(owner.guest_access()["links"][0]["uses"], 3);
    let invite = owner.make_invite("ina@example.org", &json!({}));
    let form = EntryForm::of("Ina Invited").with_person("Ina Invited", "ina@example.org");
    let mut ina = Browser::at(&server);
    let entry = ina.enter_invite(&invite.token, &form).expect("the lobby answers");
    assert!(matches!(entry, Entry::In { .. }), "{entry:?}");
    assert!(ina.opens_media(item()));
    site.rows().check_counts();
}

/// Its administrator had said that links are made by administrators only, in words that today's settings no longer use.
fn settings_of_the_first_release_hold(kind: Kind) {
    let site = first_release(kind);
    let server = site.start();
    let mut owner = owner_with_password(&server);
    let last = owner.guest_access()["links"][2]["id"].as_str().expect("an id").to_owned();
    let gone = owner.delete_link(&testkit::GuestLink { id: last, token: String::new() }, "finish");
    assert_eq!(gone.status, 200, "there is room for a new one now: {}", gone.text());
    assert_eq!(owner.guest_access()["policy"]["may_create"], false);
    assert_eq!(owner.ask_for_link("More", None).status, 403);
    server.kill();
    // The same without that row is allowed, so it is the row that forbids it.
    site.rows().run("DELETE FROM site_setting WHERE key = 'guest_links_from'", vec![]);
    let server = site.start();
    assert_eq!(owner_with_password(&server).ask_for_link("More", None).status, 201);
}
