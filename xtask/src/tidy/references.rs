//! Forgotten files: a `.rs` that no `mod` line reaches is compiled by nobody, and is no longer true soon after.

use std::collections::HashSet;
use std::path::PathBuf;

use anyhow::Result;

use super::Source;
use crate::findings::Findings;
use crate::metadata::Metadata;
use crate::modules;
use crate::tree::Tree;

pub(super) fn check(tree: &Tree, sources: &[Source], findings: &mut Findings) -> Result<()> {
    let metadata = Metadata::of(tree)?;
    let mut reached: HashSet<PathBuf> = HashSet::new();
    let mut included = Vec::new();
    for target in metadata.ours().flat_map(|package| &package.targets) {
        for module in modules::of_target(&target.root)? {
            included.extend(included_files(&module.source));
            reached.insert(module.file);
        }
    }
    for source in sources.iter().filter(|source| source.extension() == "rs") {
        let by_include = included.iter().any(|end| source.path.ends_with(end));
        if !reached.contains(&tree.at(&source.path)) && !by_include && is_in_workspace(&source.path) {
            findings.fault(format!("{}: no `mod` line reaches it", source.path));
        }
    }
    Ok(())
}

/// Other workspaces (benchmarks of peers, fuzz targets) are built by their own manifest.
fn is_in_workspace(path: &str) -> bool {
    (path.starts_with("crates/") && !path.contains("/fuzz/")) || path.starts_with("xtask/")
}

/// The files that `include!("...")` pulls in, as endings of paths.
fn included_files(source: &str) -> Vec<String> {
    let parts = source.split("include!(\"").skip(1);
    parts
        .filter_map(|part| part.split_once('"'))
        .map(|(file, _)| file.trim_start_matches("../").to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn included_files_are_named() {
        assert_eq!(
            included_files("include!(\"../db/shared.rs\"); include!(\"a.rs\");"),
            ["db/shared.rs", "a.rs"]
        );
    }

    #[test]
    fn a_file_without_a_mod_line_is_found() {
        let tree = Tree::open().unwrap();
        let stray = Source { path: "xtask/src/stray.rs".into(), text: String::new() };
        let known = Source { path: "xtask/src/tidy.rs".into(), text: String::new() };
        let mut findings = Findings::default();
        check(&tree, &[stray, known], &mut findings).unwrap();
        assert_eq!(findings.faults, ["xtask/src/stray.rs: no `mod` line reaches it"]);
    }
}
