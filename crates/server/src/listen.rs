//! Accepts connections. Slow or broken clients are bounded here, before anything of ours sees them.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use app::App;
use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, WaitForCancellationFuture};
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

use crate::address::Peer;
use crate::lane::{Files, HEAD_MOST, Lane, Left, Lent, Line};
use crate::lines::Lines;

/// A request's head must be there within this.
const HEAD_WITHIN: Duration = Duration::from_secs(10);
/// Larger heads are refused before hyper sees them, in our own words.
const HYPERS_MOST: usize = HEAD_MOST + 1_024;
/// Requests under way get this long when the process stops.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// Serves until `stop`, then drains. A failing accept is retried.
pub async fn serve(listener: TcpListener, app: App, router: Router, stop: CancellationToken) {
    let connections = TaskTracker::new();
    let lines = Lines::new(app.clone());
    let drained = CancellationToken::new();
    tokio::spawn(Arc::clone(&lines).watch(drained.clone()));
    let _ends_the_watch = drained.drop_guard();
    let lane = Lane { app, files: Arc::new(Files::default()), stop: stop.clone() };
    loop {
        if !lines.has_room().await && !stop.is_cancelled() {
            continue;
        }
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let line = Line::new(stream, &lines);
                    connections.spawn(take(line, Peer(peer), lane.clone(), router.clone()));
                }
                Err(error) => {
                    // Out of descriptors, most likely: let some close. The watch says so, once.
                    tracing::debug!(%error, "a connection could not be accepted");
                    lines.make_room().await;
                }
            },
            () = stop.cancelled() => break,
        }
    }
    drop(listener);
    connections.close();
    let drain = async {
        connections.wait().await;
        lines.all_left().await;
    };
    if tokio::time::timeout(DRAIN_WITHIN, drain).await.is_err() {
        tracing::warn!("some requests were still under way when the time to drain was over");
    }
}

/// One connection: the lane's, and hyper's in between.
async fn take(mut line: Line, peer: Peer, lane: Lane, router: Router) {
    let stopped = lane.stop.cancelled();
    tokio::pin!(stopped);
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
    let (router, told) = (router.clone(), lent.told());
    let service = tower::service_fn(move |mut request: Request<Incoming>| {
        let told = Arc::clone(&told);
        told.will_send_other();
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(Arc::clone(&told));
        let answered = router.clone().oneshot(request.map(Body::new));
        async move {
            let answer = answered.await?;
            if answer.status() == StatusCode::SWITCHING_PROTOCOLS {
                told.becomes_socket();
            }
            Ok::<_, Infallible>(answer)
        }
    });
    let mut http = http1::Builder::new();
    // Lent relies on it: hyper reads between two requests and in bodies, never in between to look for an end.
    http.half_close(true);
    http.timer(TokioTimer::new()).header_read_timeout(HEAD_WITHIN).max_buf_size(HYPERS_MOST);
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
