//! npm packages and the built front end, each only when there is need.
//!
//! npm keeps its own record of what it installed; comparing that with the lock file also notices what somebody
//! installed or removed by hand. The note about the build lies in `node_modules`, outside of what is embedded.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Map, Value};

use crate::command;
use crate::files;
use crate::stamp;
use crate::tree::Tree;

/// Installs exactly what the lock file says.
pub(super) fn packages(tree: &Tree, folder: &str) -> Result<()> {
    let wanted = record(&tree.at(folder).join("package-lock.json")).context("commit package-lock.json")?;
    let found = record(&tree.at(folder).join("node_modules/.package-lock.json"));
    if !found.is_ok_and(|found| is_installed(&wanted, &found)) {
        println!("npm ci in {folder}");
        command::run(tree, &mut tree.npm(folder, &["ci", "--no-audit", "--no-fund", "--loglevel=error"]))?;
    }
    Ok(())
}

/// The packages of a lock file by their place, without the project itself.
fn record(file: &Path) -> Result<Map<String, Value>> {
    let mut lock: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
    let mut packages =
        lock["packages"].as_object_mut().map(std::mem::take).context("a lock file has packages")?;
    packages.remove("");
    Ok(packages)
}

/// True when every package is there in its version, and none besides. Optional packages for other systems may be
/// missing.
fn is_installed(wanted: &Map<String, Value>, found: &Map<String, Value>) -> bool {
    let is_same = |place: &String, entry: &Value| {
        found.get(place).map(|other| &other["version"]) == Some(&entry["version"])
    };
    let may_miss =
        |place: &String, entry: &Value| entry["optional"] == Value::Bool(true) && !found.contains_key(place);
    wanted.iter().all(|(place, entry)| is_same(place, entry) || may_miss(place, entry))
        && found.keys().all(|place| wanted.contains_key(place))
}

/// Builds the front end into `dist`, unless the one that lies there came from the same sources.
pub(super) fn build(tree: &Tree, folder: &str) -> Result<()> {
    let made = || -> Result<String> {
        let sources = stamp::of_files(tree.root(), &files::under(tree, folder)?)?;
        let dist = tree.at(folder).join("dist");
        Ok(format!("{sources} {}", stamp::of_files(&dist, &stamp::listing(&dist)?)?))
    };
    let mark = tree.at(folder).join("node_modules/.stamp-build");
    if !tree.at(folder).join("dist").is_dir() || !is_current(&mark, &made()?) {
        println!("npm run build in {folder}");
        command::run(tree, &mut tree.npm(folder, &["run", "--silent", "build"]))?;
        std::fs::write(mark, made()?)?;
    }
    Ok(())
}

fn is_current(mark: &PathBuf, wanted: &str) -> bool {
    std::fs::read_to_string(mark).is_ok_and(|found| found == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn installed(wanted: Value, found: Value) -> bool {
        is_installed(wanted.as_object().unwrap(), found.as_object().unwrap())
    }

    #[test]
    fn what_is_installed_must_be_what_is_locked() {
        let one = json!({"node_modules/a": {"version": "1.0.0"}});
        assert!(installed(one.clone(), one.clone()));
        assert!(!installed(one.clone(), json!({"node_modules/a": {"version": "1.0.1"}})));
        assert!(!installed(one.clone(), json!({})));
        assert!(!installed(json!({}), one));
    }

    #[test]
    fn an_optional_package_may_be_missing_and_may_not_be_another() {
        let optional = json!({"node_modules/a": {"version": "1.0.0", "optional": true}});
        assert!(installed(optional.clone(), json!({})));
        assert!(!installed(optional, json!({"node_modules/a": {"version": "2.0.0"}})));
    }
}
