//! Sessions that end, and what is open by them: a member's pages and viewings hear of it at once, at every process.

use domain::{EndReason, EndedMark, Instant, MarkTarget, MemberId, Span};
use store::account::{self, Hash};
use store::session::{self, Browser};
use store::{Conn, StoreError, viewing};
use tokio::sync::watch;

use crate::app::mark;
use crate::caller::browser_of;
use crate::{App, Caller, Error, Secret};

/// Pages heard of within this are open.
const OPEN_WITHIN: Span = Span::from_minutes(2);

/// Tells the page of a signed-in member when it is no more.
pub struct SessionWatch {
    app: App,
    member: MemberId,
    browser: Option<Browser>,
    /// The newest mark obeyed before the session was looked at.
    since: i64,
    signed_out: watch::Receiver<()>,
}

impl SessionWatch {
    /// Comes back when the member is signed out, and not before.
    pub async fn over(&mut self) {
        while !self.app.inner.marks.is_signed_out(self.member, self.browser, self.since) {
            if self.signed_out.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// The page says that it is there.
    pub fn hear(&self) {
        if let Some(browser) = self.browser {
            self.app.inner.members_heard.note(self.member, browser, self.app.now());
        }
    }
}

impl App {
    /// Watches the session of a member's page.
    ///
    /// # Errors
    /// `SignInFirst` when it is over.
    pub async fn watch_session(&self, caller: &Caller) -> Result<SessionWatch, Error> {
        let member = self.get_own_member(caller)?.facts.id;
        let signed_out = self.inner.signed_out.subscribe();
        // First the number, then the row: what ends the session from here on comes with a higher one.
        let since = self.inner.marks.obeyed();
        let (asked, now) = (caller.clone(), self.now());
        let lives: Result<_, StoreError> =
            self.inner.store.read(async move |conn: &mut Conn| lives(conn, &asked, now).await).await;
        if !lives? {
            return Err(Error::SignInFirst);
        }
        Ok(SessionWatch { app: self.clone(), member, browser: caller.session, since, signed_out })
    }

    /// Ends a session, and what is open by it.
    ///
    /// # Errors
    /// `Unavailable`.
    pub async fn sign_out(&self, session: Secret) -> Result<(), Error> {
        let marks = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                if session::find_member(conn, session.hash()).await?.is_none() {
                    return Ok::<_, StoreError>(Vec::new());
                }
                account::close_session(conn, session.hash()).await?;
                let now = conn.now().await?;
                Ok(vec![mark_session(conn, &session.hash(), now).await?])
            })
            .await?;
        self.obey_everywhere(&marks).await;
        Ok(())
    }
}

/// Whether the session that a request came with is still good, or the request came without one.
pub(crate) async fn lives(conn: &mut Conn, caller: &Caller, now: Instant) -> Result<bool, StoreError> {
    match (caller.member_facts(), caller.session) {
        (Some(member), Some(browser)) => session::lives(conn, member.id, browser, now).await,
        _ => Ok(true),
    }
}

/// Ends all of a member's sessions and what is open by them; the marks are to be obeyed after the commit.
pub(crate) async fn end_everywhere(
    conn: &mut Conn,
    member: MemberId,
    now: Instant,
) -> Result<Vec<EndedMark>, StoreError> {
    session::end_all(conn, member, None).await?;
    let open = session::list_viewings(conn, member, now.minus(OPEN_WITHIN)).await?;
    viewing::mark_ended(conn, &open, now).await?;
    Ok(vec![mark(conn, MarkTarget::Member(member), EndReason::SignedOut, now).await?])
}

/// The same for all sessions but one.
pub(crate) async fn end_elsewhere(
    conn: &mut Conn,
    member: MemberId,
    kept: Hash,
    now: Instant,
) -> Result<Vec<EndedMark>, StoreError> {
    let others = session::list(conn, member, now).await?;
    session::end_all(conn, member, Some(kept)).await?;
    let mut marks = Vec::new();
    for other in others.iter().filter(|other| other.hash != kept) {
        marks.push(mark_session(conn, &other.hash, now).await?);
    }
    Ok(marks)
}

/// The mark of one session that ends.
pub(crate) async fn mark_session(
    conn: &mut Conn,
    hash: &Hash,
    now: Instant,
) -> Result<EndedMark, StoreError> {
    mark(conn, MarkTarget::Session(browser_of(hash)), EndReason::SignedOut, now).await
}
