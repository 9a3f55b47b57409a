//! Words and blanks that do not belong into a file: notes to oneself, paths of one machine, trailing blanks.

use super::Source;
use crate::findings::Findings;

/// Notes to oneself. Put together here, so that this file does not find itself.
const NOTES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
const STUBS: [&str; 2] = [concat!("todo", "!("), concat!("unimplemented", "!(")];
/// Folders in which only one person's machine keeps anything.
const HOMES: [&str; 3] = [concat!("/ho", "me/"), concat!("/Us", "ers/"), concat!("/ro", "ot/")];
/// Files whose blanks mean something, or that come from elsewhere as they are.
const AS_THEY_ARE: [&str; 6] = ["patch", "snap", "svg", "tsv", "vtt", "srt"];

/// `root` is the folder that holds the tree: its name must stand in no file.
pub(super) fn check(source: &Source, root: &str, findings: &mut Findings) {
    if source.is_generated() || source.path == "LICENSE" {
        return;
    }
    if source.extension() == "rs" && !source.text.starts_with("//!") {
        findings.fault(format!("{}: begins without `//!`: say what the file holds", source.path));
    }
    let strict = !AS_THEY_ARE.contains(&source.extension());
    if strict && !source.text.is_empty() && (!source.text.ends_with('\n') || source.text.ends_with("\n\n")) {
        findings.fault(format!("{}: ends without exactly one line break", source.path));
    }
    for (number, line) in source.text.lines().enumerate() {
        for fault in line_faults(line, root, strict) {
            findings.fault(format!("{}:{}: {fault}", source.path, number + 1));
        }
    }
}

fn line_faults(line: &str, root: &str, strict: bool) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some(note) = NOTES.iter().find(|note| has_word(line, note)) {
        faults.push(format!("{note}: do it now, or write an issue"));
    }
    if let Some(stub) = STUBS.iter().find(|stub| line.contains(*stub)) {
        faults.push(format!("`{stub}...)`: a stub"));
    }
    if HOMES.iter().any(|home| names_a_folder(line, home)) || (is_distinct(root) && line.contains(root)) {
        faults.push("a path of one machine".to_owned());
    }
    if strict && line.ends_with([' ', '\t']) {
        faults.push("trailing blanks".to_owned());
    }
    faults
}

/// A root such as `/src` is too common a word to search for.
fn is_distinct(root: &str) -> bool {
    root.split('/').filter(|part| !part.is_empty()).count() >= 2
}

/// True for a folder in somebody's home, not for a URL or a relative path that has the same word in it.
fn names_a_folder(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(at, _)| {
        let before = line[..at].chars().next_back().unwrap_or(' ');
        let after = line[at + home.len()..].chars().next().unwrap_or(' ');
        !(before.is_alphanumeric() || before == '.' || before == '}') && after.is_alphanumeric()
    })
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let edge =
            |letter: Option<char>| !letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
        edge(line[..at].chars().next_back()) && edge(line[at + word.len()..].chars().next())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tidy::trial;

    fn faults(path: &str, text: &str) -> Vec<String> {
        trial::faults(path, text, |source, findings| check(source, "/build/anteroom", findings))
    }

    #[test]
    fn a_rust_file_says_what_it_holds() {
        assert_eq!(faults("a.rs", "fn a() {}\n").len(), 1);
        assert_eq!(faults("a.rs", "//! A.\nfn a() {}\n"), Vec::<String>::new());
    }

    #[test]
    fn notes_and_stubs_are_found_as_whole_words() {
        assert_eq!(faults("a.ts", &format!("// {}: later\n", NOTES[0])).len(), 1);
        assert_eq!(faults("a.md", &format!("{} me\n", NOTES[1])).len(), 1);
        assert_eq!(faults("a.sh", &format!("mktemp {0}{0}\n", NOTES[2])), Vec::<String>::new());
        assert_eq!(faults("a.rs", &format!("//! a\nfn a() {{ {}) }}\n", STUBS[0])).len(), 1);
    }

    #[test]
    fn paths_of_one_machine_are_found() {
        assert_eq!(faults("a.md", &format!("see {}anna/x\n", HOMES[0])).len(), 1);
        assert_eq!(faults("a.md", "see /build/anteroom/web\n").len(), 1);
        assert_eq!(
            faults("a.md", &format!("web{0}x, https://a.example{0}x and `{0}`\n", HOMES[0])),
            Vec::<String>::new()
        );
    }

    #[test]
    fn blanks_at_the_end_are_found() {
        assert_eq!(faults("a.md", "a \n").len(), 1);
        assert_eq!(faults("a.md", "a").len(), 1);
        assert_eq!(faults("a.md", "a\n\n").len(), 1);
        assert_eq!(faults("a.patch", " \n"), Vec::<String>::new());
    }
}
