//! Invites from the command line of the machine's owner.

use domain::{Email, ItemId};
use store::{Conn, StoreError, account, item};

use crate::{App, Caller, Error};

impl App {
    /// As whom a command acts at an item: as its owner, or the member with this address. The decision asks for
    /// their rights as always; the activity says that it came from the command line.
    ///
    /// # Errors
    /// `NotFound` when there is no such item or member.
    pub async fn caller_by_hand(&self, id: ItemId, email: Option<String>) -> Result<Caller, Error> {
        let found: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                if let Some(email) = email {
                    let Ok(email) = Email::new(&email) else { return Ok(None) };
                    return Ok(account::find_by_email(conn, email.as_str()).await?.map(|(_, member)| member));
                }
                match item::find(conn, id).await? {
                    Some(item) => account::find(conn, item.owner).await,
                    None => Ok(None),
                }
            })
            .await;
        let mut member = found?.ok_or(Error::NotFound)?;
        member.name.push_str(store::run_out::BY_HAND_MARK);
        Ok(Caller { member: Some(member), ..Caller::default() })
    }

    /// The member with this address as who acts by a command: on the site, with their own role.
    ///
    /// # Errors
    /// `NotFound` when there is none.
    pub async fn member_by_hand(&self, email: &str) -> Result<Caller, Error> {
        let email = Email::new(email).map_err(|_| Error::NotFound)?;
        let found: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| account::find_by_email(conn, email.as_str()).await)
            .await;
        let (_, mut member) = found?.ok_or(Error::NotFound)?;
        member.name.push_str(store::run_out::BY_HAND_MARK);
        Ok(Caller { member: Some(member), ..Caller::default() })
    }

    /// Reads the site's policy once, as a command that runs beside the server needs it.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn read_policy(&self) -> Result<(), Error> {
        Ok(self.load_policy().await?)
    }
}
