//! Other processes on the same database: they are woken for marks, and told what changed so that their pages can
//! fetch it. What is told may be lost; pages that care also look by themselves.

use std::collections::BTreeMap;
use std::time::Duration;

use domain::{ItemId, ProcessId};
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

/// The words that changes are told in; anything else is not believed.
const WORDS: [&str; 8] =
    ["state", "progress", "guest_access", "inside", "details", "role", "invites", "seat_move"];

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
        if let Some(change) = read(message, self.inner.process) {
            self.tell_here(change);
        }
    }

    async fn tell_others(
        &self,
        gathered: BTreeMap<(ItemId, &'static str), Option<u8>>,
    ) -> Result<(), StoreError> {
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
    let said = words.next()?;
    let what = WORDS.into_iter().find(|word| *word == said)?;
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
        assert_eq!(read(&told, own), Some(Change { item, what: "progress", percent: Some(42) }));
        assert_eq!(read(&told, other), None, "one's own voice");
        for message in ["", "mark", "policy", "x y z", &format!("{other} {item} rubbish ")] {
            assert_eq!(read(message, own), None, "{message}");
        }
    }
}
