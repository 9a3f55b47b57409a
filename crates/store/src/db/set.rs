//! A statement that is written for one row, turned into one that PostgreSQL runs for a set of rows at once.
//!
//! The rows come as one array for each parameter and stand in the statement as the table `each`. A query looks
//! its rows up one after the other, in the order of the set, just as the statement for one row would.

use tokio_postgres::types::Type;

/// What a query does with the rows that it finds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Take {
    /// Reads them.
    Read,
    /// Keeps everybody else from writing them until the transaction ends.
    Lock,
}

/// The statement for a set of rows, whose parameters are of these kinds; none when its shape is not known here.
pub(super) fn over_set(sql: &str, kinds: &[Type], take: Take) -> Option<String> {
    let each = each(kinds);
    let one = sql.replace('$', "each.p");
    match one.split_once(' ')? {
        ("SELECT", _) => {
            let lock = if take == Take::Lock { " FOR NO KEY UPDATE" } else { "" };
            // The OFFSET is a fence: beyond it the planner could read a whole table, or in another order.
            Some(format!("SELECT found.* FROM {each}, LATERAL ({one} OFFSET 0{lock}) AS found"))
        }
        ("INSERT", _) => {
            let (into, values) = one.split_once("VALUES (")?;
            Some(format!("{into}SELECT {} FROM {each}", values.strip_suffix(')')?))
        }
        ("UPDATE", _) => {
            let (set, found) = one.split_once(" WHERE ")?;
            Some(format!("{set} FROM {each} WHERE {found}"))
        }
        _ => None,
    }
}

fn each(kinds: &[Type]) -> String {
    let numbered = kinds.iter().zip(1..);
    let arrays: Vec<_> = numbered.clone().map(|(kind, at)| format!("${at}::{}[]", kind.name())).collect();
    let names: Vec<_> = numbered.map(|(_, at)| format!("p{at}")).collect();
    format!("unnest({}) AS each ({})", arrays.join(", "), names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turned(sql: &str, take: Take) -> Option<String> {
        over_set(sql, &[Type::BYTEA, Type::INT8], take)
    }

    #[test]
    fn each_kind_of_statement_takes_a_set() {
        const EACH: &str = "unnest($1::bytea[], $2::int8[]) AS each (p1, p2)";
        assert_eq!(
            turned("SELECT a FROM t WHERE b = $1 AND c = $2", Take::Read).as_deref(),
            Some(&*format!(
                "SELECT found.* FROM {EACH}, LATERAL (SELECT a FROM t WHERE b = each.p1 AND c = each.p2 OFFSET 0) AS found"
            ))
        );
        assert_eq!(
            turned("INSERT INTO t (a, b, c)\n VALUES ($1, $2, 0)", Take::Read).as_deref(),
            Some(&*format!("INSERT INTO t (a, b, c)\n SELECT each.p1, each.p2, 0 FROM {EACH}"))
        );
        assert_eq!(
            turned("UPDATE t SET a = $1 WHERE b = $2", Take::Read).as_deref(),
            Some(&*format!("UPDATE t SET a = each.p1 FROM {EACH} WHERE b = each.p2"))
        );
        assert!(
            turned("SELECT a FROM t WHERE b = $1", Take::Lock)
                .is_some_and(|sql| sql.contains("FOR NO KEY UPDATE"))
        );
    }

    #[test]
    fn other_shapes_are_not_turned() {
        for sql in [
            "DELETE FROM t WHERE a = $1",
            "INSERT INTO t (a) VALUES ($1) ON CONFLICT DO NOTHING",
            "UPDATE t SET a = $1",
        ] {
            assert_eq!(turned(sql, Take::Read), None, "{sql}");
        }
    }
}
