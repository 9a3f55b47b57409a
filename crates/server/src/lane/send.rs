//! Head by send with "more to come", bytes by sendfile: both leave in full packets, and no byte is copied.

use std::fmt::Write;
use std::io;
use std::time::Duration;

use http::StatusCode;
use rustix::net::SendFlags;
use tokio::io::Interest;
use tokio::net::TcpStream;

use crate::media_answer::MediaAnswer;
use crate::security;

/// Bytes of one sendfile. The pass is looked at between two; more would cut later, fewer would call more often.
const PIECE: usize = 1 << 20;
/// While the reader takes nothing, the pass is looked at this often: it bounds how late "end now" cuts.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A reader that takes nothing for this long is gone.
const GONE_AFTER: u32 = 120;

/// Sends one answer. An error means that the connection is of no more use: the reader is gone, or the viewing was
/// ended.
pub(super) async fn answer(
    stream: &TcpStream,
    answer: &MediaAnswer,
    still_good: &(dyn Fn() -> bool + Sync),
) -> io::Result<()> {
    let head = head(answer);
    let mut sent = 0;
    let more = if answer.bytes.len() > 0 { SendFlags::MORE } else { SendFlags::empty() };
    while sent < head.len() {
        let rest = &head.as_bytes()[sent..];
        sent += when_writable(stream, still_good, || {
            rustix::net::send(stream, rest, more | SendFlags::NOSIGNAL).map_err(Into::into)
        })
        .await?;
    }
    let (mut at, end) = (answer.bytes.from, answer.bytes.to);
    while at < end {
        let count = usize::try_from(end - at).unwrap_or(PIECE).min(PIECE);
        let moved = when_writable(stream, still_good, || {
            let mut from = at;
            rustix::fs::sendfile(stream, &answer.file, Some(&mut from), count).map_err(Into::into)
        })
        .await?;
        if moved == 0 {
            // The file is shorter than it was a moment ago.
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
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
    for _ in 0..GONE_AFTER {
        if !still_good() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        match stream.try_io(Interest::WRITABLE, &work) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            done => return done,
        }
        // Running out of time is no error: it is time to look at the pass again.
        if let Ok(ready) = tokio::time::timeout(LOOK_EVERY, stream.writable()).await {
            ready?;
        }
    }
    Err(io::ErrorKind::TimedOut.into())
}

fn head(answer: &MediaAnswer) -> String {
    let mut head = String::with_capacity(1_024);
    let status = answer.status;
    let reason = status.canonical_reason().unwrap_or_default();
    // Writing to a string does not fail.
    let _ =
        write!(head, "HTTP/1.1 {} {reason}\r\ncontent-type: {}\r\n", status.as_u16(), answer.content_type);
    let _ = write!(head, "content-length: {}\r\naccept-ranges: bytes\r\n", answer.bytes.len());
    head.push_str("cache-control: private, no-store\r\n");
    if let Some(range) = &answer.content_range {
        let _ = write!(head, "content-range: {range}\r\n");
    }
    for (name, value) in security::ALWAYS {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "{}: {}\r\ndate: {}\r\n\r\n", security::ROBOTS.0, security::ROBOTS.1, now());
    debug_assert_ne!(status, StatusCode::SWITCHING_PROTOCOLS);
    head
}

#[expect(
    clippy::disallowed_methods,
    reason = "the Date header is for the reader alone; nothing is decided by it"
)]
fn now() -> httpdate::HttpDate {
    std::time::SystemTime::now().into()
}
