//! A whole message (RFC 5322) of a template and its values: text and HTML side by side, the QR code inside, the
//! calendar entry where there is a schedule.

use std::time::{Duration, UNIX_EPOCH};

use domain::{Email, Instant};
use lettre::Message;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart, SinglePart};

use crate::calendar::{self, Person};
use crate::picture::qr_png;
use crate::plain::one_line;
use crate::{Part, Schedule, Settings, Template, TemplateError, Values};

/// The name of the picture inside the message.
const QR: &str = "qr@anteroom";

/// What a message is made of.
#[derive(Debug, Clone, Copy)]
pub struct Letter<'a> {
    /// Who it is from.
    pub from: &'a Settings,
    /// The address it goes to.
    pub to: &'a Email,
    /// The person it goes to, as shown beside the address.
    pub to_name: &'a str,
    /// A name that no other message has; characters of an id.
    pub id: &'a str,
    /// The site's host, behind the at sign of the message's name.
    pub host: &'a str,
    /// When it was written.
    pub date: Instant,
    /// What it says.
    pub template: &'a Template,
    /// What stands for the tokens.
    pub values: &'a Values,
    /// The calendar entry.
    pub schedule: Option<&'a Schedule>,
}

/// The bytes that go to the server.
///
/// # Errors
/// What is wrong with the template.
pub fn compose(letter: &Letter<'_>) -> Result<Vec<u8>, TemplateError> {
    let picture = letter.template.shows_qr().then(|| qr_png(&letter.values.link)).flatten();
    let image = format!("<img src=\"cid:{QR}\" alt=\"QR\" width=\"180\" height=\"180\">");
    let filled = letter.template.fill(letter.values, if picture.is_some() { &image } else { "" })?;
    let html = SinglePart::html(filled.html);
    let mut bodies =
        boundary(MultiPart::alternative(), letter, "a").singlepart(SinglePart::plain(filled.text));
    bodies = match (picture, ContentType::parse("image/png")) {
        (Some(png), Ok(kind)) => {
            let inside = Attachment::new_inline(QR.to_owned()).body(png, kind);
            bodies.multipart(boundary(MultiPart::related(), letter, "r").singlepart(html).singlepart(inside))
        }
        _ => bodies.singlepart(html),
    };
    if let Some(schedule) = letter.schedule {
        let to = Person { name: letter.to_name, email: letter.to.as_str() };
        let from = Person { name: &letter.from.from_name, email: letter.from.from.as_str() };
        bodies = with_entry(bodies, letter, calendar::entry(schedule, &from, &to, letter.date));
    }
    let ms = u64::try_from(letter.date.as_ms()).unwrap_or_default();
    let (from, to) =
        (mailbox(&letter.from.from_name, &letter.from.from)?, mailbox(letter.to_name, letter.to)?);
    let envelope = envelope(&from, &to)?;
    let message = Message::builder()
        .from(from)
        .to(to)
        .envelope(envelope)
        .date(UNIX_EPOCH + Duration::from_millis(ms))
        .message_id(Some(format!("<{}@{}>", letter.id, letter.host)))
        .subject(filled.subject)
        .raw_header(header("Auto-Submitted", "auto-generated"))
        // Answers of machines ("away until Monday") are of use to nobody.
        .raw_header(header("X-Auto-Response-Suppress", "All"))
        .multipart(bodies);
    let message = message.map_err(|error| not_composed(&error))?;
    Ok(message.formatted())
}

/// Twice: programs read the part, people who have none open the file.
fn with_entry(bodies: MultiPart, letter: &Letter<'_>, entry: String) -> MultiPart {
    let inline = ContentType::parse("text/calendar; charset=utf-8; method=REQUEST");
    let (Ok(inline), Ok(file)) = (inline, ContentType::parse("application/ics")) else { return bodies };
    let part = SinglePart::builder().content_type(inline).body(entry.clone());
    let attached = Attachment::new("invite.ics".to_owned()).body(entry.into_bytes(), file);
    let bodies = bodies.singlepart(part);
    boundary(MultiPart::mixed(), letter, "m").multipart(bodies).singlepart(attached)
}

/// The line between the parts, made of the message's own name: composing draws no randomness.
fn boundary(builder: lettre::message::MultiPartBuilder, letter: &Letter<'_>, level: &str) -> MultiPart {
    let name: String = letter.id.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    builder.boundary(format!("=_{level}_{name}")).build()
}

fn mailbox(name: &str, email: &Email) -> Result<Mailbox, TemplateError> {
    let name = one_line(name);
    let address = crate::address(email.as_str()).ok_or_else(|| no_address(email))?;
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
}

/// Said outright: where it is not, Lettre reads it back from the headers, by the check that some good addresses fail.
fn envelope(from: &Mailbox, to: &Mailbox) -> Result<Envelope, TemplateError> {
    let envelope = Envelope::new(Some(from.email.clone()), vec![to.email.clone()]);
    envelope.map_err(|error| not_composed(&error))
}

fn not_composed(error: &dyn std::error::Error) -> TemplateError {
    TemplateError::Syntax { part: Part::Text, line: 1, found: error.to_string() }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn no_address(email: &Email) -> TemplateError {
    TemplateError::Syntax { part: Part::Subject, line: 1, found: format!("the address {}", email.as_str()) }
}
