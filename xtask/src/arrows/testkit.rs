//! `testkit` is named from `tests/` folders only: unit tests beside the code stand without it.

use anyhow::Result;

use crate::files;
use crate::findings::Findings;
use crate::metadata::Package;
use crate::rust_text::{code_only, line_of, words};
use crate::tree::Tree;

pub(super) fn check(tree: &Tree, package: &Package, findings: &mut Findings) -> Result<()> {
    let folder = package.manifest.parent().and_then(|folder| folder.strip_prefix(tree.root()).ok());
    let Some(folder) = folder.filter(|_| is_product(&package.name)) else { return Ok(()) };
    let sources = folder.join("src");
    if !tree.root().join(&sources).is_dir() {
        return Ok(());
    }
    for path in files::under(tree, &sources.to_string_lossy())?.iter().filter(|path| path.ends_with(".rs")) {
        let text = tree.read(path)?.unwrap_or_default();
        for line in named_at(&text) {
            findings.fault(format!("{path}:{line}: testkit is for `tests/` folders only"));
        }
    }
    Ok(())
}

/// The crates that are shipped.
fn is_product(name: &str) -> bool {
    name.starts_with("anteroom") && name != "anteroom-testkit"
}

fn named_at(text: &str) -> Vec<usize> {
    let code = code_only(text);
    ["testkit", "anteroom_testkit"]
        .iter()
        .flat_map(|name| words(&code, name))
        .map(|at| line_of(&code, at))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_counts_and_talk_does_not() {
        assert_eq!(named_at("// testkit\nuse testkit::TestServer;\n"), [2]);
    }
}
