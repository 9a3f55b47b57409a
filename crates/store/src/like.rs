//! Patterns for `LIKE … ESCAPE '\'`: what was typed is only letters in them.

/// Holds what was typed anywhere.
pub(crate) fn holding(typed: &str) -> String {
    format!("%{}%", escaped(typed))
}

/// Begins with what was typed.
pub(crate) fn beginning(typed: &str) -> String {
    format!("{}%", escaped(typed))
}

/// Compared with lower case.
fn escaped(typed: &str) -> String {
    plain(&typed.to_lowercase())
}

/// Compared as it was typed: SQLite knows no small letters beyond ASCII.
pub(crate) fn plain(typed: &str) -> String {
    typed.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_only_letters() {
        assert_eq!(holding("10%_\\A"), "%10\\%\\_\\\\a%");
        assert_eq!(beginning("Anna"), "anna%");
    }
}
