//! Refusals say nothing about what is there: an item that is not yours and one that never was answer alike.

use app::domain::ItemId;
use axum::body::Body;

use crate::cast::Key;
use crate::holder::Holder;
use crate::matrix::{World, all_cases};
use crate::rows::Rows;
use crate::site::Site;

/// Those who have no right at the item at all.
const OUTSIDE: [Holder; 7] = [
    Holder::Nobody,
    Holder::OtherOwner,
    Holder::Member,
    Holder::Viewer,
    Holder::OtherGuest,
    Holder::OtherInvitee,
    Holder::OtherToken,
];

#[tokio::test]
async fn nobody_outside_learns_whether_an_item_exists() {
    let mut world = World::new(Site::sqlite().await).await;
    let mut wrong = Vec::new();
    for case in all_cases().iter().filter(|case| case.path.contains("/{item}") && !case.is_open()) {
        for holder in OUTSIDE {
            let key = holder.key(&world.cast, &world.stage, &world.foreign);
            let there = case.request(&world.site, &world.cast, &world.stage, holder, &key);
            let there = world.site.send(there).await;
            let kept = (world.stage.item, world.stage.queued, world.stage.failed);
            let never = ItemId::from_bytes([0x55; 16]);
            (world.stage.item, world.stage.queued, world.stage.failed) = (never, never, never);
            let absent = case.request(&world.site, &world.cast, &world.stage, holder, &key);
            let absent = world.site.send(absent).await;
            (world.stage.item, world.stage.queued, world.stage.failed) = kept;
            if there.status != absent.status || there.code() != absent.code() {
                let what = format!("{} {} by {holder:?}", case.method, case.path);
                let (a, b) = ((there.status, there.code()), (absent.status, absent.code()));
                wrong.push(format!("{what}: there {a:?}, absent {b:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "these answers tell what exists:\n{}", wrong.join("\n"));
}

/// The link in the path must be one of the item in the path, whatever right its caller has at the item.
#[tokio::test]
async fn w4_no_item_opens_the_links_of_another() {
    let mut world = World::new(Site::sqlite().await).await;
    world.stage.link = world.foreign.link;
    let before = Rows::of(&world.site.store).await;
    let cases = all_cases();
    let mixed: Vec<_> =
        cases.iter().filter(|case| case.path.contains("{item}") && case.path.contains("{link}")).collect();
    assert!(mixed.len() >= 4);
    for case in mixed {
        for holder in case.good {
            let key = holder.key(&world.cast, &world.stage, &world.foreign);
            let request = case.request(&world.site, &world.cast, &world.stage, *holder, &key);
            let answer = world.site.send(request).await;
            let what = format!("{} {} by {holder:?}", case.method, case.path);
            assert_eq!((answer.status.as_u16(), answer.code().as_str()), (404, "not_found"), "{what}");
            assert!(!answer.text().contains("zqmark"), "{what}: {}", answer.text());
        }
    }
    before.assert_same(&Rows::of(&world.site.store).await, "links of another item");
}

/// A ticket copied into another browser runs out by itself: only the browser that holds the seat renews it.
#[tokio::test]
async fn t4_a_copied_ticket_is_renewed_by_no_other_browser() {
    let world = World::new(Site::sqlite().await).await;
    let guest = &world.stage.guest;
    let ticket = guest.key.cookies.iter().find(|cookie| cookie.starts_with("__Secure-")).expect("a ticket");
    let keys = |key: &Key| {
        key.cookies.iter().filter(|cookie| cookie.starts_with("__Host-")).cloned().collect::<Vec<_>>()
    };
    let thieves = [
        ("without any key", Vec::new()),
        ("with the key of another item's guest", keys(&world.foreign.guest.key)),
        ("with the key of this item's other guest", keys(&world.stage.late.key)),
        ("with a member's session", keys(&world.cast.member.key)),
        ("with the owner's session", keys(&world.cast.owner.key)),
    ];
    let url = format!("/m/{}/renew", guest.viewing);
    for (what, mut cookies) in thieves {
        cookies.push(ticket.clone());
        let thief = Key { cookies, bearer: None };
        let answer =
            world.site.send(thief.request("POST", &url).body(Body::empty()).expect("a request")).await;
        assert!(answer.status == 404 && answer.cookies().is_empty(), "{what}: {}", answer.status);
    }
    let own = world.site.send(guest.key.request("POST", &url).body(Body::empty()).expect("a request")).await;
    assert_eq!(own.status, 204, "the right browser goes on");
}
