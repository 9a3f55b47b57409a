//! The list of who came costs what it shows, however many came: its pages come out of indexes in their order.

use domain::{Instant, LinkId, SeatId};
use store::people::{self, Asked, Person, Place, Through};
use store::{Conn, Store, StoreError, Value};

use crate::engines;
use crate::entering::{ITEMS, furnish, link_id};

/// How SQLite finds the rows of a statement.
async fn plan(sql: &'static str) -> Vec<String> {
    let both = engines::both().await;
    let lite = both.iter().find(|fresh| fresh.name == "sqlite").expect("SQLite");
    let explain: &'static str = Box::leak(format!("EXPLAIN QUERY PLAN {sql}").into_boxed_str());
    let steps: Result<Vec<_>, StoreError> =
        lite.store.read(async move |conn: &mut Conn| conn.query(explain, &[]).await).await;
    let says = |mut step: store::Row| {
        let _: (i64, i64, i64) =
            (step.take().expect("id"), step.take().expect("parent"), step.take().expect("unused"));
        step.take::<String>().expect("a step")
    };
    steps.expect("a plan").into_iter().map(says).collect()
}

#[tokio::test]
async fn a_page_of_people_is_read_in_its_order_and_nothing_is_sorted() {
    let read = [
        ("people_by_link", "GUESTS", "seat_entered"),
        ("people_by_link", "MINUTES", "link_entered"),
        ("people", "INVITEES", "invite_seat_of_item"),
    ];
    for (file, name, index) in read {
        let (_, _, sql) =
            store::every_statement().find(|(of, found, _)| *of == file && *found == name).expect("there");
        let steps = plan(sql).await;
        assert!(steps.iter().any(|step| step.contains(index)), "{name}: {steps:#?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{name} sorts: {steps:#?}");
    }
}

const MINUTE: i64 = 60_000;
const BEGIN: i64 = 28_333_333 * MINUTE;

/// By which link and when the people of one item came: a few in every third minute, all at once in one, the last two
/// together in a minute that is not over.
fn entries() -> Vec<(LinkId, i64)> {
    let sparse = (0..60).map(|at| (link_id(1 + u8::from(at % 4 == 0)), BEGIN + at * 3 * MINUTE + at * 800));
    let crowd = (0..40).map(|at| (link_id(1), BEGIN + 90 * MINUTE + at / 3));
    let last = (0..2).map(|_| (link_id(2), BEGIN + 500 * MINUTE));
    sparse.chain(crowd).chain(last).collect()
}

async fn come(conn: &mut Conn) -> Result<(), StoreError> {
    furnish(conn).await?;
    let blob = |bytes: [u8; 16]| Value::Blob(bytes.to_vec());
    for (at, (link, ms)) in entries().into_iter().enumerate() {
        let seat = [at as u8; 16];
        let values = [blob(seat), blob(*ITEMS[0].as_bytes()), blob(*link.as_bytes()), Value::Int(ms)];
        conn.execute(
            "INSERT INTO seat (id, item_id, link_id, hold, name, email, created_ms)
                VALUES ($1, $2, $3, 'own', 'Zo\u{eb}', 'zoe@example.org', $4)",
            &values,
        )
        .await?;
        let (link, minute) = (blob(*link.as_bytes()), Value::Int(ms / MINUTE));
        if ms < BEGIN + 500 * MINUTE {
            conn.execute(
                "INSERT INTO link_entered (link_id, minute, count) VALUES ($1, $2, 1)
                    ON CONFLICT (link_id, minute) DO UPDATE SET count = link_entered.count + 1",
                &[link, minute],
            )
            .await?;
        } else {
            conn.execute(
                "UPDATE guest_link SET entered_count = entered_count + 1, entered_minute = $1 WHERE id = $2",
                &[minute, link],
            )
            .await?;
        }
    }
    conn.execute("UPDATE guest_link SET uses = 1", &[]).await.map(drop)
}

async fn in_pages(store: &Store, through: Through, text: &str, limit: i64) -> Vec<Person> {
    let (mut all, mut after) = (Vec::new(), Place::NEWEST);
    loop {
        let (item, text) = (ITEMS[0], text.to_owned());
        let asked =
            Asked { item, through, text, only_seen: false, seen_since: Instant::from_ms(0), after, limit };
        let page: Result<_, StoreError> =
            store.read(async move |conn: &mut Conn| people::list(conn, &asked).await).await;
        let page = page.expect("a page");
        let Some(last) = page.last() else { return all };
        after = last.place();
        all.extend(page);
    }
}

#[tokio::test]
async fn everybody_is_listed_once_and_the_newest_first_whatever_the_page() {
    for fresh in engines::both().await {
        let came: Result<_, StoreError> = fresh.store.write(come).await;
        came.expect("people");
        let mut expected: Vec<_> = entries().into_iter().enumerate().collect();
        expected.sort_unstable_by_key(|(at, (_, ms))| std::cmp::Reverse((*ms, *at)));
        for through in [Through::Any, Through::Link(link_id(1)), Through::Link(link_id(2))] {
            let by = |link| through == Through::Any || through == Through::Link(link);
            let of_these = expected.iter().filter(|(_, (link, _))| by(*link));
            let seats: Vec<_> = of_these.map(|(at, _)| SeatId::from_bytes([*at as u8; 16])).collect();
            for (text, limit) in [("", 1), ("", 7), ("", 100), ("zoe", 3), ("zoe", 200)] {
                let found = in_pages(&fresh.store, through, text, limit).await;
                let found: Vec<_> = found.into_iter().map(|person| person.seat).collect();
                assert_eq!(found, seats, "{}: {through:?} {text:?} {limit}", fresh.name);
            }
            assert_eq!(in_pages(&fresh.store, through, "anna", 5).await, [], "{}", fresh.name);
        }
    }
}
