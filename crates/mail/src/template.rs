//! Templates: plain tokens in double braces and `{% if token %}`, nothing more. What people typed stays text, in
//! HTML, in headers and everywhere.
//!
//! The language is kept this small on purpose: an administrator's slip is found with its line, and no template can
//! loop or grow.

use std::collections::BTreeMap;

use minijinja::{AutoEscape, Environment, UndefinedBehavior, Value};

use crate::plain::one_line;
use crate::{RefusedList, TemplateName};

/// Largest part of a template.
pub const MOST_BYTES: usize = 100_000;

/// A mail as the administrator writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// One line.
    pub subject: String,
    /// For readers without HTML.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

/// What stands for the tokens. Hides itself in Debug: it holds links and codes.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Values {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// The person's title, such as "Dr."
    pub title: String,
    /// The person's address.
    pub email: String,
    /// The link to open; the QR code shows it too.
    pub link: String,
    /// The title of the media item.
    pub item: String,
    /// When it begins, or since when it tells, in words of the reader's language.
    pub start: String,
    /// The name of the site.
    pub site: String,
    /// A code that proves an address.
    pub code: String,
    /// Who was refused, in the mail that tells of it.
    pub refusals: RefusedList,
}

impl std::fmt::Debug for Values {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Values(..)")
    }
}

/// A token.
pub type Token = &'static str;

const TOKENS: [Token; 11] =
    ["first_name", "last_name", "title", "email", "link", "qr", "item", "start", "site", "code", "refusals"];

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The subject.
    Subject,
    /// The text.
    Text,
    /// The HTML.
    Html,
}

impl Part {
    /// The field's name.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Text => "text",
            Self::Html => "html",
        }
    }
}

/// What is wrong with a template; lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// There is no such token, or it has no meaning in this mail.
    #[error("{}, line {line}: there is no token {{{{{token}}}}} in this mail", part.code())]
    UnknownToken {
        /// Where.
        part: Part,
        /// The line.
        line: usize,
        /// As written.
        token: String,
    },
    /// Braces that do not close, or something other than a token or an `if` between them.
    #[error("{}, line {line}: {found} is not understood", part.code())]
    Syntax {
        /// Where.
        part: Part,
        /// The line.
        line: usize,
        /// As written.
        found: String,
    },
    /// Without this token the mail is of no use.
    #[error("{}: {{{{{token}}}}} is missing; without it the mail is of no use", part.code())]
    MissingToken {
        /// Where.
        part: Part,
        /// Which.
        token: Token,
    },
    /// Nothing in it.
    #[error("{}: empty", .0.code())]
    Empty(Part),
    /// More than [`MOST_BYTES`], or a subject of over 200 characters.
    #[error("{}: too long", .0.code())]
    TooLong(Part),
}

impl TemplateError {
    /// What is wrong, as a code.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::UnknownToken { .. } => "token_unknown",
            Self::Syntax { .. } => "template_syntax",
            Self::MissingToken { .. } => "token_missing",
            Self::Empty(_) => "text_required",
            Self::TooLong(_) => "text_long",
        }
    }

    /// In which line, where one is at fault.
    pub const fn line(&self) -> Option<usize> {
        match self {
            Self::UnknownToken { line, .. } | Self::Syntax { line, .. } => Some(*line),
            _ => None,
        }
    }

    /// The token or the text that is at fault.
    pub fn found(&self) -> Option<&str> {
        match self {
            Self::UnknownToken { token, .. } => Some(token),
            Self::Syntax { found, .. } => Some(found),
            Self::MissingToken { token, .. } => Some(token),
            Self::Empty(_) | Self::TooLong(_) => None,
        }
    }

    /// Which part is wrong.
    pub const fn part(&self) -> Part {
        match self {
            Self::UnknownToken { part, .. } | Self::Syntax { part, .. } | Self::MissingToken { part, .. } => {
                *part
            }
            Self::Empty(part) | Self::TooLong(part) => *part,
        }
    }
}

/// Whether a mail can be made of a template.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub fn check(name: TemplateName, template: &Template) -> Result<(), TemplateError> {
    let needed: &[Token] = match name {
        TemplateName::Invite | TemplateName::Account => &["link"],
        TemplateName::Code => &["code"],
        // The link leads to where it is switched off.
        TemplateName::Refusals => &["refusals", "link"],
        TemplateName::Test => &[],
    };
    for (part, text) in template.parts() {
        let longest = if part == Part::Subject { 200 } else { MOST_BYTES };
        if text.trim().is_empty() {
            return Err(TemplateError::Empty(part));
        }
        if text.len() > longest {
            return Err(TemplateError::TooLong(part));
        }
        let used = scan(part, text)?;
        for (token, line) in &used {
            if !has_meaning(token, name, part) {
                return Err(TemplateError::UnknownToken { part, line: *line, token: (*token).into() });
            }
        }
        let missing = |token: Token| !used.iter().any(|(used, _)| *used == token);
        if let Some(token) = needed.iter().find(|token| part != Part::Subject && missing(token)) {
            return Err(TemplateError::MissingToken { part, token });
        }
    }
    Ok(())
}

