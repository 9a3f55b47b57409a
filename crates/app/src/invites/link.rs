//! An invite's URL: shown again, replaced, mailed again.

use domain::access::Action;
use domain::{ActivityKind, ItemId, LinkId, News};
use store::{Conn, invite, invite_list};

use super::change::refuse_revoked;
use super::{MadeInvite, ShownInvite, mail};
use crate::activity::record;
use crate::items::actor;
use crate::{App, Caller, Conflict, Error, LinkToken};

impl App {
    /// The URL of an invite again. Leaves a row that the owner sees.
    ///
    /// # Errors
    /// `NotFound`, `Refused` or `InviteOver`.
    pub async fn reveal_invite(&self, caller: &Caller, item: ItemId, id: LinkId) -> Result<String, Error> {
        let (app, asked) = (self.clone(), caller.clone());
        let sealed = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let (_, found, _) = app.lock_invite(conn, &asked, item, id, Action::ManageInvites).await?;
                refuse_revoked(&found)?;
                let detail = format!("email: {}", found.facts.email.as_str());
                let outside = &app.inner.outside;
                record(conn, outside, item, Some(id), actor(&asked), ActivityKind::InviteCopied, &detail)
                    .await?;
                invite::find_sealed(conn, id).await?.ok_or(Error::NotFound)
            })
            .await?;
        self.opened_url(&sealed, id, item)
    }

    /// The URL of a sealed token.
    pub(crate) fn opened_url(&self, sealed: &[u8], id: LinkId, item: ItemId) -> Result<String, Error> {
        let token = self.inner.keys.open_seal(sealed, id, item);
        Ok(self.invite_url(token.ok_or(Conflict::SealedBefore)?))
    }

    /// Gives an invite another URL; the old one is dead with the answer. Seats stay.
    ///
    /// # Errors
    /// `NotFound`, `Refused` or `InviteOver`.
    pub async fn replace_invite_link(
        &self,
        caller: &Caller,
        item: ItemId,
        id: LinkId,
    ) -> Result<MadeInvite, Error> {
        let (app, asked) = (self.clone(), caller.clone());
        let token = LinkToken::from_random(self.random());
        let sealed = self.seal_token(token, id, item)?;
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                let (_, found, _) = app.lock_invite(conn, &asked, item, id, Action::Invite).await?;
                refuse_revoked(&found)?;
                invite_list::replace_token(conn, id, token.hash(), &sealed).await?;
                let detail = format!("email: {}; new link", found.facts.email.as_str());
                let outside = &app.inner.outside;
                record(conn, outside, item, Some(id), actor(&asked), ActivityKind::InviteChanged, &detail)
                    .await?;
                Ok::<_, Error>(())
            })
            .await?;
        self.tell(item, News::Invites);
        Ok(MadeInvite { invite: self.show_invite(item, id).await?, url: self.invite_url(token), hint: None })
    }

    /// Sends an invite by e-mail, again if it was sent before: the same link.
    ///
    /// # Errors
    /// `MailOff`, `InviteOver`, `NotFound` or `Refused`.
    pub async fn send_invite(
        &self,
        caller: &Caller,
        item: ItemId,
        id: LinkId,
        language: Option<&str>,
    ) -> Result<ShownInvite, Error> {
        let language = mail::language(language)?;
        let (app, asked) = (self.clone(), caller.clone());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                let (_, found, now) = app.lock_invite(conn, &asked, item, id, Action::LetIn).await?;
                if !found.facts.is_good(now) {
                    return Err(Error::from(Conflict::InviteOver));
                }
                app.queue_invites(conn, &asked, &[(id, found.facts.email.as_str())], language).await?;
                let detail = format!("email: {}", found.facts.email.as_str());
                let outside = &app.inner.outside;
                record(conn, outside, item, Some(id), actor(&asked), ActivityKind::InviteSent, &detail)
                    .await?;
                Ok(())
            })
            .await?;
        self.wake_mail();
        self.tell(item, News::Invites);
        self.show_invite(item, id).await
    }
}
