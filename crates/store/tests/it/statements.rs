//! Every statement is understood by both engines, with parameters numbered in order of first appearance.

use crate::engines;

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
