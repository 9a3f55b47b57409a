//! npm lock files: licences, and that every package comes from the public registry with a checksum.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::licences;
use super::rules::Rules;
use crate::findings::Findings;
use crate::tree::Tree;

/// Packages that name their licence elsewhere than in their manifest, and where.
const SAID_ELSEWHERE: [(&str, &str, &str); 1] =
    [("combine-errors", "MIT", "the last section of its Readme.md")];

pub(super) fn check(tree: &Tree, folder: &str, rules: &Rules, findings: &mut Findings) -> Result<()> {
    let file = format!("{folder}/package-lock.json");
    if !tree.at(&file).is_file() {
        if tree.at(&format!("{folder}/package.json")).is_file() {
            findings.fault(format!("{file} is missing: commit it"));
        }
        return Ok(());
    }
    let lock: Value = serde_json::from_str(&std::fs::read_to_string(tree.at(&file))?)?;
    let packages =
        lock["packages"].as_object().with_context(|| format!("{file}: no packages; use npm 7 or newer"))?;
    for (path, entry) in packages.iter().filter(|(path, _)| !path.is_empty()) {
        let name = path.rsplit_once("node_modules/").map_or(path.as_str(), |(_, name)| name);
        let licence = licence(entry)
            .or_else(|| installed_licence(&tree.at(folder).join(path)))
            .or_else(|| said_elsewhere(name));
        check_entry(&format!("{folder}: {name}"), entry, licence, rules, findings);
    }
    Ok(())
}

fn check_entry(name: &str, entry: &Value, licence: Option<String>, rules: &Rules, findings: &mut Findings) {
    if entry["link"].as_bool() == Some(true) || entry["inBundle"].as_bool() == Some(true) {
        return;
    }
    licences::check(name, licence.as_deref(), rules, findings);
    if let Some(resolved) = entry["resolved"].as_str() {
        // A name and a checksum say which package it is; an address would say whose mirror it came from.
        findings.fault(format!("{name}: the lock file names the address {resolved}"));
    }
    if !entry["integrity"].is_string() {
        findings.fault(format!("{name}: has no checksum"));
    }
}

/// Older npm left the licence out of the lock file; then the installed package knows it.
fn installed_licence(package: &Path) -> Option<String> {
    let manifest = std::fs::read_to_string(package.join("package.json")).ok()?;
    licence(&serde_json::from_str(&manifest).ok()?)
}

fn said_elsewhere(name: &str) -> Option<String> {
    SAID_ELSEWHERE.iter().find(|(package, ..)| *package == name).map(|(_, licence, _)| (*licence).to_owned())
}

/// `"license": "MIT"`, or the old `{"type": "MIT"}`.
fn licence(entry: &Value) -> Option<String> {
    let licence = &entry["license"];
    licence.as_str().or_else(|| licence["type"].as_str()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults(entry: &Value) -> usize {
        let rules = Rules { licences: vec!["MIT".into()], ..Rules::default() };
        let mut findings = Findings::default();
        check_entry("web: x", entry, licence(entry), &rules, &mut findings);
        findings.faults.len()
    }

    #[test]
    fn a_package_needs_licence_registry_and_checksum() {
        assert_eq!(faults(&json!({"license": "MIT", "integrity": "sha512-x"})), 0);
        assert_eq!(faults(&json!({"license": "MIT", "integrity": "s"})), 0);
        assert_eq!(
            faults(&json!({"license": "MIT", "integrity": "s", "resolved": "https://mirror.example/x.tgz"})),
            1
        );
        assert_eq!(faults(&json!({"license": "GPL-3.0", "integrity": "s"})), 1);
        assert_eq!(faults(&json!({"license": {"type": "MIT"}})), 1);
    }
}
