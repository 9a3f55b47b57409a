//! Signing in and out, and the first administrator.

#[cfg(test)]
mod at_once;
mod link;
mod own;
mod proofs;
mod sessions;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use domain::{Email, EmailError, MemberId, PersonName, PersonNameError, SiteRole, Span};
use signin::{Password, PasswordError};
pub use store::account::Member;
use store::account::{self, NewMember};
use store::{Conn, StoreError, process};
use tokio::sync::SemaphorePermit;

use crate::{App, Caller, Conflict, Error, FieldError, Secret};
pub(crate) use link::INVITE_LASTS;
pub use link::{Language, OneTimeLink};
pub use own::{OwnAccount, session_name};
pub use proofs::Proving;
pub use sessions::SessionWatch;
pub(crate) use sessions::{end_everywhere, lives};

/// A session is good for this long after signing in.
const SESSION_LASTS: Span = Span::from_days(30);

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
    /// Opens a session for the right address and password. A wrong one costs the same time whether the address
    /// is known or not; too many from one address block, or at one address of a member, are turned away before
    /// anything is compared.
    ///
    /// # Errors
    /// `WrongCredentials` or `TooManyFailures`.
    pub async fn sign_in(
        &self,
        email: &str,
        password: String,
        from: IpAddr,
        device: &str,
    ) -> Result<(Secret, Member), Error> {
        let now = self.now();
        self.inner.failures.check(from, now).map_err(Error::TooManyFailures)?;
        let email = Email::new(email).ok();
        let account = email.as_ref().map(|email| email.as_str().to_owned());
        if let Some(account) = &account {
            self.inner.account_failures.check_key(account, now).map_err(Error::TooManyFailures)?;
        }
        let password = Password::typed(password).map_err(|_| Error::WrongCredentials)?;
        let found = match email {
            Some(email) => {
                self.inner
                    .store
                    .read(async move |conn: &mut Conn| account::find_by_email(conn, email.as_str()).await)
                    .await?
            }
            None => None,
        };
        let (stored, member): (Option<String>, _) = found.unzip();
        // Who has no password must not be told by an answer that comes sooner.
        let stored = stored.filter(|stored| stored.starts_with('$'));
        let turn = self.turn_to_hash().await?;
        // Of guesses that come all at once, those that failed before this one's turn count too.
        self.inner.failures.check(from, self.now()).map_err(Error::TooManyFailures)?;
        if let Some(account) = &account {
            self.inner.account_failures.check_key(account, self.now()).map_err(Error::TooManyFailures)?;
        }
        let compared = stored.clone();
        let work = move || match compared {
            Some(stored) => password.matches(&stored),
            None => {
                signin::spend_effort(&password);
                false
            }
        };
        let wrong = || {
            self.inner.failures.note(from, self.now());
            if let Some(account) = &account {
                self.inner.account_failures.note_key(account.clone(), self.now());
            }
            Error::WrongCredentials
        };
        if !hash_in_turn(&turn, work).await? {
            return Err(wrong());
        }
        drop(turn);
        let proved = member.zip(stored);
        let opened = match proved {
            Some((member, stored)) => self.open_by_password(member.facts.id, stored, device).await?,
            None => None,
        };
        opened.ok_or_else(wrong)
    }

    /// Opens a session by a password that was the right one when it was read; none when it is void by now, or the
    /// account closed.
    async fn open_by_password(
        &self,
        member: MemberId,
        stored: String,
        device: &str,
    ) -> Result<Option<(Secret, Member)>, Error> {
        let (secret, device) = (Secret::from_random(self.random()), device.to_owned());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                if !account::hold_password(conn, member, &stored).await? {
                    return Ok(None);
                }
                open_session(conn, secret, member, &device, "password").await?;
                Ok(account::find(conn, member).await?.map(|member| (secret, member)))
            })
            .await
    }

    /// How long a session lasts, for its cookie.
    pub const fn session_lasts() -> Span {
        SESSION_LASTS
    }

    /// A one-time secret for the first administrator; none when the site has members. What another living process
    /// has shown its administrator stays good, until one of them is used.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn begin_setup(&self) -> Result<Option<Secret>, Error> {
        let (secret, now) = (Secret::from_random(self.random()), self.now());
        let alive = now.minus(crate::pulse::DEAD_AFTER);
        let is_alone = self.is_alone();
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                if account::count(conn).await? > 0 {
                    return Ok(None);
                }
                let oldest = process::find_oldest_start(conn, alive).await?.filter(|_| !is_alone);
                account::put_setup_token(conn, secret.hash(), now, oldest.unwrap_or(now)).await?;
                Ok::<_, Error>(Some(secret))
            })
            .await
    }

    /// Whether a one-time link for the first administrator still works.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn knows_setup(&self, secret: Secret) -> Result<bool, Error> {
        Ok(self
            .inner
            .store
            .read(async move |conn: &mut Conn| account::knows_setup_token(conn, secret.hash()).await)
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
        device: &str,
    ) -> Result<(Secret, Member), Error> {
        let checked = typed.check()?;
        // Hashing is dear: whoever has no good link does not get that far.
        if !self.knows_setup(secret).await? {
            return Err(Conflict::SetupOver.into());
        }
        let new = self.prepare_member(checked, SiteRole::SiteAdministrator).await?;
        let (member, session, device) = (new.id, Secret::from_random(self.random()), device.to_owned());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                if !account::take_setup_token(conn, secret.hash()).await? {
                    return Err(Error::from(Conflict::SetupOver));
                }
                new.insert(conn).await?;
                Ok(open_session(conn, session, member, &device, "password").await?)
            })
            .await?;
        Ok((session, self.find_own(member).await?))
    }

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

/// Opens a session in the transaction that proved who it is for: on which device in short words, by which way.
pub(crate) async fn open_session(
    conn: &mut Conn,
    secret: Secret,
    member: MemberId,
    device: &str,
    way: &str,
) -> Result<(), StoreError> {
    let now = conn.now().await?;
    account::open_session(conn, secret.hash(), member, now, now.plus(SESSION_LASTS)).await?;
    store::session::describe(conn, secret.hash(), device, way, now).await
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
