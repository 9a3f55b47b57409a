//! By which URL somebody stands at an invite's door, and whose invite that is.

use store::invite::{self, Invite};
use store::seat::KeyHash;
use store::{Conn, StoreError, seat_move};

/// By which URL somebody stands at the door, as the hash of its secret.
#[derive(Debug, Clone, Copy)]
pub(super) enum Door {
    /// The invite's own.
    Invite([u8; 32]),
    /// A one-time one that the first device showed, and that this browser has used.
    HandOver([u8; 32]),
}

impl Door {
    pub(super) async fn find(
        self,
        conn: &mut Conn,
        key: Option<KeyHash>,
    ) -> Result<Option<Invite>, StoreError> {
        let (hash, key) = match (self, key) {
            (Self::Invite(hash), _) => return invite::find_by_token(conn, hash).await,
            (Self::HandOver(_), None) => return Ok(None),
            (Self::HandOver(hash), Some(key)) => (hash, key),
        };
        match seat_move::find_of_browser(conn, hash, key).await? {
            Some(id) => invite::find(conn, id).await,
            None => Ok(None),
        }
    }
}
