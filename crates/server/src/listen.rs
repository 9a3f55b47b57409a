//! Accepts connections. Slow or broken clients are bounded here, before anything of ours sees them.

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
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::address::Peer;
use crate::lane::{self, Left};
use crate::rewound::Rewound;

/// A request's head must be there within this.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// Bytes of a request's head.
const HEAD_MOST: usize = 16 * 1_024;
/// Requests under way get this long when the process stops.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// Serves until `stop`, then drains. A failing accept is retried.
pub async fn serve(listener: TcpListener, app: App, router: Router, stop: CancellationToken) {
    let connections = TaskTracker::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    connections.spawn(take(stream, Peer(peer), app.clone(), router.clone(), stop.clone()));
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

async fn take(stream: TcpStream, peer: Peer, app: App, router: Router, stop: CancellationToken) {
    let _ = stream.set_nodelay(true);
    let (stream, read) = match lane::serve(stream, &app, &stop).await {
        Left::Closed => return,
        Left::ToHyper(stream, read) => (stream, read),
    };
    let service = tower::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().oneshot(request.map(Body::new))
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(HEAD_MOST);
    let connection = http
        .serve_connection(TokioIo::new(Rewound::new(stream, read)), TowerToHyperService::new(service))
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::trace!(%error, "a connection broke");
    }
}
