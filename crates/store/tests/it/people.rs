//! The list of who came costs what it shows, however many came: its pages come out of indexes in their order.

use store::{Conn, StoreError};

use crate::engines;

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
    for (name, index) in [("GUESTS", "seat_of_link"), ("INVITEES", "invite_seat_of_item")] {
        let (_, _, sql) = store::every_statement()
            .find(|(file, found, _)| *file == "people" && *found == name)
            .expect("there");
        let steps = plan(sql).await;
        assert!(steps.iter().any(|step| step.contains(index)), "{name}: {steps:#?}");
        assert!(!steps.iter().any(|step| step.contains("TEMP B-TREE")), "{name} sorts: {steps:#?}");
    }
}
