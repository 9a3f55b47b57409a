//! The entry form as a page carries it.

use app::FormKey;
use app::domain::Instant;

use crate::machine::{now_ms, random};

/// One filled-in entry form. Sending it twice is sending the same form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryForm {
    /// Name.
    pub name: String,
    /// E-mail.
    pub email: String,
    /// The key that the page put into it.
    pub form_key: String,
}

impl EntryForm {
    /// A form of a person with this name, with a key of its own.
    pub fn of(name: &str) -> Self {
        let key = FormKey::new(Instant::from_ms(now_ms()), random());
        let mailbox: String = name.to_lowercase().chars().map(|c| if c == ' ' { '.' } else { c }).collect();
        Self { name: name.into(), email: format!("{mailbox}@example.org"), form_key: key.to_text() }
    }

    /// The form of somebody else with the same key.
    pub fn with_person(&self, name: &str, email: &str) -> Self {
        Self { name: name.into(), email: email.into(), ..self.clone() }
    }

    /// As browsers send it.
    pub fn encode(&self) -> String {
        encode(&[("name", &self.name), ("email", &self.email), ("form_key", &self.form_key)])
    }
}

pub(crate) fn encode(fields: &[(&str, &str)]) -> String {
    fields.iter().map(|(name, value)| format!("{name}={}", escape(value))).collect::<Vec<_>>().join("&")
}

/// `application/x-www-form-urlencoded`.
fn escape(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'*' => escaped.push(byte as char),
            b' ' => escaped.push('+'),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}
