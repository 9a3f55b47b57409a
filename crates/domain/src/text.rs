//! Text that people type on one line. What cannot be seen is dropped, so that nothing hides in a name, and nobody
//! stumbles over a mark that was copied along with it.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The text as it is kept: without invisible marks and controls, cut at both ends, in NFC; empty when nothing of it can
/// be seen.
pub fn clean_line(text: &str) -> String {
    if text.is_ascii() {
        // Most of it is, and the tables say nothing of it.
        return text.trim().chars().filter(|c| !is_break(*c)).collect();
    }
    let seen = cut(text).chars().filter(|c| !is_break(*c) && (!is_unseen(*c) || is_joining(*c)));
    let clean: String = seen.nfc().collect();
    if clean.chars().any(shows) { clean } else { String::new() }
}

/// A line that may have been stored before lines were cleaned when typed. Nearly all were, so it is looked at first.
pub fn clean_stored(text: String) -> String {
    if text.contains(|c| is_break(c) || is_unseen(c)) { clean_line(&text) } else { text }
}

/// The same as [`clean_line`]; none when a control is in it.
pub(crate) fn visible_text(text: &str) -> Option<String> {
    (!cut(text).contains(is_break)).then(|| clean_line(text))
}

/// Without the space and the invisible marks at both ends: they come along when something is copied.
pub(crate) fn cut(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || is_unseen(c) && !is_selector(c))
}

fn is_break(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Characters that change how text is shown without showing themselves (Default_Ignorable_Code_Point), and those that
/// show as nothing: marks of direction, joiners, fillers, the empty braille cell.
pub(crate) fn is_unseen(character: char) -> bool {
    matches!(character,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}'..='\u{1160}' | '\u{17B4}'..='\u{17B5}'
        | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}'
        | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF0}'..='\u{FFFB}'
        | '\u{1BCA0}'..='\u{1BCA3}' | '\u{1D159}' | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Of those, what belongs to the letter beside it: Persian, Hindi and emoji need the joiners and selectors.
fn is_joining(character: char) -> bool {
    matches!(character, '\u{200C}' | '\u{200D}') || is_selector(character)
}

fn is_selector(character: char) -> bool {
    matches!(character, '\u{180B}'..='\u{180D}' | '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

fn shows(character: char) -> bool {
    !character.is_whitespace() && !is_unseen(character) && !is_combining_mark(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_along_is_cut() {
        for mark in
            ["\u{200b}", "\u{202a}", "\u{2068}", "\u{feff}", " \u{a0}", "\u{200e}\n", "\u{ad}", "\u{3164}"]
        {
            assert_eq!(clean_line(&format!("{mark}Anna{mark}")), "Anna", "{mark:?}");
        }
        assert_eq!(cut("\u{2068}anna@example.org\u{2069} "), "anna@example.org");
    }

    #[test]
    fn marks_of_direction_are_dropped_inside() {
        for mark in ['\u{202e}', '\u{200f}', '\u{2066}', '\u{feff}', '\u{200b}', '\u{61c}', '\u{e0041}'] {
            assert_eq!(visible_text(&format!("An{mark}na")).as_deref(), Some("Anna"), "{mark:?}");
        }
        for control in ['\u{0}', '\u{7f}', '\n', '\u{2028}'] {
            assert_eq!(visible_text(&format!("An{control}na")), None, "{control:?}");
        }
        assert_eq!(clean_line("My\nfilm"), "Myfilm");
    }

    #[test]
    fn what_letters_need_stays() {
        for name in ["می\u{200c}خواهم", "👩\u{200d}🚀", "Anna ❤\u{fe0f}", "क\u{94d}\u{200d}ष"]
        {
            assert_eq!(clean_line(name), name);
        }
    }

    #[test]
    fn what_was_stored_before_is_cleaned_and_the_rest_left() {
        assert_eq!(clean_stored("Lecture \u{202e}4pm.exe".into()), "Lecture 4pm.exe");
        assert_eq!(clean_stored("My\nfilm".into()), "Myfilm");
        for line in ["Lecture 4", " spaced ", "e\u{301}", "می\u{200c}خواهم", "👩\u{200d}🚀", ""] {
            assert_eq!(clean_stored(line.into()), line);
        }
    }

    #[test]
    fn what_shows_nothing_is_nothing() {
        for name in [
            "\u{200d}",
            "\u{ad}",
            "\u{3164}",
            "\u{2800}",
            "\u{200d} \u{fe0f}",
            "\u{301}",
            "\u{115f}\u{1160}",
            "\u{ffa0}",
        ] {
            assert_eq!(visible_text(name).as_deref(), Some(""), "{name:?}");
        }
    }
}
