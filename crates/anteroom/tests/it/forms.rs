//! The same form is the same seat: sent twenty times at once, again later, with and without cookies (I4).

use testkit::{Browser, Entry, EntryForm, GuestLink, Kind, Owner, Server, Site, together};

use crate::{PROGRAM, addresses, on_both};

on_both!(
    sent_twenty_times_at_once_is_one_seat,
    the_key_of_a_used_form_is_no_good_for_somebody_else,
    an_old_form_is_stale,
    coming_back_on_the_same_browser_spends_nothing,
);

struct Stage {
    site: Site,
    servers: Vec<Server>,
    owner: Owner,
    link: GuestLink,
}

fn stage(kind: Kind, max_uses: Option<i64>) -> Stage {
    let site = Site::fresh(PROGRAM, kind);
    let servers = site.start_all(kind);
    let mut owner = site.shared_item(&servers[0], "A film");
    let link = owner.make_link("Friends", max_uses);
    Stage { site, servers, owner, link }
}

impl Stage {
    fn stranger(&self, number: usize) -> Browser {
        Browser::at(&self.servers[number % self.servers.len()])
    }

    fn send(&self, browser: &mut Browser, form: &EntryForm) -> Entry {
        browser.enter(&self.link.token, form).expect("the door answers")
    }

    fn check_seats(&self, seats: i64) {
        let rows = self.site.rows();
        rows.check_counts();
        assert_eq!(rows.seats(self.owner.item), seats, "seats");
    }
}

fn sent_twenty_times_at_once_is_one_seat(kind: Kind) {
    let stage = stage(kind, Some(1));
    let form = EntryForm::of("Dora Double");
    let (doors, token, sent) = (addresses(&stage.servers), stage.link.token.clone(), form.clone());
    let entries = together(
        20,
        move |number| Browser::connected_to(doors[number % doors.len()]),
        move |mut browser| browser.enter(&token, &sent).expect("the door answers"),
    );
    let Entry::In { key: Some(key) } = &entries[0] else { panic!("in, with a key: {:?}", entries[0]) };
    let same = Entry::In { key: Some(key.clone()) };
    assert!(entries.iter().all(|entry| *entry == same), "one cookie for all: {entries:?}");
    stage.check_seats(1);

    let mut later = stage.stranger(1);
    assert_eq!(stage.send(&mut later, &form), same, "without cookies, later");
    assert_eq!(stage.send(&mut later, &form), Entry::In { key: None }, "with the cookie, which it keeps");
    stage.check_seats(1);
    assert!(later.opens_media(stage.owner.item), "and the seat opens the media");
}

fn the_key_of_a_used_form_is_no_good_for_somebody_else(kind: Kind) {
    let stage = stage(kind, Some(5));
    let form = EntryForm::of("Nora Named");
    assert!(matches!(stage.send(&mut stage.stranger(0), &form), Entry::In { .. }));
    for other in [
        form.with_person("Otto Other", &form.email),
        form.with_person(&form.name, "otto@example.org"),
        form.with_person("Otto Other", "otto@example.org"),
    ] {
        assert_eq!(stage.send(&mut stage.stranger(1), &other), Entry::Stale, "{other:?}");
    }
    stage.check_seats(1);
}

fn an_old_form_is_stale(kind: Kind) {
    let stage = stage(kind, Some(5));
    let form = EntryForm::of("Lara Late");
    let first = stage.send(&mut stage.stranger(0), &form);
    let grow_older = |sql| assert_eq!(stage.site.rows().run(sql, vec![]), 1);
    grow_older("UPDATE seat SET created_ms = created_ms - 590000");
    assert_eq!(stage.send(&mut stage.stranger(1), &form), first, "within ten minutes");
    grow_older("UPDATE seat SET created_ms = created_ms - 10000");
    assert_eq!(stage.send(&mut stage.stranger(1), &form), Entry::Stale, "after ten minutes");
    stage.check_seats(1);
}

fn coming_back_on_the_same_browser_spends_nothing(kind: Kind) {
    let stage = stage(kind, Some(2));
    let mut browser = stage.stranger(0);
    let first = EntryForm::of("Rita Return");
    assert!(matches!(stage.send(&mut browser, &first), Entry::In { key: Some(_) }));
    browser.go_to(&stage.servers[stage.servers.len() - 1]);
    let again = EntryForm { form_key: EntryForm::of("x").form_key, ..first.clone() };
    assert_eq!(stage.send(&mut browser, &again), Entry::In { key: None }, "the same person, a fresh form");
    stage.check_seats(1);

    let sister = EntryForm::of("Silvia Sister");
    assert!(matches!(stage.send(&mut browser, &sister), Entry::In { .. }), "somebody else at this browser");
    stage.check_seats(2);
    assert!(browser.opens_media(stage.owner.item));
    assert_eq!(stage.send(&mut stage.stranger(0), &EntryForm::of("Tom Third")), Entry::Denied);
    stage.check_seats(2);
}
