//! Names that say nothing: a file or type called after its role in the code and not after a thing of the product.

use super::Source;
use crate::findings::Findings;
use crate::rust_text::{code_only, identifier, line_of, words};

const EMPTY: [&str; 10] =
    ["utils", "util", "common", "helper", "helpers", "manager", "managers", "service", "services", "misc"];
const CODE: [&str; 7] = ["rs", "ts", "js", "mjs", "svelte", "css", "html"];

pub(super) fn check(source: &Source, findings: &mut Findings) {
    if !CODE.contains(&source.extension()) {
        return;
    }
    let mut parts: Vec<&str> = source.path.split('/').collect();
    let file = parts.pop().unwrap_or_default();
    if file == "mod.rs" {
        findings.fault(format!("{}: a module is `name.rs` beside `name/`, never `mod.rs`", source.path));
    }
    let stem = file.split('.').next().unwrap_or(file);
    for name in parts.into_iter().chain([stem]).filter(|name| is_empty_name(name)) {
        findings.fault(format!("{}: `{name}` says nothing; name the thing that it holds", source.path));
    }
    for (line, name) in declared_names(source) {
        findings.fault(format!("{}:{line}: `{name}` says nothing; name the thing that it is", source.path));
    }
}

/// The last word of a name decides: `service-worker` is a worker, `mail_service` is a service.
fn is_empty_name(name: &str) -> bool {
    let last = last_word(name).to_ascii_lowercase();
    EMPTY.contains(&last.as_str())
}

fn last_word(name: &str) -> &str {
    let name = name.rsplit(['_', '-']).next().unwrap_or(name);
    let capital = name.rfind(|letter: char| letter.is_ascii_uppercase());
    match capital {
        Some(at) if name[at..].len() > 1 => &name[at..],
        _ => name,
    }
}

/// Types and inline modules with an empty name, by line.
fn declared_names(source: &Source) -> Vec<(usize, String)> {
    let keywords: &[&str] = match source.extension() {
        "rs" => &["mod", "struct", "enum", "trait", "type"],
        "ts" | "svelte" => &["class", "interface", "enum", "type"],
        _ => return Vec::new(),
    };
    // Close enough for TypeScript too: comments look the same, and quotes only ever hide more.
    let code = code_only(&source.text);
    let mut found = Vec::new();
    for keyword in keywords {
        for at in words(&code, keyword) {
            let name = identifier(&code, at + keyword.len());
            if is_empty_name(name) {
                found.push((line_of(&code, at), name.to_owned()));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::trial::faults;

    #[test]
    fn empty_names_of_files_and_folders_are_refused() {
        for path in [
            "crates/app/src/utils.rs",
            "crates/app/src/mail_service.rs",
            "web/src/common/a.ts",
            "web/src/ui/DoorManager.svelte",
            "a/tests/helpers.rs",
        ] {
            assert_eq!(faults(path, "", check).len(), 1, "{path}");
        }
        assert_eq!(faults("crates/app/src/door/mod.rs", "", check).len(), 1);
    }

    #[test]
    fn things_of_the_product_are_welcome() {
        for path in [
            "crates/app/src/door.rs",
            "web/src/service-worker.ts",
            "docs/common.md",
            "web/src/ui/Commons.svelte",
        ] {
            assert!(faults(path, "", check).is_empty(), "{path}");
        }
    }

    #[test]
    fn empty_type_names_are_refused() {
        let text =
            "//! A manager? No.\npub struct LinkManager;\nmod util { }\nstruct Door;\nuse tower::Service;\n";
        assert_eq!(faults("a.rs", text, check).len(), 2);
    }
}
