//! The rows of the database from outside: a fingerprint over all tables, to see whether anything changed.

use std::collections::BTreeMap;

use app::store::{Conn, Row, Store, StoreError};

/// Every table, with an order that both engines agree on. `process` and `process_inside` are the pulse of the
/// server itself and change without any request.
const TABLES: &[(&str, &str)] = &[
    ("site_setting", "SELECT * FROM site_setting ORDER BY key"),
    ("member", "SELECT * FROM member ORDER BY id"),
    ("setup_token", "SELECT * FROM setup_token ORDER BY token_hash"),
    ("session", "SELECT * FROM session ORDER BY token_hash"),
    ("api_token", "SELECT * FROM api_token ORDER BY id"),
    ("item", "SELECT * FROM item ORDER BY id"),
    ("item_right", "SELECT * FROM item_right ORDER BY item_id, member_id"),
    ("rendition", "SELECT * FROM rendition ORDER BY item_id, version, name"),
    ("upload", "SELECT * FROM upload ORDER BY id"),
    ("job", "SELECT * FROM job ORDER BY id"),
    ("guest_link", "SELECT * FROM guest_link ORDER BY id"),
    ("seat", "SELECT * FROM seat ORDER BY id"),
    ("viewing", "SELECT * FROM viewing ORDER BY id"),
    ("mark_counter", "SELECT * FROM mark_counter"),
    ("ended_mark", "SELECT * FROM ended_mark ORDER BY number"),
    ("refusal", "SELECT * FROM refusal ORDER BY link_id, cause, minute"),
    ("link_opened", "SELECT * FROM link_opened ORDER BY link_id, day"),
    ("link_entered", "SELECT * FROM link_entered ORDER BY link_id, minute"),
    ("activity", "SELECT * FROM activity ORDER BY id"),
    ("member_address", "SELECT * FROM member_address ORDER BY email"),
    ("member_group", "SELECT * FROM member_group ORDER BY id"),
    ("group_member", "SELECT * FROM group_member ORDER BY group_id, member_id"),
    ("account_link", "SELECT * FROM account_link ORDER BY token_hash"),
    ("passkey", "SELECT * FROM passkey ORDER BY id"),
    ("sign_in_flow", "SELECT * FROM sign_in_flow ORDER BY browser_hash"),
    ("oidc_identity", "SELECT * FROM oidc_identity ORDER BY issuer, subject"),
    ("invite", "SELECT * FROM invite ORDER BY id"),
    ("invite_seat", "SELECT * FROM invite_seat ORDER BY id"),
    ("invite_device", "SELECT * FROM invite_device ORDER BY id"),
    ("seat_move", "SELECT * FROM seat_move ORDER BY id"),
    ("mail_code", "SELECT * FROM mail_code ORDER BY id"),
    ("lobby_failure", "SELECT * FROM lobby_failure ORDER BY id"),
    ("mail", "SELECT * FROM mail ORDER BY id"),
    ("mail_lock", "SELECT * FROM mail_lock ORDER BY id"),
    ("room_lock", "SELECT * FROM room_lock ORDER BY id"),
    ("mail_template", "SELECT * FROM mail_template ORDER BY name, language"),
    ("known_browser", "SELECT * FROM known_browser ORDER BY browser_hash, member_id"),
    ("site_key", "SELECT * FROM site_key"),
    ("site_log", "SELECT * FROM site_log ORDER BY id"),
];
const PULSE: &[&str] = &["process", "process_inside"];

/// The rows of every table, as text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rows(BTreeMap<&'static str, Vec<String>>);

impl Rows {
    pub(crate) async fn of(store: &Store) -> Self {
        let rows: Result<_, StoreError> = store
            .read(async |conn: &mut Conn| {
                let mut tables = BTreeMap::new();
                for (name, sql) in TABLES {
                    let rows: Vec<Row> = conn.query(sql, &[]).await?;
                    tables.insert(*name, rows.iter().map(|row| format!("{row:?}")).collect());
                }
                Ok(tables)
            })
            .await;
        Self(rows.expect("the tables can be read"))
    }

    /// The tables whose rows came, went or changed, in a sentence each.
    pub(crate) fn changes(&self, after: &Self, what: &str) -> Vec<String> {
        let mut changes = Vec::new();
        for (table, before) in &self.0 {
            let now = &after.0[table];
            let gone: Vec<_> = before.iter().filter(|row| !now.contains(row)).collect();
            let come: Vec<_> = now.iter().filter(|row| !before.contains(row)).collect();
            if !gone.is_empty() || !come.is_empty() {
                changes.push(format!("{what} changed {table}:\n- {gone:?}\n+ {come:?}"));
            }
        }
        changes
    }

    pub(crate) fn assert_same(&self, after: &Self, what: &str) {
        let changes = self.changes(after, what);
        assert!(changes.is_empty(), "{}", changes.join("\n"));
    }
}

#[tokio::test]
async fn every_table_of_the_schema_is_looked_at() {
    let site = crate::site::Site::sqlite().await;
    let names: Result<Vec<String>, StoreError> = site
        .store
        .read(async |conn: &mut Conn| {
            let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
            conn.query(sql, &[]).await?.into_iter().map(|mut row| row.take()).collect()
        })
        .await;
    for name in names.expect("readable") {
        let known = TABLES.iter().any(|(table, _)| *table == name)
            || PULSE.contains(&&*name)
            || name.contains("migration");
        assert!(known, "the table {name} is new: add it to TABLES");
    }
}
