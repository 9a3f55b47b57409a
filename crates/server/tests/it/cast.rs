//! Everybody who comes to the site: members of every kind, API tokens, and what each of them carries.

use app::accounts::TypedMember;
use app::domain::{MemberId, Scope, Scopes, SiteRole, Span};
use app::store::account::{self, NewMember};
use app::store::{Conn, StoreError};
use app::{Credentials, Secret};
use http::request::Builder;
use http::{Request, header};

use crate::site::{HOST, ORIGIN, Site};

pub(crate) const PASSWORD: &str = "correct horse battery";

/// What somebody's browser or program sends along.
#[derive(Debug, Clone, Default)]
pub(crate) struct Key {
    pub(crate) cookies: Vec<String>,
    pub(crate) bearer: Option<String>,
}

impl Key {
    pub(crate) fn nobody() -> Self {
        Self::default()
    }

    fn session(secret: Secret) -> Self {
        Self { cookies: vec![format!("__Host-anteroom-session={}", secret.to_text())], bearer: None }
    }

    pub(crate) fn token(text: String) -> Self {
        Self { cookies: Vec::new(), bearer: Some(text) }
    }

    /// A request as one of our own pages sends it; programs with a token send no Origin.
    pub(crate) fn request(&self, method: &str, url: &str) -> Builder {
        let mut request = self.bare(method, url);
        if self.bearer.is_none() {
            request = request.header(header::ORIGIN, ORIGIN).header("sec-fetch-site", "same-origin");
        }
        request
    }

    /// A request without a word about where it comes from.
    pub(crate) fn bare(&self, method: &str, url: &str) -> Builder {
        let mut request = Request::builder().method(method).uri(url).header(header::HOST, HOST);
        if !self.cookies.is_empty() {
            request = request.header(header::COOKIE, self.cookies.join("; "));
        }
        if let Some(token) = &self.bearer {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        request
    }
}

/// A member.
pub(crate) struct Person {
    pub(crate) id: MemberId,
    pub(crate) key: Key,
    session: Secret,
}

impl Person {
    pub(crate) async fn new(site: &Site, name: &str, role: SiteRole) -> Self {
        let now = site.clock.now();
        let (id, session) = (MemberId::new(now, site.app.random()), Secret::from_random(site.app.random()));
        let (name, email) = (name.to_owned(), format!("{id}@members.example"));
        let made: Result<_, StoreError> = site
            .store
            .write(async move |conn: &mut Conn| {
                // No password fits this; members sign in by the session below.
                let member = NewMember { id, email: &email, name: &name, role, password_hash: "-", now };
                account::insert(conn, &member).await?;
                account::open_session(conn, session.hash(), id, now, now.plus(Span::from_days(30))).await
            })
            .await;
        made.expect("a member can be made");
        Self { id, key: Key::session(session), session }
    }

    /// As whom the app knows this member.
    pub(crate) async fn caller(&self, site: &Site) -> app::Caller {
        let credentials = Credentials { session: Some(self.session), ..Credentials::default() };
        site.app.know(credentials).await.expect("a member")
    }

    /// At one more place.
    pub(crate) async fn sign_in_again(&self, site: &Site) -> Key {
        let (id, now) = (self.id, site.clock.now());
        let session = Secret::from_random(site.app.random());
        let opened: Result<_, StoreError> = site
            .store
            .write(async move |conn: &mut Conn| {
                account::open_session(conn, session.hash(), id, now, now.plus(Span::from_days(30))).await
            })
            .await;
        opened.expect("signed in");
        Key::session(session)
    }

    async fn token(&self, site: &Site, scopes: &[Scope]) -> Key {
        let scopes = scopes.iter().fold(Scopes::NONE, |set, scope| set.with(*scope));
        let caller = self.caller(site).await;
        let (secret, _) = site.app.make_token(&caller, "Script", scopes, None).await.expect("a token");
        Key::token(secret.to_text())
    }
}

/// Everybody but the guests, who belong to a stage.
pub(crate) struct Cast {
    pub(crate) owner: Person,
    pub(crate) other_owner: Person,
    pub(crate) member: Person,
    pub(crate) viewer: Person,
    pub(crate) co_viewer: Person,
    pub(crate) administrator: Person,
    /// Whom anything may happen to.
    pub(crate) spare: Person,
    /// One token of the owner for each scope, in the order of `Scope::ALL`.
    pub(crate) tokens: Vec<Key>,
    /// The other owner's token with every scope.
    pub(crate) other_token: Key,
    /// The address of somebody who signs in with `PASSWORD`.
    pub(crate) sign_in: &'static str,
}

impl Cast {
    pub(crate) async fn new(site: &Site) -> Self {
        let owner = Person::new(site, "Olivia zqmark-own", SiteRole::PrivateOnly).await;
        let other_owner = Person::new(site, "Otto zqmark-other", SiteRole::PrivateOnly).await;
        let mut tokens = Vec::new();
        for scope in Scope::ALL {
            tokens.push(owner.token(site, &[*scope]).await);
        }
        let other_token = other_owner.token(site, Scope::ALL).await;
        let email = "signs-in@members.example";
        let typed = TypedMember { email: email.into(), name: "Sina".into(), password: PASSWORD.into() };
        site.app.create_member(typed, SiteRole::Viewer).await.expect("a member with a password");
        Self {
            owner,
            other_owner,
            member: Person::new(site, "Mia", SiteRole::PrivateOnly).await,
            viewer: Person::new(site, "Vera", SiteRole::Viewer).await,
            co_viewer: Person::new(site, "Cora", SiteRole::PrivateOnly).await,
            spare: Person::new(site, "Spare", SiteRole::Viewer).await,
            administrator: Person::new(site, "Ada", SiteRole::SiteAdministrator).await,
            tokens,
            other_token,
            sign_in: email,
        }
    }

    pub(crate) fn token(&self, scope: Scope) -> &Key {
        let at = Scope::ALL.iter().position(|found| *found == scope).expect("every scope has a token");
        &self.tokens[at]
    }
}
