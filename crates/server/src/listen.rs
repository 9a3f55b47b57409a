//! Accepts connections. Slow or broken clients are bounded here, before anything of ours sees them.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use axum::Router;
use axum::body::Body;
use http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::address::Peer;
use crate::lane::{Files, Lane, Left, Lent, Line};

/// A request's head must be there within this.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// Bytes of a request's head.
const HEAD_MOST: usize = 16 * 1_024;
/// Requests under way get this long when the process stops.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// Serves until `stop`, then drains. A failing accept is retried.
pub async fn serve(listener: TcpListener, app: App, router: Router, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let lane = Lane { app, files: Arc::new(Files::default()), stop: stop.clone() };
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(take(stream, Peer(peer), lane.clone(), router.clone()));
                }
                Err(error) => {
                    // Out of descriptors, most likely: let some close.
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            () = stop.cancelled() => break,
        }
    }
    drop(listener);
    connections.close();
    if tokio::time::timeout(DRAIN_WITHIN, connections.wait()).await.is_err() {
        tracing::warn!("some requests were still under way when the time to drain was over");
    }
}

/// One connection: the lane's, and hyper's in between.
async fn take(stream: TcpStream, peer: Peer, lane: Lane, router: Router) {
    let _ = stream.set_nodelay(true);
    let stopped = lane.stop.cancelled();
    tokio::pin!(stopped);
    let mut line = Line::new(stream);
    while let Left::ToHyper(lent) = lane.serve(line, stopped.as_mut()).await {
        let Some(back) = lend(lent, peer, &router, stopped.as_mut()).await else { return };
        line = back;
    }
}

/// Lets hyper answer what the lane does not; the line comes back when the next head is the lane's.
async fn lend(
    lent: Lent,
    peer: Peer,
    router: &Router,
    mut stopped: Pin<&mut WaitForCancellationFuture<'_>>,
) -> Option<Line> {
    let router = router.clone();
    let service = tower::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().oneshot(request.map(Body::new))
    });
    let mut http = http1::Builder::new();
    // Lent relies on it: hyper reads between two requests and in bodies, never in between to look for an end.
    http.half_close(true);
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(HEAD_MOST);
    let mut connection =
        http.serve_connection(TokioIo::new(lent), TowerToHyperService::new(service)).with_upgrades();
    let ended = tokio::select! {
        biased;
        ended = &mut connection => ended,
        () = stopped.as_mut() => {
            Pin::new(&mut connection).graceful_shutdown();
            (&mut connection).await
        }
    };
    match ended {
        // Nothing is left when the connection was upgraded.
        Ok(()) => {
            connection.into_parts().filter(|parts| parts.read_buf.is_empty())?.io.into_inner().take_back()
        }
        Err(error) => {
            tracing::trace!(%error, "a connection broke");
            None
        }
    }
}
