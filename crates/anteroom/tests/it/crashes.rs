//! kill -9 under load: what was answered is there, what was not is resolved by its form (I2, I3, I4).

use std::time::Duration;

use testkit::rounds::Rounds;
use testkit::{Kind, Site, pause, random, shout};

use crate::load::{Sent, check_kept, enter_on_and_on};
use crate::{PROGRAM, on_both};

on_both!(killed_again_and_again);

fn killed_again_and_again(kind: Kind) {
    let rounds = Rounds::now();
    let site = Site::fresh(PROGRAM, kind);
    let mut servers = site.start_all(kind);
    let mut owner = site.shared_item(&servers[0], "A film");
    let link = owner.make_link("Crowd", None);
    let mut all = Sent::default();
    let mut kills = 0;
    while kills < rounds.kills || all.kept.len() < rounds.acknowledged {
        let crowd = enter_on_and_on(&servers, &link.token);
        let [chance] = random::<1>();
        pause(Duration::from_millis(80 + u64::from(chance)));
        // Each process in turn; the other goes on.
        servers.remove(kills % servers.len()).kill();
        kills += 1;
        pause(Duration::from_millis(20));
        all.add(crowd);
        servers.push(site.start());
    }
    check_kept(&site, &servers, &link.token, owner.item, &all);
    shout(&format!("{kind:?}: {kills} kills, {} entries kept, {} resolved", all.kept.len(), all.lost.len()));
}
