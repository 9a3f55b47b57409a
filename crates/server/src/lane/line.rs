//! A connection with what was read of it already. Whoever has it, lane or hyper, waits for the next head here, so
//! that both bound the waiting alike.

use std::io;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::{Buf, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep};

use super::head::{self, Parsed};
use crate::lines::{Lines, Told};

/// A request's head must be there within this from its first byte.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// A connection may stay open this long without a request.
const IDLE_FOR: Duration = Duration::from_secs(75);
/// Of answers that the client has not taken, so many bytes may lie here while it asks on without waiting for them.
const UNTAKEN_MOST: usize = 4_096;
/// How soon it is looked at again whether they were taken.
const TAKEN_WITHIN: Duration = Duration::from_millis(20);
/// A usual head comes in one read.
const ROOM: usize = 1_024;

pub(crate) struct Line {
    pub(super) stream: TcpStream,
    pub(super) read: BytesMut,
    pub(super) told: Arc<Told>,
    /// Set anew only when it rings: a busy connection never touches the timers.
    bell: Pin<Box<Sleep>>,
    waiting: Option<Waiting>,
}

/// The watch has closed it.
struct GivenUp;

#[derive(Clone, Copy)]
struct Waiting {
    /// For the rest of a head, not for its first byte.
    for_rest: bool,
    until: Instant,
}

impl Line {
    pub(crate) fn new(stream: TcpStream, lines: &Arc<Lines>) -> Self {
        let _ = stream.set_nodelay(true);
        let told = lines.enter(&stream);
        Self { stream, read: BytesMut::new(), told, bell: Box::pin(sleep(IDLE_FOR)), waiting: None }
    }

    /// The next head, which stays in what was read. None when there will be none: the client is gone, or silent for
    /// too long.
    pub(super) fn poll_head(&mut self, context: &mut Context<'_>) -> Poll<Option<Parsed>> {
        let mut was_sent_ahead = true;
        loop {
            let parsed = head::parse(&self.read);
            if parsed != Parsed::Partial {
                if was_sent_ahead && ready!(self.poll_taken(context)).is_err() {
                    return Poll::Ready(None);
                }
                self.waiting = None;
                self.told.goes_on();
                return Poll::Ready(Some(parsed));
            }
            was_sent_ahead = false;
            self.read.reserve(ROOM);
            match pin!(self.stream.read_buf(&mut self.read)).poll(context) {
                Poll::Ready(Ok(1..)) => {}
                Poll::Ready(_) => return Poll::Ready(None),
                Poll::Pending if self.is_over(context) => return Poll::Ready(None),
                Poll::Pending => {
                    self.told.waits_for_head();
                    return Poll::Pending;
                }
            }
        }
    }

    /// A head that was sent ahead waits until the answers before it are taken: whoever takes none gets no more of them,
    /// or a few of those would keep the processor from everybody else. An error when the connection is given up.
    #[expect(clippy::disallowed_methods, reason = "when to look again; nothing is decided by it")]
    fn poll_taken(&mut self, context: &mut Context<'_>) -> Poll<Result<(), GivenUp>> {
        while self.told.unsent() > UNTAKEN_MOST {
            if self.told.was_reset() {
                return Poll::Ready(Err(GivenUp));
            }
            self.bell.as_mut().reset(Instant::now() + TAKEN_WITHIN);
            ready!(self.bell.as_mut().poll(context));
        }
        Poll::Ready(Ok(()))
    }

    /// Whether we have waited long enough. Else the task is woken when it may be.
    #[expect(
        clippy::disallowed_methods,
        reason = "how long a client was silent; nothing else is decided by it"
    )]
    fn is_over(&mut self, context: &mut Context<'_>) -> bool {
        let for_rest = !self.read.is_empty();
        let waiting = self.waiting.filter(|waiting| waiting.for_rest == for_rest).unwrap_or_else(|| {
            let within = if for_rest { HEAD_WITHIN } else { IDLE_FOR };
            Waiting { for_rest, until: Instant::now() + within }
        });
        self.waiting = Some(waiting);
        if waiting.until < self.bell.deadline() {
            self.bell.as_mut().reset(waiting.until);
        }
        while self.bell.as_mut().poll(context).is_ready() {
            if Instant::now() >= waiting.until {
                return true;
            }
            self.bell.as_mut().reset(waiting.until);
        }
        false
    }

    /// Reads at most `most` bytes, those first that were read before.
    pub(super) fn poll_bytes(
        &mut self,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
        most: u64,
    ) -> Poll<io::Result<usize>> {
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(out.remaining());
        if !self.read.is_empty() {
            let count = self.read.len().min(most);
            out.put_slice(&self.read[..count]);
            self.read.advance(count);
            return Poll::Ready(Ok(count));
        }
        let came = self.poll_stream(context, out, most);
        match &came {
            Poll::Pending => self.told.waits_for_rest(),
            Poll::Ready(Ok(bytes)) => self.told.heard(*bytes),
            Poll::Ready(Err(_)) => {}
        }
        came
    }

    fn poll_stream(
        &mut self,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
        most: usize,
    ) -> Poll<io::Result<usize>> {
        let stream = Pin::new(&mut self.stream);
        if most == out.remaining() {
            let before = out.filled().len();
            ready!(stream.poll_read(context, out))?;
            return Poll::Ready(Ok(out.filled().len() - before));
        }
        let mut part = ReadBuf::new(out.initialize_unfilled_to(most));
        ready!(stream.poll_read(context, &mut part))?;
        let count = part.filled().len();
        out.advance(count);
        Poll::Ready(Ok(count))
    }

    /// Writes by one of the stream's own ways, and tells how much that was.
    pub(super) fn poll_write(
        &mut self,
        write: impl FnOnce(Pin<&mut TcpStream>) -> Poll<io::Result<usize>>,
    ) -> Poll<io::Result<usize>> {
        let wrote = write(Pin::new(&mut self.stream));
        if let Poll::Ready(Ok(bytes)) = wrote {
            self.told.wrote(bytes);
        }
        wrote
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.told.leave(&self.stream);
    }
}
