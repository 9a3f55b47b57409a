//! The site's policy between its stored settings and the decision, and its change by administrators.

mod change;
mod check;
mod show;
mod stored;

use store::{Conn, StoreError, setting};

use crate::App;

pub use change::ChangedPolicy;
pub use check::{TypedDoor, TypedLobby, TypedPermission, TypedPolicy};
pub use show::{InsideOfClass, LogPage, Named, ShownPolicy};
pub use stored::Setting;

impl App {
    /// Reads the settings anew; what another process changed holds here from then on.
    pub(crate) async fn load_policy(&self) -> Result<(), StoreError> {
        let settings = self.inner.store.read(async |conn: &mut Conn| setting::list(conn).await).await?;
        let policy = stored::read(&settings);
        let mut held = self.inner.policy.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if **held != policy {
            *held = policy.into();
        }
        Ok(())
    }
}
