//! With the invites of a large site: what asks for a few of them does not read the others, on both engines.

use domain::{Instant, ItemFacts, ItemId, ItemKind, ItemState, LinkId, MemberId, SiteRole};
use store::item::NewItem;
use store::retention::{self, Ended, Person, Place};
use store::{Conn, Row, StoreError, ToValue, Value, account, item, named_door};

use crate::engines::{self, Fresh};

const OWNER: MemberId = MemberId::from_bytes([9; 16]);
const NOW: Instant = Instant::from_ms(1_700_000_000_000);
const ITEMS: i64 = 200;
/// At the first item; as many again at each hundred of the others.
const AT_ONE: i64 = 5_000;

fn item_id(number: i64) -> ItemId {
    ItemId::from_bytes(format!("{number:016}").into_bytes().try_into().expect("16 digits"))
}

fn leaked(sql: String) -> &'static str {
    Box::leak(sql.into_boxed_str())
}

async fn furnish(conn: &mut Conn, is_sqlite: bool) -> Result<(), StoreError> {
    let (email, name, role) = ("owner@example.org", "The Owner", SiteRole::PrivateOnly);
    let owner = account::NewMember { id: OWNER, email, name, role, password_hash: "-", now: NOW };
    account::insert(conn, &owner).await?;
    for number in 0..=ITEMS {
        let facts = ItemFacts { state: ItemState::Ready, ..ItemFacts::new(item_id(number), ItemKind::Video) };
        let new = NewItem { facts: &facts, owner: OWNER, title: "t", size_bytes: 0, now: NOW };
        item::insert(conn, &new).await?;
    }
    let bytes = |number: &str| match is_sqlite {
        true => format!("CAST(printf('%016d', {number}) AS BLOB)"),
        false => format!("convert_to(lpad(CAST({number} AS TEXT), 16, '0'), 'UTF8')"),
    };
    let (id, at) = (bytes("i"), bytes(&format!("CASE WHEN i < {AT_ONE} THEN 0 ELSE 1 + i % {ITEMS} END")));
    let sql = format!(
        "INSERT INTO invite (id, item_id, email, first_name, last_name, role, token_hash, token_sealed, uses,
            proves_by_code, made_by, created_ms, end_ms)
        WITH RECURSIVE n(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $1)
        SELECT {id}, {at}, 'p' || i || '@example.org', 'P' || i, 'Levi', 'viewer', {id}, {id}, 0, 0, $2, 0, $3 FROM n"
    );
    let end = Value::Int(NOW.as_ms() + 1_000);
    conn.execute(leaked(sql), &[Value::Int(AT_ONE * 4 - 1), OWNER.to_value(), end]).await?;
    if !is_sqlite {
        conn.execute("ANALYZE invite", &[]).await?;
        conn.execute("ANALYZE item", &[]).await?;
    }
    Ok(())
}

async fn both() -> Vec<Fresh> {
    let both = engines::both().await;
    for fresh in &both {
        let is_sqlite = fresh.name == "sqlite";
        let done = fresh.store.write(async move |conn: &mut Conn| furnish(conn, is_sqlite).await).await;
        done.expect("furnished");
    }
    both
}

impl Fresh {
    async fn run(&self, sql: &'static str, values: Vec<Value>) {
        let done: Result<_, StoreError> =
            self.store.write(async move |conn: &mut Conn| conn.execute(sql, &values).await).await;
        done.expect("it runs");
    }

    /// How the engine goes about a statement.
    async fn plan(&self, file: &str, name: &str, values: Vec<Value>) -> String {
        let of_file = |one: &(&str, &str, &str)| one.0 == file && one.1 == name;
        let (_, _, sql) = store::every_statement().find(of_file).expect("a statement");
        let explain = if self.name == "sqlite" { "EXPLAIN QUERY PLAN" } else { "EXPLAIN" };
        let (sql, steps) = (leaked(format!("{explain} {sql}")), self.name == "sqlite");
        let rows: Result<Vec<Row>, StoreError> =
            self.store.read(async move |conn: &mut Conn| conn.query(sql, &values).await).await;
        let line = |mut row: Row| {
            for _ in 0..if steps { 3 } else { 0 } {
                row.take::<i64>().expect("a number");
            }
            row.take::<String>().expect("a step")
        };
        rows.expect("a plan").into_iter().map(line).collect::<Vec<_>>().join("\n")
    }

