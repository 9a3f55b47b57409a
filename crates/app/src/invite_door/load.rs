//! Everything that is known at the door of one invite link.

use domain::access::{Action, Decision, Facts, LobbyFacts, decide};
use domain::{Email, Instant, InviteFacts, LobbyTries, Proof, SitePolicy, Span};
use store::invite::{self, Invite};
use store::invite_seat::{self, InviteSeat};
use store::lobby::{self, Move};
use store::seat::KeyHash;
use store::{Conn, StoreError, address};

use crate::guest_door::DoorPlate;
use crate::{AtItem, Caller};

/// Moves to other devices within a day that spend no use.
const MOVES_MOST: i64 = 3;
const MOVES_SINCE: Span = Span::from_hours(24);

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
        token_hash: [u8; 32],
        key: Option<KeyHash>,
        block: &str,
        now: Instant,
    ) -> Result<Option<Self>, StoreError> {
        let Some(found) = invite::find_by_token(conn, token_hash).await? else { return Ok(None) };
        let (id, item, email) = (found.facts.id, found.facts.item, found.facts.email.as_str());
        let at = AtItem::load(conn, caller, item).await?;
        let invites = invite::list_of_person(conn, item, email).await?;
        let seat = invite_seat::find_by_person(conn, item, email).await?;
        let verified = match &caller.member {
            Some(member) => address::list_verified(conn, member.facts.id).await?,
            None => Vec::new(),
        };
        let moves = match &seat {
            Some(seat) => invite_seat::count_moves(conn, seat.facts.id, now.minus(MOVES_SINCE)).await?,
            None => 0,
        };
        let asked = match key {
            Some(key) => lobby::find_asked(conn, id, key, now).await?,
            None => None,
        };
        Ok(Some(Self {
            at,
            invites: invites.into_iter().map(|invite| invite.facts).collect(),
            seat,
            verified,
            tries: lobby::count_tries(conn, id, block, now).await?,
            has_moves_left: moves < MOVES_MOST,
            asked,
            invite: found,
        }))
    }

    /// Asks the decision.
    pub(super) fn decide(
        &self,
        caller: &Caller,
        policy: &SitePolicy,
        action: Action,
        typed: Option<&Email>,
        now: Instant,
    ) -> Decision {
        let allowed = self.asked.as_ref().is_some_and(|asked| asked.allowed_at.is_some());
        let lobby = LobbyFacts {
            invite: &self.invite.facts,
            invites: &self.invites,
            seat: self.seat.as_ref().map(|seat| &seat.facts),
            verified: &self.verified,
            typed,
            shown: allowed.then_some(Proof::Allowed),
            has_moves_left: self.has_moves_left,
            tries: self.tries,
        };
        let facts = Facts { lobby: Some(lobby), ..self.at.facts(policy) };
        decide(&self.at.subject(caller), action, &facts, now)
    }

    /// What the lobby shows of the item.
    pub(super) fn plate(&self) -> Option<DoorPlate> {
        self.at.item.as_ref().map(crate::guest_door::plate)
    }
}
