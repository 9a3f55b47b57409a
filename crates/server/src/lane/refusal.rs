//! The answer to a head that nobody may read on from: it carries what all answers carry, and ends the connection.

use std::io::{self, Write as _};
use std::time::Duration;

use http::StatusCode;
use protocol::ErrorBody;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::{Line, send};
use crate::security;

/// Whoever is refused may still be sending; closing at once would take the answer away again.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: usize = 64 * 1_024;

pub(super) async fn answer_and_end(line: &mut Line, status: StatusCode) {
    let Ok(text) = text_of(status) else { return };
    let said = async {
        line.stream.write_all(&text).await?;
        line.told.wrote(text.len());
        line.stream.shutdown().await?;
        let (mut piece, mut left) = ([0; 4_096], LINGER_BYTES);
        while left > 0 {
            match line.stream.read(&mut piece).await? {
                0 => break,
                count => left = left.saturating_sub(count),
            }
        }
        Ok::<_, io::Error>(())
    };
    // Who is gone by now needs no answer.
    let _ = tokio::time::timeout(LINGER, said).await;
}

fn text_of(status: StatusCode) -> io::Result<Vec<u8>> {
    let message = match status {
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => "The head of this request is too large.",
        _ => "The head of this request cannot be read.",
    };
    let body = ErrorBody { code: "bad_request", message: message.into(), ..ErrorBody::default() };
    let body = serde_json::to_string(&body).unwrap_or_default();
    let mut text = format!("HTTP/1.1 {status}\r\n").into_bytes();
    for (name, value) in security::ALWAYS.into_iter().chain([security::ROBOTS, security::UNCACHED]) {
        write!(text, "{name}: {value}\r\n")?;
    }
    let length = body.len();
    write!(
        text,
        "content-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\ndate: "
    )?;
    send::write_date(&mut text)?;
    text.extend_from_slice(body.as_bytes());
    Ok(text)
}
