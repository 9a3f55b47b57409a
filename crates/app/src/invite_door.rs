//! The invitee's way in: opening an invite link, sending the lobby's form, typing a mailed code, waiting for leave.
//!
//! One form is one transaction: it locks the invites of the person, reads the clock, decides, binds. All that does
//! not depend on the typed address is decided before the address is looked at. Opening a link shows the lobby even
//! where no form can go in: used up and paused are told to whoever sends one.

mod ask;
mod code;
mod door;
mod form;
mod hand_over;
mod load;
mod outcome;
#[cfg(test)]
mod tests;

pub use ask::Asked;
pub use hand_over::Offered;

use std::net::IpAddr;

use domain::access::{Action, As, Decision, Step};
use domain::{
    ActivityKind, DeviceCost, Email, EndReason, Instant, ItemId, LinkId, MarkTarget, News, Proof, Reason,
    SeatHold, SeatId, Span,
};
use store::invite_seat::{self, Binding};
use store::{Conn, StoreError, browser, invite, lobby, lobby_code, log, seat_move};

use self::door::Door;
use self::form::{Form, Shows};
use self::load::AtInvite;
use self::outcome::Outcome;
use crate::activity::{record, row_id};
use crate::app::mark;
use crate::guest_door::DoorPlate;
use crate::leaving::KeyChange;
use crate::{App, Caller, Error, FormKey, LinkToken, Refusal};

/// The same form is good for this long.
const FORM_LASTS: Span = Span::from_minutes(10);

/// What opening an invite link comes to.
#[derive(Debug, Clone)]
pub enum InviteOpened {
    /// In: the item's page.
    In(ItemId),
    /// Type the invited address. A signed-in member's own one is filled in, whether it is the invited or not.
    Lobby {
        /// What is behind the door.
        plate: DoorPlate,
        /// The member's address.
        known: Option<String>,
    },
    /// The signed-in member is the invited person: one press binds this browser.
    EnterDirectly {
        /// What is behind the door.
        plate: DoorPlate,
        /// The member's name.
        name: String,
    },
    /// The lobby where nothing can be typed: a code is asked for, and the site mails none by now.
    AskOwner(DoorPlate),
    /// Still processing.
    NotReady(DoorPlate),
}

/// The lobby's form, as typed.
#[derive(Debug, Clone, Default)]
pub struct TypedLobby {
    /// E-mail.
    pub email: String,
    /// Form key.
    pub form_key: String,
}

/// What a good form came to.
#[derive(Debug, Clone)]
pub enum InviteEntered {
    /// In.
    In {
        /// Where.
        item: ItemId,
        /// For the cookie.
        keys: KeyChange,
    },
    /// A code must be typed, whatever address was.
    TypeCode,
    /// The device waits for leave.
    Waits,
    /// Still processing: the page waits.
    NotReady,
}

impl App {
    /// Opens the page behind an invite link. Changes nothing, whoever asks and how often.
    ///
    /// # Errors
    /// `Refused` with the exact cause.
    pub async fn open_invite_link(
        &self,
        caller: &Caller,
        from: IpAddr,
        token: &str,
    ) -> Result<InviteOpened, Error> {
        let (hash, asked, now) = (read_token(token)?.hash(), caller.clone(), self.now());
        let block = block_of(from);
        let found: Result<_, StoreError> = self
            .inner
            .store
            .read(async move |conn: &mut Conn| {
                AtInvite::load(conn, &asked, Door::Invite(hash), None, &block, now).await
            })
            .await;
        let at = found?.ok_or(Error::refused(Reason::UnknownLink))?;
        let plate = at.plate().ok_or(Error::refused(Reason::ItemGone));
        match at.decide(self, caller, Action::OpenInviteLink, (None, None), now) {
            Decision::Allow(_) => Ok(InviteOpened::In(at.invite.facts.item)),
            Decision::Challenge(Step::NotReady) => Ok(InviteOpened::NotReady(plate?)),
            Decision::Challenge(Step::EnterDirectly) => {
                let name = caller.member.as_ref().map(|member| member.name.clone()).unwrap_or_default();
                Ok(InviteOpened::EnterDirectly { plate: plate?, name })
            }
            Decision::Challenge(Step::AskOwner) => Ok(InviteOpened::AskOwner(plate?)),
            Decision::Challenge(_) => {
                let known = caller.member.as_ref().map(|member| member.email.clone());
                Ok(InviteOpened::Lobby { plate: plate?, known })
            }
            Decision::Deny(reason) => Err(refused(Some(at.invite.facts.id), reason)),
        }
    }

