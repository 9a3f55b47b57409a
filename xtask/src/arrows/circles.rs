//! Circles between the top-level modules of a crate.
//!
//! Two modules that import each other are one module in two files: neither can be read, tested or moved alone. A name
//! that the root re-exports counts as its home module; tests do not count.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Result;

use crate::findings::Findings;
use crate::metadata::Package;
use crate::modules::{self, Module};
use crate::rust_text::{code_only, identifier, line_of, without_tests, words};
use crate::tree::Tree;

/// The name of the root file in messages.
const ROOT: &str = "(root)";

pub(super) fn check(tree: &Tree, package: &Package, findings: &mut Findings) -> Result<()> {
    for target in
        package.targets.iter().filter(|target| !["test", "custom-build"].contains(&target.kind.as_str()))
    {
        let modules = modules::of_target(&target.root)?;
        let arrows = arrows(&modules);
        for circle in circles(&arrows) {
            let mut message = format!("{}: a circle of modules: {}", package.name, circle.join(" -> "));
            for pair in circle.windows(2) {
                if let Some((file, line)) = arrows.get(&(pair[0].clone(), pair[1].clone())) {
                    let file = file.strip_prefix(tree.root()).unwrap_or(file);
                    message.push_str(&format!("\n      {}:{line} names {}", file.display(), pair[1]));
                }
            }
            findings.fault(message);
        }
    }
    Ok(())
}

/// From a module to another that it names, and a place where it does.
type Arrows = BTreeMap<(String, String), (std::path::PathBuf, usize)>;

fn arrows(modules: &[Module]) -> Arrows {
    let tops: BTreeSet<&str> =
        modules.iter().filter_map(|module| module.path.first()).map(String::as_str).collect();
    let homes = modules
        .first()
        .map(|root| homes(&without_tests(&code_only(&root.source)), &tops))
        .unwrap_or_default();
    let mut arrows = Arrows::new();
    for module in modules.iter().filter(|module| !module.for_tests) {
        let code = without_tests(&code_only(&module.source));
        let (from, named) = match module.path.first() {
            Some(top) => (top.as_str(), named_by_module(&code, module.path.len())),
            None => (ROOT, named_by_root(&code, &tops)),
        };
        for (name, at) in named {
            let to = if tops.contains(name.as_str()) {
                name.as_str()
            } else {
                homes.get(&name).map_or(ROOT, String::as_str)
            };
            if to != from {
                let place = (module.file.clone(), line_of(&code, at));
                arrows.entry((from.to_owned(), to.to_owned())).or_insert(place);
            }
        }
    }
    arrows
}

/// The names right below the crate root that a module's code uses, with their offsets.
fn named_by_module(code: &str, depth: usize) -> Vec<(String, usize)> {
    let to_root = format!("{}::", vec!["super"; depth].join("::"));
    let mut named = Vec::new();
    for prefix in ["crate::", to_root.as_str()] {
        let word = prefix.trim_end_matches("::");
        for at in words(code, word).filter(|at| code[at + word.len()..].starts_with("::")) {
            // `super::super` seen from its second word is the same path: only the whole chain counts.
            let chained = code[..at].ends_with("super::") || code[at + prefix.len()..].starts_with("super::");
            if !chained {
                named.extend(heads(code, at + prefix.len()).into_iter().map(|name| (name, at)));
            }
        }
    }
    named
}

/// The modules that items of the root file use; `mod` lines and re-exports are its office and do not count.
fn named_by_root(code: &str, tops: &BTreeSet<&str>) -> Vec<(String, usize)> {
    let exported = exports(code);
    let in_export = |at: usize| exported.iter().any(|(start, end)| (*start..*end).contains(&at));
    let mut named = Vec::new();
    for top in tops {
        let found = words(code, top).find(|at| code[at + top.len()..].starts_with("::") && !in_export(*at));
        named.extend(found.map(|at| ((*top).to_owned(), at)));
    }
    named
}

/// Where the `pub use ...;` lines stand.
fn exports(code: &str) -> Vec<(usize, usize)> {
    let uses = words(code, "use").filter(|at| {
        let before = code[..*at].trim_end();
        before.ends_with("pub")
            || before.ends_with(')')
                && before.rfind("pub(").is_some_and(|open| !before[open..].contains('\n'))
    });
    uses.map(|at| (at, code[at..].find(';').map_or(code.len(), |end| at + end))).collect()
}

/// The names that the root re-exports, with the module that each comes from.
fn homes(code: &str, tops: &BTreeSet<&str>) -> BTreeMap<String, String> {
    let mut homes = BTreeMap::new();
    for (start, end) in exports(code) {
        let path = code[start + 3..end].trim();
        let path = path.strip_prefix("crate::").or_else(|| path.strip_prefix("self::")).unwrap_or(path);
        let home = identifier(path, 0);
        if tops.contains(home) {
            let names = path[home.len()..].split(|letter: char| !(letter.is_alphanumeric() || letter == '_'));
            homes
                .extend(names.filter(|name| !name.is_empty()).map(|name| (name.to_owned(), home.to_owned())));
        }
    }
    homes
}

