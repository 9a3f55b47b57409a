//! What an administrator does to members and groups is one act: decided before anything is looked at and once more
//! where it is written, because a slow request may come from somebody who is lowered or closed out by now; then
//! found, written and noted in the same transaction. What must hold a lock before it is decided, who is left as an
//! administrator for one, takes it first and is written out where it is.

use domain::MemberId;
use domain::access::Action;
use store::account::{self, Member};
use store::{Conn, StoreError};

use crate::{App, Caller, Error};

/// An act that was decided, inside its transaction.
pub(crate) struct SiteAct<'a> {
    pub(crate) conn: &'a mut Conn,
    pub(crate) app: &'a App,
    caller: &'a Caller,
}

impl App {
    /// Does something to members or groups.
    ///
    /// # Errors
    /// `SignInFirst`, `Refused`, or what the act answers; then nothing was done.
    pub(crate) async fn manage_members<T, F>(&self, caller: &Caller, act: F) -> Result<T, Error>
    where
        T: Send + 'static,
        F: AsyncFnOnce(SiteAct<'_>) -> Result<T, Error> + Send + 'static,
    {
        self.decide_on_site(caller, Action::ManageMembers)?;
        let (app, caller) = (self.clone(), caller.clone());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                app.decide_on_site_now(conn, &caller, Action::ManageMembers).await?;
                act(SiteAct { conn, app: &app, caller: &caller }).await
            })
            .await
    }
}

impl SiteAct<'_> {
    /// The member it is about.
    ///
    /// # Errors
    /// `NotFound`, `Unavailable`.
    pub(crate) async fn find_member(&mut self, id: MemberId) -> Result<Member, Error> {
        account::find(self.conn, id).await?.ok_or(Error::NotFound)
    }

    /// Writes down what was done.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub(crate) async fn note(&mut self, what: &str, detail: impl Into<String>) -> Result<(), StoreError> {
        self.app.note_on_site(self.conn, self.caller, what, detail.into()).await
    }
}
