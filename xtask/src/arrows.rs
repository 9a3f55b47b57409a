//! Which room may know which: the table of crates, and no circles between the modules of one crate.
//!
//! Cargo holds the first only as long as nobody adds a line to a manifest, and does not hold the second at all.

mod circles;
mod table;
mod testkit;

use anyhow::Result;

use crate::findings::Findings;
use crate::metadata::Metadata;
use crate::tree::Tree;

/// Looks at every crate of the workspace.
pub(crate) fn run(tree: &Tree) -> Result<()> {
    let mut findings = Findings::default();
    let metadata = Metadata::of(tree)?;
    for package in metadata.ours() {
        table::check(package, &mut findings);
        if table::has_foundations(package) {
            table::check_foundations(package, &package.foundations(tree)?, &mut findings);
        }
        circles::check(tree, package, &mut findings)?;
        testkit::check(tree, package, &mut findings)?;
    }
    findings.close("arrows")
}
