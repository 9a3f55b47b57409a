//! What a reader sees of a name: two names with one look could be taken for each other.

use unicode_normalization::UnicodeNormalization;
use unicode_security::confusable_detection::skeleton;

/// What a reader sees of a name. Compatibility forms, case, accents, letters that look alike (Unicode TR 39), spaces, dots
/// and signs around it are put aside. Hides itself in Debug.
#[derive(Clone, PartialEq, Eq)]
pub struct NameLook(String);

impl NameLook {
    /// The look of a name.
    pub fn of(name: &str) -> Self {
        if name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b' ') {
            return Self(plain_look(name));
        }
        let bare: String = name.nfkd().filter(|c| !is_accent(*c)).collect();
        // Twice: capital letters have other doubles than small ones.
        let once: String = skeleton(&bare).flat_map(char::to_lowercase).collect();
        let shape: String = skeleton(&once).flat_map(char::to_lowercase).collect();
        let letters: String = shape.chars().filter(|c| c.is_alphanumeric()).map(thin).collect();
        // A name of signs alone looks like those.
        Self(if letters.is_empty() { shape } else { letters.replace("vv", "w") })
    }
}

/// The same for names of plain letters, digits and spaces, where the tables of Unicode say little.
fn plain_look(name: &str) -> String {
    let mut look = String::with_capacity(name.len() + 4);
    for letter in name.bytes().filter(|b| *b != b' ') {
        match letter.to_ascii_lowercase() {
            b'm' => look.push_str("rn"),
            b'0' => look.push('o'),
            b'1' => look.push('l'),
            other => look.push(thin(char::from(other))),
        }
    }
    if look.contains("vv") { look.replace("vv", "w") } else { look }
}

/// I, l and i are one stroke; which of them somebody meant shows in the word around it, and in many a script not at all.
const fn thin(letter: char) -> char {
    if letter == 'i' { 'l' } else { letter }
}

/// Signs on or below a letter that a reader overlooks; the vowels of Indian scripts are none.
fn is_accent(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{489}' | '\u{591}'..='\u{5BD}' | '\u{5BF}' | '\u{5C1}'..='\u{5C2}'
        | '\u{5C4}'..='\u{5C5}' | '\u{5C7}' | '\u{610}'..='\u{61A}' | '\u{64B}'..='\u{65F}' | '\u{670}'
        | '\u{6D6}'..='\u{6DC}' | '\u{6DF}'..='\u{6E8}' | '\u{6EA}'..='\u{6ED}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

impl std::fmt::Debug for NameLook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NameLook(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_look_alike_are_told() {
        for name in [
            "dana  levi",
            "DANA LEVI",
            "D\u{430}na Levi",
            "Ｄａｎａ Levi",
            "Dana Lev\u{456}",
            "Dana Levi.",
            "Dana Levi ✓",
            "★ Dana Levi ★",
            "Dána Leví",
            "Da\u{200d}na Le\u{ad}vi",
            "Dana-Levi",
            "Dana LevI",
            "Dana Lev1",
            "𝐃𝐚𝐧𝐚 Levi",
            "Dana Levi 👑",
        ] {
            assert_eq!(NameLook::of(name), NameLook::of("Dana Levi"), "{name}");
        }
        for name in ["Dana", "Dana Levin", "Diana Levi", "Dana Lev"] {
            assert_ne!(NameLook::of(name), NameLook::of("Dana Levi"), "{name}");
        }
    }

    #[test]
    fn a_double_of_a_capital_letter_is_told() {
        for (double, name) in [
            ("OIga Owner", "Olga Owner"),
            ("Ólga Owner", "Olga Owner"),
            ("0lga Owner", "Olga Owner"),
            ("Olga Ovvner", "Olga Owner"),
            ("\u{412}en", "Ben"),
            ("\u{395}va", "Eva"),
            ("To\u{4e}\u{131}", "TONI"),
            ("Rorny", "Romy"),
            ("Łukasz", "Lukasz"),
            ("שָׂרָה לֵוִי", "שרה לוי"),
        ] {
            assert_eq!(NameLook::of(double), NameLook::of(name), "{double}");
        }
        assert_ne!(NameLook::of("✓"), NameLook::of("★"));
        assert_ne!(NameLook::of("राम"), NameLook::of("रोम"), "vowels are letters");
    }

    #[test]
    fn plain_names_look_as_the_tables_say() {
        // The dot is not plain, and overlooked.
        for letter in (' '..='~').filter(|letter| letter.is_ascii_alphanumeric() || *letter == ' ') {
            let name = format!("a{letter}{letter}z");
            assert_eq!(NameLook::of(&name).0, NameLook::of(&format!("{name}.")).0, "{letter:?}");
        }
    }
}
