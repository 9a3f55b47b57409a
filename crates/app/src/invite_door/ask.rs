//! A refused device asks the owner to be let in, and waits.

use std::net::IpAddr;

use domain::access::{Action, Decision};
use domain::{Instant, ItemId, News, Reason, Span};
use store::seat::KeyHash;
use store::{Conn, StoreError, lobby};

use super::door::Door;
use super::load::AtInvite;
use super::{InviteEntered, Outcome, Shows, block_of, read_token, refused};
use crate::activity::row_id;
use crate::{App, Caller, Error, FormKey, LinkToken};

/// A device that asked waits this long after it was last heard of: whoever left does not stand in the owner's list.
const HEARD_LASTS: Span = Span::from_minutes(15);
/// It is written down at most this often that a device still waits.
const HEARD_EVERY: Span = Span::from_minutes(1);
/// Devices that may wait at one invite (access.md 3.13): so many that nobody who has its URL soon fills the places.
const WAITING_MOST: usize = 50;

/// What a device that asked may read out to the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// A few letters.
    pub reference: String,
}

impl App {
    /// A device that was refused although the invite is good asks the owner to be let in. The answer is the same
    /// whatever the state of the link is.
    ///
    /// # Errors
    /// `Refused` for a stale form, `Unavailable`.
    pub async fn ask_for_device(
        &self,
        caller: &Caller,
        from: IpAddr,
        token: &str,
        form_key: &str,
    ) -> Result<Asked, Error> {
        let asked = self.get_asked(token, form_key)?;
        let key = self.key_of(token, form_key)?;
        let Ok(token) = read_token(token) else { return Ok(asked) };
        let (app, caller, block) = (self.clone(), caller.clone(), block_of(from));
        let told: Result<Option<ItemId>, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = conn.now().await?;
                let door = Door::Invite(token.hash());
                let loaded = AtInvite::load(conn, &caller, door, Some(key), &block, now).await?;
                match loaded {
                    Some(at) => app.ask(conn, &caller, &at, key, now).await,
                    None => Ok(None),
                }
            })
            .await;
        if let Some(item) = told? {
            self.tell(item, News::Invites);
        }
        Ok(asked)
    }

    /// Writes down what a device asks for, unless it has asked, or leave would not help it. Answers the item.
    async fn ask(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        at: &AtInvite,
        key: KeyHash,
        now: Instant,
    ) -> Result<Option<ItemId>, StoreError> {
        let link = at.invite.facts.id;
        let decision = at.decide(self, caller, Action::EnterInviteLink, (None, None), now);
        if at.asked.is_some() || !can_be_let_in(&decision) {
            return Ok(None);
        }
        if lobby::list_waiting(conn, link, now).await?.len() >= WAITING_MOST {
            return Ok(None);
        }
        let (id, end) = (row_id(now, &self.inner.outside), now.plus(HEARD_LASTS));
        lobby::ask(conn, id, link, key, &reference_of(key), now, end).await?;
        Ok(Some(at.invite.facts.item))
    }

    /// A device whose leave has not come looks again: it goes on waiting, or learns that it was turned away. One that
    /// was not heard of for long, a phone in a pocket, asks anew by that.
    pub(super) async fn wait_on(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        (at, key): (&AtInvite, KeyHash),
        now: Instant,
    ) -> Result<Outcome, StoreError> {
        let link = at.invite.facts.id;
        if let Some(asked) = &at.asked {
            let end = now.plus(HEARD_LASTS);
            if asked.expires_at < end.minus(HEARD_EVERY) {
                lobby::hear(conn, asked.id, end).await?;
            }
            return Ok(Outcome::Waits { asks_anew_at: None });
        }
        match lobby::last_asked(conn, link, key).await? {
            Some(last) if last.done_at.is_some() && last.allowed_at.is_none() => {
                Ok(Outcome::Refused(Some(link), Reason::Declined))
            }
            Some(_) => Ok(Outcome::Waits { asks_anew_at: self.ask(conn, caller, at, key, now).await? }),
            // Who has not asked is told nothing.
            None => Ok(Outcome::Waits { asks_anew_at: None }),
        }
    }

    /// What a device that waits may read out, for showing its page again.
    ///
    /// # Errors
    /// `Refused` for a stale form.
    pub fn get_asked(&self, token: &str, form_key: &str) -> Result<Asked, Error> {
        Ok(Asked { reference: reference_of(self.key_of(token, form_key)?) })
    }

    /// A waiting device asks whether it may go in by now, and goes in.
    ///
    /// # Errors
    /// `Refused` with the exact cause, `Unavailable`.
    pub async fn enter_by_leave(
        &self,
        caller: &Caller,
        from: IpAddr,
        token: &str,
        form_key: &str,
    ) -> Result<InviteEntered, Error> {
        let Ok(read) = read_token(token) else { return Ok(InviteEntered::Waits) };
        let (door, how) = (Door::Invite(read.hash()), (from, mail::Language::English));
        let sent = self.send_form(caller, how, (token, door), form_key, Shows::Leave).await;
        match sent {
            // An unknown link looks like one that nobody answers for.
            Err(Error::Refused(refusal)) if refusal.reason == Reason::UnknownLink => Ok(InviteEntered::Waits),
            sent => sent,
        }
    }

    /// The key of the seat that a form would be bound by. What is no token has one too, so that nobody is told.
    pub(super) fn key_of(&self, token: &str, form_key: &str) -> Result<[u8; 32], Error> {
        let form_key = FormKey::from_text(form_key).ok_or(refused(None, Reason::StaleForm))?;
        let token = LinkToken::from_text(token).unwrap_or(LinkToken::from_random([0; 20]));
        Ok(self.inner.keys.browser_key(form_key, token).hash())
    }
}

/// Refusals that the owner's leave helps against.
fn can_be_let_in(decision: &Decision) -> bool {
    let Decision::Deny(reason) = decision else { return false };
    matches!(reason, Reason::OtherDevice | Reason::UsedUp | Reason::LockedOut | Reason::CodeNotMailed)
}

/// Six letters that cannot be confused, from the browser's own key: enough to tell a few waiting devices apart.
pub(super) fn reference_of(key: [u8; 32]) -> String {
    const LETTERS: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let letters = key[26..].iter().map(|byte| char::from(LETTERS[usize::from(byte & 31)]));
    letters.collect()
}
