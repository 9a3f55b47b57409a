//! Why a door stays shut: one enum everywhere. Outsiders see one neutral page; owners read the exact cause.

use crate::coded::coded;

coded! {
    /// The exact cause of a refusal (access.md 5). Only owners and the log may see it.
    pub enum Reason {
        /// No link with this token.
        UnknownLink = "unknown_link",
        /// The module "invite to media" is off.
        ModuleOff = "module_off",
        /// The item's switch is off.
        GuestAccessOff = "guest_access_off",
        /// The link was deleted.
        LinkDeleted = "link_deleted",
        /// The link's or invite's time is over.
        Expired = "expired",
        /// Every use is spent.
        UsedUp = "used_up",
        /// The item was deleted.
        ItemGone = "item_gone",
        /// The item's container does not allow guest links.
        ContainerRefused = "container_refused",
        /// The seat is bound to another device.
        OtherDevice = "other_device",
        /// The invite was revoked.
        InviteRevoked = "invite_revoked",
        /// The typed address is not the invited one.
        EmailMismatch = "email_mismatch",
        /// The address's domain is blocked or not allowed.
        DomainRefused = "domain_refused",
        /// Too many failed tries.
        LockedOut = "locked_out",
        /// The form was used for somebody else, or too long ago.
        StaleForm = "stale_form",
        /// A moderator declined.
        Declined = "declined",
        /// A moderator removed this person from the session.
        Removed = "removed",
        /// The seat is blocked for good.
        Blocked = "blocked",
        /// No right of any kind at this item.
        NoRight = "no_right",
        /// Not signed in, or the account is disabled.
        NotSignedIn = "not_signed_in",
        /// The token lacks the scope.
        ScopeMissing = "scope_missing",
        /// The site's policy does not let this member make links.
        PolicyRefused = "policy_refused",
        /// The invite asks for a mailed code, and the site mails none by now.
        CodeNotMailed = "code_not_mailed",
        /// The invite asks for a code, and its person came in by the address alone, through another.
        NotProved = "not_proved",
    }
}

impl Reason {
    /// A small number for the sealed reference on the denied page.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The reason with this number.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn numbers_lead_back() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_number(reason.number()), Some(*reason));
        }
        assert_eq!(Reason::from_number(200), None);
    }
}
