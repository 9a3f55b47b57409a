//! Secrets in files: every spelling of every secret is looked for in one pass, so that a whole database is read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};

/// Texts from this length on are looked for by their halves: a line may break anywhere between its letters.
const HALVED_FROM: usize = 24;

/// What must lie around nowhere.
#[derive(Debug, Default, Clone)]
pub struct Secrets {
    kept: Vec<(String, String, bool)>,
}

/// Looks for secrets.
pub struct Search {
    finder: AhoCorasick,
    needles: Vec<Needle>,
}

struct Needle {
    what: String,
    how: &'static str,
    /// Digits alone: more digits beside them make another number.
    is_number: bool,
}

impl Secrets {
    /// Keeps the text of a secret; `what` says what it is.
    pub fn add(&mut self, what: &str, text: &str) {
        self.kept.push((what.to_owned(), text.to_owned(), text.len() >= HALVED_FROM));
    }

    /// Keeps a text of which a part is no secret.
    pub fn add_whole(&mut self, what: &str, text: &str) {
        self.kept.push((what.to_owned(), text.to_owned(), false));
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.kept.len()
    }

    /// Something that looks for all of them.
    ///
    /// # Panics
    /// When there are too many.
    pub fn search(&self) -> Search {
        let mut needles = BTreeMap::new();
        for (what, text, halved) in &self.kept {
            for (how, bytes) in spellings(text, *halved) {
                let is_number = bytes.iter().all(u8::is_ascii_digit);
                needles.entry(bytes).or_insert(Needle { what: what.clone(), how, is_number });
            }
        }
        let finder = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(needles.keys());
        Search { finder: finder.expect("few needles"), needles: needles.into_values().collect() }
    }
}

impl Search {
    /// What stands in these bytes first, and how.
    pub fn find(&self, bytes: &[u8]) -> Option<String> {
        let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
        let mut found = self.finder.find_overlapping_iter(bytes);
        let found = found.find(|found| {
            let beside = is_digit(found.start().checked_sub(1)) || is_digit(Some(found.end()));
            !(self.needles[found.pattern()].is_number && beside)
        });
        found.map(|found| {
            let Needle { what, how, .. } = &self.needles[found.pattern()];
            format!("{what} {how}")
        })
    }

    /// Looks into every file below these folders. Answers how many there were.
    ///
    /// # Errors
    /// A sentence that names the file and what stands in it.
    pub fn look_below(&self, folders: &[&Path]) -> Result<usize, String> {
        let files: Vec<_> = folders.iter().flat_map(|folder| files_below(folder)).collect();
        for file in &files {
            // Some files of a running database come and go.
            let Ok(bytes) = std::fs::read(file) else { continue };
            if let Some(found) = self.find(&bytes) {
                return Err(format!("{found} stands in {}", file.display()));
            }
        }
        Ok(files.len())
    }
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

/// The spellings in which a secret could lie around.
fn spellings(text: &str, halved: bool) -> Vec<(&'static str, Vec<u8>)> {
    let mut found = of_text("in half", text, halved);
    if text.contains(['-', '_']) {
        let escaped = text.replace('-', "%2D").replace('_', "%5F");
        found.push(("percent-encoded", escaped.to_lowercase().into_bytes()));
        found.push(("percent-encoded", escaped.into_bytes()));
        found.push(("as base64 with + and /", text.replace('-', "+").replace('_', "/").into_bytes()));
    }
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        found.push(("with a space", format!("{} {}", &text[..4], &text[4..]).into_bytes()));
    }
    let wide = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    found.push(("as UTF-16", wide(u16::to_le_bytes)));
    found.push(("as UTF-16", wide(u16::to_be_bytes)));
    found.extend((0..3).map(|before| ("as base64 of its text", base64_within(text.as_bytes(), before))));
    found.push(("as hex of its text", hex(text.as_bytes())));
    let raw = URL_SAFE_NO_PAD.decode(text).ok().filter(|raw| raw.len() >= 16);
    if let Some(raw) = raw {
        found.push(("as hex", hex(&raw)));
        found.push(("as upper-case hex", hex(&raw).to_ascii_uppercase()));
        found.push(("as a list of numbers", format!("{raw:?}").trim_matches(['[', ']']).as_bytes().to_vec()));
        found.push(("as bytes", raw));
    }
    found
}

