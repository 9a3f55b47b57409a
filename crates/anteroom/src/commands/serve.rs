//! The server: opens the app, listens, and ends in order on SIGTERM or Ctrl-C.

use anyhow::Context;
use app::App;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::say;
use crate::clock;
use crate::settings::Settings;

pub(crate) async fn run(settings: Settings) -> anyhow::Result<()> {
    let listener = TcpListener::bind(settings.listen).await.with_context(|| {
        format!("cannot listen on {}; is the port taken? Choose another with --listen", settings.listen)
    })?;
    let address = listener.local_addr()?;
    let app = App::open(settings.app_at(address.port()), clock::outside()).await?;
    let stop = CancellationToken::new();
    let serving =
        server::serve(listener, app.clone(), server::router(app.clone(), settings.server), stop.clone());
    say(&format!("Anteroom listens on http://{address}\n"));
    if let Some(secret) = app.begin_setup().await? {
        let url = &app.config().public_url;
        say(&format!(
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
