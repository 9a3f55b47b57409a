//! The server: opens the app, listens, and ends in order on SIGTERM or Ctrl-C.

use std::net::SocketAddr;

use anyhow::Context;
use app::App;
use clap::Args;
use tokio::net::{TcpListener, TcpSocket};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::clock;
use crate::settings::{OwnFlags, Settings};
use crate::terminal::say;

#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Address and port to listen on [default: 127.0.0.1:8080] [also: listen, ANTEROOM_LISTEN]
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// What stands before links that people send [default: http://localhost:PORT] [also: public_url, ANTEROOM_PUBLIC_URL]
    #[arg(long, value_name = "URL")]
    public_url: Option<String>,
}

impl Serve {
    pub(crate) fn own_flags(&self) -> OwnFlags {
        OwnFlags { listen: self.listen, public_url: self.public_url.clone() }
    }
}

pub(crate) async fn run(settings: Settings) -> anyhow::Result<()> {
    settings.tighten();
    let listener = listen(settings.listen).with_context(|| {
        format!("cannot listen on {}; is the port taken? Choose another with --listen", settings.listen)
    })?;
    let address = listener.local_addr()?;
    let app = App::open(settings.app_at(address.port()), clock::outside()).await?;
    let stop = CancellationToken::new();
    let serving =
        server::serve(listener, app.clone(), server::router(app.clone(), settings.server), stop.clone());
    announce(&format!("Anteroom listens on http://{address}\n"));
    if let Some(secret) = app.begin_setup().await? {
        let url = &app.config().public_url;
        announce(&format!(
            "No members yet. Make the first administrator here, once:\n  {url}/setup/{}\n",
            secret.to_text()
        ));
    }
    let mut serving = tokio::spawn(serving);
    tokio::select! {
        () = asked_to_stop()? => {}
        ended = &mut serving => return Ok(ended?),
    }
    tracing::info!("stopping");
    stop.cancel();
    app.close().await;
    Ok(serving.await?)
}

/// Connections that may wait to be accepted; the system may allow fewer.
const WAITING_MOST: u32 = 4_096;

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // A server that starts again finds connections of the one before still waiting for their last packets.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(WAITING_MOST)
}

fn asked_to_stop() -> anyhow::Result<impl Future<Output = ()>> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Says something that the server goes on without.
fn announce(text: &str) {
    if let Err(error) = say(text) {
        tracing::warn!(%error, "the server's output");
    }
}