fn has_meaning(token: Token, name: TemplateName, part: Part) -> bool {
    match token {
        "code" => name == TemplateName::Code,
        "link" => name != TemplateName::Test && part != Part::Subject,
        "qr" => name == TemplateName::Invite && part != Part::Subject,
        "item" => matches!(name, TemplateName::Invite | TemplateName::Code),
        "start" => matches!(name, TemplateName::Invite | TemplateName::Code | TemplateName::Refusals),
        "refusals" => name == TemplateName::Refusals && part != Part::Subject,
        _ => true,
    }
}

/// The tokens that a part of a mail may use.
pub fn list_tokens(name: TemplateName, part: Part) -> Vec<Token> {
    TOKENS.into_iter().filter(|token| has_meaning(token, name, part)).collect()
}

impl Template {
    fn parts(&self) -> [(Part, &str); 3] {
        [(Part::Subject, &self.subject), (Part::Text, &self.text), (Part::Html, &self.html)]
    }

    /// Whether its HTML shows the QR code.
    pub fn shows_qr(&self) -> bool {
        scan(Part::Html, &self.html).is_ok_and(|used| used.iter().any(|(token, _)| *token == "qr"))
    }

    /// Fills in the values; `qr` is the HTML that shows the picture.
    ///
    /// # Errors
    /// What [`check`] would have found.
    pub fn fill(&self, values: &Values, qr: &str) -> Result<Self, TemplateError> {
        let mut environment = Environment::empty();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|name| match name {
            "html" => AutoEscape::Html,
            _ => AutoEscape::None,
        });
        let fill = |part: Part, text: &str| {
            scan(part, text)?;
            let qr = if part == Part::Html { qr } else { "" };
            let rendered = environment.render_named_str(part.code(), text, values.named(part, qr));
            rendered.map_err(|error| TemplateError::Syntax {
                part,
                line: error.line().unwrap_or(1),
                found: error.to_string(),
            })
        };
        Ok(Self {
            subject: one_line(&fill(Part::Subject, &self.subject)?),
            text: fill(Part::Text, &self.text)?,
            html: fill(Part::Html, &self.html)?,
        })
    }
}

impl Values {
    fn named(&self, part: Part, qr: &str) -> BTreeMap<Token, Value> {
        let mut named: BTreeMap<Token, Value> = [
            ("first_name", &self.first_name),
            ("last_name", &self.last_name),
            ("title", &self.title),
            ("email", &self.email),
            ("link", &self.link),
            ("item", &self.item),
            ("start", &self.start),
            ("site", &self.site),
            ("code", &self.code),
        ]
        .into_iter()
        .map(|(token, value)| (token, Value::from(one_line(value))))
        .collect();
        named.insert("qr", Value::from_safe_string(qr.to_owned()));
        let refusals = match part {
            Part::Html => Value::from_safe_string(self.refusals.html()),
            Part::Subject | Part::Text => Value::from(self.refusals.text()),
        };
        named.insert("refusals", refusals);
        named
    }
}

/// The tokens in a text with their lines, or the first thing that is neither a token nor an `if`.
fn scan(part: Part, text: &str) -> Result<Vec<(Token, usize)>, TemplateError> {
    let mut used = Vec::new();
    let mut open: Vec<usize> = Vec::new();
    let mut at = 0;
    while let Some(found) = text[at..].find(['{', '%', '#', '}']).map(|found| at + found) {
        let rest = &text[found..];
        let line = 1 + text[..found].matches('\n').count();
        let wrong = |found: &str| TemplateError::Syntax { part, line, found: found.to_owned() };
        let (inner, end) = if rest.starts_with("{{") {
            between(rest, "}}").ok_or_else(|| wrong("{{"))?
        } else if rest.starts_with("{%") {
            between(rest, "%}").ok_or_else(|| wrong("{%"))?
        } else if rest.starts_with("{#") {
            return Err(wrong("{#"));
        } else {
            at = found + 1;
            continue;
        };
        at = found + end;
        let mut token = |name: &str| {
            let known = TOKENS.into_iter().find(|known| *known == name);
            let known =
                known.ok_or_else(|| TemplateError::UnknownToken { part, line, token: name.to_owned() })?;
            used.push((known, line));
            Ok(())
        };
        if rest.starts_with("{{") {
            token(inner)?;
            continue;
        }
        match inner.split_whitespace().collect::<Vec<_>>()[..] {
            ["if", name] => {
                token(name)?;
                open.push(line);
            }
            ["else"] if !open.is_empty() => {}
            ["endif"] if open.pop().is_some() => {}
            _ => return Err(wrong(&rest[..end])),
        }
    }
    match open.last() {
        Some(line) => {
            Err(TemplateError::Syntax { part, line: *line, found: "{% if %} without its end".into() })
        }
        None => Ok(used),
    }
}

/// What stands between an opening of two characters and its close, and where that ends.
fn between<'a>(text: &'a str, close: &str) -> Option<(&'a str, usize)> {
    let end = text.find(close)?;
    Some((text[2..end].trim(), end + close.len()))
}

#[cfg(test)]
mod tests;
