//! Debian packages: which are missing, and how they get here.
//!
//! A tool counts as there when its program or library is found, however it was installed: hand-made installations are
//! welcome as long as they run.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::command;
use crate::tree::Tree;

/// A Debian package and what shows that it is there.
pub(crate) struct Tool {
    package: &'static str,
    sign: Sign,
}

enum Sign {
    Program(&'static str),
    /// A file below the library folder of some architecture.
    Library(&'static str),
}

/// What running and testing needs.
pub(crate) const FOR_TESTS: [Tool; 7] = [
    Tool { package: "ffmpeg", sign: Sign::Program("ffprobe") },
    Tool { package: "curl", sign: Sign::Program("curl") },
    Tool { package: "chromium", sign: Sign::Program("chromium") },
    Tool { package: "firefox-esr", sign: Sign::Program("firefox-esr") },
    Tool { package: "postgresql", sign: Sign::Program("initdb") },
    Tool { package: "libfaketime", sign: Sign::Library("faketime/libfaketimeMT.so.1") },
    Tool { package: "python3-aiosmtpd", sign: Sign::Library("dist-packages/aiosmtpd/__init__.py") },
];

/// What the benchmarks need on top: the peers and the load.
pub(crate) const FOR_BENCHMARKS: [Tool; 2] = [
    Tool { package: "nginx", sign: Sign::Program("nginx") },
    Tool { package: "wrk", sign: Sign::Program("wrk") },
];

/// Installs what is missing, or says how.
pub(crate) fn need(tree: &Tree, tools: &[Tool]) -> Result<()> {
    let missing: Vec<&str> = tools.iter().filter(|tool| !tool.is_there()).map(|tool| tool.package).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if !Path::new("/usr/bin/apt-get").is_file() {
        bail!("missing: {list}; install them with the package manager of this system");
    }
    if !rustix::process::getuid().is_root() {
        bail!(
            "missing Debian packages; install them with\n  \
             sudo apt-get update && sudo apt-get install -y --no-install-recommends {list}"
        );
    }
    println!("Installing {list}");
    if !missing.iter().all(|package| is_listed(package)) || install(tree, &missing).is_err() {
        command::run(tree, apt_get().arg("update"))?;
        install(tree, &missing)?;
    }
    match tools.iter().find(|tool| !tool.is_there()) {
        Some(tool) => bail!("{} was installed and is still not to be found", tool.package),
        None => Ok(()),
    }
}

fn install(tree: &Tree, packages: &[&str]) -> Result<()> {
    tree.go_on()?;
    command::run(tree, apt_get().args(["install", "-y", "--no-install-recommends"]).args(packages))
}

fn apt_get() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").arg("-qq");
    apt
}

/// True when apt knows of a version to install: false on a machine that never ran `apt-get update`.
fn is_listed(package: &str) -> bool {
    let policy = command::output(Command::new("apt-cache").args(["policy", package]));
    policy.is_ok_and(|text| text.lines().any(|line| line.contains("Candidate:") && !line.contains("(none)")))
}

impl Tool {
    fn is_there(&self) -> bool {
        match self.sign {
            Sign::Program(name) => find(name).is_some(),
            Sign::Library(file) => entries("/usr/lib").iter().any(|folder| folder.join(file).is_file()),
        }
    }
}

/// Where a program lies: on `PATH`, in the system folders that a plain user's `PATH` leaves out, or among PostgreSQL's.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let system = ["/usr/sbin", "/usr/local/sbin"].map(|folder| Path::new(folder).join(program));
    command::find(program).or_else(|| system.into_iter().find(|path| path.is_file())).or_else(|| {
        postgresql_folders().into_iter().map(|folder| folder.join(program)).find(|path| path.is_file())
    })
}

/// The program folders of the installed PostgreSQL versions, newest first.
fn postgresql_folders() -> Vec<PathBuf> {
    let version = |folder: &PathBuf| folder.file_name()?.to_str()?.parse::<u32>().ok();
    let mut folders = entries("/usr/lib/postgresql");
    folders.sort_unstable_by_key(|folder| std::cmp::Reverse(version(folder)));
    folders.into_iter().map(|folder| folder.join("bin")).collect()
}

fn entries(folder: &str) -> Vec<PathBuf> {
    let listed =
        std::fs::read_dir(folder).map(|entries| entries.flatten().map(|entry| entry.path()).collect());
    listed.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_or_not() {
        assert!(find("sh").is_some());
        assert!(!Tool { package: "none", sign: Sign::Library("no/such.so") }.is_there());
        assert!(!Tool { package: "none", sign: Sign::Program("no-such-program-anywhere") }.is_there());
    }
}
