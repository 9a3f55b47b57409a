//! The first administrator. Their one-time link is good only while the site has no member, whoever made one and by
//! whichever way: old output of a server may be read by anybody.

#[cfg(test)]
mod tests;

use std::sync::atomic::Ordering;

use domain::SiteRole;
use store::account::{self, Member};
use store::{Conn, StoreError, process, setup_token};

use super::{TypedMember, Visitor, open_session};
use crate::{App, Conflict, Error, Secret};

impl App {
    /// A one-time secret for the first administrator; none when the site has members, and then no older one is good
    /// either. What another living process has shown its administrator stays good, until one of them is used.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn begin_setup(&self) -> Result<Option<Secret>, Error> {
        let (secret, now) = (Secret::from_random(self.random()), self.now());
        let alive = now.minus(crate::config::DEAD_AFTER);
        let is_shared = self.inner.store.is_shared();
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                if account::count(conn).await? > 0 {
                    setup_token::clear(conn).await?;
                    return Ok(None);
                }
                let oldest = process::find_oldest_start(conn, alive).await?.filter(|_| is_shared);
                setup_token::put(conn, secret.hash(), now, oldest.unwrap_or(now)).await?;
                Ok::<_, Error>(Some(secret))
            })
            .await
    }

    /// Whether anybody has an account here.
    pub fn has_members(&self) -> bool {
        self.inner.has_members.load(Ordering::Relaxed)
    }

    /// Looks whether there is a first member, until there is one: other processes and commands make some, too.
    pub(crate) async fn look_for_members(&self) -> Result<(), StoreError> {
        if !self.has_members() {
            let count = self.inner.store.read(async |conn: &mut Conn| account::count(conn).await).await?;
            self.inner.has_members.store(count > 0, Ordering::Relaxed);
        }
        Ok(())
    }

    /// Whether a one-time link for the first administrator still works.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn knows_setup(&self, secret: Secret) -> Result<bool, Error> {
        Ok(self
            .inner
            .store
            .read(async move |conn: &mut Conn| setup_token::knows(conn, secret.hash()).await)
            .await?)
    }

    /// Makes the first administrator, spends the one-time link and signs them in.
    ///
    /// # Errors
    /// `SetupOver` or `Invalid`.
    pub async fn set_up(
        &self,
        secret: Secret,
        typed: TypedMember,
        visitor: &Visitor,
    ) -> Result<(Secret, Member), Error> {
        let checked = typed.check()?;
        // Hashing is dear: whoever has no good link does not get that far.
        if !self.knows_setup(secret).await? {
            return Err(Conflict::SetupOver.into());
        }
        let new = self.prepare_member(checked, SiteRole::SiteAdministrator).await?;
        let (member, session, visitor) = (new.id, Secret::from_random(self.random()), visitor.clone());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                if !setup_token::take(conn, secret.hash()).await? {
                    return Err(Error::from(Conflict::SetupOver));
                }
                new.insert(conn).await?;
                Ok(open_session(conn, session, member, &visitor, "password").await?)
            })
            .await?;
        self.inner.has_members.store(true, Ordering::Relaxed);
        Ok((session, self.find_own(member).await?))
    }
}
