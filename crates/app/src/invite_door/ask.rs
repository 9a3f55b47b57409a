//! A refused device asks the owner to be let in, and waits.

use std::net::IpAddr;

use domain::access::{Action, Decision};
use domain::{ItemId, Reason, Span};
use store::{Conn, StoreError, lobby};

use super::load::{AtInvite, Door};
use super::{InviteEntered, Shows, block_of, read_token, refused};
use crate::activity::row_id;
use crate::{App, BrowserKey, Caller, Error, FormKey};

/// A device that asked waits at most this long for the owner.
const ASKED_LASTS: Span = Span::from_hours(24);
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
        lasting: Option<BrowserKey>,
        from: IpAddr,
        token: &str,
        form_key: &str,
    ) -> Result<Asked, Error> {
        let asked = self.get_asked(lasting, form_key)?;
        let key = self.key_of(lasting, form_key)?;
        let Ok(token) = read_token(token) else { return Ok(asked) };
        let (app, caller, block) = (self.clone(), caller.clone(), block_of(from));
        let reference = asked.reference.clone();
        let told: Result<Option<ItemId>, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = conn.now().await?;
                let door = Door::Invite(token.hash());
                let loaded = AtInvite::load(conn, &caller, door, Some(key), &block, now).await?;
                let Some(at) = loaded.filter(|at| at.asked.is_none()) else { return Ok(None) };
                let link = at.invite.facts.id;
                let waits = lobby::list_waiting(conn, link, now).await?.len() < WAITING_MOST;
                let decision = at.decide(&app, &caller, Action::EnterInviteLink, (None, None), now);
                if !waits || !can_be_let_in(&decision) {
                    return Ok(None);
                }
                let (id, end) = (row_id(now, &app.inner.outside), now.plus(ASKED_LASTS));
                lobby::ask(conn, id, link, key, &reference, now, end).await?;
                Ok(Some(at.invite.facts.item))
            })
            .await;
        if let Some(item) = told? {
            self.tell(item, "invites");
        }
        Ok(asked)
    }

    /// What a device that waits may read out, for showing its page again.
    ///
    /// # Errors
    /// `Refused` for a stale form.
    pub fn get_asked(&self, lasting: Option<BrowserKey>, form_key: &str) -> Result<Asked, Error> {
        Ok(Asked { reference: reference_of(self.key_of(lasting, form_key)?) })
    }

    /// A waiting device asks whether it may go in by now, and goes in.
    ///
    /// # Errors
    /// `Refused` with the exact cause, `Unavailable`.
    pub async fn enter_by_leave(
        &self,
        caller: &Caller,
        lasting: Option<BrowserKey>,
        from: IpAddr,
        token: &str,
        form_key: &str,
    ) -> Result<InviteEntered, Error> {
        let Ok(read) = read_token(token) else { return Ok(InviteEntered::Waits) };
        let (door, how) = (Door::Invite(read.hash()), (from, mail::Language::English));
        let sent = self.send_form(caller, lasting, how, (token, door), form_key, Shows::Leave).await;
        match sent {
            // An unknown link looks like one that nobody answers for.
            Err(Error::Refused(refusal)) if refusal.reason == Reason::UnknownLink => Ok(InviteEntered::Waits),
            sent => sent,
        }
    }

    pub(super) fn key_of(&self, lasting: Option<BrowserKey>, form_key: &str) -> Result<[u8; 32], Error> {
        let form_key = FormKey::from_text(form_key).ok_or(refused(None, Reason::StaleForm))?;
        Ok(lasting.unwrap_or_else(|| self.inner.keys.browser_key(form_key)).hash())
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
