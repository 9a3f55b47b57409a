//! Head by send with "more to come", bytes by sendfile: both leave in full packets, and no byte is copied.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::sync::LazyLock;
use std::time::{SystemTime, UNIX_EPOCH};

use rustix::net::SendFlags;
use tokio::io::Interest;
use tokio::net::TcpStream;

use super::Line;
use crate::media_answer::{self, MediaAnswer};
use crate::security;

/// Bytes of one sendfile. The pass is looked at between two; more would cut later, fewer would call more often.
const PIECE: usize = 1 << 20;

/// Sends one answer. An error means that the connection is of no more use: the reader is gone, or the viewing was
/// ended. While the reader takes nothing the watch over all lines looks at both. `out` is room for the head, kept from
/// one answer to the next.
pub(super) async fn answer(
    line: &Line,
    answer: &MediaAnswer,
    out: &mut Vec<u8>,
    still_good: &(dyn Fn() -> bool + Sync),
) -> io::Result<()> {
    write_head(out, answer)?;
    let stream = &line.stream;
    let head = &*out;
    let mut sent = 0;
    let more = if answer.bytes.len() > 0 { SendFlags::MORE } else { SendFlags::empty() };
    while sent < head.len() {
        let rest = &head[sent..];
        let moved = when_writable(stream, still_good, || {
            rustix::net::send(stream, rest, more | SendFlags::NOSIGNAL).map_err(Into::into)
        })
        .await?;
        line.told.wrote(moved);
        sent += moved;
    }
    let (mut at, end) = (answer.bytes.from, answer.bytes.to);
    while at < end {
        let count = usize::try_from(end - at).unwrap_or(PIECE).min(PIECE);
        let moved = when_writable(stream, still_good, || {
            let mut from = at;
            rustix::fs::sendfile(stream, &answer.file.file, Some(&mut from), count).map_err(Into::into)
        })
        .await?;
        if moved == 0 {
            // The file is shorter than it was a moment ago.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        line.told.wrote(moved);
        at += moved as u64;
    }
    Ok(())
}

/// Does `work` when the socket takes bytes, as long as the pass is good.
async fn when_writable<T>(
    stream: &TcpStream,
    still_good: &(dyn Fn() -> bool + Sync),
    work: impl Fn() -> io::Result<T>,
) -> io::Result<T> {
    loop {
        if !still_good() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        match stream.try_io(Interest::WRITABLE, &work) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            done => return done,
        }
        stream.writable().await?;
    }
}

fn write_head(out: &mut Vec<u8>, answer: &MediaAnswer) -> io::Result<()> {
    out.clear();
    let (status, length) = (answer.status, answer.bytes.len());
    let reason = status.canonical_reason().unwrap_or_default();
    write!(out, "HTTP/1.1 {} {reason}\r\ncontent-length: {length}\r\n", status.as_u16())?;
    if let Some(range) = &answer.content_range {
        write!(out, "content-range: {range}\r\n")?;
    }
    out.extend_from_slice(b"content-type: ");
    out.extend_from_slice(answer.file.content_type.as_bytes());
    out.extend_from_slice(ALWAYS.as_bytes());
    write_date(out)
}

/// The rest of every head, up to the date.
static ALWAYS: LazyLock<String> = LazyLock::new(|| {
    let mut text = "\r\n".to_owned();
    for (name, value) in media_answer::ALWAYS.into_iter().chain(security::ALWAYS).chain([security::ROBOTS]) {
        // Writing to a string does not fail.
        let _ = write!(text, "{name}: {value}\r\n");
    }
    text + "date: "
});

thread_local! {
    /// The date as text, and the second that it is good for.
    static DATE: RefCell<(u64, String)> = const { RefCell::new((0, String::new())) };
}

#[expect(
    clippy::disallowed_methods,
    reason = "the Date header is for the reader alone; nothing is decided by it"
)]
pub(super) fn write_date(out: &mut Vec<u8>) -> io::Result<()> {
    let now = SystemTime::now();
    let second = now.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    DATE.with_borrow_mut(|(of, text)| {
        if *of != second || text.is_empty() {
            *of = second;
            *text = httpdate::fmt_http_date(now);
        }
        out.extend_from_slice(text.as_bytes());
    });
    out.extend_from_slice(b"\r\n\r\n");
    Ok(())
}
