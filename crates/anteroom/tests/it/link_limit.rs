//! Three links an item, however many are asked for at once.

use testkit::{Kind, Owner, Site, together};

use crate::{PROGRAM, on_both};

const ASKED: usize = 50;
const MOST: usize = 3;

on_both!(fifty_at_once_are_three);

fn fifty_at_once_are_three(kind: Kind) {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    let item = site.shared_item(&servers[0], "A film").item;
    let tabs: Vec<_> = servers.iter().map(|server| site.owner_browser(server)).collect();
    let answers = together(
        ASKED,
        move |number| {
            let mut browser = tabs[number % tabs.len()].copy();
            browser.get("/healthz").expect("the server answers");
            (Owner { browser, item }, format!("Link {number}"))
        },
        |(mut owner, name)| owner.ask_for_link(&name, Some(10)),
    );
    let made: Vec<_> =
        answers.iter().filter(|answer| answer.status == 201).map(testkit::Answer::json).collect();
    assert_eq!(made.len(), MOST);
    assert_eq!(site.rows().links(item), MOST as i64, "rows");
    let names: Vec<_> = made.iter().map(|made| made["link"]["name"].as_str().expect("a name")).collect();
    let refused: Vec<_> = answers.iter().filter(|answer| answer.status == 409).collect();
    assert_eq!(refused.len(), ASKED - MOST, "everybody else is refused, and nobody gets an error");
    for answer in refused {
        assert_eq!(answer.code(), "too_many_links");
        let said = answer.json();
        let could_go = said["could_go"]["name"].as_str().expect("one that could go");
        assert!(names.contains(&could_go), "{could_go} is one of {names:?}");
    }
}
