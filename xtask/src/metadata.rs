//! What cargo says about our packages and those that they are built on.
//!
//! Asked for Linux on x86-64 only: what other systems would build is neither built nor shipped by us. `cargo metadata`
//! also names optional packages that nobody switched on; `cargo tree` knows what is really built.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::command;
use crate::tree::Tree;

const PLATFORM: &str = "x86_64-unknown-linux-gnu";

/// The packages of the build, ours and others'.
pub(crate) struct Metadata {
    pub(crate) packages: Vec<Package>,
}

/// One package.
#[derive(Clone, Debug, Default)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) licence: Option<String>,
    /// `None` for our own.
    pub(crate) source: Option<String>,
    pub(crate) manifest: PathBuf,
    pub(crate) needs: Vec<Need>,
    /// The root file of each target.
    pub(crate) targets: Vec<Target>,
}

/// A direct dependency as the manifest says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Need {
    pub(crate) name: String,
    pub(crate) for_tests: bool,
}

/// One target: library, binary, integration test, example, bench or build script.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) kind: String,
    pub(crate) root: PathBuf,
}

impl Metadata {
    /// Asks cargo.
    pub(crate) fn of(tree: &Tree) -> Result<Self> {
        let metadata = ["metadata", "--format-version", "1", "--filter-platform", PLATFORM];
        let value: Value = serde_json::from_str(&command::output(&mut tree.cargo(&metadata))?)?;
        let all: Vec<Package> = list(&value, "packages").iter().map(package).collect::<Result<_>>()?;
        let built = built(tree, &["--workspace", "--edges", "normal,build,dev"])?;
        let is_built = |package: &Package| built.contains(&(package.name.clone(), package.version.clone()));
        Ok(Self { packages: all.into_iter().filter(is_built).collect() })
    }

    /// Our own packages.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.source.is_none())
    }
}

impl Package {
    /// The names of everything that it is built on, directly or not; what only its tests need is left out.
    pub(crate) fn foundations(&self, tree: &Tree) -> Result<BTreeSet<String>> {
        let below = built(tree, &["--package", &self.name, "--edges", "normal,build"])?;
        Ok(below.into_iter().map(|(name, _)| name).filter(|name| *name != self.name).collect())
    }
}

/// Names and versions of what cargo builds for a choice of packages.
fn built(tree: &Tree, choice: &[&str]) -> Result<BTreeSet<(String, String)>> {
    let mut cargo = tree.cargo(&["tree", "--prefix", "none", "--format", "{p}", "--target", PLATFORM]);
    Ok(command::output(cargo.args(choice))?.lines().filter_map(tree_line).collect())
}

/// A line such as `serde v1.0.229 (proc-macro) (*)`.
fn tree_line(line: &str) -> Option<(String, String)> {
    let mut words = line.split_whitespace();
    let (name, version) = (words.next()?, words.next()?);
    Some((name.to_owned(), version.strip_prefix('v')?.to_owned()))
}

fn package(value: &Value) -> Result<Package> {
    let need = |value: &Value| -> Result<Need> {
        Ok(Need { name: text(value, "name")?, for_tests: value["kind"].as_str() == Some("dev") })
    };
    let target = |value: &Value| -> Result<Target> {
        let kind = value["kind"][0].as_str().unwrap_or("lib").to_owned();
        Ok(Target { kind, root: text(value, "src_path")?.into() })
    };
    Ok(Package {
        name: text(value, "name")?,
        version: text(value, "version")?,
        licence: value["license"].as_str().map(str::to_owned),
        source: value["source"].as_str().map(str::to_owned),
        manifest: text(value, "manifest_path")?.into(),
        needs: list(value, "dependencies").iter().map(need).collect::<Result<_>>()?,
        targets: list(value, "targets").iter().map(target).collect::<Result<_>>()?,
    })
}

fn list<'a>(value: &'a Value, key: &str) -> &'a [Value] {
    value.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text(value: &Value, key: &str) -> Result<String> {
    Ok(value[key].as_str().with_context(|| format!("cargo metadata: {key} is missing"))?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_package_is_read_with_its_needs_and_targets() {
        let package = package(&json!({
            "name": "anteroom-app", "version": "0.1.0", "license": "Apache-2.0", "source": null,
            "manifest_path": "app/Cargo.toml",
            "dependencies": [{"name": "serde", "kind": null}, {"name": "proptest", "kind": "dev"}],
            "targets": [{"kind": ["lib"], "src_path": "app/src/lib.rs"}],
        }))
        .unwrap();
        let needs: Vec<(&str, bool)> =
            package.needs.iter().map(|need| (need.name.as_str(), need.for_tests)).collect();
        assert_eq!(needs, [("serde", false), ("proptest", true)]);
        assert_eq!((package.source, package.targets.len()), (None, 1));
    }

    #[test]
    fn lines_of_the_tree_name_package_and_version() {
        let pair = |name: &str, version: &str| Some((name.to_owned(), version.to_owned()));
        assert_eq!(tree_line("syn v2.0.119 (proc-macro) (*)"), pair("syn", "2.0.119"));
        assert_eq!(tree_line("toml v1.2.1+spec-1.1.0"), pair("toml", "1.2.1+spec-1.1.0"));
        assert_eq!(tree_line(""), None);
    }

    #[test]
    fn foundations_leave_out_what_only_tests_need() {
        let package = Package { name: "xtask".into(), ..Package::default() };
        let below = package.foundations(&Tree::open().unwrap()).unwrap();
        assert!(below.contains("anyhow") && !below.contains("xtask"), "{below:?}");
    }
}
