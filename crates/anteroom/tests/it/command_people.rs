//! Who came, from the command line: the list and its file, and putting somebody out while servers run.

use serde_json::json;
use testkit::{Browser, Entry, Kind};

use crate::command_line::run;
use crate::invite_devices::{ANNA, House, form};
use crate::on_both;

on_both!(the_command_line_does_what_the_list_of_people_does);

/// What `anteroom people` answers to these words about the house's item.
fn said(house: &House, words: &[&str]) -> String {
    let item = house.owner.item.to_string();
    let words = [&["people"], words, &["--item", &item]].concat();
    let (out, complaint, went_well) = run(house, &words, "");
    assert!(went_well, "{words:?}: {complaint}");
    out
}

fn the_command_line_does_what_the_list_of_people_does(kind: Kind) {
    let mut house = House::open(kind);
    let item = house.owner.item;
    let invite = house.owner.make_invite(ANNA, &json!({}));
    let mut anna = Browser::at(house.last());
    assert!(matches!(anna.enter_invite(&invite.token, &form(ANNA)), Ok(Entry::In { .. })));
    let viewing = anna.open(item).expect("a viewing");

    let list = said(&house, &["list"]);
    assert!(list.contains("\tinvite, proved by address\t") && list.contains(ANNA), "{list}");
    assert_eq!(said(&house, &["list", "--search", "nobody"]), "");
    let id = list.split('\t').next().expect("an id").to_owned();
    let file = said(&house, &["export"]);
    assert!(file.starts_with("\u{feff}name,email,") && file.contains(ANNA), "{file}");
    assert!(said(&house, &["export", "--format", "json"]).contains("\"kind\":\"invitee\""));

    let blocked = said(&house, &["block", "--person", &id]);
    assert!(blocked.contains("\tblocked\t") && !blocked.contains("at the latest"), "{blocked}");
    let fetched = anna.fetch(&viewing, "v0-00001.m4s").expect("an answer");
    assert_eq!(fetched.status, 404, "out when the command answers");
    assert!(!anna.opens_media(item));
    said(&house, &["unblock", "--person", &id]);
    assert!(anna.opens_media(item));
    let seen = house.owner.browser.get(&format!("/api/items/{item}/activity")).expect("an answer").text();
    for what in ["person_blocked", "people_exported", "(command line)"] {
        assert!(seen.contains(what), "{what}: {seen}");
    }
    let words = ["people", "find", "--email", ANNA, "--by", "nobody@example.org"];
    let (_, complaint, went_well) = run(&house, &words, "");
    assert!(!went_well && complaint.contains("no such member"), "{complaint}");
}
