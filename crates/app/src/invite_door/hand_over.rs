//! Hand-over: the device that holds the seat shows a one-time URL, another opens it and types the invited address,
//! the first one confirms. A move that spends no use.

use std::net::IpAddr;

use domain::access::{Action, As};
use domain::{Email, Instant, ItemId, LinkId, News, Reason, Span};
use store::{Conn, StoreError, invite, invite_seat, lobby, seat_move};

use super::ask::{Asked, reference_of};
use super::door::Door;
use super::{InviteEntered, Shows, block_of, read_token, refused};
use crate::activity::row_id;
use crate::{App, AtItem, Caller, Error, Invited, LinkToken};

/// A shown URL is good for this long.
const SHOWN_LASTS: Span = Span::from_secs(60);
/// The other device waits this long for the first one's word.
const WAITS_LASTS: Span = Span::from_minutes(5);

/// A one-time URL for another device.
#[derive(Debug, Clone)]
pub struct Offered {
    /// What the other device opens.
    pub url: String,
    /// From when it is no good.
    pub expires_at: Instant,
}

impl App {
    /// Shows a one-time URL that takes the caller's seat to another device.
    ///
    /// # Errors
    /// `NotFound` for whoever holds no invite's seat here, `Refused`.
    pub async fn offer_seat(&self, caller: &Caller, item: ItemId) -> Result<Offered, Error> {
        let invited = self.get_own_seat(caller, item).await?;
        let (app, token) = (self.clone(), LinkToken::from_random(self.random()));
        let email = invited.seat.email;
        let good = invited.invites;
        let expires_at = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = conn.now().await?;
                let link = good.iter().rfind(|invite| invite.is_good(now)).map(|invite| invite.id);
                let Some(link) = link else { return Err(Error::refused(Reason::Expired)) };
                let (id, end) = (row_id(now, &app.inner.outside), now.plus(SHOWN_LASTS));
                seat_move::offer(conn, id, link, (item, &email), token.hash(), (now, end)).await?;
                Ok(end)
            })
            .await?;
        let url = format!("{}/move/{}", self.inner.config.public_url, token.to_text());
        Ok(Offered { url, expires_at })
    }

    /// Whether a one-time URL is still good to be used.
    ///
    /// # Errors
    /// `Refused` when it is not.
    pub async fn open_hand_over(&self, token: &str) -> Result<(), Error> {
        let (hash, now) = (read_token(token)?.hash(), self.now());
        let found: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| seat_move::find_fresh(conn, hash, now).await)
            .await;
        found?.map(drop).ok_or(refused(None, Reason::UnknownLink))
    }

    /// The other device types the invited address; it then waits for the first one's word.
    ///
    /// # Errors
    /// `Refused` with the exact cause, `Unavailable`.
    pub async fn take_hand_over(
        &self,
        from: IpAddr,
        token: &str,
        (email, form_key): (&str, &str),
    ) -> Result<Asked, Error> {
        let hash = read_token(token)?.hash();
        let (key, typed) = (self.key_of(token, form_key)?, Email::new(email).ok());
        let (app, block, reference) = (self.clone(), block_of(from), reference_of(key));
        let asked = Asked { reference: reference.clone() };
        let took: Result<Result<ItemId, (Option<LinkId>, Reason)>, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = conn.now().await?;
                // Sent twice: it waits already.
                let found = match seat_move::find_of_browser(conn, hash, key).await? {
                    Some(link) => {
                        return Ok(match invite::find(conn, link).await? {
                            Some(found) => Ok(found.facts.item),
                            None => Err((None, Reason::UnknownLink)),
                        });
                    }
                    None => seat_move::find_fresh(conn, hash, now).await?,
                };
                let Some(link) = found else { return Ok(Err((None, Reason::UnknownLink))) };
                let Some(found) = invite::find(conn, link).await? else {
                    return Ok(Err((None, Reason::UnknownLink)));
                };
                // Whoever counts waits for the others who try, as at the lobby.
                invite::lock_person(conn, found.facts.item, found.facts.email.as_str()).await?;
                let tries = conn.ask(lobby::tries_at(link, &block, now)).await?;
                if tries.is_locked() {
                    return Ok(Err((Some(link), Reason::LockedOut)));
                }
                if typed.as_ref() != Some(&found.facts.email) {
                    lobby::add_failure(conn, row_id(now, &app.inner.outside), link, &block, now).await?;
                    return Ok(Err((Some(link), Reason::EmailMismatch)));
                }
                let took =
                    seat_move::take(conn, hash, (key, &reference), (now, now.plus(WAITS_LASTS))).await?;
                Ok(if took { Ok(found.facts.item) } else { Err((None, Reason::UnknownLink)) })
            })
            .await;
        match took? {
            Ok(item) => {
                self.tell(item, News::SeatMove);
                Ok(asked)
            }
            Err((Some(link), reason)) => Err(self.refuse(link, reason).await),
            Err((None, reason)) => Err(refused(None, reason)),
        }
    }

    /// The other device asks whether it may go in by now, and goes in.
    ///
    /// # Errors
    /// `Refused` with the exact cause, `Unavailable`.
    pub async fn finish_hand_over(
        &self,
        caller: &Caller,
        from: IpAddr,
        token: &str,
        form_key: &str,
    ) -> Result<InviteEntered, Error> {
        let (door, how) = (Door::HandOver(read_token(token)?.hash()), (from, mail::Language::English));
        self.send_form(caller, how, (token, door), form_key, Shows::Leave).await
    }

    /// The first device lets the other one take the seat, or keeps it.
    ///
    /// # Errors
    /// `NotFound` when no such device waits, `Refused`.
    pub async fn answer_hand_over(
        &self,
        caller: &Caller,
        item: ItemId,
        reference: String,
        allows: bool,
    ) -> Result<(), Error> {
        let (email, keys) = (self.get_own_seat(caller, item).await?.seat.email, caller.keys.clone());
        let done: Result<bool, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                invite::lock_person(conn, item, &email).await?;
                let now = conn.now().await?;
                let held = invite_seat::find_by_keys(conn, &keys, item).await?;
                if held.is_none_or(|seat| seat.email != email) {
                    return Ok(false);
                }
                if allows {
                    return seat_move::confirm(conn, (item, &email), &reference, now).await;
                }
                seat_move::decline(conn, (item, &email), &reference, now).await.map(|()| true)
            })
            .await;
        if done? { Ok(()) } else { Err(Error::NotFound) }
    }

    /// The seat of an invite that this browser holds at the item, with the right to be there.
    async fn get_own_seat(&self, caller: &Caller, item: ItemId) -> Result<Invited, Error> {
        let (grant, at): (_, AtItem) = self.grant_at_item(caller, item, Action::OpenItem).await?;
        match (grant.who(), at.invited) {
            (As::Invitee { .. }, Some(invited)) => Ok(invited),
            _ => Err(Error::NotFound),
        }
    }

    /// The reference of a device that waits for this seat's word.
    pub(crate) async fn find_hand_over(&self, invited: &Invited) -> Result<Option<String>, StoreError> {
        let (item, email, now) = (invited.seat.facts.item, invited.seat.email.clone(), self.now());
        self.inner
            .store
            .read(async move |conn: &mut Conn| seat_move::find_asking(conn, item, &email, now).await)
            .await
    }
}
