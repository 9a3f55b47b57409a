//! Mail: templates that an administrator may edit, whole messages made of them, and the conversation that hands one
//! to an SMTP server.
//!
//! Nothing here knows a database or a queue. Composing is pure: the date and the message's name come in.

mod calendar;
mod cause;
mod compose;
mod defaults;
mod names;
mod picture;
mod plain;
mod refused;
mod settings;
mod smtp;
mod template;

pub use calendar::Schedule;
pub use cause::Cause;
pub use compose::{Letter, compose};
pub use defaults::default_template;
pub use names::{Language, TemplateName};
pub use picture::qr_png;
pub use refused::{RefusedAt, RefusedLine, RefusedList, in_utc};
pub use settings::{Settings, SettingsError, Timeouts, Tls};
pub use smtp::{Conversation, Ending, NO_ADDRESS};
pub use template::{MOST_BYTES, Part, Template, TemplateError, Token, Values, check, list_tokens};

/// An address as mail programs carry it. Lettre's own check knows no letter with a separate sign on it; what we accepted
/// as an address has nothing in it that could end a line or a command.
fn address(text: &str) -> Option<lettre::Address> {
    let ours = || {
        let email = domain::Email::new(text).ok()?;
        let (local, domain) = email.as_str().rsplit_once('@')?;
        Some(lettre::Address::new_dangerous(local, domain))
    };
    text.parse().ok().or_else(ours)
}
