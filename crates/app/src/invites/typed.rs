//! What an invite is to be, as somebody typed it; `check` says whether it may.

/// As what, for how long and on how many devices somebody is invited, as typed.
#[derive(Debug, Clone, Default)]
pub struct TypedTerms {
    /// A role's code.
    pub role: String,
    /// Duration; absent: the policy's.
    pub minutes: Option<i64>,
    /// Devices; absent: the policy's, none or -1: unlimited.
    pub max_uses: Option<Option<i64>>,
    /// Whether a mailed code must be typed; absent: by role.
    pub proves_by_code: Option<bool>,
    /// Whether the invite goes out by e-mail.
    pub send_mail: bool,
    /// The mail's language, a code; absent: English.
    pub language: Option<String>,
}

/// A role for a time, as typed.
#[derive(Debug, Clone)]
pub struct TypedLend {
    /// A role's code.
    pub role: String,
    /// For how long.
    pub minutes: i64,
}
