//! What happened at an item, as its owner reads it.

use crate::coded::coded;

coded! {
    /// What happened.
    pub enum ActivityKind {
        /// A guest link was made.
        LinkCreated = "link_created",
        /// A guest link was renamed, or its limits were changed.
        LinkChanged = "link_changed",
        /// A guest link was deleted.
        LinkDeleted = "link_deleted",
        /// A guest link's address was shown again.
        LinkCopied = "link_copied",
        /// Guest access was switched on.
        GuestAccessOn = "guest_access_on",
        /// Guest access was switched off.
        GuestAccessOff = "guest_access_off",
        /// Everybody who came through links was put out.
        GuestsEnded = "guests_ended",
        /// Guests entered; counted by the minute.
        GuestEntered = "guest_entered",
        /// Forms were refused; counted by the minute.
        Refused = "refused",
        /// Somebody was invited.
        InviteCreated = "invite_created",
        /// An invite was changed.
        InviteChanged = "invite_changed",
        /// An invite was revoked.
        InviteRevoked = "invite_revoked",
        /// An invite's address was shown again.
        InviteCopied = "invite_copied",
        /// An invite was mailed.
        InviteSent = "invite_sent",
        /// An invitee entered.
        InviteEntered = "invite_entered",
        /// An invitee left by mistake, and came back to the seat.
        InviteTakenBack = "invite_taken_back",
        /// Another browser was let into an invitee's seat.
        InviteDeviceAllowed = "invite_device_allowed",
        /// Another browser was kept out of it.
        InviteDeviceDeclined = "invite_device_declined",
        /// The item was deleted.
        ItemDeleted = "item_deleted",
        /// The item has another owner.
        ItemTransferred = "item_transferred",
        /// Its processing was stopped.
        ProcessingCancelled = "processing_cancelled",
        /// A member was given a right.
        RightGiven = "right_given",
        /// A member was lent a right.
        RightLent = "right_lent",
        /// A member lost a right.
        RightTaken = "right_taken",
        /// Somebody's viewings were ended.
        PersonEnded = "person_ended",
        /// Somebody was removed.
        PersonRemoved = "person_removed",
        /// Somebody was blocked.
        PersonBlocked = "person_blocked",
        /// Removing somebody was undone.
        PersonRestored = "person_restored",
        /// Blocking somebody was undone.
        PersonUnblocked = "person_unblocked",
        /// The list of people was taken out.
        PeopleExported = "people_exported",
        /// What is kept of one address was taken out.
        PeopleExportedByAddress = "people_exported_by_address",
        /// What was kept of one address was erased.
        PeopleErasedByAddress = "people_erased_by_address",
    }
}
