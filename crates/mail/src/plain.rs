//! What was typed as it may stand in a message.

/// Without line ends and other control characters: nothing that is typed can begin a header of its own.
pub(crate) fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.trim().to_owned()
}
