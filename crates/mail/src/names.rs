//! Which templates there are, and in which languages.

use domain::coded;

coded! {
    /// What a template is for.
    pub enum TemplateName {
        /// An invite's link.
        Invite = "invite",
        /// A code that proves an address.
        Code = "code",
        /// Somebody is invited to the site or sets a new password.
        Account = "account",
        /// Who was refused at one's items, once a day.
        Refusals = "refusals",
        /// An administrator tries whether mail works.
        Test = "test",
    }
}

coded! {
    /// The languages that mail is written in.
    pub enum Language {
        /// English.
        English = "en",
        /// Hebrew, from right to left.
        Hebrew = "he",
    }
}