    /// Sends the lobby's form: a use is spent if and only if a device is bound by it.
    ///
    /// # Errors
    /// `Refused` with the exact cause, `Unavailable` when it is not known whether the device was bound; the same
    /// form, sent again, tells.
    pub async fn enter_invite(
        &self,
        caller: &Caller,
        from: IpAddr,
        token: &str,
        typed: &TypedLobby,
        language: mail::Language,
    ) -> Result<InviteEntered, Error> {
        // What is no address is simply not the invited one.
        let shows = Shows::Address(Email::new(&typed.email).ok());
        let door = Door::Invite(read_token(token)?.hash());
        self.send_form(caller, (from, language), (token, door), &typed.form_key, shows).await
    }

    async fn send_form(
        &self,
        caller: &Caller,
        (from, language): (IpAddr, mail::Language),
        (token, door): (&str, Door),
        form_key: &str,
        shows: Shows,
    ) -> Result<InviteEntered, Error> {
        let token = read_token(token)?;
        let form_key = FormKey::from_text(form_key).ok_or(refused(None, Reason::StaleForm))?;
        let key = self.inner.keys.browser_key(form_key, token);
        // The same form at the same link is the same device.
        let device = *form_key.seat(token).as_bytes();
        let (block, kind) = (block_of(from), caller.device);
        let form = Form { door, device, key: key.hash(), shows, block, language, kind };
        let (app, asked) = (self.clone(), caller.clone());
        let outcome =
            self.inner.store.write(async move |conn: &mut Conn| app.take_form(conn, &asked, &form).await);
        match outcome.await? {
            Outcome::Bound { item, marks, gone } => {
                self.obey_everywhere(&marks).await;
                self.tell(item, News::Invites);
                let given = Some((key, SeatHold::Own));
                Ok(InviteEntered::In { item, keys: KeyChange { given, gone } })
            }
            Outcome::BoundBefore(item) => {
                let keys = KeyChange { given: Some((key, SeatHold::Own)), ..KeyChange::default() };
                Ok(InviteEntered::In { item, keys })
            }
            Outcome::In(item) => Ok(InviteEntered::In { item, keys: KeyChange::default() }),
            Outcome::Raised(item) => {
                self.tell(item, News::Role);
                Ok(InviteEntered::In { item, keys: KeyChange::default() })
            }
            Outcome::TypeCode(letter) => {
                self.mail_code(*letter);
                Ok(InviteEntered::TypeCode)
            }
            Outcome::WrongCode => Err(Error::invalid("code", "code_did_not_open")),
            Outcome::Waits { asks_anew_at } => {
                if let Some(item) = asks_anew_at {
                    self.tell(item, News::Invites);
                }
                Ok(InviteEntered::Waits)
            }
            Outcome::NotReady => Ok(InviteEntered::NotReady),
            Outcome::Refused(Some(link), reason) => Err(self.refuse(link, reason).await),
            Outcome::Refused(None, reason) => Err(refused(None, reason)),
        }
    }

    /// The visible page's own script says that an invite was opened. Counts, and tells nobody whether there is one.
    pub async fn note_invite_opened(&self, token: &str) {
        let Ok(token) = read_token(token) else { return };
        let noted: Result<_, StoreError> = self
            .inner
            .store
            .write(async move |conn: &mut Conn| {
                let now = conn.now().await?;
                match invite::find_by_token(conn, token.hash()).await? {
                    Some(found) => log::open(conn, found.facts.id, now).await,
                    None => Ok(()),
                }
            })
            .await;
        if let Err(error) = noted {
            tracing::warn!(%error, "an opened invite could not be noted");
        }
    }

    async fn take_form(&self, conn: &mut Conn, caller: &Caller, form: &Form) -> Result<Outcome, StoreError> {
        let Some((at, now, device)) = AtInvite::lock(conn, caller, form).await? else {
            return Ok(Outcome::Refused(None, Reason::UnknownLink));
        };
        let (link, item) = (at.invite.facts.id, at.invite.facts.item);
        if let Some(device) = device {
            let fresh = now < device.bound_at.plus(FORM_LASTS);
            return Ok(if device.key == form.key && at.is_held_by(&[form.key]) && fresh {
                Outcome::BoundBefore(item)
            } else {
                Outcome::Refused(Some(link), Reason::StaleForm)
            });
        }
        let allowed = at.is_allowed().then_some(Proof::Allowed);
        let (shown, typed) = match &form.shows {
            Shows::Code(digits) => {
                if !self.check_code(conn, link, form.key, digits, now).await? {
                    return Ok(Outcome::WrongCode);
                }
                (Some(Proof::Code), None)
            }
            Shows::Leave if allowed.is_none() => {
                return self.wait_on(conn, caller, (&at, form.key), now).await;
            }
            Shows::Leave => (allowed, None),
            Shows::Address(typed) => (allowed, typed.as_ref()),
        };
        match at.decide(self, caller, Action::EnterInviteLink, (typed, shown), now) {
            Decision::Allow(grant) => match grant.who() {
                As::NewInvitee { proof, cost } => {
                    self.bind(conn, caller, &at, form, (proof, cost), now).await
                }
                As::Invitee { seat } if at.is_raised_by(shown) => {
                    invite_seat::raise_proof(conn, seat, Proof::Code).await?;
                    lobby_code::use_all(conn, link, form.key, now).await?;
                    Ok(Outcome::Raised(item))
                }
                As::Invitee { seat } => {
                    if typed == Some(&at.invite.facts.email) {
                        invite_seat::mark_proved(conn, seat, now).await?;
                    }
                    Ok(Outcome::In(item))
                }
                _ => Ok(Outcome::In(item)),
            },
            Decision::Challenge(Step::NotReady) => Ok(Outcome::NotReady),
            // Asked once more on the seat's own browser: it is no guess, and nothing is locked by it.
            Decision::Challenge(_) | Decision::Deny(Reason::EmailMismatch) if at.is_held_by(&caller.keys) => {
                Ok(Outcome::Refused(Some(link), Reason::EmailMismatch))
            }
            Decision::Challenge(_) | Decision::Deny(Reason::EmailMismatch) => {
                self.address_is_not_enough(conn, caller, &at, form, now).await
            }
            Decision::Deny(reason) => Ok(Outcome::Refused(Some(link), reason)),
        }
    }

