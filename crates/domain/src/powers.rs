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

impl Standing {
    /// The standing that holds at `item`: roles that its kind does not have, and those of a room without chat and
    /// collaboration, go on as viewer.
    fn held_at(self, item: &ItemFacts) -> Self {
        let is_role = matches!(self, Self::Speaker | Self::Moderator);
        let has_roles = match item.kind {
            ItemKind::LiveEvent => true,
            ItemKind::Room => item.switches.has(Switch::Collaboration),
            ItemKind::Video | ItemKind::Audio | ItemKind::Document | ItemKind::Quiz => false,
        };
        if is_role && !has_roles { Self::Viewer } else { self }
    }
}

/// Everything that `standing` may do at `item` by being inside. What needs an item right (editing, inviting, guest
/// links) is not in it.
pub fn powers(standing: Standing, item: &ItemFacts) -> Capabilities {
    let standing = standing.held_at(item);
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
        // Whoever is let in by name does not fall behind those who came by a shared link.
        Capability::Download => on(Switch::GuestsDownload),
        Capability::Chat => guest_or(Switch::GuestsChat),
        Capability::React => guest_or(Switch::GuestsReact),
        Capability::RaiseHand => guest_or(Switch::GuestsRaiseHands),
        Capability::Ask => guest_or(Switch::GuestsAsk),
        // A quiz is there to be answered: own attempts, whatever else is switched off.
        Capability::AnswerInteractions if item.kind == ItemKind::Quiz => true,
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
