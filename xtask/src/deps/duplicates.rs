//! Double versions: a crate that is built twice. Each is either mended or listed in `deny.toml` with its reason.

use std::collections::{BTreeMap, BTreeSet};

use super::rules::{Rules, Skip};
use crate::findings::Findings;
use crate::metadata::Package;

pub(super) fn check(packages: &[Package], rules: &Rules, findings: &mut Findings) {
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for package in packages {
        versions.entry(&package.name).or_default().insert(&package.version);
    }
    for (name, versions) in versions.iter().filter(|(_, versions)| versions.len() > 1) {
        let skipped =
            |version: &str| rules.skips.iter().any(|skip| skip.name == *name && skip.covers(version));
        let left: Vec<&str> = versions.iter().copied().filter(|version| !skipped(version)).collect();
        if left.len() > 1 {
            findings
                .fault(format!("{name}: built as {}; mend it or list it in deny.toml", left.join(" and ")));
        }
    }
    for skip in &rules.skips {
        let found = versions.get(skip.name.as_str());
        let needed = found.is_some_and(|all| all.len() > 1 && all.iter().any(|version| skip.covers(version)));
        if !needed {
            let Skip { name, version, reason } = skip;
            findings.fault(format!(
                "deny.toml: {name}@{version} is no longer double ({reason}): take the line out"
            ));
        }
    }
}

impl Skip {
    fn covers(&self, version: &str) -> bool {
        version
            .strip_prefix(self.version.as_str())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(versions: &[(&str, &str)], skips: &[(&str, &str)]) -> usize {
        let packages: Vec<Package> = versions
            .iter()
            .map(|(name, version)| Package {
                name: (*name).into(),
                version: (*version).into(),
                ..Package::default()
            })
            .collect();
        let skip = |(name, version): &(&str, &str)| Skip {
            name: (*name).into(),
            version: (*version).into(),
            reason: "r".into(),
        };
        let mut findings = Findings::default();
        check(
            &packages,
            &Rules { skips: skips.iter().map(skip).collect(), ..Rules::default() },
            &mut findings,
        );
        findings.faults.len()
    }

    #[test]
    fn a_double_is_a_fault_until_it_is_listed() {
        let both = [("rand", "0.8.5"), ("rand", "0.10.3"), ("serde", "1.0.0")];
        assert_eq!(faults(&both, &[]), 1);
        assert_eq!(faults(&both, &[("rand", "0.8")]), 0);
        assert_eq!(faults(&both, &[("rand", "0.1")]), 2, "0.1 is not 0.10, and covers nothing");
    }

    #[test]
    fn a_line_that_is_no_longer_needed_is_a_fault() {
        assert_eq!(faults(&[("rand", "0.10.3")], &[("rand", "0.8")]), 1);
    }
}
