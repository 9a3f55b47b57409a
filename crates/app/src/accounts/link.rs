//! One-time links by which a member sets a password: after an invitation to the site, or a reset.

use domain::{Email, MemberId, Span};
pub use mail::Language;
use mail::{TemplateName, Values};
use signin::Password;
use store::account_link::{self, NewLink};
use store::{Conn, StoreError, account, address, known_browser};

use super::sessions::end_everywhere;
use super::{Member, Visitor, open_session, password_code};
use crate::mail::{NewLetter, named};
use crate::{App, Conflict, Error, Secret};

/// Somebody invited to the site has so long to come.
pub(crate) const INVITE_LASTS: Span = Span::from_days(7);
/// A reset is used soon or not at all.
const RESET_LASTS: Span = Span::from_days(1);

/// How a one-time link gets to its member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OneTimeLink {
    /// By mail.
    Mailed,
    /// Shown this once, to be handed over.
    Shown(String),
}

impl App {
    /// Keeps a fresh link in place of any before, and mails it when mail is on.
    pub(crate) async fn put_link(
        &self,
        conn: &mut Conn,
        id: MemberId,
        purpose: &'static str,
        language: Language,
    ) -> Result<OneTimeLink, Error> {
        let member = account::find(conn, id).await?.ok_or(Error::NotFound)?;
        let (secret, now) = (Secret::from_random(self.random()), conn.now().await?);
        let lasts = if purpose == "invite" { INVITE_LASTS } else { RESET_LASTS };
        let email = Some(member.email.as_str()).filter(|_| self.mail_is_on());
        let new = NewLink { member: id, purpose, email, now, expires: now.plus(lasts) };
        account_link::put(conn, secret.hash(), &new).await?;
        let Some(to) = email.and_then(|email| Email::new(email).ok()) else {
            return Ok(OneTimeLink::Shown(self.account_url(secret)));
        };
        self.mail_account_link(conn, (id, &to, &member.name), secret, language).await?;
        Ok(OneTimeLink::Mailed)
    }

    /// Where a one-time link leads.
    pub(crate) fn account_url(&self, secret: Secret) -> String {
        format!("{}/account/{}", self.inner.config.public_url, secret.to_text())
    }

    /// Queues the mail with a member's one-time link.
    async fn mail_account_link(
        &self,
        conn: &mut Conn,
        to: (MemberId, &Email, &str),
        secret: Secret,
        language: Language,
    ) -> Result<(), Error> {
        self.queue_mail(conn, self.account_letter(to, secret, language)).await.map(drop)
    }

    /// The letter with a member's one-time link.
    pub(crate) fn account_letter<'a>(
        &self,
        (id, to, name): (MemberId, &'a Email, &'a str),
        secret: Secret,
        language: Language,
    ) -> NewLetter<'a> {
        NewLetter {
            template: TemplateName::Account,
            language,
            to,
            to_name: name,
            about: Some(*id.as_bytes()),
            owner: None,
            values: Values { link: self.account_url(secret), ..named(name) },
            schedule: None,
        }
    }

    /// Whom a one-time link is for, while it is good: name and address to sign in with.
    ///
    /// # Errors
    /// `LinkSpent`.
    pub async fn read_account_link(&self, secret: Secret) -> Result<(String, String), Error> {
        let now = self.now();
        let found: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| account_link::find(conn, secret.hash(), now).await)
            .await;
        found?.map(|found| (found.name, found.email)).ok_or(Conflict::LinkSpent.into())
    }

    /// Sets the password, spends the link and signs the member in. Every session from before ends.
    ///
    /// # Errors
    /// `Invalid` or `LinkSpent`.
    pub async fn use_account_link(
        &self,
        secret: Secret,
        password: String,
        visitor: &Visitor,
    ) -> Result<(Secret, Member), Error> {
        let password = Password::new(password).map_err(|e| Error::invalid("password", password_code(e)))?;
        // Hashing is dear: whoever has no good link does not get that far.
        self.read_account_link(secret).await?;
        let hash = self.hash_password(password).await?;
        let (session, visitor) = (Secret::from_random(self.random()), visitor.clone());
        let (member, marks) = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = conn.now().await?;
                let found = account_link::find(conn, secret.hash(), now).await?;
                let spent = || Error::from(Conflict::LinkSpent);
                let found = found.ok_or_else(spent)?;
                if !account_link::spend(conn, secret.hash(), now).await? {
                    return Err(spent());
                }
                account::set_password(conn, found.member, &hash).await?;
                if let Some(email) = &found.mailed_to {
                    // Whoever opened it reads that mailbox.
                    address::verify(conn, found.member, email, Some((now, "link"))).await?;
                }
                let marks = end_everywhere(conn, found.member, now).await?;
                // Where the old password was used, nobody is known any more.
                known_browser::forget(conn, found.member, None).await?;
                open_session(conn, session, found.member, &visitor, "link").await?;
                let member = account::find(conn, found.member).await?.ok_or_else(spent)?;
                Ok((member, marks))
            })
            .await?;
        self.obey_everywhere(&marks).await;
        Ok((session, member))
    }
}
