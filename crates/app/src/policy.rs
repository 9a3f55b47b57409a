//! The site's policy between its stored settings and the decision, and its change by administrators.

mod change;
mod check;
mod show;
mod stored;

use domain::{GroupId, Permission};
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

/// Whether a permission names this group. Whoever deletes it holds the lock of the settings.
pub(crate) async fn names_group(conn: &mut Conn, id: GroupId) -> Result<bool, StoreError> {
    let policy = stored::read(&setting::list(conn).await?);
    let names = |by: &Permission| matches!(by, Permission::Named { groups, .. } if groups.contains(&id));
    Ok(names(&policy.guest_links_by) || names(&policy.invites_by))
}
