//! The daily sweep: sizes, names, words, and files that must come in pairs.
//!
//! Only files that git tracks or would track are looked at. A rule takes text and returns faults, so that each can be
//! tried on three lines; this file knows which rule meets which file. The catalogues of sentences are compared by the
//! front end's own check, which knows its plural forms.

mod functions;
mod migrations;
mod names;
mod references;
mod sizes;
mod text;

use anyhow::Result;

use crate::files;
use crate::findings::Findings;
use crate::tree::Tree;

/// A file with its text.
struct Source {
    /// Relative to the root of the tree.
    path: String,
    text: String,
}

impl Source {
    fn extension(&self) -> &str {
        extension(&self.path)
    }

    /// True for files that a program wrote and that we only keep.
    fn is_generated(&self) -> bool {
        const WRITTEN_BY_PROGRAMS: [&str; 5] =
            ["Cargo.lock", "package-lock.json", "schema.d.ts", "openapi.json", ".snap"];
        WRITTEN_BY_PROGRAMS.iter().any(|end| self.path.ends_with(end)) || self.path.contains("/golden/")
    }

    /// True for files that hold tests and nothing else.
    fn is_test(&self) -> bool {
        let name = self.path.rsplit('/').next().unwrap_or(&self.path);
        let folders = ["tests/", "e2e/", "xtask/sabotage/"];
        folders
            .iter()
            .any(|folder| self.path.starts_with(folder) || self.path.contains(&format!("/{folder}")))
            || name.contains(".test.")
            || name == "tests.rs"
            || name.ends_with("_tests.rs")
    }
}

fn extension(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// Looks at the whole tree.
pub(crate) fn run(tree: &Tree) -> Result<()> {
    let mut findings = Findings::default();
    let mut sources = Vec::new();
    for path in files::all(tree)? {
        if let Some(text) = tree.read(&path)? {
            sources.push(Source { path, text });
        }
    }
    let root = tree.root().to_string_lossy();
    for source in &sources {
        sizes::check(source, &mut findings);
        functions::check(source, &mut findings);
        names::check(source, &mut findings);
        text::check(source, &root, &mut findings);
    }
    references::check(tree, &sources, &mut findings)?;
    migrations::check(&sources, &mut findings);
    findings.close("tidy")
}

#[cfg(test)]
mod trial {
    use super::{Findings, Source};

    /// The faults that a rule finds in one file.
    pub(super) fn faults(path: &str, text: &str, rule: impl Fn(&Source, &mut Findings)) -> Vec<String> {
        let mut findings = Findings::default();
        rule(&Source { path: path.to_owned(), text: text.to_owned() }, &mut findings);
        findings.faults
    }
}
