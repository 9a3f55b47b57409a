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
        /// Load an item's page.
        OpenItem = "open_item",
        /// Begin a viewing of an item: every document load is one.
        OpenViewing = "open_viewing",
        /// Renew the ticket of a viewing.
        RenewViewing = "renew_viewing",
        /// Change title and description, retry or cancel processing.
        EditItem = "edit_item",
        /// Delete the item.
        DeleteItem = "delete_item",
        /// See its guest links, copy one, switch off, delete a link.
        ManageGuestAccess = "manage_guest_access",
        /// Switch guest access on; rename, raise or extend a link.
        ShareWithGuests = "share_with_guests",
        /// Make a guest link.
        MakeGuestLink = "make_guest_link",
        /// Read who came and who was refused.
        SeeActivity = "see_activity",
        /// List own items, read own account.
        ListOwnItems = "list_own_items",
        /// Begin, continue or end an upload.
        Upload = "upload",
        /// Make, list and end own API tokens and sessions.
        ManageOwnTokens = "manage_own_tokens",
        /// Change site settings.
        ManageSite = "manage_site",
    }
}

impl Action {
    /// The scope that an API token needs for this; none: no token may.
    pub const fn scope(self) -> Option<Scope> {
        match self {
            Self::OpenItem | Self::SeeActivity | Self::ListOwnItems => Some(Scope::ItemsRead),
            Self::EditItem | Self::DeleteItem => Some(Scope::ItemsWrite),
            Self::ManageGuestAccess | Self::ShareWithGuests | Self::MakeGuestLink => Some(Scope::GuestAccess),
            Self::Upload => Some(Scope::Uploads),
            // Doors and viewings are for browsers: a ticket hangs on one.
            Self::OpenGuestLink
            | Self::EnterGuestLink
            | Self::OpenViewing
            | Self::RenewViewing
            | Self::ManageOwnTokens
            | Self::ManageSite => None,
        }
    }

    /// The capability at the item that this needs; none: the action has rules of its own.
    pub const fn needs_at_item(self) -> Option<Capability> {
        match self {
            Self::EditItem => Some(Capability::Edit),
            Self::DeleteItem => Some(Capability::Delete),
            Self::ManageGuestAccess => Some(Capability::ManageGuestAccess),
            Self::ShareWithGuests => Some(Capability::ShareWithGuests),
            Self::MakeGuestLink => Some(Capability::MakeGuestLinks),
            Self::SeeActivity => Some(Capability::SeeActivity),
            _ => None,
        }
    }

    /// The capability on the site that this needs, beside being a member.
    pub const fn needs_on_site(self) -> Option<Capability> {
        match self {
            Self::Upload => Some(Capability::Upload),
            Self::ManageSite => Some(Capability::ManageSite),
            _ => None,
        }
    }
}
