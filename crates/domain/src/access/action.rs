//! Everything that can be asked of the decision.

use crate::coded::coded;
use crate::{Capability, Scope};

coded! {
    /// One guarded thing to do.
    pub enum Action {
        /// Open the page behind a guest link's URL.
        OpenGuestLink = "open_guest_link",
        /// Send the entry form: the only action that makes a guest's seat.
        EnterGuestLink = "enter_guest_link",
        /// Open the page behind an invite link's URL.
        OpenInviteLink = "open_invite_link",
        /// Send the lobby's form: the only action that binds a browser to an invitee's seat.
        EnterInviteLink = "enter_invite_link",
        /// Load an item's page.
        OpenItem = "open_item",
        /// Begin a viewing of an item: every document load is one.
        OpenViewing = "open_viewing",
        /// Renew the ticket of a viewing.
        RenewViewing = "renew_viewing",
        /// Change title and description, begin its processing again.
        EditItem = "edit_item",
        /// Stop its processing: while it runs, others wait.
        CancelProcessing = "cancel_processing",
        /// Delete the item.
        DeleteItem = "delete_item",
        /// See its guest links, copy one, switch off, delete a link.
        ManageGuestAccess = "manage_guest_access",
        /// Switch guest access on; rename, raise or extend a link.
        ShareWithGuests = "share_with_guests",
        /// Make a guest link.
        MakeGuestLink = "make_guest_link",
        /// Make an invite, or a new link for one.
        Invite = "invite",
        /// See an item's invites, copy one, lower or revoke one.
        ManageInvites = "manage_invites",
        /// Send an invite again, let a device in, raise what an invite allows: of those who manage invites, whoever
        /// shares the item itself.
        LetIn = "let_in",
        /// Give and take rights of other members at the item.
        ManageRights = "manage_rights",
        /// Give the item to another owner.
        TransferItem = "transfer_item",
        /// Read what happened and who was refused.
        SeeActivity = "see_activity",
        /// See who came, guests and invitees, with their addresses; take the list away.
        SeePeople = "see_people",
        /// End what one of them has open, remove or block them, undo that.
        RemovePeople = "remove_people",
        /// List own items, read own account.
        ListOwnItems = "list_own_items",
        /// Begin, continue or end an upload.
        Upload = "upload",
        /// Make, list and end own API tokens and sessions.
        ManageOwnTokens = "manage_own_tokens",
        /// Change the own name, password, passkeys and addresses.
        ManageOwnAccount = "manage_own_account",
        /// Find members to share with, by the beginning of a name or an address.
        FindMembers = "find_members",
        /// Change site settings.
        ManageSite = "manage_site",
        /// Find, export and erase what is kept of one address, at whosever items.
        ErasePeople = "erase_people",
        /// Make, change, disable members and groups.
        ManageMembers = "manage_members",
    }
}

impl Action {
    /// The scope that an API token needs for this; none: no token may.
    pub const fn scope(self) -> Option<Scope> {
        match self {
            Self::OpenItem | Self::SeeActivity | Self::ListOwnItems => Some(Scope::ItemsRead),
            Self::EditItem
            | Self::CancelProcessing
            | Self::DeleteItem
            | Self::ManageRights
            | Self::TransferItem => Some(Scope::ItemsWrite),
            Self::Invite | Self::ManageInvites | Self::LetIn | Self::FindMembers => Some(Scope::Invites),
            Self::SeePeople | Self::RemovePeople | Self::ErasePeople => Some(Scope::People),
            Self::ManageSite | Self::ManageMembers => Some(Scope::Site),
            Self::ManageGuestAccess | Self::ShareWithGuests | Self::MakeGuestLink => Some(Scope::GuestAccess),
            Self::Upload => Some(Scope::Uploads),
            // Doors and viewings are for browsers: a ticket hangs on one.
            Self::OpenGuestLink
            | Self::EnterGuestLink
            | Self::OpenInviteLink
            | Self::EnterInviteLink
            | Self::OpenViewing
            | Self::RenewViewing
            | Self::ManageOwnTokens
            | Self::ManageOwnAccount => None,
        }
    }

    /// The capability at the item that this needs; none: the action has rules of its own.
    pub const fn needs_at_item(self) -> Option<Capability> {
        match self {
            Self::EditItem => Some(Capability::Edit),
            Self::CancelProcessing => Some(Capability::CancelProcessing),
            Self::DeleteItem => Some(Capability::Delete),
            Self::ManageGuestAccess => Some(Capability::ManageGuestAccess),
            Self::ShareWithGuests => Some(Capability::ShareWithGuests),
            Self::MakeGuestLink => Some(Capability::MakeGuestLinks),
            Self::Invite => Some(Capability::Invite),
            Self::ManageInvites | Self::LetIn => Some(Capability::ManageInvites),
            Self::ManageRights => Some(Capability::ManageRights),
            Self::TransferItem => Some(Capability::Transfer),
            Self::SeeActivity => Some(Capability::SeeActivity),
            Self::SeePeople | Self::RemovePeople => Some(Capability::SeePeople),
            _ => None,
        }
    }

    /// The capability on the site that this needs, beside being a member.
    pub const fn needs_on_site(self) -> Option<Capability> {
        match self {
            Self::Upload | Self::FindMembers => Some(Capability::Upload),
            Self::ManageSite | Self::ManageMembers | Self::ErasePeople => Some(Capability::ManageSite),
            _ => None,
        }
    }
}
