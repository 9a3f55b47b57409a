//! Who is inside: this process's own viewings as of now, the others' as of their last heartbeat.

use std::collections::HashMap;

use domain::ItemId;
use store::process::{self, Inside};
use store::{Conn, StoreError, site_inside};

use crate::App;
use crate::config::DEAD_AFTER;

impl App {
    /// People inside an item, by link.
    pub(crate) async fn list_inside(&self, item: ItemId) -> Result<Vec<Inside>, StoreError> {
        let mut inside = self.inner.viewings.count_inside(self.now());
        inside.retain(|inside| inside.item == item);
        if !self.inner.store.is_shared() {
            return Ok(inside);
        }
        let (own, alive) = (self.inner.process, self.now().minus(DEAD_AFTER));
        let others = self
            .inner
            .store
            .read(async move |conn: &mut Conn| process::list_inside(conn, item, alive, own).await)
            .await?;
        for other in others {
            match inside.iter_mut().find(|inside| inside.link == other.link) {
                Some(inside) => {
                    inside.seats += other.seats;
                    inside.viewings += other.viewings;
                }
                None => inside.push(other),
            }
        }
        Ok(inside)
    }

    /// People inside an item, through whichever link, deleted ones too.
    pub(crate) async fn count_inside(&self, item: ItemId) -> Result<i64, StoreError> {
        Ok(self.list_inside(item).await?.iter().map(|inside| inside.seats).sum())
    }

    /// The same for every item where somebody is inside.
    pub(crate) async fn count_inside_items(&self) -> Result<HashMap<ItemId, i64>, StoreError> {
        let mut inside = self.inner.viewings.count_inside(self.now());
        if self.inner.store.is_shared() {
            let (own, alive) = (self.inner.process, self.now().minus(DEAD_AFTER));
            let others = async move |conn: &mut Conn| site_inside::list_others(conn, alive, own).await;
            inside.append(&mut self.inner.store.read(others).await?);
        }
        let mut counts = HashMap::new();
        for inside in inside {
            *counts.entry(inside.item).or_default() += inside.seats;
        }
        Ok(counts)
    }
}