    /// The wrong address, or a right one that needs a code: where codes are asked for, both come to the same.
    async fn address_is_not_enough(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        at: &AtInvite,
        form: &Form,
        now: Instant,
    ) -> Result<Outcome, StoreError> {
        let link = at.invite.facts.id;
        if at.invite.facts.proves_by_code {
            return Ok(Outcome::TypeCode(Box::new(self.begin_code(conn, caller, at, form, now).await?)));
        }
        let id = row_id(now, &self.inner.outside);
        lobby::add_failure(conn, id, link, &form.block, now).await?;
        Ok(Outcome::Refused(Some(link), Reason::EmailMismatch))
    }

    async fn bind(
        &self,
        conn: &mut Conn,
        caller: &Caller,
        at: &AtInvite,
        form: &Form,
        (shown, cost): (Proof, DeviceCost),
        now: Instant,
    ) -> Result<Outcome, StoreError> {
        let (link, item) = (at.invite.facts.id, at.invite.facts.item);
        let before = at.seat.as_ref();
        let proof = match (&form.door, before) {
            // No device is surer than the one that handed the seat to it.
            (Door::HandOver(_), Some(before)) => shown.min(before.facts.proof),
            _ => shown,
        };
        let seat = before.map_or_else(|| SeatId::new(now, self.random()), |seat| seat.facts.id);
        let binding = Binding {
            seat,
            exists: before.is_some(),
            item,
            email: at.invite.facts.email.as_str(),
            first_name: &at.invite.first_name,
            last_name: &at.invite.last_name,
            key: form.key,
            proof,
            device: form.device,
            kind: form.kind,
            invite: link,
            cost,
            now,
        };
        invite_seat::bind(conn, &binding).await?;
        // Whoever else sat at this browser has left it, a guest too: one seat a browser and item.
        browser::leave(conn, &caller.keys, item, Some(seat), now).await?;
        let gone = browser::list_gone(conn, &caller.keys).await?;
        if cost == DeviceCost::Use && !invite::spend(conn, link).await? {
            return Err(StoreError::Corrupt("an invite would have more devices than uses".into()));
        }
        if let Some(asked) = &at.asked {
            lobby::mark_done(conn, asked.id, now).await?;
        }
        if before.is_some() {
            // Nobody takes the seat by the word of a device that has lost it.
            seat_move::withdraw(conn, (item, at.invite.facts.email.as_str()), now).await?;
        }
        lobby_code::use_all(conn, link, form.key, now).await?;
        let name = format!("{} {}", at.invite.first_name, at.invite.last_name);
        let outside = &self.inner.outside;
        record(conn, outside, item, Some(link), &name, ActivityKind::InviteEntered, proof.code()).await?;
        if cost == DeviceCost::Nothing && before.is_some_and(|seat| seat.facts.is_bound) {
            record(conn, outside, item, Some(link), "", ActivityKind::InviteTakenBack, "").await?;
        }
        let moved = before.is_some_and(|seat| seat.key.is_some_and(|key| !caller.keys.contains(&key)));
        let marks = if moved {
            vec![mark(conn, MarkTarget::Seat(seat), EndReason::Moved, now).await?]
        } else {
            Vec::new()
        };
        Ok(Outcome::Bound { item, marks, gone })
    }
}

fn refused(link: Option<LinkId>, reason: Reason) -> Error {
    Error::Refused(Refusal { reason, link })
}

fn read_token(token: &str) -> Result<LinkToken, Error> {
    LinkToken::from_text(token).ok_or(refused(None, Reason::UnknownLink))
}

/// The address block that tries are counted by, as text.
fn block_of(from: IpAddr) -> String {
    crate::failures::block(from).to_string()
}
