//! A member's API tokens: named, scoped, shown once.

use domain::access::Action;
use domain::{LinkName, Scopes, Span, TokenId};
use store::account;
pub use store::account::ApiToken;
use store::{Conn, StoreError};

use crate::short_name::name_code;
use crate::{App, Caller, Error, Secret};

/// Longest life of a token in days; none given means none.
const MOST_DAYS: i64 = 3_650;

impl App {
    /// Makes a token; its secret is answered this once.
    ///
    /// # Errors
    /// `Invalid` for the name, an empty set of scopes or days out of range.
    pub async fn make_token(
        &self,
        caller: &Caller,
        name: &str,
        scopes: Scopes,
        days: Option<i64>,
    ) -> Result<(Secret, ApiToken), Error> {
        self.decide_on_site(caller, Action::ManageOwnTokens)?;
        let member = self.get_own_member(caller)?.facts.id;
        let name = LinkName::new(name).map_err(|e| Error::invalid("name", name_code(e)))?;
        if scopes == Scopes::NONE {
            return Err(Error::invalid("scopes", "scopes_required"));
        }
        if days.is_some_and(|days| !(1..=MOST_DAYS).contains(&days)) {
            return Err(Error::invalid("days", "days_range"));
        }
        let (secret, now) = (Secret::from_random(self.random()), self.now());
        let token = ApiToken {
            id: TokenId::new(now, self.random()),
            name: name.as_str().to_owned(),
            scopes,
            created_at: now,
            expires_at: days.map(|days| now.plus(Span::from_days(days))),
        };
        let kept = token.clone();
        self.inner
            .store
            .write(async move |conn: &mut Conn| {
                account::insert_token(conn, member, secret.hash(), &kept).await
            })
            .await?;
        Ok((secret, token))
    }

    /// The caller's tokens, newest first.
    ///
    /// # Errors
    /// `SignInFirst`.
    pub async fn list_tokens(&self, caller: &Caller) -> Result<Vec<ApiToken>, Error> {
        self.decide_on_site(caller, Action::ManageOwnTokens)?;
        let member = self.get_own_member(caller)?.facts.id;
        let tokens: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| account::list_tokens(conn, member).await)
            .await;
        Ok(tokens?)
    }

    /// Ends one of the caller's tokens at once.
    ///
    /// # Errors
    /// `NotFound`.
    pub async fn delete_token(&self, caller: &Caller, token: TokenId) -> Result<(), Error> {
        self.decide_on_site(caller, Action::ManageOwnTokens)?;
        let member = self.get_own_member(caller)?.facts.id;
        let gone: Result<_, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| account::delete_token(conn, member, token).await)
            .await;
        if gone? { Ok(()) } else { Err(Error::NotFound) }
    }
}
