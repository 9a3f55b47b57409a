//! A member's passkeys, and signing in by one. Every failure to sign in has the same words.

use std::net::IpAddr;

use domain::access::Action;
use domain::{LinkName, MemberId, PasskeyId};
use signin::{PasskeyError, Passkeys};
use store::account::{self, Member};
use store::passkey::{self, NewPasskey, Passkey};
use store::{Conn, StoreError};

use super::{SealedFlow, open_session};
use crate::accounts::Visitor;
use crate::{App, Caller, Error, Secret};

/// Passkeys of one member.
const MOST: i64 = 10;
const REGISTER: &str = "passkey_register";
const SIGN_IN: &str = "passkey_sign_in";

/// The first half of a ceremony.
#[derive(Debug)]
pub struct PasskeyBegun {
    /// For `navigator.credentials`, as JSON.
    pub options: String,
    /// For the browser's cookie.
    pub browser: Secret,
}

/// The first half of signing in by a passkey.
#[derive(Debug)]
pub struct PasskeySignIn {
    /// For `navigator.credentials`, as JSON.
    pub options: String,
    /// For the browser's cookie.
    pub browser: SealedFlow,
}

fn bug(error: &PasskeyError) -> Error {
    Error::Bug(error.to_string())
}

impl App {
    /// Whether browsers have passkeys for this site's address.
    pub fn has_passkeys(&self) -> bool {
        self.inner.sign_in.passkeys.is_some()
    }

    fn passkeys(&self) -> Result<&Passkeys, Error> {
        self.inner.sign_in.passkeys.as_ref().ok_or(Error::NotFound)
    }

    fn own_account(&self, caller: &Caller) -> Result<Member, Error> {
        self.decide_on_site(caller, Action::ManageOwnAccount)?;
        self.get_own_member(caller).cloned()
    }

