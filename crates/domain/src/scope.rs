//! What an API token may be used for. A token never does more than its member may.

use crate::coded::coded;

coded! {
    /// One area of the API that a token opens.
    pub enum Scope {
        /// Read own items, their state and activity.
        ItemsRead = "items:read",
        /// Change, retry, cancel, hand over and delete own items, give and take rights at them.
        ItemsWrite = "items:write",
        /// Create and continue uploads.
        Uploads = "uploads",
        /// See and manage guest access of own items.
        GuestAccess = "guest_access",
        /// See and make invites to own items.
        Invites = "invites",
        /// See who came to own items, remove and block them, export the list; by administrators: what is kept of an
        /// address, at all items.
        People = "people",
        /// Change settings of the site, its members and groups.
        Site = "site",
    }
}

/// A set of scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Scopes(u32);

const _: () = assert!(Scope::ALL.len() <= u32::BITS as usize);

impl Scopes {
    /// No scope at all.
    pub const NONE: Self = Self(0);

    /// This set with `scope` added.
    #[must_use]
    pub const fn with(self, scope: Scope) -> Self {
        Self(self.0 | 1 << scope as u32)
    }

    /// Whether `scope` is in the set.
    pub const fn has(self, scope: Scope) -> bool {
        self.0 & (1 << scope as u32) != 0
    }

    /// The codes, separated by spaces, as stored.
    pub fn to_text(self) -> String {
        let codes: Vec<_> = self.iter().map(Scope::code).collect();
        codes.join(" ")
    }

    /// Reads codes separated by spaces.
    ///
    /// # Errors
    /// The first unknown code.
    pub fn from_text(text: &str) -> Result<Self, crate::UnknownCode> {
        text.split_whitespace().try_fold(Self::NONE, |set, code| Ok(set.with(code.parse()?)))
    }

    /// The scopes in the set, in their fixed order.
    pub fn iter(self) -> impl Iterator<Item = Scope> {
        Scope::ALL.iter().copied().filter(move |scope| self.has(*scope))
    }
}