    /// No step reads all invites. PostgreSQL may read items in a row, while two hundred of them are a few pages.
    fn assert_found_by_index(&self, name: &str, plan: &str) {
        let whole = ["SCAN v", "SCAN d", "SCAN invite", "Seq Scan on invite"];
        assert!(whole.iter().all(|step| !plan.contains(step)), "{}: {name}:\n{plan}", self.name);
    }

    async fn due(&self, ended: Ended, after: Place, limit: i64) -> Vec<(Person, Place)> {
        let due: Result<_, StoreError> = self
            .store
            .read(async move |conn: &mut Conn| {
                retention::list_due_persons(conn, ended, after, NOW, limit).await
            })
            .await;
        due.expect("a list")
    }
}

fn emails(due: &[(Person, Place)]) -> Vec<&str> {
    due.iter().map(|(person, _)| &*person.email).collect()
}

#[tokio::test]
async fn doors_of_an_item_are_found_by_index_and_are_few() {
    for fresh in both().await {
        for (typed, count) in [("", 21), ("levi", 21), ("p4321", 1), ("p4999@example.org", 1), ("p5000", 0)] {
            let found: Result<_, StoreError> = fresh
                .store
                .read(async move |conn: &mut Conn| named_door::search(conn, item_id(0), typed, 21).await)
                .await;
            assert_eq!(found.expect("doors").len(), count, "{}: {typed}", fresh.name);
        }
        let all = Value::Text("%p4321%".into());
        let values = vec![item_id(0).to_value(), all.clone(), all, Value::Int(21)];
        fresh.assert_found_by_index("INVITES", &fresh.plan("named_door", "INVITES", values).await);
    }
}

#[tokio::test]
async fn who_is_due_is_found_without_reading_who_is_not() {
    for fresh in both().await {
        let (past, id) = (|ms: i64| Value::Int(NOW.as_ms() - ms), |number| item_id(number).to_value());
        // Thirty are over, ten are revoked, and one item with invites of its own is gone.
        let over = "UPDATE invite SET end_ms = $1 WHERE id >= $2 AND id < $3";
        fresh.run(over, vec![past(5), id(100), id(130)]).await;
        let revoked = "UPDATE invite SET revoked_ms = $1 WHERE id >= $2 AND id < $3";
        fresh.run(revoked, vec![past(4), id(200), id(210)]).await;
        fresh.run("UPDATE item SET deleted_ms = $1 WHERE id = $2", vec![past(3), id(7)]).await;
        // One of the thirty has a good one beside it, one was erased already.
        let other = "UPDATE invite SET email = 'p100@example.org' WHERE id = $1";
        fresh.run(other, vec![id(300)]).await;
        fresh.run("UPDATE invite SET first_name = '' WHERE id = $1", vec![id(101)]).await;
        if fresh.name == "postgres" {
            fresh.run("ANALYZE invite", Vec::new()).await;
            fresh.run("ANALYZE item", Vec::new()).await;
        }
        let first = fresh.due(Ended::ByItself, Place::BEGIN, 20).await;
        let rest = fresh.due(Ended::ByItself, first[19].1, 20).await;
        let wanted: Vec<_> = (102..130).map(|number| format!("p{number}@example.org")).collect();
        assert_eq!([emails(&first), emails(&rest)].concat(), wanted, "{}", fresh.name);
        assert_eq!(fresh.due(Ended::ByRevoking, Place::BEGIN, 200).await.len(), 10, "{}", fresh.name);
        let with_item = fresh.due(Ended::WithItem, Place::BEGIN, 200).await;
        assert!(with_item.len() == 75 && with_item.iter().all(|(person, _)| person.item == item_id(7)));
        let (until, at, none) = (NOW.to_value(), Place::BEGIN.at.to_value(), LinkId::from_bytes([0; 16]));
        for name in ["DUE_BY_END", "DUE_BY_REVOKED", "DUE_BY_ITEM"] {
            let (until, at) = (until.clone(), at.clone());
            let until = || until.clone();
            let values =
                vec![until(), at.clone(), at, none.to_value(), until(), until(), until(), Value::Int(200)];
            fresh.assert_found_by_index(name, &fresh.plan("retention", name, values).await);
        }
    }
}
