//! Other processes on the same database: they are woken for marks, and told what changed so that their pages can
//! fetch it. What is told may be lost; pages that care also look by themselves.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{ItemId, News, ProcessId, UploadId};
use store::{Conn, StoreError};
use tokio::sync::mpsc;

use crate::App;
use crate::app::Change;

/// Changes of one item and kind within this time become one message.
const GATHER: Duration = Duration::from_millis(200);
/// What is said to make others look at the marks.
pub(crate) const MARK: &str = "mark";
/// What is said to make others read the policy.
pub(crate) const POLICY: &str = "policy";

/// What is said, with its id, to make others stop taking in an upload.
const END_UPLOAD: &str = "end_upload ";

impl App {
    /// Starts listening to others and telling them.
    pub(crate) fn begin_others(&self, mut to_tell: mpsc::UnboundedReceiver<Change>) {
        let listener = self.clone();
        tokio::spawn(async move {
            let mut told = listener.inner.store.listen();
            while let Some(message) = told.recv().await {
                listener.hear_other(&message).await;
            }
        });
        let teller = self.clone();
        tokio::spawn(async move {
            while let Some(first) = to_tell.recv().await {
                tokio::time::sleep(GATHER).await;
                let mut gathered = BTreeMap::from([((first.item, first.what), first.percent)]);
                while let Ok(change) = to_tell.try_recv() {
                    gathered.insert((change.item, change.what), change.percent);
                }
                if let Err(error) = teller.tell_others(gathered).await {
                    tracing::warn!(%error, "other processes could not be told of a change");
                }
            }
        });
    }

    async fn hear_other(&self, message: &str) {
        if message == MARK {
            if let Err(error) = self.obey_others().await {
                tracing::warn!(%error, "marks could not be read");
            }
            return;
        }
        if message == POLICY {
            if let Err(error) = self.load_policy().await {
                tracing::warn!(%error, "the policy could not be read");
            }
            return;
        }
        if let Some(upload) = message.strip_prefix(END_UPLOAD).and_then(|id| id.parse().ok()) {
            self.inner.uploads.stop(upload);
            return;
        }
        if let Some(change) = read(message, self.inner.process) {
            self.tell_here(change);
        }
    }

    /// Asks other processes to stop taking in an upload.
    pub(crate) async fn stop_upload_elsewhere(&self, upload: UploadId) {
        let told: Result<(), StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| conn.notify(&format!("{END_UPLOAD}{upload}")).await)
            .await;
        if let Err(error) = told {
            tracing::warn!(%error, "other processes could not be told to stop an upload");
        }
    }

    async fn tell_others(&self, gathered: BTreeMap<(ItemId, News), Option<u8>>) -> Result<(), StoreError> {
        let process = self.inner.process;
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                for ((item, what), percent) in gathered {
                    let percent = percent.map(|percent| percent.to_string()).unwrap_or_default();
                    conn.notify(&format!("{process} {item} {what} {percent}")).await?;
                }
                Ok(())
            })
            .await
    }
}

/// A change that another process told; none when it is our own or not understood.
fn read(message: &str, own: ProcessId) -> Option<Change> {
    let mut words = message.split(' ');
    let from: ProcessId = words.next()?.parse().ok()?;
    let item = words.next()?.parse().ok()?;
    let what = News::told(words.next()?);
    let percent = words.next().and_then(|percent| percent.parse().ok());
    (from != own).then_some(Change { item, what, percent })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_process_tells_another_understands() {
        let (own, other) = (ProcessId::from_bytes([1; 16]), ProcessId::from_bytes([2; 16]));
        let item = ItemId::from_bytes([3; 16]);
        let told = format!("{other} {item} progress 42");
        assert_eq!(read(&told, own), Some(Change { item, what: News::Progress, percent: Some(42) }));
        assert_eq!(read(&told, other), None, "one's own voice");
        for message in ["", "mark", "policy", "x y z"] {
            assert_eq!(read(message, own), None, "{message}");
        }
    }

    #[test]
    fn a_word_of_a_newer_release_makes_pages_look_again() {
        let (own, other) = (ProcessId::from_bytes([1; 16]), ProcessId::from_bytes([2; 16]));
        let item = ItemId::from_bytes([3; 16]);
        for message in [format!("{other} {item} chat "), format!("{other} {item} stage 7 more words")] {
            let change = read(&message, own);
            assert_eq!(
                change.map(|change| (change.item, change.what)),
                Some((item, News::State)),
                "{message}"
            );
        }
    }
}
