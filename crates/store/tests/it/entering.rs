//! A batch of entries on both engines: the set-based statements of the one and the row by row of the other come to
//! the same.

use domain::{
    Instant, ItemFacts, ItemId, ItemKind, ItemState, LinkId, MemberId, NameLook, SeatHold, SeatId, SiteRole,
};
use store::entry::{self, EntryFacts, Form, Outcome, Verdict};
use store::item::NewItem;
use store::link::NewLink;
use store::{Conn, Store, StoreError, account, item, link, seat};

use crate::engines;

const NOW: Instant = Instant::from_ms(1_700_000_000_000);
pub(crate) const ITEMS: [ItemId; 2] = [ItemId::from_bytes([1; 16]), ItemId::from_bytes([2; 16])];

/// Links one to three; the first two are the first item's. Tokens are the other way round, so that their order is
/// not the order of the ids.
pub(crate) const fn link_id(number: u8) -> LinkId {
    LinkId::from_bytes([number; 16])
}

const fn token(number: u8) -> [u8; 32] {
    [200 - number; 32]
}

pub(crate) async fn furnish(conn: &mut Conn) -> Result<(), StoreError> {
    let owner = MemberId::from_bytes([9; 16]);
    let (email, name, role) = ("owner@example.org", "The Owner", SiteRole::PrivateOnly);
    account::insert(conn, &account::NewMember { id: owner, email, name, role, password_hash: "-", now: NOW })
        .await?;
    for id in ITEMS {
        let facts =
            ItemFacts { state: ItemState::Ready, guest_access: true, ..ItemFacts::new(id, ItemKind::Video) };
        item::insert(conn, &NewItem { facts: &facts, owner, title: "t", size_bytes: 0, now: NOW }).await?;
    }
    for (number, item, max_uses) in [(1, 0, Some(2)), (2, 0, None), (3, 1, None)] {
        let new = NewLink {
            id: link_id(number),
            item: ITEMS[item],
            name: "n",
            token_hash: token(number),
            token_sealed: b"-",
            max_uses,
            end: None,
            now: NOW,
        };
        link::insert(conn, &new).await?;
    }
    Ok(())
}

/// The form of a person, sent to a link, from a browser that holds `held`.
fn form(link: u8, person: u8, held: &[u8]) -> Form {
    let name = format!("Person {person}");
    Form {
        token: token(link),
        seat: SeatId::from_bytes([person; 16]),
        held: held.iter().map(|key| [*key; 32]).collect(),
        key: [person; 32],
        hold: SeatHold::Own,
        look: NameLook::of(&name),
        name,
        email: format!("p{person}@example.org"),
        device: None,
    }
}

/// Rules as simple as can be: the same form again, the same person again, a use that is left.
fn rules(facts: &EntryFacts<'_>) -> Verdict<&'static str> {
    assert_eq!(facts.taken, [NameLook::of("The Owner")]);
    assert_eq!(facts.held.is_some(), facts.held_link.is_some());
    match (facts.made_before, facts.held) {
        (Some(made), _) => Verdict::Return(made.facts.id),
        (None, Some(held)) if held.name == facts.form.name => Verdict::Return(held.facts.id),
        _ if facts.was_beaten => Verdict::Refuse("stale"),
        _ if facts.link.has_uses_left() => Verdict::Seat,
        _ => Verdict::Refuse("used up"),
    }
}

async fn enter(store: &Store, forms: Vec<Form>) -> Vec<Outcome<&'static str>> {
    let entered: Result<_, StoreError> =
        store.write(async move |conn: &mut Conn| entry::enter(conn, &forms, &rules).await).await;
    entered.expect("the batch stands")
}

async fn uses_and_seats(store: &Store) -> Vec<(i64, i64)> {
    let counted: Result<_, StoreError> = store
        .read(async |conn: &mut Conn| {
            let mut counts = Vec::new();
            for id in [1, 2, 3].map(link_id) {
                let uses = link::find(conn, id).await?.map_or(-1, |link| link.facts.uses);
                counts.push((uses, seat::count_of_link(conn, id).await?));
            }
            Ok(counts)
        })
        .await;
    counted.expect("readable")
}

#[tokio::test]
async fn a_batch_is_decided_in_the_order_of_arrival_on_every_engine() {
    for fresh in engines::both().await {
        let furnished: Result<_, StoreError> = fresh.store.write(furnish).await;
        furnished.expect("rows to enter by");
        let seat = |person: u8| SeatId::from_bytes([person; 16]);
        let (first, second) = (ITEMS[0], ITEMS[1]);

        let forms = vec![
            form(3, 10, &[]),
            form(1, 11, &[]),
            form(2, 12, &[]),
            form(1, 11, &[]),
            form(9, 13, &[]),
            form(1, 14, &[]),
            form(1, 15, &[]),
        ];
        let expected = vec![
            Outcome::Seated(second, vec![]),
            Outcome::Seated(first, vec![]),
            Outcome::Seated(first, vec![]),
            Outcome::Returned(first, seat(11), vec![]),
            Outcome::NoLink,
            Outcome::Seated(first, vec![]),
            Outcome::Refused(link_id(1), "used up"),
        ];
        assert_eq!(enter(&fresh.store, forms).await, expected, "{}", fresh.name);
        assert_eq!(uses_and_seats(&fresh.store).await, [(2, 2), (1, 1), (1, 1)], "{}", fresh.name);

        // Browser 11 sat down through link 1, of which no form comes now; browser 12 is somebody else's today, who sent two
        // forms side by side, and at the second item it holds nothing.
        let mut again = form(2, 16, &[11]);
        (again.name, again.email) = ("Person 11".into(), "p11@example.org".into());
        let forms = vec![again, form(2, 17, &[12]), form(2, 19, &[12]), form(3, 18, &[12])];
        let expected = vec![
            Outcome::Returned(first, seat(11), vec![]),
            Outcome::Seated(first, vec![[12; 32]]),
            Outcome::Refused(link_id(2), "stale"),
            Outcome::Seated(second, vec![[12; 32]]),
        ];
        assert_eq!(enter(&fresh.store, forms).await, expected, "{}", fresh.name);
        assert_eq!(uses_and_seats(&fresh.store).await, [(2, 2), (2, 2), (2, 2)], "{}", fresh.name);
        let left = fresh.store.read(async move |conn: &mut Conn| seat::find(conn, seat(12)).await).await;
        let left = left.expect("readable").expect("a seat stays in the counts");
        assert_eq!(left.key, None, "{}: one seat a browser and item", fresh.name);
    }
}

#[tokio::test]
async fn a_count_that_would_pass_the_limit_undoes_the_batch() {
    for fresh in engines::both().await {
        let furnished: Result<_, StoreError> = fresh.store.write(furnish).await;
        furnished.expect("rows to enter by");
        let forms: Vec<_> = (10..13).map(|person| form(1, person, &[])).collect();
        let blind = |_: &EntryFacts<'_>| Verdict::<()>::Seat;
        let entered: Result<_, StoreError> =
            fresh.store.write(async move |conn: &mut Conn| entry::enter(conn, &forms, &blind).await).await;
        assert!(matches!(entered, Err(StoreError::Corrupt(_))), "{}: {entered:?}", fresh.name);
        assert_eq!(uses_and_seats(&fresh.store).await, [(0, 0), (0, 0), (0, 0)], "{}", fresh.name);
    }
}
