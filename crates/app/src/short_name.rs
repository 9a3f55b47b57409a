//! What is wrong with a short name, of whatever.

use domain::LinkNameError;

/// The code of a wrong short name.
pub(crate) const fn name_code(error: LinkNameError) -> &'static str {
    match error {
        LinkNameError::Required => "name_required",
        LinkNameError::TooLong => "name_too_long",
        LinkNameError::Control => "name_control",
    }
}
