//! Each migration exists for both engines under the same name, or an upgrade would end in two different schemas.

use std::collections::BTreeSet;

use super::Source;
use crate::findings::Findings;

const FOLDER: &str = "crates/store/migrations/";
const ENGINES: [&str; 2] = ["sqlite", "postgres"];

pub(super) fn check(sources: &[Source], findings: &mut Findings) {
    let of = |engine: &str| -> BTreeSet<&str> {
        let prefix = format!("{FOLDER}{engine}/");
        sources.iter().filter_map(|source| source.path.strip_prefix(prefix.as_str())).collect()
    };
    let [lite, grown] = ENGINES.map(of);
    for name in lite.symmetric_difference(&grown) {
        let lacking = if lite.contains(name) { ENGINES[1] } else { ENGINES[0] };
        findings.fault(format!("{FOLDER}{lacking}/{name} is missing: the other engine has it"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_migration_for_one_engine_only_is_found() {
        let source = |path: &str| Source { path: format!("{FOLDER}{path}"), text: String::new() };
        let mut findings = Findings::default();
        let sources = [
            source("sqlite/0001_first.sql"),
            source("postgres/0001_first.sql"),
            source("postgres/0002_links.sql"),
        ];
        check(&sources, &mut findings);
        assert_eq!(
            findings.faults,
            [format!("{FOLDER}sqlite/0002_links.sql is missing: the other engine has it")]
        );
    }
}
