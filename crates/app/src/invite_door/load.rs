//! Everything that is known at the door of one invite link.

use domain::access::{Action, Decision, Facts, LobbyFacts, decide};
use domain::{Email, Instant, InviteFacts, InviteSeatFacts, LobbyTries, Proof};
use store::invite::{self, Invite};
use store::invite_seat::{self, Device, InviteSeat};
use store::lobby::{self, Move};
use store::seat::KeyHash;
use store::{Ask, Conn, Question, StoreError, address};

use super::door::Door;
use super::form::Form;
use crate::caller;
use crate::guest_door::DoorPlate;
use crate::{App, AtItem, Caller};

/// One invite with its item, its person and what came of that so far.
pub(super) struct AtInvite {
    /// The invite of the URL.
    pub(super) invite: Invite,
    /// The item, and who asks there.
    at: AtItem,
    /// All invites of the person to the item.
    invites: Vec<InviteFacts>,
    /// The person's seat, whoever's browser holds it.
    pub(super) seat: Option<InviteSeat>,
    /// Addresses that the signed-in member has verified.
    verified: Vec<Email>,
    /// Failed tries.
    tries: LobbyTries,
    /// Whether the seat may move once more without a use.
    has_moves_left: bool,
    /// What this browser asked for.
    pub(super) asked: Option<Move>,
}

/// What is known of the item for this caller, all invites of the person, their seat, the addresses that a signed-in
/// member has verified.
type Known = (caller::Known, Vec<Invite>, Option<InviteSeat>, Option<Vec<Email>>);

fn about(caller: &Caller, invite: &Invite) -> impl Ask<Answer = Known> + use<> {
    let (item, email) = (invite.facts.item, invite.facts.email.as_str());
    let member = caller.member.as_ref().map(|member| member.facts.id);
    (
        AtItem::question(caller, item),
        invite::of_person(item, email),
        invite_seat::of_person(item, email),
        member.map(address::verified_of),
    )
}

impl AtInvite {
    /// Loads what is known; none for an unknown token. `key` is the browser key that the form would be bound by.
    pub(super) async fn load(
        conn: &mut Conn,
        caller: &Caller,
        door: Door,
        key: Option<KeyHash>,
        block: &str,
        now: Instant,
    ) -> Result<Option<Self>, StoreError> {
        match door.find(conn, key).await? {
            Some(found) => {
                let known = conn.ask(about(caller, &found)).await?;
                Self::of(conn, found, known, key, block, now).await.map(Some)
            }
            None => Ok(None),
        }
    }

    /// Loads it for a form, under the lock that binding, changing and revoking take, with the instant in which the lock
    /// was had and the device that this very form has bound before.
    pub(super) async fn lock(
        conn: &mut Conn,
        caller: &Caller,
        form: &Form,
    ) -> Result<Option<(Self, Instant, Option<Device>)>, StoreError> {
        let Some(found) = form.door.find(conn, Some(form.key)).await? else { return Ok(None) };
        let facts = &found.facts;
        let under_the_lock = (
            invite::lock_of_person(facts.item, facts.email.as_str()),
            Question::clock(),
            about(caller, &found),
            invite_seat::bound_by(form.device),
        );
        let ((), now, known, device) = conn.ask(under_the_lock).await?;
        // It may have changed while the lock was waited for.
        let Some(invite) = known.1.iter().find(|invite| invite.facts.id == facts.id) else { return Ok(None) };
        let invite = invite.clone();
        let at = Self::of(conn, invite, known, Some(form.key), &form.block, now).await?;
        Ok(Some((at, now, device)))
    }

    async fn of(
        conn: &mut Conn,
        invite: Invite,
        (at, invites, seat, verified): Known,
        key: Option<KeyHash>,
        block: &str,
        now: Instant,
    ) -> Result<Self, StoreError> {
        let id = invite.facts.id;
        let since = now.minus(InviteSeatFacts::MOVES_SINCE);
        let counted = (
            AtItem::hangs_on(&at),
            seat.as_ref().map(|seat| invite_seat::moves_of(seat.facts.id, since)),
            key.map(|key| lobby::asked_by(id, key, now)),
            lobby::tries_at(id, block, now),
        );
        let (hangs_on, moves, asked, tries) = conn.ask(counted).await?;
        Ok(Self {
            at: AtItem::of(at, hangs_on),
            invites: invites.into_iter().map(|invite| invite.facts).collect(),
            seat,
            verified: verified.unwrap_or_default(),
            tries,
            has_moves_left: moves.unwrap_or_default() < InviteSeatFacts::MOVES_MOST,
            asked: asked.flatten(),
            invite,
        })
    }

    /// Whether the owner or the first device let this browser in.
    pub(super) fn is_allowed(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.allowed_at.is_some())
    }

    /// Whether the person's seat hangs on one of these keys.
    pub(super) fn is_held_by(&self, keys: &[KeyHash]) -> bool {
        self.seat.as_ref().and_then(|seat| seat.key).is_some_and(|key| keys.contains(&key))
    }

    /// Whether what was shown makes it surer that the person's seat is theirs.
    pub(super) fn is_raised_by(&self, shown: Option<Proof>) -> bool {
        shown == Some(Proof::Code) && self.seat.as_ref().is_some_and(|seat| seat.facts.proof < Proof::Code)
    }

    /// Asks the decision about what was typed and what was shown beyond that.
    pub(super) fn decide(
        &self,
        app: &App,
        caller: &Caller,
        action: Action,
        (typed, shown): (Option<&Email>, Option<Proof>),
        now: Instant,
    ) -> Decision {
        let policy = app.policy();
        let lobby = LobbyFacts {
            invite: &self.invite.facts,
            invites: &self.invites,
            seat: self.seat.as_ref().map(|seat| &seat.facts),
            verified: &self.verified,
            typed,
            shown,
            comes_back: self
                .seat
                .as_ref()
                .is_some_and(|seat| seat.removed_key.is_some_and(|key| caller.keys.contains(&key))),
            has_moves_left: self.has_moves_left,
            mails_codes: app.mail_is_on(),
            tries: self.tries,
        };
        let facts = Facts { lobby: Some(lobby), ..self.at.facts(&policy, now) };
        decide(&self.at.subject(caller), action, &facts, now)
    }

    /// The title of the item.
    pub(super) fn title(&self) -> String {
        self.at.item.as_ref().map(|item| item.title.clone()).unwrap_or_default()
    }

    /// What the lobby shows of the item.
    pub(super) fn plate(&self) -> Option<DoorPlate> {
        self.at.item.as_ref().map(crate::guest_door::plate)
    }
}