/// The first names after `crate::`: one, or each of a group in braces.
fn heads(code: &str, at: usize) -> Vec<String> {
    let rest = &code[at..];
    if !rest.starts_with('{') {
        return vec![identifier(code, at).to_owned()].into_iter().filter(|name| !name.is_empty()).collect();
    }
    let mut depth = 0;
    let mut heads = Vec::new();
    let mut expected = false;
    for (offset, letter) in rest.char_indices() {
        match letter {
            '{' => (depth, expected) = (depth + 1, depth == 0),
            '}' if depth == 1 => break,
            '}' => depth -= 1,
            ',' if depth == 1 => expected = true,
            letter if expected && !letter.is_whitespace() => {
                heads.push(identifier(rest, offset).to_owned());
                expected = false;
            }
            _ => {}
        }
    }
    heads
}

/// One circle for each group of modules that reach each other, as a walk that ends where it began.
fn circles(arrows: &Arrows) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut done: BTreeSet<&str> = BTreeSet::new();
    let starts: BTreeSet<&str> = arrows.keys().map(|(from, _)| from.as_str()).collect();
    for start in starts {
        if !done.contains(start)
            && let Some(walk) = way_back(arrows, start)
        {
            done.extend(
                arrows
                    .keys()
                    .map(|(from, _)| from.as_str())
                    .filter(|name| walk.iter().any(|step| step == name)),
            );
            found.push(walk);
        }
    }
    found
}

/// The shortest walk from a module back to itself.
fn way_back(arrows: &Arrows, start: &str) -> Option<Vec<String>> {
    let mut walks = std::collections::VecDeque::from([vec![start]]);
    let mut seen = BTreeSet::new();
    while let Some(walk) = walks.pop_front() {
        let last = *walk.last()?;
        for (_, to) in arrows.keys().filter(|(from, _)| from == last) {
            let mut longer = walk.clone();
            longer.push(to);
            if to == start {
                return Some(longer.into_iter().map(str::to_owned).collect());
            }
            if seen.insert(to.as_str()) {
                walks.push_back(longer);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let modules: Vec<Module> = files
            .iter()
            .map(|(path, source)| Module {
                path: path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect(),
                file: format!("src/{path}.rs").into(),
                source: (*source).to_owned(),
                for_tests: false,
            })
            .collect();
        circles(&arrows(&modules)).into_iter().map(|circle| circle.join(" ")).collect()
    }

    #[test]
    fn a_line_of_modules_is_no_circle() {
        let files = [
            ("", "mod a; mod b; pub use b::Door;"),
            ("a", "use crate::b::Door;"),
            ("b", "use std::fmt; pub struct Door;"),
        ];
        assert_eq!(found(&files), Vec::<String>::new());
    }

    #[test]
    fn two_modules_that_import_each_other_are_found() {
        assert_eq!(
            found(&[("", "mod a; mod b;"), ("a", "use crate::b::X;"), ("b", "fn f() { crate::a::g() }")]),
            ["a b a"]
        );
        assert_eq!(
            found(&[("", "mod a; mod b;"), ("a", "use crate::{c, b::{X, Y}};"), ("b", "use super::a;")]),
            ["a b a"]
        );
    }

    #[test]
    fn a_long_way_round_is_found_once() {
        let files = [
            ("", "mod a; mod b; mod c;"),
            ("a", "use crate::b::X;"),
            ("b", "use crate::c::X;"),
            ("c::deep", "use super::super::a::X;"),
        ];
        assert_eq!(found(&files), ["a b c a"]);
    }

    #[test]
    fn a_re_exported_name_counts_as_its_home() {
        let files = [
            ("", "mod a; mod b; pub use a::{Door, Lock as Bolt};"),
            ("a", "use crate::b::X;"),
            ("b", "use crate::Bolt;"),
        ];
        assert_eq!(found(&files), ["a b a"]);
    }

    #[test]
    fn a_root_that_holds_things_takes_part() {
        let files = [("", "mod a; pub struct App { door: a::Door }"), ("a", "use crate::App;")];
        assert_eq!(found(&files), ["(root) a (root)"]);
    }

    #[test]
    fn neighbours_inside_one_module_and_tests_do_not_count() {
        let files = [
            ("", "mod a; mod b;"),
            ("a", "use crate::b::X; mod one; mod two;"),
            ("a::one", "use super::two::X;"),
            ("a::two", "use super::one::Y;"),
            ("b", "#[cfg(test)] mod tests { use crate::a::X; }\n// use crate::a::X;"),
        ];
        assert_eq!(found(&files), Vec::<String>::new());
    }
}
