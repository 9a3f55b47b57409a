//! Signing in by password, and whose count a wrong one goes to.

use std::net::IpAddr;

use domain::{Email, MemberId};
use signin::Password;
use store::{Conn, StoreError, account, known_browser};

use super::visitor::KNOWN_LASTS;
use super::{Member, Visitor, hash_in_turn, open_session};
use crate::{App, Error, Secret};

/// Whose failures are asked before a password is compared, and who is charged with a wrong one.
enum Charged {
    /// A browser in which this account was signed in to before: nobody else's guesses slow it, neither those at the
    /// account nor those of its neighbours behind one address.
    KnownBrowser([u8; 32], String),
    /// Anybody else: their address, and the account that they try, whether there is one or not.
    Stranger(IpAddr, Option<String>),
}

impl Charged {
    fn check(&self, app: &App) -> Result<(), Error> {
        let (inner, now) = (&app.inner, app.now());
        let checked = match self {
            Self::KnownBrowser(browser, account) => {
                inner.browser_failures.check_key(&(*browser, account.clone()), now)
            }
            Self::Stranger(from, account) => inner.failures.check(*from, now).and_then(|()| {
                account.as_ref().map_or(Ok(()), |account| inner.account_failures.check_key(account, now))
            }),
        };
        checked.map_err(Error::TooManyFailures)
    }

    fn note(&self, app: &App) {
        let (inner, now) = (&app.inner, app.now());
        match self {
            Self::KnownBrowser(browser, account) => {
                inner.browser_failures.note_key((*browser, account.clone()), now);
            }
            Self::Stranger(from, account) => {
                inner.failures.note(*from, now);
                if let Some(account) = account {
                    inner.account_failures.note_key(account.clone(), now);
                }
            }
        }
    }
}

impl App {
    /// Opens a session for the right address and password. A wrong one costs the same time whether the address
    /// is known or not; after too many, whoever is charged with them is turned away before anything is compared, and
    /// that is counted nowhere.
    ///
    /// # Errors
    /// `WrongCredentials` or `TooManyFailures`.
    pub async fn sign_in(
        &self,
        email: &str,
        password: String,
        visitor: &Visitor,
    ) -> Result<(Secret, Member), Error> {
        let email = Email::new(email).ok();
        let charged = self.charged(email.as_ref(), visitor).await?;
        charged.check(self)?;
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
        charged.check(self)?;
        let compared = stored.clone();
        let work = move || match compared {
            Some(stored) => password.matches(&stored),
            None => {
                signin::spend_effort(&password);
                false
            }
        };
        let wrong = || {
            charged.note(self);
            Error::WrongCredentials
        };
        if !hash_in_turn(&turn, work).await? {
            return Err(wrong());
        }
        drop(turn);
        let proved = member.zip(stored);
        let opened = match proved {
            Some((member, stored)) => self.open_by_password(member.facts.id, stored, visitor).await?,
            None => None,
        };
        opened.ok_or_else(wrong)
    }

    async fn charged(&self, email: Option<&Email>, visitor: &Visitor) -> Result<Charged, Error> {
        let account = email.map(|email| email.as_str().to_owned());
        let (Some(known), Some(asked)) = (visitor.known, account.clone()) else {
            return Ok(Charged::Stranger(visitor.address, account));
        };
        let (browser, since) = (known.hash(), self.now().minus(KNOWN_LASTS));
        let knows: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| known_browser::knows(conn, browser, &asked, since).await)
            .await;
        Ok(match account {
            Some(account) if knows? => Charged::KnownBrowser(browser, account),
            account => Charged::Stranger(visitor.address, account),
        })
    }

    /// Opens a session by a password that was the right one when it was read; none when it is void by now, or the
    /// account closed.
    async fn open_by_password(
        &self,
        member: MemberId,
        stored: String,
        visitor: &Visitor,
    ) -> Result<Option<(Secret, Member)>, Error> {
        let (secret, visitor) = (Secret::from_random(self.random()), visitor.clone());
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                if !account::hold_password(conn, member, &stored).await? {
                    return Ok(None);
                }
                open_session(conn, secret, member, &visitor, "password").await?;
                Ok(account::find(conn, member).await?.map(|member| (secret, member)))
            })
            .await
    }
}