fn of_text(how: &'static str, text: &str, halved: bool) -> Vec<(&'static str, Vec<u8>)> {
    if !halved {
        return vec![("as it is", text.as_bytes().to_vec())];
    }
    let (one, other) = text.as_bytes().split_at(text.len().div_ceil(2));
    vec![(how, one.to_vec()), (how, other.to_vec())]
}

fn hex(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>().into_bytes()
}

/// What base64 makes of bytes that stand so many bytes behind the beginning of a group of three, without the letters
/// that depend on what stands beside them.
fn base64_within(bytes: &[u8], before: usize) -> Vec<u8> {
    let mut whole = [&vec![0; before], bytes].concat();
    whole.truncate(whole.len() / 3 * 3);
    STANDARD_NO_PAD.encode(whole).into_bytes().split_off((before * 8).div_ceil(6))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a link's token: 20 bytes, with both letters that other alphabets lack.
    const TOKEN: &str = "a-b_cdefghijklmnopqrstuvwxA";

    fn search() -> Search {
        let mut secrets = Secrets::default();
        secrets.add("a token", TOKEN);
        secrets.add("a code", "12345678");
        secrets.search()
    }

    #[test]
    fn every_planted_spelling_is_found() {
        let raw = URL_SAFE_NO_PAD.decode(TOKEN).expect("a token");
        let base64 = |before: &str| STANDARD_NO_PAD.encode(format!("{before}{TOKEN} and more"));
        let wide: Vec<u8> = TOKEN.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let upper: String = raw.iter().map(|byte| format!("{byte:02X}")).collect();
        let planted: [Vec<u8>; 12] = [
            TOKEN.into(),
            format!("{}=\r\n{}", &TOKEN[..9], &TOKEN[9..]).into(),
            format!("{}\r\n {}", &TOKEN[..20], &TOKEN[20..]).into(),
            TOKEN.replace('-', "%2D").replace('_', "%5F").into(),
            TOKEN.replace('-', "%2d").replace('_', "%5f").into(),
            base64("").into(),
            base64("x").into(),
            base64("xy").into(),
            upper.into(),
            format!("{raw:?}").into(),
            raw.clone(),
            wide,
        ];
        for planted in planted {
            let found = search().find(&[b"before ", &planted[..], b" after"].concat());
            assert!(
                found.as_ref().is_some_and(|found| found.starts_with("a token ")),
                "{found:?}: {planted:?}"
            );
        }
    }

    #[test]
    fn a_code_is_found_and_part_of_a_longer_number_is_none() {
        for text in ["code=12345678", "1234 5678", "12345678"] {
            assert!(search().find(text.as_bytes()).is_some(), "{text}");
        }
        for text in ["112345678", "123456789", "nothing at all", &TOKEN[..9]] {
            assert_eq!(search().find(text.as_bytes()), None, "{text}");
        }
        assert!(search().find(b"123456781 12345678").is_some(), "the second one is a number of its own");
    }

    #[test]
    fn files_are_looked_into_wherever_they_lie() {
        let folder = tempfile::tempdir().expect("a folder");
        let deep = folder.path().join("a/b");
        std::fs::create_dir_all(&deep).expect("folders");
        std::fs::write(deep.join("clean"), [7; 100_000]).expect("a file");
        assert_eq!(search().look_below(&[folder.path()]), Ok(1));
        std::fs::write(deep.join("leak"), [&[7; 100_000], TOKEN.as_bytes()].concat()).expect("a file");
        assert!(search().look_below(&[folder.path()]).is_err_and(|found| found.ends_with("a/b/leak")));
    }
}
