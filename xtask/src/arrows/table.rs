//! The table: for each crate of ours the crates of ours that it may name, and what it must never be built on.
//!
//! Dev-dependencies count as well: a test that reaches across a wall is the first stone out of it.

use std::collections::BTreeSet;

use crate::findings::Findings;
use crate::metadata::Package;

/// From a crate to the crates that it may name. Every line is an arrow of the house; to add one is a decision.
const ARROWS: [(&str, &[&str]); 16] = [
    ("anteroom", &["anteroom-server", "anteroom-app"]),
    ("anteroom-server", &["anteroom-app", "anteroom-protocol"]),
    (
        "anteroom-app",
        &[
            "anteroom-bus",
            "anteroom-domain",
            "anteroom-live",
            "anteroom-lti",
            "anteroom-mail",
            "anteroom-media",
            "anteroom-sfu",
            "anteroom-signin",
            "anteroom-store",
        ],
    ),
    ("anteroom-bus", &["anteroom-domain"]),
    ("anteroom-live", &["anteroom-domain"]),
    ("anteroom-lti", &["anteroom-domain"]),
    ("anteroom-mail", &["anteroom-domain"]),
    ("anteroom-media", &["anteroom-domain"]),
    ("anteroom-protocol", &["anteroom-domain"]),
    ("anteroom-sfu", &["anteroom-sfu-core", "anteroom-domain"]),
    ("anteroom-sfu-core", &["anteroom-domain"]),
    ("anteroom-signin", &["anteroom-domain"]),
    ("anteroom-store", &["anteroom-domain"]),
    ("anteroom-domain", &[]),
    ("anteroom-testkit", &["anteroom-server", "anteroom-app", "anteroom-protocol", "anteroom-domain"]),
    ("xtask", &[]),
];

/// The crate that only tests may name.
const TESTKIT: &str = "anteroom-testkit";

/// What a crate may not be built on, however far below.
const FOUNDATIONS: [(&str, &[&str]); 3] = [
    (
        "anteroom-domain",
        &[
            "tokio",
            "serde",
            "sqlx",
            "sqlx-core",
            "rusqlite",
            "libsqlite3-sys",
            "http",
            "hyper",
            "axum",
            "async-trait",
        ],
    ),
    ("anteroom-sfu-core", &["tokio", "axum", "hyper", "sqlx", "rusqlite"]),
    ("anteroom-lti", &["tokio", "axum", "hyper", "sqlx", "rusqlite"]),
];

/// What a crate may not name itself.
const NEIGHBOURS: [(&str, &[&str]); 4] = [
    (
        "anteroom-app",
        &["axum", "axum-extra", "hyper", "hyper-util", "http", "tower-http", "utoipa", "sqlx", "rusqlite"],
    ),
    ("anteroom-protocol", &["tokio", "axum", "hyper", "sqlx", "rusqlite"]),
    ("anteroom-server", &["sqlx", "rusqlite", "object_store", "lettre", "str0m"]),
    ("anteroom-media", &["axum", "hyper", "sqlx", "rusqlite", "object_store"]),
];

/// Compares what a manifest names with the table.
pub(super) fn check(package: &Package, findings: &mut Findings) {
    let name = package.name.as_str();
    let Some(allowed) = of(&ARROWS, name) else {
        findings
            .fault(format!("{name}: has no line in xtask/src/arrows/table.rs; say there what it may name"));
        return;
    };
    let forbidden = of(&NEIGHBOURS, name).unwrap_or_default();
    for need in &package.needs {
        let target = need.name.as_str();
        let ours = of(&ARROWS, target).is_some() || target.starts_with("anteroom");
        if target == TESTKIT {
            if !need.for_tests {
                findings.fault(format!("{name} -> {target}: only as a dev-dependency"));
            }
        } else if ours && !allowed.contains(&target) {
            findings.fault(format!("{name} -> {target}: no such arrow"));
        } else if forbidden.contains(&target) && !need.for_tests {
            findings.fault(format!("{name} -> {target}: not the business of this crate"));
        }
    }
}

/// True when the table says what a crate may not be built on.
pub(super) fn has_foundations(package: &Package) -> bool {
    of(&FOUNDATIONS, &package.name).is_some()
}

/// Compares everything that a crate is built on with what it must stay free of.
pub(super) fn check_foundations(package: &Package, below: &BTreeSet<String>, findings: &mut Findings) {
    for found in
        of(&FOUNDATIONS, &package.name).unwrap_or_default().iter().filter(|name| below.contains(**name))
    {
        findings.fault(format!("{} is built on {found}: it must stay free of it", package.name));
    }
}

fn of<'a>(table: &[(&str, &'a [&'a str])], name: &str) -> Option<&'a [&'a str]> {
    table.iter().find(|(from, _)| *from == name).map(|(_, to)| *to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metadata::Need;

    fn faults(name: &str, needs: &[(&str, bool)]) -> Vec<String> {
        let needs = needs
            .iter()
            .map(|(name, for_tests)| Need { name: (*name).into(), for_tests: *for_tests })
            .collect();
        let mut findings = Findings::default();
        check(&Package { name: name.into(), needs, ..Package::default() }, &mut findings);
        findings.faults
    }

    #[test]
    fn arrows_of_the_house_hold() {
        assert!(
            faults(
                "anteroom-server",
                &[("anteroom-app", false), ("anteroom-protocol", false), ("axum", false)]
            )
            .is_empty()
        );
        assert!(faults("anteroom-app", &[("anteroom-testkit", true)]).is_empty());
    }

    #[test]
    fn an_arrow_against_the_table_is_refused_in_tests_too() {
        assert_eq!(faults("anteroom-server", &[("anteroom-store", false)]).len(), 1);
        assert_eq!(faults("anteroom-server", &[("anteroom-store", true)]).len(), 1);
        assert_eq!(faults("anteroom-domain", &[("anteroom-protocol", false)]).len(), 1);
        assert_eq!(faults("xtask", &[("anteroom", false)]).len(), 1);
    }

    #[test]
    fn testkit_is_for_tests_only() {
        assert_eq!(faults("anteroom-app", &[("anteroom-testkit", false)]).len(), 1);
    }

    #[test]
    fn a_crate_without_a_line_is_refused() {
        assert_eq!(faults("anteroom-cellar", &[]).len(), 1);
    }

    #[test]
    fn app_knows_no_http_and_server_no_sql() {
        assert_eq!(faults("anteroom-app", &[("axum", false)]).len(), 1);
        assert_eq!(faults("anteroom-server", &[("sqlx", false)]).len(), 1);
    }

    #[test]
    fn domain_stays_free_however_far_below() {
        let domain = Package { name: "anteroom-domain".into(), ..Package::default() };
        let mut findings = Findings::default();
        check_foundations(&domain, &BTreeSet::from(["thiserror", "serde"].map(str::to_owned)), &mut findings);
        assert_eq!(findings.faults, ["anteroom-domain is built on serde: it must stay free of it"]);
    }
}
