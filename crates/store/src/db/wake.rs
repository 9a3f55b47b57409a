//! Wake-ups between processes over PostgreSQL's LISTEN and NOTIFY, on a connection of their own. They may be
//! lost; nothing relies on them but speed.

use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::poll_fn;
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, NoTls};

use super::Engine;
use super::pg::config;
use super::pg_value::to_error;
use crate::StoreError;

const LISTEN: &str = "LISTEN anteroom";
/// Wake-ups that may wait.
const QUEUE: usize = 1_024;
/// Pause before the next try to listen.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// What other processes send from now on; on SQLite, where there are none, it stays silent.
pub(super) fn listen(engine: &Engine) -> mpsc::Receiver<String> {
    let (tell, told) = mpsc::channel(QUEUE);
    if let Engine::Postgres { url } = engine {
        let url = url.clone();
        tokio::spawn(async move {
            while !tell.is_closed() {
                if let Err(error) = hear(&url, &tell).await {
                    tracing::warn!(%error, "not listening to other processes");
                }
                tokio::time::sleep(AGAIN_AFTER).await;
            }
        });
    }
    told
}

async fn hear(url: &str, tell: &mpsc::Sender<String>) -> Result<(), StoreError> {
    let (client, mut connection) = config(url)?.connect(NoTls).await.map_err(to_error)?;
    let mut messages = poll_fn(move |context| connection.poll_message(context)).boxed();
    let begin = client.batch_execute(LISTEN);
    tokio::pin!(begin);
    let mut begun = false;
    loop {
        tokio::select! {
            done = &mut begin, if !begun => { done.map_err(to_error)?; begun = true; }
            message = messages.next() => match message {
                Some(Ok(AsyncMessage::Notification(wake))) => {
                    // A full queue means that somebody is busy reading it already.
                    let _ = tell.try_send(wake.payload().to_owned());
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(to_error(error)),
                None => return Ok(()),
            }
        }
    }
}
