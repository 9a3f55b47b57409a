//! The modules of a target: its root file and every file that a `mod` line reaches from there.
//!
//! Both the search for circles and the search for forgotten files walk the tree with this.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::rust_text::{code_only, identifier, line_of, without_tests, words};

/// One file of a target.
pub(crate) struct Module {
    /// The path below the crate: empty for the root file.
    pub(crate) path: Vec<String>,
    pub(crate) file: PathBuf,
    /// The text as it is written.
    pub(crate) source: String,
    /// True when it is compiled for tests only.
    pub(crate) for_tests: bool,
}

/// Every file of the target with this root file.
pub(crate) fn of_target(root: &Path) -> Result<Vec<Module>> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    let folder = root.parent().context("a target needs a folder")?.to_path_buf();
    walk(
        &mut found,
        &mut seen,
        Place { path: Vec::new(), file: root.to_path_buf(), folder, for_tests: false },
    )?;
    Ok(found)
}

/// A file to look at, and the folder where the files of its modules lie.
struct Place {
    path: Vec<String>,
    file: PathBuf,
    folder: PathBuf,
    for_tests: bool,
}

fn walk(found: &mut Vec<Module>, seen: &mut HashSet<PathBuf>, place: Place) -> Result<()> {
    // A file that is missing is the compiler's to report, and in words that help more.
    if !seen.insert(place.file.clone()) || !place.file.is_file() {
        return Ok(());
    }
    let source = std::fs::read_to_string(&place.file)
        .with_context(|| format!("cannot read {}", place.file.display()))?;
    let below: Vec<Place> = declared(&source)
        .into_iter()
        .map(|declared| {
            let mut path = place.path.clone();
            path.push(declared.name.clone());
            let for_tests = place.for_tests || declared.for_tests;
            match declared.file {
                Some(file) => {
                    let file = place.file.parent().unwrap_or(Path::new("")).join(file);
                    let folder = file.parent().unwrap_or(Path::new("")).to_path_buf();
                    Place { path, file, folder, for_tests }
                }
                None => {
                    let plain = place.folder.join(format!("{}.rs", declared.name));
                    let nested = place.folder.join(&declared.name).join("mod.rs");
                    let file = if nested.is_file() { nested } else { plain };
                    Place { path, file, folder: place.folder.join(&declared.name), for_tests }
                }
            }
        })
        .collect();
    found.push(Module { path: place.path, file: place.file, source, for_tests: place.for_tests });
    below.into_iter().try_for_each(|place| walk(found, seen, place))
}

/// One `mod name;` line.
#[derive(Debug, PartialEq, Eq)]
struct Declared {
    name: String,
    /// The file that a `#[path = "..."]` names.
    file: Option<String>,
    for_tests: bool,
}

fn declared(source: &str) -> Vec<Declared> {
    let code = code_only(source);
    let product = without_tests(&code);
    let mut list = Vec::new();
    for at in words(&code, "mod") {
        let name = identifier(&code, at + 3);
        let after = code[at + 3..].trim_start().get(name.len()..).unwrap_or("").trim_start();
        if name.is_empty() || !after.starts_with(';') {
            continue;
        }
        let for_tests = product[at..at + 3].trim().is_empty();
        list.push(Declared { name: name.to_owned(), file: path_attribute(source, at), for_tests });
    }
    list
}

/// The value of `#[path = "..."]` on the line of the declaration or the line above.
fn path_attribute(source: &str, at: usize) -> Option<String> {
    let line = line_of(source, at);
    let near = source.lines().skip(line.saturating_sub(2)).take(2);
    let attribute = near.map(str::trim).find_map(|line| line.strip_prefix("#[path = \""))?;
    attribute.split_once('"').map(|(file, _)| file.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_found_and_blocks_are_not() {
        let source = "pub mod door;\n// mod old;\nmod inline { fn f() {} }\n#[cfg(test)]\nmod tests;\n";
        let names: Vec<(String, bool)> =
            declared(source).into_iter().map(|d| (d.name, d.for_tests)).collect();
        assert_eq!(names, [("door".to_owned(), false), ("tests".to_owned(), true)]);
    }

    #[test]
    fn a_path_attribute_names_the_file() {
        let list = declared("#[path = \"engine/lite.rs\"]\nmod lite;\nmod pg;\n");
        assert_eq!(list[0].file.as_deref(), Some("engine/lite.rs"));
        assert_eq!(list[1].file, None);
    }

    #[test]
    fn the_walk_reaches_nested_files_and_inherits_the_test_mark() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        };
        write("lib.rs", "mod door;\n#[cfg(test)]\nmod trial;\n");
        write("door.rs", "mod queue;\n");
        write("door/queue.rs", "");
        write("trial.rs", "mod peer;\n");
        write("trial/peer.rs", "");
        let modules = of_target(&folder.path().join("lib.rs")).unwrap();
        let seen: Vec<(String, bool)> = modules.iter().map(|m| (m.path.join("::"), m.for_tests)).collect();
        let expected =
            [("", false), ("door", false), ("door::queue", false), ("trial", true), ("trial::peer", true)];
        assert_eq!(seen, expected.map(|(path, test)| (path.to_owned(), test)));
    }
}
