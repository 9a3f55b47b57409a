//! What we build on: licences, sources and double versions, of crates and of npm packages.
//!
//! The rules stand in `deny.toml`, which cargo-deny reads too: one list for both, so that they cannot drift apart.

mod duplicates;
mod licences;
mod npm;
mod rules;

use anyhow::Result;

use crate::findings::Findings;
use crate::metadata::Metadata;
use crate::tree::Tree;
use rules::Rules;

/// The folders with an npm lock file.
const NPM_FOLDERS: [&str; 2] = ["web", "e2e"];

/// Looks at every dependency.
pub(crate) fn run(tree: &Tree) -> Result<()> {
    let rules = Rules::read(&tree.at("deny.toml"))?;
    let mut findings = Findings::default();
    let metadata = Metadata::of(tree)?;
    for package in metadata.packages.iter().filter(|package| package.source.is_some()) {
        let name = format!("{} {}", package.name, package.version);
        licences::check(&name, package.licence.as_deref(), &rules, &mut findings);
        rules.check_source(&name, package.source.as_deref().unwrap_or_default(), &mut findings);
    }
    duplicates::check(&metadata.packages, &rules, &mut findings);
    for folder in NPM_FOLDERS {
        npm::check(tree, folder, &rules, &mut findings)?;
    }
    findings.close("deps")
}
