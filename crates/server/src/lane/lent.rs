//! A connection that hyper has, until a head comes that the lane answers.
//!
//! hyper would read whatever there is; here it gets the bytes of one request at a time. It asks for more only when
//! the answer before is written, because `half_close` keeps it from reading ahead to see whether the client is still
//! there. So when it asks and the next head is the lane's, it is told that the connection is over: it flushes, ends
//! without an error, and the connection comes back with the head unread. A request of which it is not certain where
//! it ends makes the connection hyper's for good.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::head::Parsed;
use super::line::Line;
use crate::lines::Told;

pub(crate) struct Lent {
    line: Line,
    stage: Stage,
}

#[derive(Clone, Copy)]
enum Stage {
    /// So many bytes of a request are still to be read.
    Within(u64),
    Between,
    /// hyper's for good.
    Given,
    /// The next head is the lane's, to answer or to refuse.
    Back,
}

impl Stage {
    fn of(parsed: &Parsed) -> Self {
        match parsed {
            Parsed::Media(head) => Self::Within(head.len as u64),
            Parsed::Plain(len) => Self::Within(*len),
            Parsed::Strange | Parsed::Bad(_) | Parsed::Partial => Self::Given,
        }
    }
}

impl Lent {
    /// Whatever the head is that was read from the line: hyper answers it.
    pub(super) fn new(line: Line, parsed: &Parsed) -> Self {
        Self { line, stage: Stage::of(parsed) }
    }

    /// Where the connection tells what it does.
    pub(crate) fn told(&self) -> Arc<Told> {
        Arc::clone(&self.line.told)
    }

    /// The line again, when hyper has ended because the next head is the lane's.
    pub(crate) fn take_back(self) -> Option<Line> {
        matches!(self.stage, Stage::Back).then_some(self.line)
    }
}

impl AsyncRead for Lent {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        out: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            match self.stage {
                Stage::Within(0) => self.stage = Stage::Between,
                Stage::Within(left) => {
                    let count = ready!(self.line.poll_bytes(context, out, left))?;
                    self.stage = Stage::Within(left - count as u64);
                    return Poll::Ready(Ok(()));
                }
                Stage::Between => match ready!(self.line.poll_head(context)) {
                    None => return Poll::Ready(Ok(())),
                    Some(Parsed::Media(_) | Parsed::Bad(_)) => self.stage = Stage::Back,
                    Some(parsed) => self.stage = Stage::of(&parsed),
                },
                Stage::Given => return self.line.poll_bytes(context, out, u64::MAX).map_ok(|_| ()),
                Stage::Back => return Poll::Ready(Ok(())),
            }
        }
    }
}

impl AsyncWrite for Lent {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.line.poll_write(|stream| stream.poll_write(context, bytes))
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.line.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.stage {
            // It was not the client's end that hyper has seen.
            Stage::Back => Poll::Ready(Ok(())),
            _ => Pin::new(&mut self.line.stream).poll_shutdown(context),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.line.poll_write(|stream| stream.poll_write_vectored(context, bytes))
    }

    fn is_write_vectored(&self) -> bool {
        self.line.stream.is_write_vectored()
    }
}