    /// The caller's passkeys.
    ///
    /// # Errors
    /// `SignInFirst`.
    pub async fn list_passkeys(&self, caller: &Caller) -> Result<Vec<Passkey>, Error> {
        let member = self.own_account(caller)?.facts.id;
        let list: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| passkey::list(conn, member).await).await;
        Ok(list?)
    }

    /// Begins to register a passkey for the caller.
    ///
    /// # Errors
    /// `SignInFirst`, `Invalid` when they have as many as they may, `NotFound` where there are no passkeys.
    pub async fn begin_passkey(&self, caller: &Caller) -> Result<PasskeyBegun, Error> {
        let member = self.own_account(caller)?;
        let (passkeys, id) = (self.passkeys()?, member.facts.id);
        let known: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| passkey::list_credential_ids(conn, id).await)
            .await;
        let known: Vec<Vec<u8>> = known?;
        if known.len() as i64 >= MOST {
            return Err(Error::invalid("passkey", "too_many_passkeys"));
        }
        let begun = passkeys.begin_registration(*id.as_bytes(), &member.email, &member.name, known);
        let begun = begun.map_err(|error| bug(&error))?;
        let browser = self.begin_flow(REGISTER, &format!("{id} {}", begun.state)).await?;
        Ok(PasskeyBegun { options: begun.options, browser })
    }

    /// Keeps the passkey that the browser made.
    ///
    /// # Errors
    /// `Invalid`: `passkey_stale` for another browser's or an old beginning, `passkey_refused`.
    pub async fn finish_passkey(
        &self,
        caller: &Caller,
        browser: Option<Secret>,
        name: &str,
        answer: &str,
    ) -> Result<Passkey, Error> {
        let member = self.own_account(caller)?.facts.id;
        let name = LinkName::new(name)
            .map_err(|error| Error::invalid("name", crate::short_name::name_code(error)))?;
        let refuse = |code| Error::invalid("passkey", code);
        let state = self.take_flow(REGISTER, browser).await?;
        let (state, _) = state.filter(|(_, is_good)| *is_good).ok_or_else(|| refuse("passkey_stale"))?;
        let state = state.strip_prefix(&format!("{member} ")).ok_or_else(|| refuse("passkey_stale"))?;
        let made = match self.passkeys()?.finish_registration(answer, state) {
            Err(error @ PasskeyError::Broken(_)) => return Err(bug(&error)),
            made => made.map_err(|_| refuse("passkey_refused"))?,
        };
        let now = self.now();
        let id = PasskeyId::new(now, self.random());
        let passkey = Passkey { id, name: name.as_str().to_owned(), created_at: now, used_at: None };
        let kept = passkey.clone();
        let is_kept = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let (credential_id, credential) = (&*made.credential_id, &*made.credential);
                passkey::insert(conn, member, &NewPasskey { passkey: &kept, credential_id, credential }, MOST)
                    .await
            })
            .await;
        match is_kept {
            Ok(true) => Ok(passkey),
            Ok(false) => Err(refuse("too_many_passkeys")),
            Err(StoreError::Duplicate(_)) => Err(refuse("passkey_refused")),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets one of the caller's passkeys.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_passkey(&self, caller: &Caller, id: PasskeyId) -> Result<(), Error> {
        let member = self.own_account(caller)?.facts.id;
        let was_there: Result<bool, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| passkey::delete(conn, member, id).await)
            .await;
        if was_there? { Ok(()) } else { Err(Error::NotFound) }
    }

    /// Begins to sign somebody in by a passkey, whoever it is.
    ///
    /// # Errors
    /// `TooManyFailures`, `NotFound` where there are no passkeys.
    pub fn begin_passkey_sign_in(&self, from: IpAddr) -> Result<PasskeySignIn, Error> {
        self.inner.failures.check(from, self.now()).map_err(Error::TooManyFailures)?;
        let begun = self.passkeys()?.begin_sign_in().map_err(|error| bug(&error))?;
        let browser = self.seal_flow(SIGN_IN, &begun.state)?;
        Ok(PasskeySignIn { options: begun.options, browser })
    }

    /// Opens a session for the member whose passkey answered.
    ///
    /// # Errors
    /// `WrongCredentials`, whatever was wrong; `TooManyFailures`.
    pub async fn finish_passkey_sign_in(
        &self,
        browser: Option<&SealedFlow>,
        answer: &str,
        visitor: &Visitor,
    ) -> Result<(Secret, Member), Error> {
        let from = visitor.address;
        self.inner.failures.check(from, self.now()).map_err(Error::TooManyFailures)?;
        let tried = self.try_passkey(browser, answer, visitor).await;
        if matches!(tried, Err(Error::WrongCredentials)) {
            self.inner.failures.note(from, self.now());
        }
        tried
    }

    async fn try_passkey(
        &self,
        browser: Option<&SealedFlow>,
        answer: &str,
        visitor: &Visitor,
    ) -> Result<(Secret, Member), Error> {
        let passkeys = self.passkeys()?;
        let flow = browser.and_then(|browser| self.open_flow(SIGN_IN, browser));
        let flow = flow.ok_or(Error::WrongCredentials)?;
        let (member, credential_id) = passkeys.identify(answer).map_err(|_| Error::WrongCredentials)?;
        let member = MemberId::from_bytes(member);
        let found: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| passkey::find(conn, member, &credential_id).await)
            .await;
        let (id, before) = found?.ok_or(Error::WrongCredentials)?;
        let after = passkeys.finish_sign_in(answer, &flow.state, &before).map_err(|error| {
            tracing::info!(%error, "a passkey did not sign in");
            Error::WrongCredentials
        })?;
        let (secret, visitor) = (Secret::from_random(self.random()), visitor.clone());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = conn.now().await?;
                let member = account::find(conn, member).await?.filter(|member| member.facts.enabled);
                let member = member.ok_or(Error::WrongCredentials)?;
                if !flow.spend(conn, now).await? {
                    return Err(Error::WrongCredentials);
                }
                // Two sign-ins at once with the same counter: one of them is a copy.
                if !passkey::note_use(conn, id, &before, &after.credential, now).await? {
                    return Err(Error::WrongCredentials);
                }
                open_session(conn, secret, member.facts.id, &visitor, "passkey").await?;
                Ok((secret, member))
            })
            .await
    }
}
