//! Circles between the modules of a crate, at every level: those right below the root, and those below each module.
//!
//! Two modules that import each other are one module in two files: neither can be read, tested or moved alone. A name
//! that is taken from their common parent counts as its home module; what the parent itself uses of its children does
//! not count below the root, and neither do tests.

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
        for parent in parents(&modules) {
            let arrows = arrows(&modules, &parent);
            for circle in circles(&arrows) {
                findings.fault(told(tree, package, &parent, &arrows, &circle));
            }
        }
    }
    Ok(())
}

fn told(tree: &Tree, package: &Package, parent: &[String], arrows: &Arrows, circle: &[String]) -> String {
    let place = if parent.is_empty() { String::new() } else { format!(" below {}", parent.join("::")) };
    let mut message = format!("{}: a circle of modules{place}: {}", package.name, circle.join(" -> "));
    for pair in circle.windows(2) {
        if let Some((file, line)) = arrows.get(&(pair[0].clone(), pair[1].clone())) {
            let file = file.strip_prefix(tree.root()).unwrap_or(file);
            message.push_str(&format!("\n      {}:{line} names {}", file.display(), pair[1]));
        }
    }
    message
}

/// Every module that may have others below it; the root is the first.
fn parents(modules: &[Module]) -> BTreeSet<Vec<String>> {
    let above = modules.iter().filter_map(|module| module.path.split_last());
    above.map(|(_, parent)| parent.to_vec()).chain([Vec::new()]).collect()
}

/// From a module to another that it names, and a place where it does.
type Arrows = BTreeMap<(String, String), (std::path::PathBuf, usize)>;

fn arrows(modules: &[Module], parent: &[String]) -> Arrows {
    let below = |module: &&Module| module.path.starts_with(parent);
    let name_of = |module: &Module| module.path.get(parent.len()).cloned();
    let children: BTreeSet<String> = modules.iter().filter(below).filter_map(name_of).collect();
    let children: BTreeSet<&str> = children.iter().map(String::as_str).collect();
    let own = modules.iter().find(|module| module.path == parent);
    let taken = if parent.is_empty() { Taken::Exports } else { Taken::Uses };
    let homes =
        own.map(|own| homes(&without_tests(&code_only(&own.source)), &children, taken)).unwrap_or_default();
    let mut arrows = Arrows::new();
    for module in modules.iter().filter(below).filter(|module| !module.for_tests) {
        let code = without_tests(&code_only(&module.source));
        let (from, named) = match (name_of(module), parent) {
            (Some(child), _) => (child, named_by_module(&code, parent, module.path.len() - parent.len())),
            (None, []) => (ROOT.to_owned(), named_by_root(&code, &children)),
            (None, _) => continue,
        };
        for (name, at) in named {
            let to = if children.contains(name.as_str()) { Some(&name) } else { homes.get(&name) };
            let to = to.map(String::as_str).or(parent.is_empty().then_some(ROOT));
            if let Some(to) = to.filter(|to| *to != from) {
                let place = (module.file.clone(), line_of(&code, at));
                arrows.entry((from.clone(), to.to_owned())).or_insert(place);
            }
        }
    }
    arrows
}

/// The names right below `parent` that the code of a module so many steps below it uses, with their offsets.
fn named_by_module(code: &str, parent: &[String], steps: usize) -> Vec<(String, usize)> {
    let by_root: String = ["crate"].into_iter().chain(parent.iter().map(String::as_str)).map(step).collect();
    let by_steps = step("super").repeat(steps);
    let mut named = Vec::new();
    for (prefix, first) in [(by_root.as_str(), "crate"), (by_steps.as_str(), "super")] {
        for at in words(code, first).filter(|at| code[*at..].starts_with(prefix)) {
            // `super::super` seen from its second word is the same path: only the whole chain counts.
            let chained = code[..at].ends_with("super::") || code[at + prefix.len()..].starts_with("super::");
            if !chained {
                named.extend(heads(code, at + prefix.len()).into_iter().map(|name| (name, at)));
            }
        }
    }
    named
}

fn step(name: &str) -> String {
    format!("{name}::")
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

/// Which names a parent's children may take from it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Taken {
    /// What it exports.
    Exports,
    /// Whatever it uses: its children see that too.
    Uses,
}

/// Where the `pub use ...;` lines stand.
fn exports(code: &str) -> Vec<(usize, usize)> {
    uses(code, Taken::Exports)
}

fn uses(code: &str, taken: Taken) -> Vec<(usize, usize)> {
    let uses = words(code, "use").filter(|at| {
        if taken == Taken::Uses {
            return true;
        }
        let before = code[..*at].trim_end();
        before.ends_with("pub")
            || before.ends_with(')')
                && before.rfind("pub(").is_some_and(|open| !before[open..].contains('\n'))
    });
    uses.map(|at| (at, code[at..].find(';').map_or(code.len(), |end| at + end))).collect()
}

/// The names that may be taken from a parent, with the child that each comes from.
fn homes(code: &str, tops: &BTreeSet<&str>, taken: Taken) -> BTreeMap<String, String> {
    let mut homes = BTreeMap::new();
    for (start, end) in uses(code, taken) {
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
        let all = parents(&modules).into_iter().flat_map(|parent| circles(&arrows(&modules, &parent)));
        all.map(|circle| circle.join(" ")).collect()
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
    fn neighbours_inside_one_module_are_found_whatever_way_they_are_named() {
        let of = |one: &str, two: &str| {
            let parent = "use two::Typed; mod one; mod two;";
            found(&[("", "mod a;"), ("a", parent), ("a::one", one), ("a::two", two), ("a::two::deep", "")])
        };
        assert_eq!(of("use super::two::X;", "use super::one::Y;"), ["one two one"]);
        assert_eq!(of("use super::Typed;", "use crate::a::one::{Y, Z};"), ["one two one"]);
        assert_eq!(of("use super::two::X;", "use super::shared;"), Vec::<String>::new());
        let deep = ("a::two::deep", "use super::super::one::Y;");
        let files = [("", "mod a;"), ("a", "mod one; mod two;"), ("a::one", "use super::two::X;"), deep];
        assert_eq!(found(&files), ["one two one"]);
    }

    #[test]
    fn what_a_parent_uses_and_tests_do_not_count() {
        let files = [
            ("", "mod a; mod b;"),
            ("a", "use crate::b::X; use one::Y; mod one;"),
            ("a::one", "use super::Z;"),
            ("b", "#[cfg(test)] mod tests { use crate::a::X; }\n// use crate::a::X;"),
        ];
        assert_eq!(found(&files), Vec::<String>::new());
    }
}
