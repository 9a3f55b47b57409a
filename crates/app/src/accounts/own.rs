//! What a member does to their own account.

use domain::access::Action;
use signin::Password;
use store::account::Hash;
use store::address::Address;
use store::session::{self, Session};
use store::{Conn, StoreError, account, address, address_code, known_browser, member_admin, refused};

use super::proofs::Proving;
use super::sessions::{end_elsewhere, mark_session};
use super::{Member, checked_name, password_code};
use crate::{App, Caller, Conflict, Error, Secret};

/// A member's own account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnAccount {
    /// Themselves.
    pub member: Member,
    /// Their addresses, oldest first.
    pub addresses: Vec<Address>,
    /// Whether they can sign in by password.
    pub has_password: bool,
    /// The address that a code was mailed to, and waits for.
    pub proving: Option<Proving>,
    /// Whether codes can be mailed from here.
    pub mails_codes: bool,
    /// Whether they want to be mailed who was refused at their items.
    pub wishes_refusals: bool,
}

impl App {
    /// The caller's own account.
    ///
    /// # Errors
    /// `SignInFirst` or `Refused`.
    pub async fn get_own_account(
        &self,
        caller: &Caller,
        session: Option<Secret>,
    ) -> Result<OwnAccount, Error> {
        self.decide_on_site(caller, Action::ManageOwnAccount)?;
        let (id, now) = (self.get_own_member(caller)?.facts.id, self.now());
        let mails_codes = self.mail_is_on();
        let read: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                let Some(member) = account::find(conn, id).await? else { return Ok(None) };
                let has_password = member_admin::find_password(conn, id).await?.is_some();
                let proving = match session {
                    Some(session) => address_code::find_newest(conn, id, session.hash(), now).await?,
                    None => None,
                };
                let proving = proving.map(|code| Proving { email: code.email, until: code.expires_at });
                let addresses = address::list(conn, id).await?;
                let wishes_refusals = refused::find(conn, id).await?.is_some();
                Ok(Some(OwnAccount {
                    member,
                    addresses,
                    has_password,
                    proving,
                    mails_codes,
                    wishes_refusals,
                }))
            })
            .await;
        read?.ok_or(Error::SignInFirst)
    }

    /// Changes the caller's display name.
    ///
    /// # Errors
    /// `Invalid`, `SignInFirst` or `Refused`.
    pub async fn rename_self(&self, caller: &Caller, name: &str) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageOwnAccount)?;
        let (id, name) = (self.get_own_member(caller)?.facts.id, checked_name(name)?);
        let done: Result<_, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| member_admin::rename(conn, id, name.as_str()).await)
            .await;
        Ok(done?)
    }

    /// Changes the caller's password; all their other sessions end. Too many wrong old ones are turned away.
    ///
    /// # Errors
    /// `Invalid` with `old` or `new`, `TooManyRequests`, `SignInFirst` or `Refused`.
    pub async fn change_own_password(
        &self,
        caller: &Caller,
        session: Secret,
        old: String,
        new: String,
    ) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageOwnAccount)?;
        let id = self.get_own_member(caller)?.facts.id;
        let new = Password::new(new).map_err(|e| Error::invalid("new", password_code(e)))?;
        let old = Password::typed(old).map_err(|_| Error::invalid("old", "password_wrong"))?;
        self.inner.finding.take(id, self.now()).map_err(Error::TooManyRequests)?;
        let stored: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| member_admin::find_password(conn, id).await)
            .await;
        let stored = stored?.ok_or(Error::invalid("old", "password_none"))?;
        let compared = stored.clone();
        if !self.hash(move || old.matches(&compared)).await? {
            return Err(Error::invalid("old", "password_wrong"));
        }
        let hash = self.hash_password(new).await?;
        let marks = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = conn.now().await?;
                // An administrator may have made it void meanwhile.
                if !account::hold_password(conn, id, &stored).await? {
                    return Err(Error::invalid("old", "password_wrong"));
                }
                account::set_password(conn, id, &hash).await?;
                known_browser::forget(conn, id, Some(session.of_known_browser().hash())).await?;
                Ok(end_elsewhere(conn, id, session.hash(), now).await?)
            })
            .await?;
        self.obey_everywhere(&marks).await;
        Ok(())
    }

    /// Where the caller is signed in, newest first.
    ///
    /// # Errors
    /// `SignInFirst` or `Refused`.
    pub async fn list_own_sessions(&self, caller: &Caller) -> Result<Vec<Session>, Error> {
        self.decide_on_site(caller, Action::ManageOwnAccount)?;
        let (id, now) = (self.get_own_member(caller)?.facts.id, self.now());
        let read: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| session::list(conn, id, now).await).await;
        Ok(read?)
    }

    /// Ends one of the caller's sessions, named by the first bytes of its hash, and what is open by it.
    ///
    /// # Errors
    /// `NotFound`, `SignInFirst` or `Refused`.
    pub async fn end_own_session(&self, caller: &Caller, name: [u8; 16]) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageOwnAccount)?;
        let (id, now) = (self.get_own_member(caller)?.facts.id, self.now());
        let ended: Result<_, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let all = session::list(conn, id, now).await?;
                let found = all.into_iter().find(|session| session_name(&session.hash) == name);
                let Some(found) = found else { return Ok(None) };
                session::end(conn, id, found.hash).await?;
                let now = conn.now().await?;
                mark_session(conn, &found.hash, now).await.map(Some)
            })
            .await;
        let mark = ended?.ok_or(Error::NotFound)?;
        self.obey_everywhere(&[mark]).await;
        Ok(())
    }

    /// Ends all of the caller's sessions but this one, and what is open by them.
    ///
    /// # Errors
    /// `SignInFirst` or `Refused`.
    pub async fn end_other_sessions(&self, caller: &Caller, session: Secret) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageOwnAccount)?;
        let id = self.get_own_member(caller)?.facts.id;
        let done: Result<_, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = conn.now().await?;
                end_elsewhere(conn, id, session.hash(), now).await
            })
            .await;
        self.obey_everywhere(&done?).await;
        Ok(())
    }

    /// Takes one of the caller's addresses away.
    ///
    /// # Errors
    /// `SignInAddress` for the one they sign in with, `NotFound`, `SignInFirst` or `Refused`.
    pub async fn remove_own_address(&self, caller: &Caller, email: &str) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageOwnAccount)?;
        let (id, email) = (self.get_own_member(caller)?.facts.id, email.to_owned());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                if account::find(conn, id).await?.is_some_and(|member| member.email == email) {
                    return Err(Error::from(Conflict::SignInAddress));
                }
                if address::remove(conn, id, &email).await? { Ok(()) } else { Err(Error::NotFound) }
            })
            .await
    }

    /// Makes one of the caller's verified addresses the one to sign in with.
    ///
    /// # Errors
    /// `Invalid` for one that is not verified, `SignInFirst` or `Refused`.
    pub async fn choose_sign_in_address(&self, caller: &Caller, email: &str) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageOwnAccount)?;
        let (id, email) = (self.get_own_member(caller)?.facts.id, email.to_owned());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                let mut verified = conn.ask(address::verified_of(id)).await?.into_iter();
                if !verified.any(|own| own.as_str() == email) {
                    return Err(Error::invalid("email", "email_not_verified"));
                }
                Ok(member_admin::set_email(conn, id, &email).await?)
            })
            .await
    }
}

/// The name of a session in lists: enough of its hash to tell it from others, useless as a secret.
pub fn session_name(hash: &Hash) -> [u8; 16] {
    let mut name = [0; 16];
    name.copy_from_slice(&hash[..16]);
    name
}
