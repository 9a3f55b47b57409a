//! What people inside may do: the table of access.md 4, one column a standing. The server asks for the cell on every
//! request and message; the interface only mirrors it.

use crate::coded::coded;
use crate::{Capabilities, Capability, InviteRole, ItemFacts, ItemKind, Switch};

coded! {
    /// As what somebody is inside, lowest first.
    pub enum Standing {
        /// By a guest link.
        Guest = "guest",
        /// Invited to watch, or a member with the right to watch.
        Viewer = "viewer",
        /// Invited to speak.
        Speaker = "speaker",
        /// Invited to run the session.
        Moderator = "moderator",
        /// By an item right that may share.
        Owner = "owner",
    }
}

impl From<InviteRole> for Standing {
    fn from(role: InviteRole) -> Self {
        match role {
            InviteRole::Viewer => Self::Viewer,
            InviteRole::Speaker => Self::Speaker,
            InviteRole::Moderator => Self::Moderator,
        }
    }
}

/// Everything that `standing` may do at `item` by being inside. What needs an item right (editing, inviting, guest
/// links) is not in it.
pub fn powers(standing: Standing, item: &ItemFacts) -> Capabilities {
    Capability::ALL
        .iter()
        .filter(|capability| has_power(standing, **capability, item))
        .fold(Capabilities::NONE, |all, capability| all.union(Capabilities::of(&[*capability])))
}

fn has_power(standing: Standing, capability: Capability, item: &ItemFacts) -> bool {
    let on = |switch| item.switches.has(switch);
    let is_room = item.kind == ItemKind::Room;
    let meets = on(Switch::Collaboration);
    let guest_or = |switch| meets && (standing > Standing::Guest || on(switch));
    match capability {
        Capability::Watch => true,
        Capability::Download => standing == Standing::Guest && on(Switch::GuestsDownload),
        Capability::Chat => guest_or(Switch::GuestsChat),
        Capability::React => guest_or(Switch::GuestsReact),
        Capability::RaiseHand => guest_or(Switch::GuestsRaiseHands),
        Capability::Ask => guest_or(Switch::GuestsAsk),
        Capability::AnswerInteractions => guest_or(Switch::GuestsAnswer),
        Capability::Backchannel => meets && standing >= Standing::Speaker,
        Capability::ModerateQa | Capability::ModerateChat => meets && standing >= Standing::Moderator,
        Capability::StartInteractions => {
            meets
                && match standing {
                    Standing::Guest | Standing::Viewer => false,
                    Standing::Speaker => is_room && on(Switch::SpeakersStartInteractions),
                    Standing::Moderator => is_room || on(Switch::ModeratorsStartInteractions),
                    Standing::Owner => true,
                }
        }
        Capability::BeOnStage => {
            let by_mode = standing == Standing::Viewer && on(Switch::ViewersOnStage);
            is_room && (standing >= Standing::Speaker || by_mode)
        }
        Capability::ManagePeople => item.kind.is_session() && standing >= Standing::Moderator,
        Capability::MakeModerators => item.kind.is_session() && standing == Standing::Owner,
        Capability::SeeEmails => match standing {
            Standing::Owner => true,
            Standing::Moderator => on(Switch::ModeratorsSeeEmails),
            _ => false,
        },
        _ => false,
    }
}
