//! Signing in and out, and members that are made with a password.

#[cfg(test)]
mod at_once;
mod by_password;
#[cfg(test)]
mod known_browsers;
mod link;
mod own;
mod proofs;
mod sessions;
mod set_up;
#[cfg(test)]
mod tests;
mod visitor;

use domain::{Email, EmailError, MemberId, PersonName, PersonNameError, SiteRole};
use signin::{Password, PasswordError};
pub use store::account::Member;
use store::account::{self, NewMember};
use store::{Conn, StoreError};
use tokio::sync::SemaphorePermit;

use crate::{App, Caller, Conflict, Error, FieldError};
pub(crate) use link::INVITE_LASTS;
pub use link::{Language, OneTimeLink};
pub use own::{OwnAccount, session_name};
pub use proofs::Proving;
pub use sessions::SessionWatch;
pub(crate) use sessions::{end_everywhere, lives};
pub use visitor::Visitor;
pub(crate) use visitor::open_session;

/// A member to be made, as typed.
#[derive(Debug)]
pub struct TypedMember {
    /// Address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// New password.
    pub password: String,
}

struct Checked {
    email: Email,
    name: PersonName,
    password: Password,
}

impl TypedMember {
    fn check(self) -> Result<Checked, Error> {
        let mut wrong = Vec::new();
        let mut note = |field, code| wrong.push(FieldError { field, code });
        let email = Email::new(&self.email).map_err(|e| note("email", email_code(e)));
        let name = PersonName::new(&self.name).map_err(|e| note("name", name_code(e)));
        let password = Password::new(self.password).map_err(|e| {
            note("password", password_code(e));
        });
        match (email, name, password) {
            (Ok(email), Ok(name), Ok(password)) => Ok(Checked { email, name, password }),
            _ => Err(Error::Invalid(wrong)),
        }
    }
}

/// What stands in place of a password's hash for who has none: nothing typed ever matches it.
pub(crate) const NO_PASSWORD: &str = "-";

/// A checked address.
pub(crate) fn checked_email(text: &str) -> Result<Email, Error> {
    Email::new(text).map_err(|e| Error::invalid("email", email_code(e)))
}

/// The code of a wrong new password.
pub(crate) const fn password_code(error: PasswordError) -> &'static str {
    match error {
        PasswordError::TooShort => "password_too_short",
        PasswordError::TooLong => "password_too_long",
    }
}

/// The code of a wrong address.
pub(crate) const fn email_code(error: EmailError) -> &'static str {
    match error {
        EmailError::Required => "email_required",
        EmailError::TooLong => "email_too_long",
        EmailError::Invalid => "email_invalid",
    }
}

/// The code of a wrong name.
pub(crate) const fn name_code(error: PersonNameError) -> &'static str {
    match error {
        PersonNameError::Required => "name_required",
        PersonNameError::TooLong => "name_too_long",
        PersonNameError::Control => "name_control",
    }
}

pub(crate) fn checked_name(text: &str) -> Result<PersonName, Error> {
    PersonName::new(text).map_err(|e| Error::invalid("name", name_code(e)))
}

impl App {
    /// Makes a member with a password; for the command line of the machine's owner.
    ///
    /// # Errors
    /// `Invalid`, `EmailTaken`.
    pub async fn create_member(&self, typed: TypedMember, role: SiteRole) -> Result<Member, Error> {
        let new = self.prepare_member(typed.check()?, role).await?;
        let id = new.id;
        self.inner.store.write(async move |conn: &mut Conn| new.insert(conn).await).await?;
        self.find_own(id).await
    }

    /// The member of a caller that has one.
    ///
    /// # Errors
    /// `SignInFirst`.
    pub fn get_own_member<'a>(&self, caller: &'a Caller) -> Result<&'a Member, Error> {
        caller.member.as_ref().filter(|member| member.facts.enabled).ok_or(Error::SignInFirst)
    }

    async fn find_own(&self, id: MemberId) -> Result<Member, Error> {
        let member: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| account::find(conn, id).await).await;
        member?.ok_or(Error::NotFound)
    }

    async fn prepare_member(&self, checked: Checked, role: SiteRole) -> Result<ReadyMember, Error> {
        let (id, now) = (MemberId::new(self.now(), self.random()), self.now());
        let password_hash = self.hash_password(checked.password).await?;
        Ok(ReadyMember { id, email: checked.email, name: checked.name, role, password_hash, now })
    }

    /// A member with a password, checked and hashed.
    pub(crate) async fn prepare_typed(
        &self,
        typed: TypedMember,
        role: SiteRole,
    ) -> Result<ReadyMember, Error> {
        self.prepare_member(typed.check()?, role).await
    }

    /// A member who has no password yet.
    pub(crate) fn prepare_without_password(
        &self,
        email: &str,
        name: &str,
        role: SiteRole,
    ) -> Result<ReadyMember, Error> {
        let mut wrong = Vec::new();
        let mut note = |field, code| wrong.push(FieldError { field, code });
        let email = Email::new(email).map_err(|e| note("email", email_code(e)));
        let name = PersonName::new(name).map_err(|e| note("name", name_code(e)));
        let (Ok(email), Ok(name)) = (email, name) else { return Err(Error::Invalid(wrong)) };
        let (id, now) = (MemberId::new(self.now(), self.random()), self.now());
        Ok(ReadyMember { id, email, name, role, password_hash: NO_PASSWORD.into(), now })
    }

    /// The PHC string of a new password.
    pub(crate) async fn hash_password(&self, password: Password) -> Result<String, Error> {
        let salt = self.random();
        let hash = self.hash(move || password.to_hash(salt)).await?;
        hash.ok_or_else(|| Error::Bug("a password could not be hashed".into()))
    }

    /// Runs slow hashing off the async threads, two at a time.
    pub(crate) async fn hash<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        hash_in_turn(&self.turn_to_hash().await?, work).await
    }

    async fn turn_to_hash(&self) -> Result<SemaphorePermit<'_>, Error> {
        self.inner.hashing.acquire().await.map_err(|e| Error::Unavailable(e.to_string()))
    }
}

async fn hash_in_turn<T: Send + 'static>(
    _turn: &SemaphorePermit<'_>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|e| Error::Bug(e.to_string()))
}

/// A member that can be inserted.
pub(crate) struct ReadyMember {
    pub(crate) id: MemberId,
    pub(crate) email: Email,
    name: PersonName,
    role: SiteRole,
    password_hash: String,
    now: domain::Instant,
}

impl ReadyMember {
    pub(crate) async fn insert(&self, conn: &mut Conn) -> Result<(), Error> {
        let new = NewMember {
            id: self.id,
            email: self.email.as_str(),
            name: self.name.as_str(),
            role: self.role,
            password_hash: &self.password_hash,
            now: self.now,
        };
        account::insert(conn, &new).await.map_err(|error| match error {
            StoreError::Duplicate(_) => Conflict::EmailTaken.into(),
            other => other.into(),
        })
    }
}
