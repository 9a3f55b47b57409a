//! The short way of media bytes: from the page cache to the socket by sendfile, without a framework in between.
//!
//! Every connection is the lane's. Plain GETs of a viewing's files with a good ticket are answered here; for all
//! other requests, and every refusal, hyper has the connection until the next such GET (`lane/lent.rs`). Nothing is
//! decided here: the pass comes from the same function that the route asks.

mod files;
mod head;
mod lent;
mod line;
mod refusal;
mod send;

use std::future::poll_fn;
use std::pin::Pin;

use app::App;
use bytes::Buf;
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};

use crate::media_answer::MediaAnswer;
use head::{Head, Parsed};

pub(crate) use files::Files;
pub(crate) use lent::Lent;
pub(crate) use line::Line;

pub(crate) use head::HEAD_MOST;

/// What became of a connection.
pub(crate) enum Left {
    /// It is over.
    Closed,
    /// The next request is hyper's.
    ToHyper(Lent),
}

/// What all connections of a process share.
#[derive(Clone)]
pub(crate) struct Lane {
    pub(crate) app: App,
    pub(crate) files: std::sync::Arc<Files>,
    pub(crate) stop: CancellationToken,
}

impl Lane {
    /// Answers media requests until something else comes. `stopped` is `stop` as one waiting for it.
    pub(crate) async fn serve(
        &self,
        mut line: Line,
        mut stopped: Pin<&mut WaitForCancellationFuture<'_>>,
    ) -> Left {
        let (mut held, mut out) = (None, Vec::new());
        while !self.stop.is_cancelled() {
            let parsed = tokio::select! {
                biased;
                parsed = poll_fn(|context| line.poll_head(context)) => parsed,
                () = stopped.as_mut() => return Left::Closed,
            };
            let Some(parsed) = parsed else { return Left::Closed };
            let head = match &parsed {
                Parsed::Media(head) => head,
                Parsed::Bad(status) => {
                    refusal::answer_and_end(&mut line, *status).await;
                    return Left::Closed;
                }
                _ => return Left::ToHyper(Lent::new(line, &parsed)),
            };
            let Some((pass, answer)) = self.find(&line, head, &mut held) else {
                return Left::ToHyper(Lent::new(line, &parsed));
            };
            line.read.advance(head.len);
            line.told.will_send(&pass);
            let still_good = || self.app.is_still_good(&pass);
            if send::answer(&line, &answer, &mut out, &still_good).await.is_err() {
                // Whatever still waits in the socket's buffer is thrown away with it.
                line.told.reset();
                return Left::Closed;
            }
        }
        Left::Closed
    }

    fn find(
        &self,
        line: &Line,
        head: &Head,
        held: &mut Option<files::Held>,
    ) -> Option<(app::viewing::MediaPass, MediaAnswer)> {
        let pass = self.app.pass_media(head.viewing, head.file(&line.read), head.ticket(&line.read))?;
        let file = self.files.open(&self.app, &pass, held)?;
        Some((pass, MediaAnswer::new(file, head.range(&line.read))))
    }
}
