//! One act of sabotage: a patch with two lines on top that say what it breaks and who must notice.
//!
//! ```text
//! # guard: a used-up link lets nobody in
//! # red: anteroom-domain access::tests::a_full_link_denies
//! ```

use anyhow::{Context, Result};

/// A patch of `xtask/sabotage/`.
#[derive(Debug)]
pub(super) struct Patch {
    /// The file name without `.patch`.
    pub(super) name: String,
    /// The guard that it takes out, in words.
    pub(super) guard: String,
    pub(super) red: Red,
    /// The patch itself, header included: `git apply` skips what is no hunk.
    pub(super) text: String,
}

/// The test that must turn red.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Red {
    Rust { package: String, test: String },
    Web { test: String },
}

impl Patch {
    pub(super) fn parse(path: &str, text: &str) -> Result<Self> {
        let name = path.rsplit('/').next().unwrap_or(path).trim_end_matches(".patch").to_owned();
        let header = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key));
            line.map(str::trim).with_context(|| format!("{path}: a line `{key} ...` is missing"))
        };
        let guard = header("# guard:")?.to_owned();
        let (package, test) = header("# red:")?
            .split_once(' ')
            .with_context(|| format!("{path}: `# red: <crate> <test name>`"))?;
        let (package, test) = (package.to_owned(), test.trim().to_owned());
        let red = if package == "web" { Red::Web { test } } else { Red::Rust { package, test } };
        Ok(Self { name, guard, red, text: text.to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_header_is_read() {
        let patch =
            Patch::parse("a/full-link.patch", "# guard: a full link\n# red: anteroom-domain a::b\n--- a\n")
                .unwrap();
        assert_eq!((patch.name.as_str(), patch.guard.as_str()), ("full-link", "a full link"));
        assert_eq!(patch.red, Red::Rust { package: "anteroom-domain".into(), test: "a::b".into() });
        let web = Patch::parse("a/b.patch", "# guard: g\n# red: web says who is inside\n").unwrap();
        assert_eq!(web.red, Red::Web { test: "says who is inside".into() });
    }

    #[test]
    fn a_patch_without_a_header_is_refused() {
        assert!(Patch::parse("a/b.patch", "--- a\n+++ b\n").is_err());
        assert!(Patch::parse("a/b.patch", "# guard: g\n# red: anteroom-domain\n").is_err());
    }
}
