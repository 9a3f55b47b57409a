//! Licence expressions: is there a way to take this package under licences that we accept?
//!
//! Reads SPDX expressions (`AND`, `OR`, `WITH`, parentheses) and the old spelling `MIT/Apache-2.0`, where the slash
//! means OR.

use super::rules::Rules;
use crate::findings::Findings;

pub(super) fn check(name: &str, licence: Option<&str>, rules: &Rules, findings: &mut Findings) {
    match licence {
        None => findings.fault(format!("{name}: names no licence")),
        Some(licence) if !accepts(licence, &rules.licences) => {
            findings.fault(format!("{name}: licence {licence} is not in the list of deny.toml"));
        }
        Some(_) => {}
    }
}

/// True when the expression can be satisfied from the list. A malformed expression cannot.
fn accepts(expression: &str, allowed: &[String]) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words, at: 0, allowed };
    reader.any() && reader.at == words.len()
}

struct Reader<'a> {
    words: &'a [&'a str],
    at: usize,
    allowed: &'a [String],
}

impl Reader<'_> {
    fn any(&mut self) -> bool {
        let mut holds = self.all();
        while self.take("OR") {
            holds |= self.all();
        }
        holds
    }

    fn all(&mut self) -> bool {
        let mut holds = self.one();
        while self.take("AND") {
            holds &= self.one();
        }
        holds
    }

    fn one(&mut self) -> bool {
        if self.take("(") {
            let holds = self.any();
            return self.take(")") && holds;
        }
        let Some(word) = self.words.get(self.at) else { return false };
        self.at += 1;
        let mut licence = (*word).to_owned();
        if self.take("WITH") {
            licence = format!("{licence} WITH {}", self.words.get(self.at).copied().unwrap_or_default());
            self.at += 1;
        }
        self.allowed.contains(&licence)
    }

    fn take(&mut self, word: &str) -> bool {
        let here = self.words.get(self.at).is_some_and(|found| found.eq_ignore_ascii_case(word));
        self.at += usize::from(here);
        here
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accepted(expression: &str) -> bool {
        accepts(
            expression,
            &["MIT", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "ISC"].map(str::to_owned),
        )
    }

    #[test]
    fn one_way_is_enough_for_or_and_both_are_needed_for_and() {
        assert!(accepted("MIT OR GPL-3.0-only"));
        assert!(!accepted("MIT AND GPL-3.0-only"));
        assert!(accepted("GPL-2.0/MIT"));
        assert!(accepted("(GPL-2.0 OR MIT) AND ISC"));
        assert!(!accepted("GPL-2.0 OR MIT AND OpenSSL"), "AND binds tighter than OR");
    }

    #[test]
    fn exceptions_belong_to_their_licence() {
        assert!(accepted("Apache-2.0 WITH LLVM-exception"));
        assert!(!accepted("Apache-2.0 WITH Other-exception"));
    }

    #[test]
    fn nonsense_is_not_accepted() {
        assert!(!accepted(""));
        assert!(!accepted("MIT MIT"));
        assert!(!accepted("(MIT"));
    }

    #[test]
    fn a_package_without_a_licence_is_a_fault() {
        let mut findings = Findings::default();
        check("x 1.0.0", None, &Rules::default(), &mut findings);
        assert_eq!(findings.faults.len(), 1);
    }
}
