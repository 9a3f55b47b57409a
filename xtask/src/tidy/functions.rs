//! How long a function may be: 70 lines from its first line to its closing brace.
//!
//! Rust is read by matching braces. TypeScript and Svelte are read by indentation, which the formatter keeps true and
//! which regular expressions and templates cannot confuse; there only functions that have a name are measured.

use super::Source;
use crate::findings::Findings;
use crate::rust_text::{block_end, body_start, code_only, identifier, line_of, words};

const LIMIT: usize = 70;

pub(super) fn check(source: &Source, findings: &mut Findings) {
    let long = match source.extension() {
        "rs" => in_rust(&source.text),
        "ts" | "js" | "mjs" | "svelte" if !source.is_generated() && !source.is_test() => {
            in_script(&source.text)
        }
        _ => Vec::new(),
    };
    for Function { name, line, lines } in long.into_iter().filter(|function| function.lines > LIMIT) {
        findings.fault(format!("{}:{line}: `{name}` has {lines} lines, at most {LIMIT}", source.path));
    }
}

struct Function {
    name: String,
    line: usize,
    lines: usize,
}

fn in_rust(text: &str) -> Vec<Function> {
    let code = code_only(text);
    let mut found = Vec::new();
    for at in words(&code, "fn") {
        let name = identifier(&code, at + 2);
        let Some(open) = body_start(code.as_bytes(), at).filter(|_| !name.is_empty()) else { continue };
        let line = line_of(&code, at);
        let last = line_of(&code, block_end(code.as_bytes(), open).min(code.len()));
        found.push(Function { name: name.to_owned(), line, lines: last - line + 1 });
    }
    found
}

fn in_script(text: &str) -> Vec<Function> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        let Some(name) = script_function(line) else { continue };
        let indent = &line[..line.len() - line.trim_start().len()];
        // The signature may span lines; the body ends at the first closing brace of the same depth.
        let closes =
            |candidate: &&str| candidate.strip_prefix(indent).is_some_and(|rest| rest.starts_with('}'));
        let body = lines[at + 1..].iter().position(closes);
        let lines = body.map_or(1, |length| length + 2);
        found.push(Function { name: name.to_owned(), line: at + 1, lines });
    }
    found
}

/// The name of the function that a line begins: `function open(`, `const open = async (`, or a method `open(...) {`.
fn script_function(line: &str) -> Option<&str> {
    let mut rest = line.trim_start();
    for word in ["export ", "default ", "public ", "private ", "static ", "async "] {
        rest = rest.strip_prefix(word).unwrap_or(rest);
    }
    if let Some(named) = rest.strip_prefix("function ") {
        return named.split(['(', '<']).next().map(str::trim);
    }
    if let Some((name, value)) = rest.strip_prefix("const ").and_then(|constant| constant.split_once(" = ")) {
        let value = value.strip_prefix("async ").unwrap_or(value);
        return (value.starts_with('(') && line.ends_with(['{', '('])).then_some(name);
    }
    let (name, arguments) = rest.split_once('(')?;
    let plain =
        !name.is_empty() && name.chars().all(|letter| letter.is_alphanumeric() || "_#$".contains(letter));
    let statement = ["if", "for", "while", "switch", "catch", "with"].contains(&name);
    (plain && !statement && arguments.ends_with(") {")).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::trial::faults;

    fn rust(lines: usize) -> String {
        format!(
            "//! x\nimpl A {{\n    pub fn long(a: [u8; 4]) -> u8 {{\n{}    }}\n}}\n",
            "        // }\n".repeat(lines - 2)
        )
    }

    #[test]
    fn a_rust_function_ends_at_70_lines() {
        assert_eq!(faults("a.rs", &rust(70), check), Vec::<String>::new());
        assert_eq!(faults("a.rs", &rust(71), check), ["a.rs:3: `long` has 71 lines, at most 70"]);
    }

    #[test]
    fn declarations_and_pointers_have_no_length() {
        let trait_lines = "trait T { fn a(&self); fn b(f: fn(u8) -> u8); }\n";
        assert!(in_rust(trait_lines).is_empty());
    }

    #[test]
    fn script_functions_are_measured_by_their_indentation() {
        let body = "    let a = `}`;\n".repeat(70);
        for head in [
            "function play() {",
            "const play = async (a) => {",
            "export async function play(",
            "play(a: B) {",
        ] {
            let text = format!("  {head}\n{body}  }}\n");
            assert_eq!(faults("web/src/a.ts", &text, check).len(), 1, "{head}");
        }
        let short = format!("  function play() {{\n{}  }}\n", "    go();\n".repeat(68));
        assert!(faults("web/src/a.ts", &short, check).is_empty());
    }

    #[test]
    fn statements_and_unnamed_callbacks_are_not_functions() {
        assert_eq!(script_function("  if (a) {"), None);
        assert_eq!(script_function("describe('door', () => {"), None);
        assert_eq!(script_function("  const links = list("), None);
    }
}
