//! Everything that is known at the door of one invite link.

use domain::access::{Action, Decision, Facts, LobbyFacts, decide};
use domain::{Email, Instant, InviteFacts, InviteSeatFacts, LobbyTries, Proof};
use store::invite::{self, Invite};
use store::invite_seat::{self, InviteSeat};
use store::lobby::{self, Move};
use store::seat::KeyHash;
use store::{Conn, StoreError, address, seat_move};

use super::Form;
use crate::guest_door::DoorPlate;
use crate::{App, AtItem, Caller};

/// By which URL somebody stands at the door, as the hash of its secret.
#[derive(Debug, Clone, Copy)]
pub(super) enum Door {
    /// The invite's own.
    Invite([u8; 32]),
    /// A one-time one that the first device showed, and that this browser has used.
    HandOver([u8; 32]),
}

impl Door {
    pub(super) async fn find(
        self,
        conn: &mut Conn,
        key: Option<KeyHash>,
    ) -> Result<Option<Invite>, StoreError> {
        let (hash, key) = match (self, key) {
            (Self::Invite(hash), _) => return invite::find_by_token(conn, hash).await,
            (Self::HandOver(_), None) => return Ok(None),
            (Self::HandOver(hash), Some(key)) => (hash, key),
        };
        match seat_move::find_of_browser(conn, hash, key).await? {
            Some(id) => invite::find(conn, id).await,
            None => Ok(None),
        }
    }
}

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
            Some(found) => Self::of(conn, caller, found, key, block, now).await.map(Some),
            None => Ok(None),
        }
    }

    /// Locks the person's invites as entering does, reads the clock, and loads what is known for one sent form.
    pub(super) async fn lock(
        conn: &mut Conn,
        caller: &Caller,
        form: &Form,
    ) -> Result<Option<(Self, Instant)>, StoreError> {
        let Some(found) = form.door.find(conn, Some(form.key)).await? else { return Ok(None) };
        invite::lock_person(conn, found.facts.item, found.facts.email.as_str()).await?;
        let now = conn.now().await?;
        let at = Self::load(conn, caller, form.door, Some(form.key), &form.block, now).await?;
        Ok(at.map(|at| (at, now)))
    }

    /// The same, of an invite that is known already.
    pub(super) async fn of(
        conn: &mut Conn,
        caller: &Caller,
        found: Invite,
        key: Option<KeyHash>,
        block: &str,
        now: Instant,
    ) -> Result<Self, StoreError> {
        let (id, item, email) = (found.facts.id, found.facts.item, found.facts.email.as_str());
        let at = AtItem::load(conn, caller, item).await?;
        let invites = invite::list_of_person(conn, item, email).await?;
        let seat = invite_seat::find_by_person(conn, item, email).await?;
        let verified = match &caller.member {
            Some(member) => address::list_verified(conn, member.facts.id).await?,
            None => Vec::new(),
        };
        let moves = match &seat {
            Some(seat) => {
                invite_seat::count_moves(conn, seat.facts.id, now.minus(InviteSeatFacts::MOVES_SINCE)).await?
            }
            None => 0,
        };
        let asked = match key {
            Some(key) => lobby::find_asked(conn, id, key, now).await?,
            None => None,
        };
        Ok(Self {
            at,
            invites: invites.into_iter().map(|invite| invite.facts).collect(),
            seat,
            verified,
            tries: lobby::count_tries(conn, id, block, now).await?,
            has_moves_left: moves < InviteSeatFacts::MOVES_MOST,
            asked,
            invite: found,
        })
    }

    /// Whether the owner or the first device let this browser in.
    pub(super) fn is_allowed(&self) -> bool {
        self.asked.as_ref().is_some_and(|asked| asked.allowed_at.is_some())
    }

    /// Whether this browser holds the person's seat.
    pub(super) fn is_held_by(&self, key: KeyHash) -> bool {
        self.seat.as_ref().is_some_and(|seat| seat.key == Some(key))
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
