//! The part of `deny.toml` that we hold.

use std::path::Path;

use anyhow::{Context, Result};
use toml::{Table, Value};

use crate::findings::Findings;

/// Allowed licences, allowed registries, and double versions that cannot be helped.
#[derive(Debug, Default)]
pub(super) struct Rules {
    pub(super) licences: Vec<String>,
    pub(super) registries: Vec<String>,
    pub(super) skips: Vec<Skip>,
}

/// A version that is allowed to be there beside another one.
#[derive(Debug)]
pub(super) struct Skip {
    pub(super) name: String,
    /// A version or the beginning of one: `0.8` is every 0.8.x.
    pub(super) version: String,
    pub(super) reason: String,
}

impl Rules {
    pub(super) fn read(file: &Path) -> Result<Self> {
        let text =
            std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
        Self::parse(&text)
    }

    pub(super) fn parse(text: &str) -> Result<Self> {
        let table: Table = text.parse()?;
        let list = |section: &str, key: &str| -> Vec<Value> {
            let found = table.get(section).and_then(|section| section.get(key)).and_then(Value::as_array);
            found.cloned().unwrap_or_default()
        };
        let words = |section: &str, key: &str| -> Vec<String> {
            list(section, key).iter().filter_map(Value::as_str).map(str::to_owned).collect()
        };
        Ok(Self {
            licences: words("licenses", "allow"),
            registries: words("sources", "allow-registry"),
            skips: list("bans", "skip").iter().map(skip).collect::<Result<_>>()?,
        })
    }

    /// A source is what cargo calls it: `registry+https://...`, `git+https://...`.
    pub(super) fn check_source(&self, name: &str, source: &str, findings: &mut Findings) {
        let known =
            source.strip_prefix("registry+").is_some_and(|url| self.registries.iter().any(|one| one == url));
        if !known {
            findings.fault(format!(
                "{name}: comes from {source}, and only the registries in deny.toml are allowed"
            ));
        }
    }
}

/// One line such as `{ crate = "rand@0.8", reason = "..." }`.
fn skip(value: &Value) -> Result<Skip> {
    let text = |key: &str| {
        value.get(key).and_then(Value::as_str).with_context(|| format!("deny.toml: a skip without {key}"))
    };
    let (name, version) =
        text("crate")?.split_once('@').context("deny.toml: a skip needs a version: name@version")?;
    let reason = text("reason")?;
    Ok(Skip {
        name: name.to_owned(),
        version: version.trim_start_matches('=').to_owned(),
        reason: reason.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_real_file_is_understood() {
        let rules = Rules::parse(include_str!("../../../deny.toml")).unwrap();
        assert!(rules.licences.iter().any(|licence| licence == "MIT"));
        assert_eq!(rules.registries.len(), 1);
    }

    #[test]
    fn a_skip_needs_a_version_and_a_reason() {
        assert!(
            Rules::parse("[bans]\nskip = [{ crate = \"rand@0.8\", reason = \"openidconnect\" }]").is_ok()
        );
        assert!(Rules::parse("[bans]\nskip = [{ crate = \"rand@0.8\" }]").is_err());
        assert!(Rules::parse("[bans]\nskip = [{ crate = \"rand\", reason = \"x\" }]").is_err());
    }

    #[test]
    fn only_known_registries_pass() {
        let rules = Rules { registries: vec!["https://a.example/index".into()], ..Rules::default() };
        let faults = |source: &str| {
            let mut findings = Findings::default();
            rules.check_source("x 1.0.0", source, &mut findings);
            findings.faults.len()
        };
        assert_eq!(faults("registry+https://a.example/index"), 0);
        assert_eq!(faults("registry+https://b.example/index"), 1);
        assert_eq!(faults("git+https://a.example/index"), 1);
    }
}
