//! How long a source file may be.
//!
//! A long file hides a second noun. Style sheets, golden tables and generated files are exempt: their length is not
//! ours to choose.

use super::Source;
use crate::findings::Findings;

const NOTE_FROM: usize = 300;
const LIMIT: usize = 400;
const LIMIT_OF_TESTS: usize = 600;
const COUNTED: [&str; 10] = ["rs", "ts", "js", "mjs", "cjs", "svelte", "html", "sh", "py", "sql"];

pub(super) fn check(source: &Source, findings: &mut Findings) {
    if !COUNTED.contains(&source.extension()) || source.is_generated() {
        return;
    }
    let lines = source.text.lines().count();
    let limit = if source.is_test() { LIMIT_OF_TESTS } else { LIMIT };
    if lines > limit {
        findings.fault(format!("{}: {lines} lines, at most {limit}: look for the missing noun", source.path));
    } else if lines > NOTE_FROM && !source.is_test() {
        findings.remark(format!("{}: {lines} lines, fine up to {NOTE_FROM}", source.path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::trial::faults;

    fn long(path: &str, lines: usize) -> usize {
        faults(path, &"x\n".repeat(lines), check).len()
    }

    #[test]
    fn code_ends_at_400_lines_and_tests_at_600() {
        assert_eq!(long("crates/app/src/door.rs", 400), 0);
        assert_eq!(long("crates/app/src/door.rs", 401), 1);
        assert_eq!(long("crates/app/tests/door.rs", 600), 0);
        assert_eq!(long("crates/app/tests/door.rs", 601), 1);
        assert_eq!(long("web/src/ui/Player.svelte", 401), 1);
    }

    #[test]
    fn style_and_generated_files_are_exempt() {
        assert_eq!(long("web/src/styles/base.css", 900), 0);
        assert_eq!(long("web/src/api/schema.d.ts", 9000), 0);
        assert_eq!(long("Cargo.lock", 9000), 0);
    }

    #[test]
    fn a_long_file_gets_a_remark_before_it_is_too_long() {
        let mut findings = Findings::default();
        check(&Source { path: "a.rs".into(), text: "x\n".repeat(301) }, &mut findings);
        assert_eq!((findings.faults.len(), findings.remarks.len()), (0, 1));
    }
}
