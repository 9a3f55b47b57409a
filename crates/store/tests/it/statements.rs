//! Every statement is understood by both engines, with parameters numbered in order of first appearance.

use store::{Conn, StoreError};

use crate::engines;

/// Statements that read a whole table on SQLite: it is small, or that happens once in a while.
const WHOLE_TABLES: &[&str] = &[
    "account.COUNT",
    "group.LIST",
    "happened.ENTERED",
    "happened.REFUSED",
    "item.LIST_DELETED",
    "job.ORPHANED",
    "mail_ceiling.COUNT_OVER",
    "mail_template.LIST",
    "mark.PRUNE",
    "member_admin.COUNT",
    "member_admin.COUNT_ADMINISTRATORS",
    "member_admin.COUNT_MATCHING",
    "member_admin.LOCK_ADMINISTRATORS",
    "member_search.FIND",
    "member_search.FIND_IN_GROUPS",
    "member_search.GROUPS",
    "migrate.APPLIED",
    "process.BEHIND",
    "process.DROP_DEAD",
    "process.DROP_INSIDE_OF_DEAD",
    "process.NEWEST",
    "seat.COUNT_OF_LINK",
    "setting.LIST",
    "setup_token.CLEAR_OLD",
    "setup_token.FIND",
    "setup_token.TAKE",
    "site_inside.INSIDE",
    "site_key.NEWEST_INVITE",
    "site_key.NEWEST_LINK",
    "upload.COMING_BYTES",
    "upload.UNFINISHED_BYTES",
];

#[tokio::test]
async fn both_engines_understand_every_statement() {
    for fresh in engines::both().await {
        for (file, name, sql) in store::every_statement() {
            let understood = fresh.store.prepare(sql).await;
            assert!(understood.is_ok(), "{}: {file}.{name}: {understood:?}", fresh.name);
        }
    }
}

#[test]
fn parameters_appear_in_order() {
    for (file, name, sql) in store::every_statement() {
        let mut highest = 0;
        for part in sql.split('$').skip(1) {
            let digits: String = part.chars().take_while(char::is_ascii_digit).collect();
            let number: u32 = digits.parse().unwrap_or_else(|_| panic!("{file}.{name}: a bare $"));
            assert_eq!(number, highest + 1, "{file}.{name}: ${number} after ${highest}");
            highest = number;
        }
    }
}

#[tokio::test]
async fn what_is_asked_often_is_found_by_an_index() {
    let both = engines::both().await;
    let lite = both.iter().find(|fresh| fresh.name == "sqlite").expect("SQLite");
    let mut scans = Vec::new();
    for (file, name, sql) in store::every_statement() {
        let explain: &'static str = Box::leak(format!("EXPLAIN QUERY PLAN {sql}").into_boxed_str());
        let plan: Result<_, StoreError> =
            lite.store.read(async move |conn: &mut Conn| conn.query(explain, &[]).await).await;
        for mut step in plan.unwrap_or_else(|error| panic!("{file}.{name}: {error}")) {
            let _: (i64, i64, i64) =
                (step.take().expect("id"), step.take().expect("parent"), step.take().expect("unused"));
            let says: String = step.take().expect("a step");
            // These two hold what waits or is under way, not what is over.
            let is_short = ["mail_to_send", "job_to_run"].iter().any(|index| says.ends_with(index));
            // The rows of a query inside; how it finds them is a step of its own.
            let is_inside = says.starts_with("SCAN (subquery-");
            if says.starts_with("SCAN") && !says.contains("CONSTANT ROW") && !is_short && !is_inside {
                scans.push(format!("{file}.{name}: {says}"));
            }
        }
    }
    scans.sort();
    scans.dedup();
    let new: Vec<_> = scans
        .iter()
        .filter(|scan| WHOLE_TABLES.iter().all(|known| !scan.starts_with(&format!("{known}: "))))
        .collect();
    assert!(new.is_empty(), "read whole tables: {new:#?}");
}
