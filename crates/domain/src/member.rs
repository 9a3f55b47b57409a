//! Site roles and what they may do. Code asks for capabilities; roles are rows of one constant table.

use crate::MemberId;
use crate::coded::coded;

coded! {
    /// A member's role on the site, lowest to highest; the site administrator stands beside the ladder.
    pub enum SiteRole {
        /// Watches what is published.
        Viewer = "viewer",
        /// Also uploads, owns, shares.
        PrivateOnly = "private_only",
        /// Also publishes to open containers, moderated.
        Admin = "admin",
        /// Also publishes to open containers.
        UnmoderatedAdmin = "unmoderated_admin",
        /// Settings and users; may see, switch off and delete any link, and stop any processing.
        SiteAdministrator = "site_administrator",
    }
}

coded! {
    /// How an account stands.
    pub enum MemberState {
        /// Has neither a password nor ever signed in.
        Invited = "invited",
        /// In use.
        Active = "active",
        /// Closed: opens nothing.
        Disabled = "disabled",
    }
}

coded! {
    /// One thing that a subject may do on the site or at an item.
    pub enum Capability {
        /// See the media.
        Watch = "watch",
        /// Change title and description.
        Edit = "edit",
        /// Stop the processing of its file.
        CancelProcessing = "cancel_processing",
        /// Delete the item.
        Delete = "delete",
        /// See guest links, copy them, switch guest access off, delete links.
        ManageGuestAccess = "manage_guest_access",
        /// Switch guest access on; rename, raise and extend links.
        ShareWithGuests = "share_with_guests",
        /// Make new guest links.
        MakeGuestLinks = "make_guest_links",
        /// Invite named persons.
        Invite = "invite",
        /// See invites, copy and send them again, revoke them.
        ManageInvites = "manage_invites",
        /// Give other members rights at the item, and take them back.
        ManageRights = "manage_rights",
        /// Give the item to another owner.
        Transfer = "transfer",
        /// Read the item's activity.
        SeeActivity = "see_activity",
        /// See who came, and put them out again.
        SeePeople = "see_people",
        /// Take the file away.
        Download = "download",
        /// Upload media and own it.
        Upload = "upload",
        /// Change site settings and members.
        ManageSite = "manage_site",
        /// Write in the chat.
        Chat = "chat",
        /// Send reactions.
        React = "react",
        /// Raise a hand.
        RaiseHand = "raise_hand",
        /// Ask in Q&A.
        Ask = "ask",
        /// Answer polls, quiz questions and the like.
        AnswerInteractions = "answer_interactions",
        /// Read and write behind the stage.
        Backchannel = "backchannel",
        /// Answer, hide and order questions.
        ModerateQa = "moderate_qa",
        /// Pin and delete chat messages, block their writers.
        ModerateChat = "moderate_chat",
        /// Start polls, quiz questions and the like.
        StartInteractions = "start_interactions",
        /// Be seen and heard in a room.
        BeOnStage = "be_on_stage",
        /// Admit, decline, remove and mute people, bring them on or off stage, change viewers and speakers.
        ManagePeople = "manage_people",
        /// Make and unmake moderators.
        MakeModerators = "make_moderators",
        /// See the e-mail addresses of people inside.
        SeeEmails = "see_emails",
    }
}

/// A set of capabilities.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Capabilities(u64);

const _: () = assert!(Capability::ALL.len() <= u64::BITS as usize);

impl Capabilities {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// Exactly these.
    pub const fn of(list: &[Capability]) -> Self {
        let mut bits = 0;
        let mut at = 0;
        while at < list.len() {
            bits |= 1 << list[at] as u64;
            at += 1;
        }
        Self(bits)
    }

    /// Whether `capability` is among them.
    pub const fn has(self, capability: Capability) -> bool {
        self.0 & (1 << capability as u64) != 0
    }

    /// Both sets together.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether everything in `other` is among them.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// This set without `capability`.
    #[must_use]
    pub const fn without(self, capability: Capability) -> Self {
        Self(self.0 & !(1 << capability as u64))
    }

    /// Every capability in the set, in the order of declaration.
    pub fn iter(self) -> impl Iterator<Item = Capability> {
        Capability::ALL.iter().copied().filter(move |capability| self.has(*capability))
    }
}

impl SiteRole {
    /// What the role may do on the site, whoever owns the item.
    pub const fn on_site(self) -> Capabilities {
        match self {
            Self::Viewer => Capabilities::NONE,
            Self::PrivateOnly | Self::Admin | Self::UnmoderatedAdmin => {
                Capabilities::of(&[Capability::Upload])
            }
            Self::SiteAdministrator => Capabilities::of(&[Capability::Upload, Capability::ManageSite]),
        }
    }

    /// What the role may do at an item where the member holds no right.
    pub const fn at_foreign_item(self) -> Capabilities {
        match self {
            // Files are processed one after the other: whoever cares for the site can clear the way.
            Self::SiteAdministrator => Capabilities::of(&[
                Capability::CancelProcessing,
                Capability::ManageGuestAccess,
                Capability::ManageInvites,
                Capability::SeeActivity,
            ]),
            _ => Capabilities::NONE,
        }
    }
}

/// The member behind a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MemberFacts {
    /// Who.
    pub id: MemberId,
    /// Their role on the site.
    pub role: SiteRole,
    /// Whether the account may be used.
    pub enabled: bool,
}
