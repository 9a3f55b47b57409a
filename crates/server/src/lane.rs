//! The short way of media bytes: from the page cache to the socket by sendfile, without a framework in between.
//!
//! A connection starts here. As long as its requests are plain GETs of a viewing's files with a good ticket, they
//! are answered here; the first head of any other kind, and every refusal, goes to hyper, and the connection with
//! it, for good. Nothing is decided here: the pass comes from the same function that the route asks.

mod head;
mod send;

use std::time::Duration;

use app::App;
use bytes::{Buf, BytesMut};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::media_answer::MediaAnswer;
use head::Head;

/// A request's head must be there within this from its first byte.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// A connection may stay open this long without a request.
const IDLE_FOR: Duration = Duration::from_secs(75);
/// Bytes of a head that are looked at here; larger ones are hyper's to refuse.
const HEAD_MOST: usize = 8 * 1_024;

/// What became of a connection.
pub(crate) enum Left {
    /// It is over.
    Closed,
    /// It goes on at hyper, which must first read what was read here.
    ToHyper(TcpStream, BytesMut),
}

/// Answers media requests until something else comes.
pub(crate) async fn serve(mut stream: TcpStream, app: &App, stop: &CancellationToken) -> Left {
    let mut read = BytesMut::with_capacity(2 * 1_024);
    loop {
        if read.is_empty() {
            tokio::select! {
                first = tokio::time::timeout(IDLE_FOR, stream.read_buf(&mut read)) => {
                    if !matches!(first, Ok(Ok(1..))) { return Left::Closed }
                }
                () = stop.cancelled() => return Left::Closed,
            }
        }
        let head = match tokio::time::timeout(HEAD_WITHIN, next_head(&mut stream, &mut read)).await {
            Ok(Next::Media(head)) => head,
            Ok(Next::Other) => return Left::ToHyper(stream, read),
            Ok(Next::Gone) => return Left::Closed,
            // A head that dribbles in.
            Err(_) => return Left::Closed,
        };
        let Some(pass) = app.pass_media(head.viewing, head.file(&read), head.ticket(&read)) else {
            return Left::ToHyper(stream, read);
        };
        let Some(answer) = MediaAnswer::open(&pass.file, head.range(&read)) else {
            return Left::ToHyper(stream, read);
        };
        read.advance(head.len);
        let still_good = || app.is_still_good(&pass);
        if send::answer(&stream, &answer, &still_good).await.is_err() {
            // Whatever still waits in the socket's buffer is thrown away with it.
            let _ = stream.set_zero_linger();
            return Left::Closed;
        }
    }
}

enum Next {
    Media(Head),
    Other,
    Gone,
}

/// Reads until a whole head is there, or it is clear that it is not one of ours.
async fn next_head(stream: &mut TcpStream, read: &mut BytesMut) -> Next {
    loop {
        if !read.is_empty() {
            match head::parse(read) {
                head::Parsed::Media(head) => return Next::Media(head),
                head::Parsed::Other => return Next::Other,
                head::Parsed::Partial if read.len() >= HEAD_MOST => return Next::Other,
                head::Parsed::Partial => {}
            }
        }
        match stream.read_buf(read).await {
            Ok(0) | Err(_) => return Next::Gone,
            Ok(_) => {}
        }
    }
}
